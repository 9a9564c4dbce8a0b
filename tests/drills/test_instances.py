# SPDX-License-Identifier: Apache-2.0
"""Instances of an agent, without a region: they boot, run what they are told, end as asked. As root and as
another user."""
import base64
import contextlib
import gzip
import os
import signal
import socket

import pytest
from instances import DONE, PING, PONG, SHUTDOWN, Agent, Refused
from region import alive, wait_for

ROOT = os.geteuid() == 0
MODES = [None, 65534] if ROOT else [None]
root_only = pytest.mark.skipif(not ROOT, reason="needs root")


@pytest.fixture(scope="module", params=MODES, ids=lambda uid: "own" if uid is None else "nobody")
def agent(request):
    with Agent(uid=request.param) as a:
        a.run("i-1")
        a.wait_up("i-1")
        yield a


@pytest.fixture(scope="module")
def root():
    """Of root: with ranges of ids and limits."""
    if not ROOT:
        pytest.skip("needs root")
    with Agent() as a:
        yield a


def boot(agent, name, text, **more):
    agent.run(name, user_data=text, **more)
    return agent.wait_up(name)


# --- what it is ---

def test_a_guest_boots_from_the_hosts_programs(agent):
    assert agent.sh("i-1", "id -u") == "0"
    assert agent.sh("i-1", "hostname") == "i-1.ec2.internal"
    assert agent.sh("i-1", "python3 -c 'print(6 * 7)'") == "42"
    assert agent.sh("i-1", "cat /proc/1/comm") in ("guest", "init")
    assert "nameserver 169.254.169.253" in agent.sh("i-1", "cat /etc/resolv.conf")
    assert "i-1 boots" in agent.console("i-1")


@pytest.mark.parametrize("uid", MODES, ids=lambda uid: "own" if uid is None else "nobody")
def test_what_instances_start_from_is_made_before_there_is_one(uid):
    def images():
        folder = os.path.join(a.data, "run", "instances.d")
        return [n for n in os.listdir(folder) if n.startswith(".builtin-")]
    with Agent(uid=uid) as a:
        os.makedirs(os.path.join(a.data, "tls"))
        with open(os.path.join(a.data, "tls", "ca.pem"), "w", encoding="utf-8") as f:
            f.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        os.chmod(f.name, 0o644)
        os.chmod(os.path.dirname(f.name), 0o755)
        (made,) = wait_for(images, what="the built-in image")
        a.run("i-1")
        a.wait_up("i-1")
        assert images() == [made]


@root_only
def test_files_that_init_adds_to_keep_owner_and_mode(root):
    root.run("i-keeps")
    root.wait_up("i-keeps")
    for name, wanted in (("shadow", "640 root shadow"), ("gshadow", "640 root shadow"), ("passwd", "644 root root")):
        assert root.sh("i-keeps", f"stat -c '%a %U %G' /etc/{name}") == wanted
        assert "ec2-user" in root.sh("i-keeps", f"cat /etc/{name}")
    root.remove("i-keeps")


def test_nothing_of_the_host_but_its_usr_is_seen(agent):
    for place in ("/home", "/root", "/opt", "/srv", "/usr/local/bin", "/var/lib/postgresql", "/mnt"):
        mine = set(os.listdir(place)) if os.path.isdir(place) and os.access(place, os.R_OK) else set()
        seen = set(agent.sh("i-1", f"ls -A {place} 2>/dev/null || true").split())
        assert not seen & (mine - {"ec2-user", ".profile", "bin"}), place
    assert agent.data not in agent.sh("i-1", "cat /proc/self/mountinfo | grep -v /instances.d/.guest || true")
    hashes = agent.sh("i-1", "cut -d: -f2 /etc/shadow | sort -u").split()
    assert set(hashes) <= {"*", "!"}


