# SPDX-License-Identifier: Apache-2.0
"""Managed prefix lists: versions, entries, the region's own."""
import pytest

from ec2_util import ec2, fails, filters, make_vpc, tagged  # noqa: F401


def make(ec2, *cidrs, name="l", size=10, family="IPv4", **more):
    return ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=size, AddressFamily=family,
                                          Entries=[{"Cidr": c} for c in cidrs], **more)["PrefixList"]


def entries(ec2, pid, **more):
    return [e["Cidr"] for e in ec2.get_managed_prefix_list_entries(PrefixListId=pid, **more)["Entries"]]


def seen(ec2, pid):
    return ec2.describe_managed_prefix_lists(PrefixListIds=[pid])["PrefixLists"][0]


def modify(ec2, pid, version=None, add=(), remove=(), **more):
    if version is not None:
        more["CurrentVersion"] = version
    return ec2.modify_managed_prefix_list(PrefixListId=pid, AddEntries=[{"Cidr": c} for c in add],
                                          RemoveEntries=[{"Cidr": c} for c in remove], **more)["PrefixList"]


def test_versions(ec2):
    made = make(ec2, "10.1.2.3/16", "11.0.0.0/8", TagSpecifications=tagged("prefix-list", a="b"))
    pid = made["PrefixListId"]
    assert (made["State"], made["Version"], made["MaxEntries"]) == ("create-complete", 1, 10)
    assert made["Tags"] == [{"Key": "a", "Value": "b"}] and made["PrefixListArn"].endswith(f":prefix-list/{pid}")
    assert entries(ec2, pid) == ["10.1.0.0/16", "11.0.0.0/8"]
    now = modify(ec2, pid, 1, add=["12.0.0.0/8"], remove=["11.0.0.0/8"])
    assert (now["State"], now["Version"], now["Tags"]) == ("modify-complete", 2, made["Tags"])
    assert entries(ec2, pid) == ["10.1.0.0/16", "12.0.0.0/8"]
    assert entries(ec2, pid, TargetVersion=1) == ["10.1.0.0/16", "11.0.0.0/8"]
    fails("PrefixListVersionMismatch", modify, ec2, pid, 1, add=["13.0.0.0/8"])
    fails("MissingParameter", modify, ec2, pid, add=["13.0.0.0/8"])
    back = ec2.restore_managed_prefix_list_version(PrefixListId=pid, PreviousVersion=1, CurrentVersion=2)["PrefixList"]
    assert (back["State"], back["Version"]) == ("restore-complete", 3)
    assert entries(ec2, pid) == ["10.1.0.0/16", "11.0.0.0/8"]
    fails("InvalidParameterValue", ec2.get_managed_prefix_list_entries, PrefixListId=pid, TargetVersion=4)
    fails("InvalidParameterValue", ec2.restore_managed_prefix_list_version, PrefixListId=pid, PreviousVersion=9, CurrentVersion=3)
    assert modify(ec2, pid, PrefixListName="other")["Version"] == 3
    assert ec2.delete_managed_prefix_list(PrefixListId=pid)["PrefixList"]["State"] == "delete-complete"
    fails("InvalidPrefixListID.NotFound", seen, ec2, pid)


def test_entries(ec2):
    pid = make(ec2, size=3)["PrefixListId"]
    ec2.modify_managed_prefix_list(PrefixListId=pid, CurrentVersion=1, AddEntries=[{"Cidr": "10.0.0.0/8", "Description": "old"}])
    ec2.modify_managed_prefix_list(PrefixListId=pid, CurrentVersion=2, AddEntries=[{"Cidr": "10.0.0.0/8", "Description": "new"}])
    assert ec2.get_managed_prefix_list_entries(PrefixListId=pid)["Entries"] == [{"Cidr": "10.0.0.0/8", "Description": "new"}]
    fails("InvalidPrefixListModification", modify, ec2, pid, 3, remove=["12.0.0.0/8"])
    fails("InvalidParameterValue", modify, ec2, pid, 3, add=["nonsense"])
    fails("InvalidParameterValue", modify, ec2, pid, 3, add=["::/0"])
    fails("InvalidParameterValue", modify, ec2, pid, 3, add=["12.0.0.0/8", "12.0.0.0/8"])
    fails("InvalidParameterValue", modify, ec2, pid, 3, add=["12.0.0.0/8"], remove=["12.0.0.0/8"])
    modify(ec2, pid, 3, add=["12.0.0.0/8", "13.0.0.0/8"])
    fails("PrefixListMaxEntriesExceeded", modify, ec2, pid, 4, add=["14.0.0.0/8"])
    fails("PrefixListMaxEntriesExceeded", modify, ec2, pid, MaxEntries=2)
    fails("InvalidParameterCombination", modify, ec2, pid, 4, add=["14.0.0.0/8"], MaxEntries=4)
    assert modify(ec2, pid, MaxEntries=4)["MaxEntries"] == 4 and seen(ec2, pid)["Version"] == 4


