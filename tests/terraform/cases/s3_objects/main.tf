# Objects: written, changed, copied, read.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

locals {
  tags = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

resource "aws_s3_bucket" "objects" {
  bucket              = "objects-${data.aws_caller_identity.me.account_id}"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket" "plain" {
  bucket = "plain-${data.aws_caller_identity.me.account_id}"
}

resource "aws_s3_bucket_ownership_controls" "plain" {
  bucket = aws_s3_bucket.plain.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

# --- objects ---

resource "aws_s3_object" "page" {
  bucket                 = aws_s3_bucket.plain.id
  key                    = "site/index.html"
  content                = var.updated ? "<p>two</p>" : "<p>one</p>"
  content_type           = "text/html; charset=utf-8"
  cache_control          = var.updated ? "max-age=60" : "max-age=3600"
  content_disposition    = "inline"
  content_language       = "en"
  server_side_encryption = "AES256"
  checksum_algorithm     = "SHA256"
  metadata               = { origin = var.updated ? "two" : "one" }
  tags                   = local.tags
  website_redirect       = "/start.html"
}

# Its bytes stay, and what is said about it changes.
resource "aws_s3_object" "file" {
  bucket        = aws_s3_bucket.plain.id
  key           = "in/a photo+1 é.txt"
  source        = "${path.module}/photo.txt"
  content_type  = "text/plain"
  etag          = filemd5("${path.module}/photo.txt")
  storage_class = var.updated ? "STANDARD_IA" : "STANDARD"
  acl           = var.updated ? "public-read" : "private"
  tags          = local.tags
  depends_on    = [aws_s3_bucket_ownership_controls.plain, aws_s3_bucket_public_access_block.plain]
}

resource "aws_s3_bucket_public_access_block" "plain" {
  bucket = aws_s3_bucket.plain.id
}

resource "aws_s3_object" "base64" {
  bucket         = aws_s3_bucket.plain.id
  key            = "empty/"
  content_base64 = base64encode("")
}

resource "aws_s3_object" "locked" {
  bucket                        = aws_s3_bucket.objects.id
  key                           = "locked.txt"
  content                       = "kept"
  object_lock_legal_hold_status = var.updated ? "OFF" : "ON"
  object_lock_mode              = "GOVERNANCE"
  object_lock_retain_until_date = var.updated ? "2040-02-01T00:00:00Z" : "2040-01-01T00:00:00Z"
  force_destroy                 = true
}

# The older name of the same.
resource "aws_s3_bucket_object" "old" {
  bucket       = aws_s3_bucket.plain.id
  key          = "old.json"
  content      = jsonencode({ updated = var.updated })
  content_type = "application/json"
  tags         = local.tags
  depends_on   = [aws_s3_bucket_ownership_controls.plain] # it always sends an ACL
}

# --- copies ---

resource "aws_s3_object_copy" "page" {
  bucket     = aws_s3_bucket.objects.id
  key        = "copies/index.html"
  source     = "${aws_s3_bucket.plain.id}/${aws_s3_object.page.key}"
  depends_on = [aws_s3_object.page]
  lifecycle {
    ignore_changes = [tags, tags_all]
  }
}

resource "aws_s3_object_copy" "changed" {
  bucket             = aws_s3_bucket.objects.id
  key                = "copies/changed.html"
  source             = "${aws_s3_bucket.plain.id}/${aws_s3_object.page.key}"
  content_type       = "text/plain"
  metadata_directive = "REPLACE"
  tagging_directive  = "REPLACE"
  metadata           = { origin = "copy" }
  tags               = local.tags
  depends_on         = [aws_s3_object.page]
}

# --- read back ---

data "aws_s3_object" "page" {
  bucket     = aws_s3_bucket.plain.id
  key        = "site/index.html"
  depends_on = [aws_s3_object.page]
  lifecycle {
    postcondition {
      condition     = self.content_type == "text/html; charset=utf-8" && self.tags == local.tags
      error_message = "it is ${self.content_type}"
    }
    postcondition {
      condition     = self.content_length == 10 && self.metadata.origin == (var.updated ? "two" : "one")
      error_message = "it has ${self.content_length} bytes"
    }
  }
}

data "aws_s3_object" "body" {
  bucket     = aws_s3_bucket.plain.id
  key        = aws_s3_object.file.key
  range      = "bytes=0-3"
  depends_on = [aws_s3_object.file]
  lifecycle {
    postcondition {
      condition     = self.body == "a pi"
      error_message = "it begins with ${self.body}"
    }
  }
}

data "aws_s3_bucket_object" "old" {
  bucket     = aws_s3_bucket.plain.id
  key        = "old.json"
  depends_on = [aws_s3_bucket_object.old]
  lifecycle {
    postcondition {
      condition     = jsondecode(self.body).updated == var.updated
      error_message = "it is ${self.body}"
    }
  }
}

data "aws_s3_objects" "plain" {
  bucket     = aws_s3_bucket.plain.id
  delimiter  = "/"
  depends_on = [aws_s3_object.page, aws_s3_object.file, aws_s3_object.base64, aws_s3_bucket_object.old]
  lifecycle {
    postcondition {
      condition     = self.keys == tolist(["old.json"]) && self.common_prefixes == tolist(["empty/", "in/", "site/"])
      error_message = "objects: ${jsonencode([self.keys, self.common_prefixes])}"
    }
  }
}

data "aws_s3_bucket_objects" "site" {
  bucket     = aws_s3_bucket.plain.id
  prefix     = "site/"
  depends_on = [aws_s3_object.page]
  lifecycle {
    postcondition {
      condition     = self.keys == tolist(["site/index.html"])
      error_message = "objects: ${join(", ", self.keys)}"
    }
  }
}
