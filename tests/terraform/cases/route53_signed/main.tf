# A zone signed with a key of KMS.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    actions   = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["dnssec-route53.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "signer" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 7
  policy                   = data.aws_iam_policy_document.key.json
}

resource "aws_route53_zone" "signed" {
  name = "signed.example"
}

resource "aws_route53_key_signing_key" "one" {
  hosted_zone_id             = aws_route53_zone.signed.id
  key_management_service_arn = aws_kms_key.signer.arn
  name                       = "one"
}

resource "aws_route53_key_signing_key" "two" {
  hosted_zone_id             = aws_route53_zone.signed.id
  key_management_service_arn = aws_kms_key.signer.arn
  name                       = "two"
  status                     = var.updated ? "ACTIVE" : "INACTIVE"
  depends_on                 = [aws_route53_key_signing_key.one]
}

resource "aws_route53_hosted_zone_dnssec" "signed" {
  hosted_zone_id = aws_route53_key_signing_key.one.hosted_zone_id
  signing_status = var.updated ? "NOT_SIGNING" : "SIGNING"
}
