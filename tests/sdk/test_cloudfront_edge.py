# SPDX-License-Identifier: Apache-2.0
"""Distributions as viewers see them: cached, over HTTP, HTTPS and HTTP/2, from buckets and web servers."""
import concurrent.futures
import gzip
import json
import socket
import subprocess
import tempfile

import pytest

from cloudfront_edge import Origin, addresses, get
from cloudfront_help import (CACHING_DISABLED, behavior, config, custom_origin, items, remove, s3_origin, update)

EGRESS = "127.0.0.1/32"


@pytest.fixture(scope="module")
def edge():
    """A region of this file's own, which may reach web servers of the tests."""
    from region import Region
    with Region(dev=True, egress=EGRESS, client_address="203.0.113.10") as r:
        yield r


@pytest.fixture
def cloudfront(edge):
    return edge.client("cloudfront")


@pytest.fixture
def s3(edge):
    return edge.client("s3")


@pytest.fixture
def make(cloudfront):
    made = []

    def distribution(*origins, **more):
        d = cloudfront.create_distribution(DistributionConfig=config(*origins, **more))["Distribution"]
        made.append(d["Id"])
        return d

    yield distribution
    for id in made:
        remove(cloudfront, id)


@pytest.fixture
def origin():
    made = []

    def web(say):
        made.append(Origin(say))
        return made[-1]

    yield web
    for o in made:
        o.close()


@pytest.fixture
def site(s3, cloudfront, unique, make):
    """A bucket that its distribution alone may read."""
    bucket = unique("site")
    s3.create_bucket(Bucket=bucket)
    oac = cloudfront.create_origin_access_control(OriginAccessControlConfig={
        "Name": unique("oac"), "SigningProtocol": "sigv4", "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3"})["OriginAccessControl"]["Id"]
    d = make(s3_origin(bucket, oac=oac), DefaultRootObject="index.html")
    allow(s3, bucket, d["ARN"])
    return bucket, d


def allow(s3, bucket, arn, *more, action="s3:GetObject"):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}/*", "Condition": {"StringEquals": {"AWS:SourceArn": arn}}}, *more]}))


def hello(*_):
    return 200, {"Content-Type": "text/plain", "Cache-Control": "max-age=60"}, b"hello"


# --- buckets ---

def test_miss_then_hit_from_a_bucket(edge, s3, site):
    bucket, d = site
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"one", ContentType="text/plain", CacheControl="max-age=300")
    first, second = (get(edge, d["DomainName"], "/a.txt") for _ in range(2))
    assert (first.status, first.cache, first.body) == (200, "Miss", b"one")
    assert (second.status, second.cache, second.body) == (200, "Hit", b"one")
    assert int(second.fields["age"]) >= 0 and "age" not in first.fields
    assert second.fields["server"] == "AmazonS3" and second.fields["x-amz-cf-pop"]
    # The other location has a cache of its own.
    assert get(edge, d["DomainName"], "/a.txt", location=1).cache == "Miss"
    # The gateway by Host, and NAME.localhost.
    assert get(edge, d["DomainName"], "/a.txt", "-H", "Accept: */*").cache == "Hit"


def test_the_root_object_and_what_a_bucket_does_not_have(edge, s3, site):
    bucket, d = site
    s3.put_object(Bucket=bucket, Key="index.html", Body=b"<p>home", ContentType="text/html")
    assert get(edge, d["DomainName"], "/").body == b"<p>home"
    missing = get(edge, d["DomainName"], "/none")
    assert missing.status == 403 and b"<Code>AccessDenied</Code>" in missing.body
    assert missing.cache == "Error"


def test_a_policy_that_names_another_distribution_keeps_this_one_out(edge, s3, site):
    bucket, d = site
    s3.put_object(Bucket=bucket, Key="b.txt", Body=b"secret")
    allow(s3, bucket, d["ARN"] + "X")
    assert get(edge, d["DomainName"], "/b.txt").status == 403
    allow(s3, bucket, d["ARN"])
    assert get(edge, d["DomainName"], "/c.txt").status == 403  # no s3:ListBucket: a missing key is a secret, too


