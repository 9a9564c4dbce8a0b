# SPDX-License-Identifier: Apache-2.0
"""CloudFront Functions: their API, what they do to requests and responses of viewers, and what stops them."""
import json
import os
import signal
import subprocess

import pytest

from cloudfront_edge import Origin, get
from cloudfront_help import CACHING_DISABLED, CACHING_OPTIMIZED, behavior, code, config, custom_origin, items, remove, update

ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
INVALID = "The CloudFront function returned an invalid value: "
COULD_NOT = "The CloudFront function associated with the CloudFront distribution is invalid or could not run. "


@pytest.fixture(scope="module")
def edge():
    from region import Region, program
    if not os.path.exists(os.path.join(os.path.dirname(program()), "nephele-edge-js")):
        pytest.skip("this build has no program for functions")
    with Region(dev=True, egress="127.0.0.1/32") as r:
        yield r


@pytest.fixture
def cloudfront(edge):
    return edge.client("cloudfront")


@pytest.fixture
def function(cloudfront, unique):
    """Makes a function and publishes it; its ARN."""
    made = []

    def make(text, runtime="cloudfront-js-2.0", publish=True):
        name = unique("fn")
        made.append(name)
        f = cloudfront.create_function(Name=name, FunctionConfig={"Comment": "c", "Runtime": runtime},
                                       FunctionCode=text.encode())
        if publish:
            cloudfront.publish_function(Name=name, IfMatch=f["ETag"])
        return f["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]

    yield make
    for name in made:
        if code(cloudfront.describe_function, Name=name) is None:
            cloudfront.delete_function(Name=name, IfMatch=cloudfront.describe_function(Name=name)["ETag"])


def associations(request=None, response=None):
    pairs = [("viewer-request", request), ("viewer-response", response)]
    return items(*({"EventType": t, "FunctionARN": arn} for t, arn in pairs if arn))


@pytest.fixture
def site(edge, cloudfront, function):
    """A distribution of a web server with functions; get(path, …) asks it."""
    made, origins = [], []

    def make(request=None, response=None, say=None, policy=CACHING_DISABLED, root="", **more):
        origin = Origin(say or (lambda h: (200, {"Content-Type": "text/plain", "X-Origin": "1"}, b"body")))
        origins.append(origin)
        d = cloudfront.create_distribution(DistributionConfig=config(
            custom_origin("localhost", origin.port), default=behavior(
                "web", policy, OriginRequestPolicyId=ALL_VIEWER,
                FunctionAssociations=associations(request, response), **more), DefaultRootObject=root))["Distribution"]
        made.append(d["Id"])
        return d, origin, lambda *a, **k: get(edge, d["DomainName"], *a, **k)

    yield make
    for id in made:
        remove(cloudfront, id)
    for o in origins:
        o.close()


def run(cloudfront, arn, event, stage="LIVE"):
    name = arn.rpartition("/")[2]
    etag = cloudfront.describe_function(Name=name, Stage=stage)["ETag"]
    return cloudfront.test_function(Name=name, IfMatch=etag, Stage=stage,
                                    EventObject=json.dumps(event).encode())["TestResult"]


def event(type="viewer-request", **more):
    return {"version": "1.0", "context": {"eventType": type}, "viewer": {"ip": "198.51.100.11"},
            "request": {"method": "GET", "uri": "/a", "querystring": {}, "headers": {"host": {"value": "x"}},
                        "cookies": {}}, **more}


# --- the API ---

def test_a_function_is_made_changed_published_and_deleted(cloudfront, unique):
    name = unique("fn")
    made = cloudfront.create_function(Name=name, FunctionConfig={"Comment": "one", "Runtime": "cloudfront-js-1.0"},
                                      FunctionCode=b"function handler(e) { return e.request; }")
    assert made["Location"].endswith("/2020-05-31/function/" + name)
    s = made["FunctionSummary"]
    assert (s["Name"], s["Status"], s["FunctionMetadata"]["Stage"]) == (name, "UNPUBLISHED", "DEVELOPMENT")
    assert code(cloudfront.create_function, Name=name, FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-1.0"},
                FunctionCode=b"x") == "FunctionAlreadyExists"
    assert code(cloudfront.describe_function, Name=name, Stage="LIVE") == "NoSuchFunctionExists"

    assert code(cloudfront.publish_function, Name=name, IfMatch="E1111111111111") == "PreconditionFailed"
    live = cloudfront.publish_function(Name=name, IfMatch=made["ETag"])["FunctionSummary"]
    assert (live["Status"], live["FunctionMetadata"]["Stage"]) == ("UNASSOCIATED", "LIVE")
    assert cloudfront.describe_function(Name=name)["FunctionSummary"]["Status"] == "UNASSOCIATED"

    cloudfront.update_function(Name=name, IfMatch=made["ETag"], FunctionCode=b"other",
                               FunctionConfig={"Comment": "two", "Runtime": "cloudfront-js-2.0"})
    now = cloudfront.describe_function(Name=name)
    assert now["ETag"] != made["ETag"] and now["FunctionSummary"]["Status"] == "UNPUBLISHED"
    assert now["FunctionSummary"]["FunctionConfig"] == {"Comment": "two", "Runtime": "cloudfront-js-2.0"}
    assert cloudfront.get_function(Name=name)["FunctionCode"].read() == b"other"
    assert b"return e.request" in cloudfront.get_function(Name=name, Stage="LIVE")["FunctionCode"].read()

    listed = cloudfront.list_functions()["FunctionList"]
    assert [(i["Name"], i["FunctionMetadata"]["Stage"]) for i in listed["Items"] if i["Name"] == name] == [
        (name, "DEVELOPMENT"), (name, "LIVE")]
    one = cloudfront.list_functions(MaxItems="1", Stage="LIVE")["FunctionList"]
    assert (one["Quantity"], one["MaxItems"]) == (1, 1)

    assert code(cloudfront.delete_function, Name=name, IfMatch=made["ETag"]) == "PreconditionFailed"
    cloudfront.delete_function(Name=name, IfMatch=now["ETag"])
    assert code(cloudfront.get_function, Name=name) == "NoSuchFunctionExists"


def test_what_functions_may_not_be(cloudfront, unique):
    def create(**more):
        return code(cloudfront.create_function, **{
            "Name": unique("fn"), "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"},
            "FunctionCode": b"x", **more})
    assert create(FunctionCode=b"x" * 10241) == "FunctionSizeLimitExceeded"
    assert create(FunctionConfig={"Comment": "c" * 129, "Runtime": "cloudfront-js-2.0"}) == "InvalidArgument"
    assert create(FunctionConfig={"Comment": "", "Runtime": "nodejs"}) == "MalformedXML"


