# SPDX-License-Identifier: Apache-2.0
"""So many of each, and no more; what has ended is forgotten."""
import base64

import pytest

from ec2_machines import end, image, launch, seen, until, wait_state
from ec2_util import account_number, ec2, ec2_of, fails, make_subnet, make_vpc, raw  # noqa: F401


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
    # Asked for from the other side, it may not be accepted.
    asked = ec2.create_vpc_peering_connection(VpcId=make_vpc(ec2, "10.3.0.0/24"), PeerVpcId=a)["VpcPeeringConnection"]
    fails("ActiveVpcPeeringConnectionPerVpcLimitExceeded", ec2.accept_vpc_peering_connection,
          VpcPeeringConnectionId=asked["VpcPeeringConnectionId"])
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=asked["VpcPeeringConnectionId"])


S3 = "com.amazonaws.us-east-1.s3"


def test_gateway_endpoints_of_an_account(region, ec2):
    vpc = make_vpc(ec2)
    made = [ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3)["VpcEndpoint"]["VpcEndpointId"] for _ in range(20)]
    other = make_vpc(ec2, "10.1.0.0/16")
    fails("VpcEndpointLimitExceeded", ec2.create_vpc_endpoint, VpcId=other, ServiceName=S3)
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, VpcEndpointType="Interface", PrivateDnsEnabled=False)  # they are not counted together
    theirs = ec2_of(region, account_number())
    theirs.create_vpc_endpoint(VpcId=make_vpc(theirs), ServiceName=S3)
    ec2.delete_vpc_endpoints(VpcEndpointIds=made[:1])
    ec2.create_vpc_endpoint(VpcId=other, ServiceName=S3)


def test_policy_of_an_endpoint(ec2):
    vpc = make_vpc(ec2)
    policy = lambda n: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}'.ljust(n)  # noqa: E731
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=S3, PolicyDocument=policy(20480))
    fails("InvalidPolicyDocument", ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=S3, PolicyDocument=policy(20481))


def test_ids_and_resources_of_a_call(ec2):
    vpc = make_vpc(ec2)
    assert len(ec2.describe_vpcs(VpcIds=[vpc] * 1000)["Vpcs"]) == 1
    fails("InvalidParameterValue", ec2.describe_vpcs, VpcIds=[vpc] * 1001)
    tags = [{"Key": "a", "Value": "b"}]
    ec2.create_tags(Resources=[vpc] * 1000, Tags=tags)
    fails("InvalidParameterValue", ec2.create_tags, Resources=[vpc] * 1001, Tags=tags)
    ec2.delete_tags(Resources=[vpc] * 1000, Tags=tags)
    fails("InvalidParameterValue", ec2.delete_tags, Resources=[vpc] * 1001, Tags=tags)


def test_instances_of_a_call(ec2):
    instance = "i-0123456789abcdef0"
    for name in ("describe_instances", "describe_instance_status", "describe_instance_credit_specifications", "start_instances",
                 "stop_instances", "reboot_instances", "terminate_instances", "monitor_instances", "unmonitor_instances"):
        fails("InvalidInstanceID.NotFound", getattr(ec2, name), InstanceIds=[instance] * 1000)
        fails("InvalidParameterValue", getattr(ec2, name), InstanceIds=[instance] * 1001)
    one = {"InstanceId": "i-0123456789abcdef0", "CpuCredits": "standard"}
    done = ec2.modify_instance_credit_specification(InstanceCreditSpecifications=[one] * 1000)
    assert len(done["UnsuccessfulInstanceCreditSpecifications"]) == 1000
    fails("InvalidParameterValue", ec2.modify_instance_credit_specification, InstanceCreditSpecifications=[one] * 1001)


def test_images_of_a_call(ec2):
    one = image(ec2)
    assert [i["ImageId"] for i in ec2.describe_images(ImageIds=[one] * 1000)["Images"]] == [one]
    fails("InvalidParameterValue", ec2.describe_images, ImageIds=[one] * 1001)


def test_entries_of_a_prefix_list_in_a_call(ec2):
    entries = [{"Cidr": f"10.{i}.0.0/16", "Description": "x" * 255} for i in range(101)]
    make = lambda entries: ec2.create_managed_prefix_list(  # noqa: E731
        PrefixListName="l", MaxEntries=200, AddressFamily="IPv4", Entries=entries)["PrefixList"]["PrefixListId"]
    fails("InvalidParameterValue", make, entries)
    made = make(entries[:100])
    change = lambda **kw: ec2.modify_managed_prefix_list(PrefixListId=made, CurrentVersion=1, **kw)  # noqa: E731
    fails("InvalidParameterValue", change, AddEntries=[{"Cidr": f"11.{i}.0.0/16"} for i in range(101)])
    fails("InvalidParameterValue", change, RemoveEntries=[{"Cidr": e["Cidr"]} for e in entries])
    fails("InvalidParameterValue", change, AddEntries=[{"Cidr": "11.0.0.0/8", "Description": "x" * 256}])
    assert change(RemoveEntries=[{"Cidr": e["Cidr"]} for e in entries[:100]])["PrefixList"]["Version"] == 2


