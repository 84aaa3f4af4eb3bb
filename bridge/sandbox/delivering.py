"""Posts the payloads of a served sandbox's webhooks, to this machine only. Decides nothing about tries.

The sandbox's keys are public: whoever reaches its port may register a webhook, and must not make it call other hosts.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from bridge.sandbox.instantly.records import Delivery
from bridge.sandbox.wire import dumps

_SECONDS = 5.0
_NO_ANSWER = 0


def post(delivery: Delivery) -> int:
    """The receiver's status; 0 where nobody answers in time, or where the address is not of this machine."""
    facts = delivery.webhook.facts
    if not _here(facts["target_hook_url"]):
        return _NO_ANSWER
    headers = (facts.get("headers") or {}) | {"Content-Type": "application/json"}
    try:
        # The answer is not read: only its status counts.
        with httpx.stream(
            "POST", facts["target_hook_url"], content=dumps(delivery.payload), headers=headers, timeout=_SECONDS
        ) as response:
            return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return _NO_ANSWER


def _here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
