# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of puts and deliveries: every object that is there was told of, exactly once."""
import concurrent.futures
import json
import random
import urllib.request

import botocore.exceptions
import pytest

from region import Region, wait_for

TARGET = "arn:aws:nephele:us-east-1:000000000000:test-target/drill"


@pytest.fixture
def region():
    with Region(dev=True, workers=2) as r:
        yield r


def told(region):
    with urllib.request.urlopen(f"{region.endpoint}/_nephele/s3/deliveries?name=drill") as reply:
        found = json.load(reply)
    return [r["s3"]["object"]["key"] for d in found for r in d["body"].get("Records", [])]


def put_until_it_dies(region, worker, round_, acknowledged):
    s3 = region.client("s3")
    for i in range(10000):
        key = f"{round_}/{worker}/{i}"
        try:
            s3.put_object(Bucket="drill", Key=key, Body=b"x" * random.choice((1, 100, 50000)))
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            return
        acknowledged.append(key)


def test_events_survive_kills(region):
    s3 = region.client("s3")
    s3.create_bucket(Bucket="drill")
    s3.put_bucket_notification_configuration(Bucket="drill", NotificationConfiguration={"QueueConfigurations": [
        {"QueueArn": TARGET, "Events": ["s3:ObjectCreated:*"]}]})
    acknowledged = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for round_ in range(4):
            goal = len(acknowledged) + random.randrange(40, 200)
            writers = [pool.submit(put_until_it_dies, region, w, round_, acknowledged) for w in range(4)]
            wait_for(lambda n=goal: len(acknowledged) >= n, seconds=60, what="puts")
            region.kill()
            for w in writers:
                w.result()
            region.start()
    s3 = region.client("s3")
    there = {o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="drill")
             for o in page.get("Contents", [])}
    assert set(acknowledged) <= there
    wait_for(lambda: len(told(region)) >= len(there), seconds=60, what="the deliveries")
    assert sorted(told(region)) == sorted(there)  # each once, and none of an object that is not there