def test_root_and_home_can_be_written_and_a_stop_keeps_it(agent):
    agent.run("i-keep")
    agent.wait_up("i-keep")
    agent.sh("i-keep", "echo kept > /srv/file; echo '#!/bin/sh' > /usr/local/bin/mine; rm /etc/issue; sync")
    agent.call("StopInstance", Id="i-keep")
    ended = agent.wait_phase("i-keep", "ended")
    assert ended["ExitCode"] == 0
    assert agent.ensure("i-keep")["Phase"] == "ended"  # the same boot stays ended
    agent.ensure("i-keep", Boot=2)
    agent.wait_phase("i-keep", "running")
    assert agent.sh("i-keep", "cat /srv/file; test -e /usr/local/bin/mine && echo there; test -e /etc/issue || echo gone") == \
        "kept\nthere\ngone"
    agent.remove("i-keep")
    assert "i-keep" not in agent.instances()


def test_the_console_is_told_and_does_not_grow_without_end(agent):
    agent.sh("i-1", "echo from the console > /dev/console")
    wait_for(lambda: "from the console" in agent.console("i-1"), what="the line")
    agent.sh("i-1", "yes 0123456789abcdef | head -c 3000000 > /dev/console; echo the last > /dev/console")
    wait_for(lambda: "the last" in agent.console("i-1"), what="the last line")
    size = os.stat(os.path.join(agent.folder("i-1"), "console")).st_size
    assert 100_000 < size <= 1 << 20
    with open(agent.door("i-1", "console"), encoding="utf-8") as f:
        assert f.read().rstrip().endswith("the last")


# --- the door ---

def test_the_door_answers(agent):
    with agent.talk("i-1") as talk:
        for _ in range(3):
            talk.send(PING)
            talk.receive(PONG)
    assert agent.status("i-1")["phase"] == "done"
    with pytest.raises(Refused):
        agent.door("i-none")


def test_exec_has_streams_status_user_and_environment(agent):
    assert agent.exec("i-1", "/bin/sh", "-c", "cat; echo $X >&2; exit 7", stdin=b"in" * 50000, X="told") == \
        (7, b"in" * 50000, b"told\n")
    assert agent.exec("i-1", "no-such-program")[0] == 127
    assert agent.exec("i-1", "kill", "-9", "$$")[0] != 0
    assert b"there is no user" in agent.exec("i-1", "id", user="nobody-knows")[2]
    status, out, _ = agent.exec("i-1", "/bin/sh", "-c", "test -t 0 && stty size", tty=True)
    assert (status, out.split()) == (0, [b"24", b"80"])


def test_many_conversations_have_a_limit(agent):
    talks = [agent.talk("i-1") for _ in range(64)]
    for t in talks:
        t.send(PING)
        t.receive(PONG)
    with agent.talk("i-1") as over, pytest.raises((EOFError, OSError)):
        over.send(PING)
        over.receive(PONG)
    for t in talks:
        t.socket.close()

    def again():
        with contextlib.suppress(OSError, EOFError):
            return agent.status("i-1")
    wait_for(again, what="an answer again")


def test_nonsense_at_the_door_is_hung_up_on(agent):
    for bad in (b"", b"x", b"\x01\x63\0\0", b"\x02\x01\0\0", b"\x01\x06\0\0" + b"\xff" * 100, b"\x01\x04\0\0\x09"):
        with agent.talk("i-1") as talk:
            talk.socket.send(bad) if bad else talk.socket.shutdown(socket.SHUT_WR)
            try:
                talk.socket.recv(100)
            except OSError:
                pass
    assert agent.status("i-1")["phase"] == "done"


# --- ends ---

def test_shutdown_inside_ends_it(agent):
    agent.run("i-down")
    agent.wait_up("i-down")
    with contextlib.suppress(EOFError, OSError):
        agent.exec("i-down", "shutdown", "-h", "now")
    assert agent.wait_phase("i-down", "ended")["ExitCode"] == 0


