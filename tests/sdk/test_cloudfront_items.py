# SPDX-License-Identifier: Apache-2.0
"""What distributions refer to: policies, origin access, keys. Made, changed, listed, kept while in use."""
import subprocess

import pytest

from cloudfront_help import CACHING_OPTIMIZED, behavior, code, config, items, remove, s3_origin

NO_COOKIES, NO_QUERY = {"CookieBehavior": "none"}, {"QueryStringBehavior": "none"}


@pytest.fixture
def cloudfront(client):
    return client("cloudfront")


def pem(kind="rsa"):
    make = {"rsa": ["genrsa", "2048"], "short": ["genrsa", "1024"],
            "ec": ["ecparam", "-name", "prime256v1", "-genkey", "-noout"]}[kind]
    private = subprocess.run(["openssl", *make], check=True, capture_output=True).stdout
    return subprocess.run(["openssl", "pkey", "-pubout"], input=private, check=True, capture_output=True).stdout.decode()


def cache_policy(name, **more):
    return {"Name": name, "MinTTL": 1, "DefaultTTL": 10, "MaxTTL": 20, "Comment": "",
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": False,
                "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": items("X-Color")},
                "CookiesConfig": NO_COOKIES, "QueryStringsConfig": NO_QUERY}, **more}


def request_policy(name):
    return {"Name": name, "HeadersConfig": {"HeaderBehavior": "none"}, "CookiesConfig": NO_COOKIES,
            "QueryStringsConfig": {"QueryStringBehavior": "all"}}


def headers_policy(name):
    return {"Name": name, "CustomHeadersConfig": items({"Header": "X-A", "Value": "b", "Override": True})}


def access_control(name):
    return {"Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3", "Description": ""}


