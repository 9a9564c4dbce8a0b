#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lambda invocations; peers: serverless-offline (npm, runs the code), moto_server without docker (runs nothing).

Usage: lambda.py [CANDIDATE_ADDR]              (CAND_PID=pid for CPU and memory)
   or: CAND_CMD='...' lambda.py  with BENCH_API (port) BENCH_WORKERS BENCH_DIR AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
Functions are created with boto3 (CreateFunction, zip), for each runtime of RUNTIMES (python3.12 nodejs20.x):
one for the warm cases and COLD (5) fresh ones, whose first invocation each is a cold start.
Warm: wrk replays a signed Invoke (RequestResponse, 200-byte event): one connection (latency), and CONNS (rate).
moto runs no code without docker: with lambda.use_docker=false it echoes the event, so it is only the price of
the API; serverless-offline keeps a worker thread (node) or a child process (python) for each function.
Also given: the floor of a cold start here, exec of each runtime until its first output.
Env: ROUNDS DUR CASES PEERS BASE_PORT CONNS COLD RUNTIMES (lib/settings.py)
Cases: warm-RUNTIME-c1 warm-RUNTIME-cN cold
"""
import io
import json
import os
import statistics
import subprocess
import sys
import time
import zipfile

from lib import servers as start
from lib.load import replay, wrk
from lib.procs import Server, client_cpus, folder, have, log, memory_of, port, server_cpus, spawn, wait_port
from lib.report import Report, interleave
from lib.servers import ask, candidate
from lib.settings import CACHE, HOST, WORKERS, env, number, peer_on, wanted
from lib.sign import capture, client

CONNS, COLD = number("CONNS", 8), number("COLD", 5)
RUNTIMES = env("RUNTIMES", "python3.12 nodejs20.x").split()
CODE = {"python": ("h.py", "def handler(event, context):\n    return {'ok': 1, 'n': len(event.get('pad', ''))}\n"),
        "nodejs": ("h.js", "exports.handler = async (event) => ({ ok: 1, n: (event.pad || '').length });\n")}
EVENT = json.dumps({"pad": "x" * 180})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def kind(runtime):
    return "python" if runtime.startswith("python") else "nodejs"


def names(runtime):
    """The warm one, then the cold ones."""
    return [f"bench-{kind(runtime)}-warm"] + [f"bench-{kind(runtime)}-cold{i}" for i in range(COLD)]


def zipped(runtime):
    name, text = CODE[kind(runtime)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o644 << 16
        z.writestr(info, text)
    return out.getvalue()


def create(s):
    c, role = client(s.api, "lambda"), "arn:aws:iam::123456789012:role/bench"
    try:
        made = client(s.api, "iam").create_role(RoleName="bench-lambda", AssumeRolePolicyDocument=TRUST)
        role = made["Role"]["Arn"]
    except Exception as e:  # whatever boto3 raises: a peer may know no IAM
        log("   role:", str(e)[:120])
    end = time.monotonic() + 30
    for runtime in RUNTIMES:
        for name in names(runtime):
            c.create_function(FunctionName=name, Runtime=runtime, Role=role, Handler="h.handler",
                              Code={"ZipFile": zipped(runtime)}, Timeout=10, MemorySize=128)
    for name in (n for runtime in RUNTIMES for n in names(runtime)):
        while time.monotonic() < end:
            if c.get_function(FunctionName=name)["Configuration"].get("State", "Active") == "Active":
                break
            time.sleep(0.05)


def invocation(s, name):
    if s.at.get("prefix"):
        target = f"/2015-03-31/functions/{s.prefix}{name}/invocations"
        return "POST", target, {"Content-Type": "application/json", "Host": "%s:%d" % s.api}, EVENT.encode()
    return capture(s.api, "lambda", "invoke", FunctionName=name, Payload=EVENT)


def invoke(s, name):
    """(milliseconds, whether the function ran, what came)."""
    request = invocation(s, name)
    began = time.perf_counter()
    status, _, body = ask(s.api, request)
    took = (time.perf_counter() - began) * 1e3
    return took, status == 200 and (s.name == "moto-echo" or b'"ok"' in body.replace(b" ", b"")), (status, body[:200])


# --- peers ---

def peer_moto(w):
    s = start.moto(w, port(511), "api")
    if s:
        s.name = "moto-echo"
        ask(s.api, ("POST", "/moto-api/config", {}, b'{"lambda": {"use_docker": false}}'))
        create(s)
    return s


def peer_serverless(w):
    cli = os.path.join(CACHE, "node_modules", "serverless", "bin", "serverless.js")
    if not os.path.exists(cli) or not os.path.exists(os.path.join(CACHE, "node_modules", "serverless-offline")):
        log(f"   skipped sls-offline: npm install --ignore-scripts --prefix {CACHE} serverless@3 serverless-offline@13")
        return None
    d = folder(f"sls.{w}")
    for name, text in CODE.values():
        with open(f"{d}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
    os.symlink(os.path.join(CACHE, "node_modules"), f"{d}/node_modules")
    functions = "".join(f"  {n}:\n    handler: h.handler\n    runtime: {rt}\n" for rt in RUNTIMES for n in names(rt))
    with open(f"{d}/serverless.yml", "w", encoding="utf-8") as f:
        f.write("service: b\nframeworkVersion: '3'\nprovider:\n  name: aws\n  stage: dev\n"
                "plugins:\n  - serverless-offline\nfunctions:\n" + functions)
    p = spawn(["node", cli, "offline", "start", "--host", HOST, "--httpPort", str(port(521)), "--lambdaPort",
               str(port(522)), "--terminateIdleLambdaTime", "600"], f"sls.{w}", cpus=server_cpus(w), cwd=d, env_add={
                   "SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off", "SLS_INTERACTIVE_SETUP_ENABLE": "0",
                   "CI": "1"})
    return Server("sls-offline", p, api=(HOST, port(522)), prefix="b-dev-") if wait_port(port(522), p, 40) else None


PEERS = {"sls-offline": peer_serverless, "moto-echo": peer_moto}


def exec_floor():
    commands = {"true": ["true"], "sh": ["sh", "-c", "echo 1"], "python3 -S -E": [sys.executable, "-S", "-E", "-c", "1"],
                "python3 + json,http.client": [sys.executable, "-E", "-c", "import json, http.client"],
                "node": ["node", "-e", "console.log(1)"]}
    out = {}
    for name, argv in commands.items():
        if not have(argv[0]):
            continue
        took = []
        for _ in range(10):
            began = time.perf_counter()
            subprocess.run(argv, capture_output=True, check=False)
            took.append((time.perf_counter() - began) * 1e3)
        out[name] = [round(min(took), 1), round(statistics.median(took), 1)]
    return out


# --- cases ---

def measure_cold(rep, runtime, servers):
    cold = {s.name: [] for s in servers}
    for i in range(COLD):
        for s in servers:
            took, ran, came = invoke(s, names(runtime)[1 + i])
            if ran:
                cold[s.name].append(took)
            else:
                log(f"   !! cold {s.name} {runtime}: {came}")
    for name, v in cold.items():
        if v:
            rep.note(f"cold {kind(runtime)} {name} ms", {"min": round(min(v), 1), "median": round(statistics.median(v), 1),
                                                         "max": round(max(v), 1)})


def measure_warm(rep, w, runtime, servers):
    good = []
    for s in servers:
        _, ran, came = invoke(s, names(runtime)[0])
        if ran:
            good.append(s)
        else:
            log(f"   !! warm {s.name} {runtime}: {came}")
    for n in (1, CONNS):
        interleave(rep, f"warm-{kind(runtime)}-c{n}", w, good, lambda s, seconds: wrk(
            "http://%s:%d/" % s.api, n, 1, seconds, client_cpus(w), replay([invocation(s, names(runtime)[0])])))


def main():
    if "-h" in sys.argv:
        sys.exit(__doc__)
    rep = Report("lambda")
    rep.note("exec floor ms [min, median]", exec_floor())
    w = WORKERS[0]
    own = candidate(w, [port(531)], {}, sys.argv[1:], ["api"])
    if own:
        create(own)
    servers = [own] + [f(w) for name, f in PEERS.items() if peer_on(name)]
    servers = [s for s in servers if s]
    for runtime in RUNTIMES:
        if wanted("cold"):
            measure_cold(rep, runtime, servers)
        measure_warm(rep, w, runtime, servers)
    for s in servers:
        pids = s.pids()
        rep.note(f"memory KiB {s.name}", {"processes": len(pids), "pss": memory_of(pids)[1]})
        s.stop()
    rep.finish()


main()
