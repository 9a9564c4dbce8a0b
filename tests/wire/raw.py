# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 byte by byte: requests that no client library would send, replies as they come.

    with Connection(region.address) as c:
        c.send("GET", "/", {"Host": region.address})
        assert c.reply().status == 403
"""
import dataclasses
import re
import socket

TIMEOUT_SECONDS = 60


class Closed(Exception):
    """The peer ended the connection before a whole reply."""


@dataclasses.dataclass
class Reply:
    status: int
    reason: str
    fields: list  # of (name, value), in order
    body: bytes

    def __getitem__(self, name):
        found = [v for n, v in self.fields if n.lower() == name.lower()]
        return ", ".join(found) if found else None

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def element(self, name):
        """Text of the first XML element of that name, "" where there is none."""
        found = re.search(f"<{name}>(.*?)</{name}>", self.text, re.DOTALL)
        return found.group(1) if found else ""

    @property
    def code(self):
        return self.element("Code")


def head(method, target, headers):
    """Heads are Latin-1 with surrogates for bytes, so that any byte can be sent."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


class Connection:
    def __init__(self, address, timeout=TIMEOUT_SECONDS, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        host, _, port = address.rpartition(":")
        self.socket.connect((host, int(port)))
        self.got = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # --- out ---

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, method, target, headers, body=None):
        """With Content-Length when there is a body and headers do not say otherwise."""
        headers = dict(headers)
        if body is not None and not {"content-length", "transfer-encoding"} & {n.lower() for n in headers}:
            headers["Content-Length"] = str(len(body))
        self.send_bytes(head(method, target, headers) + (body or b""))

    # --- in ---

    def more(self):
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Closed(self.got)
        self.got += data

    def take(self, n):
        while len(self.got) < n:
            self.more()
        out, self.got = self.got[:n], self.got[n:]
        return out

    def line(self):
        while b"\r\n" not in self.got:
            self.more()
        out, _, self.got = self.got.partition(b"\r\n")
        return out.decode("latin-1")

    def fields(self):
        out = []
        while line := self.line():
            name, _, value = line.partition(":")
            out.append((name, value.strip()))
        return out

    def chunked(self):
        out = b""
        while size := int(self.line().partition(";")[0], 16):
            out += self.take(size)
            assert self.line() == ""
        self.fields()
        return out

    def reply(self, to="GET"):
        """The next reply, an interim one too. `to` HEAD has no body."""
        _, status, reason = (self.line() + " ").split(" ", 2)
        r = Reply(int(status), reason.strip(), self.fields(), b"")
        if to == "HEAD" or r.status < 200 or r.status in (204, 304):
            return r
        if (r["Transfer-Encoding"] or "").lower() == "chunked":
            r.body = self.chunked()
        elif r["Content-Length"] is not None:
            r.body = self.take(int(r["Content-Length"]))
        else:
            r.body, self.got = self.got + self.rest(), b""
        return r

    def rest(self):
        """What comes until the peer ends the connection."""
        out = b""
        try:
            while True:
                self.more()
        except Closed:
            out, self.got = self.got, b""
        return out

    def ask(self, method, target, headers, body=None):
        self.send(method, target, headers, body)
        return self.reply(method)

    def closed(self):
        """True once the peer ended it, with nothing more to read."""
        return self.rest() == b""


def once(region, method, target, headers=None, body=None):
    """One request on a connection of its own; Host is the region's unless given."""
    with Connection(region.address) as c:
        return c.ask(method, target, {"Host": region.address, **(headers or {})}, body)