KINDS = {
    # name of the calls, document, error when the name is taken, error when it is in use, behaviour that uses it
    "cache_policy": ("CachePolicy", cache_policy, "CachePolicyAlreadyExists", "CachePolicyInUse", "NoSuchCachePolicy"),
    "origin_request_policy": ("OriginRequestPolicy", request_policy, "OriginRequestPolicyAlreadyExists",
                              "OriginRequestPolicyInUse", "NoSuchOriginRequestPolicy"),
    "response_headers_policy": ("ResponseHeadersPolicy", headers_policy, "ResponseHeadersPolicyAlreadyExists",
                                "ResponseHeadersPolicyInUse", "NoSuchResponseHeadersPolicy"),
    "origin_access_control": ("OriginAccessControl", access_control, "OriginAccessControlAlreadyExists",
                              "OriginAccessControlInUse", "NoSuchOriginAccessControl"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_named_items(cloudfront, unique, kind):
    shape, document, exists, in_use, missing = KINDS[kind]
    call = {v: getattr(cloudfront, f"{v}_{kind}") for v in ("create", "get", "update", "delete")}
    get_config = getattr(cloudfront, f"get_{kind}_config")
    name, doc = unique(kind.replace("_", "-")), document
    made = call["create"](**{f"{shape}Config": doc(name)})
    id = made[shape]["Id"]
    assert made["Location"].endswith("/" + id) and made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert code(call["create"], **{f"{shape}Config": doc(name)}) == exists
    got = call["get"](Id=id)
    assert got[shape][f"{shape}Config"]["Name"] == name and got["ETag"] == made["ETag"]
    assert get_config(Id=id)[f"{shape}Config"] == got[shape][f"{shape}Config"]
    changed = call["update"](Id=id, IfMatch=got["ETag"], **{f"{shape}Config": doc(name + "-2")})
    assert changed["ETag"] != got["ETag"]
    assert code(call["update"], Id=id, IfMatch=got["ETag"], **{f"{shape}Config": doc(name)}) == "PreconditionFailed"

    use = {"cache_policy": {"CachePolicyId": id}, "origin_request_policy": {"OriginRequestPolicyId": id},
           "response_headers_policy": {"ResponseHeadersPolicyId": id}}.get(kind, {})
    origin = s3_origin("photos", oac=id if kind == "origin_access_control" else "")
    d = cloudfront.create_distribution(DistributionConfig=config(
        origin, default={**behavior("site"), **use}))["Distribution"]["Id"]
    assert code(call["delete"], Id=id, IfMatch=changed["ETag"]) == in_use
    remove(cloudfront, d)
    call["delete"](Id=id, IfMatch=changed["ETag"])
    assert code(call["get"], Id=id) == missing


def test_managed_policies(cloudfront):
    got = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
    names = {p["CachePolicy"]["CachePolicyConfig"]["Name"] for p in got}
    assert {"Managed-CachingOptimized", "Managed-CachingDisabled", "Managed-Amplify",
            "UseOriginCacheControlHeaders"} <= names
    assert {p["Type"] for p in got} == {"managed"}
    one = cloudfront.get_cache_policy(Id=CACHING_OPTIMIZED)
    c = one["CachePolicy"]["CachePolicyConfig"]
    assert (c["MinTTL"], c["DefaultTTL"], c["MaxTTL"]) == (1, 86400, 31536000)
    assert c["ParametersInCacheKeyAndForwardedToOrigin"]["EnableAcceptEncodingBrotli"] is True
    assert code(cloudfront.delete_cache_policy, Id=CACHING_OPTIMIZED, IfMatch=one["ETag"]) == "AccessDenied"
    requests = cloudfront.list_origin_request_policies(Type="managed")["OriginRequestPolicyList"]["Items"]
    assert len(requests) == 8
    headers = cloudfront.list_response_headers_policies(Type="managed")["ResponseHeadersPolicyList"]["Items"]
    assert len(headers) == 5
    pages = cloudfront.list_cache_policies(MaxItems="3")["CachePolicyList"]
    assert len(pages["Items"]) == 3
    seen, marker = [], {}
    while True:
        page = cloudfront.list_cache_policies(MaxItems="3", **marker)["CachePolicyList"]
        seen += [p["CachePolicy"]["Id"] for p in page.get("Items", [])]
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}
    assert len(seen) == len(set(seen)) >= 7


def test_what_policies_may_not_say(cloudfront, unique):
    def key(**more):
        return {**cache_policy("x")["ParametersInCacheKeyAndForwardedToOrigin"], **more}

    create = cloudfront.create_cache_policy
    eleven = items(*(f"X-{i}" for i in range(11)))
    for bad, want in (
            ({"MinTTL": 30}, "InvalidArgument"), ({"MaxTTL": 0, "MinTTL": 0, "DefaultTTL": 0}, "InvalidArgument"),
            ({"Name": "a b"}, "InvalidArgument"), ({"Comment": "x" * 129}, "InvalidArgument"),
            ({"ParametersInCacheKeyAndForwardedToOrigin": key(HeadersConfig={
                "HeaderBehavior": "whitelist", "Headers": eleven})}, "TooManyHeadersInCachePolicy"),
            ({"ParametersInCacheKeyAndForwardedToOrigin": key(CookiesConfig={
                "CookieBehavior": "whitelist", "Cookies": eleven})}, "TooManyCookiesInCachePolicy"),
            ({"ParametersInCacheKeyAndForwardedToOrigin": key(QueryStringsConfig={
                "QueryStringBehavior": "allExcept", "QueryStrings": eleven})}, "TooManyQueryStringsInCachePolicy"),
            ({"ParametersInCacheKeyAndForwardedToOrigin": key(HeadersConfig={
                "HeaderBehavior": "whitelist", "Headers": {"Quantity": 3, "Items": ["A"]}})}, "InconsistentQuantities"),
            ({"ParametersInCacheKeyAndForwardedToOrigin": key(HeadersConfig={
                "HeaderBehavior": "none", "Headers": items("A")})}, "InvalidArgument")):
        assert code(create, CachePolicyConfig=cache_policy(unique("bad"), **bad)
                    if "Name" not in bad else {**cache_policy("x"), **bad}) == want, bad
    headers = cloudfront.create_response_headers_policy
    for bad, want in (
            ({"CustomHeadersConfig": items(*({"Header": f"X-{i}", "Value": "", "Override": False} for i in range(11)))},
             "TooManyCustomHeadersInResponseHeadersPolicy"),
            ({"CustomHeadersConfig": items({"Header": "X A", "Value": "", "Override": False})}, "InvalidArgument"),
            ({"SecurityHeadersConfig": {"ContentSecurityPolicy": {
                "Override": True, "ContentSecurityPolicy": "x" * 1784}}}, "TooLongCSPInResponseHeadersPolicy")):
        assert code(headers, ResponseHeadersPolicyConfig={"Name": unique("bad"), **bad}) == want, bad
    assert code(cloudfront.create_origin_access_control, OriginAccessControlConfig={
        **access_control(unique("oac")), "OriginAccessControlOriginType": "lambda"}) == "UnsupportedOperation"


def test_quota_of_policies(region, unique):
    mine = region.client("cloudfront", "999988887777", "any")
    ids = [mine.create_origin_request_policy(OriginRequestPolicyConfig=request_policy(f"p{i}")) for i in range(20)]
    assert code(mine.create_origin_request_policy,
                OriginRequestPolicyConfig=request_policy("p20")) == "TooManyOriginRequestPolicies"
    for made in ids:
        mine.delete_origin_request_policy(Id=made["OriginRequestPolicy"]["Id"], IfMatch=made["ETag"])


def test_origin_access_identities(cloudfront, unique):
    doc = {"CallerReference": unique("oai"), "Comment": "the site"}
    made = cloudfront.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=doc)
    got = made["CloudFrontOriginAccessIdentity"]
    assert len(got["S3CanonicalUserId"]) == 96
    again = cloudfront.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=doc)
    assert again["CloudFrontOriginAccessIdentity"]["Id"] == got["Id"]
    assert code(cloudfront.create_cloud_front_origin_access_identity, CloudFrontOriginAccessIdentityConfig={
        **doc, "Comment": "another"}) == "CloudFrontOriginAccessIdentityAlreadyExists"
    changed = cloudfront.update_cloud_front_origin_access_identity(
        Id=got["Id"], IfMatch=made["ETag"], CloudFrontOriginAccessIdentityConfig={**doc, "Comment": "new"})
    origin = s3_origin("photos")
    origin["S3OriginConfig"]["OriginAccessIdentity"] = f"origin-access-identity/cloudfront/{got['Id']}"
    d = cloudfront.create_distribution(DistributionConfig=config(origin))["Distribution"]["Id"]
    delete = cloudfront.delete_cloud_front_origin_access_identity
    assert code(delete, Id=got["Id"], IfMatch=changed["ETag"]) == "CloudFrontOriginAccessIdentityInUse"
    listed = cloudfront.list_cloud_front_origin_access_identities()["CloudFrontOriginAccessIdentityList"]["Items"]
    assert {"Id": got["Id"], "S3CanonicalUserId": got["S3CanonicalUserId"], "Comment": "new"} in listed
    remove(cloudfront, d)
    delete(Id=got["Id"], IfMatch=changed["ETag"])