def test_an_account_has_so_many_functions_and_no_more(cloudfront, function):
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    have = {f["Name"] for f in cloudfront.list_functions()["FunctionList"].get("Items", [])}
    for _ in range(100 - len(have)):
        function("x" * 10240, publish=False)
    assert code(cloudfront.create_function, Name="one-more", FunctionConfig=config, FunctionCode=b"x") == "TooManyFunctions"


def test_without_the_program_functions_are_refused():
    from region import Region
    with Region(dev=True, edge_js="/nowhere/nephele-edge-js") as r:
        cloudfront = r.client("cloudfront")
        with pytest.raises(cloudfront.exceptions.UnsupportedOperation, match="/nowhere/nephele-edge-js, is not installed"):
            cloudfront.create_function(Name="f", FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
                                       FunctionCode=b"x")
        assert cloudfront.list_functions()["FunctionList"]["Quantity"] == 0
        with pytest.raises(cloudfront.exceptions.UnsupportedOperation):
            cloudfront.create_distribution(DistributionConfig=config(
                custom_origin("localhost", 80), default=behavior("web", FunctionAssociations=associations(
                    "arn:aws:cloudfront::000000000000:function/f"))))


def test_associations_name_published_functions_once_for_each_event(cloudfront, function, site):
    live = function("function handler(e) { return e.request; }")
    draft = function("function handler(e) { return e.request; }", publish=False)
    d, _, _ = site(request=live)

    def associate(*what):
        b = cloudfront.get_distribution_config(Id=d["Id"])["DistributionConfig"]["DefaultCacheBehavior"]
        return code(update, cloudfront, d["Id"],
                    DefaultCacheBehavior={**b, "FunctionAssociations": items(*what)})

    def one(arn, type="viewer-request"):
        return {"EventType": type, "FunctionARN": arn}
    assert associate(one(draft)) == "InvalidFunctionAssociation"
    assert associate(one(live + "-none")) == "InvalidFunctionAssociation"
    assert associate(one(live, "origin-request")) == "InvalidFunctionAssociation"
    assert associate(one(live), one(live)) == "InvalidFunctionAssociation"
    assert associate(one(live), one(live, "viewer-response"), one(live)) == "TooManyFunctionAssociations"
    name = live.rpartition("/")[2]
    etag = cloudfront.describe_function(Name=name)["ETag"]
    assert cloudfront.describe_function(Name=name)["FunctionSummary"]["Status"] == "ASSOCIATED"
    assert code(cloudfront.delete_function, Name=name, IfMatch=etag) == "FunctionInUse"
    assert associate() is None
    cloudfront.delete_function(Name=name, IfMatch=etag)