def test_an_access_identity_reads_by_arn_and_by_canonical_user(edge, s3, cloudfront, unique, make):
    bucket = unique("oai")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    s3.put_object(Bucket=bucket, Key="b", Body=b"b")
    oai = cloudfront.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig={
        "CallerReference": unique("oai"), "Comment": ""})["CloudFrontOriginAccessIdentity"]
    o = s3_origin(bucket)
    o["S3OriginConfig"]["OriginAccessIdentity"] = f"origin-access-identity/cloudfront/{oai['Id']}"
    d = make(o)
    arn = f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {oai['Id']}"
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "s3:GetObject",
         "Resource": f"arn:aws:s3:::{bucket}/a"},
        {"Effect": "Allow", "Principal": {"CanonicalUser": oai["S3CanonicalUserId"]}, "Action": "s3:GetObject",
         "Resource": f"arn:aws:s3:::{bucket}/b"}]}))
    assert get(edge, d["DomainName"], "/a").body == b"a"
    assert get(edge, d["DomainName"], "/b").body == b"b"
    assert get(edge, d["DomainName"], "/c").status == 403


def test_without_access_control_a_bucket_must_be_public(edge, s3, unique, make):
    bucket = unique("public")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    d = make(s3_origin(bucket))
    assert get(edge, d["DomainName"], "/a").status == 403
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}))
    edge.client("cloudfront").create_invalidation(DistributionId=d["Id"], InvalidationBatch={
        "CallerReference": "public", "Paths": items("/*")})
    assert get(edge, d["DomainName"], "/a").body == b"a"


def test_large_objects_and_ranges(edge, s3, site):
    bucket, d = site
    body = bytes(range(256)) * 4096 * 12  # 12 MiB: larger than what memory holds of one object
    s3.put_object(Bucket=bucket, Key="large", Body=body)
    part = get(edge, d["DomainName"], "/large", "-r", "1000-1999")
    assert part.status == 206 and part.body == body[1000:2000]
    assert part.fields["content-range"] == f"bytes 1000-1999/{len(body)}"
    assert get(edge, d["DomainName"], "/large").body == body
    again = get(edge, d["DomainName"], "/large", "-r", "-10")
    assert again.status == 206 and again.body == body[-10:] and again.cache == "Hit"
    assert get(edge, d["DomainName"], "/large", "-r", f"{len(body)}-").status == 416


def test_conditions(edge, s3, site):
    bucket, d = site
    tag = s3.put_object(Bucket=bucket, Key="x", Body=b"x" * 100)["ETag"]
    assert get(edge, d["DomainName"], "/x").status == 200
    assert get(edge, d["DomainName"], "/x", "-H", f"If-None-Match: {tag}").status == 304


