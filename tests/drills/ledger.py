# SPDX-License-Identifier: Apache-2.0
"""A client under load that keeps books: what the region said yes to, what it may have done when its answer
did not come. After a kill the books are compared with what is there.

Each client has keys and users of its own and does one thing after another, so at most one of its requests
is open when the region dies. An entry is the list of states that a thing may be in: one after an answer,
two after none."""
import base64
import dataclasses
import hashlib
import json

import botocore.exceptions

SMALL, LARGE, PART = 32 << 10, 600_000, 5 << 20
REFUSED = ("BadDigest", "InvalidPart", "PreconditionFailed")  # what the load is refused on purpose
KEYS, USERS = 12, 3


class Gone(Exception):
    """The region did not answer."""


def md5(data):
    return hashlib.md5(data, usedforsecurity=False)


@dataclasses.dataclass(frozen=True)
class State:
    """An object as a request left it."""
    size: int
    sum: str
    etag: str

    @classmethod
    def of(cls, *parts, multipart=False):
        body = b"".join(parts)
        etag = md5(b"".join(md5(p).digest() for p in parts)).hexdigest() + f"-{len(parts)}"
        return cls(len(body), md5(body).hexdigest(), f'"{etag if multipart else md5(body).hexdigest()}"')


class Client:
    def __init__(self, region, name, chance, long_parts=False):
        self.name, self.chance, self.long_parts = name, chance, long_parts
        self.objects = {}   # key in "plain" -> [State or None, …]
        self.versions = {}  # key in "versioned" -> {version: State or None}, all of them certain
        self.unsure = {}    # key in "versioned" -> State or None of a version that may be there
        self.users = {}     # name -> [policy or None, …]
        self.keys = {}      # name of a user -> its access key
        self.done = 0
        self.connect(region)

    def connect(self, region):
        self.s3, self.iam = region.client("s3"), region.client("iam")

    def run(self, stop):
        """Until the region is gone, which is True, or stop() says so."""
        deeds = [self.put] * 4 + [self.put_version] * 3 + [self.delete, self.delete_version, self.put_refused,
                                                           self.copy, self.multipart, self.multipart, self.user]
        while not stop():
            try:
                self.chance.choice(deeds)()
            except Gone:
                return True
        return False

    # --- one request ---

    def ask(self, call, **args):
        """Its reply; None when it was refused as it should be."""
        try:
            reply = call(**args)
        except botocore.exceptions.ClientError as e:
            assert e.response["Error"]["Code"] in REFUSED, e.response
            return None
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError) as e:
            raise Gone(str(e)) from e
        self.done += 1
        return reply

    def change(self, books, key, new, call, **args):
        """A request that takes books[key] to `new`, or leaves it when it is refused."""
        before = books.get(key, [None])
        books[key] = before + [new]
        books[key] = before if self.ask(call, **args) is None else [new]

    def body(self, most):
        return self.chance.randbytes(self.chance.randrange(1, most))

    def any_body(self):
        return self.body(self.chance.choice((SMALL, LARGE)))

    def key(self):
        return f"{self.name}/{self.chance.randrange(KEYS)}"

    # --- objects ---

    def put(self):
        key, body = self.key(), self.any_body()
        self.change(self.objects, key, State.of(body), self.s3.put_object, Bucket="plain", Key=key, Body=body)

    def put_refused(self):
        wrong = base64.b64encode(bytes(16)).decode()
        assert self.ask(self.s3.put_object, Bucket="plain", Key=self.key(), Body=self.any_body(),
                        ContentMD5=wrong) is None

    def delete(self):
        key = self.key()
        self.change(self.objects, key, None, self.s3.delete_object, Bucket="plain", Key=key)

    def copy(self):
        sure = sorted(k for k, s in self.objects.items() if len(s) == 1 and s[0] is not None)
        if not sure:
            return
        source, key = self.chance.choice(sure), self.key()
        was = self.objects[source][0]
        state = State(was.size, was.sum, f'"{was.sum}"')  # AWS: one part, whatever the source had
        if key != source:
            self.change(self.objects, key, state, self.s3.copy_object, Bucket="plain", Key=key,
                        CopySource={"Bucket": "plain", "Key": source})

    def multipart(self):
        key = self.key()
        upload = self.ask(self.s3.create_multipart_upload, Bucket="plain", Key=key)["UploadId"]
        same = {"Bucket": "plain", "Key": key, "UploadId": upload}
        parts = [self.body(LARGE)]
        if self.long_parts and self.chance.random() < 0.2:
            parts.insert(0, self.chance.randbytes(PART))
        named = [{"PartNumber": n, "ETag": self.ask(self.s3.upload_part, **same, PartNumber=n, Body=p)["ETag"]}
                 for n, p in enumerate(parts, 1)]
        end = self.chance.choice(("left", "aborted", "wrong", *["completed"] * 7))
        if end == "aborted":
            self.ask(self.s3.abort_multipart_upload, **same)
        if end == "wrong":
            named[0]["ETag"] = '"' + "0" * 32 + '"'
        if end in ("wrong", "completed"):
            self.change(self.objects, key, State.of(*parts, multipart=True), self.s3.complete_multipart_upload,
                        **same, MultipartUpload={"Parts": named})

    # --- versions ---

    def version(self, key, state, call, **args):
        self.unsure[key] = state
        reply = self.ask(call, Bucket="versioned", Key=key, **args)
        del self.unsure[key]
        self.versions.setdefault(key, {})[reply["VersionId"]] = state

    def put_version(self):
        body = self.any_body()
        self.version(self.key(), State.of(body), self.s3.put_object, Body=body)

    def delete_version(self):
        """The marker of a delete is a version, too."""
        self.version(self.key(), None, self.s3.delete_object)

    # --- users ---

    def user(self):
        """Makes one with a policy, gives it another, or removes it; some steps may be all that is done."""
        name = f"{self.name}-{self.chance.randrange(USERS)}"
        states = self.users.get(name, [None])
        if states == [None]:
            self.change(self.users, name, "", self.iam.create_user, UserName=name)
            self.keys[name] = self.ask(self.iam.create_access_key, UserName=name)["AccessKey"]
        elif len(states) == 1 and name in self.keys and self.chance.random() < 0.7:
            document = {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": f"s3:Get{self.chance.randrange(10**9)}", "Resource": "*"}]}
            self.change(self.users, name, json.dumps(document), self.iam.put_user_policy, UserName=name,
                        PolicyName="p", PolicyDocument=json.dumps(document))
        elif len(states) == 1:
            self.remove_user(name)

    def remove_user(self, name):
        for key in self.ask(self.iam.list_access_keys, UserName=name)["AccessKeyMetadata"]:
            self.keys.pop(name, None)
            self.ask(self.iam.delete_access_key, UserName=name, AccessKeyId=key["AccessKeyId"])
        if self.users[name] != [""]:
            self.change(self.users, name, "", self.iam.delete_user_policy, UserName=name, PolicyName="p")
        self.change(self.users, name, None, self.iam.delete_user, UserName=name)
