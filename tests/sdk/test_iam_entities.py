# SPDX-License-Identifier: Apache-2.0
"""Users, groups, roles, instance profiles, access keys: what is made, listed, renamed, refused, removed."""
import datetime
import json

from iam_util import ACCOUNT, allow, doc, fails, trust

EC2 = trust({"Service": "ec2.amazonaws.com"})


def test_user_life(iam, unique):
    name, other = unique("user"), unique("user")
    made = iam.create_user(UserName=name, Path="/team/", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    user = made["User"]
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/{name}"
    assert user["UserId"].startswith("AIDA") and user["Path"] == "/team/"
    assert user["Tags"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    assert isinstance(user["CreateDate"], datetime.datetime)
    assert iam.get_user(UserName=name)["User"] == user
    # Names are the same without regard to case, and keep theirs.
    assert iam.get_user(UserName=name.upper())["User"]["UserName"] == name
    fails("EntityAlreadyExists", f"User with name {name.upper()} already exists.", iam.create_user,
          UserName=name.upper())
    listed = iam.list_users(PathPrefix="/team/")["Users"]
    assert [u for u in listed if u["UserName"] == name][0].get("Tags") is None
    assert iam.list_users(PathPrefix="/nobody/")["Users"] == []

    iam.update_user(UserName=name, NewUserName=other, NewPath="/")
    moved = iam.get_user(UserName=other)["User"]
    assert moved["UserId"] == user["UserId"] and moved["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{other}"
    assert moved["Tags"] == user["Tags"]
    fails("NoSuchEntity", f"The user with name {name} cannot be found.", iam.get_user, UserName=name)
    iam.delete_user(UserName=other)
    fails("NoSuchEntity", f"The user with name {other} cannot be found.", iam.delete_user, UserName=other)


def test_a_question_asked_again(iam, unique):
    """A reply that is kept is the same but for its id, and gone with the first change."""
    name, other = unique("role"), unique("role")

    def names(client, **more):
        answers = [client.list_roles(MaxItems=1000, **more) for _ in range(4)]
        ids = [a["ResponseMetadata"]["RequestId"] for a in answers]
        heads = [a["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"] for a in answers]
        assert len(set(ids)) == 4 and ids == heads
        assert all(a["Roles"] == answers[0]["Roles"] for a in answers)
        return [r["RoleName"] for r in answers[0]["Roles"]]

    iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)
    for _ in range(20):
        assert name in names(iam) and other not in names(iam)
        iam.create_role(RoleName=other, AssumeRolePolicyDocument=EC2)
        assert other in names(iam)
        assert names(iam, PathPrefix="/nobody/") == []
        iam.delete_role(RoleName=other)
        assert other not in names(iam)
    iam.delete_role(RoleName=name)


def test_a_kept_answer_is_for_those_who_may_ask(client, iam, unique, user):
    key = user()
    own = client("iam", *key)
    for _ in range(3):
        iam.list_groups(PathPrefix="/kept/")
    name = iam.get_access_key_last_used(AccessKeyId=key[0])["UserName"]
    fails("AccessDenied", "*", own.list_groups, PathPrefix="/kept/")
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=doc(allow("iam:ListGroups")))
    for _ in range(3):
        assert own.list_groups(PathPrefix="/kept/")["Groups"] == []
    iam.delete_user_policy(UserName=name, PolicyName="p")
    fails("AccessDenied", "*", own.list_groups, PathPrefix="/kept/")


def test_user_goes_only_when_nothing_is_left(iam, unique):
    name, group = unique("user"), unique("group")
    iam.create_user(UserName=name)
    iam.create_group(GroupName=group)
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    steps = [
        ("must detach all policies first.", lambda: iam.attach_user_policy(UserName=name, PolicyArn=admin),
         lambda: iam.detach_user_policy(UserName=name, PolicyArn=admin)),
        ("must delete policies first.",
         lambda: iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=doc(allow("s3:*"))),
         lambda: iam.delete_user_policy(UserName=name, PolicyName="p")),
        ("must delete access keys first.", lambda: None,
         lambda: iam.delete_access_key(UserName=name, AccessKeyId=key)),
        ("must delete login profile first.",
         lambda: iam.create_login_profile(UserName=name, Password="Secret-Word-1"),
         lambda: iam.delete_login_profile(UserName=name)),
        ("must remove users from group first.", lambda: iam.add_user_to_group(UserName=name, GroupName=group),
         lambda: iam.remove_user_from_group(UserName=name, GroupName=group)),
    ]
    for what, put, remove in steps:
        put()
        fails("DeleteConflict", f"Cannot delete entity, {what}", iam.delete_user, UserName=name)
        remove()
    iam.delete_user(UserName=name)
    iam.delete_group(GroupName=group)


