# SPDX-License-Identifier: Apache-2.0
"""Checksums of uploads: in the head, in trailers, of every algorithm; aws-chunked bodies."""
import hashlib
import os
import struct

import pytest

from s3raw import Raw, b64, crc32, crc32c, crc64nvme, md5

ALGORITHMS = {
    "crc32": crc32,
    "crc32c": crc32c,
    "crc64nvme": crc64nvme,
    "sha1": lambda d: b64(hashlib.sha1(d, usedforsecurity=False).digest()),
    "sha256": lambda d: b64(hashlib.sha256(d).digest()),
    "sha512": lambda d: b64(hashlib.sha512(d).digest()),
    "md5": lambda d: b64(md5(d).digest()),
}


def xxhash64(data):
    """The published algorithm, seed 0."""
    p1, p2, p3, p4, p5 = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579,
                          2870177450012600261)
    mask = (1 << 64) - 1

    def rotate(x, r):
        return ((x << r) | (x >> (64 - r))) & mask

    def round_(acc, lane):
        return rotate((acc + lane * p2) & mask, 31) * p1 & mask

    at = 0
    if len(data) >= 32:
        acc = [(p1 + p2) & mask, p2, 0, (-p1) & mask]
        while at + 32 <= len(data):
            lanes = struct.unpack_from("<4Q", data, at)
            acc = [round_(a, lane) for a, lane in zip(acc, lanes)]
            at += 32
        h = sum(rotate(a, r) for a, r in zip(acc, (1, 7, 12, 18))) & mask
        for a in acc:
            h = ((h ^ round_(0, a)) * p1 + p4) & mask
    else:
        h = p5
    h = (h + len(data)) & mask
    while at + 8 <= len(data):
        h = (rotate(h ^ round_(0, struct.unpack_from("<Q", data, at)[0]), 27) * p1 + p4) & mask
        at += 8
    if at + 4 <= len(data):
        h = (rotate(h ^ struct.unpack_from("<I", data, at)[0] * p1 & mask, 23) * p2 + p3) & mask
        at += 4
    for byte in data[at:]:
        h = rotate(h ^ byte * p5 & mask, 11) * p1 & mask
    h = (h ^ h >> 33) * p2 & mask
    h = (h ^ h >> 29) * p3 & mask
    return b64((h ^ h >> 32).to_bytes(8, "big"))


ALGORITHMS["xxhash64"] = xxhash64


@pytest.fixture
def raw(region):
    return Raw(region)


def read_back(raw, path):
    return raw.send("GET", path, headers={"x-amz-checksum-mode": "ENABLED"})


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("size", [0, 5, 70_001])
def test_in_the_head(raw, bucket, name, size):
    body = os.urandom(size)
    header, value = f"x-amz-checksum-{name}", ALGORITHMS[name](body)
    put = raw.send("PUT", f"{bucket}/k", body=body, headers={header: value})
    assert (put.status, put.headers[header], put.headers["x-amz-checksum-type"]) == (200, value, "FULL_OBJECT")
    got = read_back(raw, f"{bucket}/k")
    assert (got.body, got.headers[header]) == (body, value)
    assert header not in raw.send("GET", f"{bucket}/k").headers
    wrong = raw.send("PUT", f"{bucket}/wrong", body=body, headers={header: ALGORITHMS[name](body + b"x")})
    assert wrong.error == ("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")
    assert raw.send("HEAD", f"{bucket}/wrong").status == 404


@pytest.mark.parametrize("name,length", [("xxhash3", 8), ("xxhash128", 16)])
def test_the_other_two(raw, bucket, name, length):
    """Their values are compared with vectors in the unit tests of digests."""
    header = f"x-amz-checksum-{name}"
    wrong = raw.send("PUT", f"{bucket}/k", body=b"abc", headers={header: b64(b"\0" * length)})
    assert wrong.error[0] == "BadDigest"
    bad = raw.send("PUT", f"{bucket}/k", body=b"abc", headers={header: b64(b"\0" * (length - 1))})
    assert bad.error[0] == "InvalidRequest"


