# SPDX-License-Identifier: Apache-2.0
"""Health checks: what they take, what they see, and what DNS answers then. Times are of the region's clock, which the
tests move: nothing waits for an interval."""
import http.server
import json
import ssl
import threading

import pytest
from region import Region, wait_for
from route53_util import Zone, a, alias, dig, fails, server

REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"]
FAST = {"RequestInterval": 10, "FailureThreshold": 1, "Regions": REGIONS}


@pytest.fixture(scope="module")
def region():
    """May reach loopback."""
    with Region(dev=True, egress="127.0.0.0/8") as r:
        yield r


@pytest.fixture
def r53(region):
    return region.client("route53")


@pytest.fixture
def check(r53, unique):
    """check(**config) makes a health check that goes with the test; its id."""
    made = []

    def make(reference=None, **config):
        made.append(r53.create_health_check(CallerReference=reference or unique("check"),
                                            HealthCheckConfig=config)["HealthCheck"]["Id"])
        return made[-1]

    yield make
    for id_ in made:
        r53.delete_health_check(HealthCheckId=id_)


@pytest.fixture
def zone(r53, unique):
    z = Zone(r53, unique("health") + ".test")
    yield z
    z.remove()


def http_check(s, **more):
    return {"Type": "HTTP", "IPAddress": "127.0.0.1", "Port": s.server_address[1], **FAST, **more}


def seen(r53, id_):
    return [o["StatusReport"]["Status"] for o in
            r53.get_health_check_status(HealthCheckId=id_)["HealthCheckObservations"]]


def until(region, r53, id_, words, n=3):
    """Moves the clock until `n` probers say that."""
    def done():
        if sum(words in s for s in seen(r53, id_)) >= n:
            return True
        region.advance(10)
        return False

    wait_for(done, what=f"{words} in {seen(r53, id_)}")


def failover(zone, id_, **second):
    zone.put(a(zone.name, "192.0.2.1", SetIdentifier="one", Failover="PRIMARY", HealthCheckId=id_),
             a(zone.name, "192.0.2.2", SetIdentifier="two", Failover="SECONDARY", **second))


def answers(region, zone, *ips):
    wait_for(lambda: sorted(dig(region, zone.name)) == sorted(ips), what=f"{ips}")


# --- what they are ---

def test_settings_that_nobody_gave(r53, check, unique):
    reference = unique("reference")
    id_ = check(reference, Type="HTTPS", FullyQualifiedDomainName="example.com")
    got = r53.get_health_check(HealthCheckId=id_)["HealthCheck"]
    assert got["HealthCheckVersion"] == 1
    assert got["CallerReference"] == reference
    assert got["HealthCheckConfig"] == {
        "Type": "HTTPS", "FullyQualifiedDomainName": "example.com", "Port": 443, "RequestInterval": 30,
        "FailureThreshold": 3, "MeasureLatency": False, "Inverted": False, "Disabled": False, "EnableSNI": True}


def test_the_same_reference_again(r53, check, unique):
    config = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 25}
    reference = unique("twice")
    id_ = check(reference, **config)
    again = r53.create_health_check(CallerReference=reference, HealthCheckConfig=config)
    assert again["HealthCheck"]["Id"] == id_
    assert fails(r53.create_health_check, CallerReference=reference,
                 HealthCheckConfig={**config, "Port": 26})[0] == "HealthCheckAlreadyExists"


