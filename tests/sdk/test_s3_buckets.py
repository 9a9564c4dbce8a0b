# SPDX-License-Identifier: Apache-2.0
"""Buckets from create to delete: names, regions, errors; every configuration and its absence."""
import re

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.handlers
import pytest

from s3_help import ask, fails


@pytest.fixture
def other(region):
    """S3 of another account's root."""
    return region.client("s3", "111122223333", "any")


def signed(region, method, path, host=None, signed_region="us-east-1", key=None, body=b"", service="s3", **headers):
    """A request signed by hand: what a client without any cleverness sends."""
    host = host or region.address
    fields = {"Host": host, **{k.replace("_", "-"): v for k, v in headers.items()}}
    request = botocore.awsrequest.AWSRequest(method=method, url=f"http://{host}{path}", headers=fields, data=body)
    credentials = botocore.credentials.Credentials(*(key or region.root))
    botocore.auth.S3SigV4Auth(credentials, service, signed_region).add_auth(request)
    fields = {k: v for k, v in request.headers.items() if k.lower() != "host"}
    return ask(region, path, host=host, method=method, body=body or None, **fields)


# --- create to delete ---

def test_a_bucket_is_made_found_and_deleted(s3, unique):
    name = unique("made")
    made = s3.create_bucket(Bucket=name)
    assert made["Location"] == f"/{name}"
    assert made["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-arn"] == f"arn:aws:s3:::{name}"
    head = s3.head_bucket(Bucket=name)
    assert head["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"
    assert head["ResponseMetadata"]["HTTPHeaders"]["server"] == "AmazonS3"
    assert len(head["ResponseMetadata"]["RequestId"]) == 16
    assert name in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.delete_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 204
    with fails("404", 404):
        s3.head_bucket(Bucket=name)
    with fails("NoSuchBucket", 404) as error:
        s3.delete_bucket(Bucket=name)
    assert error["Error"]["BucketName"] == name


@pytest.mark.parametrize("name", ["ab", "A-bucket", "under_score", "dot..dot", "192.168.5.4", "xn--abc", "end-",
                                  "abc-s3alias", "x" * 64])
def test_a_bad_name_is_refused(s3, name):
    # botocore checks names by itself; the region must as well
    s3.meta.events.unregister("before-parameter-build.s3", botocore.handlers.validate_bucket_name)
    with fails("InvalidBucketName", 400, "not valid"):
        s3.create_bucket(Bucket=name)


def test_the_own_bucket_again_is_fine_in_us_east_1_only(region, s3, bucket, unique):
    s3.create_bucket(Bucket=bucket)
    west = region.client("s3", region="eu-west-1")
    name = unique("west")
    west.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with fails("BucketAlreadyOwnedByYou", 409):
        west.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    west.delete_bucket(Bucket=name)


def test_a_name_is_taken_for_all_accounts(other, bucket):
    with fails("BucketAlreadyExists", 409):
        other.create_bucket(Bucket=bucket)
    assert bucket not in [b["Name"] for b in other.list_buckets()["Buckets"]]


def test_location_constraints(region, s3, unique):
    west = region.client("s3", region="eu-west-1")
    with fails("IllegalLocationConstraintException", 400, "unspecified"):
        west.create_bucket(Bucket=unique("loc"))
    with fails("IllegalLocationConstraintException", 400, "us-west-2"):
        west.create_bucket(Bucket=unique("loc"), CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    for none in ("us-gov-west-1", "us-east-1", "no-region-1"):   # AWS: us-east-1 is the one that is not named
        with fails("InvalidLocationConstraint", 400) as e:
            s3.create_bucket(Bucket=unique("loc"), CreateBucketConfiguration={"LocationConstraint": none})
        assert e["Error"]["LocationConstraint"] == none
    name = unique("loc")
    made = s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "EU"})
    assert made["Location"] == f"http://{name}.s3.amazonaws.com/"
    assert west.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    west.delete_bucket(Bucket=name)


