# SPDX-License-Identifier: Apache-2.0
"""KMS: rotation on demand and by itself, import of key material, multi-region keys."""
import base64
import datetime
import os
import time

import pytest
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from iam_util import fails
from kms_util import call, done, refused

from region import wait_for

DAY = 86400


@pytest.fixture
def kms(region):
    return region.client("kms")


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def rotations(region, key, **more):
    return done(call(region, "ListKeyRotations", KeyId=key, **more))["Rotations"]


def test_old_ciphertexts_outlive_rotations(region, kms, key):
    blobs = [kms.encrypt(KeyId=key, Plaintext=b"0")["CiphertextBlob"]]
    for i in range(1, 26):
        assert done(call(region, "RotateKeyOnDemand", KeyId=key)) == {"KeyId": key}
        blobs.append(kms.encrypt(KeyId=key, Plaintext=str(i).encode())["CiphertextBlob"])
    for i, blob in enumerate(blobs):
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == str(i).encode()
    refused(call(region, "RotateKeyOnDemand", KeyId=key), "LimitExceededException")
    made = rotations(region, key)
    assert len(made) == 25 and {r["RotationType"] for r in made} == {"ON_DEMAND"}
    everything = rotations(region, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert [m["KeyMaterialState"] for m in everything] == ["NON_CURRENT"] * 25 + ["CURRENT"]
    first = done(call(region, "ListKeyRotations", KeyId=key, Limit=20))
    assert first["Truncated"] and len(first["Rotations"]) == 20
    rest = done(call(region, "ListKeyRotations", KeyId=key, Limit=20, Marker=first["NextMarker"]))
    assert first["Rotations"] + rest["Rotations"] == made and not rest["Truncated"]


def test_a_key_rotates_by_itself(new_region):
    region = new_region(dev=True)
    kms = region.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    blob = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    done(call(region, "EnableKeyRotation", KeyId=key, RotationPeriodInDays=90))
    status = done(call(region, "GetKeyRotationStatus", KeyId=key))
    assert status["KeyRotationEnabled"] and status["RotationPeriodInDays"] == 90 and status["KeyId"] == key
    assert abs(status["NextRotationDate"] - time.time() - 90 * DAY) < 600
    region.advance(89 * DAY)
    assert rotations(region, key) == []
    kms.disable_key(KeyId=key)
    region.advance(2 * DAY)
    kms.enable_key(KeyId=key)
    wait_for(lambda: len(rotations(region, key)) == 1, what="the rotation")
    assert rotations(region, key)[0]["RotationType"] == "AUTOMATIC"
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old"
    region.kill()
    region.start()
    kms = region.client("kms")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old" and len(rotations(region, key)) == 1
    kms.disable_key_rotation(KeyId=key)
    region.advance(200 * DAY)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    assert len(rotations(region, key)) == 1


def test_what_does_not_rotate(region, kms):
    for more in ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, {"Origin": "EXTERNAL"}):
        key = kms.create_key(**more)["KeyMetadata"]["KeyId"]
        code = "KMSInvalidStateException" if "Origin" in more else "UnsupportedOperationException"
        fails(code, "*", kms.enable_key_rotation, KeyId=key)
        refused(call(region, "RotateKeyOnDemand", KeyId=key), code)
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


# --- import ---

def wrap(kms, key, material, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048", **more):
    """Arguments of ImportKeyMaterial."""
    params = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)
    public = serialization.load_der_public_key(params["PublicKey"])
    digest = hashes.SHA1() if algorithm.endswith("_1") else hashes.SHA256()
    oaep = padding.OAEP(padding.MGF1(digest), digest, None)
    if algorithm.startswith("RSAES"):
        sealed = public.encrypt(material, oaep)
    else:
        aes = os.urandom(32)
        sealed = public.encrypt(aes, oaep) + keywrap.aes_key_wrap_with_padding(aes, material)
    return {"KeyId": key, "ImportToken": params["ImportToken"], "EncryptedKeyMaterial": sealed,
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", **more}


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1",
                                       "RSA_AES_KEY_WRAP_SHA_256"])
