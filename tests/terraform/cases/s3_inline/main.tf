# Buckets as older configurations write them: everything inside of the one block.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

data "aws_canonical_user_id" "me" {}

locals {
  id = data.aws_caller_identity.me.account_id
}

resource "aws_s3_bucket" "site" {
  bucket              = "site-${local.id}"
  acceleration_status = "Suspended"
  request_payer       = var.updated ? "BucketOwner" : "Requester"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.id}:root" }
      Action    = var.updated ? ["s3:GetObject", "s3:ListBucket"] : ["s3:GetObject", "s3:ListBucketVersions"]
      Resource  = ["arn:aws:s3:::site-${local.id}", "arn:aws:s3:::site-${local.id}/*"]
    }]
  })

  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = var.updated ? ["GET", "PUT"] : ["GET"]
    allowed_origins = ["https://www.example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 60
  }

  website {
    index_document = var.updated ? "start.html" : "index.html"
    error_document = "error.html"
    routing_rules = jsonencode([{
      Condition = { KeyPrefixEquals = "docs/" }
      Redirect  = { ReplaceKeyPrefixWith = "documents/" }
    }])
  }

  versioning {
    enabled = !var.updated
  }

  lifecycle_rule {
    id      = "old"
    prefix  = "old/"
    enabled = true
    tags    = { keep = "no" }
    expiration {
      days = var.updated ? 60 : 90
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    noncurrent_version_expiration {
      days = 30
    }
  }

  lifecycle_rule {
    id                                     = "parts"
    enabled                                = true
    abort_incomplete_multipart_upload_days = 7
  }

  server_side_encryption_configuration {
    rule {
      bucket_key_enabled = var.updated
      apply_server_side_encryption_by_default {
        sse_algorithm = "AES256"
      }
    }
  }

  logging {
    target_bucket = aws_s3_bucket.logs.id
    target_prefix = var.updated ? "two/" : "one/"
  }
}

resource "aws_s3_bucket" "logs" {
  bucket        = "inline-logs-${local.id}"
  force_destroy = true # logs come while the case runs
}

resource "aws_s3_bucket" "locked" {
  bucket = "inline-locked-${local.id}"
  object_lock_configuration {
    object_lock_enabled = "Enabled"
    rule {
      default_retention {
        mode = "GOVERNANCE"
        days = var.updated ? 2 : 1
      }
    }
  }
}