@pytest.mark.parametrize("bad", [
    {"size": 0}, {"size": 1001}, {"family": "IPv5"}, {"name": "com.amazonaws.mine"}, {"name": "n" * 256}, {"name": ""}])
def test_what_is_no_list(ec2, bad):
    fails("MissingParameter" if bad.get("name") == "" else "InvalidParameterValue", make, ec2, **bad)


def test_a_thousand_entries(ec2):
    pid = make(ec2, size=1000)["PrefixListId"]
    blocks = [f"10.{i // 256}.{i % 256}.0/24" for i in range(1000)]
    for i in range(10):
        modify(ec2, pid, i + 1, add=blocks[100 * i:100 * i + 100])
    got = [e["Cidr"] for page in ec2.get_paginator("get_managed_prefix_list_entries").paginate(
        PrefixListId=pid, PaginationConfig={"PageSize": 100}) for e in page["Entries"]]
    assert got == blocks
    fails("PrefixListMaxEntriesExceeded", modify, ec2, pid, 11, add=["11.0.0.0/8"])


def test_ipv6_lists_are_kept(ec2):
    pid = make(ec2, "2001:DB8::/32", family="IPv6")["PrefixListId"]
    assert entries(ec2, pid) == ["2001:db8::/32"] and seen(ec2, pid)["AddressFamily"] == "IPv6"
    fails("InvalidParameterValue", modify, ec2, pid, 1, add=["10.0.0.0/8"])


def test_who_uses_it(ec2):
    vpc = make_vpc(ec2)
    pid = make(ec2, "10.0.0.0/8", size=2)["PrefixListId"]
    gid = ec2.create_security_group(GroupName="g", Description="x", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=gid, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": p, "ToPort": p, "PrefixListIds": [{"PrefixListId": pid}]} for p in (1, 2)])
    [used] = ec2.get_managed_prefix_list_associations(PrefixListId=pid)["PrefixListAssociations"]
    assert used["ResourceId"] == gid
    fails("DependencyViolation", ec2.delete_managed_prefix_list, PrefixListId=pid)


def test_the_regions_own(ec2):
    [s3] = ec2.describe_prefix_lists(Filters=filters(prefix_list_name="com.amazonaws.us-east-1.s3"))["PrefixLists"]
    assert s3["PrefixListId"] == "pl-63a5400a" and s3["Cidrs"] == ["198.51.100.2/32"]
    [same] = ec2.describe_managed_prefix_lists(Filters=filters(prefix_list_name="com.amazonaws.us-east-1.s3"))["PrefixLists"]
    assert (same["PrefixListId"], same["OwnerId"], same["AddressFamily"]) == (s3["PrefixListId"], "AWS", "IPv4")
    assert same["PrefixListArn"] == "arn:aws:ec2:us-east-1:aws:prefix-list/pl-63a5400a"
    assert entries(ec2, s3["PrefixListId"]) == s3["Cidrs"]
    fails("UnauthorizedOperation", ec2.delete_managed_prefix_list, PrefixListId=s3["PrefixListId"])
    fails("UnauthorizedOperation", modify, ec2, s3["PrefixListId"], 1, add=["10.0.0.0/8"])
    fails("InvalidPrefixListId.NotFound", ec2.describe_prefix_lists, PrefixListIds=["pl-0123456789abcdef0"])
    gid = ec2.create_security_group(GroupName="g", Description="x", VpcId=make_vpc(ec2))["GroupId"]
    ec2.authorize_security_group_egress(GroupId=gid, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": s3["PrefixListId"]}]}])


def test_described(ec2):
    mine = {make(ec2, name=f"n{i}")["PrefixListId"] for i in range(3)}
    listed = ec2.describe_managed_prefix_lists(Filters=filters(prefix_list_name="n?"))["PrefixLists"]
    assert {p["PrefixListId"] for p in listed} == mine
    page = ec2.describe_managed_prefix_lists(Filters=filters(prefix_list_name="n?"), MaxResults=2)
    assert len(page["PrefixLists"]) == 2
    rest = ec2.describe_managed_prefix_lists(Filters=filters(prefix_list_name="n?"), MaxResults=2, NextToken=page["NextToken"])
    assert {p["PrefixListId"] for p in page["PrefixLists"] + rest["PrefixLists"]} == mine and "NextToken" not in rest


def test_a_hundred_lists(ec2):
    for _ in range(100):
        make(ec2)
    fails("ResourceLimitExceeded", make, ec2)
