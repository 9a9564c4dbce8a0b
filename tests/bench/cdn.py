#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Caching edge: cache hits and request coalescing; peers varnish, nginx proxy_cache, Apache Traffic Server.

Usage: cdn.py [CANDIDATE_HTTP_ADDR [CANDIDATE_TLS_ADDR]]     (CAND_PID=pid for CPU and memory)
   or: CAND_CMD='...' cdn.py     started for each worker count with
         BENCH_HTTP BENCH_TLS (ports) BENCH_WORKERS BENCH_ORIGIN (host:port of the origin, HTTP/1.1)
         BENCH_CERT BENCH_KEY BENCH_PEM BENCH_DIR
A running candidate must fetch from the origin on BASE_PORT+101. The cache key is the path; the origin
sends Cache-Control: max-age=3600. No access log (varnish: its shared-memory log masked).
Env: ROUNDS DUR WORKERS CASES PEERS BASE_PORT CONNS MANY (keys of hit-many) SLOW_MS (lib/settings.py)
Cases: hit-1k hit-32k hit-1m hit-many newconn-1k tls-1k tls-32k h2-1k h2-32k coalesce
"""
import http.client
import os
import sys
import threading
import time

from lib.load import h2load, wrk
from lib.procs import (MEM, Server, built, client_cpus, folder, have, log, memory_of, pin, port, server_cpus, spawn,
                       stop, tree, wait_port)
from lib.report import Report, interleave
from lib.servers import candidate, certificate, get, nginx, payload
from lib.settings import HOST, WORKERS, number, peer_on, wanted

CONNS, MANY, SLOW_MS = number("CONNS", 64), number("MANY", 10_000), number("SLOW_MS", 500)
ORIGIN, SLOW = port(101), port(102)
NGINX = """proxy_cache_path {d} levels=1:2 keys_zone=c:50m max_size=4g inactive=2h use_temp_path=off;
  open_file_cache max=20000 inactive=600s; open_file_cache_valid 600s;
  upstream o {{ server {host}:{origin}; keepalive 64; }}
  ssl_certificate {cert}; ssl_certificate_key {key}; ssl_session_cache shared:s:10m; ssl_protocols TLSv1.2 TLSv1.3;
  server {{ listen {host}:{http} backlog=4096 {reuse}; listen {host}:{tls} ssl http2 backlog=4096 {reuse};
    location / {{ proxy_pass http://o; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_cache c;
      proxy_cache_key $uri; proxy_cache_lock on; proxy_cache_lock_timeout 60s; proxy_cache_lock_age 60s;
      proxy_cache_valid 200 1h; }} }}"""
VCL = """vcl 4.1; backend default {{ .host = "{host}"; .port = "{origin}"; }}
sub vcl_recv {{ return (hash); }}
"""
# Every tag of a hit: with them varnish writes a log in shared memory, which the others do not.
VSL_MASK = ("-VCL_call,-VCL_return,-ReqStart,-ReqMethod,-ReqURL,-ReqProtocol,-ReqHeader,-ReqUnset,-Hit,-HitMiss,"
            "-RespProtocol,-RespStatus,-RespReason,-RespHeader,-RespUnset,-Timestamp,-ReqAcct,-SessOpen,-SessClose,"
            "-Link,-Begin,-End,-Length,-Debug,-Filters")
ATS = {"exec_thread.autoconfig": 0, "exec_thread.affinity": 0, "accept_threads": 0, "task_threads": 1,
       "http.insert_request_via_str": 0, "http.insert_response_via_str": 0,
       "http.keep_alive_no_activity_timeout_in": 300, "cache.ram_cache.size": 256 << 20,
       "cache.ram_cache_cutoff": 4 << 20, "cache.enable_read_while_writer": 1,
       "http.background_fill_active_timeout": 0, "http.background_fill_completed_threshold": 0.0,
       "cache.max_doc_size": 0, "http.cache.open_write_fail_action": 5, "http.cache.max_open_read_retries": 1000,
       "http.cache.open_read_retry_time": 5, "log.logging_enabled": 0, "reverse_proxy.enabled": 1,
       "url_remap.remap_required": 1, "admin.user_id": "#-1", "net.connections_throttle": 15000}
MANY_LUA = """local i, reqs = 0, {}
init = function(args)
  math.randomseed(7)
  for k = 1, 4096 do reqs[k] = wrk.format("GET", "/many/" .. math.random(%d)) end
