# SPDX-License-Identifier: Apache-2.0
"""Clients that take what they can get: connections, memory, time. NP_DRILL_CONNECTIONS is how many of them
come at once."""
import contextlib
import os
import resource
import socket

import pytest

from memory import Watch, growth, without_quarantine
from region import Region, wait_for
from wire.raw import Closed, Connection, once
from wire.sigv4 import UNSIGNED, Signer

CONNECTIONS = int(os.environ.get("NP_DRILL_CONNECTIONS", "10000"))
SPARE_FILES = 300
KIB_EACH = 2  # of an idle connection
MIB = 1 << 20
FLOOD_BYTES = 2 * MIB


@pytest.fixture
def region(monkeypatch):
    without_quarantine(monkeypatch)
    with Region(workers=2, no_sync=True) as r:
        yield r


@pytest.fixture
def files():
    """As many descriptors as this process may have; how many connections they are good for."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield min(CONNECTIONS, before[1] - SPARE_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@contextlib.contextmanager
def many(region, n, send=b""):
    """n connections that have sent that much and wait."""
    host, _, port = region.address.rpartition(":")
    made = []
    try:
        for _ in range(n):
            made.append(socket.create_connection((host, int(port)), timeout=60))
            if send:
                made[-1].sendall(send)
        yield made
    finally:
        for s in made:
            s.close()


def health(region):
    return once(region, "GET", "/_nephele/health").status


def whoami(region):
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"Host": region.address, "Content-Type": "application/x-www-form-urlencoded"}
    return once(region, "POST", "/", Signer(*region.root, service="sts").headers("POST", "/", headers, body), body).status


def server_side(region):
    """How many TCP connections the region has open on this host. It has sockets inside its networks, too, which come
    when they like."""
    pid = region.running("region")
    with open(f"/proc/{pid}/net/tcp", encoding="utf-8") as f:
        here = {f"socket:[{line.split()[9]}]" for line in f.readlines()[1:]}
    found = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found += os.readlink(f"/proc/{pid}/fd/{fd}") in here
    return found


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "], ids=["idle", "in their head"])
def test_many_connections(region, files, sent):
    whoami(region)
    before, watch = server_side(region), Watch(region)
    with many(region, files, sent):
        wait_for(lambda: server_side(region) >= files, seconds=60, what="all of them accepted")
        watch.look()
        assert whoami(region) == 200
        each = watch.own * 1024 / files
        print(f"{files} connections: {watch}, {each:.2f} KiB each")
        assert each < KIB_EACH + len(sent) / 1024
    wait_for(lambda: server_side(region) <= before, seconds=60, what="their end")
    assert whoami(region) == 200


def test_more_connections_than_descriptors(region, files):
    """Those that are there are served, others wait in the kernel's queue; nothing is lost when some go."""
    limit = 200
    resource.prlimit(region.running("region"), resource.RLIMIT_NOFILE, (limit, limit))
    with Connection(region.address) as early:
        assert early.ask("GET", "/_nephele/health", {"Host": region.address}).status == 200
        with many(region, limit):
            assert early.ask("GET", "/_nephele/health", {"Host": region.address}).status == 200
        wait_for(lambda: server_side(region) < limit // 2, what="their end")
        assert health(region) == 200
        assert early.ask("GET", "/_nephele/health", {"Host": region.address}).status == 200


# --- heads ---

def flood(region, line):
    """Sends a head that does not end; the answer."""
    with Connection(region.address) as c:
        with contextlib.suppress(ConnectionError):  # it has been answered, and closed
            c.send_bytes(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            for _ in range(FLOOD_BYTES // len(line) // 64):
                c.send_bytes(line * 64)
        return c.reply()


@pytest.mark.parametrize("line,status", [
    (b"X-A: b\r\n", 431), (b"X-Long: " + b"x" * 8000 + b"\r\n", 431), (b"x" * 8192, 431), (b"A:\r\n", 431),
    (b"Cookie: a=b\r\n", 431)], ids=["fields", "long fields", "one name", "empty fields", "cookies"])
def test_floods_of_header_fields(region, line, status):
    def floods():
        for _ in range(20):
            assert flood(region, line).status == status
    assert growth(region, floods) < 0.5
    assert health(region) == 200


@pytest.mark.parametrize("head,status", [
    (b"GET /" + b"a" * 17000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    (b"G" * 70000, 431),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"v" * 70000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 201 + b"\r\n", 431),
    (b"\r\n" * 40000, 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"\x16\x03\x01" + b"\xff" * 300, None)], ids=range(9))
def test_heads_beyond_reason(region, head, status):
    with Connection(region.address) as c:
        with contextlib.suppress(ConnectionError):
            c.send_bytes(head)
        if status is None:
            with contextlib.suppress(Closed):
                c.more()
        else:
            assert c.reply().status == status
    assert health(region) == 200


# --- slow ones ---

def test_slow_readers_hold_no_bytes(region):
    n = 40
    s3 = region.client("s3")
    s3.create_bucket(Bucket="slow")
    s3.put_object(Bucket="slow", Key="k", Body=os.urandom(32 * MIB))
    signer = Signer(*region.root, service="s3")
    headers = signer.headers("GET", "/slow/k", {"Host": region.address}, payload_hash=UNSIGNED)
    s3.get_object(Bucket="slow", Key="k")["Body"].read()
    watch, readers = Watch(region), []
    try:
        for _ in range(n):
            readers.append(Connection(region.address, receive_buffer=4096))
            readers[-1].send("GET", "/slow/k", headers)
        for c in readers:
            assert c.line() == "HTTP/1.1 200 OK"  # and takes no more
        watch.look()
        print(f"{n} readers of 32 MiB that wait: {watch}")
        assert watch.own < n  # a megabyte each at most
        assert whoami(region) == 200
    finally:
        for c in readers:
            c.socket.close()


def test_slow_writers_hold_no_bytes(region):
    region.client("s3").create_bucket(Bucket="slow")
    signer = Signer(*region.root, service="s3")
    before = server_side(region)
    watch, writers = Watch(region), []
    try:
        for i in range(100):
            target = f"/slow/{i}"
            c = Connection(region.address)
            writers.append(c)
            headers = signer.headers("PUT", target, {"Host": region.address}, payload_hash=UNSIGNED)
            c.send("PUT", target, {**headers, "Content-Length": str(100 * MIB)})
            c.send_bytes(bytes(300_000))
        wait_for(lambda: server_side(region) >= 100, what="all of them")
        assert whoami(region) == 200
        watch.look()
        print(f"100 writers that wait: {watch}")
        assert watch.own < 100
    finally:
        for c in writers:
            c.socket.close()
    wait_for(lambda: server_side(region) <= before, what="their end")
    assert "Contents" not in region.client("s3").list_objects_v2(Bucket="slow")


def test_a_slow_head_is_given_up(region):
    """After 20 seconds."""
    with Connection(region.address) as c:
        c.send_bytes(b"GET / HTTP/1.1\r\nHo")
        assert c.reply().status == 408
        assert c.closed()
    assert health(region) == 200


TUNNELS = 4096  # NP_CONNECTS_MAX of a worker


def test_more_tunnels_than_a_worker_has(monkeypatch, files):
    without_quarantine(monkeypatch)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit < 3 * TUNNELS + SPARE_FILES:  # each has three in the region: it leads to the gateway itself
        pytest.skip(f"{limit} descriptors are too few")
    with Region(workers=1, no_sync=True) as r, contextlib.ExitStack() as opened:
        def tunnel():
            c = opened.enter_context(Connection(r.address))
            c.send_bytes(f"CONNECT {r.address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += c.socket.recv(1 << 16)
            return c, int(head.split()[1])

        ways = [tunnel() for _ in range(TUNNELS)]
        assert {status for _, status in ways} == {200}
        assert tunnel()[1] == 503
        c = ways[17][0]
        c.send("GET", "/_nephele/health", {"Host": "localhost"})
        assert c.reply().status == 200, "those that are open go on"
        ways[0][0].socket.close()  # one goes, one may come
        wait_for(lambda: tunnel()[1] == 200, what="another tunnel")
