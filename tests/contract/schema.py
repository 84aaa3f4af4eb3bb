"""Judges Instantly requests and answers by the vendor's own document (`instantly-slim.json`).

Stricter than the document where silence has bitten others: unknown top-level keys of a request and unknown query
parameters are rejected (instantly.md pitfall 5: the real one ignores a mistyped filter and answers everything). And
`leads/add` must name exactly one of campaign and list, which the document says only in prose.
"""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import jsonschema_rs

SLIM = json.loads(Path(__file__).with_name("instantly-slim.json").read_text())
ERROR = {
    "type": "object",
    "properties": {
        "statusCode": {"type": "integer"},
        "error": {"type": "string"},
        "message": {"type": "string"},
    },
    "required": ["statusCode", "error", "message"],
}
_PATTERNS = [
    (re.compile(re.sub(r"\{\w+\}", "[^/]+", name)), name)
    for name in sorted(SLIM["operations"], key=lambda name: ["{" in step for step in name.split("/")])
]


class ContractBroken(AssertionError):
    """A request or an answer is not what the document allows."""


class ContractTransport(httpx.BaseTransport):
    """Passes everything to `inner` and checks what goes to and comes from Instantly on the way.

    Answers that a fault rule of the sandbox spoiled are let through, and so are statuses of 500 and above. Without
    `requests` only answers are judged: for tests that ask what they should not.
    """

    def __init__(self, inner, *, requests=True):
        self._inner = inner
        self._requests = requests

    def handle_request(self, request):
        if not request.url.path.startswith("/api/v2/"):
            return self._inner.handle_request(request)
        request.read()
        method, path = request.method, request.url.path
        if self._requests:
            body = json.loads(request.content) if request.content else None
            check_request(method, path, request.url.query.decode(), body)
        response = self._inner.handle_request(request)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        sound = "sandbox_fault" not in response.extensions and response.status_code < 500 and is_json
        if sound and (self._requests or _known(method, path)):
            check_answer(method, path, response.status_code, json.loads(response.read()))
        return response

    def close(self):
        self._inner.close()


def check_request(method, path, query="", body=None):
    """Raise ContractBroken unless the document allows the request. `body` is decoded JSON, None where none is sent."""
    name, operation = _operation(method, path)
    known = {one["name"]: one["schema"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    given = {}
    for key, text in parse_qsl(query, keep_blank_values=True):
        given.setdefault(key, []).append(text)
    for key, texts in given.items():
        if key not in known:
            raise ContractBroken(f"{name}: no query parameter {key!r}")
        _check(known[key], _typed(texts, known[key]), f"{name}?{key}")
    wanted = operation.get("requestBody")
    if wanted and wanted["content"]["application/json"]["schema"] == {"type": "null"}:
        wanted = None  # the document's way to say that a DELETE has no body (instantly.md pitfall 9)
    if wanted and body is not None:
        _body_validator(name).check(body)
    elif (wanted and wanted.get("required")) or (body and not wanted):
        raise ContractBroken(f"{name}: {'a' if wanted else 'no'} body belongs here")


def check_answer(method, path, status, body):
    """Raise ContractBroken unless the document allows the answer; errors it does not list must have the usual shape."""
    name, operation = _operation(method, path)
    documented = operation["responses"].get(str(status))
    if documented is None and status < 400:
        raise ContractBroken(f"{name}: the document has no {status}")
    schema = documented["content"]["application/json"]["schema"] if documented else ERROR
    if status >= 400 and status not in schema["properties"].get("statusCode", ERROR).get("enum", [status]):
        schema = ERROR  # a few 400s of the document are written with the code and the name of its 404s
    _validator(json.dumps(_joined(schema)), f"{name} -> {status}").check(body)


def _joined(schema):
    """The schema with each `allOf` as one object: the document adds `tags` to an Account that allows no addition."""
    if isinstance(schema, list):
        return [_joined(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" not in schema:
        return {key: _joined(inner) for key, inner in schema.items()}
    parts = [SLIM["schemas"].get(one.get("$ref", "").rpartition("/")[2], one) for one in schema["allOf"]]
    properties = {name: reported for part in parts for name, reported in part["properties"].items()}
    return parts[0] | {"properties": properties}


class _Validator:
    def __init__(self, schema, where):
        whole = {"components": {"schemas": SLIM["schemas"]}, "allOf": [schema]}
        self._validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        self._where = where

    def check(self, value):
        for error in self._validator.iter_errors(value):
            place = "/".join(str(step) for step in error.instance_path)
            raise ContractBroken(f"{self._where}: at {place or 'the top'}: {error.message[:300]}")


@cache
def _validator(schema, where):
    return _Validator(json.loads(schema), where)


@cache
def _body_validator(name):
    schema = SLIM["operations"][name]["requestBody"]["content"]["application/json"]["schema"]
    strict = schema | {"additionalProperties": False}
    if name == "POST /api/v2/leads/add":
        strict["oneOf"] = [{"required": ["campaign_id"]}, {"required": ["list_id"]}]
    return _Validator(strict, name)


def _check(schema, value, where):
    _validator(json.dumps(schema), where).check(value)


def _known(method, path):
    return any(pattern.fullmatch(f"{method} {path}") for pattern, _ in _PATTERNS)


def _operation(method, path):
    for pattern, name in _PATTERNS:
        if pattern.fullmatch(f"{method} {path}"):
            return name, SLIM["operations"][name]
    raise ContractBroken(f"{method} {path}: not an operation that the slim document knows")


def _typed(texts, schema):
    # What a query carries as text, as the value that the schema speaks of; text that is none stays text and fails.
    kind, text = schema.get("type"), texts[-1]
    if kind == "array":
        return [_typed([one], schema["items"]) for one in texts]
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in {"integer", "number"} and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text
