#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP load balancer: reverse proxying to two fast upstreams; peers haproxy and nginx.

Usage: lb.py [CANDIDATE_HTTP_ADDR [CANDIDATE_TLS_ADDR]]      (CAND_PID=pid for CPU and memory)
   or: CAND_CMD='...' lb.py      started for each worker count with these variables set:
         BENCH_HTTP BENCH_TLS    ports to listen on (TLS: ALPN h2 and http/1.1)
         BENCH_WORKERS           worker threads
         BENCH_UP1 BENCH_UP2     the upstreams, host:port, round robin, keep-alive
         BENCH_CERT BENCH_KEY BENCH_PEM   certificate and key; BENCH_DIR: a work folder
A running candidate must forward to the upstreams on BASE_PORT+1 and BASE_PORT+2.
Every proxy adds X-Forwarded-For/-Proto/-Port and an X-Amzn-Trace-Id, as an ALB does; no access log.
Env: ROUNDS DUR WORKERS CASES PEERS BASE_PORT CONNS IDLE IDLE_TLS KEYTYPE RETRY QUIET_MAX (lib/settings.py)
Cases: http-1k http-64k http-1m tls-1k tls-64k tls-resume tls-full http-newconn h2-1k idle
(newconn, resume, full: a connection for each request; wrk resumes the TLS session, openssl s_time -new never does)
"""
import os
import re
import subprocess
import sys
import time

from lib.idle import idle_connections
from lib.load import h2load, wrk
from lib.procs import MEM, Server, client_cpus, folder, have, pinned, port, server_cpus, spawn, stop, wait_port
from lib.report import Report, interleave
from lib.servers import candidate, certificate, nginx, payload
from lib.settings import HOST, WORKERS, number, peer_on, wanted

CONNS = number("CONNS", 64)
UP = [port(1), port(2)]
HAPROXY = """global
  maxconn 9900
  nbthread {w}
  ssl-default-bind-options ssl-min-ver TLSv1.2
  tune.ssl.cachesize 20000
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  timeout http-keep-alive 300s
  option http-keep-alive
  http-reuse always
  option forwardfor
frontend f
  bind {host}:{http} backlog 4096
  bind {host}:{tls} ssl crt {pem} alpn h2,http/1.1 backlog 4096
  http-request set-header X-Forwarded-Proto https if {{ ssl_fc }}
  http-request set-header X-Forwarded-Proto http if !{{ ssl_fc }}
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Amzn-Trace-Id Root=%[uuid()]
  default_backend b
backend b
  balance roundrobin
  server u1 {host}:{up[0]}
  server u2 {host}:{up[1]}
