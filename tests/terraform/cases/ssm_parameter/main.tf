# Parameters of all types and tiers, the ways to read them, and images that everybody may look up.

variable "updated" {
  type    = bool
  default = false
}

locals {
  tags = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

resource "aws_ssm_parameter" "host" {
  name            = "/app/db/host"
  type            = "String"
  value           = var.updated ? "db2.internal" : "db1.internal"
  description     = var.updated ? "The second" : "The first"
  allowed_pattern = "[a-z0-9.]+"
  tags            = local.tags
}

resource "aws_ssm_parameter" "plain" {
  name      = "plain"
  type      = "String"
  value     = var.updated ? "two" : "one"
  overwrite = true
}

resource "aws_ssm_parameter" "zones" {
  name  = "/app/zones"
  type  = "StringList"
  value = var.updated ? "a,b,c" : "a,b"
  tags  = local.tags
}

resource "aws_ssm_parameter" "password" {
  name  = "/app/db/password"
  type  = "SecureString"
  value = var.updated ? "p#sW*rd34" : "p#sW*rd33"
  tags  = local.tags
}

resource "aws_ssm_parameter" "certificate" {
  name   = "/app/certificate"
  type   = "SecureString"
  tier   = "Advanced"
  key_id = "alias/aws/ssm"
  value  = join("", [for i in range(var.updated ? 600 : 500) : "0123456789"])
}

resource "aws_ssm_parameter" "grows" {
  name  = "/app/grows"
  type  = "String"
  tier  = var.updated ? "Advanced" : "Standard"
  value = var.updated ? join("", [for i in range(500) : "0123456789"]) : "small"
}

resource "aws_ssm_parameter" "clever" {
  name  = "/app/clever"
  type  = "String"
  tier  = "Intelligent-Tiering"
  value = var.updated ? join("", [for i in range(500) : "0123456789"]) : "small"
}

resource "aws_ssm_parameter" "image" {
  name      = "/app/image"
  type      = "String"
  data_type = "aws:ec2:image"
  value     = data.aws_ssm_parameter.debian.value
}

# What no state has: read at each run, and written when its number rises.
ephemeral "aws_ssm_parameter" "password" {
  arn = aws_ssm_parameter.password.arn
}

resource "aws_ssm_parameter" "copied" {
  name             = "/copies/password"
  type             = "SecureString"
  value_wo         = ephemeral.aws_ssm_parameter.password.value
  value_wo_version = var.updated ? 2 : 1
}

data "aws_ssm_parameter" "debian" {
  name = "/aws/service/debian/release/12/latest/amd64"
}

data "aws_ssm_parameter" "password" {
  name = aws_ssm_parameter.password.name
}

data "aws_ssm_parameters_by_path" "app" {
  path            = "/app"
  recursive       = true
  with_decryption = true
  depends_on      = [aws_ssm_parameter.host, aws_ssm_parameter.zones, aws_ssm_parameter.password]
}

output "password_is_read" {
  value = nonsensitive(data.aws_ssm_parameter.password.value) == (var.updated ? "p#sW*rd34" : "p#sW*rd33")
  precondition {
    condition     = nonsensitive(data.aws_ssm_parameter.password.value) == (var.updated ? "p#sW*rd34" : "p#sW*rd33")
    error_message = "the value that is read is another"
  }
}

output "names" {
  value = sort(data.aws_ssm_parameters_by_path.app.names)
  precondition {
    condition     = contains(data.aws_ssm_parameters_by_path.app.names, "/app/db/host")
    error_message = "a parameter is not found by its path"
  }
}
