# SPDX-License-Identifier: Apache-2.0
"""VPCs, their blocks and attributes, subnets, DHCP options, the default VPC, zones and regions."""
import pytest

from ec2_util import ec2, ec2_of, account_number, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401


# --- what an account finds ---

def test_an_account_finds_a_default_vpc_in_each_region(region):
    account = account_number()
    for name, zones in [("us-east-1", "abcdef"), ("eu-central-1", "abc")]:
        ec2 = ec2_of(region, account, name)
        (vpc,) = ec2.describe_vpcs()["Vpcs"]
        assert vpc["IsDefault"] and vpc["CidrBlock"] == "172.31.0.0/16" and vpc["State"] == "available"
        assert vpc["OwnerId"] == account and vpc["InstanceTenancy"] == "default"
        subnets = ec2.describe_subnets(Filters=filters(default_for_az="true"))["Subnets"]
        assert {(s["AvailabilityZone"], s["CidrBlock"]) for s in subnets} == {
            (name + z, f"172.31.{16 * i}.0/20") for i, z in enumerate(zones)}
        assert all(s["MapPublicIpOnLaunch"] and s["AvailableIpAddressCount"] == 4091 for s in subnets)
        (gateway,) = ec2.describe_internet_gateways(Filters=filters(attachment__vpc_id=vpc["VpcId"]))["InternetGateways"]
        (table,) = ec2.describe_route_tables(Filters=filters(vpc_id=vpc["VpcId"], association__main="true"))["RouteTables"]
        assert [(r["DestinationCidrBlock"], r["GatewayId"], r["State"]) for r in table["Routes"]] == [
            ("172.31.0.0/16", "local", "active"), ("0.0.0.0/0", gateway["InternetGatewayId"], "active")]
        (options,) = ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
        domain = "ec2.internal" if name == "us-east-1" else f"{name}.compute.internal"
        assert {c["Key"]: [v["Value"] for v in c["Values"]] for c in options["DhcpConfigurations"]} == {
            "domain-name": [domain], "domain-name-servers": ["AmazonProvidedDNS"]}
        attribute = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")
        assert attribute["EnableDnsHostnames"] == {"Value": True}


def test_the_default_vpc_is_made_once_deleted_and_made_again(ec2):
    (vpc,) = ec2.describe_vpcs(Filters=filters(is_default="true"))["Vpcs"]
    fails("DefaultVpcAlreadyExists", ec2.create_default_vpc)
    subnets = ec2.describe_subnets(Filters=filters(vpc_id=vpc["VpcId"]))["Subnets"]
    (gone,) = [s for s in subnets if s["AvailabilityZone"] == "us-east-1b"]
    fails("DefaultSubnetAlreadyExistsInAvailabilityZone", ec2.create_default_subnet, AvailabilityZone="us-east-1b")
    ec2.delete_subnet(SubnetId=gone["SubnetId"])
    made = ec2.create_default_subnet(AvailabilityZone="us-east-1b")["Subnet"]
    assert made["CidrBlock"] == gone["CidrBlock"] and made["DefaultForAz"] and made["MapPublicIpOnLaunch"]
    for s in ec2.describe_subnets(Filters=filters(vpc_id=vpc["VpcId"]))["Subnets"]:
        ec2.delete_subnet(SubnetId=s["SubnetId"])
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
    ec2.delete_vpc(VpcId=vpc["VpcId"])
    assert ec2.describe_vpcs()["Vpcs"] == []
    fails("DefaultVpcDoesNotExist", ec2.create_default_subnet, AvailabilityZone="us-east-1b")
    again = ec2.create_default_vpc()["Vpc"]
    assert again["IsDefault"] and again["VpcId"] != vpc["VpcId"]
    assert len(ec2.describe_subnets(Filters=filters(vpc_id=again["VpcId"]))["Subnets"]) == 6


