# SPDX-License-Identifier: Apache-2.0
"""Temporary credentials: who a caller is, roles, sessions, federation."""
import base64
import hashlib
import hmac
import json
import struct
import time

import botocore.config
import botocore.exceptions
import pytest

ACCOUNT = "000000000000"


def refused(fn, *args, **kwargs):
    """The error code and message of a call that must fail."""
    with pytest.raises(botocore.exceptions.ClientError) as info:
        fn(*args, **kwargs)
    error = info.value.response["Error"]
    return error["Code"], error["Message"]


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, *more_actions, **condition):
    s = {"Effect": "Allow", "Action": ["sts:AssumeRole", *more_actions], "Principal": principal}
    if condition:
        s["Condition"] = condition
    return document(s)


def keys(credentials):
    return credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]


def totp(seed, at):
    """RFC 6238, as any authenticator computes it."""
    raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    mac = hmac.new(raw, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start:start + 4])[0] & 0x7fffffff) % 10**6:06d}"


@pytest.fixture
def role(iam, unique):
    """role(trust document, statement, …) makes a role; its description."""
    made = []

    def make(trust_document, *statements, **more):
        name = unique("role")
        r = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_document, **more)["Role"]
        made.append(name)
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
        return r

    yield make
    for name in made:
        try:
            for p in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                iam.delete_role_policy(RoleName=name, PolicyName=p)
            iam.delete_role(RoleName=name)
        except iam.exceptions.NoSuchEntityException:
            pass


UNCHECKED = botocore.config.Config(parameter_validation=False)


def assume(region, key, arn, session="s1", **more):
    return region.client("sts", *key, config=UNCHECKED).assume_role(RoleArn=arn, RoleSessionName=session, **more)


# --- who am I ---

def test_root_is_the_account(new_region):
    r = new_region(dev=True)
    for key, account in (("test", ACCOUNT), ("123456789012", "123456789012")):
        who = r.client("sts", key, "test").get_caller_identity()
        assert who["Account"] == account
        assert who["UserId"] == account
        assert who["Arn"] == f"arn:aws:iam::{account}:root"


def test_unknown_keys_are_refused(region):
    c = region.client("sts", "AKIAIOSFODNN7EXAMPLE", "secret")
    assert refused(c.get_caller_identity)[0] == "InvalidClientTokenId"


def test_unsigned_calls_are_refused(region):
    c = region.client("sts", config=botocore.config.Config(signature_version=botocore.UNSIGNED))
    for call in (c.get_caller_identity, c.get_session_token):
        code, message = refused(call)
        assert (code, message) == ("MissingAuthenticationToken", "Request is missing Authentication Token")


