# SPDX-License-Identifier: Apache-2.0
"""Volumes of an agent by themselves: what was acknowledged is there after every fault, nothing is left
over. The guest's side is in test_volume_guests.py."""
import os
import subprocess

import pytest
from instances import Refused
from region import alive, wait_for
from volumes import Device, Volumes, end

KEY = bytes(range(64))
OTHER = bytes(range(1, 65))
TEXT = b"what the guest wrote, and nobody else shall read"
BLOCK = (TEXT + bytes(4096))[:4096]

ROOT = os.geteuid() == 0
MODES = [None, 65534] if ROOT else [None]


@pytest.fixture(params=MODES, ids=lambda uid: "own" if uid is None else "nobody")
def agent(request):
    with Volumes(uid=request.param) as a:
        if a.served and not a.has_views:
            pytest.skip("volumes need /dev/fuse and fuse2fs")
        yield a
        a_loops = a.loops
    assert not a_loops(), "loop devices are left"


@pytest.fixture
def devices(agent):
    """Those of the kernel: loop devices, and what it mounts of them. Guests of others: test_volume_guests.py."""
    if agent.served:
        pytest.skip("devices need root")
    return agent


def test_a_blank_volume_is_a_device_of_its_size(agent):
    made = agent.make("vol-1", 100)
    assert made["SizeMiB"] == 100 and made["UsedBytes"] < 1 << 16
    agent.attach("vol-1")
    with agent.device("vol-1") as d:
        assert d.size() == 100 << 20
        d.write(8192, BLOCK)
        assert d.read(8192, 4096) == BLOCK
        if not agent.served:
            with open(f"/sys/block/loop{agent.loop('vol-1')}/loop/dio", encoding="utf-8") as f:
                assert f.read().strip() == "1"
    with open(agent.path("vol-1", "disk"), "rb") as f:
        assert TEXT in f.read()
    agent.detach("vol-1")
    assert not agent.loops()
    agent.attach("vol-1", instance="i-2", device="xvdg")
    with agent.device("vol-1") as d:
        assert d.read(8192, 4096) == BLOCK


def test_the_same_call_again_changes_nothing(agent):
    agent.make("vol-1")
    agent.attach("vol-1")
    number = agent.loop("vol-1")
    agent.make("vol-1")
    agent.attach("vol-1")
    assert agent.loop("vol-1") == number and agent.loops() == ([] if agent.served else [number])
    with pytest.raises(Refused, match="attached to i-1"):
        agent.ask("AttachVolume", Volume="vol-1", Instance="i-2", Device="sdf")
    with pytest.raises(Refused, match="attached"):
        agent.call("RemoveVolume", Id="vol-1")
    agent.detach("vol-1")
    agent.detach("vol-1")
    agent.gone("RemoveVolume", "vol-1")
    agent.call("RemoveVolume", Id="vol-1")
    wait_for(lambda: not os.path.exists(agent.path("vol-1.old")), what="the end of its bytes")


def test_an_encrypted_volume_shows_nothing_on_the_disk(devices):
    agent = devices
    agent.make("vol-1", key=KEY, Encrypted=True)
    agent.attach("vol-1", key=KEY, Encrypted=True)
    with agent.device("vol-1") as d:
        d.mkfs()
        at = d.mount()
        with open(os.path.join(at, "secret"), "wb") as f:
            f.write(BLOCK * 100)
        d.umount()
        assert d.fsck() == 0
    with open(agent.path("vol-1", "disk"), "rb") as f:
        bytes_on_disk = f.read()
    assert TEXT not in bytes_on_disk and b"lost+found" not in bytes_on_disk
    agent.detach("vol-1")
    with pytest.raises(Refused, match="not the volume's key"):
        agent.ask("AttachVolume", Volume="vol-1", Instance="i-1", Device="sdf", Encrypted=True, key=OTHER)
    with pytest.raises(Refused, match="needs its key"):
        agent.ask("AttachVolume", Volume="vol-1", Instance="i-1", Device="sdf", Encrypted=True)
    agent.attach("vol-1", instance="i-2", key=KEY, Encrypted=True)
    with agent.device("vol-1") as d, open(os.path.join(d.mount(), "secret"), "rb") as f:
        assert f.read() == BLOCK * 100


