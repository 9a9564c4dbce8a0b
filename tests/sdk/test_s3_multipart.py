# SPDX-License-Identifier: Apache-2.0
"""Multipart uploads."""
import base64
import hashlib
import os
import zlib

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from s3raw import Raw, b64, crc64nvme, md5

MIB = 1 << 20
PART = 5 * MIB


def code(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"]


def error(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]


def etag_of(parts):
    return f'"{md5(b"".join(md5(p).digest() for p in parts)).hexdigest()}-{len(parts)}"'


@pytest.fixture
def raw(region):
    return Raw(region)


class Upload:
    """By raw requests: SDKs add checksums of their own to what they send."""

    def __init__(self, raw, bucket, key="k", **headers):
        self.raw, self.path = raw, f"{bucket}/{key}"
        self.answer = raw.send("POST", self.path, "uploads=", headers={k.replace("_", "-"): v for k, v in
                                                                       headers.items()})
        assert self.answer.status == 200, self.answer.body
        self.id = self.answer.text("UploadId")
        self.etags = {}

    def part(self, number, body, **headers):
        got = self.raw.send("PUT", self.path, f"partNumber={number}&uploadId={self.id}", body=body,
                            headers={k.replace("_", "-"): v for k, v in headers.items()})
        if got.status == 200:
            self.etags[number] = got.headers["etag"]
        return got

    def complete(self, parts=None, extra=None, headers=None):
        """parts: numbers, or (number, etag)."""
        lines = []
        for p in parts if parts is not None else sorted(self.etags):
            number, etag = p if isinstance(p, tuple) else (p, self.etags[p])
            more = (extra or {}).get(number, "")
            lines.append(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>{more}</Part>")
        body = "<CompleteMultipartUpload>" + "".join(lines) + "</CompleteMultipartUpload>"
        return self.raw.send("POST", self.path, f"uploadId={self.id}", body=body.encode(), headers=headers)


def test_an_upload(s3, raw, bucket):
    parts = [os.urandom(PART), os.urandom(PART + 1), os.urandom(100)]
    u = Upload(raw, bucket, content_type="text/x", x_amz_meta_a="b", x_amz_tagging="t=1")
    for n, p in enumerate(parts, 1):
        got = u.part(n, p)
        assert got.headers["etag"] == f'"{md5(p).hexdigest()}"'
    done = u.complete()
    assert done.status == 200
    assert done.text("ETag") == etag_of(parts)
    assert done.text("Key") == "k"
    body = b"".join(parts)
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body
    assert (got["ETag"], got["ContentType"], got["Metadata"], got["TagCount"]) == (etag_of(parts), "text/x",
                                                                                    {"a": "b"}, 1)
    for text in ("0-0", f"{PART - 3}-{PART + 3}", f"{PART}-{2 * PART}", f"{2 * PART + 1}-", "-100", "-101",
                 f"{2 * PART}-{2 * PART + 50}"):
        first, _, last = text.partition("-")
        want = body[int(first):(int(last) + 1 if last else None)] if first else body[-int(last):]
        assert s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={text}")["Body"].read() == want, text


def test_parts_of_an_object(s3, raw, bucket):
    parts = [os.urandom(PART), os.urandom(PART), os.urandom(7)]
    u = Upload(raw, bucket)
    for n, p in zip((2, 5, 9), parts):   # numbers need not be without gaps
        u.part(n, p)
    assert u.complete().status == 200
    for n, p in enumerate(parts, 1):
        got = s3.get_object(Bucket=bucket, Key="k", PartNumber=n)
        assert got["Body"].read() == p
        assert got["PartsCount"] == 3
        assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
        assert s3.head_object(Bucket=bucket, Key="k", PartNumber=n)["ContentLength"] == len(p)
    assert "PartsCount" not in s3.head_object(Bucket=bucket, Key="k")
    e = error(s3.get_object, Bucket=bucket, Key="k", PartNumber=4)
    assert (e["Code"], e["ActualPartCount"], e["PartNumberRequested"]) == ("InvalidPartNumber", "3", "4")
    assert code(s3.get_object, Bucket=bucket, Key="k", PartNumber=1, Range="bytes=0-1") == "InvalidRequest"
    assert code(s3.get_object, Bucket=bucket, Key="k", PartNumber=0) == "InvalidArgument"


def test_part_number_of_a_plain_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123")
    got = s3.get_object(Bucket=bucket, Key="k", PartNumber=1)
    assert (got["Body"].read(), got["ContentRange"]) == (b"0123", "bytes 0-3/4")
    assert code(s3.get_object, Bucket=bucket, Key="k", PartNumber=2) == "InvalidPartNumber"


def test_parts_are_replaced_and_left_out(s3, raw, bucket):
    u = Upload(raw, bucket)
    u.part(1, os.urandom(PART))
    keep = os.urandom(PART)
    u.part(1, keep)
    u.part(2, os.urandom(30))
    u.part(3, b"last")
    assert u.complete([1, 3]).status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == keep + b"last"


def test_what_complete_refuses(s3, raw, bucket):
    u = Upload(raw, bucket)
    u.part(1, b"small")
    u.part(2, b"smaller")
    e = u.complete()
    assert (e.status, e.error[0]) == (400, "EntityTooSmall")
    assert (e.text("MinSizeAllowed"), e.text("ProposedSize"), e.text("PartNumber")) == ("5242880", "5", "1")
    assert u.complete([2, 1]).error[0] == "InvalidPartOrder"
    assert u.complete([1, 1]).error[0] == "InvalidPartOrder"
    assert u.complete([(3, '"abc"')]).error[0] == "InvalidPart"
    e = u.complete([(1, f'"{md5(b"other").hexdigest()}"')])
    assert e.error == ("InvalidPart", "One or more of the specified parts could not be found.  The part may not have "
                                      "been uploaded, or the specified entity tag may not match the part's entity "
                                      "tag.")
    assert u.complete([]).error[0] == "MalformedXML"
    assert raw.send("POST", f"{bucket}/k", f"uploadId={u.id}", body=b"<nonsense").error[0] == "MalformedXML"
    for number in (0, 10001):
        assert u.part(number, b"x").error[0] == "InvalidArgument"
    assert u.complete([1]).status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"small"
    again = u.complete([1])   # a retry hears the same
    assert (again.status, again.text("ETag")) == (200, etag_of([b"small"]))
    s3.put_object(Bucket=bucket, Key="k", Body=b"since")
    assert u.complete([1]).error[0] == "NoSuchUpload"


def test_no_such_upload(s3, raw, bucket):
    for wrong in ("nonsense", "A" * 32):
        assert code(s3.upload_part, Bucket=bucket, Key="k", UploadId=wrong, PartNumber=1, Body=b"x") == "NoSuchUpload"
        assert code(s3.list_parts, Bucket=bucket, Key="k", UploadId=wrong) == "NoSuchUpload"
        assert code(s3.abort_multipart_upload, Bucket=bucket, Key="k", UploadId=wrong) == "NoSuchUpload"
    u = Upload(raw, bucket)
    assert code(s3.list_parts, Bucket=bucket, Key="another", UploadId=u.id) == "NoSuchUpload"
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=u.id)
    assert u.part(1, b"x").error[0] == "NoSuchUpload"
    assert u.complete([(1, "x")]).error[0] == "NoSuchUpload"
    assert code(s3.head_object, Bucket=bucket, Key="k") == "404"


def test_listing_parts(s3, raw, bucket):
    u = Upload(raw, bucket, x_amz_storage_class="STANDARD_IA")
    for n in range(1, 6):
        u.part(n, b"x" * n)
    got = s3.list_parts(Bucket=bucket, Key="k", UploadId=u.id)
    assert [(p["PartNumber"], p["Size"], p["ETag"]) for p in got["Parts"]] == [
        (n, n, f'"{md5(b"x" * n).hexdigest()}"') for n in range(1, 6)]
    assert (got["StorageClass"], got["IsTruncated"], got["MaxParts"]) == ("STANDARD_IA", False, 1000)
    assert got["Owner"]["ID"] == got["Initiator"]["ID"]
    first = s3.list_parts(Bucket=bucket, Key="k", UploadId=u.id, MaxParts=2)
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == (True, 2)
    rest = s3.list_parts(Bucket=bucket, Key="k", UploadId=u.id, PartNumberMarker=2)
    assert [p["PartNumber"] for p in rest["Parts"]] == [3, 4, 5]


def test_listing_uploads(s3, bucket):
    want = []
    for key in ("a", "a", "b/1", "b/2", "c"):
        want.append((key, s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]))
    got = s3.list_multipart_uploads(Bucket=bucket)
    assert [(u["Key"], u["UploadId"]) for u in got["Uploads"]] == want
    grouped = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [u["Key"] for u in grouped["Uploads"]] == ["a", "a", "c"]
    assert [p["Prefix"] for p in grouped["CommonPrefixes"]] == ["b/"]
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket, Prefix="b/")["Uploads"]] == ["b/1", "b/2"]
    for size in (1, 2, 3):
        seen, args = [], {"Bucket": bucket, "MaxUploads": size}
        while True:
            page = s3.list_multipart_uploads(**args)
            seen += [(u["Key"], u["UploadId"]) for u in page["Uploads"]]
            if not page["IsTruncated"]:
                break
            args["KeyMarker"], args["UploadIdMarker"] = page["NextKeyMarker"], page["NextUploadIdMarker"]
        assert seen == want


