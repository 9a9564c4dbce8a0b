# SPDX-License-Identifier: Apache-2.0
"""Bytes on disk that are not those that were written: a damaged database is refused at the start in words
that help, a damaged object is never served."""
import glob
import os
import re
import sqlite3

import botocore.exceptions
import pytest

from region import Region

FRAME = 65536
HEADER = 128


@pytest.fixture
def region():
    with Region(workers=2) as r:
        yield r


def path(region, *names):
    return os.path.join(region.data, *names)


def overwrite(name, at, data):
    with open(name, "r+b") as f:
        f.seek(at)
        f.write(data)


def flip(name, at):
    with open(name, "r+b") as f:
        f.seek(at)
        was = f.read(1)[0]
        f.seek(at)
        f.write(bytes([was ^ 0x10]))


# --- databases ---

def pages_in_use(name):
    """Of tables that have rows: (page number, page size)."""
    with sqlite3.connect(name) as db:
        size = db.execute("PRAGMA page_size").fetchone()[0]
        roots = [r[0] for r in db.execute("SELECT rootpage FROM sqlite_schema WHERE rootpage > 1 ORDER BY rootpage")]
    db.close()
    return roots, size


def header(name):
    overwrite(name, 0, b"no longer a database")


def page(name):
    roots, size = pages_in_use(name)
    overwrite(name, (roots[len(roots) // 2] - 1) * size, b"\xa5" * size)


def pointers(name):
    """One byte of a page's head: how many cells it has."""
    roots, size = pages_in_use(name)
    flip(name, (roots[0] - 1) * size + 3)


def cut(name):
    os.truncate(name, os.path.getsize(name) // 2)


def emptied(name):
    os.truncate(name, 0)


def emptied_beside_a_log(name):
    with open(name + "-wal", "wb") as f:
        f.write(b"what was not carried over")
    os.truncate(name, 0)


@pytest.mark.parametrize("database", ["state.db", "s3.db"])
def test_a_damaged_database_is_refused(region, database):
    """Once for each damage, each time with the right file again in between."""
    region.client("iam").create_user(UserName="ann")
    region.client("s3").create_bucket(Bucket="bucket")
    assert region.stop() == 0
    name = path(region, database)
    with open(name, "rb") as f:
        good = f.read()
    for damage in (header, page, pointers, cut, emptied, emptied_beside_a_log):
        damage(name)
        before = len(region.log())
        with pytest.raises(RuntimeError):
            region.start()
        said = region.log()[before:]
        assert re.search(rf"^nephele-region: {re.escape(name)} is damaged \(.+\): restore .*{database[:-3]}.*, or move ",
                         said, re.MULTILINE), (damage.__name__, said)
        if os.path.exists(name + "-wal"):
            os.unlink(name + "-wal")
        with open(name, "wb") as f:
            f.write(good)
    region.start()
    assert region.client("iam").get_user(UserName="ann")
    assert region.client("s3").list_buckets()["Buckets"]


@pytest.mark.parametrize("database", ["state.db", "s3.db"])
def test_a_newer_database_is_refused(region, database):
    assert region.stop() == 0
    with sqlite3.connect(path(region, database)) as db:
        component = db.execute("SELECT component FROM schema_version").fetchone()[0]
        db.execute("INSERT INTO schema_version VALUES (?, 999, 'later')", [component])
    db.close()
    with pytest.raises(RuntimeError) as refused:
        region.start()
    said = str(refused.value)
    assert f"{database} was made by a newer version" in said and "start that version, or put a backup-" in said


def test_a_database_of_something_else_is_refused(region):
    assert region.stop() == 0
    name = path(region, "state.db")
    os.unlink(name)
    with sqlite3.connect(name) as db:
        db.execute("CREATE TABLE mine (id INTEGER)")
    db.close()
    with pytest.raises(RuntimeError) as refused:
        region.start()
    assert "is a database of something else" in str(refused.value) and "move it away" in str(refused.value)


# --- objects ---

def blob_of(region, size):
    """The file of the one object of that size."""
    length = HEADER + size + (size + FRAME - 1) // FRAME * 16
    found = [f for f in glob.glob(path(region, "blobs", "*", "*")) if os.path.getsize(f) == length]
    assert len(found) == 1
    return found[0]


def refused(call, **args):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**args)["Body"].read()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "damaged on disk" in caught.value.response["Error"]["Message"]


def cut_short(s3, **args):
    """What came before the connection was cut."""
    reply = s3.get_object(Bucket="rot", **args)
    got = []
    with pytest.raises((botocore.exceptions.ResponseStreamingError, botocore.exceptions.IncompleteReadError)):
        while data := reply["Body"].read(1000):
            got.append(data)
    return b"".join(got)


@pytest.fixture(params=["aes256", "none"])
def rot(request):
    """A region with a bucket; (region, client). Its objects are read once, so that files are open."""
    with Region(workers=1, at_rest=request.param) as r:
        s3 = r.client("s3")
        s3.create_bucket(Bucket="rot")
        yield r, s3


def put(s3, key, size):
    body = os.urandom(size)
    s3.put_object(Bucket="rot", Key=key, Body=body)
    assert s3.get_object(Bucket="rot", Key=key)["Body"].read() == body
    return body


def reported(region, key):
    return f"s3.object.corrupt bucket=rot key={key}" in region.log()


def test_rot_in_the_first_frame_is_an_error(rot):
    region, s3 = rot
    put(s3, "first", 150_000)
    flip(blob_of(region, 150_000), HEADER + 5000)
    refused(s3.get_object, Bucket="rot", Key="first")
    assert reported(region, "first")
    assert s3.head_object(Bucket="rot", Key="first")["ContentLength"] == 150_000


def test_rot_further_on_cuts_the_connection(rot):
    region, s3 = rot
    body = put(s3, "later", 300_000)
    flip(blob_of(region, 300_000), HEADER + 3 * (FRAME + 16) + 7)
    got = cut_short(s3, Key="later")
    assert body.startswith(got) and len(got) <= 3 * FRAME
    assert reported(region, "later")
    # What is whole is still served: ranges beside the damage, and other objects.
    good = s3.get_object(Bucket="rot", Key="later", Range=f"bytes=0-{3 * FRAME - 1}")["Body"].read()
    assert good == body[:3 * FRAME]
    refused(s3.get_object, Bucket="rot", Key="later", Range=f"bytes={3 * FRAME}-")
    put(s3, "other", 300_001)


def test_rot_in_a_header_is_an_error_after_a_start(rot):
    region, s3 = rot
    put(s3, "header", 100_000)
    assert region.stop() == 0
    flip(blob_of(region, 100_000), 40)
    region.start()
    s3 = region.client("s3")
    refused(s3.get_object, Bucket="rot", Key="header")
    assert reported(region, "header")


def test_a_file_that_is_cut_or_gone_is_an_error(rot):
    region, s3 = rot
    put(s3, "cut", 200_000)
    put(s3, "gone", 200_001)
    assert region.stop() == 0
    os.unlink(blob_of(region, 200_001))
    os.truncate(blob_of(region, 200_000), 100_000)
    region.start()
    s3 = region.client("s3")
    for key in ("cut", "gone"):
        refused(s3.get_object, Bucket="rot", Key=key)
        assert reported(region, key)


def test_rot_in_a_row_is_an_error(rot):
    region, s3 = rot
    put(s3, "small", 3000)
    put(s3, "whole", 3001)
    assert region.stop() == 0
    with sqlite3.connect(path(region, "s3.db")) as db:
        row, value = db.execute("SELECT id, bytes FROM s3_bodies WHERE length(bytes) = 3044").fetchone()
        db.execute("UPDATE s3_bodies SET bytes = ? WHERE id = ?", [value[:1500] + bytes([value[1500] ^ 1]) + value[1501:],
                                                                  row])
    db.close()
    region.start()
    s3 = region.client("s3")
    refused(s3.get_object, Bucket="rot", Key="small")
    assert reported(region, "small")
    assert len(s3.get_object(Bucket="rot", Key="whole")["Body"].read()) == 3001


def test_rot_is_not_copied(rot):
    """A copy that makes its own bytes, or a checksum of the old ones, would make damage look right."""
    region, s3 = rot
    put(s3, "source", 250_000)
    flip(blob_of(region, 250_000), HEADER + 2 * (FRAME + 16) + 1)
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        region.client("s3", endpoint_url=region.https, verify=region.ca).copy_object(
            Bucket="rot", Key="copy", CopySource="rot/source", **key)
    assert caught.value.response["Error"]["Code"] == "InternalError"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="rot")["Contents"]] == ["source"]
    assert reported(region, "source") or reported(region, "copy")


def test_rot_in_a_part_cuts_there(rot):
    region, s3 = rot
    upload = s3.create_multipart_upload(Bucket="rot", Key="parts")["UploadId"]
    parts = [os.urandom(5 << 20), os.urandom(70_000)]
    named = [{"PartNumber": n, "ETag": s3.upload_part(Bucket="rot", Key="parts", UploadId=upload, PartNumber=n,
                                                      Body=p)["ETag"]} for n, p in enumerate(parts, 1)]
    s3.complete_multipart_upload(Bucket="rot", Key="parts", UploadId=upload, MultipartUpload={"Parts": named})
    flip(blob_of(region, 70_000), HEADER + 1)
    assert parts[0].startswith(cut_short(s3, Key="parts"))
    assert reported(region, "parts")
    refused(s3.get_object, Bucket="rot", Key="parts", PartNumber=2)
    assert s3.get_object(Bucket="rot", Key="parts", PartNumber=1)["Body"].read() == parts[0]
