# SPDX-License-Identifier: Apache-2.0
"""SecureStrings: sealed by KMS for the caller, bound to their parameter, and nowhere in the clear."""
import base64
import os
import re

import pytest

from iam_util import allow
from ssm_util import ARN, fails, parameter, put  # noqa: F401

SECRET = "p#sW*rd33 ü\\\""


@pytest.fixture
def ssm(region):
    return region.client("ssm")


@pytest.fixture
def kms(region):
    return region.client("kms")


@pytest.fixture
def key(kms):
    """The id of a key that only its account's policies rule."""
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    yield made
    kms.schedule_key_deletion(KeyId=made, PendingWindowInDays=7)


@pytest.fixture(params=["Standard", "Advanced"])
def tier(request):
    return request.param


def secure(ssm, parameter, value=SECRET, **more):  # noqa: F811
    return parameter(value, Type="SecureString", **more)


def opened(ssm, name):
    return ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


def test_from_beginning_to_end(ssm, parameter, tier):  # noqa: F811
    name = secure(ssm, parameter, Tier=tier)
    got = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (got["Type"], got["Value"], got["Version"]) == ("SecureString", SECRET, 1)
    sealed = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    assert SECRET.encode() not in base64.b64decode(sealed, validate=True)
    put(ssm, name, "two", Type="SecureString", Overwrite=True)
    ssm.put_parameter(Name=name, Value="three", Overwrite=True)  # keeps type, tier and key
    history = ssm.get_parameter_history(Name=name, WithDecryption=True)["Parameters"]
    assert [(p["Value"], p["KeyId"], p["Tier"]) for p in history] == [
        (v, "alias/aws/ssm", tier) for v in (SECRET, "two", "three")]
    assert ssm.get_parameter_history(Name=name)["Parameters"][0]["Value"] == sealed
    (seen,) = ssm.describe_parameters(ParameterFilters=[{"Key": "KeyId", "Values": ["alias/aws/ssm"]},
                                                        {"Key": "Name", "Values": [name]}])["Parameters"]
    assert (seen["Type"], seen["KeyId"]) == ("SecureString", "alias/aws/ssm")


def test_many_at_once(ssm, parameter, unique):  # noqa: F811
    root = "/" + unique("secure")
    names = [secure(ssm, parameter, str(i), name=f"{root}/{i}", Tier="Advanced" if i % 2 else "Standard")
             for i in range(4)]
    plain = parameter("plain", name=f"{root}/plain")
    got = ssm.get_parameters(Names=[*names, plain, "/nothing"], WithDecryption=True)
    assert [p["Value"] for p in got["Parameters"]] == ["0", "1", "2", "3", "plain"]
    got = ssm.get_parameters_by_path(Path=root, WithDecryption=True)["Parameters"]
    assert [p["Value"] for p in got] == ["0", "1", "2", "3", "plain"]
    got = ssm.get_parameters_by_path(Path=root)["Parameters"]
    assert not {"0", "1", "2", "3"} & {p["Value"] for p in got}


def test_sizes(ssm, parameter, unique):  # noqa: F811
    name = secure(ssm, parameter, "x" * 4096)
    assert opened(ssm, name) == "x" * 4096
    fails("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters.*",
          ssm.put_parameter, Name=name, Value="x" * 4097, Type="SecureString", Overwrite=True)
    put(ssm, name, "y" * 8192, Type="SecureString", Overwrite=True, Tier="Intelligent-Tiering")
    assert opened(ssm, name) == "y" * 8192
    fails("ValidationException", "Advanced tier parameters support a maximum*",
          ssm.put_parameter, Name=name, Value="x" * 8193, Type="SecureString", Overwrite=True)


def test_the_ciphertext_of_the_standard_tier_is_kms_own(ssm, kms, parameter, key):  # noqa: F811
    name = secure(ssm, parameter, KeyId=key)
    blob = base64.b64decode(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    got = kms.decrypt(CiphertextBlob=blob, EncryptionContext={"PARAMETER_ARN": ARN + name})
    assert (got["Plaintext"].decode(), got["KeyId"].rpartition("/")[2]) == (SECRET, key)
    fails("InvalidCiphertextException", "*", kms.decrypt, CiphertextBlob=blob)
    assert ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]["KeyId"] == key


def test_the_default_key_is_made_at_first_use(region, unique):
    account = dict(key="710000000011", secret="any")
    ssm, kms = region.client("ssm", **account), region.client("kms", **account)
    assert "alias/aws/ssm" not in {a["AliasName"] for a in kms.list_aliases()["Aliases"]
                                   if "TargetKeyId" in a}
    put(ssm, "/a", SECRET, Type="SecureString")
    assert opened(ssm, "/a") == SECRET
    assert kms.describe_key(KeyId="alias/aws/ssm")["KeyMetadata"]["KeyManager"] == "AWS"


# --- keys that are not to be had ---

KMS = r" \(Service: AWSKMS; Status Code: 400; Error Code: {}; Request ID: [0-9a-f-]{{36}}; Proxy: null\)"


