# SPDX-License-Identifier: Apache-2.0
"""Network ACLs."""
import pytest

from ec2_util import ec2, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401


def make_acl(ec2, vpc, **more):
    return ec2.create_network_acl(VpcId=vpc, **more)["NetworkAcl"]["NetworkAclId"]


def acl(ec2, aid):
    return ec2.describe_network_acls(NetworkAclIds=[aid])["NetworkAcls"][0]


def default_acl(ec2, vpc):
    [a] = ec2.describe_network_acls(Filters=filters(vpc_id=vpc, default="true"))["NetworkAcls"]
    return a


def entry(ec2, aid, number=100, how="create", **more):
    ask = {"Egress": False, "Protocol": "6", "RuleAction": "allow", "CidrBlock": "10.0.0.0/8",
           "PortRange": {"From": 80, "To": 80}, **more}
    return getattr(ec2, f"{how}_network_acl_entry")(NetworkAclId=aid, RuleNumber=number,
                                                     **{k: v for k, v in ask.items() if v is not None})


def test_the_default_acl(ec2):
    vpc = make_vpc(ec2)
    a = default_acl(ec2, vpc)
    every = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1"}
    assert a["Entries"] == [{**every, "Egress": e, "RuleAction": act, "RuleNumber": n}
                            for e in (True, False) for n, act in ((100, "allow"), (32767, "deny"))]
    assert a["IsDefault"] and a["Associations"] == []
    subnet = make_subnet(ec2, vpc)
    [of] = default_acl(ec2, vpc)["Associations"]
    assert of["SubnetId"] == subnet and of["NetworkAclAssociationId"].startswith("aclassoc-")
    fails("InvalidParameterValue", ec2.delete_network_acl, NetworkAclId=a["NetworkAclId"])
    ec2.delete_subnet(SubnetId=subnet)
    assert default_acl(ec2, vpc)["Associations"] == []
    ec2.delete_vpc(VpcId=vpc)
    fails("InvalidNetworkAclID.NotFound", acl, ec2, a["NetworkAclId"])


def test_a_new_one_denies_all(ec2):
    vpc = make_vpc(ec2)
    made = ec2.create_network_acl(VpcId=vpc, TagSpecifications=tagged("network-acl", a="b"))["NetworkAcl"]
    assert [(e["Egress"], e["RuleNumber"], e["RuleAction"]) for e in made["Entries"]] == [
        (True, 32767, "deny"), (False, 32767, "deny")]
    assert not made["IsDefault"] and made["Tags"] == [{"Key": "a", "Value": "b"}] and made["VpcId"] == vpc
    fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.delete_network_acl(NetworkAclId=made["NetworkAclId"])
    ec2.delete_vpc(VpcId=vpc)
    fails("InvalidVpcID.NotFound", make_acl, ec2, "vpc-0123456789abcdef0")


def test_entries_are_numbered(ec2):
    aid = make_acl(ec2, make_vpc(ec2))
    entry(ec2, aid, 200, CidrBlock="10.1.2.3/16")
    entry(ec2, aid, 100, RuleAction="deny", Protocol="17")
    entry(ec2, aid, 100, Egress=True, Protocol="-1", PortRange=None)
    entry(ec2, aid, 300, Protocol="1", PortRange=None, IcmpTypeCode={"Type": 8, "Code": -1})
    entry(ec2, aid, 400, CidrBlock=None, Ipv6CidrBlock="2001:DB8::/32")
    entry(ec2, aid, 500, Protocol="58", PortRange=None, CidrBlock=None, Ipv6CidrBlock="::/0",
          IcmpTypeCode={"Type": -1, "Code": -1})
    kept = acl(ec2, aid)["Entries"]
    assert [(e["Egress"], e["RuleNumber"]) for e in kept] == [
        (True, 100), (True, 32767), (False, 100), (False, 200), (False, 300), (False, 400), (False, 500), (False, 32767)]
    assert kept[3] == {"CidrBlock": "10.1.0.0/16", "Egress": False, "Protocol": "6", "RuleAction": "allow",
                       "RuleNumber": 200, "PortRange": {"From": 80, "To": 80}}
    assert kept[4]["IcmpTypeCode"] == {"Type": 8, "Code": -1} and kept[5]["Ipv6CidrBlock"] == "2001:db8::/32"
    fails("NetworkAclEntryAlreadyExists", entry, ec2, aid, 200,
          message="The network acl entry identified by 200 already exists.")
    entry(ec2, aid, 200, how="replace", RuleAction="deny", CidrBlock="0.0.0.0/0")
    assert acl(ec2, aid)["Entries"][3]["RuleAction"] == "deny"
    fails("InvalidNetworkAclEntry.NotFound", entry, ec2, aid, 201, how="replace")
    ec2.delete_network_acl_entry(NetworkAclId=aid, RuleNumber=400, Egress=False)
    fails("InvalidNetworkAclEntry.NotFound", ec2.delete_network_acl_entry, NetworkAclId=aid, RuleNumber=400, Egress=False)
    fails("InvalidNetworkAclEntry.NotFound", ec2.delete_network_acl_entry, NetworkAclId=aid, RuleNumber=32767, Egress=False)


