# SPDX-License-Identifier: Apache-2.0
"""KMS: RSA, elliptic curves, HMAC and data key pairs, held against another implementation."""
import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from iam_util import fails
from kms_util import call, done, refused

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"ECC_NIST_P256": ec.SECP256R1, "ECC_NIST_P384": ec.SECP384R1, "ECC_NIST_P521": ec.SECP521R1,
          "ECC_SECG_P256K1": ec.SECP256K1}


@pytest.fixture
def kms(region):
    return region.client("kms")


def public_key(kms, key):
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


def verify(public, algorithm, signature, message):
    digest = HASHES[algorithm[-3:]]()
    if "PSS" in algorithm:
        public.verify(signature, message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    elif "PKCS1" in algorithm:
        public.verify(signature, message, padding.PKCS1v15(), digest)
    else:
        public.verify(signature, message, ec.ECDSA(digest))


@pytest.mark.parametrize("spec", ["RSA_2048", "RSA_3072", "RSA_4096", *CURVES])
def test_signatures(kms, spec):
    made = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    key, public = made["KeyId"], public_key(kms, made["KeyId"])
    if spec in CURVES:
        assert isinstance(public.curve, CURVES[spec])
    else:
        assert f"RSA_{public.key_size}" == spec and len(made["SigningAlgorithms"]) == 6
    assert "EncryptionAlgorithms" not in made and kms.get_public_key(KeyId=key)["SigningAlgorithms"] == made["SigningAlgorithms"]
    for algorithm in made["SigningAlgorithms"]:
        message = b"message of " + algorithm.encode()
        signed = kms.sign(KeyId=key, Message=message, SigningAlgorithm=algorithm)
        assert signed["SigningAlgorithm"] == algorithm and signed["KeyId"] == made["Arn"]
        verify(public, algorithm, signed["Signature"], message)
        digest = hashlib.new("sha" + algorithm[-3:], message).digest()
        hashed = kms.sign(KeyId=key, Message=digest, MessageType="DIGEST", SigningAlgorithm=algorithm)["Signature"]
        verify(public, algorithm, hashed, message)
        assert kms.verify(KeyId=key, Message=message, Signature=hashed, SigningAlgorithm=algorithm)["SignatureValid"] is True
        fails("KMSInvalidSignatureException", "", kms.verify, KeyId=key, Message=message + b"!", Signature=hashed,
              SigningAlgorithm=algorithm)
        fails("ValidationException", f"Digest is invalid length for algorithm {algorithm}.", kms.sign, KeyId=key,
              Message=digest[1:], MessageType="DIGEST", SigningAlgorithm=algorithm)


def test_ed25519(region, kms):
    made = done(call(region, "CreateKey", KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY"))["KeyMetadata"]
    public = public_key(kms, made["KeyId"])
    assert isinstance(public, ed25519.Ed25519PublicKey)
    message = base64.b64encode(b"message").decode()
    args = dict(KeyId=made["KeyId"], Message=message, SigningAlgorithm="ED25519_SHA_512")
    signature = done(call(region, "Sign", **args))["Signature"]
    public.verify(base64.b64decode(signature), b"message")
    assert done(call(region, "Verify", Signature=signature, **args))["SignatureValid"] is True
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signature), b"other")
    refused(call(region, "Sign", **{**args, "SigningAlgorithm": "ED25519_PH_SHA_512"}), "UnsupportedOperationException")


@pytest.mark.parametrize("algorithm,room", [("RSAES_OAEP_SHA_1", 214), ("RSAES_OAEP_SHA_256", 190)])
def test_rsa_encrypts(kms, algorithm, room):
    made = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    key, public = made["KeyId"], public_key(kms, made["KeyId"])
    assert made["EncryptionAlgorithms"] == ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
    digest = hashes.SHA1() if algorithm.endswith("_1") else hashes.SHA256()
    theirs = public.encrypt(b"outside", padding.OAEP(padding.MGF1(digest), digest, None))
    args = dict(KeyId=key, EncryptionAlgorithm=algorithm)
    assert kms.decrypt(CiphertextBlob=theirs, **args)["Plaintext"] == b"outside"
    ours = kms.encrypt(Plaintext=b"x" * room, **args)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=ours, **args)["Plaintext"] == b"x" * room
    fails("ValidationException", f"Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than {room} bytes.",
          kms.encrypt, Plaintext=b"x" * (room + 1), **args)
    fails("InvalidCiphertextException", "", kms.decrypt, CiphertextBlob=ours[:-1] + bytes([ours[-1] ^ 1]), **args)
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    moved = kms.re_encrypt(CiphertextBlob=ours, SourceKeyId=key, SourceEncryptionAlgorithm=algorithm,
                           DestinationKeyId=symmetric)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=moved)["Plaintext"] == b"x" * room
    back = kms.re_encrypt(CiphertextBlob=moved, DestinationKeyId=key, DestinationEncryptionAlgorithm=algorithm)
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"], **args)["Plaintext"] == b"x" * room


