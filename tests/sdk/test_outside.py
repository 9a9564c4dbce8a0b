# SPDX-License-Identifier: Apache-2.0
"""The region as seen from outside: addresses of its own, the gateway as a proxy, names below localhost,
proxy.pac, `nephele endpoints`."""
import contextlib
import http.server
import json
import os
import socket
import subprocess
import sys
import threading

import botocore.config
import pytest

from cloudfront_help import CACHING_DISABLED, behavior, config, custom_origin, remove
from conftest import empty_bucket
from region import Region, program
from wire.raw import Connection, once
from wire.sigv4 import Signer

NOBODY = 65534


def curl(*argv, check=True):
    """What curl prints; no proxy but the one that is named."""
    env = {"PATH": os.environ["PATH"]}
    return subprocess.run(["curl", "-sS", "--max-time", "60", *argv], env=env, capture_output=True, check=check)


def body(*argv):
    return curl(*argv).stdout.decode()


def status(*argv):
    return int(curl("-o", os.devnull, "-w", "%{http_code}", *argv, check=False).stdout)


def endpoints(region):
    return json.loads(region.nephele("endpoints", "--json").stdout)


def addresses(region):
    """The ports of the region's own address: {80: (address, port), 443: …}."""
    found = [e for e in endpoints(region) if e["name"] == "*.amazonaws.com"]
    return {443 if e["url"].startswith("https") else 80: (e["address"], e["port"]) for e in found}


@pytest.fixture(scope="module")
def site(region):
    """A website in a bucket that is named like a host."""
    name = "www.site-of-outside.example"
    s3 = region.client("s3")
    s3.create_bucket(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}]}))
    s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.put_object(Bucket=name, Key="index.html", Body=b"the page")
    s3.put_object(Bucket=name, Key="_nephele/health", Body=b"the site's own")
    yield name
    empty_bucket(s3, name)
    s3.delete_bucket(Bucket=name)


class Origin(http.server.BaseHTTPRequestHandler):
    """Says what it was sent; POST answers with the body."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        text = json.dumps({"target": self.path, "fields": self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Connection", "X-Hop")
        self.send_header("X-Hop", "1")
        self.send_header("X-Kept", "1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "12345")
        self.end_headers()

    def do_POST(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            data = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()  # its end is the connection's
        self.wfile.write(data)
        self.close_connection = True

    def do_PUT(self):  # answers before it has read the body, and goes
        self.send_response(413)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def origin():
    with serving(Origin) as port:
        yield port


@pytest.fixture(scope="module")
def open_region(origin):
    """A region that may connect to the origin, and to nothing else."""
    with Region(egress=f"127.0.0.1/32:{origin}") as r:
        yield r


# --- addresses ---

def test_a_website_is_opened_by_its_own_name_and_address(region, site):
    at, port = addresses(region)[80]
    host = f"{site}.s3-website-us-east-1.amazonaws.com"
    assert body(f"http://{host}:{port}/", "--resolve", f"{host}:{port}:{at}") == "the page"


def test_the_api_is_at_the_regions_address_with_tls(region):
    at, port = addresses(region)[443]
    host = "sts.us-east-1.amazonaws.com"
    got = body("--cacert", region.ca, f"https://{host}:{port}/_nephele/health", "--resolve", f"{host}:{port}:{at}")
    assert json.loads(got)["status"] == "running"


def test_an_address_that_nobody_has_answers_nothing(region):
    at, port = addresses(region)[80]
    nobody = at.rpartition(".")[0] + ".77"
    assert curl("-o", os.devnull, f"http://{nobody}:{port}/", check=False).returncode in (7, 52, 56)


def test_two_regions_of_a_user_stand_side_by_side(new_region):
    one, two = new_region(), new_region()
    first, second = addresses(one), addresses(two)
    assert first[80][0] != second[80][0]
    for r, own in ((one, first), (two, second)):
        at, port = own[80]
        r.client("s3").create_bucket(Bucket="side-by-side" if r is one else "the-other")
        assert status(f"http://{at}:{port}/side-by-side") == (403 if r is one else 404)
    one.stop()  # whoever listened for both is gone; the other goes on
    at, port = second[80]
    assert status(f"http://{at}:{port}/the-other") == 403


def test_addresses_survive_a_kill_and_a_restart(new_region):
    r = new_region()
    before = addresses(r)
    r.kill()
    r.start()
    assert addresses(r) == before
    assert addresses(r.restart()) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="every test runs as an ordinary user then")
def test_an_ordinary_user_gets_ports_that_stand_for_the_privileged(new_region):
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as f:
        privileged = int(f.read()) > 443
    one, two = new_region(uid=NOBODY), new_region(uid=NOBODY)
    assert addresses(one)[80][0] != addresses(two)[80][0]
    for r in (one, two):
        for number, (at, port) in addresses(r).items():
            assert (port >= 20000) == privileged, port
            scheme = "https" if number == 443 else "http"
            got = body("--cacert", r.ca, f"{scheme}://localhost:{port}/_nephele/health", "--resolve", f"localhost:{port}:{at}")
            assert json.loads(got)["status"] == "running"
    before = addresses(one)
    assert addresses(one.restart()) == before
    said = one.run("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", program(), "doctor",
                   f"--data={one.data}", env={}, check=False).stdout
    line = next(line for line in said.splitlines() if line.split()[1] == "ports")
    assert line.startswith("weaker" if privileged else "ok"), said


RIGHTS = """
import json, sys
from region import Region
class Entitled(Region):
    def argv(self):
        argv = super().argv()
        at = argv.index("setpriv") + 1
        return [*argv[:at], "--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service", *argv[at:]]
