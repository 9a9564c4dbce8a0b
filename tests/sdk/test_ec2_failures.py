# SPDX-License-Identifier: Apache-2.0
"""Launches that fail: an image that cannot run, user data that ends badly, a disk that is full, a host that has no
namespaces. What is said of them is AWS's, and nothing of them is left."""
import contextlib
import os
import pathlib
import subprocess

import pytest
from botocore.exceptions import ClientError
from ec2_machines import end, image, launch, seen, until, wait_state
from ec2_util import fails, filters
from region import Region, clean_env, program
from test_image_import import BASE, DIR, LINK, tar

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="mounts file systems")


def nephele(region, command, *argv):
    return subprocess.run([program(), command, f"--data={region.data}", *argv], env=clean_env(), capture_output=True, text=True,
                          timeout=60, check=False)


def folders(region):
    """Of volumes and of instances, on the disk."""
    found = [n for n in os.listdir(os.path.join(region.data, "volumes")) if n.startswith("vol-")]
    return found + [n for n in os.listdir(os.path.join(region.data, "run", "instances.d")) if n.startswith("i-")]


def assert_nothing_is_left(region, ec2, instance, disk, interface):
    d = seen(ec2, instance)
    assert d["BlockDeviceMappings"] == [] and d["NetworkInterfaces"] == [] and "VpcId" not in d
    fails("InvalidVolume.NotFound", ec2.describe_volumes, VolumeIds=[disk])
    fails("InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces, NetworkInterfaceIds=[interface])
    until(lambda: not {instance, disk} & set(folders(region)), "its folders are gone")


def parts(d):
    return d["InstanceId"], d["BlockDeviceMappings"][0]["Ebs"]["VolumeId"], d["NetworkInterfaces"][0]["NetworkInterfaceId"]


@pytest.fixture
def imported(region, unique, tmp_path):
    """imported((name, what)…) is the image of a tar file, imported under a name of its own."""
    made = []

    def make(*entries):
        name = unique("failing")
        (tmp_path / "a.tar").write_bytes(tar(*BASE, *entries))
        done = nephele(region, "image", "import", name, str(tmp_path / "a.tar"))
        assert done.returncode == 0, done.stderr
        made.append(name)
        make.name = name
        (found,) = region.client("ec2").describe_images(Filters=filters(name=name))["Images"]
        return found["ImageId"]
    yield make
    for name in made:
        nephele(region, "image", "remove", name)


@pytest.fixture(scope="module", autouse=True)
def crammed(tmp_path_factory):
    """A region where volumes have a file system of their own, which is full, and an instance that was launched there: its
    end takes a while, in which other tests run. (region, volumes, what it had)"""
    if os.geteuid() != 0:
        yield None
        return
    data = tmp_path_factory.mktemp("crammed") / "data"
    volumes = data / "volumes"
    volumes.mkdir(parents=True, mode=0o700)
    data.chmod(0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "crammed", volumes], check=True)
    try:
        with Region(data=str(data), dev=True) as region:
            with contextlib.suppress(OSError), open(volumes / "ballast", "wb", buffering=0) as f:
                while True:
                    f.write(bytes(4096))
            ec2 = region.client("ec2")
            yield region, volumes, parts(seen(ec2, launch(ec2)[0]))
    finally:
        subprocess.run(["umount", "--lazy", volumes], check=True)


