# SPDX-License-Identifier: Apache-2.0
"""Parameters: made, overwritten, read, removed; their names, tiers, patterns and policies."""
import datetime
import json
import sqlite3

import pytest

from region import wait_for
from ssm_util import ARN, copies, counted, fails, parameter, put  # noqa: F401

NAME = "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of " \
       "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 " \
       "symbols .-_"


@pytest.fixture
def ssm(region):
    return region.client("ssm")


def value(ssm, name):
    return ssm.get_parameter(Name=name)["Parameter"]["Value"]


def test_from_beginning_to_end(ssm, unique):
    name = f"/{unique('app')}/db/host"
    before = datetime.datetime.now(datetime.timezone.utc)
    assert ssm.put_parameter(Name=name, Value="ü\n\0\"", Type="String", Description="where it is")["Version"] == 1
    got = ssm.get_parameter(Name=name)["Parameter"]
    assert abs((got.pop("LastModifiedDate") - before).total_seconds()) < 600
    assert got == {"Name": name, "Type": "String", "Value": "ü\n\0\"", "Version": 1, "ARN": ARN + name, "DataType": "text"}
    fails("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in "
          "the request to true.", ssm.put_parameter, Name=name, Value="x", Type="String")
    assert ssm.put_parameter(Name=name, Value="two", Overwrite=True)["Version"] == 2
    (seen,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
    assert seen.pop("LastModifiedDate") and seen.pop("ARN", ARN + name) == ARN + name  # which old clients do not know
    assert seen == {"Name": name, "Type": "String", "LastModifiedUser": "arn:aws:iam::000000000000:root",
                    "Description": "where it is", "Version": 2, "Tier": "Standard", "Policies": [], "DataType": "text"}
    ssm.delete_parameter(Name=name)
    fails("ParameterNotFound", "", ssm.get_parameter, Name=name)
    fails("ParameterNotFound", "", ssm.delete_parameter, Name=name)
    # The next one of that name begins anew.
    assert ssm.put_parameter(Name=name, Value="x", Type="String")["Version"] == 1
    assert "Description" not in ssm.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]
    ssm.delete_parameter(Name=name)


def test_a_leading_slash_tells_no_two_apart(ssm, parameter, unique):
    name = parameter(name=unique("plain"))
    fails("ParameterAlreadyExists", "The parameter*", ssm.put_parameter, Name="/" + name, Value="x", Type="String")
    got = ssm.get_parameter(Name="/" + name)["Parameter"]
    assert (got["Name"], got["ARN"]) == (name, f"{ARN}/{name}")


def test_parameters_are_of_a_region(region, ssm, parameter):
    name = parameter("east")
    west = region.client("ssm", region="eu-west-1")
    fails("ParameterNotFound", "", west.get_parameter, Name=name)
    put(west, name, "west")
    assert (value(ssm, name), value(west, name)) == ("east", "west")
    west.delete_parameter(Name=name)
    fails("ParameterNotFound", "", ssm.get_parameter, Name=f"arn:aws:ssm:eu-west-1:000000000000:parameter{name}")


@pytest.mark.parametrize("name, code, message", [
    ("a b", "ValidationException", NAME),
    ("/a//b", "ValidationException", NAME),
    ("/ssm/x", "ValidationException", NAME),
    ("awsx", "ValidationException", "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)."),
    ("a/b", "ValidationException", "Parameter name must be a fully qualified name."),
    ("/aws/service/x", "AccessDeniedException", "No access to reserved parameter name: /aws/service/x."),
    ("/a" * 16, "HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of 15 levels."),
    ("/" + "a" * 967, "ValidationException", "The name of a parameter and what precedes it in its ARN may have 1011 "
     "characters together; this one has 1012."),
])
def test_names_that_nothing_may_have(ssm, name, code, message):
    fails(code, message, ssm.put_parameter, Name=name, Value="x", Type="String")


def test_the_longest_name(ssm):
    name = "/" + "a" * 966
    put(ssm, name)
    assert value(ssm, ARN + name) == "value"
    ssm.delete_parameter(Name=name)


