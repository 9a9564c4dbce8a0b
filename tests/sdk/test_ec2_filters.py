# SPDX-License-Identifier: Apache-2.0
"""Filters, ids and pages of Describes; DryRun."""
import pytest

from ec2_util import ec2, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401


@pytest.mark.parametrize("pattern,finds", [
    ("10.0.1.0/24", ["10.0.1.0/24"]), ("10.0.*", ["10.0.1.0/24", "10.0.2.0/24"]), ("10.0.?.0/24", ["10.0.1.0/24", "10.0.2.0/24"]),
    ("*", ["10.0.1.0/24", "10.0.2.0/24"]), ("10.0.1", []), ("10.0.\\*", []), ("*2.0/2*", ["10.0.2.0/24"])])
def test_wildcards(ec2, pattern, finds):
    vpc = make_vpc(ec2)
    for block in ("10.0.1.0/24", "10.0.2.0/24"):
        make_subnet(ec2, vpc, block)
    seen = ec2.describe_subnets(Filters=filters(vpc_id=vpc, cidr_block=pattern))["Subnets"]
    assert sorted(s["CidrBlock"] for s in seen) == finds


def test_values_are_alternatives_and_filters_are_not(ec2):
    vpc = make_vpc(ec2)
    a, b, c = (make_subnet(ec2, vpc, f"10.0.{i}.0/24", AvailabilityZone=f"us-east-1{z}") for i, z in enumerate("aab"))
    found = lambda **f: {s["SubnetId"] for s in ec2.describe_subnets(Filters=filters(vpc_id=vpc, **f))["Subnets"]}  # noqa: E731
    assert found(availability_zone=["us-east-1a", "us-east-1b"]) == {a, b, c}
    assert found(availability_zone="us-east-1a", cidr_block="10.0.1.0/24") == {b}
    assert found(availability_zone="us-east-1b", cidr_block="10.0.1.0/24") == set()
    assert found(available_ip_address_count="251") == {a, b, c}
    assert found(default_for_az="false") == {a, b, c} and found(default_for_az="true") == set()
    assert {s["SubnetId"] for s in ec2.describe_subnets(SubnetIds=[a, c], Filters=filters(
        availability_zone="us-east-1a"))["Subnets"]} == {a}


def test_what_is_no_filter(ec2):
    fails("InvalidParameterValue", ec2.describe_vpcs, Filters=filters(color="red"), message="The filter 'color' is invalid")
    many = [{"Name": "vpc-id", "Values": ["x"]}]
    ec2.describe_vpcs(Filters=many * 50)
    fails("FilterLimitExceeded", ec2.describe_vpcs, Filters=many * 51)
    ec2.describe_vpcs(Filters=filters(vpc_id=[str(i) for i in range(200)]))
    fails("FilterLimitExceeded", ec2.describe_vpcs, Filters=filters(vpc_id=[str(i) for i in range(201)]))


def test_ids(ec2):
    vpc = make_vpc(ec2)
    assert [v["VpcId"] for v in ec2.describe_vpcs(VpcIds=[vpc, vpc])["Vpcs"]] == [vpc]
    fails("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[vpc, "vpc-0123456789abcdef0"])
    fails("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=["nonsense"])
    assert ec2.describe_vpcs(Filters=filters(vpc_id="vpc-0123456789abcdef0"))["Vpcs"] == []


def test_pages(ec2):
    vpc = make_vpc(ec2)
    made = {make_subnet(ec2, vpc, f"10.0.{i}.0/24") for i in range(12)}
    seen, token, sizes = [], None, []
    while True:
        page = ec2.describe_subnets(Filters=filters(vpc_id=vpc), MaxResults=5, **({"NextToken": token} if token else {}))
        seen += [s["SubnetId"] for s in page["Subnets"]]
        sizes.append(len(page["Subnets"]))
        token = page.get("NextToken")
        if not token:
            break
    assert set(seen) == made and len(seen) == 12 and sizes == [5, 5, 2]
    page = ec2.describe_subnets(Filters=filters(vpc_id=vpc), MaxResults=12)
    assert len(page["Subnets"]) == 12 and "NextToken" not in page
    first = ec2.describe_subnets(Filters=filters(vpc_id=vpc), MaxResults=5)["NextToken"]
    fails("InvalidNextToken", ec2.describe_subnets, MaxResults=5, NextToken=first)  # of another question
    fails("InvalidNextToken", ec2.describe_subnets, MaxResults=5, NextToken="bogus")
    fails("InvalidParameterValue", ec2.describe_tags, MaxResults=4)


def test_dry_run_changes_nothing(ec2):
    fails("DryRunOperation", ec2.create_vpc, CidrBlock="10.9.0.0/16", DryRun=True, status=412,
          message="Request would have succeeded, but DryRun flag is set.")
    assert ec2.describe_vpcs(Filters=filters(cidr="10.9.0.0/16"))["Vpcs"] == []
    fails("DryRunOperation", ec2.describe_vpcs, DryRun=True, status=412)