def test_a_bucket_with_uploads_only_can_go(s3, raw, unique):
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    Upload(raw, name).part(1, os.urandom(100_000))
    s3.delete_bucket(Bucket=name)


def test_conditions_of_complete(s3, raw, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"there")
    u = Upload(raw, bucket)
    u.part(1, b"new")
    assert u.complete(headers={"If-None-Match": "*"}).status == 412
    assert u.complete(headers={"If-Match": '"other"'}).status == 412
    assert u.complete(headers={"If-Match": f'"{md5(b"there").hexdigest()}"'}).status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"new"


def test_object_size_is_compared(raw, bucket):
    u = Upload(raw, bucket)
    u.part(1, b"12345")
    assert u.complete(headers={"x-amz-mp-object-size": "4"}).error[0] == "InvalidRequest"
    assert u.complete(headers={"x-amz-mp-object-size": "5"}).status == 200


def test_versions_of_uploads(s3, raw, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = []
    for body in (b"one", b"two"):
        u = Upload(raw, bucket)
        u.part(1, body)
        ids.append(u.complete().headers["x-amz-version-id"])
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=ids[0])["Body"].read() == b"one"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=ids[1])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"one"


@pytest.mark.parametrize("header", ["x-amz-max-parts", "x-amz-part-number-marker"])
@pytest.mark.parametrize("value", ["-1", "-2", "-2147483648"])
def test_pages_of_attributes_are_not_negative(raw, bucket, header, value):
    u = Upload(raw, bucket, x_amz_checksum_algorithm="CRC32")
    u.part(1, b"x", x_amz_checksum_crc32=crc(b"x"))
    assert u.complete(extra={1: f"<ChecksumCRC32>{crc(b'x')}</ChecksumCRC32>"}).status == 200
    e = raw.send("GET", f"{bucket}/k", "attributes=", headers={"x-amz-object-attributes": "ObjectParts", header: value})
    assert e.error[0] == "InvalidArgument" and e.text("ArgumentValue") == value


