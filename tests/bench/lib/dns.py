# SPDX-License-Identifier: Apache-2.0
"""dns - load generators for DNS servers: dnsblast.c of this folder, and dnsperf."""
import re

from lib.procs import built, run_pinned
from lib.load import failed
from lib.settings import number

CLIENTS, WINDOW = number("CLIENTS", 8), number("WINDOW", 32)
OUTSTANDING, TCP_CLIENTS = number("OUTSTANDING", 100), number("TCP_CLIENTS", 16)


def blast(s, queries, seconds, cpus):
    """UDP with a generator so cheap that the server, not the generator, is the limit."""
    host, at = s.dns
    run = run_pinned([built("dnsblast"), host, str(at), queries, str(seconds), str(CLIENTS), str(WINDOW)], cpus, seconds)
    v = run.stdout.split()
    if len(v) != 8:
        return failed(run)
    return {"requests": int(v[0]), "rate": int(v[0]) / float(v[2]), "errors": int(v[1]), "p50": int(v[3]) / 1e3,
            "p99": int(v[4]) / 1e3, "codes": {"noerror": int(v[5]), "nxdomain": int(v[6]), "other": int(v[7])}}


def dnsperf(s, queries, seconds, threads, cpus, tcp=False):
    host, at = s.dns
    argv = ["dnsperf", "-s", host, "-p", str(at), "-d", queries, "-l", str(seconds), "-c",
            str(TCP_CLIENTS if tcp else CLIENTS), "-T", str(threads), "-q", str(OUTSTANDING), "-t", "2"]
    run = run_pinned(argv + (["-m", "tcp"] if tcp else []), cpus, seconds)

    def found(pattern):
        m = re.search(pattern, run.stdout)
        return m and m[1]
    done = found(r"Queries completed:\s+(\d+)")
    if not done:
        return failed(run)
    return {"requests": int(done), "rate": float(found(r"Queries per second:\s+([\d.]+)")),
            "errors": int(found(r"Queries lost:\s+(\d+)")),
            "mean": float(found(r"Average Latency \(s\):\s+([\d.]+)")) * 1e3,
            "max": float(found(r"max ([\d.]+)\)") or 0) * 1e3}
