# SPDX-License-Identifier: Apache-2.0
"""VPC endpoints: gateways by route tables, interfaces with private DNS."""
import json

import pytest

from ec2_util import ec2, fails, filters, make_subnet, make_vpc, tagged  # noqa: F401

S3, KMS = "com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.kms"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]})


@pytest.fixture
def vpc(ec2):
    v = make_vpc(ec2)
    ec2.modify_vpc_attribute(VpcId=v, EnableDnsHostnames={"Value": True})
    return v


def gateway(ec2, vpc, **more):
    return ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, **more)["VpcEndpoint"]


def interface(ec2, vpc, service=KMS, **more):
    return ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Interface", **more)["VpcEndpoint"]


def seen(ec2, eid):
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[eid])["VpcEndpoints"][0]


def make_table(ec2, vpc):
    return ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]


def list_routes(ec2, table):
    [t] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {r["DestinationPrefixListId"]: r["GatewayId"] for r in t["Routes"] if "DestinationPrefixListId" in r}


def test_a_gateway_is_a_route_in_its_tables(ec2, vpc):
    a, b = make_table(ec2, vpc), make_table(ec2, vpc)
    e = gateway(ec2, vpc, RouteTableIds=[a], TagSpecifications=tagged("vpc-endpoint", a="b"))
    eid = e["VpcEndpointId"]
    assert (e["State"], e["VpcEndpointType"], e["RouteTableIds"], e["SubnetIds"]) == ("available", "Gateway", [a], [])
    assert e["Tags"] == [{"Key": "a", "Value": "b"}] and json.loads(e["PolicyDocument"])["Statement"][0]["Action"] == "*"
    assert list_routes(ec2, a) == {"pl-63a5400a": eid} and list_routes(ec2, b) == {}
    fails("RouteAlreadyExists", gateway, ec2, vpc, RouteTableIds=[a])
    ec2.modify_vpc_endpoint(VpcEndpointId=eid, AddRouteTableIds=[b], RemoveRouteTableIds=[a])
    assert list_routes(ec2, a) == {} and list_routes(ec2, b) == {"pl-63a5400a": eid}
    assert seen(ec2, eid)["RouteTableIds"] == [b]
    ec2.delete_route_table(RouteTableId=b)
    assert seen(ec2, eid)["RouteTableIds"] == []
    ec2.modify_vpc_endpoint(VpcEndpointId=eid, AddRouteTableIds=[a])
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[eid])["Unsuccessful"] == []
    assert list_routes(ec2, a) == {}
    fails("InvalidVpcEndpointId.NotFound", seen, ec2, eid)
    [error] = ec2.delete_vpc_endpoints(VpcEndpointIds=[eid])["Unsuccessful"]
    assert error["ResourceId"] == eid and error["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"


def test_tables_of_a_gateway(ec2, vpc):
    elsewhere = make_table(ec2, make_vpc(ec2))
    fails("InvalidParameter", gateway, ec2, vpc, RouteTableIds=[elsewhere])
    fails("InvalidRouteTableID.NotFound", gateway, ec2, vpc, RouteTableIds=["rtb-0123456789abcdef0"])
    e = gateway(ec2, vpc)["VpcEndpointId"]
    fails("InvalidParameter", ec2.modify_vpc_endpoint, VpcEndpointId=e, RemoveRouteTableIds=[make_table(ec2, vpc)])
    fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc)


def test_policies(ec2, vpc):
    e = gateway(ec2, vpc, PolicyDocument=POLICY)["VpcEndpointId"]
    assert json.loads(seen(ec2, e)["PolicyDocument"]) == json.loads(POLICY)
    ec2.modify_vpc_endpoint(VpcEndpointId=e, ResetPolicy=True)
    assert json.loads(seen(ec2, e)["PolicyDocument"])["Statement"][0]["Action"] == "*"
    ec2.modify_vpc_endpoint(VpcEndpointId=e, PolicyDocument=POLICY)
    assert json.loads(seen(ec2, e)["PolicyDocument"]) == json.loads(POLICY)
    fails("InvalidPolicyDocument", ec2.modify_vpc_endpoint, VpcEndpointId=e, PolicyDocument="{")
    fails("InvalidPolicyDocument", ec2.modify_vpc_endpoint, VpcEndpointId=e, PolicyDocument='{"Statement": 5}')
    fails("InvalidPolicyDocument", gateway, ec2, vpc, PolicyDocument=" " * 20481)
    fails("InvalidParameterCombination", ec2.modify_vpc_endpoint, VpcEndpointId=e, PolicyDocument=POLICY, ResetPolicy=True)


