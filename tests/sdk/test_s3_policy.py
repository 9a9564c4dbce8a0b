# SPDX-License-Identifier: Apache-2.0
"""Who may: bucket policies and their conditions, other accounts, ACLs, the public access block."""
import json
import urllib.error
import urllib.request

import botocore.config
import pytest

from s3_help import allow, ask, deny, fails, open_to_the_public, put_policy
from s3raw import Raw

OTHER = "340000000001"  # made here, so in no other file
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"


@pytest.fixture(scope="session")
def other_account(region):
    """Made by its first call: another test may have called before."""
    region.client("sts", OTHER, "any").get_caller_identity()


@pytest.fixture
def other(region, other_account):
    return region.client("s3", OTHER, "any")


@pytest.fixture
def other_user(region, unique, other_account):
    """A user of the other account with these statements; its S3."""
    iam = region.client("iam", OTHER, "any")
    made = []

    def make(*statements):
        name = unique("abroad")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": list(statements)}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        made.append((name, key["AccessKeyId"]))
        return region.client("s3", key["AccessKeyId"], key["SecretAccessKey"])

    yield make
    for name, key in made:
        iam.delete_access_key(UserName=name, AccessKeyId=key)
        iam.delete_user_policy(UserName=name, PolicyName="p")
        iam.delete_user(UserName=name)


# --- documents ---

