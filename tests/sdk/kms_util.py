# SPDX-License-Identifier: Apache-2.0
"""What the tests of KMS share."""
import json

from iam_util import doc

ACCOUNT, OTHER = "000000000000", "444455556666"


def statement(principal, action, **more):
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*", **more}


def root(account=ACCOUNT):
    return f"arn:aws:iam::{account}:root"


def administered(*statements):
    """A key policy by which root can do everything but use the key, and what else is given."""
    manage = ["kms:Put*", "kms:Get*", "kms:Describe*", "kms:List*", "kms:Create*", "kms:Revoke*", "kms:Schedule*",
              "kms:Enable*", "kms:Disable*", "kms:Update*", "kms:Delete*", "kms:Tag*"]
    return doc(statement(root(), manage), *statements)


def make_user(region, name, *statements):
    """A user with that inline policy: its ARN and a client of KMS."""
    iam = region.client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=doc(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return arn, region.client("kms", key["AccessKeyId"], key["SecretAccessKey"])


def make_key(kms, policy=None, **more):
    if policy is not None:
        more["Policy"] = policy if isinstance(policy, str) else json.dumps(policy)
    return kms.create_key(**more)["KeyMetadata"]["Arn"]
