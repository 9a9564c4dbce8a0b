# The reference architecture, as far as the region carries it: the network, the way of a visitor from the domain's
# names to the cached site, storage, identity and secrets.
# `eval "$(nephele env)"` is all that this needs beside the provider; the same files serve AWS.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.90"
    }
  }
}

provider "aws" {}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  tags = {
    Project = var.project
    Layer   = "foundation"
  }
}
