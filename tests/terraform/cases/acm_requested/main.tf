# Certificates that wait for their records: what is known of them at once.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_acm_certificate" "site" {
  domain_name               = "example.com"
  subject_alternative_names = ["*.example.com", "example.net"]
  validation_method         = "DNS"
  tags                      = var.updated ? { team = "web", stage = "two" } : { team = "web" }

  options {
    certificate_transparency_logging_preference = var.updated ? "DISABLED" : "ENABLED"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.example.com"
  validation_method = "DNS"
  key_algorithm     = "EC_prime256v1"
}

data "aws_acm_certificate" "api" {
  domain    = aws_acm_certificate.api.domain_name
  key_types = ["EC_prime256v1"]
  statuses  = ["PENDING_VALIDATION"]
}

output "records" {
  value = distinct([for o in aws_acm_certificate.site.domain_validation_options : o.resource_record_name])
  precondition {
    condition     = length(distinct([for o in aws_acm_certificate.site.domain_validation_options : o.resource_record_name])) == 2
    error_message = "a wildcard has the record of its domain"
  }
}
