# SPDX-License-Identifier: Apache-2.0
"""KMS: who may use a key. The key policy decides, IAM only where the policy names the account."""
import pytest
from iam_util import allow, deny, doc, fails
from kms_util import OTHER, administered, make_key, make_user, root, statement


@pytest.fixture
def kms(region):
    return region.client("kms")


def test_the_default_policy_leaves_it_to_iam(region, kms, unique):
    key = make_key(kms)
    arn, nobody = make_user(region, unique("nobody"))
    fails("AccessDeniedException", f"User: {arn} is not authorized to perform: kms:Encrypt on resource: {key} because no "
          "identity-based policy allows the kms:Encrypt action", nobody.encrypt, KeyId=key, Plaintext=b"t")
    _, user = make_user(region, unique("user"), allow("kms:Encrypt", key))
    user.encrypt(KeyId=key, Plaintext=b"t")
    fails("AccessDeniedException", "*", user.generate_data_key, KeyId=key, KeySpec="AES_256")


def test_without_the_account_in_the_policy_iam_allows_nothing(region, kms, unique):
    arn, user = make_user(region, unique("user"), allow("kms:*"))
    key = make_key(kms, administered())
    fails("AccessDeniedException", f"User: {arn} is not authorized to perform: kms:Encrypt on resource: {key} because no "
          "resource-based policy allows the kms:Encrypt action", user.encrypt, KeyId=key, Plaintext=b"t")
    fails("AccessDeniedException", "*", kms.encrypt, KeyId=key, Plaintext=b"t")  # root neither


def test_a_policy_that_names_the_user_is_enough(region, kms, unique):
    arn, user = make_user(region, unique("user"))
    key = make_key(kms, administered(statement(arn, "kms:Encrypt")))
    user.encrypt(KeyId=key, Plaintext=b"t")
    region.client("iam").put_user_policy(UserName=arn.split("/")[-1], PolicyName="no", PolicyDocument=doc(deny("kms:*")))
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")


@pytest.mark.parametrize("condition,good,bad", [
    ({"StringEquals": {"kms:EncryptionContext:app": "shop"}}, {"app": "shop", "x": "y"}, {"app": "other"}),
    ({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["app"]}}, {"app": "1"}, {"app": "1", "more": "2"}),
    ({"Null": {"kms:EncryptionContext:app": "false"}}, {"app": "1"}, {}),
])
def test_conditions_on_the_context(region, kms, unique, condition, good, bad):
    arn, user = make_user(region, unique("user"))
    key = make_key(kms, administered(statement(arn, "kms:*", Condition=condition)))
    user.encrypt(KeyId=key, Plaintext=b"t", EncryptionContext=good)
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t", EncryptionContext=bad)


@pytest.mark.parametrize("key_name,good,bad", [
    ("kms:CallerAccount", "000000000000", OTHER),
    ("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1"),
    ("kms:KeySpec", "SYMMETRIC_DEFAULT", "RSA_2048"),
    ("kms:KeyUsage", "ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    ("kms:KeyOrigin", "AWS_KMS", "EXTERNAL"),
    ("aws:ResourceTag/team", "shop", "other"),
    ("kms:MultiRegion", "false", "true"),
])
def test_conditions_on_the_key(region, kms, unique, key_name, good, bad):
    arn, user = make_user(region, unique("user"))
    for value, ok in ((good, True), (bad, False)):
        policy = administered(statement(arn, "kms:Encrypt", Condition={"StringEquals": {key_name: value}}))
        key = make_key(kms, policy, Tags=[{"TagKey": "team", "TagValue": "shop"}])
        if ok:
            user.encrypt(KeyId=key, Plaintext=b"t")
        else:
            fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")


def test_conditions_on_aliases(region, kms, unique):
    name = "alias/" + unique("a")
    arn, user = make_user(region, unique("user"))
    by_name = {"StringEquals": {"kms:RequestAlias": name}}
    has_name = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": name}}
    key = make_key(kms, administered(statement(arn, "kms:Encrypt", Condition=by_name),
                                     statement(arn, "kms:DescribeKey", Condition=has_name)))
    fails("AccessDeniedException", "*", user.describe_key, KeyId=key)
    kms.create_alias(AliasName=name, TargetKeyId=key)
    user.describe_key(KeyId=key)
    user.encrypt(KeyId=name, Plaintext=b"t")
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")


def test_nobody_comes_through_a_service_by_saying_so(region, kms, unique):
    arn, user = make_user(region, unique("user"))
    condition = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    key = make_key(kms, administered(statement(arn, "kms:Encrypt", Condition=condition)))
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")


def test_a_key_of_another_account(region, kms):
    other = region.client("kms", OTHER, "any")
    other.list_keys()  # makes the account
    key = make_key(kms)
    blob = kms.encrypt(KeyId=key, Plaintext=b"t")["CiphertextBlob"]
    fails("AccessDeniedException", f"User: {root(OTHER)} is not authorized to perform: kms:Encrypt on this resource "
          "because the resource does not exist in this Region, no resource-based policies allow access, or a "
          "resource-based policy explicitly denies access", other.encrypt, KeyId=key, Plaintext=b"t")
    fails("AccessDeniedException", "The ciphertext refers to a customer master key that does not exist, does not exist in "
          "this region, or you are not allowed to access.", other.decrypt, CiphertextBlob=blob)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=doc(statement(root(), "kms:*"),
                                                                  statement(root(OTHER), ["kms:Decrypt", "kms:DescribeKey",
                                                                                          "kms:DisableKey"])))
    assert other.decrypt(CiphertextBlob=blob)["Plaintext"] == b"t"
    assert other.describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    fails("NotFoundException", "*", other.describe_key, KeyId=key.split("/")[1])  # an id alone is of the caller's account
    fails("AccessDeniedException", "*", other.disable_key, KeyId=key)  # never across accounts
    iam = region.client("iam", OTHER, "any")
    iam.create_user(UserName="across")
    pair = iam.create_access_key(UserName="across")["AccessKey"]
    user = region.client("kms", pair["AccessKeyId"], pair["SecretAccessKey"])
    fails("AccessDeniedException", "*", user.decrypt, CiphertextBlob=blob)
    iam.put_user_policy(UserName="across", PolicyName="p", PolicyDocument=doc(allow("kms:Decrypt", key)))
    assert user.decrypt(CiphertextBlob=blob)["Plaintext"] == b"t"