"""
NGINX = """map $http_host $fwd_host {{ "" bench.test; default $http_host; }}
  upstream b {{ server {host}:{up[0]}; server {host}:{up[1]}; keepalive 256; keepalive_requests 1000000000;
    keepalive_timeout 300s; }}
  ssl_certificate {cert}; ssl_certificate_key {key}; ssl_session_cache shared:s:10m; ssl_protocols TLSv1.2 TLSv1.3;
  server {{ listen {host}:{http} backlog=4096 {reuse}; listen {host}:{tls} ssl http2 backlog=4096 {reuse};
    location / {{ proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $fwd_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Amzn-Trace-Id Root=$request_id; proxy_buffer_size 16k; proxy_buffers 16 64k;
      proxy_busy_buffers_size 128k; proxy_max_temp_file_size 0; }} }}"""


def upstreams(cpus):
    body = "x" * 1024
    servers = "".join(f"server {{ listen {HOST}:{p} backlog=4096; location = /1k {{ return 200 '{body}'; }} "
                      f"location / {{ root {MEM}; }} }}" for p in UP)
    return nginx("upstream", "open_file_cache max=100 inactive=600s; open_file_cache_valid 600s;" + servers,
                 cpus=cpus, port=UP[0])


def peer_haproxy(w, pem):
    h, t = port(11), port(12)
    conf = os.path.join(folder("haproxy"), f"c{w}.cfg")
    with open(conf, "w", encoding="utf-8") as f:
        f.write(HAPROXY.format(w=w, host=HOST, http=h, tls=t, pem=pem, up=UP))
    p = spawn(["haproxy", "-db", "-f", conf], f"haproxy.{w}", cpus=server_cpus(w))
    return Server("haproxy", p, http=(HOST, h), tls=(HOST, t)) if wait_port(h, p) else None


def peer_nginx(w, cert, key):
    h, t = port(21), port(22)
    block = NGINX.format(host=HOST, http=h, tls=t, cert=cert, key=key, up=UP, reuse="reuseport" if w > 1 else "")
    p = nginx(f"nginx.{w}", block, workers=w, cpus=server_cpus(w), port=h)
    return Server("nginx", p, http=(HOST, h), tls=(HOST, t)) if p else None


def url(s, kind, path):
    host, at = s.at[kind]
    return f"{'https' if kind == 'tls' else 'http'}://{host}:{at}{path}"


def handshakes(s, seconds, cpus, clients=8):
    """Full TLS handshakes, each with one HTTP/1.0 request."""
    argv = ["openssl", "s_time", "-new", "-connect", "%s:%d" % s.tls, "-www", "/1k", "-time", str(int(seconds))]
    began = time.monotonic()
    running = [subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                preexec_fn=pinned(cpus)) for _ in range(clients)]
    outs = [p.communicate(timeout=seconds * 4 + 30)[0] for p in running]
    took = time.monotonic() - began

    def total(pattern):
        return sum(int(m[1]) for m in (re.search(pattern, o) for o in outs) if m)
    n, size = total(r"(\d+) connections in \d+ real seconds"), total(r"real seconds, (\d+) bytes read")
    return {"requests": n, "rate": n / took, "bytes_s": size * n / clients / took if n else 0,
            "errors": 0 if size >= clients * 1024 else 1, "note": outs[0][-300:]}


def measure_idle(rep, servers, make, cpus):
    """Each on a fresh process where this script started it: freed memory hides growth."""
    os.sched_setaffinity(0, cpus)
    for kind, n in (("http", number("IDLE", 9500)), ("tls", number("IDLE_TLS", 4000))):
        for i, s in enumerate(servers):
            if kind not in s.at:
                continue
            if s.proc:
                s.stop()
                s = servers[i] = make[s.name]()
            rep.note(f"idle {kind} {s.name}", idle_connections(s, s.at[kind], n, tls=kind == "tls"))
    for i, s in enumerate(servers):
        if s.proc:
            s.stop()
            servers[i] = make[s.name]()
    os.sched_setaffinity(0, set(range(os.cpu_count())))


def measure_cases(rep, w, servers, helper):
    cc = client_cpus(w)
    close = ["Connection: close"]

    def case(name, kind, fn):
        who = [s for s in servers if kind in s.at]
        interleave(rep, name, w, who, lambda s, seconds: fn(s, url(s, kind, ""), seconds), [helper.pid])
    case("http-1k", "http", lambda s, u, sec: wrk(u + "/1k", CONNS, w, sec, cc))
    case("http-64k", "http", lambda s, u, sec: wrk(u + "/64k", CONNS, w, sec, cc))
    case("http-1m", "http", lambda s, u, sec: wrk(u + "/1m", min(CONNS, 16), w, sec, cc))
    case("http-newconn", "http", lambda s, u, sec: wrk(u + "/1k", CONNS, w, sec, cc, headers=close))
    case("tls-1k", "tls", lambda s, u, sec: wrk(u + "/1k", CONNS, w, sec, cc))
    case("tls-64k", "tls", lambda s, u, sec: wrk(u + "/64k", CONNS, w, sec, cc))
    case("tls-resume", "tls", lambda s, u, sec: wrk(u + "/1k", CONNS, w, sec, cc, headers=close))
    case("tls-full", "tls", lambda s, u, sec: handshakes(s, sec, cc))
    if have("h2load"):
        case("h2-1k", "tls", lambda s, u, sec: h2load(u + "/1k", 16, 8, w, sec, cc))
    else:
        rep.skip("h2-1k", "h2load is not installed")


def main():
    if "-h" in sys.argv:
        sys.exit(__doc__)
    rep = Report("lb")
    if not have("nginx"):
        sys.exit("nginx is not installed: it is the upstream")
    cert, key, pem = certificate()
    for name, size in (("1k", 1 << 10), ("64k", 64 << 10), ("1m", 1 << 20)):
        payload(name, size)
    for w in WORKERS:
        up = upstreams(client_cpus(w))
        more = {"BENCH_UP1": f"{HOST}:{UP[0]}", "BENCH_UP2": f"{HOST}:{UP[1]}", "BENCH_CERT": cert, "BENCH_KEY": key,
                "BENCH_PEM": pem}
        make = {"candidate": lambda: candidate(w, [port(31), port(32)], more, sys.argv[1:], ["http", "tls"]),
                "haproxy": lambda: peer_haproxy(w, pem), "nginx": lambda: peer_nginx(w, cert, key)}
        if not have("haproxy") and peer_on("haproxy"):
            rep.skip("haproxy", "it is not installed")
        servers = [make[n]() for n in make if n == "candidate" or (peer_on(n) and have(n))]
        servers = [s for s in servers if s]
        if wanted("idle") and w == WORKERS[0]:
            measure_idle(rep, servers, make, client_cpus(w))
        measure_cases(rep, w, servers, up)
        for s in servers:
            s.stop()
        stop(up)
    rep.finish()


main()
