# SPDX-License-Identifier: Apache-2.0
"""Volumes without loop devices: files in the guest's /dev that behave like devices, ext4 by fuse2fs in a cage,
and what a kill of each process leaves."""
import os
import random
import subprocess

import pytest
from region import alive, clean_env, program, wait_for
from test_volume_guests import KEY, fails, there
from volumes import Volumes, end

ROOT = os.geteuid() == 0
KEYS = pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])


@pytest.fixture(scope="module")
def agent():
    with Volumes(uid=65534 if ROOT else None) as a:
        if not a.has_views:
            pytest.skip("volumes need /dev/fuse and fuse2fs")
        a.run("i-1")
        a.wait_up("i-1")
        yield a


@pytest.fixture
def disk(agent, request):
    """Name of a volume that is attached as /dev/sdf, and what attaching it takes."""
    key = request.node.callspec.params.get("key") if hasattr(request.node, "callspec") else None
    more = {"key": key, "Encrypted": True} if key else {}
    agent.make("vol-1", 64, **more)
    agent.attach("vol-1", "i-1", "sdf", **more)
    there(agent, "i-1", "/dev/sdf")
    yield "vol-1", more
    agent.sh("i-1", "umount /m 2>/dev/null || umount -l /m 2>/dev/null || true")
    agent.detach("vol-1")
    agent.gone("RemoveVolume", "vol-1")


def server(agent, name):
    """Pid of its fuse2fs; 0: none."""
    try:
        with open(agent.path(name, "fs.lock"), encoding="utf-8") as f:
            pid = int(f.read() or 0)
        with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
            return pid if f.read().strip() == "fuse2fs" and alive(pid) else 0
    except (FileNotFoundError, ProcessLookupError):
        return 0


@KEYS
def test_the_file_behaves_like_a_device(agent, disk, key):
    size = 64 << 20
    agent.sh("i-1", "echo kept | dd of=/dev/sdf bs=1 seek=4093 conv=notrunc status=none")
    agent.sh("i-1", "printf x > /dev/sdf")  # opened to be truncated
    assert agent.sh("i-1", "stat -Lc %s /dev/sdf; blockdev --getsize64 /dev/sdf") == f"{size}\n{size}"
    assert agent.sh("i-1", "head -c 1 /dev/sdf; dd if=/dev/sdf bs=1 skip=4093 count=5 status=none") == "xkept"
    assert "No space left" in fails(agent, "i-1", "dd if=/dev/zero of=/dev/sdf bs=1M seek=63 count=2 conv=notrunc")
    assert "No space left" in fails(agent, "i-1", f"printf x | dd of=/dev/sdf bs=1 seek={size} conv=notrunc")
    agent.sh("i-1", "truncate -s 1G /dev/sdf; chmod 666 /dev/sdf")
    assert agent.sh("i-1", "stat -Lc %s:%a /dev/sdf") == f"{size}:600"
    assert os.stat(agent.path("vol-1", "disk")).st_size == size


PARTS = """
import os, random
r = random.Random(%d)
model = bytearray(1 << 20)
fd = os.open("/dev/sdf", os.O_RDWR)
os.pwrite(fd, bytes(model), 0)
for _ in range(300):
    at, n = r.randrange(len(model) - 20000), r.choice([1, 7, 511, 4096, 4097, 9000, 16384])
    piece = r.randbytes(n)
    os.pwrite(fd, piece, at)
    model[at:at + n] = piece
os.fsync(fd)
again = os.open("/dev/sdf", os.O_RDONLY)
assert os.pread(fd, len(model), 0) == bytes(model) == os.pread(again, len(model), 0)
print("same")
"""


@KEYS
def test_writes_of_any_length_come_back(agent, disk, key):
    script = PARTS % random.randrange(1 << 30)
    assert agent.sh("i-1", "python3 -", stdin=script.encode()) == "same", script


@KEYS
def test_a_killed_view_is_an_error_and_a_new_one_has_what_was_synced(agent, disk, key):
    agent.sh("i-1", "printf synced | dd of=/dev/sdf bs=1 seek=12345 conv=notrunc,fsync status=none")
    end(agent.view("vol-1"))
    wait_for(lambda: "attach it again" in agent.volumes()["vol-1"].get("Reason", ""), what="word of it")
    assert "unexpected" not in fails(agent, "i-1", "head -c 1 /dev/nvme1n1")
    agent.attach("vol-1", "i-1", "sdf", **disk[1])
    wait_for(lambda: agent.sh("i-1", "stat -Lc %s /dev/sdf 2>/dev/null || true") == str(64 << 20), what="the new view")
    assert agent.sh("i-1", "dd if=/dev/sdf bs=1 skip=12345 count=6 status=none") == "synced"


