"""Scravio's exports in the sandbox, and the place where pre-signed links lead to. Changes no lead."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bridge.sandbox.account import SourceCampaign
from bridge.sandbox.limits import HOUR, Allowance
from bridge.sandbox.people import Row
from bridge.sandbox.routes import Route
from bridge.sandbox.scravio_desk import Counter, enveloped, paged
from bridge.sandbox.scravio_validations import link
from bridge.sandbox.wire import Request, Response, answer, dumps, loads, moment, stamp

HEADS = (
    ("ID", "_id"), ("Platform", "platform"), ("Source Type", "sourceType"), ("Email", "email"),
    ("Email Masked", "emailMasked"), ("Email Source", "emailSource"), ("Phone Number", "phoneNumber"),
    ("Username", "username"), ("Full Name", "fullName"), ("Biography", "biography"),
    ("Follower Count", "followerCount"), ("Following Count", "followingCount"), ("Media Count", "mediaCount"),
    ("External URL", "externalUrl"), ("Is Private", "isPrivate"), ("Is Verified", "isVerified"),
    ("Is Business", "isBusiness"), ("Country", "country"), ("City", "cityName"), ("Keyword", "keyword"),
    ("Validation Status", "emailValidation.status"), ("Is Valid", "emailValidation.isValid"),
    ("Checked At", "emailValidation.checkedAt"), ("Scraped At", "scrapedAt"), ("Tiktok Video", "tiktokVideoUrl"),
)  # fmt: skip
"""Columns made up for the sandbox: no page names Scravio's own."""


class Exports:
    """`/list-exports`, and `/files/…` behind its links."""

    def __init__(self, counter: Counter, job_file: Callable[[str], str]) -> None:
        self._counter = counter
        self._job_file = job_file
        self._allowed = Allowance(5, HOUR)
        self.routes = (
            Route("POST", "/api/list-exports", self._create),
            Route("GET", "/api/list-exports", self._list),
            Route("GET", "/api/list-exports/{id}/download", self._download),
        )

    def advance(self) -> None:
        """End what has run its time."""
        habits, now = self._counter.account.habits, self._counter.now()
        for export in self._counter.account.exports:
            end = moment(export["createdAt"]) + timedelta(seconds=habits.seconds)
            if export["status"] == "processing" and end <= now:
                export.update(status="failed" if habits.fails else "completed", progress=100)
                if not habits.fails:
                    text, records = self._file(self._counter.find(export["campaignId"]))
                    export.update(completedAt=stamp(end), totalRecords=records, file=text, fileSize=len(text))

    def fetch(self, request: Request) -> Response:
        """A file, for whoever has its link and shows no key: a store of files takes one kind of proof, not two."""
        if {"x-api-key", "authorization", "cookie"} & request.headers.keys():
            return answer({"message": "Only one auth mechanism allowed"}, 400)
        if request.query.get("signature") != "made-up":
            return answer({"message": "SignatureDoesNotMatch"}, 403)
        name = request.path.removeprefix("/files/").removesuffix(".csv")
        if name.startswith("job-"):
            return Response(200, self._job_file(name.removeprefix("job-")).encode(), "text/csv")
        for export in self._counter.account.exports:
            if export["exportId"] == name:
                encoding = self._counter.account.habits.file_encoding
                return Response(200, str(export["file"]).encode(encoding, "replace"), "text/csv")
        return answer({"message": "NoSuchKey"}, 404)

    def _create(self, request: Request, _holes: Mapping[str, str]) -> Response:
        counter, body = self._counter, self._counter.body(request)
        campaign = counter.find(str(body.get("campaignId", "")))
        options = {"isEmailOnly": bool(body.get("emailOnly")), "onlyValidEmails": bool(body.get("onlyValidEmails"))}
        if not self._allowed.admit(counter.now()):
            raise counter.limited("Too many exports")
        data = (campaign.facts["updatedAt"], len(campaign.crowd.select("all", lambda _row: True)))
        for export in reversed(counter.account.exports):
            same = export["campaignId"] == campaign.id and all(export[name] == value for name, value in options.items())
            if same and export["status"] == "processing":
                return enveloped(counter, _shown(export), 201)
            if same and export["status"] == "completed" and export["data"] == data:
                return enveloped(counter, _shown(export), 200)
        export = {"exportId": f"66c{len(counter.account.exports):021x}", "campaignId": campaign.id, **options}
        export |= {"status": "processing", "progress": 0, "fileFormat": "csv", "createdAt": stamp(counter.now())}
        counter.account.exports.append(export | {"completedAt": None, "data": data, "file": "", "totalRecords": 0})
        return enveloped(counter, _shown(counter.account.exports[-1]), 201)

    def _list(self, request: Request, _holes: Mapping[str, str]) -> Response:
        query = request.query
        chosen = [
            _shown(one)
            for one in reversed(self._counter.account.exports)
            if query.get("campaignId", one["campaignId"]) == one["campaignId"]
            and query.get("status", one["status"]) == one["status"]
        ]
        rows, totals = paged(chosen, query)
        return enveloped(self._counter, {"exports": rows, "pagination": totals})

    def _download(self, request: Request, holes: Mapping[str, str]) -> Response:
        for export in self._counter.account.exports:
            if export["exportId"] == holes["id"]:
                if export["status"] != "completed":
                    raise self._counter.invalid("id", "Export is not completed")
                told = {"downloadUrl": link(self._counter, request, export["exportId"]), "filename": "leads.csv"}
                return enveloped(self._counter, told)
        raise self._counter.complain(404, "NOT_FOUND", "Export not found")

    def _file(self, campaign: SourceCampaign) -> tuple[str, int]:
        account = self._counter.account
        heads = account.habits.file_heads or HEADS
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([head for head, _ in heads])
        chosen = campaign.crowd.select("with email", lambda row: bool(row.get("email")))
        for index in chosen:
            row = _told(account.lead_text(campaign, index))
            writer.writerow([_cell(_value(row, field)) for _, field in heads])
        return out.getvalue(), len(chosen)


def _told(text: str) -> Row:
    found: Row = loads(text.encode())
    return found


def _shown(export: Row) -> Row:
    return {name: value for name, value in export.items() if name not in ("data", "file")}


def _value(row: Mapping[str, Any], field: str) -> Any:
    outer, _, inner = field.partition(".")
    value = row.get(outer)
    return (value or {}).get(inner) if inner else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else dumps(value)
