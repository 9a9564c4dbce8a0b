# Flow logs of a VPC, a subnet and an interface, to S3.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "flows" {
  bucket        = "flows-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_network_interface" "i" {
  subnet_id = aws_subnet.a.id
}

resource "aws_flow_log" "vpc" {
  vpc_id               = aws_vpc.main.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = aws_s3_bucket.flows.arn
  tags                 = { Name = var.updated ? "vpc-two" : "vpc" }
}

resource "aws_flow_log" "subnet" {
  subnet_id                = aws_subnet.a.id
  traffic_type             = "REJECT"
  log_destination_type     = "s3"
  log_destination          = "${aws_s3_bucket.flows.arn}/rejected/"
  max_aggregation_interval = 60
  log_format               = "$${version} $${srcaddr} $${dstaddr} $${action}"

  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = true
    per_hour_partition         = true
  }
}

resource "aws_flow_log" "interface" {
  eni_id               = aws_network_interface.i.id
  traffic_type         = "ACCEPT"
  log_destination_type = "s3"
  log_destination      = "${aws_s3_bucket.flows.arn}/one/"
}
