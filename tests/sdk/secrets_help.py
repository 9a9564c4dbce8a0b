# SPDX-License-Identifier: Apache-2.0
"""What the tests of Secrets Manager share."""
import json
import urllib.error
import urllib.request

import botocore.auth
import botocore.awsrequest
import pytest
from botocore.exceptions import ClientError


def fails(call, **args):
    """(code, message) of the error that the call ends with."""
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"], e.value.response["Error"]["Message"]


def code(call, **args):
    return fails(call, **args)[0]


def ask(region, operation, key=None, secret=None, where="us-east-1", **members):
    """An operation or member that an older boto3 does not know: (status, answer)."""
    credentials = region.session(key, secret, None, where).get_credentials()
    request = botocore.awsrequest.AWSRequest("POST", region.endpoint + "/", data=json.dumps(members), headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"secretsmanager.{operation}"})
    botocore.auth.SigV4Auth(credentials, "secretsmanager", where).add_auth(request)
    sent = urllib.request.Request(request.url, request.data.encode(), dict(request.headers))
    try:
        with urllib.request.urlopen(sent, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as e:
        return e.code, json.load(e)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
