# SPDX-License-Identifier: Apache-2.0
"""The account: alias, figures, password rules and passwords, reports, providers, simulation."""
import json

import pytest
from iam_util import ACCOUNT, allow, deny, doc, fails, trust


@pytest.fixture(scope="module")
def own():
    """A region of its own: these settings are the account's."""
    from region import Region
    with Region(dev=True) as r:
        yield r


def test_alias(own):
    iam = own.client("iam")
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="my-company")
    assert iam.list_account_aliases()["AccountAliases"] == ["my-company"]
    fails("NoSuchEntity", "The account alias with name other cannot be found.", iam.delete_account_alias,
          AccountAlias="other")
    iam.delete_account_alias(AccountAlias="my-company")
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_summary_counts(own):
    iam = own.client("iam")
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName="counted")
    iam.create_group(GroupName="counted")
    after = iam.get_account_summary()["SummaryMap"]
    assert after["Users"] == before["Users"] + 1 and after["Groups"] == before["Groups"] + 1
    assert after["AccountAccessKeysPresent"] == 1 and after["AccountMFAEnabled"] == 0
    assert after["AttachedPoliciesPerRoleQuota"] == 10 and after["PolicySizeQuota"] == 6144
    iam.delete_user(UserName="counted")
    iam.delete_group(GroupName="counted")


def test_password_policy(own):
    iam = own.client("iam")
    missing = f"The Password Policy with domain name {ACCOUNT} cannot be found."
    fails("NoSuchEntity", missing, iam.get_account_password_policy)
    fails("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.",
          iam.delete_account_password_policy)
    iam.update_account_password_policy()
    assert iam.get_account_password_policy()["PasswordPolicy"] == {
        "AllowUsersToChangePassword": False, "ExpirePasswords": False, "MinimumPasswordLength": 6,
        "RequireLowercaseCharacters": False, "RequireNumbers": False, "RequireSymbols": False,
        "RequireUppercaseCharacters": False}
    iam.update_account_password_policy(MinimumPasswordLength=10, RequireSymbols=True, RequireNumbers=True,
                                       RequireUppercaseCharacters=True, RequireLowercaseCharacters=True,
                                       AllowUsersToChangePassword=True, MaxPasswordAge=60, PasswordReusePrevention=3,
                                       HardExpiry=True)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {
        "AllowUsersToChangePassword": True, "ExpirePasswords": True, "HardExpiry": True, "MaxPasswordAge": 60,
        "MinimumPasswordLength": 10, "PasswordReusePrevention": 3, "RequireLowercaseCharacters": True,
        "RequireNumbers": True, "RequireSymbols": True, "RequireUppercaseCharacters": True}
    fails("ValidationError", "1 validation error detected: Value at 'minimumPasswordLength' failed to satisfy "
          "constraint: Member must have value less than or equal to 128", iam.update_account_password_policy,
          MinimumPasswordLength=129)
    iam.delete_account_password_policy()
    fails("NoSuchEntity", missing, iam.get_account_password_policy)


def test_login_profile(own):
    iam = own.client("iam")
    iam.create_user(UserName="ann")
    none = "Login Profile for User ann cannot be found."
    fails("NoSuchEntity", none, iam.get_login_profile, UserName="ann")
    fails("NoSuchEntity", none, iam.update_login_profile, UserName="ann", Password="Other-Word-1")
    fails("NoSuchEntity", none, iam.delete_login_profile, UserName="ann")
    fails("PasswordPolicyViolation", "Password should have a minimum length of 8", iam.create_login_profile,
          UserName="ann", Password="short")
    fails("ValidationError", "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must "
          "have length less than or equal to 128", iam.create_login_profile, UserName="ann", Password="aA1!" * 33)
    made = iam.create_login_profile(UserName="ann", Password="Secret-Word-1")["LoginProfile"]
    assert made["UserName"] == "ann" and made["PasswordResetRequired"] is False
    fails("EntityAlreadyExists", "Login Profile for user ann already exists.", iam.create_login_profile,
          UserName="ann", Password="Secret-Word-1")
    iam.update_login_profile(UserName="ann", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="ann")["LoginProfile"]["PasswordResetRequired"] is True
    iam.delete_login_profile(UserName="ann")
    iam.delete_user(UserName="ann")