end
request = function() i = i %% 4096 + 1; return reqs[i] end
"""


def start_origin():
    """Fast files and a slow location behind one address; (nginx, the slow server)."""
    body = "x" * 1024
    origin = nginx("origin", f"""upstream slow {{ server {HOST}:{SLOW}; keepalive 128; }}
    server {{ listen {HOST}:{ORIGIN} backlog=4096; add_header Cache-Control "public, max-age=3600";
      location / {{ root {MEM}; }}  location /many/ {{ return 200 '{body}'; }}
      location /slow/ {{ proxy_pass http://slow; proxy_http_version 1.1; proxy_set_header Connection ""; }}
      location = /count {{ proxy_pass http://slow; }} }}""", port=ORIGIN)
    slow = spawn([built("floor"), "slow", str(SLOW), str(SLOW_MS)], "slow")
    wait_port(SLOW, slow)
    return origin, slow


def peer_varnish(w, cert, key):
    at, d = port(111), folder(f"varnish.{w}")
    with open(d + ".vcl", "w", encoding="utf-8") as f:
        f.write(VCL.format(host=HOST, origin=ORIGIN))
    params = [f"vsl_mask={VSL_MASK}", f"thread_pools={w}", "thread_pool_min=128", "thread_pool_max=512",
              "timeout_idle=300", "listen_depth=4096"]
    p = spawn(["varnishd", "-F", "-j", "none", "-n", d, "-a", f"{HOST}:{at}", "-f", d + ".vcl", "-s", "malloc,1g",
               "-T", "none", *(x for v in params for x in ("-p", v))], f"varnish.{w}", cpus=server_cpus(w))
    return Server("varnish", p, http=(HOST, at)) if wait_port(at, p) else None


def peer_nginx(w, cert, key):
    h, t = port(121), port(122)
    block = NGINX.format(d=os.path.join(MEM, f"ngxcache.{w}"), host=HOST, origin=ORIGIN, cert=cert, key=key, http=h,
                         tls=t, reuse="reuseport" if w > 1 else "")
    p = nginx(f"nginx.{w}", block, workers=w, cpus=server_cpus(w), port=h)
    return Server("nginx", p, http=(HOST, h), tls=(HOST, t)) if p else None


def write_ats(d, w, h, t, cert, key):
    files = {
        "runroot.yaml": f"prefix: {d}\nexec_prefix: {d}\nbindir: /usr/bin\nsbindir: /usr/sbin\nsysconfdir: {d}/etc\n"
                        f"datadir: {d}/var\nincludedir: {d}\nlibdir: /usr/lib\nlibexecdir: {d}\nlocalstatedir: {d}/var\n"
                        f"runtimedir: {d}/run\nlogdir: {d}/log\nmandir: {d}\ninfodir: {d}\ncachedir: {d}/cache\n",
        "etc/storage.config": f"{d}/cache 256M\n",
        "etc/remap.config": f"map / http://{HOST}:{ORIGIN}/\n",
        "etc/ssl_multicert.config": f"dest_ip=* ssl_cert_name={cert} ssl_key_name={key}\n",
        "etc/ip_allow.yaml": "ip_allow:\n  - apply: in\n    ip_addrs: 0/0\n    action: allow\n    methods: ALL\n",
    }
    files.update({f"etc/{n}.config": "" for n in ("plugin", "cache", "hosting", "parent", "socks", "splitdns", "volume")})
    files.update({f"etc/{n}.yaml": "" for n in ("sni", "logging", "strategies")})
    kinds = {int: "INT", float: "FLOAT", str: "STRING"}
    settings = {**ATS, "exec_thread.limit": w, "http.server_ports": f"{h}:ip-in={HOST} {t}:ssl:ip-in={HOST}"}
    files["etc/records.config"] = "".join(f"CONFIG proxy.config.{k} {kinds[type(v)]} {v}\n" for k, v in settings.items())
    for name, text in files.items():
        with open(f"{d}/{name}", "w", encoding="utf-8") as f:
            f.write(text)


def peer_ats(w, cert, key):
    h, t, d = port(131), port(132), folder(f"ats.{w}")
    for x in ("etc", "var", "log", "cache", "run"):
        folder(f"ats.{w}", x)
    write_ats(d, w, h, t, cert, key)
    p = spawn(["traffic_server", "-T", "none"], f"ats.{w}", cpus=server_cpus(w),
              env_add={"TS_RUNROOT": f"{d}/runroot.yaml"}, cwd=d)
    if not wait_port(h, p, 15):
        return None
    for _ in range(100):  # its cache opens a little after the port
        try:
            get((HOST, h), "/1k")
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    return Server("ats", p, http=(HOST, h), tls=(HOST, t))


PEERS = {"varnish": ("varnishd", peer_varnish), "nginx": ("nginx", peer_nginx), "ats": ("traffic_server", peer_ats)}


def fill(s):
    """Three times, to be sure of a hit."""
    for path in ("/1k", "/32k", "/1m"):
        for _ in range(3):
            status = get(s.http, path, {"Host": "bench.test"})[0]
            if status != 200:
                log(f"   !! {s.name} {path}: {status}")


def fill_many(s):
    c = http.client.HTTPConnection(*s.http, timeout=10)
    for i in range(1, MANY + 1):
        c.request("GET", f"/many/{i}")
        c.getresponse().read()
    c.close()


def coalesce(s, n=100):
    """n clients ask at once for what nobody has yet: how often the origin is asked."""
    path = f"/slow/{s.name}.{time.time():.6f}"
    times, bad = [], []

    def fetches():
        return int(get((HOST, SLOW), "/count")[2])

    def one():
        began = time.monotonic()
        try:
            status = get(s.http, path, {"Host": "bench.test"}, 60)[0]
        except (OSError, http.client.HTTPException):
            status = 0
        times.append(time.monotonic() - began)
        if status != 200:
            bad.append(status)
    before, threads = fetches(), [threading.Thread(target=one) for _ in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return {"misses": n, "origin_fetches": fetches() - before, "failed": len(bad), "slowest_s": round(max(times), 2),
            "origin_ms": SLOW_MS}


def measure_cases(rep, w, servers, helpers):
    cc = client_cpus(w)

    def case(name, kind, fn):
        who = [s for s in servers if kind in s.at]
        scheme = "https" if kind == "tls" else "http"
        interleave(rep, name, w, who,
                   lambda s, seconds: fn(f"{scheme}://%s:%d" % s.at[kind], seconds), [p.pid for p in helpers])
    case("hit-1k", "http", lambda u, sec: wrk(u + "/1k", CONNS, w, sec, cc))
    case("hit-32k", "http", lambda u, sec: wrk(u + "/32k", CONNS, w, sec, cc))
    case("hit-1m", "http", lambda u, sec: wrk(u + "/1m", min(16, CONNS), w, sec, cc))
    if wanted("hit-many"):
        for s in servers:
            fill_many(s)
    case("hit-many", "http", lambda u, sec: wrk(u + "/", CONNS, w, sec, cc, MANY_LUA % MANY))
    case("newconn-1k", "http", lambda u, sec: wrk(u + "/1k", CONNS, w, sec, cc, headers=["Connection: close"]))
    case("tls-1k", "tls", lambda u, sec: wrk(u + "/1k", CONNS, w, sec, cc))
    case("tls-32k", "tls", lambda u, sec: wrk(u + "/32k", CONNS, w, sec, cc))
    if have("h2load"):
        case("h2-1k", "tls", lambda u, sec: h2load(u + "/1k", 16, 8, w, sec, cc))
        case("h2-32k", "tls", lambda u, sec: h2load(u + "/32k", 16, 8, w, sec, cc))
    else:
        rep.skip("h2-1k, h2-32k", "h2load is not installed")
    if wanted("coalesce") and w == WORKERS[0]:
        for s in servers:
            rep.note(f"coalesce {s.name}", coalesce(s))


def main():
    if "-h" in sys.argv:
        sys.exit(__doc__)
    rep = Report("cdn")
    if not have("nginx"):
        sys.exit("nginx is not installed: it is the origin")
    cert, key, pem = certificate()
    for name, size in (("1k", 1 << 10), ("32k", 32 << 10), ("1m", 1 << 20)):
        payload(name, size)
    origin, slow = start_origin()
    more = {"BENCH_ORIGIN": f"{HOST}:{ORIGIN}", "BENCH_CERT": cert, "BENCH_KEY": key, "BENCH_PEM": pem}
    for w in WORKERS:
        pin(tree(origin.pid), client_cpus(w))
        servers = [candidate(w, [port(141), port(142)], more, sys.argv[1:], ["http", "tls"])]
        for name, (program, start) in PEERS.items():
            if peer_on(name) and have(program):
                servers.append(start(w, cert, key))
            elif peer_on(name):
                rep.skip(name, f"{program} is not installed")
        servers = [s for s in servers if s]
        for s in servers:
            fill(s)
        measure_cases(rep, w, servers, [origin, slow])
        for s in servers:
            rss, pss = memory_of(s.pids())
            rep.note(f"memory KiB w{w} {s.name}", {"rss": rss, "pss": pss})
            s.stop()
    stop(origin)
    stop(slow)
    rep.finish()


main()
