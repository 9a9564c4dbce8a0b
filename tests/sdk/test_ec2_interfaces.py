# SPDX-License-Identifier: Apache-2.0
"""Network interfaces and the private addresses of subnets."""
import pytest

from ec2_util import ec2, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401


@pytest.fixture
def net(ec2):
    vpc = make_vpc(ec2)
    return vpc, make_subnet(ec2, vpc, "10.0.1.0/24")


def make_eni(ec2, subnet, **more):
    return ec2.create_network_interface(SubnetId=subnet, **more)["NetworkInterface"]


def eni(ec2, eid):
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[eid])["NetworkInterfaces"][0]


def addresses(e):
    return [a["PrivateIpAddress"] for a in e["PrivateIpAddresses"]]


def free(ec2, subnet):
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]


def test_a_new_one(ec2, net):
    vpc, subnet = net
    e = make_eni(ec2, subnet, Description="of a test", TagSpecifications=tagged("network-interface", a="b"))
    assert e["Status"] == "available" and e["SourceDestCheck"] and not e["RequesterManaged"]
    assert (e["VpcId"], e["SubnetId"], e["InterfaceType"], e["Description"]) == (vpc, subnet, "interface", "of a test")
    assert e["TagSet"] == [{"Key": "a", "Value": "b"}] and e["Ipv6Addresses"] == []
    assert [g["GroupName"] for g in e["Groups"]] == ["default"]
    assert e["MacAddress"].startswith("02:") and len(e["MacAddress"]) == 17
    assert e["PrivateIpAddresses"][0]["Primary"] and addresses(e) == [e["PrivateIpAddress"]]
    assert "PrivateDnsName" not in e
    seen = eni(ec2, e["NetworkInterfaceId"])
    assert seen == {**e, "TagSet": seen["TagSet"]}


def test_names_come_with_dns_hostnames(ec2, net):
    vpc, subnet = net
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    e = make_eni(ec2, subnet, PrivateIpAddress="10.0.1.77")
    assert eni(ec2, e["NetworkInterfaceId"])["PrivateDnsName"] == "ip-10-0-1-77.ec2.internal"
    assert e["PrivateDnsName"] == "ip-10-0-1-77.ec2.internal"


def test_without_tags_the_list_is_empty(ec2, net):
    e = make_eni(ec2, net[1])
    assert e["TagSet"] == eni(ec2, e["NetworkInterfaceId"])["TagSet"] == []


def test_addresses_of_a_subnet(ec2):
    vpc = make_vpc(ec2)
    subnet = make_subnet(ec2, vpc, "10.0.2.0/28")
    assert free(ec2, subnet) == 11
    made = [make_eni(ec2, subnet) for _ in range(11)]
    assert sorted(int(e["PrivateIpAddress"].rpartition(".")[2]) for e in made) == list(range(4, 15))
    assert free(ec2, subnet) == 0
    fails("InsufficientFreeAddressesInSubnet", make_eni, ec2, subnet)
    gone = made[3]
    ec2.delete_network_interface(NetworkInterfaceId=gone["NetworkInterfaceId"])
    assert free(ec2, subnet) == 1 and make_eni(ec2, subnet)["PrivateIpAddress"] == gone["PrivateIpAddress"]


def test_an_address_is_not_given_again_at_once(ec2, net):
    _, subnet = net
    make_eni(ec2, subnet)
    first = make_eni(ec2, subnet)
    make_eni(ec2, subnet)
    ec2.delete_network_interface(NetworkInterfaceId=first["NetworkInterfaceId"])
    assert make_eni(ec2, subnet)["PrivateIpAddress"] != first["PrivateIpAddress"]


@pytest.mark.parametrize("address,code", [
    ("10.0.1.4", None), ("10.0.1.254", None), ("10.0.1.0", "InvalidParameterValue"), ("10.0.1.3", "InvalidParameterValue"),
    ("10.0.1.255", "InvalidParameterValue"), ("10.0.2.9", "InvalidParameterValue"), ("nonsense", "InvalidParameterValue")])
def test_a_given_address(ec2, net, address, code):
    if code:
        fails(code, make_eni, ec2, net[1], PrivateIpAddress=address)
        assert free(ec2, net[1]) == 251
    else:
        assert make_eni(ec2, net[1], PrivateIpAddress=address)["PrivateIpAddress"] == address
        fails("InvalidIPAddress.InUse", make_eni, ec2, net[1], PrivateIpAddress=address, message=f"Address {address} is in use.")


