#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Object store; peers moto_server and s3rver; nginx static files (GET) and WebDAV (PUT) as the bound.

Usage: s3.py [CANDIDATE_ADDR]     without one, build/nephele is the candidate (lib/servers.py), a second
time with --at-rest=none as nephele-plain.
CAND_CMD finds BENCH_S3 (port) BENCH_WORKERS BENCH_DIR AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY.
Every URL is signed beforehand (SigV4 in the query, UNSIGNED-PAYLOAD, an hour) and wrk replays them from a
Lua table, path style; put-*-signed has signatures in headers with the body's SHA-256 (good for fifteen
minutes). So the client costs what wrk costs. At 64 MiB wrk copies the body once for each request.
Env: ROUNDS DUR WORKERS CASES PEERS BASE_PORT CONNS LISTKEYS (lib/settings.py). Without CASES the slow ones
(get-64m put-64m list-10k multipart) are left out.
Cases: get-4k get-1m get-64m put-4k put-4k-signed put-1m put-1m-signed put-64m list list-10k multipart
       durability floor
"""
import hashlib
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor

from lib import servers as start
from lib.load import replay, wrk
from lib.procs import (MEM, WORK, Server, build_dir, built, client_cpus, folder, have, log, memory_of, port,
                       server_cpus, spawn, stop, wait_port)
from lib.report import Report, interleave
from lib.servers import ask, payload
from lib.settings import CACHE, CASES, HOST, KEY_ID, REGION, SECRET, WORKERS, env, number, peer_on, wanted
from lib.sign import s3 as sign

CONNS, LISTKEYS = number("CONNS", 32), number("LISTKEYS", 100_000)
BUCKET = "bench-bucket"
SIZES = {"4k": 4096, "1m": 1 << 20, "64m": 64 << 20}
KEYS = {"4k": 1000, "1m": 32, "64m": 2}
SLOW = ("get-64m", "put-64m", "list-10k", "multipart")
GOOD = (200, 201, 204)


def on(case):
    return wanted(case) if CASES else case not in SLOW


# --- the servers ---

def peer_moto(w):
    s = start.moto(w, port(311), "s3")
    if s:
        s.at.update(plain=False, keys=(KEY_ID, SECRET))
    return s


def peer_s3rver(w):
    """npm's s3rver; its only key is its name."""
    cli = os.path.join(CACHE, "node_modules", "s3rver", "bin", "s3rver.js")
    if not have("node") or not os.path.exists(cli):
        log(f"   skipped s3rver: npm install --prefix {CACHE} s3rver@3.7.1")
        return None
    p = spawn(["node", cli, "-d", folder(f"s3rver.{w}"), "-a", HOST, "-p", str(port(312)), "-s",
               "--no-vhost-buckets"], f"s3rver.{w}", cpus=server_cpus(w),
              env_add={"NODE_ENV": "production", "NODE_OPTIONS": "--openssl-legacy-provider"})
    if not wait_port(port(312), p):
        return None
    return Server("s3rver", p, s3=(HOST, port(312)), plain=False, keys=("S3RVER", "S3RVER"))


def peer_nginx(w):
    if not have("nginx"):
        log("   skipped nginx-fs: nginx is not installed")
        return None
    d, at, dav = folder(f"dav.{w}"), port(313), start.nginx_has("http_dav")
    folder(f"dav.{w}", BUCKET)
    methods = "dav_methods PUT DELETE; create_full_put_path on; dav_access user:rw group:r all:r;" if dav else ""
    p = start.nginx(f"ndav.{w}", f"open_file_cache off; server {{ listen {HOST}:{at} backlog=4096; root {d}; "
                    f"client_body_buffer_size 64k; output_buffers 2 256k; {methods} }}", workers=w,
                    cpus=server_cpus(w), port=at)
    return Server("nginx-fs", p, s3=(HOST, at), plain=True, root=d, dav=dav) if p else None


