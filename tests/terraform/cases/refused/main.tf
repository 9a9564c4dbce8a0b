# What this region does not serve: each ends with an error of its own, at once.

data "aws_caller_identity" "me" {}

locals {
  id = data.aws_caller_identity.me.account_id
}

resource "aws_s3_bucket" "photos" {
  bucket = "refused-${local.id}"
}

resource "aws_s3_bucket_versioning" "photos" {
  bucket = aws_s3_bucket.photos.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_role" "copier" {
  name = "copier"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }]
  })
}

# --- S3 ---

resource "aws_s3_bucket_replication_configuration" "photos" {
  bucket = aws_s3_bucket_versioning.photos.bucket
  role   = aws_iam_role.copier.arn
  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket = "arn:aws:s3:::copies-${local.id}"
    }
  }
}

resource "aws_s3_bucket_inventory" "photos" {
  bucket                   = aws_s3_bucket.photos.id
  name                     = "all"
  included_object_versions = "All"
  schedule {
    frequency = "Daily"
  }
  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.photos.arn
    }
  }
}

resource "aws_s3_bucket_analytics_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  name   = "all"
}

resource "aws_s3_bucket_metric" "photos" {
  bucket = aws_s3_bucket.photos.id
  name   = "all"
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  name   = "all"
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 90
  }
}

resource "aws_s3_bucket_accelerate_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  status = "Enabled"
}

resource "aws_s3_bucket_notification" "photos" {
  bucket      = aws_s3_bucket.photos.id
  eventbridge = true
}

resource "aws_s3_directory_bucket" "photos" {
  bucket = "photos--use1-az4--x-s3"
  location {
    name = "use1-az4"
  }
}

resource "aws_s3_access_point" "photos" {
  bucket = aws_s3_bucket.photos.id
  name   = "photos"
}

data "aws_s3_directory_buckets" "all" {
  depends_on = [aws_s3_bucket.photos]
}

# --- S3 Control ---

resource "aws_s3control_access_grants_instance" "this" {}

resource "aws_s3control_multi_region_access_point" "photos" {
  details {
    name = "photos"
    region {
      bucket = aws_s3_bucket.photos.id
    }
  }
}

resource "aws_s3control_object_lambda_access_point" "photos" {
  name = "photos"
  configuration {
    supporting_access_point = "arn:aws:s3:us-east-1:${local.id}:accesspoint/photos"
    transformation_configuration {
      actions = ["GetObject"]
      content_transformation {
        aws_lambda {
          function_arn = "arn:aws:lambda:us-east-1:${local.id}:function:f"
        }
      }
    }
  }
}

resource "aws_s3control_storage_lens_configuration" "this" {
  config_id = "all"
  storage_lens_configuration {
    enabled = true
    account_level {
      bucket_level {}
    }
  }
}

# --- IAM ---

resource "aws_iam_saml_provider" "idp" {
  name                   = "idp"
  saml_metadata_document = format("<EntityDescriptor>%1000s</EntityDescriptor>", "") # the provider wants that many
}

resource "aws_iam_server_certificate" "site" {
  name             = "site"
  certificate_body = file("${path.module}/certificate.pem")
  private_key      = "-----BEGIN RSA PRIVATE KEY-----\nnot one\n-----END RSA PRIVATE KEY-----\n"
}

resource "aws_iam_signing_certificate" "ann" {
  user_name        = aws_iam_user.ann.name
  certificate_body = file("${path.module}/certificate.pem")
}

resource "aws_iam_service_specific_credential" "ann" {
  user_name    = aws_iam_user.ann.name
  service_name = "codecommit.amazonaws.com"
}

resource "aws_iam_user_ssh_key" "ann" {
  username   = aws_iam_user.ann.name
  encoding   = "SSH"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
}

resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootSessions"]
}

data "aws_iam_saml_provider" "idp" {
  arn        = "arn:aws:iam::${local.id}:saml-provider/idp"
  depends_on = [aws_iam_user.ann]
}

data "aws_iam_server_certificate" "site" {
  name       = "site"
  depends_on = [aws_iam_user.ann]
}

data "aws_iam_user_ssh_key" "ann" {
  username          = aws_iam_user.ann.name
  ssh_public_key_id = "APKAAAAAAAAAAAAAAAAA"
  encoding          = "SSH"
}

data "aws_s3control_multi_region_access_point" "photos" {
  name       = "photos"
  depends_on = [aws_s3_bucket.photos]
}

# --- KMS ---

resource "aws_kms_custom_key_store" "store" {
  cloud_hsm_cluster_id     = "cluster-abcdefghijk"
  custom_key_store_name    = "store"
  key_store_password       = "notsosecret"
  trust_anchor_certificate = file("certificate.pem")
}

