# SPDX-License-Identifier: Apache-2.0
"""TLS by openssl s_client: names, policies, resumption, and clients that are none."""
import contextlib
import re
import socket

import pytest

from http_server import HttpServer

POLICIES = ["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021",
            "TLSv1.2_2025", "TLSv1.3_2025"]
LEGACY = ["-cipher", "ALL:@SECLEVEL=0"]


@pytest.fixture(scope="module")
def server():
    names = {p.lower() + ".example": (p, "ec") for p in POLICIES}
    names |= {p.lower() + ".rsa.example": (p, "2048") for p in POLICIES}
    names |= {"shop.example": ("", "2048"), "*.shop.example": ("", "ec"), "old.example": ("TLSv1.2_2021", "1024")}
    with HttpServer(names, flags=["--h2c"]) as s:
        yield s


def subject(said):
    found = re.search(r"^subject=(.*)$", said, re.M)
    return found.group(1) if found else None


def negotiated(said):
    """(version, cipher), None when the handshake failed."""
    found = re.search(r"New, (\S+), Cipher is (\S+)", said)
    return None if not found or found.group(2) == "(NONE)" else found.group(2)


@pytest.mark.parametrize("name, shown", [
    ("shop.example", "CN = shop.example"), ("SHOP.example", "CN = shop.example"),
    ("www.shop.example", "CN = *.shop.example"), ("a.www.shop.example", "O = Nephele, CN = a.www.shop.example"),
    ("other.example", "O = Nephele, CN = other.example"), (None, "O = Nephele, CN = localhost")])
def test_a_name_shows_its_certificate(server, name, shown):
    assert subject(server.s_client(name)) == shown


OLDEST = {"TLSv1.2_2018": "-tls1_2", "TLSv1.2_2019": "-tls1_2", "TLSv1.2_2021": "-tls1_2", "TLSv1.2_2025": "-tls1_2",
          "TLSv1.3_2025": "-tls1_3", "TLSv1.1_2016": "-tls1_1", "TLSv1": "-tls1", "SSLv3": "-tls1",
          "TLSv1_2016": "-tls1"}
VERSIONS = ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_has_its_versions(server, policy):
    taken = []
    for version in VERSIONS:
        flags = LEGACY if version != "-tls1_3" else []
        if negotiated(server.s_client(policy.lower() + ".example", version, *flags)):
            taken.append(version)
    # A policy of TLS 1.3 alone takes nothing older; the others everything from their oldest on.
    assert taken == VERSIONS[VERSIONS.index(OLDEST[policy]):]


@pytest.mark.parametrize("policy, kind, cipher, taken", [
    ("TLSv1_2016", "", "ECDHE-ECDSA-AES128-SHA", True), ("TLSv1.2_2018", "", "ECDHE-ECDSA-AES128-SHA", False),
    ("TLSv1_2016", ".rsa", "AES128-SHA", True), ("TLSv1.2_2018", ".rsa", "AES128-SHA", False),
    ("TLSv1.2_2018", ".rsa", "AES128-GCM-SHA256", True), ("TLSv1.2_2019", ".rsa", "AES128-GCM-SHA256", False),
    ("TLSv1.2_2019", ".rsa", "ECDHE-RSA-AES256-SHA384", True),
    ("TLSv1.2_2021", ".rsa", "ECDHE-RSA-AES256-SHA384", False),
    ("TLSv1.2_2021", "", "ECDHE-ECDSA-CHACHA20-POLY1305", True),
    ("TLSv1.2_2025", "", "ECDHE-ECDSA-CHACHA20-POLY1305", False),
    ("TLSv1.2_2025", ".rsa", "ECDHE-RSA-AES256-GCM-SHA384", True)])
def test_a_policy_has_its_ciphers(server, policy, kind, cipher, taken):
    said = server.s_client(f"{policy.lower()}{kind}.example", "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0")
    assert negotiated(said) == (cipher if taken else None)


@pytest.mark.parametrize("policy, taken", [("TLSv1.2_2025", True), ("TLSv1.3_2025", False)])
def test_a_policy_has_its_ciphers_of_tls_1_3(server, policy, taken):
    said = server.s_client(policy.lower() + ".example", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256")
    assert (negotiated(said) is not None) == taken


def test_the_server_chooses_the_cipher(server):
    said = server.s_client("tlsv1.2_2021.example", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256")
    assert negotiated(said) == "TLS_AES_128_GCM_SHA256"


def test_short_rsa_keys_are_shown(server):
    said = server.s_client("old.example", "-tls1_2", "-cipher", "ALL:@SECLEVEL=0")
    assert negotiated(said) == "ECDHE-RSA-AES128-GCM-SHA256"


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_sessions_are_resumed(server, tmp_path, version):
    request = b"GET /facts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    session = tmp_path / "session"
    first = server.s_client("shop.example", version, "-ign_eof", "-sess_out", session, stdin=request)
    again = server.s_client("shop.example", version, "-ign_eof", "-sess_in", session, stdin=request)
    assert "resumed=0" in first and "resumed=1" in again and "Reused, TLSv1." in again
    # Not where another certificate or policy would be shown.
    other = server.s_client("tlsv1.2_2021.example", version, "-ign_eof", "-sess_in", session, stdin=request)
    assert "resumed=0" in other


def test_no_early_data(server, tmp_path):
    session = tmp_path / "session"
    request = b"GET /facts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = server.s_client("shop.example", "-tls1_3", "-ign_eof", "-sess_out", session, stdin=request)
    assert "Max Early Data: 0" in said


def test_client_certificates_are_not_asked_for(server):
    assert "No client certificate CA names sent" in server.s_client("shop.example")


def test_no_renegotiation(server):
    said = server.s_client("tlsv1.2_2021.example", "-tls1_2", "-cipher", "ALL", stdin=b"R\n")
    assert "no renegotiation" in said


def exchange(server, data):
    """Sends what the server takes, and waits for its end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s, contextlib.suppress(
            OSError):
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        while s.recv(65536):
            pass


HELLO = bytes([22, 3, 1, 0, 4, 1, 0, 0, 0])


@pytest.mark.parametrize("data", [
    b"\x16", b"\x16\x03\x01", b"\x16" * 500, HELLO, HELLO[:-2] + b"\xff\xff" + b"\0" * 100,
    b"\x16\x03\x01\x40\x00\x01\x00\xff\xff" + b"\0" * 70000],
    ids=["one-byte", "half-head", "no-records", "empty-hello", "cut-hello", "oversize-hello"])
def test_garbage_ends_cleanly(server, data):
    exchange(server, data)
    assert server.curl(server.url("/facts")).startswith(b"http=2")
