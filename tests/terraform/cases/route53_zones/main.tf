# Hosted zones, public and private, their name servers and VPCs.

variable "updated" {
  type    = bool
  default = false
}

locals {
  stage = var.updated ? "two" : "one"
}

resource "aws_route53_delegation_set" "shared" {}

resource "aws_route53_zone" "shop" {
  name              = "shop.zones.example"
  comment           = "stage ${local.stage}"
  delegation_set_id = aws_route53_delegation_set.shared.id
  tags              = { stage = local.stage }
}

resource "aws_route53_zone" "plain" {
  name          = "plain.zones.example"
  force_destroy = var.updated
}

resource "aws_route53_zone" "inside" {
  name = "inside.zones.example"
  vpc {
    vpc_id = "vpc-0123456789abcdef0"
  }
  dynamic "vpc" {
    for_each = var.updated ? ["eu-west-1"] : []
    content {
      vpc_id     = "vpc-0123456789abcdef1"
      vpc_region = vpc.value
    }
  }
}

resource "aws_route53_zone" "joined" {
  name = "joined.zones.example"
  vpc {
    vpc_id = "vpc-0123456789abcdef2"
  }
  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "joined" {
  zone_id = aws_route53_zone.joined.zone_id
  vpc_id  = "vpc-0123456789abcdef3"
}

resource "aws_route53_vpc_association_authorization" "joined" {
  zone_id    = aws_route53_zone.joined.zone_id
  vpc_id     = "vpc-0123456789abcdef4"
  vpc_region = "eu-west-1"
}

data "aws_route53_zone" "by_name" {
  name       = aws_route53_zone.shop.name
  depends_on = [aws_route53_zone.shop]
}

data "aws_route53_zone" "private" {
  name         = aws_route53_zone.inside.name
  private_zone = true
}

data "aws_route53_zones" "all" {
  depends_on = [aws_route53_zone.plain]
}

data "aws_route53_delegation_set" "shared" {
  id = aws_route53_delegation_set.shared.id
}

data "aws_route53_traffic_policy_document" "none" {
  record_type    = "A"
  start_endpoint = "one"
  endpoint {
    id    = "one"
    type  = "value"
    value = "192.0.2.1"
  }
}
