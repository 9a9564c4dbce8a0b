# The domain's zone, and a look at the website from outside. The zone's name servers go to the registrar; here they are
# the region's DNS server: dig @127.0.0.1 -p 5300 NAME.

resource "aws_route53_zone" "main" {
  name    = var.domain
  comment = "The website and what is behind it"
  tags    = local.tags
}

resource "aws_route53_record" "caa" {
  zone_id = aws_route53_zone.main.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\""]
}

resource "aws_route53_health_check" "site" {
  fqdn              = "www.${var.domain}"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/"
  failure_threshold = 3
  request_interval  = 30
  tags              = merge(local.tags, { Name = "www.${var.domain}" })
}
