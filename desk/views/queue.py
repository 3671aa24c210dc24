"""The queue: open tickets by next breach, fifty at a time, filters in the address. The hottest page of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from accounts.models import User
from desk import paging
from desk.access import desk_page
from desk.filters import DONE, QueueFilter, filter_form
from desk.lexicon import Lexicon, Plain, category_titles, colleagues, lexicon, minute_of
from desk.pages import answer, content
from desk.saved import saved_views
from desk.showing.moments import day_text, left_text, money
from tickets.models import Ticket
from tickets.querysets import TicketQuerySet
from tickets.search import REFERENCE

SIZE = 50
PLACES = ("after", "before")
SOON = 24 * 3600
# All of it stands in the index ticket_open_queue: PostgreSQL never reads the tickets themselves.
COLUMNS = (
    "due_at", "id", "ref", "category", "status", "waiting_on", "lane", "amount", "currency", "due_key",
    "late_claim", "refund_tier", "created_at", "assignee",
)  # fmt: skip


class Line(NamedTuple):
    """One row as the template shows it: every text is HTML already, for escaping a thousand of them takes as long as the query."""

    ref: str
    due_iso: str
    due_text: str
    due_name: str
    tone: str
    category: str
    amount: str
    status: str
    waiting_on: str
    lane: str
    late: bool
    discretionary: bool
    filed: str
    assignee: str


@desk_page
def queue(request: HttpRequest) -> HttpResponse:
    """Four queries, whatever is shown: session, user, groups, rows. Counts nothing."""
    narrowed = _narrowed(request)
    q = request.GET.get("q", "").strip()
    if narrowed and REFERENCE.fullmatch(q.upper()) and narrowed.qs.filter(ref=q.upper()).exists():
        return HttpResponseRedirect(reverse("desk:ticket", args=[q.upper()]))
    rows = narrowed.qs if narrowed else _seen(request).in_queue()
    after, before = (paging.place(request.GET.get(name, "")) for name in PLACES)
    page = paging.page(rows, COLUMNS, SIZE, after, before)
    return answer(request, "desk/queue.html", _context(request, narrowed, page), title=gettext("Queue"), current="queue")


def _seen(request: HttpRequest) -> TicketQuerySet:
    user: Any = request.user
    return Ticket.objects.visible_to(user)


def _narrowed(request: HttpRequest) -> QueueFilter | None:
    """The filter of the address, or None for the plain queue. Words and closed statuses look beyond the open tickets."""
    given = request.GET
    if not any(given.get(name) for name in QueueFilter.base_filters):
        return None
    rows = _seen(request)
    beyond = given.get("q", "").strip() or given.get("status") in DONE or given.get("stage") == "done"
    return QueueFilter(given, rows.exclude(status="draft") if beyond else rows.in_queue(), request=request)


def _context(request: HttpRequest, narrowed: QueueFilter | None, page: paging.Page) -> dict[str, Any]:
    language, now = get_language() or "", timezone.now()
    errors = tuple(narrowed.form.errors) if narrowed else ()
    chosen = tuple(request.GET.get(name, "") for name in QueueFilter.base_filters)
    address = reverse("desk:queue")
    return {
        "lines": _lines(page.rows, language, now),
        "views": saved_views(language),
        "address": address,
        "filter": _filter(language, minute_of(now), address, chosen, errors),
        "ticket_address": reverse("desk:ticket", args=["0"])[:-2],
        "here": _here(request.GET),
        "previous": _turned(address, request.GET, "before", page.before),
        "next": _turned(address, request.GET, "after", page.after),
        "soon": SOON,
    }


@lru_cache(maxsize=128)
def _filter(language: str, minute: int, address: str, chosen: tuple[str, ...], errors: tuple[str, ...]) -> SafeString:
    """The form of filters as HTML. Most pages of a minute are the plain queue: theirs is drawn once."""
    titles = category_titles(language, datetime.fromtimestamp(minute * 60, tz=UTC))
    given = dict(zip(QueueFilter.base_filters, chosen, strict=True))
    context = {"form": filter_form(language), "said": lexicon(language), "titles": titles, "chosen": given, "errors": errors}
    return content("desk/queue_filter.html", {**context, "address": address})


def _here(given: QueryDict) -> str:
    """The filters of this page as an address, to mark the saved view that is open."""
    return "&".join(sorted(f"{name}={value}" for name, value in given.items() if value and name not in PLACES))


def _turned(address: str, given: QueryDict, name: str, place: str) -> str:
    if not place:
        return ""
    kept = [(key, str(value)) for key, value in given.items() if key not in PLACES]
    return f"{address}?{urlencode([*kept, (name, place)])}"


def _lines(rows: Sequence[paging.Row], language: str, now: datetime) -> list[Line]:
    said, titles, zone = lexicon(language), category_titles(language, now), timezone.get_current_timezone()
    names = _names({row[-1] for row in rows}, now)
    return [_line(row, said, titles, names, now, zone) for row in rows]


def _names(ids: set[int | None], now: datetime) -> Mapping[int, str]:
    """Names of the assignees, as HTML; one query more only for somebody who came this minute or has left the desk."""
    known = colleagues(now)
    strangers = [pk for pk in ids if pk is not None and pk not in known]
    if not strangers:
        return known
    people = User.objects.filter(pk__in=strangers).values_list("pk", "name", "email")
    return {**known, **{pk: escape(name or email) for pk, name, email in people}}


def _line(row: paging.Row, said: Lexicon, titles: Plain, names: Mapping[int, str], now: datetime, zone: tzinfo) -> Line:
    due_at, _pk, ref, category, status, waiting_on, lane, amount, currency, due_key, late, tier, created_at, assignee = row
    left = (due_at - now).total_seconds() if due_at else 0.0
    return Line(
        ref,
        due_at.isoformat() if due_at else "",
        left_text(left, said) if due_at else "",
        said.timer.get(due_key, ""),
        "bad" if left < 0 else "warn" if left < SOON else "info",
        titles.get(category) or escape(category),
        money(amount, currency),
        said.status[status],
        said.waiting_on.get(waiting_on, ""),
        "" if lane == "standard" else said.lane.get(lane, ""),
        late,
        tier == "discretionary",
        day_text(created_at.astimezone(zone), said),
        names.get(assignee, ""),
    )