data "aws_kms_secret" "old" {
  depends_on = [aws_s3_bucket.photos]
  secret {
    name    = "old"
    payload = "AAAA"
  }
}

# --- Systems Manager, but for its parameters ---

resource "aws_ssm_activation" "nodes" {
  iam_role = "nodes"
}

resource "aws_ssm_association" "patch" {
  name = "AWS-RunPatchBaseline"
  targets {
    key    = "InstanceIds"
    values = ["*"]
  }
}

resource "aws_ssm_default_patch_baseline" "this" {
  baseline_id      = "pb-0123456789abcdef0"
  operating_system = "DEBIAN"
}

resource "aws_ssm_document" "run" {
  name          = "run"
  document_type = "Command"
  content       = jsonencode({ schemaVersion = "2.2", description = "nothing", mainSteps = [] })
}

resource "aws_ssm_maintenance_window" "night" {
  name     = "night"
  schedule = "cron(0 16 ? * TUE *)"
  duration = 3
  cutoff   = 1
}

resource "aws_ssm_maintenance_window_target" "night" {
  window_id     = "mw-0123456789abcdef0"
  resource_type = "INSTANCE"
  targets {
    key    = "tag:team"
    values = ["web"]
  }
}

resource "aws_ssm_maintenance_window_task" "night" {
  window_id = "mw-0123456789abcdef0"
  task_arn  = "AWS-RunShellScript"
  task_type = "RUN_COMMAND"
}

resource "aws_ssm_patch_baseline" "this" {
  name             = "this"
  operating_system = "DEBIAN"
  approved_patches = ["KB123456"]
}

resource "aws_ssm_patch_group" "this" {
  baseline_id = "pb-0123456789abcdef0"
  patch_group = "this"
}

resource "aws_ssm_resource_data_sync" "this" {
  name = "this"
  s3_destination {
    bucket_name = aws_s3_bucket.photos.bucket
    region      = "us-east-1"
  }
}

resource "aws_ssm_service_setting" "tier" {
  setting_id    = "arn:aws:ssm:us-east-1:${local.id}:servicesetting/ssm/parameter-store/default-parameter-tier"
  setting_value = "Advanced"
}

data "aws_ssm_instances" "all" {
  depends_on = [aws_iam_user.ann]
}

data "aws_ssm_maintenance_windows" "all" {
  depends_on = [aws_iam_user.ann]
}

data "aws_ssm_patch_baselines" "all" {
  depends_on = [aws_iam_user.ann]
}

data "aws_ssm_document" "run" {
  name       = "AWS-RunShellScript"
  depends_on = [aws_iam_user.ann]
}

data "aws_ssm_patch_baseline" "this" {
  owner      = "AWS"
  depends_on = [aws_iam_user.ann]
}

# --- Secrets Manager ---

resource "aws_secretsmanager_secret" "rotated" {
  name                    = "rotated"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_rotation" "rotated" {
  secret_id           = aws_secretsmanager_secret.rotated.id
  rotation_lambda_arn = "arn:aws:lambda:us-east-1:${local.id}:function:rotate"
  rotation_rules {
    automatically_after_days = 30
  }
}

# --- Route 53 ---

resource "aws_route53_cidr_collection" "places" {
  name = "places"
}

resource "aws_route53_cidr_location" "here" {
  cidr_collection_id = "12345678-1234-1234-1234-123456789012"
  name               = "here"
  cidr_blocks        = ["192.0.2.0/24"]
}

resource "aws_route53_query_log" "all" {
  zone_id                  = "Z0123456789ABCDEFGHI"
  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:${local.id}:log-group:dns"
}

resource "aws_route53_traffic_policy" "all" {
  name     = "all"
  document = jsonencode({ AWSPolicyFormatVersion = "2015-10-01", RecordType = "A", StartEndpoint = "a", Endpoints = { a = { Type = "value", Value = "192.0.2.1" } } })
}

resource "aws_route53_traffic_policy_instance" "all" {
  name                   = "www.example.com"
  hosted_zone_id         = "Z0123456789ABCDEFGHI"
  traffic_policy_id      = "12345678-1234-1234-1234-123456789012"
  traffic_policy_version = 1
  ttl                    = 60
}

resource "aws_route53_resolver_config" "vpc" {
  resource_id              = "vpc-0123456789abcdef0"
  autodefined_reverse_flag = "DISABLE"
}

resource "aws_route53_resolver_dnssec_config" "vpc" {
  resource_id = "vpc-0123456789abcdef0"
}

resource "aws_route53_resolver_endpoint" "in" {
  direction          = "INBOUND"
  security_group_ids = ["sg-0123456789abcdef0"]
  ip_address {
    subnet_id = "subnet-0123456789abcdef0"
  }
  ip_address {
    subnet_id = "subnet-0123456789abcdef1"
  }
}

