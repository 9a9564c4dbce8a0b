# SPDX-License-Identifier: Apache-2.0
"""KMS: grants allow what no policy says, within their constraints, until they end."""
import pytest
from iam_util import allow, deny, fails, trust
from kms_util import OTHER, make_key, make_user


@pytest.fixture
def kms(region):
    return region.client("kms")


@pytest.fixture
def key(kms):
    return make_key(kms)


def test_a_grant_allows_and_ends(region, kms, key, unique):
    arn, user = make_user(region, unique("user"))
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")
    grant = kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt", "DescribeKey"])
    user.encrypt(KeyId=key, Plaintext=b"t", GrantTokens=[grant["GrantToken"]])
    user.describe_key(KeyId=key)
    fails("AccessDeniedException", "*", user.generate_data_key, KeyId=key, KeySpec="AES_256")
    fails("AccessDeniedException", "*", user.list_grants, KeyId=key)
    kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")
    fails("NotFoundException", f"Grant ID {grant['GrantId']} not found", kms.revoke_grant, KeyId=key,
          GrantId=grant["GrantId"])
    fails("InvalidGrantTokenException", "*", kms.encrypt, KeyId=key, Plaintext=b"t", GrantTokens=["other"])


def test_a_deny_is_stronger_than_a_grant(region, kms, key, unique):
    arn, user = make_user(region, unique("user"), deny("kms:Encrypt"))
    kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt"])
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")


@pytest.mark.parametrize("constraint,good,bad", [
    ("EncryptionContextSubset", {"a": "1", "b": "2"}, {"b": "2"}),
    ("EncryptionContextEquals", {"a": "1"}, {"a": "1", "b": "2"}),
])
def test_constraints(region, kms, key, unique, constraint, good, bad):
    arn, user = make_user(region, unique("user"))
    kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt", "DescribeKey"],
                     Constraints={constraint: {"a": "1"}})
    user.encrypt(KeyId=key, Plaintext=b"t", EncryptionContext=good)
    for context in (bad, {}, {"a": "2"}):
        fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t", EncryptionContext=context)
    user.describe_key(KeyId=key)  # has no context to constrain
    assert kms.list_grants(KeyId=key)["Grants"][0]["Constraints"] == {constraint: {"a": "1"}}


def test_a_grant_to_a_role_is_its_sessions(region, kms, key, unique):
    name = unique("role")
    role = region.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": "000000000000"}))["Role"]
    _, assumer = make_user(region, unique("user"), allow("sts:AssumeRole"))
    pair = assumer._request_signer._credentials
    sts = region.client("sts", pair.access_key, pair.secret_key)
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="session")["Credentials"]
    user = region.client("kms", session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")
    kms.create_grant(KeyId=key, GranteePrincipal=role["Arn"], Operations=["Encrypt"])
    user.encrypt(KeyId=key, Plaintext=b"t")


def test_who_may_retire(region, kms, key, unique):
    arn, user = make_user(region, unique("user"))
    retiring, retirer = make_user(region, unique("retirer"))
    by_id = kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt"], RetiringPrincipal=retiring)
    fails("AccessDeniedException", "*", user.retire_grant, KeyId=key, GrantId=by_id["GrantId"])
    assert [g["GrantId"] for g in kms.list_retirable_grants(RetiringPrincipal=retiring)["Grants"]] == [by_id["GrantId"]]
    retirer.retire_grant(KeyId=key, GrantId=by_id["GrantId"])
    assert kms.list_retirable_grants(RetiringPrincipal=retiring)["Grants"] == []
    by_token = kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt", "RetireGrant"])
    user.retire_grant(GrantToken=by_token["GrantToken"])
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_a_grant_is_passed_on_with_no_more_than_it_has(region, kms, key, unique):
    arn, user = make_user(region, unique("user"))
    second, other = make_user(region, unique("other"))
    kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt", "CreateGrant"],
                     Constraints={"EncryptionContextSubset": {"a": "1"}})
    more = {"EncryptionContextSubset": {"a": "1", "b": "2"}}
    fails("AccessDeniedException", "*", user.create_grant, KeyId=key, GranteePrincipal=second, Operations=["Decrypt"],
          Constraints=more)
    fails("AccessDeniedException", "*", user.create_grant, KeyId=key, GranteePrincipal=second, Operations=["Encrypt"])
    user.create_grant(KeyId=key, GranteePrincipal=second, Operations=["Encrypt"], Constraints=more)
    other.encrypt(KeyId=key, Plaintext=b"t", EncryptionContext={"a": "1", "b": "2"})


def test_the_same_call_with_a_name_is_the_same_grant(region, kms, key, unique):
    arn, _ = make_user(region, unique("user"))
    args = dict(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt"])
    named = kms.create_grant(Name="g", **args)["GrantId"]
    assert kms.create_grant(Name="g", **args)["GrantId"] == named
    assert kms.create_grant(**args)["GrantId"] != kms.create_grant(**args)["GrantId"]
    pages = list(kms.get_paginator("list_grants").paginate(KeyId=key, PaginationConfig={"PageSize": 2}))
    assert [len(p["Grants"]) for p in pages] == [2, 1]
    entry = kms.list_grants(KeyId=key, GrantId=named)["Grants"]
    assert len(entry) == 1 and entry[0]["Name"] == "g" and entry[0]["IssuingAccount"] == "arn:aws:iam::000000000000:root"


def test_what_is_no_grant(region, kms, key):
    never = "arn:aws:iam::000000000000:user/never"
    fails("InvalidArnException", f"ARN does not refer to a valid principal: {never}", kms.create_grant, KeyId=key,
          GranteePrincipal=never, Operations=["Encrypt"])
    root = "arn:aws:iam::000000000000:root"
    fails("ValidationException", "*", kms.create_grant, KeyId=key, GranteePrincipal=root, Operations=["Sign"])
    both = {"EncryptionContextSubset": {"a": "1"}, "EncryptionContextEquals": {"a": "1"}}
    fails("ValidationException", "*", kms.create_grant, KeyId=key, GranteePrincipal=root, Operations=["Encrypt"],
          Constraints=both)
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_a_grant_across_accounts(region, kms, key):
    other = region.client("kms", OTHER, "any")
    other.list_keys()
    iam = region.client("iam", OTHER, "any")
    arn = iam.create_user(UserName="granted")["User"]["Arn"]
    pair = iam.create_access_key(UserName="granted")["AccessKey"]
    user = region.client("kms", pair["AccessKeyId"], pair["SecretAccessKey"])
    grant = kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Encrypt"], RetiringPrincipal=arn)
    user.encrypt(KeyId=key, Plaintext=b"t")
    assert [g["GrantId"] for g in other.list_retirable_grants(RetiringPrincipal=arn)["Grants"]] == [grant["GrantId"]]
    user.retire_grant(KeyId=key, GrantId=grant["GrantId"])
    fails("AccessDeniedException", "*", user.encrypt, KeyId=key, Plaintext=b"t")
