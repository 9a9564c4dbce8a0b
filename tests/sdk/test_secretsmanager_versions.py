# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: values, versions, labels."""
import uuid

import pytest

from secrets_help import code, fails


@pytest.fixture
def sm(region):
    return region.client("secretsmanager")


@pytest.fixture
def secret(sm, unique):
    name = unique("secret")
    sm.create_secret(Name=name, SecretString="one")
    yield name
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def stages(sm, secret):
    """Label -> version."""
    out = {}
    for version, labels in sm.describe_secret(SecretId=secret).get("VersionIdsToStages", {}).items():
        out.update({label: version for label in labels})
    return out


def token():
    return str(uuid.uuid4())


def test_a_value_is_found_by_name_arn_and_part_of_the_arn(sm, unique):
    name = unique("prod/db")
    made = sm.create_secret(Name=name, SecretString="p\u00e4ss\"word\n", Description="of orders")
    arn = made["ARN"]
    assert arn.startswith(f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}-") and len(arn.rpartition("-")[2]) == 6
    for by in (name, arn, arn[:-7]):
        got = sm.get_secret_value(SecretId=by)
        assert got["SecretString"] == "p\u00e4ss\"word\n" and "SecretBinary" not in got
        assert got["ARN"] == arn and got["VersionId"] == made["VersionId"] and got["VersionStages"] == ["AWSCURRENT"]
    assert code(sm.get_secret_value, SecretId=arn[:-1] + "?") == "ValidationException"
    wrong = arn[:-1] + ("A" if arn[-1] != "A" else "B")
    assert code(sm.get_secret_value, SecretId=wrong) == "ResourceNotFoundException"
    assert code(sm.get_secret_value, SecretId=arn.replace("us-east-1", "eu-west-1")) == "ResourceNotFoundException"


def test_binary_values_and_the_longest(sm, secret):
    value = bytes(range(256)) * 256
    sm.put_secret_value(SecretId=secret, SecretBinary=value)
    got = sm.get_secret_value(SecretId=secret)
    assert got["SecretBinary"] == value and "SecretString" not in got
    sm.put_secret_value(SecretId=secret, SecretString="x" * 65536)
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "x" * 65536
    assert code(sm.put_secret_value, SecretId=secret, SecretString="x" * 65537) == "ValidationException"
    assert code(sm.put_secret_value, SecretId=secret, SecretBinary=b"x" * 65537) == "ValidationException"


