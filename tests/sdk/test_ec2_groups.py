# SPDX-License-Identifier: Apache-2.0
"""Security groups and their rules."""
import pytest

import ec2_raw
from ec2_util import ec2, fails, filters, make_vpc, tagged  # noqa: F401

TCP80 = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}


def make_group(ec2, vpc, name="g", **more):
    return ec2.create_security_group(GroupName=name, Description="of a test", VpcId=vpc, **more)["GroupId"]


def group(ec2, gid):
    return ec2.describe_security_groups(GroupIds=[gid])["SecurityGroups"][0]


def rules(ec2, gid, egress=False):
    got = ec2.describe_security_group_rules(Filters=filters(group_id=gid))["SecurityGroupRules"]
    return [r for r in got if r["IsEgress"] == egress]


def permission(proto="tcp", port=80, to=None, **peers):
    p = {"IpProtocol": proto, **peers}
    if port is not None:
        p |= {"FromPort": port, "ToPort": port if to is None else to}
    return p


def v4(*cidrs, **more):
    return {"IpRanges": [{"CidrIp": c, **more} for c in cidrs]}


def let_in(ec2, gid, *permissions, **more):
    return ec2.authorize_security_group_ingress(GroupId=gid, IpPermissions=list(permissions), **more)


# --- groups ---


def test_a_new_group_lets_all_out_and_none_in(ec2):
    vpc = make_vpc(ec2)
    made = ec2.create_security_group(GroupName="web", Description="a web", VpcId=vpc,
                                     TagSpecifications=tagged("security-group", color="red"))
    gid = made["GroupId"]
    assert made["Tags"] == [{"Key": "color", "Value": "red"}]
    g = group(ec2, gid)
    assert (g["GroupName"], g["Description"], g["VpcId"]) == ("web", "a web", vpc)
    assert g["IpPermissions"] == [] and g["Tags"] == [{"Key": "color", "Value": "red"}]
    assert g["IpPermissionsEgress"] == [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [],
                                         "PrefixListIds": [], "UserIdGroupPairs": []}]


def test_the_default_group(ec2):
    vpc = make_vpc(ec2)
    [g] = ec2.describe_security_groups(Filters=filters(vpc_id=vpc))["SecurityGroups"]
    assert g["GroupName"] == "default" and g["Description"] == "default VPC security group"
    assert [p["UserIdGroupPairs"][0]["GroupId"] for p in g["IpPermissions"]] == [g["GroupId"]]
    fails("CannotDelete", ec2.delete_security_group, GroupId=g["GroupId"],
          message=f'the specified group: "{g["GroupId"]}" name: "default" cannot be deleted by a user')