def test_reboot_inside_starts_it_again(agent):
    agent.run("i-again")
    agent.wait_up("i-again")
    agent.sh("i-again", "touch /srv/before; touch /run/before")
    keeper, pid = agent.keeper("i-again"), agent.instances()["i-again"]["Pid"]
    with agent.talk("i-again") as talk:
        talk.send(SHUTDOWN, b"\1")
        talk.receive(DONE)
    wait_for(lambda: agent.instances()["i-again"].get("Pid") not in (pid, None), what="another init")
    agent.wait_up("i-again")
    assert agent.sh("i-again", "ls /srv/before; test -e /run/before || echo gone") == "/srv/before\ngone"
    assert agent.keeper("i-again") == keeper and agent.instances()["i-again"]["Boot"] == 1
    agent.call("StopInstance", Id="i-again", Force=True)
    agent.wait_phase("i-again", "ended")
    assert not alive(keeper)


def test_what_does_not_end_is_ended(agent):
    agent.run("i-hard")
    agent.wait_up("i-hard")
    inside = agent.sh("i-hard", "nohup sh -c 'trap \"\" TERM; while :; do sleep 1000; done' >/dev/null 2>&1 & echo $!")
    assert inside
    agent.call("StopInstance", Id="i-hard", Force=True)
    assert "ExitCode" not in agent.wait_phase("i-hard", "ended")


def test_another_boot_ends_the_one_that_runs(agent):
    agent.run("i-boots")
    agent.wait_up("i-boots")
    assert agent.ensure("i-boots", Boot=2)["Phase"] == "stopping"
    agent.wait_phase("i-boots", "ended")
    agent.ensure("i-boots", Boot=2)
    assert agent.wait_phase("i-boots", "running")["Boot"] == 2
    agent.remove("i-boots")


def test_what_cannot_be_is_refused(agent):
    for bad in (dict(Slot=-1), dict(Slot=16384), dict(MemoryMiB=0), dict(MilliCpus=0), dict(Image="no-image"),
                dict(Hostname=""), dict(Hostname="x" * 65)):
        with pytest.raises(Refused):
            agent.ensure("i-bad", **bad)
    assert "i-bad" not in agent.instances()
    with pytest.raises(Refused, match="not attached"):
        agent.ensure("i-early")  # not ready: it does not count as one that has ended
    assert "i-early" not in agent.instances()
    agent.call("RemoveInstance", Id="i-bad")
    agent.call("RemoveInstance", Id="i-never")


# --- user data ---

def test_a_script_runs_once_and_its_failure_is_told(agent):
    now = boot(agent, "i-script", b"#!/bin/sh\necho first line of it\necho run >> /srv/runs\nexit 3\n")
    assert (now["userdata"], now["exit"]) == ("failed", "3")
    wait_for(lambda: "failed with status 3" in agent.console("i-script"), what="the end on the console")
    assert "first line of it" in agent.console("i-script")
    assert "first line of it" in agent.sh("i-script", "cat /var/log/cloud-init-output.log")
    agent.ensure("i-script", Boot=2)
    agent.wait_phase("i-script", "ended")
    agent.ensure("i-script", Boot=2)
    agent.wait_phase("i-script", "running")
    assert agent.wait_up("i-script")["userdata"] == "ok"
    assert agent.sh("i-script", "cat /srv/runs") == "run"
    agent.remove("i-script")


CONFIG = b"""#cloud-config
hostname: named
timezone: Europe/Berlin
bootcmd:
  - echo boot >> /srv/boots
write_files:
  - path: /etc/deep/down/file
    permissions: '0640'
    content: |
      two
      lines
  - {path: /srv/packed, encoding: gz+b64, content: %s}
users:
  - default
  - name: ann
    groups: [adm, wheel]
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: [ssh-ed25519 AAAA ann]
ssh_authorized_keys: [ssh-ed25519 BBBB all]
unheard_of: 1
runcmd:
  - [sh, -c, "echo 'it''s' $0 > /srv/ran"]
  - echo more >> /srv/ran
"""


