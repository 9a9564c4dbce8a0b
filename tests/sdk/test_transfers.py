# SPDX-License-Identifier: Apache-2.0
"""boto3's transfer manager over both schemes and in both styles of addressing."""
import io
import os
import socket
import threading

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

MIB = 1 << 20
CONFIG = TransferConfig(multipart_threshold=6 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)


@pytest.fixture(params=["http", "https"])
def s3(region, request):
    if request.param == "http":
        return region.client("s3")
    return region.client("s3", endpoint_url=region.https, verify=region.ca)


@pytest.fixture
def virtual(region, monkeypatch):
    """A client in virtual-host style: buckets are names below s3.localhost, which not every resolver knows."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: resolve(
        "127.0.0.1" if host.endswith(".localhost") else host, *more, **named))
    port = region.address.rpartition(":")[2]
    return region.client("s3", endpoint_url=f"https://s3.localhost:{port}", verify=region.ca,
                         config=Config(s3={"addressing_style": "virtual"}))


def test_parts_up_and_ranges_down(s3, bucket, tmp_path):
    body = os.urandom(17 * MIB + 3)
    source, target = tmp_path / "from", tmp_path / "to"
    source.write_bytes(body)
    s3.upload_file(str(source), bucket, "large", Config=CONFIG,
                   ExtraArgs={"ContentType": "text/x", "ChecksumAlgorithm": "SHA256"})
    s3.download_file(bucket, "large", str(target), Config=CONFIG)
    assert target.read_bytes() == body
    head = s3.head_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-4"') and head["ChecksumSHA256"].endswith("-4")
    s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copy", Config=CONFIG)
    assert s3.head_object(Bucket=bucket, Key="copy")["ContentLength"] == len(body)


def test_many_at_once(s3, bucket):
    bodies = {f"k{i}": os.urandom(40000 + i) for i in range(12)}
    failed = []

    def there_and_back(key):
        try:
            s3.upload_fileobj(io.BytesIO(bodies[key]), bucket, key)
            out = io.BytesIO()
            s3.download_fileobj(bucket, key, out)
            assert out.getvalue() == bodies[key]
        except Exception as e:  # told by the thread that asserts
            failed.append((key, e))

    threads = [threading.Thread(target=there_and_back, args=[k]) for k in bodies]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failed


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_in_a_trailer(s3, bucket, algorithm):
    """Over https the client sends it after an unsigned body, over http signed in the head or with signed chunks."""
    body = os.urandom(100000)
    put = s3.put_object(Bucket=bucket, Key="k", Body=io.BytesIO(body), ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert got["Checksum" + algorithm] == put["Checksum" + algorithm]
    assert not got.get("ContentEncoding"), "aws-chunked is of the transfer, not of the object"


def test_virtual_host_style_over_tls(virtual, region, unique):
    name = unique("virtual")
    virtual.create_bucket(Bucket=name)
    virtual.upload_fileobj(io.BytesIO(b"x" * 7 * MIB), name, "a/b c", Config=CONFIG)
    assert virtual.get_object(Bucket=name, Key="a/b c", Range="bytes=5-7")["Body"].read() == b"xxx"
    assert [o["Key"] for o in virtual.list_objects_v2(Bucket=name)["Contents"]] == ["a/b c"]
    virtual.delete_object(Bucket=name, Key="a/b c")
    virtual.delete_bucket(Bucket=name)
