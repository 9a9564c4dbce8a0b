# Network ACLs with rules inside and beside, whose subnets change, and the default one.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.${count.index}.0/24"
}

resource "aws_network_acl" "inside" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [aws_subnet.s[0].id]
  tags       = { Name = var.updated ? "inside-two" : "inside" }

  ingress {
    rule_no    = 100
    action     = var.updated ? "deny" : "allow"
    protocol   = "tcp"
    from_port  = 80
    to_port    = 80
    cidr_block = "0.0.0.0/0"
  }

  ingress {
    rule_no         = 110
    action          = "allow"
    protocol        = "-1"
    from_port       = 0
    to_port         = 0
    ipv6_cidr_block = "::/0"
  }

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = var.updated ? "10.0.0.0/8" : "0.0.0.0/0"
  }
}

resource "aws_network_acl" "beside" {
  vpc_id = aws_vpc.main.id

  lifecycle {
    ignore_changes = [subnet_ids]
  }
}

resource "aws_network_acl_rule" "web" {
  network_acl_id = aws_network_acl.beside.id
  rule_number    = 200
  egress         = false
  protocol       = "6"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/16"
  from_port      = 22
  to_port        = 22
}

resource "aws_network_acl_rule" "ping" {
  network_acl_id = aws_network_acl.beside.id
  rule_number    = 210
  egress         = true
  protocol       = "1"
  rule_action    = "deny"
  cidr_block     = "0.0.0.0/0"
  icmp_type      = 8
  icmp_code      = -1
}

resource "aws_network_acl_rule" "six" {
  network_acl_id  = aws_network_acl.beside.id
  rule_number     = 220
  egress          = false
  protocol        = "-1"
  rule_action     = "allow"
  ipv6_cidr_block = "::/0"
}

resource "aws_network_acl_association" "beside" {
  network_acl_id = aws_network_acl.beside.id
  subnet_id      = aws_subnet.s[1].id
}

resource "aws_default_network_acl" "main" {
  default_network_acl_id = aws_vpc.main.default_network_acl_id
  tags                   = { Name = var.updated ? "default-two" : "default" }

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = var.updated ? "10.0.0.0/8" : aws_vpc.main.cidr_block
  }

  lifecycle {
    ignore_changes = [subnet_ids]
  }
}

data "aws_network_acls" "all" {
  vpc_id     = aws_vpc.main.id
  depends_on = [aws_network_acl.inside, aws_network_acl.beside]
}

check "found" {
  assert {
    condition     = length(data.aws_network_acls.all.ids) == 3
    error_message = "not three"
  }
}
