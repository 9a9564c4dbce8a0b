# A web server in the first public subnet: the image that secrets.tf looks up, a page by user data, a role.

resource "aws_instance" "web" {
  ami                    = data.aws_ssm_parameter.image.insecure_value
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.public[0].id
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile   = aws_iam_instance_profile.instance.name
  user_data              = file("${path.module}/web.sh")
  metadata_options {
    http_tokens = "required"
  }
  tags = merge(local.network, { Name = "${var.project}-web" })

  # Its first packets and names come by the gateway.
  depends_on = [aws_route_table_association.public, aws_vpc_security_group_egress_rule.out]
}