# --- checksums of uploads ---

def crc(data):
    return b64(zlib.crc32(data).to_bytes(4, "big"))


def test_the_default_checksum_is_of_the_whole(s3, raw, bucket):
    parts = [os.urandom(PART), b"tail"]
    u = Upload(raw, bucket)
    assert "x-amz-checksum-algorithm" not in u.answer.headers
    for n, p in enumerate(parts, 1):
        u.part(n, p)
    done = u.complete()
    got = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts", "ObjectSize"])
    assert (got["ObjectParts"]["TotalPartsCount"], got["ObjectSize"]) == (2, PART + 4)
    assert done.text("ChecksumType") == "FULL_OBJECT"
    again = raw.send("HEAD", f"{bucket}/k", headers={"x-amz-checksum-mode": "ENABLED"})
    assert again.headers["x-amz-checksum-crc64nvme"] == done.text("ChecksumCRC64NVME")
    plain = raw.send("PUT", f"{bucket}/same", body=b"".join(parts))
    assert plain.headers["x-amz-checksum-crc64nvme"] == done.text("ChecksumCRC64NVME")


def test_the_default_checksum_is_right(raw, bucket):
    u = Upload(raw, bucket)
    u.part(1, b"some bytes")
    assert u.complete().text("ChecksumCRC64NVME") == crc64nvme(b"some bytes")


