# SPDX-License-Identifier: Apache-2.0
"""Requests to S3 that SDKs do not make: any header, any body, chunks with signatures and trailers."""
import base64
import datetime
import hashlib
import hmac
import http.client
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib

EMPTY = hashlib.sha256(b"").hexdigest()


class Answer:
    def __init__(self, reply, body):
        self.status = reply.status
        self.headers = {k.lower(): v for k, v in reply.getheaders()}
        self.body = body

    @property
    def error(self):
        """(code, message) of an error document."""
        root = ElementTree.fromstring(self.body)
        return root.findtext("Code"), root.findtext("Message")

    def text(self, path):
        """Of a document, whatever its namespace."""
        found = [e for e in ElementTree.fromstring(self.body).iter() if e.tag.rpartition("}")[2] == path]
        return found[0].text if found else None


class Raw:
    def __init__(self, region, key=None, secret=None, token=None):
        self.region = region
        self.key, self.secret = (key, secret) if key else region.root
        self.token = token

    # --- signing ---

    def scope(self, date):
        return f"{date[:8]}/us-east-1/s3/aws4_request"

    def signing_key(self, date):
        k = ("AWS4" + self.secret).encode()
        for part in (date[:8], "us-east-1", "s3", "aws4_request"):
            k = hmac.new(k, part.encode(), hashlib.sha256).digest()
        return k

    def sign(self, method, path, query, headers, payload_hash, date):
        pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
        canonical_query = "&".join(f"{quote(k)}={quote(v)}" for k, v in pairs)
        names = sorted(headers)
        canonical = "\n".join([method, path, canonical_query,
                               "".join(f"{n}:{headers[n].strip()}\n" for n in names),
                               ";".join(names), payload_hash])
        text = "\n".join(["AWS4-HMAC-SHA256", date, self.scope(date),
                          hashlib.sha256(canonical.encode()).hexdigest()])
        signature = hmac.new(self.signing_key(date), text.encode(), hashlib.sha256).hexdigest()
        return signature, (f"AWS4-HMAC-SHA256 Credential={self.key}/{self.scope(date)}, "
                           f"SignedHeaders={';'.join(names)}, Signature={signature}")

    def sign_policy(self, text, date):
        """Of a form: the policy in base64 is the text that is signed."""
        return hmac.new(self.signing_key(date), text.encode(), hashlib.sha256).hexdigest()

    # --- requests ---

    def send(self, method, path, query="", body=b"", headers=None, payload_hash=None, anonymous=False,
             host=None):
        headers = {k.lower(): v for k, v in (headers or {}).items()}
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        path = "/" + quote(path.lstrip("/"), "/~")
        headers["host"] = host or self.region.address
        if not anonymous:
            headers["x-amz-date"] = date
            headers["x-amz-content-sha256"] = payload_hash or hashlib.sha256(body).hexdigest()
            if self.token:
                headers["x-amz-security-token"] = self.token
            _, headers["authorization"] = self.sign(method, path, query, headers,
                                                    headers["x-amz-content-sha256"], date)
        return self.exchange(method, path, query, body, headers)

    def exchange(self, method, path, query, body, headers):
        c = http.client.HTTPConnection(self.region.address, timeout=60)
        try:
            c.putrequest(method, path + ("?" + query if query else ""), skip_host=True,
                         skip_accept_encoding=True)
            for k, v in headers.items():
                c.putheader(k, v)
            if "content-length" not in headers and (body or method in ("PUT", "POST")):
                c.putheader("content-length", str(len(body)))
            c.endheaders()
            if body:
                c.send(body)
            reply = c.getresponse()
            return Answer(reply, reply.read())
        finally:
            c.close()

    def put_chunked(self, path, chunks, trailer=None, signed=True, spoil=None, headers=None):
        """aws-chunked: `chunks` one after another, a trailer of (name, value). spoil: "chunk", "trailer"
        or "length" is made wrong."""
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        mode = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" if signed else "STREAMING-UNSIGNED-PAYLOAD"
        if trailer:
            mode += "-TRAILER"
        length = sum(len(c) for c in chunks) + (1 if spoil == "length" else 0)
        headers = {k.lower(): v for k, v in (headers or {}).items()}
        headers.update({"host": self.region.address, "x-amz-date": date, "x-amz-content-sha256": mode,
                        "content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(length)})
        if trailer:
            headers["x-amz-trailer"] = trailer[0]
        path = "/" + quote(path.lstrip("/"), "/~")
        before, headers["authorization"] = self.sign("PUT", path, "", headers, mode, date)
        body = b""
        for chunk in [*chunks, b""]:
            if not signed:
                body += b"%x\r\n" % len(chunk) + chunk + (b"\r\n" if chunk else b"")
                continue
            before = self.sign_text("AWS4-HMAC-SHA256-PAYLOAD", date,
                                    [before, EMPTY, hashlib.sha256(chunk).hexdigest()])
            shown = "0" * 64 if spoil == "chunk" and chunk else before
            body += b"%x;chunk-signature=%s\r\n" % (len(chunk), shown.encode()) + chunk
            body += b"\r\n" if chunk or not trailer else b""
        if trailer:
            name, value = trailer
            body += f"{name}:{value}\r\n".encode()
            if signed:
                sum_ = hashlib.sha256(f"{name}:{value}\n".encode()).hexdigest()
                sig = self.sign_text("AWS4-HMAC-SHA256-TRAILER", date, [before, sum_])
                if spoil == "trailer":
                    sig = "0" * 64
                body += f"x-amz-trailer-signature:{sig}\r\n".encode()
            body += b"\r\n"
        return self.exchange("PUT", path, "", body, headers)

    def sign_text(self, kind, date, parts):
        text = "\n".join([kind, date, self.scope(date), *parts])
        return hmac.new(self.signing_key(date), text.encode(), hashlib.sha256).hexdigest()


def quote(text, safe="~"):
    return urllib.parse.quote(text, safe=safe)


def b64(data):
    return base64.b64encode(data).decode()


def md5(data):
    return hashlib.md5(data, usedforsecurity=False)


def crc32(data):
    return b64(zlib.crc32(data).to_bytes(4, "big"))


# CRC-64/NVME, bit by bit: slow, and surely the polynomial of the name.
def crc64nvme(data):
    table = getattr(crc64nvme, "table", None)
    if table is None:
        table = []
        for i in range(256):
            for _ in range(8):
                i = (i >> 1) ^ (0x9A6C9329AC4BC9B5 if i & 1 else 0)
            table.append(i)
        crc64nvme.table = table
    crc = 0xFFFFFFFFFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return b64((crc ^ 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big"))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return b64((crc ^ 0xFFFFFFFF).to_bytes(4, "big"))
