# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by foreign clients: curl, nghttp, h2load."""
import os

import pytest

from http_server import HttpServer, run


@pytest.fixture(scope="module")
def server():
    with HttpServer(flags=["--h2c"]) as s:
        yield s


def test_the_protocol_is_negotiated(server):
    assert server.curl(server.url("/facts")).startswith(b"http=2 host=localhost:")
    assert b"alpn=h2 version=TLSv1.3" in server.curl(server.url("/facts"))
    assert server.curl("--http1.1", server.url("/facts")).startswith(b"http=1 ")
    assert server.curl("--http2-prior-knowledge", server.url("/facts", "http")).startswith(b"http=2 ")
    assert server.curl("--http2", server.url("/facts", "http")).startswith(b"http=1 ")  # no Upgrade


@pytest.mark.parametrize("how", [["https"], ["http", "--http2-prior-knowledge"]])
def test_bodies_of_any_size(server, tmp_path, how):
    scheme, *flags = how
    for n in (0, 1, 1024, 65536):
        assert server.curl(*flags, server.url(f"/{n}", scheme)) == b"x" * n
    assert server.curl(*flags, server.url("/stream/5000000", scheme)) == b"x" * 5000000
    sent = os.urandom(3000000)
    (tmp_path / "sent").write_bytes(sent)
    for expect in ("", "100-continue"):
        got = server.curl(*flags, "-H", "Expect: " + expect, "--data-binary", f"@{tmp_path}/sent",
                          server.url("/echo", scheme))
        assert got == sent


def test_head_has_no_body(server):
    head = server.curl("-I", server.url("/1000")).decode()
    assert head.startswith("HTTP/2 200") and "content-length: 1000\r\n" in head


def test_trailers_are_sent(server):
    seen = run("nghttp", "-v", server.url("/trailers", "http")).stdout.decode()
    assert "x-sum: 42" in seen
    chunked = server.curl("--http1.1", "--raw", server.url("/trailers"))
    assert chunked.endswith(b"0\r\nX-Sum: 42\r\n\r\n")


@pytest.mark.parametrize("size", [1024, 32768])
def test_many_streams_at_once(server, size):
    out = run("h2load", "-n", "400", "-c", "4", "-m", "100", server.url(f"/{size}")).stdout.decode()
    assert "400 succeeded, 0 failed, 0 errored, 0 timeout" in out


def test_streams_share_a_connection(server):
    urls = [server.url(p) for p in ("/stream/300000", "/1024", "/facts", "/none")]
    out = run("nghttp", "--no-verify-peer", "-ns", *urls).stdout.decode()
    assert out.count(" 200 ") == 3 and out.count(" 404 ") == 1