def test_what_is_discarded_is_a_hole_and_reads_as_zeroes(devices):
    agent = devices
    agent.make("vol-1", key=KEY, Encrypted=True)
    agent.attach("vol-1", key=KEY, Encrypted=True)
    with agent.device("vol-1") as d:
        d.write(0, BLOCK * 2560)
        used = agent.volumes()["vol-1"]["UsedBytes"]
        assert used >= 10 << 20
        subprocess.run(["blkdiscard", "-o", "0", "-l", str(10 << 20), d.path], check=True)
        assert agent.volumes()["vol-1"]["UsedBytes"] < 1 << 20
        assert d.read(4096, 8192) == bytes(8192)


def test_a_root_volume_has_a_file_system_of_its_size(devices):
    agent = devices
    agent.make("vol-1", 2048, Image="builtin")
    agent.attach("vol-1", device="xvda")
    with agent.device("vol-1") as d:
        at = d.mount()
        assert sorted(os.listdir(at)) == ["lost+found", "upper", "work"]
        total = os.statvfs(at)
        assert total.f_blocks * total.f_frsize > 1900 << 20
        d.umount()
        assert d.fsck() == 0
    assert agent.volumes()["vol-1"]["UsedBytes"] < 8 << 20


def test_an_encrypted_root_volume_is_made_sealed(devices):
    agent = devices
    agent.make("vol-1", 256, Image="builtin", key=KEY, Encrypted=True)
    with open(agent.path("vol-1", "disk"), "rb") as f:
        assert b"lost+found" not in f.read()
    agent.attach("vol-1", device="sda1", key=KEY, Encrypted=True)
    with agent.device("vol-1") as d:
        assert "upper" in os.listdir(d.mount())
        d.umount()
        assert d.fsck() == 0


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_snapshot_is_a_point_in_time_of_what_is_mounted(devices, key):
    agent = devices
    more = {"key": key, "Encrypted": True} if key else {}
    agent.make("vol-1", **more)
    agent.attach("vol-1", **more)
    with agent.device("vol-1") as d:
        d.mkfs()
        at = d.mount()
        with open(os.path.join(at, "before"), "wb") as f:
            f.write(BLOCK)  # not synced: freezing does that
        agent.snapshot("snap-1", "vol-1")
        with open(os.path.join(at, "after"), "wb") as f:
            f.write(BLOCK)
    agent.make("vol-2", 128, Snapshot="snap-1", **more)
    agent.attach("vol-2", device="sdg", **more)
    with agent.device("vol-2") as d:
        assert d.size() == 128 << 20
        assert sorted(os.listdir(d.mount())) == ["before", "lost+found"]
        d.umount()
        assert d.fsck() == 0
    agent.gone("RemoveSnapshot", "snap-1")


def test_a_copy_of_a_plain_snapshot_may_be_encrypted(agent):
    agent.make("vol-1")
    agent.attach("vol-1")
    with agent.device("vol-1") as d:
        d.write(40960, BLOCK)
    agent.snapshot("snap-1", "vol-1")
    agent.snapshot("snap-2", "snap-1", key=KEY, Encrypted=True)
    with open(os.path.join(agent.data, "snapshots", "snap-2", "disk"), "rb") as f:
        assert TEXT not in f.read()
    agent.make("vol-2", Snapshot="snap-2", key=KEY, Encrypted=True)
    agent.attach("vol-2", device="sdg", key=KEY, Encrypted=True)
    with agent.device("vol-2") as d:
        assert d.read(40960, 4096) == BLOCK
    with pytest.raises(Refused, match="not the key"):
        agent.ask("EnsureVolume", Id="vol-3", SizeMiB=64, Snapshot="snap-2", key=OTHER, Encrypted=True)


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_volume_grows_while_it_is_attached(agent, key):
    more = {"key": key, "Encrypted": True} if key else {}
    agent.make("vol-1", 64, **more)
    agent.attach("vol-1", **more)
    with agent.device("vol-1") as d:
        d.write(4096, BLOCK)
        agent.ask("EnsureVolume", Id="vol-1", SizeMiB=200)
        wait_for(lambda: agent.volumes()["vol-1"]["SizeMiB"] == 200, what="its new size")
        assert d.size() == 200 << 20
        d.write((200 << 20) - 4096, BLOCK)
        assert d.read(4096, 4096) == BLOCK
    with pytest.raises(Refused, match="already"):
        agent.ask("EnsureVolume", Id="vol-1", SizeMiB=100)


