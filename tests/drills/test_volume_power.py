# SPDX-License-Identifier: Apache-2.0
"""The power goes while a guest writes to a volume: what was synced is there, what was not is nobody's to expect.

The data directory lies on an ext4 of the test's own, which is shut down without its log being written: from then on
nothing reaches its disk, and what the kernel still had of it is lost, as when the power goes. Then all processes of
the agent are killed, and it starts again on what the disk has."""
import ctypes
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile

import pytest
from instances import ERRORS, EXIT, OUTPUT
from region import alive, wait_for
from test_volume_guests import KEY, there
from volumes import Volumes

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a disk to take away")

SHUTDOWN, NO_LOG = 0x8004587D, struct.pack("=I", 2)  # EXT4_IOC_SHUTDOWN
ENOUGH = 25
CLONE_NEWNS = 0x00020000

WRITE = """
import os, sys
os.chdir("/m")
folder = os.open(".", os.O_RDONLY)
for n in range(100000):
    with open("tmp", "wb", buffering=0) as f:
        f.write(b"%d " % n * 1000)
        os.fsync(f.fileno())
    os.rename("tmp", "file%d" % n)
    os.fsync(folder)
    print(n, flush=True)
    with open("junk", "ab", buffering=0) as f:
        f.write(bytes(5000))
"""

READ = """
import os, sys
os.chdir("/m")
for n in range(int(sys.argv[1]) + 1):
    with open("file%d" % n, "rb") as f:
        assert f.read() == b"%d " % n * 1000, n
print("all")
"""


@pytest.fixture(scope="module", autouse=True)
def own_mounts():
    """No other process that makes a mount namespace has the disk, too. This one stays in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(CLONE_NEWNS) == 0, os.strerror(ctypes.get_errno())
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class Disk:
    """A file system on a loop device, with a folder for an agent's data."""

    def __init__(self, folder, uid):
        self.image, self.at = os.path.join(folder, "image"), os.path.join(folder, "disk")
        with open(self.image, "wb") as f:
            f.truncate(4 << 30)
        os.mkdir(self.at)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
        self.mount()
        self.data = os.path.join(self.at, "data")
        os.mkdir(self.data, 0o700)
        os.chown(self.data, uid or 0, uid or 0)

    def mount(self):
        subprocess.run(["mount", "-o", "loop,noatime", self.image, self.at], check=True)

    def umount(self):
        def gone():
            subprocess.run(["umount", self.at], capture_output=True, check=False)
            return not subprocess.run(["losetup", "-j", self.image], capture_output=True, check=True).stdout
        wait_for(gone, what="the disk is nobody's any more, in no namespace")

    def cut(self):
        fd = os.open(self.at, os.O_RDONLY)
        fcntl.ioctl(fd, SHUTDOWN, NO_LOG)
        os.close(fd)


def processes(data):
    """All that see the data directory in a mount namespace of the agent's, and what serves volumes."""
    found = []
    mark = f" {data}/volumes/.dev "
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/mountinfo", encoding="utf-8") as f:
                here = int(name) != os.getpid() and mark in f.read()
        except (OSError, ValueError):
            continue
        if here:
            found.append(int(name))
    for folder in os.listdir(os.path.join(data, "volumes")):
        for lock in ("view.lock", "fs.lock"):
            try:
                with open(os.path.join(data, "volumes", folder, lock), encoding="utf-8") as f:
                    found.append(int(f.read()))
            except (OSError, ValueError):
                continue
    return [pid for pid in found if alive(pid)]


def acknowledged(agent):
    """Starts the writer, and is back with the last number that it said; it goes on."""
    talk = agent.talk("i-1")
    talk.start(["/usr/bin/python3", "-c", WRITE])
    said = b""
    while said.count(b"\n") < ENOUGH:
        kind, body = talk.receive(OUTPUT, ERRORS, EXIT)
        assert kind == OUTPUT, body
        said += body
    return talk, int(said.split(b"\n")[-2])


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
@pytest.mark.parametrize("uid", [None, 65534], ids=["own", "nobody"])
def test_what_a_guest_has_synced_is_there_when_the_power_was_cut(uid, key):
    more = {"key": key, "Encrypted": True} if key else {}
    folder = tempfile.mkdtemp(prefix="nephele-power-")
    os.chmod(folder, 0o755)
    disk = Disk(folder, uid)
    agent = None
    try:
        agent = Volumes(uid=uid, data=disk.data, beside=folder)
        if agent.served and not agent.has_views:
            pytest.skip("volumes need /dev/fuse and fuse2fs")
        run(agent, "i-1", more)
        agent.make("vol-1", 128, **more)
        agent.attach("vol-1", "i-1", "sdf", **more)
        there(agent, "i-1", "/dev/sdf")
        agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m && sync")
        talk, last = acknowledged(agent)
        pids, loops = processes(disk.data), agent.loops()
        with open(os.path.join(disk.at, "unsynced"), "wb") as f:
            f.write(bytes(1 << 20))
        disk.cut()
        end_all(agent, pids, loops)
        talk.socket.close()
        disk.umount()
        disk.mount()
        path = os.path.join(disk.at, "unsynced")
        assert not os.path.exists(path) or os.path.getsize(path) < 1 << 20, "the power was not cut"
        agent.guests.clear()
        agent.metadata = None
        agent.start()
        run(agent, "i-2", more)
        wait_for(lambda: agent.volumes().get("vol-1", {}).get("Phase") == "ready", what="the volume")
        agent.attach("vol-1", "i-2", "sdf", **more)
        there(agent, "i-2", "/dev/sdf")
        agent.sh("i-2", "mkdir -p /m && mount /dev/sdf /m")
        assert agent.sh("i-2", f"/usr/bin/python3 - {last}", stdin=READ.encode()) == "all"
    finally:
        if agent is not None and agent.process is not None:
            holder = agent.holder()
            agent.stop()
            wait_for(lambda: not holder or not alive(holder), what="the end of the holder")
        disk.umount()
        shutil.rmtree(folder)


def run(agent, name, more):
    agent.run(name)
    agent.wait_up(name)


def end_all(agent, pids, loops):
    agent.process.kill()
    agent.process.wait()
    agent.socket.close()
    agent.process = agent.socket = None
    for pid in pids:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(map(alive, pids)), what="the end of all processes")
    # Of a kernel that goes on; they are no longer found by their path.
    for number in loops:
        subprocess.run(["losetup", "-d", f"/dev/loop{number}"], check=True)
