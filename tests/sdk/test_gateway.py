# SPDX-License-Identifier: Apache-2.0
"""The gateway itself: its own pages, TLS on the same port, the rules for browsers."""
import json
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest

from wire.raw import Connection, once
from wire.sigv4 import Signer


def get(url, headers=None, **more):
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, **more) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


def test_health_lists_the_services(region):
    for path in ("/_nephele/health", "/_localstack/health"):
        status, body = get(region.endpoint + path)
        assert status == 200
        assert json.loads(body)["status"] == "running"


def test_too_many_parts_are_the_clients_fault(region):
    """A form of 30,000 parameters and a document of 200,000 elements are below the limit of bytes."""
    form = b"Action=DescribeVpcs&Version=2016-11-15" + b"".join(b"&VpcId.%d=vpc-1" % i for i in range(30000))
    tags = b'{"Tags":[' + b"{}," * 200000 + b"{}]}"
    target = "/box?" + "a&" * 12000
    for service, method, path, body, headers in (
            ("ec2", "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"}),
            ("kms", "POST", "/", tags, {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.CreateKey"}),
            ("s3", "GET", target, b"", {})):
        signed = Signer(*region.root, service=service).headers(method, path, {"Host": region.address, **headers}, body)
        got = once(region, method, path, signed, body or None)
        assert 400 <= got.status < 500, (service, got.status, got.text[:300])


def test_a_page_has_a_head(region):
    whole = once(region, "GET", "/_nephele/health", {"Host": region.address})
    head = once(region, "HEAD", "/_nephele/health", {"Host": region.address})
    assert (head.status, head.body, head["Content-Length"]) == (200, b"", str(len(whole.body)))


def test_tls_on_the_same_port_by_the_regions_authority(region):
    context = ssl.create_default_context(cafile=region.ca)
    status, _ = get(region.https + "/_nephele/health", context=context)
    assert status == 200


def curl(region, path, *args):
    """(HTTP version, status, body)."""
    argv = ["curl", "-sS", "-m", "30", "--cacert", region.ca, "-w", "\n%{http_version} %{http_code}", *args,
            region.https + path]
    body, _, facts = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    return *facts.split(), body


def test_http_2_is_offered_only_where_asked_for(region, new_region):
    assert curl(region, "/_nephele/health", "--http2")[:2] == ("1.1", "200")
    other = new_region(dev=True, http2="on")
    assert curl(other, "/_nephele/health", "--http2")[:2] == ("2", "200")
    assert curl(other, "/_nephele/health", "--http1.1")[:2] == ("1.1", "200")
    sign = ["--aws-sigv4", "aws:amz:us-east-1:sts", "-u", "test:test", "-d",
            "Action=GetCallerIdentity&Version=2011-06-15"]
    version, status, body = curl(other, "/", "--http2", *sign)
    assert (version, status) == ("2", "200") and "<Arn>arn:aws:iam::000000000000:root</Arn>" in body


# A page whose name is made to resolve to this host sends its own name as Host.
@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost",
    "evil-amazonaws.com", "amazonaws.com.evil.example", "s3.localhost.evil.example", "0.0.0.0:{port}", "2130706433",
    "0x7f000001", "127.0.0.1@evil.example", "127.0.0.evil", "[::1].evil.example", "[::2]", "..", "evil.example\x00localhost"])
def test_a_foreign_host_is_refused(region, host):
    port = region.address.rpartition(":")[2]
    for target in ("/", "/_nephele/health", "/bucket/key", "/?Action=GetCallerIdentity"):
        got = once(region, "GET", target, {"Host": host.format(port=port)})
        assert got.status in (400, 421), (target, got)
    with Connection(region.address) as c:  # a name in the target counts, not the one in Host
        got = c.ask("GET", "http://evil.example/", {"Host": region.address})
    assert got.status == 403


@pytest.mark.parametrize("host", [
    "localhost", "LOCALHOST:{port}", "localhost.", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:{port}",
    "sts.amazonaws.com", "iam.us-east-1.amazonaws.com", "s3.localhost", "000000000000.localhost"])