def test_without_a_vpc_it_is_in_the_default_one(ec2, unique):
    name = unique("group")
    gid = ec2.create_security_group(GroupName=name, Description="x")["GroupId"]
    [default] = ec2.describe_vpcs(Filters=filters(is_default="true"))["Vpcs"]
    assert group(ec2, gid)["VpcId"] == default["VpcId"]
    assert ec2.describe_security_groups(GroupNames=[name])["SecurityGroups"][0]["GroupId"] == gid
    ec2.authorize_security_group_ingress(GroupName=name, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8")
    assert group(ec2, gid)["IpPermissions"][0]["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}]
    ec2.delete_security_group(GroupName=name)
    fails("InvalidGroup.NotFound", ec2.describe_security_groups, GroupNames=[name])


def test_names(ec2):
    vpc, other = make_vpc(ec2), make_vpc(ec2)
    make_group(ec2, vpc, "same")
    fails("InvalidGroup.Duplicate", make_group, ec2, vpc, "same",
          message=f"The security group 'same' already exists for VPC '{vpc}'")
    make_group(ec2, other, "same")
    fails("InvalidParameterValue", make_group, ec2, vpc, "sg-x")
    fails("InvalidGroup.Reserved", make_group, ec2, vpc, "default")
    fails("InvalidParameterValue", make_group, ec2, vpc, "n" * 256)
    make_group(ec2, vpc, "n" * 255)
    fails("InvalidParameterValue", make_group, ec2, vpc, "naïve")


def test_unknown_ids(ec2):
    fails("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=["sg-0123456789abcdef0"],
          message="The security group 'sg-0123456789abcdef0' does not exist")
    fails("InvalidGroupId.Malformed", ec2.describe_security_groups, GroupIds=["sg-x"])
    fails("InvalidGroup.NotFound", ec2.delete_security_group, GroupId="sg-0123456789abcdef0")
    fails("InvalidVpcID.NotFound", make_group, ec2, "vpc-0123456789abcdef0")


# --- rules ---


def test_rules_are_resources_beside_both_spellings(ec2):
    gid = make_group(ec2, make_vpc(ec2))
    made = let_in(ec2, gid, permission(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "inside"}, {"CidrIp": "0.0.0.0/0"}],
                                       Ipv6Ranges=[{"CidrIpv6": "::/0"}]),
                  TagSpecifications=tagged("security-group-rule", a="b"))["SecurityGroupRules"]
    assert [r.get("CidrIpv4") or r["CidrIpv6"] for r in made] == ["10.0.0.0/8", "0.0.0.0/0", "::/0"]
    assert all(r["SecurityGroupRuleId"].startswith("sgr-") and r["Tags"] == [{"Key": "a", "Value": "b"}] for r in made)
    assert {r["SecurityGroupRuleId"] for r in rules(ec2, gid)} == {r["SecurityGroupRuleId"] for r in made}
    assert group(ec2, gid)["IpPermissions"] == [
        {**TCP80, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}, {"CidrIp": "0.0.0.0/0"}],
         "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [], "UserIdGroupPairs": []}]
    one = ec2.describe_security_group_rules(SecurityGroupRuleIds=[made[0]["SecurityGroupRuleId"]])["SecurityGroupRules"][0]
    assert (one["Description"], one["FromPort"], one["IsEgress"], one["GroupId"]) == ("inside", 80, False, gid)
    fails("InvalidSecurityGroupRuleId.NotFound", ec2.describe_security_group_rules,
          SecurityGroupRuleIds=["sgr-0123456789abcdef0"])


@pytest.mark.parametrize("proto,port,to,text", [
    ("tcp", 80, 81, "peer: 0.0.0.0/0, TCP, from port: 80, to port: 81, ALLOW"),
    ("6", 80, 81, "peer: 0.0.0.0/0, TCP, from port: 80, to port: 81, ALLOW"),
    ("-1", None, None, "peer: 0.0.0.0/0, ALL, ALLOW"),
    ("icmp", 8, -1, "peer: 0.0.0.0/0, ICMP, type: 8, code: -1, ALLOW")])
def test_a_rule_is_there_once(ec2, proto, port, to, text):
    gid = make_group(ec2, make_vpc(ec2))
    let_in(ec2, gid, permission(proto, port, to, **v4("0.0.0.0/0")))
    fails("InvalidPermission.Duplicate", let_in, ec2, gid,
          permission(proto, port, to, **v4("0.0.0.0/0", Description="other words")),
          message=f'the specified rule "{text}" already exists')
    fails("InvalidParameterValue", let_in, ec2, gid, permission(port=1, **v4("10.0.0.0/8", "10.0.0.0/8")),
          message="The same permission must not appear multiple times")
    assert len(rules(ec2, gid)) == 1


@pytest.mark.parametrize("bad", [
    permission("tcp", None, **v4("0.0.0.0/0")), permission("tcp", 80, 70, **v4("0.0.0.0/0")),
    permission("tcp", 1, 65536, **v4("0.0.0.0/0")), permission("udp", -1, 5, **v4("0.0.0.0/0")),
    permission("nonsense", 1, **v4("0.0.0.0/0")), permission("icmp", None, **v4("0.0.0.0/0")),
    permission("icmp", 256, 0, **v4("0.0.0.0/0")), permission("icmp", -1, 3, **v4("0.0.0.0/0")),
    permission(**v4("10.0.0.0")), permission(**v4("10.0.0.0/33")), permission(**v4("")),
    permission(Ipv6Ranges=[{"CidrIpv6": "10.0.0.0/8"}]), permission(),
    permission(**v4("10.0.0.0/8", Description="a\x01b")), permission(**v4("10.0.0.0/8", Description="x" * 256))])
def test_what_is_no_rule(ec2, bad):
    gid = make_group(ec2, make_vpc(ec2))
    fails("InvalidParameterValue", let_in, ec2, gid, bad)
    assert rules(ec2, gid) == []


