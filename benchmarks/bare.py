"""The same calls as a first sync, by a bare loop without any state: `python -m benchmarks.bare URL AT_ONCE`.

Pages of a campaign are read side by side, then its detail; what is valid goes out in batches of a thousand as soon as a
thousand are there. No ledger, no hygiene, no rules, no doubt: what the wire and JSON alone cost.
"""

import asyncio
import json
import sys
import time

import httpx

HEADERS = {"X-API-Key": "sk_live_sandbox", "Authorization": "Bearer sandbox-key", "User-Agent": "bare-loop"}
ASKED = {"hasEmail": "true", "sortBy": "scrapedAt", "order": "asc", "perPage": 100}
BATCH = 1_000


class Bare:
    def __init__(self, client, url, at_once):
        self.client, self.url, self.at_once = client, url, at_once
        self.place = asyncio.Semaphore(at_once)
        self.writing = asyncio.Semaphore(at_once)
        self.calls = self.read = self.created = 0
        self.ready, self.batches = [], []

    async def get(self, path, **asked):
        async with self.place:
            response = await self.client.get(f"{self.url}/api{path}", params=asked)
        self.calls += 1
        return response.raise_for_status().json()

    async def post(self, body):
        async with self.writing:
            response = await self.client.post(f"{self.url}/api/v2/leads/add", json=body)
        self.calls += 1
        self.created += response.raise_for_status().json()["leads_uploaded"]

    async def page(self, campaign, number):
        page = await self.get(f"/campaigns/{campaign}/leads", page=number, **ASKED)
        self.read += len(page["items"])
        self.ready += [
            {
                "email": row["email"],
                "custom_variables": {"username": row["username"], "followers": row["followerCount"]},
            }
            for row in page["items"]
            if (row["emailValidation"] or {}).get("status") == "valid"
        ]
        while len(self.ready) >= BATCH:
            self.send(BATCH)
        return page["pagination"]["totalPages"]

    def send(self, count):
        leads, self.ready = self.ready[:count], self.ready[count:]
        body = {"campaign_id": self.target, "skip_if_in_workspace": True, "leads": leads}
        self.batches.append(asyncio.create_task(self.post(body)))

    async def campaign(self, campaign):
        pages = await self.page(campaign, 1)
        await asyncio.gather(*(self.page(campaign, number) for number in range(2, pages + 1)))
        await self.get(f"/campaigns/{campaign}")

    async def run(self):
        first = await self.get("/campaigns", status="fully_completed", perPage=100, page=1)
        campaigns = [row["_id"] for row in first["items"]]
        for number in range(2, first["pagination"]["totalPages"] + 1):
            listed = await self.get("/campaigns", status="fully_completed", perPage=100, page=number)
            campaigns += [row["_id"] for row in listed["items"]]
        found = await self.client.get(f"{self.url}/api/v2/campaigns", params={"search": "Bench", "limit": 100})
        self.target, self.calls = found.json()["items"][0]["id"], self.calls + 1
        waiting = iter(campaigns)
        # As many campaigns at a time as there are connections: enough to keep all of them busy, and memory flat.
        await asyncio.gather(*(self.several(waiting) for _ in range(self.at_once)))
        if self.ready:
            self.send(len(self.ready))
        await asyncio.gather(*self.batches)

    async def several(self, waiting):
        for campaign in waiting:
            await self.campaign(campaign)


async def main():
    url, at_once = sys.argv[1], int(sys.argv[2])
    limits = httpx.Limits(max_connections=2 * at_once, max_keepalive_connections=2 * at_once)
    begun, used = time.perf_counter(), time.process_time()
    async with httpx.AsyncClient(headers=HEADERS, timeout=60, limits=limits) as client:
        bare = Bare(client, url, at_once)
        await bare.run()
    told = {"leads": bare.read, "delivered": bare.created, "calls": bare.calls}
    print(json.dumps({**told, "seconds": time.perf_counter() - begun, "cpu": time.process_time() - used}))


if __name__ == "__main__":
    asyncio.run(main())
