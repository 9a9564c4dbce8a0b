# SPDX-License-Identifier: Apache-2.0
"""The agent alone with instances: what a region would ask, without one. Each instance has an address in one
network, and a metadata service that this process serves, as a region would.

    with Agent() as agent:
        agent.run("i-1", user_data=b"#!/bin/sh\\n...")
        agent.kill()       # kill -9
        agent.start()
"""
import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading

from region import alive, as_user, clean_env, program, wait_for

VERBS = ["Hello", "EnsureProcess", "StopProcess", "ListProcesses", "Doctor", None, "EnsureNetwork", "RemoveNetwork",
         "ListNetworks", "EnsureInternet", "MakeSockets", "EnsureInstance", "StopInstance", "RemoveInstance",
         "ListInstances", "OpenInstance", "EnsureVolume", "RemoveVolume", "AttachVolume", "DetachVolume",
         "EnsureSnapshot", "RemoveSnapshot", "ListVolumes"]
CHANGED = 6
HEAD = struct.Struct("<BBhIQ")
MESSAGE_MAX = 65536


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


# --- CBOR, as far as the agent's messages have it ---

def head(major, n):
    for extra, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if n < 24:
            return bytes([major << 5 | n])
        if n < 1 << 8 * struct.calcsize(form):
            return bytes([major << 5 | extra]) + struct.pack(form, n)
    raise ValueError(n)


def dump(v):
    if isinstance(v, bool):
        return bytes([0xF5 if v else 0xF4])
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, (list, tuple)):
        return head(4, len(v)) + b"".join(map(dump, v))
    if isinstance(v, dict):
        return head(5, len(v)) + b"".join(dump(k) + dump(x) for k, x in v.items())
    raise TypeError(v)


def load(b, at=0):
    """(value, where it ends)"""
    major, low = b[at] >> 5, b[at] & 31
    at += 1
    if major == 7:
        return {20: False, 21: True, 22: None}[low], at
    n = low
    if 24 <= low <= 27:
        size = 1 << low - 24
        n = int.from_bytes(b[at:at + size], "big")
        at += size
    end = low == 31
    if major < 2:
        return (n if major == 0 else -1 - n), at
    if major < 4:
        text = b[at:at + n]
        return (text if major == 2 else text.decode()), at + n
    out = []
    while (b[at] != 0xFF) if end else (len(out) < (n if major == 4 else 2 * n)):
        v, at = load(b, at)
        out.append(v)
    at += end
    return (out if major == 4 else dict(zip(out[::2], out[1::2]))), at


# --- the control door: src/guest/control.h ---

(PING, PONG, STATUS, SHUTDOWN, DONE, EXEC, STARTED, FAILED, INPUT, INPUT_END, RESIZE, SIGNAL, OUTPUT, ERRORS,
 EXIT) = range(1, 16)


class Talk:
    def __init__(self, fd):
        self.socket = socket.socket(fileno=fd)
        self.socket.settimeout(60)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()

    def send(self, kind, body=b""):
        self.socket.send(struct.pack("<BBH", 1, kind, 0) + body)

    def receive(self, *kinds):
        """Body of a message that must be of these kinds; with several (kind, body)."""
        data = self.socket.recv(MESSAGE_MAX)
        if not data:
            raise EOFError("the guest hung up")
        _, kind, _ = struct.unpack_from("<BBH", data)
        assert kind in kinds, (kind, data)
        return data[4:] if len(kinds) == 1 else (kind, data[4:])

    def start(self, argv, user="", tty=False, env=()):
        texts = [user, "", *argv, *(f"{k}={v}" for k, v in dict(env).items())]
        body = struct.pack("<BBHHHH", tty, 0, 24, 80, len(argv), len(env))
        self.send(EXEC, body + b"".join(t.encode() + b"\0" for t in texts))
        kind, body = self.receive(STARTED, FAILED)
        if kind == FAILED:
            raise RuntimeError(body.decode())
        return struct.unpack("<I", body)[0]

    def run(self, argv, user, tty, stdin, seconds, env):
        self.socket.settimeout(seconds)
        self.start(argv, user, tty, env)
        with contextlib.suppress(BrokenPipeError):  # it has ended without reading
            for at in range(0, len(stdin), 32768):
                self.send(INPUT, stdin[at:at + 32768])
            self.send(INPUT_END)
        said = {OUTPUT: b"", ERRORS: b""}
        while True:
            kind, body = self.receive(OUTPUT, ERRORS, EXIT)
            if kind == EXIT:
                status = struct.unpack("<I", body)[0]
                return os.waitstatus_to_exitcode(status), said[OUTPUT], said[ERRORS]
            said[kind] += body


