# SPDX-License-Identifier: Apache-2.0
"""The data directory's disk is full: writes are refused in words, nothing is damaged, reads go on, and once
there is room again so do writes."""
import contextlib
import hashlib
import os
import random
import subprocess

import botocore.exceptions
import pytest

from audit import check_files, differences, files
from region import Region, clean_env, program, wait_for

DISK_MIB = 40
TRIES = 20000


@pytest.fixture
def disk(tmp_path):
    """A small file system of its own."""
    at = tmp_path / "disk"
    at.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=700", "drill", at],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
    try:
        yield str(at)
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


@pytest.fixture
def region(disk):
    with Region(data=disk, workers=2) as r:
        yield r


class Ballast:
    """What else is on the disk."""

    def __init__(self, disk):
        self.path = os.path.join(disk, "ballast")

    def put(self, size):
        with open(self.path, "wb") as f:
            f.write(bytes(size))

    def fill(self):
        """To the last byte."""
        with open(self.path, "ab", buffering=0) as f:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        f.write(bytes(size))

    def shrink(self, size):
        os.truncate(self.path, os.path.getsize(self.path) - size)

    def drop(self):
        os.unlink(self.path)


@pytest.fixture
def ballast(disk):
    return Ballast(disk)


def refused(call, **args):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**args)
    answer = caught.value.response
    assert answer["Error"]["Code"] == "ServiceUnavailable", answer
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert "disk is full" in answer["Error"]["Message"]


def until_refused(call, name):
    """call(i, …) until the disk is full; what went well before."""
    for i in range(TRIES):
        try:
            call(i)
        except botocore.exceptions.ClientError as e:
            assert "disk is full" in e.response["Error"]["Message"], e.response
            return i
    raise AssertionError(f"{TRIES} times {name} fit on {DISK_MIB} MiB")


class Objects:
    def __init__(self, region):
        self.s3, self.sums = region.client("s3"), {}

    def put(self, key, size):
        body = random.randbytes(size)
        self.s3.put_object(Bucket="full", Key=key, Body=body)
        self.sums[key] = hashlib.sha256(body).digest()

    def check(self):
        listed = [o["Key"] for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket="full")
                  for o in page.get("Contents", [])]
        assert listed == sorted(self.sums)
        for key, sum_ in self.sums.items():
            body = self.s3.get_object(Bucket="full", Key=key)["Body"].read()
            assert hashlib.sha256(body).digest() == sum_, key


def test_a_full_disk_refuses_writes_and_nothing_else(region, ballast):
    objects, iam = Objects(region), region.client("iam")
    s3 = objects.s3
    s3.create_bucket(Bucket="full")
    objects.put("first/large", 200_000)
    objects.put("first/small", 2000)
    ballast.put(DISK_MIB << 18)
    until_refused(lambda i: objects.put(f"large/{i:05}", 1 << 20), "1 MiB")
    refused(s3.put_object, Bucket="full", Key="large/more", Body=bytes(2 << 20))
    ballast.fill()
    until_refused(lambda i: objects.put(f"small/{i:05}", 20_000), "20 KiB")
    made = until_refused(lambda i: iam.create_user(UserName=f"user{i:05}"), "a user")
    refused(iam.create_user, UserName="one-more")
    refused(s3.put_object, Bucket="full", Key="small/more", Body=bytes(20_000))

    def users():
        return sum(len(p["Users"]) for p in iam.get_paginator("list_users").paginate())

    assert users() == made
    objects.check()

    ballast.drop()
    objects.put("after/small", 20_000)
    objects.put("after/large", 200_000)
    iam.create_user(UserName="after")
    objects.check()
    wait_for(lambda: not differences(region), seconds=30, what="the end of what refused writes left")
    check_files(region)

    region.restart()
    objects.s3, iam = region.client("s3"), region.client("iam")
    objects.check()
    assert users() == made + 1
    check_files(region)


def test_bytes_whose_row_found_no_room_go(region, ballast):
    """With every page more that is free there is one size at which the bytes fit and their row does not."""
    objects = Objects(region)
    objects.s3.create_bucket(Bucket="full")
    ballast.fill()
    until_refused(lambda i: objects.put(f"small/{i:05}", 20_000), "20 KiB")
    for i in range(20):
        with contextlib.suppress(botocore.exceptions.ClientError):
            objects.put(f"large/{i:05}", 40_000)
        ballast.shrink(4096)
    assert 'PutObject code=NP_ENOSPC error="s3.db' in region.log()
    assert 'PutObject code=NP_ENOSPC error="writing a blob' in region.log()
    ballast.drop()
    wait_for(lambda: not differences(region), seconds=30, what="the end of the files without a row")
    objects.check()


def test_deletes_make_room_again(region):
    objects = Objects(region)
    objects.s3.create_bucket(Bucket="full")
    made = until_refused(lambda i: objects.put(f"{i:05}", 1 << 20), "1 MiB")
    for i in range(0, made, 2):
        objects.s3.delete_object(Bucket="full", Key=f"{i:05}")
        del objects.sums[f"{i:05}"]
    wait_for(lambda: len(files(region)) == len(objects.sums), what="the end of their files")
    objects.put("after", 1 << 20)
    objects.check()


def what_to_do(data):
    return f"The disk that holds {data} is full: free some space on it, or choose another folder with --data\n"


@pytest.mark.parametrize("command", ["serve", "start"])
@pytest.mark.parametrize("pages", [0, 1, 8, 40])
def test_a_first_start_on_a_full_disk_says_what_to_do(disk, ballast, command, pages):
    """What has no room differs by page: the folder, its lock, a database. The words do not."""
    data = os.path.join(disk, "data")
    ballast.fill()
    if pages:
        ballast.shrink(pages * 4096)
    ran = subprocess.run([program(), command, "--data", data, "--listen", "127.0.0.1:0", "--dns", "127.0.0.1:0"], env=clean_env(),
                         capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1 and what_to_do(data) in ran.stderr, ran


def test_a_start_on_a_full_disk_says_so_or_serves(region, ballast):
    objects = Objects(region)
    objects.s3.create_bucket(Bucket="full")
    objects.put("one", 200_000)
    assert region.stop() == 0
    ballast.fill()
    try:
        region.start()
    except RuntimeError as e:
        assert what_to_do(region.data) in str(e)
    else:
        objects.s3 = region.client("s3")
        objects.check()
        region.stop()
    ballast.drop()
    region.start()
    objects.s3 = region.client("s3")
    objects.check()
