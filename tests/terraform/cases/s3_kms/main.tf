# Objects that KMS encrypts: by the default of their bucket, by what they say themselves, copied.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

resource "aws_kms_key" "one" {
  description             = "objects"
  deletion_window_in_days = 7
}

resource "aws_kms_key" "two" {
  description             = "objects, later"
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "objects" {
  name          = "alias/objects"
  target_key_id = aws_kms_key.one.key_id
}

# --- by default ---

resource "aws_s3_bucket" "by_default" {
  bucket        = "by-default-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "by_default" {
  bucket = aws_s3_bucket.by_default.id
  rule {
    bucket_key_enabled = var.updated
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.updated ? aws_kms_key.two.arn : aws_kms_key.one.arn
    }
  }
}

resource "aws_s3_bucket" "of_s3" {
  bucket = "of-s3-${data.aws_caller_identity.me.account_id}"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "of_s3" {
  bucket = aws_s3_bucket.of_s3.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = var.updated ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_object" "by_default" {
  content_type = "text/plain"
  bucket       = aws_s3_bucket.by_default.id
  key          = "by-default.txt"
  content      = var.updated ? "two" : "one"
  depends_on   = [aws_s3_bucket_server_side_encryption_configuration.by_default]
}

# --- by what they say ---

resource "aws_s3_bucket" "plain" {
  bucket = "plain-kms-${data.aws_caller_identity.me.account_id}"
}

resource "aws_s3_object" "named" {
  content_type       = "text/plain"
  bucket             = aws_s3_bucket.plain.id
  key                = "named.txt"
  content            = "kept"
  kms_key_id         = var.updated ? aws_kms_key.two.arn : aws_kms_key.one.arn
  bucket_key_enabled = true
}

resource "aws_s3_object" "managed" {
  content_type           = "text/plain"
  bucket                 = aws_s3_bucket.plain.id
  key                    = "managed.txt"
  content                = var.updated ? "two" : "one"
  server_side_encryption = "aws:kms"
}

resource "aws_s3_object_copy" "named" {
  bucket                 = aws_s3_bucket.plain.id
  key                    = "copy.txt"
  source                 = "${aws_s3_bucket.plain.id}/${aws_s3_object.named.key}"
  server_side_encryption = "aws:kms"
  kms_key_id             = aws_kms_key.two.arn
  depends_on             = [aws_s3_object.named]
}

# --- read back: the provider asks for the key that an object had, whatever the default is now ---

data "aws_s3_object" "by_default" {
  bucket     = aws_s3_bucket.by_default.id
  key        = "by-default.txt"
  depends_on = [aws_s3_object.by_default]
  lifecycle {
    postcondition {
      condition     = self.server_side_encryption == "aws:kms"
      error_message = "it is ${self.server_side_encryption}"
    }
    postcondition {
      condition     = self.sse_kms_key_id == aws_kms_key.one.arn
      error_message = "its key is ${self.sse_kms_key_id}"
    }
    postcondition {
      condition     = self.body == (var.updated ? "two" : "one")
      error_message = "it is ${self.body}"
    }
  }
}

data "aws_s3_object" "copy" {
  bucket     = aws_s3_bucket.plain.id
  key        = "copy.txt"
  depends_on = [aws_s3_object_copy.named]
  lifecycle {
    postcondition {
      condition     = self.sse_kms_key_id == aws_kms_key.two.arn && self.body == "kept"
      error_message = "its key is ${self.sse_kms_key_id}"
    }
  }
}
