# Health checks of every type that is served.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_route53_health_check" "web" {
  fqdn              = "www.example.com"
  type              = "HTTPS"
  port              = 443
  resource_path     = var.updated ? "/two" : "/one"
  failure_threshold = var.updated ? 5 : 3
  request_interval  = 30
  regions           = ["us-east-1", "eu-west-1", "sa-east-1"]
  tags              = { Name = var.updated ? "two" : "one" }
}

resource "aws_route53_health_check" "text" {
  ip_address         = "192.0.2.1"
  type               = "HTTP_STR_MATCH"
  port               = 80
  search_string      = var.updated ? "well" : "fine"
  failure_threshold  = 3
  request_interval   = 10
  invert_healthcheck = var.updated
}

resource "aws_route53_health_check" "port" {
  ip_address        = "2001:db8::1"
  type              = "TCP"
  port              = 5432
  failure_threshold = 1
  request_interval  = 10
  disabled          = var.updated
}

resource "aws_route53_health_check" "both" {
  type                   = "CALCULATED"
  child_health_threshold = var.updated ? 2 : 1
  child_healthchecks     = [aws_route53_health_check.web.id, aws_route53_health_check.text.id]
}
