# SPDX-License-Identifier: Apache-2.0
"""idle - what a connection costs that is open and has nothing to say."""
import socket
import ssl
import time

from lib.procs import log, memory_of

REQUEST = "GET {} HTTP/1.1\r\nHost: bench.test\r\n\r\n"


def slab_kib():
    with open("/proc/meminfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("Slab:"):
                return int(line.split()[1])
    return 0


def unchecked_tls():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def open_one(i, address, context, request):
    """A connection with one answered request; many source addresses, so that no port range runs out."""
    s = socket.socket()
    s.settimeout(10)
    s.bind((f"127.0.1.{1 + i % 200}", 0))
    s.connect(address)
    if context:
        s = context.wrap_socket(s, server_hostname="bench.test")
    s.sendall(request)
    return s, b" 200" in s.recv(65536)[:15]


def still_open(s):
    s.settimeout(0)
    try:
        while s.recv(65536):
            pass
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        pass
    return False


def idle_connections(server, address, n, tls=False, path="/1k"):
    """Opens n keep-alive connections (one request on each, then idle): the growth of memory."""
    pids = server.pids()
    if not pids:
        return None
    context, request = unchecked_tls() if tls else None, REQUEST.format(path).encode()
    before, kernel = memory_of(pids), slab_kib()
    began, sockets, answered = time.monotonic(), [], 0
    for i in range(n):
        try:
            s, good = open_one(i, address, context, request)
        except OSError as e:
            log(f"   idle: stopped at {i}: {e}")
            break
        sockets.append(s)
        answered += good
    took = time.monotonic() - began
    time.sleep(1)  # what the server frees a moment later is no cost of an idle connection
    after, kernel_after = memory_of(pids), slab_kib()
    alive = sum(still_open(s) for s in sockets)
    for s in sockets:
        s.close()
    count = max(1, len(sockets))
    return {"connections": len(sockets), "answered": answered, "still_open": alive, "rss_kib": [before[0], after[0]],
            "rss_bytes_each": round((after[0] - before[0]) * 1024 / count),
            "pss_bytes_each": round((after[1] - before[1]) * 1024 / count), "kernel_kib": kernel_after - kernel,
            "seconds": round(took, 1)}
