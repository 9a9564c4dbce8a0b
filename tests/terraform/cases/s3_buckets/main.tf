# Buckets, and everything that is configured beside them in a resource of its own.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

data "aws_canonical_user_id" "me" {}

locals {
  id   = data.aws_caller_identity.me.account_id
  tags = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

# --- buckets ---

resource "aws_s3_bucket" "photos" {
  bucket        = "photos-${local.id}"
  force_destroy = true
  tags          = local.tags
}

resource "aws_s3_bucket" "prefixed" {
  bucket_prefix = "logs-"
  tags          = var.updated ? {} : { stage = "one" }
}

resource "aws_s3_bucket" "locked" {
  bucket              = "locked-${local.id}"
  object_lock_enabled = true
  force_destroy       = var.updated
}

# --- what is configured beside them ---

resource "aws_s3_bucket_versioning" "photos" {
  bucket = aws_s3_bucket.photos.id
  versioning_configuration {
    status = var.updated ? "Suspended" : "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  rule {
    bucket_key_enabled = var.updated
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  cors_rule {
    id              = "site"
    allowed_headers = ["*"]
    allowed_methods = var.updated ? ["GET", "PUT"] : ["GET"]
    allowed_origins = ["https://www.example.com", "https://*.example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}

resource "aws_s3_bucket_website_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  index_document {
    suffix = var.updated ? "start.html" : "index.html"
  }
  error_document {
    key = "error.html"
  }
  routing_rule {
    condition {
      key_prefix_equals = "docs/"
    }
    redirect {
      replace_key_prefix_with = "documents/"
    }
  }
  routing_rule {
    condition {
      http_error_code_returned_equals = "404"
      key_prefix_equals               = "old/"
    }
    redirect {
      host_name          = "www.example.com"
      protocol           = "https"
      http_redirect_code = var.updated ? "302" : "301"
      replace_key_with   = "gone.html"
    }
  }
}

resource "aws_s3_bucket_website_configuration" "redirect" {
  bucket = aws_s3_bucket.prefixed.id
  redirect_all_requests_to {
    host_name = "www.example.com"
    protocol  = var.updated ? "https" : "http"
  }
}

resource "aws_s3_bucket_request_payment_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  payer  = var.updated ? "BucketOwner" : "Requester"
}

resource "aws_s3_bucket_accelerate_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  status = "Suspended"
}

resource "aws_s3_bucket_object_lock_configuration" "locked" {
  bucket = aws_s3_bucket.locked.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.updated ? 2 : 1
    }
  }
}

resource "aws_s3_bucket_notification" "photos" {
  bucket = aws_s3_bucket.photos.id
  queue {
    id            = "new"
    queue_arn     = "arn:aws:nephele:us-east-1:${local.id}:test-target/new"
    events        = var.updated ? ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] : ["s3:ObjectCreated:*"]
    filter_prefix = "in/"
    filter_suffix = ".jpg"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "photos" {
  bucket                                 = aws_s3_bucket.photos.id
  transition_default_minimum_object_size = var.updated ? "varies_by_storage_class" : "all_storage_classes_128K"

  rule {
    id     = "everything"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = var.updated ? 3 : 7
    }
    noncurrent_version_expiration {
      noncurrent_days           = 30
      newer_noncurrent_versions = 2
    }
  }
  rule {
    id     = "old"
    status = var.updated ? "Disabled" : "Enabled"
    filter {
      prefix = "old/"
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 90
      storage_class = "GLACIER"
    }
    expiration {
      days = 365
    }
  }
  rule {
    id     = "tagged"
    status = "Enabled"
    filter {
      and {
        prefix                   = "tmp/"
        object_size_greater_than = 1024
        tags                     = { keep = "no", team = "web" }
      }
    }
    expiration {
      date = "2035-01-01T00:00:00Z"
    }
    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "STANDARD_IA"
    }
  }
  rule {
    id     = "one-tag"
    status = "Enabled"
    filter {
      tag {
        key   = "keep"
        value = "no"
      }
    }
    expiration {
      days = 1
    }
  }
  rule {
    id     = "markers"
    status = "Enabled"
    filter {
      prefix = "old/"
    }
    expiration {
      expired_object_delete_marker = true
    }
  }
  rule {
    id     = "small"
    status = "Enabled"
    filter {
      object_size_less_than = 500
    }
    expiration {
      days = 700
    }
  }
  depends_on = [aws_s3_bucket_versioning.photos]
}

# --- read back ---

data "aws_s3_bucket" "photos" {
  bucket     = aws_s3_bucket.photos.id
  depends_on = [aws_s3_bucket_website_configuration.photos]
  lifecycle {
    postcondition {
      condition     = self.arn == "arn:aws:s3:::photos-${local.id}" && self.region == "us-east-1"
      error_message = "the bucket is ${self.arn} in ${self.region}"
    }
    postcondition {
      condition     = self.website_endpoint == aws_s3_bucket_website_configuration.photos.website_endpoint
      error_message = "the website is ${self.website_endpoint}"
    }
  }
}
