# VPC endpoints: a gateway to S3 and an interface to KMS, with all that is associated with them.

variable "updated" {
  type    = bool
  default = false
}

data "aws_region" "here" {}

locals {
  services = "com.amazonaws.${data.aws_region.here.name}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = var.updated ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
      Resource  = "*"
    }]
  })
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

data "aws_availability_zones" "all" {}

resource "aws_subnet" "s" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.${count.index}.0/24"
  availability_zone = data.aws_availability_zones.all.names[count.index]
}

resource "aws_route_table" "t" {
  count  = 2
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "g" {
  count  = 2
  name   = "g${count.index}"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "${local.services}.s3"
  route_table_ids = [aws_route_table.t[0].id]
  policy          = local.policy
  tags            = { Name = var.updated ? "s3-two" : "s3" }
}

resource "aws_vpc_endpoint" "kms" {
  vpc_id              = aws_vpc.main.id
  service_name        = "${local.services}.kms"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.updated ? [aws_subnet.s[0].id, aws_subnet.s[2].id] : [aws_subnet.s[0].id, aws_subnet.s[1].id]
  security_group_ids  = var.updated ? [aws_security_group.g[1].id] : [aws_security_group.g[0].id]
  private_dns_enabled = var.updated
}

# What is associated beside.
resource "aws_vpc_endpoint" "beside" {
  vpc_id       = aws_vpc.main.id
  service_name = "${local.services}.s3"

  lifecycle {
    ignore_changes = [route_table_ids, policy]
  }
}

resource "aws_vpc_endpoint_route_table_association" "beside" {
  route_table_id  = aws_route_table.t[1].id
  vpc_endpoint_id = aws_vpc_endpoint.beside.id
}

resource "aws_vpc_endpoint_policy" "beside" {
  vpc_endpoint_id = aws_vpc_endpoint.beside.id
  policy          = local.policy
}

resource "aws_vpc_endpoint" "sts" {
  vpc_id            = aws_vpc.main.id
  service_name      = "${local.services}.sts"
  vpc_endpoint_type = "Interface"

  lifecycle {
    ignore_changes = [subnet_ids, security_group_ids, private_dns_enabled]
  }
}

resource "aws_vpc_endpoint_subnet_association" "sts" {
  vpc_endpoint_id = aws_vpc_endpoint.sts.id
  subnet_id       = aws_subnet.s[0].id
}

resource "aws_vpc_endpoint_security_group_association" "sts" {
  vpc_endpoint_id   = aws_vpc_endpoint.sts.id
  security_group_id = aws_security_group.g[0].id
}

resource "aws_vpc_endpoint_private_dns" "sts" {
  vpc_endpoint_id     = aws_vpc_endpoint.sts.id
  private_dns_enabled = !var.updated
}

data "aws_vpc_endpoint" "s3" {
  id = aws_vpc_endpoint.s3.id
}

data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}

data "aws_vpc_endpoint_service" "kms" {
  service = "kms"
}

check "found" {
  assert {
    condition     = data.aws_vpc_endpoint.s3.prefix_list_id == aws_vpc_endpoint.s3.prefix_list_id && data.aws_vpc_endpoint_service.s3.service_name == aws_vpc_endpoint.s3.service_name
    error_message = "another endpoint"
  }
  assert {
    condition     = length(aws_vpc_endpoint.s3.cidr_blocks) == 1 && data.aws_vpc_endpoint_service.kms.private_dns_name == "kms.${data.aws_region.here.name}.amazonaws.com"
    error_message = "another service"
  }
}