def test_buckets_are_listed_in_pages_by_prefix_and_region(region, unique):
    key = ("222233334444", "any")
    c, west = region.client("s3", *key), region.client("s3", *key, region="eu-west-1")
    names = sorted(unique("page") for _ in range(5))
    for name in names:
        c.create_bucket(Bucket=name)
    abroad = unique("abroad")
    west.create_bucket(Bucket=abroad, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def listed(query):
        answer = signed(region, "GET", "/?" + query, key=key)
        assert answer.status == 200, answer.text
        return re.findall("<Name>(.*?)</Name>", answer.text), \
            re.findall("<ContinuationToken>(.*?)</ContinuationToken>", answer.text), answer.text
    seen, token = [], ""
    while True:
        found, next_token, _ = listed("max-buckets=2&prefix=page-" + token)
        assert len(found) <= 2
        seen += found
        if not next_token:
            break
        token = "&continuation-token=" + next_token[0]
    assert seen == names
    found, _, text = listed("bucket-region=eu-west-1")
    assert found == [abroad] and "<BucketRegion>eu-west-1</BucketRegion>" in text
    assert listed("")[0] == sorted([*names, abroad])
    for bad in ("max-buckets=0", "max-buckets=2&prefix=other" + token, "continuation-token=x"):
        answer = signed(region, "GET", "/?" + bad, key=key)
        assert answer.status == 400 and "<Code>InvalidArgument</Code>" in answer.text
    far = signed(region, "GET", "/?max-buckets=10001", key=key)
    assert "Argument max-buckets must be an integer between 1 and 10000." in far.text
    west.delete_bucket(Bucket=abroad)
    for name in names:
        c.delete_bucket(Bucket=name)


# --- regions ---

@pytest.fixture
def abroad(region, unique):
    """A bucket in eu-west-1."""
    west = region.client("s3", region="eu-west-1")
    name = unique("abroad")
    west.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield name
    west.delete_bucket(Bucket=name)


def test_the_wrong_region_is_told_where_to_go(region, abroad):
    answer = signed(region, "GET", f"/{abroad}")
    assert answer.status == 301 and answer.headers["x-amz-bucket-region"] == "eu-west-1"
    assert "<Code>PermanentRedirect</Code>" in answer.text and f"<Bucket>{abroad}</Bucket>" in answer.text
    assert f"<Endpoint>{abroad}.s3.eu-west-1.localhost</Endpoint>" in answer.text
    head = signed(region, "HEAD", f"/{abroad}")
    assert head.status == 301 and head.headers["x-amz-bucket-region"] == "eu-west-1" and not head.body


def test_a_virtual_host_leads_to_the_region(region, abroad):
    answer = signed(region, "GET", "/", host=f"{abroad}.s3.localhost")
    assert answer.status == 400 and "<Code>AuthorizationHeaderMalformed</Code>" in answer.text
    assert "<Region>eu-west-1</Region>" in answer.text
    assert "the region 'us-east-1' is wrong; expecting 'eu-west-1'" in answer.text


def test_a_regional_name_wants_its_own_region(region, bucket, abroad):
    host = f"{bucket}.s3.eu-west-1.localhost"
    assert "<Region>eu-west-1</Region>" in signed(region, "GET", "/", host=host).text
    answer = signed(region, "GET", "/", host=host, signed_region="eu-west-1")
    assert answer.status == 301 and answer.headers["x-amz-bucket-region"] == "us-east-1"
    good = signed(region, "GET", "/", host=f"{abroad}.s3.eu-west-1.amazonaws.com", signed_region="eu-west-1")
    assert good.status == 200


def test_the_partitions_endpoint_sends_on_while_a_bucket_is_new(region, abroad):
    answer = signed(region, "GET", f"/{abroad}?list-type=2", host="s3.amazonaws.com")
    assert answer.status == 307 and "<Code>TemporaryRedirect</Code>" in answer.text
    assert answer.headers["location"] == f"http://{abroad}.s3.eu-west-1.amazonaws.com/?list-type=2"


def test_sdks_find_the_region_by_themselves(region, abroad):
    assert region.client("s3").list_objects_v2(Bucket=abroad)["KeyCount"] == 0


def test_virtual_host_style(region, s3, bucket):
    host = f"{bucket}.s3.localhost"
    assert signed(region, "PUT", "/a%20b/c", host=host, body=b"x").status == 200
    assert signed(region, "GET", "/a%20b/c", host=f"{bucket}.s3.us-east-1.amazonaws.com").body == b"x"
    assert "<Key>a b/c</Key>" in signed(region, "GET", "/?list-type=2", host=host).text
    assert s3.get_object(Bucket=bucket, Key="a b/c")["Body"].read() == b"x"
    assert signed(region, "DELETE", "/a%20b/c", host=host).status == 204


def test_another_owner_was_expected(s3, bucket):
    s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner="000000000000")
    with fails("AccessDenied", 403, "Access Denied"):
        s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner="111122223333")


# --- what a fresh bucket has ---

ABSENT = [
    ("get_bucket_cors", "NoSuchCORSConfiguration"),
    ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
    ("get_bucket_policy", "NoSuchBucketPolicy"),
    ("get_bucket_policy_status", "NoSuchBucketPolicy"),
    ("get_bucket_replication", "ReplicationConfigurationNotFoundError"),
    ("get_bucket_tagging", "NoSuchTagSet"),
    ("get_bucket_website", "NoSuchWebsiteConfiguration"),
    ("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError"),
]


