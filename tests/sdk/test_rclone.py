# SPDX-License-Identifier: Apache-2.0
"""rclone: copy, check, listings with old versions, server-side copies."""
import json
import os
import shutil
import subprocess

import pytest

MIB = 1 << 20
RCLONE = shutil.which("rclone")

pytestmark = pytest.mark.skipif(RCLONE is None, reason="rclone is not installed")


@pytest.fixture(params=["http", "https"])
def rclone(region, request, tmp_path):
    """rclone("ls", "s3:bucket"), configured by variables alone."""
    tls = request.param == "https"
    env = region.env(tls=tls)
    # Its provider AWS means virtual-host style, which an address of numbers cannot have; the rest is as there.
    env.update({
        "RCLONE_CONFIG": str(tmp_path / "none.conf"),
        "RCLONE_CONFIG_S3_TYPE": "s3", "RCLONE_CONFIG_S3_PROVIDER": "Other", "RCLONE_CONFIG_S3_ENV_AUTH": "true",
        "RCLONE_CONFIG_S3_ENDPOINT": env["AWS_ENDPOINT_URL"], "RCLONE_CONFIG_S3_REGION": "us-east-1",
        "RCLONE_S3_LIST_VERSION": "2", "RCLONE_S3_LIST_URL_ENCODE": "true", "RCLONE_S3_USE_MULTIPART_ETAG": "true",
        "RCLONE_S3_UPLOAD_CUTOFF": "6M", "RCLONE_S3_CHUNK_SIZE": "5M",
        # The default "private" is refused by buckets without lists, as on AWS.
        "RCLONE_S3_ACL": "bucket-owner-full-control",
        "RCLONE_LOW_LEVEL_RETRIES": "1", "RCLONE_RETRIES": "1",
    })
    if tls:
        del env["AWS_CA_BUNDLE"]  # two ways to say it are one too many for it
        env["RCLONE_CA_CERT"] = region.ca

    def run(*argv, fails=False):
        p = subprocess.run([RCLONE, *argv], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (p.returncode != 0) == fails, p.stderr
        return p.stdout

    return run


def test_copy_and_check(rclone, s3, bucket, tmp_path):
    folder = tmp_path / "f"
    (folder / "deep er").mkdir(parents=True)
    (folder / "empty").write_bytes(b"")
    (folder / "deep er" / "ä+b").write_bytes(b"small")
    (folder / "large").write_bytes(os.urandom(11 * MIB))
    rclone("copy", "f", f"s3:{bucket}/to")
    assert s3.head_object(Bucket=bucket, Key="to/large")["ETag"].endswith('-3"')
    rclone("check", "f", f"s3:{bucket}/to")
    rclone("check", "--download", "f", f"s3:{bucket}/to")
    listed = {e["Path"]: e for e in json.loads(rclone("lsjson", "-R", f"s3:{bucket}/to"))}
    assert sorted(listed) == ["deep er", "deep er/ä+b", "empty", "large"]
    assert listed["large"]["ModTime"][:19] == json.loads(rclone("lsjson", "f/large"))[0]["ModTime"][:19], \
        "the time of the file is kept in the object's metadata"

    s3.put_object(Bucket=bucket, Key="to/deep er/ä+b", Body=b"SMALL")
    rclone("check", "f", f"s3:{bucket}/to", fails=True)
    rclone("copy", f"s3:{bucket}/to", f"s3:{bucket}/again")
    rclone("copy", f"s3:{bucket}/again", "back")
    assert (tmp_path / "back" / "large").read_bytes() == (folder / "large").read_bytes()
    rclone("purge", f"s3:{bucket}/to")
    assert "to/" not in rclone("lsf", f"s3:{bucket}")


def test_old_versions(rclone, s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two!", b"three"):
        s3.put_object(Bucket=bucket, Key="k.txt", Body=body)
    assert json.loads(rclone("lsjson", f"s3:{bucket}"))[0]["Size"] == 5
    all_ = json.loads(rclone("lsjson", "--s3-versions", f"s3:{bucket}"))
    assert sorted(e["Size"] for e in all_) == [3, 4, 5]
    rclone("deletefile", f"s3:{bucket}/k.txt")
    assert json.loads(rclone("lsjson", f"s3:{bucket}")) == []
    sizes = [e["Size"] for e in json.loads(rclone("lsjson", "--s3-versions", f"s3:{bucket}"))]
    assert sorted(sizes) == [3, 4, 5], "the newest is an old one now"
