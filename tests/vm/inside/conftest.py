# SPDX-License-Identifier: Apache-2.0
"""Hosts as people have them, on the one machine: root, ann (subordinate ids, a delegated control group), bob (neither)."""
import contextlib
import os
import subprocess
import sys

import pytest

TESTS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [TESTS, os.path.join(TESTS, "drills"), os.path.join(TESTS, "sdk")]

GROUPS = "/sys/fs/cgroup"
USERS = {"ann": 1000, "bob": 1001}
CONTROLLERS = ("cpu", "memory", "pids", "io")


def put(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def get(path):
    with open(path, encoding="ascii") as f:
        return f.read().strip()


@contextlib.contextmanager
def sysctl(name, value):
    path = "/proc/sys/" + name.replace(".", "/")
    before = get(path)
    put(path, str(value))
    try:
        yield
    finally:
        put(path, before)


def delegate(name, controllers=CONTROLLERS):
    """A group that is that user's, as a service manager makes it."""
    path = f"{GROUPS}/{name}"
    put(f"{GROUPS}/cgroup.subtree_control", " ".join("+" + c for c in CONTROLLERS))
    os.makedirs(path, exist_ok=True)
    if set(controllers) != set(CONTROLLERS):  # one more floor, of root's, that hands on less
        put(f"{path}/cgroup.subtree_control", " ".join("+" + c for c in controllers))
        path += "/inner"
        os.makedirs(path, exist_ok=True)
    for file in ("", "/cgroup.procs", "/cgroup.subtree_control", "/cgroup.threads"):
        os.chown(path + file, USERS.get(name, 1000), USERS.get(name, 1000))
    return path


@contextlib.contextmanager
def placed(group):
    """What is started meanwhile is in that group, as from a terminal in it."""
    if group is not None:
        put(f"{group}/cgroup.procs", str(os.getpid()))
    try:
        yield
    finally:
        put(f"{GROUPS}/cgroup.procs", str(os.getpid()))


def groups_left():
    return [d for d, _, _ in os.walk(GROUPS) if os.path.basename(d).startswith("nephele-") and not d.endswith(".rest")]


@pytest.fixture(scope="session", autouse=True)
def machine():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for name, uid in USERS.items():
        subprocess.run(["useradd", "-m", "-u", str(uid), "-U", name], check=True)
    subprocess.run(["useradd", "--system", "nephele"], check=True)  # whom root's region becomes
    for file in ("/etc/subuid", "/etc/subgid"):
        put(file, "ann:100000:65536\n")
    for program in ("newuidmap", "newgidmap"):
        os.chmod("/usr/bin/" + program, 0o4755)  # whoever made the disk need not have been root
