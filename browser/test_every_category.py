"""Every category from the home page to the submitted appeal: turn about on a phone in Chinese and at a desk in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from browser.category_cases import COURSES, NOW, SYMPTOM, Course
from browser.conftest import DESK, PHONE, Visit
from browser.visitor import Visitor
from browser.wizard import bring_all, come_in, file, submit
from evidence.models import EvidenceItem
from evidence.receipts import receipts_of
from tickets.models import Ticket
from tickets.words import STATUS, TIMER

pytestmark = pytest.mark.browser
EMAIL = "he@example.com"


def cases() -> Iterator[Any]:
    """Turn about: the tour of every page shows each of them in the other language and at the other width."""
    ways = (("en", DESK, "desk"), ("zh-hans", PHONE, "phone"))
    for number, course in enumerate(COURSES):
        language, screen, where = ways[number % 2]
        yield pytest.param(course, language, screen, id=f"{course.id}-{where}-{language}")


@pytest.mark.parametrize(("course", "language", "screen"), list(cases()))
def test_from_the_home_page_to_the_submitted_appeal(
    visit: Visit, clock: Callable[[str], datetime], files: Path, course: Course, language: str, screen: dict[str, Any]
) -> None:
    clock(NOW)
    me = visit(language, screen)
    come_in(me, course.category, EMAIL)
    ticket = file(me, course)
    check_filed(ticket, course, language)
    bring_all(me, ticket, course, files)
    submit(me)
    check_page(me, ticket, course)
    check_submitted(Ticket.objects.get(), course, language)


def check_filed(ticket: Ticket, course: Course, language: str) -> None:
    assert (ticket.status, ticket.stage, ticket.category) == ("evidence_collection", "intake", course.category)
    assert (ticket.owner.email, ticket.owner.language, ticket.filed_by) == (EMAIL, language, ticket.owner)
    assert ticket.timers.get(key="first_response").due_at == datetime.fromisoformat("2026-03-11T21:00:00+08:00")
    claim = ticket.timers.get(key="claim_limit")
    assert claim.stopped_at == datetime.fromisoformat(NOW), "filing keeps the claim"


def check_page(me: Visitor, ticket: Ticket, course: Course) -> None:
    """Where it stands, the dates that run, and the receipt with its code."""
    me.sees(me.word(STATUS["appeal_submitted"]))
    clocks = me.panel(me.t("The dates that count"))
    for key in ("first_response", "review_limit"):
        me.sees(me.word(TIMER[key]), clocks)
    me.follow(me.t("Receipt"), me.page.locator("section[aria-labelledby=papers]"))
    receipt = receipts_of(ticket)[-1]
    me.sees(receipt.code)
    me.sees(ticket.ref)
    for item in EvidenceItem.objects.filter(ticket=ticket, sha256__gt=""):
        me.sees(item.sha256[:8])


def check_submitted(ticket: Ticket, course: Course, language: str) -> None:
    assert (ticket.status, ticket.stage, ticket.lane) == ("appeal_submitted", "appeal", course.lane)
    assert (ticket.responsible_parties, ticket.routing) == (list(course.parties), course.routing)
    assert (ticket.refund_tier, ticket.late_claim, ticket.police_cooperation) == (course.tier, False, False)
    assert ("" if ticket.amount is None else str(ticket.amount)) == course.amount
    assert ticket.incident_at == datetime.fromisoformat("2026-03-09T10:00:00+08:00")
    assert ticket.discovered_at == datetime.fromisoformat("2026-03-09T18:00:00+08:00")
    assert (ticket.statement["symptom"], ticket.demands) == (SYMPTOM[language], [course.demand])
    check_facts(ticket, course)
    check_checklist(ticket, course)
    check_timers(ticket, course)


def check_facts(ticket: Ticket, course: Course) -> None:
    for name, wanted in course.wanted_facts.items():
        kept = ticket.facts[name]
        at = parse_datetime(str(wanted)) if name.endswith(("_at", "_since")) else None
        assert (parse_datetime(kept) if at else kept) == (at or wanted), name


def check_checklist(ticket: Ticket, course: Course) -> None:
    submission = ticket.submissions.get()
    assert (submission.number, submission.by) == (1, ticket.owner)
    assert {line["state"] for line in submission.checklist if line["required"]} == {"complete"}
    brought = [piece.kind for piece in course.pieces]
    assert sorted(item.kind for item in ticket.evidence.filter(state="clean", kind__in=brought)) == sorted(brought)
    sensitive = [piece.kind for piece in course.pieces if piece.sensitive]
    assert not ticket.evidence.filter(kind__in=sensitive, consent_at=None).exists()
    orders = set(ticket.order_references.values_list("number", flat=True))
    assert not course.order or course.order in orders


def check_timers(ticket: Ticket, course: Course) -> None:
    ends = {
        "review_target": course.target_due,
        "review_limit": course.limit_due,
        "no_action": "2026-03-14",
        "regulatory_final": "2026-03-26",
    }
    timers = {timer.key: timer for timer in ticket.timers.all()}
    for key, day in ends.items():
        if day:
            assert timers[key].due_at == datetime.fromisoformat(f"{day}T00:00:00+08:00"), key
            assert timers[key].stopped_at is None, key
        else:
            assert key not in timers
    assert ("full_refund_window" in timers) == (course.tier is not None)
    if course.tier:
        assert timers["full_refund_window"].stopped_at == datetime.fromisoformat(NOW)
    assert ticket.due_key == "first_response"
