# SPDX-License-Identifier: Apache-2.0
"""Keys that look like paths, that are long, that hold what XML or URLs cannot: a key is bytes of UTF-8 and
nothing else. By boto3 and byte by byte, with and without encoding-type=url."""
import re
import unicodedata
import urllib.parse
import xml.etree.ElementTree
import xml.sax.saxutils

import pytest

from wire.raw import once
from wire.sigv4 import Signer

PATHS = [".", "..", "/", "//", "///", "/.", "./", "../", "../../../../etc/passwd", "/../state.db", "a/../b", "a/./b",
         "a//b", "a/", "a//", "/a", "//a", "..\\..\\b", "a/..", "a/../..", "...", "~", "~/x", "%", "%2e%2e/b", "%00", "a%2Fb",
         "?", "?acl", "a?uploads", "#", "a#b", "&", "a&b=c", "+", "a+b", " ", " a ", "a ;b", ":", "@", "*", "|", "<>", "\"",
         "'", "$(x)", "`x`", "\\", "{}", "[]", "con", "NUL", "_nephele/health", "soap", "favicon.ico", "index.html",
         "\x7f", "a\tb", "a\nb", "a\rb", "a\r\nX-Injected: 1", "\x01", "\x1f", "\x80", "\xa0", "\x85"]


def one_of_each_category():
    """A character of every general category, from each plane that has one."""
    found = {}
    for code in [*range(0x20, 0x3000), *range(0xa000, 0xb000), *range(0xe000, 0x11000), *range(0x1f300, 0x1f700),
                 *range(0x20000, 0x20010), 0xe0001, 0xf0000, 0x10fffd, 0xfffe, 0xffff]:
        if 0xd800 <= code < 0xe000:
            continue
        found.setdefault((unicodedata.category(chr(code)), code >> 16), chr(code))
    return sorted(found.values())


UNICODE = ["".join(one_of_each_category()), *(f"u/{ord(c):x}/{c}" for c in one_of_each_category()),
           "e\u0301", "\u00e9", "\ufeffbom", "\u202egnp.exe", "a\u200bb", "\U0001f468\u200d\U0001f469\u200d\U0001f467"]
LONG = ["x" * 1024, "/" * 1024, "\u00e9" * 512, "\u20ac" * 341 + "x", "\U0001f600" * 256, "\x01" * 1024]
# AWS: XML 1.0 has no place for these, not even as references; clients ask for encoding-type=url instead.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def raw(region, method, target, body=None):
    """AWS: what is signed is the path taken apart and escaped anew, however it is sent."""
    path, mark, query = target.partition("?")
    canonical = urllib.parse.quote(urllib.parse.unquote_to_bytes(path), safe="/-_.~") + mark + query
    headers = Signer(*region.root, service="s3").headers(method, canonical, {"Host": region.address}, body or b"")
    return once(region, method, target, headers, body)


def quoted(key):
    """As it goes into a request: everything but the plainest letters is escaped."""
    return urllib.parse.quote(key, safe="/-_.~")


def unescape(text):
    text = re.sub("&#x([0-9a-fA-F]+);", lambda m: chr(int(m[1], 16)), text)
    text = re.sub("&#([0-9]+);", lambda m: chr(int(m[1])), text)
    return xml.sax.saxutils.unescape(text, {"&quot;": '"', "&apos;": "'"})


def keys_of(got):
    assert got.status == 200
    return [unescape(k) for k in re.findall("<Key>(.*?)</Key>", got.body.decode(), re.DOTALL)]


