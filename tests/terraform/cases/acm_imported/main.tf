# A certificate that was made elsewhere, and another in its place; found by its name.

variable "updated" {
  type    = bool
  default = false
}

locals {
  file = var.updated ? "two" : "one"
}

resource "aws_acm_certificate" "imported" {
  certificate_body = file("${path.module}/${local.file}.pem")
  private_key      = file("${path.module}/${local.file}.key")
  tags             = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

data "aws_acm_certificate" "imported" {
  domain      = aws_acm_certificate.imported.domain_name
  types       = ["IMPORTED"]
  most_recent = true
}

output "is_found" {
  value = data.aws_acm_certificate.imported.arn == aws_acm_certificate.imported.arn
  precondition {
    condition     = data.aws_acm_certificate.imported.arn == aws_acm_certificate.imported.arn
    error_message = "another certificate is found"
  }
}
