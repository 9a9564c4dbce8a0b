# Keys of one region: symmetric, asymmetric, HMAC, of imported material; names, policies, grants, ciphertexts.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

locals {
  root = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [local.root]
    }
  }
  dynamic "statement" {
    for_each = var.updated ? [1] : []
    content {
      sid       = "service"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = ["s3.amazonaws.com"]
      }
    }
  }
}

resource "aws_kms_key" "orders" {
  description             = var.updated ? "of orders, since then" : "of orders"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  rotation_period_in_days = var.updated ? 180 : 90
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = var.updated ? { team = "shop", stage = "two" } : { team = "shop" }
}

resource "aws_kms_key" "signer" {
  description              = "signs"
  deletion_window_in_days  = 7
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  is_enabled               = !var.updated
}

resource "aws_kms_key" "mac" {
  deletion_window_in_days  = 7
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
}

resource "aws_kms_key" "curve" {
  deletion_window_in_days  = 7
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "plain" {
  deletion_window_in_days = 7
}

resource "aws_kms_key_policy" "plain" {
  key_id = aws_kms_key.plain.id
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_kms_external_key" "outside" {
  description             = var.updated ? "of material to come" : "without material"
  deletion_window_in_days = 7
  tags                    = { origin = var.updated ? "there" : "here" }
}

resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = var.updated ? aws_kms_key.plain.key_id : aws_kms_key.orders.key_id
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_kms_grant" "reader" {
  name              = "reads"
  key_id            = aws_kms_key.orders.key_id
  grantee_principal = aws_iam_role.reader.arn
  operations        = ["Encrypt", "Decrypt", "GenerateDataKey"]
  constraints {
    encryption_context_equals = {
      Department = "Finance"
    }
  }
}

resource "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.orders.key_id
  plaintext = "secret text"
  context = {
    role = "admin"
  }
}

data "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.orders.key_id
  plaintext = "secret text"
}

data "aws_kms_key" "orders" {
  key_id     = "alias/orders"
  depends_on = [aws_kms_alias.orders]
}

data "aws_kms_alias" "orders" {
  name = aws_kms_alias.orders.name
}

data "aws_kms_alias" "s3" {
  name = "alias/aws/s3"
}

data "aws_kms_public_key" "curve" {
  key_id = aws_kms_key.curve.arn
}

data "aws_kms_secrets" "password" {
  secret {
    name    = "password"
    payload = aws_kms_ciphertext.password.ciphertext_blob
    context = {
      role = "admin"
    }
  }
}

check "what_was_read" {
  assert {
    condition     = nonsensitive(data.aws_kms_secrets.password.plaintext["password"]) == "secret text"
    error_message = "The ciphertext is another text."
  }
  assert {
    condition     = data.aws_kms_public_key.curve.key_usage == "SIGN_VERIFY"
    error_message = "The public key is another one."
  }
}
