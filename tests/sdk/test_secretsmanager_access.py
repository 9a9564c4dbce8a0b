# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: who may do what: identity policies, condition keys, resource policies, other accounts."""
import json

import pytest

from secrets_help import ask, code, fails, policy

OTHER = "777788889999"


@pytest.fixture
def sm(region):
    return region.client("secretsmanager")


@pytest.fixture
def secret(sm, unique):
    """Its ARN."""
    arn = sm.create_secret(Name=unique("secret"), SecretString="one", Tags=[{"Key": "team", "Value": "blue"}])["ARN"]
    yield arn
    sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def allow(action, resource="*", **condition):
    out = {"Effect": "Allow", "Action": action, "Resource": resource}
    if condition:
        out["Condition"] = {"StringEquals": {k.replace("__", ":").replace("_slash_", "/"): v for k, v in condition.items()}}
    return out


def test_denials_name_the_secret(region, user, secret):
    sm = region.client("secretsmanager", *user())
    error, message = fails(sm.get_secret_value, SecretId=secret)
    assert error == "AccessDeniedException"
    assert f"is not authorized to perform: secretsmanager:GetSecretValue on resource: {secret} because no " in message
    name = secret.rpartition(":")[2][:-7]
    assert f"on resource: {secret} because" in fails(sm.get_secret_value, SecretId=name)[1]
    assert "on resource: not-there because" in fails(sm.get_secret_value, SecretId="not-there")[1]
    assert "on resource: new because" in fails(sm.create_secret, Name="new", SecretString="x")[1]
    assert code(sm.list_secrets) == code(sm.get_random_password) == "AccessDeniedException"


def test_reading_needs_nothing_of_kms_under_the_default_key(region, user, secret):
    sm = region.client("secretsmanager", *user(allow("secretsmanager:GetSecretValue", secret[:-6] + "??????")))
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "one"
    assert code(sm.put_secret_value, SecretId=secret, SecretString="x") == "AccessDeniedException"


@pytest.mark.parametrize("condition,call,more,ok", [
    ("secretsmanager:VersionStage", "get_secret_value", {"VersionStage": "AWSCURRENT"}, True),
    ("secretsmanager:VersionStage", "get_secret_value", {"VersionStage": "AWSPREVIOUS"}, False),
    ("secretsmanager:VersionStage", "get_secret_value", {}, False),
    ("secretsmanager:SecretId", "get_secret_value", {}, True),
    ("aws:ResourceTag/team", "get_secret_value", {}, True),
    ("secretsmanager:ResourceTag/team", "describe_secret", {}, True),
    ("secretsmanager:ResourceTag/other", "describe_secret", {}, False),
    ("secretsmanager:Description", "update_secret", {"Description": "AWSCURRENT"}, True),
    ("secretsmanager:Description", "update_secret", {"Description": "other"}, False),
    ("aws:TagKeys", "untag_resource", {"TagKeys": ["AWSCURRENT"]}, True),
    ("aws:TagKeys", "untag_resource", {"TagKeys": ["team"]}, False),
    ("aws:RequestTag/k", "tag_resource", {"Tags": [{"Key": "k", "Value": "AWSCURRENT"}]}, True),
    ("aws:RequestTag/k", "tag_resource", {"Tags": [{"Key": "k", "Value": "v"}]}, False),
])
def test_condition_keys(region, user, secret, condition, call, more, ok):
    value = {"secretsmanager:SecretId": secret, "aws:ResourceTag/team": "blue",
             "secretsmanager:ResourceTag/team": "blue"}.get(condition, "AWSCURRENT")
    statement = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*",
                 "Condition": {"StringEquals": {condition: value}}}
    sm = region.client("secretsmanager", *user(statement))
    if ok:
        getattr(sm, call)(SecretId=secret, **more)
    else:
        assert code(getattr(sm, call), SecretId=secret, **more) == "AccessDeniedException"


