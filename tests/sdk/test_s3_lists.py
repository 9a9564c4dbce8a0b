# SPDX-License-Identifier: Apache-2.0
"""Lists of objects: pages, prefixes, delimiters, markers, both versions of the call."""
import pytest
from botocore.exceptions import ClientError

from s3raw import Raw

KEYS = sorted(["a", "a/", "a/1", "a/2", "a/b/3", "a0", "b//x", "b/y", "c", "d/e/f/g", "é", "日本/1", "日本/2"],
              key=str.encode)


@pytest.fixture(scope="module")
def full(region):
    s3 = region.client("s3")
    name = "listed"
    s3.create_bucket(Bucket=name)
    for k in KEYS:
        s3.put_object(Bucket=name, Key=k, Body=k.encode())
    return name


def want(prefix="", delimiter="", after=""):
    """What a list must say, the plain way."""
    keys, prefixes = [], []
    for k in KEYS:
        if not k.startswith(prefix) or k.encode() <= after.encode():
            continue
        at = k.find(delimiter, len(prefix)) if delimiter else -1
        if at < 0:
            keys.append(k)
        elif (p := k[:at + len(delimiter)]) not in prefixes and p != after:
            prefixes.append(p)
    return keys, prefixes


CASES = [("", ""), ("a", ""), ("a/", ""), ("", "/"), ("a", "/"), ("a/", "/"), ("b/", "/"), ("d/", "/"), ("d/e", "/"),
         ("zz", "/"), ("", "//"), ("", "a"), ("日", "/"), ("é", "")]


@pytest.mark.parametrize("prefix,delimiter", CASES)
@pytest.mark.parametrize("page", [1, 2, 3, 1000])
def test_pages(s3, full, prefix, delimiter, page):
    for call in ("list_objects_v2", "list_objects"):
        keys, prefixes = [], []
        args = {"Bucket": full, "Prefix": prefix, "PaginationConfig": {"PageSize": page}}
        if delimiter:
            args["Delimiter"] = delimiter
        for got in s3.get_paginator(call).paginate(**args):
            here = len(got.get("Contents", [])) + len(got.get("CommonPrefixes", []))
            assert here <= page
            assert here == page or not got["IsTruncated"]
            if call == "list_objects_v2":
                assert got["KeyCount"] == here
            keys += [o["Key"] for o in got.get("Contents", [])]
            prefixes += [p["Prefix"] for p in got.get("CommonPrefixes", [])]
        assert (keys, prefixes) == want(prefix, delimiter), call


@pytest.mark.parametrize("after", ["", "a", "a/", "a/1", "a/zzz", "b//", "zzzz", "日本/1", "\x01"])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_starting_after(s3, full, after, delimiter):
    got = s3.list_objects_v2(Bucket=full, StartAfter=after, Delimiter=delimiter)
    v1 = s3.list_objects(Bucket=full, Marker=after, Delimiter=delimiter)
    for answer in (got, v1):
        assert [o["Key"] for o in answer.get("Contents", [])] == want("", delimiter, after)[0]
        assert [p["Prefix"] for p in answer.get("CommonPrefixes", [])] == want("", delimiter, after)[1]


def test_what_a_key_says(region, s3, full):
    one = s3.list_objects_v2(Bucket=full, MaxKeys=1)["Contents"][0]
    head = s3.head_object(Bucket=full, Key=one["Key"])
    assert (one["ETag"], one["Size"], one["StorageClass"]) == (head["ETag"], 1, "STANDARD")
    assert one["LastModified"] == head["LastModified"]
    assert "Owner" not in one
    owner = s3.list_objects_v2(Bucket=full, MaxKeys=1, FetchOwner=True)["Contents"][0]["Owner"]["ID"]
    assert s3.list_objects(Bucket=full, MaxKeys=1)["Contents"][0]["Owner"]["ID"] == owner
    assert owner == s3.list_buckets()["Owner"]["ID"]


def test_limits(s3, full):
    got = s3.list_objects_v2(Bucket=full, MaxKeys=0)
    assert (got["KeyCount"], got["IsTruncated"], got["MaxKeys"]) == (0, False, 0)
    assert s3.list_objects_v2(Bucket=full, MaxKeys=5000)["MaxKeys"] == 1000
    for call in (s3.list_objects_v2, s3.list_objects):
        with pytest.raises(ClientError) as e:
            call(Bucket=full, MaxKeys=-1)
        assert e.value.response["Error"]["Code"] == "InvalidArgument"
    with pytest.raises(ClientError) as e:
        s3.list_objects_v2(Bucket=full, ContinuationToken="nonsense")
    assert e.value.response["Error"]["Code"] == "InvalidArgument"


def test_a_token_belongs_to_its_question(s3, full):
    token = s3.list_objects_v2(Bucket=full, MaxKeys=1)["NextContinuationToken"]
    with pytest.raises(ClientError) as e:
        s3.list_objects_v2(Bucket=full, MaxKeys=1, Prefix="a", ContinuationToken=token)
    assert e.value.response["Error"]["Code"] == "InvalidArgument"


def test_empty(s3, bucket):
    got = s3.list_objects_v2(Bucket=bucket)
    assert (got["KeyCount"], got["IsTruncated"], got["Name"], got["Prefix"]) == (0, False, bucket, "")
    assert "Contents" not in got


def test_encoding(region, s3, bucket):
    raw = Raw(region)
    key = "a b/\x01+ü&<"
    s3.put_object(Bucket=bucket, Key=key, Body=b"")
    got = raw.send("GET", bucket, "list-type=2&encoding-type=url&prefix=a%20&start-after=a%20a&delimiter=x")
    assert got.text("Key") == "a%20b/%01%2B%C3%BC%26%3C"
    assert (got.text("Prefix"), got.text("StartAfter"), got.text("EncodingType")) == ("a%20", "a%20a", "url")
    bad = raw.send("GET", bucket, "encoding-type=base64")
    assert (bad.status, bad.error[0]) == (400, "InvalidArgument")


def test_many_keys_below_one_prefix_are_stepped_over(s3, bucket):
    for i in range(40):
        s3.put_object(Bucket=bucket, Key=f"p/{i:03}", Body=b"")
    s3.put_object(Bucket=bucket, Key="q", Body=b"")
    got = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in got["CommonPrefixes"]] == ["p/"]
    assert [o["Key"] for o in got["Contents"]] == ["q"]
