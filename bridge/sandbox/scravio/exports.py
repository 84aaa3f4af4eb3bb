"""Scravio's exports (scravio.md §6), and the place where pre-signed links lead to. Changes no lead."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from bridge.sandbox.limits import HOUR
from bridge.sandbox.scravio.account import ScravioAccount, SourceCampaign, has_email
from bridge.sandbox.scravio.call import Call, Table, enveloped, invalid, link, missing
from bridge.sandbox.scravio.validations import results
from bridge.sandbox.wire import Response, Row, answer, dumps, loads, moment, stamp

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


def _create(call: Call) -> Response:
    account, body = call.account, call.body()
    campaign = call.campaign(str(body.get("campaignId", "")))
    options = {"isEmailOnly": bool(body.get("emailOnly")), "onlyValidEmails": bool(body.get("onlyValidEmails"))}
    call.limit(5, HOUR, "exports")
    # The same order is answered by the export that is being made, or by a finished one of unchanged data.
    order = {"campaignId": campaign.id, **options}
    data = (campaign.facts["updatedAt"], len(campaign.crowd.select("all", lambda _row: True)))
    for export in reversed(account.exports):
        if order.items() <= export.items() and export["status"] == "processing":
            return enveloped(_shown(export), 201)
        if order.items() <= export.items() and export["status"] == "completed" and export["data"] == data:
            return enveloped(_shown(export), 200)
    made: Row = {"exportId": f"66c{len(account.exports):021x}", **order, "status": "processing", "progress": 0}
    made |= {"fileFormat": "csv", "createdAt": stamp(call.now), "completedAt": None, "totalRecords": 0}
    account.exports.append(made | {"data": data, "file": ""})
    return enveloped(made, 201)


def _shown(export: Row) -> Row:
    return {name: value for name, value in export.items() if name not in ("data", "file")}


def advance(account: ScravioAccount, now: datetime) -> None:
    """End the exports that have run their time."""
    for export in account.exports:
        end = moment(export["createdAt"]) + timedelta(seconds=account.habits.seconds)
        if export["status"] == "processing" and end <= now:
            export.update(status="failed" if account.habits.fails else "completed", progress=100)
            if not account.habits.fails:
                campaign = next(one for one in account.campaigns if one.id == export["campaignId"])
                text, records = _file(account, campaign)
                export.update(completedAt=stamp(end), totalRecords=records, file=text, fileSize=len(text))


def _file(account: ScravioAccount, campaign: SourceCampaign) -> tuple[str, int]:
    """The CSV of a campaign's leads with an address, and how many there are."""
    heads = account.habits.file_heads or HEADS
    chosen = campaign.crowd.select("with email", has_email)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([head for head, _ in heads])
    for index in chosen:
        row = loads(account.lead_text(campaign, index).encode())
        writer.writerow([_cell(row, field) for _, field in heads])
    return out.getvalue(), len(chosen)


def _cell(row: Row, field: str) -> str:
    outer, _, inner = field.partition(".")
    value: Any = row.get(outer)
    value = (value or {}).get(inner) if inner else value
    if value is None:
        return ""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else dumps(value)


def _list(call: Call) -> Response:
    wanted = {name: call.query[name] for name in ("campaignId", "status") if name in call.query}
    chosen = [_shown(one) for one in reversed(call.account.exports) if wanted.items() <= _shown(one).items()]
    rows, totals = call.page(chosen)
    return enveloped({"exports": rows, "pagination": totals})


def _download(call: Call) -> Response:
    for export in call.account.exports:
        if export["exportId"] == call.params["id"]:
            if export["status"] != "completed":
                raise invalid("id", "Export is not completed")
            return enveloped({"downloadUrl": link(call, export["exportId"]), "filename": "leads.csv"})
    raise missing("Export not found")


def fetch(call: Call) -> Response:
    """A file, for a request with its link and without a key: a store of files takes one kind of proof, not two."""
    if {"x-api-key", "authorization", "cookie"} & call.request.headers.keys():
        return answer({"message": "Only one auth mechanism allowed"}, 400)
    if call.query.get("signature") != "made-up":
        return answer({"message": "SignatureDoesNotMatch"}, 403)
    name = call.request.path.removeprefix("/files/").removesuffix(".csv")
    for job in call.account.jobs:
        if job["jobId"] == name:
            return Response(200, results(job["emails"]).encode(), "text/csv")
    for export in call.account.exports:
        if export["exportId"] == name:
            return Response(200, export["file"].encode(call.account.habits.file_encoding, "replace"), "text/csv")
    return answer({"message": "NoSuchKey"}, 404)


TABLE: Table = {
    "POST list-exports": _create,
    "GET list-exports": _list,
    "GET list-exports/{id}/download": _download,
}
