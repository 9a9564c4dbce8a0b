# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: deleting, the recovery window, restoring."""
import pytest

from region import wait_for
from secrets_help import ask, code, fails

MARKED = "You can't perform this operation on the secret because it was marked for deletion."


@pytest.fixture
def sm(region):
    return region.client("secretsmanager")


def test_a_marked_secret_is_found_and_not_used(region, sm, unique):
    name = unique("gone")
    arn = sm.create_secret(Name=name, SecretString="x")["ARN"]
    out = sm.delete_secret(SecretId=name)
    created = sm.describe_secret(SecretId=name)["CreatedDate"]
    assert out["ARN"] == arn and 29.9 < (out["DeletionDate"] - created).total_seconds() / 86400 < 30.1
    assert sm.describe_secret(SecretId=name)["DeletedDate"] == out["DeletionDate"]
    for call, more in ((sm.get_secret_value, {}), (sm.put_secret_value, {"SecretString": "y"}),
                       (sm.update_secret, {"Description": "y"}), (sm.tag_resource, {"Tags": [{"Key": "a", "Value": "b"}]}),
                       (sm.untag_resource, {"TagKeys": ["a"]}), (sm.get_resource_policy, {}), (sm.delete_secret, {}),
                       (sm.rotate_secret, {})):
        assert fails(call, SecretId=name, **more) == ("InvalidRequestException", MARKED)
    assert fails(sm.create_secret, Name=name, SecretString="x") == (
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.")
    found = [s["Name"] for p in sm.get_paginator("list_secrets").paginate() for s in p["SecretList"]]
    assert name not in found
    _, shown = ask(region, "ListSecrets", IncludePlannedDeletion=True, Filters=[{"Key": "name", "Values": [name]}])
    assert abs(shown["SecretList"][0]["DeletedDate"] - out["DeletionDate"].timestamp()) < 1
    sm.restore_secret(SecretId=name)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "x"
    assert "DeletedDate" not in sm.describe_secret(SecretId=name)
    sm.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert code(sm.describe_secret, SecretId=name) == "ResourceNotFoundException"
    again = sm.create_secret(Name=name, SecretString="y")["ARN"]
    assert again != arn
    sm.delete_secret(SecretId=again, ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize("days", [0, 6, 31])
def test_windows_have_7_to_30_days(sm, unique, days):
    assert fails(sm.delete_secret, SecretId=unique("x"), RecoveryWindowInDays=days) == (
        "InvalidParameterException", "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")


def test_force_has_no_window_and_asks_for_nothing(sm, unique):
    name = unique("never")
    assert code(sm.delete_secret, SecretId=name, RecoveryWindowInDays=7,
                ForceDeleteWithoutRecovery=True) == "InvalidParameterException"
    assert code(sm.delete_secret, SecretId=name) == "ResourceNotFoundException"
    assert sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)["Name"] == name
    assert code(sm.describe_secret, SecretId=name) == "ResourceNotFoundException"


def test_the_window_ends_by_the_regions_clock(new_region):
    region = new_region(dev=True)
    sm = region.client("secretsmanager")
    for name in ("short", "long", "kept", "again"):
        sm.create_secret(Name=name, SecretString="x")
    sm.delete_secret(SecretId="short", RecoveryWindowInDays=7)
    sm.delete_secret(SecretId="long")
    sm.delete_secret(SecretId="kept", RecoveryWindowInDays=7)
    sm.restore_secret(SecretId="kept")
    sm.delete_secret(SecretId="again", RecoveryWindowInDays=7)
    sm.restore_secret(SecretId="again")
    sm.delete_secret(SecretId="again", RecoveryWindowInDays=20)
    region.restart()
    region.advance(7 * 86400 + 5)

    def names():
        return {s["Name"] for s in ask(region, "ListSecrets", IncludePlannedDeletion=True)[1]["SecretList"]}
    wait_for(lambda: "short" not in names(), what="the end of the window")
    assert names() == {"long", "kept", "again"}
    region.advance(24 * 86400)
    wait_for(lambda: names() == {"kept"}, what="the end of the longer windows")
    assert sm.get_secret_value(SecretId="kept")["SecretString"] == "x"
