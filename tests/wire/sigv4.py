# SPDX-License-Identifier: Apache-2.0
"""Signature Version 4 by hand: what the SDKs would not let a test do wrong.

    s = Signer(key_id, secret, service="iam")
    s.headers("POST", "/", {"Host": "127.0.0.1:4566"}, body)   # with Authorization
    s.presigned("GET", "/b/k", {"Host": …}, expires=60)         # the target with its signature

Paths are given as they go over the wire, percent-encoded.
"""
import dataclasses
import datetime
import hashlib
import hmac
import urllib.parse

EMPTY = hashlib.sha256(b"").hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-_.~")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical_query(query):
    pairs = [one.partition("=")[::2] for one in query.split("&") if one]
    coded = sorted(tuple(quote(urllib.parse.unquote_to_bytes(part)) for part in pair) for pair in pairs)
    return "&".join(f"{k}={v}" for k, v in coded)


@dataclasses.dataclass
class Signer:
    key_id: str
    secret: str
    token: str = None
    service: str = "iam"
    region: str = "us-east-1"
    when: datetime.datetime = None  # else now
    host_signed: bool = True
    unsigned: tuple = ()  # names of headers that are left out of the signature

    def stamp(self):
        when = self.when or datetime.datetime.now(datetime.timezone.utc)
        return when.strftime("%Y%m%dT%H%M%SZ")

    def scope(self, stamp):
        return f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"

    def key(self, stamp):
        k = ("AWS4" + self.secret).encode()
        for part in self.scope(stamp).split("/"):
            k = hmac.new(k, part.encode(), hashlib.sha256).digest()
        return k

    def sign(self, stamp, text):
        return hmac.new(self.key(stamp), text.encode(), hashlib.sha256).hexdigest()

    def names(self, headers):
        out = sorted(n.lower() for n in headers if n.lower() not in self.unsigned)
        return out if self.host_signed else [n for n in out if n != "host"]

    def path(self, path):
        """S3 signs the path as it is sent; the others encode it once more."""
        return path if self.service == "s3" else quote(path, "/")

    def signature(self, method, target, headers, payload_hash, stamp):
        path, _, query = target.partition("?")
        values = {n.lower(): " ".join(v.split()) for n, v in headers.items()}
        names = self.names(headers)
        canonical = "\n".join([method, self.path(path), canonical_query(query),
                               *(f"{n}:{values[n]}" for n in names), "", ";".join(names), payload_hash])
        to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, self.scope(stamp), sha256(canonical.encode("utf-8"))])
        return self.sign(stamp, to_sign)

    def headers(self, method, target, headers, body=b"", payload_hash=None):
        """`headers` (Host among them) with what the signature needs, and the signature."""
        stamp = self.stamp()
        out = dict(headers)
        out.setdefault("X-Amz-Date", stamp)
        if self.token is not None:
            out["X-Amz-Security-Token"] = self.token
        payload_hash = payload_hash or sha256(body)
        if self.service == "s3":
            out.setdefault("X-Amz-Content-SHA256", payload_hash)
        signature = self.signature(method, target, out, payload_hash, out["X-Amz-Date"])
        out["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.key_id}/{self.scope(out['X-Amz-Date'])}, "
                                f"SignedHeaders={self.signed(out)}, "
                                f"Signature={signature}")
        return out

    def signed(self, headers):
        return ";".join(self.names(headers))

    def presigned(self, method, target, headers, expires=300, payload_hash=None):
        """The target with its signature in the query; all of `headers` are signed."""
        stamp = self.stamp()
        payload_hash = payload_hash or (UNSIGNED if self.service == "s3" else EMPTY)
        query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{self.key_id}/{self.scope(stamp)}",
                 "X-Amz-Date": stamp, "X-Amz-Expires": str(expires), "X-Amz-SignedHeaders": self.signed(headers)}
        if self.token is not None:
            query["X-Amz-Security-Token"] = self.token
        target += ("&" if "?" in target else "?") + "&".join(f"{k}={quote(v)}" for k, v in query.items())
        return target + "&X-Amz-Signature=" + self.signature(method, target, headers, payload_hash, stamp)

    # --- aws-chunked ---

    def chunk_signature(self, stamp, previous, data):
        return self.sign(stamp, "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, self.scope(stamp), previous, EMPTY,
                                           sha256(data)]))

    def trailer_signature(self, stamp, previous, trailers):
        lines = "".join(f"{k.lower()}:{v}\n" for k, v in trailers.items())
        return self.sign(stamp, "\n".join(["AWS4-HMAC-SHA256-TRAILER", stamp, self.scope(stamp), previous,
                                           sha256(lines.encode())]))

    def chunks(self, headers, pieces, trailers=None):
        """The body for signed headers of this signer: each piece is a signed chunk."""
        stamp = headers["X-Amz-Date"]
        previous = headers["Authorization"].rpartition("Signature=")[2]
        out = []
        for piece in [*pieces, b""]:
            previous = self.chunk_signature(stamp, previous, piece)
            out.append(f"{len(piece):x};chunk-signature={previous}\r\n".encode() + piece + (b"\r\n" if piece else b""))
        if trailers:
            out += [f"{k}:{v}\r\n".encode() for k, v in trailers.items()]
            out.append(f"x-amz-trailer-signature:{self.trailer_signature(stamp, previous, trailers)}\r\n".encode())
        return b"".join(out) + b"\r\n"