@pytest.mark.parametrize("code,bad", [
    ("InvalidParameterValue", {"number": 0}), ("InvalidParameterValue", {"number": 32767}),
    ("InvalidParameterValue", {"Protocol": "nonsense"}), ("InvalidParameterValue", {"Protocol": "256"}),
    ("MissingParameter", {"PortRange": None}), ("InvalidParameterValue", {"PortRange": {"From": 90, "To": 80}}),
    ("InvalidParameterValue", {"PortRange": {"From": 1, "To": 65536}}),
    ("MissingParameter", {"Protocol": "1"}), ("MissingParameter", {"CidrBlock": None}),
    ("InvalidParameterValue", {"CidrBlock": "10.0.0.0"}), ("InvalidParameterCombination", {"Ipv6CidrBlock": "::/0"}),
    ("InvalidParameterValue", {"Protocol": "1", "IcmpTypeCode": {"Type": 256, "Code": 0}}),
    ("InvalidParameterValue", {"RuleAction": "maybe"})])
def test_what_is_no_entry(ec2, code, bad):
    aid = make_acl(ec2, make_vpc(ec2))
    fails(code, entry, ec2, aid, bad.pop("number", 100), **bad)
    assert len(acl(ec2, aid)["Entries"]) == 2


def test_twenty_entries_each_way(ec2):
    aid = make_acl(ec2, make_vpc(ec2))
    for i in range(20):
        entry(ec2, aid, i + 1)
    fails("NetworkAclEntryLimitExceeded", entry, ec2, aid, 21)
    entry(ec2, aid, 21, Egress=True)
    entry(ec2, aid, 20, how="replace")


def test_a_subnet_changes_its_acl(ec2):
    vpc = make_vpc(ec2)
    subnet, aid = make_subnet(ec2, vpc), make_acl(ec2, vpc)
    old = default_acl(ec2, vpc)["Associations"][0]["NetworkAclAssociationId"]
    new = ec2.replace_network_acl_association(AssociationId=old, NetworkAclId=aid)["NewAssociationId"]
    assert new != old and default_acl(ec2, vpc)["Associations"] == []
    assert acl(ec2, aid)["Associations"] == [{"NetworkAclAssociationId": new, "NetworkAclId": aid, "SubnetId": subnet}]
    fails("InvalidAssociationID.NotFound", ec2.replace_network_acl_association, AssociationId=old, NetworkAclId=aid)
    fails("DependencyViolation", ec2.delete_network_acl, NetworkAclId=aid,
          message=f"The networkAcl '{aid}' has dependencies and cannot be deleted.")
    elsewhere = make_acl(ec2, make_vpc(ec2))
    fails("InvalidParameterValue", ec2.replace_network_acl_association, AssociationId=new, NetworkAclId=elsewhere)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_network_acl(NetworkAclId=aid)


@pytest.mark.parametrize("name,value", [
    ("entry.cidr", "10.7*"), ("entry.rule-number", "77"), ("entry.protocol", "17"), ("entry.port-range.from", "53"),
    ("entry.ipv6-cidr", "2001:db8::/32"), ("entry.icmp.type", "8"), ("tag:a", "b"), ("association.subnet-id", None)])
def test_filters(ec2, name, value):
    vpc = make_vpc(ec2)
    subnet, aid = make_subnet(ec2, vpc), make_acl(ec2, vpc, TagSpecifications=tagged("network-acl", a="b"))
    old = default_acl(ec2, vpc)["Associations"][0]["NetworkAclAssociationId"]
    ec2.replace_network_acl_association(AssociationId=old, NetworkAclId=aid)
    entry(ec2, aid, 77, Protocol="17", CidrBlock="10.77.0.0/16", PortRange={"From": 53, "To": 54})
    entry(ec2, aid, 78, CidrBlock=None, Ipv6CidrBlock="2001:db8::/32")
    entry(ec2, aid, 79, Protocol="1", PortRange=None, IcmpTypeCode={"Type": 8, "Code": 0})
    seen = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": name, "Values": [value or subnet]}])
    assert [a["NetworkAclId"] for a in seen["NetworkAcls"]] == [aid]


def test_two_hundred_acls_a_vpc(ec2):
    vpc = make_vpc(ec2)
    for _ in range(199):  # the default one is there
        make_acl(ec2, vpc)
    fails("NetworkAclLimitExceeded", make_acl, ec2, vpc)