def test_identity_of_each_kind_of_principal(region, iam, user, role):
    key = user(allow("sts:*"))
    mine = region.client("sts", *key).get_caller_identity()
    assert mine["Arn"].startswith(f"arn:aws:iam::{ACCOUNT}:user/") and mine["UserId"].startswith("AIDA")

    r = role(trust({"AWS": mine["Arn"]}))
    a = assume(region, key, r["Arn"], "bob@x")
    assert a["AssumedRoleUser"]["AssumedRoleId"] == r["RoleId"] + ":bob@x"
    who = region.client("sts", *keys(a["Credentials"])).get_caller_identity()
    assert who["UserId"] == r["RoleId"] + ":bob@x"
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{r['RoleName']}/bob@x"
    assert a["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert "PackedPolicySize" not in a

    s = region.client("sts", *key).get_session_token()["Credentials"]
    assert region.client("sts", *keys(s)).get_caller_identity()["Arn"] == mine["Arn"]

    f = region.client("sts", *key).get_federation_token(Name="carl")
    assert f["FederatedUser"]["FederatedUserId"] == ACCOUNT + ":carl"
    who = region.client("sts", *keys(f["Credentials"])).get_caller_identity()
    assert who["UserId"] == ACCOUNT + ":carl"
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/carl"


# --- tokens ---

def test_a_token_belongs_to_its_key_and_region(region, new_region, sts):
    c = sts.get_session_token()["Credentials"]
    other = sts.get_session_token()["Credentials"]
    key, secret, token = keys(c)
    assert region.client("sts", key, secret, token).get_caller_identity()
    bent = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    for k, s, t in ((key, secret, bent), (key, secret, other["SessionToken"]), (key, secret, token[:-4]),
                    (key, secret, None), (key, secret, "x" * 20000)):
        assert refused(region.client("sts", k, s, t).get_caller_identity)[0] == "InvalidClientTokenId"
    assert refused(region.client("sts", key, "wrong", token).get_caller_identity)[0] == "SignatureDoesNotMatch"
    elsewhere = new_region()
    assert refused(elsewhere.client("sts", key, secret, token).get_caller_identity)[0] == "InvalidClientTokenId"


def test_tokens_outlive_a_restart_but_not_their_time(new_region):
    r = new_region(dev=True)
    c = r.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    r.restart()
    again = r.client("sts", *keys(c))
    assert again.get_caller_identity()["Account"] == ACCOUNT
    r.advance(905)
    assert refused(again.get_caller_identity)[0] == "ExpiredToken"


def test_a_session_ends_with_its_role_and_is_not_of_the_next_one(region, iam, user, role):
    key = user(allow("sts:AssumeRole"))
    r = role(trust({"AWS": ACCOUNT}), allow("iam:ListAccountAliases"))
    c = keys(assume(region, key, r["Arn"])["Credentials"])
    assert region.client("iam", *c).list_account_aliases()
    iam.delete_role_policy(RoleName=r["RoleName"], PolicyName="p")
    assert refused(region.client("iam", *c).list_account_aliases)[0] == "AccessDenied"
    iam.delete_role(RoleName=r["RoleName"])
    iam.create_role(RoleName=r["RoleName"], AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))
    iam.put_role_policy(RoleName=r["RoleName"], PolicyName="p", PolicyDocument=document(allow("*")))
    assert refused(region.client("iam", *c).list_account_aliases)[0] == "InvalidClientTokenId"
    assert refused(region.client("sts", *c).get_caller_identity)[0] == "InvalidClientTokenId"


# --- AssumeRole ---

