# SPDX-License-Identifier: Apache-2.0
"""Copies of objects and into parts; keys of the client's own (SSE-C)."""
import datetime
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from s3raw import Raw, b64, crc32, md5

MIB = 1 << 20
PART = 5 * MIB


def code(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"]


@pytest.fixture
def raw(region):
    return Raw(region)


def multipart(raw, bucket, key, parts, headers=None, part_headers=None):
    up = raw.send("POST", f"{bucket}/{key}", "uploads=", headers=headers).text("UploadId")
    done = ""
    for n, body in enumerate(parts, 1):
        got = raw.send("PUT", f"{bucket}/{key}", f"partNumber={n}&uploadId={up}", body=body, headers=part_headers)
        assert got.status == 200, got.body
        done += f"<Part><PartNumber>{n}</PartNumber><ETag>{got.headers['etag']}</ETag></Part>"
    got = raw.send("POST", f"{bucket}/{key}", f"uploadId={up}",
                   body=f"<CompleteMultipartUpload>{done}</CompleteMultipartUpload>".encode())
    assert got.status == 200, got.body
    return got.text("ETag")


@pytest.mark.parametrize("size", [0, 10, 100_000])
def test_a_copy(s3, bucket, size):
    body = os.urandom(size)
    put = s3.put_object(Bucket=bucket, Key="a", Body=body, Metadata={"m": "1"}, ContentType="text/x", Tagging="t=1",
                        StorageClass="STANDARD_IA", CacheControl="no-cache")
    got = s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "a"})
    assert got["CopyObjectResult"]["ETag"] == put["ETag"]
    copy = s3.get_object(Bucket=bucket, Key="b")
    assert copy["Body"].read() == body
    assert (copy["Metadata"], copy["ContentType"], copy["CacheControl"], copy["TagCount"]) == ({"m": "1"}, "text/x",
                                                                                               "no-cache", 1)
    assert "StorageClass" not in copy   # AWS: not copied
    s3.delete_object(Bucket=bucket, Key="a")
    assert s3.get_object(Bucket=bucket, Key="b")["Body"].read() == body
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"/{bucket}/b")
    s3.put_object(Bucket=bucket, Key="b", Body=b"other")
    assert s3.get_object(Bucket=bucket, Key="c")["Body"].read() == body


def test_the_slash_of_the_source_may_be_encoded(s3, raw, bucket):
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"x")
    got = raw.send("PUT", f"{bucket}/c", headers={"x-amz-copy-source": f"{bucket}%2Fa%2Fb"})   # as Terraform writes it
    assert got.status == 200, got.body
    assert s3.get_object(Bucket=bucket, Key="c")["Body"].read() == b"x"
    assert raw.send("PUT", f"{bucket}/c", headers={"x-amz-copy-source": bucket}).error[0] == "InvalidArgument"


def test_replacing_what_belongs_to_it(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", Metadata={"m": "1"}, ContentType="text/x", Tagging="t=1")
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a", MetadataDirective="REPLACE", Metadata={"n": "2"},
                   ContentType="text/y", TaggingDirective="REPLACE", Tagging="u=2&v=3", StorageClass="STANDARD_IA")
    got = s3.get_object(Bucket=bucket, Key="b")
    assert (got["Metadata"], got["ContentType"], got["StorageClass"]) == ({"n": "2"}, "text/y", "STANDARD_IA")
    assert s3.get_object_tagging(Bucket=bucket, Key="b")["TagSet"] == [{"Key": "u", "Value": "2"},
                                                                         {"Key": "v", "Value": "3"}]
    # without REPLACE the copy's own header fields do not count
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/a", ContentType="text/z", Metadata={"o": "3"})
    got = s3.get_object(Bucket=bucket, Key="c")
    assert (got["Metadata"], got["ContentType"]) == ({"m": "1"}, "text/x")


def test_onto_itself(s3, bucket):
    body = os.urandom(50_000)
    s3.put_object(Bucket=bucket, Key="a", Body=body, Metadata={"m": "1"})
    with pytest.raises(ClientError) as e:
        s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a")
    assert e.value.response["Error"]["Code"] == "InvalidRequest"
    assert "copy an object to itself" in e.value.response["Error"]["Message"]
    s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a", MetadataDirective="REPLACE", Metadata={"n": "2"})
    got = s3.get_object(Bucket=bucket, Key="a")
    assert (got["Metadata"], got["Body"].read()) == ({"n": "2"}, body)
    s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a", StorageClass="STANDARD_IA")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == body


