# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: KMS keys of the caller's choice, changes of keys, keys that are off or denied."""
import pytest

from secrets_help import code, fails, policy

OTHER = "777788889999"
DENIED = ("AccessDeniedException", "Access to KMS is not allowed")


@pytest.fixture
def sm(region):
    return region.client("secretsmanager")


@pytest.fixture
def kms(region):
    return region.client("kms")


def new_key(kms):
    return kms.create_key()["KeyMetadata"]["Arn"]


def test_the_default_key_is_made_when_it_is_needed(new_region):
    region = new_region(dev=True)
    kms, sm = region.client("kms"), region.client("secretsmanager")

    def aliases():
        return [a["AliasName"] for a in kms.list_aliases()["Aliases"] if "TargetKeyId" in a]
    sm.create_secret(Name="empty")
    assert "alias/aws/secretsmanager" not in aliases()
    sm.put_secret_value(SecretId="empty", SecretString="x")
    assert "alias/aws/secretsmanager" in aliases()
    assert "KmsKeyId" not in sm.describe_secret(SecretId="empty")


@pytest.mark.parametrize("form", ["arn", "id", "alias"])
def test_a_key_of_the_callers_choice(sm, kms, unique, form):
    arn, name = new_key(kms), unique("secret")
    alias = "alias/" + unique("key")
    kms.create_alias(AliasName=alias, TargetKeyId=arn)
    key = {"arn": arn, "id": arn.rpartition("/")[2], "alias": alias}[form]
    sm.create_secret(Name=name, SecretString="x", KmsKeyId=key)
    assert sm.describe_secret(SecretId=name)["KmsKeyId"] == key
    assert sm.list_secret_version_ids(SecretId=name)["Versions"][0]["KmsKeyIds"] == [arn]
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "x"
    kms.disable_key(KeyId=arn)
    error, message = fails(sm.get_secret_value, SecretId=name)
    assert error == "DecryptionFailure"
    assert message.startswith(f"Secrets Manager can't decrypt the secret value: {arn} is disabled. (Service: AWSKMS; Status "
                              "Code: 400; Error Code: DisabledException; Request ID: ")
    assert code(sm.put_secret_value, SecretId=name, SecretString="y") == "EncryptionFailure"
    kms.enable_key(KeyId=arn)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "x"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_keys_that_are_not_there(sm, unique):
    missing = "12345678-1234-1234-1234-123456789012"
    assert code(sm.create_secret, Name=unique("s"), SecretString="x", KmsKeyId=missing) == "EncryptionFailure"
    assert code(sm.create_secret, Name=unique("s"), SecretString="x", KmsKeyId="arn:aws:s3:::x") == "InvalidParameterException"


def test_a_user_needs_the_key_as_well(region, user, sm, kms, unique):
    arn, name = new_key(kms), unique("secret")
    sm.create_secret(Name=name, SecretString="x", KmsKeyId=arn)
    without = region.client("secretsmanager", *user({"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}))
    assert fails(without.get_secret_value, SecretId=name) == DENIED
    assert fails(without.put_secret_value, SecretId=name, SecretString="y") == DENIED
    via = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                            "kms:EncryptionContext:SecretARN": sm.describe_secret(SecretId=name)["ARN"]}}
    key = user({"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
               {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": arn, "Condition": via})
    through = region.client("secretsmanager", *key)
    assert through.get_secret_value(SecretId=name)["SecretString"] == "x"
    through.put_secret_value(SecretId=name, SecretString="y")
    direct = region.client("kms", *key)
    assert code(direct.generate_data_key, KeyId=arn, KeySpec="AES_256") == "AccessDeniedException"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_another_key_takes_over(region, user, sm, kms, unique):
    old, new, name = new_key(kms), new_key(kms), unique("secret")
    first = sm.create_secret(Name=name, SecretString="one", KmsKeyId=old)["VersionId"]
    sm.put_secret_value(SecretId=name, SecretString="blue", VersionStages=["BLUE"])
    sm.put_secret_value(SecretId=name, SecretString="two")
    sm.update_secret(SecretId=name, KmsKeyId=new)
    keys = {v["VersionId"]: v["KmsKeyIds"] for v in sm.list_secret_version_ids(SecretId=name)["Versions"]}
    assert keys[first] == [new, old] and sorted(keys.values()) == sorted([[new, old], [new, old], [old]])
    # Who may use the old key alone still reads, and when it is off the new one is enough.
    reader = region.client("secretsmanager", *user(
        {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": old}))
    assert reader.get_secret_value(SecretId=name)["SecretString"] == "two"
    kms.disable_key(KeyId=old)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "two"
    assert sm.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"] == "one"
    assert code(sm.get_secret_value, SecretId=name, VersionStage="BLUE") == "DecryptionFailure"
    kms.enable_key(KeyId=old)
    # A value of its own is under the new key only; the empty name is the default key.
    third = sm.update_secret(SecretId=name, SecretString="three")["VersionId"]
    assert fails(reader.get_secret_value, SecretId=name) == DENIED
    sm.update_secret(SecretId=name, KmsKeyId="")
    assert "KmsKeyId" not in sm.describe_secret(SecretId=name)
    keys = {v["VersionId"]: v["KmsKeyIds"] for v in sm.list_secret_version_ids(SecretId=name)["Versions"]}
    assert keys[third] == ["DefaultEncryptionKey", new]
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_what_the_caller_cannot_read_stays_under_the_old_key(region, user, sm, kms, unique):
    old, new, name = new_key(kms), new_key(kms), unique("secret")
    sm.create_secret(Name=name, SecretString="one", KmsKeyId=old)
    half = region.client("secretsmanager", *user(
        {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "kms:*", "Resource": new}))
    half.update_secret(SecretId=name, KmsKeyId=new)
    assert sm.list_secret_version_ids(SecretId=name)["Versions"][0]["KmsKeyIds"] == [old]
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "one"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_keys_of_a_version_are_limited(sm, kms, unique):
    name = unique("secret")
    sm.create_secret(Name=name, SecretString="x")
    keys = [new_key(kms) for _ in range(4)]
    for key in keys:
        sm.update_secret(SecretId=name, KmsKeyId=key)
    assert sm.list_secret_version_ids(SecretId=name)["Versions"][0]["KmsKeyIds"] == keys[::-1]
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "x"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_another_account_with_a_key_that_lets_it(region, sm, kms, unique):
    arn, name = new_key(kms), unique("secret")
    other = region.client("secretsmanager", OTHER, "any")
    secret = sm.create_secret(Name=name, SecretString="x", KmsKeyId=arn)["ARN"]
    them = {"AWS": f"arn:aws:iam::{OTHER}:root"}
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy(
        {"Effect": "Allow", "Principal": them, "Action": "secretsmanager:*", "Resource": "*"}))
    assert fails(other.get_secret_value, SecretId=secret) == DENIED
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{region.account}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": them, "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"}))
    assert other.get_secret_value(SecretId=secret)["SecretString"] == "x"
    other.put_secret_value(SecretId=secret, SecretString="theirs")
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "theirs"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