def test_an_own_host_is_answered(region, host):
    port = region.address.rpartition(":")[2]
    assert once(region, "GET", "/_nephele/health", {"Host": host.format(port=port)}).status == 200


FOREIGN = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"},
           {"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]


@pytest.mark.parametrize("service,method,target,body", [
    ("s3", "GET", "/", None),
    ("s3", "PUT", "/made-by-a-page", b""),
    ("s3", "PUT", "/made-by-a-page/key", b"x"),
    ("s3", "DELETE", "/made-by-a-page", None),
    ("sts", "POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15"),
    ("iam", "POST", "/", b"Action=CreateUser&Version=2010-05-08&UserName=made-by-a-page"),
    ("iam", "GET", "/?Action=CreateUser&Version=2010-05-08&UserName=made-by-a-page", None)])
def test_a_web_page_may_not_call_an_api(region, service, method, target, body):
    """Signed by root: under --dev any page knows a key."""
    for sent in FOREIGN:
        headers = {"Host": region.address, **sent}
        if service != "s3" and body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        signed = Signer(*region.root, service=service).headers(method, target, headers, body or b"")
        got = once(region, method, target, signed, body)
        assert (got.status, got.code) == (403, "AccessDenied"), sent
        assert "Access-Control-Allow-Origin" not in dict(got.fields), sent
    buckets = [b["Name"] for b in region.client("s3").list_buckets()["Buckets"]]
    users = [u["UserName"] for u in region.client("iam").list_users()["Users"]]
    assert "made-by-a-page" not in buckets + users


def test_a_web_page_may_not_ask_for_an_api(region):
    for sent in FOREIGN:
        headers = {"Access-Control-Request-Method": "POST", "Origin": "http://evil.example", **sent}
        got = once(region, "OPTIONS", "/", headers)
        assert got.status == 403 and "Access-Control-Allow-Origin" not in dict(got.fields), sent


def test_an_own_page_may_call(region):
    for sent in ({"Origin": f"http://{region.address}"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        headers = Signer(*region.root, service="s3").headers("GET", "/", {"Host": region.address, **sent})
        assert once(region, "GET", "/", headers).status == 200, sent


PAGES = [("GET", "/_nephele/health"), ("GET", "/_nephele/processes"), ("POST", "/_nephele/clock?advance_ms=1000"),
         ("POST", "/_nephele/account"), ("POST", "/_nephele/probe?id=by-a-page"),
         ("DELETE", "/_nephele/probe?id=by-a-page")]


@pytest.mark.parametrize("method,target", PAGES)
def test_a_web_page_may_not_ask_the_region_itself(region, method, target):
    """Not even with the token."""
    for sent in FOREIGN:
        headers = {"X-Nephele-Token": region.token, **sent}
        assert once(region, method, target, headers, b"" if method == "POST" else None).status == 403, sent


@pytest.mark.parametrize("method,target", [p for p in PAGES if p[0] != "GET"])
def test_what_changes_the_region_needs_the_token(region, method, target):
    for token in (None, "", "x", "0" * 64, region.token[:-1], region.token + "x"):
        sent = {} if token is None else {"X-Nephele-Token": token}
        assert once(region, method, target, sent, b"" if method == "POST" else None).status == 403, token


def test_the_clock_moves_with_the_token(region):
    assert b"region_ms" in region.post("/_nephele/clock?advance_ms=0")


def test_the_first_call_in_an_account_that_dev_names_makes_it(region):
    iam = region.client("iam", "330000000001", "any")
    iam.create_account_alias(AccountAlias="named-by-dev")
    assert iam.list_account_aliases()["AccountAliases"] == ["named-by-dev"]
    s3 = region.client("s3", "330000000002", "any")
    s3.create_bucket(Bucket="of-an-account-that-dev-names")
    iam = region.client("iam", "330000000002", "any")
    user = iam.create_user(UserName="ann")["User"]
    assert user["Arn"] == "arn:aws:iam::330000000002:user/ann"
    iam.delete_user(UserName="ann")
    s3.delete_bucket(Bucket="of-an-account-that-dev-names")
