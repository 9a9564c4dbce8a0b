# SPDX-License-Identifier: Apache-2.0
"""A region, and in it an instance by the API with user data, as root and as an ordinary user."""
import os
import subprocess

import pytest
from conftest import USERS, delegate, groups_left, placed
from ec2_machines import end, launch, wait_state
from region import Region, program, wait_for

SERVE = """#!/bin/sh
echo told by user data > /srv/told
id -u nobody
"""


@pytest.fixture(params=["root", "ann", "bob"])
def region(request):
    name = request.param
    with placed(delegate("ann") if name == "ann" else None):
        region = Region(uid=USERS.get(name), autostart=False)
        os.chmod(region.own_folder, 0o755)  # for user nephele, whom root's region becomes
        region.start()
    region.who = name
    with region:
        yield region


def as_user(region, *argv):
    who = [] if region.uid is None else ["setpriv", f"--reuid={region.uid}", f"--regid={region.uid}", "--clear-groups"]
    return subprocess.run([*who, program(), argv[0], f"--data={region.data}", *argv[1:]], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def test_an_instance_boots_and_runs_its_user_data(region):
    said = as_user(region, "doctor").stdout
    lines = {line.split()[1]: line.split()[0] for line in said.splitlines()}
    print(said)
    assert lines["user"] == lines["namespaces"] == "ok" and lines["firewall"] == "ok" and lines["tproxy"] == "ok", said
    assert lines["instances"] == lines["limits"] == ("weaker" if region.who == "bob" else "ok"), said
    ec2 = region.client("ec2")
    [one] = launch(ec2, InstanceType="t3.nano", UserData=SERVE)
    wait_state(ec2, one, "running")
    got = wait_for(lambda: as_user(region, "exec", one, "--", "cat", "/srv/told").stdout if
                   "told" in as_user(region, "exec", one, "--", "cat", "/srv/told").stdout else None, 120, "user data")
    assert got.strip() == "told by user data"
    end(ec2, one)
    wait_for(lambda: groups_left() == [], what="no control group")
    assert not os.path.exists(os.path.join(region.data, "run/instances.d", one))


def test_another_start_leaves_the_agent_what_is_its_own(region):
    """Root's region gives the data directory to its user, but for that."""
    ec2 = region.client("ec2")
    [one] = launch(ec2, InstanceType="t3.nano", UserData=SERVE)
    wait_state(ec2, one, "running")
    ec2.stop_instances(InstanceIds=[one])
    wait_state(ec2, one, "stopped")
    region.restart()
    for name in ("run", "volumes", "snapshots"):
        assert os.stat(os.path.join(region.data, name)).st_uid == (region.uid or 0)
    ec2 = region.client("ec2")
    ec2.start_instances(InstanceIds=[one])
    wait_state(ec2, one, "running")
    got = wait_for(lambda: as_user(region, "exec", one, "--", "cat", "/srv/told").stdout, 120, "an answer")
    assert got.strip() == "told by user data"
    end(ec2, one)