def test_normal_forms(ec2):
    gid = make_group(ec2, make_vpc(ec2))
    let_in(ec2, gid, permission("17", 53, **v4("10.1.2.3/16")), permission("50", None, **v4("10.0.0.0/8")),
           permission("-1", 5, 6, **v4("10.0.0.0/8")), permission("58", None, Ipv6Ranges=[{"CidrIpv6": "2001:DB8:0::1/32"}]))
    seen = [(r["IpProtocol"], r["FromPort"], r["ToPort"], r.get("CidrIpv4") or r["CidrIpv6"]) for r in rules(ec2, gid)]
    assert sorted(seen) == sorted([("udp", 53, 53, "10.1.0.0/16"), ("50", -1, -1, "10.0.0.0/8"), ("-1", -1, -1, "10.0.0.0/8"),
                                   ("icmpv6", -1, -1, "2001:db8::/32")])
    all_of_it = [p for p in group(ec2, gid)["IpPermissions"] if p["IpProtocol"] == "-1"]
    assert "FromPort" not in all_of_it[0]


def test_rules_in_members_of_the_call(ec2):
    vpc = make_vpc(ec2)
    gid = make_group(ec2, vpc)
    ec2.authorize_security_group_ingress(GroupId=gid, IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="10.0.0.0/8")
    ec2.authorize_security_group_ingress(GroupId=gid, SourceSecurityGroupName="default")
    assert sorted((p["IpProtocol"], p["FromPort"], p["ToPort"]) for p in group(ec2, gid)["IpPermissions"]) == [
        ("icmp", -1, -1), ("tcp", 0, 65535), ("tcp", 1, 2), ("udp", 0, 65535)]
    ec2.revoke_security_group_ingress(GroupId=gid, IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="10.0.0.0/8")
    assert len(rules(ec2, gid)) == 3
    fails("InvalidParameterCombination", ec2.authorize_security_group_ingress, GroupId=gid, IpProtocol="tcp",
          FromPort=1, ToPort=2, CidrIp="10.0.0.0/8", IpPermissions=[permission(**v4("10.0.0.0/8"))])


def test_references_keep_a_group(ec2):
    vpc = make_vpc(ec2)
    a, b = make_group(ec2, vpc, "a"), make_group(ec2, vpc, "b")
    let_in(ec2, a, permission(UserIdGroupPairs=[{"GroupId": b}]))
    owner = group(ec2, a)["OwnerId"]
    assert group(ec2, a)["IpPermissions"][0]["UserIdGroupPairs"] == [{"GroupId": b, "UserId": owner}]
    assert rules(ec2, a)[0]["ReferencedGroupInfo"] == {"GroupId": b, "UserId": owner}
    fails("DependencyViolation", ec2.delete_security_group, GroupId=b, message=f"resource {b} has a dependent object")
    let_in(ec2, b, permission(UserIdGroupPairs=[{"GroupId": b}]))  # itself does not
    ec2.delete_security_group(GroupId=a)
    assert ec2_raw.ok(ec2, "DeleteSecurityGroup", GroupId=b)["groupId"] == b
    elsewhere = make_group(ec2, make_vpc(ec2))
    c = make_group(ec2, vpc, "c")
    fails("InvalidGroup.NotFound", let_in, ec2, c, permission(UserIdGroupPairs=[{"GroupId": elsewhere}]),
          message="You have specified two resources that belong to different networks.")
    fails("InvalidGroup.NotFound", let_in, ec2, c, permission(UserIdGroupPairs=[{"GroupId": "sg-0123456789abcdef0"}]))


# --- revoked ---


def test_revoked_by_rule_and_by_id(ec2):
    gid = make_group(ec2, make_vpc(ec2))
    made = let_in(ec2, gid, permission(**v4("10.0.0.0/8", "11.0.0.0/8")), permission(Ipv6Ranges=[{"CidrIpv6": "::/0"}]))
    first = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    out = ec2_raw.ok(ec2, "RevokeSecurityGroupIngress", **{"GroupId": gid, "SecurityGroupRuleId.1": first})
    assert out["return"] == "true" and [r["cidrIpv4"] for r in out["revokedSecurityGroupRuleSet"]] == ["10.0.0.0/8"]
    ec2.revoke_security_group_ingress(GroupId=gid, IpPermissions=[permission(Ipv6Ranges=[{"CidrIpv6": "::/0"}])])
    assert [r["CidrIpv4"] for r in rules(ec2, gid)] == ["11.0.0.0/8"]
    fails("InvalidSecurityGroupRuleId.NotFound", ec2.revoke_security_group_ingress, GroupId=gid, SecurityGroupRuleIds=[first])
    egress = rules(ec2, gid, egress=True)[0]["SecurityGroupRuleId"]
    fails("InvalidSecurityGroupRuleId.NotFound", ec2.revoke_security_group_ingress, GroupId=gid, SecurityGroupRuleIds=[egress])
    ec2.revoke_security_group_egress(GroupId=gid, SecurityGroupRuleIds=[egress])
    assert group(ec2, gid)["IpPermissionsEgress"] == []
    fails("MissingParameter", ec2.revoke_security_group_egress, GroupId=gid)


