#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Control plane: signed API calls replayed by wrk; peer moto_server.

Usage: api.py [CANDIDATE_ADDR]     without one, build/nephele is the candidate (lib/servers.py)
CAND_CMD finds BENCH_API (port) BENCH_WORKERS BENCH_DIR AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY.
One endpoint serves every service. boto3 makes what a case needs and the signed request, which is
captured as it would be sent and replayed as it is; a signature in headers is good for five minutes,
so each round signs anew.
Env: ROUNDS DUR WORKERS CASES PEERS BASE_PORT CONNS (lib/settings.py)
iam-roles asks the same again and again, iam-varied asks 950 different questions of the same answer.
Cases: startup sts-caller iam-roles iam-varied kms-decrypt s3-head ec2-vpcs cw-put ddb-get sqs-send memory
"""
import http.client
import json
import statistics
import subprocess
import sys
import time

from lib.load import replay, wrk
from lib.procs import Server, build_dir, client_cpus, folder, have, log, log_tail, memory_of, port, server_cpus, spawn
from lib.report import Report, interleave
from lib.servers import ask, nephele_argv, nephele_env, running
from lib.settings import HOST, KEY_ID, ROUNDS, SECRET, WORKERS, env, number, peer_on, wanted
from lib.sign import capture, captures, client

OWN, MOTO = port(431), port(411)
CONNS = number("CONNS", 64)
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


# --- what a case needs ---

def make_vpcs(s):
    c = client(s.api, "ec2")
    for i in range(max(0, 20 - len(c.describe_vpcs()["Vpcs"]))):
        c.create_vpc(CidrBlock=f"10.{i}.0.0/16")


def make_roles(s):
    c = client(s.api, "iam")
    for i in range(max(0, 50 - len(c.list_roles(MaxItems=1000)["Roles"]))):
        c.create_role(RoleName=f"bench-{i}", AssumeRolePolicyDocument=TRUST)


def make_bucket(s):
    client(s.api, "s3").create_bucket(Bucket="bench-bucket")


def make_ciphertext(s):
    c = client(s.api, "kms")
    key = c.create_key()["KeyMetadata"]["KeyId"]
    s.at["blob"] = c.encrypt(KeyId=key, Plaintext=b"x" * 32, EncryptionContext={"tenant": "7"})["CiphertextBlob"]


def make_table(s):
    c = client(s.api, "dynamodb")
    c.create_table(TableName="bench", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                   AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    c.put_item(TableName="bench", Item={"k": {"S": "a"}, "v": {"S": "x" * 200}})


def make_queue(s):
    s.at["queue"] = client(s.api, "sqs").create_queue(QueueName="bench")["QueueUrl"]


METRIC = {"MetricName": "m", "Value": 1.0, "Unit": "Count", "Dimensions": [{"Name": "d", "Value": "x"}]}
CASES = {  # name: (service, operation, members of the request, set-up)
    "sts-caller": ("sts", "get_caller_identity", lambda s: {}, None),
    "iam-roles": ("iam", "list_roles", lambda s: {"MaxItems": 100}, make_roles),
    "iam-varied": ("iam", "list_roles", lambda s: [{"MaxItems": n} for n in range(51, 1001)], make_roles),
    "kms-decrypt": ("kms", "decrypt", lambda s: {"CiphertextBlob": s.blob, "EncryptionContext": {"tenant": "7"}},
                    make_ciphertext),
    "s3-head": ("s3", "head_bucket", lambda s: {"Bucket": "bench-bucket"}, make_bucket),
    "ec2-vpcs": ("ec2", "describe_vpcs", lambda s: {}, make_vpcs),
    "cw-put": ("cloudwatch", "put_metric_data", lambda s: {"Namespace": "Bench", "MetricData": [METRIC]}, None),
    "ddb-get": ("dynamodb", "get_item", lambda s: {"TableName": "bench", "Key": {"k": {"S": "a"}}}, make_table),
    "sqs-send": ("sqs", "send_message", lambda s: {"QueueUrl": s.queue, "MessageBody": "x" * 200}, make_queue),
}


# --- servers ---

def launch(name, command, where, workers, more_env=None):
    """Starts a server and times it until sts:GetCallerIdentity answers 200."""
    s = Server(name, api=(HOST, where))
    request = capture(s.api, "sts", "get_caller_identity")
    began = time.monotonic()
    s.proc = spawn(command, f"{name}.{workers}.{began:.3f}", cpus=server_cpus(workers), env_add=more_env)
    s.pid = s.proc.pid
    while time.monotonic() - began < 60 and s.proc.poll() is None:
        try:
            if ask(s.api, request, 10)[0] == 200:
                s.at["startup_ms"] = (time.monotonic() - began) * 1e3
                s.at["idle"] = memory_of(s.pids())
                return s
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.001)
    log(f"!! {name}: no 200 in 60 s\n{log_tail(s.proc.bench_name, 600)}")
    s.stop()
    return None


def own(workers, data):
    """The candidate, started by this script."""
    if env("CAND_CMD") == "none" or len(sys.argv) > 1:
        return None
    if env("CAND_CMD"):
        e = {"BENCH_API": OWN, "BENCH_WORKERS": workers, "BENCH_DIR": folder(data), "AWS_ACCESS_KEY_ID": KEY_ID,
             "AWS_SECRET_ACCESS_KEY": SECRET}
        return launch("candidate", "exec " + env("CAND_CMD"), OWN, workers, e)
    return launch("nephele", nephele_argv(folder(data) + "/data", OWN, workers), OWN, workers, nephele_env())


def moto(workers):
    return launch("moto", ["moto_server", "-H", HOST, "-p", str(MOTO)], MOTO, workers, {"PYTHONWARNINGS": "ignore"})


def measure_startup(rep):
    """The first start makes the data directory; `again` is a start on what is there."""
    times = {}
    for r in range(max(ROUNDS, 5)):
        for name, start in (("first", lambda r=r: own(1, f"start.{r}")), ("again", lambda r=r: own(1, f"start.{r}"))):
            s = start()
            if s:
                times.setdefault(f"{s.name} {name}", []).append(s.startup_ms)
                s.stop()
        if peer_on("moto") and have("moto_server") and r < ROUNDS:
            s = moto(1)
            if s:
                times.setdefault("moto", []).append(s.startup_ms)
                s.stop()
    for k, v in times.items():
        rep.note(f"startup {k} ms", {"all": [round(x, 1) for x in v], "median": round(statistics.median(v), 1)})
        if not k.startswith("moto"):
            rep.goal(f"start to the first answered request ({k.split()[1]})", statistics.median(v), "<=", 50, "ms")


# --- cases ---

def requests_of(case, s, most=None):
    """What is replayed, signed now; at most so many."""
    service, operation, members, _ = CASES[case]
    several = members(s)
    several = several if isinstance(several, list) else [several]
    return captures(s.api, service, operation, several[:most])


def prepare(rep, case, servers):
    """Those servers on which the case's request works."""
    make = CASES[case][3]
    good = []
    for s in servers:
        try:
            if make:
                make(s)
            status = ask(s.api, requests_of(case, s, 1)[0])[0]
        except Exception as e:  # whatever boto3 raises: a service that is not there, a name that is taken
            rep.skip(f"{case} {s.name}", str(e)[:120])
            continue
        if status // 100 == 2:
            good.append(s)
        else:
            rep.skip(f"{case} {s.name}", f"status {status}")
    return good


