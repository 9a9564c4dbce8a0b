# SPDX-License-Identifier: Apache-2.0
"""Objects: put, get, head, delete; ranges, conditions, metadata, keys."""
import datetime
import hashlib
import io
import os
import urllib.request

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from s3raw import Raw, b64, md5

SIZES = [0, 1, 4096, 32767, 32768, 32769, 65536, 65537, 131072, 131073, 1 << 20, 3_000_001]


def refused(call, *codes, **args):
    """The error of a call that must fail with one of the codes."""
    with pytest.raises(ClientError) as e:
        call(**args)
    assert e.value.response["Error"]["Code"] in codes, e.value.response["Error"]
    return e.value.response


@pytest.fixture
def raw(region):
    return Raw(region)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_put_is_got(s3, bucket, size):
    body = os.urandom(size)
    put = s3.put_object(Bucket=bucket, Key="k", Body=body, ContentType="text/x-test", Metadata={"one": "1"})
    assert put["ETag"] == f'"{md5(body).hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body
    assert got["ETag"] == put["ETag"]
    assert got["ContentLength"] == size
    assert got["ContentType"] == "text/x-test"
    assert got["Metadata"] == {"one": "1"}
    assert got["ServerSideEncryption"] == "AES256"
    assert got["AcceptRanges"] == "bytes"
    head = s3.head_object(Bucket=bucket, Key="k")
    assert head["ContentLength"] == size
    assert head["ETag"] == put["ETag"]
    assert head["LastModified"] == got["LastModified"]
    assert head["LastModified"].microsecond == 0


def test_a_file_object_of_unknown_length(s3, bucket):
    body = os.urandom(200_000)
    s3.upload_fileobj(io.BytesIO(body), bucket, "stream")
    got = io.BytesIO()
    s3.download_fileobj(bucket, "stream", got)
    assert got.getvalue() == body


def test_default_content_type(raw, s3, bucket):
    assert raw.send("PUT", f"{bucket}/plain", body=b"x").status == 200
    assert s3.get_object(Bucket=bucket, Key="plain")["ContentType"] == "binary/octet-stream"


def test_header_fields_come_back(s3, bucket):
    fields = {"CacheControl": "max-age=7", "ContentDisposition": 'attachment; filename="a b.txt"',
              "ContentEncoding": "gzip", "ContentLanguage": "de-DE", "ContentType": "text/html; charset=utf-8",
              "Expires": datetime.datetime(2031, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
              "WebsiteRedirectLocation": "/elsewhere"}
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **fields)
    for got in (s3.get_object(Bucket=bucket, Key="k"), s3.head_object(Bucket=bucket, Key="k")):
        assert {k: got[k] for k in fields} == fields


def test_overrides_of_the_reply(region, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentType="text/plain")
    got = s3.get_object(Bucket=bucket, Key="k", ResponseContentType="text/other", ResponseCacheControl="no-store",
                        ResponseContentDisposition="inline", ResponseContentEncoding="br",
                        ResponseContentLanguage="fr")
    assert (got["ContentType"], got["CacheControl"], got["ContentDisposition"], got["ContentEncoding"],
            got["ContentLanguage"]) == ("text/other", "no-store", "inline", "br", "fr")


def test_metadata_limits(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2047})
    e = refused(s3.put_object, "MetadataTooLarge", Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2048})
    assert e["Error"]["Message"] == "Your metadata headers exceed the maximum allowed metadata size"
    many = {f"k{i}": "v" for i in range(80)}
    s3.put_object(Bucket=bucket, Key="many", Body=b"", Metadata=many)
    assert s3.get_object(Bucket=bucket, Key="many")["Metadata"] == many


