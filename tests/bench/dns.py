#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Authoritative DNS over UDP and TCP; peers knot and nsd.

Usage: dns.py [CANDIDATE_ADDR[,ADDR_FOR_THE_LARGE_ZONE]]     (CAND_PID=pid for CPU and memory)
   or: CAND_CMD='...' dns.py    started for each zone and worker count with
         BENCH_DNS (port, UDP and TCP) BENCH_ZONE (master file) BENCH_ORIGIN (zone name) BENCH_WORKERS BENCH_DIR
   or: dns.py --emit-zone N FILE          writes the zone of N names as a master file
   or: dns.py --load-route53 ENDPOINT N   makes the hosted zone through the Route 53 API, 500 changes a batch
Env: ROUNDS DUR WORKERS CASES PEERS BASE_PORT ZONES ("1000 100000") CLIENTS WINDOW OUTSTANDING TCP_CLIENTS
Cases: udp-NAMES (every answer exists; dnsblast.c), dnsperf-NAMES (the same with dnsperf), mixed-NAMES (10 in 100
       NXDOMAIN, and MX, TXT, CNAME, wildcard), tcp-NAMES, udp-ceiling (the generator against an echo)
"""
import json
import os
import random
import socket
import sys
import time

from lib.dns import blast, dnsperf
from lib.procs import (WORK, Server, built, client_cpus, folder, have, log, log_tail, memory_of, pin, port,
                       server_cpus, spawn)
from lib.report import Report, interleave
from lib.settings import HOST, KEY_ID, SECRET, WORKERS, env, peer_on

ORIGIN = "bench.test."
ZONES = [int(x) for x in env("ZONES", "1000 100000").split()]


def address(i):
    return f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"


def emit_zone(n, path):
    with open(path, "w", encoding="ascii") as f:
        f.write(f"$ORIGIN {ORIGIN}\n$TTL 300\n@ IN SOA ns1 hostmaster 1 7200 900 1209600 300\n@ IN NS ns1\n"
                "@ IN NS ns2\nns1 IN A 127.0.0.1\nns2 IN A 127.0.0.2\n@ IN MX 10 mail\n@ IN TXT \"v=spf1 -all\"\n"
                "mail IN A 10.0.0.25\n*.wild IN A 10.9.9.9\nalias IN CNAME h0\n")
        f.writelines(f"h{i} IN A {address(i)}\n" for i in range(n))
    os.chmod(path, 0o644)


def mixed_query(r, n):
    x = r.random()
    if x < 0.10:
        return f"nx{r.randrange(10 ** 6)}.{ORIGIN} A\n"
    if x < 0.20:
        return f"h{r.randrange(n)}.{ORIGIN} AAAA\n"
    if x < 0.25:
        return f"w{r.randrange(10 ** 6)}.wild.{ORIGIN} A\n"
    if x < 0.28:
        return f"alias.{ORIGIN} A\n"
    if x < 0.30:
        return f"{ORIGIN} {r.choice(['MX', 'NS', 'SOA', 'TXT'])}\n"
    return f"h{r.randrange(n)}.{ORIGIN} A\n"


def emit_queries(n, path, mixed):
    r = random.Random(n)
    with open(path, "w", encoding="ascii") as f:
        f.writelines(mixed_query(r, n) if mixed else f"h{r.randrange(n)}.{ORIGIN} A\n" for _ in range(50_000))


def load_route53(endpoint, n):
    import boto3
    c = boto3.client("route53", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=KEY_ID,
                     aws_secret_access_key=SECRET)
    began = time.monotonic()
    zone = c.create_hosted_zone(Name=ORIGIN, CallerReference=str(time.time()))["HostedZone"]["Id"]
    rows = [("*.wild.", "A", "10.9.9.9"), ("mail.", "A", "10.0.0.25"), ("alias.", "CNAME", "h0." + ORIGIN),
            ("", "MX", "10 mail." + ORIGIN), ("", "TXT", '"v=spf1 -all"')]
    rows += [(f"h{i}.", "A", address(i)) for i in range(n)]
    for k in range(0, len(rows), 500):
        changes = [{"Action": "UPSERT", "ResourceRecordSet": {"Name": name + ORIGIN, "Type": kind, "TTL": 300,
                                                              "ResourceRecords": [{"Value": value}]}}
                   for name, kind, value in rows[k:k + 500]]
        c.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    print(json.dumps({"zone": zone, "names": n, "seconds": round(time.monotonic() - began, 2)}))


def ready(at, n, proc, seconds=60):
    """Asks for the last name of the zone until it is answered: seconds, or None."""
    began = time.monotonic()
    labels = f"h{n - 1}.{ORIGIN}".rstrip(".").split(".")
    name = b"".join(bytes([len(x)]) + x.encode() for x in labels) + b"\0"
    question = b"\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" + name + b"\x00\x01\x00\x01"
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(0.05)
    while time.monotonic() - began < seconds and (proc is None or proc.poll() is None):
        try:
            s.sendto(question, (HOST, at))
            answer = s.recv(4096)
            if answer[3] & 15 == 0 and answer[7] >= 1:
                s.close()
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.005)
    log(f"!! no answer on UDP port {at}", log_tail(proc.bench_name, 800) if proc else "")
    return None


KNOT = """server:
    rundir: {d}
    listen: {host}@{at}
    udp-workers: {w}
    tcp-workers: {w}
    background-workers: 1
    tcp-reuseport: {reuse}
    tcp-idle-timeout: 60
