output "site_bucket" {
  value = aws_s3_bucket.site.id
}

output "site_endpoint" {
  value = aws_s3_bucket_website_configuration.site.website_endpoint
}

output "files_bucket" {
  value = aws_s3_bucket.files.id
}

output "instance_profile" {
  value = aws_iam_instance_profile.instance.arn
}

output "visitor" {
  value = aws_iam_user.visitor.name
}

output "data_key" {
  value = aws_kms_key.data.arn
}

output "database_secret" {
  value = aws_secretsmanager_secret.database.name
}

output "image" {
  value = nonsensitive(data.aws_ssm_parameter.image.value)
}

output "zone" {
  value = aws_route53_zone.main.zone_id
}

output "name_servers" {
  value = aws_route53_zone.main.name_servers
}

output "distribution" {
  value = aws_cloudfront_distribution.site.id
}

output "site_url" {
  value = "https://www.${var.domain}/"
}

output "vpc" {
  value = aws_vpc.main.id
}

output "public_subnets" {
  value = aws_subnet.public[*].id
}

output "private_subnets" {
  value = aws_subnet.private[*].id
}

output "web" {
  value = aws_instance.web.id
}

output "web_address" {
  value = aws_instance.web.public_ip
}
