# SPDX-License-Identifier: Apache-2.0
"""What the tests of EC2 share: an account of its own for each test, and what calls must fail with."""
import itertools
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from xml.etree import ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

accounts = itertools.count(1)


def account_number():
    """An account that no other test of this run uses; --dev makes it with its first call."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"5{int(worker):03d}{next(accounts):08d}"


def ec2_of(region, account, name="us-east-1"):
    return region.client("ec2", account, "any", region=name)


@pytest.fixture
def ec2(region):
    """A client of an account of its own, whose number is `ec2.account`."""
    account = account_number()
    client = ec2_of(region, account)
    client.account = account
    return client


def fails(code, call, *args, message=None, status=None, **params):
    with pytest.raises(ClientError) as e:
        call(*args, **params)
    error = e.value.response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message
    if status is not None:
        assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    return error["Message"]


def tagged(kind, **tags):
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]


def filters(**wanted):
    """filters(vpc_id="vpc-1") as Filters; a name is written with '_' for '-', '__' for '.'."""
    return [{"Name": k.replace("__", ".").replace("_", "-"), "Values": v if isinstance(v, list) else [v]}
            for k, v in wanted.items()]


def make_vpc(ec2, block="10.0.0.0/16", **kw):
    return ec2.create_vpc(CidrBlock=block, **kw)["Vpc"]["VpcId"]


def make_subnet(ec2, vpc, block="10.0.1.0/24", **kw):
    return ec2.create_subnet(VpcId=vpc, CidrBlock=block, **kw)["Subnet"]["SubnetId"]


# --- calls that this boto3 does not know, or not all of ---

def raw(region, account, action, name="us-east-1", **params):
    """The answer of an operation as a tree of XML without namespaces; members as they are on the wire:
    raw(…, SubnetId="subnet-1", **{"SecondaryAllocationId.1": "eipalloc-1"}). A refusal is a pair (code, message)."""
    form = urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **params})
    request = AWSRequest("POST", region.endpoint + "/", data=form, headers={
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    SigV4Auth(Credentials(account, "any"), "ec2", name).add_auth(request)
    sent = urllib.request.Request(region.endpoint + "/", data=form.encode(), headers=dict(request.headers.items()))
    try:
        with urllib.request.urlopen(sent, timeout=60) as reply:
            return ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", reply.read()))
    except urllib.error.HTTPError as e:
        error = ElementTree.fromstring(e.read()).find("Errors/Error")
        return error.findtext("Code"), error.findtext("Message")
