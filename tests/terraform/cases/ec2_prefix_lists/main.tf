# Managed prefix lists with entries inside and beside, used by a rule, and the region's own.
# A changed description alone is not here: provider 5.100.0 sends the version before last with it.

variable "updated" {
  type    = bool
  default = false
}

data "aws_region" "here" {}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = var.updated ? "offices-two" : "offices"
  address_family = "IPv4"
  max_entries    = 5
  tags           = { Name = var.updated ? "two" : "one" }

  entry {
    cidr        = "192.0.2.0/24"
    description = "the office"
  }

  dynamic "entry" {
    for_each = var.updated ? ["203.0.113.0/24", "198.51.100.0/24"] : ["203.0.113.0/25"]
    content {
      cidr = entry.value
    }
  }
}

resource "aws_ec2_managed_prefix_list" "beside" {
  name           = "beside"
  address_family = "IPv4"
  max_entries    = var.updated ? 4 : 3
}

resource "aws_ec2_managed_prefix_list_entry" "beside" {
  prefix_list_id = aws_ec2_managed_prefix_list.beside.id
  cidr           = "10.8.0.0/16"
  description    = "by itself"
}

resource "aws_ec2_managed_prefix_list" "six" {
  name           = "six"
  address_family = "IPv6"
  max_entries    = 1

  entry {
    cidr = "2001:db8::/32"
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    prefix_list_ids = [aws_ec2_managed_prefix_list.offices.id]
  }

  egress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    prefix_list_ids = [data.aws_prefix_list.s3.id]
  }
}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.here.name}.s3"
}

data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.here.name}.s3"
}

data "aws_ec2_managed_prefix_list" "beside" {
  id         = aws_ec2_managed_prefix_list.beside.id
  depends_on = [aws_ec2_managed_prefix_list_entry.beside]
}

data "aws_ec2_managed_prefix_lists" "all" {
  filter {
    name   = "owner-id"
    values = [aws_ec2_managed_prefix_list.beside.owner_id]
  }
  depends_on = [aws_ec2_managed_prefix_list.offices, aws_ec2_managed_prefix_list.six]
}

check "found" {
  assert {
    condition     = data.aws_prefix_list.s3.id == data.aws_ec2_managed_prefix_list.s3.id && data.aws_prefix_list.s3.cidr_blocks == tolist(data.aws_ec2_managed_prefix_list.s3.entries[*].cidr)
    error_message = "another list"
  }
  assert {
    condition     = length(data.aws_ec2_managed_prefix_lists.all.ids) == 3
    error_message = "not three"
  }
}