# --- a network, and its metadata service ---

def ip(*parts):
    return int.from_bytes(bytes(parts), "big")


ALL = [{"Protocol": -1, "Block": {"Address": 0, "Bits": 0}}]
ACL = [{"Allow": True, "Protocol": -1, "Block": {"Address": 0, "Bits": 0}}]


class Metadata(threading.Thread):
    """Version 2 alone: without a token of its own it answers 401."""
    TOKEN = "a-token"

    def __init__(self, fd):
        super().__init__(daemon=True)
        self.socket = socket.socket(fileno=fd)
        self.socket.setblocking(True)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("169.254.169.254", 80))
        self.socket.listen(64)
        self.user_data, self.keys, self.asked = {}, {}, []
        self.start()

    def run(self):
        while True:
            try:
                conn, (peer, _) = self.socket.accept()
            except OSError:
                return
            with conn, contextlib.suppress(OSError):
                conn.settimeout(10)
                text = b""
                while b"\r\n\r\n" not in text:
                    more = conn.recv(4096)
                    if not more:
                        break
                    text += more
                self.asked.append((peer, text.split(b"\r\n")[0].decode()))
                conn.sendall(self.answer(peer, text.decode()))

    def answer(self, peer, text):
        method, path = text.split()[:2]
        body, status = b"", "404 Not Found"
        if (method, path) == ("PUT", "/latest/api/token"):
            body, status = self.TOKEN.encode(), "200 OK"
        elif f"X-aws-ec2-metadata-token: {self.TOKEN}\r\n" not in text:
            status = "401 Unauthorized"
        elif path == "/latest/user-data" and peer in self.user_data:
            body, status = self.user_data[peer], "200 OK"
        elif path == "/latest/meta-data/public-keys/" and peer in self.keys:
            body, status = b"0=name", "200 OK"
        elif path == "/latest/meta-data/public-keys/0/openssh-key" and peer in self.keys:
            body, status = self.keys[peer], "200 OK"
        return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


