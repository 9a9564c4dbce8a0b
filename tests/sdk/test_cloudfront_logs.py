# SPDX-License-Identifier: Apache-2.0
"""Access logs: delivered into a bucket whose access control list lets them in, in the standard format."""
import gzip

import pytest

from cloudfront_edge import get
from cloudfront_help import code, config, remove, s3_origin
from region import wait_for

AWSLOGS = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"


@pytest.fixture
def region(new_region):
    """One of this test's own: its clock is moved."""
    return new_region(dev=True)


@pytest.fixture
def s3(region):
    return region.client("s3")


@pytest.fixture
def logged(region, s3, unique):
    cloudfront = region.client("cloudfront")
    names = unique("logged"), unique("logs")
    for name in names:
        s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    yield cloudfront, *names


def site(cloudfront, bucket, logs, **more):
    return config(s3_origin(bucket), Logging={"Enabled": True, "Bucket": f"{logs}.s3.amazonaws.com", "Prefix": "edge",
                                              "IncludeCookies": True, **more})


def test_logs_are_delivered(region, s3, logged):
    cloudfront, bucket, logs = logged
    s3.put_object(Bucket=bucket, Key="a b", Body=b"x" * 10)
    d = cloudfront.create_distribution(DistributionConfig=site(cloudfront, bucket, logs))["Distribution"]
    granted = s3.get_bucket_acl(Bucket=logs)["Grants"]
    assert {"Grantee": {"ID": AWSLOGS, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"} in granted
    get(region, d["DomainName"], "/a%20b?x=1", "-H", "Cookie: a=b", "-A", "a test")
    get(region, d["DomainName"], "/none", tls=True)

    def delivered():
        region.advance(120)
        return s3.list_objects_v2(Bucket=logs).get("Contents")

    lines = []

    def all_lines():
        for o in delivered() or []:
            body = s3.get_object(Bucket=logs, Key=o["Key"])["Body"].read()
            assert o["Key"].startswith(f"edge/{d['Id']}.") and o["Key"].endswith(".gz")
            text = gzip.decompress(body).decode().splitlines()
            assert text[0] == "#Version: 1.0" and text[1].startswith("#Fields: date time x-edge-location sc-bytes")
            names = text[1].split(" ")[1:]
            found = [dict(zip(names, line.split("\t"), strict=True)) for line in text[2:]]
            lines.extend(x for x in found if x not in lines)
        return len(lines) >= 2

    wait_for(all_lines, 30, "two lines of the log")
    first = next(x for x in lines if x["cs-uri-stem"] == "/a%20b")
    assert first["cs(Host)"] == d["DomainName"] == first["x-host-header"] and first["cs-uri-query"] == "x=1"
    assert first["cs(User-Agent)"] == "a%20test" and first["cs(Cookie)"] == "a=b" and first["sc-status"] == "403"
    assert first["cs-protocol"] == "http" and first["cs-protocol-version"] == "HTTP/1.1"
    assert first["x-edge-result-type"] == "Error" and first["x-edge-location"] == "NEP1-C1"
    second = next(x for x in lines if x["cs-uri-stem"] == "/none")
    assert second["cs-protocol"] == "https" and second["cs-protocol-version"] == "HTTP/2.0"
    assert second["ssl-protocol"] == "TLSv1.3" and second["cs(Cookie)"] == "-"
    remove(cloudfront, d["Id"])


def test_a_bucket_without_lists_takes_no_logs(region, s3, unique):
    cloudfront = region.client("cloudfront")
    name = unique("enforced")
    s3.create_bucket(Bucket=name)
    with pytest.raises(cloudfront.exceptions.InvalidArgument, match="does not enable ACL access"):
        cloudfront.create_distribution(DistributionConfig=site(cloudfront, name, name))
    assert code(cloudfront.create_distribution,
                DistributionConfig=site(cloudfront, name, "there-is-no-such-bucket")) == "InvalidArgument"
    s3.delete_bucket(Bucket=name)
