# SPDX-License-Identifier: Apache-2.0
"""Managed, inline and AWS's policies: versions, attachments, sizes, documents as they come back."""
import json
import re
import urllib.request

import pytest
from iam_util import ACCOUNT, ALLOW_S3, allow, doc, fails, trust

EC2 = trust({"Service": "ec2.amazonaws.com"})


def test_policy_and_its_versions(iam, unique):
    name = unique("policy")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/app/{name}"
    made = iam.create_policy(PolicyName=name, Path="/app/", PolicyDocument=json.dumps(ALLOW_S3),
                             Description="for the app")["Policy"]
    assert made["Arn"] == arn and made["PolicyId"].startswith("ANPA") and made["DefaultVersionId"] == "v1"
    assert (made["AttachmentCount"], made["PermissionsBoundaryUsageCount"], made["IsAttachable"]) == (0, 0, True)
    assert "Description" not in made
    got = iam.get_policy(PolicyArn=arn)["Policy"]
    assert got["Description"] == "for the app" and got["Tags"] == []
    fails("EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed.",
          iam.create_policy, PolicyName=name, PolicyDocument=json.dumps(ALLOW_S3))

    second = iam.create_policy_version(PolicyArn=arn, PolicyDocument=doc(allow("ec2:*")), SetAsDefault=True)
    assert second["PolicyVersion"]["VersionId"] == "v2" and second["PolicyVersion"]["IsDefaultVersion"]
    for _ in range(3):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=doc(allow("sqs:*")))
    fails("LimitExceeded", "A managed policy can have up to 5 versions. Before you create a new version, you must "
          "delete an existing version.", iam.create_policy_version, PolicyArn=arn, PolicyDocument=doc(allow("sns:*")))
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [v["VersionId"] for v in versions] == ["v5", "v4", "v3", "v2", "v1"]
    assert [v["VersionId"] for v in versions if v["IsDefaultVersion"]] == ["v2"]
    fails("DeleteConflict", "Cannot delete the default version of a policy.", iam.delete_policy_version, PolicyArn=arn,
          VersionId="v2")
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    fails("DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the "
          "policy's versions. The default version is deleted with the policy.", iam.delete_policy, PolicyArn=arn)
    for v in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=v)
    # Numbers are never used again.
    sixth = iam.create_policy_version(PolicyArn=arn, PolicyDocument=doc(allow("sns:*")))["PolicyVersion"]
    assert sixth["VersionId"] == "v6"
    document = iam.get_policy_version(PolicyArn=arn, VersionId="v6")["PolicyVersion"]["Document"]
    assert document == json.loads(doc(allow("sns:*")))
    missing = f"Policy {arn} version v9 does not exist or is not attachable."
    for call in (iam.get_policy_version, iam.set_default_policy_version, iam.delete_policy_version):
        fails("NoSuchEntity", missing, call, PolicyArn=arn, VersionId="v9")
    fails("ValidationError", "1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member "
          "must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", iam.get_policy_version,
          PolicyArn=arn, VersionId="6")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v6")
    iam.delete_policy(PolicyArn=arn)
    for call in (iam.get_policy, iam.delete_policy, iam.list_policy_versions, iam.list_entities_for_policy):
        fails("NoSuchEntity", f"Policy {arn} was not found.", call, PolicyArn=arn)
    fails("NoSuchEntity", f"Policy {arn} version v1 does not exist or is not attachable.", iam.get_policy_version,
          PolicyArn=arn, VersionId="v1")


