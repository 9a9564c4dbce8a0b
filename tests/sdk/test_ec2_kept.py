# SPDX-License-Identifier: Apache-2.0
"""What DescribeInstances and DescribeNetworkInterfaces say is kept as text: each thing that they tell of another
resource is told anew when that changes, and nothing else is after a restart, which keeps nothing."""
import json

from ec2_machines import end, launch, network, seen, wait_state
from ec2_util import filters
from region import Region

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def profile(iam, name):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def all_of(ec2):
    return (ec2.describe_instances()["Reservations"], ec2.describe_network_interfaces()["NetworkInterfaces"])


def test_what_changes_is_told():
    with Region(dev=True) as region:
        ec2, iam = region.client("ec2"), region.client("iam")
        vpc, subnet = network(ec2)
        ids = launch(ec2, 2, SubnetId=subnet, InstanceType="t3.micro")
        i = ids[0]
        wait_state(ec2, i, "running")
        eni = seen(ec2, i)["NetworkInterfaces"][0]["NetworkInterfaceId"]

        def net():
            return ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]

        def told(fn, instance=None, interface=None):
            """Both are asked before, so that there is something to be kept; fn changes what they tell."""
            was = (instance and instance(seen(ec2, i)), interface and interface(net()))
            fn()
            now = (instance and instance(seen(ec2, i)), interface and interface(net()))
            for a, b, asked in zip(was, now, (instance, interface)):
                assert asked is None or a != b, (a, b)

        told(lambda: ec2.create_tags(Resources=[i, eni], Tags=[{"Key": "k", "Value": "v"}]),
             lambda d: d.get("Tags"), lambda d: d.get("TagSet"))
        told(lambda: ec2.delete_tags(Resources=[i, eni]), lambda d: d.get("Tags"), lambda d: d.get("TagSet"))
        told(lambda: ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True}),
             lambda d: d["NetworkInterfaces"][0].get("PrivateDnsName"), lambda d: d.get("PrivateDnsName"))
        group = ec2.create_security_group(GroupName="second", Description="d", VpcId=vpc)["GroupId"]
        told(lambda: ec2.modify_instance_attribute(InstanceId=i, Groups=[group]),
             lambda d: d["SecurityGroups"], lambda d: d["Groups"])
        assert seen(ec2, i)["SecurityGroups"] == [{"GroupId": group, "GroupName": "second"}]
        told(lambda: ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Description={"Value": "new"}),
             lambda d: d["NetworkInterfaces"][0]["Description"], lambda d: d["Description"])
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        address = ec2.allocate_address()["AllocationId"]
        told(lambda: ec2.associate_address(AllocationId=address, NetworkInterfaceId=eni),
             lambda d: (d.get("PublicIpAddress"), d["PublicDnsName"]), lambda d: d.get("Association"))
        profile(iam, "kept")
        told(lambda: ec2.associate_iam_instance_profile(InstanceId=i, IamInstanceProfile={"Name": "kept"}),
             lambda d: d.get("IamInstanceProfile"))
        second = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        told(lambda: ec2.attach_network_interface(NetworkInterfaceId=second, InstanceId=i, DeviceIndex=1),
             lambda d: len(d["NetworkInterfaces"]))
        volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
        told(lambda: ec2.attach_volume(VolumeId=volume, InstanceId=i, Device="/dev/sdf"),
             lambda d: [m["DeviceName"] for m in d["BlockDeviceMappings"]])
        told(lambda: ec2.stop_instances(InstanceIds=[i]), lambda d: d["State"])
        wait_state(ec2, i, "stopped")
        ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
        told(lambda: ec2.modify_instance_attribute(InstanceId=i, InstanceType={"Value": "t3.small"}),
             lambda d: d["InstanceType"])

        # Filters look at what is computed, whether it is told from a text or not.
        address = seen(ec2, i)["NetworkInterfaces"][1]["PrivateIpAddress"]
        both = {"network-interface.private-ip-address": [address], "instance-state-name": ["stopped"]}
        for name, values in both.items():
            found = ec2.describe_instances(Filters=[{"Name": name, "Values": values}])["Reservations"]
            assert [x["InstanceId"] for r in found for x in r["Instances"]] == [i]
        assert ec2.describe_instances(Filters=filters(instance_state_name="stopped", group_name="none"))["Reservations"] == []
        assert ec2.describe_network_interfaces(Filters=filters(group_name="second", description="other"))["NetworkInterfaces"] == []

        wait_state(ec2, ids[1], "running")
        ec2.stop_instances(InstanceIds=ids[1:])
        wait_state(ec2, ids[1], "stopped")
        before = all_of(ec2)
        region.restart()
        ec2 = region.client("ec2")
        assert all_of(ec2) == before
        end(ec2, *ids)
