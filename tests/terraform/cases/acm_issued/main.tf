# A certificate whose names are proved in a zone beside it: the plan waits until it is issued.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_route53_zone" "site" {
  name = "issued.example"
}

resource "aws_acm_certificate" "site" {
  domain_name               = "issued.example"
  subject_alternative_names = ["*.issued.example"]
  validation_method         = "DNS"
  tags                      = { stage = var.updated ? "two" : "one" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  for_each = {
    for o in aws_acm_certificate.site.domain_validation_options : trimprefix(o.domain_name, "*.") => o...
  }

  zone_id         = aws_route53_zone.site.zone_id
  name            = each.value[0].resource_record_name
  type            = each.value[0].resource_record_type
  records         = [each.value[0].resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "site" {
  certificate_arn         = aws_acm_certificate.site.arn
  validation_record_fqdns = [for r in aws_route53_record.proof : r.fqdn]
}

data "aws_acm_certificate" "site" {
  domain     = "issued.example"
  statuses   = ["ISSUED"]
  depends_on = [aws_acm_certificate_validation.site]
}

output "is_issued" {
  value = data.aws_acm_certificate.site.arn == aws_acm_certificate.site.arn
  precondition {
    condition     = strcontains(data.aws_acm_certificate.site.certificate, "BEGIN CERTIFICATE")
    error_message = "there is no certificate"
  }
}
