"""Events and messages of a ticket as one story, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.formatting import deadline_text, moment_of, moment_text
from desk.shell.labels import AMENDED_FIELD, EVENT_OF_DESK, HOW_ASSIGNED, VERDICT
from desk.shell.target_names import target_titles
from desk.ticket.presenters.evidence import file_line
from desk.ticket.presenters.history import MESSAGE_EVENTS, EventLine, MessageLine
from evidence.intake import attachments_by_message
from evidence.models import EvidenceItem
from lib.pages import join_html, render_macro
from tickets.cases.case import Case
from tickets.cases.timeline import on_behalf, verdict_reason
from tickets.models import Visibility
from tickets.words import EVENT, EVIDENCE_KIND, FINDING_STATE, OUTCOME, PARTY, REASON_CODE, SECURITY_TASK, STATUS, TIMER, WHY_COUNTERSIGNED
from tickets.words import VERDICT as VERDICT_OF_BILL

TEMPLATE = "desk/ticket_entry.html"
CALLER = {"customer": pgettext_lazy("on the phone", "the customer"), **PARTY}
# Free text an event may carry.
EVENT_TEXT_FIELDS = ("reason", "note", "body")


class DeskTimelineEntry(NamedTuple):
    """`css` is mine (the desk), theirs (the customer), internal or "" (an event)."""

    css: str
    title: str
    who: str
    at: datetime
    when: str
    body: str
    notes: tuple[str, ...]
    internal: bool
    folded: str = ""


def timeline(
    case: Case, viewer: User, events: Sequence[EventLine], messages: Sequence[MessageLine], names: Mapping[int, str]
) -> SafeString:
    """As HTML, of rows as desk.ticket.presenters.history reads them. `names` maps keys of people to what they are called."""
    files, language = attachments_by_message(viewer, case), get_language() or ""
    told = [
        (event.at, event.seq, _line(_event_entry(case, event, names, language), language))
        for event in events
        if event.kind not in MESSAGE_EVENTS
    ]
    said = [(message.created_at, message.id, _render_message(case, message, names, files.get(message.id, ()))) for message in messages]
    return join_html(line for _at, _seq, line in sorted([*told, *said], key=lambda row: row[:2], reverse=True))


def _line(entry: DeskTimelineEntry, language: str) -> SafeString:
    """Who acts on a complaint opens its page again and again: what happened is drawn once. Words of people are drawn and forgotten."""
    return (_render_entry.__wrapped__ if entry.body else _render_entry)(entry, language)


@lru_cache(maxsize=8192)
def _render_entry(entry: DeskTimelineEntry, _language: str) -> SafeString:
    return render_macro(TEMPLATE, "line", entry, ())


def _render_message(case: Case, message: MessageLine, names: Mapping[int, str], files: Sequence[EvidenceItem]) -> SafeString:
    internal = message.visibility == Visibility.INTERNAL
    title = _("Note") if internal else _("Reply") if message.by_staff else _("Message from the customer")
    notes = (_("More by %(moment)s") % {"moment": deadline_text(message.eta_at)},) if message.eta_at else ()
    css = "internal" if internal else "mine" if message.by_staff else "theirs"
    who = names.get(message.author_id, "")
    entry = DeskTimelineEntry(
        css, title, who, message.created_at, moment_text(message.created_at), message.body, notes, internal, message.folded
    )
    return render_macro(TEMPLATE, "line", entry, [file_line(case, item) for item in files])


def _event_entry(case: Case, event: EventLine, names: Mapping[int, str], language: str) -> DeskTimelineEntry:
    who = names.get(event.actor_id, "") if event.actor_id else _("the clock")
    internal = event.visibility == Visibility.INTERNAL
    body = next((str(event.data[name]) for name in EVENT_TEXT_FIELDS if event.data.get(name) and not _is_code(event, name)), "")
    body = body or verdict_reason(case, event.kind, event.data)
    when = moment_text(event.at) if event.actor_id else deadline_text(event.at)  # what the clock does at 24:00 counts to that day
    return DeskTimelineEntry("", _title(event.kind, language), who, event.at, when, body, _notes(event, names), internal)


@lru_cache(maxsize=512)
def _title(kind: str, _language: str) -> str:
    return str(EVENT_OF_DESK.get(kind) or EVENT.get(kind) or kind)


def _is_code(event: EventLine, name: str) -> bool:
    """Closing carries its reason as a code."""
    return name == "reason" and event.to_status == "closed" and "note" in event.data


def _notes(event: EventLine, names: Mapping[int, str]) -> tuple[str, ...]:
    data = event.data
    found = [say(data[name]) for name, say in NOTES.items() if name in data and data[name] not in (None, "", [])]
    if event.from_status and event.from_status != event.to_status:
        found.insert(0, f"{STATUS.get(event.from_status, event.from_status)} → {STATUS.get(event.to_status, event.to_status)}")
    found.append(on_behalf(data))
    if event.kind == "assigned":
        found += [names.get(data.get("assignee") or 0, ""), HOW_ASSIGNED.get(data.get("how", ""), "")]
    for name, said in (("named", _("named: %(people)s")), ("freed", _("no longer named: %(people)s"))):
        if event.kind == "complained_about_changed" and data[name]:
            found.append(said % {"people": ", ".join(names.get(person, "") for person in data[name])})
    return tuple(note for note in map(str, found) if note)


def _kinds(codes: list[str]) -> str:
    return gettext(", ").join(str(EVIDENCE_KIND.get(code, code)) for code in codes)


NOTES: Mapping[str, Callable[[Any], object]] = {
    "timer": lambda key: TIMER.get(key, key),
    "due_at": lambda at: _("due %(moment)s") % {"moment": moment_of(at, deadline_text)},
    "late": lambda _late: _("nobody was told: it was over already"),
    "kind": lambda kind: EVIDENCE_KIND.get(kind, kind),
    "kinds": _kinds,
    "verdict": lambda verdict: VERDICT.get(verdict) or VERDICT_OF_BILL.get(verdict, verdict),
    "who": lambda who: CALLER.get(who, who),
    "follow_up_on": lambda day: _("ask again on %(day)s") % {"day": day},
    "target": lambda target: target_titles().get(target, target),
    "outcome": lambda outcome: OUTCOME.get(outcome, outcome),
    "reason_code": lambda code: REASON_CODE.get(code, code),
    "task": lambda task: SECURITY_TASK.get(task, task),
    "reference": lambda reference: reference,
    "amount": lambda amount: f"¥{amount}",
    "state": lambda state: FINDING_STATE.get(state, state),
    "account": lambda account: account,
    "days": lambda days: _("%(days)s days") % {"days": days},
    "into": lambda ref: ref,
    "out_of": lambda ref: ref,
    "incident": lambda ref: ref,
    "ref": lambda ref: ref,
    "put_on": lambda names: "+ " + gettext(", ").join(names),
    "taken_off": lambda names: "− " + gettext(", ").join(names),
    "awaits": lambda codes: gettext(", ").join(str(WHY_COUNTERSIGNED.get(code, code)) for code in codes),
    "fields": lambda names: gettext(", ").join(str(AMENDED_FIELD.get(name, name)) for name in names),
}
