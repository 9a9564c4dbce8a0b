# SPDX-License-Identifier: Apache-2.0
"""Buckets as websites, and what web pages of other origins may do with a bucket."""
import pytest

from s3_help import allow, ask, fails, open_to_the_public, put_policy

CONFIGURATION = {
    "IndexDocument": {"Suffix": "index.html"},
    "ErrorDocument": {"Key": "error.html"},
    "RoutingRules": [
        {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}},
        {"Condition": {"KeyPrefixEquals": "img/", "HttpErrorCodeReturnedEquals": "404"},
         "Redirect": {"HostName": "img.test", "Protocol": "https", "HttpRedirectCode": "302",
                      "ReplaceKeyWith": "missing.png"}},
    ],
}


@pytest.fixture
def site(region, s3, bucket):
    """get(path, …) of a public website with a few pages."""
    open_to_the_public(s3, bucket)
    put_policy(s3, bucket, allow(bucket, "s3:GetObject", resource=f"arn:aws:s3:::{bucket}/*"),
               allow(bucket, "s3:ListBucket", resource=f"arn:aws:s3:::{bucket}"))
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=CONFIGURATION)

    def put(key, text, **more):
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType="text/html", **more)
    put("index.html", "<h1>home</h1>")
    put("docs/index.html", "<h1>docs</h1>")
    put("a b/ü.html", "<h1>odd</h1>")
    put("new/page.html", "<h1>new</h1>")

    def get(path, host=f"{bucket}.s3-website.localhost", **more):
        return ask(region, path, host=host, **more)
    get.put = put
    get.bucket = bucket
    return get


def test_pages(site):
    home = site("/")
    assert home.status == 200 and home.text == "<h1>home</h1>"
    assert home.headers["content-type"] == "text/html" and home.headers["server"] == "AmazonS3"
    assert home.headers["etag"] and home.headers["last-modified"] and home.headers["x-amz-request-id"]
    assert site("/docs/").text == "<h1>docs</h1>"
    assert site("/docs").status == 302 and site("/docs%00x").status == 404
    assert site("/index.html").text == "<h1>home</h1>"
    assert site("/a%20b/%C3%BC.html").text == "<h1>odd</h1>"
    assert site("/index.html?any=query&acl").text == "<h1>home</h1>"


@pytest.mark.parametrize("host", [
    "{}.s3-website-us-east-1.amazonaws.com", "{}.s3-website.us-east-1.amazonaws.com", "{}.s3-website.localhost:4566",
    "{}.s3-website-us-east-1.localhost", "{}.s3-website.us-east-1.localhost:80"])
def test_host_names(site, host):
    assert site("/", host=host.format(site.bucket)).text == "<h1>home</h1>"


def test_a_bucket_named_like_a_host_is_its_site(region, s3, site, unique):
    name = unique("www") + ".example.com"
    s3.create_bucket(Bucket=name)
    assert ask(region, "/", host=name).status == 421
    open_to_the_public(s3, name)
    put_policy(s3, name, allow(name, "s3:GetObject", resource=f"arn:aws:s3:::{name}/*"))
    s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "i.html"}})
    s3.put_object(Bucket=name, Key="i.html", Body=b"mine")
    assert ask(region, "/", host=name).text == "mine"
    s3.delete_object(Bucket=name, Key="i.html")
    s3.delete_bucket(Bucket=name)
    assert ask(region, "/", host=name).status == 421


def test_head_ranges_and_conditions(site):
    head = site("/", method="HEAD")
    assert head.status == 200 and head.headers["content-length"] == "13" and not head.body
    part = site("/", Range="bytes=1-2")
    assert part.status == 206 and part.text == "h1" and part.headers["content-range"] == "bytes 1-2/13"
    etag = site("/").headers["etag"]
    assert site("/", If_None_Match=etag).status == 304
    assert site("/", If_Match='"other"').status == 412


def test_a_folder_without_its_slash_is_sent_on(site):
    answer = site("/docs")
    assert answer.status == 302 and answer.headers["location"] == "/docs/"


def test_the_error_document(site):
    site.put("error.html", "<h1>sorry</h1>")
    answer = site("/none.html", Range="bytes=0-1", If_None_Match="*")
    assert answer.status == 404 and answer.text == "<h1>sorry</h1>"
    head = site("/none.html", method="HEAD")
    assert head.status == 404 and not head.body and head.headers["content-type"] == "text/html"


