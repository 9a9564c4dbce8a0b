#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The physical limits of this machine, for setting the other scripts' figures in proportion.

Usage: floor.py      Env: ROUNDS DUR WORKERS CASES BASE_PORT CONNS (lib/settings.py)
Cases: http-0 http-1k http-64k http-1m udp notes; the notes are memcpy, disk, hashes, ciphers, signatures, exec.
http: wrk against a one-file epoll server, floor.c, that parses nothing; udp: dnsblast against a UDP echo.
"""
import os
import re
import statistics
import subprocess
import sys
import time

from lib.dns import blast
from lib.load import wrk
from lib.procs import WORK, Server, built, client_cpus, port, server_cpus, spawn, wait_port
from lib.report import Report, interleave
from lib.settings import HOST, WORKERS, number, wanted

CONNS = number("CONNS", 64)
SIZES = (("0", 0), ("1k", 1 << 10), ("64k", 64 << 10), ("1m", 1 << 20))


def output(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout


def speed(*argv):
    return output("openssl", "speed", "-seconds", "1", *argv)


def hashes_and_ciphers():
    out = {}
    for name in ("md5", "sha1", "sha256", "aes-128-gcm", "aes-256-gcm", "chacha20-poly1305"):
        for size in (64, 4096, 1 << 20):
            found = re.search(r"\n\S+\s.*?([\d.]+)k\s*$", speed("-bytes", str(size), "-evp", name))
            out[f"{name} {size}"] = round(float(found[1]) / 1e3) if found else None
    return out


def signatures():
    text = speed("ecdsap256", "rsa2048", "ecdhx25519")
    patterns = {"ecdsa p256 sign": r"ecdsa.*?s\s+[\d.]+s\s+([\d.]+)",
                "rsa2048 sign": r"rsa 2048 bits\s+[\d.]+s\s+[\d.]+s\s+([\d.]+)",
                "x25519": r"X25519\)?\s+[\d.]+s\s+([\d.]+)"}
    found = {k: re.search(p, text) for k, p in patterns.items()}
    return {k: m and m[1] for k, m in found.items()}


def exec_ms():
    took = []
    for _ in range(20):
        began = time.perf_counter()
        subprocess.run(["true"], check=True)
        took.append((time.perf_counter() - began) * 1e3)
    return {"min": round(min(took), 2), "median": round(statistics.median(took), 2)}


def notes(rep, floor):
    os.sched_setaffinity(0, {0})
    rep.note("memcpy MB/s, 1 MiB blocks", round(float(output(floor, "mem", "2")) / 1e6))
    rep.note("disk 4 KiB per s (create+rename, +fsync file, +fsync folder, append+fdatasync)",
             [float(x) for x in output(floor, "fsync", WORK, "2").split()])
    rep.note("openssl MB/s on one core, by block size", hashes_and_ciphers())
    rep.note("openssl operations/s", signatures())
    rep.note("fork+exec of true, ms", exec_ms())
    os.sched_setaffinity(0, set(range(os.cpu_count())))


def main():
    if "-h" in sys.argv:
        sys.exit(__doc__)
    rep = Report("floor")
    floor = built("floor")
    if wanted("notes"):
        notes(rep, floor)
    for w in WORKERS:
        cc = client_cpus(w)
        for i, (name, size) in enumerate(SIZES):
            at = port(610 + i)
            p = spawn([floor, "http", str(at), str(size), str(w)], f"http{name}.{w}", cpus=server_cpus(w))
            if not wait_port(at, p):
                continue
            s = Server("epoll", p, http=(HOST, at))
            conns = CONNS if size < 1 << 20 else 16
            interleave(rep, f"http-{name}", w, [s], lambda s, seconds, at=at, conns=conns: wrk(
                f"http://{HOST}:{at}/", conns, w, seconds, cc))
            s.stop()
        p = spawn([floor, "udp", str(port(630)), str(w)], f"udp.{w}", cpus=server_cpus(w))
        s = Server("echo", p, dns=(HOST, port(630)))
        queries = os.path.join(WORK, "queries")
        with open(queries, "w", encoding="ascii") as f:
            f.writelines(f"h{i}.bench.test. A\n" for i in range(1000))
        time.sleep(0.3)  # a UDP socket says nothing when it is there
        interleave(rep, "udp", w, [s], lambda s, seconds: blast(s, queries, seconds, cc))
        s.stop()
    rep.finish()


main()
