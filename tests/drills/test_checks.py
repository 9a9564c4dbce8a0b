# SPDX-License-Identifier: Apache-2.0
"""Status checks that check: an instance whose init stands still is impaired within two periods, and well again when it
goes on; where nobody can ask, nothing is said."""
import os
import signal
import subprocess
import sys

import pytest
from region import Region, clean_env, program, wait_for

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sdk"))
from ec2_machines import end, guest_init, launch, wait_state  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="looks into processes of others")


@pytest.fixture(scope="module")
def region():
    with Region() as r:
        yield r


@pytest.fixture(scope="module")
def instance(region):
    ec2 = region.client("ec2")
    i, = launch(ec2)
    wait_state(ec2, i, "running")
    wait_for(lambda: status(ec2, i) == ("ok", "ok"), 60, "checks are passed")
    yield i
    end(ec2, i)


def status(ec2, i):
    s = ec2.describe_instance_status(InstanceIds=[i])["InstanceStatuses"][0]
    return s["InstanceStatus"]["Status"], s["SystemStatus"]["Status"]


def standing(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        return f.read().rpartition(")")[2].split()[0] == "T"


def test_an_init_that_stands_still(region, instance):
    ec2 = region.client("ec2")
    init = guest_init(region, instance)
    assert status(ec2, instance) == ("ok", "ok")
    os.kill(init, signal.SIGSTOP)
    try:
        wait_for(lambda: status(ec2, instance) == ("impaired", "ok"), 60, "the instance check fails")
        [detail] = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"][0]["InstanceStatus"]["Details"]
        assert (detail["Name"], detail["Status"]) == ("reachability", "failed") and detail["ImpairedSince"]
        assert standing(init), "it stood still all the while"
        shown = subprocess.run([program(), "status", f"--data={region.data}"], env=clean_env(), capture_output=True,
                               text=True, check=False).stdout
    finally:
        os.kill(init, signal.SIGCONT)
    assert f"{instance}  running   instance check impaired, system check ok" in shown
    wait_for(lambda: status(ec2, instance) == ("ok", "ok"), 60, "it is well again")


def test_nobody_to_ask(region, instance):
    """The agent is killed: nothing is known until another is there, and the instance goes on."""
    ec2 = region.client("ec2")
    init = guest_init(region, instance)
    os.kill(region.running("agent"), signal.SIGKILL)
    wait_for(lambda: status(ec2, instance) == ("ok", "ok"), 60, "the next agent knows it")
    assert guest_init(region, instance) == init, "it was not started again"