def test_missing_things(s3, bucket, unique):
    e = refused(s3.get_object, "NoSuchKey", Bucket=bucket, Key="nothing")
    assert e["Error"]["Message"] == "The specified key does not exist."
    assert e["Error"]["Key"] == "nothing"
    refused(s3.head_object, "404", Bucket=bucket, Key="nothing")
    refused(s3.get_object, "NoSuchBucket", Bucket=unique("none"), Key="k")
    refused(s3.put_object, "NoSuchBucket", Bucket=unique("none"), Key="k", Body=b"x" * 100_000)
    assert s3.delete_object(Bucket=bucket, Key="nothing")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_overwriting_and_deleting(s3, bucket):
    for body in (b"one", os.urandom(100_000), b"three", b""):
        s3.put_object(Bucket=bucket, Key="k", Body=body)
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == body
    s3.delete_object(Bucket=bucket, Key="k")
    refused(s3.get_object, "NoSuchKey", Bucket=bucket, Key="k")


# --- ranges ---

@pytest.mark.parametrize("size", [10, 40_000, 300_000])
def test_ranges(s3, bucket, size):
    body = os.urandom(size)
    s3.put_object(Bucket=bucket, Key="k", Body=body)
    for text, want in [("bytes=0-0", body[:1]), ("bytes=3-5", body[3:6]), ("bytes=5-", body[5:]),
                       ("bytes=-4", body[-4:]), (f"bytes=2-{10 * size}", body[2:]), (f"bytes=-{2 * size}", body),
                       (f"bytes={size // 2}-{size // 2 + 3}", body[size // 2:size // 2 + 4]),
                       (f"bytes={size - 1}-", body[-1:])]:
        got = s3.get_object(Bucket=bucket, Key="k", Range=text)
        assert got["Body"].read() == want, text
        assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
        first = body.index(want) if len(want) > 3 else None
        assert got["ContentRange"].endswith(f"/{size}")
        if first is not None:
            assert got["ContentRange"] == f"bytes {size - len(want) if text.startswith('bytes=-') else first}-" \
                                          f"{first + len(want) - 1}/{size}"
    head = s3.head_object(Bucket=bucket, Key="k", Range="bytes=1-2")
    assert head["ContentLength"] == 2
    assert head["ResponseMetadata"]["HTTPStatusCode"] == 206


@pytest.mark.parametrize("text", ["bytes=10-", "bytes=11-20", "bytes=-0"])
def test_ranges_out_of_reach(s3, bucket, text):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    e = refused(s3.get_object, "InvalidRange", Bucket=bucket, Key="k", Range=text)
    assert e["ResponseMetadata"]["HTTPStatusCode"] == 416
    assert e["Error"]["ActualObjectSize"] == "10"
    assert e["Error"]["RangeRequested"] == text


@pytest.mark.parametrize("text", ["bytes=5-3", "bytes=a-b", "items=0-3", "bytes=0-1,4-5", "bytes=-", "nonsense"])
def test_what_is_no_range_is_ignored(raw, s3, bucket, text):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = raw.send("GET", f"{bucket}/k", headers={"Range": text})
    assert (got.status, got.body) == (200, b"0123456789")


def test_a_range_of_nothing(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    refused(s3.get_object, "InvalidRange", Bucket=bucket, Key="k", Range="bytes=0-")


# --- conditions ---

def test_conditions_of_reads(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    at = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    before, after = at - datetime.timedelta(seconds=5), at + datetime.timedelta(seconds=5)
    for call in (s3.get_object, s3.head_object):
        ok = {"Bucket": bucket, "Key": "k"}
        call(**ok, IfMatch=etag)
        call(**ok, IfMatch=etag.strip('"'))
        call(**ok, IfMatch="*")
        call(**ok, IfNoneMatch='"other"')
        call(**ok, IfModifiedSince=before)
        call(**ok, IfUnmodifiedSince=after)
        call(**ok, IfUnmodifiedSince=at)
        call(**ok, IfMatch=etag, IfUnmodifiedSince=before)     # the ETag decides
        call(**ok, IfNoneMatch='"other"', IfModifiedSince=after)
        for failing in ({"IfMatch": '"other"'}, {"IfUnmodifiedSince": before}):
            e = refused(call, "PreconditionFailed", "412", **ok, **failing)
            assert e["ResponseMetadata"]["HTTPStatusCode"] == 412
        for same in ({"IfNoneMatch": etag}, {"IfNoneMatch": "*"}, {"IfModifiedSince": at}, {"IfModifiedSince": after},
                     {"IfNoneMatch": etag, "IfModifiedSince": before}):
            e = refused(call, "304", **ok, **same)
            assert e["ResponseMetadata"]["HTTPStatusCode"] == 304
            assert e["ResponseMetadata"]["HTTPHeaders"]["etag"] == etag


def test_a_failed_condition_names_it(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    e = refused(s3.get_object, "PreconditionFailed", Bucket=bucket, Key="k", IfMatch='"other"')
    assert e["Error"]["Condition"] == "If-Match"
    assert e["Error"]["Message"] == "At least one of the pre-conditions you specified did not hold"


def conditional_put(raw, bucket, key, body, **headers):
    return raw.send("PUT", f"{bucket}/{key}", body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_conditions_of_writes(raw, s3, bucket):
    assert conditional_put(raw, bucket, "k", b"1", If_None_Match="*").status == 200
    e = conditional_put(raw, bucket, "k", b"2", If_None_Match="*")
    assert (e.status, e.error[0]) == (412, "PreconditionFailed")
    big = conditional_put(raw, bucket, "k", b"2" * 100_000, If_None_Match="*")
    assert (big.status, big.error[0]) == (412, "PreconditionFailed")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    etag = s3.head_object(Bucket=bucket, Key="k")["ETag"]
    assert conditional_put(raw, bucket, "k", b"3", If_Match=etag).status == 200
    assert conditional_put(raw, bucket, "k", b"4", If_Match=etag).status == 412
    e = conditional_put(raw, bucket, "absent", b"4", If_Match=etag)
    assert (e.status, e.error[0]) == (404, "NoSuchKey")
    e = conditional_put(raw, bucket, "k", b"4", If_None_Match='"abc"')
    assert (e.status, e.error[0]) == (501, "NotImplemented")


def test_conditions_of_deletes(raw, s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    assert raw.send("DELETE", f"{bucket}/k", headers={"If-Match": '"other"'}).status == 412
    assert raw.send("DELETE", f"{bucket}/k", headers={"If-Match": etag}).status == 204
    assert raw.send("DELETE", f"{bucket}/k", headers={"If-Match": "*"}).status == 404


# --- keys ---

KEYS = ["a/b/c", "/leading", "trailing/", "a//b", "../up", "./here", "a/../b", ".", "..", "sp ace", "plus+plus",
        "per%cent", "%2F", "quest?ion", "ha#sh", "amp&ersand", "quo\"te'", "semi;colon", "eq=ual", "at@sign",
        "star*", "back\\slash", "ümlaut", "日本語/キー", "emoji-\U0001f600", "tab\there", "new\nline", "\x01\x02",
        "x" * 1024, "é" * 512]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_keys(s3, bucket, key):
    body = key.encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert [o["Key"] for o in s3.list_objects(Bucket=bucket)["Contents"]] == [key]
    s3.delete_object(Bucket=bucket, Key=key)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_keys_too_long(s3, bucket):
    e = refused(s3.put_object, "KeyTooLongError", Bucket=bucket, Key="x" * 1025, Body=b"")
    assert e["Error"]["Message"] == "Your key is too long"
    refused(s3.put_object, "KeyTooLongError", Bucket=bucket, Key="é" * 513, Body=b"")


# --- digests of the request ---

def test_content_md5(raw, bucket):
    body = os.urandom(50_000)
    good = raw.send("PUT", f"{bucket}/k", body=body, headers={"Content-MD5": b64(md5(body).digest())})
    assert good.status == 200
    bad = raw.send("PUT", f"{bucket}/other", body=body, headers={"Content-MD5": b64(md5(b"").digest())})
    assert (bad.status, bad.error) == (400, ("BadDigest", "The Content-MD5 you specified did not match what we "
                                                          "received."))
    assert bad.text("CalculatedDigest") == b64(md5(body).digest())
    for text in ("nonsense", b64(b"short")):
        e = raw.send("PUT", f"{bucket}/other", body=body, headers={"Content-MD5": text})
        assert (e.status, e.error[0]) == (400, "InvalidDigest")
    assert raw.send("HEAD", f"{bucket}/other").status == 404


def test_a_wrong_hash_leaves_no_trace(raw, bucket):
    for size in (10, 100_000):
        e = raw.send("PUT", f"{bucket}/k", body=os.urandom(size), payload_hash=hashlib.sha256(b"").hexdigest())
        assert (e.status, e.error[0]) == (400, "XAmzContentSHA256Mismatch")
    assert raw.send("HEAD", f"{bucket}/k").status == 404


def test_unsigned_payload(raw, s3, bucket):
    assert raw.send("PUT", f"{bucket}/k", body=b"x", payload_hash="UNSIGNED-PAYLOAD").status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_too_large(raw, bucket):
    e = raw.send("PUT", f"{bucket}/k", headers={"content-length": str((5 << 30) + 1)},
                 payload_hash="UNSIGNED-PAYLOAD")
    assert (e.status, e.error[0]) == (400, "EntityTooLarge")
    assert e.text("MaxSizeAllowed") == str(5 << 30)


# --- other ways in ---

def test_presigned(region, bucket):
    s3 = region.client("s3", config=Config(signature_version="s3v4"))
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b/c"}, ExpiresIn=60)
    request = urllib.request.Request(url, data=b"signed", method="PUT")
    with urllib.request.urlopen(request) as reply:
        assert reply.status == 200
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b/c",
                                                          "ResponseContentType": "text/x"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as reply:
        assert (reply.read(), reply.headers["Content-Type"]) == (b"signed", "text/x")


def test_virtual_host_style(raw, s3, bucket):
    host = f"{bucket}.s3.localhost:{raw.region.address.rpartition(':')[2]}"
    assert raw.send("PUT", "a/b c", body=b"virtual", host=host).status == 200
    assert s3.get_object(Bucket=bucket, Key="a/b c")["Body"].read() == b"virtual"
    assert raw.send("GET", "a/b c", host=host).body == b"virtual"
    assert raw.send("GET", "", "list-type=2", host=host).text("Key") == "a/b c"


def test_storage_classes(s3, bucket):
    for name in ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "REDUCED_REDUNDANCY"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"x", StorageClass=name)
        assert s3.get_object(Bucket=bucket, Key=name)["StorageClass"] == name
    s3.put_object(Bucket=bucket, Key="plain", Body=b"x", StorageClass="STANDARD")
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="plain")
    refused(s3.put_object, "InvalidStorageClass", Bucket=bucket, Key="k", Body=b"", StorageClass="OUTPOSTS")
    s3.put_object(Bucket=bucket, Key="cold", Body=b"x", StorageClass="DEEP_ARCHIVE")
    refused(s3.get_object, "InvalidObjectState", Bucket=bucket, Key="cold")
    assert s3.head_object(Bucket=bucket, Key="cold")["StorageClass"] == "DEEP_ARCHIVE"


def test_website_redirect_must_be_an_address(s3, bucket):
    refused(s3.put_object, "InvalidRequest", Bucket=bucket, Key="k", Body=b"", WebsiteRedirectLocation="else")


# --- many at once ---

def test_batch_delete(s3, bucket):
    for i in range(5):
        s3.put_object(Bucket=bucket, Key=f"k{i}", Body=b"x" * i * 20_000)
    got = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"k{i}"} for i in range(6)]})
    assert sorted(o["Key"] for o in got["Deleted"]) == [f"k{i}" for i in range(6)]
    assert "Errors" not in got
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.put_object(Bucket=bucket, Key="q", Body=b"x")
    assert "Deleted" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "q"}], "Quiet": True})


