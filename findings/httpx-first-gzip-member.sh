#!/usr/bin/env bash
# httpx 0.28.1 (PyPI), and beside it requests 2.34.2:
#
#   A body with Content-Encoding: gzip may be several members one after the other, which are one stream (RFC 1952, 2.2):
#   so writes a server that packs piece by piece, or one that puts ready packed parts together. httpx unpacks the first
#   member and drops the others: status 200, the length as the header says it, no error and no warning. A list of 5,000
#   leads that was packed a thousand at a time is one of 1,000. Of several frames of zstd httpx reads each.
#
# Ends with 1 once httpx reads the rows of the other members too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1 requests==2.34.2 zstandard==0.25.0
cat > "$folder/ask.py" <<'PY'
import gzip
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import requests
import zstandard

PARTS = ["".join(f"lead{part * 1000 + n}@example.com\n" for n in range(1000)).encode() for part in range(5)]
BODIES = {
    "/gzip/one": gzip.compress(b"".join(PARTS)),
    "/gzip/several": b"".join(map(gzip.compress, PARTS)),
    "/zstd/several": b"".join(map(zstandard.compress, PARTS)),
}
assert gzip.decompress(BODIES["/gzip/several"]) == b"".join(PARTS)


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Encoding", self.path.split("/")[1])
        self.send_header("Content-Length", str(len(BODIES[self.path])))
        self.end_headers()
        self.wfile.write(BODIES[self.path])

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
Thread(target=server.serve_forever, daemon=True).start()
for client, path in (
    (httpx, "/gzip/one"),
    (httpx, "/gzip/several"),
    (httpx, "/zstd/several"),
    (requests, "/gzip/several"),
):
    answer = client.get(f"http://127.0.0.1:{server.server_port}{path}")
    rows = len(answer.text.splitlines())
    print(f"{client.__name__} {client.__version__} {path}: status {answer.status_code}, {rows} rows")
PY
said=$("$folder/venv/bin/python" "$folder/ask.py")
echo "$said"
# Seen: httpx 0.28.1 /gzip/one: status 200, 5000 rows
#       httpx 0.28.1 /gzip/several: status 200, 1000 rows
#       httpx 0.28.1 /zstd/several: status 200, 5000 rows
#       requests 2.34.2 /gzip/several: status 200, 5000 rows
grep -q "^httpx .*/gzip/several: status 200, 1000 rows" <<< "$said"