resource "aws_route53_resolver_firewall_config" "vpc" {
  resource_id        = "vpc-0123456789abcdef0"
  firewall_fail_open = "ENABLED"
}

resource "aws_route53_resolver_firewall_domain_list" "bad" {
  name    = "bad"
  domains = ["bad.example."]
}

resource "aws_route53_resolver_firewall_rule_group" "bad" {
  name = "bad"
}

resource "aws_route53_resolver_firewall_rule" "bad" {
  name                    = "bad"
  action                  = "ALLOW"
  firewall_domain_list_id = "rslvr-fdl-0123456789abcdef"
  firewall_rule_group_id  = "rslvr-frg-0123456789abcdef"
  priority                = 100
}

resource "aws_route53_resolver_firewall_rule_group_association" "bad" {
  name                   = "bad"
  firewall_rule_group_id = "rslvr-frg-0123456789abcdef"
  priority               = 101
  vpc_id                 = "vpc-0123456789abcdef0"
}

resource "aws_route53_resolver_query_log_config" "all" {
  name            = "all"
  destination_arn = aws_s3_bucket.photos.arn
}

resource "aws_route53_resolver_query_log_config_association" "all" {
  resolver_query_log_config_id = "rqlc-0123456789abcdef"
  resource_id                  = "vpc-0123456789abcdef0"
}

resource "aws_route53_resolver_rule" "out" {
  domain_name = "example.net"
  rule_type   = "SYSTEM"
}

resource "aws_route53_resolver_rule_association" "out" {
  resolver_rule_id = "rslvr-rr-0123456789abcdef"
  vpc_id           = "vpc-0123456789abcdef0"
}

data "aws_route53_resolver_endpoint" "in" {
  resolver_endpoint_id = "rslvr-in-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_firewall_config" "vpc" {
  resource_id = "vpc-0123456789abcdef0"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_firewall_domain_list" "bad" {
  firewall_domain_list_id = "rslvr-fdl-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_firewall_rule_group" "bad" {
  firewall_rule_group_id = "rslvr-frg-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_firewall_rule_group_association" "bad" {
  firewall_rule_group_association_id = "rslvr-frgassoc-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_firewall_rules" "bad" {
  firewall_rule_group_id = "rslvr-frg-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_query_log_config" "all" {
  resolver_query_log_config_id = "rqlc-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_rule" "out" {
  resolver_rule_id = "rslvr-rr-0123456789abcdef"
  depends_on = [aws_s3_bucket.photos]
}

data "aws_route53_resolver_rules" "all" {
  depends_on = [aws_s3_bucket.photos]
}

# --- CloudFront ---

resource "aws_cloudfront_continuous_deployment_policy" "this" {
  enabled = false
  staging_distribution_dns_names {
    items    = ["d111111abcdef8.cloudfront.net"]
    quantity = 1
  }
}

resource "aws_cloudfront_public_key" "profile" {
  name        = "profile"
  encoded_key = file("${path.module}/public.pem")
}

resource "aws_cloudfront_field_level_encryption_profile" "this" {
  name = "this"
  encryption_entities {
    items {
      public_key_id = aws_cloudfront_public_key.profile.id
      provider_id   = "shop"
      field_patterns {
        items = ["card"]
      }
    }
  }
}

resource "aws_cloudfront_field_level_encryption_config" "this" {
  content_type_profile_config {
    forward_when_content_type_is_unknown = true
    content_type_profiles {
      items {
        content_type = "application/x-www-form-urlencoded"
        format       = "URLEncoded"
      }
    }
  }
  query_arg_profile_config {
    forward_when_query_arg_profile_is_unknown = true
  }
}

resource "aws_cloudfront_key_value_store" "this" {
  name = "this"
}

resource "aws_cloudfront_monitoring_subscription" "this" {
  distribution_id = "E0000000000000"
  monitoring_subscription {
    realtime_metrics_subscription_config {
      realtime_metrics_subscription_status = "Enabled"
    }
  }
}

resource "aws_cloudfront_realtime_log_config" "this" {
  name          = "this"
  sampling_rate = 75
  fields        = ["timestamp", "c-ip"]
  endpoint {
    stream_type = "Kinesis"
    kinesis_stream_config {
      role_arn   = "arn:aws:iam::${local.id}:role/logs"
      stream_arn = "arn:aws:kinesis:us-east-1:${local.id}:stream/logs"
    }
  }
}

data "aws_cloudfront_realtime_log_config" "this" {
  name       = "this"
  depends_on = [aws_iam_user.ann]
}

resource "aws_cloudfront_vpc_origin" "this" {
  vpc_origin_endpoint_config {
    name                   = "this"
    arn                    = "arn:aws:elasticloadbalancing:us-east-1:${local.id}:loadbalancer/app/this/1"
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"
    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}
