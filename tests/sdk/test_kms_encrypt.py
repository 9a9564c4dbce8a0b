# SPDX-License-Identifier: Apache-2.0
"""KMS: encryption, data keys, encryption contexts."""
import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def kms(region):
    return region.client("kms")


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def code(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"]


def test_what_was_encrypted_is_decrypted(region, kms, key):
    arn = f"arn:aws:kms:us-east-1:{region.account}:key/{key}"
    sealed = kms.encrypt(KeyId=key, Plaintext=b"\0" * 4096)
    assert sealed["KeyId"] == arn and sealed["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])
    assert opened["Plaintext"] == b"\0" * 4096 and opened["KeyId"] == arn
    assert kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], KeyId=arn)["Plaintext"] == b"\0" * 4096
    assert code(kms.encrypt, KeyId=key, Plaintext=b"\0" * 4097) == "ValidationException"


def test_two_ciphertexts_of_a_text_differ(kms, key):
    assert kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"] != kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]


def test_the_context_is_part_of_it(kms, key):
    context = {"tenant": "7", "purpose": "test"}
    blob = kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext=context)["CiphertextBlob"]
    turned = dict(reversed(list(context.items())))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=turned)["Plaintext"] == b"text"
    for other in ({}, {"tenant": "7"}, {"tenant": "8", "purpose": "test"}, {"tenant": "7purpose", "": "test"}):
        assert code(kms.decrypt, CiphertextBlob=blob, EncryptionContext=other) == "InvalidCiphertextException"
    assert code(kms.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext={"k": "v" * 8192}) == "ValidationException"


def test_every_changed_byte_is_noticed(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"t")["CiphertextBlob"]
    for i in (0, 1, 40, 60, 70, len(blob) - 17, len(blob) - 1):
        changed = bytearray(blob)
        changed[i] ^= 1
        assert code(kms.decrypt, KeyId=key, CiphertextBlob=bytes(changed)) in ("InvalidCiphertextException",
                                                                              "IncorrectKeyException")
    assert code(kms.decrypt, CiphertextBlob=blob[:50]) == "InvalidCiphertextException"


def test_another_key_is_said(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"t")["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    assert code(kms.decrypt, KeyId=other, CiphertextBlob=blob) == "IncorrectKeyException"


def test_data_keys(kms, key):
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_128", EncryptionContext={"a": "b"})
    assert len(made["Plaintext"]) == 16
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"a": "b"})
    assert opened["Plaintext"] == made["Plaintext"]
    assert len(kms.generate_data_key(KeyId=key, NumberOfBytes=1024)["Plaintext"]) == 1024
    hidden = kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")
    assert "Plaintext" not in hidden
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == 32
    assert code(kms.generate_data_key, KeyId=key) == "ValidationException"
    assert code(kms.generate_data_key, KeyId=key, KeySpec="AES_256", NumberOfBytes=8) == "ValidationException"


def test_a_ciphertext_moves_to_another_key(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext={"a": "b"})["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]
    moved = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext={"a": "b"}, DestinationKeyId=other["KeyId"],
                           DestinationEncryptionContext={"c": "d"})
    assert moved["KeyId"] == other["Arn"] and moved["SourceKeyId"].endswith(key)
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"c": "d"})["Plaintext"] == b"text"


def test_random_bytes(kms):
    assert len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]) == 1024
    assert kms.generate_random(NumberOfBytes=32)["Plaintext"] != kms.generate_random(NumberOfBytes=32)["Plaintext"]
