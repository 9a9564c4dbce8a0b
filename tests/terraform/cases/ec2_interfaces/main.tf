# Network interfaces by themselves: addresses, groups, permissions.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "g" {
  count  = 2
  name   = "g${count.index}"
  vpc_id = aws_vpc.main.id
}

resource "aws_network_interface" "front" {
  subnet_id         = aws_subnet.a.id
  description       = var.updated ? "front, again" : "front"
  private_ips       = var.updated ? ["10.0.1.10", "10.0.1.12", "10.0.1.13"] : ["10.0.1.10", "10.0.1.11"]
  security_groups   = [aws_security_group.g[0].id]
  source_dest_check = var.updated
  tags              = { Name = var.updated ? "front-two" : "front" }
}

resource "aws_network_interface" "plain" {
  subnet_id = aws_subnet.a.id

  lifecycle {
    ignore_changes = [security_groups]
  }
}

resource "aws_network_interface_sg_attachment" "plain" {
  security_group_id    = aws_security_group.g[1].id
  network_interface_id = aws_network_interface.plain.id
}

resource "aws_network_interface_permission" "plain" {
  network_interface_id = aws_network_interface.plain.id
  aws_account_id       = "111122223333"
  permission           = "INSTANCE-ATTACH"
}

data "aws_network_interface" "front" {
  id = aws_network_interface.front.id
}

data "aws_network_interfaces" "all" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
  depends_on = [aws_network_interface.front, aws_network_interface.plain]
}

check "found" {
  assert {
    condition     = data.aws_network_interface.front.private_ip == "10.0.1.10" && length(data.aws_network_interfaces.all.ids) == 2
    error_message = "another interface"
  }
}