def test_a_cloud_config_is_carried_out(agent):
    packed = base64.b64encode(gzip.compress(b"#! packed\n"))
    now = boot(agent, "i-config", gzip.compress(CONFIG % packed))
    assert now["userdata"] == "ok", agent.console("i-config")
    assert now["hostname"] == "named"
    assert agent.sh("i-config", "cat /etc/deep/down/file; stat -c %a /etc/deep/down/file") == "two\nlines\n640"
    assert agent.sh("i-config", "cat /srv/packed") == "#! packed"
    assert agent.sh("i-config", "cat /srv/ran").splitlines()[1] == "more"
    assert agent.sh("i-config", "cat /srv/boots; readlink /etc/localtime") == "boot\n/usr/share/zoneinfo/Europe/Berlin"
    assert agent.sh("i-config", "grep ^ann: /etc/passwd; cat ~ann/.ssh/authorized_keys").endswith("AAAA ann")
    assert "BBBB" in agent.sh("i-config", "cat ~ec2-user/.ssh/authorized_keys")
    assert "ann ALL" in agent.sh("i-config", "cat /etc/sudoers.d/90-cloud-init-users")
    wait_for(lambda: "'unheard_of' is not supported" in agent.console("i-config"), what="the console")
    agent.remove("i-config")


MIME = b"""Content-Type: multipart/mixed; boundary="=="
MIME-Version: 1.0

--==
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Disposition: attachment; filename="one.sh"

#!/bin/sh
echo one >> /srv/order
--==
Content-Type: text/cloud-config

runcmd: [ "echo config >> /srv/order" ]
--==
Content-Type: text/x-shellscript
Content-Transfer-Encoding: base64

%s
--==--
"""


def test_parts_of_mime_run_in_order(agent):
    now = boot(agent, "i-mime", MIME % base64.b64encode(b"#!/bin/sh\necho two >> /srv/order\n"))
    assert now["userdata"] == "ok", agent.console("i-mime")
    assert agent.sh("i-mime", "cat /srv/order").split() == ["config", "one", "two"]
    agent.remove("i-mime")


def test_the_metadata_give_keys_and_sshd_takes_them(agent):
    boot(agent, "i-ssh", b"#!/bin/sh\ntrue\n", key=b"ssh-ed25519 CCCC mine")
    assert "CCCC" in agent.sh("i-ssh", "cat ~ec2-user/.ssh/authorized_keys")
    peer = ".".join(map(str, agent.address("i-ssh")))
    assert (peer, "PUT /latest/api/token HTTP/1.0") in agent.metadata.asked
    if os.path.exists("/usr/sbin/sshd"):
        wait_for(lambda: agent.status("i-ssh").get("sshd") is not None, what="sshd")
        assert agent.uid is not None or agent.status("i-ssh")["sshd"] == "1"
    agent.remove("i-ssh")


# --- services ---

UNIT = """[Unit]
Description=A web server
[Service]
ExecStart=/usr/bin/python3 -u -m http.server ${PORT} --bind 127.0.0.1
Environment=PORT=8099
WorkingDirectory=/srv
Restart=always
RestartSec=50ms
[Install]
WantedBy=multi-user.target
"""