def test_material_is_imported(kms, algorithm):
    made = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    key = made["KeyId"]
    assert made["KeyState"] == "PendingImport" and not made["Enabled"]
    fails("KMSInvalidStateException", f"{made['Arn']} is pending import.", kms.encrypt, KeyId=key, Plaintext=b"t")
    material = os.urandom(32)
    kms.import_key_material(**wrap(kms, key, material, algorithm))
    now = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert now["KeyState"] == "Enabled" and now["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    blob = kms.encrypt(KeyId=key, Plaintext=b"t")["CiphertextBlob"]
    kms.delete_imported_key_material(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingImport"
    fails("KMSInvalidStateException", "*", kms.decrypt, CiphertextBlob=blob)
    fails("IncorrectKeyMaterialException", "*", kms.import_key_material, **wrap(kms, key, os.urandom(32), algorithm))
    kms.import_key_material(**wrap(kms, key, material, algorithm))
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"t"


def test_what_is_not_imported(kms, key):
    external = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    args = wrap(kms, external, os.urandom(32))
    fails("UnsupportedOperationException", "*", kms.get_parameters_for_import, KeyId=key,
          WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    fails("InvalidImportTokenException", "*", kms.import_key_material, **{**args, "ImportToken": b"x" * 100})
    other = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    fails("InvalidImportTokenException", "*", kms.import_key_material, **{**args, "KeyId": other})
    fails("InvalidCiphertextException", "", kms.import_key_material, **{**args, "EncryptedKeyMaterial": b"x" * 256})
    fails("IncorrectKeyMaterialException", "*", kms.import_key_material, **wrap(kms, external, os.urandom(31)))
    fails("ValidationException", "*", kms.import_key_material, **{**args, "ExpirationModel": "KEY_MATERIAL_EXPIRES"})


def test_imported_material_and_tokens_expire(new_region):
    region = new_region(dev=True)
    kms = region.client("kms")
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    old = wrap(kms, key, os.urandom(32))
    material = os.urandom(32)
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=10)
    kms.import_key_material(**wrap(kms, key, material, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=until))
    now = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert now["ExpirationModel"] == "KEY_MATERIAL_EXPIRES" and abs((now["ValidTo"] - until).total_seconds()) < 1
    blob = kms.encrypt(KeyId=key, Plaintext=b"t")["CiphertextBlob"]
    region.advance(2 * DAY)
    fails("ExpiredImportTokenException", "*", kms.import_key_material, **old)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"t"
    region.advance(9 * DAY)
    wait_for(lambda: kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingImport", what="the expiry")
    kms.import_key_material(**wrap(kms, key, material))
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"t"


def test_material_lies_nowhere_in_the_clear(new_region):
    region = new_region(dev=True)
    kms = region.client("kms")
    material, private = os.urandom(32), private_der(ec.generate_private_key(ec.SECP256R1()))
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    kms.import_key_material(**wrap(kms, key, material))
    signer = kms.create_key(Origin="EXTERNAL", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.import_key_material(**wrap(kms, signer, private, "RSA_AES_KEY_WRAP_SHA_256"))
    kms.encrypt(KeyId=key, Plaintext=b"plaintext of a secret")
    kms.sign(KeyId=signer, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    region.stop()
    seen = b""
    for folder, _, names in os.walk(region.data):
        for path in filter(os.path.isfile, (os.path.join(folder, name) for name in names)):
            with open(path, "rb") as f:
                seen += f.read()
    assert key.encode() in seen
    for secret in (material, base64.b64encode(material), private, private[36:68], b"plaintext of a secret",
                   base64.b64encode(b"plaintext of a secret")):
        assert secret not in seen


def test_a_second_imported_material_waits_for_its_rotation(region, kms):
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    kms.import_key_material(**wrap(kms, key, os.urandom(32)))
    blob = kms.encrypt(KeyId=key, Plaintext=b"1")["CiphertextBlob"]
    refused(call(region, "RotateKeyOnDemand", KeyId=key), "KMSInvalidStateException")
    second = wrap(kms, key, os.urandom(32))
    second.update({n: base64.b64encode(second[n]).decode() for n in ("ImportToken", "EncryptedKeyMaterial")})
    done(call(region, "ImportKeyMaterial", ImportType="NEW_KEY_MATERIAL", **second))
    assert [m["KeyMaterialState"] for m in rotations(region, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")] == [
        "CURRENT", "PENDING_ROTATION"]
    done(call(region, "RotateKeyOnDemand", KeyId=key))
    states = rotations(region, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert [m["KeyMaterialState"] for m in states] == ["NON_CURRENT", "CURRENT"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"1"
    assert kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=key, Plaintext=b"2")["CiphertextBlob"])["Plaintext"] == b"2"


def private_der(private):
    return private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.mark.parametrize("spec,make", [
    ("RSA_2048", lambda: rsa.generate_private_key(65537, 2048)),
    ("ECC_NIST_P384", lambda: ec.generate_private_key(ec.SECP384R1())),
])
def test_private_keys_are_imported(kms, spec, make):
    key = kms.create_key(Origin="EXTERNAL", KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    private = make()
    wrong = private_der(ec.generate_private_key(ec.SECP256R1()))
    fails("IncorrectKeyMaterialException", "*", kms.import_key_material,
          **wrap(kms, key, wrong, "RSA_AES_KEY_WRAP_SHA_256"))
    kms.import_key_material(**wrap(kms, key, private_der(private), "RSA_AES_KEY_WRAP_SHA_256"))
    assert kms.get_public_key(KeyId=key)["PublicKey"] == private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


# --- multi-region keys ---

def test_a_key_in_two_regions(region, kms):
    west = region.client("kms", region="us-west-2")
    made = kms.create_key(MultiRegion=True)["KeyMetadata"]
    key = made["KeyId"]
    assert key.startswith("mrk-") and made["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    blob = kms.encrypt(KeyId=key, Plaintext=b"east")["CiphertextBlob"]
    fails("AccessDeniedException", "*", west.decrypt, CiphertextBlob=blob)
    replica = kms.replicate_key(KeyId=key, ReplicaRegion="us-west-2", Description="second",
                                Tags=[{"TagKey": "a", "TagValue": "b"}])["ReplicaKeyMetadata"]
    assert replica["Arn"] == made["Arn"].replace("us-east-1", "us-west-2") and replica["Description"] == "second"
    assert west.decrypt(CiphertextBlob=blob)["Plaintext"] == b"east"
    back = west.encrypt(KeyId=key, Plaintext=b"west")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=back)["Plaintext"] == b"west"
    for client, kind in ((kms, "PRIMARY"), (west, "REPLICA")):
        regions = client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
        assert regions["MultiRegionKeyType"] == kind and regions["PrimaryKey"]["Region"] == "us-east-1"
        assert [r["Region"] for r in regions["ReplicaKeys"]] == ["us-west-2"]
    assert west.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "a", "TagValue": "b"}]
    fails("AlreadyExistsException", "*", kms.replicate_key, KeyId=key, ReplicaRegion="us-west-2")
    fails("UnsupportedOperationException", "*", west.replicate_key, KeyId=key, ReplicaRegion="eu-west-1")
    done(call(region, "RotateKeyOnDemand", KeyId=key))
    refused(call(region, "RotateKeyOnDemand", at="us-west-2", KeyId=key), "UnsupportedOperationException")
    turned = kms.encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    assert west.decrypt(CiphertextBlob=turned)["Plaintext"] == b"new" and west.decrypt(CiphertextBlob=blob)["Plaintext"]
    kms.update_primary_region(KeyId=key, PrimaryRegion="us-west-2")
    assert west.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"


def test_each_region_has_the_same_material_imported(region, kms):
    west = region.client("kms", region="us-west-2")
    key = kms.create_key(MultiRegion=True, Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    material = os.urandom(32)
    kms.import_key_material(**wrap(kms, key, material))
    blob = kms.encrypt(KeyId=key, Plaintext=b"t")["CiphertextBlob"]
    assert kms.replicate_key(KeyId=key, ReplicaRegion="us-west-2")["ReplicaKeyMetadata"]["KeyState"] == "PendingImport"
    fails("KMSInvalidStateException", "*", west.decrypt, CiphertextBlob=blob)
    fails("IncorrectKeyMaterialException", "*", west.import_key_material, **wrap(west, key, os.urandom(32)))
    west.import_key_material(**wrap(west, key, material))
    assert west.decrypt(CiphertextBlob=blob)["Plaintext"] == b"t"
    west.delete_imported_key_material(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


def test_a_primary_key_waits_for_its_replicas(new_region):
    region = new_region(dev=True)
    kms, west = region.client("kms"), region.client("kms", region="us-west-2")
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key, ReplicaRegion="us-west-2")
    assert kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)["KeyState"] == "PendingReplicaDeletion"
    region.advance(8 * DAY)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingReplicaDeletion"
    west.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    region.advance(8 * DAY)
    wait_for(lambda: west.list_keys()["Keys"] == [], what="the replica is gone")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    region.advance(8 * DAY)
    wait_for(lambda: kms.list_keys()["Keys"] == [], what="the primary key is gone")
