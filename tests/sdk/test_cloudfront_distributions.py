# SPDX-License-Identifier: Apache-2.0
"""Distributions by their API: what is filled in, versions, references, aliases, errors by AWS's codes."""
import copy

import pytest

from cloudfront_help import (CACHING_DISABLED, CACHING_OPTIMIZED, behavior, code, config, custom_origin, items, remove,
                             s3_origin, update)


@pytest.fixture
def cloudfront(client):
    return client("cloudfront")


@pytest.fixture
def make(cloudfront):
    made = []

    def distribution(*origins, **more):
        got = cloudfront.create_distribution(DistributionConfig=config(*origins, **more))["Distribution"]
        made.append(got["Id"])
        return got

    yield distribution
    for id in made:
        if code(cloudfront.get_distribution, Id=id) is None:
            remove(cloudfront, id)


def test_a_distribution_is_told_with_everything_filled_in(cloudfront, make):
    made = make(s3_origin("photos"))
    got = cloudfront.get_distribution(Id=made["Id"])
    d = got["Distribution"]
    assert d["Id"].startswith("E") and len(d["Id"]) == 14 and got["ETag"].startswith("E")
    assert d["ARN"] == f"arn:aws:cloudfront::000000000000:distribution/{d['Id']}"
    assert d["DomainName"].startswith("d") and d["DomainName"].endswith(".cloudfront.net")
    assert d["Status"] == "Deployed" and d["InProgressInvalidationBatches"] == 0
    c = d["DistributionConfig"]
    for empty in ("Aliases", "OriginGroups", "CacheBehaviors", "CustomErrorResponses"):
        assert c[empty] == {"Quantity": 0}, empty
    assert c["Logging"] == {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""}
    assert c["PriceClass"] == "PriceClass_All" and c["HttpVersion"] == "http2"
    assert c["ViewerCertificate"]["CloudFrontDefaultCertificate"] is True
    assert c["Restrictions"] == {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}
    b = c["DefaultCacheBehavior"]
    assert set(b["AllowedMethods"]["Items"]) == {"GET", "HEAD"} == set(b["AllowedMethods"]["CachedMethods"]["Items"])
    assert "ForwardedValues" not in b and b["CachePolicyId"] == CACHING_OPTIMIZED
    assert b["TrustedKeyGroups"] == {"Enabled": False, "Quantity": 0}
    o = c["Origins"]["Items"][0]
    assert o["ConnectionAttempts"] == 3 and o["ConnectionTimeout"] == 10 and o["OriginPath"] == ""
    # The same document comes back unchanged: a second plan is empty.
    again = cloudfront.update_distribution(Id=d["Id"], IfMatch=got["ETag"], DistributionConfig=c)
    assert again["Distribution"]["DistributionConfig"] == c and again["ETag"] != got["ETag"]
    assert [x["Id"] for x in cloudfront.list_distributions()["DistributionList"]["Items"]
            if x["Id"] == d["Id"]] == [d["Id"]]


def test_a_reference_makes_one_distribution(cloudfront, make):
    made = make(s3_origin("photos"), CallerReference="the-same")
    with pytest.raises(cloudfront.exceptions.DistributionAlreadyExists, match=made["Id"]):
        cloudfront.create_distribution(DistributionConfig=config(s3_origin("photos"), CallerReference="the-same"))


def test_versions_keep_two_writers_apart(cloudfront, make):
    id = make(s3_origin("photos"))["Id"]
    first = cloudfront.get_distribution_config(Id=id)
    update(cloudfront, id, Comment="mine")
    c = first["DistributionConfig"]
    assert code(cloudfront.update_distribution, Id=id, IfMatch=first["ETag"],
                DistributionConfig=c) == "PreconditionFailed"
    assert code(cloudfront.update_distribution, Id=id, IfMatch="nonsense",
                DistributionConfig=c) == "InvalidIfMatchVersion"
    assert code(cloudfront.update_distribution, Id=id, DistributionConfig=c) == "InvalidIfMatchVersion"
    etag = cloudfront.get_distribution(Id=id)["ETag"]
    assert code(cloudfront.update_distribution, Id=id, IfMatch=etag,
                DistributionConfig={**c, "CallerReference": "another"}) == "IllegalUpdate"
    assert code(cloudfront.delete_distribution, Id=id, IfMatch=etag) == "DistributionNotDisabled"
    assert code(cloudfront.get_distribution, Id="E00000000000") == "NoSuchDistribution"
    remove(cloudfront, id)
    assert code(cloudfront.get_distribution, Id=id) == "NoSuchDistribution"


