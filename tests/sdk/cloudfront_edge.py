# SPDX-License-Identifier: Apache-2.0
"""What viewers and origins of distributions do in tests: requests by curl and by sockets to the addresses
that distributions have, and a web server of the test's own on loopback."""
import http.server
import json
import subprocess
import threading
import urllib.request


class Answer:
    """status, fields (names in lower case), body."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.version, self.status = lines[0].split(" ")[0], int(lines[0].split(" ")[1])
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()

    @property
    def cache(self):
        return self.fields.get("x-cache", "").removesuffix(" from cloudfront")


def addresses(region, name, port):
    """(address, bound port) of each edge location."""
    with urllib.request.urlopen(region.endpoint + "/_nephele/endpoints") as f:
        found = json.load(f)
    scheme = "https" if port == 443 else "http"
    return [(e["address"], e["port"]) for e in found
            if e["resource"] == "distribution" and e["name"] == name and e["url"].startswith(scheme + ":")]


def get(region, name, path="/", *args, tls=False, location=0, host=None):
    """One request by curl to an edge location of the distribution."""
    port = 443 if tls else 80
    where, bound = addresses(region, name, port)[location]
    url = f"{'https' if tls else 'http'}://{host or name}{path}"
    argv = ["curl", "-sS", "-i", "-k", "-m", "20", "--path-as-is", "--globoff", "--connect-to",
            f"::{where}:{bound}", *args, url]
    done = subprocess.run(argv, capture_output=True, check=True)
    raw = done.stdout
    while raw.startswith(b"HTTP/1.1 100"):
        raw = raw.partition(b"\r\n\r\n")[2]
    return Answer(raw)


class Origin(http.server.ThreadingHTTPServer):
    """Answers by `say(handler)` -> (status, fields, body); what was asked is in `asked`."""
    daemon_threads = True

    def __init__(self, say):
        self.say, self.asked, self.lock = say, [], threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def paths(self):
        with self.lock:
            return [path for path, _ in self.asked]

    def last(self):
        with self.lock:
            return self.asked[-1][1]

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        with self.server.lock:
            self.server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, fields, body = self.server.say(self)
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        if "Content-Length" not in fields:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer
