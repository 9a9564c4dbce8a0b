# SPDX-License-Identifier: Apache-2.0
"""docs/terraform.md: what the cases showed of each resource type, and which types are refused."""
import os

import case
from provider import ROOT, VERSION

PAGE = os.path.join(ROOT, "docs", "terraform.md")
# Left out: what cannot be tried because a type that is refused comes before it (parts of an IPAM or a route server,
# services behind load balancers), and VPC Lattice, another service.
TYPES = (r"^aws_((acm|cloudfront|iam|kms|route53|s3|secretsmanager|ssm)_|"
         r"(?!vpclattice|vpc_ipam_pools$|vpc_ipams$|vpc_ipam_pool_cidrs$|vpc_ipam_organization|vpc_route_server_|"
         r"vpc_endpoint_(service_|connection_|associations)|vpc_endpoint_service$|default_tags|ec2_instance_connect)"
         r"(ami|availability_zone|default_|ebs_|ec2_instance|ec2_managed_prefix|ec2_tag|egress_only|eip|flow_log|instance|"
         r"internet_gateway|key_pair|launch_template|main_route_table|nat_gateway|network_acl|network_interface|prefix_list|"
         r"regions?$|route$|route_table|security_group|snapshot_create|subnet|volume_attachment|vpc))")

# Every argument of these makes a new one (of the acceleration: there is one value that is served).
NEVER_UPDATED = {
    "aws_acm_certificate_validation",
    "aws_ami_launch_permission",
    "aws_ebs_default_kms_key",
    "aws_ec2_managed_prefix_list_entry",
    "aws_eip_association",
    "aws_iam_account_alias",
    "aws_iam_group_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_login_profile",
    "aws_iam_user_policy_attachment",
    "aws_internet_gateway_attachment",
    "aws_kms_ciphertext",
    "aws_kms_grant",
    "aws_network_acl_association",
    "aws_network_acl_rule",
    "aws_network_interface_attachment",
    "aws_network_interface_permission",
    "aws_network_interface_sg_attachment",
    "aws_route53_delegation_set",
    "aws_route53_vpc_association_authorization",
    "aws_route53_zone_association",
    "aws_s3_bucket_accelerate_configuration",
    "aws_snapshot_create_volume_permission",
    "aws_volume_attachment",
    "aws_vpc_endpoint_route_table_association",
    "aws_vpc_endpoint_security_group_association",
    "aws_vpc_endpoint_subnet_association",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_security_group_vpc_association",
}

HEAD = f"""# Terraform

Written by `tests/terraform/run --table` from what its cases showed; do not edit. A run of all cases fails where this
page says something else.

The provider is the stock hashicorp/aws {VERSION} with an empty `provider "aws" {{}}` and the variables that `nephele env`
prints; nothing in the HCL is about this region. What speaks to S3 Control (`aws_s3_account_public_access_block`) needs
one variable more, `HTTP_PROXY=$AWS_ENDPOINT_URL`: SDKs put the account before the endpoint's host, and no resolver knows
the name that comes of it.
"""

SERVED = """
## Resources

For each: apply, then an empty plan; changed in place by a second apply, then an empty plan; forgotten and imported,
then an empty plan; destroyed, with nothing left in the account.

| resource | apply, empty plan | update in place | import | destroy | case |
| --- | --- | --- | --- | --- | --- |
"""

DATA = """
## Data sources

| data source | case |
| --- | --- |
"""

REFUSED = """
## Refused

Apply ends at once with an error that says so.

| type | reason |
| --- | --- |
"""


def merged(cases):
    """resource type -> what was seen; -> the cases."""
    seen, where = {}, {}
    for c in cases:
        for kind, facts in c.seen.items():
            seen.setdefault(kind, set()).update(facts)
            where.setdefault(kind, []).append(c.name)
    return seen, where


def in_place(facts):
    if "update" in facts:
        return "yes"
    return "nothing to change"


def row(kind, facts, where):
    imported = "yes" if "import" in facts else "the provider has none"
    return (f"| `{kind}` | {'yes' if 'apply' in facts else 'no'} | {in_place(facts)} | {imported} | "
            f"{'yes' if 'destroy' in facts else 'no'} | {', '.join(sorted(where))} |\n")


def refused(cases):
    return {kind: entry["reason"] for c in cases for kind, entry in c.special.get("refused", {}).items()}


def page(cases):
    seen, where = merged(cases)
    data = {}
    for c in cases:
        for kind in c.read:
            data.setdefault(kind, []).append(c.name)
    out = HEAD + SERVED + "".join(row(kind, seen[kind], where[kind]) for kind in sorted(seen))
    out += DATA + "".join(f"| `{kind}` | {', '.join(sorted(data[kind]))} |\n" for kind in sorted(data))
    return out + REFUSED + "".join(f"| `{kind}` | {why} |\n" for kind, why in sorted(refused(cases).items()))


def missing(provider, cases):
    """Types of the provider that no case has."""
    resources, data = provider.types(TYPES)
    known = set(refused(cases))
    return sorted(set(resources) - known - set(merged(cases)[0])) + \
        sorted(set(data) - known - {kind for c in cases for kind in c.read})


def settle(provider, cases, write):
    """Writes the page or compares it; what is wrong, or None."""
    without = missing(provider, cases)
    if without:
        return f"no case has {', '.join(without)}"
    stale = sorted(kind for kind, facts in merged(cases)[0].items()
                   if ("update" in facts) == (kind in NEVER_UPDATED))
    if stale:
        return f"updated in place, or not, against expectation: {', '.join(stale)}"
    text = page(cases)
    if write:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(text)
        return None
    with open(PAGE, encoding="utf-8") as f:
        return None if f.read() == text else "it is not what the cases show: tests/terraform/run --table"
