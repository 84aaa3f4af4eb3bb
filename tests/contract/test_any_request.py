"""Made-up requests that the document allows, in any order: each is answered as documented, and nothing breaks."""

from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.instantly.happening import KINDS, happen
from tests.contract.make_slim import CONTRACT
from tests.contract.schema import ContractTransport, json

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer sandbox-key", "User-Agent": "leadbridge-tests/1"}
OPERATIONS = sorted(json.loads(CONTRACT.read_text())["operations"].items())
EMAILS = ("a@x.example", "already.there@example.com", "sender@sandbox.example")
TEXTS = {
    "email": EMAILS, "date": ("2026-11-01", "2026-11-20"), "date-time": ("2026-11-20T12:00:00Z",),
    "uri": ("https://hooks.example/",), None: ("", "Ünï", "a,b", "09:00", "2026-11-20", *EMAILS),
}  # fmt: skip


class MadeUp:
    """Values by schema, from one seed; ids are mostly of things that are there."""

    def __init__(self, seed, workspace):
        self.dice = Random(seed)
        self._workspace = workspace

    def value(self, schema, name=""):
        if "enum" in schema:
            return self.dice.choice(schema["enum"])
        if "oneOf" in schema:
            return self.value(self.dice.choice(schema["oneOf"]), name)
        kind = schema.get("type", "object")
        kind = self.dice.choice(kind) if isinstance(kind, list) else kind
        return getattr(self, kind)(schema, name)

    def null(self, _schema, _name):
        return None

    def boolean(self, _schema, _name):
        return self.dice.random() < 0.5

    def number(self, schema, _name):
        least = int(schema.get("minimum", 0))
        return self.dice.choice((least, float(least + 2), self.dice.randint(least, least + 60)))

    integer = number

    def string(self, schema, name):
        return self.id(name) if schema.get("format") == "uuid" else self.dice.choice(TEXTS[schema.get("format")])

    def array(self, schema, name):
        length = self.dice.randint(schema.get("minItems", 0), 3)
        return [self.value(schema.get("items", {"type": "string"}), name) for _ in range(length)]

    def object(self, schema, _name):
        wanted = schema.get("required", ())
        reported = schema.get("properties", {}).items()
        return {name: self.value(inner, name) for name, inner in reported if name in wanted or self.dice.random() < 0.3}

    def id(self, name):
        there = self._workspace
        known = {"campaign": there.campaigns, "list": there.lists, "webhook": there.webhooks, "tag": there.tags}
        known |= {"email": there.mails, "thread": there.mails, "job": there.jobs, "event": there.deliveries}
        things = next((things for word, things in known.items() if word in name), None) or list(there.people())
        return self.dice.choice(things).id if things and self.dice.random() < 0.9 else there.id


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_document_allows_is_answered_as_documented(seed):
    """Two hundred and fifty calls on one workspace, in which now and then something happens to a lead."""
    moment = NOW
    sandbox = Sandbox(demo_world(NOW), clock=lambda: moment)
    workspace = sandbox.world.instantly
    made = MadeUp(seed, workspace)
    transport = ContractTransport(sandbox.transport(), requests=False)
    with httpx.Client(transport=transport, base_url="https://vendor.example", headers=HEADERS) as client:
        for _ in range(250):
            moment += timedelta(seconds=made.dice.choice((0, 1, 70)))
            people = list(workspace.people())
            if people:
                happen(
                    workspace, made.dice.choice(people), made.dice.choice(KINDS), moment, step=made.dice.randint(0, 2)
                )
            name, reported = made.dice.choice(OPERATIONS)
            method, path = name.split(" ")
            path = path.replace("{email}", made.dice.choice(EMAILS)).replace("{thread_id}", made.id("thread"))
            query = made.object({"properties": reported.get("query", {})}, "")
            body = made.value(reported["body"]) if reported.get("body", {"type": "null"}) != {"type": "null"} else None
            answer = client.request(method, path.replace("{id}", made.id(path)), params=query, json=body)
            assert answer.status_code < 500, (name, query, body)
