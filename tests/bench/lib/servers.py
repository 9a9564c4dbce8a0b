# SPDX-License-Identifier: Apache-2.0
"""servers - the candidate and the peers that more than one script starts.

The candidate is build/nephele unless told otherwise:
  CAND_CMD='cmd ...'  started once for each worker count, with BENCH_* variables in its environment
                      (each script's head names them)
  an address          as the script's argument: it runs already; CAND_PID=<pid> lets the script pin it
                      and read its CPU and memory
  CAND_CMD=none       no candidate: peers alone
"""
import http.client
import os
import random
import re
import shlex
import subprocess
import sys

from lib.procs import (MEM, WORK, Server, build_dir, folder, have, log, pin, server_cpus, spawn, tree, wait_port)
from lib.settings import HOST, KEY_ID, SECRET, env


def nephele_argv(data, port, workers, *flags):
    """A later flag wins. The DNS server gets any port: several regions run side by side."""
    return [os.path.join(build_dir(), "nephele"), "serve", f"--data={data}", f"--listen={HOST}:{port}",
            f"--dns={HOST}:0", f"--workers={workers}", *flags, *shlex.split(env("CAND_FLAGS", ""))]


def nephele_env():
    return {"NEPHELE_ROOT_ACCESS_KEY_ID": KEY_ID, "NEPHELE_ROOT_SECRET_ACCESS_KEY": SECRET}


def candidate(workers, ports, more_env, addresses, keys, flags=None, name="candidate"):
    """The candidate as a Server, or None. `keys` name its ports; `addresses` are the script's arguments.
    flags: those of build/nephele, which then is the default; None: it cannot take this part alone."""
    command = env("CAND_CMD")
    if command == "none":
        return None
    at = {k: (HOST, p) for k, p in zip(keys, ports)}
    if command:
        e = {"BENCH_WORKERS": workers, "BENCH_DIR": folder(f"cand.{workers}"), "BENCH_MEM": MEM,
             "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, **more_env}
        e.update({"BENCH_" + k.upper(): p for k, p in zip(keys, ports)})
        p = spawn("exec " + command, f"candidate.{workers}", cpus=server_cpus(workers), env_add=e)
        return Server("candidate", p, **at) if wait_port(ports[0], p) else None
    if addresses:
        return running(workers, addresses, keys)
    if flags is None:
        return None
    data = os.path.join(WORK, f"{name}.{workers}.data")
    p = spawn(nephele_argv(data, ports[0], workers, *flags), f"{name}.{workers}", cpus=server_cpus(workers),
              env_add=nephele_env())
    return Server(name, p, **at) if wait_port(ports[0], p) else None


def running(workers, addresses, keys):
    """A candidate that was started by somebody else. Only loopback addresses are ever loaded."""
    at = {}
    for k, a in zip(keys, addresses):
        host, _, p = re.sub(r"^https?://", "", a).rstrip("/").partition(":")
        if host and not host.startswith("127."):
            sys.exit(f"only loopback addresses are loaded by this script, not {host}")
        at[k] = (host or HOST, int(p))
    pid = int(env("CAND_PID")) if env("CAND_PID") else None
    if pid:
        pin(tree(pid), server_cpus(workers))
    return Server("candidate", pid=pid, **at)


NGINX = """daemon off; worker_processes {workers}; pid {d}/pid; error_log {d}/err.log crit;
{user} worker_rlimit_nofile 20000;
events {{ worker_connections 19000; }}
http {{ {tmp} access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_timeout 300s;
  keepalive_requests 1000000000; server_tokens off; types {{ }} default_type application/octet-stream;
  client_max_body_size 0; {http} }}
"""


def nginx(name, http_block, workers=1, cpus=None, port=None):
    """An nginx in the foreground with this http block; None if it does not listen on `port`."""
    d = folder(name, "tmp")[:-len("/tmp")]
    tmp = "".join(f"{x}_temp_path {d}/tmp/{x};\n" for x in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = os.path.join(d, "nginx.conf")
    user = "user root;" if os.geteuid() == 0 else ""
    with open(conf, "w", encoding="utf-8") as f:
        f.write(NGINX.format(workers=workers, d=d, user=user, tmp=tmp, http=http_block))
    p = spawn(["nginx", "-p", d, "-c", conf, "-e", f"{d}/err.log"], name, cpus=cpus)
    return p if not port or wait_port(port, p) else None


def nginx_has(module):
    out = subprocess.run([have("nginx"), "-V"], capture_output=True, text=True, check=False).stderr
    return module in out


def certificate(name="bench.test"):
    """A P-256 certificate, RSA with KEYTYPE=rsa: (certificate, key, both in one file)."""
    cert, key, both = (os.path.join(WORK, f"tls.{x}") for x in ("crt", "key", "pem"))
    if not os.path.exists(both):
        kind = ["rsa:2048"] if env("KEYTYPE") == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-keyout", key, "-out", cert,
                        "-days", "30", "-subj", f"/CN={name}", "-addext",
                        f"subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        with open(both, "wb") as f:
            for path in (cert, key):
                with open(path, "rb") as part:
                    f.write(part.read())
        for path in (cert, key, both):
            os.chmod(path, 0o644)
    return cert, key, both


def payload(name, size):
    """A file of random bytes in memory; above 1 MiB the same MiB again and again."""
    path = os.path.join(MEM, name)
    block = random.Random(size).randbytes(min(size, 1 << 20))
    with open(path, "wb") as f:
        for _ in range(max(1, size >> 20)):
            f.write(block)
    os.chmod(path, 0o644)
    return path


def get(address, path="/", headers=None, seconds=30):
    """One GET on a connection of its own: (status, headers, body)."""
    return ask(address, ("GET", path, headers or {}, b""), seconds)


def ask(address, request, seconds=30):
    """One request, (method, target, headers, body), on a connection of its own."""
    method, target, headers, body = request
    c = http.client.HTTPConnection(*address, timeout=seconds)
    try:
        c.request(method, target, body=body or None, headers=headers)
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read()
    finally:
        c.close()


def moto(workers, port, at):
    """moto_server (pip)."""
    if not have("moto_server"):
        log("   skipped moto: moto_server is not installed (pip install 'moto[server]')")
        return None
    p = spawn(["moto_server", "-H", HOST, "-p", str(port)], f"moto.{workers}", cpus=server_cpus(workers),
              env_add={"PYTHONWARNINGS": "ignore"})
    return Server("moto", p, **{at: (HOST, port)}) if wait_port(port, p) else None