def test_what_is_not_there_is_refused_outside_of_the_default_vpc(ec2, unique):
    ask = {"IpPermissions": [permission(**v4("10.0.0.0/8"))]}
    gid = make_group(ec2, make_vpc(ec2))
    fails("InvalidPermission.NotFound", ec2.revoke_security_group_ingress, GroupId=gid, **ask,
          message="The specified rule does not exist in this security group.")
    gid = ec2.create_security_group(GroupName=unique("group"), Description="x")["GroupId"]
    out = ec2.revoke_security_group_ingress(GroupId=gid, **ask)
    assert [p["FromPort"] for p in out["UnknownIpPermissions"]] == [80]
    ec2.delete_security_group(GroupId=gid)


# --- changed ---


def test_modified_in_place(ec2):
    vpc = make_vpc(ec2)
    gid = make_group(ec2, vpc)
    a, b = (r["SecurityGroupRuleId"] for r in let_in(ec2, gid, permission(**v4("10.0.0.0/8", "11.0.0.0/8")))["SecurityGroupRules"])

    def modify(rule, **to):
        return ec2.modify_security_group_rules(GroupId=gid, SecurityGroupRules=[
            {"SecurityGroupRuleId": rule, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **to}}])

    assert modify(a, ToPort=90, CidrIpv4="10.0.0.0/9", Description="new")["Return"]
    seen = {r["SecurityGroupRuleId"]: r for r in rules(ec2, gid)}
    assert (seen[a]["ToPort"], seen[a]["CidrIpv4"], seen[a]["Description"]) == (90, "10.0.0.0/9", "new")
    modify(a, ToPort=90, CidrIpv4="10.0.0.0/9")  # the same again
    assert "Description" not in {r["SecurityGroupRuleId"]: r for r in rules(ec2, gid)}[a]
    fails("InvalidPermission.Duplicate", modify, a, CidrIpv4="11.0.0.0/8")
    fails("InvalidParameterValue", modify, a, CidrIpv6="::/0")  # another type of source
    fails("InvalidParameterCombination", modify, a, CidrIpv4="10.0.0.0/8", CidrIpv6="::/0")
    fails("InvalidParameterValue", modify, b, CidrIpv4="nonsense")
    fails("InvalidSecurityGroupRuleId.NotFound", modify, "sgr-0123456789abcdef0", CidrIpv4="10.0.0.0/8")