def test_a_session_follows_its_user(region, iam, user, s3, bucket, unique):
    key = user(allow("sts:*"))
    mine = region.client("sts", *key)
    old, new = mine.get_caller_identity()["Arn"], unique("renamed")
    name = old.rpartition("/")[2]
    session = keys(mine.get_session_token()["Credentials"])
    federated = keys(mine.get_federation_token(Name="app", Policy=document(allow("s3:*")))["Credentials"])
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", Principal={"AWS": old})]}))
    for who in session, federated:
        region.client("s3", *who).list_objects_v2(Bucket=bucket)
    iam.update_user(UserName=name, NewUserName=new)
    assert region.client("sts", *session).get_caller_identity()["Arn"] == old.replace(name, new)
    for who in session, federated:  # whoever is called so by now is named, not these
        assert refused(region.client("s3", *who).list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    iam.update_user(UserName=new, NewUserName=name)
    region.client("s3", *session).list_objects_v2(Bucket=bucket)
    s3.delete_bucket_policy(Bucket=bucket)


def test_both_sides_must_allow(region, user, role):
    stranger, friend = user(), user(allow("sts:AssumeRole"))
    arn = region.client("sts", *friend).get_caller_identity()["Arn"]
    for_account, for_friend = role(trust({"AWS": ACCOUNT})), role(trust({"AWS": arn}))
    assert assume(region, friend, for_account["Arn"])
    assert assume(region, friend, for_friend["Arn"])
    me = region.client("sts", *stranger).get_caller_identity()["Arn"]
    for r in (for_account["Arn"], for_friend["Arn"], f"arn:aws:iam::{ACCOUNT}:role/none"):
        code, message = refused(assume, region, stranger, r)
        assert code == "AccessDenied"
        assert message == f"User: {me} is not authorized to perform: sts:AssumeRole on resource: {r}"
    named = role(trust({"AWS": me}))
    assert assume(region, stranger, named["Arn"])  # who is named himself needs nothing else
    assert refused(assume, region, friend, named["Arn"])[0] == "AccessDenied"


def test_root_assumes_no_role(sts, role):
    r = role(trust({"AWS": ACCOUNT}))
    assert refused(sts.assume_role, RoleArn=r["Arn"], RoleSessionName="s1") == \
        ("AccessDenied", "Roles may not be assumed by root accounts.")


def test_arn_that_is_none(region, user):
    key = user(allow("sts:AssumeRole"))
    for arn in ("arn:aws:iam::000000000000:user/x", "no-arn-but-long-enough"):
        assert refused(assume, region, key, arn) == ("ValidationError", arn + " is invalid")


def test_external_id(region, user, role):
    key = user(allow("sts:AssumeRole"))
    r = role(trust({"AWS": ACCOUNT}, StringEquals={"sts:ExternalId": "42"}))
    assert assume(region, key, r["Arn"], ExternalId="42")
    assert refused(assume, region, key, r["Arn"])[0] == "AccessDenied"
    assert refused(assume, region, key, r["Arn"], ExternalId="43")[0] == "AccessDenied"


def test_session_name_as_condition(region, user, role):
    key = user(allow("sts:AssumeRole"))
    r = role(trust({"AWS": ACCOUNT}, StringLike={"sts:RoleSessionName": "ops-*"}))
    assert assume(region, key, r["Arn"], "ops-1")
    assert refused(assume, region, key, r["Arn"], "dev-1")[0] == "AccessDenied"


def test_trust_is_in_the_user_and_not_in_its_name(region, iam, role, unique):
    """AWS: a trust policy follows a user that is renamed; of one that is gone the id is left, which nobody has."""
    name, renamed = unique("user"), unique("user")
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"

    def make(**arguments):
        made = iam.create_user(**arguments)["User"]
        key = iam.create_access_key(UserName=made["UserName"])["AccessKey"]
        return made["UserId"], (key["AccessKeyId"], key["SecretAccessKey"])

    def remove(name, key):
        iam.delete_access_key(UserName=name, AccessKeyId=key[0])
        iam.delete_user(UserName=name)

    def trusted():
        return iam.get_role(RoleName=r["RoleName"])["Role"]["AssumeRolePolicyDocument"]["Statement"]

    user_id, key = make(UserName=name)
    condition = {"StringNotEquals": {"aws:PrincipalArn": arn + "/"}, "ArnNotEquals": {"sts:SourceIdentity": arn}}
    r = role(trust({"AWS": ["AIDAGONEGONEGONEGONE", arn]}, **condition))
    s = trusted()
    assume(region, key, r["Arn"])
    iam.update_user(UserName=name, NewUserName=renamed, NewPath="/x/")
    s[0]["Principal"]["AWS"][1] = f"arn:aws:iam::{ACCOUNT}:user/x/{renamed}"
    assert trusted() == s
    assume(region, key, r["Arn"])
    remove(renamed, key)
    s[0]["Principal"]["AWS"][1] = user_id
    assert trusted() == s
    _, key = make(UserName=renamed, Path="/x/")
    assert refused(assume, region, key, r["Arn"])[0] == "AccessDenied"
    remove(renamed, key)


def test_tags_of_the_role_as_condition(region, user, role):
    for prefix in ("aws", "iam"):
        key = user(allow("sts:AssumeRole", Condition={"StringEquals": {prefix + ":ResourceTag/team": "blue"}}))
        blue, red = (role(trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), Tags=[{"Key": "team", "Value": value}])["Arn"]
                     for value in ("blue", "red"))
        assume(region, key, blue)
        assert refused(assume, region, key, red)[0] == "AccessDenied"