def test_what_is_left_out_stays(ssm, parameter):
    name = parameter("a1", Description="d", AllowedPattern="[a-z]\\d")
    put(ssm, name, "b2", Overwrite=True)
    (seen,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
    assert (seen["Description"], seen["AllowedPattern"]) == ("d", "[a-z]\\d")
    fails("ParameterPatternMismatchException",
          "Parameter value, cannot be validated against allowedPattern: [a-z]\\d",
          ssm.put_parameter, Name=name, Value="b22", Overwrite=True)
    put(ssm, name, "anything", Overwrite=True, AllowedPattern="", Description="")
    assert value(ssm, name) == "anything"


def test_types(ssm, parameter, unique):
    listed = parameter("a,b", Type="StringList")
    assert ssm.get_parameter(Name=listed)["Parameter"]["Type"] == "StringList"
    fails("ValidationException", "A parameter type is required when you create a parameter.",
          ssm.put_parameter, Name=unique("x"), Value="x")
    deep = parameter(name=f"/{unique('a')}/b")
    fails("HierarchyTypeMismatchException", "Parameter Store doesn't support changing a parameter type in a hierarchy.*",
          ssm.put_parameter, Name=deep, Value="x", Type="StringList", Overwrite=True)
    put(ssm, listed, "x", Overwrite=True)
    assert ssm.get_parameter(Name=listed)["Parameter"]["Type"] == "String"
    fails("ValidationException", "1 validation error detected: Value 'Number' at 'type' failed to satisfy constraint: "
          "Member must satisfy enum value set: [String, StringList, SecureString]",
          ssm.put_parameter, Name=unique("x"), Value="x", Type="Number")
    fails("ValidationException", "KeyId is required for SecureString type parameter only.",
          ssm.put_parameter, Name=unique("x"), Value="x", Type="String", KeyId="alias/x")
    fails("ValidationException", "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member "
          "must have length greater than or equal to 1.", ssm.put_parameter, Name=unique("x"), Value="", Type="String")


def test_patterns(ssm, unique):
    fails("InvalidAllowedPatternException", "The request doesn't meet the regular expression requirement.",
          ssm.put_parameter, Name=unique("x"), Value="x", Type="String", AllowedPattern="(")
    fails("ParameterPatternMismatchException", "Parameter value, cannot be validated against allowedPattern: \\d{1,4}",
          ssm.put_parameter, Name=unique("x"), Value="10,000", Type="String", AllowedPattern="\\d{1,4}")


def test_data_types(ssm, parameter, unique):
    name = parameter("ami-0123456789abcdef0", DataType="aws:ec2:image")
    assert ssm.get_parameter(Name=name)["Parameter"]["DataType"] == "aws:ec2:image"
    fails("ValidationException", "The parameter value of the data type aws:ec2:image must be*",
          ssm.put_parameter, Name=name, Value="ami-x", Overwrite=True)
    fails("ValidationException", "The following data type is not supported: number (Data type names are all lowercase.)",
          ssm.put_parameter, Name=unique("x"), Value="1", Type="String", DataType="number")
    fails("ValidationException", "A parameter of the data type aws:ssm:integration must be a SecureString*",
          ssm.put_parameter, Name=unique("x"), Value="1", Type="String", DataType="aws:ssm:integration")


# --- tiers ---

def tier(ssm, name):
    return ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]["Tier"]


def test_tiers(ssm, parameter, unique):
    name = parameter("x" * 4096)
    fails("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters. To create "
          "a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see "
          "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
          ssm.put_parameter, Name=name, Value="x" * 4097, Overwrite=True)
    put(ssm, name, "x" * 8192, Overwrite=True, Tier="Advanced")
    assert tier(ssm, name) == "Advanced"
    fails("ValidationException", "Advanced tier parameters support a maximum parameter value of 8192 characters.",
          ssm.put_parameter, Name=name, Value="x" * 8193, Overwrite=True)
    fails("ValidationException", "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
          "advanced-parameter tier to the standard-parameter tier.*",
          ssm.put_parameter, Name=name, Value="x", Overwrite=True, Tier="Standard")
    put(ssm, name, "x", Overwrite=True)  # stays what it is
    assert tier(ssm, name) == "Advanced"


