# SPDX-License-Identifier: Apache-2.0
"""What the region's process takes."""
import itertools
import os
import statistics

LITTLE_QUARANTINE = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"


def without_quarantine(monkeypatch):
    """A sanitized region keeps what it freed: that would be seen as growth."""
    before = os.environ.get("ASAN_OPTIONS")
    monkeypatch.setenv("ASAN_OPTIONS", f"{before}:{LITTLE_QUARANTINE}" if before else LITTLE_QUARANTINE)


def rollup(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
        return {line.split()[0].rstrip(":"): int(line.split()[1]) for line in f if line.endswith("kB\n")}


class Watch:
    """Growth since it was made, in MiB: `own` of what is the region's alone, `all` with mapped files."""

    def __init__(self, region):
        self.pid = region.running("region")
        self.before = rollup(self.pid)
        self.own = self.all = 0.0

    def look(self):
        now = rollup(self.pid)
        self.own = max(self.own, (now["Pss_Anon"] - self.before["Pss_Anon"]) / 1024)
        self.all = max(self.all, (now["Pss"] - self.before["Pss"]) / 1024)

    def __str__(self):
        return (f"{self.before['Pss'] / 1024:.1f} MiB before, at most {self.all:.1f} MiB more "
                f"({self.own:.1f} MiB without mapped files)")


def growth(region, work, rounds=7):
    """MiB of its own that a round of work leaves behind: the median, since what a start takes or gives back late, and
    buffers that stay, come once."""
    pid, own = region.running("region"), []
    for _ in range(rounds + 1):
        work()
        own.append(rollup(pid)["Pss_Anon"] / 1024)
    return statistics.median(b - a for a, b in itertools.pairwise(own))
