# Launch templates: what they say is read back, versions follow changes, an instance is launched from one.

variable "updated" {
  type    = bool
  default = false
}

data "aws_ami" "al2023" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
}

resource "aws_launch_template" "web" {
  name                                 = "web"
  description                          = var.updated ? "second" : "first"
  image_id                             = data.aws_ami.al2023.id
  instance_type                        = var.updated ? "t3.small" : "t3.micro"
  update_default_version               = true
  ebs_optimized                        = true
  instance_initiated_shutdown_behavior = "terminate"
  vpc_security_group_ids               = [aws_security_group.web.id]
  tags                                 = { team = var.updated ? "two" : "one" }
  user_data                            = base64encode("#!/bin/sh\necho ${var.updated ? "two" : "one"}\n")

  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size           = 1
      delete_on_termination = true
    }
  }

  metadata_options {
    http_tokens = "required"
  }

  monitoring {
    enabled = true
  }
}

resource "aws_launch_template" "whole" {
  name_prefix = "whole-"
  user_data   = base64encode("#!/bin/sh\necho hello\n")

  capacity_reservation_specification {
    capacity_reservation_preference = "open"
  }

  cpu_options {
    core_count       = 1
    threads_per_core = 2
  }

  credit_specification {
    cpu_credits = "standard"
  }

  iam_instance_profile {
    name = "somebody"
  }

  instance_market_options {
    market_type = "spot"
  }

  maintenance_options {
    auto_recovery = "disabled"
  }

  network_interfaces {
    associate_public_ip_address = true
    device_index                = 0
    security_groups             = [aws_security_group.web.id]
  }

  placement {
    availability_zone = "us-east-1a"
  }

  private_dns_name_options {
    hostname_type = "resource-name"
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "from-template" }
  }
}

# The provider hashes user data that is not in its configuration, but was read of the instance, again for each plan: a
# change that never ends, on AWS as here. Of the encoded one below it does so once it was imported.
resource "aws_instance" "from" {
  subnet_id = aws_subnet.a.id

  lifecycle {
    ignore_changes = [user_data]
  }

  launch_template {
    id      = aws_launch_template.web.id
    version = "1"
  }
}

# User data of its own goes over the template's.
resource "aws_instance" "own" {
  subnet_id = aws_subnet.a.id
  user_data = "#!/bin/sh\necho own\n"

  launch_template {
    id      = aws_launch_template.web.id
    version = "1"
  }
}

resource "aws_instance" "encoded" {
  subnet_id        = aws_subnet.a.id
  user_data_base64 = base64encode("#!/bin/sh\necho encoded\n")

  lifecycle {
    ignore_changes = [user_data]
  }

  launch_template {
    id      = aws_launch_template.web.id
    version = "1"
  }
}

data "aws_launch_template" "web" {
  name = aws_launch_template.web.name
}

output "version" {
  value = data.aws_launch_template.web.latest_version
}
