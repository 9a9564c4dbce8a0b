# SPDX-License-Identifier: Apache-2.0
"""What the tests of Certificate Manager share: certificates made by OpenSSL, and their text."""
import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from iam_util import fails

__all__ = ["ARN", "authority", "call", "fails", "imported", "openssl", "requested", "self_signed", "text_of"]

ARN = "arn:aws:acm:us-east-1:000000000000:certificate/"


def call(region, operation, **members):
    """An operation that the installed SDK may be too old for: (status, its answer)."""
    request = AWSRequest("POST", region.endpoint + "/", data=json.dumps(members).encode(), headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"CertificateManager.{operation}"})
    SigV4Auth(Credentials(*region.root), "acm", "us-east-1").add_auth(request)
    sent = urllib.request.Request(request.url, data=request.data, headers=dict(request.headers), method="POST")
    try:
        with urllib.request.urlopen(sent) as reply:
            return reply.status, json.loads(reply.read() or b"{}")
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


def openssl(*argv, cwd=None, stdin=b""):
    done = subprocess.run(["openssl", *argv], cwd=cwd, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()


KEYS = {"RSA_1024": ("rsa:1024",), "RSA_2048": ("rsa:2048",), "RSA_4096": ("rsa:4096",),
        "EC_prime256v1": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "EC_secp384r1": ("ec", "-pkeyopt", "ec_paramgen_curve:P-384"),
        "EC_secp521r1": ("ec", "-pkeyopt", "ec_paramgen_curve:P-521")}


def self_signed(folder, name, key="EC_prime256v1", days=30, *more):
    """(certificate, key), PEM."""
    openssl("req", "-x509", "-newkey", *KEYS[key], "-keyout", "key.pem", "-out", "cert.pem", "-days", str(days), "-nodes",
            "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", *more, cwd=folder)
    return read(folder, "cert.pem"), read(folder, "key.pem")


class authority:
    """A root of somebody else, which signs."""

    def __init__(self, folder, name="Root"):
        self.folder = str(folder)
        openssl("req", "-x509", "-newkey", *KEYS["EC_prime256v1"], "-keyout", "ca.key", "-out", "ca.pem", "-days", "90", "-nodes",
                "-subj", f"/O={name} Inc/CN={name}", cwd=self.folder)
        self.pem = read(self.folder, "ca.pem")

    def sign(self, name, key="EC_prime256v1"):
        openssl("req", "-newkey", *KEYS[key], "-keyout", "leaf.key", "-out", "leaf.csr", "-nodes", "-subj", f"/CN={name}",
                cwd=self.folder)
        with open(os.path.join(self.folder, "ext"), "w", encoding="utf-8") as f:
            f.write(f"subjectAltName=DNS:{name}\nextendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n")
        openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20",
                "-extfile", "ext", "-out", "leaf.pem", cwd=self.folder)
        return read(self.folder, "leaf.pem"), read(self.folder, "leaf.key")


def text_of(pem, *what):
    """What `openssl x509` says of a certificate."""
    return openssl("x509", "-noout", *what, stdin=pem if isinstance(pem, bytes) else pem.encode()).decode()


def removed(acm, arn):
    try:
        acm.delete_certificate(CertificateArn=arn)
    except acm.exceptions.ResourceNotFoundException:
        pass


@pytest.fixture
def acm(region):
    return region.client("acm")


@pytest.fixture
def requested(acm):
    """requested("www.example.com", …) requests a certificate that goes with the test; its ARN."""
    made = []

    def make(name, **more):
        made.append(acm.request_certificate(DomainName=name, ValidationMethod="DNS", **more)["CertificateArn"])
        return made[-1]

    yield make
    for arn in made:
        removed(acm, arn)


@pytest.fixture
def imported(acm):
    """imported(certificate, key, chain) imports one that goes with the test; its ARN."""
    made = []

    def make(cert, key, chain=None, **more):
        if chain is not None:
            more["CertificateChain"] = chain
        made.append(acm.import_certificate(Certificate=cert, PrivateKey=key, **more)["CertificateArn"])
        return made[-1]

    yield make
    for arn in made:
        removed(acm, arn)
