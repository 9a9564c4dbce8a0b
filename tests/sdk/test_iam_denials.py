# SPDX-License-Identifier: Apache-2.0
"""Who may do what: by user, group, role, boundary and condition, and what a denial says."""
import json

from iam_util import ACCOUNT, allow, deny, doc, fails, trust, use

BUCKETS = "arn:aws:iam::aws:policy/AmazonS3FullAccess"


def name_of(region, key):
    return region.client("sts", *key).get_caller_identity()["Arn"].rpartition("/")[2]


def test_no_rights(region, user):
    key = user()
    arn = region.client("sts", *key).get_caller_identity()["Arn"]
    mine = region.client("iam", *key)
    fails("AccessDenied", f"User: {arn} is not authorized to perform: iam:ListUsers on resource: "
          f"arn:aws:iam::{ACCOUNT}:user/ because no identity-based policy allows the iam:ListUsers action",
          mine.list_users)
    fails("AccessDenied", f"User: {arn} is not authorized to perform: iam:ListAccountAliases on resource: * because no "
          "identity-based policy allows the iam:ListAccountAliases action", mine.list_account_aliases)
    fails("AccessDenied", f"User: {arn} is not authorized to perform: iam:GetUser on resource: {arn} because no "
          "identity-based policy allows the iam:GetUser action", mine.get_user)
    fails("AccessDenied", f"User: {arn} is not authorized to perform: iam:CreateRole on resource: "
          f"arn:aws:iam::{ACCOUNT}:role/x/r because no identity-based policy allows the iam:CreateRole action",
          mine.create_role, RoleName="r", Path="/x/", AssumeRolePolicyDocument=trust({"AWS": "*"}))


def test_explicit_deny_wins(region, user):
    key = user(allow("iam:*"), deny("iam:ListRoles"))
    arn = region.client("sts", *key).get_caller_identity()["Arn"]
    mine = region.client("iam", *key)
    mine.list_users()
    fails("AccessDenied", f"User: {arn} is not authorized to perform: iam:ListRoles on resource: "
          f"arn:aws:iam::{ACCOUNT}:role/ with an explicit deny in an identity-based policy", mine.list_roles)


def test_rights_are_per_resource(region, iam, user, unique):
    key = user(allow("iam:*", f"arn:aws:iam::{ACCOUNT}:user/mine/*"))
    mine, name, other = region.client("iam", *key), unique("user"), unique("user")
    mine.create_user(UserName=name, Path="/mine/")
    iam.create_user(UserName=other, Path="/theirs/")
    # The path is looked up: the caller names only the user.
    mine.tag_user(UserName=name, Tags=[{"Key": "a", "Value": "b"}])
    fails("AccessDenied", "User: *", mine.tag_user, UserName=other, Tags=[{"Key": "a", "Value": "b"}])
    fails("AccessDenied", "User: *", mine.create_user, UserName=other, Path="/theirs/")
    mine.delete_user(UserName=name)
    iam.delete_user(UserName=other)