# --- TestFunction ---

def test_a_test_says_what_came_of_it(cloudfront, function):
    arn = function("function handler(e) { console.log('uri', e.request.uri); e.request.uri = '/b'; return e.request; }")
    r = run(cloudfront, arn, event())
    assert json.loads(r["FunctionOutput"])["request"]["uri"] == "/b"
    assert r["FunctionExecutionLogs"] == ["uri /a"] and r["FunctionErrorMessage"] == ""
    assert 0 <= int(r["ComputeUtilization"]) <= 100
    r = run(cloudfront, function("async function handler(e) { return {statusCode: 302, headers: {location: {value: '/'}}}; }"),
            event())
    assert json.loads(r["FunctionOutput"])["response"]["statusCode"] == 302


@pytest.mark.parametrize("text, message", [
    ("function handler(e) { return e.none.x; }", COULD_NOT + "TypeError: "),
    ("function handler(e) { return [; }", COULD_NOT + "SyntaxError: "),
    ("function handler(e) { for (;;); }", COULD_NOT + "the function took longer than it may"),
    ("function handler(e) { return 5; }", INVALID + "the function must return a request or a response"),
    ("function handler(e) { e.request.method = 'PUT'; return e.request; }", INVALID + "request.method is read-only"),
    ("function handler(e) { e.request.uri = 'b'; return e.request; }", INVALID + "request.uri must begin with"),
    ("function handler(e) { e.request.headers.host.value = 'y'; return e.request; }",
     INVALID + "the header 'host' is read-only"),
    ("function handler(e) { delete e.request.headers.host; return e.request; }",
     INVALID + "the header 'host' is read-only"),
    ("function handler(e) { e.request.headers['x-edge-a'] = {value: '1'}; return e.request; }",
     INVALID + "the header 'x-edge-a' is not allowed"),
    ("function handler(e) { e.request.headers['X-A'] = {value: '1'}; return e.request; }",
     INVALID + "the header name 'X-A' must be in lower case"),
    ("function handler(e) { e.request.headers['x-a'] = '1'; return e.request; }", INVALID + "headers['x-a'] must be"),
    ("function handler(e) { return {statusCode: '200'}; }", INVALID + "response.statusCode must be a number"),
    ("function handler(e) { return {statusCode: 200, body: {encoding: 'base64', data: '*'}}; }",
     INVALID + "body.data is not valid base64"),
])
def test_what_a_test_finds_wrong(cloudfront, function, text, message):
    r = run(cloudfront, function(text), event())
    assert r["FunctionErrorMessage"].startswith(message), r
    assert r["FunctionOutput"] == ""


def test_tests_need_an_event_and_the_version(cloudfront, function):
    name = function("function handler(e) { return e.request; }").rpartition("/")[2]
    etag = cloudfront.describe_function(Name=name)["ETag"]
    assert code(cloudfront.test_function, Name=name, IfMatch=etag, EventObject=b"{") == "InvalidArgument"
    assert code(cloudfront.test_function, Name=name, IfMatch=etag, EventObject=b"{}") == "InvalidArgument"
    assert code(cloudfront.test_function, Name=name, IfMatch="E1111111111111",
                EventObject=b"{}") == "InvalidIfMatchVersion"


