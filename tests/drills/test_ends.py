# SPDX-License-Identifier: Apache-2.0
"""An orderly end in the middle of work: status 0, nothing left behind in memory or on disk."""
import contextlib
import hashlib
import os
import random
import signal
import subprocess

import pytest

from audit import check_files
from region import Region, clean_env, program, wait_for
from wire.raw import Connection
from wire.sigv4 import UNSIGNED, Signer

ROUNDS = 2
LEAVERS = 60
FAILED_STARTS = 30


@pytest.fixture
def region():
    with Region(dev=True, workers=2) as r:
        yield r


def leave_behind(region, key, body):
    """A PUT whose client does not wait for the answer."""
    target = f"/ends/{key}"
    headers = Signer(*region.root, service="s3").headers("PUT", target, {"Host": region.address}, payload_hash=UNSIGNED)
    with Connection(region.address) as c:
        c.send("PUT", target, headers, body)


def test_an_end_in_the_middle_of_work(region):
    s3, sent = region.client("s3"), {}
    s3.create_bucket(Bucket="ends")
    s3.create_bucket(Bucket="log", ObjectOwnership="ObjectWriter")
    s3.put_bucket_acl(Bucket="log", ACL="log-delivery-write")
    s3.put_bucket_logging(Bucket="ends", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "log", "TargetPrefix": ""}})
    for round_ in range(ROUNDS):
        for i in range(LEAVERS):
            key, body = f"{round_}-{i}", os.urandom(random.choice((10, 5000, 100_000)))
            leave_behind(region, key, body)
            sent[key] = hashlib.sha256(body).digest()
        region.advance(61)
        assert region.stop() == 0, region.log()[-3000:]
        region.start()
        s3 = region.client("s3")
        for o in s3.list_objects_v2(Bucket="ends").get("Contents", []):
            body = s3.get_object(Bucket="ends", Key=o["Key"])["Body"].read()
            assert hashlib.sha256(body).digest() == sent[o["Key"]]
        check_files(region)


def test_an_end_in_the_middle_of_a_start(region):
    """The next region after a kill is told to end before it serves."""
    for _ in range(ROUNDS):
        pid = region.running("region")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda p=pid: region.child("region") not in (0, p), what="the next region")
        assert region.stop() == 0, region.log()[-3000:]
        region.start()
        assert region.client("sts").get_caller_identity()["Account"] == region.account


def of_folder(data):
    """Processes that were started for it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", encoding="utf-8") as f:
            if f"--data={data}" in f.read():
                found.append(int(pid))
    return found


@pytest.mark.parametrize("round_", range(FAILED_STARTS))
def test_a_start_that_fails_leaves_no_process(tmp_path, round_):
    """The region fails at once, so that the agent is ended somewhere in its own start."""
    tmp_path.chmod(0o700)
    (tmp_path / "state.db").write_bytes(b"no database" * 1000)
    ran = subprocess.run([program(), "serve", f"--data={tmp_path}", "--listen=127.0.0.1:0", "--dns=127.0.0.1:0"], env=clean_env(),
                         capture_output=True, text=True, timeout=60, check=False)
    left = of_folder(tmp_path)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert ran.returncode == 1 and not left, ran.stderr
