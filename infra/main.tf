# The reference architecture, as far as the region carries it: storage and identity.
# `eval "$(nephele env)"` is all that this needs beside the provider; the same files serve AWS.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  tags = {
    Project = var.project
    Layer   = "storage and identity"
  }
}