def test_making_with_tags_is_tagging(region, iam, user, unique):
    """AWS: tags of a call that makes something need the action that tags it, on what is made."""
    tags = {"Tags": [{"Key": "team", "Value": "shop"}]}
    name, text = unique("made"), doc(allow("s3:*"))
    makes = [("User", dict(UserName=name)), ("Role", dict(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": "*"}))),
             ("Policy", dict(PolicyName=name, PolicyDocument=text)), ("InstanceProfile", dict(InstanceProfileName=name)),
             ("MFADevice", dict(VirtualMFADeviceName=name)),
             ("OpenIDConnectProvider", dict(Url=f"https://{name}.test", ThumbprintList=[]))]
    mine = region.client("iam", *user(allow("iam:Create*")))
    calls = {"User": mine.create_user, "Role": mine.create_role, "Policy": mine.create_policy,
             "InstanceProfile": mine.create_instance_profile, "MFADevice": mine.create_virtual_mfa_device,
             "OpenIDConnectProvider": mine.create_open_id_connect_provider}
    for kind, arguments in makes:
        refused = fails("AccessDenied", "User: *", calls[kind], **arguments, **tags)
        assert f"iam:Tag{kind} on resource: arn:aws:iam::{ACCOUNT}:" in refused["Error"]["Message"]
    mine.create_user(UserName=name)
    iam.delete_user(UserName=name)
    shop = allow("iam:TagUser", Condition={"StringEquals": {"aws:RequestTag/team": "shop"}})
    tagger = region.client("iam", *user(allow("iam:CreateUser"), shop))
    assert tagger.create_user(UserName=name, **tags)["User"]["Tags"] == tags["Tags"]
    iam.delete_user(UserName=name)
    fails("AccessDenied", "User: *", tagger.create_user, UserName=name, Tags=[{"Key": "team", "Value": "other"}])


def test_renaming_is_about_both_names(region, iam, user, unique):
    old, new = unique("old"), unique("new")
    iam.create_user(UserName=old)
    iam.create_group(GroupName=old)
    for kind in "user", "group":
        names = {f"{kind.title()}Name": old, f"New{kind.title()}Name": new}
        action, arn = f"iam:Update{kind.title()}", f"arn:aws:iam::{ACCOUNT}:{kind}/"
        half, both = (region.client("iam", *user(allow(action, resources))) for resources in (arn + old, [arn + old, arn + new]))
        refused = fails("AccessDenied", "User: *", getattr(half, f"update_{kind}"), **names)
        assert f"{action} on resource: {arn}{new} because" in refused["Error"]["Message"]
        fails("AccessDenied", "User: *", getattr(both, f"update_{kind}"), **names, NewPath="/elsewhere/")
        getattr(half, f"update_{kind}")(**{f"{kind.title()}Name": old, f"New{kind.title()}Name": old})
        getattr(both, f"update_{kind}")(**names)
    iam.delete_user(UserName=new)
    iam.delete_group(GroupName=new)


def test_a_role_of_a_service_is_made_by_its_name(region, iam, user):
    arn = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    mine = region.client("iam", *user(allow("iam:CreateServiceLinkedRole", arn + "*")))
    mine.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
    refused = fails("AccessDenied", "User: *", mine.create_service_linked_role, AWSServiceName="ecs.amazonaws.com")
    assert "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS because" in refused["Error"]["Message"]
    iam.delete_service_linked_role(RoleName="AWSServiceRoleForEC2Spot")


def test_last_use_of_a_key_is_about_its_user(region, iam, user):
    key = user(allow("iam:GetAccessKeyLastUsed", f"arn:aws:iam::{ACCOUNT}:user/*"))
    mine = region.client("iam", *key)
    assert mine.get_access_key_last_used(AccessKeyId=key[0])["UserName"] == name_of(region, key)
    fails("AccessDenied", "User: *", mine.get_access_key_last_used, AccessKeyId=region.root[0])


def test_groups_give_and_take_rights(region, iam, user, unique):
    key, group = user(), unique("group")
    mine, name = region.client("iam", *key), name_of(region, key)
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=doc(allow("iam:ListUsers")))
    fails("AccessDenied", "User: *", mine.list_users)
    iam.add_user_to_group(GroupName=group, UserName=name)
    mine.list_users()
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=doc(allow("iam:ListRoles")))
    fails("AccessDenied", "User: *", mine.list_users)
    mine.list_roles()
    iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    mine.list_users()
    iam.remove_user_from_group(GroupName=group, UserName=name)
    fails("AccessDenied", "User: *", mine.list_users)
    iam.detach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.delete_group_policy(GroupName=group, PolicyName="p")
    iam.delete_group(GroupName=group)


def test_a_new_default_version_counts_at_once(region, iam, user, unique):
    key = user()
    mine, name = region.client("iam", *key), name_of(region, key)
    arn = iam.create_policy(PolicyName=unique("policy"), PolicyDocument=doc(allow("iam:ListUsers")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    mine.list_users()
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=doc(allow("iam:ListRoles")), SetAsDefault=True)
    fails("AccessDenied", "User: *", mine.list_users)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    mine.list_users()
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)


def test_boundary(region, iam, user, unique):
    key = user(allow("iam:*"))
    mine, name = region.client("iam", *key), name_of(region, key)
    arn = iam.create_policy(PolicyName=unique("policy"), PolicyDocument=doc(allow("iam:ListUsers")))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=arn)
    mine.list_users()
    fails("AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: iam:ListRoles on "
          f"resource: arn:aws:iam::{ACCOUNT}:role/ because no permissions boundary allows the iam:ListRoles action",
          mine.list_roles)
    fails("DeleteConflict", "Cannot delete a policy attached to entities.", iam.delete_policy, PolicyArn=arn)
    iam.delete_user_permissions_boundary(UserName=name)
    mine.list_roles()
    iam.delete_policy(PolicyArn=arn)


