"""What happened and what was said, in one line of time and one query."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, CharField, DateTimeField, F, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from lib.money import money
from lib.types import Record, Text
from tickets.cases.case import Case, Item
from tickets.models import Event, Message, Visibility
from tickets.policy.playbooks import title_of
from tickets.words import CHANNEL, CLOSE_REASON, DEMAND, EVENT, EVIDENCE_KIND, OUTCOME, REPRESENTED_AS, SECURITY_TASK, TIMER

MOST = 300
COLUMNS = ("at", "number", "kind", "said", "body", "by_staff", "eta_at", "folded")
# A message says it itself; that a date comes near stands with the dates.
LEFT_OUT = ("message", "reply", "incident_notice", "note", "timer.warned", "evidence.clean")
BREACH_KINDS = ("timer.breached", "timer.expired")


@dataclass(frozen=True)
class TimelineEntry:
    """One line. `body` is what a person wrote, `folded` what their e-mail quoted; `detail` what an event was about.

    `files` is filled by who knows the vault, by the `number` of a message.
    """

    at: datetime
    kind: str
    text: Text
    detail: str
    body: str
    by_staff: bool
    eta_at: datetime | None
    number: int = 0
    folded: str = ""
    writer: str = ""  # of a message by whoever acts for the owner; to them, of one by the owner
    files: list[Item] = field(default_factory=list)

    @property
    def is_message(self) -> bool:
        return self.kind == "message"


def timeline(case: Case) -> list[TimelineEntry]:
    """Newest first; public lines only."""
    rows = _events(case).union(_messages(case), all=True).order_by("-at", "-number")[:MOST]
    return [_moment(case, *row) for row in rows]


def _events(case: Case) -> Any:
    events = Event.objects.filter(ticket_id=case.ticket.pk, visibility=Visibility.PUBLIC).exclude(kind__in=LEFT_OUT)
    return (
        events.annotate(
            number=F("seq"),
            said=Cast("data", TextField()),
            body=Value("", output_field=TextField()),
            by_staff=Value(False, output_field=BooleanField()),
            eta_at=Value(None, output_field=DateTimeField()),
            folded=Value("", output_field=TextField()),
        )
        .order_by()
        .values_list(*COLUMNS)
    )


def _messages(case: Case) -> Any:
    messages = Message.objects.filter(ticket_id=case.ticket.pk, visibility=Visibility.PUBLIC)
    return (
        messages.annotate(
            at=F("created_at"),
            number=F("id"),
            kind=Value("message", output_field=CharField()),
            said=Value("{}", output_field=TextField()),
        )
        .order_by()
        .values_list(*COLUMNS)
    )


def _moment(
    case: Case, at: datetime, number: int, kind: str, said: str, body: str, by_staff: bool, eta_at: datetime | None, folded: str
) -> TimelineEntry:
    data = json.loads(said) if said else {}
    text = EVENT["timer.passed"] if kind in BREACH_KINDS else EVENT.get(kind, "")
    return TimelineEntry(at, kind, text, detail(case, kind, data), body, bool(by_staff), eta_at, number, folded)


def detail(case: Case, kind: str, data: Record) -> str:
    """What an event names, in words: a deadline, a place, kinds of evidence, a reason."""
    parts = [
        TIMER.get(data.get("timer", "")),
        _place(case, data.get("target")),
        OUTCOME.get(data.get("outcome", "")),
        SECURITY_TASK.get(data.get("task", "")),
        EVIDENCE_KIND.get(data.get("kind", "")),
        _(", ").join(str(EVIDENCE_KIND.get(kind, kind)) for kind in data.get("kinds") or ()),
        *_sums(case, data),
        _reason(kind, data),
        verdict_reason(case, kind, data),
        contested_demands(case, kind, data),
        data.get("note"),
        title_of(case.ticket.policy_id, str(data.get("category") or "")),
        data.get("into"),
        data.get("out_of"),
        on_behalf(data),
    ]
    return " · ".join(str(part) for part in parts if part)


def on_behalf(data: Record) -> Text:
    """That somebody did it for the customer: of the desk, and how they were told; or whom the customer lets act."""
    if not data.get("on_behalf"):
        return ""
    if data.get("as") in REPRESENTED_AS:
        return _("By whoever acts for them (%(relation)s)") % {"relation": REPRESENTED_AS[data["as"]]}
    told = CHANNEL.get(str(data.get("told_by") or ""))
    return _("By our staff for the customer (%(channel)s)") % {"channel": told} if told else _("By our staff for the customer")


def verdict_reason(case: Case, kind: str, data: Record) -> str:
    """What was said of an item stands with the item, as long as that verdict does; older events carry it themselves."""
    if kind != "evidence.reviewed" or data.get("reason"):
        return ""
    said = (item.verdict_reason for item in case.evidence if item.pk == data.get("item") and item.verdict == data.get("verdict"))
    return next(said, "")


def contested_demands(case: Case, kind: str, data: Record) -> str:
    """Demands whose answer was contested, with the customer's words as long as the row keeps them."""
    if not data.get("contested"):
        return ""
    rows = (each for each in case.escalations if (each.target, each.number) == (data.get("target"), data.get("number")))
    said = {point["demand"]: point["text"] for row in rows for point in row.points}
    return " · ".join(": ".join(filter(None, [str(DEMAND.get(key, key)), said.get(key, "")])) for key in data["contested"])


def _sums(case: Case, data: Record) -> list[str]:
    """The money an event tells of, and the reference of the payment."""
    amounts = [data["amount"]] if data.get("amount") else list((data.get("amounts") or {}).values())
    told = [money(each, data.get("currency") or case.ticket.currency) for each in amounts]
    return [*told, str(data.get("reference") or "")] if told else []


def _place(case: Case, target: str | None) -> str:
    titles = {escalation.target: getattr(escalation, "title", "") for escalation in case.escalations}
    return titles.get(target or "") or ""


def _reason(kind: str, data: Record) -> Text:
    """A code only where the line itself does not say it already."""
    reason = data.get("reason", "")
    return CLOSE_REASON[reason] if kind == "closed_by_clock" and reason in CLOSE_REASON else "" if reason in CLOSE_REASON else reason
