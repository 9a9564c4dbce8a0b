# SPDX-License-Identifier: Apache-2.0
"""An instance from the host's terminal: nephele exec with one, ssh by a key pair, the console, a pipe to a port."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest
from ec2_machines import end, launch, seen, until, wait_state
from region import clean_env, program

PATIENCE = 60


class Terminal:
    """A program that has a terminal of its own: `nephele exec`."""

    def __init__(self, region, *argv, rows=24, columns=80):
        self.master, slave = pty.openpty()
        self.shape(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave  # stays open, so that its settings can be looked at
        self.process = subprocess.Popen([program(), "exec", f"--data={region.data}", *argv], env=clean_env(TERM="xterm"), stdin=slave,
                                        stdout=slave, stderr=slave, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.text = b""

    def shape(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys)

    def read(self, pattern):
        """Until it has written what matches; the match."""
        ends = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text)):
            assert select.select([self.master], [], [], max(0, ends - time.monotonic()))[0], self.text
            self.text += os.read(self.master, 65536)
        self.text = self.text[found.end():]
        return found

    def end(self):
        """Its exit status; the terminal is as it was."""
        status = self.process.wait(PATIENCE)
        assert termios.tcgetattr(self.slave) == self.before
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.slave)
        os.close(self.master)


@pytest.fixture(scope="module")
def machine(region, tmp_path_factory):
    """(instance, file of its key pair)"""
    ec2 = region.client("ec2")
    path = tmp_path_factory.mktemp("key") / "pem"
    path.write_text(ec2.create_key_pair(KeyName="terminal", KeyType="ed25519")["KeyMaterial"] + "\n")
    path.chmod(0o600)
    i, = launch(ec2, KeyName="terminal", UserData="#!/bin/sh\necho user data was here\n")
    wait_state(ec2, i, "running")
    until(lambda: "user data was here" in nephele(region, "console", i).stdout, "the boot")
    yield i, path
    end(ec2, i)
    ec2.delete_key_pair(KeyName="terminal")


def nephele(region, command, *argv, **kw):
    return subprocess.run([program(), command, f"--data={region.data}", *argv], env=clean_env(), capture_output=True, text=True,
                          timeout=PATIENCE, check=False, **kw)


# --- a terminal ---

def test_a_shell_has_the_terminal_and_its_status(region, machine):
    with Terminal(region, machine[0], rows=33, columns=111) as t:
        t.type(b"stty size; echo $TERM; test -t 1 && echo it is one\r")
        t.read(rb"33 111\r\n(.*\n)*xterm\r\n(.*\n)*it is one\r\n")
        t.type(b"exit 9\r")
        assert t.end() == 9


def test_the_window_changes(region, machine):
    with Terminal(region, machine[0], "--", "/bin/sh", "-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done") as t:
        t.read(rb"ready")
        for rows, columns in ((50, 132), (10, 40)):
            t.shape(rows, columns)
            t.read(rb"%d %d\r\n" % (rows, columns))
        t.type(b"\x03")
        assert t.end() == 128 + signal.SIGINT


def test_keys_that_are_signals(region, machine):
    script = "trap 'echo interrupted; exit 5' INT; trap 'echo quit' QUIT; echo ready; while :; do sleep 0.05; done"
    with Terminal(region, machine[0], "--", "/bin/sh", "-c", script) as t:
        t.read(rb"ready")
        t.type(b"\x1c")
        t.read(rb"quit")
        t.type(b"\x03")
        t.read(rb"interrupted")
        assert t.end() == 5
    with Terminal(region, machine[0], "--", "cat") as t:
        t.type(b"a line\r")
        t.read(rb"a line\r\na line\r\n")  # as typed, and from cat
        t.type(b"\x04")
        assert t.end() == 0


def test_who_hangs_up_leaves_nothing(region, machine):
    with Terminal(region, machine[0], "--", "/bin/sh", "-c", "echo pid $$ here; sleep 100000") as t:
        pid = t.read(rb"pid (\d+) here")[1].decode()
        alive = lambda: nephele(region, "exec", machine[0], "kill", "-0", pid).returncode == 0  # noqa: E731
        assert alive()
        t.process.kill()
        until(lambda: not alive(), "the end of what ran there")


# --- without one ---

def test_signals_go_to_the_program(region, machine):
    script = "trap 'echo got TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    p = subprocess.Popen([program(), "exec", f"--data={region.data}", machine[0], "--", "/bin/sh", "-c", script], env=clean_env(),
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert p.stdout.readline() == "ready\n"
    p.send_signal(signal.SIGTERM)
    assert p.communicate(timeout=PATIENCE)[0] == "got TERM\n" and p.returncode == 3


# --- ssh ---

SSH = ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes",
       "-o", "IdentitiesOnly=yes"]


@pytest.mark.skipif(not os.path.exists("/usr/sbin/sshd"), reason="the image has no sshd")
def test_ssh_by_the_key_pair(region, machine, tmp_path):
    i, key = machine
    done = nephele(region, "ssh", f"--key={key}", i, "id -un; exit 7")
    assert (done.stdout, done.returncode) == ("ec2-user\n", 7), done.stderr
    proxy = f"ProxyCommand={program()} connect --data={region.data} %h %p"
    plain = subprocess.run([*SSH, "-i", key, "-o", proxy, f"ec2-user@{i}", "cat"], input="through", env=clean_env(),
                           capture_output=True, text=True, check=False)
    assert plain.stdout == "through", plain.stderr
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    other = subprocess.run([*SSH, "-i", tmp_path / "other", "-o", proxy, f"ec2-user@{i}", "true"], env=clean_env(),
                           capture_output=True, text=True, check=False)
    assert other.returncode == 255 and "Permission denied" in other.stderr, "another key opens nothing"


@pytest.mark.skipif(not os.path.exists("/usr/sbin/sshd"), reason="the image has no sshd")
def test_ssh_by_the_public_address(region, machine):
    """As the security group says."""
    i, key = machine
    ec2 = region.client("ec2")
    d = seen(ec2, i)
    group = d["SecurityGroups"][0]["GroupId"]
    rule = {"GroupId": group, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}

    def login():
        for e in json.loads(nephele(region, "endpoints", "--json").stdout):
            if e["address"] == d["PublicIpAddress"]:
                return subprocess.run([*SSH, "-i", key, "-p", str(e["port"]), f"ec2-user@{e['address']}", "hostname"], env=clean_env(),
                                      capture_output=True, text=True, check=False)
        return None

    ec2.authorize_security_group_ingress(**rule)
    try:
        done = until(lambda: (lambda r: r if r is not None and r.returncode == 0 else None)(login()), "a login")
        assert done.stdout == d["PrivateDnsName"] + "\n"
    finally:
        ec2.revoke_security_group_ingress(**rule)


# --- console and connect ---

def test_the_console_of_one_that_stopped(region):
    ec2 = region.client("ec2")
    i, = launch(ec2, UserData="#!/bin/sh\necho the first boot > /dev/console\n")
    until(lambda: "the first boot" in nephele(region, "console", i).stdout, "its console")
    ec2.stop_instances(InstanceIds=[i])
    wait_state(ec2, i, "stopped")
    assert "the first boot" in nephele(region, "console", i).stdout
    refused = nephele(region, "exec", i, "true")
    assert refused.returncode == 1 and refused.stderr.startswith("nephele: ")
    end(ec2, i)


def test_the_end_of_a_long_console(region, machine):
    """GetConsoleOutput gives the last 64 KiB."""
    i, _ = machine
    ec2 = region.client("ec2")
    assert nephele(region, "exec", i, "--", "/bin/sh", "-c", "yes 0123456789abcde | head -c 200000 > /dev/console; "
                   "echo the very last > /dev/console").returncode == 0
    text = until(lambda: (lambda t: t if t.rstrip().endswith("the very last") else None)(
        ec2.get_console_output(InstanceId=i, Latest=True)["Output"]), "its last line")
    assert 65000 < len(text) <= 65536
    assert nephele(region, "console", i).stdout.rstrip().endswith("the very last")


SERVER = """import socket
s = socket.create_server(("", 7777))
print("listens", flush=True)
while True:
    c, _ = s.accept()
    n = 0
    while data := c.recv(65536):
        n += len(data)
    c.sendall(b"%d bytes\\n" % n)
    c.close()
"""


def test_connect(region, machine):
    """Bytes both ways, each way ended by itself; whatever the security group says."""
    i, _ = machine
    d = seen(region.client("ec2"), i)
    inside = subprocess.Popen([program(), "exec", f"--data={region.data}", i, "--", "/usr/bin/python3", "-c", SERVER], env=clean_env(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert inside.stdout.readline() == "listens\n"
        for name in (i, d["NetworkInterfaces"][0]["NetworkInterfaceId"], f"{d['VpcId']}/{d['PrivateIpAddress']}",
                     f"{d['VpcId']}/{d['PrivateDnsName']}"):
            done = nephele(region, "connect", name, "7777", input="x" * 300_000)
            assert (done.stdout, done.returncode) == ("300000 bytes\n", 0), (name, done.stderr)
        shut = nephele(region, "connect", i, "7778", input="")
        assert shut.returncode == 1 and shut.stderr.startswith("nephele: ")
    finally:
        inside.send_signal(signal.SIGTERM)
        inside.wait(PATIENCE)
        inside.stdout.close()
