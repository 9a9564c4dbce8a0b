# SPDX-License-Identifier: Apache-2.0
"""AssumeRoleWithWebIdentity: tokens of an OpenID Connect provider that runs on loopback, with a
certificate of an authority that SSL_CERT_FILE names to the region."""
import base64
import contextlib
import http.server
import json
import os
import ssl
import subprocess
import threading
import time

import botocore
import botocore.config
import botocore.exceptions
import pytest

from region import Region
from test_sts import document, keys, refused, allow

ACCOUNT = "000000000000"
UNSIGNED = botocore.config.Config(signature_version=botocore.UNSIGNED)
CURVES = {"ES256": ("prime256v1", "P-256", 32), "ES384": ("secp384r1", "P-384", 48)}


def openssl(*argv, **more):
    return subprocess.run(["openssl", *argv], check=True, capture_output=True, **more).stdout


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def der_pair(der):
    """The two numbers of a DER signature."""
    at, out = 2 if der[1] < 0x80 else 3, []
    for _ in range(2):
        n = der[at + 1]
        out.append(int.from_bytes(der[at + 2:at + 2 + n], "big"))
        at += 2 + n
    return out


class Key:
    """A signing key, by the openssl command."""

    def __init__(self, folder, kid, alg="RS256", bits=2048):
        self.path, self.kid, self.alg = str(folder / (kid + ".pem")), kid, alg
        if alg in CURVES:
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + CURVES[alg][0], "-out", self.path)
        else:
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", self.path)

    def jwk(self):
        if self.alg in CURVES:
            _, crv, half = CURVES[self.alg]
            point = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[-2 * half:]
            return {"kty": "EC", "crv": crv, "kid": self.kid, "use": "sig", "x": b64(point[:half]), "y": b64(point[half:])}
        n = openssl("rsa", "-in", self.path, "-modulus", "-noout").decode().strip().partition("=")[2]
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": self.alg, "n": b64(bytes.fromhex(n)), "e": "AQAB"}

    def sign(self, claims, **head):
        head = {"typ": "JWT", "alg": self.alg, "kid": self.kid, **head}
        text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
        raw = openssl("dgst", "-sha" + self.alg[2:], "-sign", self.path, input=text.encode())
        if self.alg in CURVES:
            half = CURVES[self.alg][2]
            raw = b"".join(v.to_bytes(half, "big") for v in der_pair(raw))
        return text + "." + b64(raw)


