# SPDX-License-Identifier: Apache-2.0
"""Versions, labels, selectors, history, tags."""
import pytest

from ssm_util import ARN, fails, parameter, put  # noqa: F401


@pytest.fixture
def ssm(region):
    return region.client("ssm")


def versions(ssm, name, **more):
    pages = ssm.get_paginator("get_parameter_history").paginate(Name=name, **more)
    return [p for page in pages for p in page["Parameters"]]


def test_history(ssm, parameter):
    name = parameter("1", Description="first")
    for i in range(2, 6):
        put(ssm, name, str(i), Overwrite=True, Description=f"d{i}")
    got = versions(ssm, name, PaginationConfig={"PageSize": 2})
    assert [(p["Version"], p["Value"], p["Description"]) for p in got] == [
        (1, "1", "first"), *((i, str(i), f"d{i}") for i in range(2, 6))]
    assert got[0]["LastModifiedUser"] == "arn:aws:iam::000000000000:root"
    assert (got[0]["Labels"], got[0]["Tier"], got[0]["Policies"]) == ([], "Standard", [])
    assert len(ssm.get_parameter_history(Name=ARN + name)["Parameters"]) == 5
    fails("ParameterNotFound", "", ssm.get_parameter_history, Name="/nothing")
    page = ssm.get_parameter_history(Name=name, MaxResults=2)
    fails("InvalidNextToken", "The specified token isn't valid.", ssm.get_parameter_history, Name=name, NextToken="x")
    other = parameter()
    fails("InvalidNextToken", "The specified token isn't valid.", ssm.get_parameter_history, Name=other,
          NextToken=page["NextToken"])


def test_selectors(ssm, parameter):
    name = parameter("1")
    put(ssm, name, "2", Overwrite=True)
    ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["old"])
    for asked, value in ((":1", "1"), (":2", "2"), (":old", "1")):
        for prefix in ("", ARN):
            got = ssm.get_parameter(Name=prefix + name + asked)["Parameter"]
            assert (got["Name"], got["Value"], got["Selector"]) == (name, value, asked)
    assert "Selector" not in ssm.get_parameter(Name=name)["Parameter"]
    for asked in ("3", "0", "nolabel"):
        fails("ParameterVersionNotFound", f"Systems Manager could not find version {asked} of {name}. Verify the version and "
              "try again.", ssm.get_parameter, Name=f"{name}:{asked}")


def test_labels_move(ssm, parameter):
    name = parameter("1")
    put(ssm, name, "2", Overwrite=True)
    assert ssm.label_parameter_version(Name=name, Labels=["prod"])["ParameterVersion"] == 2  # the newest
    got = ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["prod", "test"])
    assert (got["ParameterVersion"], got["InvalidLabels"]) == (1, [])
    assert [sorted(p["Labels"]) for p in versions(ssm, name)] == [["prod", "test"], []]
    got = ssm.unlabel_parameter_version(Name=name, ParameterVersion=1, Labels=["prod", "other"])
    assert (got["RemovedLabels"], got["InvalidLabels"]) == (["prod"], ["other"])
    got = ssm.unlabel_parameter_version(Name=name, ParameterVersion=2, Labels=["test"])  # of another version
    assert (got["RemovedLabels"], got["InvalidLabels"]) == ([], ["test"])
    assert ssm.get_parameter(Name=name + ":test")["Parameter"]["Version"] == 1


def test_labels_that_are_none(ssm, parameter):
    name = parameter()
    got = ssm.label_parameter_version(Name=name, Labels=["1a", "aws-x", "SSM", "a b", "good"])
    assert got["InvalidLabels"] == ["1a", "aws-x", "SSM", "a b"]
    assert [p["Labels"] for p in versions(ssm, name)] == [["good"]]
    fails("ParameterVersionNotFound", f"Systems Manager could not find version 7 of {name}. Verify the version and try "
          "again.", ssm.label_parameter_version, Name=name, ParameterVersion=7, Labels=["x"])
    fails("ParameterNotFound", "", ssm.label_parameter_version, Name="/nothing", Labels=["x"])
    fails("ParameterVersionNotFound", "Systems*", ssm.unlabel_parameter_version, Name=name, ParameterVersion=7, Labels=["x"])


def test_ten_labels_a_version(ssm, parameter):
    name = parameter()
    ssm.label_parameter_version(Name=name, Labels=[f"l{i}" for i in range(10)])
    ssm.label_parameter_version(Name=name, Labels=["l9"])  # is there already
    fails("ParameterVersionLabelLimitExceeded", "A parameter version can have maximum 10 labels. Move one or more labels to "
          "another version and try again.", ssm.label_parameter_version, Name=name, Labels=["l10"])
    assert len(versions(ssm, name)[0]["Labels"]) == 10
    fails("ValidationException", "1 validation error detected: Value '[*", ssm.label_parameter_version, Name=name,
          Labels=[f"m{i}" for i in range(11)])


def test_a_hundred_versions(ssm, parameter):
    name = parameter("1")
    for i in range(2, 101):
        put(ssm, name, str(i), Overwrite=True)
    ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["keep"])
    fails("ParameterMaxVersionLimitExceeded", f"You attempted to create a new version of {name} by calling the PutParameter "
          "API with the overwrite flag. Version 1, the oldest version, can't be deleted because it has a label associated "
          "with it. Move the label to another version of the parameter, and try again.",
          ssm.put_parameter, Name=name, Value="101", Overwrite=True)
    ssm.label_parameter_version(Name=name, ParameterVersion=2, Labels=["keep"])
    assert put(ssm, name, "101", Overwrite=True) == 101
    assert [p["Version"] for p in versions(ssm, name)] == list(range(2, 102))
    fails("ParameterVersionNotFound", "Systems*", ssm.get_parameter, Name=name + ":1")


# --- tags ---

def tags(ssm, name):
    got = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {t["Key"]: t["Value"] for t in got}


def listed(**pairs):
    return [{"Key": k, "Value": v} for k, v in pairs.items()]


def test_tags(ssm, parameter):
    name = parameter(Tags=listed(a="1", b="x"))
    fails("ValidationException", "Invalid request: tags and overwrite can't be used together. To create a parameter with "
          "tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or "
          "RemoveTagsFromResource.", ssm.put_parameter, Name=name, Value="x", Overwrite=True, Tags=listed(a="2"))
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=listed(a="2", c="ü x"))
    ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=["b", "nothing"])
    assert tags(ssm, name) == {"a": "2", "c": "ü x"}
    put(ssm, name, "y", Overwrite=True)
    assert tags(ssm, name) == {"a": "2", "c": "ü x"}


def test_tags_that_are_none(ssm, parameter):
    name = parameter()
    fifty = [{"Key": f"k{i}", "Value": "v"} for i in range(50)]
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=fifty)
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=fifty[:1])
    fails("TooManyTagsError", "The Tags parameter includes too many tags*", ssm.add_tags_to_resource,
          ResourceType="Parameter", ResourceId=name, Tags=listed(one="more"))
    fails("ValidationException", "aws: prefixed tag key names are not allowed for external use.", ssm.add_tags_to_resource,
          ResourceType="Parameter", ResourceId=name, Tags=[{"Key": "aws:x", "Value": "y"}])
    fails("InvalidResourceId", "The resource ID isn't valid.*", ssm.list_tags_for_resource, ResourceType="Parameter",
          ResourceId="/nothing")
    for kind in ("Document", "ManagedInstance", "PatchBaseline"):
        fails("InvalidResourceType", f"This region has no resources of the type {kind}: only parameters are served.",
              ssm.list_tags_for_resource, ResourceType=kind, ResourceId="x")
