# Multi-region keys: the primary key in one region, its replica in another; of the region's and of imported material, which
# each region imports by itself.

variable "updated" {
  type    = bool
  default = false
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

locals {
  material = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY="
}

resource "aws_kms_key" "primary" {
  provider                = aws.west
  description             = "in the west"
  deletion_window_in_days = 7
  multi_region            = true
}

resource "aws_kms_replica_key" "east" {
  description             = var.updated ? "in the east, since then" : "in the east"
  deletion_window_in_days = 7
  primary_key_arn         = aws_kms_key.primary.arn
  tags                    = { side = var.updated ? "sunrise" : "east" }
}

resource "aws_kms_external_key" "primary" {
  provider                = aws.west
  deletion_window_in_days = 7
  multi_region            = true
  enabled                 = true
  key_material_base64     = local.material
}

resource "aws_kms_replica_external_key" "east" {
  description             = var.updated ? "of material to come, since then" : "of material to come"
  deletion_window_in_days = 7
  primary_key_arn         = aws_kms_external_key.primary.arn
}
