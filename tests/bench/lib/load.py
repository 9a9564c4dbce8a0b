# SPDX-License-Identifier: Apache-2.0
"""load - the load generators: wrk with prepared requests, h2load. Each returns a dict of one run:
requests, rate, bytes_s, errors, and latencies in ms.
"""
import os
import re

from lib.procs import WORK, run_pinned

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
FIELDS = ("requests", "duration", "bytes", "socket", "status", "timeout", "p50", "p90", "p99", "p999", "max")
DONE = """
done = function(s, l, r)
  io.write(string.format("\\nRESULT %d %d %d %d %d %d %d %d %d %d %d\\n", s.requests, s.duration, s.bytes,
    s.errors.connect + s.errors.read + s.errors.write, s.errors.status, s.errors.timeout,
    l:percentile(50), l:percentile(90), l:percentile(99), l:percentile(99.9), l.max))
end
"""


def failed(run):
    return {"requests": 0, "errors": -1, "note": (run.stderr or run.stdout)[-300:]}


def wrk(url, conns, threads, seconds, cpus, script="", headers=()):
    """One run. `script`: Lua text that defines request() and so on; its done() is added here."""
    path = os.path.join(WORK, "wrk.lua")
    with open(path, "w", encoding="latin-1") as f:
        f.write(script + DONE)
    command = ["wrk", "-c", str(max(conns, threads)), "-t", str(threads), "-d", f"{seconds}s", "--timeout", "20s",
               "-s", path]
    for h in headers:
        command += ["-H", h]
    run = run_pinned(command + [url], cpus, seconds)
    found = re.search(r"RESULT (.*)", run.stdout)
    if not found:
        return failed(run)
    v = dict(zip(FIELDS, map(int, found[1].split())))
    duration = v["duration"] / 1e6
    return {"requests": v["requests"], "rate": v["requests"] / duration, "bytes_s": v["bytes"] / duration,
            "errors": v["socket"] + v["status"] + v["timeout"], "p50": v["p50"] / 1e3, "p90": v["p90"] / 1e3,
            "p99": v["p99"] / 1e3, "p999": v["p999"] / 1e3}


def lua_string(text):
    data = text if isinstance(text, bytes) else text.encode()
    return '"' + "".join(chr(c) if 32 <= c < 127 and c not in (34, 92) else f"\\{c:03d}" for c in data) + '"'


def lua_headers(headers):
    return "{" + ", ".join(f"[{lua_string(k)}]={lua_string(v)}" for k, v in headers.items()) + "}"


def replay(requests, body_file=None, once=False):
    """Lua that sends (method, target, headers, body) in turn. `body_file` is the body of all; `once`
    ends the run when each has been answered."""
    body = "body" if body_file else "nil"
    out = [f"local f = io.open({lua_string(body_file)}, 'rb'); local body = f:read('*a'); f:close()"
           if body_file else "", "local list, i, answered = {}, 0, 0", "init = function(args)"]
    for method, target, headers, own in requests:
        text = lua_string(own) if own else body
        out.append(f"  list[#list + 1] = wrk.format({lua_string(method)}, {lua_string(target)}, "
                   f"{lua_headers(headers)}, {text})")
    out += ["end", "request = function() i = i % #list + 1; return list[i] end"]
    if once:
        out.append("response = function() answered = answered + 1; "
                   # Its main thread sleeps to the end of the duration, unless it is interrupted: after the call of
                   # the shell, during which it would not hear.
                   "if answered == #list then wrk.thread:stop(); os.execute('(sleep 0.1; kill -INT $PPID) &') end end")
    return "\n".join(out) + "\n"


def seconds_of(text):
    found = re.match(r"([\d.]+)\s*(us|ms|s|m|h)", text)
    return float(found[1]) * UNITS[found[2]] if found else None


def h2load(url, conns, streams, threads, seconds, cpus):
    command = ["h2load", "-c", str(conns), "-m", str(streams), "-t", str(threads), "-D", str(seconds), url]
    run = run_pinned(command, cpus, seconds)
    whole = re.search(r"finished in ([\d.]+)(us|ms|s|m), ([\d.]+) req/s, ([\d.]+)(\w+)/s", run.stdout)
    counts = re.search(r"requests: \d+ total, \d+ started, (\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored",
                       run.stdout)
    good = re.search(r"status codes: (\d+) 2xx", run.stdout)
    times = re.search(r"time for request:\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)", run.stdout)
    if not whole or not counts:
        return failed(run)
    scale = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}.get(whole[5], 1)
    done = int(counts[1])
    return {"requests": done, "rate": float(whole[3]), "bytes_s": float(whole[4]) * scale,
            "errors": int(counts[2]) + int(counts[3]) + max(0, done - int(good[1]) if good else 0),
            "mean": seconds_of(times[3]) * 1e3 if times else None, "max": seconds_of(times[2]) * 1e3 if times else None}