def test_what_a_key_is_not_for(kms):
    signing = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    symmetric = kms.create_key()["KeyMetadata"]
    fails("InvalidKeyUsageException", f"{signing['Arn']} key usage is SIGN_VERIFY which is not valid for Encrypt.",
          kms.encrypt, KeyId=signing["KeyId"], Plaintext=b"t", EncryptionAlgorithm="RSAES_OAEP_SHA_1")
    fails("InvalidKeyUsageException", "*", kms.sign, KeyId=symmetric["KeyId"], Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    fails("InvalidKeyUsageException", "Algorithm ECDSA_SHA_256 and key spec RSA_2048 are incompatible.", kms.sign,
          KeyId=signing["KeyId"], Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    fails("UnsupportedOperationException", "*", kms.get_public_key, KeyId=symmetric["KeyId"])
    fails("ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
          kms.create_key, KeySpec="RSA_2048")
    fails("ValidationException", "KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256", kms.create_key,
          KeySpec="ECC_NIST_P256", KeyUsage="ENCRYPT_DECRYPT")
    fails("UnsupportedOperationException", "*", kms.create_key, KeySpec="SM2", KeyUsage="SIGN_VERIFY")


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_macs(kms, bits):
    key = kms.create_key(KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]
    algorithm = f"HMAC_SHA_{bits}"
    assert key["MacAlgorithms"] == [algorithm]
    mac = kms.generate_mac(KeyId=key["KeyId"], Message=b"m", MacAlgorithm=algorithm)["Mac"]
    assert len(mac) == bits // 8 and kms.generate_mac(KeyId=key["KeyId"], Message=b"m", MacAlgorithm=algorithm)["Mac"] == mac
    assert kms.verify_mac(KeyId=key["KeyId"], Message=b"m", MacAlgorithm=algorithm, Mac=mac)["MacValid"] is True
    fails("KMSInvalidMacException", "", kms.verify_mac, KeyId=key["KeyId"], Message=b"n", MacAlgorithm=algorithm, Mac=mac)
    other = "HMAC_SHA_256" if bits != 256 else "HMAC_SHA_512"
    fails("InvalidKeyUsageException", "*", kms.generate_mac, KeyId=key["KeyId"], Message=b"m", MacAlgorithm=other)


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_SECG_P256K1"])
def test_data_key_pairs(kms, spec):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    context = {"a": "b"}
    made = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, EncryptionContext=context)
    private = serialization.load_der_private_key(made["PrivateKeyPlaintext"], None)
    assert private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo) == \
        made["PublicKey"]
    opened = kms.decrypt(CiphertextBlob=made["PrivateKeyCiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == made["PrivateKeyPlaintext"]
    hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec)
    assert "PrivateKeyPlaintext" not in hidden
    assert kms.decrypt(CiphertextBlob=hidden["PrivateKeyCiphertextBlob"])["Plaintext"]


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P521"])
def test_shared_secrets(region, kms, spec):
    key = done(call(region, "CreateKey", KeySpec=spec, KeyUsage="KEY_AGREEMENT"))["KeyMetadata"]
    assert key["KeyAgreementAlgorithms"] == ["ECDH"]
    mine = ec.generate_private_key(CURVES[spec]())
    der = mine.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    args = dict(KeyId=key["KeyId"], KeyAgreementAlgorithm="ECDH")
    secret = done(call(region, "DeriveSharedSecret", PublicKey=base64.b64encode(der).decode(), **args))
    theirs = serialization.load_der_public_key(kms.get_public_key(KeyId=key["KeyId"])["PublicKey"])
    assert base64.b64decode(secret["SharedSecret"]) == mine.exchange(ec.ECDH(), theirs) and secret["KeyOrigin"] == "AWS_KMS"
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    refused(call(region, "DeriveSharedSecret", PublicKey=base64.b64encode(other).decode(), **args), "ValidationException")
    refused(call(region, "DeriveSharedSecret", PublicKey="AAAA", **args), "ValidationException")