def test_uploads_through_the_edge(edge, s3, site, cloudfront):
    bucket, d = site
    all_methods = {**items("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
                   "CachedMethods": items("GET", "HEAD")}
    assert get(edge, d["DomainName"], "/up", "-X", "PUT", "-d", "new").status == 403  # the behaviour's methods
    update(cloudfront, d["Id"], DefaultCacheBehavior={
        **cloudfront.get_distribution_config(Id=d["Id"])["DistributionConfig"]["DefaultCacheBehavior"],
        "AllowedMethods": all_methods})
    allow(s3, bucket, d["ARN"], action=["s3:GetObject", "s3:PutObject"])
    done = get(edge, d["DomainName"], "/up", "-X", "PUT", "--data-binary", "new")
    assert done.status == 200 and done.cache == "Miss"
    assert s3.get_object(Bucket=bucket, Key="up")["Body"].read() == b"new"
    assert get(edge, d["DomainName"], "/up", "-X", "DELETE").status == 403  # the bucket's policy


# --- web servers ---

def test_what_an_origin_sees(edge, origin, make):
    web = origin(hello)
    d = make(custom_origin("localhost", web.port, CustomHeaders=items({"HeaderName": "X-Origin", "HeaderValue": "s"}),
                           OriginPath="/base"))
    got = get(edge, d["DomainName"], "/a?b=c", "-H", "Cookie: a=b", "-H", "X-Mine: 1", "-A", "test")
    assert got.body == b"hello" and got.cache == "Miss"
    assert web.paths() == ["/base/a"]  # no query: the policy forwards none
    asked = web.last()
    assert asked["user-agent"] == "Amazon CloudFront" and asked["x-origin"] == "s"
    assert asked["x-forwarded-for"] == "203.0.113.10" and "cookie" not in asked and "x-mine" not in asked
    assert asked["host"].startswith("localhost") and "(CloudFront)" in asked["via"]


def test_everything_of_the_viewer_by_a_managed_policy(edge, origin, make):
    web = origin(hello)
    d = make(custom_origin("localhost", web.port), default=behavior(
        "web", CACHING_DISABLED, OriginRequestPolicyId="33f36d7e-f396-46d9-90e0-52428a34d9dc"))
    got = get(edge, d["DomainName"], "/a?b=c", "-H", "Cookie: a=b", "-H", "X-Mine: 1", "-A", "iPhone",
              "-H", "CloudFront-Viewer-Country: XX")
    assert got.cache == "Miss"
    asked = web.last()
    assert web.paths() == ["/a?b=c"] and asked["cookie"] == "a=b" and asked["x-mine"] == "1"
    assert asked["host"] == d["DomainName"] and asked["user-agent"] == "iPhone"
    assert asked["cloudfront-is-mobile-viewer"] == "true" and asked["cloudfront-is-desktop-viewer"] == "false"
    assert asked["cloudfront-forwarded-proto"] == "http" and asked.get("cloudfront-viewer-country") != "XX"
    assert asked["cloudfront-viewer-address"].startswith("203.0.113.10:")


def test_a_hundred_misses_make_one_fetch(edge, origin, make):
    import threading
    gate = threading.Event()

    def slow(*_):
        gate.wait(20)
        return hello()

    web = origin(slow)
    d = make(custom_origin("localhost", web.port))
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        waiting = [pool.submit(get, edge, d["DomainName"], "/one") for _ in range(100)]
        concurrent.futures.wait(waiting, timeout=1.5)
        gate.set()
        got = [w.result() for w in waiting]
    assert {g.body for g in got} == {b"hello"} and web.paths() == ["/one"]


def test_invalidations_are_in_force_when_they_return(edge, origin, make, cloudfront):
    web = origin(hello)
    d = make(custom_origin("localhost", web.port))
    for path in ("/a/1", "/a/2", "/b"):
        get(edge, d["DomainName"], path)
        assert get(edge, d["DomainName"], path).cache == "Hit"
    cloudfront.create_invalidation(DistributionId=d["Id"], InvalidationBatch={
        "CallerReference": "a", "Paths": items("/a/*")})
    assert get(edge, d["DomainName"], "/a/1").cache == "Miss" == get(edge, d["DomainName"], "/a/2").cache
    assert get(edge, d["DomainName"], "/b").cache == "Hit"


def test_compression(edge, origin, make):
    text = b"the quick brown fox " * 500
    web = origin(lambda h: (200, {"Content-Type": "text/css", "Cache-Control": "max-age=60"}, text))
    d = make(custom_origin("localhost", web.port))
    packed = get(edge, d["DomainName"], "/a.css", "-H", "Accept-Encoding: gzip")
    assert packed.fields["content-encoding"] == "gzip" and gzip.decompress(packed.body) == text
    assert get(edge, d["DomainName"], "/a.css", "-H", "Accept-Encoding: gzip").cache == "Hit"
    br = get(edge, d["DomainName"], "/a.css", "-H", "Accept-Encoding: br, gzip")
    assert br.fields["content-encoding"] == "br" and len(br.body) < len(text)
    assert get(edge, d["DomainName"], "/a.css").body == text


def test_viewer_protocols(edge, origin, make):
    web = origin(hello)
    d = make(custom_origin("localhost", web.port), default=behavior("web", ViewerProtocolPolicy="redirect-to-https"),
             DefaultRootObject="index.html",
             CacheBehaviors=items({**behavior("web", ViewerProtocolPolicy="https-only"), "PathPattern": "/only/*"}))
    to = get(edge, d["DomainName"], "/a?b=c")
    assert to.status == 301 and to.fields["location"] == f"https://{d['DomainName']}/a?b=c" and to.cache == "Redirect"
    assert get(edge, d["DomainName"], "/").fields["location"] == f"https://{d['DomainName']}/"
    assert get(edge, d["DomainName"], "/only/a").status == 403
    secure = get(edge, d["DomainName"], "/a", tls=True)
    assert secure.version == "HTTP/2" and secure.body == b"hello"
    assert get(edge, d["DomainName"], "/a", "--http1.1", tls=True).version == "HTTP/1.1"


def test_failover_of_an_origin_group(edge, origin, make):
    down = origin(lambda h: (503, {}, b"down"))
    up = origin(hello)
    group = {"Id": "both", "FailoverCriteria": {"StatusCodes": items(500, 503)},
             "Members": items({"OriginId": "one"}, {"OriginId": "two"})}
    d = make(custom_origin("localhost", down.port, id="one"), custom_origin("localhost", up.port, id="two"),
             OriginGroups=items(group), default=behavior("both"))
    assert get(edge, d["DomainName"], "/a").body == b"hello"
    assert len(down.paths()) == 1 == len(up.paths())


def test_custom_errors(edge, origin, make):
    def say(h):
        return (200, {}, b"sorry") if h.path == "/errors/404.html" else (404, {}, b"none")

    web = origin(say)
    d = make(custom_origin("localhost", web.port), CustomErrorResponses=items(
        {"ErrorCode": 404, "ResponsePagePath": "/errors/404.html", "ResponseCode": "200", "ErrorCachingMinTTL": 30}))
    got = get(edge, d["DomainName"], "/x")
    assert (got.status, got.body) == (200, b"sorry")


def test_the_edge_says_what_is_wrong_with_an_origin(edge, make, origin):
    web = origin(hello)
    port = web.port
    web.close()
    d = make(custom_origin("localhost", port, ConnectionAttempts=1))
    got = get(edge, d["DomainName"], "/a")
    assert got.status == 502 and got.cache == "Error" and got.fields["server"] == "CloudFront"
    assert b"<H1>502 ERROR</H1>" in got.body and b"Generated by cloudfront (CloudFront)" in got.body
    unknown = make(custom_origin("nothing.invalid", 80))
    assert get(edge, unknown["DomainName"], "/a").status == 502


def test_response_headers_policies(edge, origin, make, cloudfront, unique):
    web = origin(lambda h: (200, {"X-Frame-Options": "ALLOW", "X-Drop": "1"}, b"x"))
    made = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig={
        "Name": unique("rhp"),
        "SecurityHeadersConfig": {"FrameOptions": {"Override": True, "FrameOption": "DENY"},
                                  "StrictTransportSecurity": {"Override": True, "AccessControlMaxAgeSec": 60,
                                                              "IncludeSubdomains": True}},
        "CorsConfig": {"AccessControlAllowOrigins": items("https://a.example.com"),
                       "AccessControlAllowHeaders": items("*"), "AccessControlAllowMethods": items("GET"),
                       "AccessControlAllowCredentials": False, "OriginOverride": True},
        "CustomHeadersConfig": items({"Header": "X-Custom", "Value": "yes", "Override": True})})
    id = made["ResponseHeadersPolicy"]["Id"]
    d = make(custom_origin("localhost", web.port), default=behavior("web", ResponseHeadersPolicyId=id))
    got = get(edge, d["DomainName"], "/a", "-H", "Origin: https://a.example.com").fields
    assert got["x-frame-options"] == "DENY" and got["x-custom"] == "yes"
    assert got["strict-transport-security"] == "max-age=60; includeSubDomains"
    assert got["access-control-allow-origin"] == "https://a.example.com"
    # A policy that changes is in force at once, on what is cached, too.
    cloudfront.update_response_headers_policy(Id=id, IfMatch=made["ETag"], ResponseHeadersPolicyConfig={
        "Name": unique("rhp"), "CustomHeadersConfig": items({"Header": "X-Custom", "Value": "no", "Override": True})})
    again = get(edge, d["DomainName"], "/a")
    assert again.fields["x-custom"] == "no" and again.fields["x-frame-options"] == "ALLOW"