def test_a_mounted_volume_stays_until_it_is_unmounted(devices):
    agent = devices
    agent.make("vol-1")
    agent.attach("vol-1")
    with agent.device("vol-1") as d:
        d.mkfs()
        at = d.mount()
        agent.ask("DetachVolume", Volume="vol-1")
        with open(os.path.join(at, "still"), "wb") as f:
            f.write(BLOCK)
        assert agent.volumes()["vol-1"]["Instance"] == "i-1"
        with pytest.raises(Refused, match="being detached"):
            agent.ask("AttachVolume", Volume="vol-1", Instance="i-1", Device="sdf")
        agent.kill()
        agent.start()
        assert agent.volumes()["vol-1"]["Instance"] == "i-1"
        d.umount()
    wait_for(lambda: "Instance" not in agent.volumes()["vol-1"], what="the end of the attachment")
    assert not agent.loops()
    agent.attach("vol-1")
    with agent.device("vol-1") as d:
        assert "still" in os.listdir(d.mount())


def test_the_agent_is_killed_and_its_volumes_go_on(devices):
    agent = devices
    agent.make("vol-1", key=KEY, Encrypted=True)
    agent.attach("vol-1", key=KEY, Encrypted=True)
    number = agent.loop("vol-1")
    with Device(number) as d:
        d.mkfs()
        at = d.mount()
        agent.kill()
        with open(os.path.join(at, "meanwhile"), "wb") as f:
            f.write(BLOCK)
            os.fsync(f.fileno())
        agent.start()
        assert agent.volumes()["vol-1"]["Instance"] == "i-1"
        assert agent.loop("vol-1") == number and agent.loops() == [number]
        d.umount()
    agent.detach("vol-1")


def test_a_killed_view_loses_nothing_that_was_synced(devices):
    agent = devices
    agent.make("vol-1", key=KEY, Encrypted=True)
    agent.attach("vol-1", key=KEY, Encrypted=True)
    with agent.device("vol-1") as d:
        d.mkfs()
        at = d.mount()
        for n in range(20):
            with open(os.path.join(at, f"file{n}"), "wb") as f:
                f.write(BLOCK)
                os.fsync(f.fileno())
        end(agent.view("vol-1"))
        wait_for(lambda: "Instance" not in agent.volumes()["vol-1"], what="word of the view's end")
        assert "attach it again" in agent.volumes()["vol-1"]["Reason"]
        with pytest.raises(OSError):  # the guest sees errors, not a halt
            with open(os.path.join(at, "file0"), "ab") as f:
                f.write(BLOCK * 1000)
                os.fsync(f.fileno())
        subprocess.run(["umount", "-l", at], check=True)
        d.mounted = None
    agent.attach("vol-1", key=KEY, Encrypted=True)
    with agent.device("vol-1") as d:
        assert len([n for n in os.listdir(d.mount()) if n.startswith("file")]) == 20
        d.umount()
    wait_for(lambda: len(agent.loops()) == 1, what="the end of the first device")