def candidates(w):
    """The candidate, and build/nephele a second time without encryption at rest."""
    first = start.candidate(w, [port(331)], {}, sys.argv[1:], ["s3"], (), "nephele")
    out = [first]
    if first and first.name == "nephele":
        out.append(start.candidate(w, [port(332)], {}, [], ["s3"], ("--at-rest=none",), "nephele-plain"))
    for s in out:
        if s:
            s.at.update(plain=False, keys=(KEY_ID, SECRET))
    return out


PEER_STARTS = (("nginx-fs", peer_nginx), ("moto", peer_moto), ("s3rver", peer_s3rver))


# --- requests ---

def host_port(s):
    return "%s:%d" % s.s3


def url(s):
    return f"http://{host_port(s)}/"


def request(s, method, path, query=(), body=b"", sha=None):
    """(method, target, headers, body), signed where the server checks signatures."""
    if s.plain:
        return method, path, {}, body
    target, headers = sign(method, host_port(s), path, query, s.keys, sha)
    return method, target, headers, body


def call(s, method, path, query=(), body=b""):
    status, _, answer = ask(s.s3, request(s, method, path, query, body), 60)
    return status, answer


def run(s, method, size, conns, w, seconds, signed=False):
    """GETs or PUTs of one size over its keys."""
    path = os.path.join(MEM, size)
    count = 200 if signed and size == "4k" else KEYS[size]
    sha = None
    if signed:
        with open(path, "rb") as f:
            sha = hashlib.sha256(f.read()).hexdigest()
    list_ = [request(s, method, f"/{BUCKET}/{size}/k{i}", sha=sha) for i in range(count)]
    r = wrk(url(s), conns, w, seconds, client_cpus(w), replay(list_, path if method == "PUT" else None))
    if method == "PUT" and r.get("rate"):
        r["bytes_s"] = r["rate"] * SIZES[size]
    return r


# --- filling ---

def put_all(s, pairs):
    """Stores (path, body)s; how many were not taken."""
    def put(pair):
        if s.plain:
            os.makedirs(os.path.dirname(s.root + pair[0]), exist_ok=True)
            with open(s.root + pair[0], "wb") as f:
                f.write(pair[1])
            return 200
        try:
            return call(s, "PUT", pair[0], body=pair[1])[0]
        except OSError:
            return 0
    with ThreadPoolExecutor(8) as pool:
        return sum(status not in GOOD for status in pool.map(put, pairs))


def populate(s):
    """True if the server has what the cases read."""
    if not s.plain:
        status, body = call(s, "PUT", f"/{BUCKET}")
        if status not in (200, 409):
            log(f"   !! create bucket {s.name}: {status} {body[:200]}")
            return False
    bad = 0
    for size in SIZES:
        if any(on(f"{kind}-{size}{sig}") for kind in ("get", "put") for sig in ("", "-signed")):
            with open(os.path.join(MEM, size), "rb") as f:
                body = f.read()
            bad += put_all(s, [(f"/{BUCKET}/{size}/k{i}", body) for i in range(KEYS[size])])
    if bad:
        log(f"   !! {s.name}: {bad} objects were not stored")
    return bad == 0


def list_key(prefix, i):
    return f"/{BUCKET}/{prefix}/dir{i % 100:03}/key-{i:06}"


def fill_list(s, prefix, count):
    """Many keys with a body of one byte, by wrk: every request once. Seconds it took."""
    began, path = time.monotonic(), os.path.join(MEM, "1")
    for first in range(0, count, 20_000):
        list_ = [request(s, "PUT", list_key(prefix, i)) for i in range(first, min(first + 20_000, count))]
        wrk(url(s), CONNS, 1, 300, client_cpus(1), replay(list_, path, once=True))
    return round(time.monotonic() - began, 1)


