# SPDX-License-Identifier: Apache-2.0
"""Secrets Manager: lists, filters, batches, passwords."""
import string

import pytest

from secrets_help import ask, code, fails


@pytest.fixture(scope="module")
def known(region):
    """Four secrets of an account of their own; a client of it."""
    sm = region.client("secretsmanager", "333344445555", "any")
    for name, description, tags in (("testing1/one", "a secret", {"Team": "blue"}), ("/testing2/two", "an secret", {}),
                                    ("testing3/three", "asecret", {"Team": "red", "env": "prod"}),
                                    ("/testing4/four", "thesecret", {})):
        sm.create_secret(Name=name, SecretString=f"of {name}", Description=description,
                         Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
    return sm


ONE, TWO, THREE, FOUR = "testing1/one", "/testing2/two", "testing3/three", "/testing4/four"


@pytest.mark.parametrize("filters,found", [
    ([("name", ["/"])], {TWO, FOUR}),
    ([("name", ["!/"])], {ONE, THREE}),
    ([("name", ["testing1 one"])], set()),
    ([("name", ["Testing"])], set()),
    ([("description", ["a"])], {ONE, TWO, THREE}),
    ([("description", ["!a"])], {FOUR}),
    ([("description", ["a secret"])], {ONE, TWO}),
    ([("description", ["A Secret"])], {ONE, TWO}),
    ([("description", ["a"]), ("name", ["secret"])], set()),
    ([("name", ["testing1", "testing3"])], {ONE, THREE}),
    ([("tag-key", ["Te"])], {ONE, THREE}),
    ([("tag-value", ["pro"])], {THREE}),
    ([("all", ["red"])], {THREE}),
    ([("all", ["TESTING4"])], {FOUR}),
    ([("primary-region", ["us"])], set()),
    ([("owning-service", ["rds"])], set()),
])
def test_filters(known, filters, found):
    got = known.list_secrets(Filters=[{"Key": k, "Values": v} for k, v in filters])["SecretList"]
    assert {s["Name"] for s in got} == found


def test_filters_that_are_wrong(known):
    assert fails(known.list_secrets, Filters=[{"Values": ["x"]}]) == ("InvalidParameterException", "Invalid filter key")
    assert fails(known.list_secrets, Filters=[{"Key": "name"}]) == (
        "InvalidParameterException", "Invalid filter values for key: name")
    got = fails(known.list_secrets, Filters=[{"Key": "color", "Values": ["x"]}])
    assert got[0] == "ValidationException" and "Member must satisfy enum value set" in got[1]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("by", ["name", "created-date", "last-changed-date", "last-accessed-date"])
def test_sorted_pages(region, known, by, order):
    names, token = [], None
    while True:
        more = {"NextToken": token} if token else {}
        status, page = ask(region, "ListSecrets", "333344445555", "any", SortBy=by, SortOrder=order, MaxResults=3, **more)
        assert status == 200 and len(page["SecretList"]) <= 3
        names += [s["Name"] for s in page["SecretList"]]
        token = page.get("NextToken")
        if not token:
            break
    expected = sorted([ONE, TWO, THREE, FOUR]) if by == "name" else [ONE, TWO, THREE, FOUR]
    if by != "last-accessed-date":
        assert names == (expected if order == "asc" else expected[::-1])
    assert sorted(names) == sorted([ONE, TWO, THREE, FOUR])


def test_a_page_looks_at_a_thousand_secrets(region):
    """A filter that finds little answers a short page with a token: one more is on the next."""
    sm = region.client("secretsmanager", "555566667777", "any")
    for i in range(1001):
        sm.create_secret(Name=f"s{i:04}")
    filters = [{"Key": "name", "Values": ["s1000"]}]
    first = sm.list_secrets(Filters=filters)
    assert first["SecretList"] == [] and first["NextToken"]
    second = sm.list_secrets(Filters=filters, NextToken=first["NextToken"])
    assert [s["Name"] for s in second["SecretList"]] == ["s1000"] and "NextToken" not in second


def test_a_token_belongs_to_its_list(known):
    token = known.list_secrets(MaxResults=1)["NextToken"]
    assert code(known.list_secrets, MaxResults=1, NextToken=token, SortOrder="desc") == "InvalidNextTokenException"
    assert code(known.list_secrets, NextToken="made-up") == "InvalidNextTokenException"


def test_batches(region, known):
    def batch(**members):
        return ask(region, "BatchGetSecretValue", "333344445555", "any", **members)
    known.create_secret(Name="marked", SecretString="x")
    known.delete_secret(SecretId="marked")
    status, got = batch(SecretIdList=[ONE, "none", FOUR, "marked"])
    assert status == 200
    assert [(v["Name"], v["SecretString"]) for v in got["SecretValues"]] == [(ONE, f"of {ONE}"), (FOUR, f"of {FOUR}")]
    assert [(e["SecretId"], e["ErrorCode"]) for e in got["Errors"]] == [
        ("none", "ResourceNotFoundException"), ("marked", "InvalidRequestException")]
    assert got["Errors"][0]["Message"] == "Secrets Manager can't find the specified secret."
    known.delete_secret(SecretId="marked", ForceDeleteWithoutRecovery=True)
    status, got = batch(Filters=[{"Key": "name", "Values": ["testing"]}], MaxResults=1)
    assert [v["Name"] for v in got["SecretValues"]] == [ONE] and got["Errors"] == []
    status, got = batch(Filters=[{"Key": "name", "Values": ["testing"]}], MaxResults=1, NextToken=got["NextToken"])
    assert [v["Name"] for v in got["SecretValues"]] == [THREE] and "NextToken" not in got
    for members in ({}, {"SecretIdList": [ONE], "Filters": [{"Key": "name", "Values": ["t"]}]}):
        status, got = batch(**members)
        assert (status, got["__type"]) == (400, "InvalidParameterException")
        assert got["Message"] == "Either 'SecretIdList' or 'Filters' must be provided, but not both."
    status, got = batch(SecretIdList=[ONE], MaxResults=1)
    assert got["Message"] == "'Filters' not specified. 'MaxResults' must also be omitted."
    assert batch(SecretIdList=["x"] * 21)[1]["__type"] == "ValidationException"


def test_passwords(region):
    sm = region.client("secretsmanager")
    made = sm.get_random_password()["RandomPassword"]
    assert len(made) == 32
    for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation):
        assert set(made) & set(kind)
    made = sm.get_random_password(PasswordLength=4096, ExcludeCharacters="abc\"", ExcludeNumbers=True, IncludeSpace=True,
                                  ExcludeUppercase=True)["RandomPassword"]
    assert len(made) == 4096 and set(made) == set(string.ascii_lowercase + string.punctuation + " ") - set("abc\"")
    made = sm.get_random_password(ExcludePunctuation=True, ExcludeLowercase=True, RequireEachIncludedType=False)
    assert set(made["RandomPassword"]) <= set(string.ascii_uppercase + string.digits)
    assert code(sm.get_random_password, PasswordLength=4097) == "ValidationException"
    assert ask(region, "GetRandomPassword", PasswordLength=0)[1]["__type"] == "ValidationException"
    assert code(sm.get_random_password, PasswordLength=3) == "InvalidParameterException"
    assert len(sm.get_random_password(PasswordLength=3, RequireEachIncludedType=False)["RandomPassword"]) == 3
    assert code(sm.get_random_password, ExcludeNumbers=True, ExcludePunctuation=True, ExcludeLowercase=True,
                ExcludeUppercase=True) == "InvalidParameterException"