class Issuer:
    def __init__(self, folder):
        self.folder, self.keys, self.asked, self.document = folder, [], 0, None
        self.make_certificate()
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                issuer.asked += 1
                body = {"/id/.well-known/openid-configuration": issuer.document,
                        "/id/keys": {"keys": [k.jwk() for k in issuer.keys]}}.get(self.path)
                raw = json.dumps(body).encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f"localhost:{self.server.server_address[1]}/id"
        self.url = "https://" + self.host
        self.document = {"issuer": self.url, "jwks_uri": self.url + "/keys"}
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def make_certificate(self):
        f = self.folder
        request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        openssl(*request, "-keyout", f / "ca.key", "-out", f / "ca.pem", "-subj", "/CN=test authority")
        openssl(*request, "-keyout", f / "leaf.key", "-out", f / "leaf.pem", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
                "-CA", f / "ca.pem", "-CAkey", f / "ca.key")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class World:
    """A region that may reach the issuer, its provider and one role that trusts it."""

    def __init__(self, region, issuer, key):
        self.region, self.issuer, self.key = region, issuer, key
        self.iam = region.client("iam")
        self.sts = region.client("sts", config=UNSIGNED)
        self.provider = self.iam.create_open_id_connect_provider(
            Url=issuer.url, ClientIDList=["app", "app-2"], ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
        self.trust({})

    def trust(self, condition, *more_actions):
        statement = {"Effect": "Allow", "Action": ["sts:AssumeRoleWithWebIdentity", *more_actions],
                     "Principal": {"Federated": self.provider}}
        if condition:
            statement["Condition"] = condition
        with contextlib.suppress(self.iam.exceptions.EntityAlreadyExistsException):
            self.iam.create_role(RoleName="web", AssumeRolePolicyDocument=document(statement))
            self.iam.put_role_policy(RoleName="web", PolicyName="p", PolicyDocument=document(
                allow("iam:ListAccountAliases")))
        self.iam.update_assume_role_policy(RoleName="web", PolicyDocument=document(statement))

    def claims(self, **more):
        now = int(time.time())
        claims = {"iss": self.issuer.url, "sub": "repo:x/y:main", "aud": "app", "iat": now, "exp": now + 600, **more}
        return {k: v for k, v in claims.items() if v is not None}

    def token(self, key=None, head=None, **claims):
        return (key or self.key).sign(self.claims(**claims), **(head or {}))

    def assume(self, token=None, **more):
        more.setdefault("RoleArn", f"arn:aws:iam::{ACCOUNT}:role/web")
        return self.sts.assume_role_with_web_identity(RoleSessionName="s1", WebIdentityToken=token or self.token(), **more)

    def refused(self, token=None, **more):
        return refused(self.assume, token, **more)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    i = Issuer(tmp_path_factory.mktemp("issuer"))
    yield i
    i.close()


@pytest.fixture(scope="module")
def world(issuer):
    with pytest.MonkeyPatch.context() as m:
        m.setenv("SSL_CERT_FILE", str(issuer.folder / "ca.pem"))
        key = Key(issuer.folder, "k1")
        others = {alg: Key(issuer.folder, alg, alg) for alg in ("RS384", "RS512", "ES256", "ES384")}
        issuer.keys = [key, *others.values()]
        with Region(dev=True, egress="127.0.0.1/32") as region:
            w = World(region, issuer, key)
            w.others = others
            yield w


def test_a_role_for_a_token(world):
    a = world.assume()
    assert a["SubjectFromWebIdentityToken"] == "repo:x/y:main"
    assert a["Audience"] == "app" and a["Provider"] == world.provider
    assert a["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/s1"
    assert "PackedPolicySize" not in a
    c = keys(a["Credentials"])
    assert world.region.client("sts", *c).get_caller_identity()["Arn"].endswith("assumed-role/web/s1")
    assert world.region.client("iam", *c).list_account_aliases()
    limited = keys(world.assume(Policy=document(allow("s3:*")))["Credentials"])
    assert refused(world.region.client("iam", *limited).list_account_aliases)[0] == "AccessDenied"


def test_keys_are_asked_for_once(world):
    world.assume()
    asked = world.issuer.asked
    workers = os.cpu_count()  # each loop asks for itself
    for _ in range(3 * workers):
        world.assume()
    assert world.issuer.asked - asked <= 2 * workers


def test_algorithms(world):
    for alg, key in world.others.items():
        assert world.assume(world.token(key))["Audience"] == "app", alg


def test_a_new_key_of_the_issuer_is_found(world, tmp_path):
    new = Key(tmp_path, "new", "ES256")
    before = world.issuer.keys
    world.assume()  # the keys are remembered
    world.issuer.keys = [*before, new]
    try:
        world.region.advance(11)  # a missing key is not asked for at each call
        assert world.assume(world.token(new))
    finally:
        world.issuer.keys = before


def test_signatures_of_others_are_refused(world, tmp_path):
    impostor = Key(tmp_path, "k1")
    assert world.refused(world.token(impostor))[0] == "InvalidIdentityToken"
    good = world.token()
    head, claims, signature = good.split(".")
    other = b64(json.dumps(world.claims(sub="somebody else")).encode())
    none = b64(json.dumps({"alg": "none"}).encode())
    hs = b64(json.dumps({"alg": "HS256", "kid": "k1"}).encode())
    for bad in (f"{head}.{other}.{signature}", f"{none}.{claims}.", f"{hs}.{claims}.{signature}",
                f"{head}.{claims}.{signature[:-6]}", f"{head}.{claims}", "abcd", good + ".x"):
        assert world.refused(bad)[0] == "InvalidIdentityToken"


def test_claims(world):
    now = int(time.time())
    for claims, code, words in (
            ({"exp": now - 1}, "ExpiredTokenException", "must be before the expiration"),
            ({"exp": None}, "InvalidIdentityToken", "exp"),
            ({"sub": None}, "InvalidIdentityToken", "sub"),
            ({"aud": None}, "InvalidIdentityToken", "aud"),
            ({"aud": "another"}, "InvalidIdentityToken", "Incorrect token audience"),
            ({"azp": "another"}, "InvalidIdentityToken", "Incorrect token audience"),
            ({"iat": now + 4000, "exp": now + 5000}, "IDPRejectedClaim", "not valid yet"),
            ({"nbf": now + 4000, "exp": now + 5000}, "IDPRejectedClaim", "not valid yet"),
            ({"iss": "https://localhost:1/id"}, "InvalidIdentityToken", "No OpenIDConnect provider found")):
        got, message = world.refused(world.token(**claims))
        assert (got, words in message) == (code, True), (claims, message)
    assert world.assume(world.token(aud=["other", "app-2"]))["Audience"] == "app-2"


def test_conditions_of_the_trust_policy(world):
    host = world.issuer.host
    try:
        world.trust({"StringEquals": {host + ":aud": "app"}, "StringLike": {host + ":sub": "repo:x/*"},
                     "ForAnyValue:StringEquals": {host + ":amr": ["mfa"]}})
        assert world.assume(world.token(amr=["pwd", "mfa"]))
        for claims in ({}, {"amr": ["pwd"]}, {"amr": ["mfa"], "sub": "repo:z/y"}, {"amr": ["mfa"], "aud": "app-2"}):
            assert world.refused(world.token(**claims)) == \
                ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    finally:
        world.trust({})


def test_roles_that_do_not_trust_it(world):
    world.iam.create_role(RoleName="other", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": ACCOUNT}}))
    for name in ("other", "none"):
        assert world.refused(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}")[0] == "AccessDenied"
    assert world.refused(RoleArn="arn:aws:iam::111122223333:role/web")[0] == "InvalidIdentityToken"


def test_tags_and_source_identity_of_the_token(world):
    claims = {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"]}, "transitive_tag_keys": ["team"]},
              "https://aws.amazon.com/source_identity": "ann"}
    assert world.refused(world.token(**claims))[0] == "AccessDenied"
    try:
        world.trust({"StringEquals": {"aws:RequestTag/team": "blue"}}, "sts:TagSession", "sts:SetSourceIdentity")
        a = world.assume(world.token(**claims))
        assert a["SourceIdentity"] == "ann" and a["PackedPolicySize"] > 0
    finally:
        world.trust({})


def test_provider_id_is_refused_by_name(world):
    assert "roviderId" in world.refused(ProviderId="www.amazon.com")[1]


def test_documents_that_are_none(world):
    """Each in a region of its own, which remembers nothing."""
    good = world.issuer.document
    try:
        for bad in ({"issuer": "https://other", "jwks_uri": good["jwks_uri"]}, {"issuer": good["issuer"]},
                    {**good, "jwks_uri": good["jwks_uri"].replace("https", "http")}, {**good, "jwks_uri": good["issuer"]}):
            world.issuer.document = bad
            with Region(egress="127.0.0.1/32") as r:
                code, message = World(r, world.issuer, world.key).refused()
            assert code == "IDPCommunicationError", message
    finally:
        world.issuer.document = good


def test_without_a_rule_nothing_is_reached(world):
    asked = world.issuer.asked
    with Region() as r:
        w = World(r, world.issuer, world.key)
        code, message = w.refused()
        assert code == "IDPCommunicationError" and "--egress" in message
        w.iam.create_open_id_connect_provider(Url="https://name.invalid", ClientIDList=["app"], ThumbprintList=["0" * 40])
        code, message = w.refused(world.token(iss="https://name.invalid"))
        assert code == "IDPCommunicationError" and "--egress" in message
    assert world.issuer.asked == asked


def test_a_certificate_of_nobody_is_refused(world, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    asked = world.issuer.asked
    with Region(egress="127.0.0.1/32") as r:
        assert World(r, world.issuer, world.key).refused()[0] == "IDPCommunicationError"
    assert world.issuer.asked == asked
