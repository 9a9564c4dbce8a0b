#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""volumes - throughput of volumes, plain and encrypted, beside a loop device on the same disk; and what making
and attaching one costs. Then the same by an ordinary user's agent, whose volumes are files, beside a plain file; and
of ext4 that fuse2fs serves in a guest. As root, or as that user. Interleaved rounds; medians. MIB=512 ROUNDS=3"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "drills")]

from volumes import Device, Volumes  # noqa: E402

MIB = int(os.environ.get("MIB", "512"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
KEY = bytes(range(64))
SYNCS = 200


def dd(*argv):
    """MB/s"""
    at = time.monotonic()
    subprocess.run(["dd", "status=none", *argv], check=True)
    return (MIB << 20) / (time.monotonic() - at) / 1e6


def write(path):
    return dd("if=/dev/zero", f"of={path}", "bs=1M", f"count={MIB}", "oflag=direct", "conv=fsync")


def read(path):
    return dd(f"if={path}", "of=/dev/null", "bs=1M", f"count={MIB}", "iflag=direct")


def syncs(path):
    """4 KiB, written and synced, a second."""
    fd = os.open(path, os.O_WRONLY)
    block = os.urandom(4096)
    at = time.monotonic()
    for n in range(SYNCS):
        os.pwrite(fd, block, n * 4096)
        os.fsync(fd)
    os.close(fd)
    return SYNCS / (time.monotonic() - at)


def took(fn):
    at = time.monotonic()
    fn()
    return (time.monotonic() - at) * 1000


class Loop:
    """What a plain loop device of the host does: the peer."""

    def __init__(self, folder):
        self.file = os.path.join(folder, "peer")
        with open(self.file, "wb") as f:
            f.truncate(MIB << 20)
        self.path = subprocess.run(["losetup", "-f", "--show", "--direct-io=on", "--sector-size", "4096", self.file],
                                   check=True, capture_output=True, text=True).stdout.strip()

    def end(self):
        subprocess.run(["losetup", "-d", self.path], check=False)


INSIDE = r"""
import os, sys, time
at, mib, syncs, how = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
def took(fn):
    began = time.monotonic()
    fn()
    return time.monotonic() - began
def write():
    fd = os.open(at, os.O_WRONLY | os.O_CREAT, 0o600)
    block = bytes(1 << 20)
    for _ in range(mib):
        os.write(fd, block)
    os.fsync(fd)
    os.close(fd)
def read():
    fd = os.open(at, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    while os.read(fd, 1 << 20):
        pass
    os.close(fd)
def sync():
    fd = os.open(at, os.O_WRONLY)
    block = os.urandom(4096)
    for n in range(syncs):
        os.pwrite(fd, block, n * 4096)
        os.fsync(fd)
    os.close(fd)
print({"write": lambda: (mib << 20) / took(write) / 1e6, "read": lambda: (mib << 20) / took(read) / 1e6,
       "syncs": lambda: syncs / took(sync)}[how]())
"""
WHAT = ("write", "read", "syncs")


def as_user():
    """Results of the files of an ordinary user's volumes, and of what a guest has mounted of them."""
    found = {name: {w: [] for w in WHAT} for name in ("file", "user-plain", "user-encrypted", "fuse2fs", "fuse2fs-encrypted")}
    with Volumes(uid=65534 if os.geteuid() == 0 else None) as agent:
        if not agent.has_views:
            return {}, []
        agent.run("i-1")
        agent.wait_up("i-1")
        attached = []
        for name, device, more in (("vol-plain", "sdf", {}), ("vol-encrypted", "sdg", {"key": KEY, "Encrypted": True}),
                                   ("vol-fs", "sdh", {}), ("vol-sealed", "sdi", {"key": KEY, "Encrypted": True})):
            agent.make(name, 2 * MIB, **more)
            attached.append(took(lambda n=name, d=device, m=more: agent.attach(n, "i-1", d, **m)))
        agent.sh("i-1", "until test -e /dev/sdi; do read -t 0.05 x; done; for n in h i; do mkfs.ext4 -q /dev/sd$n; "
                        "mkdir -p /$n; mount /dev/sd$n /$n; done")
        paths = {"file": "/srv/peer", "user-plain": "/dev/sdf", "user-encrypted": "/dev/sdg", "fuse2fs": "/h/file",
                 "fuse2fs-encrypted": "/i/file"}
        for _ in range(ROUNDS):
            for name, path in paths.items():
                for what in WHAT:
                    agent_said = agent.sh("i-1", f"/usr/bin/python3 - {path} {MIB} {SYNCS} {what}", stdin=INSIDE.encode(),
                                          seconds=300)
                    found[name][what].append(float(agent_said))
        agent.sh("i-1", "umount /h /i")
    return found, attached


def as_root():
    results = {name: {"write": [], "read": [], "syncs": []} for name in ("loop", "plain", "encrypted")}
    with tempfile.TemporaryDirectory() as folder, Volumes() as agent:
        peer = Loop(folder)
        try:
            agent.make("vol-plain", MIB)
            agent.make("vol-encrypted", MIB, key=KEY, Encrypted=True)
            agent.attach("vol-plain", device="sdf")
            agent.attach("vol-encrypted", device="sdg", key=KEY, Encrypted=True)
            with Device(agent.loop("vol-plain")) as plain, Device(agent.loop("vol-encrypted")) as sealed:
                paths = {"loop": peer.path, "plain": plain.path, "encrypted": sealed.path}
                for _ in range(ROUNDS):
                    for name, path in paths.items():
                        for what, fn in (("write", write), ("read", read), ("syncs", syncs)):
                            results[name][what].append(fn(path))
        finally:
            peer.end()
        agent.make("vol-first", 8192, Image="builtin")  # the template
        made = [took(lambda n=n: agent.make(f"vol-r{n}", 8192, Image="builtin")) for n in range(10)]
        attached = [took(lambda n=n: agent.attach(f"vol-r{n}", instance=f"i-{n}", device="xvda")) for n in range(10)]
    return results, made, attached


def main():
    results, made, attached = as_root() if os.geteuid() == 0 else ({}, [], [])
    files, user_attached = as_user()
    results |= files
    median = {n: {w: statistics.median(v) for w, v in r.items()} for n, r in results.items()}
    print(f"{'':20}{'write MB/s':>12}{'read MB/s':>12}{'4 KiB + fsync/s':>18}")
    for name, r in median.items():
        print(f"{name:20}{r['write']:>12.0f}{r['read']:>12.0f}{r['syncs']:>18.0f}")
    if made:
        print(f"a root volume of 8 GiB: made in {statistics.median(made):.1f} ms, attached in "
              f"{statistics.median(attached):.1f} ms (medians of 10, as a client of the agent that polls sees them)")
    if user_attached:
        print(f"a user's data volume: attached in {statistics.median(user_attached):.1f} ms (median of 4)")
    goals = []
    if "plain" in median:
        share = median["plain"]["write"] / median["loop"]["write"]
        goals = [{"what": "a plain volume's writes beside a loop device's", "value": share, "unit": "x", "sense": ">=",
                  "limit": 0.8, "met": share >= 0.8}]
    print(json.dumps({"bench": "volumes", "results": median, "goals": goals}))


if __name__ == "__main__":
    main()