@pytest.mark.parametrize("config", [
    {"Type": "HTTP"},
    {"Type": "TCP", "IPAddress": "192.0.2.1"},
    {"Type": "HTTP_STR_MATCH", "IPAddress": "192.0.2.1"},
    {"Type": "HTTP", "IPAddress": "192.0.2.1", "SearchString": "x"},
    {"Type": "HTTP", "IPAddress": "192.0.2.1", "RequestInterval": 20},
    {"Type": "HTTP", "IPAddress": "192.0.2.1", "EnableSNI": True},
    {"Type": "HTTP", "IPAddress": "192.0.2.1", "Regions": ["us-east-1", "eu-west-1", "us-east-1"]},
    {"Type": "HTTP", "IPAddress": "192.0.2.1", "MeasureLatency": True},
    {"Type": "HTTP", "IPAddress": "192.0.2.1", "FailureThreshold": 11},
    {"Type": "CALCULATED", "ChildHealthChecks": []},
    {"Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": ["no-such"]},
    {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Region": "us-east-1", "Name": "a"}},
    {"Type": "RECOVERY_CONTROL", "RoutingControlArn": "arn:aws:route53-recovery-control::1:x"},
])
def test_settings_that_are_none(r53, unique, config):
    assert fails(r53.create_health_check, CallerReference=unique("none"), HealthCheckConfig=config)[0] == "InvalidInput"


def test_updates(r53, check):
    id_ = check(Type="HTTP", IPAddress="192.0.2.1", ResourcePath="/a", FullyQualifiedDomainName="a.test")
    got = r53.update_health_check(HealthCheckId=id_, HealthCheckVersion=1, Port=81, Inverted=True,
                                  ResetElements=["ResourcePath"])["HealthCheck"]
    assert got["HealthCheckVersion"] == 2
    assert got["HealthCheckConfig"]["Port"] == 81
    assert got["HealthCheckConfig"]["Inverted"] is True
    assert "ResourcePath" not in got["HealthCheckConfig"]
    assert fails(r53.update_health_check, HealthCheckId=id_, HealthCheckVersion=1, Port=82)[0] == (
        "HealthCheckVersionMismatch")
    assert r53.get_health_check(HealthCheckId=id_)["HealthCheck"] == got


def test_lists(r53, check):
    ids = {check(Type="TCP", IPAddress="192.0.2.1", Port=p) for p in (1, 2, 3)}
    listed = [h["Id"] for p in r53.get_paginator("list_health_checks").paginate(PaginationConfig={"PageSize": 2})
              for h in p["HealthChecks"]]
    assert ids <= set(listed)
    assert len(listed) == r53.get_health_check_count()["HealthCheckCount"]
    assert fails(r53.get_health_check, HealthCheckId="no-such")[0] == "NoSuchHealthCheck"


def test_checkers_are_this_machine(r53):
    assert "203.0.113.10/32" in r53.get_checker_ip_ranges()["CheckerIpRanges"]


# --- what they see ---

def test_http(region, r53, check):
    with server() as s:
        id_ = check(**http_check(s, ResourcePath="/health?x=1", FullyQualifiedDomainName="www.example.com"))
        until(region, r53, id_, "Success: HTTP Status Code 200, OK")
        path, fields = s.seen[0]
        assert path == "/health?x=1"
        assert fields["Host"] == f"www.example.com:{s.server_address[1]}"
        assert fields["User-Agent"] == (
            f"Amazon-Route53-Health-Check-Service (ref {id_}; report http://amzn.to/1vsZADi)")
        observed = r53.get_health_check_status(HealthCheckId=id_)["HealthCheckObservations"]
        assert sorted(o["Region"] for o in observed) == sorted(REGIONS)
        assert r53.get_health_check_last_failure_reason(HealthCheckId=id_)["HealthCheckObservations"] == []


def test_failures_are_remembered(region, r53, check):
    with server() as s:
        s.status = 503
        id_ = check(**http_check(s))
        until(region, r53, id_, "Failure: HTTP Status Code 503")
        s.status = 301
        until(region, r53, id_, "Success: HTTP Status Code 301")
        reasons = r53.get_health_check_last_failure_reason(HealthCheckId=id_)["HealthCheckObservations"]
        assert {o["StatusReport"]["Status"] for o in reasons} == {
            "Failure: HTTP Status Code 503, Service Unavailable"}


def test_tcp(region, r53, check):
    with server() as s:
        id_ = check(Type="TCP", IPAddress="127.0.0.1", Port=s.server_address[1], **FAST)
        until(region, r53, id_, "Success")
    until(region, r53, id_, "Failure")


@pytest.mark.parametrize(("before", "outcome"), [(0, "Success"), (5120 - 6, "Success"), (5120 - 5, "Failure")])
def test_a_text_has_to_be_in_the_first_5120_bytes(region, r53, check, before, outcome):
    with server() as s:
        s.body = b"x" * before + b"needle" + b"y" * 9000
        id_ = check(**{**http_check(s), "Type": "HTTP_STR_MATCH", "SearchString": "needle"})
        until(region, r53, id_, outcome)


def test_https_with_a_certificate_of_nobody(region, r53, check, tmp_path):
    pem = tmp_path / "pem"
    region.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
               "/CN=nobody", "-keyout", str(pem), "-out", str(tmp_path / "cert"), "-days", "2")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(tmp_path / "cert"), str(pem))
    names = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    s.socket = context.wrap_socket(s.socket, server_side=True)
    thread = threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        port = s.server_address[1]
        said = check(Type="HTTPS", IPAddress="127.0.0.1", Port=port, FullyQualifiedDomainName="sni.example", **FAST)
        until(region, r53, said, "Success: HTTP Status Code 204")
        assert set(names) == {"sni.example"}
        names.clear()
        unsaid = check(Type="HTTPS", IPAddress="127.0.0.1", Port=port, FullyQualifiedDomainName="sni.example",
                       EnableSNI=False, **FAST)
        until(region, r53, unsaid, "Success: HTTP Status Code 204")
        assert None in names
    finally:
        s.shutdown()
        thread.join()
        s.server_close()


