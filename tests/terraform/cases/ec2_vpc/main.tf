# A VPC with two blocks, subnets in two zones, DHCP options, and every way to look them up.

variable "updated" {
  type    = bool
  default = false
}

data "aws_region" "here" {}

data "aws_regions" "all" {}

data "aws_availability_zones" "available" {
  state = "available"
}

data "aws_availability_zone" "first" {
  name = data.aws_availability_zones.available.names[0]
}

resource "aws_vpc" "main" {
  cidr_block                           = "10.0.0.0/16"
  enable_dns_hostnames                 = var.updated
  enable_network_address_usage_metrics = var.updated
  tags                                 = var.updated ? { Name = "main", stage = "two" } : { Name = "main" }
}

resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.1.0/24"
  availability_zone       = data.aws_availability_zones.available.names[0]
  map_public_ip_on_launch = var.updated
  tags                    = { Name = "a", tier = var.updated ? "two" : "one" }
}

resource "aws_subnet" "b" {
  vpc_id                                      = aws_vpc.main.id
  cidr_block                                  = "10.1.1.0/24"
  availability_zone_id                        = data.aws_availability_zones.available.zone_ids[1]
  private_dns_hostname_type_on_launch         = var.updated ? "resource-name" : "ip-name"
  enable_resource_name_dns_a_record_on_launch = var.updated
  tags                                        = { Name = "b" }
  depends_on                                  = [aws_vpc_ipv4_cidr_block_association.more]
}

resource "aws_vpc_dhcp_options" "corp" {
  domain_name          = "corp.example"
  domain_name_servers  = ["AmazonProvidedDNS", "10.0.0.9"]
  ntp_servers          = ["10.0.0.8"]
  netbios_name_servers = ["10.0.0.7"]
  netbios_node_type    = 2
  tags                 = { Name = var.updated ? "corp-two" : "corp" }
}

resource "aws_vpc_dhcp_options" "other" {
  domain_name = "other.example"
}

resource "aws_vpc_dhcp_options_association" "main" {
  vpc_id          = aws_vpc.main.id
  dhcp_options_id = var.updated ? aws_vpc_dhcp_options.other.id : aws_vpc_dhcp_options.corp.id
}

resource "aws_ec2_tag" "shared" {
  resource_id = aws_vpc.main.default_route_table_id
  key         = "owner"
  value       = var.updated ? "two" : "one"
}

data "aws_vpc" "by_tag" {
  tags       = { Name = "main" }
  depends_on = [aws_vpc.main]
}

data "aws_vpc" "by_block" {
  cidr_block = aws_vpc.main.cidr_block
}

data "aws_vpcs" "all" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
}

data "aws_subnet" "a" {
  id = aws_subnet.a.id
}

data "aws_subnet" "by_block" {
  vpc_id     = aws_vpc.main.id
  cidr_block = aws_subnet.b.cidr_block
}

data "aws_subnets" "all" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
  depends_on = [aws_subnet.a, aws_subnet.b]
}

data "aws_vpc_dhcp_options" "corp" {
  dhcp_options_id = aws_vpc_dhcp_options.corp.id
}

output "found" {
  value = data.aws_vpc.by_tag.id
  precondition {
    condition     = data.aws_vpc.by_tag.id == aws_vpc.main.id && data.aws_vpc.by_block.id == aws_vpc.main.id
    error_message = "the VPC is not found"
  }
  precondition {
    condition     = length(data.aws_subnets.all.ids) == 2 && data.aws_subnet.by_block.id == aws_subnet.b.id
    error_message = "the subnets are not found"
  }
  precondition {
    condition     = data.aws_subnet.a.available_ip_address_count == 251
    error_message = "AWS takes five addresses of a subnet"
  }
  precondition {
    condition     = data.aws_availability_zone.first.zone_id == "use1-az1" && contains(data.aws_regions.all.names, data.aws_region.here.name)
    error_message = "zones and regions"
  }
  precondition {
    condition     = data.aws_vpc_dhcp_options.corp.domain_name == "corp.example"
    error_message = "the DHCP options are not found"
  }
}
