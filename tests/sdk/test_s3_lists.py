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
        elif (p := k[:at + len(delimiter)]) not in prefixes and p.encode() > after.encode():
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
    key = "a b/\x01+ü&<~*"
    s3.put_object(Bucket=bucket, Key=key, Body=b"")
    got = raw.send("GET", bucket, "list-type=2&encoding-type=url&prefix=a%20&start-after=a%20a&delimiter=x")
    assert got.text("Key") == "a+b/%01%2B%C3%BC%26%3C%7E*"   # AWS: as forms do it, but '/' stays
    assert (got.text("Prefix"), got.text("StartAfter"), got.text("EncodingType")) == ("a+", "a+a", "url")
    bad = raw.send("GET", bucket, "encoding-type=base64")
    assert (bad.status, *bad.error) == (400, "InvalidArgument", "Invalid Encoding Method specified in Request")
    for client in (s3.list_objects, s3.list_objects_v2, s3.list_object_versions):
        page = client(Bucket=bucket)
        assert [o["Key"] for o in page.get("Contents", page.get("Versions"))] == [key]
    s3.create_multipart_upload(Bucket=bucket, Key="a b~")
    assert raw.send("GET", bucket, "uploads=&encoding-type=url").text("Key") == "a+b%7E"


def test_a_marker_within_a_common_prefix_passes_it_over(s3, bucket):
    """AWS: CommonPrefixes that are not greater than the marker are left out."""
    for key in ("a/1", "a/2", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    for call, marker in ((s3.list_objects, "Marker"), (s3.list_objects_v2, "StartAfter"),
                         (s3.list_object_versions, "KeyMarker"), (s3.list_multipart_uploads, "KeyMarker")):
        for after, prefixes in (("a", ["a/"]), ("a/", []), ("a/1", []), ("a/3", [])):
            got = call(Bucket=bucket, Delimiter="/", **{marker: after})
            assert [p["Prefix"] for p in got.get("CommonPrefixes", [])] == prefixes, (call, after)
    got = s3.list_object_versions(Bucket=bucket, Delimiter="/", KeyMarker="a/1", VersionIdMarker="null")
    assert "CommonPrefixes" not in got and [v["Key"] for v in got["Versions"]] == ["b"]


@pytest.mark.parametrize("query,name,value,text", [
    ("max-keys=ten", "max-keys", "ten", "Provided max-keys not an integer or within integer range"),
    ("max-keys=2147483648", "max-keys", "2147483648", "Provided max-keys not an integer or within integer range"),
    ("max-keys=-1", "maxKeys", "-1", "Argument maxKeys must be an integer between 0 and 2147483647"),
    ("uploads=&max-uploads=1e3", "max-uploads", "1e3", "Provided max-uploads not an integer or within integer range"),
    ("list-type=2&continuation-token=", "continuation-token", None, "The continuation token provided is incorrect"),
    ("versions=&version-id-marker=null", "version-id-marker", "null",
     "A version-id marker cannot be specified without a key marker."),
    ("versions=&key-marker=a&version-id-marker=", "version-id-marker", None, "A version-id marker cannot be empty."),
    ("versions=&key-marker=a&version-id-marker=no", "version-id-marker", "no", "Invalid version id specified"),
])
def test_parameters_that_are_none(region, bucket, query, name, value, text):
    got = Raw(region).send("GET", bucket, query)
    assert (got.status, got.error) == (400, ("InvalidArgument", text))
    assert (got.text("ArgumentName"), got.text("ArgumentValue") or None) == (name, value)


def test_many_keys_below_one_prefix_are_stepped_over(s3, bucket):
    for i in range(40):
        s3.put_object(Bucket=bucket, Key=f"p/{i:03}", Body=b"")
    s3.put_object(Bucket=bucket, Key="q", Body=b"")
    got = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in got["CommonPrefixes"]] == ["p/"]
    assert [o["Key"] for o in got["Contents"]] == ["q"]


def test_a_common_prefix_behind_many_deleted_keys(s3, bucket):
    """A page looks at so many rows and ends there: within a prefix of which nothing was said yet."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for i in range(21):   # a key that is not there gets a marker
        s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": [{"Key": f"a/{i:02}{j:03}"}
                                                                          for j in range(1000)]})
    for key in ("a/z", "b/1", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    for call in ("list_objects", "list_objects_v2"):
        pages = list(s3.get_paginator(call).paginate(Bucket=bucket, Delimiter="/"))
        assert len(pages) == 2 and pages[0]["IsTruncated"], call
        assert [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == ["a/", "b/"], call
        assert [o["Key"] for page in pages for o in page.get("Contents", [])] == ["c"], call
    keys = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        keys += [{"Key": v["Key"], "VersionId": v["VersionId"]}
                 for v in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    for i in range(0, len(keys), 1000):
        s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": keys[i:i + 1000]})
