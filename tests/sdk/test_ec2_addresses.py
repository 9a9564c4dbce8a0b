# SPDX-License-Identifier: Apache-2.0
"""Elastic IPs: allocated, associated with interfaces, moved, named, released."""
import ipaddress

import pytest

from ec2_util import ec2, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401
from route53_util import dig


@pytest.fixture
def net(ec2):
    """A subnet of a VPC with an internet gateway."""
    vpc = make_vpc(ec2)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return vpc, make_subnet(ec2, vpc), gateway


def allocate(ec2, **kw):
    return ec2.allocate_address(Domain="vpc", **kw)


def eni(ec2, subnet, **kw):
    return ec2.create_network_interface(SubnetId=subnet, **kw)["NetworkInterface"]["NetworkInterfaceId"]


def address(ec2, allocation):
    (seen,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    return seen


def interface(ec2, eni):
    (seen,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"]
    return seen


def test_an_address_from_beginning_to_end(ec2):
    made = allocate(ec2, TagSpecifications=tagged("elastic-ip", Name="web"))
    ip, allocation = made["PublicIp"], made["AllocationId"]
    assert ipaddress.ip_address(ip) in ipaddress.ip_network("127.64.0.0/10")
    assert made["Domain"] == "vpc" and made["PublicIpv4Pool"] == "amazon" and made["NetworkBorderGroup"] == "us-east-1"
    seen = address(ec2, allocation)
    assert seen["PublicIp"] == ip and seen["Tags"] == [{"Key": "Name", "Value": "web"}] and "AssociationId" not in seen
    assert ec2.describe_addresses(PublicIps=[ip])["Addresses"] == [seen]
    assert ec2.describe_addresses(Filters=filters(public_ip=ip))["Addresses"] == [seen]
    fails("InvalidParameterValue", ec2.release_address, PublicIp=ip)
    ec2.release_address(AllocationId=allocation)
    fails("InvalidAllocationID.NotFound", ec2.describe_addresses, AllocationIds=[allocation],
          message=f"The allocation ID '{allocation}' does not exist")
    fails("InvalidAddress.NotFound", ec2.describe_addresses, PublicIps=[ip], message=f"Address '{ip}' not found.")


def test_an_address_on_an_interface(ec2, net):
    _, subnet, _ = net
    a, b = eni(ec2, subnet), eni(ec2, subnet)
    made = allocate(ec2)
    ip, allocation = made["PublicIp"], made["AllocationId"]
    association = ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=a)["AssociationId"]
    seen, on = address(ec2, allocation), interface(ec2, a)
    assert seen["NetworkInterfaceId"] == a and seen["AssociationId"] == association
    assert seen["PrivateIpAddress"] == on["PrivateIpAddress"] and seen["NetworkInterfaceOwnerId"] == ec2.account
    assert on["Association"]["PublicIp"] == ip and on["Association"]["AllocationId"] == allocation
    assert on["PrivateIpAddresses"][0]["Association"]["AssociationId"] == association
    assert ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=a)["AssociationId"] == association
    fails("Resource.AlreadyAssociated", ec2.associate_address, AllocationId=allocation, NetworkInterfaceId=b,
          message=f"resource {allocation} is already associated with associate-id {association}")
    fails("InvalidIPAddress.InUse", ec2.release_address, AllocationId=allocation, message=f"Address {ip} is in use.")
    moved = ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=b, AllowReassociation=True)["AssociationId"]
    assert moved != association and "Association" not in interface(ec2, a)
    assert interface(ec2, b)["Association"]["PublicIp"] == ip
    fails("InvalidAssociationID.NotFound", ec2.disassociate_address, AssociationId=association)
    ec2.disassociate_address(AssociationId=moved)
    assert "Association" not in interface(ec2, b) and "AssociationId" not in address(ec2, allocation)


def test_the_new_address_takes_the_place_of_the_old(ec2, net):
    _, subnet, _ = net
    on = eni(ec2, subnet)
    first, second = allocate(ec2)["AllocationId"], allocate(ec2)["AllocationId"]
    ec2.associate_address(AllocationId=first, NetworkInterfaceId=on)
    ec2.associate_address(AllocationId=second, NetworkInterfaceId=on)
    assert interface(ec2, on)["Association"]["AllocationId"] == second and "AssociationId" not in address(ec2, first)