def test_durations(region, user, role):
    key = user(allow("sts:AssumeRole"))
    short, long = role(trust({"AWS": ACCOUNT})), role(trust({"AWS": ACCOUNT}), MaxSessionDuration=7200)
    assert refused(assume, region, key, short["Arn"], DurationSeconds=3601) == \
        ("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    for seconds in (899, 43201):
        assert refused(assume, region, key, long["Arn"], DurationSeconds=seconds)[0] == "ValidationError"
    c = assume(region, key, long["Arn"], DurationSeconds=7200)["Credentials"]
    assert 7100 < c["Expiration"].timestamp() - time.time() < 7300 + 86400  # other tests advance the clock


def test_session_policy_limits(region, iam, user, role, unique):
    key = user(allow("sts:AssumeRole"))
    r = role(trust({"AWS": ACCOUNT}), allow("iam:*"))
    only = document(allow("iam:ListAccountAliases"))
    a = assume(region, key, r["Arn"], Policy=only)
    assert 0 < a["PackedPolicySize"] < 10
    c = region.client("iam", *keys(a["Credentials"]))
    assert c.list_account_aliases()
    code, message = refused(c.create_group, GroupName=unique("g"))
    assert code == "AccessDenied" and message.endswith("because no session policy allows the iam:CreateGroup action")

    name = unique("policy")
    arn = iam.create_policy(PolicyName=name, PolicyDocument=only)["Policy"]["Arn"]
    c = region.client("iam", *keys(assume(region, key, r["Arn"], PolicyArns=[{"arn": arn}])["Credentials"]))
    assert c.list_account_aliases()
    assert refused(c.create_group, GroupName=unique("g"))[0] == "AccessDenied"
    iam.delete_policy(PolicyArn=arn)  # a policy that is gone allows nothing
    assert refused(c.list_account_aliases)[0] == "AccessDenied"
    assert refused(assume, region, key, r["Arn"], PolicyArns=[{"arn": arn}])[0] == "ValidationError"


def test_bad_session_policies(region, user, role):
    key = user(allow("sts:AssumeRole"))
    r = role(trust({"AWS": ACCOUNT}))
    assert refused(assume, region, key, r["Arn"], Policy="{")[0] == "MalformedPolicyDocument"
    assert refused(assume, region, key, r["Arn"], Policy=trust({"AWS": "*"}))[0] == "MalformedPolicyDocument"
    big = document(allow("s3:GetObject", [f"arn:aws:s3:::bucket-{i}/*" for i in range(200)]))
    code, message = refused(assume, region, key, r["Arn"], Policy=big)
    assert code == "PackedPolicyTooLarge" and "of allotted space" in message


def test_session_policy_stops_at_roles_of_the_chain(region, user, role):
    """A chained role has its own rights; the first session's policy limits only the step to it."""
    key = user(allow("sts:AssumeRole"))
    first = role(trust({"AWS": ACCOUNT}), allow("sts:AssumeRole"))
    second = role(trust({"AWS": ACCOUNT}), allow("iam:ListAccountAliases"), MaxSessionDuration=7200)
    closed = keys(assume(region, key, first["Arn"], Policy=document(allow("s3:*")))["Credentials"])
    assert refused(assume, region, closed, second["Arn"])[0] == "AccessDenied"
    through = keys(assume(region, key, first["Arn"])["Credentials"])
    code, message = refused(assume, region, through, second["Arn"], DurationSeconds=3601)
    assert code == "ValidationError" and "1 hour session limit for roles assumed by role chaining" in message
    c = region.client("iam", *keys(assume(region, through, second["Arn"], "s2")["Credentials"]))
    assert c.list_account_aliases()


def test_trust_by_session_and_role(region, user, role):
    key = user(allow("sts:AssumeRole"))
    first = role(trust({"AWS": ACCOUNT}))
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{first['RoleName']}/s1"
    for principal in (first["Arn"], session):
        second = role(trust({"AWS": principal}))
        s1, s2 = (keys(assume(region, key, first["Arn"], n)["Credentials"]) for n in ("s1", "s2"))
        assert assume(region, s1, second["Arn"])
        if principal == session:
            assert refused(assume, region, s2, second["Arn"])[0] == "AccessDenied"


# --- tags ---

def test_session_tags(region, user, role):
    key = user(allow(["sts:AssumeRole", "sts:TagSession"]))
    tags = [{"Key": "Team", "Value": "blue"}]
    closed = role(trust({"AWS": ACCOUNT}))
    code, message = refused(assume, region, key, closed["Arn"], Tags=tags)
    assert code == "AccessDenied" and "sts:TagSession" in message
    r = role(trust({"AWS": ACCOUNT}, "sts:TagSession", StringEquals={"aws:RequestTag/team": ["blue", "red"]}),
             allow("iam:ListAccountAliases", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}}))
    blue = keys(assume(region, key, r["Arn"], Tags=tags)["Credentials"])
    red = keys(assume(region, key, r["Arn"], Tags=[{"Key": "team", "Value": "red"}])["Credentials"])
    assert region.client("iam", *blue).list_account_aliases()
    assert refused(region.client("iam", *red).list_account_aliases)[0] == "AccessDenied"
    assert refused(assume, region, key, r["Arn"], Tags=[{"Key": "team", "Value": "green"}])[0] == "AccessDenied"