def test_an_interface_endpoint_has_interfaces(ec2, vpc):
    a = make_subnet(ec2, vpc, "10.0.1.0/24", AvailabilityZone="us-east-1a")
    b = make_subnet(ec2, vpc, "10.0.2.0/24", AvailabilityZone="us-east-1b")
    also_a = make_subnet(ec2, vpc, "10.0.3.0/24", AvailabilityZone="us-east-1a")
    gid = ec2.create_security_group(GroupName="g", Description="x", VpcId=vpc)["GroupId"]
    e = interface(ec2, vpc, SubnetIds=[a], SecurityGroupIds=[gid])
    eid = e["VpcEndpointId"]
    assert (e["State"], e["SubnetIds"], e["Groups"]) == ("available", [a], [{"GroupId": gid, "GroupName": "g"}])
    [ni] = ec2.describe_network_interfaces(NetworkInterfaceIds=e["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert (ni["InterfaceType"], ni["Status"], ni["RequesterManaged"]) == ("vpc_endpoint", "in-use", True)
    assert ni["Description"] == f"VPC Endpoint Interface {eid}" and ni["Groups"][0]["GroupId"] == gid
    for call in (ec2.delete_network_interface, ec2.reset_network_interface_attribute):
        more = {"SourceDestCheck": "true"} if call == ec2.reset_network_interface_attribute else {}
        fails("OperationNotPermitted", call, NetworkInterfaceId=ni["NetworkInterfaceId"], **more)
    fails("OperationNotPermitted", ec2.detach_network_interface, AttachmentId=ni["Attachment"]["AttachmentId"])
    fails("DuplicateSubnetsInSameZone", ec2.modify_vpc_endpoint, VpcEndpointId=eid, AddSubnetIds=[also_a])
    ec2.modify_vpc_endpoint(VpcEndpointId=eid, AddSubnetIds=[b], RemoveSubnetIds=[a])
    now = seen(ec2, eid)
    assert now["SubnetIds"] == [b] and len(now["NetworkInterfaceIds"]) == 1
    fails("InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces, NetworkInterfaceIds=e["NetworkInterfaceIds"])
    fails("DependencyViolation", ec2.delete_security_group, GroupId=gid)
    other = ec2.create_security_group(GroupName="h", Description="x", VpcId=vpc)["GroupId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=eid, AddSecurityGroupIds=[other], RemoveSecurityGroupIds=[gid])
    [ni] = ec2.describe_network_interfaces(NetworkInterfaceIds=now["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert [g["GroupId"] for g in ni["Groups"]] == [other]
    fails("InvalidParameter", ec2.modify_vpc_endpoint, VpcEndpointId=eid, RemoveSecurityGroupIds=[other])
    fails("DependencyViolation", ec2.delete_subnet, SubnetId=b)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[eid])
    ec2.delete_subnet(SubnetId=b)
    for group in (gid, other):
        ec2.delete_security_group(GroupId=group)


def test_names(ec2, vpc):
    e = interface(ec2, vpc)
    own, private = e["DnsEntries"]
    assert own["DnsName"].startswith(e["VpcEndpointId"] + "-") and own["DnsName"].endswith(".kms.us-east-1.vpce.amazonaws.com")
    assert own["HostedZoneId"] == "Z7HUB22UULQXV"
    assert e["PrivateDnsEnabled"] and private["DnsName"] == "kms.us-east-1.amazonaws.com"
    fails("InvalidParameter", interface, ec2, vpc,
          message=f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                  f"kms.us-east-1.amazonaws.com in the VPC {vpc}")
    second = interface(ec2, vpc, PrivateDnsEnabled=False)
    assert len(second["DnsEntries"]) == 1
    ec2.modify_vpc_endpoint(VpcEndpointId=e["VpcEndpointId"], PrivateDnsEnabled=False)
    ec2.modify_vpc_endpoint(VpcEndpointId=second["VpcEndpointId"], PrivateDnsEnabled=True)
    assert len(seen(ec2, second["VpcEndpointId"])["DnsEntries"]) == 2
    plain = make_vpc(ec2)
    fails("InvalidParameter", interface, ec2, plain,
          message=f"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {plain}")
    interface(ec2, plain, PrivateDnsEnabled=False)
    bucket = interface(ec2, vpc, service=S3)["DnsEntries"]
    assert bucket[0]["DnsName"].startswith("*.") and bucket[2]["DnsName"] == "*.s3.us-east-1.amazonaws.com"


def test_what_has_no_endpoint(ec2, vpc):
    fails("InvalidServiceName", interface, ec2, vpc, service="com.amazonaws.us-east-1.dynamodb",
          message="The Vpc Endpoint Service 'com.amazonaws.us-east-1.dynamodb' does not exist")
    fails("InvalidServiceName", interface, ec2, vpc, service="com.amazonaws.eu-west-1.kms")
    fails("InvalidParameter", ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=KMS)  # no gateway leads there
    fails("InvalidParameter", ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=KMS, VpcEndpointType="GatewayLoadBalancer")
    fails("InvalidParameter", gateway, ec2, vpc, SubnetIds=[make_subnet(ec2, vpc)])
    fails("InvalidParameter", interface, ec2, vpc, RouteTableIds=[make_table(ec2, vpc)])
    fails("InvalidParameter", interface, ec2, vpc, IpAddressType="dualstack")
    fails("InvalidVpcID.NotFound", gateway, ec2, "vpc-0123456789abcdef0")


def test_services(ec2):
    got = ec2.describe_vpc_endpoint_services()
    assert {"com.amazonaws.us-east-1." + s for s in ("s3", "kms", "ec2", "sts", "ssm", "secretsmanager")} <= set(got["ServiceNames"])
    both = ec2.describe_vpc_endpoint_services(ServiceNames=[S3])["ServiceDetails"]
    assert [d["ServiceType"][0]["ServiceType"] for d in both] == ["Gateway", "Interface"]
    [kms] = ec2.describe_vpc_endpoint_services(Filters=filters(service_name=KMS))["ServiceDetails"]
    assert (kms["Owner"], kms["PrivateDnsName"], kms["AcceptanceRequired"]) == ("amazon", "kms.us-east-1.amazonaws.com", False)
    assert "us-east-1a" in kms["AvailabilityZones"] and kms["BaseEndpointDnsNames"] == ["kms.us-east-1.vpce.amazonaws.com"]
    gateways = ec2.describe_vpc_endpoint_services(Filters=filters(service_type="Gateway"))["ServiceNames"]
    assert gateways == [S3]
    fails("InvalidServiceName", ec2.describe_vpc_endpoint_services, ServiceNames=["com.amazonaws.us-east-1.dynamodb"])


def test_filters(ec2, vpc):
    e = gateway(ec2, vpc, TagSpecifications=tagged("vpc-endpoint", a="b"))["VpcEndpointId"]
    interface(ec2, vpc)
    for f in ({"service_name": S3}, {"vpc_endpoint_type": "Gateway"}, {"vpc_endpoint_id": e}, {"tag:a": "b"}):
        assert [x["VpcEndpointId"] for x in ec2.describe_vpc_endpoints(Filters=filters(vpc_id=vpc, **f))["VpcEndpoints"]] == [e]
    assert len(ec2.describe_vpc_endpoints(Filters=filters(vpc_id=vpc, vpc_endpoint_state="available"))["VpcEndpoints"]) == 2


def test_fifty_endpoints_a_vpc(ec2, vpc):
    for _ in range(50):
        interface(ec2, vpc, PrivateDnsEnabled=False)
    fails("VpcEndpointLimitExceeded", interface, ec2, vpc, PrivateDnsEnabled=False)
