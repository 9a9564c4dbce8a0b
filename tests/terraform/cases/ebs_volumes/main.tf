# Volumes, snapshots of them, copies under another key, and who may use them.
variable "size" { default = 1 }
variable "type" { default = "gp3" }
variable "iops" { default = 3000 }
variable "description" { default = "of one" }

data "aws_availability_zones" "all" {}

resource "aws_kms_key" "own" {
  description             = "volumes"
  deletion_window_in_days = 7
}

resource "aws_ebs_volume" "one" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = var.size
  type              = var.type
  tags              = { Name = "one" }
}

resource "aws_ebs_volume" "sealed" {
  availability_zone = data.aws_availability_zones.all.names[1]
  size              = 4
  type              = "io2"
  iops              = var.iops
  encrypted         = true
  kms_key_id        = aws_kms_key.own.arn
}

resource "aws_ebs_volume" "by_default_key" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 1
  encrypted         = true
}

resource "aws_ebs_snapshot" "one" {
  volume_id   = aws_ebs_volume.one.id
  description = var.description
  tags        = { Name = "one", size = var.size }
}

resource "aws_ebs_snapshot_copy" "sealed" {
  source_snapshot_id = aws_ebs_snapshot.one.id
  source_region      = "us-east-1"
  encrypted          = true
  kms_key_id         = aws_kms_key.own.arn
  tags               = { Name = "copy", size = var.size }
}

resource "aws_ebs_volume" "of_copy" {
  availability_zone = data.aws_availability_zones.all.names[0]
  snapshot_id       = aws_ebs_snapshot_copy.sealed.id
  size              = 2
  type              = "gp2"
}

# The region's first account.
resource "aws_snapshot_create_volume_permission" "other" {
  snapshot_id = aws_ebs_snapshot.one.id
  account_id  = "000000000000"
}

data "aws_ebs_volume" "one" {
  filter {
    name   = "volume-id"
    values = [aws_ebs_volume.one.id]
  }
}

data "aws_ebs_volumes" "named" {
  tags       = { Name = "one" }
  depends_on = [aws_ebs_volume.one]
}

data "aws_ebs_snapshot" "one" {
  most_recent  = true
  owners       = ["self"]
  snapshot_ids = [aws_ebs_snapshot.one.id]
}

data "aws_ebs_snapshot_ids" "all" {
  owners     = ["self"]
  depends_on = [aws_ebs_snapshot.one, aws_ebs_snapshot_copy.sealed]
}

output "found" {
  value = [data.aws_ebs_volume.one.size, data.aws_ebs_volumes.named.ids, data.aws_ebs_snapshot.one.volume_size,
  length(data.aws_ebs_snapshot_ids.all.ids)]
}
