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