def test_reencrypt_asks_both_keys(region, kms, unique):
    arn, user = make_user(region, unique("user"))
    source = make_key(kms, administered(statement(arn, ["kms:Encrypt", "kms:ReEncryptFrom"])))
    target = make_key(kms, administered(statement(arn, "kms:ReEncryptTo")))
    blob = user.encrypt(KeyId=source, Plaintext=b"t")["CiphertextBlob"]
    user.re_encrypt(CiphertextBlob=blob, DestinationKeyId=target)
    fails("AccessDeniedException", "*", user.re_encrypt, CiphertextBlob=blob, DestinationKeyId=source)


@pytest.mark.parametrize("same", ["true", "false"])
def test_reencrypt_on_the_same_key_or_another(region, kms, unique, same):
    arn, user = make_user(region, unique("user"))
    only = {**statement(arn, "kms:ReEncrypt*"), "Condition": {"Bool": {"kms:ReEncryptOnSameKey": same}}}
    one, two = (make_key(kms, administered(statement(arn, "kms:Encrypt"), only)) for _ in range(2))
    blob = user.encrypt(KeyId=one, Plaintext=b"t")["CiphertextBlob"]
    allowed, denied = (one, two) if same == "true" else (two, one)
    user.re_encrypt(CiphertextBlob=blob, DestinationKeyId=allowed)
    user.re_encrypt(CiphertextBlob=blob, SourceKeyId=one, DestinationKeyId=allowed)
    fails("AccessDeniedException", "*", user.re_encrypt, CiphertextBlob=blob, DestinationKeyId=denied)


def test_nobody_locks_himself_out(region, kms, unique):
    arn, _ = make_user(region, unique("user"))
    policy = doc(statement(arn, "kms:*"))
    fails("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the "
          "future.", kms.create_key, Policy=policy)
    key = make_key(kms, policy, BypassPolicyLockoutSafetyCheck=True)
    fails("AccessDeniedException", "*", kms.get_key_policy, KeyId=key, PolicyName="default")


def test_principals_of_a_policy_exist(kms):
    for missing in ("arn:aws:iam::000000000000:user/never", "arn:aws:iam::000000000000:role/never", "999999999999"):
        fails("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.",
              kms.create_key, Policy=doc(statement(root(), "kms:*"), statement(missing, "kms:Encrypt")))


def test_tags_of_a_request_are_conditions(region, kms, unique):
    condition = {"StringEquals": {"aws:RequestTag/team": "shop"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    _, user = make_user(region, unique("user"), allow(["kms:CreateKey", "kms:TagResource"], Condition=condition))
    user.create_key(Tags=[{"TagKey": "team", "TagValue": "shop"}])
    fails("AccessDeniedException", "*", user.create_key, Tags=[{"TagKey": "team", "TagValue": "other"}])