def test_a_copy_that_was_killed_leaves_no_trace_and_is_made_again(devices):
    agent = devices
    agent.make("vol-1", 600)
    agent.attach("vol-1")
    with agent.device("vol-1") as d:
        d.mkfs()
        at = d.mount()
        with open(os.path.join(at, "large"), "wb") as f:
            for _ in range(400):
                f.write(os.urandom(1 << 20))
        agent.ask("EnsureSnapshot", Id="snap-1", Of="vol-1")
        lock = os.path.join(agent.data, "snapshots", "snap-1.new", "lock")
        pid = wait_for(lambda: os.path.exists(lock) and int(open(lock, encoding="utf-8").read() or 0), what="the child")
        end(pid)
        agent.kill()
        agent.start()
        with open(os.path.join(at, "thawed"), "wb") as f:  # and it is not frozen
            f.write(BLOCK)
            os.fsync(f.fileno())
        agent.snapshot("snap-1", "vol-1")
    assert sorted(os.listdir(os.path.join(agent.data, "snapshots"))) == ["snap-1"]
    agent.make("vol-2", 600, Snapshot="snap-1")
    agent.attach("vol-2", device="sdg")
    with agent.device("vol-2") as d:
        assert "thawed" in os.listdir(d.mount())


def test_a_full_disk_is_told_and_leaves_nothing(devices):
    agent = devices
    small = os.path.join(agent.data, "small")
    os.mkdir(small)
    with Volumes(data=os.path.join(mount_small(small), "data")) as other:
        other.make("vol-1", 200)
        other.attach("vol-1")
        with other.device("vol-1") as d:
            d.write(0, os.urandom(30 << 20))
        other.ask("EnsureSnapshot", Id="snap-1", Of="vol-1")
        failed = wait_for(lambda: other.volumes(True)["snap-1"]["Phase"] == "failed" and other.volumes(True)["snap-1"],
                          what="the failure")
        assert "No space left" in failed["Reason"]
        assert not os.path.exists(os.path.join(other.data, "snapshots", "snap-1.new", "disk"))
        other.gone("RemoveSnapshot", "snap-1")
        other.detach("vol-1")
    subprocess.run(["umount", small], check=True)


def mount_small(at):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=0700", "small", at], check=True)
    os.mkdir(os.path.join(at, "data"), 0o700)
    return at


def test_a_loop_device_that_nobody_knows_is_freed(devices):
    agent = devices
    agent.make("vol-1")
    agent.attach("vol-1")
    number = agent.loop("vol-1")
    agent.kill()
    os.unlink(agent.path("vol-1", "attached"))
    agent.start()
    assert number not in agent.loops()


def test_the_end_frees_devices_and_views(agent):
    agent.make("vol-1", key=KEY, Encrypted=True)
    agent.attach("vol-1", key=KEY, Encrypted=True)
    view = agent.view("vol-1")
    agent.stop()
    wait_for(lambda: not alive(view), what="the end of the view")
    assert not agent.loops()
    agent.start()
    assert "Instance" not in agent.volumes()["vol-1"]


@pytest.mark.parametrize("members, why", [
    ({"Id": "vol-1", "SizeMiB": 0}, "id and size"),
    ({"Id": "vol-1", "SizeMiB": (64 << 20) + 1}, "id and size"),
    ({"Id": "vol-1", "SizeMiB": 64, "Snapshot": "snap-none"}, "no snap-none"),
    ({"Id": "vol-1", "SizeMiB": 64, "Encrypted": True}, "needs its key"),
])
def test_what_cannot_be_is_refused(agent, members, why):
    with pytest.raises(Refused, match=why):
        agent.ask("EnsureVolume", **members)
    assert not agent.volumes()


def test_a_key_that_is_not_sealed_is_refused(agent):
    fd = os.memfd_create("key", os.MFD_CLOEXEC)
    os.write(fd, KEY)
    with pytest.raises(Refused, match="sealed"):
        agent.ask("EnsureVolume", Id="vol-1", SizeMiB=64, Encrypted=True, key=fd)


def test_volumes_that_are_attached_at_once_have_devices_of_their_own(agent):
    names = [f"vol-{n}" for n in range(6)]
    for n, name in enumerate(names):
        agent.make(name, 64 + n)
    for n, name in enumerate(names):
        agent.ask("AttachVolume", Volume=name, Instance="i-1", Device="sd" + "fghijk"[n])
    wait_for(lambda: all(agent.volumes()[n].get("Instance") == "i-1" for n in names), what="all of them")

    def place(name):
        with open(agent.path(name, "attached"), encoding="utf-8") as f:
            return int(f.read().split()[3])
    assert sorted(map(place, names)) == [1, 2, 3, 4, 5, 6]
