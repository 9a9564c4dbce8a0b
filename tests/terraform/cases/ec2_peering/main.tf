# Two VPCs that reach each other; a request that is accepted by a resource of its own.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_vpc" "a" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc" "b" {
  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc" "c" {
  cidr_block           = "10.2.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc_peering_connection" "ab" {
  vpc_id      = aws_vpc.a.id
  peer_vpc_id = aws_vpc.b.id
  auto_accept = true
  accepter {
    allow_remote_vpc_dns_resolution = var.updated
  }
  requester {
    allow_remote_vpc_dns_resolution = true
  }
  tags = { Name = var.updated ? "ab-two" : "ab" }
}

# One account: both resources are of one connection, and have its tags.
resource "aws_vpc_peering_connection" "ac" {
  vpc_id      = aws_vpc.a.id
  peer_vpc_id = aws_vpc.c.id
  tags        = { Name = var.updated ? "ac-two" : "ac" }
}

resource "aws_vpc_peering_connection_accepter" "ac" {
  vpc_peering_connection_id = aws_vpc_peering_connection.ac.id
  auto_accept               = true
  tags                      = { Name = var.updated ? "ac-two" : "ac" }
}

resource "aws_vpc_peering_connection_options" "ac" {
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.ac.id
  accepter {
    allow_remote_vpc_dns_resolution = !var.updated
  }
}

resource "aws_route_table" "a" {
  vpc_id = aws_vpc.a.id
}

resource "aws_route" "to_b" {
  route_table_id            = aws_route_table.a.id
  destination_cidr_block    = aws_vpc.b.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.ab.id
}

data "aws_vpc_peering_connection" "ab" {
  id = aws_vpc_peering_connection.ab.id
}

data "aws_vpc_peering_connections" "all" {
  filter {
    name   = "requester-vpc-info.vpc-id"
    values = [aws_vpc.a.id]
  }
  depends_on = [aws_vpc_peering_connection.ab, aws_vpc_peering_connection.ac]
}

output "found" {
  value = data.aws_vpc_peering_connection.ab.status
  precondition {
    condition     = data.aws_vpc_peering_connection.ab.status == "active" && length(data.aws_vpc_peering_connections.all.ids) == 2
    error_message = "the connections are not found"
  }
}
