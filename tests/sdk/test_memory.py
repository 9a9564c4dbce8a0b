# SPDX-License-Identifier: Apache-2.0
"""What the models call sensitive is wiped from the region's memory once its call is over, whichever service took it."""
import base64
import secrets

from process_memory import memory_of


def left(region, *markers):
    """The loop reads what comes next into the buffer that a call came in: what comes has a long body and little else."""
    s3 = region.client("s3")
    s3.create_bucket(Bucket="other")
    for _ in range(8):
        s3.put_object(Bucket="other", Key="k", Body=b"-" * 60_000)
    parts = memory_of(region.running("region"))
    return [m for m in markers if any(m in part for part in parts)]


def test_a_key_of_the_client(new_region):
    region = new_region(dev=True, workers=1)
    key = secrets.token_bytes(32)
    how = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}
    s3 = region.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="small", Body=b"s", **how)
    s3.put_object(Bucket="bucket", Key="large", Body=b"l" * 200_000, **how)
    for name in ("small", "large"):
        s3.get_object(Bucket="bucket", Key=name, **how)["Body"].read()
    s3.copy_object(Bucket="bucket", Key="copy", CopySource="bucket/large", CopySourceSSECustomerAlgorithm="AES256",
                   CopySourceSSECustomerKey=key, **how)
    s3.close()
    assert left(region, key, base64.b64encode(key)) == []
