#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""volumes - throughput of volumes, plain and encrypted, beside a loop device on the same disk; and what making
and attaching one costs. As root. Interleaved rounds; medians. MIB=512 ROUNDS=3"""
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


def main():
    if os.geteuid() != 0:
        sys.exit("volumes need root")
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
    median = {n: {w: statistics.median(v) for w, v in r.items()} for n, r in results.items()}
    print(f"{'':12}{'write MB/s':>12}{'read MB/s':>12}{'4 KiB + fsync/s':>18}")
    for name, r in median.items():
        print(f"{name:12}{r['write']:>12.0f}{r['read']:>12.0f}{r['syncs']:>18.0f}")
    print(f"a root volume of 8 GiB: made in {statistics.median(made):.1f} ms, attached in "
          f"{statistics.median(attached):.1f} ms (medians of 10, as a client of the agent that polls sees them)")
    share = median["plain"]["write"] / median["loop"]["write"]
    print(json.dumps({"bench": "volumes", "results": median, "goals": [
        {"what": "a plain volume's writes beside a loop device's", "value": share, "unit": "x", "sense": ">=",
         "limit": 0.8, "met": share >= 0.8}]}))


if __name__ == "__main__":
    main()