def test_disabled_and_unknown_distributions(edge, origin, make, cloudfront):
    web = origin(hello)
    d = make(custom_origin("localhost", web.port))
    assert get(edge, d["DomainName"], "/a").status == 200
    update(cloudfront, d["Id"], Enabled=False)
    off = get(edge, d["DomainName"], "/a")
    assert off.status == 403 and b"Bad request" in off.body
    assert get(edge, d["DomainName"], "/a", "-H", "Host: d000.cloudfront.net").status == 403
    update(cloudfront, d["Id"], Enabled=True)
    assert get(edge, d["DomainName"], "/a").status == 200


def test_an_address_answers_for_as_long_as_its_distribution_is_there(edge, origin, cloudfront):
    web = origin(hello)
    d = cloudfront.create_distribution(DistributionConfig=config(custom_origin("localhost", web.port)))["Distribution"]
    assert len(addresses(edge, d["DomainName"], 80)) == 2
    remove(cloudfront, d["Id"])
    assert addresses(edge, d["DomainName"], 80) == []


def test_compression_over_http2(edge, origin, make):
    text = b"body { color: black } " * 200
    web = origin(lambda h: (200, {"Content-Type": "text/css", "Cache-Control": "max-age=60"}, text))
    d = make(custom_origin("localhost", web.port))
    packed = get(edge, d["DomainName"], "/b.css", "-H", "Accept-Encoding: gzip", tls=True)
    assert packed.version == "HTTP/2" and packed.fields["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == text


# --- ways to a distribution ---

def run(*argv):
    return subprocess.run(argv, capture_output=True, timeout=30, check=False)


def test_by_the_gateway_and_through_it(edge, s3, site):
    bucket, d = site
    s3.put_object(Bucket=bucket, Key="a", Body=b"found", CacheControl="max-age=60")
    name, port = d["DomainName"], edge.address.rpartition(":")[2]
    local = f"{name}.localhost:{port}"
    by_name = run("curl", "-sS", "--resolve", f"{local}:127.0.0.1", f"http://{local}/a")
    assert by_name.stdout == b"found", by_name.stderr
    for scheme in ("http", "https"):
        by_proxy = run("curl", "-sSk", "-x", edge.endpoint, f"{scheme}://{name}/a")
        assert by_proxy.stdout == b"found", by_proxy.stderr
    root = edge.file("tls/ca.pem")
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as f:
        f.write(root)
        f.flush()
        trusted = run("curl", "-sS", "--cacert", f.name, "-x", edge.endpoint, f"https://{name}/a")
    assert trusted.stdout == b"found", trusted.stderr


def test_a_website_of_a_bucket_is_an_origin_by_name(edge, s3, unique, make):
    bucket = unique("web")
    s3.create_bucket(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}))
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.put_object(Bucket=bucket, Key="sub/index.html", Body=b"<p>sub", ContentType="text/html")
    d = make(custom_origin(f"{bucket}.s3-website-us-east-1.amazonaws.com", 80))
    got = get(edge, d["DomainName"], "/sub/")
    assert (got.status, got.body) == (200, b"<p>sub"), got.body
    # And by its API's name over TLS, whose certificate is looked at.
    d = make(custom_origin("s3.us-east-1.amazonaws.com", 80, custom={"OriginProtocolPolicy": "https-only"}))
    got = get(edge, d["DomainName"], f"/{bucket}/sub/index.html")
    assert (got.status, got.body, got.fields["server"]) == (200, b"<p>sub", "AmazonS3"), got.body