def test_change_password(own):
    iam = own.client("iam")
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    mine = own.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    iam.create_login_profile(UserName="bob", Password="Secret-Word-1", PasswordResetRequired=True)
    change = {"OldPassword": "Secret-Word-1", "NewPassword": "Secret-Word-2"}
    fails("AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:ChangePassword*",
          mine.change_password, **change)
    iam.update_account_password_policy(AllowUsersToChangePassword=True, PasswordReusePrevention=2,
                                       MinimumPasswordLength=8, RequireNumbers=True)
    fails("AccessDenied", "The old password was incorrect.", mine.change_password, OldPassword="wrong",
          NewPassword="Secret-Word-2")
    fails("PasswordPolicyViolation", "Password should have at least one number", mine.change_password,
          OldPassword="Secret-Word-1", NewPassword="Secret-Word")
    mine.change_password(**change)
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is False
    for old in ("Secret-Word-2", "Secret-Word-1"):
        fails("PasswordPolicyViolation", "Policy constraint violation with password reuse prevention during password "
              "change.", mine.change_password, OldPassword="Secret-Word-2", NewPassword=old)
    mine.change_password(OldPassword="Secret-Word-2", NewPassword="Secret-Word-3")
    mine.change_password(OldPassword="Secret-Word-3", NewPassword="Secret-Word-1")
    fails("InvalidUserType", "Only IAM Users can change their own password", iam.change_password, **change)
    iam.delete_account_password_policy()
    iam.delete_login_profile(UserName="bob")
    iam.delete_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="bob")


def test_authorization_details(own):
    iam = own.client("iam")
    iam.create_group(GroupName="g")
    iam.create_user(UserName="u", Tags=[{"Key": "a", "Value": "b"}])
    iam.add_user_to_group(GroupName="g", UserName="u")
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=doc(allow("s3:*")))
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="r")
    arn = iam.create_policy(PolicyName="mp", PolicyDocument=doc(allow("ec2:*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    iam.attach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    got = iam.get_account_authorization_details()
    user = got["UserDetailList"][0]
    assert user["GroupList"] == ["g"] and user["Tags"] == [{"Key": "a", "Value": "b"}]
    assert user["UserPolicyList"] == [{"PolicyName": "p", "PolicyDocument": json.loads(doc(allow("s3:*")))}]
    role = got["RoleDetailList"][0]
    assert role["InstanceProfileList"][0]["InstanceProfileName"] == "ip"
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "mp", "PolicyArn": arn}]
    assert got["GroupDetailList"][0]["AttachedManagedPolicies"][0]["PolicyName"] == "ReadOnlyAccess"
    assert [p["PolicyName"] for p in got["Policies"]] == ["mp", "ReadOnlyAccess"]
    assert got["Policies"][0]["PolicyVersionList"][0]["Document"] == json.loads(doc(allow("ec2:*")))
    only = iam.get_account_authorization_details(Filter=["Role"])
    assert len(only["RoleDetailList"]) == 1 and only["UserDetailList"] == [] and only["Policies"] == []
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1}))
    assert len(pages) == 5
    fails("ValidationError", "1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must "
          "satisfy constraint: [Member must satisfy enum value set]", iam.get_account_authorization_details, Filter=["x"])
    iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    iam.detach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.remove_role_from_instance_profile(InstanceProfileName="ip", RoleName="r")
    iam.delete_instance_profile(InstanceProfileName="ip")
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName="r")
    iam.remove_user_from_group(GroupName="g", UserName="u")
    iam.delete_group(GroupName="g")
    iam.delete_user_policy(UserName="u", PolicyName="p")
    iam.delete_user(UserName="u")


def test_identity_providers(own):
    iam = own.client("iam")
    made = iam.create_open_id_connect_provider(Url="https://token.example.com/x", ClientIDList=["one"],
                                               ThumbprintList=["a" * 40], Tags=[{"Key": "k", "Value": "v"}])
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com/x"
    assert made["OpenIDConnectProviderArn"] == arn
    fails("EntityAlreadyExists", "Provider with url https://token.example.com/x already exists.",
          iam.create_open_id_connect_provider, Url="https://token.example.com/x", ThumbprintList=[])
    fails("ValidationError", "Invalid Open ID Connect Provider URL", iam.create_open_id_connect_provider,
          Url="http://token.example.com", ThumbprintList=[])
    fails("InvalidInput", "Thumbprint list must contain fewer than 5 entries.", iam.create_open_id_connect_provider,
          Url="https://many.example.com", ThumbprintList=[f"{i:040d}" for i in range(6)])
    fails("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
          iam.create_open_id_connect_provider, Url="https://many.example.com", ThumbprintList=[],
          ClientIDList=[str(i) for i in range(101)])
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="two")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="one")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["b" * 40, "c" * 40])
    got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert got["Url"] == "token.example.com/x" and got["ClientIDList"] == ["two"]
    assert got["ThumbprintList"] == ["b" * 40, "c" * 40] and got["Tags"] == [{"Key": "k", "Value": "v"}]
    assert [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]] == [arn]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    fails("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", iam.get_open_id_connect_provider,
          OpenIDConnectProviderArn=arn)
    fails("NoSuchEntity", f"OpenId connect Provider {arn} cannot be found.", iam.delete_open_id_connect_provider,
          OpenIDConnectProviderArn=arn)


