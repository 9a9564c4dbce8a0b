# SPDX-License-Identifier: Apache-2.0
"""KMS: keys, aliases, policies of keys, tags, deletion, the keys of AWS's services."""
import json

import pytest
from botocore.exceptions import ClientError

from region import wait_for


@pytest.fixture
def kms(region):
    return region.client("kms")


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def code(call, **args):
    with pytest.raises(ClientError) as e:
        call(**args)
    return e.value.response["Error"]["Code"], e.value.response["Error"].get("Message", "")


def test_a_new_key_is_described(region, kms):
    made = kms.create_key(Description="of orders", Tags=[{"TagKey": "team", "TagValue": "shop"}])["KeyMetadata"]
    assert made["Arn"] == f"arn:aws:kms:us-east-1:{region.account}:key/{made['KeyId']}"
    assert made["KeyState"] == "Enabled" and made["Enabled"] and made["KeyManager"] == "CUSTOMER"
    assert made["KeySpec"] == made["CustomerMasterKeySpec"] == "SYMMETRIC_DEFAULT"
    assert made["EncryptionAlgorithms"] == ["SYMMETRIC_DEFAULT"] and made["MultiRegion"] is False
    assert kms.describe_key(KeyId=made["Arn"])["KeyMetadata"] == made
    assert kms.list_resource_tags(KeyId=made["KeyId"])["Tags"] == [{"TagKey": "team", "TagValue": "shop"}]


def test_keys_are_listed_in_pages(kms):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(3)}
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) > 1 and made <= {k["KeyId"] for p in pages for k in p["Keys"]}
    assert code(kms.list_keys, Marker="other")[0] == "InvalidMarkerException"


def test_what_is_no_key(region, kms):
    arn = f"arn:aws:kms:us-east-1:{region.account}"
    missing = "12345678-1234-1234-1234-123456789012"
    assert code(kms.describe_key, KeyId=missing) == ("NotFoundException", f"Key '{arn}:key/{missing}' does not exist")
    assert code(kms.describe_key, KeyId="other") == ("NotFoundException", "Invalid keyId 'other'")
    assert code(kms.describe_key, KeyId="alias/other") == ("NotFoundException", f"Alias {arn}:alias/other is not found.")


def test_an_alias_names_a_key(region, kms, key, unique):
    name = "alias/" + unique("orders")
    kms.create_alias(AliasName=name, TargetKeyId=key)
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == key
    arn = f"arn:aws:kms:us-east-1:{region.account}:{name}"
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyId"] == key
    assert code(kms.create_alias, AliasName=name, TargetKeyId=key)[0] == "AlreadyExistsException"
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=name, TargetKeyId=other)
    assert [a["AliasName"] for a in kms.list_aliases(KeyId=other)["Aliases"]] == [name]
    assert kms.list_aliases(KeyId=key)["Aliases"] == []
    kms.delete_alias(AliasName=name)
    assert code(kms.describe_key, KeyId=name)[0] == "NotFoundException"


def test_a_key_has_fifty_aliases(kms, key, unique):
    names = ["alias/" + unique("many") for _ in range(51)]
    for name in names[:50]:
        kms.create_alias(AliasName=name, TargetKeyId=key)
    assert code(kms.create_alias, AliasName=names[50], TargetKeyId=key)[0] == "LimitExceededException"


def test_a_disabled_key_does_nothing(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    assert code(kms.encrypt, KeyId=key, Plaintext=b"text")[0] == "DisabledException"
    assert code(kms.decrypt, CiphertextBlob=blob)[0] == "DisabledException"
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"text"


def test_a_key_goes_when_its_days_are_over(new_region):
    region = new_region(dev=True)
    kms = region.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/gone", TargetKeyId=key)
    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    answer = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert answer["KeyState"] == "PendingDeletion" and answer["PendingWindowInDays"] == 7
    assert code(kms.decrypt, CiphertextBlob=blob) == ("KMSInvalidStateException", f"{answer['KeyId']} is pending deletion.")
    assert code(kms.enable_key, KeyId=key)[0] == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    region.advance(6 * 86400)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    region.advance(2 * 86400)
    wait_for(lambda: kms.list_keys()["Keys"] == [], what="the key is gone")
    assert "alias/gone" not in [a["AliasName"] for a in kms.list_aliases()["Aliases"]]
    assert code(kms.decrypt, CiphertextBlob=blob)[0] == "AccessDeniedException"


def test_the_window_of_a_deletion_has_bounds(kms, key):
    for days in (6, 31):
        assert code(kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=days)[0] == "ValidationException"


def test_tags_come_and_go(kms, key):
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": str(i), "TagValue": "v"} for i in range(50)])
    assert code(kms.tag_resource, KeyId=key, Tags=[{"TagKey": "x", "TagValue": "v"}])[0] == "LimitExceededException"
    kms.untag_resource(KeyId=key, TagKeys=[str(i) for i in range(49)])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "49", "TagValue": "v"}]
    twice = [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "a", "TagValue": "2"}]
    assert code(kms.tag_resource, KeyId=key, Tags=twice)[0] == "TagException"


def test_the_policy_of_a_key(region, kms, key):
    default = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    assert default["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{region.account}:root"}
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*",
                                                      "Resource": "*"}]}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == policy
    policy["Statement"][0]["Action"] = "kms:Decrypt"
    out = code(kms.put_key_policy, KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    assert out[0] == "MalformedPolicyDocumentException" and "will not allow you to update" in out[1]
    policy["Statement"][0]["Action"] = "kms:*"
    text = json.dumps(policy)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=text + " " * (32768 - len(text)))
    assert code(kms.put_key_policy, KeyId=key, PolicyName="default",
                Policy=text + " " * (32769 - len(text)))[0] == "LimitExceededException"
    assert code(kms.put_key_policy, KeyId=key, PolicyName="default", Policy="{")[0] == "MalformedPolicyDocumentException"


def test_the_names_of_service_keys_are_there_before_the_keys(new_region):
    kms = new_region(dev=True).client("kms")
    before = kms.list_aliases()["Aliases"]
    assert [a["AliasName"] for a in before] == sorted(a["AliasName"] for a in before) and len(before) > 10
    assert all("TargetKeyId" not in a for a in before)
    kms.describe_key(KeyId="alias/aws/s3")
    assert [a["AliasName"] for a in kms.list_aliases()["Aliases"] if "TargetKeyId" in a] == ["alias/aws/s3"]
    pages = kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 3})
    assert [a["AliasName"] for p in pages for a in p["Aliases"]] == [a["AliasName"] for a in before]


def test_a_service_key_is_made_when_it_is_looked_at(kms, key):
    made = kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
    assert made["KeyManager"] == "AWS" and kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"] == made
    assert code(kms.encrypt, KeyId="alias/aws/s3", Plaintext=b"text")[0] == "AccessDeniedException"
    assert code(kms.schedule_key_deletion, KeyId=made["KeyId"])[0] == "AccessDeniedException"
    assert code(kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=key)[0] == "NotAuthorizedException"
