# --- the key of the application's data: files and secrets are encrypted under it ---

resource "aws_kms_key" "data" {
  description             = "Files and secrets of ${var.project}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_kms_alias" "data" {
  name          = "alias/${var.project}-data"
  target_key_id = aws_kms_key.data.key_id
}

# --- the database's password: made, stored, and in no file of Terraform's ---

ephemeral "aws_secretsmanager_random_password" "database" {
  password_length    = 32
  exclude_characters = "/@\" "
}

resource "aws_secretsmanager_secret" "database" {
  name                    = "${var.project}/database"
  description             = "Who the application is to the database"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 0
  tags                    = local.tags
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret.database.id
  secret_string_wo = jsonencode({
    username = "application"
    password = ephemeral.aws_secretsmanager_random_password.database.random_password
  })
  secret_string_wo_version = var.password_version
}

# --- what the application is told, and what it may read ---

resource "aws_ssm_parameter" "site" {
  name  = "/${var.project}/site"
  type  = "String"
  value = aws_s3_bucket_website_configuration.site.website_endpoint
  tags  = local.tags
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/debian/release/12/latest/amd64"
}

data "aws_iam_policy_document" "read_settings" {
  statement {
    sid       = "Password"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.database.arn]
  }
  statement {
    sid       = "Settings"
    actions   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
    resources = ["arn:aws:ssm:*:${local.account}:parameter/${var.project}/*"]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
  }
}

resource "aws_iam_policy" "read_settings" {
  name        = "${var.project}-read-settings"
  description = "Reads the application's settings and secrets"
  policy      = data.aws_iam_policy_document.read_settings.json
  tags        = local.tags
}
