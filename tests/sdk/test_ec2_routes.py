# SPDX-License-Identifier: Apache-2.0
"""Route tables, routes and their targets, internet and NAT gateways, peering."""
import pytest

from ec2_util import account_number, ec2, ec2_of, fails, filters, make_subnet, make_vpc, raw, tagged  # noqa: F401


def make_table(ec2, vpc, **kw):
    return ec2.create_route_table(VpcId=vpc, **kw)["RouteTable"]["RouteTableId"]


def make_gateway(ec2, vpc=None):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    if vpc:
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return gateway


def routes(ec2, table):
    (seen,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {r.get("DestinationCidrBlock") or r["DestinationPrefixListId"]: r for r in seen["Routes"]}


# --- tables ---

def test_a_table_from_beginning_to_end(ec2):
    vpc = make_vpc(ec2)
    table = make_table(ec2, vpc, TagSpecifications=tagged("route-table", Name="private"))
    (seen,) = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["private"]}])["RouteTables"]
    assert seen["RouteTableId"] == table and seen["Associations"] == [] and seen["PropagatingVgws"] == []
    assert seen["Routes"] == [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local",
                               "Origin": "CreateRouteTable", "State": "active"}]
    ec2.delete_route_table(RouteTableId=table)
    fails("InvalidRouteTableID.NotFound", ec2.describe_route_tables, RouteTableIds=[table],
          message=f"The routeTable ID '{table}' does not exist")


def test_which_table_a_subnet_has(ec2):
    vpc = make_vpc(ec2)
    a, b = make_subnet(ec2, vpc, "10.0.1.0/24"), make_subnet(ec2, vpc, "10.0.2.0/24")
    one, two = make_table(ec2, vpc), make_table(ec2, vpc)
    made = ec2.associate_route_table(RouteTableId=one, SubnetId=a)
    assert made["AssociationState"] == {"State": "associated"}
    fails("Resource.AlreadyAssociated", ec2.associate_route_table, RouteTableId=two, SubnetId=a)
    (seen,) = ec2.describe_route_tables(Filters=filters(association__subnet_id=a))["RouteTables"]
    assert seen["RouteTableId"] == one
    moved = ec2.replace_route_table_association(AssociationId=made["AssociationId"], RouteTableId=two)["NewAssociationId"]
    assert moved != made["AssociationId"]
    fails("InvalidAssociationID.NotFound", ec2.disassociate_route_table, AssociationId=made["AssociationId"],
          message=f"The association ID '{made['AssociationId']}' does not exist")
    fails("DependencyViolation", ec2.delete_route_table, RouteTableId=two,
          message=f"The routeTable '{two}' has dependencies and cannot be deleted.")
    ec2.delete_subnet(SubnetId=a)  # takes its association along
    ec2.delete_route_table(RouteTableId=two)
    other = make_vpc(ec2)
    fails("InvalidParameterValue", ec2.associate_route_table, RouteTableId=make_table(ec2, other), SubnetId=b)


def test_the_main_table(ec2):
    vpc = make_vpc(ec2)
    (main,) = ec2.describe_route_tables(Filters=filters(vpc_id=vpc, association__main="true"))["RouteTables"]
    first = main["Associations"][0]["RouteTableAssociationId"]
    fails("InvalidParameterValue", ec2.disassociate_route_table, AssociationId=first,
          message=f"cannot disassociate the main route table association {first}")
    fails("DependencyViolation", ec2.delete_route_table, RouteTableId=main["RouteTableId"])
    table = make_table(ec2, vpc)
    moved = ec2.replace_route_table_association(AssociationId=first, RouteTableId=table)["NewAssociationId"]
    (now,) = ec2.describe_route_tables(Filters=filters(vpc_id=vpc, association__main="true"))["RouteTables"]
    assert now["RouteTableId"] == table and now["Associations"][0]["RouteTableAssociationId"] == moved
    ec2.delete_route_table(RouteTableId=main["RouteTableId"])
    ec2.delete_vpc(VpcId=vpc)


# --- routes ---

