# SPDX-License-Identifier: Apache-2.0
"""Large objects and many keys at constant memory. NP_DRILL_OBJECT_MIB and NP_DRILL_KEYS make them what the
documentation promises, 5120 and 1000000; the defaults are for every day."""
import hashlib
import http.client
import os
import re
import sqlite3
import urllib.parse

import pytest

from memory import Watch, without_quarantine
from region import Region
from wire.sigv4 import UNSIGNED, Signer

OBJECT_MIB = int(os.environ.get("NP_DRILL_OBJECT_MIB", "96"))
KEYS = int(os.environ.get("NP_DRILL_KEYS", "20000"))
MIB = 1 << 20
PART_MIB = 16
GROWTH_MIB = 16
MAPPED_MIB = 16  # of a database
LOOK_EVERY = 8
SINGLE_MAX_MIB = 5 * 1024  # AWS: of one PUT


@pytest.fixture
def region(monkeypatch):
    without_quarantine(monkeypatch)
    with Region(workers=2, no_sync=True) as r:
        r.client("s3").create_bucket(Bucket="big")
        yield r


class Stream:
    """Bytes without end, no MiB like another."""

    def __init__(self):
        self.base, self.sum, self.n = os.urandom(MIB), hashlib.sha1(usedforsecurity=False), 0

    def next(self):
        block = self.n.to_bytes(8, "big") + self.base[8:]
        self.n += 1
        self.sum.update(block)
        return block


class Wire:
    def __init__(self, region):
        self.region = region
        self.signer = Signer(*region.root, service="s3")
        self.c = http.client.HTTPConnection(region.address, timeout=120)

    def ask(self, method, target, **headers):
        """Begins a request."""
        signed = self.signer.headers(method, target, {"Host": self.region.address}, payload_hash=UNSIGNED)
        self.c.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in {**signed, **headers}.items():
            self.c.putheader(name.replace("_", "-"), value)
        self.c.endheaders()

    def reply(self):
        reply = self.c.getresponse()
        assert reply.status == 200, reply.read()
        return reply

    def put(self, target, stream, mib, watch):
        self.ask("PUT", target, Content_Length=str(mib * MIB))
        for i in range(mib):
            self.c.send(stream.next())
            if i % LOOK_EVERY == 0:
                watch.look()
        reply = self.reply()
        reply.read()
        watch.look()
        return reply.headers["ETag"]

    def get(self, target, mib, watch):
        """Its SHA-1."""
        self.ask("GET", target)
        reply, sum_, left = self.reply(), hashlib.sha1(usedforsecurity=False), mib
        assert int(reply.headers["Content-Length"]) == mib * MIB
        while left:
            block = reply.read(MIB)
            assert len(block) == MIB
            sum_.update(block)
            left -= 1
            if left % LOOK_EVERY == 0:
                watch.look()
        assert reply.read() == b""
        return sum_.digest()


def warm(region):
    """What every region takes once it has seen a body."""
    wire, watch = Wire(region), Watch(region)
    wire.put("/big/warm", Stream(), PART_MIB, watch)
    wire.get("/big/warm", PART_MIB, watch)
    return wire, Watch(region)


def test_an_upload_in_one_piece_streams(region):
    mib = min(OBJECT_MIB, SINGLE_MAX_MIB)
    wire, watch = warm(region)
    stream = Stream()
    wire.put("/big/whole", stream, mib, watch)
    assert wire.get("/big/whole", mib, watch) == stream.sum.digest()
    print(f"one piece of {mib} MiB: {watch}")
    assert watch.own < GROWTH_MIB and watch.all < GROWTH_MIB


def test_an_upload_in_parts_streams(region):
    s3 = region.client("s3")
    wire, watch = warm(region)
    stream, parts = Stream(), []
    upload = s3.create_multipart_upload(Bucket="big", Key="parts")["UploadId"]
    query = f"uploadId={urllib.parse.quote(upload, '')}"
    for n in range(1, OBJECT_MIB // PART_MIB + 1):
        parts.append({"PartNumber": n, "ETag": wire.put(f"/big/parts?partNumber={n}&{query}", stream, PART_MIB, watch)})
    done = s3.complete_multipart_upload(Bucket="big", Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    assert done["ETag"].endswith(f'-{len(parts)}"')
    mib = len(parts) * PART_MIB
    assert s3.head_object(Bucket="big", Key="parts")["ContentLength"] == mib * MIB
    assert wire.get("/big/parts", mib, watch) == stream.sum.digest()
    print(f"{len(parts)} parts, {mib} MiB: {watch}")
    assert watch.own < GROWTH_MIB and watch.all < GROWTH_MIB


def multiply(region, n):
    """n keys like the one that is there, written as rows into the stopped region's database."""
    assert region.stop() == 0
    with sqlite3.connect(os.path.join(region.data, "s3.db")) as db:
        columns = [r[1] for r in db.execute("PRAGMA table_info(s3_objects)")]
        rest = ", ".join(c for c in columns if c != "key")
        db.execute(f"INSERT INTO s3_objects (key, {rest}) "
                   "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) "
                   f"SELECT CAST(printf('%03d/%07d/and a name as long as names are', i % 100, i) AS BLOB), {rest} "
                   "FROM s3_objects, n ORDER BY 1", [n])
        db.execute("DELETE FROM s3_objects WHERE key = CAST('pattern' AS BLOB)")
    db.close()
    region.start()


def pages(region, query):
    """(keys, common prefixes) of each page."""
    token, more = "", True
    while more:
        wire = Wire(region)
        wire.ask("GET", f"/big?list-type=2{query}{token}")
        text = wire.reply().read().decode()
        wire.c.close()
        yield re.findall("<Key>(.*?)</Key>", text), re.findall("<CommonPrefixes><Prefix>(.*?)</Prefix>", text)
        found = re.search("<NextContinuationToken>(.*?)</NextContinuationToken>", text)
        more = found is not None
        token = more and f"&continuation-token={urllib.parse.quote(found[1], '')}"


def test_many_keys_list_page_by_page(region):
    region.client("s3").put_object(Bucket="big", Key="pattern", Body=b"")
    multiply(region, KEYS)
    list(zip(pages(region, ""), range(3)))
    watch, last, n = Watch(region), "", 0
    for keys, _ in pages(region, ""):
        assert len(keys) == min(1000, KEYS - n)
        assert last < keys[0] and keys == sorted(keys)
        n, last = n + len(keys), keys[-1]
        watch.look()
    assert n == KEYS
    folders = [p for _, common in pages(region, "&delimiter=/") for p in common]
    assert folders == [f"{i:03}/" for i in range(100)]
    watch.look()
    print(f"{KEYS} keys: {watch}")
    assert watch.own < 4 and watch.all < 4 + MAPPED_MIB
