# SPDX-License-Identifier: Apache-2.0
"""What is measured in control groups of its own, of version 1: before all other work where the machine is not quiet, and
its CPU time added up. Where there are none nothing is said. (A real-time priority is no way: a kernel with
RT_GROUP_SCHED lets no such process into the group of an instance.)"""
import contextlib
import os

ROOT = "/sys/fs/cgroup"
MOST = "262144"  # cpu.shares


class Groups:
    """`with Groups() as g: region = Region(); g.out()`: the region is in it, and what starts it is not."""

    def __init__(self):
        self.mine = [f"{ROOT}/{c}/bench-{os.getpid()}" for c in ("cpu", "cpuacct") if os.path.exists(f"{ROOT}/{c}/tasks")]
        self.others = []

    def __enter__(self):
        for group in self.mine:
            os.makedirs(group, exist_ok=True)
            self.put(group)
        self.prefer(self.mine)
        return self

    def __exit__(self, *_):
        for group in self.mine:
            self.put(os.path.dirname(group))
            with contextlib.suppress(OSError):
                os.rmdir(group)

    @staticmethod
    def put(group):
        with open(f"{group}/cgroup.procs", "w", encoding="utf-8") as f:
            f.write(str(os.getpid()))

    @staticmethod
    def prefer(groups):
        for group in groups:
            if "/cpu/" in group:
                with open(f"{group}/cpu.shares", "w", encoding="utf-8") as f:
                    f.write(MOST)

    def out(self):
        """From here on this process's CPU time is not counted; it stays before other work."""
        for group in self.mine:
            if "/cpuacct/" in group:
                self.put(os.path.dirname(group))

    def adopt(self, instance):
        """The groups of the region's instances, of which this is one: they last while any instance runs."""
        for c in ("cpu", "cpuacct"):
            top = f"{ROOT}/{c}"
            names = os.listdir(top) if self.mine else []
            self.others += [f"{top}/{n}" for n in names if os.path.exists(f"{top}/{n}/{instance}")]
        self.prefer(self.others)

    def cpu_ms(self):
        """Used so far by the region, its agent and the instances; None: not known."""
        found = [g for g in self.mine + self.others if "/cpuacct/" in g]
        used = 0
        for group in found:
            with open(f"{group}/cpuacct.usage", encoding="utf-8") as f:
                used += int(f.read())
        return used / 1e6 if found else None
