# SPDX-License-Identifier: Apache-2.0
"""Calls of EC2 that the SDK of the day does not know: forms, signed by it, and replies as plain dicts."""
import re
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

import botocore.auth
import botocore.awsrequest


def plain(element):
    """Text, or a dict by name; a set of <item> is a list."""
    children = list(element)
    name = lambda e: re.sub("^{.*}", "", e.tag)  # noqa: E731
    if not children:
        return [] if name(element).endswith("Set") else element.text
    if all(name(c) == "item" for c in children):
        return [plain(c) for c in children]
    return {name(c): plain(c) for c in children}


def call(ec2, action, **params):
    """(status, reply) of an operation with the credentials of that client; names of members are the wire's."""
    body = urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **params})
    request = botocore.awsrequest.AWSRequest("POST", ec2.meta.endpoint_url + "/", data=body,
                                             headers={"Content-Type": "application/x-www-form-urlencoded"})
    credentials = ec2._request_signer._credentials
    botocore.auth.SigV4Auth(credentials, "ec2", ec2.meta.region_name).add_auth(request)
    try:
        with urllib.request.urlopen(urllib.request.Request(
                request.url, body.encode(), dict(request.headers.items()), method="POST")) as reply:
            return reply.status, plain(ET.fromstring(reply.read()))
    except urllib.error.HTTPError as e:
        return e.code, plain(ET.fromstring(e.read()))


def ok(ec2, action, **params):
    status, reply = call(ec2, action, **params)
    assert status == 200, reply
    return reply


def refused(ec2, code, action, **params):
    status, reply = call(ec2, action, **params)
    assert status >= 400, reply
    [error] = [reply["Errors"]["Error"]] if isinstance(reply["Errors"], dict) else reply["Errors"]
    assert error["Code"] == code, error
    return error["Message"]
