# SPDX-License-Identifier: Apache-2.0
"""Every way out of an instance that is known, by name, and what it must meet. The guest's own root tries them."""
import os
import socket

import pytest
from instances import Agent
from region import ROOT, wait_for

AS_ROOT = os.geteuid() == 0
MODES = [None, 65534] if AS_ROOT else [None]

MUST_MEET = {
    "data directory of the agent": "ENOENT",
    "socket of the agent": "ENOENT",
    "abstract socket of the host": "ECONNREFUSED",
    "root of a process outside": "ENOENT",
    "file by handle": "EPERM",
    "owner beyond the range": "EINVAL",
    "the image below the overlay": "EROFS",
    "signal to a process outside": "ESRCH",
    "ptrace of a process outside": "ESRCH",
    "node of the host's disk": "EPERM",
    "node of memory": "EPERM",
    "the host's disk": "ENOENT",
    "loop control": "ENOENT",
    "mount of a file system from a device": ("ENOENT", "EPERM"),
    "mount of devtmpfs": "EPERM",
    "mount of cgroups": ("EPERM", "EINVAL"),  # the latter where version 1 is switched off
    "mount of debugfs": "EPERM",
    "a sysctl by a fresh proc": "EACCES",
    "kcore": ("EPERM", "EACCES", "ENOENT"),
    "sysrq": ("EACCES", "ENOENT"),
    "a sysctl of the kernel": "EACCES",
    "a sysctl of the network": "EACCES",
    "a file of sysfs": ("EACCES", "ENOENT", "EROFS"),
    "modules": "EPERM",
    "kexec": "EPERM",
    "bpf": "EPERM",
    "perf": "EPERM",
    "userfaultfd": "EPERM",
    "keys": "EPERM",
    "io_uring": "ENOSYS",
    "the clock": "EPERM",
    "the kernel's log": "EPERM",
    "swap": "EPERM",
    "ports of the machine": "EPERM",
    "an address of one's own choice": "EPERM",
    "a route of one's own choice": "EPERM",
    "the loopback's state": "EPERM",
    "rules of the firewall": "EPERM",
    "raw packets": "EPERM",
    "raw IP": "EPERM",
    "a foreign source address": "EADDRNOTAVAIL",
    "a foreign source address, freely bound": ("EINVAL", "ENETUNREACH"),
    "transparent sockets": "EPERM",
    "marks of packets": "EPERM",
    "the network of the first process outside": "EPERM",
}


@pytest.fixture(scope="module", params=MODES, ids=lambda uid: "own" if uid is None else "nobody")
def agent(request):
    with Agent(uid=request.param) as a:
        a.run("i-1", MemoryMiB=512)
        a.wait_up("i-1")
        yield a


@pytest.fixture(scope="module")
def met(agent):
    with open(os.path.join(ROOT, "tests/drills/escapes.py"), "rb") as f:
        program = f.read()
    name = "nephele-drill-" + os.path.basename(os.path.dirname(agent.data))
    with socket.socket(socket.AF_UNIX) as outside:
        outside.bind("\0" + name)
        outside.listen()
        status, out, err = agent.exec("i-1", "/usr/bin/python3", "-", agent.data, name, str(agent.process.pid),
                                      stdin=program)
    assert status == 0, err
    return dict(line.split("\t") for line in out.decode().splitlines())


@pytest.mark.parametrize("name", MUST_MEET)
def test_a_way_out_is_closed(met, name):
    must = MUST_MEET[name]
    assert met[name] in ((must,) if isinstance(must, str) else must), f"{name}: {met[name]}"


def test_every_way_is_in_the_list(met):
    assert set(met) == set(MUST_MEET)


def test_the_host_is_whole_afterwards(agent):
    assert agent.process.poll() is None and agent.status("i-1")["phase"] == "done"


def test_another_guest_is_not_seen(agent):
    agent.run("i-2", Slot=77)
    agent.wait_up("i-2")
    agent.sh("i-2", "nohup setsid tail -f /dev/null nobodys-business >/dev/null 2>&1 & true", user="root")
    assert "nobodys-business" not in agent.sh("i-1", "cat /proc/*/cmdline | tr '\\0' ' '")
    assert agent.sh("i-1", "ls /proc | grep -c '^[0-9]'") != "0"
    agent.remove("i-2")


# --- greed ---

FORKS = """
import os, signal
made = 0
try:
    while made < 40000:
        pid = os.fork()
        if pid == 0:
            signal.pause()
            os._exit(0)
        made += 1
except OSError as e:
    print(made, e.errno)
"""


@pytest.mark.skipif(not AS_ROOT, reason="limits need root")
def test_forks_have_an_end(agent):
    if agent.uid is not None:
        pytest.skip("limits need root")
    status, out, _ = agent.exec("i-1", "python3", "-c", FORKS)
    assert status == 0 and 100 < int(out.split()[0]) < 17000 and out.split()[1] == b"11"
    agent.call("StopInstance", Id="i-1", Force=True)
    agent.wait_phase("i-1", "ended")
    agent.ensure("i-1", Boot=2)
    agent.wait_phase("i-1", "running")
    agent.wait_up("i-1")


@pytest.mark.skipif(not AS_ROOT, reason="volumes of a size need root")
def test_a_full_disk_is_the_guests_alone(agent):
    if agent.uid is not None:
        pytest.skip("volumes of a size need root")
    status, _, err = agent.exec("i-1", "/bin/sh", "-c", "cat /dev/zero > /srv/full", seconds=120)
    assert status != 0 and b"No space" in err
    wait_for(lambda: agent.status("i-1"), what="an answer")
    agent.sh("i-1", "rm /srv/full; touch /srv/again")
