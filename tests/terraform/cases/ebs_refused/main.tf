# What of volumes and snapshots this region does not have.
data "aws_availability_zones" "all" {}

resource "aws_ebs_volume" "one" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 1
}

resource "aws_ebs_snapshot" "one" {
  volume_id = aws_ebs_volume.one.id
}

resource "aws_ebs_fast_snapshot_restore" "one" {
  availability_zone = data.aws_availability_zones.all.names[0]
  snapshot_id       = aws_ebs_snapshot.one.id
}

resource "aws_ebs_snapshot_import" "one" {
  disk_container {
    format = "VHD"
    user_bucket {
      s3_bucket = "disks"
      s3_key    = "disk.vhd"
    }
  }
}

resource "aws_ebs_snapshot_block_public_access" "here" {
  state = "block-all-sharing"
}
