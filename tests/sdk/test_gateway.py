# SPDX-License-Identifier: Apache-2.0
"""The gateway itself: its own pages, TLS on the same port, the rules for browsers."""
import json
import ssl
import urllib.error
import urllib.request


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


def test_tls_on_the_same_port_by_the_regions_authority(region):
    context = ssl.create_default_context(cafile=region.ca)
    status, _ = get(region.https + "/_nephele/health", context=context)
    assert status == 200


def test_a_foreign_host_is_refused(region):
    status, _ = get(region.endpoint + "/", {"Host": "evil.example"})
    assert status == 421


def test_a_web_page_may_not_ask_the_region_itself(region):
    status, _ = get(region.endpoint + "/_nephele/health", {"Origin": "http://evil.example"})
    assert status == 403


def test_the_clock_needs_the_token(region):
    request = urllib.request.Request(region.endpoint + "/_nephele/clock?advance_ms=0", method="POST", data=b"")
    try:
        with urllib.request.urlopen(request) as reply:
            status = reply.status
    except urllib.error.HTTPError as e:
        status = e.code
    assert status == 403
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
