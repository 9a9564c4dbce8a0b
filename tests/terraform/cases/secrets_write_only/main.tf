# Values that Terraform does not keep: written from a password, and from another secret.

variable "round" {
  default = 1
}

ephemeral "aws_secretsmanager_random_password" "new" {
  password_length = 24
}

resource "aws_secretsmanager_secret" "first" {
  name                    = "first"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "first" {
  secret_id                = aws_secretsmanager_secret.first.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.new.random_password
  secret_string_wo_version = var.round
}

ephemeral "aws_secretsmanager_secret_version" "first" {
  secret_id = aws_secretsmanager_secret_version.first.secret_id
}

resource "aws_secretsmanager_secret" "copy" {
  name                    = "copy"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "copy" {
  secret_id                = aws_secretsmanager_secret.copy.id
  secret_string_wo         = ephemeral.aws_secretsmanager_secret_version.first.secret_string
  secret_string_wo_version = var.round
}
