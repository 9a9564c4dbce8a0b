# SPDX-License-Identifier: Apache-2.0
"""What the tests of instances share: images, launches, and waiting until what was asked for has happened."""
import contextlib
import os

from ec2_util import filters, make_subnet, make_vpc
from region import children, wait_for

PATIENCE = 120  # seconds, on a busy machine; nothing waits so long where it works


def until(fn, what="it", seconds=PATIENCE):
    """fn() until it is true; its value."""
    return wait_for(fn, seconds=seconds, what=what)


def image(ec2, architecture="x86_64"):
    """A public image whose user is ec2-user."""
    found = ec2.describe_images(Owners=["amazon"], Filters=filters(architecture=architecture, name="al2023-ami-2023*"))["Images"]
    return max(found, key=lambda i: i["CreationDate"])["ImageId"]


def launch(ec2, n=1, **kw):
    kw = {"ImageId": image(ec2), "InstanceType": "t3.micro", "MinCount": n, "MaxCount": n, **kw}
    return [i["InstanceId"] for i in ec2.run_instances(**kw)["Instances"]]


def seen(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def state(ec2, instance):
    return seen(ec2, instance)["State"]["Name"]


def wait_state(ec2, instance, *wanted):
    def ask():
        d = seen(ec2, instance)
        return d if d["State"]["Name"] in wanted else None
    return until(ask, f"{instance} {wanted}, {seen(ec2, instance)['State']} {seen(ec2, instance).get('StateReason')}")


def end(ec2, *instances):
    """Terminated, whatever protects them."""
    for i in instances:
        with contextlib.suppress(ec2.exceptions.ClientError):
            ec2.modify_instance_attribute(InstanceId=i, DisableApiStop={"Value": False})
            ec2.modify_instance_attribute(InstanceId=i, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=list(instances))
    for i in instances:
        wait_state(ec2, i, "terminated")


def network(ec2, block="10.0.0.0/16", subnets=1):
    """A VPC of its own: (vpc, subnet…)."""
    vpc = make_vpc(ec2, block)
    head = block.rsplit(".", 2)[0]
    return vpc, *[make_subnet(ec2, vpc, f"{head}.{i + 1}.0/24", AvailabilityZone="us-east-1a") for i in range(subnets)]


def inits(pid):
    """Processes below that are the first of their pid namespace."""
    found = []
    for child in children(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            with open(f"/proc/{child}/status", encoding="utf-8") as f:
                spid = next(line for line in f if line.startswith("NSpid:")).split()
            if len(spid) > 3 and spid[-1] == "1":
                found.append(child)
    return found


def guest_init(region, instance):
    """The first process of a guest, as the host numbers it; for root."""
    with open(os.path.join(region.data, "run", "instances.d", instance, "lock"), encoding="utf-8") as f:
        keeper = int(f.read().split()[0])
    return wait_for(lambda: inits(keeper), what="the guest's init is there")[0]
