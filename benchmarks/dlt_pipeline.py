"""The same job by a dlt pipeline: `python -m benchmarks.dlt_pipeline URL default|tuned`. Needs the group `bench`.

The rest_api source reads every page of every finished campaign, a filter keeps whoever is valid, and a destination
function posts them a thousand at a time. Tuned: pages side by side, several loads at once, nothing buffered twice.
"""

import json
import os
import resource
import sys
import tempfile
import threading
import time

url, how = sys.argv[1], sys.argv[2]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
if how == "tuned":
    os.environ |= {
        "EXTRACT__WORKERS": "8",
        "EXTRACT__MAX_PARALLEL_ITEMS": "48",
        "NORMALIZE__WORKERS": "1",
        "LOAD__WORKERS": "8",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
        "DATA_WRITER__DISABLE_COMPRESSION": "true",
        "DATA_WRITER__FILE_MAX_ITEMS": "12000",
    }

import dlt  # noqa: E402 - its settings are read when it is imported
import requests  # noqa: E402
from dlt.sources.rest_api import rest_api_source  # noqa: E402

session = requests.Session()
session.headers.update({"Authorization": "Bearer sandbox-key", "User-Agent": "dlt-bench"})
counting = threading.Lock()
counted = {"read": 0, "delivered": 0, "posts": 0}


def is_valid(row):
    counted["read"] += 1
    return (row["emailValidation"] or {}).get("status") == "valid"


def source():
    paginator = {"type": "page_number", "base_page": 1, "total_path": "pagination.totalPages"}
    leads = {
        "path": "campaigns/{resources.campaigns._id}/leads",
        "params": {"hasEmail": "true", "sortBy": "scrapedAt", "order": "asc", "perPage": 100},
        "data_selector": "items",
    }
    resources = [
        {
            "name": "campaigns",
            "endpoint": {"path": "campaigns", "params": {"status": "fully_completed", "perPage": 100}},
        },
        {"name": "leads", "endpoint": leads, "parallelized": how == "tuned", "max_table_nesting": 0},
    ]
    resources[0]["endpoint"]["data_selector"] = "items"
    client = {
        "base_url": f"{url}/api/",
        "headers": {"X-API-Key": "sk_live_sandbox", "User-Agent": "dlt-bench"},
        "paginator": paginator,
    }
    made = rest_api_source({"client": client, "resources": resources}).with_resources("campaigns", "leads")
    made.resources["campaigns"].selected = False
    made.resources["leads"].add_filter(is_valid)
    return made


def target():
    found = session.get(f"{url}/api/v2/campaigns", params={"search": "Bench", "limit": 100}, timeout=60)
    return found.json()["items"][0]["id"]


@dlt.destination(batch_size=1_000, loader_file_format="typed-jsonl", naming_convention="direct", name="instantly")
def instantly(rows, table):  # noqa: ARG001 - dlt hands both over
    leads = [
        {
            "email": row["email"],
            "custom_variables": {"username": row.get("username"), "followers": row.get("followerCount")},
        }
        for row in rows
    ]
    body = {"campaign_id": CAMPAIGN, "skip_if_in_workspace": True, "leads": leads}
    answer = session.post(f"{url}/api/v2/leads/add", json=body, timeout=60)
    answer.raise_for_status()
    with counting:
        counted["delivered"] += answer.json()["leads_uploaded"]
        counted["posts"] += 1


CAMPAIGN = target()
begun = time.perf_counter()
with tempfile.TemporaryDirectory() as folder:
    pipeline = dlt.pipeline("bench", destination=instantly, pipelines_dir=folder)
    pipeline.run(source())
seconds = time.perf_counter() - begun
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu = sum(one.ru_utime + one.ru_stime for one in used)
peak = used[0].ru_maxrss / 1024
print(json.dumps({"leads": counted["read"], **counted, "seconds": seconds, "cpu": cpu, "peak_mb": peak}))
