# SPDX-License-Identifier: Apache-2.0
"""Keys under kill -9: whatever a key encrypted before a crash, under whichever of its materials, it decrypts after
it; a rotation, a grant or a deletion that was acknowledged is there.

NP_DRILL_ROUNDS makes it longer."""
import os
import threading

import botocore.exceptions
import pytest

from region import Region, wait_for

ROUNDS = int(os.environ.get("NP_DRILL_ROUNDS", "4"))
DAY = 86400


@pytest.fixture
def region():
    with Region(workers=2, dev=True) as r:
        yield r


class Books:
    """What was acknowledged: texts by their ciphertexts, keys by their state."""

    def __init__(self):
        self.texts = {}   # ciphertext -> (text, context)
        self.states = {}  # key -> the states that it may be in
        self.number = 0

    def encrypt(self, kms, key):
        self.number += 1
        text, context = b"text %d" % self.number, {"n": str(self.number)}
        self.texts[kms.encrypt(KeyId=key, Plaintext=text, EncryptionContext=context)["CiphertextBlob"]] = (text, context)

    def work(self, region):
        """Until the region is gone: new keys, ciphertexts, keys switched off."""
        kms = region.client("kms")
        try:
            while True:
                key = kms.create_key()["KeyMetadata"]["KeyId"]
                self.states[key] = {"Enabled"}
                for _ in range(3):
                    self.encrypt(kms, key)
                extra = kms.create_key()["KeyMetadata"]["KeyId"]
                self.states[extra] = {"Enabled", "Disabled"}
                kms.disable_key(KeyId=extra)
                self.states[extra] = {"Disabled"}
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError):
            pass
        except botocore.exceptions.ClientError as e:
            if e.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise

    def check(self, region):
        kms = region.client("kms")
        for blob, (text, context) in self.texts.items():
            assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == text
        for key, states in self.states.items():
            assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] in states
        there = {k["KeyId"] for p in kms.get_paginator("list_keys").paginate() for k in p["Keys"]}
        assert set(self.states) <= there


def material_of(kms, key):
    """Which material a new ciphertext is under: its id stands in the blob."""
    return kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"][18:50]


def test_every_ciphertext_outlives_kills_and_rotations(region):
    books = Books()
    kms = region.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    books.states[key] = {"Enabled"}
    for year in range(1, ROUNDS + 1):
        before = len(books.texts)
        books.encrypt(kms, key)
        load = threading.Thread(target=books.work, args=(region,))
        load.start()
        wait_for(lambda n=before: len(books.texts) > n + 5, seconds=60, what="work")
        region.kill()
        load.join()
        region.start()
        books.check(region)
        kms = region.client("kms")
        material = material_of(kms, key)
        region.advance(year * 366 * DAY)  # a region that starts has the wall's time again
        wait_for(lambda m=material: material_of(kms, key) != m, what="the rotation")
        books.check(region)