def list_pages(s, prefix, count):
    """Pages once through the listing: the requests of its pages, and how many keys there were."""
    base = [("list-type", "2"), ("max-keys", "1000"), ("prefix", prefix + "/")]
    out, token, total = [], None, 0
    for _ in range(count // 1000 + 2):
        query = base + ([("continuation-token", token)] if token else [])
        status, body = call(s, "GET", f"/{BUCKET}", query)
        if status != 200:
            log(f"   !! list {s.name}: {status} {body[:200]}")
            break
        out.append(request(s, "GET", f"/{BUCKET}", query))
        page = ET.fromstring(re.sub(rb' xmlns="[^"]+"', b"", body))
        total += len(page.findall("Contents"))
        token = page.findtext("NextContinuationToken")
        if not token:
            break
    return out, total


def measure_list(rep, case, w, servers, prefix, count):
    """Pages of 1,000 keys; two connections."""
    pages = {}
    for s in servers:
        seconds = fill_list(s, prefix, count)
        pages[s.name], total = list_pages(s, prefix, count)
        rep.note(f"{case} w{w} {s.name}", {"pages": len(pages[s.name]), "keys": total, "fill_s": seconds})
    good = [s for s in servers if pages[s.name]]
    interleave(rep, case, w, good,
               lambda s, seconds: wrk(url(s), 2, 1, seconds, client_cpus(w), replay(pages[s.name])))


# --- cases of their own kind ---

def multipart(s, seconds):
    """boto3, 64 MiB in 8 MiB parts, 4 threads; the client is part of what this measures."""
    import boto3
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config
    c = boto3.client("s3", endpoint_url=url(s), region_name=REGION, aws_access_key_id=s.keys[0],
                     aws_secret_access_key=s.keys[1], config=Config(s3={"addressing_style": "path"}))
    parts = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20, max_concurrency=4)
    began, latencies = time.monotonic(), []
    while time.monotonic() - began < seconds or not latencies:
        one = time.monotonic()
        try:
            c.upload_file(os.path.join(MEM, "64m"), BUCKET, f"mp/k{len(latencies) % 2}", Config=parts)
        except Exception as e:  # whatever boto3 raises
            return {"requests": len(latencies), "errors": 1, "note": str(e)[:200]}
        latencies.append((time.monotonic() - one) * 1e3)
    took, n = time.monotonic() - began, len(latencies)
    return {"requests": n, "rate": n / took, "bytes_s": n * SIZES["64m"] / took, "errors": 0,
            "p50": statistics.median(latencies), "p99": max(latencies)}


def durability(s):
    """Counts the sync calls during 20 PUTs of 4 KiB one after another, with strace on the server."""
    out = os.path.join(WORK, f"strace.{s.name}")
    argv = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range,syncfs,msync,io_uring_enter", "-o", out]
    for pid in s.pids():
        argv += ["-p", str(pid)]
    tracer = spawn(argv, "strace")
    time.sleep(1)
    done = sum(call(s, "PUT", f"/{BUCKET}/dur/k{i}", body=b"d" * 4096)[0] in GOOD for i in range(20))
    tracer.send_signal(signal.SIGINT)
    try:
        tracer.wait(5)
    except subprocess.TimeoutExpired:
        pass
    stop(tracer)
    calls = {}
    with open(out, encoding="utf-8", errors="replace") as f:
        for line in f:
            found = re.search(r"(\w+)\(", line)
            if found:
                calls[found[1]] = calls.get(found[1], 0) + 1
    return {"puts": done, "sync_calls": calls}


def openssl_speed(algorithm, block):
    """MB/s on one core."""
    out = subprocess.run(["openssl", "speed", "-seconds", "1", "-bytes", str(block), "-evp", algorithm],
                         capture_output=True, text=True, check=False).stdout
    found = re.search(r"\n\S+\s.*?([\d.]+)k\s*$", out)
    return round(float(found[1]) / 1e3) if found else None


def measure_floor(rep):
    """What the disk and the hashes of this machine allow, in the same run."""
    out = subprocess.run([built("floor"), "fsync", WORK, "2"], capture_output=True, text=True, check=True).stdout
    rep.floor = {"append": float(out.split()[3])}
    rep.note("disk 4 KiB per s (create+rename, +fsync file, +fsync folder, append+fdatasync)",
             [float(x) for x in out.split()])
    for algorithm, block in (("md5", 1 << 20), ("sha256", 1 << 20), ("aes-256-gcm", 64 << 10)):
        rep.floor[algorithm] = openssl_speed(algorithm, block)
    rep.note("MB/s on one core (openssl speed)", {k: v for k, v in rep.floor.items() if k != "append"})