def test_group_life(iam, unique):
    name, other, user = unique("group"), unique("group"), unique("user")
    group = iam.create_group(GroupName=name, Path="/g/")["Group"]
    assert group["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/g/{name}" and group["GroupId"].startswith("AGPA")
    fails("EntityAlreadyExists", f"Group with name {name} already exists.", iam.create_group, GroupName=name)
    fails("NoSuchEntity", "The user with name nobody cannot be found.", iam.add_user_to_group, GroupName=name,
          UserName="nobody")
    iam.create_user(UserName=user)
    fails("NoSuchEntity", "The group with name none cannot be found.", iam.add_user_to_group, GroupName="none",
          UserName=user)
    for _ in range(2):
        iam.add_user_to_group(GroupName=name, UserName=user)
    got = iam.get_group(GroupName=name)
    assert got["Group"] == group and [u["UserName"] for u in got["Users"]] == [user]
    assert iam.list_groups_for_user(UserName=user)["Groups"] == [group]
    fails("DeleteConflict", "Cannot delete entity, must remove users from group first.", iam.delete_group,
          GroupName=name)
    iam.update_group(GroupName=name, NewGroupName=other)
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName=user)["Groups"]] == [other]
    for _ in range(2):
        iam.remove_user_from_group(GroupName=other, UserName=user)
    iam.delete_user(UserName=user)
    iam.delete_group(GroupName=other)
    fails("NoSuchEntity", f"The group with name {other} cannot be found.", iam.get_group, GroupName=other)


def test_user_is_in_ten_groups_at_most(iam, unique):
    user, groups = unique("user"), [unique("group") for _ in range(11)]
    iam.create_user(UserName=user)
    for g in groups:
        iam.create_group(GroupName=g)
    for g in groups[:10]:
        iam.add_user_to_group(GroupName=g, UserName=user)
    fails("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", iam.add_user_to_group, GroupName=groups[10],
          UserName=user)
    for g in groups[:10]:
        iam.remove_user_from_group(GroupName=g, UserName=user)
    for g in groups:
        iam.delete_group(GroupName=g)
    iam.delete_user(UserName=user)


def test_role_life(iam, unique):
    name = unique("role")
    made = iam.create_role(RoleName=name, Path="/svc/", AssumeRolePolicyDocument=EC2, Description="what it is for",
                           MaxSessionDuration=7200, Tags=[{"Key": "k", "Value": "v"}])["Role"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/svc/{name}" and made["RoleId"].startswith("AROA")
    # AWS: these two are told by GetRole only.
    assert "Description" not in made and "MaxSessionDuration" not in made
    role = iam.get_role(RoleName=name)["Role"]
    assert role["Description"] == "what it is for" and role["MaxSessionDuration"] == 7200
    assert role["AssumeRolePolicyDocument"] == json.loads(EC2)
    assert role["RoleLastUsed"] == {} and role["Tags"] == [{"Key": "k", "Value": "v"}]
    fails("EntityAlreadyExists", f"Role with name {name} already exists.", iam.create_role, RoleName=name,
          AssumeRolePolicyDocument=EC2)

    iam.update_role(RoleName=name, MaxSessionDuration=3600)
    role = iam.get_role(RoleName=name)["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("what it is for", 3600)
    assert iam.update_role_description(RoleName=name, Description="other")["Role"]["Description"] == "other"
    lambda_trust = trust({"Service": "lambda.amazonaws.com"})
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=lambda_trust)
    assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == json.loads(lambda_trust)
    listed = iam.list_roles(PathPrefix="/svc/")["Roles"]
    mine = [r for r in listed if r["RoleName"] == name][0]
    assert "Tags" not in mine and mine["MaxSessionDuration"] == 3600
    iam.delete_role(RoleName=name)
    fails("NoSuchEntity", f"The role with name {name} cannot be found.", iam.get_role, RoleName=name)


def test_trust_policies_are_checked(iam, unique):
    name = unique("role")
    fails("MalformedPolicyDocument", "This policy contains invalid Json", iam.create_role, RoleName=name,
          AssumeRolePolicyDocument="{not json")
    fails("MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.", iam.create_role,
          RoleName=name, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}, action="s3:GetObject"))
    fails("MalformedPolicyDocument", "Has prohibited field Resource", iam.create_role, RoleName=name,
          AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}, Resource="*"))
    many = [f"arn:aws:iam::{i:012d}:root" for i in range(100)]
    fails("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", iam.create_role, RoleName=name,
          AssumeRolePolicyDocument=trust({"AWS": many}))