SYNCED = """
import os
os.chdir("/m")
with open("file", "wb") as f:
    f.write(b"a file")
    f.flush()
    os.fsync(f.fileno())
with open("new", "wb") as f:
    f.write(b"renamed")
folder = os.open(".", os.O_RDONLY)
os.rename("new", "named")
os.mkdir("inner")
os.fsync(folder)                       # which fuse2fs by itself does not honour
"""


@KEYS
def test_a_killed_fuse2fs_loses_nothing_that_was_synced(agent, disk, key):
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m")
    agent.sh("i-1", "python3 -", stdin=SYNCED.encode())
    pid = server(agent, "vol-1")
    end(pid)
    wait_for(lambda: not alive(pid), what="its end")
    assert "unexpected" not in fails(agent, "i-1", "cat /m/file")  # an error, and no halt
    agent.sh("i-1", "umount /m; mount /dev/sdf /m")
    assert agent.sh("i-1", "cat /m/file /m/named; ls -d /m/inner") == "a filerenamed/m/inner"
    agent.sh("i-1", "echo more > /m/new; mv /m/new /m/more; sync")
    end(server(agent, "vol-1"))
    agent.sh("i-1", "umount /m; mount /dev/sdf /m")
    assert agent.sh("i-1", "cat /m/more") == "more"
    agent.sh("i-1", "umount /m")
    assert agent.sh("i-1", "e2fsck -fn /dev/sdf >/dev/null 2>&1; echo $?") == "0"


def test_a_full_volume_is_its_guests_matter_alone(agent, disk):
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m && echo kept > /m/kept")
    assert "No space left" in fails(agent, "i-1", "dd if=/dev/zero of=/m/all bs=1M conv=fsync")
    assert agent.sh("i-1", "cat /m/kept; rm /m/all; echo again > /m/again; cat /m/again") == "kept\nagain"
    agent.make("vol-other", 64)
    agent.gone("RemoveVolume", "vol-other")


def test_an_unmount_returns_when_all_is_written(agent, disk):
    for n in range(3):
        agent.sh("i-1", f"mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m && echo {n} > /m/file && umount /m && "
                        "e2fsck -fn /dev/sdf >/dev/null 2>&1 && debugfs -R 'cat file' /dev/sdf 2>/dev/null | "
                        f"grep -qx {n}")
        assert not server(agent, "vol-1")