def test_condition_keys_of_iam(region, iam, user, unique):
    key = user(
        allow(["iam:CreateRole", "iam:TagRole"], Condition={"StringEquals": {"aws:RequestTag/team": "a"},
                                                            "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        allow("iam:AttachRolePolicy", Condition={"ArnEquals": {"iam:PolicyARN": BUCKETS}}),
        allow("iam:DetachRolePolicy", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}),
        allow("iam:DeleteRole", Condition={"StringEquals": {"iam:ResourceTag/team": "a"}}),
        allow("iam:CreateUser", Condition={"StringEquals": {"iam:PermissionsBoundary": BUCKETS}}),
        allow("iam:CreateServiceLinkedRole", Condition={"StringLike": {"iam:AWSServiceName": "batch.*"}}))
    mine, role = region.client("iam", *key), unique("role")
    args = {"RoleName": role, "AssumeRolePolicyDocument": trust({"Service": "ec2.amazonaws.com"})}
    fails("AccessDenied", "User: *", mine.create_role, **args)
    fails("AccessDenied", "User: *", mine.create_role, **args, Tags=[{"Key": "team", "Value": "b"}])
    fails("AccessDenied", "User: *", mine.create_role, **args,
          Tags=[{"Key": "team", "Value": "a"}, {"Key": "more", "Value": ""}])
    mine.create_role(**args, Tags=[{"Key": "team", "Value": "a"}])
    fails("AccessDenied", "User: *", mine.attach_role_policy, RoleName=role,
          PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    mine.attach_role_policy(RoleName=role, PolicyArn=BUCKETS)
    mine.detach_role_policy(RoleName=role, PolicyArn=BUCKETS)
    iam.tag_role(RoleName=role, Tags=[{"Key": "team", "Value": "b"}])
    fails("AccessDenied", "User: *", mine.delete_role, RoleName=role)
    iam.tag_role(RoleName=role, Tags=[{"Key": "team", "Value": "a"}])
    mine.delete_role(RoleName=role)
    name = unique("user")
    fails("AccessDenied", "User: *", mine.create_user, UserName=name)
    mine.create_user(UserName=name, PermissionsBoundary=BUCKETS)
    iam.delete_user(UserName=name)
    fails("AccessDenied", "User: *", mine.create_service_linked_role, AWSServiceName="rds.amazonaws.com")
    mine.create_service_linked_role(AWSServiceName="batch.amazonaws.com")
    iam.delete_service_linked_role(RoleName="AWSServiceRoleForBatch")


def test_a_profile_needs_pass_role(region, iam, user, unique):
    role, profile = unique("role"), unique("profile")
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName=profile)
    without = region.client("iam", *user(allow("iam:AddRoleToInstanceProfile")))
    fails("AccessDenied", "User: *", without.add_role_to_instance_profile, InstanceProfileName=profile, RoleName=role)
    other = region.client("iam", *user(allow("iam:AddRoleToInstanceProfile"),
                                       allow("iam:PassRole", arn, Condition={"StringEquals": {
                                           "iam:PassedToService": "lambda.amazonaws.com"}})))
    fails("AccessDenied", "User: *", other.add_role_to_instance_profile, InstanceProfileName=profile, RoleName=role)
    able = region.client("iam", *user(allow("iam:AddRoleToInstanceProfile"),
                                      allow("iam:PassRole", arn, Condition={"StringEquals": {
                                          "iam:PassedToService": "ec2.amazonaws.com"}})))
    able.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=profile)
    iam.delete_role(RoleName=role)


def test_policy_variables(region, iam, user, unique):
    key = user(allow("iam:*AccessKey*", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))
    mine = region.client("iam", *key)
    assert len(mine.list_access_keys()["AccessKeyMetadata"]) == 1
    assert len(mine.list_access_keys(UserName=name_of(region, key))["AccessKeyMetadata"]) == 1
    other = unique("user")
    iam.create_user(UserName=other)
    fails("AccessDenied", "User: *", mine.list_access_keys, UserName=other)
    iam.delete_user(UserName=other)


def test_global_services_are_in_the_first_region(region, user):
    key = user(allow(["iam:*", "route53:*", "cloudfront:*", "sts:*"],
                     Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))
    client = lambda service: region.client(service, *key, region="eu-west-1")  # noqa: E731
    client("iam").list_users()
    client("route53").list_hosted_zones()
    client("cloudfront").list_distributions()
    fails("AccessDenied", "User: *", client("sts").get_federation_token, Name="app")


def test_principal_tags(region, iam, user):
    key = user(allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/dept": "ops"}}))
    mine, name = region.client("iam", *key), name_of(region, key)
    fails("AccessDenied", "User: *", mine.list_users)
    iam.tag_user(UserName=name, Tags=[{"Key": "dept", "Value": "ops"}])
    mine.list_users()
    iam.untag_user(UserName=name, TagKeys=["dept"])
    fails("AccessDenied", "User: *", mine.list_users)


def test_sessions_without_mfa_do_not_reach_iam(region, user):
    key = user(allow("iam:*"), allow("sts:*"))
    sts = region.client("sts", *key)
    invalid = "The security token included in the request is invalid"
    session = sts.get_session_token()["Credentials"]
    fails("InvalidClientTokenId", invalid, use(region, session, "iam").list_users)
    federated = sts.get_federation_token(Name="joe", Policy=json.dumps(
        {"Version": "2012-10-17", "Statement": [allow("*")]}))["Credentials"]
    fails("InvalidClientTokenId", invalid, use(region, federated, "iam").list_users)


def test_soft_mode_lets_pass(new_region):
    region = new_region(iam="soft")
    iam = region.client("iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    region.client("iam", key["AccessKeyId"], key["SecretAccessKey"]).list_users()
    assert "iam.soft.deny" in region.log()
