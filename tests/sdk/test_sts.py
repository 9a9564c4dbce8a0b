# SPDX-License-Identifier: Apache-2.0
"""Who a caller is."""
import botocore.exceptions
import pytest


def code(info):
    return info.value.response["Error"]["Code"]


def test_root_is_the_account(new_region):
    r = new_region(dev=True)
    for key, account in (("test", "000000000000"), ("123456789012", "123456789012")):
        who = r.client("sts", key, "test").get_caller_identity()
        assert who["Account"] == account
        assert who["UserId"] == account
        assert who["Arn"] == f"arn:aws:iam::{account}:root"


def test_unknown_keys_are_refused(region):
    with pytest.raises(botocore.exceptions.ClientError) as e:
        region.client("sts", "AKIAIOSFODNN7EXAMPLE", "secret").get_caller_identity()
    assert code(e) == "InvalidClientTokenId"
