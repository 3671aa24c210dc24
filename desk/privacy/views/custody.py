"""Who opened what: the custody log by person, ticket, item, act and time, to read and to take along as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reads import count_each
from desk.privacy.presenter import PAGE, day_in, end_of, newest, number_in, older, start_of, tabs
from desk.shell.access import officers_page
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from evidence.models import CustodyEntry
from evidence.vault.custody import CustodyAction
from lib.types import Context
from tickets.models import Ticket
from tickets.references import as_reference
from tickets.words import EVIDENCE_KIND

FILTERS = ("person", "ref", "item", "action", "from", "to")
COLUMNS = ("number", "at", "who", "action", "complaint", "item", "kind", "purpose", "sha256")
BATCH = 500
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@officers_page
def log(request: HttpRequest) -> HttpResponse:
    """The latest first, by key."""
    asked, address = request.GET, reverse("desk:custody")
    before = number_in(asked, "before")
    found = entries(asked)
    found = found.filter(seq__lt=before) if before else found
    rows, after = older(address, asked, list(found[: PAGE + 1]), "seq")
    refs = refs_of(rows)
    here = urlencode({name: asked[name] for name in FILTERS if asked.get(name)})
    context = {
        "tabs": tabs("custody"),
        "address": address,
        "chosen": {name: asked.get(name, "") for name in FILTERS},
        "actions": CustodyAction.choices,
        "rows": [_row(entry, refs) for entry in rows],
        "older": after,
        "newest": newest(address, asked),
        "csv": f"{reverse('desk:custody_csv')}?{here}",
    }
    return render_page(request, "desk/privacy/log.html", context, title=_("Who opened what"), current="privacy")


def entries(asked: QueryDict) -> QuerySet[CustodyEntry]:
    """As the address narrows them. What names nobody and nothing finds nothing."""
    found = CustodyEntry.objects.select_related("by").order_by("-seq")
    if person := asked.get("person", "").strip().lower():
        found = found.filter(by__email=person)
    if ref := as_reference(asked.get("ref", "")):
        found = found.filter(ticket_id__in=Ticket.objects.filter(ref=ref).values("pk"))
    if asked.get("item", "").strip():
        found = found.filter(item_id=number_in(asked, "item") or 0)
    if action := asked.get("action", ""):
        found = found.filter(action=action)
    if first := day_in(asked, "from"):
        found = found.filter(at__gte=start_of(first))
    if last := day_in(asked, "to"):
        found = found.filter(at__lt=end_of(last))
    return found


def refs_of(rows: Iterable[CustodyEntry]) -> dict[int, str]:
    """Of the tickets that are still there (a draft may be gone, the log stays)."""
    return dict(Ticket.objects.filter(pk__in={entry.ticket_id for entry in rows}).values_list("pk", "ref"))


def _row(entry: CustodyEntry, refs: dict[int, str]) -> Context:
    return {
        "seq": entry.seq,
        "at": moment_text(entry.at),
        "who": str(entry.by) if entry.by else _("the system"),
        "action": entry.get_action_display(),
        "ref": refs.get(entry.ticket_id, ""),
        "item": entry.item_id,
        "name": EVIDENCE_KIND.get(entry.kind, entry.kind),
        "purpose": entry.purpose,
    }


# ---- CSV
@require_safe
@officers_page
def log_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Everything the filters find, streamed: the latest first, times in UTC, codes as the API has them."""
    response = StreamingHttpResponse(lines(entries(request.GET)), content_type="text/csv; charset=utf-8")
    name = f"custody-{timezone.localtime():%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """What a csv.writer writes into: it gives the line back."""

    def write(self, line: str) -> str:
        return line


def lines(found: QuerySet[CustodyEntry]) -> Iterator[str]:
    """Batch by batch, by key: neither memory nor one long-lived cursor grows with the log."""
    writer: Any = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    batch = list(found[:BATCH])
    while batch:
        refs = refs_of(batch)
        for entry in count_each(batch):
            yield writer.writerow(_safe(value) for value in _values(entry, refs))
        batch = list(found.filter(seq__lt=batch[-1].seq)[:BATCH])


def _values(entry: CustodyEntry, refs: dict[int, str]) -> tuple[object, ...]:
    who = entry.by.email if entry.by else ""
    ref = refs.get(entry.ticket_id, "")
    return (entry.seq, entry.at.isoformat(), who, entry.action, ref, entry.item_id, entry.kind, entry.purpose, entry.sha256)


def _safe(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
