# SPDX-License-Identifier: Apache-2.0
"""So many of each, and no more; what has ended is forgotten."""
import pytest

from ec2_util import account_number, ec2, ec2_of, fails, make_subnet, make_vpc  # noqa: F401


def test_route_tables_of_a_vpc(ec2):
    vpc = make_vpc(ec2)
    for _ in range(199):  # and the main one
        ec2.create_route_table(VpcId=vpc)
    fails("RouteTableLimitExceeded", ec2.create_route_table, VpcId=vpc)


def test_gateways_and_options_of_an_account(ec2):
    for _ in range(99):  # and the default VPC's
        ec2.create_internet_gateway()
        ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["x.example"]}])
    fails("InternetGatewayLimitExceeded", ec2.create_internet_gateway)
    fails("ResourceLimitExceeded", ec2.create_dhcp_options,
          DhcpConfigurations=[{"Key": "domain-name", "Values": ["x.example"]}])


def test_nat_gateways_of_a_zone(ec2):
    subnet = make_subnet(ec2, make_vpc(ec2), AvailabilityZone="us-east-1a")
    made = [ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
            for _ in range(50)]
    fails("NatGatewayLimitExceeded", ec2.create_nat_gateway, SubnetId=subnet, ConnectivityType="private")
    ec2.delete_nat_gateway(NatGatewayId=made[0])
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")


def test_peering_connections_of_a_vpc(ec2):
    a = make_vpc(ec2, "10.0.0.0/24")
    for i in range(50):
        peer = make_vpc(ec2, f"10.1.{i}.0/24")
        made = ec2.create_vpc_peering_connection(VpcId=a, PeerVpcId=peer)["VpcPeeringConnection"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    fails("VpcPeeringConnectionsPerVpcLimitExceeded", ec2.create_vpc_peering_connection, VpcId=a,
          PeerVpcId=make_vpc(ec2, "10.2.0.0/24"))


def test_ids_and_resources_of_a_call(ec2):
    vpc = make_vpc(ec2)
    assert len(ec2.describe_vpcs(VpcIds=[vpc] * 1000)["Vpcs"]) == 1
    fails("InvalidParameterValue", ec2.describe_vpcs, VpcIds=[vpc] * 1001)
    tags = [{"Key": "a", "Value": "b"}]
    ec2.create_tags(Resources=[vpc] * 1000, Tags=tags)
    fails("InvalidParameterValue", ec2.create_tags, Resources=[vpc] * 1001, Tags=tags)


@pytest.fixture
def aged(new_region):
    """A region of its own, whose clock the test moves: (region, client)."""
    region = new_region(dev=True)
    return region, ec2_of(region, account_number())


def test_what_has_ended_is_listed_for_a_while(aged):
    region, ec2 = aged
    subnet = make_subnet(ec2, make_vpc(ec2))
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.delete_nat_gateway(NatGatewayId=nat)
    a, b = make_vpc(ec2, "10.1.0.0/16"), make_vpc(ec2, "10.2.0.0/16")
    peer = lambda: ec2.create_vpc_peering_connection(  # noqa: E731
        VpcId=a, PeerVpcId=b)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ended = peer()
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=ended)
    listed = lambda: [p["VpcPeeringConnectionId"] for p in  # noqa: E731
                      ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]]
    assert listed() == [ended] and len(ec2.describe_nat_gateways()["NatGateways"]) == 1
    region.advance(3 * 3600)
    fails("NatGatewayNotFound", ec2.describe_nat_gateways, NatGatewayIds=[nat])
    assert listed() == [] and ec2.describe_nat_gateways()["NatGateways"] == []
    waits = peer()
    region.advance(7 * 24 * 3600 + 60)
    (seen,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert seen["Status"]["Code"] == "expired"
    fails("InvalidStateTransition", ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=waits)
