# SPDX-License-Identifier: Apache-2.0
"""Network interfaces on instances: attached, detached, gone with them or left."""
import pytest

from ec2_machines import end, launch, network, wait_state
from ec2_util import ec2, fails, filters, make_subnet  # noqa: F401


@pytest.fixture
def machine(ec2):
    """An instance in a VPC of its own: (vpc, subnet, instance)."""
    vpc, subnet = network(ec2)
    (i,) = launch(ec2, SubnetId=subnet)
    wait_state(ec2, i, "running")
    yield vpc, subnet, i
    end(ec2, i)


def make_eni(ec2, subnet, **more):
    return ec2.create_network_interface(SubnetId=subnet, **more)["NetworkInterface"]["NetworkInterfaceId"]


def eni(ec2, eid):
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[eid])["NetworkInterfaces"][0]


def of_instance(ec2, i):
    nics = ec2.describe_instances(InstanceIds=[i])["Reservations"][0]["Instances"][0]["NetworkInterfaces"]
    return {n["Attachment"]["DeviceIndex"]: n["NetworkInterfaceId"] for n in nics}


def test_attached_and_detached(region, ec2, machine):
    _, subnet, i = machine
    first, second = make_eni(ec2, subnet), make_eni(ec2, subnet)
    primary = of_instance(ec2, i)[0]
    at = ec2.attach_network_interface(NetworkInterfaceId=first, InstanceId=i, DeviceIndex=1)["AttachmentId"]
    e = eni(ec2, first)
    assert (e["Status"], e["Attachment"]["AttachmentId"], e["Attachment"]["InstanceId"]) == ("in-use", at, i)
    assert e["Attachment"]["Status"] == "attached" and not e["Attachment"]["DeleteOnTermination"]
    assert of_instance(ec2, i) == {0: primary, 1: first}
    assert [n["NetworkInterfaceId"] for n in ec2.describe_network_interfaces(
        Filters=filters(attachment__instance_id=i, attachment__device_index="1"))["NetworkInterfaces"]] == [first]
    fails("InvalidNetworkInterface.InUse", ec2.attach_network_interface, NetworkInterfaceId=first, InstanceId=i, DeviceIndex=2)
    fails("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=first,
          message=f"Network interface '{first}' is currently in use.")
    fails("AttachmentLimitExceeded", ec2.attach_network_interface, NetworkInterfaceId=second, InstanceId=i, DeviceIndex=2)
    fails("OperationNotPermitted", ec2.detach_network_interface, AttachmentId=eni(ec2, primary)["Attachment"]["AttachmentId"])
    ec2.detach_network_interface(AttachmentId=at, Force=True)
    assert eni(ec2, first)["Status"] == "available" and "Attachment" not in eni(ec2, first)
    fails("InvalidAttachmentID.NotFound", ec2.detach_network_interface, AttachmentId=at)
    # Unlike AWS, for who asks by its id: what Terraform's provider waits for.
    ended, = ec2.describe_network_interfaces(Filters=filters(attachment__attachment_id=at))["NetworkInterfaces"]
    assert ended["Attachment"]["Status"] == "detached" and ended["Status"] == "available"
    assert "Attachment" not in eni(ec2, ended["NetworkInterfaceId"])
    region.advance(11)
    assert ec2.describe_network_interfaces(Filters=filters(attachment__attachment_id=at))["NetworkInterfaces"] == []
    fails("InvalidParameterValue", ec2.attach_network_interface, NetworkInterfaceId=second, InstanceId=i, DeviceIndex=0,
          message=f"Instance '{i}' already has an interface attached at device index '0'.")
    for e in (first, second):
        ec2.delete_network_interface(NetworkInterfaceId=e)


def test_where_it_cannot_be_attached(ec2, machine):
    vpc, subnet, i = machine
    elsewhere = make_eni(ec2, make_subnet(ec2, vpc, "10.0.9.0/24", AvailabilityZone="us-east-1b"))
    fails("InvalidParameterCombination", ec2.attach_network_interface, NetworkInterfaceId=elsewhere, InstanceId=i, DeviceIndex=1,
          message="You may not attach a network interface to an instance if they are not in the same availability zone")
    other_vpc = make_eni(ec2, network(ec2, "10.5.0.0/16")[1])
    fails("InvalidParameterCombination", ec2.attach_network_interface, NetworkInterfaceId=other_vpc, InstanceId=i, DeviceIndex=1)
    mine = make_eni(ec2, subnet)
    fails("InvalidInstanceID.NotFound", ec2.attach_network_interface, NetworkInterfaceId=mine,
          InstanceId="i-0123456789abcdef0", DeviceIndex=1)
    fails("InvalidParameterValue", ec2.attach_network_interface, NetworkInterfaceId=mine, InstanceId=i, DeviceIndex=100)


def test_what_becomes_of_it_with_the_instance(ec2):
    _, subnet = network(ec2)
    keeps, goes = [], []
    for on in (False, True):
        (i,) = launch(ec2, SubnetId=subnet)
        wait_state(ec2, i, "running")
        e = make_eni(ec2, subnet)
        at = ec2.attach_network_interface(NetworkInterfaceId=e, InstanceId=i, DeviceIndex=1)["AttachmentId"]
        ec2.modify_network_interface_attribute(NetworkInterfaceId=e, Attachment={"AttachmentId": at, "DeleteOnTermination": on})
        assert eni(ec2, e)["Attachment"]["DeleteOnTermination"] is on
        (goes if on else keeps).append(e)
        end(ec2, i)
    assert eni(ec2, keeps[0])["Status"] == "available"
    fails("InvalidNetworkInterfaceID.NotFound", eni, ec2, goes[0])
