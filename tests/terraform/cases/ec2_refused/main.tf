# Networks that are not served: each is refused by itself, before anything is made.

resource "aws_egress_only_internet_gateway" "x" {
  vpc_id = "vpc-0123456789abcdef0"
}

resource "aws_vpc_ipv6_cidr_block_association" "x" {
  vpc_id              = "vpc-0123456789abcdef0"
  ipv6_ipam_pool_id   = "ipam-pool-0123456789abcdef0"
  ipv6_netmask_length = 56
}

resource "aws_vpc_ipam" "x" {
  operating_regions {
    region_name = "us-east-1"
  }
}

resource "aws_vpc_ipam_scope" "x" {
  ipam_id = "ipam-0123456789abcdef0"
}

resource "aws_vpc_ipam_pool" "x" {
  address_family = "ipv4"
  ipam_scope_id  = "ipam-scope-0123456789abcdef0"
}

resource "aws_vpc_ipam_pool_cidr" "x" {
  ipam_pool_id = "ipam-pool-0123456789abcdef0"
  cidr         = "10.0.0.0/8"
}

resource "aws_vpc_ipam_pool_cidr_allocation" "x" {
  ipam_pool_id = "ipam-pool-0123456789abcdef0"
  cidr         = "10.0.0.0/24"
}

resource "aws_vpc_ipam_preview_next_cidr" "x" {
  ipam_pool_id   = "ipam-pool-0123456789abcdef0"
  netmask_length = 28
}

resource "aws_vpc_ipam_resource_discovery" "x" {
  operating_regions {
    region_name = "us-east-1"
  }
}

resource "aws_vpc_ipam_resource_discovery_association" "x" {
  ipam_id                    = "ipam-0123456789abcdef0"
  ipam_resource_discovery_id = "ipam-res-disco-0123456789abcdef0"
}

resource "aws_vpc_block_public_access_options" "x" {
  internet_gateway_block_mode = "block-ingress"
}

resource "aws_vpc_block_public_access_exclusion" "x" {
  vpc_id                          = "vpc-0123456789abcdef0"
  internet_gateway_exclusion_mode = "allow-egress"
}

resource "aws_vpc_network_performance_metric_subscription" "x" {
  source      = "us-east-1"
  destination = "us-west-1"
}

resource "aws_vpc_route_server" "x" {
  amazon_side_asn = 65534
}
