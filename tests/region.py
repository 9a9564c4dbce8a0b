# SPDX-License-Identifier: Apache-2.0
"""A region for one test or a whole session: its own process, port, data directory and root keys.

    with Region(dev=True) as region:
        region.client("iam").create_user(UserName="ann")
        region.kill()      # kill -9 of every process; state must survive
        region.start()

NP_BIN names the program; else the newest of build-check/nephele and build/nephele is taken.
"""
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

import boto3
import botocore.config

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
READY_SECONDS = 60
SLOWNESS = float(os.environ.get("NP_SLOWNESS", "1"))  # of an emulated machine


def program():
    named = os.environ.get("NP_BIN")
    if named:
        return os.path.abspath(named)
    built = [os.path.join(ROOT, d, "nephele") for d in ("build-check", "build")]
    built = [p for p in built if os.path.exists(p)]
    if not built:
        raise RuntimeError("no program: run make, or name one in NP_BIN")
    return max(built, key=os.path.getmtime)


def clean_env(**more):
    """The environment without what steers AWS clients or a region."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "NEPHELE_"))}
    env["AWS_EC2_METADATA_DISABLED"] = "true"
    env["AWS_CONFIG_FILE"] = env["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
    env.update(more)
    return env


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
            return f.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition, seconds=20, what="condition"):
    """Until condition() is true; what it returned. Polls: the thing waited for has no event."""
    until = time.monotonic() + seconds * SLOWNESS
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > until:
            raise AssertionError(f"{what}: not after {seconds} s")
        time.sleep(0.01)


def as_user(uid, folder):
    """What root puts before a command so that this user runs it, on a host whose /dev/fuse is everybody's, as udev
    makes it; that one is seen by the command alone. `folder` is the caller's and stays empty."""
    return ["unshare", "--mount", "sh", "-c", 'at="$0/.dev"; mkdir -p "$at"; mount -t tmpfs -o mode=755 nephele "$at" && '
            'mknod -m 666 "$at/fuse" c 10 229 && mount --bind "$at/fuse" /dev/fuse; exec "$@"', folder,
            "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


class Region:
    """`flags` become the command line: at_rest="none" is --at-rest=none, dev=True is --dev. `uid`: started by
    root, it runs as that user."""

    def __init__(self, data=None, listen="127.0.0.1:0", dns="127.0.0.1:0", keys=True, autostart=True, uid=None,
                 **flags):
        self.own_folder = None if data else tempfile.mkdtemp(prefix="nephele-test-")
        self.data = data or os.path.join(self.own_folder, "data")
        self.listen = listen
        self.dns = dns
        self.flags = flags
        self.uid = uid
        if uid is not None:
            os.chown(self.own_folder, uid, uid)
        self.account = flags.get("account", "000000000000")
        self.given = ("AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30)) if keys else None
        self.process = None
        self.endpoint = None
        self.held = []
        self.log_path = self.data + ".log"
        if autostart:
            self.start()

    # --- life ---

    def argv(self):
        out = [] if self.uid is None else as_user(self.uid, self.own_folder)
        out += [program(), "serve", f"--data={self.data}", f"--listen={self.listen}", f"--dns={self.dns}"]
        for name, value in self.flags.items():
            flag = "--" + name.replace("_", "-")
            out.append(flag if value is True else f"{flag}={value}")
        return out

    def start(self):
        env = clean_env()
        if self.given:
            env["NEPHELE_ROOT_ACCESS_KEY_ID"], env["NEPHELE_ROOT_SECRET_ACCESS_KEY"] = self.given
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.argv(), env=env, stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        if line != b"Ready.\n":
            self.process.wait(READY_SECONDS)
            self.process.stdout.close()
            self.process = None
            raise RuntimeError(f"the region did not start: {self.log()[-2000:]}")
        with open(os.path.join(self.data, "endpoint"), encoding="utf-8") as f:
            self.address = f.read().strip()
        self.endpoint = "http://" + self.address
        self.https = "https://" + self.address
        self.listen = self.address  # a restart comes back on the same ports
        self.dns = self.file("dns").strip()
        return self

    def hold_ports(self):
        """While it is down nobody is given its ports: a socket that is bound there and does not listen is in nobody's
        way who names them."""
        if self.held or self.endpoint is None:
            return
        for address in (self.listen, self.dns):
            host, _, port = address.rpartition(":")
            s = socket.socket(socket.AF_INET6 if "[" in host else socket.AF_INET)
            self.held.append(s)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):  # another one has it already
                s.bind((host.strip("[]"), int(port)))

    def stop(self, sig=signal.SIGTERM, seconds=60):
        """Ends it in order; returns the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        status = self.process.wait(seconds)
        self.hold_ports()
        self.process.stdout.close()
        self.process = None
        return status

    def kill(self):
        """kill -9 of the region and its supervisor, as a crash of the machine would be for the files."""
        pids = [self.process.pid, *children(self.process.pid)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(30)
        self.process.stdout.close()
        self.process = None
        for pid in pids:
            wait_for(lambda p=pid: not alive(p), what=f"the end of process {pid}")
        self.hold_ports()

    def restart(self):
        self.stop()
        return self.start()

    def close(self):
        status = 0
        try:
            if self.process is not None:
                status = self.stop()
        finally:
            if self.process is not None:
                self.kill()
            for s in self.held:
                s.close()
            self.end_holder()
            found = self.sanitizer_report() or self.assertion()
            ended = "\n".join(self.log().splitlines()[-5:]) if os.path.exists(self.log_path) else ""
            if self.own_folder:
                shutil.rmtree(self.own_folder, ignore_errors=True)
            assert not found, found
        assert status in (0, None), f"the region ended with {status}: {ended}"

    def end_holder(self):
        """The holder outlives a supervisor that was killed, until the next one ends in order."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self.file("run/holder"))
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if f"--data={self.data}".encode() in f.read().split(b"\0"):
                    os.kill(pid, signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- looking in ---

    def child(self, name):
        """The pid of the supervisor's child "region" or "agent", 0 while there is none."""
        for pid in children(self.process.pid):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                    if f.read().startswith("nephele-" + name):
                        return pid
        return 0

    def running(self, name):
        """The pid of that child, waited for: the kernel's list of children has gaps while some of them end."""
        return wait_for(lambda: self.child(name), what=f"the {name}")

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def file(self, name):
        with open(os.path.join(self.data, name), encoding="utf-8") as f:
            return f.read()

    def sanitizer_report(self):
        log = self.log() if os.path.exists(self.log_path) else ""
        at = min((i for i in (log.find("Sanitizer"), log.find("runtime error:")) if i >= 0), default=-1)
        return log[max(0, at - 200):at + 4000] if at >= 0 else ""

    def assertion(self):
        """What a region said that found itself broken."""
        lines = self.log().splitlines() if os.path.exists(self.log_path) else []
        return "\n".join(line for line in lines if re.match(r"nephele: \S+\.c:\d+: ", line))

    @property
    def token(self):
        return self.file("token").strip()

    @property
    def ca(self):
        return os.path.join(self.data, "tls", "ca.pem")

    @property
    def root(self):
        """(access key id, secret) of the first account's root."""
        if self.given:
            return self.given
        values = dict(line.split(" = ") for line in self.file("root-keys").splitlines() if " = " in line)
        return values["aws_access_key_id"], values["aws_secret_access_key"]

    def post(self, path, **headers):
        """A state-changing page of the gateway, with the data directory's token."""
        request = urllib.request.Request(self.endpoint + path, method="POST", data=b"",
                                         headers={"X-Nephele-Token": self.token, **headers})
        with urllib.request.urlopen(request) as reply:
            return reply.read()

    def advance(self, seconds):
        """Moves the region's clock (needs dev=True)."""
        self.post(f"/_nephele/clock?advance_ms={int(seconds * 1000)}")

    # --- clients ---

    def session(self, key=None, secret=None, token=None, region="us-east-1"):
        if key is None:
            key, secret = self.root
        return boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret,
                                     aws_session_token=token, region_name=region)

    def client(self, service, key=None, secret=None, token=None, region="us-east-1", config=None, **more):
        """A boto3 client of root, or of the key that is given. No retries: a failure shows."""
        base = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60,
                                      s3={"addressing_style": "path"})
        if config is not None:
            base = base.merge(config)
        more.setdefault("endpoint_url", self.endpoint)
        return self.session(key, secret, token, region).client(service, config=base, **more)

    def env(self, key=None, secret=None, token=None, region="us-east-1", tls=False):
        """For child processes: the AWS CLI, terraform, rclone, node."""
        if key is None:
            key, secret = self.root
        env = clean_env(AWS_ENDPOINT_URL=self.https if tls else self.endpoint, AWS_ACCESS_KEY_ID=key,
                        AWS_SECRET_ACCESS_KEY=secret, AWS_REGION=region, AWS_DEFAULT_REGION=region, AWS_PAGER="")
        if token:
            env["AWS_SESSION_TOKEN"] = token
        if tls:
            env.update(AWS_CA_BUNDLE=self.ca, NODE_EXTRA_CA_CERTS=self.ca, SSL_CERT_FILE=self.ca)
        return env

    def run(self, *argv, **more):
        """A program as root of the region; its output. Fails when it fails, unless check=False."""
        more.setdefault("check", True)
        return subprocess.run(argv, env=more.pop("env", None) or self.env(), capture_output=True, text=True, **more)

    def nephele(self, *argv, **more):
        """The command, on this data directory."""
        more.setdefault("env", clean_env())
        return self.run(program(), argv[0], f"--data={self.data}", *argv[1:], **more)


def children(pid):
    """Processes below pid, nearest first."""
    out = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
            for child in f.read().split():
                out += [int(child), *children(int(child))]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return out
