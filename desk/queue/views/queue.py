"""The queue: open tickets by next breach, a page at a time, filters in the address. The hottest page of the house."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from accounts.models import User
from accounts.reads import count_read
from accounts.roles import Role, roles_of
from accounts.viewer_queries import stand_in_viewer
from desk.queue import counts, paging
from desk.queue.filters import (
    Asker,
    FilterValues,
    QueueFilter,
    asker_of,
    errors_of,
    filter_form,
    filter_queue,
    filter_values,
    order_of,
    rows_of,
)
from desk.queue.rows import lines
from desk.queue.saved import query_of, views_of
from desk.shell.access import TAKERS, desk_page, viewer
from desk.shell.cached_labels import category_titles, labels_in, minute_of, people_of_the_desk, tags_in_use
from desk.shell.page_shell import render_page
from lib import memo
from lib.pages import render_html, url
from lib.prepared_queries import PreparedQuery
from lib.types import Context
from tickets.cases.search import REFERENCE, words_of
from tickets.references import as_reference
from tickets.reports.spreadsheets import FORMATS

SIZES = (20, 50, 100, 200)
SIZE = 50
SIZE_COOKIE, VIEWS_COOKIE = "desk_rows", "desk_views"
A_YEAR = 365 * 24 * 3600
PLACES = ("after", "before")
ANY_WORDS = "words"


@desk_page
def queue(request: HttpRequest) -> HttpResponse:
    """Five queries, however many rows: session, person, rows, what stands beside them, that it was read. Counts nothing."""
    q = as_reference(request.GET.get("q", ""))
    if REFERENCE.fullmatch(q) and rows_of(request, request.GET).filter(ref=q).exists():
        return HttpResponseRedirect(url("desk:ticket", q))
    return show(request, request.GET)


def show(request: HttpRequest, given: QueryDict, outcome: Mapping[str, object] | None = None) -> HttpResponse:
    """The page these filters and places name; `outcome` of what was just done to its rows."""
    after, before = (paging.place(given.get(name, "")) for name in PLACES)
    size = _size(request, given)
    words = words_of(given.get("q", ""))
    by = order_of(filter_values(given))
    if after or before or (given.get("q") and not words):
        page = paging.page(rows_of(request, given), size, after, before, by)
    else:
        page = paging.cut(_first_rows(request, given, words, size + 1), size, by=by)
    count_read(len(page.rows))
    context = {**_context(request, given, page), "size": size, "outcome": outcome}
    shown = render_page(request, "desk/queue.html", context, title=gettext("Queue"), current="queue")
    if str(size) == given.get("page_size") != request.COOKIES.get(SIZE_COOKIE):
        shown.set_cookie(SIZE_COOKIE, str(size), max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return shown


def _first_rows(request: HttpRequest, given: QueryDict, words: str, limit: int) -> list[paging.QueueRow]:
    """Of any view the first page, which is what is opened all day. Which words are looked for makes no other view."""
    user = viewer(request)
    chosen = tuple(
        ANY_WORDS if words and name == "q" else said for name, said in zip(QueueFilter.base_filters, filter_values(given), strict=True)
    )
    return paging.name_columns(_view(user.pk, roles_of(user), chosen, limit)(*asker_of(user, words)))


@lru_cache(maxsize=256)
def _view(pk: int, roles: frozenset[Role], chosen: FilterValues, limit: int) -> PreparedQuery:
    viewer, kinds = stand_in_viewer(pk, roles), (int, datetime, date, datetime, str)
    return PreparedQuery(lambda *asker: paging.in_order(filter_queue(viewer, chosen, Asker(*asker)), order_of(chosen))[:limit], *kinds)


def _size(request: HttpRequest, given: QueryDict) -> int:
    """As the address says, else as it was last chosen in this browser."""
    known = [said for said in (given.get("page_size", ""), request.COOKIES.get(SIZE_COOKIE, "")) if said in map(str, SIZES)]
    return int(known[0]) if known else SIZE


def _context(request: HttpRequest, given: QueryDict, page: paging.QueuePage) -> Context:
    user = viewer(request)
    language, now = get_language() or "", timezone.now()
    address, here = url("desk:queue"), query_of(given)
    views = views_of(user, language, now, request.COOKIES.get(VIEWS_COOKIE, ""))
    chosen = filter_values(given)
    minute = minute_of(now)
    return {
        "lines": lines(page.rows, user, language, now),
        "views": views,
        "counts": counts.cached_counts(request, views),
        "address": address,
        "filter": _filter(language, minute, address, chosen, errors_of(chosen)),
        "bulk": _bulk(language, minute),
        "here": here,
        "back": given.urlencode(),
        "sizes": [(each, _page_address(address, given, page_size=str(each))) for each in SIZES],
        "previous": _page_address(address, given, before=page.before) if page.before else "",
        "next": _page_address(address, given, after=page.after) if page.after else "",
        "pulse": f"{url('desk:pulse')}?at={int(now.timestamp() * 1_000_000)}&to={page.after}&{here}",
        "takes": [(form.upper(), f"{url('desk:export', form)}?{here}") for form in _forms(user)],
    }


@memo.lru(maxsize=128)
def _filter(language: str, minute: int, address: str, chosen: tuple[str, ...], errors: tuple[str, ...]) -> SafeString:
    """The form of filters as HTML. Most pages of a minute are the plain queue: theirs is drawn once."""
    now = datetime.fromtimestamp(minute * 60, tz=UTC)
    given = dict(zip(QueueFilter.base_filters, chosen, strict=True))
    context = {"form": filter_form(language), "said": labels_in(language), "titles": category_titles(language, now), "here": any(chosen)}
    tags = [(tag.code, tag.code) for tag in tags_in_use(now)]
    return render_html("desk/queue_filter.html", {**context, "tags": tags, "chosen": given, "errors": errors, "address": address})


@memo.lru(maxsize=4)
def _bulk(language: str, minute: int) -> SafeString:
    """The bar of what can be done to the rows that are ticked."""
    now = datetime.fromtimestamp(minute * 60, tz=UTC)
    return render_html("desk/queue_bulk.html", {"people": people_of_the_desk(now), "tags": tags_in_use(now)})


def _forms(user: User) -> tuple[str, ...]:
    return () if roles_of(user).isdisjoint(TAKERS) else FORMATS


def _page_address(address: str, given: QueryDict, **to: str) -> str:
    """Another page, or another size of page, of the same view."""
    kept = [(key, str(value)) for key, value in given.items() if key not in (*PLACES, *to)]
    return f"{address}?{urlencode([*kept, *to.items()])}"
