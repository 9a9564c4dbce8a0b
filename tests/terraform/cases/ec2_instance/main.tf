# An instance in a VPC of its own: user data, disks, a role, an address; stopped and started by a resource.

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
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "web" {
  count  = 2
  name   = "web${count.index}"
  vpc_id = aws_vpc.main.id
}

resource "aws_key_pair" "me" {
  key_name   = "me"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyE1gf6XTcQNdJOEFIYiIp1LNh1eZqJJX8e0nVO7wJx me@example"
  tags       = { team = var.updated ? "two" : "one" }
}

resource "aws_iam_role" "web" {
  name = "web"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "web" {
  count = 2
  name  = "web${count.index}"
  role  = aws_iam_role.web.name
}

resource "aws_instance" "web" {
  ami                                  = data.aws_ami.al2023.id
  instance_type                        = var.updated ? "t3.small" : "t3.micro"
  subnet_id                            = aws_subnet.a.id
  private_ip                           = "10.0.1.50"
  vpc_security_group_ids               = [aws_security_group.web[var.updated ? 1 : 0].id]
  key_name                             = aws_key_pair.me.key_name
  iam_instance_profile                 = aws_iam_instance_profile.web[var.updated ? 1 : 0].name
  user_data                            = "#!/bin/sh\necho ${var.updated ? "two" : "one"}\n"
  source_dest_check                    = var.updated
  disable_api_termination              = var.updated ? false : true
  instance_initiated_shutdown_behavior = var.updated ? "terminate" : "stop"
  monitoring                           = var.updated
  tags                                 = { Name = var.updated ? "web-two" : "web" }

  root_block_device {
    volume_size = var.updated ? 9 : 8
    volume_type = "gp3"
    tags        = { Name = "root" }
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }

  credit_specification {
    cpu_credits = var.updated ? "unlimited" : "standard"
  }

  metadata_options {
    http_tokens                 = var.updated ? "required" : "optional"
    http_put_response_hop_limit = var.updated ? 2 : 1
    instance_metadata_tags      = "enabled"
  }

  maintenance_options {
    auto_recovery = var.updated ? "disabled" : "default"
  }
}

resource "aws_instance" "plain" {
  ami           = data.aws_ami.al2023.id
  instance_type = "t3.nano"
  subnet_id     = aws_subnet.a.id
}

resource "aws_ec2_instance_state" "plain" {
  instance_id = aws_instance.plain.id
  state       = var.updated ? "running" : "stopped"
}

resource "aws_eip" "web" {
  domain     = "vpc"
  instance   = aws_instance.web.id
  depends_on = [aws_internet_gateway.main]
}

resource "aws_ec2_instance_metadata_defaults" "here" {
  http_tokens                 = var.updated ? "no-preference" : "required"
  http_put_response_hop_limit = var.updated ? -1 : 3
}

data "aws_instance" "web" {
  instance_id   = aws_instance.web.id
  get_user_data = true
  depends_on    = [aws_eip.web]
}

data "aws_instances" "all" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
  instance_state_names = ["pending", "running", "stopping", "stopped"]
  depends_on           = [aws_instance.web, aws_instance.plain]
}

data "aws_key_pair" "me" {
  key_name           = aws_key_pair.me.key_name
  include_public_key = true
}

data "aws_ec2_instance_type" "small" {
  instance_type = "t3.small"
}

data "aws_ec2_instance_types" "arm" {
  filter {
    name   = "processor-info.supported-architecture"
    values = ["arm64"]
  }
  filter {
    name   = "burstable-performance-supported"
    values = ["true"]
  }
}

data "aws_ec2_instance_type_offering" "best" {
  preferred_instance_types = ["t9.huge", "t3.small", "t3.micro"]
  filter {
    name   = "instance-type"
    values = ["t3.*"]
  }
}

data "aws_ec2_instance_type_offerings" "here" {
  location_type = "availability-zone"
  filter {
    name   = "instance-type"
    values = ["t3.micro"]
  }
}

output "facts" {
  value = {
    ip       = data.aws_instance.web.private_ip
    all      = length(data.aws_instances.all.ids)
    memory   = data.aws_ec2_instance_type.small.memory_size
    arm      = length(data.aws_ec2_instance_types.arm.instance_types)
    offering = data.aws_ec2_instance_type_offering.best.instance_type
    zones    = length(data.aws_ec2_instance_type_offerings.here.locations)
  }
}
