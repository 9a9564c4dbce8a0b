# SPDX-License-Identifier: Apache-2.0
"""kill -9 while distributions are made and read: every one that was acknowledged is there with its addresses and
answers, and what the disk cache holds is served, or fetched again, and never wrong.

NP_DRILL_ROUNDS makes it longer."""
import concurrent.futures
import os
import subprocess
import sys
import threading

import botocore.exceptions
import pytest

from region import Region

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sdk"))

from cloudfront_edge import addresses, get  # noqa: E402
from cloudfront_help import config, items, remove, s3_origin  # noqa: E402

ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "2"))
BUCKET = "drill-site"
MADE_MAX = 400 // 3 // ROUNDS  # of a writer and round: an account has at most 500
GONE = (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError, subprocess.CalledProcessError, OSError)


@pytest.fixture
def region():
    with Region(workers=2, dev=True) as r:
        yield r


def body(key):
    return f"body of {key} ".encode() * 40_000  # over half a MiB: a file of the disk cache


def writer(region, number, known, stop):
    cloudfront = region.client("cloudfront")
    try:
        while not stop.is_set():
            made = cloudfront.create_distribution(DistributionConfig=config(
                s3_origin(BUCKET), CallerReference=f"{number}-{len(known)}-{os.urandom(4).hex()}"))["Distribution"]
            known[made["Id"]] = made["DomainName"]
            if len(known) > MADE_MAX:
                del known[made["Id"]]  # from here on nobody knows whether it is there
                remove(cloudfront, made["Id"])
    except GONE:
        pass  # the region was killed


def reader(region, name, keys, stop):
    try:
        while not stop.is_set():
            for key in keys:
                answer = get(region, name, f"/{key}")
                assert answer.status == 200 and answer.body == body(key)
    except GONE:
        pass


def test_no_distribution_is_lost_and_the_cache_stays_usable(region):
    s3 = region.client("s3")
    keys = [f"k{i}" for i in range(6)]
    s3.create_bucket(Bucket=BUCKET)
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
                         f'"Action":"s3:GetObject","Resource":"arn:aws:s3:::{BUCKET}/*"}}]}}')
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=body(key), CacheControl="max-age=3600")
    first = region.client("cloudfront").create_distribution(DistributionConfig=config(s3_origin(BUCKET)))["Distribution"]
    known = {first["Id"]: first["DomainName"]}
    for _ in range(ROUNDS):
        made, stop = [{} for _ in range(3)], threading.Event()
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            running = [pool.submit(writer, region, i, m, stop) for i, m in enumerate(made)]
            running += [pool.submit(reader, region, first["DomainName"], keys, stop) for _ in range(2)]
            concurrent.futures.wait(running, timeout=2)
            region.kill()
            stop.set()
            for r in running:
                r.result()
        region.start()
        for m in made:
            known.update(m)
        cloudfront = region.client("cloudfront")
        there = {d["Id"]: d["DomainName"] for p in cloudfront.get_paginator("list_distributions").paginate()
                 for d in p["DistributionList"].get("Items", [])}
        assert known.items() <= there.items()
        # Every address belongs to one of them.
        seen = [a for name in there.values() for a, _ in addresses(region, name, 80)]
        assert len(seen) == len(set(seen)) == 2 * len(there)
        for key in keys:
            answer = get(region, first["DomainName"], f"/{key}")
            assert answer.status == 200 and answer.body == body(key), key
        cloudfront.create_invalidation(DistributionId=first["Id"], InvalidationBatch={
            "CallerReference": os.urandom(4).hex(), "Paths": items("/*")})
        assert get(region, first["DomainName"], f"/{keys[0]}").cache == "Miss"
        known = there
