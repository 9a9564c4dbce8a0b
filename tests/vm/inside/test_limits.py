# SPDX-License-Identifier: Apache-2.0
"""Limits by control groups of version 2, as root and as a user with a group of their own; and a user without."""
import os
import shutil
import signal
import subprocess
import tempfile

import pytest
from conftest import GROUPS, USERS, delegate, get, groups_left, placed, put
from instances import Agent
from region import program

MIB = 1 << 20
BUSY = "import time\nwhile time.process_time() < 0.6: pass"
FORKS = """
import os, signal
pids = []
try:
    for n in range(50):
        pids.append(os.fork())
        if pids[-1] == 0:
            signal.pause()
except OSError as e:
    print(n, e.errno)
for pid in pids:
    os.kill(pid, 9)
"""


def finding(agent, name):
    return next(f for f in agent.call("Doctor")["Findings"] if f["Name"] == name)


def group_of(agent, name):
    """The control group of an instance: that above the one that it is in."""
    return os.path.dirname(GROUPS + get(f"/proc/{agent.instances()[name]['Pid']}/cgroup").split("::")[1])


@pytest.fixture(scope="module", params=["root", "ann"])
def agent(request):
    uid = USERS.get(request.param)
    group = delegate("ann") if uid else None
    with placed(group):
        agent = Agent(uid=uid)
    with agent:
        agent.run("i-1", MilliCpus=200, MemoryMiB=192)
        agent.wait_up("i-1")
        yield agent
        agent.remove("i-1")
        assert groups_left() == []
    if group is not None:
        with placed(group):  # which a group that hands on controllers would refuse
            pass


def test_the_doctor_says_so(agent):
    assert finding(agent, "limits") == {"Name": "limits", "Fine": True, "Text": "processor, memory and processes of "
                                        "instances are limited and counted by control groups of version 2"}
    assert finding(agent, "instances")["Fine"], finding(agent, "instances")


def test_memory_is_limited_and_counted(agent):
    before = agent.instances(usage=True)["i-1"]
    status, _, _ = agent.exec("i-1", "python3", "-c", "x = bytearray(400 << 20)")
    assert status in (-signal.SIGKILL, 137)
    after = agent.instances(usage=True)["i-1"]
    assert after["OomKills"] > before["OomKills"] and 0 < after["MemoryBytes"] <= 192 * MIB
    assert get(group_of(agent, "i-1") + "/memory.max") == str(192 * MIB)
    assert get(group_of(agent, "i-1") + "/memory.swap.max") == "0"


def test_the_processor_is_limited_and_counted(agent):
    group = group_of(agent, "i-1")
    assert get(group + "/cpu.max") == "20000 100000"
    before = agent.instances(usage=True)["i-1"]["CpuNs"]
    agent.exec("i-1", "python3", "-c", BUSY)
    assert agent.instances(usage=True)["i-1"]["CpuNs"] - before >= 500_000_000
    throttled = dict(line.split() for line in get(group + "/cpu.stat").splitlines())
    assert int(throttled["nr_throttled"]) > 0


def test_processes_are_limited(agent):
    """The number is the instance's; few are enough to see that it is its own processes that are counted."""
    group = group_of(agent, "i-1")
    assert get(group + "/pids.max") == "1024"
    put(group + "/pids.max", str(int(get(group + "/pids.current")) + 6))
    n, errno = map(int, agent.sh("i-1", f"python3 -c '{FORKS}'").split())
    put(group + "/pids.max", "1024")
    assert n < 40 and errno == 11  # of 50; some of before may just be ending


def test_a_guest_does_not_change_its_limits(agent):
    """It may mount its own group, and as a user's it is that group's owner."""
    group = group_of(agent, "i-1")
    files = ("memory.max", "pids.max", "cpu.max", "cgroup.max.descendants")
    before = [get(f"{group}/{f}") for f in files]
    status, out, _ = agent.exec("i-1", "sh", "-c", "mount -t cgroup2 none /mnt && ls /mnt; cd /mnt && for f in " + " ".join(files) +
                                "; do echo max > $f; echo max > ../$f; done; echo +memory > cgroup.subtree_control; mkdir a; "
                                "mkdir -p b/c; umount -l /mnt")
    assert [get(f"{group}/{f}") for f in files] == before, (status, out)
    assert [d for d in os.listdir(group) if os.path.isdir(f"{group}/{d}")] == ["guest"]
    assert not [d for d in os.listdir(f"{group}/guest") if os.path.isdir(f"{group}/guest/{d}")]


def test_another_agent_finds_the_groups_again(agent):
    """Started from elsewhere, as after a login."""
    agent.run("i-2", MemoryMiB=64)
    group = group_of(agent, "i-2")
    agent.kill()
    agent.start()
    agent.wait_phase("i-2", "running")
    assert agent.instances(usage=True)["i-2"]["MemoryBytes"] > 0
    agent.remove("i-2")
    assert not os.path.exists(group)


@pytest.mark.parametrize("who", ["root", "ann"])
def test_what_a_killed_agent_left_is_found_by_clean(who):
    """From elsewhere, too."""
    uid = USERS.get(who)
    whole = delegate("another") if uid else None
    with placed(whole):
        agent = Agent(uid=uid)
    agent.run("i-1")
    group = group_of(agent, "i-1")
    agent.kill()
    argv = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"] if uid else []
    said = subprocess.run([*argv, program(), "doctor", "--clean", f"--data={agent.data}"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    assert "removed 1 control group" in said and not os.path.exists(group), said
    with placed(whole):  # it can be entered again
        shutil.rmtree(agent.own)


def test_without_the_processor_the_rest_is_limited():
    group = delegate("some", ("memory", "pids"))
    with placed(group):
        agent = Agent(uid=1000)
    with agent:
        agent.run("i-1", MemoryMiB=64)
        said = finding(agent, "limits")
        assert not said["Fine"] and "vCPUs" in said["Text"] and "lacks cpu" in said["Text"], said
        assert get(group_of(agent, "i-1") + "/memory.max") == str(64 * MIB)
        agent.remove("i-1")


def test_a_user_without_ids_and_group_still_has_instances():
    with Agent(uid=USERS["bob"]) as agent:
        agent.run("i-1")
        agent.wait_up("i-1")
        assert agent.sh("i-1", "id -u") == "0"
        said = finding(agent, "limits")
        assert not said["Fine"] and "is not this user's" in said["Text"], said
        said = finding(agent, "instances")
        assert not said["Fine"] and "usermod" in said["Text"], said
        agent.remove("i-1")


def test_where_ids_cannot_be_mapped_instances_are_weak():
    """A tmpfs of this kernel does not."""
    folder = tempfile.mkdtemp(dir="/tmp")
    with Agent(data=folder) as agent:
        agent.run("i-1")
        agent.wait_up("i-1")
        said = finding(agent, "instances")
        assert not said["Fine"] and "the file system of the data directory does not map ids" in said["Text"], said
        assert agent.exec("i-1", "mount", "-t", "tmpfs", "none", "/mnt")[0] != 0
        agent.remove("i-1")