def test_trusted_principals_exist(iam, unique):
    """AWS: a user or role that a trust policy names is there; those of accounts elsewhere cannot be looked up here."""
    name = unique("role")
    own = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    for missing in (own, f"arn:aws:iam::{ACCOUNT}:user/never"):
        fails("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{missing}"', iam.create_role, RoleName=name,
              AssumeRolePolicyDocument=trust({"AWS": [f"arn:aws:iam::{ACCOUNT}:root", missing]}))
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": "arn:aws:iam::999999999999:role/elsewhere"}))
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust({"AWS": own}))
    fails("MalformedPolicyDocument", "Invalid principal in policy: *", iam.update_assume_role_policy, RoleName=name,
          PolicyDocument=trust({"AWS": own + "x"}))
    iam.delete_role(RoleName=name)


def test_role_is_held_by_its_profile(iam, unique):
    role, profile = unique("role"), unique("profile")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=EC2)
    made = iam.create_instance_profile(InstanceProfileName=profile, Path="/p/")["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/p/{profile}" and made["Roles"] == []
    fails("EntityAlreadyExists", f"Instance Profile {profile} already exists.", iam.create_instance_profile,
          InstanceProfileName=profile)
    fails("NoSuchEntity", f"Role {role} in Instance Profile {profile} cannot be found.",
          iam.remove_role_from_instance_profile, InstanceProfileName=profile, RoleName=role)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    fails("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
          iam.add_role_to_instance_profile, InstanceProfileName=profile, RoleName=role)
    got = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert [r["RoleName"] for r in got["Roles"]] == [role] and got["Tags"] == []
    assert "MaxSessionDuration" not in got["Roles"][0]
    of_role = iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]
    assert [p["InstanceProfileName"] for p in of_role] == [profile]
    conflict = "Cannot delete entity, must remove roles from instance profile first."
    fails("DeleteConflict", conflict, iam.delete_role, RoleName=role)
    fails("DeleteConflict", conflict, iam.delete_instance_profile, InstanceProfileName=profile)
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=profile)
    iam.delete_role(RoleName=role)
    fails("NoSuchEntity", f"Instance Profile {profile} cannot be found.", iam.get_instance_profile,
          InstanceProfileName=profile)


def test_access_keys(region, iam, unique):
    name = unique("user")
    iam.create_user(UserName=name)
    assert iam.list_access_keys(UserName=name)["AccessKeyMetadata"] == []
    key = iam.create_access_key(UserName=name)["AccessKey"]
    assert len(key["AccessKeyId"]) == 20 and len(key["SecretAccessKey"]) == 40
    iam.create_access_key(UserName=name)
    fails("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", iam.create_access_key, UserName=name)

    own = region.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    unused = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert unused["UserName"] == name
    assert unused["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    assert own.get_caller_identity()["Arn"].endswith(f":user/{name}")
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "us-east-1") and "LastUsedDate" in used

    fails("InvalidInput", "Keys of this region do not expire: *", iam.update_access_key, UserName=name,
          AccessKeyId=key["AccessKeyId"], Status="Expired")
    iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    fails("InvalidClientTokenId", "The security token included in the request is invalid.", own.get_caller_identity)
    iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Active")
    own.get_caller_identity()
    fails("NoSuchEntity", "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.", iam.update_access_key,
          UserName=name, AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Active")
    fails("AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform "
          "iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE", iam.get_access_key_last_used,
          AccessKeyId="AKIAIOSFODNN7EXAMPLE")
    for k in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=k["AccessKeyId"])
    fails("InvalidClientTokenId", "The security token included in the request is invalid.", own.get_caller_identity)
    iam.delete_user(UserName=name)


def test_a_renamed_user_keeps_its_keys(region, iam, user, unique):
    key, secret = user(allow("iam:GetUser"))
    mine = region.client("iam", key, secret)
    old, new = mine.get_user()["User"]["UserName"], unique("renamed")
    iam.update_user(UserName=old, NewUserName=new)
    assert mine.get_user()["User"]["UserName"] == new
    assert region.client("sts", key, secret).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{new}"
    iam.update_user(UserName=new, NewUserName=old)