# --- viewers that do not behave ---

def test_viewers_that_leave(edge, s3, site):
    bucket, d = site
    body = bytes(range(256)) * 4096 * 16
    s3.put_object(Bucket=bucket, Key="long", Body=body)
    (where, port), = addresses(edge, d["DomainName"], 80)[:1]
    for n in range(20):
        with socket.create_connection((where, port)) as s:
            s.sendall(f"GET /long?{n} HTTP/1.1\r\nHost: {d['DomainName']}\r\nRange: bytes={n * 1000}-\r\n\r\n".encode())
            if n % 2:
                s.recv(1000)
    with socket.create_connection((where, port)) as s:
        s.sendall(f"PUT /long HTTP/1.1\r\nHost: {d['DomainName']}\r\nContent-Length: 1000\r\n\r\nabc".encode())
    assert get(edge, d["DomainName"], "/long").body == body


def test_uploads_that_break_off_leave_nothing(edge, s3, site, cloudfront):
    bucket, d = site
    update(cloudfront, d["Id"], DefaultCacheBehavior={
        **cloudfront.get_distribution_config(Id=d["Id"])["DistributionConfig"]["DefaultCacheBehavior"],
        "AllowedMethods": {**items("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
                           "CachedMethods": items("GET", "HEAD")}})
    allow(s3, bucket, d["ARN"], action=["s3:GetObject", "s3:PutObject"])
    (where, port), = addresses(edge, d["DomainName"], 80)[:1]
    with socket.create_connection((where, port)) as s:
        s.sendall(f"PUT /half HTTP/1.1\r\nHost: {d['DomainName']}\r\nContent-Length: 1000000\r\n\r\n".encode())
        s.sendall(b"x" * 500_000)
    large = b"y" * 3_000_000
    done = subprocess.run(["curl", "-sS", "--connect-to", f"::{where}:{port}", "-T", "-", "-H", "Expect:", "-w",
                           "%{http_code}", f"http://{d['DomainName']}/whole"], input=large, capture_output=True,
                          check=True, timeout=60)
    assert done.stdout.endswith(b"200") or b"MissingContentLength" in done.stdout, done.stdout
    with tempfile.NamedTemporaryFile() as f:
        f.write(large)
        f.flush()
        assert get(edge, d["DomainName"], "/sized", "-T", f.name).status == 200
    assert s3.get_object(Bucket=bucket, Key="sized")["Body"].read() == large
    assert "half" not in [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_objects_under_a_kms_key_need_the_keys_policy(edge, s3, site):
    bucket, d = site
    kms = edge.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket=bucket, Key="sealed", Body=b"open", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    assert get(edge, d["DomainName"], "/sealed").status == 403
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"].append({
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceArn": d["ARN"]}}})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    edge.client("cloudfront").create_invalidation(DistributionId=d["Id"], InvalidationBatch={
        "CallerReference": "sealed", "Paths": items("/sealed")})
    assert get(edge, d["DomainName"], "/sealed").body == b"open"


def test_viewers_do_not_choose_fields_of_a_buckets_responses(edge, s3, site, cloudfront):
    bucket, d = site
    s3.put_object(Bucket=bucket, Key="t", Body=b"t", ContentType="text/plain")
    update(cloudfront, d["Id"], DefaultCacheBehavior={
        **cloudfront.get_distribution_config(Id=d["Id"])["DistributionConfig"]["DefaultCacheBehavior"],
        "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"})  # all of the viewer but Host
    got = get(edge, d["DomainName"], "/t?response-content-type=text/html&x=1")
    assert got.status == 200 and got.fields["content-type"] == "text/plain"