def test_zones_regions_and_the_account(ec2, region):
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert [(z["ZoneName"], z["ZoneId"]) for z in zones] == [
        (f"us-east-1{z}", f"use1-az{i + 1}") for i, z in enumerate("abcdef")]
    assert {(z["State"], z["OptInStatus"], z["RegionName"], z["ZoneType"]) for z in zones} == {
        ("available", "opt-in-not-required", "us-east-1", "availability-zone")}
    (one,) = ec2.describe_availability_zones(Filters=filters(zone_id="use1-az3"))["AvailabilityZones"]
    assert one["ZoneName"] == "us-east-1c"
    assert len(ec2.describe_availability_zones(ZoneNames=["us-east-1a", "us-east-1b"])["AvailabilityZones"]) == 2
    fails("InvalidParameterValue", ec2.describe_availability_zones, ZoneNames=["us-east-1z"],
          message="Invalid availability zone: [us-east-1z]")
    names = [r["RegionName"] for r in ec2.describe_regions()["Regions"]]
    assert {"us-east-1", "eu-central-1", "ap-southeast-2"} <= set(names)
    (one,) = ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"]
    assert one == {"RegionName": "eu-west-1", "Endpoint": "ec2.eu-west-1.amazonaws.com",
                   "OptInStatus": "opt-in-not-required"}
    fails("InvalidParameterValue", ec2.describe_regions, RegionNames=["mars-north-1"],
          message="Invalid region name: mars-north-1")
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    attributes = {a["AttributeName"]: [v["AttributeValue"] for v in a["AttributeValues"]]
                  for a in ec2.describe_account_attributes()["AccountAttributes"]}
    assert attributes["default-vpc"] == [vpc["VpcId"]] and attributes["supported-platforms"] == ["VPC"]
    (sydney, *_) = ec2_of(region, account_number(), "ap-southeast-2").describe_availability_zones()["AvailabilityZones"]
    assert (sydney["ZoneName"], sydney["ZoneId"]) == ("ap-southeast-2a", "apse2-az1")


# --- VPCs ---

