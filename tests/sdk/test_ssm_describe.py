# SPDX-License-Identifier: Apache-2.0
"""What listings find: by path, by filter, in pages."""
import pytest

from ssm_util import copies, fails, put


@pytest.fixture(scope="module")
def tree(region):
    """A client of an account of its own, and what is in it."""
    ssm = region.client("ssm", key="710000000001", secret="any")
    names = ["/app/db/host", "/app/db/port", "/app/name", "/app-x/y", "/app", "plain", "/z/y/x/w"]
    for n in names:
        put(ssm, n, Tags=[{"Key": "first", "Value": n[:2]}])
    put(ssm, "/app/list", "a,b", Type="StringList", Tags=[{"Key": "team", "Value": "red"}])
    put(ssm, "/app/large", "x" * 5000, Tier="Advanced")
    put(ssm, "/app/image", "ami-12345abc", DataType="aws:ec2:image")
    return ssm


def by_path(ssm, path, **more):
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, **more)
    return [p["Name"] for page in pages for p in page["Parameters"]]


def found(ssm, *filters, **more):
    pages = ssm.get_paginator("describe_parameters").paginate(ParameterFilters=list(filters), **more)
    return [p["Name"] for page in pages for p in page["Parameters"]]


def f(key, *values, option=None):
    return {"Key": key, **({"Values": list(values)} if values else {}), **({"Option": option} if option else {})}


def test_by_path(tree):
    level = ["/app/image", "/app/large", "/app/list", "/app/name"]
    assert by_path(tree, "/app") == by_path(tree, "/app/") == level
    assert by_path(tree, "/app", Recursive=True) == ["/app/db/host", "/app/db/port", *level]
    assert by_path(tree, "/app/db") == ["/app/db/host", "/app/db/port"]
    assert by_path(tree, "/nothing") == []
    assert by_path(tree, "/") == ["/app", "plain"]
    assert len(by_path(tree, "/", Recursive=True)) == 10
    assert by_path(tree, "/app", Recursive=True, ParameterFilters=[f("Type", "StringList")]) == ["/app/list"]
    fails("ValidationException", "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
          "with a forward slash \"/\".*", tree.get_parameters_by_path, Path="app")
    fails("InvalidFilterKey", "The following filter key is not valid: Name. Valid filter keys include: [Type, KeyId].",
          tree.get_parameters_by_path, Path="/", ParameterFilters=[f("Name", "x")])


def test_pages(tree):
    want = by_path(tree, "/", Recursive=True)
    assert by_path(tree, "/", Recursive=True, PaginationConfig={"PageSize": 3}) == want
    assert found(tree, PaginationConfig={"PageSize": 3}) == want
    first = tree.get_parameters_by_path(Path="/", Recursive=True, MaxResults=9)
    assert len(first["Parameters"]) == 9 and first["NextToken"]
    fails("InvalidNextToken", "The specified token isn't valid.", tree.get_parameters_by_path, Path="/",
          NextToken=first["NextToken"])
    assert "NextToken" not in tree.get_parameters_by_path(Path="/", Recursive=True, MaxResults=10)
    fails("ValidationException", "1 validation error detected: Value '11' at 'maxResults' failed to satisfy constraint: "
          "Member must have value less than or equal to 10", tree.get_parameters_by_path, Path="/", MaxResults=11)
    fails("ValidationException", "1 validation error detected: Value '51' at 'maxResults'*", tree.describe_parameters,
          MaxResults=51)


def test_a_page_looks_at_so_many_parameters(new_region):
    region = new_region(dev=True)
    put(region.client("ssm"), "/a/x")
    region.stop()
    copies(region, "/a/x", 500)
    ssm = region.start().client("ssm")
    none = [f("tag:nothing")]
    first = ssm.describe_parameters(ParameterFilters=none)
    assert first["Parameters"] == []
    assert "NextToken" not in ssm.describe_parameters(ParameterFilters=none, NextToken=first["NextToken"])
    ssm.delete_parameter(Name="/a/x")
    assert "NextToken" not in ssm.describe_parameters(ParameterFilters=none)
    assert by_path(ssm, "/a", ParameterFilters=[f("Type", "StringList")]) == []
    assert len(by_path(ssm, "/a")) == 500
    assert by_path(ssm, "/") == []
    put(ssm, "/b")
    assert by_path(ssm, "/") == ["/b"]


