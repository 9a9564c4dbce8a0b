# SPDX-License-Identifier: Apache-2.0
"""The agent alone: started on a folder of its own, asked by its socket, without a region.

    with Agent() as agent:
        agent.ask("EnsureInternet", Client=ip("203.0.113.10"), Pool=block("127.64.0.0/20"), Services=[])
"""
import contextlib
import ctypes
import ipaddress
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

from region import ROOT, alive, program, wait_for

HEAD = struct.Struct("<BBhIQ")
LONG = 1


def _verbs():
    with open(os.path.join(ROOT, "src/host/agent_msg.h"), encoding="utf-8") as f:
        return re.findall(r"(?m)^    NP_AGENT_([A-Z_]+)(?: = \d+)?,", f.read())


VERBS = _verbs()
VERSION = 1
CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER = 0x40000000, 0x00020000, 0x10000000
LIBC = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


# --- CBOR, as much of it as the messages have ---

def _count(major, n):
    for limit, kind, form in ((24, None, None), (1 << 8, 24, ">B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"),
                              (1 << 64, 27, ">Q")):
        if n < limit:
            return bytes([major << 5 | n]) if kind is None else bytes([major << 5 | kind]) + struct.pack(form, n)
    raise ValueError(n)


def encode(v):
    if v is None:
        return b"\xf6"
    if isinstance(v, bool):
        return b"\xf5" if v else b"\xf4"
    if isinstance(v, int):
        return _count(0, v) if v >= 0 else _count(1, -1 - v)
    if isinstance(v, str):
        return _count(3, len(v.encode())) + v.encode()
    if isinstance(v, dict):
        full = {k: x for k, x in v.items() if x is not None}
        return _count(5, len(full)) + b"".join(encode(k) + encode(x) for k, x in full.items())
    return _count(4, len(v)) + b"".join(encode(x) for x in v)


def decode(data, at=0):
    """(value, end)"""
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        return {20: False, 21: True, 22: None}[low], at
    n = low
    if 24 <= low <= 27:
        size = 1 << (low - 24)
        n, at = int.from_bytes(data[at:at + size], "big"), at + size
    indefinite = low == 31
    if major == 0:
        return n, at
    if major == 1:
        return -1 - n, at
    if major in (2, 3):
        raw = data[at:at + n]
        return (raw.decode() if major == 3 else raw), at + n
    items = []
    count = 2 * n if major == 5 else n
    while data[at] != 0xff if indefinite else len(items) < count:
        item, at = decode(data, at)
        items.append(item)
    at += indefinite
    return (dict(zip(items[::2], items[1::2])) if major == 5 else items), at


def ip(text):
    return int(ipaddress.ip_address(text))


def block(text):
    net = ipaddress.ip_network(text)
    return {"Address": int(net.network_address), "Bits": net.prefixlen}


def serve_program():
    return os.path.join(os.path.dirname(program()), "tests", "drills", "agent-serve")


class Agent:
    """As user `uid` in a user namespace of its own, when it is given."""

    def __init__(self, uid=None):
        self.uid, self.program = uid, serve_program()
        self.data = tempfile.mkdtemp(prefix="nephele-agent-")
        if uid is not None:
            os.chown(self.data, uid, uid)
            self.program = shutil.copy(serve_program(), tempfile.mkdtemp(prefix="nephele-program-"))
            os.chmod(os.path.dirname(self.program), 0o755)
        self.process, self.socket, self.number = None, None, 0

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        who = {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": []}
        with open(os.path.join(self.data, "log"), "ab") as log:
            self.process = subprocess.Popen([self.program, self.data], stderr=log, stdout=log, cwd="/", **who)
        wait_for(lambda: self.process.poll() is not None or "agent.ready" in self.log()[self._seen:], what="the agent")
        self._seen = len(self.log())
        assert self.process.poll() is None, self.log()
        self.connect()

    _seen = 0

    def connect(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(60)
        self.socket.connect(os.path.join(self.data, "agent.sock"))
        self.hello = self.ask("Hello", Version=VERSION)

    def log(self):
        with open(os.path.join(self.data, "log"), encoding="utf-8") as f:
            return f.read()

    def send(self, verb, fds=(), **members):
        name = re.sub(r"(?<=.)([A-Z])", r"_\1", verb).upper()
        self.number += 1
        head = HEAD.pack(VERSION, VERBS.index(name) + 1, 0, 0, self.number)
        body = encode(members)
        if len(head) + len(body) > 65536:
            memory = os.memfd_create("body", os.MFD_ALLOW_SEALING)
            os.write(memory, body)
            import fcntl
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
            head = HEAD.pack(VERSION, VERBS.index(name) + 1, 0, LONG, self.number)
            socket.send_fds(self.socket, [head], [memory, *fds])
            os.close(memory)
        else:
            socket.send_fds(self.socket, [head + body], list(fds))
        return self.number

    def receive(self):
        """(number, code, value, descriptors) of the next reply."""
        while True:
            data, fds, _, _ = socket.recv_fds(self.socket, 65536, 64)
            if not data:
                raise ConnectionError("the agent hung up")
            _, verb, code, flags, number = HEAD.unpack_from(data)
            body = data[HEAD.size:]
            if flags & LONG:
                with os.fdopen(fds.pop(0), "rb") as f:
                    body = f.read()
            if VERBS[verb - 1] == "CHANGED":
                continue
            return number, code, decode(body)[0] if body else None, fds

    def ask_fds(self, verb, fds=(), **members):
        wanted = self.send(verb, fds, **members)
        number, code, value, got = self.receive()
        assert number == wanted
        if code != 0:
            raise Refused(code, value["Message"])
        return value, got

    def ask(self, verb, **members):
        value, fds = self.ask_fds(verb, **members)
        for fd in fds:
            os.close(fd)
        return value

    # --- what it made, looked at from outside ---

    def holder(self):
        with open(os.path.join(self.data, "run", "holder"), encoding="utf-8") as f:
            return int(f.read() or 0)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def enter(self, name):
        """What a child does before it runs a program in a namespace of this agent: "n-vpc-1", "g-i-1", "internet"."""
        holder = f"/proc/{self.holder()}"
        kinds = ([] if self.uid is None else ["user"]) + ["mnt"]
        fds = [os.open(f"{holder}/ns/{kind}", os.O_RDONLY) for kind in kinds]
        fds.append(os.open(f"{holder}/root{self.data}/net/{name}", os.O_RDONLY))

        def inside():
            for fd in fds:
                if LIBC.setns(fd, 0) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            if self.uid is not None:
                os.setresgid(0, 0, 0)
                os.setresuid(0, 0, 0)
        return inside, fds

    def popen(self, name, *argv, **options):
        inside, fds = self.enter(name)
        try:
            return subprocess.Popen(argv, preexec_fn=inside, cwd="/", **options)
        finally:
            for fd in fds:
                os.close(fd)

    def run(self, name, *argv, text_in="", check=True):
        with self.popen(name, *argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                        text=True) as p:
            out, err = p.communicate(text_in, timeout=30)
        assert not check or p.returncode == 0, err
        return out

    def names(self):
        """Of the namespaces that there are."""
        try:
            return sorted(os.listdir(f"/proc/{self.holder()}/root{self.data}/net"))
        except FileNotFoundError:
            return []

    def close(self):
        with contextlib.suppress(Exception):
            holder = self.holder()
        if self.socket is not None:
            self.socket.close()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        with contextlib.suppress(Exception):
            if alive(holder):
                os.kill(holder, signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)
        if self.uid is not None:
            shutil.rmtree(os.path.dirname(self.program), ignore_errors=True)
