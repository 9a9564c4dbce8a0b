# What an account finds in a region, adopted.

variable "updated" {
  type    = bool
  default = false
}

resource "aws_default_vpc" "default" {
  tags = { Name = var.updated ? "default-two" : "default" }
}

resource "aws_default_subnet" "a" {
  availability_zone = "us-east-1a"
  tags              = { Name = var.updated ? "a-two" : "a" }
}

# The provider gives tags to these options when it changes them, and none when it adopts them.
resource "aws_default_vpc_dhcp_options" "default" {
  tags = var.updated ? { Name = "options" } : null
}

data "aws_vpc" "default" {
  default    = true
  depends_on = [aws_default_vpc.default]
}

output "found" {
  value = data.aws_vpc.default.id
  precondition {
    condition     = data.aws_vpc.default.id == aws_default_vpc.default.id && data.aws_vpc.default.cidr_block == "172.31.0.0/16"
    error_message = "the default VPC is not found"
  }
}
