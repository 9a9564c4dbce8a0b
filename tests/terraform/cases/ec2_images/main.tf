# Images: public ones by the usual filters, copies, of a snapshot, of an instance, and who may start them.
variable "description" { default = "before" }
variable "deprecated" { default = "2033-01-02T03:04:00Z" }

data "aws_ami" "amazon" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-2023.*-kernel-6.1-*"]
  }
  filter {
    name   = "architecture"
    values = ["x86_64"]
  }
  filter {
    name   = "virtualization-type"
    values = ["hvm"]
  }
}

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]

  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd*/ubuntu-noble-24.04-amd64-server-*"]
  }
}

data "aws_ami_ids" "debian" {
  owners = ["136693071363"]

  filter {
    name   = "name"
    values = ["debian-12-amd64-*"]
  }
}

data "aws_ssm_parameter" "amazon" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"

  lifecycle {
    postcondition {
      condition     = nonsensitive(self.value) == data.aws_ami.amazon.id
      error_message = "SSM tells another image."
    }
  }
}

resource "aws_ami_copy" "amazon" {
  name              = "copied"
  description       = var.description
  source_ami_id     = data.aws_ami.amazon.id
  source_ami_region = "us-east-1"
  encrypted         = true
  tags              = { Name = var.description }
}

data "aws_availability_zones" "all" {}

resource "aws_ebs_volume" "one" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 1
}

resource "aws_ebs_snapshot" "one" {
  volume_id = aws_ebs_volume.one.id
}

resource "aws_ami" "by_hand" {
  name                = "by-hand"
  description         = var.description
  architecture        = "x86_64"
  virtualization_type = "hvm"
  root_device_name    = "/dev/xvda"
  ena_support         = true
  imds_support        = "v2.0"
  deprecation_time    = var.deprecated
  tags                = { Name = var.description }

  ebs_block_device {
    device_name = "/dev/xvda"
    snapshot_id = aws_ebs_snapshot.one.id
    volume_size = 2
    volume_type = "gp3"
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }
}

resource "aws_ami_launch_permission" "account" {
  image_id   = aws_ami.by_hand.id
  account_id = "111122223333"
}

resource "aws_ami_launch_permission" "everybody" {
  image_id = aws_ami.by_hand.id
  group    = "all"
}

resource "aws_instance" "source" {
  ami           = data.aws_ami.amazon.id
  instance_type = "t3.micro"
}

resource "aws_ami_from_instance" "made" {
  name                    = "of-an-instance"
  description             = var.description
  source_instance_id      = aws_instance.source.id
  snapshot_without_reboot = true
  tags                    = { Name = var.description }
}
