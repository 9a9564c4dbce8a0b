# Public and private subnets: gateways, tables, routes, and who uses them.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = var.updated ? "main-two" : "main" }
}

resource "aws_vpc" "other" {
  cidr_block = "10.8.0.0/16"
}

resource "aws_internet_gateway" "loose" {}

resource "aws_internet_gateway_attachment" "other" {
  vpc_id              = aws_vpc.other.id
  internet_gateway_id = aws_internet_gateway.loose.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = { Name = var.updated ? "nat-two" : "nat" }
}

resource "aws_eip" "second" {
  domain = "vpc"
}

resource "aws_nat_gateway" "public" {
  subnet_id                = aws_subnet.public.id
  allocation_id            = aws_eip.nat.id
  secondary_allocation_ids = var.updated ? [aws_eip.second.id] : []
  tags                     = { Name = var.updated ? "public-two" : "public" }
  depends_on               = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "private" {
  subnet_id         = aws_subnet.private.id
  connectivity_type = "private"
  private_ip        = "10.0.1.77"
}

resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  dynamic "route" {
    for_each = var.updated ? ["198.18.0.0/15", "192.0.2.0/24"] : ["198.18.0.0/15"]
    content {
      cidr_block     = route.value
      nat_gateway_id = aws_nat_gateway.public.id
    }
  }
  tags = { Name = "default" }
}

# Its routes are its own.
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
  dynamic "route" {
    for_each = var.updated ? ["192.0.2.0/24"] : []
    content {
      cidr_block     = route.value
      nat_gateway_id = aws_nat_gateway.public.id
    }
  }
  tags = { Name = var.updated ? "public-two" : "public" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = var.updated ? aws_nat_gateway.private.id : aws_nat_gateway.public.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = var.updated ? aws_route_table.public.id : aws_route_table.private.id
}

resource "aws_route_table" "others" {
  vpc_id = aws_vpc.other.id
}

resource "aws_route_table" "others_second" {
  vpc_id = aws_vpc.other.id
}

resource "aws_main_route_table_association" "other" {
  vpc_id         = aws_vpc.other.id
  route_table_id = var.updated ? aws_route_table.others_second.id : aws_route_table.others.id
}

data "aws_internet_gateway" "main" {
  filter {
    name   = "attachment.vpc-id"
    values = [aws_internet_gateway.main.vpc_id]
  }
}

data "aws_nat_gateway" "public" {
  id = aws_nat_gateway.public.id
}

data "aws_nat_gateways" "all" {
  vpc_id     = aws_vpc.main.id
  depends_on = [aws_nat_gateway.public, aws_nat_gateway.private]
}

data "aws_route_table" "public" {
  subnet_id  = aws_subnet.public.id
  depends_on = [aws_route_table_association.public]
}

data "aws_route_tables" "all" {
  vpc_id     = aws_vpc.main.id
  depends_on = [aws_route_table.public, aws_route_table.private]
}

data "aws_route" "out" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  depends_on             = [aws_route.out]
}

output "found" {
  value = data.aws_route_table.public.id
  precondition {
    condition     = data.aws_route_table.public.id == aws_route_table.public.id && length(data.aws_route_tables.all.ids) == 3
    error_message = "the tables are not found"
  }
  precondition {
    condition     = data.aws_internet_gateway.main.id == aws_internet_gateway.main.id
    error_message = "the gateway is not found"
  }
  precondition {
    condition     = data.aws_nat_gateway.public.public_ip == aws_eip.nat.public_ip && length(data.aws_nat_gateways.all.ids) == 2
    error_message = "the NAT gateways are not found"
  }
}
