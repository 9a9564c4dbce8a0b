# SPDX-License-Identifier: Apache-2.0
"""What the tests of IAM and STS share."""
import base64
import hashlib
import hmac
import json
import struct

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
ALLOW_S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def doc(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal, action="sts:AssumeRole", **more):
    return doc({"Effect": "Allow", "Principal": principal, "Action": action, **more})


def fails(code, message, call, **arguments):
    """The call is refused with that code and message (a trailing * in the message matches anything)."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if message.endswith("*"):
        assert error["Message"].startswith(message[:-1]), error
    else:
        assert error["Message"] == message
    return caught.value.response


def totp(seed, at, offset=0):
    """The six digits of a Base32StringSeed at a time."""
    key = base64.b32decode(seed)
    mac = hmac.new(key, struct.pack(">Q", int(at) // 30 + offset), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def use(region, credentials, service):
    """A client with temporary credentials."""
    return region.client(service, credentials["AccessKeyId"], credentials["SecretAccessKey"],
                         credentials["SessionToken"])