def test_mappings_of_an_image(ec2):
    mappings = [{"DeviceName": f"/dev/xvd{a}{b}", "NoDevice": ""} for a in "bc" for b in "abcdefghijklmnopqrstu"]
    make = lambda n: ec2.register_image(Name="mapped", RootDeviceName="/dev/xvda", VirtualizationType="hvm",  # noqa: E731
                                        BlockDeviceMappings=mappings[:n])
    assert "root snapshot" in fails("InvalidBlockDeviceMapping", make, 40)
    assert "40" in fails("InvalidBlockDeviceMapping", make, 41)
    create = lambda n: ec2.create_image(Name="mapped", InstanceId="i-0123456789abcdef0",  # noqa: E731
                                        BlockDeviceMappings=mappings[:n])
    fails("InvalidInstanceID.NotFound", create, 40)
    fails("InvalidBlockDeviceMapping", create, 41)


def test_volumes_of_an_instance(ec2):
    """As many as its type may have, its root among them; by a launch or one by one."""
    mapping = [{"DeviceName": f"/dev/xvdb{c}", "Ebs": {"VolumeSize": 1}} for c in "abcdefghijklmnopqrstuvwxyz0"[:26]]
    more = [{"DeviceName": "/dev/xvdca", "Ebs": {"VolumeSize": 1}}]
    fails("AttachmentLimitExceeded", launch, ec2, BlockDeviceMappings=mapping + more)
    i, = launch(ec2, BlockDeviceMappings=mapping)
    zone = seen(ec2, i)["Placement"]["AvailabilityZone"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1)["VolumeId"]
    available = lambda: ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available"  # noqa: E731
    until(available, "the volume")
    place = {"InstanceId": i, "VolumeId": volume, "Device": "/dev/xvdca"}
    fails("AttachmentLimitExceeded", ec2.attach_volume, **place)
    assert available()
    end(ec2, i)
    ec2.delete_volume(VolumeId=volume)


def test_accounts_of_a_snapshot(region, ec2):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    until(lambda: ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available", "the volume")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    until(lambda: ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed", "the snapshot")
    accounts = [account_number() for _ in range(201)]
    for account in accounts:
        raw(region, account, "DescribeVpcs", MaxResults="5")  # makes it
    share = lambda ids: ec2.modify_snapshot_attribute(  # noqa: E731
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", UserIds=ids)
    fails("ResourceLimitExceeded", share, accounts)
    share(accounts[:200])
    fails("ResourceLimitExceeded", share, accounts[200:])
    shared = ec2.describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")["CreateVolumePermissions"]
    assert len(shared) == 200
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="remove",
                                  UserIds=accounts[:1])
    share(accounts[200:])


def test_data_of_a_template(ec2):
    tags = lambda n, last: [{"ResourceType": "instance", "Tags": [  # noqa: E731
        {"Key": f"{i:04}".ljust(100, "k"), "Value": "v" * (200 if i else last)} for i in range(n)]}]
    make = lambda **data: ec2.create_launch_template(LaunchTemplateName="large", LaunchTemplateData=data)  # noqa: E731
    fails("InvalidParameterValue", make, TagSpecifications=tags(210, 100))
    make(TagSpecifications=tags(190, 100))
    fails("InvalidParameterValue", ec2.create_launch_template_version, LaunchTemplateName="large",
          LaunchTemplateData={"TagSpecifications": tags(210, 100)})


def test_user_data_of_a_stopped_instance(ec2):
    i, = launch(ec2)
    wait_state(ec2, i, "running")
    ec2.stop_instances(InstanceIds=[i], Force=True)
    wait_state(ec2, i, "stopped")
    put = lambda n: ec2.modify_instance_attribute(InstanceId=i, UserData={"Value": b"x" * n})  # noqa: E731
    put(16384)
    fails("InvalidParameterValue", put, 16385)
    kept = ec2.describe_instance_attribute(InstanceId=i, Attribute="userData")["UserData"]["Value"]
    assert len(base64.b64decode(kept)) == 16384
    end(ec2, i)


def test_a_resource_that_is_too_large(ec2):
    subnet = make_subnet(ec2, make_vpc(ec2))
    fails("ResourceLimitExceeded", ec2.create_network_interface, SubnetId=subnet, Description="x" * (256 << 10))
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


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