def test_systemctl_runs_services(agent):
    agent.exec("i-1", "/bin/sh", "-c", "cat > /etc/systemd/system/web.service", stdin=UNIT.encode())

    def answers():
        return agent.exec("i-1", "curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:8099/")[0] == 0
    assert agent.sh("i-1", "systemctl daemon-reload; systemctl enable web; systemctl start web; systemctl is-active web") \
        .endswith("active")
    wait_for(answers, what="the service")
    first = agent.sh("i-1", "systemctl status web | grep -o 'PID: .*'")
    agent.sh("i-1", f"kill -9 {first.split()[1]}")
    wait_for(lambda: agent.exec("i-1", "/bin/sh", "-c", "systemctl status web | grep -o 'PID: .*'")[1].strip()
             not in (b"", first.encode()), what="another process")
    wait_for(answers, what="the service again")
    assert agent.sh("i-1", "systemctl stop web; systemctl is-active web || true; systemctl is-enabled web") == \
        "inactive\nenabled"
    assert agent.exec("i-1", "systemctl", "start", "no-such")[0] == 5
    assert agent.exec("i-1", "systemctl", "isolate", "web")[0] == 1


# --- what root alone has ---

@root_only
def test_limits_hold(root):
    root.run("i-small", MilliCpus=200, MemoryMiB=128)
    root.wait_up("i-small")
    before = root.instances(usage=True)["i-small"]
    status, _, _ = root.exec("i-small", "python3", "-c", "x = bytearray(300 << 20)")
    assert status in (-signal.SIGKILL, 137, 1)
    after = root.instances(usage=True)["i-small"]
    assert after["OomKills"] > before["OomKills"]
    assert after["MemoryBytes"] <= 128 << 20 and after["CpuNs"] > before["CpuNs"]
    # Of a second of work a fifth a second is let through.
    took = float(root.sh("i-small", "python3 -c 'import time; t = time.monotonic(); c = time.process_time()\n"
                                    "while time.process_time() - c < 0.4: pass\nprint(time.monotonic() - t)'"))
    assert took > 0.4 * 3
    root.remove("i-small")


@root_only
def test_ids_and_disks_are_a_guests_own(root):
    root.run("i-a", Slot=5)
    root.run("i-b", Slot=6)
    root.wait_up("i-a")
    pids = {n: root.instances()[n]["Pid"] for n in ("i-a", "i-b")}
    assert [os.stat(f"/proc/{pids[n]}").st_uid for n in ("i-a", "i-b")] == [(1 << 20) + s * 65536 for s in (5, 6)]
    root.sh("i-a", "touch /srv/f; chown 33:33 /srv/f; su ec2-user -c 'touch ~/mine'; sync")
    assert root.sh("i-a", "stat -c %u:%U /srv/f ~ec2-user/mine").split() == ["33:www-data", "1000:ec2-user"]
    # Another slot, the same disk: ids on it begin at 0.
    root.call("StopInstance", Id="i-a")
    root.wait_phase("i-a", "ended")
    root.ensure("i-a", Slot=9, Boot=2)
    root.wait_phase("i-a", "running")
    assert root.sh("i-a", "stat -c %u /srv/f ~ec2-user/mine").split() == ["33", "1000"]
    root.remove("i-a")
    root.remove("i-b")


@root_only
def test_a_stopped_init_does_not_answer(root):
    root.run("i-still")
    root.wait_up("i-still")
    pid = root.instances()["i-still"]["Pid"]
    os.kill(pid, signal.SIGSTOP)
    with root.talk("i-still") as talk:
        talk.socket.settimeout(0.3)
        talk.send(PING)
        with pytest.raises(socket.timeout):
            talk.receive(PONG)
    os.kill(pid, signal.SIGCONT)
    assert root.status("i-still")["phase"] == "done"
    os.kill(pid, signal.SIGSTOP)
    root.remove("i-still")


@root_only
def test_twenty_at_once(root):
    names = [f"i-many-{i}" for i in range(20)]
    for n in names:
        root.call("EnsureVolume", Id="vol-" + n, SizeMiB=1024, Image="builtin")
    for n in names:
        root.network(n)
    for i, n in enumerate(names):
        root.disk(n)
        root.ensure(n, Slot=100 + i)
    for n in names:
        root.wait_phase(n, "running")
    for n in names:
        assert root.wait_up(n)["hostname"] == n + ".ec2.internal"
    for n in names:
        root.remove(n)