@pytest.mark.parametrize("kind,code", [("user", "AIDA"), ("group", "AGPA"), ("role", "AROA")])
def test_attachments(iam, unique, kind, code):
    owner = unique(kind)
    who = {f"{kind.capitalize()}Name": owner}
    more = {"AssumeRolePolicyDocument": EC2} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**who, **more)
    attach, detach = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"detach_{kind}_policy")
    listed = getattr(iam, f"list_attached_{kind}_policies")
    arns = [iam.create_policy(PolicyName=unique("policy"), PolicyDocument=json.dumps(ALLOW_S3))["Policy"]["Arn"]
            for _ in range(11)]
    for _ in range(2):  # twice is fine
        for arn in arns[:10]:
            attach(**who, PolicyArn=arn)
    fails("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind.capitalize()}: 10", attach, **who,
          PolicyArn=arns[10])
    assert [p["PolicyArn"] for p in listed(**who)["AttachedPolicies"]] == arns[:10]
    pages = iam.get_paginator(f"list_attached_{kind}_policies").paginate(**who, PaginationConfig={"PageSize": 3})
    assert [p["PolicyArn"] for page in pages for p in page["AttachedPolicies"]] == arns[:10]
    assert iam.get_policy(PolicyArn=arns[0])["Policy"]["AttachmentCount"] == 1
    of_policy = iam.list_entities_for_policy(PolicyArn=arns[0])
    entities = of_policy[f"Policy{kind.capitalize()}s"]
    assert [e[f"{kind.capitalize()}Name"] for e in entities] == [owner]
    assert entities[0][f"{kind.capitalize()}Id"].startswith(code)
    fails("DeleteConflict", "Cannot delete a policy attached to entities.", iam.delete_policy, PolicyArn=arns[0])
    for arn in arns[:10]:
        detach(**who, PolicyArn=arn)
    fails("NoSuchEntity", f"Policy {arns[0]} was not found.", detach, **who, PolicyArn=arns[0])
    gone = f"arn:aws:iam::{ACCOUNT}:policy/never-made"
    fails("NoSuchEntity", f"Policy {gone} does not exist or is not attachable.", attach, **who, PolicyArn=gone)
    fails("ValidationError", "ARN longpolicynamebutnoarn is not valid.", attach, **who,
          PolicyArn="longpolicynamebutnoarn")
    for arn in arns:
        iam.delete_policy(PolicyArn=arn)
    getattr(iam, f"delete_{kind}")(**who)


