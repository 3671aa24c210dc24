"""Pairs of complaints in every status, with decisions, requests, pauses, freezes, filings elsewhere, tiers: joined, looked at, taken apart.

JOINS=1200 tries every ordered pair there is; without it a sample.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tickets.cases.case import Case
from tickets.cases.checklist import take_stock
from tickets.cases.escalation_guards import escalation_right
from tickets.cases.money import owed_remedies
from tickets.models import Ticket
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.cast import at_the_hour, company
from tickets.tests.making import approval, filing
from tickets.tests.stages import BODY, MAKERS
from tickets.workflow import TIMERS
from tickets.workflow.errors import Refusal
from tickets.workflow.timers import Family

pytestmark = pytest.mark.django_db
PAIRS = int(os.environ.get("JOINS", "50"))
# As the law lists them, the furthest first; then the rest.
ORDER = (
    {"remedy_pending"}, {"escalated"}, {"rejected"}, {"needs_evidence"}, {"under_review"}, {"appeal_submitted"},
    {"frozen", "freeze_pending"},
)  # fmt: skip
STATUSES = (
    "auto_reversal_wait", "evidence_collection", "freeze_pending", "frozen", "appeal_submitted", "under_review", "needs_evidence",
    "remedy_pending", "rejected", "escalated",
)  # fmt: skip
CHILDREN = (
    "evidence", "messages", "freezes", "refunds", "claim_raises", "evidence_requests", "escalations", "transfers", "taggings",
    "security_tasks",
    "decisions", "order_references", "submissions",
)  # fmt: skip
WITH_ROWS = {key for key, row in TIMERS.items() if row.family in (Family.FREEZE, Family.TALK, Family.AUTHORITY) or row.targets}


# ---- One world
def plain(people: SimpleNamespace, ticket: Ticket) -> Ticket:
    return ticket


def with_freeze(people: SimpleNamespace, ticket: Ticket) -> Ticket:
    account = f"wechat:1990000{ticket.pk:04d}"
    try:
        perform(people.owner, ticket.ref, "request_freeze", {"account": account, "not_me": True})
    except Refusal:  # has one
        perform(people.operator, ticket.ref, "record_police_freeze", {
            "account": account, "authority": "police", "document_no": "沪公〔2026〕12号", "until": "2026-03-12T08:00:00+08:00",
        })  # fmt: skip
    return ticket


def with_filing(people: SimpleNamespace, ticket: Ticket) -> Ticket:
    """Elsewhere, and a word of hers that nobody has answered; late, and no longer in time for all of it."""
    filed = {"target": "regulator_12315", "filed_at": timezone.now().isoformat()}
    perform(people.owner, ticket.ref, "record_outside_filing", filed)
    post_message(people.owner, ticket.ref, {"body": "请尽快处理"})
    Ticket.objects.filter(pk=ticket.pk).update(late_claim=True, amount="900.00")
    if ticket.ever_submitted:
        Ticket.objects.filter(pk=ticket.pk).update(refund_tier="discretionary", police_cooperation=True)
    return ticket


def waiting(people: SimpleNamespace) -> Ticket:
    """A decision that waits for its second signature."""
    ticket = MAKERS["under_review"](people)
    Ticket.objects.filter(pk=ticket.pk).update(amount="5000.00")
    perform(people.reviewer, ticket.ref, "approve", approval())
    return ticket


def risen(people: SimpleNamespace) -> Ticket:
    """Escalated without a decision: nobody began in time."""
    ticket = MAKERS["appeal_submitted"](people)
    ticket.timers.filter(key="no_action").update(due_at=timezone.now() - timezone.timedelta(days=1), next_at=timezone.now())
    perform(people.owner, ticket.ref, "escalate", {"target": "l1_internal"})
    return ticket


MAKES: tuple[Callable[[SimpleNamespace], Ticket], ...] = (
    *(lambda p, s=status, v=variant: v(p, MAKERS[s](p)) for status in STATUSES for variant in (plain, with_freeze, with_filing)),
    waiting,
    risen,
    lambda p: with_filing(p, risen(p)),
    lambda p: file_ticket(p.owner, filing("merchant_deduction", order_numbers=BODY["order_numbers"])),
)


@pytest.fixture(scope="module")
def world(rows_of_the_module) -> SimpleNamespace:
    with at_the_hour():
        people = company()
        tickets = [make(people) for make in MAKES]
        for ticket in tickets:
            case = Case(fresh(ticket.ref), timezone.now())
            take_stock(case)
            case.ticket.save()
    return SimpleNamespace(people=people, refs=[ticket.ref for ticket in tickets])


def pairs(refs: list[str]) -> list[tuple[str, str]]:
    every = list(itertools.permutations(refs, 2))
    return every if len(every) <= PAIRS else random.Random(17).sample(every, PAIRS)


# ---- What is looked at
def fresh(ref: str) -> Ticket:
    return Ticket.objects.select_related("owner").get(ref=ref)


def picture(ref: str) -> dict[str, Any]:
    """Everything of a complaint but its history and version."""
    ticket = fresh(ref)
    out = {"version", "last_seq", "updated_at"}
    shown: dict[str, Any] = {
        field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields if field.name not in out
    }
    shown["timers"] = {row.pop("id"): row for row in ticket.timers.exclude(key="evidence_purge").values()}
    for name in CHILDREN:
        shown[name] = {row.pop("id"): row for row in getattr(ticket, name).order_by("pk").values()}
    shown["complained_about"] = set(ticket.complained_about.values_list("pk", flat=True))
    return shown


def rank(shown: dict[str, Any]) -> tuple[int, float, int]:
    place = next((number for number, statuses in enumerate(ORDER) if shown["status"] in statuses), len(ORDER))
    return place, shown["created_at"].timestamp(), shown["id"]


def decided(shown: dict[str, Any]) -> bool:
    return any(row["state"] in ("effective", "awaiting_countersignature") for row in shown["decisions"].values())


def live(shown: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in shown["timers"].values():
        if row["stopped_at"] is None and not row["cancelled"]:
            found.setdefault(row["key"], []).append(row)
    return found


def asked(shown: dict[str, Any]) -> set[str]:
    rows = shown["evidence_requests"].values()
    return {kind for row in rows if row["answered_at"] is None and not row["expired"] for kind in row["kinds"]}


def may_rise(ref: str) -> bool:
    case = Case(fresh(ref), timezone.now())
    return escalation_right(case, {"target": "l1_internal"}) is None


def losses(one: str, other: str, people: SimpleNamespace) -> list[str]:
    """What is wrong with joining these two, in words; the world is as before."""
    before = {ref: picture(ref) for ref in (one, other)}
    rose = any(may_rise(ref) for ref in (one, other))
    owed = sum(len(owed_remedies(Case(fresh(ref), timezone.now()))) for ref in (one, other))
    living, dying = sorted(before, key=lambda ref: rank(before[ref]))
    apart = any(decided(before[a]) and (decided(before[b]) or before[b]["submitted_at"]) for a, b in ((one, other), (other, one)))
    try:
        answer = perform(people.agent, one, "merge", {"into": other}).ref
    except Refusal as refusal:
        return [] if apart and refusal.code == "DECISION_MADE" else [f"refused: {refusal.code}"]
    if apart:
        return ["joined although decided"]
    if answer != living:
        return [f"{answer} lives and not {living}"]
    after, gone = picture(living), picture(dying)
    wrong = [*_rights_lost(before[living], before[dying], after), *_rows_lost(before[living], before[dying], after)]
    wrong += [*_clocks_wrong(before[living], before[dying], after), *(f"{dying} keeps {key}" for key in live(gone))]
    wrong += ["may not rise any more"] if rose and not may_rise(living) else []
    wrong += ["something owed is lost"] if len(owed_remedies(Case(fresh(living), timezone.now()))) != owed else []
    perform(people.supervisor, living, "unmerge", {"ref": dying})
    for ref in (living, dying):
        stood, stands = before[ref], picture(ref)
        wrong += [
            f"apart again, {ref} differs: {difference(stood[name], stands[name], name)}" for name in stood if stood[name] != stands[name]
        ]
    return wrong


def difference(one: Any, other: Any, where: str) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return "; ".join(difference(one.get(k), other.get(k), f"{where}.{k}") for k in {*one, *other} if one.get(k) != other.get(k))
    return f"{where} {one} is {other}"


def claim(mine: dict[str, Any], theirs: dict[str, Any]) -> Any:
    """What the customer may count on: the higher of both, but for a decision, or beside what was handed in."""
    alike = mine["currency"] == theirs["currency"] and (theirs["submitted_at"] or not mine["submitted_at"])
    both = [each["amount"] for each in (mine, theirs) if each["amount"] is not None]
    return max(both, default=None) if mine["amount"] is None or (alike and not decided(mine)) else mine["amount"]


def _rights_lost(mine: dict[str, Any], theirs: dict[str, Any], after: dict[str, Any]) -> list[str]:
    both, wrong = (mine, theirs), []
    if any(each["refund_tier"] == "full_eligible" for each in both) and after["refund_tier"] != "full_eligible":
        wrong.append("the better tier is lost")
    if after["late_claim"] != all(each["late_claim"] for each in both):
        wrong.append("late")
    if after["amount"] != claim(mine, theirs):
        wrong.append(f"{after['amount']} is claimed")
    if after["submitted_at"] != min((each["submitted_at"] for each in both if each["submitted_at"]), default=None):
        wrong.append("the submission is not the earlier")
    if after["status"] != mine["status"]:
        wrong.append(f"the status became {after['status']}")
    if after["status"] == "needs_evidence" and asked(after) != asked(mine) | asked(theirs):
        wrong.append("what was asked for is lost")
    if bool(after["unanswered_since"]) != any(each["unanswered_since"] for each in both):
        wrong.append("a word is forgotten")
    return wrong


def _rows_lost(mine: dict[str, Any], theirs: dict[str, Any], after: dict[str, Any]) -> list[str]:
    wrong = [f"{name}: {len(mine[name]) + len(theirs[name])} became {len(after[name])}"
             for name in ("evidence", "messages", "freezes", "refunds", "escalations", "submissions", "decisions")
             if len(after[name]) != len(mine[name]) + len(theirs[name])]  # fmt: skip
    numbers = {(row["issuer"], row["number"]) for each in (mine, theirs) for row in each["order_references"].values()}
    return wrong + (
        ["an order number is lost"] if numbers != {(r["issuer"], r["number"]) for r in after["order_references"].values()} else []
    )


def _clocks_wrong(mine: dict[str, Any], theirs: dict[str, Any], after: dict[str, Any]) -> list[str]:
    had, came, has, wrong = live(mine), live(theirs), live(after), []
    fixed = {"full_refund_window"} if after["refund_tier"] else set()
    wrong += [f"{key} of the survivor stands still" for key in had if key not in has and key not in fixed]
    strange = has.keys() - had.keys() - WITH_ROWS - {"full_refund_window"}
    wrong += [f"{key} of the other status is left behind" for key in strange]
    wrong += [f"{key} is lost" for key in came if key in WITH_ROWS and key not in has]
    for key in had.keys() & has.keys():
        own, now = had[key][0], has[key][0]
        if bool(own["paused_at"]) != bool(now["paused_at"]):
            wrong.append(f"{key} is paused as the other was")
        if own["paused_at"] or key not in came or key in WITH_ROWS:
            continue
        dues = [own["due_at"], *(row["due_at"] for row in came[key] if not row["paused_at"])]
        best = max(dues) if own["binds"] == "customer" and not TIMERS[key].opens_right else min(dues)
        if now["due_at"] != best:
            wrong.append(f"{key} is due {now['due_at']}")
    return wrong


def test_nothing_is_lost_by_joining_and_all_comes_back(world, clock):
    found: dict[tuple[str, str], list[str]] = {}
    clock("2026-03-10T20:53:00+08:00")
    for one, other in pairs(world.refs):
        with transaction.atomic():
            wrong = losses(one, other, world.people)
            transaction.set_rollback(True)
        if wrong:
            found[fresh(one).status, fresh(other).status] = wrong
    assert found == {}


def test_the_world_has_every_status_and_many_pairs(world):
    assert {fresh(ref).status for ref in world.refs} == set(STATUSES)
    assert len(world.refs) * (len(world.refs) - 1) >= 1100
