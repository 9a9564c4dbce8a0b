# SPDX-License-Identifier: Apache-2.0
"""What the tests about S3 share."""
import contextlib
import http.client
import json

import botocore.exceptions
import pytest


@contextlib.contextmanager
def fails(code, status=None, text=None):
    """with fails("NoSuchBucket", 404): … gives the error's document."""
    found = {}
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        yield found
    answer = caught.value.response
    found.update(answer)
    assert answer["Error"]["Code"] == code, answer["Error"]
    if status is not None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    if text is not None:
        assert text in answer["Error"]["Message"]


def open_to_the_public(s3, bucket, ownership="BucketOwnerEnforced"):
    s3.delete_public_access_block(Bucket=bucket)
    if ownership != "BucketOwnerEnforced":
        s3.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]})


def put_policy(s3, bucket, *statements):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements)}))


def allow(bucket, action, principal="*", resource=None, **more):
    arn = f"arn:aws:s3:::{bucket}"
    return {"Effect": "Allow", "Principal": principal, "Action": action,
            "Resource": resource or [arn, arn + "/*"], **more}


def deny(bucket, action, principal="*", resource=None, **more):
    return {**allow(bucket, action, principal, resource, **more), "Effect": "Deny"}


class Answer:
    def __init__(self, reply, body):
        self.status = reply.status
        self.body = body
        self.text = body.decode("utf-8", "replace")
        self.headers = {k.lower(): v for k, v in reply.getheaders()}


def ask(region, path, host=None, method="GET", body=None, **headers):
    """A plain HTTP request, of nobody: no redirect is followed."""
    c = http.client.HTTPConnection(region.address, timeout=30)
    fields = {k.replace("_", "-"): v for k, v in headers.items()}
    if host:
        fields["Host"] = host
    c.request(method, path, body=body, headers=fields)
    reply = c.getresponse()
    answer = Answer(reply, reply.read())
    c.close()
    return answer
