"""`leadbridge mcp`: an assistant may look at everything and change nothing, by the official SDK's own client."""

import asyncio
import json
import sys

import pytest
from mcp import Client, StdioServerParameters

from bridge.cli.assistants.tools import masked, server
from tests.cli.conftest import unwrapped

TOOLS = {"status", "runs", "explain", "report", "rejects", "preview"}


def asked(*calls, show_addresses=False):
    """The answers of a server in this process to these calls, each (is an error, structured content or text)."""

    async def ask():
        async with Client(server(None, "", show_addresses=show_addresses)) as client:
            return [read(await client.call_tool(name, given)) for name, given in calls]

    return asyncio.run(ask())


def read(result):
    return result.is_error, result.content[0].text if result.is_error else result.structured_content


@pytest.fixture
def synced(leadbridge, vendors, configure):
    """Ten leads read, those that may be contacted delivered."""
    configure()
    assert leadbridge("sync", "--yes").exit_code in {0, 3}
    return vendors


def test_every_tool_only_reads(configure):
    """What would send, spend or delete is not offered, and each tool says so in the protocol's own words."""
    configure()

    async def listed():
        async with Client(server(None, "", show_addresses=False)) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert set(tools) == TOOLS
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in tools.values())
    assert all(tool.output_schema["properties"] for tool in tools.values())


def test_answers_agree_with_the_verbs(synced, leadbridge):
    """Each answer holds the figures of the verb's own JSON."""
    (_, status), (_, runs), (_, rejects), (_, report) = asked(
        ("status", {}), ("runs", {"limit": 1}), ("rejects", {"limit": 2}), ("report", {"by": ["platform"]})
    )
    _, reported = leadbridge.json("status")
    assert status["routes"][0]["states"] == reported["routes"][0]["states"]
    assert runs["runs"][0]["run_id"] == leadbridge.json("runs")[1]["runs"][0]["run_id"]
    _, all_rejects = leadbridge.json("rejects")
    assert sum(count["leads"] for count in rejects["counts"]) == len(all_rejects["rejects"])
    assert len(rejects["rejects"]) == min(2, len(all_rejects["rejects"]))
    assert report["total"]["delivered"] == leadbridge.json("report", "--no-credits")[1]["total"]["delivered"]


def test_addresses_are_masked_until_the_operator_says_otherwise(synced, leadbridge):
    """An answer shows j***@example.com; with --show-addresses it shows the address."""
    address = leadbridge.json("rejects")[1]["rejects"][0]["email"]
    ((_, hidden),) = asked(("explain", {"query": address}))
    assert hidden["leads"]
    assert address not in json.dumps(hidden)
    ((_, shown),) = asked(("explain", {"query": address}), show_addresses=True)
    assert shown["leads"][0]["email"] == address


def test_a_preview_sends_nothing(synced):
    """The tool plays a sync through and leaves ledger and target as they were."""
    before = asked(("status", {}))
    ((failed, played),) = asked(("preview", {}))
    assert not failed
    assert played["routes"][0]["route"] == "fitness"
    assert asked(("status", {})) == before


def test_problems_are_sentences(configure, bench):
    """An unknown route, lead or dimension, and an empty ledger, are one sentence with the next step."""
    configure()
    bench.record([bench.lead(1)])
    found = asked(
        ("status", {"routes": ["fitnes"]}), ("explain", {"query": "no.one@example.com"}), ("report", {"by": ["moon"]})
    )
    assert all(failed for failed, _ in found)
    assert 'The ledger has no route "fitnes"' in found[0][1]
    assert "knows no such lead" in found[1][1]
    assert '--by has no dimension "moon"' in found[2][1]


def test_masking_reaches_every_depth():
    """Keys, lists and texts within texts are masked alike."""
    document = {"a@b.com": ["write to jane@example.com now", {"x": "q@r.org"}], "n": 3, "none": None}
    assert "jane@" not in json.dumps(masked(document))
    assert masked(document)["n"] == 3


def test_over_stdio_as_an_assistant_starts_it(synced, folder):
    """The real command answers the SDK's client over stdin and stdout, and nothing else reaches stdout."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "bridge", "mcp"], cwd=folder)

    async def ask():
        async with Client(command) as client:
            return await client.call_tool("status", {})

    failed, status = read(asyncio.run(ask()))
    assert not failed
    assert status["routes"][0]["leads_known"] == 10


def test_without_the_extra_it_says_how_to_get_it(leadbridge, configure, monkeypatch):
    """Where the SDK is not installed, the verb names the command that installs it."""
    configure()
    monkeypatch.delitem(sys.modules, "bridge.cli.assistants.tools", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    result = leadbridge("mcp")
    assert result.exit_code == 2
    assert "'.[mcp]'" in unwrapped(result.output)