def test_secondary_addresses(ec2, net):
    _, subnet = net
    e = make_eni(ec2, subnet, SecondaryPrivateIpAddressCount=2)
    eid = e["NetworkInterfaceId"]
    assert len(addresses(e)) == 3
    got = ec2.assign_private_ip_addresses(NetworkInterfaceId=eid, PrivateIpAddresses=["10.0.1.100", "10.0.1.101"])
    assert [a["PrivateIpAddress"] for a in got["AssignedPrivateIpAddresses"]] == ["10.0.1.100", "10.0.1.101"]
    assert len(ec2.assign_private_ip_addresses(NetworkInterfaceId=eid, SecondaryPrivateIpAddressCount=2)
               ["AssignedPrivateIpAddresses"]) == 2
    assert len(addresses(eni(ec2, eid))) == 7 and free(ec2, subnet) == 244
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=eid, PrivateIpAddresses=["10.0.1.100"])
    assert "10.0.1.100" not in addresses(eni(ec2, eid)) and free(ec2, subnet) == 245
    fails("InvalidParameterValue", ec2.unassign_private_ip_addresses, NetworkInterfaceId=eid, PrivateIpAddresses=["10.0.1.100"])
    fails("InvalidParameterValue", ec2.unassign_private_ip_addresses, NetworkInterfaceId=eid, PrivateIpAddresses=[e["PrivateIpAddress"]])
    fails("InvalidParameterCombination", ec2.assign_private_ip_addresses, NetworkInterfaceId=eid)
    other = make_eni(ec2, subnet)["NetworkInterfaceId"]
    fails("InvalidIPAddress.InUse", ec2.assign_private_ip_addresses, NetworkInterfaceId=other, PrivateIpAddresses=["10.0.1.101"])
    ec2.assign_private_ip_addresses(NetworkInterfaceId=other, PrivateIpAddresses=["10.0.1.101"], AllowReassignment=True)
    assert "10.0.1.101" in addresses(eni(ec2, other)) and "10.0.1.101" not in addresses(eni(ec2, eid))
    fails("InvalidIPAddress.InUse", ec2.assign_private_ip_addresses, NetworkInterfaceId=other,
          PrivateIpAddresses=[e["PrivateIpAddress"]], AllowReassignment=True)  # a primary one stays


def test_given_addresses_in_a_list(ec2, net):
    e = make_eni(ec2, net[1], PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.20"}, {"Primary": True, "PrivateIpAddress": "10.0.1.10"}])
    assert addresses(e) == ["10.0.1.10", "10.0.1.20"]
    fails("InvalidParameterCombination", make_eni, ec2, net[1], PrivateIpAddress="10.0.1.30",
          PrivateIpAddresses=[{"Primary": True, "PrivateIpAddress": "10.0.1.31"}])


def test_fifty_addresses_an_interface(ec2, net):
    e = make_eni(ec2, net[1], SecondaryPrivateIpAddressCount=49)
    fails("PrivateIpAddressLimitExceeded", ec2.assign_private_ip_addresses, NetworkInterfaceId=e["NetworkInterfaceId"],
          SecondaryPrivateIpAddressCount=1)
    assert free(ec2, net[1]) == 201
    fails("PrivateIpAddressLimitExceeded", make_eni, ec2, net[1], SecondaryPrivateIpAddressCount=50)
    assert free(ec2, net[1]) == 201


def test_groups(ec2, net):
    vpc, subnet = net
    groups = [ec2.create_security_group(GroupName=f"g{i}", Description="x", VpcId=vpc)["GroupId"] for i in range(6)]
    fails("SecurityGroupsPerInterfaceLimitExceeded", make_eni, ec2, subnet, Groups=groups)
    e = make_eni(ec2, subnet, Groups=groups[:5])
    eid = e["NetworkInterfaceId"]
    assert [g["GroupId"] for g in e["Groups"]] == groups[:5]
    fails("DependencyViolation", ec2.delete_security_group, GroupId=groups[0])
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eid, Groups=[groups[5]])
    assert eni(ec2, eid)["Groups"] == [{"GroupId": groups[5], "GroupName": "g5"}]
    ec2.delete_security_group(GroupId=groups[0])
    fails("InvalidGroup.NotFound", ec2.modify_network_interface_attribute, NetworkInterfaceId=eid, Groups=[groups[0]])
    elsewhere = ec2.create_security_group(GroupName="x", Description="x", VpcId=make_vpc(ec2))["GroupId"]
    fails("InvalidParameter", ec2.modify_network_interface_attribute, NetworkInterfaceId=eid, Groups=[elsewhere],
          message="You have specified two resources that belong to different networks.")
    assert ec2.describe_network_interfaces(Filters=filters(group_id=groups[5]))["NetworkInterfaces"][0]["NetworkInterfaceId"] == eid
    ec2.delete_network_interface(NetworkInterfaceId=eid)
    ec2.delete_security_group(GroupId=groups[5])


