# SPDX-License-Identifier: Apache-2.0
"""Key pairs: made, imported, told by fingerprints; held against ssh-keygen and openssl."""
import base64
import hashlib
import pathlib
import subprocess

import pytest

from ec2_util import ec2, fails, filters, tagged  # noqa: F401


def run(*argv, stdin=None):
    return subprocess.run(argv, input=stdin, stdout=subprocess.PIPE, check=True).stdout


def keygen(tmp_path, *args):
    path = tmp_path / "key"
    run("ssh-keygen", "-q", "-N", "", "-C", "somebody", "-f", str(path), *args)
    return path, (tmp_path / "key.pub").read_text()


def colons(digest):
    return ":".join(f"{b:02x}" for b in digest)


def private_file(tmp_path, material):
    path = tmp_path / "made"
    path.write_text(material + "\n")
    path.chmod(0o600)
    return path


def test_rsa_made(ec2, tmp_path):
    made = ec2.create_key_pair(KeyName="web", TagSpecifications=tagged("key-pair", a="b"))
    material = made["KeyMaterial"]
    assert material.startswith("-----BEGIN RSA PRIVATE KEY-----\n") and material.endswith("-----END RSA PRIVATE KEY-----")
    path = private_file(tmp_path, material)
    der = run("openssl", "pkcs8", "-in", str(path), "-topk8", "-nocrypt", "-outform", "DER")
    assert made["KeyFingerprint"] == colons(hashlib.sha1(der).digest())
    assert made["Tags"] == [{"Key": "a", "Value": "b"}] and made["KeyPairId"].startswith("key-")
    seen = ec2.describe_key_pairs(KeyNames=["web"], IncludePublicKey=True)["KeyPairs"][0]
    assert seen["PublicKey"].split()[:2] == run("ssh-keygen", "-y", "-f", str(path)).decode().split()[:2]
    assert seen["KeyType"] == "rsa" and seen["KeyFingerprint"] == made["KeyFingerprint"] and seen["Tags"] == made["Tags"]
    assert "PublicKey" not in ec2.describe_key_pairs(KeyNames=["web"])["KeyPairs"][0]


def test_ed25519_made(ec2, tmp_path):
    made = ec2.create_key_pair(KeyName="web", KeyType="ed25519")
    path = private_file(tmp_path, made["KeyMaterial"])
    public = run("ssh-keygen", "-y", "-f", str(path)).decode().split()[:2]
    seen = ec2.describe_key_pairs(IncludePublicKey=True)["KeyPairs"][0]
    assert seen["PublicKey"].split()[:2] == public and public[0] == "ssh-ed25519" and seen["KeyType"] == "ed25519"
    assert made["KeyFingerprint"] == base64.b64encode(hashlib.sha256(base64.b64decode(public[1])).digest()).decode()


def test_the_private_half_is_kept_nowhere(new_region):
    region = new_region(dev=True)
    ec2 = region.client("ec2")
    middle = ec2.create_key_pair(KeyName="web")["KeyMaterial"].splitlines()[5].encode()
    region.stop()
    for path in pathlib.Path(region.data).rglob("*"):
        if path.is_file():
            assert middle not in path.read_bytes(), path


@pytest.mark.parametrize("args", [("-t", "rsa", "-b", "2048"), ("-t", "rsa", "-b", "4096"), ("-t", "ed25519")])
def test_imported(ec2, tmp_path, args):
    path, public = keygen(tmp_path, *args)
    made = ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=public.encode())
    if "rsa" in args:
        der = run("ssh-keygen", "-e", "-m", "PKCS8", "-f", str(path) + ".pub")
        der = run("openssl", "pkey", "-pubin", "-outform", "DER", stdin=der)
        assert made["KeyFingerprint"] == colons(hashlib.md5(der).digest())
    else:
        assert made["KeyFingerprint"] == base64.b64encode(hashlib.sha256(base64.b64decode(public.split()[1])).digest()).decode()
    seen = ec2.describe_key_pairs(KeyPairIds=[made["KeyPairId"]], IncludePublicKey=True)["KeyPairs"][0]
    assert seen["PublicKey"].split()[:2] == public.split()[:2]


def test_other_forms_are_imported(ec2, tmp_path):
    path, public = keygen(tmp_path, "-t", "rsa", "-b", "2048")
    line = ec2.import_key_pair(KeyName="line", PublicKeyMaterial=public.encode())["KeyFingerprint"]
    for name, form in (("rfc4716", "RFC4716"), ("spki", "PKCS8")):
        text = run("ssh-keygen", "-e", "-m", form, "-f", str(path) + ".pub")
        assert ec2.import_key_pair(KeyName=name, PublicKeyMaterial=text)["KeyFingerprint"] == line


@pytest.mark.parametrize("text", [
    "ssh-rsa AAAA", "nonsense", "ssh-rsa " + base64.b64encode(b"\0\0\0\7ssh-rsa").decode(), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
    "ssh-dss AAAAB3NzaC1kc3MAAACBAJ==", " "])


def test_what_is_no_key(ec2, text):
    fails("InvalidKey.Format", ec2.import_key_pair, KeyName="mine", PublicKeyMaterial=text.encode())


def test_no_key_of_other_kinds(ec2, tmp_path):
    _, public = keygen(tmp_path, "-t", "ecdsa")
    fails("InvalidKey.Format", ec2.import_key_pair, KeyName="mine", PublicKeyMaterial=public.encode())
    fails("InvalidKey.Format", ec2.import_key_pair, KeyName="mine", PublicKeyMaterial=b"ssh-rsa " + b"A" * 9000)


def test_names(ec2):
    ec2.create_key_pair(KeyName="web", KeyType="ed25519")
    fails("InvalidKeyPair.Duplicate", ec2.create_key_pair, KeyName="web", KeyType="ed25519", message="The keypair already exists")
    ec2.create_key_pair(KeyName="n" * 255, KeyType="ed25519")
    fails("InvalidParameterValue", ec2.create_key_pair, KeyName="n" * 256, KeyType="ed25519")
    fails("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["web", "other"], message="The key pair 'other' does not exist")
    fails("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyPairIds=["key-0123456789abcdef0"])
    fails("UnsupportedOperation", ec2.create_key_pair, KeyName="x", KeyFormat="ppk")


def test_deleted(ec2):
    key = ec2.create_key_pair(KeyName="web", KeyType="ed25519")["KeyPairId"]
    ec2.delete_key_pair(KeyName="web")
    ec2.delete_key_pair(KeyName="web")
    fails("InvalidKeyPair.NotFound", ec2.delete_key_pair, KeyPairId=key)
    assert ec2.describe_key_pairs()["KeyPairs"] == []


def test_filters(ec2):
    a = ec2.create_key_pair(KeyName="a", KeyType="ed25519", TagSpecifications=tagged("key-pair", team="x"))
    b = ec2.create_key_pair(KeyName="b", KeyType="ed25519")
    names = lambda **f: [k["KeyName"] for k in ec2.describe_key_pairs(Filters=filters(**f))["KeyPairs"]]  # noqa: E731
    assert names(key_name="a*") == ["a"] and names(fingerprint=b["KeyFingerprint"]) == ["b"]
    assert names(key_pair_id=a["KeyPairId"]) == ["a"] and names(tag_key="team") == ["a"]
