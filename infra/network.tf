# The network: 10.0.0.0/16 in two zones, each with a public and a private subnet. Public ones reach the internet by the
# gateway, private ones by NAT and S3 by an endpoint; who talks to whom is said by security groups, and once more at the
# private subnets' edge by a network ACL.

data "aws_availability_zones" "available" {
  state = "available"
}

data "aws_region" "current" {}

locals {
  zones   = slice(data.aws_availability_zones.available.names, 0, 2)
  network = { Project = var.project, Layer = "network" }
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge(local.network, { Name = var.project })
}

resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.${count.index + 1}.0/24"
  availability_zone       = local.zones[count.index]
  map_public_ip_on_launch = true
  tags                    = merge(local.network, { Name = "${var.project}-public-${count.index + 1}" })
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.${count.index + 11}.0/24"
  availability_zone = local.zones[count.index]
  tags              = merge(local.network, { Name = "${var.project}-private-${count.index + 1}" })
}

# --- ways out ---

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = merge(local.network, { Name = var.project })
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  tags       = merge(local.network, { Name = "${var.project}-nat" })
  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "main" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public[0].id
  tags          = merge(local.network, { Name = var.project })
  depends_on    = [aws_internet_gateway.main]
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.${data.aws_region.current.name}.s3"
  route_table_ids = [aws_route_table.private.id]
  tags            = merge(local.network, { Name = "${var.project}-s3" })
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
  tags = merge(local.network, { Name = "${var.project}-public" })
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.main.id
  }
  tags = merge(local.network, { Name = "${var.project}-private" })
}

resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

# --- who talks to whom ---

resource "aws_security_group" "web" {
  name        = "${var.project}-web"
  description = "Web servers: HTTP and SSH"
  vpc_id      = aws_vpc.main.id
  tags        = merge(local.network, { Name = "${var.project}-web" })
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  for_each          = { http = 80, ssh = 22 }
  security_group_id = aws_security_group.web.id
  description       = each.key
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_security_group" "functions" {
  name        = "${var.project}-functions"
  description = "Functions: outbound only"
  vpc_id      = aws_vpc.main.id
  tags        = merge(local.network, { Name = "${var.project}-functions" })
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each          = { web = aws_security_group.web.id, functions = aws_security_group.functions.id }
  security_group_id = each.value
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_security_group" "database" {
  name        = "${var.project}-database"
  description = "The database: only for the web servers and functions"
  vpc_id      = aws_vpc.main.id
  tags        = merge(local.network, { Name = "${var.project}-database" })
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each                     = { web = aws_security_group.web.id, functions = aws_security_group.functions.id }
  security_group_id            = aws_security_group.database.id
  description                  = each.key
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 3306
  to_port                      = 3306
}

# Private subnets hear from the VPC, and answers of what they asked outside.
resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = aws_subnet.private[*].id
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = aws_vpc.main.cidr_block
    from_port  = 0
    to_port    = 0
  }
  dynamic "ingress" {
    for_each = { tcp = 110, udp = 120 }
    content {
      rule_no    = ingress.value
      action     = "allow"
      protocol   = ingress.key
      cidr_block = "0.0.0.0/0"
      from_port  = 1024
      to_port    = 65535
    }
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  tags = merge(local.network, { Name = "${var.project}-private" })
}

resource "aws_default_security_group" "none" {
  vpc_id = aws_vpc.main.id
}
