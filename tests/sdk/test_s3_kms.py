# SPDX-License-Identifier: Apache-2.0
"""Objects whose bytes KMS encrypts: what may be asked, who may read them, what is answered, what is on disk."""
import base64
import contextlib
import hashlib
import json
import os
import sqlite3
import urllib.error
import urllib.request

import pytest
from botocore.config import Config

from region import wait_for
from s3_help import allow, fails, open_to_the_public, put_policy
from test_s3_post import form, send

DAY = 24 * 3600
PART = 5 << 20
SIZES = [0, 10, 40_000, 3_000_000]
SIGN_V4 = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4."
ON_S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.fixture
def kms(region):
    return region.client("kms")


@pytest.fixture
def key(region, kms):
    """key({"Effect": "Deny", …}, …) makes a key with these statements beside the account's own; its metadata."""
    made = []

    def make(*statements, **more):
        own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{region.account}:root"},
               "Action": "kms:*", "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [own, *statements]}
        made.append(kms.create_key(Policy=json.dumps(policy), **more)["KeyMetadata"])
        return made[-1]

    yield make
    for k in made:
        with contextlib.suppress(kms.exceptions.KMSInvalidStateException):
            kms.schedule_key_deletion(KeyId=k["KeyId"], PendingWindowInDays=7)


def sse(arn=None, **more):
    out = {"ServerSideEncryption": "aws:kms", **more}
    return {**out, "SSEKMSKeyId": arn} if arn else out


