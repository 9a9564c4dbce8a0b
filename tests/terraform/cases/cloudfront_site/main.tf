# A website of a bucket, behind a distribution with an alias: everything of CloudFront that is served.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

# --- the bucket ---

resource "aws_s3_bucket" "site" {
  bucket        = "terraform-edge-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket" "logs" {
  bucket        = "terraform-edge-logs-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

data "aws_canonical_user_id" "me" {}

data "aws_cloudfront_log_delivery_canonical_user_id" "logs" {}

resource "aws_s3_bucket_acl" "logs" {
  depends_on = [aws_s3_bucket_ownership_controls.logs]
  bucket     = aws_s3_bucket.logs.id
  access_control_policy {
    grant {
      permission = "FULL_CONTROL"
      grantee {
        id   = data.aws_canonical_user_id.me.id
        type = "CanonicalUser"
      }
    }
    grant {
      permission = "FULL_CONTROL"
      grantee {
        id   = data.aws_cloudfront_log_delivery_canonical_user_id.logs.id
        type = "CanonicalUser"
      }
    }
    owner {
      id = data.aws_canonical_user_id.me.id
    }
  }
}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/old/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.old.iam_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}

# --- what the distribution uses ---

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = "site"
  description                       = var.updated ? "of the site" : null
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_origin_access_identity" "old" {
  comment = var.updated ? "older" : "old"
}

resource "aws_cloudfront_cache_policy" "site" {
  name        = "site"
  comment     = "of the site"
  min_ttl     = 1
  default_ttl = var.updated ? 600 : 300
  max_ttl     = 3600
  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip   = true
    enable_accept_encoding_brotli = true
    cookies_config {
      cookie_behavior = "whitelist"
      cookies {
        items = ["session"]
      }
    }
    headers_config {
      header_behavior = "whitelist"
      headers {
        items = ["X-Color"]
      }
    }
    query_strings_config {
      query_string_behavior = "allExcept"
      query_strings {
        items = ["utm"]
      }
    }
  }
}

resource "aws_cloudfront_origin_request_policy" "site" {
  name    = "site"
  comment = var.updated ? "more" : "some"
  cookies_config {
    cookie_behavior = "none"
  }
  headers_config {
    header_behavior = "whitelist"
    headers {
      items = ["Origin"]
    }
  }
  query_strings_config {
    query_string_behavior = "all"
  }
}

resource "aws_cloudfront_response_headers_policy" "site" {
  name = "site"
  cors_config {
    access_control_allow_credentials = false
    origin_override                  = true
    access_control_max_age_sec       = 60
    access_control_allow_headers {
      items = ["*"]
    }
    access_control_allow_methods {
      items = ["GET", "HEAD"]
    }
    access_control_allow_origins {
      items = ["https://www.example.com"]
    }
  }
  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = var.updated ? 7200 : 3600
      include_subdomains         = true
      preload                    = false
      override                   = true
    }
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = true
    }
  }
  custom_headers_config {
    items {
      header   = "X-Team"
      value    = "web"
      override = true
    }
  }
  remove_headers_config {
    items {
      header = "X-Internal"
    }
  }
  server_timing_headers_config {
    enabled       = true
    sampling_rate = 50
  }
}

resource "aws_cloudfront_public_key" "signer" {
  name        = "signer"
  comment     = var.updated ? "signs" : "will sign"
  encoded_key = file("${path.module}/public.pem")
}

resource "aws_cloudfront_key_group" "signers" {
  name    = "signers"
  comment = var.updated ? "who sign" : null
  items   = [aws_cloudfront_public_key.signer.id]
}

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_origin_request_policy" "cors" {
  name = "Managed-CORS-S3Origin"
}

data "aws_cloudfront_response_headers_policy" "security" {
  name = "Managed-SecurityHeadersPolicy"
}

# --- the distribution ---

resource "aws_acm_certificate" "site" {
  certificate_body = file("${path.module}/site.pem")
  private_key      = file("${path.module}/site.key")
}

resource "aws_cloudfront_distribution" "site" {
  enabled             = true
  is_ipv6_enabled     = true
  comment             = var.updated ? "the site, since then" : "the site"
  default_root_object = "index.html"
  price_class         = "PriceClass_100"
  aliases             = ["${data.aws_caller_identity.me.account_id}.edge.example"]
  depends_on          = [aws_s3_bucket_acl.logs]

  origin {
    origin_id                = "site"
    domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }
  origin {
    origin_id   = "old"
    domain_name = aws_s3_bucket.site.bucket_regional_domain_name
    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.old.cloudfront_access_identity_path
    }
  }
  origin {
    origin_id           = "api"
    domain_name         = "api.example.com"
    origin_path         = "/v1"
    connection_attempts = 2
    custom_header {
      name  = "X-Secret"
      value = "s"
    }
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 20
    }
  }
  origin_group {
    origin_id = "both"
    failover_criteria {
      status_codes = [403, 500]
    }
    member {
      origin_id = "site"
    }
    member {
      origin_id = "old"
    }
  }

  default_cache_behavior {
    target_origin_id           = "both"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    origin_request_policy_id   = data.aws_cloudfront_origin_request_policy.cors.id
    response_headers_policy_id = data.aws_cloudfront_response_headers_policy.security.id
  }
  ordered_cache_behavior {
    path_pattern               = "/shop/*"
    target_origin_id           = "site"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD", "OPTIONS"]
    cache_policy_id            = aws_cloudfront_cache_policy.site.id
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.site.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id
    trusted_key_groups         = [aws_cloudfront_key_group.signers.id]
  }
  ordered_cache_behavior {
    path_pattern           = "/api/*"
    target_origin_id       = "api"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods         = ["GET", "HEAD"]
    min_ttl                = 0
    default_ttl            = 10
    max_ttl                = 60
    forwarded_values {
      query_string = true
      headers      = ["Authorization"]
      cookies {
        forward           = "whitelist"
        whitelisted_names = ["session"]
      }
    }
  }

  custom_error_response {
    error_code            = 404
    error_caching_min_ttl = 30
    response_code         = 200
    response_page_path    = "/404.html"
  }
  logging_config {
    bucket          = aws_s3_bucket.logs.bucket_domain_name
    prefix          = "edge"
    include_cookies = var.updated
  }
  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = var.updated ? ["DE", "AT"] : ["DE"]
    }
  }
  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.site.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
  tags = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

# --- found again ---

data "aws_cloudfront_distribution" "site" {
  id = aws_cloudfront_distribution.site.id
}

data "aws_cloudfront_origin_access_control" "site" {
  id = aws_cloudfront_origin_access_control.site.id
}

data "aws_cloudfront_origin_access_identity" "old" {
  id = aws_cloudfront_origin_access_identity.old.id
}

data "aws_cloudfront_origin_access_identities" "all" {
  depends_on = [aws_cloudfront_origin_access_identity.old]
}

output "is_found" {
  value = data.aws_cloudfront_distribution.site.domain_name
  precondition {
    condition = (data.aws_cloudfront_distribution.site.domain_name == aws_cloudfront_distribution.site.domain_name &&
    length(data.aws_cloudfront_origin_access_identities.all.ids) == 1)
    error_message = "other things are found"
  }
}
