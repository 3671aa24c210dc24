"""Writes down who read what of other people, by the table of addresses: one row, before the answer leaves. ADR 48."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import ResolverMatch

from accounts.models import ReadEntry, User
from accounts.reads import Reading, ReadOf, begin_reading, is_reader, record_read, with_term
from supportdesk.errors import busy
from supportdesk.read_table import ADMIN_READS, GET, READS, ReadRow

log = logging.getLogger(__name__)
Kind, Door = ReadEntry.Kind, ReadEntry.Door
_ONE = frozenset({Kind.OPENED, Kind.REPORTED, Kind.DOSSIER})
_ADMIN_VIEWS = {"changelist": Kind.LISTED, "change": Kind.OPENED, "history": Kind.OPENED, "delete": Kind.OPENED}


class ReadsMiddleware:
    """The innermost: it knows who asked, by session or by token. What cannot be written down is not shown (503)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reading = begin_reading()
        response = self.get_response(request)
        found = row_of(request)
        if found is None or not is_shown(str(request.method), response.status_code, reading):
            return response
        row, what = found
        user = request.user
        if not isinstance(user, User) or not user.is_authenticated or not (row.by_owner or is_reader(user)):
            return response
        _count_admin_list(response, reading)
        if reading.count is None and (what.kind in _ONE or row.by_owner):
            reading.count = 1
        try:
            entry = record_read(user, what, reading)
        except DatabaseError:
            log.exception("A reading could not be written down")
            response.close()
            return busy(request)
        if isinstance(response, StreamingHttpResponse) and entry.kind not in _ONE:
            response.streaming_content = _counted_to_the_end(iter(response), reading, entry)
        return response


def is_shown(method: str, status: int, reading: Reading) -> bool:
    """A form that is refused shows its page once more, whatever the status."""
    return 200 <= status < 300 or (method == "POST" and 400 <= status < 500 and reading.shown)


def row_of(request: HttpRequest) -> tuple[ReadRow, ReadOf] | None:
    """What this request reads; None for what shows nobody's."""
    match = request.resolver_match
    if match is None:
        return None
    if match.namespaces[:1] == ["admin"]:
        return _of_admin(request, match)
    row = READS.get(match.route)
    if row is None or request.method not in row.methods:
        return None
    door = Door.API if match.route.startswith("api/") else Door.PAGE
    ref = next((str(found) for name in row.names if (found := match.kwargs.get(name) or request.GET.get(name, ""))), "")
    return row, with_term(ReadOf(row.kind, door, match.route, ref), _typed_words(request, row.terms))


def _typed_words(request: HttpRequest, names: Iterable[str]) -> str:
    """What was looked for, from the address or from the form."""
    asked = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
    return next((said for name in names for where in asked if (said := where.get(name, "").strip())), "")


def _of_admin(request: HttpRequest, match: ResolverMatch) -> tuple[ReadRow, ReadOf] | None:
    """Its addresses name model and page: `tickets_ticket_changelist`."""
    if match.url_name == "autocomplete":
        row = ReadRow(Kind.SEARCHED, terms=("term",))
        return row, with_term(ReadOf(row.kind, Door.ADMIN, match.route), _typed_words(request, row.terms))
    label, _cut, view = (match.url_name or "").rpartition("_")
    kind = _ADMIN_VIEWS.get(view)
    if kind is None or label.replace("_", ".", 1) not in ADMIN_READS or (request.method not in GET and view != "change"):
        return None
    row = ReadRow(kind, names=("object_id",), terms=("q",))
    what = ReadOf(kind, Door.ADMIN, match.route, f"{label.partition('_')[2]} {match.kwargs.get('object_id', '')}".strip())
    return row, with_term(what, _typed_words(request, row.terms))


def _count_admin_list(response: HttpResponseBase, reading: Reading) -> None:
    page = (getattr(response, "context_data", None) or {}).get("cl")
    if page is not None:
        reading.count = len(page.result_list)


def _counted_to_the_end(pieces: Iterable[bytes], reading: Reading, entry: ReadEntry) -> Iterator[bytes]:
    """How many rows left is known at the end only, or where the reader hung up."""
    try:
        yield from pieces
    finally:
        if reading.count != entry.count:
            ReadEntry.objects.filter(pk=entry.pk).update(count=reading.count)