def test_batch_delete_limits(s3, raw, bucket):
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"k{i}"} for i in range(1000)]})
    refused(s3.delete_objects, "MalformedXML", Bucket=bucket,
            Delete={"Objects": [{"Key": f"k{i}"} for i in range(1001)]})
    body = b"<Delete><Object><Key>k</Key></Object></Delete>"
    e = raw.send("POST", bucket, "delete=", body=body)
    assert (e.status, e.error[0]) == (400, "InvalidRequest")
    wrong = raw.send("POST", bucket, "delete=", body=body, headers={"Content-MD5": b64(md5(b"").digest())})
    assert (wrong.status, wrong.error[0]) == (400, "BadDigest")


def test_batch_delete_asks_for_each_key(region, s3, bucket, user):
    key = user({"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{bucket}/mine/*"})
    for name in ("mine/1", "theirs/1"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")
    got = region.client("s3", *key).delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "mine/1"}, {"Key": "theirs/1"}]})
    assert [o["Key"] for o in got["Deleted"]] == ["mine/1"]
    assert [(o["Key"], o["Code"]) for o in got["Errors"]] == [("theirs/1", "AccessDenied")]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["theirs/1"]


def test_who_may_not_list_is_not_told(region, s3, bucket, user):
    key = user({"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"})
    refused(region.client("s3", *key).get_object, "AccessDenied", Bucket=bucket, Key="nothing")