def test_error_pages(site, s3):
    answer = site("/none<b>.html")
    assert answer.status == 404 and answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-amz-error-code"] == "NoSuchKey"
    assert "<title>404 Not Found</title>" in answer.text and "<li>Code: NoSuchKey</li>" in answer.text
    assert "<li>Message: The specified key does not exist.</li>" in answer.text
    assert "<li>Key: none&lt;b&gt;.html</li>" in answer.text
    assert "An Error Occurred While Attempting to Retrieve a Custom Error Document" in answer.text
    assert "<li>Key: error.html</li>" in answer.text
    put_policy(s3, site.bucket, allow(site.bucket, "s3:GetObject", resource=f"arn:aws:s3:::{site.bucket}/docs/*"))
    answer = site("/")
    assert answer.status == 403 and "<li>Code: AccessDenied</li>" in answer.text
    # who may not list is not told what is missing
    assert site("/docs/none").status == 403


def test_an_error_page_is_whole(site):
    """Its key may be all that a request line holds, and each byte of it five of the page."""
    got = site("/" + "&" * 16_000)
    assert got.status == 404 and "<li>Key: " + "&amp;" * 16_000 + "</li>" in got.text
    assert got.text.endswith("</html>\n")


def test_errors_of_the_site_itself(region, s3, site, unique):
    assert "<li>Code: MethodNotAllowed</li>" in site("/", method="POST", body=b"x").text
    assert site("/", method="DELETE").status == 405
    answer = site("/", host=unique("no-site") + ".s3-website.localhost")
    assert answer.status == 404 and "<li>Code: NoSuchBucket</li>" in answer.text
    answer = site("/", host=site.bucket + ".s3-website.eu-west-1.localhost")
    assert answer.status == 400 and "<li>Code: IncorrectEndpoint</li>" in answer.text
    s3.delete_bucket_website(Bucket=site.bucket)
    answer = site("/")
    assert answer.status == 404 and "<li>Code: NoSuchWebsiteConfiguration</li>" in answer.text


def test_routing_rules(site):
    answer = site("/old/page.html")
    assert answer.status == 301
    assert answer.headers["location"] == f"http://{site.bucket}.s3-website.localhost/new/page.html"
    answer = site("/img/none.png")
    assert answer.status == 302 and answer.headers["location"] == "https://img.test/missing.png"
    site.put("img/some.png", "here")
    assert site("/img/some.png").text == "here"


def test_an_object_that_redirects(site):
    site.put("moved", "", WebsiteRedirectLocation="https://else.test/x")
    answer = site("/moved")
    assert answer.status == 301 and answer.headers["location"] == "https://else.test/x"


def test_redirect_all(s3, site):
    s3.put_bucket_website(Bucket=site.bucket, WebsiteConfiguration={
        "RedirectAllRequestsTo": {"HostName": "else.test", "Protocol": "https"}})
    answer = site("/a/b?c=d")
    assert answer.status == 301 and answer.headers["location"] == "https://else.test/a/b?c=d"


def test_a_long_redirect_is_sent_whole(s3, site):
    prefix = "ü" * 3000
    s3.put_bucket_website(Bucket=site.bucket, WebsiteConfiguration=CONFIGURATION | {"RoutingRules": [
        {"Condition": {"KeyPrefixEquals": "old/"},
         "Redirect": {"HostName": "h" * 2000, "ReplaceKeyPrefixWith": prefix}}]})
    answer = site("/old/x")
    assert answer.status == 301
    assert answer.headers["location"] == f"http://{'h' * 2000}/{'%C3%BC' * 3000}x"


def test_what_an_answer_quotes_is_limited(s3, site):
    """128 KiB of a website, 64 KiB of CORS rules, as the API reference has them. The head of an answer holds what they name."""
    path = "/" + "p" * 4000
    for length in (60_000, 128 << 10, 1_048_300):
        to = {"RedirectAllRequestsTo": {"HostName": "h" * length}}
        if length == 60_000:
            s3.put_bucket_website(Bucket=site.bucket, WebsiteConfiguration=to)
        else:
            with fails("MaxMessageLengthExceeded"):
                s3.put_bucket_website(Bucket=site.bucket, WebsiteConfiguration=to)
        answer = site(path)
        assert (answer.status, answer.headers["location"]) == (301, f"http://{'h' * 60_000}{path}")
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": ["e" * (64 << 10)]}
    with fails("MaxMessageLengthExceeded"):
        s3.put_bucket_cors(Bucket=site.bucket, CORSConfiguration={"CORSRules": [rule]})


def test_policies_see_the_visitor(s3, site):
    put_policy(s3, site.bucket, allow(site.bucket, "s3:GetObject", resource=f"arn:aws:s3:::{site.bucket}/*",
                                      Condition={"StringLike": {"aws:Referer": "http://good.test/*"}}))
    assert site("/index.html", Referer="http://good.test/x").status == 200
    assert site("/index.html", Referer="http://bad.test/x").status == 403


