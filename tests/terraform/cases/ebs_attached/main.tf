# Volumes of a running machine: its root, one that comes with it, one that is attached.
variable "size" { default = 1 }

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_subnet" "one" {
  id = sort(data.aws_subnets.default.ids)[0]
}

resource "aws_instance" "web" {
  ami           = data.aws_ami.linux.id
  instance_type = "t3.micro"
  subnet_id     = data.aws_subnet.one.id

  root_block_device {
    volume_size = 9
    encrypted   = true
  }
}

resource "aws_ebs_volume" "data" {
  availability_zone = data.aws_subnet.one.availability_zone
  size              = var.size
  encrypted         = true
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.web.id
}