@pytest.mark.parametrize("kind,limit", [("user", 2048), ("group", 5120), ("role", 10240)])
def test_inline_policies(iam, unique, kind, limit):
    owner = unique(kind)
    who = {f"{kind.capitalize()}Name": owner}
    more = {"AssumeRolePolicyDocument": EC2} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**who, **more)
    put, get = getattr(iam, f"put_{kind}_policy"), getattr(iam, f"get_{kind}_policy")
    remove, names = getattr(iam, f"delete_{kind}_policy"), getattr(iam, f"list_{kind}_policies")
    text = '{\n  "Version": "2012-10-17",\n  "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}\n}'
    put(**who, PolicyName="b", PolicyDocument=text)
    put(**who, PolicyName="a", PolicyDocument=doc(allow("ec2:*")))
    put(**who, PolicyName="a", PolicyDocument=doc(allow("sqs:*")))
    got = get(**who, PolicyName="b")
    assert got["PolicyDocument"] == json.loads(text) and got[f"{kind.capitalize()}Name"] == owner
    assert names(**who)["PolicyNames"] == ["a", "b"]
    assert get(**who, PolicyName="a")["PolicyDocument"]["Statement"][0]["Action"] == "sqs:*"
    big = doc(allow([f"s3:Get{i:04d}" for i in range(limit // 12)]))
    fails("LimitExceeded", f"Maximum policy size of {limit} bytes exceeded for {kind} {owner}", put, **who,
          PolicyName="c", PolicyDocument=big)
    fails("MalformedPolicyDocument", "Syntax errors in policy.", put, **who, PolicyName="c", PolicyDocument="[]")
    fails("NoSuchEntity", f"The {kind} policy with name none cannot be found.", get, **who, PolicyName="none")
    for n in ("a", "b"):
        remove(**who, PolicyName=n)
    fails("NoSuchEntity", f"The {kind} policy with name a cannot be found.", remove, **who, PolicyName="a")
    getattr(iam, f"delete_{kind}")(**who)


def test_blanks_do_not_count(iam, unique):
    name = unique("policy")
    statement = allow([f"s3:Get{i:04d}" for i in range(400)])
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=8)
    assert len(document) > 6144
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    iam.delete_policy(PolicyArn=arn)
    statement = allow([f"s3:Get{i:04d}" for i in range(500)])
    fails("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", iam.create_policy, PolicyName=name,
          PolicyDocument=doc(statement))


def test_documents_are_percent_encoded(region, iam, unique):
    name = unique("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)
    seen = []
    iam.meta.events.register("after-call.iam.GetRole", lambda http_response, **_: seen.append(http_response.text))
    iam.get_role(RoleName=name)
    document = re.search("<AssumeRolePolicyDocument>(.*?)</AssumeRolePolicyDocument>", seen[0]).group(1)
    assert document.startswith("%7B%22Version%22%3A%20%222012-10-17%22%2C")
    assert urllib.request.unquote(document) == EC2
    iam.delete_role(RoleName=name)


def test_malformed_managed_policies(iam, unique):
    name = unique("policy")
    for text, why in [("{", "Syntax errors in policy."),
                      ('{"Version": "2008-10-17", "Statement": []}', "*"),
                      (json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]}),
                       "Policy statement must contain resources.")]:
        fails("MalformedPolicyDocument", why, iam.create_policy, PolicyName=name, PolicyDocument=text)


def test_boundaries_are_kept(iam, unique):
    name = unique("user")
    power = "arn:aws:iam::aws:policy/PowerUserAccess"
    made = iam.create_user(UserName=name, PermissionsBoundary=power)["User"]
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": power}
    assert made["PermissionsBoundary"] == boundary
    assert iam.get_user(UserName=name)["User"]["PermissionsBoundary"] == boundary
    assert "PermissionsBoundary" not in [u for u in iam.list_users()["Users"] if u["UserName"] == name][0]
    used = iam.list_entities_for_policy(PolicyArn=power, PolicyUsageFilter="PermissionsBoundary")["PolicyUsers"]
    assert name in [u["UserName"] for u in used]
    none = f"arn:aws:iam::{ACCOUNT}:policy/none"
    fails("NoSuchEntity", f"Scope ARN: {none} does not exist or is not attachable.", iam.put_user_permissions_boundary,
          UserName=name, PermissionsBoundary=none)
    wrong = f"arn:aws:iam::{ACCOUNT}:not_a_policy/invalid"
    fails("InvalidInput", f"ARN {wrong} is not valid.", iam.put_user_permissions_boundary, UserName=name,
          PermissionsBoundary=wrong)
    iam.delete_user_permissions_boundary(UserName=name)
    assert "PermissionsBoundary" not in iam.get_user(UserName=name)["User"]
    iam.delete_user(UserName=name)


NEEDED = """/CloudWatchAgentServerPolicy /AmazonSSMManagedInstanceCore /service-role/AWSLambdaVPCAccessExecutionRole
/service-role/AmazonRDSEnhancedMonitoringRole /service-role/AmazonAPIGatewayPushToCloudWatchLogs
/service-role/AWSBackupServiceRolePolicyForBackup /service-role/AWSBackupServiceRolePolicyForRestores
/AdministratorAccess /PowerUserAccess /ReadOnlyAccess /job-function/ViewOnlyAccess /SecurityAudit /IAMFullAccess
/IAMReadOnlyAccess /IAMUserChangePassword /AmazonS3FullAccess /AmazonS3ReadOnlyAccess /AmazonEC2FullAccess
/service-role/AWSLambdaBasicExecutionRole /AWSLambda_FullAccess /AmazonRDSFullAccess""".split()


def test_policies_of_aws(iam):
    listed = [p for page in iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 20})
              for p in page["Policies"]]
    arns = {p["Arn"] for p in listed}
    assert len(arns) == len(listed) >= 55
    assert {f"arn:aws:iam::aws:policy{n}" for n in NEEDED} <= arns
    for p in listed:
        version = iam.get_policy_version(PolicyArn=p["Arn"], VersionId=p["DefaultVersionId"])["PolicyVersion"]
        assert version["IsDefaultVersion"] and version["Document"]["Version"] == "2012-10-17"
        assert all(s["Effect"] in ("Allow", "Deny") and s["Resource"] for s in version["Document"]["Statement"])
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    fails("AccessDenied", "Policy is outside your own account.", iam.delete_policy, PolicyArn=admin)
    wrong_path = "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"
    fails("NoSuchEntity", f"Policy {wrong_path} was not found.", iam.get_policy, PolicyArn=wrong_path)
    assert not any(p["Arn"].startswith("arn:aws:iam::aws:") for p in iam.list_policies(Scope="Local")["Policies"])