def test_a_route_to_the_internet(ec2):
    vpc = make_vpc(ec2)
    table, gateway = make_table(ec2, vpc), make_gateway(ec2)
    way_out = dict(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    fails("InvalidParameterValue", ec2.create_route, **way_out,
          message=f"route table {table} and network gateway {gateway} belong to different networks")
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert ec2.create_route(**way_out)["Return"]
    fails("RouteAlreadyExists", ec2.create_route, **way_out, message="The route identified by 0.0.0.0/0 already exists.")
    assert routes(ec2, table)["0.0.0.0/0"] == {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
                                               "Origin": "CreateRoute", "State": "active"}
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert routes(ec2, table)["0.0.0.0/0"]["State"] == "blackhole"
    (seen,) = ec2.describe_route_tables(Filters=filters(route__state="blackhole"))["RouteTables"]
    assert seen["RouteTableId"] == table
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert routes(ec2, table)["0.0.0.0/0"]["State"] == "active"
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    fails("InvalidRoute.NotFound", ec2.delete_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0",
          message=f"no route with destination-cidr-block 0.0.0.0/0 in route table {table}")


def test_what_is_no_route(ec2):
    vpc = make_vpc(ec2)
    table, gateway = make_table(ec2, vpc), make_gateway(ec2, vpc)
    on = dict(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16")
    fails("MissingParameter", ec2.create_route, **on)
    fails("MissingParameter", ec2.create_route, RouteTableId=table, GatewayId=gateway)
    fails("InvalidParameterCombination", ec2.create_route, **on, GatewayId=gateway, NatGatewayId="nat-0123456789abcdef0")
    fails("InvalidParameterValue", ec2.create_route, RouteTableId=table, DestinationCidrBlock="10.9.0.0", GatewayId=gateway)
    fails("InvalidGatewayID.NotFound", ec2.create_route, **on, GatewayId="igw-0123456789abcdef0")
    fails("InvalidNatGatewayID.NotFound", ec2.create_route, **on, NatGatewayId="nat-0123456789abcdef0")
    fails("InvalidVpcPeeringConnectionID.NotFound", ec2.create_route, **on,
          VpcPeeringConnectionId="pcx-0123456789abcdef0")
    fails("InvalidNetworkInterfaceID.NotFound", ec2.create_route, **on, NetworkInterfaceId="eni-0123456789abcdef0")
    fails("UnsupportedOperation", ec2.create_route, **on, TransitGatewayId="tgw-0123456789abcdef0")
    fails("UnsupportedOperation", ec2.create_route, RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=gateway)
    for block in ("10.0.0.0/16", "10.0.1.0/24"):
        fails("RouteAlreadyExists" if block.endswith("/16") else "InvalidParameterValue", ec2.create_route,
              RouteTableId=table, DestinationCidrBlock=block, GatewayId=gateway)
    fails("InvalidParameterValue", ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.0.0.0/16",
          message=f"cannot remove local route 10.0.0.0/16 in route table {table}")
    fails("InvalidParameterValue", ec2.replace_route, **on, GatewayId=gateway,
          message="There is no route defined for '10.9.0.0/16' in the route table. Use CreateRoute instead.")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.3.4/16", GatewayId=gateway)
    assert "10.9.0.0/16" in routes(ec2, table)
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/16", LocalTarget=True)


def test_so_many_routes_and_no_more(ec2):
    vpc = make_vpc(ec2)
    table, gateway = make_table(ec2, vpc), make_gateway(ec2, vpc)
    for i in range(499):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=f"11.{i // 256}.{i % 256}.0/24", GatewayId=gateway)
    fails("RouteLimitExceeded", ec2.create_route, RouteTableId=table, DestinationCidrBlock="12.0.0.0/24", GatewayId=gateway)


# --- internet gateways ---

def test_internet_gateways(ec2):
    vpc, other = make_vpc(ec2), make_vpc(ec2)
    gateway = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway", Name="g"))["InternetGateway"]
    assert gateway["Attachments"] == [] and gateway["Tags"] == [{"Key": "Name", "Value": "g"}]
    gateway = gateway["InternetGatewayId"]
    fails("Gateway.NotAttached", ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc,
          message=f"resource {gateway} is not attached to network {vpc}")
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    (seen,) = ec2.describe_internet_gateways(Filters=filters(attachment__vpc_id=vpc))["InternetGateways"]
    assert seen["Attachments"] == [{"State": "available", "VpcId": vpc}]
    fails("Resource.AlreadyAssociated", ec2.attach_internet_gateway, InternetGatewayId=gateway, VpcId=other,
          message=f"resource {gateway} is already attached to network {vpc}")
    second = make_gateway(ec2)
    fails("InvalidParameterValue", ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=vpc,
          message=f"Network {vpc} already has an internet gateway attached")
    fails("DependencyViolation", ec2.delete_internet_gateway, InternetGatewayId=gateway,
          message=f"The internetGateway '{gateway}' has dependencies and cannot be deleted.")
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    fails("InvalidInternetGatewayID.NotFound", ec2.delete_internet_gateway, InternetGatewayId=gateway)


# --- NAT gateways ---

@pytest.fixture
def outside(ec2):
    """A VPC with an internet gateway: (vpc, subnet)."""
    vpc = make_vpc(ec2)
    make_gateway(ec2, vpc)
    return vpc, make_subnet(ec2, vpc)


def address(ec2):
    return ec2.allocate_address(Domain="vpc")["AllocationId"]


def nat_of(ec2, nat):
    (seen,) = ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    return seen


def test_a_public_nat_gateway_from_beginning_to_end(ec2, outside):
    vpc, subnet = outside
    eip, table = address(ec2), make_table(ec2, vpc)
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=eip,
                                  TagSpecifications=tagged("natgateway", Name="n"))["NatGateway"]
    nat = made["NatGatewayId"]
    assert made["State"] == "pending" and made["VpcId"] == vpc
    seen = nat_of(ec2, nat)
    (held,) = seen["NatGatewayAddresses"]
    (allocated,) = ec2.describe_addresses(AllocationIds=[eip])["Addresses"]
    assert seen["State"] == "available" and seen["ConnectivityType"] == "public"
    assert held["AllocationId"] == eip and held["PublicIp"] == allocated["PublicIp"]
    assert held["PrivateIp"] == allocated["PrivateIpAddress"]
    (eni,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[held["NetworkInterfaceId"]])["NetworkInterfaces"]
    assert eni["Description"] == f"Interface for NAT Gateway {nat}" and not eni["SourceDestCheck"]
    assert eni["RequesterManaged"] and eni["Status"] == "in-use" and eni["Association"]["AllocationId"] == eip
    fails("Resource.AlreadyAssociated", ec2.create_nat_gateway, SubnetId=subnet, AllocationId=eip)
    fails("InvalidIPAddress.InUse", ec2.release_address, AllocationId=eip)
    fails("AuthFailure", ec2.disassociate_address, AssociationId=allocated["AssociationId"])
    fails("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    assert routes(ec2, table)["0.0.0.0/0"]["State"] == "active"
    (found,) = ec2.describe_nat_gateways(Filter=filters(vpc_id=vpc, state="available"))["NatGateways"]
    assert found["NatGatewayId"] == nat
    assert ec2.delete_nat_gateway(NatGatewayId=nat)["NatGatewayId"] == nat
    seen = nat_of(ec2, nat)
    assert seen["State"] == "deleted" and seen["DeleteTime"]
    assert routes(ec2, table)["0.0.0.0/0"]["State"] == "blackhole"
    fails("NatGatewayNotFound", ec2.delete_nat_gateway, NatGatewayId=nat, message=f"The Nat Gateway {nat} was not found")
    ec2.release_address(AllocationId=eip)
    ec2.delete_subnet(SubnetId=subnet)


def test_a_nat_gateway_fails_without_a_way_out(ec2):
    subnet = make_subnet(ec2, make_vpc(ec2))
    eip = address(ec2)
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=eip)["NatGateway"]["NatGatewayId"]
    seen = nat_of(ec2, nat)
    assert seen["State"] == "failed" and seen["FailureCode"] == "Gateway.NotAttached"
    ec2.release_address(AllocationId=eip)
    ec2.delete_nat_gateway(NatGatewayId=nat)