def test_tags_that_are_none(region, user, role):
    key = user(allow(["sts:AssumeRole", "sts:TagSession"]))
    r = role(trust({"AWS": ACCOUNT}, "sts:TagSession"))
    for tags, more, words in (
            ([{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}], {}, "Duplicate tag keys found"),
            ([{"Key": "aws:x", "Value": "1"}], {}, "reserved"),
            ([{"Key": "a", "Value": "1"}], {"TransitiveTagKeys": ["b"]}, "must be included")):
        code, message = refused(assume, region, key, r["Arn"], Tags=tags, **more)
        assert code == "InvalidParameterValue" and words in message
    many = [{"Key": f"k{i}", "Value": "v"} for i in range(51)]
    assert refused(assume, region, key, r["Arn"], Tags=many)[0] == "ValidationError"
    assert assume(region, key, r["Arn"], Tags=many[:50])["PackedPolicySize"] > 0
    large = [{"Key": f"key-{i}", "Value": "v" * 200} for i in range(50)]
    assert refused(assume, region, key, r["Arn"], Tags=large)[0] == "PackedPolicyTooLarge"


def test_transitive_tags_go_on(region, user, role):
    key = user(allow(["sts:AssumeRole", "sts:TagSession"]))
    may = allow(["sts:AssumeRole", "sts:TagSession"])
    first = role(trust({"AWS": ACCOUNT}, "sts:TagSession"), may)
    second = role(trust({"AWS": ACCOUNT}, "sts:TagSession"),
                  allow("iam:ListAccountAliases", Condition={"StringEquals": {"aws:PrincipalTag/go": "1"}}),
                  allow("iam:CreateGroup", Condition={"Null": {"aws:PrincipalTag/stay": "false"}}))
    one = keys(assume(region, key, first["Arn"], Tags=[{"Key": "go", "Value": "1"}, {"Key": "stay", "Value": "1"}],
                      TransitiveTagKeys=["go"])["Credentials"])
    c = region.client("iam", *keys(assume(region, one, second["Arn"])["Credentials"]))
    assert c.list_account_aliases()
    assert refused(c.create_group, GroupName="never-made")[0] == "AccessDenied"
    code, message = refused(assume, region, one, second["Arn"], Tags=[{"Key": "GO", "Value": "2"}])
    assert code == "InvalidParameterValue" and "conflicts with a transitive tag key" in message
    closed = role(trust({"AWS": ACCOUNT}))
    assert refused(assume, region, one, closed["Arn"])[0] == "AccessDenied"  # no sts:TagSession


def test_source_identity_stays(region, user, role):
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    key = user(allow(actions))
    first = role(trust({"AWS": ACCOUNT}, "sts:SetSourceIdentity"), allow(actions))
    second = role(trust({"AWS": ACCOUNT}, "sts:SetSourceIdentity", StringEquals={"sts:SourceIdentity": "ann"}),
                  allow("iam:ListAccountAliases", Condition={"StringEquals": {"aws:SourceIdentity": "ann"}}))
    a = assume(region, key, first["Arn"], SourceIdentity="ann")
    assert a["SourceIdentity"] == "ann"
    b = assume(region, keys(a["Credentials"]), second["Arn"])
    assert b["SourceIdentity"] == "ann"
    assert region.client("iam", *keys(b["Credentials"])).list_account_aliases()
    assert refused(assume, region, keys(a["Credentials"]), second["Arn"], SourceIdentity="bob")[0] == "AccessDenied"
    plain = role(trust({"AWS": ACCOUNT}))
    assert refused(assume, region, key, plain["Arn"], SourceIdentity="ann")[0] == "AccessDenied"


