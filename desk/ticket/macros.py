"""Macros at work: a text in the customer's language with its places filled, a promised date, and what follows the reply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from desk.models import Macro
from desk.shell.cached_labels import minute_of
from desk.shell.refusals import why
from lib import memo
from lib.dates import deadline_text
from lib.languages import localised_value, reader_language
from lib.types import Record
from lib.zones import zone_of
from tickets.cases.case import Case
from tickets.models import Ticket
from tickets.operations import amend, menu, perform
from tickets.words import ACTION, EVIDENCE_KIND
from tickets.workflow import ACTIONS

PLACE = re.compile(r"\{([a-z]+)\}")
PLACES = ("ref", "name", "eta", "amount", "agent")
INPUT = "%Y-%m-%dT%H:%M"
CLOSING_TIME = time(18)
ASSIGN = "assign_me"


@dataclass(frozen=True)
class MacroStep:
    """One act after the reply, in words; `obstacle` says why it is not open now."""

    action: str
    raw: Record = field(default_factory=dict)
    words: str = ""
    obstacle: str = ""


def all_macros(now: datetime) -> Sequence[Macro]:
    """The active ones in their order. What an admin changes shows within a minute."""
    return _all(minute_of(now))


@memo.lru(maxsize=2)
def _all(minute: int) -> Sequence[Macro]:
    return list(Macro.objects.filter(is_active=True))


def macros_for(purpose: str, now: datetime) -> Sequence[Macro]:
    return [macro for macro in all_macros(now) if macro.purpose == purpose]


def find_macro(said: str, purpose: str, now: datetime) -> Macro | None:
    return next((macro for macro in macros_for(purpose, now) if str(macro.pk) == said), None)


def title(macro: Macro, language: str) -> str:
    return localised_value(macro, "title", language)


# ---- Texts
@contextmanager
def for_customer(owner: User) -> Iterator[str]:
    """Words and moments inside are as the customer reads them. Gives the language."""
    language = reader_language(owner.language)
    with override(language), timezone.override(zone_of(owner.timezone)):
        yield language


def eta_of(macro: Macro, case: Case) -> datetime | None:
    """The hour on the clock, or closing time of the n-th working day after today."""
    if macro.eta_amount is None:
        return None
    if macro.eta_unit == Macro.Unit.HOURS:
        return (case.now + timedelta(hours=macro.eta_amount)).replace(second=0, microsecond=0)
    day = case.calendar.date_of(case.now)
    for _number in range(macro.eta_amount):
        day += timedelta(days=1)
        while not case.calendar.is_workday(day):
            day += timedelta(days=1)
    return case.calendar.at(day, CLOSING_TIME)


def text_of(macro: Macro, case: Case, person: User, name: str = "body") -> str:
    """What a place is not known for stays as it was written: the agent sees it."""
    owner = case.ticket.owner
    with for_customer(owner) as language:
        text = localised_value(macro, name, language)
        eta_at = eta_of(macro, case)
        places = {
            "ref": case.ticket.ref,
            "name": owner.name,
            "agent": person.name,
            "eta": deadline_text(eta_at) if eta_at else "",
            "amount": f"¥{case.ticket.amount:,.2f}" if case.ticket.amount is not None else "",
        }
        return PLACE.sub(lambda found: places.get(found[1], found[0]), text)


# ---- Filling forms
def reply_from(macro: Macro, case: Case, person: User, before: QueryDict | None) -> QueryDict:
    """The box with the macro's text after whatever stands in it."""
    post = QueryDict(mutable=True)
    eta_at = eta_of(macro, case)
    said = [before.get("body", "") if before else "", text_of(macro, case, person)]
    post["body"] = "\n\n".join(filter(None, said))
    kept = before.get("eta_at", "") if before else ""
    post["eta_at"] = timezone.localtime(eta_at).strftime(INPUT) if eta_at else kept
    return post


def finding_from(macro: Macro, case: Case, person: User) -> QueryDict:
    """A decision to start from: the reviewer reads it, changes it, and sees the letter before it counts."""
    post = QueryDict(mutable=True)
    for name in ("root_cause", "liability", "reason_code"):
        post[name] = getattr(macro, name)
    post["explanation"] = text_of(macro, case, person)
    answer = text_of(macro, case, person, "answer")
    for demand in case.ticket.demands:
        post[f"answer_{demand}"] = answer
    post["remedy_kind"], post["remedy_amount"] = macro.remedy, ""
    return post


# ---- What follows the reply
def steps_of(macro: Macro) -> Iterator[MacroStep]:
    if macro.assign_me:
        yield MacroStep(ASSIGN, words=_("Assign to me"))
    for name in ("waive_wait", "start_review"):
        if getattr(macro, name):
            yield MacroStep(name, words=str(ACTION[name]))
    if macro.ask_for:
        kinds = ", ".join(str(EVIDENCE_KIND.get(kind, kind)) for kind in macro.ask_for)
        yield MacroStep("request_evidence", {"kinds": list(macro.ask_for)}, words=f"{ACTION['request_evidence']}: {kinds}")


def _is_so_already(step: MacroStep, ticket: Ticket, person: User) -> bool:
    """What a macro would bring about and what stands already is no obstacle."""
    if step.action == ASSIGN:
        return ticket.assignee_id == person.pk
    return step.action == "start_review" and ticket.status == "under_review"


def preview(macro: Macro, case: Case, person: User) -> list[MacroStep]:
    """Each step in words. Only the first that moves the ticket can be judged now: those after it depend on it."""
    entries = {entry["action"]: entry for entry in menu(case)}
    steps, moved = [], False
    for step in steps_of(macro):
        if _is_so_already(step, case.ticket, person):
            continue
        obstacle = "" if moved or step.action == ASSIGN else _obstacle(step.action, entries)
        moved = moved or bool(ACTIONS.get(step.action) and ACTIONS[step.action].arrows)
        steps.append(MacroStep(step.action, step.raw, step.words, obstacle))
    return steps


def _obstacle(action: str, entries: Mapping[str, Record]) -> str:
    entry = entries.get(action)
    if entry is None:
        return _("Your role does not include this.")
    return "" if entry["allowed"] else " ".join(why(block).text for block in entry["blocked_by"])


def run(macro: Macro, person: User, ref: str, said: str) -> None:
    """The steps one after another, inside the caller's transaction. `said` is the reply: also the reason of what is asked for.

    Raises Refusal at the first that is refused; the caller's transaction then writes nothing of it all.
    """
    for step in steps_of(macro):
        if _is_so_already(step, Ticket.objects.get(ref=ref), person):
            continue
        if step.action == ASSIGN:
            amend(person, ref, {"assignee": person.email})
        elif step.action in ("request_evidence", "waive_wait"):
            perform(person, ref, step.action, {**step.raw, "reason": said})
        else:
            perform(person, ref, step.action, step.raw)