def addresses(tree):
    return [{c.tag: c.text for c in item} for item in tree.iter("item") if item.find("privateIp") is not None]


def held_by(region, account, nat):
    return addresses(raw(region, account, "DescribeNatGateways", **{"NatGatewayId.1": nat}))


def test_private_nat_gateways_and_their_addresses(region):
    account = account_number()
    ec2 = ec2_of(region, account)
    subnet = make_subnet(ec2, make_vpc(ec2))
    made = raw(region, account, "CreateNatGateway", SubnetId=subnet, ConnectivityType="private",
               PrivateIpAddress="10.0.1.20", SecondaryPrivateIpAddressCount="2")
    nat = made.findtext("natGateway/natGatewayId")
    held = held_by(region, account, nat)
    assert held[0]["privateIp"] == "10.0.1.20" and held[0]["isPrimary"] == "true" and len(held) == 3
    assert all("publicIp" not in h for h in held)
    call = lambda action, **p: raw(region, account, action, NatGatewayId=nat, **p)  # noqa: E731
    call("AssignPrivateNatGatewayAddress", **{"PrivateIpAddress.1": "10.0.1.50"})
    assert held_by(region, account, nat)[-1]["privateIp"] == "10.0.1.50"
    assert call("AssignPrivateNatGatewayAddress", PrivateIpAddressCount="5")[0] == "PrivateIpAddressLimitExceeded"
    call("UnassignPrivateNatGatewayAddress", **{"PrivateIpAddress.1": "10.0.1.50"})
    assert call("UnassignPrivateNatGatewayAddress", **{"PrivateIpAddress.1": "10.0.1.20"})[0] == "InvalidParameter"
    assert len(held_by(region, account, nat)) == 3
    assert call("AssociateNatGatewayAddress", **{"AllocationId.1": address(ec2)})[0] == "InvalidParameter"
    ec2.delete_nat_gateway(NatGatewayId=nat)