def test_the_tier_that_the_value_needs(ssm, unique):
    small, large = unique("small"), unique("large")
    sizes = [(small, "x"), (large, "x" * 4097)]
    got = [ssm.put_parameter(Name=n, Value=v, Type="String", Tier="Intelligent-Tiering")["Tier"] for n, v in sizes]
    assert got == ["Standard", "Advanced"]
    assert ssm.put_parameter(Name=large, Value="x", Overwrite=True, Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    ssm.delete_parameters(Names=[small, large])


# --- policies ---

def policy(kind, **attributes):
    return {"Type": kind, "Version": "1.0", "Attributes": attributes}


def at(seconds):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_an_expired_parameter_is_gone(new_region):
    region = new_region(dev=True)
    ssm = region.client("ssm")
    expires = policy("Expiration", Timestamp=at(3600))
    put(ssm, "/a/b", Tier="Advanced", Policies=json.dumps([expires]), Tags=[{"Key": "k", "Value": "v"}])
    put(ssm, "/a/c")
    (got,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": ["/a/b"]}])["Parameters"]
    assert [(p["PolicyType"], p["PolicyStatus"]) for p in got["Policies"]] == [("Expiration", "Pending")]
    assert json.loads(got["Policies"][0]["PolicyText"]) == expires
    put(ssm, "/a/b", "two", Overwrite=True)  # the policy stays
    region.advance(3601)
    fails("ParameterNotFound", "", ssm.get_parameter, Name="/a/b")
    assert ssm.get_parameters(Names=["/a/b"])["InvalidParameters"] == ["/a/b"]
    assert [p["Name"] for p in ssm.get_parameters_by_path(Path="/a")["Parameters"]] == ["/a/c"]
    assert [p["Name"] for p in ssm.describe_parameters()["Parameters"]] == ["/a/c"]
    assert put(ssm, "/a/b", "anew") == 1
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/a/b")["TagList"] == []
    region.advance(365 * 86400)
    assert value(ssm, "/a/b") == "anew"


def test_what_has_expired_frees_its_rows(new_region):
    region = new_region(dev=True)
    put(region.client("ssm"), "/a/x", Tier="Advanced", Policies=json.dumps([policy("Expiration", Timestamp=at(600))]))
    region.stop()
    copies(region, "/a/x", 101)  # more than one write removes
    region.start()
    assert counted(region) == [102, 102, 102]
    region.advance(601)
    wait_for(lambda: counted(region) == [0, 0, 0], what="the end of expired parameters")


def test_policies_that_are_none(ssm, parameter, unique):
    def refused(code, message, policies, **more):
        fails(code, message, ssm.put_parameter, Name=unique("x"), Value="x", Type="String", Policies=policies,
              **{"Tier": "Advanced", **more})
    one = policy("Expiration", Timestamp=at(86400))  # other tests move the clock that is shared
    refused("ValidationException", "Invalid policies input: {*", json.dumps(one))
    refused("InvalidPolicyTypeException", "This region does not carry out policies of the type NoChangeNotification*",
            json.dumps([policy("NoChangeNotification", After="20", Unit="Days")]))
    refused("InvalidPolicyTypeException", "This region does not carry out policies of the type ExpirationNotification*",
            json.dumps([one, policy("ExpirationNotification", Before="15", Unit="Days")]))
    refused("InvalidPolicyTypeException", "The policy type 'Other' isn't supported.*", json.dumps([policy("Other")]))
    refused("InvalidPolicyAttributeException", "A policy attribute or its value is invalid:*",
            json.dumps([policy("Expiration", Timestamp="soon")]))
    refused("IncompatiblePolicyException", "There is a conflict in the policies*", json.dumps([one, one]))
    refused("PoliciesLimitExceededException", "*", json.dumps([one] * 11))
    refused("ValidationException", "Standard tier parameters don't support parameter policies.*", json.dumps([one]),
            Tier="Standard")
    name = parameter(Tier="Intelligent-Tiering", Policies=json.dumps([one]))
    assert tier(ssm, name) == "Advanced"
    put(ssm, name, Overwrite=True, Policies="[]")
    assert ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]["Policies"] == []


# --- several at once ---

def test_several_at_once(ssm, parameter):
    names = [parameter(str(i)) for i in range(3)]
    asked = [names[0], "/nothing", names[1] + ":1", names[1] + ":2", names[2], names[2], "a b"]
    got = ssm.get_parameters(Names=asked)
    assert [(p["Name"], p["Value"]) for p in got["Parameters"]] == [(n, str(i)) for i, n in enumerate(names)]
    assert got["InvalidParameters"] == ["/nothing", names[1] + ":2", "a b"]
    gone = ssm.delete_parameters(Names=[names[0], "/nothing", names[1] + ":1"])
    assert (gone["DeletedParameters"], gone["InvalidParameters"]) == ([names[0]], ["/nothing", names[1] + ":1"])
    fails("ValidationException", "1 validation error detected: Value '[*", ssm.get_parameters,
          Names=[f"/a{i}" for i in range(11)])


# --- quotas ---

def set_count(region, tier, n):
    """As many parameters of the tier as the quota sees; one row instead of thousands of calls."""
    with sqlite3.connect(f"{region.data}/state.db") as db:
        db.execute("UPDATE ssm_count SET n = ? WHERE tier = ?", (n, tier))


def test_as_many_as_the_quota_says(new_region):
    region = new_region(dev=True)
    put(region.client("ssm"), "/first")
    put(region.client("ssm"), "/advanced", Tier="Advanced")
    region.stop()
    set_count(region, "Standard", 9999)
    set_count(region, "Advanced", 99999)
    ssm = region.start().client("ssm")
    put(ssm, "/last")
    fails("ParameterLimitExceeded", "You have reached the maximum number of standard parameters for this AWS account and "
          "Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter "
          "tier (charges apply).", ssm.put_parameter, Name="/over", Value="x", Type="String")
    put(ssm, "/first", Overwrite=True)
    assert ssm.put_parameter(Name="/over", Value="x", Type="String", Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    fails("ParameterLimitExceeded", "You have reached the maximum number of advanced parameters*",
          ssm.put_parameter, Name="/first", Value="x", Tier="Advanced", Overwrite=True)
    ssm.delete_parameter(Name="/last")
    put(ssm, "/over2")
