# Roles, managed policies, what is attached to what, and what a role may do in the end.

variable "updated" {
  type    = bool
  default = false
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "ec2_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = var.updated ? ["ec2.amazonaws.com", "lambda.amazonaws.com"] : ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "account_trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root", aws_iam_user.eve.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["a1"]
    }
  }
}

locals {
  tags = var.updated ? { team = "web", stage = "two" } : { team = "web" }
  logs = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = var.updated ? ["logs:CreateLogStream", "logs:PutLogEvents"] : ["logs:PutLogEvents"]
      Resource = "*"
    }]
  })
}

# --- roles ---

resource "aws_iam_role" "web" {
  name                  = "web"
  path                  = "/app/"
  description           = var.updated ? "Serves pages. (two)" : "Serves pages"
  assume_role_policy    = data.aws_iam_policy_document.ec2_trust.json
  max_session_duration  = var.updated ? 7200 : 3600
  permissions_boundary  = var.updated ? aws_iam_policy.boundary.arn : null
  force_detach_policies = true
  tags                  = local.tags
}

resource "aws_iam_role" "prefixed" {
  name_prefix        = "job-"
  assume_role_policy = data.aws_iam_policy_document.account_trust.json
}

# Policies inside of the role's own block, as older configurations have them.
resource "aws_iam_role" "legacy" {
  name               = "legacy"
  assume_role_policy = data.aws_iam_policy_document.ec2_trust.json
  inline_policy {
    name   = "logs"
    policy = local.logs
  }
  managed_policy_arns = var.updated ? [aws_iam_policy.photos.arn] : ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

resource "aws_iam_user" "eve" {
  name = "eve"
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

# --- managed policies ---

resource "aws_iam_policy" "photos" {
  name        = "photos"
  path        = "/app/"
  description = "Photos may be read"
  tags        = local.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Read"
      Effect   = "Allow"
      Action   = var.updated ? ["s3:GetObject", "s3:ListBucket"] : ["s3:GetObject"]
      Resource = ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]
    }]
  })
}

resource "aws_iam_policy" "boundary" {
  name_prefix = "boundary-"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*", "logs:*"], Resource = "*" }] })
}

resource "aws_iam_policy" "everywhere" {
  name   = "everywhere"
  policy = local.logs
}

resource "aws_iam_policy_attachment" "everywhere" {
  name       = "everywhere"
  policy_arn = aws_iam_policy.everywhere.arn
  users      = var.updated ? [] : [aws_iam_user.eve.name]
  groups     = [aws_iam_group.ops.name]
  roles      = var.updated ? [aws_iam_role.prefixed.name] : []
}

# --- what the role has ---

resource "aws_iam_role_policy" "web" {
  count  = var.updated ? 2 : 1
  name   = "logs-${count.index}"
  role   = aws_iam_role.web.id
  policy = local.logs
}

resource "aws_iam_role_policies_exclusive" "web" {
  role_name    = aws_iam_role.web.name
  policy_names = aws_iam_role_policy.web[*].name
}

locals {
  web_policies = [aws_iam_policy.photos.arn, "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
}

resource "aws_iam_role_policy_attachment" "web" {
  count      = var.updated ? 2 : 1
  role       = aws_iam_role.web.name
  policy_arn = local.web_policies[count.index]
}

resource "aws_iam_role_policy_attachments_exclusive" "web" {
  role_name   = aws_iam_role.web.name
  policy_arns = aws_iam_role_policy_attachment.web[*].policy_arn
}

resource "aws_iam_instance_profile" "web" {
  name = "web"
  path = "/app/"
  role = var.updated ? aws_iam_role.legacy.name : aws_iam_role.web.name
  tags = local.tags
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "case"
  description      = var.updated ? "Scales (two)" : "Scales"
  tags             = local.tags
}

# --- read back ---

data "aws_iam_policy" "aws" {
  name = "AmazonS3ReadOnlyAccess"
}

data "aws_iam_policy" "photos" {
  arn        = aws_iam_policy.photos.arn
  depends_on = [aws_iam_policy.photos]
  lifecycle {
    postcondition {
      condition     = jsondecode(self.policy) == jsondecode(aws_iam_policy.photos.policy)
      error_message = "the default version is ${self.policy}"
    }
  }
}

data "aws_iam_role" "web" {
  name       = "web"
  depends_on = [aws_iam_role.web]
  lifecycle {
    postcondition {
      condition     = self.unique_id == aws_iam_role.web.unique_id && self.tags == local.tags
      error_message = "another role: ${self.unique_id}"
    }
    postcondition {
      condition     = self.max_session_duration == (var.updated ? 7200 : 3600) && startswith(self.description, "Serves")
      error_message = "a session is ${self.max_session_duration} s"
    }
  }
}

data "aws_iam_roles" "app" {
  path_prefix = "/app/"
  name_regex  = "^w.b$"
  depends_on  = [aws_iam_role.web]
  lifecycle {
    postcondition {
      condition     = self.arns == toset(["arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/app/web"])
      error_message = "roles below /app/: ${join(", ", self.arns)}"
    }
  }
}

data "aws_iam_instance_profile" "web" {
  name       = "web"
  depends_on = [aws_iam_instance_profile.web]
  lifecycle {
    postcondition {
      condition     = self.role_name == (var.updated ? "legacy" : "web")
      error_message = "the role is ${self.role_name}"
    }
  }
}

data "aws_iam_instance_profiles" "of_role" {
  role_name  = var.updated ? aws_iam_role.legacy.name : aws_iam_role.web.name
  depends_on = [aws_iam_instance_profile.web]
  lifecycle {
    postcondition {
      condition     = self.names == toset(["web"])
      error_message = "profiles: ${join(", ", self.names)}"
    }
  }
}

data "aws_iam_session_context" "of_role" {
  arn        = "arn:aws:sts::${data.aws_caller_identity.me.account_id}:assumed-role/${aws_iam_role.web.name}/visit"
  depends_on = [aws_iam_role.web]
  lifecycle {
    postcondition {
      condition     = self.issuer_arn == aws_iam_role.web.arn && self.session_name == "visit"
      error_message = "the issuer is ${self.issuer_arn}"
    }
  }
}

data "aws_iam_principal_policy_simulation" "may" {
  policy_source_arn = aws_iam_role.web.arn
  action_names      = ["s3:GetObject", "logs:PutLogEvents"]
  resource_arns     = ["arn:aws:s3:::photos/a.jpg"]
  context {
    key    = "aws:CurrentTime"
    type   = "date"
    values = ["2030-01-01T00:00:00Z"]
  }
  depends_on = [aws_iam_role_policy.web, aws_iam_role_policy_attachment.web]
  lifecycle {
    postcondition {
      condition     = self.all_allowed
      error_message = "denied: ${jsonencode(self.results)}"
    }
  }
}

data "aws_iam_principal_policy_simulation" "may_not" {
  policy_source_arn = aws_iam_role.web.arn
  action_names      = ["s3:DeleteObject"]
  resource_arns     = ["arn:aws:s3:::photos/a.jpg"]
  depends_on        = [aws_iam_role_policy.web, aws_iam_role_policy_attachment.web]
  lifecycle {
    postcondition {
      condition     = one(self.results).decision == "implicitDeny"
      error_message = "not denied: ${jsonencode(self.results)}"
    }
  }
}