def test_fuse2fs_is_in_a_cage(agent, disk):
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m")
    pid = server(agent, "vol-1")
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        said = dict(line.split(":\t", 1) for line in f.read().splitlines() if ":\t" in line)
    assert [int(said[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")] == [0, 0, 0]
    assert said["NoNewPrivs"] == "1"
    for kind in ("mnt", "net", "pid", "ipc", "uts"):
        assert os.stat(f"/proc/{pid}/ns/{kind}").st_ino != os.stat(f"/proc/{agent.holder()}/ns/{kind}").st_ino
    for fd in os.listdir(f"/proc/{pid}/fd"):
        path = os.readlink(f"/proc/{pid}/fd/{fd}")
        with open(f"/proc/{pid}/fdinfo/{fd}", encoding="utf-8") as f:
            flags = int(f.read().split("flags:\t")[1].split()[0], 8)
        writes = flags & os.O_ACCMODE != os.O_RDONLY
        assert not writes or path.startswith(("/dev/", "/disk", "pipe:", "socket:")), (fd, path)
    seen = set(agent.inside("ls", "-A", f"/proc/{pid}/root").decode().split())
    assert {"disk", "usr"} <= seen <= {"bin", "dev", "disk", "lib", "lib32", "lib64", "m", "sbin", "usr"}


def test_a_copy_that_is_killed_lets_fuse2fs_go_on(agent, disk):
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m && "
                    "dd if=/dev/urandom of=/m/large bs=1M count=40 status=none && sync")
    lock = os.path.join(agent.data, "snapshots", "snap-1.new", "lock")

    def worker():
        try:
            with open(lock, encoding="utf-8") as f:
                return int(f.read() or 0)
        except FileNotFoundError:
            return 0
    agent.ask("EnsureSnapshot", Id="snap-1", Of="vol-1")
    pid = wait_for(lambda: worker() or os.path.exists(lock.replace(".new", "")), what="the copy")
    if pid is not True:
        end(pid)
    agent.kill()
    agent.start()
    agent.sh("i-1", "echo goes on > /m/file && sync")
    agent.snapshot("snap-1", "vol-1")
    agent.make("vol-2", 64, Snapshot="snap-1")
    agent.attach("vol-2", "i-1", "sdg")
    there(agent, "i-1", "/dev/sdg")
    assert agent.sh("i-1", "mkdir -p /c; mount /dev/sdg /c && cat /c/file; umount /c") == "goes on"
    agent.detach("vol-2")
    agent.gone("RemoveVolume", "vol-2")
    agent.gone("RemoveSnapshot", "snap-1")


def test_a_root_volume_is_a_folder_and_no_device(agent):
    from instances import Refused
    with pytest.raises(Refused, match="encrypted root volumes cannot be had"):
        agent.ask("EnsureVolume", Id="vol-r", SizeMiB=1024, Image="builtin", Encrypted=True, key=KEY)
    agent.make("vol-r", 1024, Image="builtin")
    with pytest.raises(Refused, match="no device but a root"):
        agent.ask("AttachVolume", Volume="vol-r", Instance="i-1", Device="sdf")
    agent.gone("RemoveVolume", "vol-r")
    agent.make("vol-d", 64)
    with pytest.raises(Refused, match="cannot be a root volume"):
        agent.ask("AttachVolume", Volume="vol-d", Instance="i-9", Device="xvda")
    agent.gone("RemoveVolume", "vol-d")


def test_the_clean_up_ends_views_and_fuse2fs():
    with Volumes(uid=65534 if ROOT else None) as agent:
        if not agent.has_views:
            pytest.skip("volumes need /dev/fuse and fuse2fs")
        agent.run("i-1")
        agent.wait_up("i-1")
        agent.make("vol-1", 64)
        agent.attach("vol-1", "i-1", "sdf")
        there(agent, "i-1", "/dev/sdf")
        agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m")
        pids = [agent.view("vol-1"), server(agent, "vol-1"), agent.keeper("i-1")]
        assert all(pids)
        agent.kill()
        done = subprocess.run([program(), "doctor", "--clean", f"--data={agent.data}"], env=clean_env(), capture_output=True,
                              text=True, check=False)
        wait_for(lambda: not any(map(alive, pids)), what=f"their end: {done}")


@pytest.mark.skipif(not ROOT, reason="mounts a small disk")
@KEYS
def test_a_full_disk_of_the_host_is_an_error_for_who_writes_and_goes_by(tmp_path, key):
    more = {"key": key, "Encrypted": True} if key else {}
    small = tmp_path / "small"
    small.mkdir()
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m,mode=0755", "small", small], check=True)
    try:
        data = small / "data"
        data.mkdir(0o700)
        os.chown(data, 65534, 65534)
        with Volumes(uid=65534, data=str(data), beside=str(tmp_path)) as agent:
            if not agent.has_views:
                pytest.skip("volumes need /dev/fuse and fuse2fs")
            agent.run("i-1")
            agent.wait_up("i-1")
            agent.make("vol-1", 1024, **more)
            agent.attach("vol-1", "i-1", "sdf", **more)
            there(agent, "i-1", "/dev/sdf")
            agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /m && mount /dev/sdf /m && echo kept > /m/kept && sync")
            ballast = small / "ballast"
            room = os.statvfs(small)
            with open(ballast, "wb") as f:
                f.write(bytes(room.f_bavail * room.f_frsize - (8 << 20)))
            said = fails(agent, "i-1", "dd if=/dev/urandom of=/m/large bs=1M count=30 conv=fsync")
            assert "unexpected" not in said  # fuse2fs says ERANGE
            assert agent.volumes()["vol-1"]["Instance"] == "i-1"
            ballast.unlink()
            assert agent.sh("i-1", "cat /m/kept") == "kept"
            agent.sh("i-1", "umount /m; mount /dev/sdf /m")
            assert agent.sh("i-1", "cat /m/kept; echo again > /m/again; sync; cat /m/again") == "kept\nagain"
            agent.sh("i-1", "umount /m")
            agent.detach("vol-1")
    finally:
        subprocess.run(["umount", "-l", small], check=True)
