"""Changes single answers on their way back, for what no habit of the sandbox does."""

import json
from contextlib import suppress

import httpx


class Rewritten(httpx.BaseTransport):
    """Passes everything to the sandbox; `edits` maps the end of a path to a function that changes its decoded body."""

    def __init__(self, sandbox, **edits):
        self._inner = sandbox.transport()
        self._edits = edits

    def handle_request(self, request):
        response = self._inner.handle_request(request)
        edit = self._edits.get(request.url.path.rpartition("/")[2].replace("-", "_"))
        if edit is None or response.status_code != httpx.codes.OK:
            return response
        body = json.loads(response.read())
        edit(body)
        return httpx.Response(200, headers={"Date": response.headers["Date"]}, json=body)


def no_room_reported(body):
    """Takes out every word about the plan's room: of an answer to a post, and of the plan itself."""
    with suppress(KeyError):
        del body["remaining_in_plan"]
    body.pop("subscriptions", None)
