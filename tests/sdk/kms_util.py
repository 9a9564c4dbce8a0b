# SPDX-License-Identifier: Apache-2.0
"""What the tests of KMS share."""
import json
import urllib.error
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
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


def call(region, operation, pair=None, at="us-east-1", **body):
    """An operation that this boto3 does not know yet: the status and the document."""
    key, secret = pair or region.root
    data = json.dumps(body)
    request = AWSRequest("POST", region.endpoint + "/", data=data, headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService." + operation})
    SigV4Auth(Credentials(key, secret), "kms", at).add_auth(request)
    sent = urllib.request.Request(request.url, data.encode(), dict(request.headers.items()))
    try:
        with urllib.request.urlopen(sent) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as e:
        with e:
            return e.code, json.loads(e.read())


def done(answer):
    assert answer[0] == 200, answer
    return answer[1]


def refused(answer, code):
    assert answer[0] == 400 and answer[1]["__type"].split("#")[-1] == code, answer
    return answer[1].get("message", "")