@pytest.mark.parametrize("operation,code", ABSENT)
def test_what_is_not_configured_says_so(s3, bucket, operation, code):
    with fails(code, 404) as error:
        getattr(s3, operation)(Bucket=bucket)
    assert error["Error"]["BucketName"] == bucket


def test_a_fresh_bucket(s3, bucket):
    def get(operation):
        answer = getattr(s3, operation)(Bucket=bucket)
        answer.pop("ResponseMetadata")
        return answer
    assert get("get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"] == [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
    assert get("get_bucket_ownership_controls")["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}]
    assert set(get("get_public_access_block")["PublicAccessBlockConfiguration"].values()) == {True}
    assert get("get_bucket_request_payment") == {"Payer": "BucketOwner"}
    for operation in ("accelerate_configuration", "logging", "versioning", "notification_configuration"):
        assert get("get_bucket_" + operation) == {}
    acl = get("get_bucket_acl")
    assert [g["Permission"] for g in acl["Grants"]] == ["FULL_CONTROL"]
    assert acl["Grants"][0]["Grantee"]["ID"] == acl["Owner"]["ID"] and len(acl["Owner"]["ID"]) == 64


def test_a_query_of_an_operation_that_is_not_served_reaches_none(region, bucket):
    for method, query in (("GET", "analytics"), ("DELETE", "inventory&id=1"), ("PUT", "replication")):
        answer = signed(region, method, f"/{bucket}?{query}")
        assert answer.status == 501 and "<Code>NotImplemented</Code>" in answer.text
    assert signed(region, "HEAD", f"/{bucket}").status == 200


# --- configurations ---

def test_versioning(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended", "MFADelete": "Disabled"})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    with fails("IllegalVersioningConfigurationException", 400):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={})
    with fails("NotImplemented", 501, "MFADelete"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"})
    with fails("MalformedXML", 400):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "On"})


def test_encryption(s3, bucket):
    def put(**by_default):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}]})
    put(SSEAlgorithm="AES256")
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules == [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]
    with fails("InvalidArgument", 400, "KMSMasterKeyID is not applicable"):
        put(SSEAlgorithm="AES256", KMSMasterKeyID="x")
    with fails("MalformedXML", 400):
        put(SSEAlgorithm="ROT13")
    s3.delete_bucket_encryption(Bucket=bucket)
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["BucketKeyEnabled"] is False


def test_public_access_block_and_ownership(s3, bucket):
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False}
    s3.delete_public_access_block(Bucket=bucket)
    with fails("NoSuchPublicAccessBlockConfiguration", 404):
        s3.get_public_access_block(Bucket=bucket)
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    with fails("OwnershipControlsNotFoundError", 404):
        s3.get_bucket_ownership_controls(Bucket=bucket)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    with fails("InvalidBucketAclWithObjectOwnership", 400):
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


def test_tags(s3, bucket):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    with fails("InvalidTag", 400, "same key"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags + tags[:1]})
    with fails("InvalidTag", 400, "System tags"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "aws:x", "Value": ""}]})
    for key, value, message in (("a,b", "c", "TagKey"), ("a", "b,c", "TagValue")):
        with fails("InvalidTag", 400, message):
            s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": key, "Value": value}]})
    with fails("InvalidTag", 400, "TagKey"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "k" * 129, "Value": ""}]})
    fifty = [{"Key": str(i), "Value": ""} for i in range(50)]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": fifty})
    with fails("BadRequest", 400, "50"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": fifty + [{"Key": "x", "Value": ""}]})
    s3.delete_bucket_tagging(Bucket=bucket)
    with fails("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket=bucket)


def test_tags_at_creation(region, s3, unique):
    name = unique("tagged")
    body = (b"<CreateBucketConfiguration><Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags>"
            b"</CreateBucketConfiguration>")
    assert signed(region, "PUT", f"/{name}", body=body).status == 200
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "k", "Value": "v"}]
    s3.delete_bucket(Bucket=name)


def test_request_payment_and_acceleration(s3, bucket):
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Suspended"})
    assert s3.get_bucket_accelerate_configuration(Bucket=bucket)["Status"] == "Suspended"
    with fails("InvalidRequest", 400, "not supported"):
        s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Enabled"})


