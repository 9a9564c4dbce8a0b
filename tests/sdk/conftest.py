# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the SDK tests. `region` is one region a pytest process, shared by its tests: a test makes
names of its own (`unique`) and removes what it made. A test that kills, restarts or configures a region
takes one for itself from `new_region`."""
import itertools
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from region import Region  # noqa: E402

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def region():
    with Region(dev=True) as r:
        yield r


@pytest.fixture
def new_region():
    """new_region(iam="soft", …) starts a region that ends with the test."""
    made = []

    def make(**flags):
        made.append(Region(**flags))
        return made[-1]

    yield make
    for r in made:
        r.close()


@pytest.fixture
def unique():
    """unique("bucket") is a name that no other test uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return lambda prefix="x": f"{prefix}-{worker}-{next(numbers)}"


@pytest.fixture
def client(region):
    """client("iam") of root; client("s3", *key) of another key."""
    return region.client


@pytest.fixture
def s3(region):
    return region.client("s3")


@pytest.fixture
def iam(region):
    return region.client("iam")


@pytest.fixture
def sts(region):
    return region.client("sts")


def empty_bucket(s3, name):
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for v in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=name, Key=v["Key"], VersionId=v["VersionId"])
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=name):
        for u in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=name, Key=u["Key"], UploadId=u["UploadId"])


@pytest.fixture
def bucket(s3, unique):
    """The name of a bucket that goes with the test, whatever is in it."""
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    yield name
    empty_bucket(s3, name)
    s3.delete_bucket(Bucket=name)


@pytest.fixture
def user(region, iam, unique):
    """user({"Effect": "Allow", …}, …) makes a user with these statements; its (key id, secret)."""
    made = []

    def make(*statements):
        name = unique("user")
        iam.create_user(UserName=name)
        made.append(name)
        if statements:
            document = {"Version": "2012-10-17", "Statement": list(statements)}
            iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    yield make
    for name in made:
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=policy)
        iam.delete_user(UserName=name)
