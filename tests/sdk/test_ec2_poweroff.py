# SPDX-License-Identifier: Apache-2.0
"""A guest that ends or begins itself again: stopped, terminated or rebooted, as the words inside and the shutdown
behaviour say; user data runs once whatever comes."""
import subprocess

import pytest
from ec2_machines import end, launch, seen, until, wait_state
from ec2_util import fails, filters
from region import clean_env, program

ONCE = "#!/bin/sh\necho ran >> /srv/runs\necho the user data is through\n"
DONE = "grep -q phase=done /run/cloud-init/nephele.status"  # the boot is through, user data or none
HALTED = {"Code": "Client.InstanceInitiatedShutdown", "Message": "Client.InstanceInitiatedShutdown: Instance initiated shutdown"}


def sh(region, instance, script):
    """(status, output); what ends the instance may be cut off."""
    done = subprocess.run([program(), "exec", f"--data={region.data}", instance, "--", "/bin/sh", "-c", script], env=clean_env(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def ec2(region):
    return region.client("ec2")


def ready(region, ec2, i):
    wait_state(ec2, i, "running")
    until(lambda: "ran" in sh(region, i, "cat /srv/runs")[1], "its user data")


@pytest.fixture(scope="module")
def machine(region, ec2):
    i, = launch(ec2, UserData=ONCE)
    ready(region, ec2, i)
    yield i
    end(ec2, i)


@pytest.mark.parametrize("words", ["reboot", "shutdown -r now", "systemctl reboot"])
def test_a_reboot_inside(region, ec2, machine, words):
    before = seen(ec2, machine)
    assert sh(region, machine, "touch /run/mark /srv/mark")[0] == 0
    sh(region, machine, words)
    until(lambda: sh(region, machine, f"test ! -e /run/mark && {DONE}") == (0, ""), "another boot")
    assert sh(region, machine, "ls /srv/mark; cat /srv/runs") == (0, "/srv/mark\nran\n")
    now = seen(ec2, machine)
    assert now["State"]["Name"] == "running" and now["PublicIpAddress"] == before["PublicIpAddress"]
    assert now["LaunchTime"] == before["LaunchTime"] and "StateReason" not in now
    until(lambda: ec2.describe_instance_status(InstanceIds=[machine])["InstanceStatuses"][0]["InstanceStatus"]["Status"] == "ok",
          "its check")


@pytest.mark.parametrize("words", ["poweroff", "shutdown -h now", "systemctl poweroff"])
def test_an_end_inside(region, ec2, machine, words):
    sh(region, machine, words)
    d = wait_state(ec2, machine, "stopped")
    assert d["State"]["Code"] == 80 and d["StateReason"] == HALTED and "PublicIpAddress" not in d
    assert len(d["BlockDeviceMappings"]) == 1
    ec2.start_instances(InstanceIds=[machine])
    d = wait_state(ec2, machine, "running")
    assert "StateReason" not in d and d["PublicIpAddress"]
    until(lambda: sh(region, machine, f"{DONE} && cat /srv/runs") == (0, "ran\n"), "its disk")


def test_an_end_inside_that_terminates(region, ec2):
    """Termination protection is of the API alone."""
    i, = launch(ec2, UserData=ONCE, InstanceInitiatedShutdownBehavior="terminate", DisableApiTermination=True)
    ready(region, ec2, i)
    volume = seen(ec2, i)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    fails("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[i])
    sh(region, i, "poweroff")
    d = wait_state(ec2, i, "terminated")
    assert d["StateReason"] == HALTED and d["BlockDeviceMappings"] == []
    assert ec2.describe_volumes(Filters=filters(volume_id=volume))["Volumes"] == []


def test_a_reboot_does_not_terminate(region, ec2):
    i, = launch(ec2, UserData=ONCE, InstanceInitiatedShutdownBehavior="terminate")
    ready(region, ec2, i)
    sh(region, i, "touch /run/mark; reboot")
    until(lambda: sh(region, i, f"test ! -e /run/mark && {DONE} && cat /srv/runs") == (0, "ran\n"), "another boot")
    assert seen(ec2, i)["State"]["Name"] == "running"
    end(ec2, i)


MARK = "/var/lib/cloud/instance/sem/config_scripts_user"


def test_user_data_that_ends_its_instance(region, ec2):
    """A job that is done: stopped or terminated as is said; once it is started again, it stays. AWS: user data runs
    once, and again where the mark of cloud-init's module is removed."""
    words = "#!/bin/sh\necho ran >> /srv/runs\nshutdown -h now\nsleep 1000\n"
    job, = launch(ec2, UserData=words, InstanceInitiatedShutdownBehavior="terminate")
    kept, = launch(ec2, UserData=words)
    assert wait_state(ec2, job, "terminated")["StateReason"] == HALTED
    assert wait_state(ec2, kept, "stopped")["StateReason"] == HALTED
    ec2.start_instances(InstanceIds=[kept])
    wait_state(ec2, kept, "running")
    until(lambda: sh(region, kept, f"{DONE} && cat /srv/runs") == (0, "ran\n"), "its boot")
    assert seen(ec2, kept)["State"]["Name"] == "running"
    sh(region, kept, f"rm {MARK}; reboot")
    assert wait_state(ec2, kept, "stopped")["StateReason"] == HALTED
    end(ec2, kept)


def test_user_data_of_later(region, ec2):
    """AWS: user data that a stopped instance is given is there to be read, but has had its first boot."""
    i, = launch(ec2)
    until(lambda: sh(region, i, DONE)[0] == 0, "its boot")
    ec2.stop_instances(InstanceIds=[i])
    wait_state(ec2, i, "stopped")
    ec2.modify_instance_attribute(InstanceId=i, UserData={"Value": b"#!/bin/sh\ntouch /srv/later\n"})
    ec2.start_instances(InstanceIds=[i])
    wait_state(ec2, i, "running")
    until(lambda: sh(region, i, DONE)[0] == 0, "its boot")
    assert sh(region, i, "test -e /srv/later || grep -c later /var/lib/cloud/instance/user-data.txt") == (0, "1\n")
    end(ec2, i)