def test_provided_contexts_are_refused_by_name(region, user, role):
    c = region.client("sts", *user(allow("sts:AssumeRole")))
    context = {"ProvidedContexts.member.1.ProviderArn": "arn:aws:iam::aws:contextProvider/x",
               "ProvidedContexts.member.1.ContextAssertion": "abcdef"}
    c.meta.events.register("before-call.sts.AssumeRole", lambda params, **_: params["body"].update(context))
    r = role(trust({"AWS": ACCOUNT}))
    assert "rovidedContexts" in refused(c.assume_role, RoleArn=r["Arn"], RoleSessionName="s1")[1]


# --- MFA ---

@pytest.fixture
def device(new_region):
    """A region of its own (its clock moves), a user who may do all with a device, and code()."""
    r = new_region(dev=True)
    iam = r.client("iam")
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=document(allow("*")))
    k = iam.create_access_key(UserName="ann")["AccessKey"]
    d = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    seed = d["Base32StringSeed"].decode()
    advanced = [0]

    def code(later=0):
        return totp(seed, time.time() + advanced[0] + later)

    def advance(seconds):
        r.advance(seconds)
        advanced[0] += seconds

    iam.enable_mfa_device(UserName="ann", SerialNumber=d["SerialNumber"], AuthenticationCode1=code(),
                          AuthenticationCode2=code(30))
    advance(90)
    return r, (k["AccessKeyId"], k["SecretAccessKey"]), d["SerialNumber"], code, advance


def test_mfa(device):
    r, key, serial, code, advance = device
    iam = r.client("iam")
    iam.create_role(RoleName="safe", AssumeRolePolicyDocument=trust(
        {"AWS": ACCOUNT}, Bool={"aws:MultiFactorAuthPresent": "true"}, NumericLessThan={"aws:MultiFactorAuthAge": "60"}))
    arn = f"arn:aws:iam::{ACCOUNT}:role/safe"
    assert refused(assume, r, key, arn)[0] == "AccessDenied"
    now = code()
    assert assume(r, key, arn, SerialNumber=serial, TokenCode=now)
    again = refused(assume, r, key, arn, SerialNumber=serial, TokenCode=now)
    assert again == ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    assert "both MFA serial number" in refused(assume, r, key, arn, SerialNumber=serial)[1]
    code_, message = refused(assume, r, key, arn, SerialNumber=serial + "x", TokenCode="123456")
    assert code_ == "AccessDenied" and "unable to validate MFA code" in message

    advance(60)
    sts = r.client("sts", *key)
    s = keys(sts.get_session_token(SerialNumber=serial, TokenCode=code())["Credentials"])
    assert assume(r, s, arn)
    advance(90)
    assert refused(assume, r, s, arn)[0] == "AccessDenied"  # shown too long ago


def test_session_tokens_without_mfa_may_not_call_iam(device):
    r, key, serial, code, _ = device
    sts = r.client("sts", *key)
    plain = keys(sts.get_session_token()["Credentials"])
    assert refused(r.client("iam", *plain).list_users)[0] == "InvalidClientTokenId"
    assert r.client("s3", *plain).list_buckets()
    shown = keys(sts.get_session_token(SerialNumber=serial, TokenCode=code())["Credentials"])
    assert r.client("iam", *shown).list_users()["Users"]


# --- GetSessionToken, GetFederationToken ---

def test_sessions_get_no_sessions(region, user, role):
    key = user(allow("*"))
    r = role(trust({"AWS": ACCOUNT}), allow("*"))
    sts = region.client("sts", *key)
    sessions = {
        "user": keys(sts.get_session_token()["Credentials"]),
        "role": keys(assume(region, key, r["Arn"])["Credentials"]),
        "federated": keys(sts.get_federation_token(Name="carl", Policy=document(allow("*")))["Credentials"]),
    }
    for kind, k in sessions.items():
        c = region.client("sts", *k)
        assert c.get_caller_identity()
        assert refused(c.get_session_token) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")
        assert refused(c.get_federation_token, Name="dora")[0] == "AccessDenied"
        if kind == "federated":
            assert refused(assume, region, k, r["Arn"])[0] == "AccessDenied"
        else:
            assert assume(region, k, r["Arn"])
        if kind == "role":
            assert c.get_access_key_info(AccessKeyId=k[0])
        else:
            assert refused(c.get_access_key_info, AccessKeyId=k[0])[0] == "AccessDenied"


