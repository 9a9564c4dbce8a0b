# Functions of viewers' requests and responses, one of them in a distribution.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_cloudfront_function" "rewrite" {
  name    = "rewrite"
  runtime = "cloudfront-js-2.0"
  comment = var.updated ? "rewrites more" : "rewrites"
  code    = <<-EOT
    function handler(event) {
      const request = event.request;
      if (request.uri.endsWith('/'))
        request.uri += '${var.updated ? "home" : "index"}.html';
      return request;
    }
  EOT
}

resource "aws_cloudfront_function" "headers" {
  name    = "headers"
  runtime = "cloudfront-js-1.0"
  code    = "function handler(event) { event.response.headers['x-a'] = {value: '1'}; return event.response; }"
}

resource "aws_cloudfront_function" "draft" {
  name    = "draft"
  runtime = var.updated ? "cloudfront-js-2.0" : "cloudfront-js-1.0"
  publish = false
  code    = "function handler(event) { return event.request; }"
}

data "aws_cloudfront_function" "rewrite" {
  name  = aws_cloudfront_function.rewrite.name
  stage = "LIVE"
}

resource "aws_cloudfront_distribution" "web" {
  enabled             = false
  retain_on_delete    = false
  wait_for_deployment = false

  origin {
    origin_id   = "web"
    domain_name = "origin.example.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "web"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
    dynamic "function_association" {
      for_each = var.updated ? [1] : []
      content {
        event_type   = "viewer-response"
        function_arn = aws_cloudfront_function.headers.arn
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