def test_a_secret_without_value_gets_its_first_one(sm, unique):
    name = unique("empty")
    made = sm.create_secret(Name=name)
    assert "VersionId" not in made
    assert fails(sm.get_secret_value, SecretId=name) == (
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT")
    put = sm.put_secret_value(SecretId=name, SecretString="a", VersionStages=["BLUE"])
    assert put["VersionStages"] == ["AWSCURRENT", "BLUE"]
    assert fails(sm.put_secret_value, SecretId=name)[1] == "You must provide either SecretString or SecretBinary."


def test_a_new_current_version_leaves_the_previous_one(sm, secret):
    first = stages(sm, secret)["AWSCURRENT"]
    second = sm.put_secret_value(SecretId=secret, SecretString="two")["VersionId"]
    assert stages(sm, secret) == {"AWSCURRENT": second, "AWSPREVIOUS": first}
    third = sm.update_secret(SecretId=secret, SecretString="three")["VersionId"]
    assert stages(sm, secret) == {"AWSCURRENT": third, "AWSPREVIOUS": second}
    assert sm.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")["SecretString"] == "two"
    assert sm.get_secret_value(SecretId=secret, VersionId=first)["SecretString"] == "one"
    listed = sm.list_secret_version_ids(SecretId=secret)["Versions"]
    assert [v["VersionId"] for v in listed] == [third, second]
    whole = sm.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    assert [v["VersionId"] for v in whole] == [third, second, first] and "VersionStages" not in whole[2]
    assert whole[0]["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_versions_come_in_pages(sm, secret):
    for i in range(4):
        sm.put_secret_value(SecretId=secret, SecretString=str(i), VersionStages=[f"S{i}"])
    pages, more = [], {}
    while not pages or more:
        pages.append(sm.list_secret_version_ids(SecretId=secret, MaxResults=2, **more))
        more = {"NextToken": pages[-1]["NextToken"]} if "NextToken" in pages[-1] else {}
    assert [len(p["Versions"]) for p in pages] == [2, 2, 1]
    assert len({v["VersionId"] for p in pages for v in p["Versions"]}) == 5
    assert code(sm.list_secret_version_ids, SecretId=secret, NextToken="x") == "InvalidNextTokenException"


def test_pending_becomes_current(sm, secret):
    first = stages(sm, secret)["AWSCURRENT"]
    pending = sm.put_secret_value(SecretId=secret, SecretString="two", VersionStages=["AWSPENDING"])["VersionId"]
    assert stages(sm, secret) == {"AWSCURRENT": first, "AWSPENDING": pending}
    assert fails(sm.update_secret_version_stage, SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=pending) == (
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version "
        f"{first}, so you must explicitly reference that version in RemoveFromVersionId.")
    assert code(sm.update_secret_version_stage, SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=pending,
                RemoveFromVersionId=pending) == "InvalidParameterException"
    sm.update_secret_version_stage(SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=pending,
                                   RemoveFromVersionId=first)
    assert stages(sm, secret) == {"AWSCURRENT": pending, "AWSPENDING": pending, "AWSPREVIOUS": first}
    sm.update_secret_version_stage(SecretId=secret, VersionStage="AWSPENDING", RemoveFromVersionId=pending)
    assert "AWSPENDING" not in stages(sm, secret)
    assert fails(sm.update_secret_version_stage, SecretId=secret, VersionStage="AWSCURRENT",
                 RemoveFromVersionId=pending)[1] == (
        "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.")
    assert code(sm.update_secret_version_stage, SecretId=secret, VersionStage="X") == "InvalidParameterException"
    assert code(sm.update_secret_version_stage, SecretId=secret, VersionStage="X",
                MoveToVersionId=token()) == "ResourceNotFoundException"


def test_a_token_puts_one_version(sm, secret):
    id_ = token()
    put = sm.put_secret_value(SecretId=secret, SecretString="two", ClientRequestToken=id_)
    sm.put_secret_value(SecretId=secret, SecretString="three")
    again = sm.put_secret_value(SecretId=secret, SecretString="two", ClientRequestToken=id_)
    assert again["VersionId"] == put["VersionId"] == id_
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "three"
    assert code(sm.put_secret_value, SecretId=secret, SecretString="other", ClientRequestToken=id_) == "ResourceExistsException"
    assert code(sm.put_secret_value, SecretId=secret, SecretBinary=b"two", ClientRequestToken=id_) == "ResourceExistsException"
    assert code(sm.update_secret, SecretId=secret, SecretString="other", ClientRequestToken=id_) == "ResourceExistsException"


def test_twenty_labels_and_no_more(sm, secret):
    sm.put_secret_value(SecretId=secret, SecretString="two", VersionStages=[f"L{i}" for i in range(19)])
    assert code(sm.put_secret_value, SecretId=secret, SecretString="x", VersionStages=["L19"]) == "LimitExceededException"
    assert len(stages(sm, secret)) == 20
    assert code(sm.put_secret_value, SecretId=secret, SecretString="x",
                VersionStages=[f"M{i}" for i in range(21)]) == "ValidationException"


def test_versions_without_label_go_when_they_are_a_day_old(new_region):
    region = new_region(dev=True)
    sm = region.client("secretsmanager")
    first = sm.create_secret(Name="busy", SecretString="0")["VersionId"]
    for i in range(1, 100):
        sm.put_secret_value(SecretId="busy", SecretString=str(i))
    assert code(sm.put_secret_value, SecretId="busy", SecretString="100") == "LimitExceededException"
    region.advance(25 * 3600)
    sm.put_secret_value(SecretId="busy", SecretString="100")
    assert code(sm.get_secret_value, SecretId="busy", VersionId=first) == "ResourceNotFoundException"
    assert sm.get_secret_value(SecretId="busy")["SecretString"] == "100"
    assert sm.get_secret_value(SecretId="busy", VersionStage="AWSPREVIOUS")["SecretString"] == "99"


def test_the_day_of_access_is_kept(new_region):
    region = new_region(dev=True)
    sm = region.client("secretsmanager")
    sm.create_secret(Name="a", SecretString="x")
    assert "LastAccessedDate" not in sm.describe_secret(SecretId="a")
    sm.get_secret_value(SecretId="a")
    day = sm.describe_secret(SecretId="a")["LastAccessedDate"]
    assert day.timestamp() % 86400 == 0
    region.advance(86400)
    sm.get_secret_value(SecretId="a")
    assert sm.describe_secret(SecretId="a")["LastAccessedDate"].timestamp() == day.timestamp() + 86400
    assert sm.list_secret_version_ids(SecretId="a")["Versions"][0]["LastAccessedDate"].timestamp() == day.timestamp() + 86400


def test_a_description_is_changed_alone(sm, secret):
    before = sm.describe_secret(SecretId=secret)
    out = sm.update_secret(SecretId=secret, Description="new")
    assert "VersionId" not in out
    after = sm.describe_secret(SecretId=secret)
    assert after["Description"] == "new" and after["VersionIdsToStages"] == before["VersionIdsToStages"]
    assert after["LastChangedDate"] > before["LastChangedDate"] and after["CreatedDate"] == before["CreatedDate"]
    sm.update_secret(SecretId=secret, Description="")
    assert "Description" not in sm.describe_secret(SecretId=secret)


def test_tags(sm, secret):
    sm.tag_resource(SecretId=secret, Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(50)])
    assert code(sm.tag_resource, SecretId=secret, Tags=[{"Key": "k50", "Value": "v"}]) == "InvalidParameterException"
    sm.tag_resource(SecretId=secret, Tags=[{"Key": "k1", "Value": "new"}])
    sm.untag_resource(SecretId=secret, TagKeys=[f"k{i}" for i in range(2, 50)])
    assert sm.describe_secret(SecretId=secret)["Tags"] == [{"Key": "k0", "Value": "v"}, {"Key": "k1", "Value": "new"}]
    assert code(sm.tag_resource, SecretId=secret, Tags=[{"Key": "aws:x", "Value": "v"}]) == "InvalidParameterException"
