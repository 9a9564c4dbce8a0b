# SPDX-License-Identifier: Apache-2.0
"""Runs inside a namespace, without the region's modules: `netprobe.py serve PORT…` answers on all of its addresses
until its standard input ends, `netprobe.py ask` reads questions as JSON and prints what came of each."""
import json
import selectors
import socket
import struct
import sys

LISTENING = "listening"


def answer(peer, local):
    return f"{peer[0]} {local[0]} {local[1]}\n".encode()


def serve(specs):
    chosen = selectors.DefaultSelector()
    for spec in specs:  # "tcp:80", "udp:53", "tcp:443@198.51.100.1", "transparent:15001"
        kind, _, rest = spec.partition(":")
        port, _, addr = rest.partition("@")
        s = socket.socket(type=socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == "transparent":
            s.setsockopt(socket.SOL_IP, 19, 1)
        s.bind((addr, int(port)))
        if kind != "udp":
            s.listen(64)
        chosen.register(s, selectors.EVENT_READ, kind)
    chosen.register(sys.stdin, selectors.EVENT_READ, "end")
    print(LISTENING, flush=True)
    while True:
        for key, _ in chosen.select():
            if key.data == "end":
                return
            if key.data == "udp":
                data, peer = key.fileobj.recvfrom(2000)
                key.fileobj.sendto(answer(peer, key.fileobj.getsockname()), peer)
                continue
            c, peer = key.fileobj.accept()
            try:
                c.sendall(answer(peer, c.getsockname()))
            except OSError:
                pass
            c.close()


def ping(to, seconds):
    """Sequence by the identifier that the kernel gives to a datagram socket of ICMP."""
    with socket.socket(type=socket.SOCK_DGRAM, proto=socket.IPPROTO_ICMP) as s:
        s.settimeout(seconds)
        s.sendto(struct.pack(">BBHHH", 8, 0, 0, 0, 1) + b"nephele", (to, 0))
        return s.recvfrom(200)[1][0]


def ask_one(q):
    kind, to, port, seconds = q["kind"], q["to"], q.get("port", 0), q.get("seconds", 0.4)
    if kind == "icmp":
        return ping(to, seconds)
    if kind == "spoof":  # a header of our own; whether it arrived is for the receiver to say
        with socket.socket(type=socket.SOCK_RAW, proto=socket.IPPROTO_RAW) as s:
            data = b"spoof"
            udp = struct.pack(">HHHH", 4000, port, 8 + len(data), 0) + data
            head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                               socket.inet_aton(q["source"]), socket.inet_aton(to))
            s.sendto(head + udp, (to, 0))
            return "sent"
    with socket.socket(type=socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as s:
        s.settimeout(seconds)
        if "source" in q:
            s.bind((q["source"], q.get("source_port", 0)))
        s.connect((to, port))
        if kind == "udp":
            s.send(b"?")
        return s.recv(200).decode().strip()


def ask():
    out = []
    for q in json.load(sys.stdin):
        try:
            out.append({"said": ask_one(q)})
        except TimeoutError:
            out.append({"failed": "timeout"})
        except OSError as e:
            out.append({"failed": e.strerror, "errno": e.errno})
    print(json.dumps(out))


if __name__ == "__main__":
    serve(sys.argv[2:]) if sys.argv[1] == "serve" else ask()