def test_a_vpc_from_beginning_to_end(ec2):
    made = ec2.create_vpc(CidrBlock="10.0.3.5/16", TagSpecifications=tagged("vpc", Name="net", team="a"))["Vpc"]
    vpc = made["VpcId"]
    assert made["CidrBlock"] == "10.0.0.0/16" and not made["IsDefault"] and len(vpc) == 21
    (seen,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert sorted((t["Key"], t["Value"]) for t in seen["Tags"]) == [("Name", "net"), ("team", "a")]
    (block,) = seen["CidrBlockAssociationSet"]
    assert block["CidrBlock"] == "10.0.0.0/16" and block["CidrBlockState"] == {"State": "associated"}
    for name, before in [("enableDnsSupport", True), ("enableDnsHostnames", False),
                         ("enableNetworkAddressUsageMetrics", False)]:
        key = name[0].upper() + name[1:]
        assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[key] == {"Value": before}
        ec2.modify_vpc_attribute(VpcId=vpc, **{key: {"Value": not before}})
        assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[key] == {"Value": not before}
    (main,) = ec2.describe_route_tables(Filters=filters(vpc_id=vpc))["RouteTables"]
    assert main["Associations"][0]["Main"] and main["Routes"][0]["GatewayId"] == "local"
    ec2.delete_vpc(VpcId=vpc)
    fails("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=[vpc], message=f"The vpc ID '{vpc}' does not exist")
    fails("InvalidVpcID.NotFound", ec2.delete_vpc, VpcId=vpc)
    assert ec2.describe_route_tables(Filters=filters(vpc_id=vpc))["RouteTables"] == []


@pytest.mark.parametrize("block,code", [
    ("10.0.0.0/8", "InvalidVpc.Range"), ("10.0.0.0/29", "InvalidVpc.Range"), ("127.0.0.0/16", "InvalidVpc.Range"),
    ("169.254.0.0/16", "InvalidVpc.Range"), ("224.0.0.0/16", "InvalidVpc.Range"), ("0.0.0.0/16", "InvalidVpc.Range"),
    ("198.51.100.0/24", "InvalidVpc.Range"), ("10.0.0/16", "InvalidParameterValue"), ("10.0.0.0", "InvalidParameterValue"),
    ("10.0.0.256/16", "InvalidParameterValue"), ("a::/64", "InvalidParameterValue")])
def test_blocks_that_no_vpc_has(ec2, block, code):
    fails(code, ec2.create_vpc, CidrBlock=block)


def test_what_is_refused_of_a_vpc(ec2):
    fails("MissingParameter", ec2.create_vpc)
    fails("UnsupportedOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)
    fails("UnsupportedOperation", ec2.create_vpc, Ipv4IpamPoolId="ipam-pool-1", Ipv4NetmaskLength=20)
    fails("InvalidParameterValue", ec2.create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=tagged("subnet", a="b"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=False, InstanceTenancy="dedicated")["Vpc"]
    assert vpc["InstanceTenancy"] == "dedicated"
    assert ec2.modify_vpc_tenancy(VpcId=vpc["VpcId"], InstanceTenancy="default")["ReturnValue"]
    fails("InvalidParameterCombination", ec2.modify_vpc_attribute, VpcId=vpc["VpcId"])


def test_more_blocks_of_a_vpc(ec2):
    vpc = make_vpc(ec2, "10.0.0.0/16")
    for block in ("172.16.0.0/16", "192.168.0.0/20", "198.19.0.0/16"):
        fails("InvalidVpc.Range", ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock=block)
    fails("VpcCidrConflict", ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock="10.0.128.0/20")
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    for block in ("100.64.0.0/16", "10.2.0.0/16", "10.3.0.0/16"):
        ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=block)
    fails("CidrLimitExceeded", ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock="10.4.0.0/16",
          message=f"This network '{vpc}' has met its maximum number of allowed CIDRs: 5")
    (main,) = ec2.describe_route_tables(Filters=filters(vpc_id=vpc))["RouteTables"]
    assert {r["DestinationCidrBlock"] for r in main["Routes"]} == {
        "10.0.0.0/16", "10.1.0.0/16", "100.64.0.0/16", "10.2.0.0/16", "10.3.0.0/16"}
    (seen,) = ec2.describe_vpcs(Filters=filters(cidr_block_association__association_id=made["AssociationId"]))["Vpcs"]
    assert seen["VpcId"] == vpc
    subnet = make_subnet(ec2, vpc, "10.1.1.0/24")
    fails("InvalidCidr.InUse", ec2.disassociate_vpc_cidr_block, AssociationId=made["AssociationId"])
    ec2.delete_subnet(SubnetId=subnet)
    gone = ec2.disassociate_vpc_cidr_block(AssociationId=made["AssociationId"])["CidrBlockAssociation"]
    assert gone["CidrBlockState"]["State"] == "disassociating"
    (main,) = ec2.describe_route_tables(Filters=filters(vpc_id=vpc))["RouteTables"]
    assert "10.1.0.0/16" not in {r["DestinationCidrBlock"] for r in main["Routes"]}
    fails("InvalidVpcCidrBlockAssociationID.NotFound", ec2.disassociate_vpc_cidr_block, AssociationId=made["AssociationId"])
    (seen,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    first = seen["CidrBlockAssociationSet"][0]["AssociationId"]
    fails("OperationNotPermitted", ec2.disassociate_vpc_cidr_block, AssociationId=first)


def test_a_vpc_with_something_in_it_stays(ec2):
    vpc = make_vpc(ec2)
    subnet = make_subnet(ec2, vpc)
    message = f"The vpc '{vpc}' has dependencies and cannot be deleted."
    fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc, message=message)
    ec2.delete_subnet(SubnetId=subnet)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc, message=message)
    ec2.delete_route_table(RouteTableId=table)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc, message=message)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)


def test_so_many_vpcs_and_no_more(ec2):
    for i in range(99):  # and the default one
        make_vpc(ec2, f"10.{i}.0.0/24")
    fails("VpcLimitExceeded", make_vpc, ec2)


# --- subnets ---

