# Record sets of every policy, aliases, and a zone that has just these.

variable "updated" {
  type    = bool
  default = false
}

locals {
  last = var.updated ? 2 : 1
}

resource "aws_route53_zone" "main" {
  name = "records.example"
}

resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "www.records.example"
  type    = "A"
  ttl     = var.updated ? 60 : 300
  records = ["192.0.2.${local.last}", "192.0.2.9"]
}

resource "aws_route53_record" "wildcard" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "*.records.example"
  type    = "TXT"
  ttl     = 60
  records = ["stage ${local.last}"]
}

resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "records.example"
  type    = "MX"
  ttl     = 60
  records = ["10 mail${local.last}.records.example."]
}

resource "aws_route53_record" "apex" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "records.example"
  type    = "A"
  alias {
    name                   = aws_route53_record.www.fqdn
    zone_id                = aws_route53_zone.main.zone_id
    evaluate_target_health = var.updated
  }
}

resource "aws_route53_record" "cdn" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "cdn.records.example"
  type    = "AAAA"
  alias {
    name                   = "d111111abcdef8.cloudfront.net"
    zone_id                = "Z2FDTNDATAQYW2"
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "weighted" {
  for_each       = { a = 10, b = local.last }
  zone_id        = aws_route53_zone.main.zone_id
  name           = "weighted.records.example"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.1"]
  set_identifier = each.key
  weighted_routing_policy {
    weight = each.value
  }
}

resource "aws_route53_record" "latency" {
  for_each       = toset(["us-east-1", "eu-central-1"])
  zone_id        = aws_route53_zone.main.zone_id
  name           = "latency.records.example"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.${local.last}"]
  set_identifier = each.key
  latency_routing_policy {
    region = each.key
  }
}

resource "aws_route53_record" "geo" {
  for_each       = { any = ["", "*", ""], europe = ["EU", "", ""], ny = ["", "US", "NY"] }
  zone_id        = aws_route53_zone.main.zone_id
  name           = "geo.records.example"
  type           = "CNAME"
  ttl            = 60
  records        = ["${each.key}.example.net"]
  set_identifier = each.key
  geolocation_routing_policy {
    continent   = each.value[0] == "" ? null : each.value[0]
    country     = each.value[1] == "" ? null : each.value[1]
    subdivision = each.value[2] == "" ? null : each.value[2]
  }
}

resource "aws_route53_health_check" "primary" {
  ip_address        = "192.0.2.1"
  port              = 443
  type              = "TCP"
  failure_threshold = 3
  request_interval  = 30
}

resource "aws_route53_record" "primary" {
  zone_id         = aws_route53_zone.main.zone_id
  name            = "failover.records.example"
  type            = "A"
  ttl             = 60
  records         = ["192.0.2.1"]
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.primary.id
  failover_routing_policy {
    type = "PRIMARY"
  }
}

resource "aws_route53_record" "secondary" {
  zone_id        = aws_route53_zone.main.zone_id
  name           = "failover.records.example"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.2"]
  set_identifier = "secondary"
  failover_routing_policy {
    type = "SECONDARY"
  }
}

resource "aws_route53_record" "many" {
  for_each                         = toset(["one", "two"])
  zone_id                          = aws_route53_zone.main.zone_id
  name                             = "many.records.example"
  type                             = "A"
  ttl                              = 60
  records                          = ["192.0.2.${local.last}"]
  set_identifier                   = each.key
  multivalue_answer_routing_policy = true
}

resource "aws_route53_zone" "exclusive" {
  name          = "exclusive.example"
  force_destroy = true
}

resource "aws_route53_records_exclusive" "all" {
  zone_id = aws_route53_zone.exclusive.zone_id
  resource_record_set {
    name = "one.exclusive.example"
    type = "A"
    ttl  = 60
    resource_records {
      value = "192.0.2.${local.last}"
    }
  }
}

data "aws_route53_records" "all" {
  zone_id    = aws_route53_zone.main.zone_id
  name_regex = "^www"
  depends_on = [aws_route53_record.www]
}
