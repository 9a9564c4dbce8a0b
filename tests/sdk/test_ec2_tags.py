# SPDX-License-Identifier: Apache-2.0
"""CreateTags, DeleteTags, DescribeTags, TagSpecifications."""
from ec2_util import ec2, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401


def tags_of(ec2, resource):
    return {t["Key"]: t["Value"] for t in ec2.describe_tags(Filters=filters(resource_id=resource))["Tags"]}


def test_tags_come_change_and_go(ec2):
    vpc = make_vpc(ec2)
    subnet = make_subnet(ec2, vpc)
    ec2.create_tags(Resources=[vpc, subnet], Tags=[{"Key": "a", "Value": "1"}, {"Key": "empty", "Value": ""},
                                                   {"Key": "odd {key}", "Value": "x,(y)|ü"}])
    assert tags_of(ec2, vpc) == tags_of(ec2, subnet) == {"a": "1", "empty": "", "odd {key}": "x,(y)|ü"}
    (seen,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert {t["Key"]: t["Value"] for t in seen["Tags"]} == tags_of(ec2, vpc)
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "2"}])
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "1"}, {"Key": "empty"}, {"Key": "none"}])
    assert tags_of(ec2, vpc) == {"a": "2", "odd {key}": "x,(y)|ü"}
    ec2.delete_tags(Resources=[vpc, subnet])
    assert tags_of(ec2, vpc) == tags_of(ec2, subnet) == {}
    (seen,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert "Tags" not in seen or seen["Tags"] == []


def test_tags_are_found(ec2):
    a, b = make_vpc(ec2, TagSpecifications=tagged("vpc", team="x", Name="a")), make_vpc(
        ec2, TagSpecifications=tagged("vpc", team="y", Name="b"))
    subnet = make_subnet(ec2, a, TagSpecifications=tagged("subnet", team="x"))
    found = ec2.describe_tags(Filters=filters(key="team", value="x"))["Tags"]
    assert {(t["ResourceId"], t["ResourceType"]) for t in found} == {(a, "vpc"), (subnet, "subnet")}
    found = ec2.describe_tags(Filters=[{"Name": "tag:team", "Values": ["y", "z"]}])["Tags"]
    assert [t["ResourceId"] for t in found] == [b]
    assert len(ec2.describe_tags(Filters=filters(resource_type="subnet"))["Tags"]) == 1
    for wanted, ids in [("tag:team", [a]), ("tag-key", [a, b]), ("tag-value", [a])]:
        value = "team" if wanted == "tag-key" else "x"
        seen = ec2.describe_vpcs(Filters=[{"Name": wanted, "Values": [value]}])["Vpcs"]
        assert {v["VpcId"] for v in seen} == set(ids)
    pages = ec2.get_paginator("describe_tags").paginate(PaginationConfig={"PageSize": 5})
    assert sum(len(p["Tags"]) for p in pages) == 5


def test_rules_of_tags(ec2):
    vpc = make_vpc(ec2)
    put = lambda *tags: dict(Resources=[vpc], Tags=[{"Key": k, "Value": v} for k, v in tags])  # noqa: E731
    fails("InvalidParameterValue", ec2.create_tags, **put(("aws:x", "1")),
          message="Tag keys starting with 'aws:' are reserved for internal use")
    fails("InvalidParameterValue", ec2.create_tags, **put(("k" * 129, "1")))
    fails("InvalidParameterValue", ec2.create_tags, **put(("k", "v" * 257)))
    fails("InvalidParameterValue", ec2.create_tags, **put(("k", "1"), ("k", "2")))
    ec2.create_tags(**put(("k" * 128, "v" * 256)))
    fails("TagLimitExceeded", ec2.create_tags, **put(*[(f"k{i}", "") for i in range(51)]))
    ec2.create_tags(**put(*[(f"k{i}", "") for i in range(49)]))
    fails("TagLimitExceeded", ec2.create_tags, **put(("one more", "")))
    assert len(tags_of(ec2, vpc)) == 50
    fails("InvalidID", ec2.create_tags, Resources=["thing-1"], Tags=[{"Key": "a", "Value": "b"}],
          message="The ID 'thing-1' is not valid")
    fails("InvalidVpcID.NotFound", ec2.create_tags, Resources=[vpc, "vpc-0123456789abcdef0"],
          Tags=[{"Key": "k1", "Value": "changed"}])
    assert tags_of(ec2, vpc)["k1"] == ""  # all or none


def test_a_resource_takes_its_tags_with_it(ec2):
    vpc = make_vpc(ec2, TagSpecifications=tagged("vpc", a="1"))
    ec2.delete_vpc(VpcId=vpc)
    assert tags_of(ec2, vpc) == {}
