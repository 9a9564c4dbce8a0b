#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instances: from EnsureInstance to the first line of user data, alone and many at once; what each costs.
The bare runtime, told to run one static program, is the peer.

    tests/bench/instances.py [--runs N] [--many N] [--uid UID]
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests", "drills"), os.path.join(ROOT, "tests")]
from instances import Agent  # noqa: E402
from region import wait_for  # noqa: E402

SCRIPT = b"#!/bin/sh\nread up rest < /proc/uptime\necho \"first $(date +%s.%N)\"\n"


def line(name, values, unit="ms"):
    v = sorted(values)
    print(f"{name:44} min {v[0]:8.1f}  median {statistics.median(v):8.1f}  max {v[-1]:8.1f} {unit}  (n={len(v)})")


def first_line(agent, name):
    found = wait_for(lambda: re.search(r"first (\d+\.\d+)", agent.console(name)), what=f"{name}: {agent.console(name)}")
    return float(found.group(1))


def prepare(agent, name):
    agent.network(name, SCRIPT)
    agent.disk(name)


def one_by_one(agent, runs):
    running, data = [], []
    for i in range(runs):
        name = f"i-one-{i}"
        prepare(agent, name)
        began = time.time()
        agent.ensure(name, Slot=i)
        agent.wait_phase(name, "running")
        running.append((time.time() - began) * 1000)
        data.append((first_line(agent, name) - began) * 1000)
        agent.remove(name)
    line("EnsureInstance to running", running[1:])
    line("EnsureInstance to user data's first line", data[1:])


def pss(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
        return int(re.search(r"(?m)^Pss:\s+(\d+)", f.read()).group(1))


def many(agent, n):
    names = [f"i-many-{i}" for i in range(n)]
    for name in names:
        prepare(agent, name)
    began = time.time()
    for i, name in enumerate(names):
        agent.ensure(name, Slot=1000 + i)
    data = [(first_line(agent, name) - began) * 1000 for name in names]
    line(f"{n} at once: to user data's first line", data)
    for name in names:
        agent.wait_up(name)
    now = agent.instances(usage=True)
    if os.geteuid() == 0:
        line("keeper and init, proportional set", [pss(agent.keeper(x)) + pss(now[x]["Pid"]) for x in names], "KiB")
    if now[names[0]].get("MemoryBytes") is not None:
        line("memory of its control group", [now[x]["MemoryBytes"] / 1024 for x in names], "KiB")
    began = time.time()
    agent.instances(usage=True)
    line(f"ListInstances with figures of {n}", [(time.time() - began) * 1000])


def bare_runtime(runs):
    """crun with a root of one static program, no user namespace, in a mount namespace without control groups."""
    guest = os.path.join(ROOT, "build", "src", "guest", "nephele-guest")
    if os.geteuid() != 0 or not os.path.exists(guest):
        return
    folder = tempfile.mkdtemp()
    try:
        os.mkdir(os.path.join(folder, "rootfs"))
        shutil.copy(guest, os.path.join(folder, "rootfs", "systemctl"))
        for d in ("proc", "dev", "sys"):
            os.mkdir(os.path.join(folder, "rootfs", d))
        subprocess.run(["crun", "spec"], cwd=folder, check=True)
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
            spec = json.load(f)
        spec["process"].update(terminal=False, args=["/systemctl", "daemon-reload"])
        spec["process"]["rlimits"] = []
        spec["linux"]["resources"] = {}
        spec["mounts"] = [m for m in spec["mounts"] if m["type"] not in ("cgroup", "sysfs")]
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as f:
            json.dump(spec, f)
        took = []
        for i in range(runs):
            began = time.time()
            subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /sys/fs/cgroup && "
                            f"exec crun --root={folder}/state --cgroup-manager=disabled run -b {folder} b{i}"],
                           check=True, stdout=subprocess.DEVNULL)
            took.append((time.time() - began) * 1000)
        line("peer: bare crun, start to end of a program", took)
    finally:
        shutil.rmtree(folder)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--runs", type=int, default=20)
    args.add_argument("--many", type=int, default=50)
    args.add_argument("--uid", type=int)
    args = args.parse_args()
    os.environ.setdefault("NP_BIN", os.path.join(ROOT, "build", "nephele"))
    bare_runtime(args.runs)
    with Agent(uid=args.uid) as agent:
        one_by_one(agent, args.runs)
        many(agent, args.many)
        for name in list(agent.instances()):
            agent.remove(name)


main()