# --- tags and ACLs ---

def test_tags(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="a=1&b%20c=d%2Fe")
    assert s3.get_object(Bucket=bucket, Key="k")["TagCount"] == 2
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a", "Value": "1"},
                                                                         {"Key": "b c", "Value": "d/e"}]
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "z", "Value": ""}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "z", "Value": ""}]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
    assert "TagCount" not in s3.head_object(Bucket=bucket, Key="k")
    refused(s3.get_object_tagging, "NoSuchKey", Bucket=bucket, Key="none")
    refused(s3.put_object_tagging, "NoSuchKey", Bucket=bucket, Key="none", Tagging={"TagSet": []})


@pytest.mark.parametrize("tags,code", [
    ([("a", "1")] * 2, "InvalidTag"),
    ([(f"k{i}", "v") for i in range(11)], "BadRequest"),
    ([("k" * 129, "v")], "InvalidTag"),
    ([("k", "v" * 257)], "InvalidTag"),
    ([("aws:x", "v")], "InvalidTag"),
    ([("k!", "v")], "InvalidTag"),
])
def test_bad_tags(s3, bucket, tags, code):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    refused(s3.put_object_tagging, code, Bucket=bucket, Key="k",
            Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})
    header = "&".join(f"{k}={v}" for k, v in tags)
    refused(s3.put_object, code, Bucket=bucket, Key="k", Body=b"y", Tagging=header)


