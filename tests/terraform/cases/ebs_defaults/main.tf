# Whether new volumes are encrypted, and by which key.
variable "enabled" { default = true }

resource "aws_kms_key" "own" {
  description             = "volumes by default"
  deletion_window_in_days = 7
}

resource "aws_ebs_encryption_by_default" "here" {
  enabled = var.enabled
}

resource "aws_ebs_default_kms_key" "here" {
  key_arn = aws_kms_key.own.arn
}

data "aws_ebs_default_kms_key" "here" {
  depends_on = [aws_ebs_default_kms_key.here]
}

data "aws_ebs_encryption_by_default" "here" {
  depends_on = [aws_ebs_encryption_by_default.here]
}

output "seen" {
  value = [data.aws_ebs_default_kms_key.here.key_arn, data.aws_ebs_encryption_by_default.here.enabled]
}
