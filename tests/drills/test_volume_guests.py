# SPDX-License-Identifier: Apache-2.0
"""Volumes as guests have them: names in /dev, mkfs and mount by the guest's own programs, while it runs,
after a stop, in another instance with other user ids."""
import os

import pytest
from region import wait_for
from volumes import Volumes, end

KEY = bytes(range(64))

ROOT = os.geteuid() == 0
MODES = [None, 65534] if ROOT else [None]


@pytest.fixture(scope="module", params=MODES, ids=lambda uid: "own" if uid is None else "nobody")
def agent(request):
    with Volumes(uid=request.param) as a:
        if a.served and not a.has_views:
            pytest.skip("volumes need /dev/fuse")
        for name in ("i-1", "i-2"):
            a.run(name)
            a.wait_up(name)
        yield a
        loops = a.loops
    assert not loops(), "loop devices are left"


def fails(agent, name, command):
    """The exit status and what it said."""
    return agent.sh(name, f"({command}) 2>&1 && echo unexpected || true")


def there(agent, name, path):
    wait_for(lambda: agent.sh(name, f"test -e {path} && echo yes || true") == "yes", what=f"{path} in {name}")


def absent(agent, name, path):
    wait_for(lambda: agent.sh(name, f"test -e {path} || echo gone") == "gone", what=f"no {path} in {name}")


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_guest_makes_and_mounts_a_file_system_on_what_is_attached(agent, key):
    more = {"key": key, "Encrypted": True} if key else {}
    name = "vol-enc" if key else "vol-plain"
    agent.make(name, 128, **more)
    agent.attach(name, "i-1", "sdf", **more)
    there(agent, "i-1", "/dev/sdf")
    assert agent.sh("i-1", "readlink -f /dev/xvdf") == agent.sh("i-1", "readlink -f /dev/sdf") == "/dev/nvme1n1"
    assert agent.sh("i-1", "ls /dev/disk/by-id") == "nvme-Amazon_Elastic_Block_Store_" + name.replace("-", "")
    assert agent.sh("i-1", "blockdev --getsize64 /dev/sdf") == str(128 << 20)
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdf && mkdir -p /data && mount /dev/sdf /data")
    line = agent.sh("i-1", "grep ' /data ' /proc/mounts")
    kind = "fuse.ext4" if agent.served else "ext4"
    assert line.startswith(f"/dev/nvme1n1 /data {kind} rw,") and "nodev" in line
    assert agent.served or "errors=remount-ro" in line
    user = "0" if agent.served else "33"  # a user without subordinate ids has one
    agent.sh("i-1", f"echo written > /data/file && chown {user}:{user} /data/file && sync")
    assert agent.sh("i-1", "stat -c %u /data/file") == user
    assert agent.sh("i-1", "ls /dev/disk/by-uuid | wc -l") == "1"
    # While it is mounted it stays; unmounted it goes.
    agent.ask("DetachVolume", Volume=name)
    assert agent.volumes()[name]["Instance"] == "i-1"
    assert agent.sh("i-1", "cat /data/file") == "written"
    agent.sh("i-1", "umount /data")
    wait_for(lambda: not agent.volumes()[name].get("Instance"), what="the end of the attachment")
    absent(agent, "i-1", "/dev/sdf")
    assert agent.sh("i-1", "ls -A /dev/ebs /dev/disk/by-uuid /dev/disk/by-id").split() == [
        "/dev/disk/by-id:", "/dev/disk/by-uuid:", "/dev/ebs:"]
    # Another instance has other ids; what is on the disk is the same.
    agent.attach(name, "i-2", "sdg", **more)
    there(agent, "i-2", "/dev/sdg")
    agent.sh("i-2", "mkdir -p /there && mount -o ro /dev/xvdg /there")
    assert agent.sh("i-2", "cat /there/file; stat -c %u:%g /there/file; touch /there/x 2>&1 || true") == \
        f"written\n{user}:{user}\ntouch: cannot touch '/there/x': Read-only file system"
    agent.sh("i-2", "umount /there")
    agent.detach(name)


