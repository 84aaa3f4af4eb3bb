"""What an assistant does through the MCP server `instantly-mcp`, over its standard input. Run by `__main__`."""

import json
import os
import subprocess
from itertools import count
from pathlib import Path

SERVER = Path(os.environ["CLIENTS"]) / "node_modules" / "instantly-mcp" / "dist" / "index.js"
HELLO = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


class Server:
    def __init__(self):
        words = ["node", SERVER, "--api-key", os.environ["INSTANTLY_API_KEY"]]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(words, text=True, **pipes)
        self._numbers = count(1)

    def ask(self, method, /, **params):
        number = next(self._numbers)
        self.process.stdin.write(
            json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
        )
        self.process.stdin.flush()
        for line in self.process.stdout:
            reported = json.loads(line) if line.startswith("{") else {}
            if reported.get("id") == number:
                assert "error" not in reported, reported
                return reported["result"]
        raise AssertionError("the server is gone")

    def call(self, tool, /, **arguments):
        return json.loads(self.ask("tools/call", name=tool, arguments=arguments)["content"][0]["text"])

    def rows(self, tool, /, **arguments):
        reported = self.call(tool, **arguments)
        return reported["data"] if "data" in reported else reported["items"]


def main():
    server = Server()
    try:
        server.ask("initialize", **HELLO)
        found = server.rows("list_campaigns", get_all=True)
        campaign = next(one["id"] for one in found if one["name"] == "Fitness Q4")
        assert server.call("get_campaign", campaign_id=campaign)["name"] == "Fitness Q4"
        assert server.rows("list_accounts")[0]["email"] == "sender@sandbox.example"
        assert server.call("update_account", email="sender@sandbox.example", daily_limit=31)["daily_limit"] == 31
        assert server.call("get_campaign_analytics", campaign_id=campaign)
        assert server.call("get_campaign_analytics_overview")
        assert server.call("get_warmup_analytics", emails=["sender@sandbox.example"])
        assert server.call("create_lead_list", name="From the assistant")
        lead = server.rows("list_leads", limit=1)[0]
        assert server.call("update_lead", lead_id=lead["id"], first_name="Jane")["first_name"] == "Jane"
        assert server.rows("list_emails", limit=3) == []
    finally:
        server.process.kill()
        server.process.wait()


if __name__ == "__main__":
    main()