def goals(rep):
    def cpu(what, server, limit):
        rep.goal(f"{what} {server}: CPU per request to nginx", rep.ratio(what, server, "nginx-fs", "cpu_us"), "<=",
                 limit, "times")
    cpu("get-4k", "nephele", 1.6)
    cpu("get-1m", "nephele", 2.2)
    cpu("get-4k", "nephele-plain", 1.4)
    cpu("get-1m", "nephele-plain", 1.15)
    floor = getattr(rep, "floor", {})
    user = rep.median("get-1m", "nephele", "user_us")
    if user and floor.get("aes-256-gcm"):
        rep.goal("get-1m nephele: user CPU to AES-256-GCM of the bytes", user / (SIZES["1m"] / floor["aes-256-gcm"]),
                 "<=", 1.15, "times")
    rate = rep.median("put-4k", "nephele", "rate")
    if rate and floor.get("append"):
        rep.goal(f"put-4k nephele: rate at {CONNS} connections to append+sync", rate / floor["append"], ">=", 3, "times")
    bytes_s = rep.median("put-1m", "nephele", "bytes_s")
    if bytes_s and floor.get("md5"):
        rep.goal("put-1m nephele: bytes to the rate of MD5", bytes_s / 1e6 / floor["md5"], ">=", 0.6, "times")
    page = rep.median("list", "nephele", "cpu_us")
    rep.goal(f"list nephele: CPU of a page of 1,000 of {LISTKEYS:,} keys", page and page / 1e3, "<=", 2, "ms")


def run_cases(rep, w, servers):
    """The put cases leave moto and s3rver with what they had: the same keys again."""
    api = [s for s in servers if not s.plain]
    put = [s for s in servers if not s.plain or s.dav]
    own = [s for s in api if s.name.startswith(("nephele", "candidate"))]

    def case(name, who, method, size, conns, signed=False, seconds=None):
        if on(name):
            interleave(rep, name, w, who, lambda s, sec: run(s, method, size, conns, w, sec, signed), seconds=seconds)
    case("get-4k", servers, "GET", "4k", CONNS)
    case("get-1m", servers, "GET", "1m", 8)
    case("get-64m", servers, "GET", "64m", 2, seconds=6)
    case("put-4k", put, "PUT", "4k", CONNS)
    case("put-4k-signed", put, "PUT", "4k", CONNS, signed=True)
    case("put-1m", put, "PUT", "1m", 8)
    case("put-1m-signed", put, "PUT", "1m", 8, signed=True)
    case("put-64m", put, "PUT", "64m", 2, seconds=6)
    if on("list"):
        measure_list(rep, "list", w, own[:1], "many", LISTKEYS)
    if on("list-10k"):
        measure_list(rep, "list-10k", w, api, "list", 10_000)
    if on("multipart"):
        interleave(rep, "multipart", w, api, multipart)
    if on("durability") and w == WORKERS[0]:
        if have("strace"):
            for s in put:
                rep.note(f"durability {s.name}", durability(s))
        else:
            rep.skip("durability", "strace is not installed")


def main():
    if "-h" in sys.argv:
        sys.exit(__doc__)
    rep = Report("s3")
    for name, size in {"1": 1, **SIZES}.items():
        payload(name, size)
    if not env("CAND_CMD"):
        subprocess.run(["ninja", "-C", build_dir(), "nephele"], check=True, capture_output=True)
    if on("floor"):
        measure_floor(rep)
    for w in WORKERS:
        servers = candidates(w) + [f(w) for name, f in PEER_STARTS if peer_on(name)]
        servers = [s for s in servers if s]
        run_cases(rep, w, [s for s in servers if populate(s)])
        for s in servers:
            rss, pss = memory_of(s.pids())
            rep.note(f"memory KiB w{w} {s.name}", {"rss": rss, "pss": pss})
            s.stop()
    goals(rep)
    rep.finish()


main()