def decisions(reply):
    return [(r["EvalActionName"], r["EvalDecision"]) for r in reply["EvaluationResults"]]


def test_simulation_of_documents(own):
    iam = own.client("iam")
    text = doc(allow("s3:Get*", "arn:aws:s3:::mine/*"), deny("s3:GetObjectAcl"),
               allow("ec2:RunInstances", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    got = iam.simulate_custom_policy(PolicyInputList=[text], ResourceArns=["arn:aws:s3:::mine/a"],
                                     ActionNames=["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"])
    assert decisions(got) == [("s3:GetObject", "allowed"), ("s3:GetObjectAcl", "explicitDeny"),
                              ("s3:PutObject", "implicitDeny")]
    first = got["EvaluationResults"][0]
    assert first["EvalResourceName"] == "arn:aws:s3:::mine/a"
    assert first["MissingContextValues"] == ["aws:RequestedRegion"]
    match = first["MatchedStatements"][0]
    assert match["SourcePolicyId"] == "PolicyInputList.1" and match["StartPosition"]["Line"] == 1
    start, end = match["StartPosition"]["Column"], match["EndPosition"]["Column"]
    assert json.loads(text[start - 1:end - 1]) == json.loads(text)["Statement"][0]

    def in_region(value):
        return iam.simulate_custom_policy(
            PolicyInputList=[text], ActionNames=["ec2:RunInstances"],
            ContextEntries=[{"ContextKeyName": "aws:RequestedRegion", "ContextKeyType": "string",
                             "ContextKeyValues": [value]}])["EvaluationResults"][0]
    assert in_region("eu-west-1")["EvalDecision"] == "allowed"
    assert in_region("us-east-1")["EvalDecision"] == "implicitDeny"
    assert in_region("us-east-1")["MissingContextValues"] == []
    bounded = iam.simulate_custom_policy(PolicyInputList=[doc(allow("*"))], ActionNames=["s3:ListAllMyBuckets"],
                                         PermissionsBoundaryPolicyInputList=[doc(allow("ec2:*"))])
    assert bounded["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"
    assert bounded["EvaluationResults"][0]["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"]
    assert keys == ["aws:RequestedRegion"]
    fails("InvalidInput", "Invalid Action: nonsense", iam.simulate_custom_policy, PolicyInputList=[text],
          ActionNames=["nonsense"])


def test_simulated_context_is_of_its_type(own):
    iam = own.client("iam")

    def ask(kind, values):
        text = doc(allow("s3:*", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}))
        entry = {"ContextKeyName": "aws:MultiFactorAuthAge", "ContextKeyType": kind, "ContextKeyValues": values}
        return iam.simulate_custom_policy(PolicyInputList=[text], ActionNames=["s3:GetObject"], ContextEntries=[entry])

    good = {"string": "x", "numeric": "5.5", "boolean": "True", "ip": "10.0.0.0/8", "binary": "QUJD",
            "date": "2024-01-31T00:00:00Z"}
    bad = {"numeric": "many", "boolean": "yes", "ip": "10.0.0.300", "binary": "***", "date": "soon"}
    for kind, value in good.items():
        ask(kind, [value])
        ask(kind + "List", [value, value])
        fails("InvalidInput", f"Context key aws:MultiFactorAuthAge has several values; its type must be {kind}List.",
              ask, kind=kind, values=[value, value])
    for kind, value in bad.items():
        message = f"Context key aws:MultiFactorAuthAge: '{value}' is no value of type {kind}"
        fails("InvalidInput", message + ".", ask, kind=kind, values=[value])
        fails("InvalidInput", message + "List.", ask, kind=kind + "List", values=[good[kind], value])
    assert decisions(ask("numeric", ["5.5"])) == [("s3:GetObject", "allowed")]


def test_simulated_bytes_are_told_in_base64(own):
    text = doc(allow("s3:*", Condition={"BinaryEquals": {"key:bytes": "QUJD"}}))
    for value, decision in (("QUJD", "allowed"), ("QUJE", "implicitDeny")):
        entry = {"ContextKeyName": "key:bytes", "ContextKeyType": "binary", "ContextKeyValues": [value]}
        assert decisions(own.client("iam").simulate_custom_policy(
            PolicyInputList=[text], ActionNames=["s3:GetObject"], ContextEntries=[entry])) == [("s3:GetObject", decision)]


def test_simulated_callers_are_users(own):
    iam = own.client("iam")
    iam.create_role(RoleName="simrole", AssumeRolePolicyDocument=trust({"AWS": "*"}))
    role, policy = f"arn:aws:iam::{ACCOUNT}:role/simrole", doc({**allow("s3:*"), "Principal": "*"})
    for arn in (role, f"arn:aws:sts::{ACCOUNT}:assumed-role/simrole/s", f"arn:aws:iam::{ACCOUNT}:root"):
        fails("InvalidInput", f"Invalid Caller Arn: {arn} is not the ARN of a user.", iam.simulate_custom_policy,
              PolicyInputList=[doc(allow("s3:*"))], ActionNames=["s3:GetObject"], CallerArn=arn)
    fails("InvalidInput", "CallerArn must be specified when a ResourcePolicy is*", iam.simulate_principal_policy,
          PolicySourceArn=role, ActionNames=["s3:GetObject"], ResourcePolicy=policy)
    got = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=["s3:GetObject"], ResourcePolicy=policy,
                                        CallerArn=f"arn:aws:iam::{ACCOUNT}:user/any")
    assert decisions(got) == [("s3:GetObject", "allowed")]
    iam.delete_role(RoleName="simrole")


def test_scenarios_of_instances_are_not_simulated(own):
    iam = own.client("iam")
    fails("UnsupportedOperation", "SimulateCustomPolicy: this region does not carry out 'resourceHandlingOption'*",
          iam.simulate_custom_policy, PolicyInputList=[doc(allow("ec2:*"))], ActionNames=["ec2:RunInstances"],
          ResourceHandlingOption="EC2-VPC-InstanceStore")


def test_simulation_of_principals(own):
    iam = own.client("iam")
    iam.create_user(UserName="sim")
    iam.create_group(GroupName="simgroup")
    iam.add_user_to_group(GroupName="simgroup", UserName="sim")
    iam.put_group_policy(GroupName="simgroup", PolicyName="g", PolicyDocument=doc(allow("sqs:*")))
    iam.attach_user_policy(UserName="sim", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    arn = f"arn:aws:iam::{ACCOUNT}:user/sim"
    got = iam.simulate_principal_policy(PolicySourceArn=arn,
                                        ActionNames=["s3:GetObject", "s3:PutObject", "sqs:SendMessage"])
    assert [d for _, d in decisions(got)] == ["allowed", "implicitDeny", "allowed"]
    assert got["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "AmazonS3ReadOnlyAccess"
    assert got["EvaluationResults"][2]["MatchedStatements"][0]["SourcePolicyId"] == "group_simgroup_g"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}]})
    by_resource = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:PutObject"],
                                                ResourceArns=["arn:aws:s3:::b/k"], ResourcePolicy=policy,
                                                CallerArn=arn)
    assert by_resource["EvaluationResults"][0]["EvalDecision"] == "allowed"
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=arn, ActionNames=[f"s3:Get{i}" for i in range(7)], PaginationConfig={"PageSize": 3})
    assert [len(p["EvaluationResults"]) for p in pages] == [3, 3, 1]
    fails("NoSuchEntity", "The user with name nobody cannot be found.", iam.simulate_principal_policy,
          PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/nobody", ActionNames=["s3:GetObject"])
    iam.detach_user_policy(UserName="sim", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    iam.remove_user_from_group(GroupName="simgroup", UserName="sim")
    iam.delete_group_policy(GroupName="simgroup", PolicyName="g")
    iam.delete_group(GroupName="simgroup")
    iam.delete_user(UserName="sim")