def test_each_private_address_has_its_own(ec2, net):
    _, subnet, _ = net
    on = eni(ec2, subnet, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.10", "Primary": True},
                                              {"PrivateIpAddress": "10.0.1.11", "Primary": False}])
    first, second = allocate(ec2)["AllocationId"], allocate(ec2)["AllocationId"]
    ec2.associate_address(AllocationId=first, NetworkInterfaceId=on)
    ec2.associate_address(AllocationId=second, NetworkInterfaceId=on, PrivateIpAddress="10.0.1.11")
    seen = {p["PrivateIpAddress"]: p["Association"]["AllocationId"] for p in interface(ec2, on)["PrivateIpAddresses"]}
    assert seen == {"10.0.1.10": first, "10.0.1.11": second}
    fails("InvalidParameterValue", ec2.associate_address, AllocationId=allocate(ec2)["AllocationId"],
          NetworkInterfaceId=on, PrivateIpAddress="10.0.1.12")
    ec2.delete_network_interface(NetworkInterfaceId=on)  # lets both go
    assert "AssociationId" not in address(ec2, first) and "AssociationId" not in address(ec2, second)


def test_what_cannot_be_associated(ec2, net):
    vpc, subnet, gateway = net
    allocation = allocate(ec2)["AllocationId"]
    on = eni(ec2, subnet)
    fails("MissingParameter", ec2.associate_address, NetworkInterfaceId=on)
    fails("MissingParameter", ec2.associate_address, AllocationId=allocation)
    fails("InvalidAllocationID.NotFound", ec2.associate_address, AllocationId="eipalloc-0123456789abcdef0",
          NetworkInterfaceId=on)
    fails("InvalidNetworkInterfaceID.NotFound", ec2.associate_address, AllocationId=allocation,
          NetworkInterfaceId="eni-0123456789abcdef0")
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    fails("Gateway.NotAttached", ec2.associate_address, AllocationId=allocation, NetworkInterfaceId=on,
          message=f"Network {vpc} is not attached to any internet gateway")
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=on)
    fails("DependencyViolation", ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)


def test_a_name_in_reverse_dns(ec2, region, unique):
    made = allocate(ec2)
    ip, allocation = made["PublicIp"], made["AllocationId"]
    zone, name = f"{unique('eip')}.example.org", None
    name = f"mail.{zone}"
    fails("InvalidParameterValue", ec2.modify_address_attribute, AllocationId=allocation, DomainName=name)
    route53 = region.client("route53", ec2.account, "any")
    zone_id = route53.create_hosted_zone(Name=zone, CallerReference=zone)["HostedZone"]["Id"]
    record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": ip}]}
    change = lambda action: route53.change_resource_record_sets(  # noqa: E731
        HostedZoneId=zone_id, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]})
    change("CREATE")
    assert ec2.modify_address_attribute(AllocationId=allocation, DomainName=name)["Address"]["PtrRecord"] == name + "."
    (seen,) = ec2.describe_addresses_attribute(AllocationIds=[allocation], Attribute="domain-name")["Addresses"]
    assert seen == {"PublicIp": ip, "AllocationId": allocation, "PtrRecord": name + "."}
    reverse = ".".join(reversed(ip.split("."))) + ".in-addr.arpa"
    assert dig(region, reverse, "PTR") == [name + "."]
    fails("InvalidAddress.Locked", ec2.release_address, AllocationId=allocation)
    ec2.reset_address_attribute(AllocationId=allocation, Attribute="domain-name")
    assert ec2.describe_addresses_attribute(AllocationIds=[allocation], Attribute="domain-name")["Addresses"] == []
    assert dig(region, reverse, "PTR") != [name + "."]
    ec2.release_address(AllocationId=allocation)
    change("DELETE")
    route53.delete_hosted_zone(Id=zone_id)


def test_so_many_addresses_and_no_more(ec2):
    made = [allocate(ec2) for _ in range(100)]
    assert len({m["PublicIp"] for m in made}) == 100
    fails("AddressLimitExceeded", ec2.allocate_address, Domain="vpc")
    for m in made:  # the pool is of all accounts
        ec2.release_address(AllocationId=m["AllocationId"])
