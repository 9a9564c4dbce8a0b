# SPDX-License-Identifier: Apache-2.0
"""sign - signed requests, made beforehand so that a load generator only replays bytes."""
import datetime
import functools
import hashlib
import hmac
import urllib.parse

from lib.settings import KEY_ID, REGION, SECRET


class Captured(Exception):
    """Ends a boto3 call before it is sent."""


def client(address, service, keys=(KEY_ID, SECRET)):
    import boto3
    from botocore.config import Config
    return boto3.client(service, endpoint_url="http://%s:%d" % address, region_name=REGION,
                        aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
                        config=Config(retries={"total_max_attempts": 1}, read_timeout=60,
                                      s3={"addressing_style": "path"}))


def capture(address, service, operation, keys=(KEY_ID, SECRET), **members):
    """The request as boto3 would send it: (method, target, headers, body). Good for a few minutes."""
    return captures(address, service, operation, [members], keys)[0]


def captures(address, service, operation, several, keys=(KEY_ID, SECRET)):
    """Such a request for each dict of members."""
    c = client(address, service, keys)
    return [captured(c, address, operation, members) for members in several]


def captured(c, address, operation, members):
    got = []

    def grab(request, **_):
        got.append(request)
        raise Captured()
    c.meta.events.register("before-send.*.*", grab, unique_id="grab")
    try:
        getattr(c, operation)(**members)
    except Captured:
        pass
    c.meta.events.unregister("before-send.*.*", unique_id="grab")
    r = got[0]
    target = "/" + r.url.split("://", 1)[1].partition("/")[2]
    body = r.body or b""
    if hasattr(body, "read"):
        body = body.read()
    headers = {k: v.decode() if isinstance(v, bytes) else str(v) for k, v in r.headers.items()
               if k.lower() not in ("expect", "content-length", "host")}
    headers["Host"] = "%s:%d" % address
    return r.method, target, headers, body.encode() if isinstance(body, str) else body


def quote(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


@functools.lru_cache(maxsize=16)
def signing_key(secret, date, service):
    k = ("AWS4" + secret).encode()
    for part in (date, REGION, service, "aws4_request"):
        k = hmac.new(k, part.encode(), hashlib.sha256).digest()
    return k


def s3(method, host, path, query=(), keys=(KEY_ID, SECRET), payload=None):
    """(target, headers) of an S3 request: presigned for an hour with an unsigned payload, or signed in
    headers when `payload`, the body's SHA-256, is given."""
    now = datetime.datetime.now(datetime.timezone.utc)
    at, date = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    scope = f"{date}/{REGION}/s3/aws4_request"
    headers = {"host": host}
    if payload:
        headers.update({"x-amz-date": at, "x-amz-content-sha256": payload})
    signed = ";".join(sorted(headers))
    pairs = list(query)
    if not payload:
        pairs += [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{keys[0]}/{scope}"),
                  ("X-Amz-Date", at), ("X-Amz-Expires", "3600"), ("X-Amz-SignedHeaders", signed)]
    text = "&".join(f"{quote(k)}={quote(v)}" for k, v in sorted(pairs))
    canonical = "\n".join([method, quote(path, "/-_.~"), text, "".join(f"{k}:{headers[k]}\n" for k in sorted(headers)),
                           signed, payload or "UNSIGNED-PAYLOAD"])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(signing_key(keys[1], date, "s3"), to_sign.encode(), hashlib.sha256).hexdigest()
    if not payload:
        return f"{path}?{text}&X-Amz-Signature={signature}", {"Host": host}
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={keys[0]}/{scope}, SignedHeaders={signed}, "
                                f"Signature={signature}")
    headers["Host"] = headers.pop("host")
    return path + ("?" + text if text else ""), headers