def run_case(case, workers, s, seconds):
    return wrk("http://%s:%d/" % s.api, CONNS, workers, seconds, client_cpus(workers), replay(requests_of(case, s)))


def memory_after(rep, s, workers):
    """Memory after 100,000 requests and more."""
    sent = sum(r["requests"] for (_, w), by in rep.rows.items() if w == workers for r in by.get(s.name, ()))
    if s.name != "moto":
        while sent < 100_000:
            got = run_case("sts-caller", workers, s, 2)["requests"]
            if not got:
                break
            sent += got
    (rss0, pss0), (rss, pss) = s.at.get("idle", (None, None)), memory_of(s.pids())
    rep.note(f"memory KiB w{workers} {s.name}", {"idle": {"rss": rss0, "pss": pss0}, "after": {"rss": rss, "pss": pss},
                                                 "requests": sent, "processes": len(s.pids())})
    if s.name != "moto" and workers == 1 and pss0:
        rep.goal("idle memory of all processes, PSS", pss0 / 1024, "<=", 20, "MiB")
        rep.goal("memory after 100,000 requests, PSS", pss / 1024, "<=", 40, "MiB")


def goals(rep):
    for case in ("sts-caller", "iam-roles"):
        rep.goal(f"{case}: rate to moto", rep.ratio(case, "nephele", "moto", "rate"), ">=", 80, "times")
        cpu = rep.ratio(case, "moto", "nephele", "cpu_us")
        rep.goal(f"{case}: CPU per request, moto to ours", cpu, ">=", 80, "times")
        rep.goal(f"{case}: p99 at {CONNS} connections", rep.median(case, "nephele", "p99"), "<=", 2, "ms")


def kms_goals(rep):
    rep.goal("kms-decrypt: rate to moto", rep.ratio("kms-decrypt", "nephele", "moto", "rate"), ">=", 30, "times")
    rep.goal("kms-decrypt: rate on one core", rep.median("kms-decrypt", "nephele", "rate"), ">=", 20000, "/s")


def main():
    if "-h" in sys.argv:
        sys.exit(__doc__)
    rep = Report("api")
    if not env("CAND_CMD"):
        subprocess.run(["ninja", "-C", build_dir(), "nephele"], check=True, capture_output=True)
    if peer_on("moto") and not have("moto_server"):
        rep.skip("moto", "moto_server is not installed (pip install 'moto[server]')")
    if wanted("startup"):
        measure_startup(rep)
    for w in WORKERS:
        servers = [own(w, f"cand.{w}")]
        if len(sys.argv) > 1:
            servers = [running(w, sys.argv[1:], ["api"])]
        if peer_on("moto") and have("moto_server"):
            servers.append(moto(w))
        servers = [s for s in servers if s]
        for case in CASES:
            if wanted(case):
                good = prepare(rep, case, servers)
                interleave(rep, case, w, good, lambda s, seconds, case=case: run_case(case, w, s, seconds))
        for s in servers:
            if wanted("memory") and s.pid:
                memory_after(rep, s, w)
            s.stop()
    goals(rep)
    kms_goals(rep)
    rep.finish()


main()