def test_acls_need_ownership(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="bucket-owner-full-control")
    refused(s3.put_object, "AccessControlListNotSupported", Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    acl = s3.get_object_acl(Bucket=bucket, Key="k")
    assert [g["Permission"] for g in acl["Grants"]] == ["FULL_CONTROL"]
    refused(s3.put_object_acl, "AccessControlListNotSupported", Bucket=bucket, Key="k", ACL="public-read")


def test_public_objects(region, s3, raw, unique):
    name = unique("public")
    s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
    s3.delete_public_access_block(Bucket=name)
    s3.put_object(Bucket=name, Key="open", Body=b"for all", ACL="public-read")
    s3.put_object(Bucket=name, Key="closed", Body=b"for me")
    assert raw.send("GET", f"{name}/open", anonymous=True).body == b"for all"
    assert raw.send("GET", f"{name}/closed", anonymous=True).status == 403
    s3.put_object_acl(Bucket=name, Key="closed", ACL="public-read")
    assert raw.send("GET", f"{name}/closed", anonymous=True).body == b"for me"
    grants = s3.get_object_acl(Bucket=name, Key="closed")["Grants"]
    assert any(g["Grantee"].get("URI", "").endswith("AllUsers") for g in grants)
    e = raw.send("GET", f"{name}/open", "response-content-type=text/x", anonymous=True)
    assert (e.status, e.error[0]) == (400, "InvalidRequest")
    s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": "open"}, {"Key": "closed"}]})
    s3.delete_bucket(Bucket=name)


# --- values that are none ---

@pytest.mark.parametrize("method,query,headers,name,value,text", [
    ("GET", "partNumber=abc", {}, "partNumber", "abc", "Part number must be an integer between 1 and 10000, inclusive"),
    ("PUT", "partNumber=abc&uploadId=x", {}, "partNumber", "abc",
     "Part number must be an integer between 1 and 10000, inclusive"),
    ("PUT", "", {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": "tomorrow"},
     "x-amz-object-lock-retain-until-date", "tomorrow", "The retain until date must be provided in ISO 8601 format"),
    ("PUT", "", {"x-amz-object-lock-mode": "x"}, "x-amz-object-lock-mode", "x", "Unknown wormMode directive."),
    ("PUT", "", {"x-amz-object-lock-legal-hold": "x"}, "x-amz-object-lock-legal-hold", "x",
     "Legal Hold must be either of 'ON' or 'OFF'"),
    ("PUT", "", {"x-amz-acl": "x"}, "x-amz-acl", "x", ""),
    ("PUT", "", {"x-amz-copy-source": "b/k", "x-amz-metadata-directive": "x"}, "x-amz-metadata-directive", "x",
     "Unknown metadata directive."),
    ("PUT", "", {"x-amz-copy-source": "b/k", "x-amz-tagging-directive": "x"}, "x-amz-tagging-directive", "x",
     "Unknown tagging directive."),
    ("GET", "attributes=", {"x-amz-object-attributes": "ETag,x"}, "x-amz-object-attributes", "x",
     "Invalid attribute name specified."),
])
def test_values_that_are_none(raw, bucket, method, query, headers, name, value, text):
    got = raw.send(method, f"{bucket}/k", query, headers=headers)
    assert (got.status, got.error) == (400, ("InvalidArgument", text))
    assert (got.text("ArgumentName"), got.text("ArgumentValue")) == (name, value)


def test_a_condition_that_is_no_date_does_not_count(raw, s3, bucket):
    """AWS: nor does one of a copy's source."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    for name in ("If-Modified-Since", "If-Unmodified-Since"):
        assert raw.send("GET", f"{bucket}/k", headers={name: "yesterday"}).body == b"x"
    copied = raw.send("PUT", f"{bucket}/copy", headers={"x-amz-copy-source": f"{bucket}/k",
                                                        "x-amz-copy-source-if-unmodified-since": "yesterday"})
    assert copied.status == 200


@pytest.mark.parametrize("query,name", [("partNumber=1", "partNumber"), ("uploadId=x", "uploadId"),
                                        ("versionId=null", "versionId")])
def test_a_part_that_lost_its_upload_overwrites_nothing(raw, s3, bucket, query, name):
    s3.put_object(Bucket=bucket, Key="k", Body=b"kept")
    for headers in ({}, {"x-amz-copy-source": f"{bucket}/k"}):
        got = raw.send("PUT", f"{bucket}/k", query, body=b"" if headers else b"lost", headers=headers)
        assert (got.status, got.error[0], got.text("ArgumentName")) == (400, "InvalidArgument", name)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"kept"


# --- attributes ---

def test_attributes(s3, bucket):
    body = os.urandom(5000)
    etag = s3.put_object(Bucket=bucket, Key="k", Body=body)["ETag"].strip('"')
    got = s3.get_object_attributes(Bucket=bucket, Key="k",
                                   ObjectAttributes=["ETag", "ObjectSize", "StorageClass", "ObjectParts"])
    assert (got["ETag"], got["ObjectSize"], got["StorageClass"]) == (etag, 5000, "STANDARD")
    assert "ObjectParts" not in got
    refused(s3.get_object_attributes, "NoSuchKey", Bucket=bucket, Key="none", ObjectAttributes=["ETag"])