def test_root_sessions_last_an_hour(region, sts):
    c = sts.get_session_token(DurationSeconds=36000)["Credentials"]
    shorter = sts.get_session_token(DurationSeconds=900)["Credentials"]
    apart = (c["Expiration"] - shorter["Expiration"]).total_seconds()
    assert 2690 <= apart <= 2700
    unchecked = region.client("sts", config=UNCHECKED)
    assert refused(unchecked.get_session_token, DurationSeconds=899)[0] == "ValidationError"


def test_session_token_can_be_denied(region, user):
    key = user({"Effect": "Deny", "Action": "sts:GetSessionToken", "Resource": "*"})
    code, message = refused(region.client("sts", *key).get_session_token)
    assert code == "AccessDenied" and "explicit deny" in message
    assert region.client("sts", *user()).get_session_token()  # nothing need allow it


def test_federated_users_need_both_policies(region, user, unique):
    key = user(allow(["sts:GetFederationToken", "s3:*"]))
    sts = region.client("sts", *key)
    without = region.client("s3", *keys(sts.get_federation_token(Name="carl")["Credentials"]))
    assert refused(without.list_buckets)[0] == "AccessDenied"
    f = sts.get_federation_token(Name="carl", Policy=document(allow(["s3:ListAllMyBuckets", "sqs:*"])))
    assert f["PackedPolicySize"] > 0
    s3 = region.client("s3", *keys(f["Credentials"]))
    assert s3.list_buckets()
    assert refused(s3.create_bucket, Bucket=unique("b"))[0] == "AccessDenied"
    assert refused(region.client("iam", *keys(f["Credentials"])).list_users)[0] == "InvalidClientTokenId"


def test_federated_user_and_resource_policies(region, s3, bucket, user):
    """A bucket policy may name the federated user, or the user who made the token, whom the session
    policy limits."""
    key = user(allow("sts:GetFederationToken"))
    sts = region.client("sts", *key)
    arn = sts.get_caller_identity()["Arn"]
    f = sts.get_federation_token(Name="carl")
    limited = sts.get_federation_token(Name="dora", Policy=document(allow("s3:ListBucket")))
    carl, dora = (region.client("s3", *keys(x["Credentials"])) for x in (f, limited))
    for principal, may in ((f["FederatedUser"]["Arn"], (True, False)), (arn, (False, True))):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{bucket}"}]}))
        for c, ok in zip((carl, dora), may):
            if ok:
                assert c.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
            else:
                assert refused(c.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    s3.delete_bucket_policy(Bucket=bucket)


def test_federation_needs_permission(region, user):
    me = region.client("sts", *user())
    code, message = refused(me.get_federation_token, Name="carl")
    assert code == "AccessDenied" and f"arn:aws:sts::{ACCOUNT}:federated-user/carl" in message
    key = user(allow("sts:GetFederationToken"))
    tagged = refused(region.client("sts", *key).get_federation_token, Name="carl", Tags=[{"Key": "a", "Value": "b"}])
    assert tagged[0] == "AccessDenied" and "sts:TagSession" in tagged[1]


# --- look-ups ---

def test_account_of_a_key(region, sts, user):
    key = user()
    assert sts.get_access_key_info(AccessKeyId=key[0])["Account"] == ACCOUNT
    c = sts.get_session_token()["Credentials"]
    assert sts.get_access_key_info(AccessKeyId=c["AccessKeyId"])["Account"] == ACCOUNT
    assert refused(sts.get_access_key_info, AccessKeyId="AKIAIOSFODNN7EXAMPLE")[0] == "ValidationError"
    assert refused(region.client("sts", config=UNCHECKED).get_access_key_info, AccessKeyId="short")[0] == "ValidationError"
    assert refused(region.client("sts", *key).get_access_key_info, AccessKeyId=key[0])[0] == "AccessDenied"


def test_messages_that_are_none(region, sts, user):
    assert refused(sts.decode_authorization_message, EncodedMessage="abc")[0] == "InvalidAuthorizationMessageException"
    assert refused(region.client("sts", *user()).decode_authorization_message, EncodedMessage="abc")[0] == "AccessDenied"