def test_public_keys_and_groups(cloudfront, unique):
    doc = {"CallerReference": unique("key"), "Name": unique("key"), "EncodedKey": pem(), "Comment": ""}
    made = cloudfront.create_public_key(PublicKeyConfig=doc)
    key = made["PublicKey"]["Id"]
    assert key.startswith("K")
    changed = cloudfront.update_public_key(Id=key, IfMatch=made["ETag"], PublicKeyConfig={**doc, "Comment": "new"})
    assert code(cloudfront.update_public_key, Id=key, IfMatch=changed["ETag"], PublicKeyConfig={
        **doc, "EncodedKey": pem()}) == "CannotChangeImmutablePublicKeyFields"
    for bad in ("", "no key", pem("short")):
        assert code(cloudfront.create_public_key, PublicKeyConfig={
            **doc, "CallerReference": "other", "Name": "other", "EncodedKey": bad}) == "InvalidArgument"
    group = cloudfront.create_key_group(KeyGroupConfig={"Name": unique("group"), "Items": [key]})
    id = group["KeyGroup"]["Id"]
    assert code(cloudfront.delete_public_key, Id=key, IfMatch=changed["ETag"]) == "PublicKeyInUse"
    assert code(cloudfront.create_key_group, KeyGroupConfig={"Name": "x", "Items": ["K0"]}) == "InvalidArgument"
    assert code(cloudfront.create_key_group,
                KeyGroupConfig={"Name": "x", "Items": [key] * 6}) == "TooManyPublicKeysInKeyGroup"
    d = cloudfront.create_distribution(DistributionConfig=config(s3_origin("photos"), default=behavior(
        "site", TrustedKeyGroups={"Enabled": True, **items(id)})))["Distribution"]
    assert d["ActiveTrustedKeyGroups"]["Items"] == [{"KeyGroupId": id, "KeyPairIds": items(key)}]
    assert cloudfront.list_distributions_by_key_group(KeyGroupId=id)["DistributionIdList"]["Items"] == [d["Id"]]
    assert code(cloudfront.delete_key_group, Id=id, IfMatch=group["ETag"]) == "ResourceInUse"
    remove(cloudfront, d["Id"])
    cloudfront.delete_key_group(Id=id, IfMatch=group["ETag"])
    cloudfront.delete_public_key(Id=key, IfMatch=changed["ETag"])
    assert code(cloudfront.get_public_key, Id=key) == "NoSuchPublicKey"
    ec = cloudfront.create_public_key(PublicKeyConfig={**doc, "CallerReference": unique("key"), "EncodedKey": pem("ec")})
    assert ec["PublicKey"]["Id"] in [k["Id"] for k in cloudfront.list_public_keys()["PublicKeyList"]["Items"]]
    cloudfront.delete_public_key(Id=ec["PublicKey"]["Id"], IfMatch=ec["ETag"])
