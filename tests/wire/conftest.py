# SPDX-License-Identifier: Apache-2.0
"""Runs the .wire files: requests and their exact answers, each file against a region of its own. The
form of the files is in README.md."""
import os
import re
import shlex
import sys
import urllib.parse

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from region import Region  # noqa: E402
from wire.raw import once  # noqa: E402
from wire.sigv4 import Signer  # noqa: E402

VERSIONS = {"ec2": "2016-11-15", "iam": "2010-05-08", "sts": "2011-06-15"}
TARGETS = {"acm": "CertificateManager", "ssm": "AmazonSSM"}  # of the services that speak JSON
HEADER = re.compile(r"(!?)([A-Za-z][A-Za-z0-9-]*):(?:\s+(.*))?$")
NAME = re.compile(r"\$([a-z][a-z0-9_]*)")


@pytest.fixture(scope="session")
def region():
    with Region(dev=True) as r:
        yield r


def pytest_collect_file(file_path, parent):
    return WireFile.from_parent(parent, path=file_path) if file_path.suffix == ".wire" else None


class WireFile(pytest.File):
    def collect(self):
        yield WireTest.from_parent(self, name=self.path.stem)


class Mismatch(Exception):
    pass


class WireTest(pytest.Item):
    def runtest(self):
        with Region(dev=True) as region:
            run = Run(region, self.path.parent.name)
            for step in parse(self.path.read_text(encoding="utf-8")):
                run.step(step)

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, Mismatch):
            return f"{self.path}:{excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, self.name


# --- reading ---

class Side:
    """A request or a reply: first line, header lines (name -> text, None: must be absent), body lines."""

    def __init__(self, line, first):
        self.line, self.first, self.headers, self.body = line, first, {}, []

    def add(self, text):
        header = None if self.body else HEADER.match(text)
        if header:
            self.headers[header[2]] = None if header[1] else header[3] or ""
        elif text:
            self.body.append(text)


def parse(text):
    """[(request, reply)], or (seconds, None) where the clock moves."""
    steps, request, side = [], None, None
    for number, line in enumerate(text.splitlines(), 1):
        mark, rest = line[:1], line[1:].strip()
        if not line.strip() or mark == "#":
            side = None if mark != "#" else side
        elif mark == "!" and rest.startswith("clock "):
            steps.append((int(rest.split()[1]), None))
        elif mark == ">":
            if side is None or side is not request:
                request = side = Side(number, rest)
            else:
                side.add(rest)
        elif mark == "<":
            if side is request and request is not None:
                status, _, more = rest.partition(" ")
                side = Side(number, int(status))
                side.add(more.strip())
                steps.append((request, side))
            else:
                side.add(rest)
        else:
            raise ValueError(f"line {number}: begins with none of > < # !")
    return steps


def joined(lines):
    """The pattern of a body: text that goes on in the next line has a blank there, tags have none."""
    out = ""
    for line in lines:
        out += " " + line if out and out[-1] != ">" and line[0] != "<" else line
    return out


# --- running ---

class Run:
    def __init__(self, region, service):
        self.region, self.service = region, service
        self.names = {"host": region.address, "key": region.root[0], "secret": region.root[1],
                      "account": region.account}

    def fill(self, text):
        return NAME.sub(lambda m: self.names[m[1]], text)

    def step(self, step):
        request, want = step
        if want is None:
            self.region.advance(request)
            return
        method, target, headers, body = self.request(request)
        got = once(self.region, method, target, headers, body)
        self.check(want, got, method)

    def request(self, request):
        words = [self.fill(w) for w in shlex.split(request.first)]
        named = [w.partition("=")[::2] for w in words[1:] if re.match(r"[A-Za-z][\w.-]*=", w)]
        options = {n: v for n, v in named if n[0].islower()}
        headers = {"Host": options.get("host", self.region.address)}
        headers.update({n: self.fill(v) for n, v in request.headers.items()})
        body = "".join(self.fill(line) for line in request.body).replace("\\n", "\n").encode() or None
        method, target = words[0], "/"
        service = options.get("service", self.service)
        if method.isupper():
            target = words[1]
        elif service in TARGETS:
            headers.update({"Content-Type": "application/x-amz-json-1.1",
                            "X-Amz-Target": f"{TARGETS[service]}.{method}"} | headers)
            method, body = "POST", body or b"{}"
        else:  # the action of a query protocol
            form = {"Action": method, "Version": VERSIONS.get(service, ""), **{n: v for n, v in named if n[0].isupper()}}
            method, body = "POST", urllib.parse.urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return (method, *self.signed(options, service, method, target, headers, body or b""), body)

    def signed(self, options, service, method, target, headers, body):
        key, secret = options.get("key", self.names["key"]), options.get("secret", self.names["secret"])
        if "account" in options:
            key = options["account"]
        if key == "none":
            return target, headers
        signer = Signer(key, secret, options.get("token"), service, options.get("region", "us-east-1"))
        if options.get("sign") == "query":
            return signer.presigned(method, target, {"Host": headers["Host"]}, int(options.get("expires", "300"))), headers
        return target, signer.headers(method, target, headers, body)

    def check(self, want, got, method):
        problems = []
        if got.status != want.first:
            problems.append(f"status {got.status}, not {want.first}")
        for name, pattern in want.headers.items():
            if not self.matches(pattern, got[name]):
                problems.append(f"{name}: {got[name]}, not {pattern}")
        body = re.sub(r">\s+<", "><", got.text.strip())
        pattern = joined(want.body)
        if method != "HEAD" and not self.matches(pattern, body):
            problems.append(f"body\n  {body}\nnot\n  {pattern}")
        if problems:
            raise Mismatch(f"{want.line}: {'; '.join(problems)}\n{got.status} {got.fields}\n{got.text}")

    def matches(self, pattern, text):
        """`*` is anything, `$name` what it was before, or from now on what stands there."""
        if pattern is None or text is None:
            return pattern is None and text is None
        fresh, out = [], []
        for piece in re.split(r"(\*|\$[a-z][a-z0-9_]*)", pattern):
            name = piece[1:] if NAME.fullmatch(piece) else None
            if piece == "*":
                out.append(".*?")
            elif name is None or name in self.names:
                out.append(re.escape(self.names[name] if name else piece))
            elif name in fresh:
                out.append(f"(?P={name})")
            else:
                fresh.append(name)
                out.append(f"(?P<{name}>[^<>\"]+?)")
        found = re.fullmatch("".join(out), text, re.DOTALL)
        if found:
            self.names.update(found.groupdict())
        return found is not None
