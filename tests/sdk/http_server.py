# SPDX-License-Identifier: Apache-2.0
"""http_server - tests/sdk/http_server.c running, with certificates that the tests make."""
import os
import shutil
import subprocess
import tempfile

from region import program

BIN = os.path.join(os.path.dirname(program()), "tests/sdk/http-server")


def run(*argv, check=True, **more):
    done = subprocess.run([str(a) for a in argv], capture_output=True, timeout=60, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{argv[0]} failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return done


def make_cert(path, name, key):
    """A self-signed certificate and its key, in one file. key: "ec" or a number of RSA's bits."""
    how = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else [f"rsa:{key}"]
    run("openssl", "req", "-x509", "-newkey", *how, "-nodes", "-subj", "/CN=" + name, "-addext",
        "subjectAltName=DNS:" + name, "-days", "2", "-keyout", path + ".key", "-out", path + ".crt")
    with open(path, "wb") as out:
        for part in (".crt", ".key"):
            with open(path + part, "rb") as f:
                out.write(f.read())
    return path


class HttpServer:
    """names: {name: (policy or "", key)}."""

    def __init__(self, names=None, flags=()):
        self.dir = tempfile.mkdtemp(prefix="http-server-")
        args = [f"{name}={policy}={make_cert(os.path.join(self.dir, name.replace('*', '_')), name, key)}"
                for name, (policy, key) in (names or {}).items()]
        self.process = subprocess.Popen([BIN, self.dir, *flags, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.ca = os.path.join(self.dir, "ca.pem")

    def url(self, path, scheme="https", host="localhost"):
        return f"{scheme}://{host}:{self.port}{path}"

    def curl(self, *args):
        return run("curl", "-sS", "-m", "30", "--cacert", self.ca, *args).stdout

    def s_client(self, name, *args, stdin=b"", check=False):
        """What openssl says of a connection that asks for `name`, and sends stdin."""
        sni = ["-servername", name] if name else ["-noservername"]
        done = run("openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", *sni, *args, input=stdin, check=check)
        return (done.stdout + done.stderr).decode(errors="replace")

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(30)
        shutil.rmtree(self.dir)
        assert status == 0, f"the server ended with {status}"

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.close()
