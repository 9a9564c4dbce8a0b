# Users and groups: who is in which, what is attached to them, and how they prove who they are.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "read_photos" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}

data "aws_iam_policy_document" "write_photos" {
  source_policy_documents = [data.aws_iam_policy_document.read_photos.json]
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::photos/&{aws:username}/*"]
  }
}

locals {
  inline = var.updated ? data.aws_iam_policy_document.write_photos.json : data.aws_iam_policy_document.read_photos.json
  tags   = var.updated ? { team = "web", stage = "two" } : { team = "web" }
}

# --- the entities ---

resource "aws_iam_user" "ann" {
  name = "ann"
  path = "/staff/"
  tags = local.tags
}

resource "aws_iam_user" "bob" {
  name                 = "bob"
  force_destroy        = true
  permissions_boundary = var.updated ? aws_iam_policy.boundary.arn : null
}

# Its name and path change in place.
resource "aws_iam_user" "renamed" {
  name = var.updated ? "carol.new" : "carol"
  path = var.updated ? "/left/" : "/"
}

resource "aws_iam_group" "writers" {
  name = "writers"
  path = "/staff/"
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group" "renamed" {
  name = var.updated ? "Guests.new" : "Guests"
  path = var.updated ? "/left/" : "/"
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

# --- who is in which group ---

resource "aws_iam_group_membership" "writers" {
  name  = "members of writers"
  group = aws_iam_group.writers.name
  users = var.updated ? [aws_iam_user.bob.name] : [aws_iam_user.ann.name, aws_iam_user.bob.name]
}

resource "aws_iam_user_group_membership" "renamed" {
  user   = aws_iam_user.ann.name
  groups = var.updated ? [aws_iam_group.readers.name, aws_iam_group.renamed.name] : [aws_iam_group.readers.name]
}

# --- inline policies ---

resource "aws_iam_user_policy" "ann" {
  count  = var.updated ? 2 : 1
  name   = "photos-${count.index}"
  user   = aws_iam_user.ann.name
  policy = local.inline
}

resource "aws_iam_user_policies_exclusive" "ann" {
  user_name    = aws_iam_user.ann.name
  policy_names = aws_iam_user_policy.ann[*].name
}

resource "aws_iam_group_policy" "writers" {
  count  = var.updated ? 2 : 1
  name   = "photos-${count.index}"
  group  = aws_iam_group.writers.name
  policy = local.inline
}

resource "aws_iam_group_policies_exclusive" "writers" {
  group_name   = aws_iam_group.writers.name
  policy_names = aws_iam_group_policy.writers[*].name
}

# --- managed policies, AWS's and our own ---

locals {
  aws_policies = ["ReadOnlyAccess", "AmazonS3FullAccess"]
}

resource "aws_iam_user_policy_attachment" "ann" {
  count      = var.updated ? 2 : 1
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/${local.aws_policies[count.index]}"
}

resource "aws_iam_user_policy_attachments_exclusive" "ann" {
  user_name   = aws_iam_user.ann.name
  policy_arns = aws_iam_user_policy_attachment.ann[*].policy_arn
}

resource "aws_iam_group_policy_attachment" "writers" {
  count      = var.updated ? 2 : 1
  group      = aws_iam_group.writers.name
  policy_arn = "arn:aws:iam::aws:policy/${local.aws_policies[count.index]}"
}

resource "aws_iam_group_policy_attachments_exclusive" "writers" {
  group_name  = aws_iam_group.writers.name
  policy_arns = aws_iam_group_policy_attachment.writers[*].policy_arn
}

# --- credentials ---

resource "aws_iam_access_key" "ann" {
  user   = aws_iam_user.ann.name
  status = var.updated ? "Inactive" : "Active"
}

resource "aws_iam_user_login_profile" "bob" {
  user                    = aws_iam_user.bob.name
  password_length         = 24
  password_reset_required = true
  lifecycle {
    ignore_changes = [password_length, password_reset_required] # an import cannot know them
  }
}

resource "aws_iam_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  path                    = "/staff/"
  tags                    = local.tags
}

# --- read back ---

data "aws_iam_user" "ann" {
  user_name = aws_iam_user.ann.name
  lifecycle {
    postcondition {
      condition     = self.arn == "arn:aws:iam::${data.aws_caller_identity.me.account_id}:user/staff/ann"
      error_message = "the ARN is ${self.arn}"
    }
    postcondition {
      condition     = self.user_id == aws_iam_user.ann.unique_id && self.tags == local.tags
      error_message = "another user: ${self.user_id}"
    }
  }
}

data "aws_iam_users" "staff" {
  path_prefix = "/staff/"
  depends_on  = [aws_iam_user.ann, aws_iam_user.bob]
  lifecycle {
    postcondition {
      condition     = self.names == toset(["ann"])
      error_message = "users below /staff/: ${join(", ", self.names)}"
    }
  }
}

data "aws_iam_group" "writers" {
  group_name = aws_iam_group.writers.name
  depends_on = [aws_iam_group_membership.writers]
  lifecycle {
    postcondition {
      condition     = toset(self.users[*].user_name) == aws_iam_group_membership.writers.users
      error_message = "members: ${join(", ", self.users[*].user_name)}"
    }
  }
}

data "aws_iam_access_keys" "ann" {
  user       = aws_iam_user.ann.name
  depends_on = [aws_iam_access_key.ann]
  lifecycle {
    postcondition {
      condition     = one(self.access_keys).access_key_id == aws_iam_access_key.ann.id
      error_message = "not the one key"
    }
  }
}
