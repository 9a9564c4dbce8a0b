# What an account has once: its alias, its rules for passwords, and who outside may vouch for users.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {
  lifecycle {
    postcondition {
      condition     = self.arn == "arn:aws:iam::${self.account_id}:root"
      error_message = "the caller is ${self.arn}"
    }
  }
}

resource "aws_iam_account_alias" "this" {
  account_alias = "case-${data.aws_caller_identity.me.account_id}"
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = var.updated ? 20 : 12
  require_lowercase_characters   = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_symbols                = var.updated
  allow_users_to_change_password = true
  max_password_age               = var.updated ? 90 : null
  hard_expiry                    = var.updated
  password_reuse_prevention      = var.updated ? 5 : null
}

resource "aws_iam_security_token_service_preferences" "this" {
  global_endpoint_token_version = var.updated ? "v1Token" : "v2Token"
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.ci.example.com/org"
  client_id_list  = var.updated ? ["sts.amazonaws.com", "second"] : ["sts.amazonaws.com"]
  thumbprint_list = [var.updated ? "1c58a3a8518e8759bf075b76b750d4f2df264fcd" : "6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

data "aws_iam_account_alias" "this" {
  depends_on = [aws_iam_account_alias.this]
  lifecycle {
    postcondition {
      condition     = self.account_alias == "case-${data.aws_caller_identity.me.account_id}"
      error_message = "the alias is ${self.account_alias}"
    }
  }
}

data "aws_iam_openid_connect_provider" "by_arn" {
  arn        = aws_iam_openid_connect_provider.ci.arn
  depends_on = [aws_iam_openid_connect_provider.ci]
  lifecycle {
    postcondition {
      condition     = toset(self.client_id_list) == aws_iam_openid_connect_provider.ci.client_id_list
      error_message = "clients: ${join(", ", self.client_id_list)}"
    }
  }
}

data "aws_iam_openid_connect_provider" "by_url" {
  url        = "https://token.ci.example.com/org"
  depends_on = [aws_iam_openid_connect_provider.ci]
}
