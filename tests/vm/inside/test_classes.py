# SPDX-License-Identifier: Apache-2.0
"""Hosts that let a region do less: what the doctor says, what is refused, and that the rest serves."""
import os
import subprocess

import botocore.exceptions
import pytest
from conftest import USERS, sysctl
from ec2_machines import launch
from instances import Agent, Refused
from region import Region, program

LESS = "setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin"


def doctor(uid=None, less=False):
    """name: (verdict, text), without a region."""
    argv = LESS.split() if less else []
    if uid:
        argv = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    said = subprocess.run([*argv, program(), "doctor", f"--data=/tmp/doctor-{uid}"], stdout=subprocess.PIPE, text=True,
                          check=False).stdout
    rows = {}
    for line in said.splitlines():
        name = next(n for n in ("data directory", "file system", "control groups", line.split()[1]) if n in line)
        rows[name] = (line.split()[0], line.split(name, 1)[1].strip())
    return rows


class Less(Agent):
    """Root without CAP_SYS_ADMIN, as docker run makes it."""

    def start(self):
        if not self.program.endswith("less"):
            path = os.path.join(self.own, "less")
            with open(path, "w", encoding="utf-8") as f:
                f.write(f'#!/bin/sh\nexec {LESS} {self.program} "$@"\n')
            os.chmod(path, 0o755)
            self.program = path
        return super().start()


def findings(agent):
    return {f["Name"]: f for f in agent.call("Doctor")["Findings"]}


@pytest.mark.parametrize("name, command", [
    ("user.max_user_namespaces", "`sudo sysctl user.max_user_namespaces=65536`"),
    ("kernel.unprivileged_userns_clone", "`sudo sysctl kernel.unprivileged_userns_clone=1`")])
def test_a_user_without_user_namespaces_is_told_the_command(name, command):
    assert doctor(USERS["ann"])["namespaces"][0] == "ok"
    with sysctl(name, 0):
        verdict, text = doctor(USERS["ann"])["namespaces"]
        assert verdict == "weaker" and command in text, text
        assert doctor()["namespaces"][0] == "ok"  # root needs none


def test_without_namespaces_the_rest_serves():
    with sysctl("user.max_user_namespaces", 0), Region(uid=USERS["ann"]) as region:
        s3 = region.client("s3")
        s3.create_bucket(Bucket="there")
        assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["there"]
        ec2 = region.client("ec2")
        with pytest.raises(botocore.exceptions.ClientError) as e:
            launch(ec2)
        assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
        assert "cannot make namespaces" in str(e.value), e.value


def test_the_doctor_tells_users_of_ids_and_groups():
    rows = doctor(USERS["bob"])
    assert rows["ids"][0] == "weaker" and rows["ids"][1].endswith(
        "`sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 bob` mends it")
    assert rows["control groups"][0] == "weaker" and "is not this user's" in rows["control groups"][1]
    assert rows["host"][1].endswith("as user bob")
    assert doctor(USERS["ann"])["ids"] == ("ok", "there are subordinate ids for instances")


def test_the_doctors_command_delegates_a_group():
    """As it stands there, by root's shell in place of sudo's."""
    text = doctor(USERS["bob"])["control groups"][1]
    command = text.split("`")[1].removeprefix("sudo ")
    try:
        script = f"{command} && exec setpriv --reuid=1001 --regid=1001 --clear-groups {program()} doctor --data=/tmp/doctor-x"
        said = subprocess.run(["/bin/bash", "-c", script], stdout=subprocess.PIPE, text=True, check=False).stdout
        assert "ok      control groups" in said, (command, said)
    finally:
        os.rmdir("/sys/fs/cgroup/bob")


def test_root_without_sys_admin_has_a_user_namespace():
    assert doctor(less=True)["namespaces"][0] == "ok"
    with Less() as agent:
        assert agent.hello["UserNamespace"] and agent.hello["Namespaces"]
        agent.run("i-1")
        agent.wait_up("i-1")
        assert agent.sh("i-1", "id -u") == "0"
        assert "usermod" in findings(agent)["instances"]["Text"]
        agent.remove("i-1")


def test_root_without_sys_admin_and_user_namespaces_has_none():
    with sysctl("user.max_user_namespaces", 0):
        verdict, text = doctor(less=True)["namespaces"]
        assert verdict == "weaker" and "user.max_user_namespaces" in text
        with Less() as agent:
            assert not agent.hello["Namespaces"]
            assert not findings(agent)["namespaces"]["Fine"]
            with pytest.raises(Refused):
                agent.ensure("i-1")