def test_full_object_crc32(raw, bucket):
    parts = [os.urandom(PART), os.urandom(PART), b"tail"]
    u = Upload(raw, bucket, x_amz_checksum_algorithm="CRC32", x_amz_checksum_type="FULL_OBJECT")
    assert u.answer.headers["x-amz-checksum-type"] == "FULL_OBJECT"
    for n, p in enumerate(parts, 1):
        got = u.part(n, p, **({"x_amz_checksum_crc32": crc(p)} if n == 1 else {}))
        assert got.headers["x-amz-checksum-crc32"] == crc(p)
    wrong = u.complete(headers={"x-amz-checksum-crc32": crc(b"other")})
    assert wrong.error[0] == "BadDigest"
    assert u.complete(headers={"x-amz-checksum-type": "COMPOSITE"}).error[0] == "InvalidRequest"
    done = u.complete(headers={"x-amz-checksum-crc32": crc(b"".join(parts)), "x-amz-checksum-type": "FULL_OBJECT"})
    assert done.status == 200
    assert done.text("ChecksumCRC32") == crc(b"".join(parts))


def test_composite_crc32(s3, raw, bucket):
    parts = [os.urandom(PART), b"tail"]
    u = Upload(raw, bucket, x_amz_checksum_algorithm="CRC32")
    assert u.answer.headers["x-amz-checksum-type"] == "COMPOSITE"
    e = u.part(1, parts[0])
    assert e.error == ("InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: crc32, actual "
                                         "checksum Type: null")
    assert u.part(1, parts[0], x_amz_checksum_sha1=b64(b"x" * 20)).error[0] == "InvalidRequest"
    for n, p in enumerate(parts, 1):
        assert u.part(n, p, x_amz_checksum_crc32=crc(p)).status == 200
    e = u.complete()
    assert e.error == ("InvalidRequest", "The upload was created using a crc32 checksum. The complete request must "
                                         "include the checksum for each part. It was missing for part 1 in the "
                                         "request.")
    wrong = {n: f"<ChecksumCRC32>{crc(b'no')}</ChecksumCRC32>" for n in (1, 2)}
    assert u.complete(extra=wrong).error[0] == "InvalidPart"
    extra = {n: f"<ChecksumCRC32>{crc(p)}</ChecksumCRC32>" for n, p in enumerate(parts, 1)}
    done = u.complete(extra=extra)
    want = crc(b"".join(base64.b64decode(crc(p)) for p in parts)) + "-2"
    assert done.text("ChecksumCRC32") == want
    head = raw.send("HEAD", f"{bucket}/k", headers={"x-amz-checksum-mode": "ENABLED"})
    assert (head.headers["x-amz-checksum-crc32"], head.headers["x-amz-checksum-type"]) == (want, "COMPOSITE")
    got = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts", "Checksum"], MaxParts=1)
    assert got["Checksum"]["ChecksumCRC32"] == want.removesuffix("-2")   # AWS: here without the count
    assert [p["ChecksumCRC32"] for p in got["ObjectParts"]["Parts"]] == [crc(parts[0])]
    assert got["ObjectParts"]["IsTruncated"] is True
    one = raw.send("GET", f"{bucket}/k", "partNumber=2", headers={"x-amz-checksum-mode": "ENABLED"})
    assert one.headers["x-amz-checksum-crc32"] == crc(parts[1])


