# SPDX-License-Identifier: Apache-2.0
"""Virtual MFA devices: seeds and pictures, binding, codes that count once, conditions on them."""
import shutil
import struct
import subprocess
import time
import zlib

import pytest
from iam_util import ACCOUNT, allow, doc, fails, totp, trust, use
from region import Region


@pytest.fixture(scope="module")
def own():
    """A region whose clock the tests may move."""
    with Region(dev=True) as r:
        r.moved = 0
        yield r


def now(region):
    return time.time() + region.moved


def wait_for_next_code(region):
    """Codes count once; the next one is 30 seconds away."""
    region.advance(30)
    region.moved += 30


def device(iam, name):
    return iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]


def enable(region, iam, user, made):
    seed = made["Base32StringSeed"]
    iam.enable_mfa_device(UserName=user, SerialNumber=made["SerialNumber"],
                          AuthenticationCode1=totp(seed, now(region), -1), AuthenticationCode2=totp(seed, now(region)))
    wait_for_next_code(region)


def person(region, iam, name, *statements):
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=doc(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return region.client("sts", key["AccessKeyId"], key["SecretAccessKey"])


def test_device_life(own):
    iam = own.client("iam")
    iam.create_user(UserName="ann")
    made = device(iam, "phone")
    serial, seed = made["SerialNumber"], made["Base32StringSeed"]
    assert serial == f"arn:aws:iam::{ACCOUNT}:mfa/phone" and len(seed) == 64
    fails("EntityAlreadyExists", "MFA device already exists.", iam.create_virtual_mfa_device,
          VirtualMFADeviceName="phone")
    fails("ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only "
          "alphanumeric characters and/or / characters.", iam.create_virtual_mfa_device, VirtualMFADeviceName="x",
          Path="/open")
    longest = "x" * (256 - len(serial) + len("phone"))
    fails("ValidationError", "Path and name of the device make a serial number of more than 256 characters.",
          iam.create_virtual_mfa_device, VirtualMFADeviceName=longest + "x")
    iam.delete_virtual_mfa_device(SerialNumber=device(iam, longest)["SerialNumber"])
    unassigned = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert [d["SerialNumber"] for d in unassigned] == [serial]
    wrong = {"AuthenticationCode1": "000000", "AuthenticationCode2": "000001"}
    fails("InvalidAuthenticationCode", "Authentication code for device is not valid.", iam.enable_mfa_device,
          UserName="ann", SerialNumber=serial, **wrong)
    same = totp(seed, now(own))
    fails("InvalidAuthenticationCode", "Authentication code for device is not valid.", iam.enable_mfa_device,
          UserName="ann", SerialNumber=serial, AuthenticationCode1=same, AuthenticationCode2=same)
    fails("NoSuchEntity", "The user with name nobody cannot be found.", iam.enable_mfa_device, UserName="nobody",
          SerialNumber=serial, **wrong)
    enable(own, iam, "ann", made)
    fails("EntityAlreadyExists", "MFA Device is already in use.", iam.enable_mfa_device, UserName="ann",
          SerialNumber=serial, **wrong)
    assert [d["SerialNumber"] for d in iam.list_mfa_devices(UserName="ann")["MFADevices"]] == [serial]
    assigned = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert assigned[0]["User"]["UserName"] == "ann" and "EnableDate" in assigned[0]
    fails("DeleteConflict", "Cannot delete entity, must delete MFA device first.", iam.delete_user, UserName="ann")
    # A device whose clock runs an hour ahead, found again by two of its codes.
    ahead = now(own) + 3600
    iam.resync_mfa_device(UserName="ann", SerialNumber=serial, AuthenticationCode1=totp(seed, ahead),
                          AuthenticationCode2=totp(seed, ahead, 1))
    iam.deactivate_mfa_device(UserName="ann", SerialNumber=serial)
    gone = f"MFA Device with serial number {serial} does not exist."
    fails("NoSuchEntity", gone, iam.deactivate_mfa_device, UserName="ann", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    fails("NoSuchEntity", gone, iam.delete_virtual_mfa_device, SerialNumber=serial)
    iam.delete_user(UserName="ann")


def png_rows(data):
    """The pixels of a one-bit grey PNG: True is dark."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, body, size = 8, b"", None
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        part = data[at + 8:at + 8 + n]
        assert struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0] == zlib.crc32(kind + part)
        size = struct.unpack(">II", part[:8]) if kind == b"IHDR" else size
        body += part if kind == b"IDAT" else b""
        at += 12 + n
    raw, stride = zlib.decompress(body), (size[0] + 7) // 8 + 1
    return [[not raw[y * stride + 1 + x // 8] >> (7 - x % 8) & 1 for x in range(size[0])] for y in range(size[1])]


def test_picture_of_the_seed(own, tmp_path):
    iam = own.client("iam")
    made = device(iam, "pictured")
    rows = png_rows(made["QRCodePNG"])
    modules = [row[16::4] for row in rows[16::4]]  # four empty modules around, four pixels each
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    assert ["".join("01"[m] for m in row[:7]) for row in modules[:7]] == finder
    assert all(not any(row[:16]) for row in rows)
    if shutil.which("zbarimg"):
        path = tmp_path / "qr.png"
        path.write_bytes(made["QRCodePNG"])
        read = subprocess.run(["zbarimg", "-q", "--raw", path], capture_output=True, text=True, check=True).stdout
        assert read.strip() == (f"otpauth://totp/Amazon%20Web%20Services:pictured@{ACCOUNT}?secret="
                                f"{made['Base32StringSeed'].decode()}&issuer=Amazon%20Web%20Services")
    iam.delete_virtual_mfa_device(SerialNumber=made["SerialNumber"])


def test_session_with_mfa(own):
    iam = own.client("iam")
    sts = person(own, iam, "bob", allow("iam:ListUsers", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
                 allow("iam:ListRoles", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "600"}}))
    made = device(iam, "bob")
    serial, seed = made["SerialNumber"], made["Base32StringSeed"]
    enable(own, iam, "bob", made)
    fails("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
          sts.get_session_token, SerialNumber=serial, TokenCode="000000")
    fails("AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass "
          "code.", sts.get_session_token, SerialNumber=serial)
    fails("AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA "
          "serial number is valid and associated with this user.", sts.get_session_token,
          SerialNumber=f"arn:aws:iam::{ACCOUNT}:mfa/other", TokenCode="123456")
    code = totp(seed, now(own))
    session = sts.get_session_token(SerialNumber=serial, TokenCode=code)["Credentials"]
    fails("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
          sts.get_session_token, SerialNumber=serial, TokenCode=code)
    with_mfa = use(own, session, "iam")
    with_mfa.list_users()
    with_mfa.list_roles()
    own.advance(601)
    own.moved += 601
    with_mfa.list_users()
    fails("AccessDenied", "User: *", with_mfa.list_roles)
    assert sts.get_caller_identity()["UserId"] == use(own, session, "sts").get_caller_identity()["UserId"]


def test_role_that_asks_for_mfa(own):
    iam = own.client("iam")
    sts = person(own, iam, "eve")
    made = device(iam, "eve")
    enable(own, iam, "eve", made)
    arn = f"arn:aws:iam::{ACCOUNT}:user/eve"
    role = iam.create_role(RoleName="guarded", AssumeRolePolicyDocument=trust(
        {"AWS": arn}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))["Role"]["Arn"]
    denied = f"User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role}"
    fails("AccessDenied", denied, sts.assume_role, RoleArn=role, RoleSessionName="eve")
    sts.assume_role(RoleArn=role, RoleSessionName="eve", SerialNumber=made["SerialNumber"],
                    TokenCode=totp(made["Base32StringSeed"], now(own)))
    # A session with MFA is shown by what it was made with.
    wait_for_next_code(own)
    session = sts.get_session_token(SerialNumber=made["SerialNumber"],
                                    TokenCode=totp(made["Base32StringSeed"], now(own)))["Credentials"]
    use(own, session, "sts").assume_role(RoleArn=role, RoleSessionName="eve")
    iam.delete_role(RoleName="guarded")