with Entitled(uid=65534) as one, Entitled(uid=65534) as two, Region(uid=65534) as plain:
    print(json.dumps([[e["port"] for e in json.loads(r.nephele("endpoints", "--json").stdout)
                       if e["name"] == "*.amazonaws.com"] for r in (one, two, plain)]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a network of its own")
def test_one_capability_is_enough_for_the_ports_of_the_web():
    """In a network of its own, where nobody else has them."""
    script = f"ip link set lo up && exec {sys.executable} -c '{RIGHTS}'"
    env = dict(os.environ, PYTHONPATH=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    got = subprocess.run(["unshare", "-n", "sh", "-c", script], env=env, capture_output=True, text=True, check=False)
    if "unshare" in got.stderr and not got.stdout:
        pytest.skip(got.stderr.strip())
    one, two, plain = json.loads(got.stdout)
    assert one == two == [80, 443], got.stderr
    assert min(plain) >= 20000


# --- the proxy ---

def test_names_of_the_region_are_reached_through_the_gateway(region, site):
    for name in (f"{site}.s3-website-us-east-1.amazonaws.com", f"{site}.s3-website.us-east-1.amazonaws.com",
                 site, f"{site}.localhost"):
        assert body("-x", region.address, f"http://{name}/") == "the page", name


def test_sdks_use_the_gateway_as_their_proxy(region, bucket):
    """No endpoint is set: names, signatures and virtual hosts are AWS's own."""
    through = botocore.config.Config(proxies={"http": region.endpoint, "https": region.endpoint},
                                     s3={"addressing_style": "virtual"})
    for scheme in ("http", "https"):
        s3 = region.client("s3", config=through, endpoint_url=f"{scheme}://s3.us-east-1.amazonaws.com", verify=region.ca)
        s3.put_object(Bucket=bucket, Key="k", Body=scheme.encode() * 100000)
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == scheme.encode() * 100000
        sts = region.client("sts", config=through, endpoint_url=f"{scheme}://sts.us-east-1.amazonaws.com", verify=region.ca)
        assert sts.get_caller_identity()["Account"] == region.account


@pytest.mark.parametrize("url", ["http://example.com/", "http://elsewhere.invalid/", "http://10.0.0.1/",
                                 "http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]:1/",
                                 "http://rds.us-east-1.amazonaws.com/"])
def test_what_is_not_the_regions_is_refused(region, url):
    assert status("-x", region.address, url) == 403
    tunnel = curl("-x", region.address, "-p", url.replace(":1/", ":2/"), check=False)
    assert tunnel.returncode == 56 and b"403" in tunnel.stderr


def test_a_tunnel_opens_ports_that_the_target_listens_on(region, site):
    host = f"{site}.s3-website-us-east-1.amazonaws.com"
    assert body("-x", region.address, "-p", f"http://{host}/") == "the page"
    assert body("-x", region.address, "--cacert", region.ca, f"https://{host}/") == "the page"
    for port in (22, 8080):
        tunnel = curl("-x", region.address, "-p", f"http://{host}:{port}/", check=False)
        assert tunnel.returncode == 56 and b"502" in tunnel.stderr


def test_a_rule_opens_the_way_and_hops_end_at_the_proxy(open_region, origin):
    got = json.loads(body("-x", open_region.address, f"http://127.0.0.1:{origin}/a?b=c", "-H", "X-Forwarded-For: 1.2.3.4",
                          "-H", "Connection: x-one", "-H", "X-One: 1", "-H", "X-Two: 2", "-H", "Proxy-Authorization: x",
                          "-H", "Host: elsewhere"))
    assert got["target"] == "/a?b=c"
    fields = {k.lower(): v for k, v in got["fields"]}
    assert fields["host"] == f"127.0.0.1:{origin}" and fields["x-two"] == "2"
    assert fields["via"].startswith("1.1 nephele-")
    assert not {"x-forwarded-for", "x-one", "proxy-authorization", "proxy-connection", "connection"} & set(fields)
    heads = body("-x", open_region.address, "-D-", "-o", os.devnull, f"http://127.0.0.1:{origin}/").lower()
    assert "x-kept: 1" in heads and "x-hop" not in heads and "via: 1.1 nephele-" in heads


def test_bodies_stream_both_ways(open_region, origin, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(1 << 20) * 24)
    for more in ([], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]):
        got = curl("-x", open_region.address, "--data-binary", f"@{sent}", *more, f"http://127.0.0.1:{origin}/").stdout
        assert got == sent.read_bytes(), more
    tunnelled = curl("-x", open_region.address, "-p", "--data-binary", f"@{sent}", f"http://127.0.0.1:{origin}/").stdout
    assert tunnelled == sent.read_bytes()


def test_answers_without_a_body_keep_their_length(open_region, origin):
    got = curl("-x", open_region.address, "-I", f"http://127.0.0.1:{origin}/").stdout.decode()
    assert "Content-Length: 12345" in got


def test_an_early_answer_is_passed_on(open_region, origin):
    with Connection(open_region.address) as c:
        c.send("PUT", f"http://127.0.0.1:{origin}/", {"Host": "x", "Content-Length": "100000"}, b"x" * 1000)
        assert c.reply().status == 413


class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers = {
        "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "/both": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "/chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "/none": b"",
        "/junk": b"\x16\x03\x01 no http\r\n\r\n",
        "/two": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    }

    def do_GET(self):
        self.wfile.write(self.answers[self.path])
        self.close_connection = True

    def log_message(self, *_):
        pass


def test_an_origin_that_lies_is_not_believed():
    with serving(Liar) as port, Region(egress=f"127.0.0.1/32:{port}") as r:
        base = ("-x", r.address, f"http://127.0.0.1:{port}")
        for path in ("/both", "/none", "/junk"):
            assert status(*base[:2], base[2] + path) == 502, path
        for path in ("/short", "/chunk"):
            assert curl(*base[:2], base[2] + path, check=False).returncode in (18, 56), path
        with Connection(r.address) as c:  # what comes behind an answer is nobody's answer
            for _ in range(2):
                c.send("GET", f"http://127.0.0.1:{port}/two", {"Host": "x"})
                assert c.reply().body == b"ok"


@pytest.mark.parametrize("head", [
    "Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 4", "Content-Length: +3",
    "Transfer-Encoding: gzip, chunked", "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked", "Content-Length: 3,3",
    " Content-Length: 3", "Host: second"])
def test_two_readings_of_one_request_are_refused(open_region, origin, head):
    with Connection(open_region.address) as c:
        c.send_bytes(f"POST http://127.0.0.1:{origin}/ HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\nabc".encode())
        assert c.reply().status in (400, 501)


def test_a_client_of_another_host_gets_no_proxy(new_region):
    """Whoever comes from an address that is not loopback: here the host's own, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        with contextlib.suppress(OSError):
            s.connect(("192.0.2.1", 9))  # sends nothing; says which address would be the source
        own = s.getsockname()[0]
    if own.startswith("127.") or own == "0.0.0.0":
        pytest.skip("this host has no other address")
    r = new_region(listen=f"{own}:0")
    assert status("-x", r.address, "http://sts.us-east-1.amazonaws.com/") == 403
    assert curl("-x", r.address, "-p", "http://sts.us-east-1.amazonaws.com/", check=False).returncode == 56


@pytest.fixture
def as_the_region(region):
    """Connections as the region makes them to itself: for an origin, a health check, a key set."""
    a, b, c, _ = region.file("pool").split("/")[0].split(".")
    last = f"{a}.{b}.{int(c) + 15}.255"

    def ask(method, target, headers, data=None):
        host, _, port = region.address.rpartition(":")
        with Connection(region.address) as c:
            c.socket.close()
            c.socket = socket.create_connection((host, int(port)), 60, (last, 0))
            c.send(method, target, headers, data)
            return c.reply()

    return ask


def test_who_makes_the_region_ask_has_not_the_rights_of_this_host(region, as_the_region):
    """An origin or a health check may name the gateway: it is then asked from outside."""
    for target in ("/_nephele/health", "http://sts.us-east-1.amazonaws.com/"):
        assert as_the_region("GET", target, {"Host": region.address}).status == 403
    form = b"Action=GetCallerIdentity&Version=2011-06-15"
    for key, secret, want in (("test", "test", 403), (*region.root, 200)):
        headers = {"Host": region.address, "Content-Type": "application/x-www-form-urlencoded"}
        signed = Signer(key, secret, service="sts").headers("POST", "/", headers, form)
        assert once(region, "POST", "/", signed, form).status == 200  # --dev, from this host
        assert as_the_region("POST", "/", signed, form).status == want


# --- pages and the gateway ---

def test_a_page_of_the_region_may_not_call_through_the_proxy(region):
    for site_of_page in ("cross-site", "same-site"):
        got = once(region, "GET", "http://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
                   {"Host": "x", "Sec-Fetch-Site": site_of_page, "Origin": "http://www.site.example"})
        assert got.status == 403, got


def test_the_gateways_pages_are_not_below_a_resources_name(region, site):
    """What a website serves may be anybody's: it would be of one origin with them."""
    port = region.address.rpartition(":")[2]
    for host in (site, f"{site}.localhost:{port}", f"{site}.s3-website.localhost:{port}",
                 f"{site}.s3-website-us-east-1.amazonaws.com"):
        got = once(region, "GET", "/_nephele/health", {"Host": host})
        assert (got.status, got.body) == (200, b"the site's own"), host
        assert once(region, "GET", "/_nephele/endpoints", {"Host": host}).status in (403, 404)
    assert body("-x", region.address, f"http://{site}/_nephele/health") == "the site's own"


def test_a_resource_is_reached_by_its_name_below_localhost(region, site):
    port = region.address.rpartition(":")[2]
    for name in (site, f"{site}.s3-website", f"{site}.s3-website-us-east-1.amazonaws.com"):
        assert body(f"http://{name}.localhost:{port}/") == "the page", name


PAC = """
const shExpMatch = (s, glob) => new RegExp("^" + glob.replace(/\\./g, "\\\\.").replace(/\\*/g, ".*") + "$").test(s);
const dnsDomainIs = (host, domain) => host.endsWith(domain);
const script = require("fs").readFileSync(0, "utf8");
const find = new Function("shExpMatch", "dnsDomainIs", script + "; return FindProxyForURL")(shExpMatch, dnsDomainIs);
for (const host of process.argv.slice(1)) console.log(find("http://" + host + "/", host));
"""


def test_the_pac_file_sends_names_of_the_region_to_the_gateway(region):
    script = curl("-D-", region.endpoint + "/_nephele/proxy.pac").stdout.decode()
    head, _, script = script.partition("\r\n\r\n")
    assert "application/x-ns-proxy-autoconfig" in head
    own = ["s3.amazonaws.com", "b.s3.us-east-1.amazonaws.com", "b.s3-website-us-east-1.amazonaws.com",
           "sts.amazonaws.com", "STS.us-east-1.amazonaws.com.", "iam.amazonaws.com"]
    foreign = ["example.com", "localhost", "amazonaws.com", "console.aws.amazon.com", "s3.amazonaws.com.evil.example"]
    said = subprocess.run(["node", "-e", PAC, *own, *foreign], input=script, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [f"PROXY {region.address}"] * len(own) + ["DIRECT"] * len(foreign)


def test_the_pac_file_repeats_nothing_that_could_be_script(region):
    port = region.address.rpartition(":")[2]
    got = once(region, "GET", "/_nephele/proxy.pac", {"Host": f"a'b$(c).localhost:{port}"})
    assert got.status in (200, 400, 421)
    assert b"$(" not in got.body


# --- endpoints ---

def test_endpoints_say_what_to_open(region, site):
    found = {e["name"]: e for e in endpoints(region)}
    gateway, own = found["localhost"], found[f"{site}.s3-website-us-east-1.amazonaws.com"]
    assert f"{gateway['address']}:{gateway['port']}" == region.address
    assert own["resource"] == "website" and own["arn"] == f"arn:aws:s3:::{site}"
    assert (own["address"], own["port"]) == addresses(region)[80]
    assert body(own["url"]) == "the page"
    table = region.nephele("endpoints").stdout
    assert table.splitlines()[0].split() == ["RESOURCE", "NAME", "ADDRESS", "PORT", "URL"]
    assert own["url"] in table


def test_endpoints_of_a_region_that_does_not_run(tmp_path):
    got = subprocess.run([program(), "endpoints", f"--data={tmp_path}"], capture_output=True, text=True, check=False)
    assert got.returncode == 1 and "no region runs" in got.stderr


# --- zones ---

@pytest.fixture(scope="module")
def zone(region):
    """zone("www", "A", "127.0.0.1") adds a record to a public zone; its name."""
    route53 = region.client("route53")
    name = "zone-of-outside.example"
    made = route53.create_hosted_zone(Name=name, CallerReference="outside")["HostedZone"]["Id"]
    sets = []

    def change(action, record):
        route53.change_resource_record_sets(HostedZoneId=made, ChangeBatch={"Changes": [
            {"Action": action, "ResourceRecordSet": record}]})

    def add(label, kind, *values, alias=None):
        record = {"Name": f"{label}.{name}", "Type": kind}
        if alias:
            record["AliasTarget"] = {"HostedZoneId": alias[0], "DNSName": alias[1], "EvaluateTargetHealth": False}
        else:
            record.update(TTL=60, ResourceRecords=[{"Value": v} for v in values])
        change("CREATE", record)
        sets.append(record)
        return f"{label}.{name}"

    yield add
    for record in sets:
        change("DELETE", record)
    route53.delete_hosted_zone(Id=made)


def test_the_proxy_resolves_in_the_regions_zones(region, zone):
    s3 = region.client("s3")
    alias = zone("www", "A", alias=("Z3AQBSTGFYJSTF", "s3-website-us-east-1.amazonaws.com"))
    s3.create_bucket(Bucket=alias)  # AWS: an alias to a website works for the bucket of the record's name
    s3.put_bucket_website(Bucket=alias, WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": "there.example"}})
    cname = zone("alias", "CNAME", f"{alias}.s3-website-us-east-1.amazonaws.com")
    try:
        got = curl("-x", region.address, "-i", f"http://{alias}/").stdout.decode()
        assert "301 Moved" in got and "there.example" in got
        assert status("-x", region.address, f"http://{alias}:81/") == 502, "nobody listens there"
        assert status("-x", region.address, f"http://{cname}/") == 421, "it leads here, where no bucket is called so"
        assert status("-x", region.address, f"http://none.{alias}/") == 502, "its zone says that it is not"
    finally:
        s3.delete_bucket(Bucket=alias)


def test_a_record_opens_no_way_to_the_host(region, zone, origin):
    """Whoever may write records must not reach what --egress does not allow."""
    for n, value in enumerate(("127.0.0.1", "10.0.0.1", "169.254.169.254")):
        name = zone(f"inside{n}", "A", value)
        assert status("-x", region.address, f"http://{name}:{origin}/") == 403
        tunnel = curl("-x", region.address, "-p", f"http://{name}:{origin}/", check=False)
        assert tunnel.returncode == 56 and b"403" in tunnel.stderr


def test_a_record_of_the_gateways_address_does_not_make_it_answer(region, zone):
    """A page of that name would be of one origin with the APIs."""
    name = zone("rebound", "A", "127.0.0.1")
    port = region.address.rpartition(":")[2]
    for path in ("/", "/_nephele/health"):
        assert status("-x", region.address, f"http://{name}:{port}{path}") == 421


def test_the_pac_file_knows_public_zones(region, zone):
    zone("some", "A", "192.0.2.1")
    script = body(region.endpoint + "/_nephele/proxy.pac")
    hosts = ["zone-of-outside.example", "deep.www.zone-of-outside.example", "not-zone-of-outside.example"]
    said = subprocess.run(["node", "-e", PAC, *hosts], input=script, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [f"PROXY {region.address}"] * 2 + ["DIRECT"]


# --- distributions ---

@pytest.fixture(scope="module")
def distribution(region, site, zone):
    """Its origin is a website by the region's own name; www of the zone is its alias."""
    cloudfront = region.client("cloudfront")
    target = "s3-website-us-east-1.amazonaws.com"
    made = cloudfront.create_distribution(DistributionConfig=config(custom_origin(f"{site}.{target}", 80)))["Distribution"]
    yield made
    remove(cloudfront, made["Id"])


def cache_of(*argv):
    heads = curl("-D-", "-o", os.devnull, *argv).stdout.decode().lower()
    fields = dict(line.split(": ", 1) for line in heads.split("\r\n") if ": " in line)
    return fields["x-cache"].split()[0], fields["x-amz-cf-pop"]


def test_a_distribution_is_reached_by_all_its_ways(region, distribution):
    name, port = distribution["DomainName"], region.address.rpartition(":")[2]
    label = name.partition(".")[0]
    proxied = ("-x", region.address)
    assert body(*proxied, f"http://{name}/index.html") == "the page"
    assert body(*proxied, "--cacert", region.ca, f"https://{name}/index.html") == "the page"
    assert body(f"http://{name}.localhost:{port}/index.html") == "the page"
    assert body(f"http://{label}.localhost:{port}/index.html") == "the page"
    kept, pop = cache_of(*proxied, f"http://{name}/index.html")
    assert kept == "hit"
    found = [e for e in endpoints(region) if e["name"] == name]
    assert {e["resource"] for e in found} == {"distribution"} and all(e["arn"] == distribution["ARN"] for e in found)
    for e in found:  # every location by its own address; the proxy took the first
        got = body("--cacert", region.ca, e["url"] + "index.html", "--resolve", f"{name}:{e['port']}:{e['address']}")
        assert got == "the page", e
    first = next(e for e in found if e["url"].startswith("http:"))
    assert cache_of(first["url"] + "index.html", "--resolve", f"{name}:{first['port']}:{first['address']}")[1] == pop
    assert status(*proxied, f"http://{name}/_nephele/health") == 200  # the website's own object of that name
    assert body(*proxied, f"http://{name}/_nephele/health") == "the site's own"
    for tunnelled in (8080, 22):
        assert curl(*proxied, "-p", f"http://{name}:{tunnelled}/", check=False).returncode == 56


def test_an_alias_record_leads_the_proxy_to_its_distribution(region, distribution, zone):
    name = zone("cdn", "A", alias=("Z2FDTNDATAQYW2", distribution["DomainName"]))
    assert status("-x", region.address, f"http://{name}/") == 403, "the distribution does not have it among its aliases"


def test_an_origin_that_is_the_gateway_is_asked_from_outside(region):
    """Whoever may make distributions must not read what only programs of this host may."""
    cloudfront = region.client("cloudfront")
    port = int(region.address.rpartition(":")[2])
    made = cloudfront.create_distribution(DistributionConfig=config(
        custom_origin("gateway.localhost", port), default=behavior("web", CACHING_DISABLED)))["Distribution"]
    try:
        for path in ("_nephele/health", "_nephele/endpoints"):
            got = curl("-x", region.address, "-i", f"http://{made['DomainName']}/{path}").stdout.decode()
            assert " 403 " in got.splitlines()[0] and "only programs of this host" in got
    finally:
        remove(cloudfront, made["Id"])