def test_names_of_sources(s3, raw, bucket):
    for key in ("a b", "ü/ä", "plus+plus", "per%cent", "q?x=y", "/lead"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
        assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == key.encode()
    for bad in ("nobucket", f"{bucket}/", "/", f"{bucket}/%zz", f"{bucket}/per%25cent?versionId=%zz"):
        e = raw.send("PUT", f"{bucket}/copy", headers={"x-amz-copy-source": bad})
        assert (e.status, e.error[0]) == (400, "InvalidArgument"), bad


def test_sources_that_are_not_there(s3, bucket, unique):
    assert code(s3.copy_object, Bucket=bucket, Key="b", CopySource=f"{bucket}/none") == "NoSuchKey"
    assert code(s3.copy_object, Bucket=bucket, Key="b", CopySource=f"{unique('none')}/a") == "NoSuchBucket"


def test_versions_of_sources(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    one = s3.put_object(Bucket=bucket, Key="a", Body=b"one")["VersionId"]
    s3.put_object(Bucket=bucket, Key="a", Body=b"two")
    got = s3.copy_object(Bucket=bucket, Key="a", CopySource={"Bucket": bucket, "Key": "a", "VersionId": one})
    assert (got["CopySourceVersionId"], s3.get_object(Bucket=bucket, Key="a")["Body"].read()) == (one, b"one")
    assert got["VersionId"] != one
    marker = s3.delete_object(Bucket=bucket, Key="a")["VersionId"]
    assert code(s3.copy_object, Bucket=bucket, Key="b", CopySource=f"{bucket}/a") == "NoSuchKey"
    assert code(s3.copy_object, Bucket=bucket, Key="b",
                CopySource={"Bucket": bucket, "Key": "a", "VersionId": marker}) == "InvalidRequest"


def test_conditions_of_sources(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["ETag"]
    at = s3.head_object(Bucket=bucket, Key="a")["LastModified"]
    early, late = at - datetime.timedelta(seconds=9), at + datetime.timedelta(seconds=9)
    args = {"Bucket": bucket, "Key": "b", "CopySource": f"{bucket}/a"}
    for ok in ({"CopySourceIfMatch": etag}, {"CopySourceIfNoneMatch": '"x"'}, {"CopySourceIfModifiedSince": early},
               {"CopySourceIfUnmodifiedSince": late}, {"CopySourceIfMatch": etag, "CopySourceIfUnmodifiedSince": early}):
        s3.copy_object(**args, **ok)
    for bad in ({"CopySourceIfMatch": '"x"'}, {"CopySourceIfNoneMatch": etag}, {"CopySourceIfModifiedSince": late},
                {"CopySourceIfUnmodifiedSince": early}, {"CopySourceIfNoneMatch": etag,
                                                         "CopySourceIfModifiedSince": early}):
        assert code(s3.copy_object, **args, **bad) == "PreconditionFailed"


def test_rights_to_the_source(region, s3, bucket, user):
    s3.put_object(Bucket=bucket, Key="mine/a", Body=b"x")
    s3.put_object(Bucket=bucket, Key="theirs/a", Body=b"x")
    s3.put_object(Bucket=bucket, Key="mine/tagged", Body=b"x", Tagging="a=1")
    key = user({"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{bucket}/mine/*"})
    theirs = region.client("s3", *key)
    theirs.copy_object(Bucket=bucket, Key="mine/b", CopySource=f"{bucket}/mine/a")
    assert code(theirs.copy_object, Bucket=bucket, Key="mine/b", CopySource=f"{bucket}/theirs/a") == "AccessDenied"
    assert code(theirs.copy_object, Bucket=bucket, Key="theirs/b", CopySource=f"{bucket}/mine/a") == "AccessDenied"
    assert code(theirs.copy_object, Bucket=bucket, Key="mine/c", CopySource=f"{bucket}/mine/tagged") == "AccessDenied"


def test_a_copy_of_an_upload_is_whole(s3, raw, bucket):
    parts = [os.urandom(PART), os.urandom(1000)]
    multipart(raw, bucket, "a", parts)
    got = s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
    assert got["CopyObjectResult"]["ETag"] == f'"{md5(b"".join(parts)).hexdigest()}"'
    s3.delete_object(Bucket=bucket, Key="a")
    copy = s3.get_object(Bucket=bucket, Key="b", Range=f"bytes={PART - 2}-")
    assert copy["Body"].read() == parts[0][-2:] + parts[1]
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/b")
    s3.delete_object(Bucket=bucket, Key="b")
    assert s3.get_object(Bucket=bucket, Key="c")["Body"].read() == b"".join(parts)


def test_another_checksum(s3, raw, bucket):
    body = os.urandom(70_000)
    s3.put_object(Bucket=bucket, Key="a", Body=body)
    got = raw.send("PUT", f"{bucket}/b", headers={"x-amz-copy-source": f"{bucket}/a", "x-amz-checksum-algorithm":
                                                    "CRC32"})
    assert got.text("ChecksumCRC32") == crc32(body)
    assert raw.send("HEAD", f"{bucket}/b", headers={"x-amz-checksum-mode": "ENABLED"}
                    ).headers["x-amz-checksum-crc32"] == crc32(body)


def test_parts_by_copy(s3, raw, bucket):
    source = os.urandom(PART + 4000)
    s3.put_object(Bucket=bucket, Key="a", Body=source)
    s3.put_object(Bucket=bucket, Key="small", Body=b"0123456789")
    up = raw.send("POST", f"{bucket}/k", "uploads=").text("UploadId")
    etags = {}

    def part(number, key, span=None):
        headers = {"x-amz-copy-source": f"{bucket}/{key}"}
        if span:
            headers["x-amz-copy-source-range"] = span
        got = raw.send("PUT", f"{bucket}/k", f"partNumber={number}&uploadId={up}", headers=headers)
        if got.status == 200:
            etags[number] = got.text("ETag")
        return got

    part(1, "a")
    part(2, "a", f"bytes=0-{PART - 1}")
    part(3, "small", "bytes=2-4")
    assert etags[2] == f'"{md5(source[:PART]).hexdigest()}"'
    for bad in ("bytes=2-", "bytes=-3", "2-4", "bytes=4-2", "bytes=0-10"):
        e = part(4, "small", bad)
        assert (e.status, e.error[0]) == (400, "InvalidArgument"), bad
    assert part(4, "none").error[0] == "NoSuchKey"
    body = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{e}</ETag></Part>" for n, e in sorted(etags.items()))
    got = raw.send("POST", f"{bucket}/k", f"uploadId={up}",
                   body=f"<CompleteMultipartUpload>{body}</CompleteMultipartUpload>".encode())
    assert got.status == 200, got.body
    s3.delete_object(Bucket=bucket, Key="a")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == source + source[:PART] + b"234"


def test_an_upload_as_part(s3, raw, bucket):
    parts = [os.urandom(PART), os.urandom(99)]
    multipart(raw, bucket, "a", parts)
    up = raw.send("POST", f"{bucket}/k", "uploads=").text("UploadId")
    got = raw.send("PUT", f"{bucket}/k", f"partNumber=1&uploadId={up}", headers={"x-amz-copy-source": f"{bucket}/a"})
    body = f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{got.text('ETag')}</ETag></Part>" \
           "</CompleteMultipartUpload>"
    assert raw.send("POST", f"{bucket}/k", f"uploadId={up}", body=body.encode()).status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"".join(parts)


# --- SSE-C ---

def keys(key):
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}


def raw_keys(key, prefix="x-amz-"):
    p = prefix + "server-side-encryption-customer-"
    return {p + "algorithm": "AES256", p + "key": b64(key), p + "key-md5": b64(md5(key).digest())}


@pytest.mark.parametrize("size", [0, 100, 100_000])
def test_own_keys(s3, raw, bucket, size):
    key, other, body = os.urandom(32), os.urandom(32), os.urandom(size)
    put = s3.put_object(Bucket=bucket, Key="k", Body=body, **keys(key))
    assert put["SSECustomerKeyMD5"] == b64(md5(key).digest())
    assert "ServerSideEncryption" not in put
    assert put["ETag"] != f'"{md5(body).hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="k", **keys(key))
    assert (got["Body"].read(), got["SSECustomerAlgorithm"]) == (body, "AES256")
    assert s3.head_object(Bucket=bucket, Key="k", **keys(key))["ContentLength"] == size
    for call in (s3.get_object, s3.head_object):
        assert code(call, Bucket=bucket, Key="k") in ("InvalidRequest", "400")
        assert code(call, Bucket=bucket, Key="k", **keys(other)) in ("AccessDenied", "403")
    s3.put_object(Bucket=bucket, Key="plain", Body=b"x")
    assert code(s3.get_object, Bucket=bucket, Key="plain", **keys(key)) == "InvalidRequest"


def test_own_keys_are_checked(raw, bucket):
    good = raw_keys(b"k" * 32)
    name = "x-amz-server-side-encryption-customer-"

    def put(**changes):
        headers = {k: v for k, v in {**good, **{name + k.replace("_", "-"): v for k, v in changes.items()}}.items()
                   if v is not None}
        got = raw.send("PUT", f"{bucket}/k", body=b"x", headers=headers)
        return got.status if got.status == 200 else got.error[0]

    assert put() == 200
    assert put(algorithm="AES128") == "InvalidEncryptionAlgorithmError"
    assert put(algorithm=None) == "InvalidArgument"
    assert put(key=None) == "InvalidArgument"
    assert put(key_md5=None) == "InvalidArgument"
    assert put(key=b64(b"short")) == "InvalidArgument"
    assert put(key_md5=b64(md5(b"other").digest())) == "InvalidArgument"
    both = raw.send("PUT", f"{bucket}/k", body=b"x", headers={**good, "x-amz-server-side-encryption": "AES256"})
    assert both.error[0] == "InvalidArgument"


def test_copies_change_the_key(s3, bucket):
    key, other, body = os.urandom(32), os.urandom(32), os.urandom(90_000)
    s3.put_object(Bucket=bucket, Key="a", Body=body, **keys(key))
    source = {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": key}
    assert code(s3.copy_object, Bucket=bucket, Key="b", CopySource=f"{bucket}/a") == "InvalidRequest"
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a", **source, **keys(other))
    assert s3.get_object(Bucket=bucket, Key="b", **keys(other))["Body"].read() == body
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/a", **source)
    assert s3.get_object(Bucket=bucket, Key="c")["Body"].read() == body
    s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a", **source, **keys(other))
    assert s3.get_object(Bucket=bucket, Key="a", **keys(other))["Body"].read() == body


def test_uploads_with_own_keys(raw, bucket):
    key, parts = raw_keys(b"k" * 32), [os.urandom(PART), os.urandom(20)]
    multipart(raw, bucket, "k", parts, headers=key, part_headers=key)
    assert raw.send("GET", f"{bucket}/k", headers=key).body == b"".join(parts)
    assert raw.send("GET", f"{bucket}/k").error[0] == "InvalidRequest"
    up = raw.send("POST", f"{bucket}/k", "uploads=", headers=key).text("UploadId")
    for headers in (None, raw_keys(b"o" * 32)):
        e = raw.send("PUT", f"{bucket}/k", f"partNumber=1&uploadId={up}", body=b"x", headers=headers)
        assert (e.status, e.error[0]) == (400, "InvalidRequest")
    for headers, status in ((None, 200), (key, 200), (raw_keys(b"o" * 32), 400)):
        assert raw.send("GET", f"{bucket}/k", f"uploadId={up}", headers=headers).status == status


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_source_that_is_overwritten_meanwhile(region, s3, bucket, size):
    """Whoever copies a key that is always there gets one of its bodies, never that there is none."""
    bodies = [bytes([65 + i]) * size for i in range(4)]
    s3.put_object(Bucket=bucket, Key="a", Body=bodies[0])
    up = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    many = region.client("s3", config=Config(max_pool_connections=8))

    def one(i):
        if i % 2:
            many.put_object(Bucket=bucket, Key="a", Body=bodies[i % 4])
        elif i % 4:
            many.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
        else:
            many.upload_part_copy(Bucket=bucket, Key="parts", UploadId=up, PartNumber=1 + i % 3,
                                  CopySource=f"{bucket}/a")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(240)))
    assert s3.get_object(Bucket=bucket, Key="b")["Body"].read() in bodies