def test_images_that_cannot_run(region, client, imported):
    """Where their folders should be is something else: the guest cannot even begin. One that has run before is stopped."""
    ec2 = client("ec2")
    once, = launch(ec2, ImageId=imported(("proc", (DIR,))))
    wait_state(ec2, once, "running")
    ec2.stop_instances(InstanceIds=[once], Force=True)
    wait_state(ec2, once, "stopped")
    proc = os.path.join(region.data, "images", imported.name, "rootfs", "proc")
    os.rmdir(proc)
    pathlib.Path(proc).write_text("a file")
    ec2.start_instances(InstanceIds=[once])
    broken = {imported(("proc", b"a file")): "/proc", imported(("dev", (LINK, "/bin"))): "/dev"}
    made = {launch(ec2, ImageId=ami)[0]: word for ami, word in broken.items()}
    had = [parts(seen(ec2, i)) for i in made]
    for i, word in made.items():
        d = wait_state(ec2, i, "terminated")
        assert d["StateReason"]["Code"] == "Server.InternalError" and d["StateTransitionReason"] == "Server.InternalError"
        assert d["StateReason"]["Message"].startswith("Server.InternalError: Internal error on launch: ") and word in d["StateReason"]["Message"]
    for one in had:
        assert_nothing_is_left(region, ec2, *one)
    d = wait_state(ec2, once, "stopped")
    assert d["StateReason"]["Code"] == "Server.InternalError" and "/proc" in d["StateReason"]["Message"]
    assert len(d["BlockDeviceMappings"]) == len(d["NetworkInterfaces"]) == 1
    os.unlink(proc)
    os.mkdir(proc)
    ec2.start_instances(InstanceIds=[once])
    assert "StateReason" not in wait_state(ec2, once, "running")
    end(ec2, once)


def test_an_image_whose_shell_cannot_run(region, client, imported):
    """It boots, since its init is the region's; its user data fails, and that is told everywhere."""
    ec2 = client("ec2")
    i, = launch(ec2, ImageId=imported(), UserData="#!/bin/sh\necho never said\n")
    wait_state(ec2, i, "running")
    until(lambda: f"{i}  running" in nephele(region, "status").stdout
          and "user data FAILED (exit status 127)" in nephele(region, "status").stdout, "status says it")
    text = nephele(region, "console", i).stdout
    assert "cannot run " in text and "part-001 failed with status 127" in text and "never said" not in text
    end(ec2, i)


def test_user_data_that_fails(region, client):
    """In its console output, by the API and the command, in the log inside, and in status; the instance runs."""
    ec2 = client("ec2")
    i, = launch(ec2, UserData="#!/bin/sh\necho before it failed\nexit 42\n")
    wait_state(ec2, i, "running")
    until(lambda: "user data FAILED (exit status 42)" in nephele(region, "status").stdout, "status says it")
    for text in (ec2.get_console_output(InstanceId=i, Latest=True)["Output"], nephele(region, "console", i).stdout):
        assert "before it failed" in text and "part-001 failed with status 42" in text
    assert "before it failed" in nephele(region, "exec", i, "cat", "/var/log/cloud-init-output.log").stdout
    assert seen(ec2, i)["State"]["Name"] == "running"
    end(ec2, i)


@root_only
def test_no_room_for_volumes(crammed):
    region, volumes, had = crammed
    ec2 = region.client("ec2")
    d = wait_state(ec2, had[0], "terminated")
    assert d["StateReason"]["Code"] == "Server.InternalError" and "No space left" in d["StateReason"]["Message"], d["StateReason"]
    assert_nothing_is_left(region, ec2, *had)
    # Once there is room, what was asked for meanwhile runs.
    i, = launch(ec2)
    until(lambda: "No space left" in nephele(region, "status").stdout, "it is told why it waits")
    (volumes / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=256m", volumes], check=True)
    wait_state(ec2, i, "running")
    end(ec2, i)


WITHOUT = 'for n in user mnt net pid; do echo 0 > /proc/sys/user/max_${n}_namespaces; done; exec "$@"'


class Confined(Region):
    """In a user namespace that may make no others."""

    def argv(self):
        return ["unshare", "-Ur", "sh", "-ec", WITHOUT, "sh", *super().argv()]


def test_a_host_without_namespaces():
    """RunInstances says so, and the rest serves."""
    with Confined(dev=True) as region:
        ec2 = region.client("ec2")
        ami = image(ec2)

        def refused():
            """Not before the agent has said so: one that is just away may have namespaces."""
            try:
                end(ec2, *launch(ec2, ImageId=ami))
            except ClientError as e:
                return e.response["Error"]

        error = until(refused, "the agent has said what it cannot")
        assert error["Code"] == "UnsupportedOperation" and "namespace" in error["Message"]
        assert error["Message"].startswith("This host cannot run instances: ")
        assert {i["State"]["Name"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]} <= {"terminated"}
        assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
        assert ec2.describe_volumes()["Volumes"] == []
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")
        with pytest.raises(ClientError):
            launch(ec2, ImageId=ami)
