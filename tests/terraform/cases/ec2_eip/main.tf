# Elastic IPs on interfaces, and the name that one answers to.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_network_interface" "one" {
  subnet_id   = aws_subnet.main.id
  private_ips = ["10.0.0.10"]
}

resource "aws_network_interface" "two" {
  subnet_id   = aws_subnet.main.id
  private_ips = ["10.0.0.20"]
}

resource "aws_eip" "bound" {
  domain            = "vpc"
  network_interface = var.updated ? aws_network_interface.two.id : aws_network_interface.one.id
  tags              = { Name = var.updated ? "bound-two" : "bound" }
  depends_on        = [aws_internet_gateway.main]
}

resource "aws_eip" "loose" {
  domain = "vpc"
  tags   = { Name = "loose" }
}

resource "aws_network_interface" "three" {
  subnet_id   = aws_subnet.main.id
  private_ips = ["10.0.0.30"]
  tags        = { Name = var.updated ? "three-two" : "three" }
}

resource "aws_eip_association" "three" {
  allocation_id        = aws_eip.loose.id
  network_interface_id = aws_network_interface.three.id
  depends_on           = [aws_internet_gateway.main]
}

resource "aws_route53_zone" "main" {
  name = "eip.example.net"
}

resource "aws_route53_record" "mail" {
  for_each = toset(["mail", "mx"])
  zone_id  = aws_route53_zone.main.zone_id
  name     = "${each.key}.eip.example.net"
  type     = "A"
  ttl      = 60
  records  = [aws_eip.loose.public_ip]
}

resource "aws_eip_domain_name" "mail" {
  allocation_id = aws_eip.loose.allocation_id
  domain_name   = var.updated ? aws_route53_record.mail["mx"].fqdn : aws_route53_record.mail["mail"].fqdn
}

data "aws_eip" "bound" {
  public_ip = aws_eip.bound.public_ip
}

data "aws_eips" "all" {
  tags       = { Name = "loose" }
  depends_on = [aws_eip.loose]
}

output "found" {
  value = data.aws_eip.bound.id
  precondition {
    condition     = data.aws_eip.bound.id == aws_eip.bound.id && length(data.aws_eips.all.allocation_ids) == 1
    error_message = "the addresses are not found"
  }
}