# --- at the edge ---

def test_the_root_object_comes_behind_the_function(function, site):
    arn = function("""
        function handler(event) {
            var r = event.request;
            r.querystring.seen = {value: encodeURIComponent(r.uri)};
            return r;
        }""")
    _, origin, ask = site(request=arn, root="home.html")
    assert ask("/").status == 200
    assert origin.paths() == ["/home.html?seen=%2F"]


def test_a_request_is_rewritten(function, site):
    arn = function("""
        function handler(event) {
            var r = event.request;
            r.uri = '/new' + r.uri + 'index.html';
            r.querystring.added = {value: event.context.eventType};
            r.headers['x-added'] = {value: r.cookies.b.value + r.querystring.q.multiValue.length};
            delete r.headers['x-gone'];
            r.cookies.c = {value: '3'};
            return r;
        }""", "cloudfront-js-1.0")
    _, origin, ask = site(request=arn)
    got = ask("/dir/?q=1&q=2", "-H", "X-Gone: 1", "-H", "X-Kept: A%b", "-H", "Cookie: a=1; b=2")
    assert (got.status, got.body) == (200, b"body")
    assert origin.paths() == ["/new/dir/index.html?q=1&q=2&added=viewer-request"]
    fields = origin.last()
    assert fields["x-added"] == "22" and "x-gone" not in fields and fields["x-kept"] == "A%b"
    assert fields["cookie"] == "a=1; b=2; c=3"


def test_a_request_left_alone_stays_as_it_came(function, site):
    _, origin, ask = site(request=function("function handler(e) { return e.request; }"))
    ask("/%E4%20x?b=%2F&a&2=x&1=y", "-H", "Cookie: a=1; b=2", "-H", "X-Raw: \u00e4".encode("latin-1"))
    assert origin.paths() == ["/%E4%20x?b=%2F&a&2=x&1=y"]
    assert origin.last()["cookie"] == "a=1; b=2" and origin.last()["x-raw"] == "\u00e4"


def test_a_function_answers_itself(function, site):
    arn = function("""
        function handler(event) {
            if (event.request.uri === '/text')
                return {statusCode: 200, statusDescription: 'OK', headers: {'content-type': {value: 'text/html'}},
                        body: {encoding: 'base64', data: 'PHA+'}};
            return {statusCode: 301, headers: {location: {value: 'https://other.example' + event.request.uri}},
                    cookies: {seen: {value: '1', attributes: 'Secure; Path=/'}}};
        }""")
    _, origin, ask = site(request=arn)
    moved = ask("/here")
    assert (moved.status, moved.fields["location"]) == (301, "https://other.example/here")
    assert moved.fields["x-cache"] == "FunctionGeneratedResponse from cloudfront"
    assert moved.fields["set-cookie"] == "seen=1; Secure; Path=/"
    text = ask("/text")
    assert (text.status, text.body, text.fields["content-type"]) == (200, b"<p>", "text/html")
    assert origin.paths() == []


def test_a_response_is_changed(function, site):
    arn = function("""
        async function handler(event) {
            const r = event.response;
            r.headers['strict-transport-security'] = {value: 'max-age=1'};
            r.headers['x-seen'] = {value: event.request.uri + ' ' + r.statusCode};
            delete r.headers['x-origin'];
            r.cookies.b = {value: r.cookies.a.value, attributes: 'Path=/'};
            return r;
        }""")
    _, _, ask = site(response=arn, say=lambda h: (200, {"X-Origin": "1", "Set-Cookie": "a=7; Secure"}, b"body"))
    got = ask("/x")
    assert (got.status, got.body) == (200, b"body")
    assert got.fields["strict-transport-security"] == "max-age=1" and got.fields["x-seen"] == "/x 200"
    assert "x-origin" not in got.fields
    assert got.fields["set-cookie"] == "b=7; Path=/"  # the last of two