BAD = {
    "InconsistentQuantities": [
        lambda c: c["Origins"].update(Quantity=2)],
    "NoSuchOrigin": [
        lambda c: c["DefaultCacheBehavior"].update(TargetOriginId="other"),
        lambda c: c.update(CacheBehaviors=items({**behavior("other"), "PathPattern": "/a/*"}))],
    "NoSuchCachePolicy": [
        lambda c: c["DefaultCacheBehavior"].update(CachePolicyId="658327ea-f89d-4fab-a63d-000000000000")],
    "NoSuchOriginRequestPolicy": [
        lambda c: c["DefaultCacheBehavior"].update(OriginRequestPolicyId="658327ea-0000-4fab-a63d-000000000000")],
    "NoSuchResponseHeadersPolicy": [
        lambda c: c["DefaultCacheBehavior"].update(ResponseHeadersPolicyId="658327ea-0000-4fab-a63d-000000000000")],
    "InvalidOriginAccessControl": [
        lambda c: c["Origins"]["Items"][0].update(OriginAccessControlId="E000000000000")],
    "InvalidOriginAccessIdentity": [
        lambda c: c["Origins"]["Items"][0]["S3OriginConfig"].update(OriginAccessIdentity="E12"),
        lambda c: c["Origins"]["Items"][0]["S3OriginConfig"].update(
            OriginAccessIdentity="origin-access-identity/cloudfront/E000000000000")],
    "TrustedKeyGroupDoesNotExist": [
        lambda c: c["DefaultCacheBehavior"].update(TrustedKeyGroups={"Enabled": True, **items("nothing")})],
    "InvalidViewerCertificate": [
        lambda c: c.update(Aliases=items("www.example.com")),
        lambda c: c.update(ViewerCertificate={"ACMCertificateArn": "arn:aws:acm:eu-west-1:000000000000:certificate/a",
                                              "SSLSupportMethod": "sni-only"})],
    "InvalidGeoRestrictionParameter": [
        lambda c: c.update(Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 0}})],
    "InvalidLocationCode": [
        lambda c: c.update(Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", **items("Germany")}})],
    "InvalidErrorCode": [lambda c: c.update(CustomErrorResponses=items({"ErrorCode": 418}))],
    "InvalidResponseCode": [
        lambda c: c.update(CustomErrorResponses=items({"ErrorCode": 404, "ResponseCode": "299",
                                                       "ResponsePagePath": "/a"}))],
    "InvalidDefaultRootObject": [lambda c: c.update(DefaultRootObject="/index.html")],
    "InvalidTTLOrder": [
        lambda c: legacy(c, MinTTL=10, DefaultTTL=5)],
    "InvalidForwardCookies": [
        lambda c: legacy(c, ForwardedValues={"QueryString": False, "Cookies": {"Forward": "whitelist"}})],
    "InvalidHeadersForS3Origin": [
        lambda c: legacy(c, ForwardedValues={"QueryString": False, "Cookies": {"Forward": "none"},
                                             "Headers": items("Host")})],
    "InvalidQueryStringParameters": [
        lambda c: legacy(c, ForwardedValues={"QueryString": False, "Cookies": {"Forward": "none"},
                                             "QueryStringCacheKeys": items("a")})],
    "TooManyOriginCustomHeaders": [
        lambda c: c["Origins"]["Items"][0].update(
            CustomHeaders=items(*({"HeaderName": f"X-{i}", "HeaderValue": "a"} for i in range(31))))],
    "TooManyOrigins": [
        lambda c: c.update(Origins=items(*(s3_origin("photos", id=f"o{i}" if i else "site") for i in range(101))))],
    "TooManyCacheBehaviors": [
        lambda c: c.update(CacheBehaviors=items(*({**behavior("site"), "PathPattern": f"/{i}"} for i in range(76))))],
    "TooManyKeyGroupsAssociatedToDistribution": [
        lambda c: c["DefaultCacheBehavior"].update(
            TrustedKeyGroups={"Enabled": True, **items(*(f"g{i}" for i in range(5)))})],
    "TooManyOriginGroupsPerDistribution": [
        lambda c: c.update(OriginGroups=items(*(group(f"g{i}", "site", "site") for i in range(11))))],
    "InvalidArgument": [
        lambda c: c["Origins"]["Items"][0].update(DomainName="photos.example.com"),
        lambda c: c["Origins"]["Items"][0].update(DomainName="127.0.0.1"),
        lambda c: c["Origins"]["Items"][0].update(ConnectionAttempts=4),
        lambda c: c["Origins"]["Items"][0].update(OriginPath="a"),
        lambda c: c["Origins"]["Items"][0].update(
            CustomHeaders=items({"HeaderName": "Host", "HeaderValue": "example.com"})),
        lambda c: c["Origins"]["Items"][0].update(CustomOriginConfig={
            "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}),
        lambda c: c["DefaultCacheBehavior"].update(AllowedMethods={**items("GET", "HEAD", "PUT"),
                                                                   "CachedMethods": items("GET", "HEAD")}),
        lambda c: c["DefaultCacheBehavior"].update(MinTTL=3),
        lambda c: c["DefaultCacheBehavior"].pop("CachePolicyId"),
        lambda c: c.update(CacheBehaviors=items(*({**behavior("site"), "PathPattern": "/a"} for _ in range(2)))),
        lambda c: c.update(Comment="x" * 129),
        lambda c: c.update(Logging={"Enabled": True, "IncludeCookies": False, "Bucket": "logs", "Prefix": ""}),
        lambda c: c.update(OriginGroups=items(group("g", "site", "site")))],
    # Refused in this region, and said so.
    "UnsupportedOperation": [
        lambda c: c.update(HttpVersion="http2and3"),
        lambda c: c.update(HttpVersion="http1.1"),
        lambda c: c.update(Origins=items(custom_origin("a.example.com", 80, id="site", custom={
            "OriginSslProtocols": items("TLSv1", "TLSv1.1")}))),
        lambda c: c.update(WebACLId="arn:aws:wafv2:us-east-1:000000000000:global/webacl/a/b"),
        lambda c: c.update(Staging=True),
        lambda c: c["Origins"]["Items"][0].update(OriginShield={"Enabled": True, "OriginShieldRegion": "us-east-1"}),
        lambda c: c["DefaultCacheBehavior"].update(TrustedSigners={"Enabled": True, **items("self")}),
        lambda c: c["DefaultCacheBehavior"].update(RealtimeLogConfigArn="arn:aws:cloudfront::0:realtime-log-config/a"),
        lambda c: c["DefaultCacheBehavior"].update(LambdaFunctionAssociations=items({
            "LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:a:1",
            "EventType": "viewer-request"}))],
}


def legacy(c, **values):
    b = c["DefaultCacheBehavior"]
    b.pop("CachePolicyId", None)
    b.update({"ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}, "MinTTL": 0, **values})


def group(id, *members):
    return {"Id": id, "FailoverCriteria": {"StatusCodes": items(500)},
            "Members": items(*({"OriginId": m} for m in members))}


@pytest.mark.parametrize("expected, spoil", [(k, f) for k, fs in BAD.items() for f in fs],
                         ids=[f"{k}-{i}" for k, fs in BAD.items() for i, _ in enumerate(fs)])
def test_what_is_wrong_with_a_document_is_told_by_its_code(cloudfront, expected, spoil):
    c = copy.deepcopy(config(s3_origin("photos")))
    spoil(c)
    assert code(cloudfront.create_distribution, DistributionConfig=c) == expected


def test_legacy_forwarded_values_have_ttls(cloudfront, make):
    c = config(custom_origin("origin.example.com", 8080))
    legacy(c)
    got = cloudfront.create_distribution(DistributionConfig=c)["Distribution"]
    b = got["DistributionConfig"]["DefaultCacheBehavior"]
    assert (b["MinTTL"], b["DefaultTTL"], b["MaxTTL"]) == (0, 86400, 31536000)
    assert b["ForwardedValues"]["Headers"] == {"Quantity": 0} == b["ForwardedValues"]["QueryStringCacheKeys"]
    assert "CachePolicyId" not in b
    remove(cloudfront, got["Id"])


def test_lists_by_what_distributions_use(cloudfront, make):
    a = make(s3_origin("photos"))["Id"]
    b = make(s3_origin("photos"), default=behavior("site", CACHING_DISABLED))["Id"]
    by = cloudfront.list_distributions_by_cache_policy_id
    assert by(CachePolicyId=CACHING_DISABLED)["DistributionIdList"]["Items"] == [b]
    assert a in by(CachePolicyId=CACHING_OPTIMIZED)["DistributionIdList"]["Items"]
    assert code(by, CachePolicyId="nothing") == "NoSuchCachePolicy"
    page = cloudfront.list_distributions(MaxItems="1")["DistributionList"]
    assert page["IsTruncated"] and page["NextMarker"] == page["Items"][0]["Id"]
    seen = [d["Id"] for p in cloudfront.get_paginator("list_distributions").paginate(
        PaginationConfig={"PageSize": 1}) for d in p["DistributionList"].get("Items", [])]
    assert {a, b} <= set(seen) and len(seen) == len(set(seen))
    none = cloudfront.list_distributions_by_web_acl_id(WebACLId="null")["DistributionList"]
    assert {a, b} <= {d["Id"] for d in none["Items"]}


def test_tags(cloudfront):
    tags = {"Items": [{"Key": "team", "Value": "web"}]}
    got = cloudfront.create_distribution_with_tags(DistributionConfigWithTags={
        "DistributionConfig": config(s3_origin("photos")), "Tags": tags})["Distribution"]
    arn = got["ARN"]
    assert cloudfront.list_tags_for_resource(Resource=arn)["Tags"] == tags
    cloudfront.tag_resource(Resource=arn, Tags={"Items": [{"Key": "stage", "Value": "dev"}]})
    cloudfront.untag_resource(Resource=arn, TagKeys={"Items": ["team"]})
    assert cloudfront.list_tags_for_resource(Resource=arn)["Tags"]["Items"] == [{"Key": "stage", "Value": "dev"}]
    assert code(cloudfront.tag_resource, Resource=arn,
                Tags={"Items": [{"Key": "aws:x", "Value": ""}]}) == "InvalidTagging"
    remove(cloudfront, got["Id"])
    assert code(cloudfront.list_tags_for_resource, Resource=arn) == "NoSuchResource"


def test_invalidations_are_completed_when_they_are_told(cloudfront, make):
    id = make(s3_origin("photos"))["Id"]
    batch = {"Paths": items("/a/*", "/b"), "CallerReference": "one"}
    first = cloudfront.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]
    assert first["Status"] == "Completed" and first["InvalidationBatch"] == batch
    again = cloudfront.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]
    assert again["Id"] == first["Id"]
    assert code(cloudfront.create_invalidation, DistributionId=id,
                InvalidationBatch={**batch, "Paths": items("/c")}) == "InvalidArgument"
    second = cloudfront.create_invalidation(DistributionId=id, InvalidationBatch={
        "Paths": items("/*"), "CallerReference": "two"})["Invalidation"]
    got = cloudfront.list_invalidations(DistributionId=id)["InvalidationList"]
    assert [i["Id"] for i in got["Items"]] == [second["Id"], first["Id"]]
    page = cloudfront.list_invalidations(DistributionId=id, MaxItems="1")["InvalidationList"]
    rest = cloudfront.list_invalidations(DistributionId=id, Marker=page["NextMarker"])["InvalidationList"]
    assert [i["Id"] for i in page["Items"] + rest["Items"]] == [second["Id"], first["Id"]]
    assert cloudfront.get_invalidation(DistributionId=id, Id=first["Id"])["Invalidation"] == first
    assert code(cloudfront.get_invalidation, DistributionId=id, Id="I0") == "NoSuchInvalidation"
    for bad in ("a", "/a*b", "/a b"):
        assert code(cloudfront.create_invalidation, DistributionId=id, InvalidationBatch={
            "Paths": items(bad), "CallerReference": bad}) == "InvalidArgument", bad
    many = items(*(f"/{i}" for i in range(3001)))
    assert code(cloudfront.create_invalidation, DistributionId=id, InvalidationBatch={
        "Paths": many, "CallerReference": "many"}) == "TooManyInvalidationsInProgress"


def test_policies_decide_who_may(region, client, user, cloudfront, make):
    d = make(s3_origin("photos"))
    key = user({"Effect": "Allow", "Action": "cloudfront:GetDistribution", "Resource": d["ARN"]})
    theirs = region.client("cloudfront", *key)
    assert theirs.get_distribution(Id=d["Id"])["Distribution"]["Id"] == d["Id"]
    assert code(theirs.get_distribution_config, Id=d["Id"]) == "AccessDenied"
    assert code(theirs.get_distribution, Id="E00000000000") == "AccessDenied"
    assert code(theirs.list_distributions) == "AccessDenied"