def test_what_egress_does_not_allow_is_not_reached(r53, check, region):
    id_ = check(Type="TCP", IPAddress="192.0.2.1", Port=9, **FAST)
    until(region, r53, id_, "Failure")


def test_a_name_is_looked_up_in_the_regions_zones(region, r53, check, zone):
    with server() as s:
        zone.put(a("web." + zone.name, "127.0.0.1"))
        id_ = check(Type="HTTP", FullyQualifiedDomainName="web." + zone.name, Port=s.server_address[1], **FAST)
        until(region, r53, id_, "Success")


def test_what_the_region_serves_needs_no_egress(new_region):
    region = new_region(dev=True)
    s3, r53 = region.client("s3"), region.client("route53")
    s3.create_bucket(Bucket="looked-at")
    s3.put_bucket_website(Bucket="looked-at", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    id_ = r53.create_health_check(CallerReference="1", HealthCheckConfig={
        "Type": "HTTP", "FullyQualifiedDomainName": "looked-at.s3-website-us-east-1.amazonaws.com", **FAST})[
            "HealthCheck"]["Id"]
    until(region, r53, id_, "Failure: HTTP Status Code 403")
    s3.delete_public_access_block(Bucket="looked-at")
    s3.put_bucket_policy(Bucket="looked-at", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::looked-at/*"}]}))
    s3.put_object(Bucket="looked-at", Key="index.html", Body=b"well")
    until(region, r53, id_, "Success: HTTP Status Code 200")


# --- what follows ---

def test_failover(region, r53, check, zone):
    with server() as s:
        id_ = check(**http_check(s))
        failover(zone, id_)
        until(region, r53, id_, "Success")
        answers(region, zone, "192.0.2.1")
        s.status = 500
        until(region, r53, id_, "Failure")
        answers(region, zone, "192.0.2.2")
        s.status = 200
        until(region, r53, id_, "Success")
        answers(region, zone, "192.0.2.1")


def test_the_threshold_counts_looks_in_a_row(region, r53, check, zone):
    with server() as s:
        id_ = check(**http_check(s, FailureThreshold=3))
        failover(zone, id_)
        until(region, r53, id_, "Success")
        s.status = 500
        until(region, r53, id_, "Failure")
        assert dig(region, zone.name) == ["192.0.2.1"]
        count = len(s.seen)
        for more in (3, 6):
            region.advance(10)
            wait_for(lambda n=count + more: len(s.seen) >= n, what="further looks")
        answers(region, zone, "192.0.2.2")


def test_inverted_and_disabled(region, r53, check, zone):
    with server() as s:
        id_ = check(**http_check(s, Inverted=True))
        failover(zone, id_)
        until(region, r53, id_, "Success")
        answers(region, zone, "192.0.2.2")
        r53.update_health_check(HealthCheckId=id_, Inverted=False)
        answers(region, zone, "192.0.2.1")
        s.status = 500
        until(region, r53, id_, "Failure")
        answers(region, zone, "192.0.2.2")
        r53.update_health_check(HealthCheckId=id_, Disabled=True)
        answers(region, zone, "192.0.2.1")
        r53.update_health_check(HealthCheckId=id_, Inverted=True)
        answers(region, zone, "192.0.2.2")


def test_calculated(region, r53, check, zone):
    with server() as one, server() as two:
        children = [check(**http_check(s)) for s in (one, two)]
        id_ = check(Type="CALCULATED", ChildHealthChecks=children, HealthThreshold=2)
        failover(zone, id_)
        answers(region, zone, "192.0.2.1")
        two.status = 500
        until(region, r53, children[1], "Failure")
        answers(region, zone, "192.0.2.2")
        r53.update_health_check(HealthCheckId=id_, HealthThreshold=1)
        answers(region, zone, "192.0.2.1")
        assert fails(r53.get_health_check_status, HealthCheckId=id_)[0] == "InvalidInput"


def test_an_alias_looks_at_the_health_of_its_target(region, r53, check, zone):
    with server() as s:
        id_ = check(**http_check(s))
        inner = "inner." + zone.name
        zone.put(a(inner, "192.0.2.7", SetIdentifier="x", Weight=1, HealthCheckId=id_))
        zone.put(alias(zone.name, zone.id, inner, check=True, SetIdentifier="one", Failover="PRIMARY"),
                 a(zone.name, "192.0.2.2", SetIdentifier="two", Failover="SECONDARY"))
        answers(region, zone, "192.0.2.7")
        s.status = 500
        until(region, r53, id_, "Failure")
        answers(region, zone, "192.0.2.2")


def test_multivalue_and_weighted_leave_out_what_is_ill(region, r53, check, zone):
    with server() as s:
        id_ = check(**http_check(s))
        zone.put(a(zone.name, "192.0.2.1", SetIdentifier="a", MultiValueAnswer=True, HealthCheckId=id_),
                 a(zone.name, "192.0.2.2", SetIdentifier="b", MultiValueAnswer=True))
        answers(region, zone, "192.0.2.1", "192.0.2.2")
        s.status = 500
        until(region, r53, id_, "Failure")
        answers(region, zone, "192.0.2.2")


def test_a_restart_begins_with_what_was_known(new_region):
    with server() as s:
        s.status = 500
        region = new_region(dev=True, egress="127.0.0.0/8")
        r53 = region.client("route53")
        id_ = r53.create_health_check(CallerReference="1", HealthCheckConfig=http_check(s))["HealthCheck"]["Id"]
        zone = Zone(r53, "again.test")
        failover(zone, id_)
        until(region, r53, id_, "Failure")
        answers(region, zone, "192.0.2.2")
        wait_for(lambda: region.log().count("route53.health"), what="the change of health")
        region.restart()
        assert dig(region, zone.name) == ["192.0.2.2"]


def test_no_such_check(zone):
    r = a(zone.name, "192.0.2.1", SetIdentifier="a", Weight=1, HealthCheckId="12345678-1234-1234-1234-123456789012")
    code, _ = fails(zone.client.change_resource_record_sets, HostedZoneId=zone.id,
                    ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": r}]})
    assert code == "NoSuchHealthCheck"
