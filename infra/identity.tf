# --- what instances may do: read and write the application's files, and be looked after ---

data "aws_iam_policy_document" "trust" {
  for_each = toset(["ec2", "lambda", "monitoring.rds"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "read_write_files" {
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.files.arn}/*"]
  }
  statement {
    sid       = "Lists"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.files.arn]
  }
}

resource "aws_iam_policy" "read_write_files" {
  name        = "${var.project}-read-write-files"
  description = "Reads and writes the files of the application"
  policy      = data.aws_iam_policy_document.read_write_files.json
  tags        = local.tags
}

resource "aws_iam_role" "instance" {
  name               = "${var.project}-instance"
  assume_role_policy = data.aws_iam_policy_document.trust["ec2"].json
  tags               = local.tags
}

resource "aws_iam_role_policy_attachment" "instance" {
  for_each = {
    files    = aws_iam_policy.read_write_files.arn
    settings = aws_iam_policy.read_settings.arn
    agent    = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
    remote   = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
  }
  role       = aws_iam_role.instance.name
  policy_arn = each.value
}

resource "aws_iam_instance_profile" "instance" {
  name = "${var.project}-instance"
  role = aws_iam_role.instance.name
  tags = local.tags
}

# --- functions: run in the network, write logs, read what was uploaded ---

resource "aws_iam_role" "function" {
  name               = "${var.project}-function"
  assume_role_policy = data.aws_iam_policy_document.trust["lambda"].json
  tags               = local.tags
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

data "aws_iam_policy_document" "read_uploads" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.files.arn}/uploads/*"]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "read-uploads"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.read_uploads.json
}

# --- the database's monitoring ---

resource "aws_iam_role" "database_monitoring" {
  name               = "${var.project}-database-monitoring"
  assume_role_policy = data.aws_iam_policy_document.trust["monitoring.rds"].json
  tags               = local.tags
}

resource "aws_iam_role_policy_attachment" "database_monitoring" {
  role       = aws_iam_role.database_monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# --- people: operators prove themselves with a second factor, visitors may nothing yet ---

data "aws_iam_policy_document" "operators" {
  statement {
    sid       = "ReadsTheLogs"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
  }
  statement {
    sid         = "NothingElseWithoutSecondFactor"
    effect      = "Deny"
    not_actions = ["iam:*MFADevice*", "iam:ChangePassword", "iam:GetUser", "sts:GetSessionToken"]
    resources   = ["*"]
    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_policy" "operators" {
  name   = "${var.project}-operators"
  policy = data.aws_iam_policy_document.operators.json
  tags   = local.tags
}

resource "aws_iam_group" "operators" {
  name = "${var.project}-operators"
}

resource "aws_iam_group_policy_attachment" "operators" {
  group      = aws_iam_group.operators.name
  policy_arn = aws_iam_policy.operators.arn
}

resource "aws_iam_user" "visitor" {
  name          = "${var.project}-visitor"
  force_destroy = true # with the keys that were made for it
  tags          = local.tags
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  password_reuse_prevention      = 5
}