def refused(code, kms_code, call, **arguments):
    """What KMS said, in the words of Systems Manager."""
    message = fails(code, "*", call, **arguments)["Error"]["Message"]
    assert re.search(KMS.format(kms_code) + "$", message), message
    return message


def test_no_such_key(ssm, unique, tier):
    message = refused("InvalidKeyId", "NotFoundException", ssm.put_parameter, Name=unique("x"), Value="x",
                      Type="SecureString", KeyId="alias/nothing", Tier=tier)
    assert message.startswith("Alias arn:aws:kms:us-east-1:000000000000:alias/nothing is not found.")


def test_a_disabled_key(ssm, kms, parameter, key, tier):  # noqa: F811
    name = secure(ssm, parameter, KeyId=key, Tier=tier)
    kms.disable_key(KeyId=key)
    refused("InvalidKeyId", "DisabledException", ssm.get_parameter, Name=name, WithDecryption=True)
    refused("InvalidKeyId", "DisabledException", ssm.get_parameters, Names=[name], WithDecryption=True)
    refused("InvalidKeyId", "DisabledException", ssm.put_parameter, Name=name, Value="x", Overwrite=True)
    ssm.get_parameter(Name=name)
    kms.enable_key(KeyId=key)
    assert opened(ssm, name) == SECRET


def test_rights_to_the_key(region, ssm, kms, user, parameter, key, tier):  # noqa: F811
    name = secure(ssm, parameter, KeyId=key, Tier=tier)
    who = user(allow("ssm:*"))
    mine = region.client("ssm", *who)
    mine.get_parameter(Name=name)
    message = refused("AccessDeniedException", "AccessDeniedException", mine.get_parameter, Name=name, WithDecryption=True)
    assert "kms:Decrypt" in message or message.startswith("The ciphertext refers to")
    refused("AccessDeniedException", "AccessDeniedException", mine.put_parameter, Name=name, Value="x", Overwrite=True)
    # By way of Systems Manager, and for this parameter only.
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    both = {"StringEquals": {"kms:ViaService": "ssm.us-east-1.amazonaws.com",
                             "kms:EncryptionContext:PARAMETER_ARN": ARN + name}}
    through = user(allow("ssm:*"), allow(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], arn, Condition=both))
    mine = region.client("ssm", *through)
    assert opened(mine, name) == SECRET
    mine.put_parameter(Name=name, Value="mine", Overwrite=True)
    assert opened(ssm, name) == "mine"
    other = secure(ssm, parameter, KeyId=key, Tier=tier)
    refused("AccessDeniedException", "AccessDeniedException", mine.get_parameter, Name=other, WithDecryption=True)
    fails("AccessDeniedException", "*", region.client("kms", *through).encrypt, KeyId=key, Plaintext=b"x",
          EncryptionContext={"PARAMETER_ARN": ARN + name})


def test_the_default_key_asks_for_no_rights_of_its_own(region, user, parameter, ssm, tier):  # noqa: F811
    name = secure(ssm, parameter, Tier=tier)
    mine = region.client("ssm", *user(allow("ssm:*")))
    assert opened(mine, name) == SECRET
    put(mine, name, "mine", Type="SecureString", Overwrite=True)
    assert opened(ssm, name) == "mine"


# --- nothing in the clear ---

def test_nothing_is_left_in_the_clear(new_region):
    region = new_region(dev=True)
    ssm = region.client("ssm")
    words = [base64.b32encode(os.urandom(20)).decode() for _ in range(4)]
    put(ssm, "/a", words[0], Type="SecureString")
    put(ssm, "/b", words[1] + "\"", Type="SecureString", Tier="Advanced")
    put(ssm, "/a", words[2], Type="SecureString", Overwrite=True)
    fails("ParameterAlreadyExists", "*", ssm.put_parameter, Name="/a", Value=words[3], Type="SecureString")
    assert (opened(ssm, "/a"), opened(ssm, "/b")) == (words[2], words[1] + "\"")
    ssm.get_parameter_history(Name="/a", WithDecryption=True)
    region.stop()
    found = []
    for folder, _, files in os.walk(os.path.dirname(region.data)):
        for path in (os.path.join(folder, name) for name in files):
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                content = f.read()
            found += [(path, w) for w in words if w.encode() in content or base64.b64encode(w.encode())[:24] in content]
    assert not found
    region.start()
    ssm = region.client("ssm")
    assert (opened(ssm, "/a"), opened(ssm, "/b")) == (words[2], words[1] + "\"")


def test_a_value_of_another_parameter_does_not_open(new_region, tier):
    import sqlite3
    region = new_region(dev=True)
    ssm = region.client("ssm")
    put(ssm, "/a", "of a", Type="SecureString", Tier=tier)
    put(ssm, "/b", "of b", Type="SecureString", Tier=tier)
    region.stop()
    with sqlite3.connect(f"{region.data}/state.db") as db:
        db.execute("UPDATE ssm_version SET value = (SELECT value FROM ssm_version WHERE key = '/a') WHERE key = '/b'")
    ssm = region.start().client("ssm")
    assert opened(ssm, "/a") == "of a"
    refused("InvalidKeyId", "InvalidCiphertextException", ssm.get_parameter, Name="/b", WithDecryption=True)
