# SPDX-License-Identifier: Apache-2.0
"""Who may do what with parameters, and what a denial says."""
import pytest

from iam_util import allow, deny
from ssm_util import ARN, fails, parameter, put  # noqa: F401


@pytest.fixture
def ssm(region):
    return region.client("ssm")


def who(region, key):
    return region.client("sts", *key).get_caller_identity()["Arn"]


def denied(region, key, action, resource, call, **arguments):
    fails("AccessDeniedException", f"User: {who(region, key)} is not authorized to perform: {action} on resource: {resource} "
          f"because no identity-based policy allows the {action} action", call, **arguments)


def test_no_rights(region, user, parameter):
    key, name = user(), parameter()
    mine = region.client("ssm", *key)
    for call, action in ((mine.get_parameter, "GetParameter"), (mine.get_parameter_history, "GetParameterHistory"),
                         (mine.delete_parameter, "DeleteParameter")):
        denied(region, key, "ssm:" + action, ARN + name, call, Name=name)
    denied(region, key, "ssm:GetParameter", ARN + name, mine.get_parameter, Name=name + ":1")
    denied(region, key, "ssm:GetParameter", f"{ARN}/plain", mine.get_parameter, Name="plain")
    denied(region, key, "ssm:GetParameters", ARN + name, mine.get_parameters, Names=[name, "x"])
    denied(region, key, "ssm:DeleteParameters", ARN + name, mine.delete_parameters, Names=[name])
    denied(region, key, "ssm:GetParametersByPath", f"{ARN}/a/", mine.get_parameters_by_path, Path="/a/")
    denied(region, key, "ssm:DescribeParameters", "arn:aws:ssm:us-east-1:000000000000:*", mine.describe_parameters)
    denied(region, key, "ssm:PutParameter", ARN + name, mine.put_parameter, Name=name, Value="x", Type="String")
    denied(region, key, "ssm:LabelParameterVersion", ARN + name, mine.label_parameter_version, Name=name, Labels=["x"])
    denied(region, key, "ssm:ListTagsForResource", ARN + name, mine.list_tags_for_resource, ResourceType="Parameter",
           ResourceId=name)


def test_rights_are_per_parameter(region, user, ssm, parameter, unique):
    root = "/" + unique("team")
    key = user(allow("ssm:*", f"{ARN}{root}/*"))
    mine, other = region.client("ssm", *key), parameter()
    put(mine, f"{root}/a", Tags=[{"Key": "k", "Value": "v"}])
    assert mine.get_parameters(Names=[f"{root}/a"])["InvalidParameters"] == []
    denied(region, key, "ssm:GetParameters", ARN + other, mine.get_parameters, Names=[f"{root}/a", other])
    denied(region, key, "ssm:GetParametersByPath", ARN + root, mine.get_parameters_by_path, Path=root)
    assert mine.get_parameters_by_path(Path=f"{root}/")["Parameters"]
    mine.delete_parameter(Name=f"{root}/a")


def test_conditions(region, user, ssm, parameter, unique):
    name = parameter(Tags=[{"Key": "team", "Value": "red"}])
    other = parameter(Tags=[{"Key": "team", "Value": "blue"}])
    once = region.client("ssm", *user(allow("ssm:PutParameter"),
                                      deny("ssm:PutParameter", Condition={"StringEquals": {"ssm:Overwrite": "true"}})))
    fails("AccessDeniedException", "User: *", once.put_parameter, Name=name, Value="x",
          Overwrite=True)
    flat = region.client("ssm", *user(allow("ssm:GetParametersByPath",
                                            Condition={"StringEquals": {"ssm:Recursive": "false"}})))
    flat.get_parameters_by_path(Path="/")
    fails("AccessDeniedException", "User: *", flat.get_parameters_by_path, Path="/", Recursive=True)
    for tag in ("aws:ResourceTag/team", "ssm:resourceTag/team"):
        red = region.client("ssm", *user(allow("ssm:GetParameter*", Condition={"StringEquals": {tag: "red"}})))
        red.get_parameter(Name=name)
        fails("AccessDeniedException", "User: *", red.get_parameter, Name=other)
        fails("AccessDeniedException", "User: *", red.get_parameters, Names=[name, other])
    key = user(allow("ssm:PutParameter"))
    new = unique("tagged")
    fails("AccessDeniedException", "User: *",
          region.client("ssm", *key).put_parameter, Name=new, Value="x", Type="String", Tags=[{"Key": "a", "Value": "b"}])
    fails("ParameterNotFound", "", ssm.get_parameter, Name=new)


def test_accounts_do_not_share(region, ssm, parameter):
    name = parameter()
    other = region.client("ssm", key="710000000002", secret="any")
    fails("ParameterNotFound", "", other.get_parameter, Name=name)
    fails("AccessDeniedException", "User: arn:aws:iam::710000000002:root is not authorized to perform: ssm:GetParameter on "
          f"resource: {ARN}{name} because no resource-based policy allows the ssm:GetParameter action",
          other.get_parameter, Name=ARN + name)


def test_what_is_not_served(ssm):
    for call in (ssm.list_documents, ssm.describe_instance_information, ssm.describe_maintenance_windows):
        fails("UnknownOperationException", "The action *", call)