def test_what_would_do_nothing_is_refused_by_name(s3, bucket):
    """Members that this region does not carry out."""
    def refused(name, call, **members):
        with fails("NotImplemented", 501) as e:
            call(Bucket=bucket, **members)
        assert e["Error"]["Header"] == name

    refused("x-amz-mfa", s3.put_bucket_versioning, MFA="serial 123456",
            VersioningConfiguration={"Status": "Enabled"})
    refused("x-amz-skip-destination-validation", s3.put_bucket_notification_configuration,
            SkipDestinationValidation=True, NotificationConfiguration={})
    s3.put_bucket_notification_configuration(Bucket=bucket, SkipDestinationValidation=False,
                                             NotificationConfiguration={})
    refused("x-amz-bucket-object-lock-token", s3.put_object_lock_configuration, Token="t",
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


def test_object_lock(s3, unique, bucket):
    name = unique("locked")
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}}
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=rule)
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == rule
    with fails("InvalidBucketState", 409):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    for bad in ({"Mode": "GOVERNANCE"}, {"Days": 3}, {"Mode": "COMPLIANCE", "Days": 1, "Years": 1}):
        with fails("MalformedXML", 400):
            s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": bad}})
    s3.delete_bucket(Bucket=name)
    with fails("InvalidBucketState", 409, "Versioning must be"):
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=rule)


def test_a_documents_checksum_is_checked(s3, bucket):
    tags = {"TagSet": [{"Key": "a", "Value": "1"}]}
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging=tags, ChecksumAlgorithm=algorithm)

    def spoil(params, **_):
        params["headers"]["Content-MD5"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    s3.meta.events.register("before-call.s3.PutBucketTagging", spoil)
    try:
        with fails("BadDigest", 400):
            s3.put_bucket_tagging(Bucket=bucket, Tagging=tags)
    finally:
        s3.meta.events.unregister("before-call.s3.PutBucketTagging", spoil)


def test_logging_configuration(s3, bucket, unique):
    target = unique("logs")
    s3.create_bucket(Bucket=target)
    enabled = {"TargetBucket": target, "TargetPrefix": "log/"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"] == enabled
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    with fails("InvalidTargetBucketForLogging", 400):
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": unique("none"), "TargetPrefix": ""}})
    s3.delete_bucket(Bucket=target)


# --- notifications ---

def queue(arn, events=("s3:ObjectCreated:*",), **more):
    return {"QueueConfigurations": [{"QueueArn": arn, "Events": list(events), **more}]}


def test_a_destination_that_is_not_there_is_refused(s3, bucket):
    text = "Unable to validate the following destination configurations"
    for c in (queue("arn:aws:sqs:us-east-1:000000000000:q"),
              {"TopicConfigurations": [{"TopicArn": "arn:aws:sns:us-east-1:000000000000:t",
                                        "Events": ["s3:ObjectCreated:*"]}]},
              {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
                                                 "Events": ["s3:ObjectCreated:*"]}]},
              {"EventBridgeConfiguration": {}}):
        with fails("InvalidArgument", 400, text):
            s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=c)
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})


def test_notification_configuration(s3, bucket):
    arn = "arn:aws:nephele:us-east-1:000000000000:test-target/config"
    filters = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a/"}, {"Name": "suffix", "Value": ".jpg"}]}}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=queue(arn, Id="one", Filter=filters))
    got = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    assert got == [{"Id": "one", "QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": filters}]
    two = {"QueueConfigurations": [
        {"Id": "one", "QueueArn": arn, "Events": ["s3:ObjectCreated:*"]},
        {"Id": "two", "QueueArn": arn, "Events": ["s3:ObjectCreated:Put"]}]}
    with fails("InvalidArgument", 400, "ambiguously"):
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=two)
    two["QueueConfigurations"][1].update(Id="one", Events=["s3:ObjectRemoved:*"])
    with fails("InvalidArgument", 400, "unique"):
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=two)
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    assert "QueueConfigurations" not in s3.get_bucket_notification_configuration(Bucket=bucket)


@pytest.mark.parametrize("what", ["logging", "notification", "publicAccessBlock", "tagging", "versioning", "cors"])
def test_a_document_of_another_name_changes_nothing(region, s3, bucket, what):
    """AWS: also where an empty one would take a configuration away."""
    before = signed(region, "GET", f"/{bucket}?{what}=").body
    for document in (b"<Other/>", b"<!-- <Tagging/> --><Other><TagSet/></Other>"):
        answer = signed(region, "PUT", f"/{bucket}?{what}=", body=document)
        assert answer.status == 400 and "<Code>MalformedXML</Code>" in answer.text
    after = signed(region, "GET", f"/{bucket}?{what}=").body
    assert re.sub(b"<(RequestId|HostId)>[^<]*", b"", after) == re.sub(b"<(RequestId|HostId)>[^<]*", b"", before)
    named = b'<?xml version="1.0"?>\n<!-- a > b -->\n<x:Tagging xmlns:x="http://s3.amazonaws.com/doc/2006-03-01/">' \
            b"<x:TagSet/></x:Tagging>"
    assert signed(region, "PUT", f"/{bucket}?tagging=", body=named).status == 204
    assert "MalformedACLError" in signed(region, "PUT", f"/{bucket}?acl=", body=b"<Other/>").text