def test_labels_choose_versions(region, unique):
    ssm, root = region.client("ssm"), "/" + unique("labels")
    for n in "abc":
        for i in range(2):
            put(ssm, f"{root}/{n}", str(i), Overwrite=i > 0)
    for name, version, labels in (("a", 1, ["prod", "x"]), ("b", 2, ["prod"]), ("c", 1, ["test"])):
        ssm.label_parameter_version(Name=f"{root}/{name}", ParameterVersion=version, Labels=labels)

    def values(*labels):
        got = ssm.get_parameters_by_path(Path=root, ParameterFilters=[f("Label", *labels)])["Parameters"]
        return {p["Name"][-1]: (p["Value"], p["Selector"]) for p in got}
    assert values("prod") == {"a": ("0", ":prod"), "b": ("1", ":prod")}
    assert values("test", "prod") == {"a": ("0", ":prod"), "b": ("1", ":prod"), "c": ("0", ":test")}
    assert values("none") == {}
    fails("InvalidFilterOption", "The following filter option is not valid: BeginsWith. Valid options include: [Equals].",
          ssm.get_parameters_by_path, Path=root, ParameterFilters=[f("Label", "x", option="BeginsWith")])
    ssm.delete_parameters(Names=[f"{root}/{n}" for n in "abc"])


def test_filters(tree):
    assert found(tree, f("Name", "/plain")) == found(tree, f("Name", "plain")) == ["plain"]
    assert found(tree, f("Name", "/app/db", option="BeginsWith")) == ["/app/db/host", "/app/db/port"]
    assert found(tree, f("Name", "o", option="Contains")) == ["/app/db/host", "/app/db/port"]
    assert found(tree, f("Path", "/app")) == ["/app/image", "/app/large", "/app/list", "/app/name"]
    assert found(tree, f("Path", "/app", "/z", option="Recursive"))[-1] == "/z/y/x/w"
    assert found(tree, f("Type", "StringList")) == found(tree, f("tag:team")) == ["/app/list"]
    assert found(tree, f("tag:team", "red", "blue")) == ["/app/list"]
    assert found(tree, f("tag:team", "blue")) == []
    assert found(tree, f("tag:first", "p", option="BeginsWith")) == ["plain"]
    assert found(tree, f("Tier", "Advanced")) == ["/app/large"]
    assert found(tree, f("DataType", "aws:ec2:image")) == ["/app/image"]
    assert found(tree, f("Path", "/app"), f("Type", "String"), f("Tier", "Standard")) == ["/app/image", "/app/name"]


def test_filters_of_old(tree):
    def old(key, *values):
        got = tree.describe_parameters(Filters=[{"Key": key, "Values": list(values)}], MaxResults=50)["Parameters"]
        return [p["Name"] for p in got]
    assert old("Name", "/app/db") == ["/app/db/host", "/app/db/port"]
    assert old("Type", "StringList") == ["/app/list"]
    assert old("KeyId", "alias/aws/ssm") == []
    fails("ValidationException", "You can use either Filters or ParameterFilters in a single request.",
          tree.describe_parameters, Filters=[f("Name", "x")], ParameterFilters=[f("Name", "x")])


@pytest.mark.parametrize("filters, code, message", [
    ([f("Label", "x")], "InvalidFilterKey", "The following filter key is not valid: Label. Valid filter keys include: "
     "[Path, Name, Type, KeyId, Tier]."),
    ([f("Name")], "InvalidFilterValue", "The following filter values are missing : null for filter key Name."),
    ([f("Name", "a"), f("Name", "b")], "InvalidFilterKey", "The following filter is duplicated in the request: Name. A "
     "request can contain only one occurrence of a specific filter."),
    ([f("Type", "String", option="Contains")], "InvalidFilterOption", "The following filter option is not valid: Contains. "
     "Valid options include: [BeginsWith, Equals]."),
    ([f("Path", "/a", option="Equals")], "InvalidFilterOption", "The following filter option is not valid: Equals. Valid "
     "options include: [OneLevel, Recursive]."),
    ([f("Type", "Number")], "InvalidFilterOption", "The following filter value is not valid: Number. Valid values include: "
     "[String, StringList, SecureString]."),
    ([f("Path", "/aws/service")], "ValidationException", "Filters for common parameters can't be prefixed with \"aws\" or "
     "\"ssm\" (case-insensitive). When using global parameters, please specify within a global namespace."),
    ([f("Path", "a")], "ValidationException", "The parameter doesn't meet the parameter name requirements.*"),
    ([f("Owner", "a")], "ValidationException", "1 validation error detected: Value 'Owner' at 'parameterFilters.1.member.key' "
     "failed to satisfy constraint: Member must satisfy regular expression pattern: "
     "(?:tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)"),
])
def test_filters_that_are_none(tree, filters, code, message):
    fails(code, message, tree.describe_parameters, ParameterFilters=filters)


def test_what_others_share_is_not_served(region):
    import botocore.session
    shape = botocore.session.get_session().get_service_model("ssm").operation_model("DescribeParameters").input_shape
    if "Shared" not in shape.members:
        pytest.skip("this client does not know the member")
    fails("UnsupportedOperationException", "*Shared*", region.client("ssm").describe_parameters, Shared=True)