def test_secondary_addresses_of_a_public_nat_gateway(region):
    account = account_number()
    ec2 = ec2_of(region, account)
    vpc = make_vpc(ec2)
    make_gateway(ec2, vpc)
    eips = [address(ec2) for _ in range(3)]
    made = raw(region, account, "CreateNatGateway", SubnetId=make_subnet(ec2, vpc), AllocationId=eips[0],
               **{"SecondaryAllocationId.1": eips[1]})
    nat = made.findtext("natGateway/natGatewayId")
    call = lambda action, **p: raw(region, account, action, NatGatewayId=nat, **p)  # noqa: E731
    call("AssociateNatGatewayAddress", **{"AllocationId.1": eips[2], "PrivateIpAddress.1": "10.0.1.99"})
    held = {h["allocationId"]: h for h in held_by(region, account, nat)}
    assert set(held) == set(eips) and held[eips[2]]["privateIp"] == "10.0.1.99"
    primary, second = held[eips[0]]["associationId"], held[eips[1]]["associationId"]
    assert call("DisassociateNatGatewayAddress", **{"AssociationId.1": primary})[0] == "InvalidParameter"
    call("DisassociateNatGatewayAddress", **{"AssociationId.1": second})
    assert {h["allocationId"] for h in held_by(region, account, nat)} == {eips[0], eips[2]}
    ec2.release_address(AllocationId=eips[1])
    ec2.delete_nat_gateway(NatGatewayId=nat)
    for eip in (eips[0], eips[2]):
        ec2.release_address(AllocationId=eip)


def test_what_is_no_nat_gateway(region, ec2, outside):
    _, subnet = outside
    fails("MissingParameter", ec2.create_nat_gateway, SubnetId=subnet)
    fails("InvalidParameter", ec2.create_nat_gateway, SubnetId=subnet, ConnectivityType="private", AllocationId=address(ec2))
    fails("InvalidSubnetID.NotFound", ec2.create_nat_gateway, SubnetId="subnet-0123456789abcdef0", AllocationId=address(ec2))
    fails("InvalidAllocationID.NotFound", ec2.create_nat_gateway, SubnetId=subnet, AllocationId="eipalloc-0123456789abcdef0")
    assert raw(region, ec2.account, "CreateNatGateway", SubnetId=subnet, ConnectivityType="private",
               SecondaryPrivateIpAddressCount="8")[0] == "InvalidParameterValue"
    assert raw(region, ec2.account, "CreateNatGateway", VpcId="vpc-0123456789abcdef0",
               AvailabilityMode="regional")[0] == "UnsupportedOperation"


def test_the_same_client_token_makes_one(ec2):
    subnet = make_subnet(ec2, make_vpc(ec2))
    make = lambda token, **kw: ec2.create_nat_gateway(  # noqa: E731
        SubnetId=subnet, ConnectivityType="private", ClientToken=token, **kw)["NatGateway"]["NatGatewayId"]
    a = make("t1")
    assert make("t1") == a and make("t2") != a
    fails("IdempotentParameterMismatch", make, "t1", PrivateIpAddress="10.0.1.77")


# --- peering ---

def status(ec2, peering):
    (seen,) = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])["VpcPeeringConnections"]
    return seen["Status"]["Code"]


def request(ec2, vpc, peer, **kw):
    return ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer, **kw)["VpcPeeringConnection"]