database:
    storage: {d}
    journal-db-max-size: 64M
    kasp-db-max-size: 16M
    timer-db-max-size: 16M
    catalog-db-max-size: 16M
zone:
  - domain: {origin}
    file: {zone}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
"""
NSD = """server:
    server-count: {w}
    ip-address: {host}
    port: {at}
    username: ""
    chroot: ""
    zonesdir: "{d}"
    database: ""
    zonelistfile: "{d}/zone.list"
    xfrdfile: "{d}/xfrd.state"
    xfrdir: "{d}"
    pidfile: "{d}/pid"
    logfile: "{d}/log"
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    tcp-count: 500
    tcp-query-count: 0
    reuseport: {reuse}
    verbosity: 0
remote-control:
    control-enable: no
zone:
    name: "{origin}"
    zonefile: "{zone}"
"""
PEERS = {  # name: (program, configuration, words for reuseport, port, command)
    "knot": ("knotd", KNOT, ("off", "on"), port(211), lambda conf: ["knotd", "-c", conf]),
    "nsd": ("nsd", NSD, ("no", "yes"), port(212), lambda conf: ["nsd", "-d", "-c", conf]),
}


def peer(rep, name, w, n, zone):
    program, conf, reuse, at, command = PEERS[name]
    if not have(program):
        rep.skip(name, f"{program} is not installed")
        return None
    d = folder(f"{name}.{w}.{n}")
    with open(f"{d}/conf", "w", encoding="utf-8") as f:
        f.write(conf.format(d=d, host=HOST, at=at, w=w, reuse=reuse[w > 1], origin=ORIGIN, zone=zone))
    p = spawn(command(f"{d}/conf"), f"{name}.{w}.{n}", cpus=server_cpus(w))
    seconds = ready(at, n, p)
    return Server(name, p, dns=(HOST, at), load=seconds) if seconds else None


def candidate(w, n, zone):
    at = port(231)
    if env("CAND_CMD"):
        d = folder(f"cand.{w}.{n}")
        p = spawn("exec " + env("CAND_CMD"), f"candidate.{w}.{n}", cpus=server_cpus(w), env_add={
            "BENCH_WORKERS": w, "BENCH_DNS": at, "BENCH_ZONE": zone, "BENCH_ORIGIN": ORIGIN, "BENCH_DIR": d})
        seconds = ready(at, n, p)
        return Server("candidate", p, dns=(HOST, at), load=seconds) if seconds else None
    if len(sys.argv) < 2:
        return None
    addresses = sys.argv[1].split(",")
    host, _, where = addresses[min(ZONES.index(n), len(addresses) - 1)].partition(":")
    if not host.startswith("127."):
        sys.exit(f"only loopback addresses are loaded by this script, not {host}")
    s = Server("candidate", pid=int(env("CAND_PID")) if env("CAND_PID") else None, dns=(host, int(where)), load=None)
    pin(s.pids(), server_cpus(w))
    return s


def measure_zone(rep, w, n, zone):
    plain, mixed, cc = f"{WORK}/q.{n}", f"{WORK}/m.{n}", client_cpus(w)
    servers = [candidate(w, n, zone)] + [peer(rep, name, w, n, zone) for name in PEERS if peer_on(name)]
    servers = [s for s in servers if s]
    for s in servers:
        rep.note(f"zone {n} w{w} {s.name}", {"load_s": round(s.load, 2) if s.load else None,
                                             "pss_kib": memory_of(s.pids())[1]})
    interleave(rep, f"udp-{n}", w, servers, lambda s, seconds: blast(s, plain, seconds, cc))
    interleave(rep, f"mixed-{n}", w, servers, lambda s, seconds: blast(s, mixed, seconds, cc))
    if have("dnsperf"):
        interleave(rep, f"dnsperf-{n}", w, servers, lambda s, seconds: dnsperf(s, plain, seconds, w, cc))
        interleave(rep, f"tcp-{n}", w, servers, lambda s, seconds: dnsperf(s, plain, seconds, w, cc, tcp=True))
    else:
        rep.skip(f"dnsperf-{n}, tcp-{n}", "dnsperf is not installed")
    for s in servers:
        s.stop()


def main():
    rep = Report("dns")
    for n in ZONES:
        zone = f"{WORK}/zone.{n}"
        emit_zone(n, zone)
        emit_queries(n, f"{WORK}/q.{n}", False)
        emit_queries(n, f"{WORK}/m.{n}", True)
        for w in WORKERS:
            measure_zone(rep, w, n, zone)
    for w in WORKERS:
        p = spawn([built("floor"), "udp", str(port(251)), str(w)], f"echo.{w}", cpus=server_cpus(w))
        s = Server("echo", p, dns=(HOST, port(251)))
        time.sleep(0.3)  # a UDP socket says nothing when it is there
        interleave(rep, "udp-ceiling", w, [s],
                   lambda s, seconds: blast(s, f"{WORK}/q.{ZONES[0]}", seconds, client_cpus(w)))
        s.stop()
    rep.finish()


if "-h" in sys.argv:
    sys.exit(__doc__)
if sys.argv[1:2] == ["--emit-zone"]:
    emit_zone(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1:2] == ["--load-route53"]:
    load_route53(sys.argv[2], int(sys.argv[3]))
else:
    main()