class Agent:
    """`uid`: started by root, it runs as that user. `beside`: for what is not in `data`, which is then given, too."""

    def __init__(self, uid=None, data=None, beside=None):
        self.uid = uid
        self.own = None
        if data is None:
            self.own = tempfile.mkdtemp(prefix="nephele-agent-")
            os.chmod(self.own, 0o755)
            data = os.path.join(self.own, "data")
            os.mkdir(data, 0o700)
            if uid is not None:
                os.chown(data, uid, uid)
        self.data = data
        self.beside = beside or os.path.dirname(data)
        self.log_path = os.path.join(self.beside, "data.log")
        self.process = self.socket = self.metadata = None
        self.number = 0
        self.guests = []
        self.program = program()
        if uid is not None:  # which may not look into the build's folder
            self.program = shutil.copy(program(), os.path.join(self.beside, "nephele"))
        self.start()

    def start(self):
        argv = [self.program, "__agent", self.data]
        if self.uid is not None:
            argv = as_user(self.uid, self.beside) + argv
        path = os.path.join(self.data, "agent.sock")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(argv, env=clean_env(), stderr=log, cwd="/", umask=0o077)  # a region's
        wait_for(lambda: self.process.poll() is not None or self.greet(path), what="the agent")
        if self.socket is None:
            raise RuntimeError(f"the agent did not start: {self.log()}")
        if self.guests:
            self.tell_network()
        return self

    def greet(self, path):
        """A child that the last agent was just forking may have its socket for a moment more."""
        if not self.connect(path):
            return False
        try:
            self.hello = self.call("Hello", Version=1)
            return True
        except (EOFError, OSError):
            self.socket.close()
            self.socket = None
            return False

    def connect(self, path):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.settimeout(60)
        try:
            with self.as_its_user():
                s.connect(path)
        except OSError:
            s.close()
            return False
        self.socket = s
        return True

    @contextlib.contextmanager
    def as_its_user(self):
        """Who connects must be the agent's own user."""
        before = os.geteuid()
        os.seteuid(before if self.uid is None else self.uid)
        try:
            yield
        finally:
            os.seteuid(before)

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def receive(self):
        """(verb, code, number, value, descriptors)"""
        data = b""
        with contextlib.suppress(ConnectionResetError):
            data, fds, _, _ = socket.recv_fds(self.socket, MESSAGE_MAX, 64)
        if not data:
            raise EOFError(f"the agent went away: {self.log()[-2000:]}")
        _, verb, code, _, number = HEAD.unpack_from(data)
        return verb, code, number, (load(data, HEAD.size)[0] if len(data) > HEAD.size else None), fds

    def call(self, verb, **members):
        return self.call_fds(verb, **members)[0]

    def call_fds(self, verb, **members):
        self.number += 1
        number = VERBS.index(verb) + 1
        self.socket.send(HEAD.pack(1, number, 0, 0, self.number) + dump(members))
        while True:
            got, code, n, value, fds = self.receive()
            if got == CHANGED:
                continue
            assert n == self.number, (n, self.number)
            if code != 0:
                raise Refused(code, value["Message"])
            return value, fds

    # --- instances ---

    def spec(self, name, **more):
        spec = dict(Id=name, Image="builtin", Slot=sum(name.encode()) * 7919 % 16000, Boot=1, MilliCpus=1000,
                    MemoryMiB=512, Hostname=name + ".ec2.internal", User="ec2-user", Root="vol-" + name)
        spec.update(more)
        return spec

    def ensure(self, name, **more):
        return self.call("EnsureInstance", **self.spec(name, **more))["Instance"]

    def instances(self, usage=False):
        return {i["Id"]: i for i in self.call("ListInstances", Usage=usage)["Instances"]}

    def wait_phase(self, name, phase, seconds=60):
        def there():
            now = self.instances().get(name)
            if now is not None and now["Phase"] == "ended" and phase != "ended":
                raise AssertionError(f"{now}\n{self.console(name)}")
            return now if now is not None and now["Phase"] == phase else None
        return wait_for(there, seconds, what=f"{name} {phase}")

    def volume(self, name):
        return {v["Id"]: v for v in self.call("ListVolumes")["Volumes"]}.get(name)

    def address(self, name):
        place = self.guests.index(name) + 4
        return 10, 0, place // 250, place % 250 + 4

    def interface(self, name):
        place = self.guests.index(name)
        return {"Id": f"eni-{place}", "Guest": name, "Device": 0, "Mac": 0x020000000000 + place,
                "Addresses": [{"Private": ip(*self.address(name))}], "Subnet": 0, "Groups": [0], "SourceCheck": True}

    def network(self, name, user_data=None, key=None):
        """The network is told with one guest more."""
        if name not in self.guests:
            self.guests.append(name)
            self.tell_network()
        peer = ".".join(map(str, self.address(name)))
        if self.metadata is None:
            _, fds = self.call_fds("MakeSockets", Network="vpc-1", Kind="tcp", Count=1)
            self.metadata = Metadata(fds[0])
        if user_data is not None:
            self.metadata.user_data[peer] = user_data
        if key is not None:
            self.metadata.keys[peer] = key

    def tell_network(self):
        whole = {"Address": ip(10, 0, 0, 0), "Bits": 16}
        self.call("EnsureNetwork", Id="vpc-1", Version=len(self.guests), Blocks=[whole], Resolver=ip(10, 0, 0, 2),
                  Internet=False, Subnets=[{"Block": whole, "Acl": 0, "Table": 0}], Tables=[{"Routes": []}],
                  Groups=[{"Id": "sg-1", "Ingress": ALL, "Egress": ALL}], Acls=[{"Ingress": ACL, "Egress": ACL}],
                  Interfaces=[self.interface(n) for n in self.guests])

    def disk(self, name, mib=1024, image="builtin"):
        """The root volume of an instance, attached."""
        self.call("EnsureVolume", Id="vol-" + name, SizeMiB=mib, Image=image)
        wait_for(lambda: self.volume("vol-" + name)["Phase"] == "ready", what="the root volume")
        wait_for(lambda: self.call("AttachVolume", Volume="vol-" + name, Instance=name, Device="xvda")["Volume"]
                 .get("Instance") == name, what="its attachment")

    def run(self, name, user_data=None, key=None, **more):
        self.network(name, user_data, key)
        self.disk(name)
        self.ensure(name, **more)
        return self.wait_phase(name, "running")

    def folder(self, name):
        return os.path.join(self.data, "run", "instances.d", name)

    def console(self, name):
        try:
            with open(os.path.join(self.folder(name), "console"), encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def keeper(self, name):
        try:
            with open(os.path.join(self.folder(name), "lock"), encoding="utf-8") as f:
                return int(f.read() or 0)
        except FileNotFoundError:
            return 0

    def remove(self, name):
        def gone():
            try:
                self.call("RemoveInstance", Id=name)
                return True
            except Refused:
                return False
        wait_for(gone, what=f"the end of {name}")

    def door(self, name, door="control"):
        """Raises Refused when it does not run."""
        _, fds = self.call_fds("OpenInstance", Id=name, Door=door)
        return fds[0]

    def talk(self, name):
        return Talk(self.door(name))

    def exec(self, name, *argv, user="", tty=False, stdin=b"", seconds=60, **env):
        """(exit status as of a shell, output, errors)"""
        with self.talk(name) as talk:
            return talk.run(argv, user, tty, stdin, seconds, env)

    def sh(self, name, line, **more):
        """What it wrote; it must succeed."""
        status, out, err = self.exec(name, "/bin/sh", "-c", line, **more)
        assert status == 0, (status, out, err)
        return out.decode().strip()

    def status(self, name):
        with self.talk(name) as talk:
            talk.send(STATUS)
            return dict(line.split("=", 1) for line in talk.receive(STATUS).decode().splitlines())

    def wait_up(self, name, seconds=60):
        """Until its user data is through."""
        def there():
            now = self.status(name)
            return now if now.get("phase") == "done" else None
        return wait_for(there, seconds, what=f"{name} up: {self.console(name)}")

    # --- ends ---

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.socket.close()
        self.socket = None

    def stop(self, sig=signal.SIGTERM):
        if self.process is None:
            return 0
        self.process.send_signal(sig)
        status = self.process.wait(90)
        self.process = None
        self.socket.close()
        return status

    def holder(self):
        try:
            with open(os.path.join(self.data, "run", "holder"), encoding="utf-8") as f:
                return int(f.read() or 0)
        except FileNotFoundError:
            return 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        holder = self.holder()
        if self.process is not None and self.process.poll() is not None:
            self.start()
        self.stop()
        if holder:
            wait_for(lambda: not alive(holder), what="the end of the holder")
        if self.metadata is not None:
            self.metadata.socket.close()
        if self.own:
            shutil.rmtree(self.own, ignore_errors=True)
            if os.path.exists(self.own):
                raise AssertionError(f"{self.own} cannot be removed")
