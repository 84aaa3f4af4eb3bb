#!/usr/bin/env bash
# httpx 0.28.1 (PyPI):
#
#   An answer and the stream that it was read from refer to each other, also after both are closed. So the answer, its
#   request and the body that was sent stay in memory until Python looks for cycles. A program that sends large bodies
#   and looks seldom holds many of them. Giving the answer another stream, once it is read, sets all of them free.
#
# Ends with 1 if the request is gone without a look for cycles, or stays where the stream was replaced.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" httpx==0.28.1
cat > "$folder/ask.py" <<'PYTHON'
import gc
import weakref

import httpx

client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, json=[])))
gc.collect()
gc.disable()


def sent(*, replaced):
    """Whether the request is still there after its answer was read, closed and forgotten."""
    request = client.build_request("POST", "http://vendor.example/", content=b"x" * 1_000_000)
    answer = client.send(request, stream=True)
    answer.read()
    answer.close()
    if replaced:
        answer.stream = httpx.ByteStream(b"")
    return weakref.ref(request)


print(sent(replaced=False)() is not None, sent(replaced=True)() is not None)
PYTHON
said=$(PYTHONPATH="$folder" python3 "$folder/ask.py")
echo "the request stays in memory, also with another stream: $said"
[[ "$said" == "True False" ]]
