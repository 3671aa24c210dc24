"""Audit search: one page over what people did to complaints, to evidence and in the admin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.reads import count_read
from accounts.roles import STAFF_ROLES, roles_of
from desk.privacy.audit_search import (
    ADMIN,
    CUSTODY,
    HISTORY,
    READERS,
    AuditLine,
    LogQuery,
    after,
    lines,
    place_of,
    place_text,
    refs_of,
    sources_of,
)
from desk.privacy.presenter import PAGE, day_in
from desk.shell.access import roles_page, viewer
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from evidence.vault.custody import CustodyAction
from lib.types import Context
from tickets.references import as_reference
from tickets.words import EVENT, EVIDENCE_KIND, STATUS

FILTERS = ("person", "ref", "kind", "from", "to")
ADDITION, CHANGE, DELETION = "1", "2", "3"

# A kind of entry that is in no log.
NOTHING = "?"


@require_safe
@roles_page(*READERS)
def audit(request: HttpRequest) -> HttpResponse:
    """The latest first, by key: `before` names the last line shown of each log."""
    user = viewer(request)
    given = {name: request.GET.get(name, "").strip() for name in FILTERS}
    kind = given["kind"] if not given["kind"] or given["kind"] in _known_kinds() else NOTHING
    asked = LogQuery(given["person"].lower(), as_reference(given["ref"]), kind, day_in(request.GET, "from"), day_in(request.GET, "to"))
    before, address = place_of(request.GET.get("before", "")), reverse("desk:audit")
    found = lines(user, asked, before, PAGE + 1)
    page_rows = found[:PAGE]
    count_read(len(page_rows))
    params = {name: value for name, value in given.items() if value}
    refs = refs_of(page_rows)
    member = not roles_of(user).isdisjoint(STAFF_ROLES)
    context = {
        "address": address,
        "chosen": given,
        "kinds": [_kinds()[source] for source in sources_of(user)],
        "rows": [{**_PRESENTERS[line.source](line, refs), "at": moment_text(line.at), "log": _logs()[line.source]} for line in page_rows],
        "linked": member,
        "older": f"{address}?{urlencode({**params, 'before': place_text(after(page_rows, before))})}" if len(found) > PAGE else "",
        "newest": f"{address}?{urlencode(params)}" if before else "",
    }
    return render_page(request, "desk/audit.html", context, title=_("Who did what"), current="audit")


def _logs() -> dict[str, str]:
    return {HISTORY: _("Complaints"), CUSTODY: _("Evidence"), ADMIN: _("Administration")}


def _admin_actions() -> dict[str, str]:
    return {ADDITION: pgettext("admin log", "added"), CHANGE: pgettext("admin log", "changed"), DELETION: pgettext("admin log", "deleted")}


def _kinds() -> dict[str, tuple[str, str, list[tuple[str, str]]]]:
    """Per log: its code, its name, and its kinds of entries by name. Codes of one name are asked for together."""
    words: Mapping[str, Iterable[tuple[str, object]]] = {
        HISTORY: EVENT.items(),
        CUSTODY: CustodyAction.choices,
        ADMIN: _admin_actions().items(),
    }
    return {source: (source, name, _by_name(source, words[source])) for source, name in _logs().items()}


def _known_kinds() -> set[str]:
    """A whole log, what the list of kinds offers, and each single code."""
    known = set(_logs())
    for source, _name, kinds in _kinds().values():
        for kind, _text in kinds:
            codes = kind.partition(":")[2].split("|")
            known |= {kind, *(f"{source}:{code}" for code in codes)}
    return known


def _by_name(source: str, words: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    codes: dict[str, list[str]] = {}
    for code, text in words:
        codes.setdefault(str(text), []).append(code)
    return [(f"{source}:{'|'.join(codes[text])}", text) for text in sorted(codes)]


def _history(line: AuditLine, refs: dict[int, str]) -> Context:
    event = line.entry
    moved = event.from_status != event.to_status and event.from_status and event.to_status
    states = f"{STATUS[event.from_status]} → {STATUS[event.to_status]}" if moved else ""
    return {"who": _name(event.actor), "what": EVENT.get(event.kind, event.kind), "more": states, "ref": event.ticket.ref}


def _custody(line: AuditLine, refs: dict[int, str]) -> Context:
    entry = line.entry
    what, thing = entry.get_action_display(), f"{EVIDENCE_KIND.get(entry.kind, entry.kind)} #{entry.item_id}"
    return {"who": _name(entry.by), "what": what, "more": thing, "ref": refs.get(entry.ticket_id, "")}


def _admin(line: AuditLine, refs: dict[int, str]) -> Context:
    """Which row, by kind and number, and which of its fields."""
    entry = line.entry
    thing = f"{entry.content_type.name if entry.content_type else ''} {entry.object_id or ''}".strip()
    return {"who": _name(entry.user), "what": _admin_actions().get(str(entry.action_flag), ""), "more": thing, "ref": ""}


def _name(person: object) -> str:
    return str(person) if person else _("the system")


_PRESENTERS = {HISTORY: _history, CUSTODY: _custody, ADMIN: _admin}