def shown(answer):
    return {k: answer[k] for k in ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled") if k in answer}


def context(**pairs):
    return base64.b64encode(json.dumps(pairs).encode()).decode()


def by_default(s3, bucket, key_id=None, bucket_key=None):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    if key_id:
        rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = key_id
    if bucket_key is not None:
        rule["BucketKeyEnabled"] = bucket_key
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return rule


def body_of(s3, bucket, name, **more):
    return s3.get_object(Bucket=bucket, Key=name, **more)["Body"].read()


def fetch(url, host=None):
    """(status, body) of a plain GET."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


# --- put and get ---

@pytest.mark.parametrize("size", SIZES)
def test_an_object_from_beginning_to_end(s3, bucket, key, size):
    arn, body = key()["Arn"], os.urandom(size)
    put = s3.put_object(Bucket=bucket, Key="k", Body=body, ChecksumAlgorithm="SHA256", **sse(arn))
    assert shown(put) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": arn}
    assert put["ETag"].strip('"') != hashlib.md5(body).hexdigest()
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert shown(got) == shown(put) and got["ETag"] == put["ETag"]
    assert got["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
    head = s3.head_object(Bucket=bucket, Key="k")
    assert shown(head) == shown(put) and head["ContentLength"] == size
    if size > 5:
        part = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes=3-{size - 2}")
        assert part["Body"].read() == body[3:-1] and shown(part) == shown(put)
    with fails("304"):
        s3.get_object(Bucket=bucket, Key="k", IfNoneMatch=put["ETag"])
    s3.delete_object(Bucket=bucket, Key="k")


def test_the_names_of_a_key(region, s3, kms, bucket, key, unique):
    made, alias = key(), "alias/" + unique("s3")
    kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
    alias_arn = f"arn:aws:kms:us-east-1:{region.account}:{alias}"
    for name in (made["KeyId"], made["Arn"], alias, alias_arn):
        put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(name))
        assert put["SSEKMSKeyId"] == made["Arn"]
        assert body_of(s3, bucket, "k") == b"x"
    # The alias may go elsewhere: an object keeps its key.
    kms.update_alias(AliasName=alias, TargetKeyId=key()["KeyId"])
    assert s3.head_object(Bucket=bucket, Key="k")["SSEKMSKeyId"] == made["Arn"]
    assert body_of(s3, bucket, "k") == b"x"
    kms.delete_alias(AliasName=alias)


def test_without_a_key_it_is_that_of_s3(s3, kms, bucket):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse())
    made = kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
    assert put["SSEKMSKeyId"] == made["Arn"] and made["KeyManager"] == "AWS"
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"y", **sse("alias/aws/s3"))["SSEKMSKeyId"] == made["Arn"]
    assert body_of(s3, bucket, "k") == b"y"


def test_the_key_of_s3_is_for_who_may_use_s3(region, s3, bucket, user):
    access = user(ON_S3)
    client = region.client("s3", *access)
    arn = client.put_object(Bucket=bucket, Key="k", Body=b"x", **sse())["SSEKMSKeyId"]
    assert body_of(client, bucket, "k") == b"x"
    with fails("AccessDeniedException", 400):
        region.client("kms", *access).generate_data_key(KeyId=arn, KeySpec="AES_256")
    put_policy(s3, bucket, allow(bucket, ["s3:GetObject", "s3:PutObject"], {"AWS": "111122223333"}))
    other = region.client("s3", "111122223333", "x")
    with fails("AccessDenied", 403):
        other.get_object(Bucket=bucket, Key="k")
    theirs = other.put_object(Bucket=bucket, Key="t", Body=b"y", **sse())["SSEKMSKeyId"]
    assert theirs.startswith("arn:aws:kms:us-east-1:111122223333:key/")
    with fails("AccessDenied", 403):
        s3.get_object(Bucket=bucket, Key="t")


def test_header_rules(s3, bucket, key):
    needs = "requires HTTP header x-amz-server-side-encryption : aws:kms"
    with fails("InvalidArgument", 400, needs):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", SSEKMSKeyId=key()["Arn"])
    with fails("InvalidArgument", 400, needs):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="AES256", SSEKMSKeyId="alias/x")
    with fails("InvalidArgument", 400, needs):
        s3.create_multipart_upload(Bucket=bucket, Key="k", SSEKMSEncryptionContext=context(a="b"))
    with fails("InvalidArgument", 400, "incompatible"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", SSECustomerAlgorithm="AES256", SSECustomerKey=b"k" * 32, **sse())
    with fails("NotImplemented", 501, "aws:kms:dsse"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms:dsse")
    with fails("404"):
        s3.head_object(Bucket=bucket, Key="k")


def test_keys_that_are_none(region, s3, bucket, key):
    def told(name):
        return s3.put_object, {"Bucket": bucket, "Key": "k", "Body": b"x", **sse(name)}
    other = region.client("kms", region="us-west-2").create_key()["KeyMetadata"]
    gone = f"arn:aws:kms:us-east-1:{region.account}:key/134f2428-cec1-4b25-a1ae-9048164dba47"
    signing = key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["Arn"]
    for name, code, text in (("fake-key-id", "KMS.NotFoundException", "Invalid keyId 'fake-key-id'"),
                             (gone.rpartition("/")[2], "KMS.NotFoundException", f"Key '{gone}' does not exist"),
                             (gone, "KMS.NotFoundException", f"Key '{gone}' does not exist"),
                             ("alias/none-of-mine", "KMS.NotFoundException", "is not found"),
                             (other["Arn"], "KMS.NotFoundException", "Invalid arn us-west-2"),
                             (signing, "KMS.InvalidKeyUsageException", signing)):
        call, args = told(name)
        with fails(code, 400, text):
            call(**args)
        del args["Body"]
        with fails(code, 400, text):
            s3.create_multipart_upload(**args)
    with fails("404"):
        s3.head_object(Bucket=bucket, Key="k")


# --- the encryption context ---

def test_the_context(region, s3, kms, bucket, key, user):
    team = context(team="web", naïve="ÿ")
    arn = key()["Arn"]
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn, SSEKMSEncryptionContext=team))
    assert put["SSEKMSEncryptionContext"] == team
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"x" and "SSEKMSEncryptionContext" not in got
    # Who may decrypt with one context may not with another, nor without the object's ARN.
    for conditions, may in (({"kms:EncryptionContext:team": "web"}, True),
                            ({"kms:EncryptionContext:team": "api"}, False),
                            ({"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/k"}, True),
                            ({"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/other"}, False)):
        reader = region.client("s3", *user(ON_S3, {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": arn,
                                                   "Condition": {"StringEquals": conditions}}))
        if may:
            assert body_of(reader, bucket, "k") == b"x"
        else:
            with fails("AccessDenied", 403, "kms:Decrypt"):
                reader.get_object(Bucket=bucket, Key="k")
    # A copy does not take it along.
    copied = s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k", **sse(arn))
    assert "SSEKMSEncryptionContext" not in copied and body_of(s3, bucket, "c") == b"x"


def test_contexts_that_are_none(s3, bucket, key):
    arn, shall = key()["Arn"], "shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map"

    def b64(text):
        return base64.b64encode(text.encode()).decode()
    for bad in ("{}", "!", b64("[]"), b64("{"), b64('{"a": 1}'), b64('{"a": {"b": "c"}}'), b64('{"a": "b", "a": "c"}'),
                base64.b64encode(b'{"a": "\xff"}').decode()):
        with fails("InvalidArgument", 400, shall):
            s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn, SSEKMSEncryptionContext=bad))
    most = 8192 - len('{"a": ""}')
    with fails("InvalidArgument", 400, "longer than 8192 bytes"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn, SSEKMSEncryptionContext=context(a="x" * (most + 1))))
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn, SSEKMSEncryptionContext=b64("{}")))
    assert body_of(s3, bucket, "k") == b"x"


def test_a_context_that_names_the_object_itself(s3, bucket, key, region, user):
    arn = key()["Arn"]
    own = base64.b64encode(b'{"aws:s3:arn": "mine"}').decode()
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn, SSEKMSEncryptionContext=own))
    reader = region.client("s3", *user(ON_S3, {
        "Effect": "Allow", "Action": "kms:Decrypt", "Resource": arn,
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "mine"}}}))
    assert body_of(reader, bucket, "k") == b"x"


# --- the bucket's default ---

def test_the_default_encryption_of_a_bucket(s3, kms, bucket, key):
    made = key()
    rule = by_default(s3, bucket, made["KeyId"], False)
    got = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert got == [rule]
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert shown(put) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": made["Arn"]}
    assert body_of(s3, bucket, "k") == b"x"
    plain = s3.put_object(Bucket=bucket, Key="p", Body=b"x", ServerSideEncryption="AES256")
    assert shown(plain) == {"ServerSideEncryption": "AES256"} and plain["ETag"].strip('"') == hashlib.md5(b"x").hexdigest()
    own = s3.put_object(Bucket=bucket, Key="o", Body=b"x", SSECustomerAlgorithm="AES256", SSECustomerKey=b"k" * 32)
    assert own["SSECustomerAlgorithm"] == "AES256" and "ServerSideEncryption" not in own
    named = s3.put_object(Bucket=bucket, Key="n", Body=b"x", **sse())
    assert named["SSEKMSKeyId"] == kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"]
    assert shown(s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/p")) == shown(put)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m")
    assert shown(upload) == shown(put)
    by_default(s3, bucket)
    assert shown(s3.put_object(Bucket=bucket, Key="k", Body=b"x")) == shown(named)
    s3.delete_bucket_encryption(Bucket=bucket)
    assert shown(s3.put_object(Bucket=bucket, Key="k", Body=b"x")) == shown(plain)


def test_defaults_that_may_not_be_put(s3, bucket):
    by_default(s3, bucket, "no-such-key")  # AWS: which key it is, is looked at when an object comes
    with fails("KMS.NotFoundException", 400, "Invalid keyId 'no-such-key'"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    by_default(s3, bucket, "k" * 2048)
    with fails("InvalidArgument", 400, "2048"):
        by_default(s3, bucket, "k" * 2049)
    with fails("NotImplemented", 501, "aws:kms:dsse"):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse"}}]})


def test_bucket_keys(region, s3, bucket, key, user):
    arn = key()["Arn"]
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn, BucketKeyEnabled=True))
    assert put["BucketKeyEnabled"] is True
    for answer in (s3.head_object(Bucket=bucket, Key="k"), s3.get_object(Bucket=bucket, Key="k")):
        assert answer["BucketKeyEnabled"] is True
    s3.put_object(Bucket=bucket, Key="o", Body=b"x", **sse(arn))
    of_the_bucket = region.client("s3", *user(ON_S3, {
        "Effect": "Allow", "Action": "kms:Decrypt", "Resource": arn,
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}"}}}))
    assert body_of(of_the_bucket, bucket, "k") == b"x"
    with fails("AccessDenied", 403, "kms:Decrypt"):
        of_the_bucket.get_object(Bucket=bucket, Key="o")
    # The bucket's setting goes for every upload that does not say.
    by_default(s3, bucket, arn, True)
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"x")["BucketKeyEnabled"] is True
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn))["BucketKeyEnabled"] is True
    assert "BucketKeyEnabled" not in s3.put_object(Bucket=bucket, Key="k", Body=b"x", BucketKeyEnabled=False)
    assert "BucketKeyEnabled" not in s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="AES256")


def test_a_bucket_key_denies_at_once(s3, kms, bucket, key):
    made = key()
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(made["Arn"], BucketKeyEnabled=True))
    assert body_of(s3, bucket, "k") == b"x"
    kms.disable_key(KeyId=made["KeyId"])
    with fails("KMS.DisabledException", 400, f"{made['Arn']} is disabled."):
        s3.get_object(Bucket=bucket, Key="k")
    with fails("KMS.DisabledException", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(made["Arn"], BucketKeyEnabled=True))


# --- uploads in parts, and copies ---

def test_an_upload_in_parts(s3, bucket, key):
    made, bodies = key(), [os.urandom(PART), os.urandom(70_000), os.urandom(100)]
    s3.put_object(Bucket=bucket, Key="source", Body=bodies[1], **sse(key()["Arn"]))
    up = s3.create_multipart_upload(Bucket=bucket, Key="m", **sse(made["Arn"], SSEKMSEncryptionContext=context(a="b"),
                                                                BucketKeyEnabled=True))
    want = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": made["Arn"], "BucketKeyEnabled": True}
    assert shown(up) == want and up["SSEKMSEncryptionContext"] == context(a="b")
    this = {"Bucket": bucket, "Key": "m", "UploadId": up["UploadId"]}
    first = s3.upload_part(PartNumber=1, Body=bodies[0], **this)
    second = s3.upload_part_copy(PartNumber=2, CopySource=f"{bucket}/source", **this)
    assert shown(first) == want and shown(second) == want
    assert first["ETag"].strip('"') != hashlib.md5(bodies[0]).hexdigest()
    assert len(s3.list_parts(**this)["Parts"]) == 2
    parts = [{"PartNumber": 1, "ETag": first["ETag"]}, {"PartNumber": 2, "ETag": second["CopyPartResult"]["ETag"]}]
    done = s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **this)
    assert shown(done) == want
    again = s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **this)
    assert shown(again) == want
    got = s3.get_object(Bucket=bucket, Key="m")
    assert got["Body"].read() == bodies[0] + bodies[1] and shown(got) == want
    assert body_of(s3, bucket, "m", Range=f"bytes={PART - 5}-{PART + 5}") == bodies[0][-5:] + bodies[1][:6]
    assert body_of(s3, bucket, "m", PartNumber=2) == bodies[1]
    # Parts of it become parts of another, without KMS.
    up = s3.create_multipart_upload(Bucket=bucket, Key="n")
    this = {"Bucket": bucket, "Key": "n", "UploadId": up["UploadId"]}
    part = s3.upload_part_copy(PartNumber=1, CopySource=f"{bucket}/m", CopySourceRange=f"bytes=10-{PART + 19}", **this)
    assert shown(part) == {"ServerSideEncryption": "AES256"}
    s3.complete_multipart_upload(MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}]}, **this)
    assert body_of(s3, bucket, "n") == (bodies[0] + bodies[1])[10:PART + 20]


@pytest.mark.parametrize("size", SIZES)
def test_copies_change_the_encryption(s3, bucket, key, size):
    one, two, body = key()["Arn"], key()["Arn"], os.urandom(size)
    md5 = f'"{hashlib.md5(body).hexdigest()}"'

    def copy(to, source, **more):
        answer = s3.copy_object(Bucket=bucket, Key=to, CopySource=f"{bucket}/{source}", **more)
        assert body_of(s3, bucket, to) == body
        return answer
    s3.put_object(Bucket=bucket, Key="plain", Body=body)
    assert shown(copy("one", "plain", **sse(one)))["SSEKMSKeyId"] == one
    assert shown(copy("two", "one", **sse(two, BucketKeyEnabled=True))) == {
        "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": two, "BucketKeyEnabled": True}
    back = copy("back", "two")
    assert shown(back) == {"ServerSideEncryption": "AES256"} and back["CopyObjectResult"]["ETag"] == md5
    same = copy("one", "one", **sse(two))
    assert shown(same)["SSEKMSKeyId"] == two and same["CopyObjectResult"]["ETag"] != md5
    assert shown(copy("one", "one")) == {"ServerSideEncryption": "AES256"}
    with fails("InvalidRequest", 400, "without changing"):
        copy("one", "one")
    # What is left does not depend on what it was made of.
    for name in ("plain", "two", "back"):
        s3.delete_object(Bucket=bucket, Key=name)
    assert body_of(s3, bucket, "one") == body


def test_copies_between_kms_and_own_keys(s3, bucket, key):
    own = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"k" * 32}
    body = os.urandom(50_000)
    s3.put_object(Bucket=bucket, Key="k", Body=body, **sse(key()["Arn"]))
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k", **own)
    assert body_of(s3, bucket, "c", **own) == body
    s3.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/c", CopySourceSSECustomerAlgorithm="AES256",
                   CopySourceSSECustomerKey=b"k" * 32, **sse(key()["Arn"]))
    assert body_of(s3, bucket, "d") == body
    with fails("InvalidRequest", 400, "not applicable"):
        s3.get_object(Bucket=bucket, Key="d", **own)


def test_a_copy_from_another_region(region, s3, bucket, key, unique):
    there, name = region.client("s3", region="eu-west-1"), unique("there")
    there.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    theirs = region.client("kms", region="eu-west-1").create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 50_000, **sse(key()["Arn"]))
    assert shown(there.copy_object(Bucket=name, Key="k", CopySource=f"{bucket}/k", **sse(theirs)))["SSEKMSKeyId"] == theirs
    assert body_of(there, name, "k") == b"x" * 50_000
    there.delete_object(Bucket=name, Key="k")
    there.delete_bucket(Bucket=name)


# --- who may ---

def test_rights_come_from_iam(region, s3, bucket, key, user):
    made = key()
    arn = made["Arn"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumAlgorithm="CRC32", **sse(arn))
    s3.put_object(Bucket=bucket, Key="plain", Body=b"x")

    def may(*actions):
        return region.client("s3", *user(ON_S3, *([{"Effect": "Allow", "Action": list(actions), "Resource": arn}]
                                                   if actions else [])))
    nobody, writer, reader = may(), may("kms:GenerateDataKey"), may("kms:Decrypt")
    denied = "is not authorized to perform: kms:{} on resource: " + arn
    with fails("AccessDenied", 403, denied.format("Decrypt")):
        nobody.get_object(Bucket=bucket, Key="k")
    with fails("AccessDenied", 403, denied.format("GenerateDataKey")):
        nobody.put_object(Bucket=bucket, Key="k", Body=b"y", **sse(arn))
    with fails("AccessDenied", 403, denied.format("GenerateDataKey")):
        nobody.create_multipart_upload(Bucket=bucket, Key="k", **sse(arn))
    with fails("AccessDenied", 403, denied.format("Decrypt")):
        nobody.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k")
    with fails("AccessDenied", 403, denied.format("GenerateDataKey")):
        reader.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/plain", **sse(arn))
    # What is no byte of the object needs no right to decrypt; its checksum does.
    assert shown(nobody.head_object(Bucket=bucket, Key="k"))["SSEKMSKeyId"] == arn
    with fails("403", 403):
        nobody.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert reader.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["ChecksumCRC32"]
    assert nobody.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectSize"])["ObjectSize"] == 1
    assert nobody.list_objects_v2(Bucket=bucket)["KeyCount"] == 2
    nobody.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert body_of(reader, bucket, "k") == b"x"
    writer.put_object(Bucket=bucket, Key="k", Body=b"z", **sse(arn))
    with fails("AccessDenied", 403, denied.format("Decrypt")):
        writer.get_object(Bucket=bucket, Key="k")
    assert body_of(reader, bucket, "k") == b"z"
    nobody.delete_object(Bucket=bucket, Key="k")


def test_parts_need_the_right_to_decrypt(region, s3, bucket, key, user):
    arn = key()["Arn"]
    writer = region.client("s3", *user(ON_S3, {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": arn}))
    up = writer.create_multipart_upload(Bucket=bucket, Key="m", **sse(arn))
    this = {"Bucket": bucket, "Key": "m", "UploadId": up["UploadId"]}
    with fails("AccessDenied", 403, "kms:Decrypt"):
        writer.upload_part(PartNumber=1, Body=b"x", **this)
    part = {"PartNumber": 1, "ETag": s3.upload_part(PartNumber=1, Body=b"x", **this)["ETag"]}
    with fails("AccessDenied", 403, "kms:Decrypt"):
        writer.complete_multipart_upload(MultipartUpload={"Parts": [part]}, **this)
    writer.abort_multipart_upload(**this)


def test_a_key_policy_that_denies(region, iam, s3, bucket, key, user):
    access = user(ON_S3, {"Effect": "Allow", "Action": "kms:*", "Resource": "*"})
    arn = region.client("sts", *access).get_caller_identity()["Arn"]
    made = key({"Effect": "Deny", "Principal": {"AWS": arn}, "Action": "kms:Decrypt", "Resource": "*"})
    one = region.client("s3", *access)
    one.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(made["Arn"]))
    with fails("AccessDenied", 403, f"User: {arn} is not authorized to perform: kms:Decrypt on resource: {made['Arn']} "
                                    "with an explicit deny in a resource-based policy"):
        one.get_object(Bucket=bucket, Key="k")
    assert body_of(s3, bucket, "k") == b"x"


def test_a_right_by_way_of_s3_alone(region, bucket, key, user):
    arn = key()["Arn"]
    access = user(ON_S3, {"Effect": "Allow", "Action": "kms:*", "Resource": arn,
                          "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}})
    client = region.client("s3", *access)
    client.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(arn))
    assert body_of(client, bucket, "k") == b"x"
    with fails("AccessDeniedException", 400):
        region.client("kms", *access).generate_data_key(KeyId=arn, KeySpec="AES_256")


def test_states_of_a_key(s3, kms, bucket, key):
    made = key()
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(made["Arn"]))
    up = s3.create_multipart_upload(Bucket=bucket, Key="m", **sse(made["Arn"]))
    this = {"Bucket": bucket, "Key": "m", "UploadId": up["UploadId"]}

    def all_fail(code, text):
        with fails(code, 400, text):
            s3.get_object(Bucket=bucket, Key="k")
        with fails(code, 400, text):
            s3.put_object(Bucket=bucket, Key="p", Body=b"x", **sse(made["Arn"]))
        with fails(code, 400, text):
            s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k")
        with fails(code, 400, text):
            s3.upload_part(PartNumber=1, Body=b"x", **this)
        assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == 1
    kms.disable_key(KeyId=made["KeyId"])
    all_fail("KMS.DisabledException", f"{made['Arn']} is disabled.")
    kms.enable_key(KeyId=made["KeyId"])
    assert body_of(s3, bucket, "k") == b"x"
    kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
    all_fail("KMS.KMSInvalidStateException", f"{made['Arn']} is pending deletion.")
    kms.cancel_key_deletion(KeyId=made["KeyId"])
    kms.enable_key(KeyId=made["KeyId"])
    assert body_of(s3, bucket, "k") == b"x"


def test_a_key_that_was_deleted(new_region):
    region = new_region(dev=True)
    s3, kms = region.client("s3"), region.client("kms")
    s3.create_bucket(Bucket="kept")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket="kept", Key="k", Body=b"x", **sse(arn))
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    region.advance(8 * DAY)
    wait_for(lambda: not [k for k in kms.list_keys()["Keys"] if k["KeyArn"] == arn], what="the end of the key")
    with fails("KMS.NotFoundException", 400, f"Key '{arn}' does not exist"):
        s3.get_object(Bucket="kept", Key="k")
    s3.delete_object(Bucket="kept", Key="k")


def test_conditions_on_what_is_asked(region, s3, bucket, key, user):
    one, two = key()["Arn"], key()["Arn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    put_policy(s3, bucket,
               {**deny, "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}},
               {**deny, "Condition": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": one}}})
    client = region.client("s3", *user(ON_S3, {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}))
    client.put_object(Bucket=bucket, Key="k", Body=b"x", **sse(one))
    for asked in ({}, {"ServerSideEncryption": "AES256"}, sse(two)):
        with fails("AccessDenied", 403, "s3:PutObject"):
            client.put_object(Bucket=bucket, Key="k", Body=b"y", **asked)
    assert body_of(client, bucket, "k") == b"x"


def test_another_account_needs_the_policy_of_the_key(region, s3, bucket, key):
    region.client("sts", "111122223333", "x").get_caller_identity()  # the account is there from now on
    other = region.client("s3", "111122223333", "x")
    put_policy(s3, bucket, allow(bucket, ["s3:GetObject", "s3:PutObject"], {"AWS": "111122223333"}))
    shut = key()["Arn"]
    open_ = key({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                 "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"})["Arn"]
    s3.put_object(Bucket=bucket, Key="shut", Body=b"x", **sse(shut))
    s3.put_object(Bucket=bucket, Key="open", Body=b"x", **sse(open_))
    with fails("AccessDenied", 403):
        other.get_object(Bucket=bucket, Key="shut")
    assert body_of(other, bucket, "open") == b"x"
    other.put_object(Bucket=bucket, Key="theirs", Body=b"y", **sse(open_))
    assert body_of(s3, bucket, "theirs") == b"y"
    with fails("AccessDenied", 403):
        other.put_object(Bucket=bucket, Key="theirs", Body=b"y", **sse(shut))


# --- who signs, and how ---

def test_presigned_addresses(region, s3, bucket, key):
    body = os.urandom(100_000)
    s3.put_object(Bucket=bucket, Key="k", Body=body, **sse(key()["Arn"]))
    this = {"Bucket": bucket, "Key": "k"}
    v4 = region.client("s3", config=Config(signature_version="s3v4"))
    assert fetch(v4.generate_presigned_url("get_object", this)) == (200, body)
    v2 = region.client("s3", config=Config(signature_version="s3"))
    status, text = fetch(v2.generate_presigned_url("get_object", this))
    assert status == 400 and b"<Code>InvalidArgument</Code>" in text and SIGN_V4.encode() in text
    assert b"<ArgumentName>Authorization</ArgumentName><ArgumentValue>null</ArgumentValue>" in text


def test_nobody_reads_it_without_a_signature(region, s3, bucket, key):
    open_to_the_public(s3, bucket)
    put_policy(s3, bucket, allow(bucket, ["s3:GetObject", "s3:PutObject"]))
    s3.put_object(Bucket=bucket, Key="index.html", Body=b"kept", **sse(key()["Arn"]))
    s3.put_object(Bucket=bucket, Key="plain.html", Body=b"shown")
    url = f"{region.endpoint}/{bucket}/"
    status, text = fetch(url + "index.html")
    assert status == 400 and b"<Code>InvalidArgument</Code>" in text and SIGN_V4.encode() in text
    assert fetch(url + "plain.html") == (200, b"shown")
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    site = f"{bucket}.s3-website.localhost"
    status, text = fetch(region.endpoint + "/", site)
    assert status == 403 and b"Code: AccessDenied" in text and b"kept" not in text
    assert fetch(region.endpoint + "/plain.html", site) == (200, b"shown")
    by_default(s3, bucket)
    request = urllib.request.Request(url + "new", data=b"x", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400 and SIGN_V4.encode() in caught.value.read()


def test_the_way_has_to_be_secure(new_region):
    region = new_region(dev=True, secure_transport="strict")
    secure = region.client("s3", endpoint_url=region.https, verify=region.ca)
    plain = region.client("s3")
    secure.create_bucket(Bucket="kept")
    secure.put_object(Bucket="kept", Key="k", Body=b"x", **sse())
    assert body_of(secure, "kept", "k") == b"x"
    with fails("InvalidArgument", 400, "must be made over a secure connection."):
        plain.get_object(Bucket="kept", Key="k")
    with fails("InvalidArgument", 400, "must be made over a secure connection."):
        plain.put_object(Bucket="kept", Key="k", Body=b"y", **sse())
    assert body_of(secure, "kept", "k") == b"x"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_forms(region, s3, bucket, key, version):
    arn = key()["Arn"]
    fields = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": arn,
              "x-amz-server-side-encryption-bucket-key-enabled": "true",
              "x-amz-server-side-encryption-context": context(a="b")}
    client = region.client("s3", config=Config(signature_version=version))
    post = client.generate_presigned_post(bucket, "k", Fields=dict(fields),
                                          Conditions=[{k: v} for k, v in fields.items()])
    answer = send(region, f"/{bucket}", form(post["fields"]))
    if version == "s3":
        assert answer.error[:2] == (400, "InvalidArgument")
        return
    assert answer.status == 204
    assert answer.headers["x-amz-server-side-encryption"] == "aws:kms"
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"the file"
    assert shown(got) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": arn, "BucketKeyEnabled": True}
    bad = client.generate_presigned_post(bucket, "k", Fields={**fields, "x-amz-server-side-encryption-aws-kms-key-id": "no"},
                                         Conditions=[["starts-with", f"${k}", ""] for k in fields])
    assert send(region, f"/{bucket}", form(bad["fields"])).error[:2] == (400, "KMS.NotFoundException")


# --- what goes on by itself ---

def test_versions_keep_their_keys(s3, bucket, key):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    arns = [key()["Arn"], None, key()["Arn"]]
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=f"{arn}".encode(), **(sse(arn) if arn else {}))["VersionId"]
           for arn in arns]
    for arn, version in zip(arns, ids):
        got = s3.get_object(Bucket=bucket, Key="k", VersionId=version)
        assert got["Body"].read() == f"{arn}".encode() and got.get("SSEKMSKeyId") == arn


def test_access_logs_into_a_bucket_of_kms(new_region):
    region = new_region(dev=True)
    s3, kms = region.client("s3"), region.client("kms")
    for name in ("source", "target"):
        s3.create_bucket(Bucket=name)
    delivers = {"Service": "logging.s3.amazonaws.com"}
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{region.account}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": delivers, "Action": "kms:GenerateDataKey", "Resource": "*"}]}
    arn = kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    by_default(s3, "target", arn)
    put_policy(s3, "target", allow("target", "s3:PutObject", delivers))
    s3.put_bucket_logging(Bucket="source", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "target", "TargetPrefix": ""}})
    s3.put_object(Bucket="source", Key="a", Body=b"x")

    def logs():
        region.advance(61)
        return s3.list_objects_v2(Bucket="target").get("Contents")
    log = s3.get_object(Bucket="target", Key=wait_for(logs, what="the log")[0]["Key"])
    assert log["SSEKMSKeyId"] == arn and b"REST.PUT.OBJECT" in log["Body"].read()


@pytest.mark.parametrize("flags", [{}, {"at_rest": "none"}])
def test_what_is_on_disk(new_region, flags):
    """Neither the bytes nor the key of the bytes are in a file of the region in the clear."""
    region = new_region(dev=True, **flags)
    s3, kms = region.client("s3"), region.client("kms")
    s3.create_bucket(Bucket="kept")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    marks = {"small": b"small bytes nobody shall find", "large": b"large bytes nobody shall find" * 4000}
    for name, body in marks.items():
        s3.put_object(Bucket="kept", Key=name, Body=body, **sse(arn))
        assert body_of(s3, "kept", name) == body
    with contextlib.closing(sqlite3.connect(f"file:{region.data}/s3.db?mode=ro", uri=True)) as db:
        rows = dict(db.execute("SELECT CAST(key AS TEXT), kms FROM s3_objects").fetchall())
    secrets = [body[:20] for body in marks.values()]
    for name, packed in rows.items():
        at = packed.index(arn.encode()) + len(arn)
        length = int.from_bytes(packed[at:at + 2], "little")
        wrapped = packed[at + 2:at + 2 + length]
        plain = kms.decrypt(CiphertextBlob=wrapped, EncryptionContext={"aws:s3:arn": f"arn:aws:s3:::kept/{name}"})
        secrets += [plain["Plaintext"], plain["Plaintext"].hex().encode(), base64.b64encode(plain["Plaintext"])]
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            kms.decrypt(CiphertextBlob=wrapped, EncryptionContext={"aws:s3:arn": "arn:aws:s3:::kept/other"})
    assert len(rows) == 2 and len(secrets) == 8
    region.stop()
    seen = 0
    for folder, _, names in os.walk(region.data):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                content = f.read()
            seen += len(content)
            assert not [s for s in secrets if s in content], path
    assert not [s for s in secrets if s in region.log().encode(errors="replace")] and seen > 100_000
    region.start()
    assert body_of(region.client("s3"), "kept", "large") == marks["large"]
