"""What users of the command `instantly` do, one process for each step. Run by `__main__`."""

import json
import os
import subprocess
import time
from pathlib import Path

COMMAND = Path(os.environ["CLIENTS"]) / "node_modules" / ".bin" / "instantly"


def instantly(*words):
    """The JSON that the command prints; an error as it prints it, whatever its exit code."""
    done = subprocess.run([COMMAND, *words], check=False, capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout or done.stderr)


def rows(*words):
    reported = instantly(*words)
    return reported["items"] if isinstance(reported, dict) else reported


def main():
    campaign = next(one["id"] for one in rows("campaigns", "list") if one["name"] == "Fitness Q4")
    made = instantly("campaigns", "create", "--name", "From the command")
    assert made["status"] == 0, made
    assert instantly("campaigns", "activate", made["id"])["status"] == 1
    assert instantly("campaigns", "pause", made["id"])["status"] == 2
    assert instantly("campaigns", "update", made["id"], "--name", "Renamed")["name"] == "Renamed"
    assert instantly("campaigns", "duplicate", made["id"])["name"] == "Renamed (copy)"
    assert instantly("campaigns", "count-launched")["count"] >= 1

    people = json.dumps([{"email": f"cli{number}@people.example", "first_name": "Jo"} for number in range(3)])
    reported = instantly("leads", "bulk-add", "--campaign-id", campaign, "--leads", people)
    assert reported["leads_uploaded"] == 3, reported
    (lead,) = rows("leads", "list", "--campaign-id", campaign, "--search", "cli1@people.example")
    assert instantly("leads", "update", lead["id"], "--first-name", "Jane")["first_name"] == "Jane"
    assert instantly("leads", "update-interest-status", "--lead-id", lead["id"], "--interest-status", "interested")
    (keen,) = rows("leads", "list", "--campaign-id", campaign, "--filter", "FILTER_LEAD_INTERESTED")
    assert keen["id"] == lead["id"]

    move = ("--from-campaign-id", campaign, "--to-campaign-id", made["id"], "--lead-ids", lead["id"])
    assert instantly("leads", "move", *move)["type"] == "move-leads"
    time.sleep(1.2)
    (job,) = rows("background-jobs", "list")
    assert (job["status"], job["data"]["moved_leads"]) == ("success", 1)
    (found,) = rows("campaigns", "search-by-contact", "cli1@people.example")
    assert found["id"] == made["id"]
    assert instantly("campaigns", "funnel", "--campaign-id", made["id"])

    assert instantly("accounts", "update", "sender@sandbox.example", "--daily-limit", "44")["daily_limit"] == 44
    instantly("custom-tags", "create", "--label", "Ours")
    instantly("accounts", "tag", "--emails", "sender@sandbox.example", "--tags", "Ours")
    assert len(rows("custom-tag-mappings", "list")) == 1
    assert instantly("blocklist", "create", "--value", "blocked.example")["is_domain"] is True
    lead_list = instantly("lead-lists", "create", "--name", "From the command")
    assert instantly("lead-lists", "verification-stats", lead_list["id"])["total_leads"] == 0
    for word in ("campaign", "campaign-overview", "daily-campaign", "campaign-steps"):
        assert "error" not in instantly("analytics", word), word

    hook = instantly("webhooks", "create", "--url", "http://127.0.0.1:9/", "--event-type", "all_events")
    assert [one["id"] for one in rows("webhooks", "list")] == [hook["id"]]
    assert instantly("webhooks", "test", hook["id"])["success"] is False
    assert instantly("webhooks", "delete", hook["id"])["id"] == hook["id"]
    assert instantly("webhook-events", "summary")["total_events"] == 0

    # What the command does against the vendor's document (docs/assumptions.md): its field is "campaign", and no other.
    refused = instantly("leads", "create", "--email", "one@people.example", "--campaign-id", campaign)
    assert "additional properties (campaign_id)" in refused["error"], refused


if __name__ == "__main__":
    main()