@pytest.mark.parametrize("keys", [PATHS, UNICODE, LONG], ids=["paths", "unicode", "long"])
def test_each_key_is_an_object_of_its_own(region, s3, bucket, keys):
    for i, key in enumerate(keys):
        if i % 2:
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        else:
            assert raw(region, "PUT", f"/{bucket}/{quoted(key)}", key.encode()).status == 200, key
    for i, key in enumerate(keys):
        if i % 2:
            got = raw(region, "GET", f"/{bucket}/{quoted(key)}")
            assert (got.status, got.body) == (200, key.encode()), key
        else:
            assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key
    wanted = sorted(set(keys), key=lambda k: k.encode())
    # boto3 asks for encoding-type=url by itself.
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == wanted
    assert [o["Key"] for o in s3.list_objects(Bucket=bucket)["Contents"]] == wanted
    assert [o["Key"] for o in s3.list_object_versions(Bucket=bucket)["Versions"]] == wanted
    for query in ("list-type=2", "versions="):
        by_url = keys_of(raw(region, "GET", f"/{bucket}?{query}&encoding-type=url"))
        assert [urllib.parse.unquote_plus(k) for k in by_url] == wanted
        assert [k for k in by_url if not re.fullmatch(r"[A-Za-z0-9*_.%/+~-]*", k)] == []
        plain = keys_of(raw(region, "GET", f"/{bucket}?{query}"))
        assert len(plain) == len(wanted)
        assert [k for k in plain if not NOT_IN_XML.search(k)] == [k for k in wanted if not NOT_IN_XML.search(k)]
    done = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in wanted
                                                                if not NOT_IN_XML.search(k) and "\r" not in k]})
    assert "Errors" not in done
    for key in wanted:
        s3.delete_object(Bucket=bucket, Key=key)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_key_reaches_nothing_but_its_bucket(region, s3, bucket, unique):
    """Path segments mean nothing: neither another bucket nor a file is reached."""
    other = unique("other")
    s3.create_bucket(Bucket=other)
    s3.put_object(Bucket=other, Key="secret", Body=b"secret")
    for target in (f"/{bucket}/../{other}/secret", f"/{bucket}/%2e%2e/{other}/secret", f"/{bucket}/..%2f{other}%2fsecret",
                   f"/{bucket}//{other}/secret", f"/{bucket}/./../{other}/secret", f"/{bucket}/..\\{other}\\secret"):
        got = raw(region, "GET", target)
        assert (got.status, got.code) == (404, "NoSuchKey"), target
    for target in ("/..", "/.", "/../", "/%2e%2e/secret", "//etc/passwd", "/%00/key", f"/{other}%00/secret"):
        got = raw(region, "GET", target)
        assert got.status in (400, 404, 405), (target, got)
        assert got.code in ("InvalidBucketName", "NoSuchBucket", "InvalidURI", "MethodNotAllowed"), (target, got)
    s3.delete_object(Bucket=other, Key="secret")
    s3.delete_bucket(Bucket=other)


def test_nul_in_a_key(region, s3, bucket):
    for key in ("\0", "a\0b", "a\0"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        assert raw(region, "GET", f"/{bucket}/{quoted(key)}").body == key.encode()
        assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == len(key)
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["\0", "a", "a\0", "a\0b"]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="a\0")["Contents"]] == ["a\0", "a\0b"]
    got = s3.list_objects_v2(Bucket=bucket, MaxKeys=2)
    got = s3.list_objects_v2(Bucket=bucket, MaxKeys=2, ContinuationToken=got["NextContinuationToken"])
    assert [o["Key"] for o in got["Contents"]] == ["a\0", "a\0b"]
    s3.delete_object(Bucket=bucket, Key="a\0")
    assert s3.head_object(Bucket=bucket, Key="a")["ContentLength"] == 0


@pytest.mark.parametrize("key", [*(k + "x" for k in LONG), "\u00e9" * 511 + "\U0001f600"], ids=range(len(LONG) + 1))
def test_one_byte_too_many(region, bucket, key):
    for method, target, body in (("PUT", f"/{bucket}/{quoted(key)}", b""), ("GET", f"/{bucket}/{quoted(key)}", None),
                                 ("DELETE", f"/{bucket}/{quoted(key)}", None),
                                 ("POST", f"/{bucket}/{quoted(key)}?uploads", b"")):
        got = raw(region, method, target, body)
        assert (got.status, got.code) == (400, "KeyTooLongError"), method
        assert (got.element("Size"), got.element("MaxSizeAllowed")) == (str(len(key.encode())), "1024")


@pytest.mark.parametrize("bytes_", ["%ff", "%c0%ae%c0%ae", "%ed%a0%80", "%f5%80%80%80", "a%e2%82", "%80"])
def test_what_is_no_utf8_is_no_key(region, s3, bucket, bytes_):
    got = raw(region, "PUT", f"/{bucket}/{bytes_}", b"x")
    assert (got.status, got.code) == (400, "InvalidURI")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("bad", ["%", "%g1", "a%2", "%%"])
def test_what_is_no_escape_is_no_key(region, bucket, bad):
    got = raw(region, "PUT", f"/{bucket}/{bad}", b"x")
    assert (got.status, got.code) == (400, "InvalidURI")


@pytest.mark.parametrize("name", ["prefix", "delimiter", "start-after", "marker", "key-marker"])
@pytest.mark.parametrize("value", ["%ff", "a%00b", "%01", "%0d%0a", "%ef%bf%be"])
def test_lists_answer_in_xml_whatever_they_are_asked_for(region, s3, bucket, name, value):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    kind = {"start-after": "list-type=2&", "key-marker": "versions=&"}.get(name, "")
    for more in ("", "&encoding-type=url"):
        got = raw(region, "GET", f"/{bucket}?{kind}{name}={value}{more}")
        assert (got.status, got.code) == ((400, "InvalidURI") if value == "%ff" else (200, ""))
        got.body.decode()
        if got.status == 200 and more:
            xml.etree.ElementTree.fromstring(got.body)