def test_a_part_with_a_checksum_that_nobody_announced(raw, bucket):
    """AWS: SDKs send CRC32 with each part, whether the upload was created for it or not."""
    parts = [os.urandom(PART), b"tail"]
    u = Upload(raw, bucket)
    for n, p in enumerate(parts, 1):
        assert u.part(n, p, x_amz_checksum_crc32=crc(p)).headers["x-amz-checksum-crc32"] == crc(p)
    assert u.part(2, parts[1], x_amz_checksum_crc32=crc(b"no")).error[0] == "BadDigest"
    sha = b64(hashlib.sha512(parts[1]).digest())
    assert u.part(2, parts[1], x_amz_checksum_sha512=sha).headers["x-amz-checksum-sha512"] == sha
    assert "Checksum" not in raw.send("GET", f"{bucket}/k", f"uploadId={u.id}").body.decode()
    said = {n: f"<ChecksumCRC32>{crc(p)}</ChecksumCRC32>" for n, p in enumerate(parts, 1)}
    assert u.complete(extra=said).error[0] == "InvalidPart"
    whole = b"".join(parts)
    assert u.complete(headers={"x-amz-checksum-sha512": b64(hashlib.sha512(whole).digest())}).error == (
        "InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: sha512")
    done = u.complete(headers={"x-amz-checksum-crc32": crc(b"not looked at")})
    assert (done.status, done.text("ChecksumType")) == (200, "FULL_OBJECT")
    plain = raw.send("PUT", f"{bucket}/same", body=whole)
    assert done.text("ChecksumCRC64NVME") == plain.headers["x-amz-checksum-crc64nvme"]
    one = raw.send("GET", f"{bucket}/k", "partNumber=2", headers={"x-amz-checksum-mode": "ENABLED"})
    assert one.body == parts[1] and not [h for h in one.headers if h.startswith("x-amz-checksum")]


@pytest.mark.parametrize("algorithm,kind", [("CRC64NVME", "COMPOSITE"), ("SHA256", "FULL_OBJECT"),
                                            ("SHA1", "FULL_OBJECT")])
def test_algorithms_that_do_not_go_with_a_type(raw, bucket, algorithm, kind):
    e = raw.send("POST", f"{bucket}/k", "uploads=", headers={"x-amz-checksum-algorithm": algorithm,
                                                               "x-amz-checksum-type": kind})
    assert e.error[0] == "InvalidRequest"


def test_a_wrong_part_leaves_no_trace(s3, raw, bucket):
    u = Upload(raw, bucket)
    assert u.part(1, os.urandom(200_000), Content_MD5=b64(md5(b"").digest())).error[0] == "BadDigest"
    assert "Parts" not in s3.list_parts(Bucket=bucket, Key="k", UploadId=u.id)


# --- as SDKs do it ---

def test_transfer_manager(s3, bucket, tmp_path):
    body = os.urandom(23 * MIB + 17)
    source, target = tmp_path / "from", tmp_path / "to"
    source.write_bytes(body)
    config = TransferConfig(multipart_threshold=6 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
    s3.upload_file(str(source), bucket, "k", Config=config, ExtraArgs={"Metadata": {"a": "b"}})
    s3.download_file(bucket, "k", str(target), Config=config)
    assert target.read_bytes() == body
    assert s3.head_object(Bucket=bucket, Key="k")["ETag"].endswith('-5"')
