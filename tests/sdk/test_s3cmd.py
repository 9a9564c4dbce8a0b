# SPDX-License-Identifier: Apache-2.0
"""s3cmd: put, get, sync, with Signature Version 4."""
import os
import shutil
import subprocess

import pytest

MIB = 1 << 20
S3CMD = shutil.which("s3cmd")

pytestmark = pytest.mark.skipif(S3CMD is None, reason="s3cmd is not installed")


@pytest.fixture(params=["http", "https"])
def s3cmd(region, request, tmp_path):
    tls = request.param == "https"
    key, secret = region.root
    config = tmp_path / "s3cfg"
    config.write_text("\n".join([
        "[default]", f"access_key = {key}", f"secret_key = {secret}", f"host_base = {region.address}",
        f"host_bucket = {region.address}", f"use_https = {tls}", f"ca_certs_file = {region.ca if tls else ''}",
        "signature_v2 = False", "bucket_location = us-east-1", "multipart_chunk_size_mb = 5", "max_retries = 1", ""]))

    def run(*argv):
        p = subprocess.run([S3CMD, "-c", str(config), "--no-progress", *argv], env=region.env(tls=tls), cwd=tmp_path,
                           capture_output=True, text=True, check=False)
        assert p.returncode == 0, p.stderr
        return p.stdout

    return run


def test_put_get_and_sync(s3cmd, s3, unique, tmp_path):
    name = unique("s3cmd")
    s3.create_bucket(Bucket=name)
    folder = tmp_path / "f"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a b+ü").write_text("text")
    (folder / "large").write_bytes(os.urandom(11 * MIB))
    s3cmd("put", "f/large", f"s3://{name}/one")
    assert s3.head_object(Bucket=name, Key="one")["ETag"].endswith('-3"')
    s3cmd("get", f"s3://{name}/one", "back")
    assert (tmp_path / "back").read_bytes() == (folder / "large").read_bytes()

    s3cmd("sync", "f/", f"s3://{name}/all/")
    assert "upload:" not in s3cmd("sync", "f/", f"s3://{name}/all/"), "nothing has changed"
    s3cmd("sync", f"s3://{name}/all/", "down/")
    assert (tmp_path / "down" / "sub" / "a b+ü").read_text() == "text"
    assert "a b+ü" in s3cmd("ls", "-r", f"s3://{name}")
    s3cmd("rb", "-r", "--force", f"s3://{name}")
    assert name not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