MALFORMED = [
    ("no json", "Policies must be valid JSON and the first byte must be '{'"),
    ('{"Version":"2012-10-17"}', "Missing required field Statement"),
    ({"Effect": "Allow", "Action": "s3:*", "Resource": "B/*"}, "Missing required field Principal"),
    ({"Principal": "*", "Action": "s3:*", "Resource": "B/*"}, "Missing required field Effect"),
    ({"Effect": "Allow", "Principal": "*", "Resource": "B/*"}, "Missing required field Action"),
    ({"Effect": "Allow", "Principal": "*", "Action": "s3:*"}, "Missing required field Resource"),
    ({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::another/*"},
     "Policy has invalid resource"),
    ({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}, "Policy has invalid resource"),
    ({"Effect": "Allow", "Principal": "*", "Action": "ec2:*", "Resource": "B/*"}, "Policy has invalid action"),
    ({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "B"},
     "Action does not apply to any resource(s) in statement"),
    ({"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "B/*"},
     "Action does not apply to any resource(s) in statement"),
    ({"Effect": "Allow", "Principal": {"AWS": "nobody"}, "Action": "s3:*", "Resource": "B/*"},
     "Invalid principal in policy"),
    ({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "B/*",
      "Condition": {"StringEquals": {"s3:x-acl": "public-read"}}}, "Policy has an invalid condition key"),
]


@pytest.mark.parametrize("document,text", MALFORMED)
def test_a_malformed_policy_is_refused(s3, bucket, document, text):
    if isinstance(document, dict):
        document = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    with fails("MalformedPolicy", 400, text):
        s3.put_bucket_policy(Bucket=bucket, Policy=document.replace('"B', f'"arn:aws:s3:::{bucket}'))


def test_a_policy_is_kept_as_it_was_written(s3, bucket):
    text = ('{ "Version":"2012-10-17",\n "Statement":{"Sid":"x","Effect":"Allow","Principal":{"AWS":"%s"},'
            '"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}}' % (OTHER, bucket))
    answer = s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    got = s3.get_bucket_policy(Bucket=bucket)
    assert got["Policy"] == text
    assert got["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    s3.delete_bucket_policy(Bucket=bucket)
    with fails("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)


def test_a_long_policy_is_refused(s3, bucket):
    with fails("MalformedPolicy", 400, "maximum allowed document size"):
        put_policy(s3, bucket, allow(bucket, "s3:GetObject", {"AWS": OTHER}, f"arn:aws:s3:::{bucket}/" + "x" * 20500))


# --- within the account ---

def test_a_denial_says_who_what_and_why(region, s3, bucket, user):
    c = region.client("s3", *user())
    with fails("AccessDenied", 403, "because no identity-based policy allows the s3:GetBucketTagging action") as error:
        c.get_bucket_tagging(Bucket=bucket)
    assert f'on resource: "arn:aws:s3:::{bucket}"' in error["Error"]["Message"]
    assert ":user/" in error["Error"]["Message"]


def test_identity_policies_name_buckets_and_keys(region, s3, bucket, user):
    c = region.client("s3", *user(
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{bucket}/in/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}",
         "Condition": {"StringEquals": {"s3:prefix": ["in/", ""]}}}))
    c.put_object(Bucket=bucket, Key="in/a", Body=b"1")
    assert c.get_object(Bucket=bucket, Key="in/a")["Body"].read() == b"1"
    with fails("AccessDenied", 403):
        c.put_object(Bucket=bucket, Key="out/a", Body=b"1")
    assert c.list_objects_v2(Bucket=bucket, Prefix="in/")["KeyCount"] == 1
    c.list_objects_v2(Bucket=bucket, Prefix="")
    with fails("AccessDenied", 403):
        c.list_objects_v2(Bucket=bucket, Prefix="out/")
    with fails("AccessDenied", 403):
        c.list_objects_v2(Bucket=bucket)
    with fails("AccessDenied", 403):
        c.delete_object(Bucket=bucket, Key="in/a")


def test_a_missing_key_is_told_only_to_who_may_list(region, s3, bucket, user):
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    lists = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
    with fails("AccessDenied", 403):
        region.client("s3", *user(reads)).get_object(Bucket=bucket, Key="none")
    with fails("NoSuchKey", 404):
        region.client("s3", *user(reads, lists)).get_object(Bucket=bucket, Key="none")


def test_more_rights_for_what_a_put_brings_with_it(region, s3, bucket, user):
    puts = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    tags = {"Effect": "Allow", "Action": "s3:PutObjectTagging", "Resource": f"arn:aws:s3:::{bucket}/*"}
    c = region.client("s3", *user(puts))
    c.put_object(Bucket=bucket, Key="a")
    with fails("AccessDenied", 403, "s3:PutObjectTagging"):
        c.put_object(Bucket=bucket, Key="a", Tagging="k=v")
    region.client("s3", *user(puts, tags)).put_object(Bucket=bucket, Key="a", Tagging="k=v")
    with fails("AccessDenied", 403, "s3:DeleteObjectVersion"):
        c.delete_object(Bucket=bucket, Key="a", VersionId="null")


def test_an_explicit_deny_wins(s3, bucket):
    put_policy(s3, bucket, deny(bucket, "s3:DeleteObject"))
    s3.put_object(Bucket=bucket, Key="a")
    with fails("AccessDenied", 403, "with an explicit deny in a resource-based policy"):
        s3.delete_object(Bucket=bucket, Key="a")
    s3.delete_bucket_policy(Bucket=bucket)


def test_root_can_always_mend_a_policy(region, s3, bucket, user):
    admin = region.client("s3", *user({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))
    put_policy(s3, bucket, deny(bucket, "s3:*"))
    with fails("AccessDenied", 403):
        s3.list_objects_v2(Bucket=bucket)
    with fails("AccessDenied", 403):
        admin.delete_bucket_policy(Bucket=bucket)
    s3.get_bucket_policy(Bucket=bucket)
    s3.delete_bucket_policy(Bucket=bucket)
    s3.list_objects_v2(Bucket=bucket)


CONDITIONS = [
    ("s3:PutObject", {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
     {}, {"ServerSideEncryption": "AES256"}),
    ("s3:PutObject", {"Null": {"s3:x-amz-storage-class": "true"}}, {}, {"StorageClass": "STANDARD_IA"}),
    ("s3:PutObject", {"StringEquals": {"s3:RequestObjectTag/secret": "yes"}},
     {"Tagging": "secret=yes"}, {"Tagging": "secret=no"}),
    ("s3:PutObject", {"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": ["bad"]}},
     {"Tagging": "bad=1"}, {"Tagging": "good=1"}),
    ("s3:PutObject", {"StringLike": {"s3:x-amz-website-redirect-location": "http*"}},
     {"WebsiteRedirectLocation": "http://x.test/"}, {"WebsiteRedirectLocation": "/y"}),
]


@pytest.mark.parametrize("action,condition,bad,good", CONDITIONS)
def test_conditions_on_a_put(s3, bucket, action, condition, bad, good):
    put_policy(s3, bucket, deny(bucket, action, resource=f"arn:aws:s3:::{bucket}/*", Condition=condition))
    with fails("AccessDenied", 403):
        s3.put_object(Bucket=bucket, Key="a", **bad)
    s3.put_object(Bucket=bucket, Key="a", **good)
    s3.delete_bucket_policy(Bucket=bucket)


def test_conditions_on_the_tags_an_object_has(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Tagging="class=secret")
    s3.put_object(Bucket=bucket, Key="b", Tagging="class=open")
    put_policy(s3, bucket, deny(bucket, "s3:GetObject", resource=f"arn:aws:s3:::{bucket}/*",
                                Condition={"StringEquals": {"s3:ExistingObjectTag/class": "secret"}}))
    with fails("AccessDenied", 403):
        s3.get_object(Bucket=bucket, Key="a")
    s3.get_object(Bucket=bucket, Key="b")
    s3.delete_bucket_policy(Bucket=bucket)


def test_conditions_on_tags_that_are_put(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a")
    put_policy(s3, bucket, deny(bucket, "s3:PutObjectTagging", resource=f"arn:aws:s3:::{bucket}/*",
                                Condition={"StringEquals": {"s3:RequestObjectTag/class": "secret"}}))
    with fails("AccessDenied", 403):
        s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": [{"Key": "class", "Value": "secret"}]})
    s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": [{"Key": "class", "Value": "open"}]})
    s3.delete_bucket_policy(Bucket=bucket)


def test_conditions_on_how_it_is_signed(region, s3, bucket):
    s3 = region.client("s3", config=botocore.config.Config(signature_version="s3v4"))
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    put_policy(s3, bucket, deny(bucket, "s3:GetObject", resource=f"arn:aws:s3:::{bucket}/*",
                                Condition={"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}))
    s3.get_object(Bucket=bucket, Key="a")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    assert caught.value.code == 403
    s3.delete_bucket_policy(Bucket=bucket)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    with urllib.request.urlopen(url) as reply:
        assert reply.read() == b"x"


def test_writes_that_have_to_be_conditional(region, s3, bucket):
    """AWS: of a multipart upload, the completion is what counts."""
    raw = Raw(region)
    arn = f"arn:aws:s3:::{bucket}/*"
    put_policy(s3, bucket, deny(bucket, "s3:PutObject", resource=arn, Condition={
        "Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}))
    once = {"if-none-match": "*"}
    assert raw.send("PUT", f"{bucket}/k", body=b"x").status == 403
    assert raw.send("PUT", f"{bucket}/k", body=b"x", headers=once).status == 200
    assert raw.send("PUT", f"{bucket}/copy", headers={"x-amz-copy-source": f"{bucket}/k"}).status == 403
    up = raw.send("POST", f"{bucket}/m", "uploads=").text("UploadId")
    etag = raw.send("PUT", f"{bucket}/m", f"partNumber=1&uploadId={up}", body=b"x").headers["etag"]
    document = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
                "</CompleteMultipartUpload>").encode()
    assert raw.send("POST", f"{bucket}/m", f"uploadId={up}", body=document).status == 403
    assert raw.send("POST", f"{bucket}/m", f"uploadId={up}", body=document, headers=once).status == 200
    s3.delete_bucket_policy(Bucket=bucket)


def test_create_bucket_by_region(region, unique, user):
    c = region.client("s3", *user({"Effect": "Allow", "Action": "s3:CreateBucket", "Resource": "*",
                                   "Condition": {"StringEquals": {"s3:LocationConstraint": "eu-west-1"}}}))
    with fails("AccessDenied", 403):
        c.create_bucket(Bucket=unique("place"))
    name = unique("place")
    c.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    region.client("s3", region="eu-west-1").delete_bucket(Bucket=name)


def test_plain_http_of_this_host_counts_as_secure(s3, bucket):
    put_policy(s3, bucket, deny(bucket, "s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}))
    s3.list_objects_v2(Bucket=bucket)
    put_policy(s3, bucket, deny(bucket, "s3:*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}))
    s3.list_objects_v2(Bucket=bucket)
    s3.delete_bucket_policy(Bucket=bucket)


# --- other accounts and nobody ---

def test_another_account_needs_both_sides(s3, bucket, other, other_user):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    reader = other_user({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    with fails("AccessDenied", 403, "Access Denied"):
        reader.get_object(Bucket=bucket, Key="a")
    put_policy(s3, bucket, allow(bucket, "s3:GetObject", {"AWS": OTHER}, f"arn:aws:s3:::{bucket}/*"))
    assert reader.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"
    with fails("AccessDenied", 403, "Access Denied"):
        other_user({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}).get_object(Bucket=bucket, Key="a")
    other.get_object(Bucket=bucket, Key="a")
    with fails("AccessDenied", 403, "Access Denied"):
        other.get_bucket_policy(Bucket=bucket)


def test_a_public_policy(region, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    statement = allow(bucket, "s3:GetObject", "*", f"arn:aws:s3:::{bucket}/*")
    with fails("AccessDenied", 403, "BlockPublicPolicy setting"):
        put_policy(s3, bucket, statement)
    assert ask(region, f"/{bucket}/a").status == 403
    open_to_the_public(s3, bucket)
    put_policy(s3, bucket, statement)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert ask(region, f"/{bucket}/a").body == b"x"
    denied = ask(region, f"/{bucket}?list-type=2")
    assert denied.status == 403 and "<Message>Access Denied</Message>" in denied.text
    # restricted: the account itself only
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert ask(region, f"/{bucket}/a").status == 403
    s3.get_object(Bucket=bucket, Key="a")


def test_nobody_may_do_nothing(region, bucket):
    for method, path in (("GET", "/"), ("PUT", "/never-made"), ("PUT", f"/{bucket}/a"), ("DELETE", f"/{bucket}"),
                         ("GET", f"/{bucket}?policy")):
        answer = ask(region, path, method=method)
        assert answer.status == 403, (method, path, answer.text)
        assert "<Code>AccessDenied</Code>" in answer.text
    assert ask(region, "/no-such-bucket-at-all/a").status == 404


# --- ACLs ---

def test_acls_are_off_by_default(s3, bucket):
    for change in ({"ACL": "public-read"}, {"GrantRead": f'uri="{LOG_DELIVERY}"'}):
        with fails("AccessControlListNotSupported", 400, "does not allow ACLs"):
            s3.put_bucket_acl(Bucket=bucket, **change)
    with fails("AccessControlListNotSupported", 400):
        s3.put_object(Bucket=bucket, Key="a", ACL="public-read")
    s3.put_object(Bucket=bucket, Key="a", ACL="bucket-owner-full-control")
    s3.put_bucket_acl(Bucket=bucket, ACL="private")


def test_acls_at_creation(s3, unique):
    with fails("InvalidBucketAclWithObjectOwnership", 400):
        s3.create_bucket(Bucket=unique("acl"), ACL="public-read")
    with fails("InvalidBucketAclWithBlockPublicAccessError", 400):
        s3.create_bucket(Bucket=unique("acl"), ACL="public-read", ObjectOwnership="ObjectWriter")
    name = unique("acl")
    s3.create_bucket(Bucket=name, ACL="private", ObjectOwnership="BucketOwnerPreferred")
    s3.delete_bucket(Bucket=name)


def test_public_acls_are_blocked_and_ignored(region, s3, bucket):
    open_to_the_public(s3, bucket, "BucketOwnerPreferred")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert ask(region, f"/{bucket}").status == 403
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert ask(region, f"/{bucket}").status == 200
    assert ask(region, f"/{bucket}/a").status == 403
    s3.put_object_acl(Bucket=bucket, Key="a", ACL="public-read")
    assert ask(region, f"/{bucket}/a").body == b"x"
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert ask(region, f"/{bucket}").status == 403 and ask(region, f"/{bucket}/a").status == 403
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    with fails("AccessDenied", 403):
        s3.put_bucket_acl(Bucket=bucket, ACL="authenticated-read")
    with fails("AccessDenied", 403):
        s3.put_object_acl(Bucket=bucket, Key="a", ACL="public-read")
    assert ask(region, f"/{bucket}/a").body == b"x"


def test_authenticated_users_are_those_who_sign(region, s3, bucket, other):
    open_to_the_public(s3, bucket, "ObjectWriter")
    s3.put_bucket_acl(Bucket=bucket, ACL="authenticated-read")
    other.list_objects_v2(Bucket=bucket)
    assert ask(region, f"/{bucket}").status == 403


def test_grants_to_an_account(s3, bucket, other):
    open_to_the_public(s3, bucket, "ObjectWriter")
    abroad = other.list_buckets()["Owner"]["ID"]
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]["ID"]
    with fails("AccessDenied", 403):
        other.get_bucket_acl(Bucket=bucket)
    s3.put_bucket_acl(Bucket=bucket, GrantReadACP=f'id="{abroad}"', GrantWrite=f"id={abroad}",
                      GrantFullControl=f'id="{owner}"')
    grants = other.get_bucket_acl(Bucket=bucket)["Grants"]
    assert sorted((g["Permission"], g["Grantee"]["ID"] == abroad) for g in grants) == [
        ("FULL_CONTROL", False), ("READ_ACP", True), ("WRITE", True)]
    other.put_object(Bucket=bucket, Key="theirs", Body=b"x")
    with fails("AccessDenied", 403):
        other.list_objects_v2(Bucket=bucket)
    other.delete_object(Bucket=bucket, Key="theirs")
    with fails("InvalidArgument", 400, "Invalid id"):
        s3.put_bucket_acl(Bucket=bucket, GrantRead="id=0000")
    with fails("UnresolvableGrantByEmailAddress", 400):
        s3.put_bucket_acl(Bucket=bucket, GrantRead='emailAddress="a@b.test"')
    with fails("InvalidRequest", 400, "Specifying both"):
        s3.put_bucket_acl(Bucket=bucket, ACL="private", GrantRead=f"id={abroad}")


def test_acl_documents(s3, bucket):
    open_to_the_public(s3, bucket, "ObjectWriter")
    acl = s3.get_bucket_acl(Bucket=bucket)
    document = {"Owner": acl["Owner"], "Grants": acl["Grants"] + [
        {"Grantee": {"Type": "Group", "URI": LOG_DELIVERY}, "Permission": "WRITE"}]}
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy=document)
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"] == document["Grants"]
    with fails("MalformedACLError", 400):
        s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": document["Grants"]})
    with fails("InvalidArgument", 400, "Invalid group uri"):
        s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Owner": acl["Owner"], "Grants": [
            {"Grantee": {"Type": "Group", "URI": "http://x.test"}, "Permission": "READ"}]})
    s3.put_bucket_acl(Bucket=bucket, ACL="log-delivery-write")
    assert sorted(g["Permission"] for g in s3.get_bucket_acl(Bucket=bucket)["Grants"]) == [
        "FULL_CONTROL", "READ_ACP", "WRITE"]


# --- who pays ---

def test_requester_pays(s3, bucket, other):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    put_policy(s3, bucket, allow(bucket, "s3:GetObject", {"AWS": OTHER}, f"arn:aws:s3:::{bucket}/*"))
    other.get_object(Bucket=bucket, Key="a")
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    with fails("AccessDenied", 403):
        other.get_object(Bucket=bucket, Key="a")
    assert other.get_object(Bucket=bucket, Key="a", RequestPayer="requester")["RequestCharged"] == "requester"
    s3.get_object(Bucket=bucket, Key="a")


def test_requester_pays_for_copies_and_batches(s3, bucket, other, unique):
    name = unique("payer")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    put_policy(s3, bucket, allow(bucket, ["s3:GetObject", "s3:DeleteObject"], {"AWS": OTHER}, f"arn:aws:s3:::{bucket}/*"))
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    other.create_bucket(Bucket=name)
    up = other.create_multipart_upload(Bucket=name, Key="m")["UploadId"]
    copy = {"Bucket": name, "Key": "c", "CopySource": f"{bucket}/a"}
    part = {**copy, "Key": "m", "UploadId": up, "PartNumber": 1}
    batch = {"Bucket": bucket, "Delete": {"Objects": [{"Key": "a"}]}}
    for call, args in ((other.copy_object, copy), (other.upload_part_copy, part), (other.delete_objects, batch)):
        with fails("AccessDenied", 403):
            call(**args)
        assert call(**args, RequestPayer="requester")["RequestCharged"] == "requester"
    other.abort_multipart_upload(Bucket=name, Key="m", UploadId=up)
    other.delete_object(Bucket=name, Key="c")
    other.delete_bucket(Bucket=name)
