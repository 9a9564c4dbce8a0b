# SPDX-License-Identifier: Apache-2.0
"""Region, agent, or both are killed while instances start and stop: what is asked for in the end is what is, and
nothing is left of what was terminated."""
import os
import random
import signal
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sdk"))

from ec2_machines import image, seen, until, wait_state  # noqa: E402
from region import Region, wait_for  # noqa: E402

SEED = int(os.environ.get("NP_DRILL_SEED", "1"))
ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "2"))


def kill(region, *names):
    for name in names:
        try:
            os.kill(region.running(name), signal.SIGKILL)
        except (ProcessLookupError, AssertionError, TypeError):
            pass  # it is just being started again


def back(region):
    """A client, once the region answers again."""
    def answers():
        try:
            client = region.client("ec2")
            client.describe_instances()
            return client
        except Exception:  # noqa: BLE001 - whatever a client says of a region that is not there
            return None
    return wait_for(answers, 60, "the region's answer")


def left(region):
    """What the host still has of instances and volumes."""
    found = []
    for folder in ("run/instances.d", "volumes"):
        path = os.path.join(region.data, folder)
        found += [f"{folder}/{n}" for n in os.listdir(path) if n.startswith(("i-", "vol-"))] if os.path.isdir(path) else []
    return found


@pytest.mark.parametrize("victims", [("region",), ("agent",), ("region", "agent")])
def test_terminate_wins(victims):
    chance = random.Random(f"{SEED}{victims}")
    with Region(dev=True) as region:
        ec2 = region.client("ec2")
        try:
            first = ec2.run_instances(ImageId=image(ec2), InstanceType="t3.nano", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        except ec2.exceptions.ClientError as e:
            if "cannot run instances" in str(e):
                pytest.skip(str(e))
            raise
        wait_state(ec2, first, "running")
        ids = [first]
        for _ in range(ROUNDS):
            made = ec2.run_instances(ImageId=image(ec2), InstanceType="t3.nano", MinCount=3, MaxCount=3)["Instances"]
            ids += [i["InstanceId"] for i in made]
            for _ in range(chance.randrange(8)):
                ec2.describe_instances()
            kill(region, *victims)
            ec2 = back(region)
            for i in ids:
                wait_state(ec2, i, "running")
            some = chance.sample(ids, len(ids) // 2)
            ec2.stop_instances(InstanceIds=some)
            for _ in range(chance.randrange(8)):
                ec2.describe_instances()
            kill(region, *victims)
            ec2 = back(region)
            for i in some:
                wait_state(ec2, i, "stopped")
            ec2.start_instances(InstanceIds=some)
        ec2.terminate_instances(InstanceIds=ids)
        for _ in range(chance.randrange(8)):
            ec2.describe_instances()
        kill(region, *victims)
        ec2 = back(region)
        for i in ids:
            d = wait_state(ec2, i, "terminated")
            assert d["BlockDeviceMappings"] == [] and d["NetworkInterfaces"] == []
        assert ec2.describe_volumes()["Volumes"] == [] and ec2.describe_network_interfaces()["NetworkInterfaces"] == []
        until(lambda: not left(region), f"nothing left: {left(region)}", 60)
        assert seen(ec2, ids[0])["State"]["Name"] == "terminated"