def test_names_and_paths_are_checked(iam):
    fails("ValidationError", "The specified value for userName is invalid. It must contain only alphanumeric "
          "characters and/or the following: +=,.@_-", iam.create_user, UserName="a b")
    fails("ValidationError", "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member "
          "must have length less than or equal to 64", iam.create_user, UserName="u" * 65)
    fails("ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only "
          "alphanumeric characters and/or / characters.", iam.create_user, UserName="u", Path="/open")
    fails("ValidationError", "The specified value for pathPrefix is invalid. It must begin with the / character and contain "
          "only alphanumeric characters and/or / characters.", iam.list_users, PathPrefix="open")
    fails("ValidationError", "1 validation error detected: Value at 'status' failed to satisfy constraint: Member "
          "must satisfy enum value set", iam.update_access_key, AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Maybe")
    fails("ValidationError", "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy "
          "constraint: Member must have value less than or equal to 43200", iam.create_role, RoleName="r",
          AssumeRolePolicyDocument=EC2, MaxSessionDuration=43201)


def test_root_is_a_user_without_name(iam, sts):
    user = iam.get_user()["User"]
    who = sts.get_caller_identity()
    assert user["Arn"] == who["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert user["UserId"] == who["UserId"] == who["Account"] == ACCOUNT
    assert "UserName" not in user


def test_roles_of_services(iam):
    made = iam.create_service_linked_role(AWSServiceName="elasticache.amazonaws.com", Description="d")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForElastiCache"
    assert made["Path"] == "/aws-service-role/elasticache.amazonaws.com/"
    name = made["RoleName"]
    fails("InvalidInput", f"Service role name {name} has been taken in this account, please try a different suffix.",
          iam.create_service_linked_role, AWSServiceName="elasticache.amazonaws.com")
    fails("InvalidInput", "Custom suffix is not allowed for wafv2.amazonaws.com", iam.create_service_linked_role,
          AWSServiceName="wafv2.amazonaws.com", CustomSuffix="x")
    fails("UnmodifiableEntity", f"Cannot perform the operation on the protected role '{name}' - this role is only "
          "modifiable by AWS", iam.delete_role, RoleName=name)
    # AWS: tags and description are the account's.
    iam.tag_role(RoleName=name, Tags=[{"Key": "team", "Value": "web"}, {"Key": "stage", "Value": "one"}])
    iam.untag_role(RoleName=name, TagKeys=["stage"])
    iam.update_role(RoleName=name, Description="two")
    role = iam.get_role(RoleName=name)["Role"]
    assert role["Tags"] == [{"Key": "team", "Value": "web"}] and role["Description"] == "two"
    iam.update_role_description(RoleName=name, Description="three")
    fails("UnmodifiableEntity", "Cannot perform*", iam.update_role, RoleName=name, MaxSessionDuration=7200)
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "three"
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    fails("NoSuchEntity", f"The role with name {name} cannot be found.", iam.get_role, RoleName=name)


def test_credentials_that_cannot_be_made_are_none(iam, unique):
    """Who deletes a user with all that is its own lists them: Terraform's force_destroy."""
    user = unique("user")
    iam.create_user(UserName=user)
    for list_of, key in [(iam.list_ssh_public_keys, "SSHPublicKeys"), (iam.list_signing_certificates, "Certificates"),
                         (iam.list_service_specific_credentials, "ServiceSpecificCredentials")]:
        answer = list_of(UserName=user)
        assert answer[key] == []
        assert not answer.get("IsTruncated")
        fails("NoSuchEntity", "The user with name nobody-here cannot be found.", list_of, UserName="nobody-here")
    iam.delete_user(UserName=user)


def test_lists_come_in_pages(iam, unique):
    prefix = f"/{unique('page')}/"
    names = sorted(unique("user") for _ in range(5))
    for n in names:
        iam.create_user(UserName=n, Path=prefix)
    first = iam.list_users(PathPrefix=prefix, MaxItems=2)
    assert first["IsTruncated"] and len(first["Users"]) == 2
    pages = iam.get_paginator("list_users").paginate(PathPrefix=prefix, PaginationConfig={"PageSize": 2})
    assert sorted(u["UserName"] for p in pages for u in p["Users"]) == names
    fails("ValidationError", "Invalid Marker.", iam.list_users, PathPrefix=prefix, Marker="bogus")
    # A marker belongs to its call.
    fails("ValidationError", "Invalid Marker.", iam.list_users, PathPrefix="/", Marker=first["Marker"])
    for n in names:
        iam.delete_user(UserName=n)


def test_tags(iam, unique):
    user, role, policy = unique("user"), unique("role"), unique("policy")
    iam.create_user(UserName=user)
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=EC2)
    arn = iam.create_policy(PolicyName=policy, PolicyDocument=doc(allow("s3:*")))["Policy"]["Arn"]
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    insensitive = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    fails("InvalidInput", insensitive, iam.tag_user, UserName=user, Tags=twice)
    fails("InvalidInput", insensitive, iam.tag_role, RoleName=role, Tags=twice)
    fails("InvalidInput", "Duplicate tag keys found.", iam.tag_policy, PolicyArn=arn, Tags=[twice[0], twice[0]])
    iam.tag_policy(PolicyArn=arn, Tags=twice)
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [twice[1], twice[0]]
    iam.tag_user(UserName=user, Tags=[{"Key": "Cost", "Value": "1"}])
    iam.tag_user(UserName=user, Tags=[{"Key": "cost", "Value": "2"}])
    assert iam.list_user_tags(UserName=user)["Tags"] == [{"Key": "cost", "Value": "2"}]
    iam.untag_user(UserName=user, TagKeys=["COST"])
    assert iam.list_user_tags(UserName=user)["Tags"] == []
    fails("ValidationError", "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must "
          "have length less than or equal to 50", iam.tag_role, RoleName=role,
          Tags=[{"Key": str(i), "Value": ""} for i in range(51)])
    fails("ValidationError", "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: "
          "Member must have length less than or equal to 128", iam.tag_role, RoleName=role,
          Tags=[{"Key": "k" * 129, "Value": ""}])
    fails("ValidationError", "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: "
          "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+", iam.tag_role,
          RoleName=role, Tags=[{"Key": "no!", "Value": ""}])
    fails("ValidationError", "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member "
          "must satisfy constraint: [Member must have length less than or equal to 128, Member must have length "
          "greater than or equal to 1, Member must satisfy regular expression pattern: "
          "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must not be null]", iam.untag_role, RoleName=role,
          TagKeys=["k" * 129])
    iam.tag_role(RoleName=role, Tags=[{"Key": str(i), "Value": ""} for i in range(50)])
    fails("LimitExceeded", "The number of tags has reached the maximum limit.", iam.tag_role, RoleName=role,
          Tags=[{"Key": "one-more", "Value": ""}])
    page = iam.list_role_tags(RoleName=role, MaxItems=30)
    assert page["IsTruncated"] and len(page["Tags"]) == 30
    rest = iam.list_role_tags(RoleName=role, MaxItems=30, Marker=page["Marker"])
    assert not rest["IsTruncated"] and len({t["Key"] for t in page["Tags"] + rest["Tags"]}) == 50
    fails("InvalidInput", "Tag keys beginning with 'aws:' are reserved for system use.", iam.tag_user, UserName=user,
          Tags=[{"Key": "aws:x", "Value": ""}])
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName=role)
    iam.delete_user(UserName=user)


def test_state_outlives_a_crash(new_region):
    region = new_region()
    iam = region.client("iam")
    iam.create_user(UserName="ann", Path="/x/")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=doc(allow("iam:GetUser")))
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/x/ann"}))
    session = region.client("sts", key["AccessKeyId"], key["SecretAccessKey"]).assume_role(
        RoleArn=role["Role"]["Arn"], RoleSessionName="before")["Credentials"]
    region.kill()
    region.start()
    assert region.client("iam", key["AccessKeyId"], key["SecretAccessKey"]).get_user()["User"]["Path"] == "/x/"
    who = region.client("sts", session["AccessKeyId"], session["SecretAccessKey"],
                        session["SessionToken"]).get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/before"


def test_a_page_goes_on_after_a_restart(new_region):
    region = new_region()
    for name in ("ann", "ben", "cid"):
        region.client("iam").create_user(UserName=name, Path="/team/")
    first = region.client("iam").list_users(PathPrefix="/team/", MaxItems=2)
    region.restart()
    rest = region.client("iam").list_users(PathPrefix="/team/", MaxItems=2, Marker=first["Marker"])
    assert [u["UserName"] for u in first["Users"] + rest["Users"]] == ["ann", "ben", "cid"]
