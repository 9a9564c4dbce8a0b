# Secrets, their values, policies and replicas.

variable "description" {
  default = "of the orders"
}

variable "password" {
  default   = "first-p\"ass"
  sensitive = true
}

variable "region" {
  default = "eu-west-1"
}

variable "color" {
  default = "BLUE"
}

data "aws_caller_identity" "me" {}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.me.account_id } }]
  })
}

resource "aws_secretsmanager_secret" "database" {
  name                    = "prod/database"
  description             = var.description
  recovery_window_in_days = 0
  tags = {
    team = var.description
  }
  replica {
    region = var.region
  }
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id     = aws_secretsmanager_secret.database.id
  secret_string = jsonencode({ username = "orders", password = var.password })
}

resource "aws_secretsmanager_secret" "certificate" {
  name_prefix             = "certificate-"
  recovery_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.reader.arn }
      Action    = "secretsmanager:DescribeSecret"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret_version" "certificate" {
  secret_id      = aws_secretsmanager_secret.certificate.arn
  secret_binary  = base64encode("not really DER, but binary")
  version_stages = ["AWSCURRENT", var.color]
}

resource "aws_secretsmanager_secret_policy" "database" {
  secret_arn          = aws_secretsmanager_secret.database.arn
  block_public_policy = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = replace(title(var.description), " ", "")
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.reader.arn }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

data "aws_secretsmanager_secret" "database" {
  name       = aws_secretsmanager_secret.database.name
  depends_on = [aws_secretsmanager_secret_policy.database]
}

data "aws_secretsmanager_secret_version" "database" {
  secret_id  = aws_secretsmanager_secret.database.id
  depends_on = [aws_secretsmanager_secret_version.database]
}

data "aws_secretsmanager_secret_versions" "certificate" {
  secret_id  = aws_secretsmanager_secret.certificate.id
  depends_on = [aws_secretsmanager_secret_version.certificate]
}

data "aws_secretsmanager_secrets" "all" {
  filter {
    name   = "name"
    values = ["prod/"]
  }
  depends_on = [aws_secretsmanager_secret.database]
}

data "aws_secretsmanager_random_password" "any" {
  password_length     = 40
  exclude_punctuation = true
}

check "what_the_data_sources_read" {
  assert {
    condition     = length(data.aws_secretsmanager_random_password.any.random_password) == 40
    error_message = "a password of another length"
  }
}