def test_descriptions(ec2):
    gid = make_group(ec2, make_vpc(ec2))
    rule = let_in(ec2, gid, permission(**v4("10.0.0.0/8", Description="old")))["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    told = lambda: rules(ec2, gid)[0].get("Description")  # noqa: E731
    ec2.update_security_group_rule_descriptions_ingress(GroupId=gid, IpPermissions=[permission(**v4("10.0.0.0/8", Description="new"))])
    assert told() == "new"
    ec2.update_security_group_rule_descriptions_ingress(
        GroupId=gid, SecurityGroupRuleDescriptions=[{"SecurityGroupRuleId": rule, "Description": "newer"}])
    assert told() == "newer"
    ec2.update_security_group_rule_descriptions_ingress(GroupId=gid, IpPermissions=[permission(**v4("10.0.0.0/8"))])
    assert told() is None
    fails("InvalidPermission.NotFound", ec2.update_security_group_rule_descriptions_ingress, GroupId=gid,
          IpPermissions=[permission(**v4("12.0.0.0/8", Description="x"))])
    ec2.update_security_group_rule_descriptions_egress(
        GroupId=gid, IpPermissions=[permission("-1", None, **v4("0.0.0.0/0", Description="all"))])
    assert rules(ec2, gid, egress=True)[0]["Description"] == "all"


# --- limits ---


def test_sixty_rules_each_way_of_each_version(ec2):
    vpc = make_vpc(ec2)
    gid = make_group(ec2, vpc)
    let_in(ec2, gid, permission(**v4(*(f"10.0.{i}.0/24" for i in range(60)))))
    fails("RulesPerSecurityGroupLimitExceeded", let_in, ec2, gid, permission(**v4("11.0.0.0/8")))
    fails("RulesPerSecurityGroupLimitExceeded", let_in, ec2, gid, permission(UserIdGroupPairs=[{"GroupId": gid}]))
    let_in(ec2, gid, permission(Ipv6Ranges=[{"CidrIpv6": f"2001:db8:{i:x}::/48"} for i in range(60)]))
    fails("RulesPerSecurityGroupLimitExceeded", let_in, ec2, gid, permission(Ipv6Ranges=[{"CidrIpv6": "::/0"}]))
    ec2.authorize_security_group_egress(GroupId=gid, IpPermissions=[permission(**v4(*(f"10.0.{i}.0/24" for i in range(59))))])
    fails("RulesPerSecurityGroupLimitExceeded", ec2.authorize_security_group_egress, GroupId=gid,
          IpPermissions=[permission(**v4("11.0.0.0/8"))])


def test_a_prefix_list_counts_with_its_size(ec2):
    vpc = make_vpc(ec2)
    pl = ec2.create_managed_prefix_list(PrefixListName="l", MaxEntries=58, AddressFamily="IPv4")["PrefixList"]["PrefixListId"]
    gid = make_group(ec2, vpc)
    let_in(ec2, gid, permission(PrefixListIds=[{"PrefixListId": pl, "Description": "them"}]))
    assert group(ec2, gid)["IpPermissions"][0]["PrefixListIds"] == [{"PrefixListId": pl, "Description": "them"}]
    let_in(ec2, gid, permission(**v4("10.0.0.0/8", "11.0.0.0/8")))
    fails("RulesPerSecurityGroupLimitExceeded", let_in, ec2, gid, permission(**v4("12.0.0.0/8")))
    fails("RulesPerSecurityGroupLimitExceeded", ec2.modify_managed_prefix_list, PrefixListId=pl, MaxEntries=59)
    fails("DependencyViolation", ec2.delete_managed_prefix_list, PrefixListId=pl)
    fails("InvalidPrefixListID.NotFound", let_in, ec2, gid, permission(PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}]))
    ec2.delete_security_group(GroupId=gid)
    ec2.delete_managed_prefix_list(PrefixListId=pl)


# --- filters ---


@pytest.mark.parametrize("name,value", [
    ("group-name", "fil*"), ("description", "of a test"), ("ip-permission.cidr", "10.77.0.0/16"),
    ("ip-permission.from-port", "443"), ("ip-permission.to-port", "444"), ("ip-permission.protocol", "tcp"),
    ("ip-permission.ipv6-cidr", "::/0"), ("egress.ip-permission.protocol", "-1"), ("egress.ip-permission.cidr", "0.0.0.0/0"),
    ("tag:color", "red"), ("tag-key", "color")])
def test_filters(ec2, name, value):
    vpc = make_vpc(ec2)
    gid = make_group(ec2, vpc, "filtered", TagSpecifications=tagged("security-group", color="red"))
    other = make_group(ec2, vpc, "other")
    ec2.revoke_security_group_egress(GroupId=other, SecurityGroupRuleIds=[r["SecurityGroupRuleId"] for r in rules(ec2, other, True)])
    let_in(ec2, gid, permission("tcp", 443, 444, **v4("10.77.0.0/16"), Ipv6Ranges=[{"CidrIpv6": "::/0"}]))
    seen = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": name, "Values": [value]}])
    found = {g["GroupId"] for g in seen["SecurityGroups"]}
    assert gid in found and (other not in found or name == "description")


# --- beside its VPC ---