def test_attributes(ec2, net):
    eid = make_eni(ec2, net[1], Description="old")["NetworkInterfaceId"]
    told = lambda name: ec2.describe_network_interface_attribute(NetworkInterfaceId=eid, Attribute=name)  # noqa: E731
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eid, Description={"Value": "new"})
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eid, SourceDestCheck={"Value": False})
    assert told("description")["Description"] == {"Value": "new"}
    assert told("sourceDestCheck")["SourceDestCheck"] == {"Value": False}
    assert [g["GroupName"] for g in told("groupSet")["Groups"]] == ["default"] and "Attachment" not in told("attachment")
    ec2.reset_network_interface_attribute(NetworkInterfaceId=eid, SourceDestCheck="true")
    assert eni(ec2, eid)["SourceDestCheck"]
    fails("InvalidParameterCombination", ec2.modify_network_interface_attribute, NetworkInterfaceId=eid,
          Description={"Value": "x"}, SourceDestCheck={"Value": False})
    fails("MissingParameter", ec2.modify_network_interface_attribute, NetworkInterfaceId=eid)
    fails("InvalidAttachmentID.NotFound", ec2.modify_network_interface_attribute, NetworkInterfaceId=eid,
          Attachment={"AttachmentId": "eni-attach-0123456789abcdef0", "DeleteOnTermination": True})
    fails("InvalidNetworkInterfaceID.NotFound", eni, ec2, "eni-0123456789abcdef0")


def test_the_same_token_makes_one(ec2, net):
    first = make_eni(ec2, net[1], ClientToken="t")["NetworkInterfaceId"]
    assert make_eni(ec2, net[1], ClientToken="t")["NetworkInterfaceId"] == first
    fails("IdempotentParameterMismatch", make_eni, ec2, net[1], ClientToken="t", Description="another")


def test_it_keeps_its_subnet(ec2, net):
    vpc, subnet = net
    eid = make_eni(ec2, subnet)["NetworkInterfaceId"]
    fails("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    ec2.delete_network_interface(NetworkInterfaceId=eid)
    ec2.delete_subnet(SubnetId=subnet)
    fails("InvalidNetworkInterfaceID.NotFound", ec2.delete_network_interface, NetworkInterfaceId=eid)
    fails("InvalidSubnetID.NotFound", make_eni, ec2, subnet)


def test_permissions(ec2, net):
    eid = make_eni(ec2, net[1])["NetworkInterfaceId"]
    ask = {"NetworkInterfaceId": eid, "AwsAccountId": "111122223333", "Permission": "INSTANCE-ATTACH"}
    p = ec2.create_network_interface_permission(**ask)["InterfacePermission"]
    assert p["PermissionState"]["State"] == "GRANTED" and p["NetworkInterfacePermissionId"].startswith("eni-perm-")
    fails("InvalidPermission.Duplicate", ec2.create_network_interface_permission, **ask)
    seen = ec2.describe_network_interface_permissions(
        Filters=[{"Name": "network-interface-permission.network-interface-id", "Values": [eid]}])
    assert seen["NetworkInterfacePermissions"] == [p]
    assert ec2.delete_network_interface_permission(NetworkInterfacePermissionId=p["NetworkInterfacePermissionId"])["Return"]
    ec2.create_network_interface_permission(**ask)
    ec2.delete_network_interface(NetworkInterfaceId=eid)  # and its permission with it
    assert ec2.describe_network_interface_permissions()["NetworkInterfacePermissions"] == []


@pytest.mark.parametrize("name,value", [
    ("addresses.private-ip-address", "10.0.1.50"), ("description", "fil*"), ("private-ip-address", "10.0.1.5?"),
    ("status", "available"), ("availability-zone", "us-east-1b"), ("tag:a", "b"), ("requester-managed", "false"),
    ("interface-type", "interface"), ("source-dest-check", "true"), ("addresses.primary", "true")])
def test_filters(ec2, name, value):
    vpc = make_vpc(ec2)
    subnet = make_subnet(ec2, vpc, AvailabilityZone="us-east-1b")
    e = make_eni(ec2, subnet, Description="filtered", PrivateIpAddress="10.0.1.50", TagSpecifications=tagged("network-interface", a="b"))
    seen = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": name, "Values": [value]}])
    assert [i["NetworkInterfaceId"] for i in seen["NetworkInterfaces"]] == [e["NetworkInterfaceId"]]


@pytest.mark.parametrize("member", [
    {"Ipv6AddressCount": 1}, {"Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}]}, {"InterfaceType": "efa"},
    {"Ipv4PrefixCount": 1}, {"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.16/28"}]}])
def test_what_is_refused(ec2, net, member):
    fails("UnsupportedOperation", make_eni, ec2, net[1], **member)