def test_the_configuration(s3, bucket):
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=CONFIGURATION)
    got = s3.get_bucket_website(Bucket=bucket)
    got.pop("ResponseMetadata")
    assert got == CONFIGURATION
    for bad, code, text in (
            ({"IndexDocument": {"Suffix": "a/b"}}, "InvalidArgument", "not well formed"),
            ({"ErrorDocument": {"Key": "e"}}, "InvalidArgument", "IndexDocument Suffix must be provided"),
            ({**CONFIGURATION, "RedirectAllRequestsTo": {"HostName": "x"}}, "InvalidArgument", "in conjunction"),
            ({**CONFIGURATION, "RoutingRules": CONFIGURATION["RoutingRules"] * 26}, "InvalidRequest", "limited to 50"),
            ({**CONFIGURATION, "RoutingRules": [{"Redirect": {"HttpRedirectCode": "200"}}]}, "InvalidArgument", "3XX")):
        with fails(code, 400, text):
            s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=bad)


# --- CORS ---

RULES = [
    {"ID": "write", "AllowedOrigins": ["https://*.good.test"], "AllowedMethods": ["PUT", "POST"],
     "AllowedHeaders": ["content-type", "x-amz-*"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 600},
    {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]},
]


@pytest.fixture
def cors(s3, bucket):
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": RULES})
    return bucket


def preflight(region, path, origin, method, headers=None, host=None):
    more = {"Access_Control_Request_Headers": headers} if headers else {}
    return ask(region, path, host=host, method="OPTIONS", Origin=origin, Access_Control_Request_Method=method, **more)


def test_cors_configuration(s3, cors):
    assert s3.get_bucket_cors(Bucket=cors)["CORSRules"] == RULES
    with fails("InvalidRequest", 400, "Unsupported method is PATCH"):
        s3.put_bucket_cors(Bucket=cors, CORSConfiguration={"CORSRules": [
            {"AllowedOrigins": ["*"], "AllowedMethods": ["PATCH"]}]})
    s3.delete_bucket_cors(Bucket=cors)
    with fails("NoSuchCORSConfiguration", 404):
        s3.get_bucket_cors(Bucket=cors)


@pytest.mark.parametrize("host,path", [(None, "/{}/a"), ("{}.s3.localhost", "/a"), ("{}.s3-website.localhost", "/a")])
def test_a_preflight_that_is_allowed(region, cors, host, path):
    host = host and host.format(cors)
    answer = preflight(region, path.format(cors), "https://www.good.test", "PUT", "Content-Type, X-Amz-Date", host)
    assert answer.status == 200 and not answer.body
    assert answer.headers["access-control-allow-origin"] == "https://www.good.test"
    assert answer.headers["access-control-allow-methods"] == "PUT, POST"
    assert answer.headers["access-control-allow-headers"] == "content-type, x-amz-date"
    assert answer.headers["access-control-expose-headers"] == "ETag"
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]


def test_a_preflight_that_is_not(region, s3, cors):
    for origin, method, headers in (("https://bad.test", "PUT", None), ("https://www.good.test", "DELETE", None),
                                    ("https://www.good.test", "PUT", "authorization")):
        answer = preflight(region, f"/{cors}/a", origin, method, headers)
        assert answer.status == 403 and "<Code>AccessForbidden</Code>" in answer.text
        assert "This CORS request is not allowed" in answer.text and "<ResourceType>OBJECT</ResourceType>" in answer.text
    answer = ask(region, f"/{cors}/a", method="OPTIONS")
    assert answer.status == 400 and "Origin request header needed" in answer.text
    s3.delete_bucket_cors(Bucket=cors)
    answer = preflight(region, f"/{cors}", "https://www.good.test", "PUT")
    assert answer.status == 403 and "CORS is not enabled for this bucket" in answer.text


def test_answers_to_a_page(region, s3, cors):
    open_to_the_public(s3, cors)
    put_policy(s3, cors, allow(cors, "s3:GetObject", resource=f"arn:aws:s3:::{cors}/*"))
    s3.put_object(Bucket=cors, Key="a", Body=b"x")
    answer = ask(region, f"/{cors}/a", Origin="https://any.test")
    assert answer.status == 200 and answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in ask(region, f"/{cors}/a").headers
    # a foreign page may not send what the rules do not allow, signed or not
    assert ask(region, f"/{cors}/a", method="DELETE", Origin="https://any.test").status == 403
    # an image or a link of another page carries no origin
    assert ask(region, f"/{cors}/a", Sec_Fetch_Site="cross-site").status == 200