# --- S3 Control ---

@pytest.fixture
def control(region):
    """control("GET", path, …) of S3 Control by an account's root."""
    def make(method, path, body=b"", account="000000000000", key=None):
        key = key or (region.root if account == "000000000000" else (account, "any"))
        return signed(region, method, "/v20180820/" + path, body=body, key=key, x_amz_account_id=account)
    return make


def test_the_accounts_host_is_reached_with_the_gateway_as_proxy(region):
    """ACCOUNT.ADDRESS, as SDKs make it of an endpoint, is a name that nobody resolves."""
    through = botocore.config.Config(proxies={"http": region.endpoint})
    control = region.client("s3control", "000000000021", "any", config=through)
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True, "RestrictPublicBuckets": False}
    control.put_public_access_block(AccountId="000000000021", PublicAccessBlockConfiguration=block)
    assert control.get_public_access_block(AccountId="000000000021")["PublicAccessBlockConfiguration"] == block


@pytest.mark.parametrize("service", ["s3express", "s3-object-lambda"])
def test_kinds_of_s3_that_are_not_served_say_so(region, service):
    answer = signed(region, "GET", "/?x-id=ListDirectoryBuckets", service=service)
    assert answer.status == 501
    assert b"<Code>NotImplemented</Code>" in answer.body and service.encode() in answer.body


def test_tags_by_arn(s3, control, bucket):
    path = f"tags/arn%3Aaws%3As3%3A%3A%3A{bucket}"

    def tag(**tags):
        items = "".join(f"<Tag><Key>{k}</Key><Value>{v}</Value></Tag>" for k, v in tags.items())
        document = f'<TagResourceRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Tags>{items}</Tags></TagResourceRequest>'
        return control("POST", path, document.encode())
    assert control("GET", path).status == 200
    assert tag(a="1", b="2").status == 204
    assert tag(b="3").status == 204
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "3"}]
    assert control("DELETE", path + "?tagKeys=a").status == 204
    answer = control("GET", path)
    assert "<Tags><Tag><Key>b</Key><Value>3</Value></Tag></Tags>" in answer.text
    assert control("GET", path, account="111122223333").status == 403
    assert control("GET", path, account="111122223333", key=("222233334444", "any")).status == 403
    missing = control("GET", "tags/arn%3Aaws%3As3%3A%3A%3Ano-such-bucket-here")
    assert missing.status == 404 and "<Code>NoSuchBucket</Code>" in missing.text


def test_the_accounts_public_access_block_goes_for_its_buckets(region, control, unique):
    account = "333344445555"
    s3, name, path = region.client("s3", account, "any"), unique("guarded"), "configuration/publicAccessBlock"
    answer = control("GET", path, account=account)
    assert answer.status == 404 and "<Code>NoSuchPublicAccessBlockConfiguration</Code>" in answer.text
    s3.create_bucket(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    document = (b'<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">'
                b"<BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>")
    assert control("PUT", path, document, account=account).status == 200
    assert "<BlockPublicPolicy>true</BlockPublicPolicy>" in control("GET", path, account=account).text
    policy = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
              f'"Resource":"arn:aws:s3:::{name}/*"}}]}}')
    with fails("AccessDenied", 403, "BlockPublicPolicy"):
        s3.put_bucket_policy(Bucket=name, Policy=policy)
    assert control("DELETE", path, account=account).status == 200
    s3.put_bucket_policy(Bucket=name, Policy=policy)
    s3.delete_bucket(Bucket=name)
    assert control("GET", path, account="000000000000", key=(account, "any")).status == 403


# --- restart ---

def test_everything_is_there_after_a_crash(new_region):
    r = new_region(dev=True)
    s3 = r.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_bucket_tagging(Bucket="kept", Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_website(Bucket="kept", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    r.kill()
    r.start()
    s3 = r.client("s3")
    assert s3.get_bucket_tagging(Bucket="kept")["TagSet"] == [{"Key": "a", "Value": "1"}]
    assert s3.get_bucket_versioning(Bucket="kept")["Status"] == "Enabled"
    assert s3.get_bucket_website(Bucket="kept")["IndexDocument"]["Suffix"] == "index.html"
