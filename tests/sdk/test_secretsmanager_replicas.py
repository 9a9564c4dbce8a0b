# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: replicas in other regions."""
import pytest

from secrets_help import code, fails, policy

READ_ONLY = ("InvalidParameterException",
             "Operation not permitted on a replica secret. Call must be made in primary secret's region.")


@pytest.fixture
def sm(region):
    return region.client("secretsmanager")


@pytest.fixture
def west(region):
    return region.client("secretsmanager", region="us-west-2")


@pytest.fixture
def north(region):
    return region.client("secretsmanager", region="eu-north-1")


def status(sm, name):
    return {r["Region"]: (r["Status"], r["StatusMessage"]) for r in sm.describe_secret(SecretId=name).get("ReplicationStatus", [])}


IN_SYNC = ("InSync", "Replication succeeded")


def test_values_labels_and_what_goes_with_them_follow(sm, west, unique):
    name = unique("replicated")
    made = sm.create_secret(Name=name, SecretString="one", Description="d", Tags=[{"Key": "a", "Value": "b"}],
                            AddReplicaRegions=[{"Region": "us-west-2"}])
    assert made["ReplicationStatus"] == [{"Region": "us-west-2", "KmsKeyId": "alias/aws/secretsmanager", "Status": "InSync",
                                          "StatusMessage": "Replication succeeded"}]
    copy = west.get_secret_value(SecretId=name)
    assert copy["ARN"] == made["ARN"].replace("us-east-1", "us-west-2")
    assert (copy["SecretString"], copy["VersionId"]) == ("one", made["VersionId"])
    second = sm.put_secret_value(SecretId=name, SecretString="two")["VersionId"]
    assert west.get_secret_value(SecretId=name)["SecretString"] == "two"
    assert west.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"] == "one"
    sm.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=made["VersionId"],
                                   RemoveFromVersionId=second)
    assert west.get_secret_value(SecretId=name)["SecretString"] == "one"
    sm.update_secret(SecretId=name, Description="new")
    sm.tag_resource(SecretId=name, Tags=[{"Key": "c", "Value": "d"}])
    sm.put_resource_policy(SecretId=name, ResourcePolicy=policy(
        {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:ListSecretVersionIds", "Resource": "*"}))
    seen = west.describe_secret(SecretId=name)
    assert seen["Description"] == "new" and len(seen["Tags"]) == 2 and seen["PrimaryRegion"] == "us-east-1"
    assert "ReplicationStatus" not in seen and sm.describe_secret(SecretId=name)["PrimaryRegion"] == "us-east-1"
    assert code(west.list_secret_version_ids, SecretId=name) == "AccessDeniedException"
    sm.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=["us-west-2"])
    assert code(west.describe_secret, SecretId=name) == "ResourceNotFoundException"
    assert "PrimaryRegion" not in sm.describe_secret(SecretId=name)
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_a_replica_is_read_only_until_it_is_promoted(sm, west, unique):
    name = unique("replicated")
    sm.create_secret(Name=name, SecretString="one", Tags=[{"Key": "a", "Value": "b"}])
    sm.put_secret_value(SecretId=name, SecretString="two")
    sm.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": "us-west-2"}])
    for call, more in ((west.put_secret_value, {"SecretString": "x"}), (west.update_secret, {"Description": "x"}),
                       (west.tag_resource, {"Tags": []}), (west.delete_secret, {}), (west.rotate_secret, {}),
                       (west.delete_resource_policy, {})):
        assert fails(call, SecretId=name, **more) == READ_ONLY
    assert fails(sm.delete_secret, SecretId=name) == (
        "InvalidParameterException", f"You can't delete secret {name} that still has replica regions [us-west-2]")
    assert code(sm.stop_replication_to_replica, SecretId=name) == "InvalidParameterException"
    arn = west.stop_replication_to_replica(SecretId=name)["ARN"]
    assert status(sm, name) == {}
    west.put_secret_value(SecretId=arn, SecretString="three")
    assert west.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"] == "two"
    assert west.describe_secret(SecretId=name)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "two"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert west.get_secret_value(SecretId=name)["SecretString"] == "three"
    west.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_regions_have_their_own_keys(region, sm, west, north, unique):
    name = unique("replicated")
    kms = region.client("kms", region="us-west-2")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    sm.create_secret(Name=name, SecretString="one",
                     AddReplicaRegions=[{"Region": "us-west-2", "KmsKeyId": key}, {"Region": "eu-north-1"}])
    assert west.describe_secret(SecretId=name)["KmsKeyId"] == key
    assert west.list_secret_version_ids(SecretId=name)["Versions"][0]["KmsKeyIds"] == [key]
    kms.disable_key(KeyId=key)
    assert code(west.get_secret_value, SecretId=name) == "DecryptionFailure"
    sm.put_secret_value(SecretId=name, SecretString="two")
    now = status(sm, name)
    assert now["eu-north-1"] == IN_SYNC and now["us-west-2"][0] == "Failed" and "is disabled" in now["us-west-2"][1]
    assert north.get_secret_value(SecretId=name)["SecretString"] == "two"
    kms.enable_key(KeyId=key)
    behind = west.get_secret_value(SecretId=name)
    assert (behind["SecretString"], behind["VersionStages"]) == ("one", ["AWSCURRENT"])
    assert code(west.get_secret_value, SecretId=name,
                VersionId=north.get_secret_value(SecretId=name)["VersionId"]) == "ResourceNotFoundException"
    sm.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": "us-west-2", "KmsKeyId": key}])
    assert status(sm, name) == {"us-west-2": IN_SYNC, "eu-north-1": IN_SYNC}
    assert west.get_secret_value(SecretId=name)["SecretString"] == "two"
    sm.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=["us-west-2", "eu-north-1"])
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_a_replica_that_stayed_behind_is_promoted_with_what_it_has(region, sm, west, unique):
    name = unique("replicated")
    kms = region.client("kms", region="us-west-2")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    first = sm.create_secret(Name=name, SecretString="one",
                             AddReplicaRegions=[{"Region": "us-west-2", "KmsKeyId": key}])["VersionId"]
    kms.disable_key(KeyId=key)
    sm.put_secret_value(SecretId=name, SecretString="two")
    kms.enable_key(KeyId=key)
    west.stop_replication_to_replica(SecretId=name)
    assert west.describe_secret(SecretId=name)["VersionIdsToStages"] == {first: ["AWSCURRENT"]}
    assert west.get_secret_value(SecretId=name)["SecretString"] == "one"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    west.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_a_name_that_is_taken_there(sm, west, unique):
    name = unique("replicated")
    west.create_secret(Name=name, SecretString="mine")
    sm.create_secret(Name=name, SecretString="one", AddReplicaRegions=[{"Region": "us-west-2"}])
    assert status(sm, name) == {"us-west-2": ("Failed", "Secret with this name already exists in this region.")}
    assert west.get_secret_value(SecretId=name)["SecretString"] == "mine"
    sm.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": "us-west-2"}], ForceOverwriteReplicaSecret=True)
    assert status(sm, name) == {"us-west-2": IN_SYNC}
    assert west.get_secret_value(SecretId=name)["SecretString"] == "one"
    assert code(sm.replicate_secret_to_regions, SecretId=name,
                AddReplicaRegions=[{"Region": "us-west-2"}]) == "InvalidParameterException"
    sm.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=["us-west-2"])
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize("regions", [["us-east-1"], ["mars-north-1"], ["us-west-2", "us-west-2"]])
def test_regions_that_cannot_be(sm, unique, regions):
    assert code(sm.create_secret, Name=unique("x"), SecretString="x",
                AddReplicaRegions=[{"Region": r} for r in regions]) == "InvalidParameterException"


def test_regions_are_32_at_most(sm, unique):
    error, message = fails(sm.create_secret, Name=unique("x"), SecretString="x",
                           AddReplicaRegions=[{"Region": f"us-west-{i}"} for i in range(33)])
    assert (error, message) == ("InvalidParameterException", "You can't replicate a secret to more than 32 regions.")


def test_a_region_that_is_no_replica_is_not_removed(sm, unique):
    name = unique("plain")
    sm.create_secret(Name=name, SecretString="x")
    assert code(sm.remove_regions_from_replication, SecretId=name,
                RemoveReplicaRegions=["us-west-2"]) == "InvalidParameterException"
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