def test_a_body_is_replaced_also_of_what_is_cached(function, site):
    arn = function("""
        function handler(event) {
            var r = event.response;
            if (event.request.uri === '/other') {
                r.statusCode = 202;
                r.body = {encoding: 'text', data: 'another, longer body'};
            } else if (event.request.uri === '/empty') {
                r.body = '';
            }
            return r;
        }""", "cloudfront-js-1.0")
    big = b"x" * 100_000
    _, _, ask = site(response=arn, policy=CACHING_OPTIMIZED, say=lambda h: (
        200, {"Content-Type": "text/plain", "Cache-Control": "max-age=60"}, big))
    for cache in ("Miss", "Hit"):
        for path, status, body in ("/other", 202, b"another, longer body"), ("/empty", 200, b""), ("/same", 200, big):
            got = ask(path)
            assert (got.status, got.body, got.cache) == (status, body, cache), path
            assert got.fields.get("content-length", str(len(body))) == str(len(body))


def test_no_function_sees_a_response_of_400_or_more(function, site):
    arn = function("function handler(e) { e.response.headers.seen = {value: '1'}; return e.response; }")
    _, _, ask = site(response=arn, say=lambda h: (404, {}, b"none"))
    assert "seen" not in ask("/x").fields


@pytest.mark.parametrize("text", [
    "function handler(e) { throw new Error('secret'); }",
    "function handler(e) { for (;;); }",
    "async function handler(e) { for (;;) await 1; }",
    "function handler(e) { const a = []; for (;;) a.push(new Array(9999).fill(1)); }",
    "function handler(e) { return 'nothing'; }",
    "function handler(e) { e.request.headers['x-a'] = {value: 'a\\r\\nb: c'}; return e.request; }",
])
def test_a_function_that_fails_is_a_503_and_the_next_one_runs(function, site, text):
    good = function("function handler(e) { return {statusCode: 200, body: 'fine'}; }")
    _, origin, ask = site(request=function(text))
    _, _, other = site(request=good)
    bad = ask("/x")
    assert bad.status == 503 and b"CloudFront function" in bad.body and b"secret" not in bad.body
    assert bad.cache == "Error" and origin.paths() == []
    assert other("/x").body == b"fine"


def test_publishing_changes_what_runs(cloudfront, function, site):
    arn = function("function handler(e) { return {statusCode: 200, body: 'one'}; }")
    name = arn.rpartition("/")[2]
    _, _, ask = site(request=arn)
    assert ask("/").body == b"one"
    cloudfront.update_function(Name=name, IfMatch=cloudfront.describe_function(Name=name)["ETag"],
                               FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
                               FunctionCode=b"function handler(e) { return {statusCode: 200, body: 'two'}; }")
    assert ask("/").body == b"one"
    cloudfront.publish_function(Name=name, IfMatch=cloudfront.describe_function(Name=name)["ETag"])
    assert ask("/").body == b"two"


def workers(region):
    """Processes that run functions below the region's."""
    out = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in out.splitlines()]
    below, more = {str(region.process.pid)}, True
    while more:
        more = {pid for pid, parent, _ in rows if parent in below} - below
        below |= more
    return [int(pid) for pid, _, name in rows if pid in below and name.startswith("nephele-edge-js")]


def test_a_worker_that_is_killed_is_replaced(edge, function, site):
    _, _, ask = site(request=function("function handler(e) { return {statusCode: 200, body: 'alive'}; }"))
    assert ask("/").body == b"alive"
    before = workers(edge)
    assert len(before) == 1
    os.kill(before[0], signal.SIGKILL)
    assert ask("/").body == b"alive"
    assert len(workers(edge)) == 1 and workers(edge) != before


def test_the_worker_has_nothing_but_its_socket(edge, function, site):
    _, _, ask = site(request=function("function handler(e) { return {statusCode: 200}; }"))
    ask("/")
    pid, = workers(edge)
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1" and int(status["CapEff"], 16) == 0
    with open(f"/proc/{pid}/maps", encoding="ascii") as f:
        assert not [line for line in f if "wx" in line.split()[1]]
