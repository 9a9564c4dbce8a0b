# Security groups with rules inside, beside and as resources of their own, and the default one.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "other" {
  cidr_block = "10.1.0.0/16"
}

# Rules inside.
resource "aws_security_group" "web" {
  name        = "web"
  description = "serves the web"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = var.updated ? "web-two" : "web" }

  ingress {
    description = "from everywhere"
    from_port   = 80
    to_port     = var.updated ? 81 : 80
    protocol    = "tcp"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }

  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }

  ingress {
    from_port   = 8
    to_port     = -1
    protocol    = "icmp"
    cidr_blocks = var.updated ? ["10.0.0.0/8", "172.16.0.0/12"] : ["10.0.0.0/8"]
  }

  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

# Rules beside.
resource "aws_security_group" "app" {
  name_prefix = "app-"
  vpc_id      = aws_vpc.main.id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group_rule" "web" {
  type              = "ingress"
  security_group_id = aws_security_group.app.id
  description       = var.updated ? "web servers, again" : "web servers"
  from_port         = 8080
  to_port           = 8080
  protocol          = "tcp"
  cidr_blocks       = ["10.0.1.0/24"]
}

resource "aws_security_group_rule" "out" {
  type              = "egress"
  security_group_id = aws_security_group.app.id
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

# Rules as resources.
resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id            = aws_security_group.db.id
  description                  = var.updated ? "the application, again" : "the application"
  from_port                    = 5432
  to_port                      = var.updated ? 5433 : 5432
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.app.id
  tags                         = { Name = var.updated ? "app-two" : "app" }
}

resource "aws_vpc_security_group_ingress_rule" "six" {
  security_group_id = aws_security_group.db.id
  ip_protocol       = "-1"
  cidr_ipv6         = "::/0"
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.db.id
  ip_protocol       = "-1"
  cidr_ipv4         = var.updated ? "10.0.0.0/8" : "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "ping" {
  security_group_id = aws_security_group.db.id
  ip_protocol       = "icmp"
  from_port         = -1
  to_port           = -1
  cidr_ipv4         = "10.0.0.0/16"
}

resource "aws_vpc_security_group_vpc_association" "db" {
  security_group_id = aws_security_group.db.id
  vpc_id            = aws_vpc.other.id
}

resource "aws_default_security_group" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = var.updated ? "default-two" : "default" }

  ingress {
    protocol  = "-1"
    self      = true
    from_port = 0
    to_port   = 0
  }
}

data "aws_security_group" "web" {
  name       = aws_security_group.web.name
  vpc_id     = aws_vpc.main.id
}

data "aws_security_groups" "all" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
  depends_on = [aws_security_group.web, aws_security_group.db]
}

data "aws_vpc_security_group_rules" "db" {
  filter {
    name   = "group-id"
    values = [aws_security_group.db.id]
  }
  depends_on = [aws_vpc_security_group_ingress_rule.app, aws_vpc_security_group_egress_rule.all]
}

data "aws_vpc_security_group_rule" "app" {
  security_group_rule_id = aws_vpc_security_group_ingress_rule.app.id
}

check "found" {
  assert {
    condition     = data.aws_security_group.web.id == aws_security_group.web.id
    error_message = "another group"
  }
  assert {
    condition     = data.aws_vpc_security_group_rule.app.referenced_security_group_id == aws_security_group.app.id
    error_message = "another rule"
  }
}