@pytest.mark.parametrize("name", ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"])
@pytest.mark.parametrize("signed", [True, False])
def test_in_a_trailer(raw, bucket, name, signed):
    chunks = [os.urandom(8192), os.urandom(65536), os.urandom(17)]
    body = b"".join(chunks)
    header, value = f"x-amz-checksum-{name}", ALGORITHMS[name](body)
    put = raw.put_chunked(f"{bucket}/k", chunks, trailer=(header, value), signed=signed)
    assert (put.status, put.headers.get(header)) == (200, value), put.body
    got = read_back(raw, f"{bucket}/k")
    assert (got.body, got.headers[header]) == (body, value)
    assert "content-encoding" not in got.headers
    wrong = raw.put_chunked(f"{bucket}/wrong", chunks, trailer=(header, ALGORITHMS[name](b"x")), signed=signed)
    assert wrong.error[0] == "BadDigest"
    assert raw.send("HEAD", f"{bucket}/wrong").status == 404


@pytest.mark.parametrize("sizes", [[], [0], [1], [8192], [8192, 8192, 5], [70_000, 3], [200_000]])
def test_signed_chunks(raw, bucket, sizes):
    chunks = [os.urandom(n) for n in sizes if n]
    put = raw.put_chunked(f"{bucket}/k", chunks)
    assert put.status == 200, put.body
    assert raw.send("GET", f"{bucket}/k").body == b"".join(chunks)


@pytest.mark.parametrize("spoil,codes", [("chunk", ["SignatureDoesNotMatch"]), ("length", ["IncompleteBody"])])
@pytest.mark.parametrize("size", [100, 90_000])
def test_spoiled_chunks_leave_no_trace(raw, bucket, spoil, codes, size):
    e = raw.put_chunked(f"{bucket}/k", [os.urandom(size)], spoil=spoil)
    assert e.error[0] in codes
    assert raw.send("HEAD", f"{bucket}/k").status == 404


def test_a_spoiled_trailer(raw, bucket):
    e = raw.put_chunked(f"{bucket}/k", [b"abc"], trailer=("x-amz-checksum-crc32", crc32(b"abc")), spoil="trailer")
    assert e.error[0] == "SignatureDoesNotMatch"
    assert raw.send("HEAD", f"{bucket}/k").status == 404


def test_other_encodings_stay(raw, bucket):
    raw.put_chunked(f"{bucket}/k", [b"zipped"], headers={"x-test": "1"})
    put = raw.send("PUT", f"{bucket}/k", body=b"zipped", headers={"Content-Encoding": "gzip"})
    assert put.status == 200
    assert raw.send("GET", f"{bucket}/k").headers["content-encoding"] == "gzip"


def test_every_object_has_a_checksum(raw, bucket):
    put = raw.send("PUT", f"{bucket}/k", body=b"123456789")
    assert put.headers["x-amz-checksum-crc64nvme"] == crc64nvme(b"123456789")
    assert crc64nvme(b"123456789") == b64(bytes.fromhex("ae8b14860a799888"))


def test_what_is_refused(raw, bucket):
    def put(**headers):
        return raw.send("PUT", f"{bucket}/k", body=b"x", headers={k.replace("_", "-"): v for k, v in
                                                                  headers.items()}).error

    assert put(x_amz_checksum_crc32=crc32(b"x"), x_amz_checksum_sha256=ALGORITHMS["sha256"](b"x")) == (
        "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    assert put(x_amz_checksum_crc32="nonsense") == ("InvalidRequest", "Value for x-amz-checksum-crc32 header is "
                                                                      "invalid.")
    assert put(x_amz_sdk_checksum_algorithm="CRC32")[0] == "InvalidRequest"
    assert put(x_amz_sdk_checksum_algorithm="SHA1", x_amz_checksum_crc32=crc32(b"x"))[0] == "InvalidRequest"


def test_ranges_have_no_checksum(raw, bucket):
    raw.send("PUT", f"{bucket}/k", body=b"0123456789")
    got = raw.send("GET", f"{bucket}/k", headers={"x-amz-checksum-mode": "ENABLED", "Range": "bytes=1-3"})
    assert not [h for h in got.headers if h.startswith("x-amz-checksum")]


def test_lists_name_the_algorithm(raw, s3, bucket):
    raw.send("PUT", f"{bucket}/k", body=b"x", headers={"x-amz-checksum-sha1": ALGORITHMS["sha1"](b"x")})
    got = raw.send("GET", bucket, "list-type=2")
    assert (got.text("ChecksumAlgorithm"), got.text("ChecksumType")) == ("SHA1", "FULL_OBJECT")
