"""Scravio's creating and stopping of campaigns in the sandbox, and the credits they reserve. Scrapes nobody."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bridge.sandbox.account import SourceCampaign
from bridge.sandbox.crowd import Crowd
from bridge.sandbox.limits import MINUTE, Allowance
from bridge.sandbox.people import Row
from bridge.sandbox.routes import Route
from bridge.sandbox.scravio_desk import Counter, enveloped
from bridge.sandbox.wire import Request, Response, answer, stamp

_PLATFORMS = ("INSTAGRAM_", "YOUTUBE_", "FACEBOOK_", "LINKEDIN_", "TWITTER_", "TIKTOK_", "X_")
_MOST_EMAILS, _LONGEST_TITLE = 1_000_000, 100
_ACTIVE = ("pending", "scraping", "processing_emails")


class Starting:
    """`/campaigns` by POST, its preview, and stop."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._allowed = Allowance(5, MINUTE)
        self.routes = (
            Route("POST", "/api/campaigns/reserve-preview", self._preview),
            Route("POST", "/api/campaigns", self._create),
            Route("POST", "/api/campaigns/{id}/stop", self._stop),
        )

    def _checked(self, request: Request) -> tuple[Mapping[str, Any], float]:
        counter, body = self._counter, self._counter.body(request)
        emails = body.get("targetEmails")
        if not str(body.get("type", "")).startswith(_PLATFORMS):
            raise counter.invalid("type", "Unknown campaign type")
        if not isinstance(body.get("inputs"), dict) or not body["inputs"]:
            raise counter.invalid("inputs", f"Inputs are required for {body['type']} campaigns")
        if not isinstance(emails, int) or not 1 <= emails <= _MOST_EMAILS:
            raise counter.invalid("targetEmails", f"targetEmails must be between 1 and {_MOST_EMAILS}")
        if len(str(body.get("title") or "")) > _LONGEST_TITLE:
            raise counter.invalid("title", f"title must have at most {_LONGEST_TITLE} characters")
        each = 2.0 if body.get("enableEmailValidation") else 1.5
        return body, min(emails * each, float(body.get("maxCreditCap") or emails * each))

    def _preview(self, request: Request, _holes: Mapping[str, str]) -> Response:
        body, cost = self._checked(request)
        told: Row = {"type": body["type"], "creditReserved": cost, "targetEmails": body["targetEmails"]}
        told |= {"estimatedCredits": cost, "recommendedMaxCreditCap": cost, "maxCreditCap": body.get("maxCreditCap")}
        return enveloped(self._counter, told | {"warnings": [], "summary": {"maxCredits": cost}})

    def _create(self, request: Request, _holes: Mapping[str, str]) -> Response:
        counter, (body, cost) = self._counter, self._checked(request)
        number, now = len(counter.account.campaigns), counter.now()
        identity = f"66d{number:013x}00000000"
        counter.pay("CAMPAIGN_RESERVATION", cost, identity)
        crowd = Crowd(identity, 0, make=lambda _slot: {}, first=0, started=now, step=timedelta(seconds=8))
        idle = {"status": "pending", "startedAt": None, "completedAt": None, "lastError": None}
        facts: Row = {
            "title": body.get("title") or f"Campaign {number}",
            "type": body["type"],
            "status": "pending",
            "inputs": body["inputs"],
            "targetEmails": body["targetEmails"],
            "enableEmailValidation": bool(body.get("enableEmailValidation")),
            "progressPercentage": 0,
            "creditSettlement": {"isSettled": False, "creditReserved": cost},
            "phaseState": {"scraping": idle, "deepsearch": idle, "validation": idle},
            "postValidation": None,
            "createdAt": stamp(now),
            "updatedAt": stamp(now),
            "finishedAt": None,
        }
        made = SourceCampaign(identity, crowd, facts)
        counter.account.campaigns.append(made)
        return answer({"campaign": made.shown()}, 201)

    def _stop(self, _request: Request, holes: Mapping[str, str]) -> Response:
        counter, campaign = self._counter, self._counter.find(holes["id"])
        if not self._allowed.admit(counter.now(), campaign.id):
            raise counter.limited("Too many stop requests for this campaign")
        if campaign.facts["status"] in _ACTIVE:
            reserved = float((campaign.facts.get("creditSettlement") or {}).get("creditReserved") or 0)
            if counter.account.spent(campaign.id) > 0:
                counter.account.book("CAMPAIGN_SETTLEMENT", reserved, counter.now(), campaign.id)
            campaign.update(status="stopped", updatedAt=stamp(counter.now()), finishedAt=stamp(counter.now()))
        told: Row = {"campaignId": campaign.id, "stopRequested": True, "status": campaign.facts["status"]}
        return answer(told | {"stoppedBy": "user", "stoppedReason": "user_requested"})