def test_peering_within_an_account(ec2):
    a, b = make_vpc(ec2, "10.0.0.0/16"), make_vpc(ec2, "10.1.0.0/16")
    made = request(ec2, a, b, TagSpecifications=tagged("vpc-peering-connection", Name="p"))
    peering, table = made["VpcPeeringConnectionId"], make_table(ec2, a)
    assert made["Status"]["Code"] == "pending-acceptance" and made["ExpirationTime"]
    fails("VpcPeeringConnectionAlreadyExists", request, ec2, b, a)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=peering)
    assert routes(ec2, table)["10.1.0.0/16"]["State"] == "blackhole"
    fails("OperationNotPermitted", ec2.modify_vpc_peering_connection_options, VpcPeeringConnectionId=peering,
          RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
    seen = ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)["VpcPeeringConnection"]
    assert seen["Status"]["Code"] == "active" and seen["AccepterVpcInfo"]["CidrBlock"] == "10.1.0.0/16"
    assert seen["AccepterVpcInfo"]["CidrBlockSet"] == [{"CidrBlock": "10.1.0.0/16"}]
    assert routes(ec2, table)["10.1.0.0/16"]["State"] == "active"
    fails("InvalidStateTransition", ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=peering)
    ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=peering, AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
    (seen,) = ec2.describe_vpc_peering_connections(Filters=filters(status_code="active"))["VpcPeeringConnections"]
    assert seen["AccepterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"]
    assert not seen["RequesterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"]
    assert ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)["Return"]
    assert status(ec2, peering) == "deleted" and routes(ec2, table)["10.1.0.0/16"]["State"] == "blackhole"
    fails("InvalidStateTransition", ec2.delete_vpc_peering_connection, VpcPeeringConnectionId=peering)


def test_peering_of_two_accounts(region):
    mine, theirs = account_number(), account_number()
    ours, other = ec2_of(region, mine), ec2_of(region, theirs)
    a, b = make_vpc(ours, "10.0.0.0/16"), make_vpc(other, "10.1.0.0/16")
    peering = request(ours, a, b, PeerOwnerId=theirs)["VpcPeeringConnectionId"]
    assert status(other, peering) == "pending-acceptance"
    fails("OperationNotPermitted", ours.accept_vpc_peering_connection, VpcPeeringConnectionId=peering,
          message=f"User {mine} cannot accept peering {peering}")
    ours.create_tags(Resources=[peering], Tags=[{"Key": "Name", "Value": "ours"}])
    other.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert status(ours, peering) == status(other, peering) == "active"
    (seen,) = other.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])["VpcPeeringConnections"]
    assert seen.get("Tags", []) == [] and seen["RequesterVpcInfo"]["OwnerId"] == mine
    fails("OperationNotPermitted", ours.modify_vpc_peering_connection_options, VpcPeeringConnectionId=peering,
          AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
    other.delete_vpc(VpcId=b)
    assert status(ours, peering) == status(other, peering) == "deleted"
    second = request(ours, a, make_vpc(other, "10.2.0.0/16"), PeerOwnerId=theirs)["VpcPeeringConnectionId"]
    fails("OperationNotPermitted", other.delete_vpc_peering_connection, VpcPeeringConnectionId=second)
    assert other.reject_vpc_peering_connection(VpcPeeringConnectionId=second)["Return"]
    assert status(ours, second) == "rejected"


def test_peering_that_cannot_be(ec2):
    a, b = make_vpc(ec2, "10.0.0.0/16"), make_vpc(ec2, "10.0.0.0/20")
    assert request(ec2, a, b)["Status"]["Code"] == "failed"
    assert request(ec2, a, "vpc-0123456789abcdef0", PeerOwnerId=account_number())["Status"]["Code"] == "failed"
    fails("InvalidVpcID.NotFound", request, ec2, a, "vpc-0123456789abcdef0")
    fails("InvalidParameterValue", request, ec2, a, a)
    fails("UnsupportedOperation", request, ec2, a, b, PeerRegion="eu-west-1")
    fails("InvalidVpcPeeringConnectionId.Malformed", ec2.describe_vpc_peering_connections, VpcPeeringConnectionIds=["pcx-1"])


def test_so_many_requests_and_no_more(ec2):
    a = make_vpc(ec2, "10.0.0.0/24")
    for i in range(25):
        request(ec2, a, make_vpc(ec2, f"10.1.{i}.0/24"))
    fails("OutstandingVpcPeeringConnectionLimitExceeded", request, ec2, a, make_vpc(ec2, "10.2.0.0/24"))