def test_a_subnet_from_beginning_to_end(ec2):
    vpc = make_vpc(ec2)
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.9/24", AvailabilityZoneId="use1-az2",
                             TagSpecifications=tagged("subnet", Name="s"))["Subnet"]
    subnet = made["SubnetId"]
    (seen,) = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert seen["CidrBlock"] == "10.0.1.0/24" and seen["AvailabilityZone"] == "us-east-1b"
    assert seen["AvailableIpAddressCount"] == 251 and not seen["MapPublicIpOnLaunch"] and not seen["DefaultForAz"]
    assert seen["SubnetArn"].endswith(f":subnet/{subnet}") and seen["Ipv6CidrBlockAssociationSet"] == []
    assert seen["PrivateDnsNameOptionsOnLaunch"] == {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False,
                                                     "EnableResourceNameDnsAAAARecord": False}
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet, PrivateDnsHostnameTypeOnLaunch="resource-name")
    ec2.modify_subnet_attribute(SubnetId=subnet, EnableResourceNameDnsARecordOnLaunch={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": False})
    fails("UnsupportedOperation", ec2.modify_subnet_attribute, SubnetId=subnet,
          AssignIpv6AddressOnCreation={"Value": True})
    (seen,) = ec2.describe_subnets(Filters=filters(map_public_ip_on_launch="true", vpc_id=vpc))["Subnets"]
    assert seen["PrivateDnsNameOptionsOnLaunch"]["HostnameType"] == "resource-name"
    assert seen["PrivateDnsNameOptionsOnLaunch"]["EnableResourceNameDnsARecord"]
    ec2.delete_subnet(SubnetId=subnet)
    fails("InvalidSubnetID.NotFound", ec2.describe_subnets, SubnetIds=[subnet],
          message=f"The subnet ID '{subnet}' does not exist")


def test_subnets_do_not_overlap_and_lie_in_their_vpc(ec2):
    vpc = make_vpc(ec2, "10.0.0.0/20")
    make_subnet(ec2, vpc, "10.0.0.0/24")
    for block in ("10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/21"):
        fails("InvalidSubnet.Conflict", make_subnet, ec2, vpc, block,
              message=f"The CIDR '{block}' conflicts with another subnet")
    for block in ("10.1.0.0/24", "10.0.0.0/16", "10.0.1.0/29"):
        fails("InvalidSubnet.Range", make_subnet, ec2, vpc, block, message=f"The CIDR '{block}' is invalid.")
    fails("InvalidParameterValue", make_subnet, ec2, vpc, "10.0.1.0/24", AvailabilityZone="eu-west-1a")
    fails("InvalidVpcID.NotFound", make_subnet, ec2, "vpc-0123456789abcdef0", "10.0.1.0/24")
    assert make_subnet(ec2, vpc, "10.0.15.240/28")


def test_so_many_subnets_and_no_more(ec2):
    vpc = make_vpc(ec2)
    for i in range(200):
        make_subnet(ec2, vpc, f"10.0.{i}.0/28")
    fails("SubnetLimitExceeded", make_subnet, ec2, vpc, "10.0.200.0/28")


# --- DHCP options ---

def test_dhcp_options(ec2):
    vpc = make_vpc(ec2)
    (before,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    made = ec2.create_dhcp_options(DhcpConfigurations=[
        {"Key": "domain-name", "Values": ["corp.example"]},
        {"Key": "domain-name-servers", "Values": ["10.2.5.1", "AmazonProvidedDNS"]},
        {"Key": "ntp-servers", "Values": ["10.2.5.2"]}, {"Key": "netbios-node-type", "Values": ["2"]}],
        TagSpecifications=tagged("dhcp-options", Name="d"))["DhcpOptions"]
    options = made["DhcpOptionsId"]
    (seen,) = ec2.describe_dhcp_options(Filters=filters(key="domain-name", value="corp.example"))["DhcpOptions"]
    assert seen["DhcpOptionsId"] == options and seen["Tags"] == [{"Key": "Name", "Value": "d"}]
    assert {c["Key"]: [v["Value"] for v in c["Values"]] for c in seen["DhcpConfigurations"]}[
        "domain-name-servers"] == ["10.2.5.1", "AmazonProvidedDNS"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    (seen,) = ec2.describe_vpcs(Filters=filters(dhcp_options_id=options))["Vpcs"]
    assert seen["VpcId"] == vpc
    fails("DependencyViolation", ec2.delete_dhcp_options, DhcpOptionsId=options,
          message=f"The dhcpOptions '{options}' has dependencies and cannot be deleted.")
    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)
    (seen,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert seen["DhcpOptionsId"] == before["DhcpOptionsId"]
    ec2.delete_dhcp_options(DhcpOptionsId=options)
    fails("InvalidDhcpOptionID.NotFound", ec2.describe_dhcp_options, DhcpOptionsIds=[options])
    for key, values in [("domain-name-servers", ["not-an-address"]), ("domain-name-servers", ["1.1.1.1"] * 5),
                        ("netbios-node-type", ["3"]), ("no-such-option", ["x"])]:
        fails("InvalidParameterValue", ec2.create_dhcp_options, DhcpConfigurations=[{"Key": key, "Values": values}])