def test_what_a_guest_may_not_mount(agent):
    agent.make("vol-1", 64)
    agent.attach("vol-1", "i-1", "sdf")
    there(agent, "i-1", "/dev/sdf")
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdf; mkdir -p /data")
    # An ordinary user of the guest; a file; another file system goes to the kernel, which has its rules.
    assert "unexpected" not in fails(agent, "i-1", "setpriv --reuid=1000 --regid=1000 --clear-groups mount /dev/sdf /data")
    assert "unexpected" not in fails(agent, "i-1", "setpriv --reuid=1000 --regid=1000 --clear-groups "
                                                   "unshare -Urm mount -t ext4 /dev/sdf /data")
    assert "unexpected" not in fails(agent, "i-1", "truncate -s 16M /tmp/image; mkfs.ext4 -q /tmp/image; "
                                                   "python3 -c \"import ctypes,os; l=ctypes.CDLL(None,use_errno=True); "
                                                   "r=l.mount(b'/tmp/image',b'/data',b'ext4',0,None); "
                                                   "os._exit(1 if r else 0)\"")
    assert "unexpected" not in fails(agent, "i-1", "mount -t ext4 -o journal_dev=1 /dev/sdf /data")
    assert "unexpected" not in fails(agent, "i-1", "mount -t ext4 -o errors=panic,sb=1 /dev/sdf /data")
    assert "unexpected" not in fails(agent, "i-1", "mknod /tmp/node b 7 0")
    assert agent.sh("i-1", "mount -t tmpfs none /data && umount /data && echo fine") == "fine"
    # What the superblock asks for on errors is not obeyed.
    agent.sh("i-1", "tune2fs -e panic /dev/sdf >/dev/null; mount -o errors=panic /dev/sdf /data")
    assert agent.served or "errors=remount-ro" in agent.sh("i-1", "grep ' /data ' /proc/mounts")
    agent.sh("i-1", "umount /data")
    agent.detach("vol-1")


def test_force_cuts_what_is_mounted(agent):
    agent.make("vol-2", 64)
    agent.attach("vol-2", "i-1", "sdh")
    there(agent, "i-1", "/dev/sdh")
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdh; mkdir -p /cut; mount /dev/sdh /cut; echo kept > /cut/kept; sync")
    agent.ask("DetachVolume", Volume="vol-2", Force=True)
    wait_for(lambda: not agent.volumes()["vol-2"].get("Instance"), what="the end of the attachment")
    assert agent.sh("i-1", "grep -c ' /cut ' /proc/mounts || true") == "0"
    agent.attach("vol-2", "i-2", "sdh")
    there(agent, "i-2", "/dev/sdh")
    assert agent.sh("i-2", "mkdir -p /cut; mount /dev/sdh /cut && cat /cut/kept; umount /cut") == "kept"
    agent.detach("vol-2")


def test_the_bytes_are_there_after_stop_and_start_and_the_guest_mounts_by_uuid(agent):
    agent.run("i-3")
    agent.wait_up("i-3")
    agent.make("vol-3", 64)
    agent.attach("vol-3", "i-3", "sdf")
    there(agent, "i-3", "/dev/sdf")
    agent.sh("i-3", "mkfs.ext4 -q /dev/sdf && mkdir /data && mount /dev/sdf /data && echo kept > /data/file && "
                    "echo UUID=$(blkid -s UUID -o value /dev/sdf) /data ext4 defaults,nofail 0 2 >> /etc/fstab; sync")
    agent.call("StopInstance", Id="i-3")
    agent.wait_phase("i-3", "ended")
    agent.ensure("i-3", Boot=2)
    agent.wait_phase("i-3", "running")
    agent.wait_up("i-3")
    agent.sh("i-3", "mountpoint -q /data || mount /data")
    assert agent.sh("i-3", "cat /data/file") == "kept"
    agent.remove("i-3")
    agent.detach("vol-3")


def test_the_agent_is_killed_and_guests_go_on_mounting(agent):
    agent.make("vol-4", 64)
    agent.attach("vol-4", "i-1", "sdi")
    there(agent, "i-1", "/dev/sdi")
    agent.kill()
    agent.start()
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdi && mkdir -p /again && mount /dev/sdi /again && umount /again")
    agent.detach("vol-4")