def test_condition_keys_of_new_secrets_and_of_deleting(region, user, sm, unique):
    name = unique("named")
    window = {"Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
              "Condition": {"NumericLessThan": {"secretsmanager:RecoveryWindowInDays": "20"}}}
    force = {"Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
             "Condition": {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}}}
    public = {"Effect": "Deny", "Action": "secretsmanager:PutResourcePolicy", "Resource": "*",
              "Condition": {"BoolIfExists": {"secretsmanager:BlockPublicPolicy": "false"}}}
    named = {"Effect": "Allow", "Action": "secretsmanager:CreateSecret", "Resource": "*",
             "Condition": {"StringEquals": {"secretsmanager:Name": name},
                           "Null": {"secretsmanager:KmsKeyId": "true", "secretsmanager:AddReplicaRegions": "true"}}}
    regions = {"Effect": "Allow", "Action": "secretsmanager:ReplicateSecretToRegions", "Resource": "*",
               "Condition": {"ForAllValues:StringEquals": {"secretsmanager:AddReplicaRegions": ["eu-west-1"]}}}
    some = allow(["secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy", "secretsmanager:RestoreSecret"])
    user_sm = region.client("secretsmanager", *user(named, window, force, public, regions, some))
    assert code(user_sm.create_secret, Name="other", SecretString="x") == "AccessDeniedException"
    assert code(user_sm.create_secret, Name=name, SecretString="x", KmsKeyId="alias/x") == "AccessDeniedException"
    assert code(user_sm.create_secret, Name=name, SecretString="x",
                Tags=[{"Key": "a", "Value": "b"}]) == "AccessDeniedException"  # it may not TagResource
    user_sm.create_secret(Name=name, SecretString="x")
    document = policy({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DescribeSecret", "Resource": "*"})
    assert code(user_sm.put_resource_policy, SecretId=name, ResourcePolicy=document,
                BlockPublicPolicy=False) == "AccessDeniedException"
    user_sm.put_resource_policy(SecretId=name, ResourcePolicy=document, BlockPublicPolicy=True)
    sm.delete_resource_policy(SecretId=name)
    assert code(user_sm.replicate_secret_to_regions, SecretId=name,
                AddReplicaRegions=[{"Region": "eu-north-1"}]) == "AccessDeniedException"
    assert code(user_sm.delete_secret, SecretId=name, RecoveryWindowInDays=7) == "AccessDeniedException"
    assert code(user_sm.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True) == "AccessDeniedException"
    user_sm.delete_secret(SecretId=name, RecoveryWindowInDays=20)
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_batches_ask_for_each_secret(region, user, sm, secret, unique):
    hidden = unique("hidden")
    sm.create_secret(Name=hidden, SecretString="x")
    key = user(allow("secretsmanager:BatchGetSecretValue"), allow("secretsmanager:GetSecretValue", secret))
    status, got = ask(region, "BatchGetSecretValue", *key, SecretIdList=[hidden, secret])
    assert status == 200 and [v["SecretString"] for v in got["SecretValues"]] == ["one"]
    assert [e["ErrorCode"] for e in got["Errors"]] == ["AccessDeniedException"]
    status, got = ask(region, "BatchGetSecretValue", *key, Filters=[{"Key": "name", "Values": ["x"]}])
    assert status == 400 and "secretsmanager:ListSecrets" in (got.get("message") or got["Message"])
    sm.delete_secret(SecretId=hidden, ForceDeleteWithoutRecovery=True)


def test_a_resource_policy_lets_in_and_keeps_out(region, user, iam, sm, secret):
    key = user()
    sm_user = region.client("secretsmanager", *key)
    arn = region.client("sts", *key).get_caller_identity()["Arn"]
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy(
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}))
    assert sm_user.get_secret_value(SecretId=secret)["SecretString"] == "one"
    assert code(sm_user.describe_secret, SecretId=secret) == "AccessDeniedException"
    assert json.loads(sm.get_resource_policy(SecretId=secret)["ResourcePolicy"])["Statement"][0]["Principal"] == {"AWS": arn}
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy(
        {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": secret}))
    assert code(sm.get_secret_value, SecretId=secret) == "AccessDeniedException"  # root, too
    sm.delete_resource_policy(SecretId=secret)
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)
    assert code(sm_user.get_secret_value, SecretId=secret) == "AccessDeniedException"


def test_policies_that_are_wrong_or_public(sm, secret):
    public = policy({"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"})
    assert code(sm.put_resource_policy, SecretId=secret, ResourcePolicy="{") == "MalformedPolicyDocumentException"
    assert code(sm.put_resource_policy, SecretId=secret, ResourcePolicy=policy(
        {"Effect": "AllowSomething", "Principal": "*", "Action": "*", "Resource": "*"})) == "MalformedPolicyDocumentException"
    assert code(sm.put_resource_policy, SecretId=secret, ResourcePolicy="x" * 20481) == "ValidationException"
    assert fails(sm.put_resource_policy, SecretId=secret, ResourcePolicy=public, BlockPublicPolicy=True) == (
        "PublicPolicyException", "You can't attach a resource-based policy that allows broad access to the secret.")
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=public)
    sm.delete_resource_policy(SecretId=secret)


@pytest.mark.parametrize("statement,check", [
    ({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, None),
    ({"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
     "This resource policy grants broad access to your secret."),
    ({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
     "Your requested changes will not allow you to manage this secret in the future."),
    ({"Effect": "Maybe", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
     "This resource policy contains a syntax error."),
])
def test_validation_finds(sm, secret, statement, check):
    got = sm.validate_resource_policy(SecretId=secret, ResourcePolicy=policy(statement))
    assert got["PolicyValidationPassed"] == (check is None)
    assert [e["ErrorMessage"] for e in got["ValidationErrors"]] == ([check] if check else [])


def test_another_account_by_arn(region, sm, secret):
    other = region.client("secretsmanager", OTHER, "any")
    assert code(other.get_secret_value, SecretId=secret) == "AccessDeniedException"
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}, "Action": "secretsmanager:*", "Resource": "*"}))
    assert other.describe_secret(SecretId=secret)["ARN"] == secret
    sentence = ("You can't access a secret from a different AWS account if you encrypt the secret with the default KMS "
                "service key.")
    assert fails(other.get_secret_value, SecretId=secret) == ("InvalidRequestException", sentence)
    assert fails(other.put_secret_value, SecretId=secret, SecretString="x") == ("InvalidRequestException", sentence)
    assert len(other.list_secret_version_ids(SecretId=secret)["Versions"]) == 1
    other.tag_resource(SecretId=secret, Tags=[{"Key": "by", "Value": "other"}])
    assert {"Key": "by", "Value": "other"} in sm.describe_secret(SecretId=secret)["Tags"]
    assert secret not in [s["ARN"] for s in other.list_secrets()["SecretList"]]
    assert code(other.describe_secret, SecretId=secret.rpartition(":")[2][:-7]) == "ResourceNotFoundException"