def test_associated_with_another_vpc(ec2):
    vpc, other = make_vpc(ec2), make_vpc(ec2)
    gid = make_group(ec2, vpc, "shared")
    both = {"GroupId": gid, "VpcId": other}
    of = lambda v: {g["groupId"] for g in ec2_raw.ok(  # noqa: E731
        ec2, "GetSecurityGroupsForVpc", VpcId=v)["securityGroupForVpcSet"]}
    assert gid in of(vpc) and gid not in of(other)
    assert ec2_raw.ok(ec2, "AssociateSecurityGroupVpc", **both)["state"] == "associating"
    [a] = ec2_raw.ok(ec2, "DescribeSecurityGroupVpcAssociations",
                     **{"Filter.1.Name": "group-id", "Filter.1.Value.1": gid})["securityGroupVpcAssociationSet"]
    assert (a["vpcId"], a["state"]) == (other, "associated") and gid in of(other)
    theirs = make_group(ec2, other, "theirs")
    let_in(ec2, theirs, permission(UserIdGroupPairs=[{"GroupId": gid}]))
    ec2_raw.refused(ec2, "Resource.AlreadyAssociated", "AssociateSecurityGroupVpc", **both)
    ec2.delete_security_group(GroupId=theirs)
    fails("DependencyViolation", ec2.delete_vpc, VpcId=other)
    fails("DependencyViolation", ec2.delete_security_group, GroupId=gid)
    assert ec2_raw.ok(ec2, "DisassociateSecurityGroupVpc", **both)["state"] == "disassociating"
    ec2_raw.refused(ec2, "InvalidSecurityGroupVpcAssociation.NotFound", "DisassociateSecurityGroupVpc", **both)
    assert gid not in of(other)
    ec2.delete_security_group(GroupId=gid)
    ec2.delete_vpc(VpcId=other)
    [default] = ec2.describe_security_groups(Filters=filters(vpc_id=vpc, group_name="default"))["SecurityGroups"]
    ec2_raw.refused(ec2, "InvalidParameterValue", "AssociateSecurityGroupVpc", GroupId=default["GroupId"], VpcId=make_vpc(ec2))


def test_five_vpcs_beside_its_own(ec2):
    gid = make_group(ec2, make_vpc(ec2))
    for _ in range(5):
        ec2_raw.ok(ec2, "AssociateSecurityGroupVpc", GroupId=gid, VpcId=make_vpc(ec2))
    ec2_raw.refused(ec2, "ResourceLimitExceeded", "AssociateSecurityGroupVpc", GroupId=gid, VpcId=make_vpc(ec2))


def test_a_group_of_a_peered_vpc(ec2):
    """It may be named while the peering is active; afterwards the rule is stale and holds nobody."""
    vpc, other = make_vpc(ec2, "10.0.0.0/16"), make_vpc(ec2, "10.1.0.0/16")
    pcx = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    gid, theirs = make_group(ec2, vpc, "mine"), make_group(ec2, other, "theirs")
    fails("InvalidGroup.NotFound", let_in, ec2, gid, permission(UserIdGroupPairs=[{"GroupId": theirs}]))
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=pcx)
    let_in(ec2, gid, permission(UserIdGroupPairs=[{"GroupId": theirs}]))
    [ref] = [r["ReferencedGroupInfo"] for r in rules(ec2, gid)]
    assert (ref["GroupId"], ref["VpcId"], ref["VpcPeeringConnectionId"], ref["PeeringStatus"]) == (theirs, other, pcx, "active")
    [seen] = ec2.describe_security_group_references(GroupId=[theirs])["SecurityGroupReferenceSet"]
    assert (seen["ReferencingVpcId"], seen["VpcPeeringConnectionId"]) == (vpc, pcx)
    assert ec2.describe_stale_security_groups(VpcId=vpc)["StaleSecurityGroupSet"] == []
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=pcx)
    [stale] = ec2.describe_stale_security_groups(VpcId=vpc)["StaleSecurityGroupSet"]
    assert stale["GroupId"] == gid and stale["StaleIpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == theirs
    ec2.delete_security_group(GroupId=theirs)
    ec2.delete_security_group(GroupId=gid)


def test_it_goes_with_its_vpc(ec2):
    vpc = make_vpc(ec2)
    [default] = ec2.describe_security_groups(Filters=filters(vpc_id=vpc))["SecurityGroups"]
    gid = make_group(ec2, vpc)
    fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.delete_security_group(GroupId=gid)
    ec2.delete_vpc(VpcId=vpc)
    fails("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=[default["GroupId"]])
    assert rules(ec2, default["GroupId"]) == []


def test_changes_outlive_a_restart(new_region):
    region = new_region(dev=True)
    ec2 = region.client("ec2")
    gid = make_group(ec2, make_vpc(ec2))
    let_in(ec2, gid, permission(**v4("10.0.0.0/8")), permission(Ipv6Ranges=[{"CidrIpv6": "::/0"}]))
    before = group(ec2, gid)
    region.kill()
    region.start()
    assert group(region.client("ec2"), gid) == before
