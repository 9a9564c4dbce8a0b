# Who may do what with a bucket: ownership, ACLs, policies, what is public; and what is written down about it.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

data "aws_canonical_user_id" "me" {}

locals {
  id = data.aws_caller_identity.me.account_id
}

resource "aws_s3_bucket" "photos" {
  bucket = "shared-${local.id}"
}

resource "aws_s3_bucket" "logs" {
  bucket        = "access-logs-${local.id}"
  force_destroy = true # logs come while the case runs
}

# --- ACLs need an ownership that has them ---

resource "aws_s3_bucket_ownership_controls" "photos" {
  bucket = aws_s3_bucket.photos.id
  rule {
    object_ownership = var.updated ? "ObjectWriter" : "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "photos" {
  bucket = aws_s3_bucket.photos.id
  acl    = var.updated ? "private" : "authenticated-read"
  depends_on = [
    aws_s3_bucket_ownership_controls.photos,
    aws_s3_bucket_public_access_block.photos,
  ]
}

resource "aws_s3_bucket_acl" "logs" {
  bucket = aws_s3_bucket.logs.id
  access_control_policy {
    owner {
      id = data.aws_canonical_user_id.me.id
    }
    grant {
      permission = "FULL_CONTROL"
      grantee {
        type = "CanonicalUser"
        id   = data.aws_canonical_user_id.me.id
      }
    }
    dynamic "grant" {
      for_each = var.updated ? ["WRITE", "READ_ACP"] : ["WRITE"]
      content {
        permission = grant.value
        grantee {
          type = "Group"
          uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
        }
      }
    }
  }
  depends_on = [aws_s3_bucket_ownership_controls.logs]
}

# --- policies and the public ---

resource "aws_s3_bucket_public_access_block" "photos" {
  bucket                  = aws_s3_bucket.photos.id
  block_public_acls       = false
  block_public_policy     = var.updated
  ignore_public_acls      = var.updated
  restrict_public_buckets = false
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "photos" {
  statement {
    sid       = "Read"
    actions   = var.updated ? ["s3:GetObject", "s3:GetObjectVersion"] : ["s3:GetObject"]
    resources = ["${aws_s3_bucket.photos.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.reader.arn, "arn:aws:iam::${local.id}:root"]
    }
  }
  statement {
    sid       = "DenyInsecureTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.photos.arn, "${aws_s3_bucket.photos.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_iam_user" "reader" {
  name = "reader"
}

resource "aws_s3_bucket_policy" "photos" {
  bucket     = aws_s3_bucket.photos.id
  policy     = data.aws_iam_policy_document.photos.json
  depends_on = [aws_s3_bucket_public_access_block.photos]
}

# The public may be kept out of the whole account.
resource "aws_s3_account_public_access_block" "this" {
  block_public_acls       = false
  block_public_policy     = var.updated
  ignore_public_acls      = false
  restrict_public_buckets = true
}

# --- access logs: by the ACL of the target, or by a policy ---

resource "aws_s3_bucket_logging" "photos" {
  bucket        = aws_s3_bucket.photos.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = var.updated ? "photos/two/" : "photos/"
  target_object_key_format {
    partitioned_prefix {
      partition_date_source = var.updated ? "DeliveryTime" : "EventTime"
    }
  }
  depends_on = [aws_s3_bucket_acl.logs, aws_s3_bucket_policy.logs]
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Logs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.logs.arn}/*"
      Condition = {
        ArnLike      = { "aws:SourceArn" = aws_s3_bucket.photos.arn }
        StringEquals = { "aws:SourceAccount" = local.id }
      }
    }]
  })
}

# --- read back ---

data "aws_s3_bucket_policy" "photos" {
  bucket     = aws_s3_bucket.photos.id
  depends_on = [aws_s3_bucket_policy.photos]
  lifecycle {
    postcondition {
      condition     = jsondecode(self.policy) == jsondecode(data.aws_iam_policy_document.photos.json)
      error_message = "the policy is ${self.policy}"
    }
  }
}

data "aws_s3_account_public_access_block" "this" {
  depends_on = [aws_s3_account_public_access_block.this]
  lifecycle {
    postcondition {
      condition     = self.restrict_public_buckets && !self.block_public_acls && self.block_public_policy == var.updated
      error_message = "the account's block is another"
    }
  }
}