def test_a_killed_view_is_an_error_for_the_guest_and_a_new_attachment_has_all(agent):
    agent.make("vol-5", 64, key=KEY, Encrypted=True)
    agent.attach("vol-5", "i-1", "sdj", key=KEY, Encrypted=True)
    there(agent, "i-1", "/dev/sdj")
    agent.sh("i-1", "mkfs.ext4 -q /dev/sdj && mkdir -p /v && mount /dev/sdj /v && echo synced > /v/file && sync /v/file")
    end(agent.view("vol-5"))
    wait_for(lambda: not agent.volumes()["vol-5"].get("Instance"), what="word of it")
    assert "unexpected" not in fails(agent, "i-1", "dd if=/dev/zero of=/v/more bs=1M count=8 conv=fsync")
    agent.sh("i-1", "umount -l /v")
    agent.attach("vol-5", "i-1", "sdj", key=KEY, Encrypted=True)
    there(agent, "i-1", "/dev/sdj")
    assert agent.sh("i-1", "mount /dev/sdj /v && cat /v/file && umount /v") == "synced"
    agent.detach("vol-5")


def test_a_snapshot_of_a_mounted_volume_and_growing_it_under_the_guest(agent):
    agent.make("vol-6", 64)
    agent.attach("vol-6", "i-2", "sdf")
    there(agent, "i-2", "/dev/sdf")
    agent.sh("i-2", "mkfs.ext4 -q /dev/sdf && mkdir -p /s && mount /dev/sdf /s && echo one > /s/file")
    agent.snapshot("snap-6", "vol-6")
    agent.sh("i-2", "echo two > /s/file; sync")
    agent.ask("EnsureVolume", Id="vol-6", SizeMiB=128)
    wait_for(lambda: agent.volumes()["vol-6"]["SizeMiB"] == 128, what="its size")
    assert agent.sh("i-2", "blockdev --getsize64 /dev/sdf") == str(128 << 20)
    agent.sh("i-2", "umount /s; e2fsck -fp /dev/sdf >/dev/null; resize2fs /dev/sdf 2>/dev/null; mount /dev/sdf /s")
    assert int(agent.sh("i-2", "df --output=size -k /s | tail -1")) > 100 << 10
    agent.make("vol-7", 64, Snapshot="snap-6")
    agent.attach("vol-7", "i-2", "sdg")
    there(agent, "i-2", "/dev/sdg")
    assert agent.sh("i-2", "mkdir -p /old; mount /dev/sdg /old; cat /old/file /s/file; umount /old /s") == "one\ntwo"
    agent.detach("vol-6")
    agent.detach("vol-7")


def test_a_root_volume_is_grown_at_the_next_start(agent):
    if agent.served:
        pytest.skip("root volumes are folders")
    agent.make("vol-root", 1024, Image="builtin")
    agent.attach("vol-root", "i-4", "xvda")
    agent.network("i-4")
    agent.ensure("i-4", Root="vol-root")
    agent.wait_phase("i-4", "running")
    agent.wait_up("i-4")
    before = int(agent.sh("i-4", "df --output=size -k / | tail -1"))
    assert before < 1024 << 10
    assert "No space left" in fails(agent, "i-4", "dd if=/dev/zero of=/srv/large bs=1M count=1200")
    agent.sh("i-4", "rm /srv/large; echo kept > /srv/kept; sync")
    agent.ask("EnsureVolume", Id="vol-root", SizeMiB=2048)
    wait_for(lambda: agent.volumes()["vol-root"]["SizeMiB"] == 2048, what="its size")
    agent.call("StopInstance", Id="i-4")
    agent.wait_phase("i-4", "ended")
    agent.ensure("i-4", Root="vol-root", Boot=2)
    agent.wait_phase("i-4", "running")
    agent.wait_up("i-4")
    assert int(agent.sh("i-4", "df --output=size -k / | tail -1")) > 1900 << 10
    assert agent.sh("i-4", "cat /srv/kept") == "kept"
    agent.remove("i-4")
    agent.detach("vol-root")
