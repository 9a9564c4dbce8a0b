# SPDX-License-Identifier: Apache-2.0
"""An agent with volumes, and their devices as the host sees them."""
import fcntl
import os
import signal
import socket
import stat
import subprocess
import tempfile

from instances import CHANGED, HEAD, VERBS, Agent, Refused, dump
from region import wait_for

F_ADD_SEALS, SEALS = 1033, 0xF  # seal, shrink, grow, write


def sealed(key):
    fd = os.memfd_create("key", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, key)
    os.lseek(fd, 0, os.SEEK_SET)
    fcntl.fcntl(fd, F_ADD_SEALS, SEALS)
    return fd


class Volumes(Agent):
    @property
    def served(self):
        """Guests have their volumes as files that a process serves: it is not root's."""
        return self.uid is not None or os.geteuid() != 0

    @property
    def has_views(self):
        text = next(f["Text"] for f in self.call("Doctor")["Findings"] if f["Name"] == "volumes")
        return "files of their size" in text and "fuse2fs" in text

    def ask(self, verb, key=None, **members):
        """As call(), with the key as a sealed memory file."""
        if key is None:
            return self.call(verb, **members)
        self.number += 1
        fd = sealed(key) if isinstance(key, bytes) else key
        try:
            packet = HEAD.pack(1, VERBS.index(verb) + 1, 0, 0, self.number) + dump(members)
            socket.send_fds(self.socket, [packet], [fd])
        finally:
            os.close(fd)
        while True:
            got, code, n, value, _ = self.receive()
            if got == CHANGED:
                continue
            assert n == self.number
            if code != 0:
                raise Refused(code, value["Message"])
            return value

    def volumes(self, snapshots=False):
        return {v["Id"]: v for v in self.call("ListVolumes")["Volumes"] if v["Snapshot"] == snapshots}

    def wait_ready(self, name, snapshots=False):
        def there():
            now = self.volumes(snapshots).get(name)
            if now is not None and now["Phase"] == "failed":
                raise AssertionError(now)
            return now if now is not None and now["Phase"] == "ready" else None
        return wait_for(there, what=f"{name}")

    def make(self, name, mib=64, **more):
        self.ask("EnsureVolume", Id=name, SizeMiB=mib, **more)
        return self.wait_ready(name)

    def snapshot(self, name, of, **more):
        self.ask("EnsureSnapshot", Id=name, Of=of, **more)
        return self.wait_ready(name, snapshots=True)

    def attach(self, name, instance="i-1", device="sdf", **more):
        self.ask("AttachVolume", Volume=name, Instance=instance, Device=device, **more)
        return wait_for(lambda: self.volumes()[name].get("Instance") == instance, what=f"{name} attached")

    def detach(self, name, **more):
        self.ask("DetachVolume", Volume=name, **more)
        wait_for(lambda: not self.volumes()[name].get("Instance"), what=f"{name} detached")

    def gone(self, verb, name):
        def removed():
            try:
                self.call(verb, Id=name)
                return name not in self.volumes("Snapshot" in verb)
            except Refused:
                return False
        wait_for(removed, what=f"the end of {name}")

    def path(self, name, *more):
        return os.path.join(self.data, "volumes", name, *more)

    def loop(self, name):
        with open(self.path(name, "attached"), encoding="utf-8") as f:
            return int(f.read().split()[2])

    def view(self, name):
        with open(self.path(name, "view.lock"), encoding="utf-8") as f:
            return int(f.read())

    def device(self, name):
        """What the guest has, from outside."""
        return View(self, name) if self.served else Device(self.loop(name))

    def inside(self, *argv, **options):
        """Runs a program in the namespaces of the agent, as its root."""
        enter = ["nsenter", "-t", str(self.holder()), "-U", "-m", "-S", "0", "-G", "0", "--"] if self.served else []
        return subprocess.run([*enter, *argv], capture_output=True, check=True, **options).stdout

    def loops(self):
        """Numbers of all loop devices of this data directory."""
        found = []
        for name in os.listdir("/sys/block"):
            try:
                with open(f"/sys/block/{name}/loop/backing_file", encoding="utf-8") as f:
                    if f.read().startswith(self.data + "/"):
                        found.append(int(name[4:]))
            except OSError:
                continue
        return found


class Device:
    """A node for a loop device: as the guest would have it."""

    def __init__(self, number):
        with open(f"/sys/block/loop{number}/dev", encoding="utf-8") as f:
            major, minor = map(int, f.read().split(":"))
        self.folder = tempfile.mkdtemp(prefix="nephele-node-")
        self.path = os.path.join(self.folder, "node")
        os.mknod(self.path, stat.S_IFBLK | 0o600, os.makedev(major, minor))
        self.mounted = None

    def write(self, at, data):
        with open(self.path, "r+b", buffering=0) as f:
            f.seek(at)
            f.write(data)
            os.fsync(f.fileno())

    def read(self, at, n):
        with open(self.path, "rb", buffering=0) as f:
            f.seek(at)
            out = b""
            while len(out) < n:
                out += f.read(n - len(out))
            return out

    def size(self):
        with open(self.path, "rb") as f:
            return f.seek(0, os.SEEK_END)

    def mkfs(self):
        subprocess.run(["mkfs.ext4", "-q", "-F", self.path], check=True)

    def mount(self):
        self.mounted = os.path.join(self.folder, "at")
        os.makedirs(self.mounted, exist_ok=True)
        subprocess.run(["mount", "-t", "ext4", self.path, self.mounted], check=True)
        return self.mounted

    def umount(self):
        if self.mounted:
            subprocess.run(["umount", self.mounted], check=True)
            self.mounted = None

    def fsck(self):
        return subprocess.run(["e2fsck", "-f", "-n", self.path], capture_output=True, check=False).returncode

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.mounted:
            subprocess.run(["umount", "-l", self.mounted], check=False)
        os.unlink(self.path)
        subprocess.run(["rm", "-r", self.folder], check=True)


class View:
    """The view of a volume, which only the agent's user namespace sees."""

    def __init__(self, agent, name):
        self.agent, self.path = agent, agent.path(name, "view")

    def write(self, at, data):
        self.agent.inside("dd", "status=none", f"of={self.path}", f"seek={at}", "oflag=seek_bytes", "bs=1M",
                          "conv=notrunc,fsync", input=data)

    def read(self, at, n):
        return self.agent.inside("dd", "status=none", f"if={self.path}", f"skip={at}", f"count={n}", "bs=1M",
                                 "iflag=skip_bytes,count_bytes")

    def size(self):
        return int(self.agent.inside("blockdev", "--getsize64", self.path))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


def end(pid):
    os.kill(pid, signal.SIGKILL)
