"""What the customer reads, and what a program is told, against the rows: every status with every freeze, place, decision and refund.

The steps and the calm sentence are compared for the whole product; page and API for cells in which each value meets each other in
every status, in both languages. Nothing is taken from the status that another row holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, product
from typing import Any, NamedTuple

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext

from portal.presenters.on_track import on_track_status
from portal.presenters.stepper import ProgressStep, steps
from portal.tests.conftest import main_of
from portal.words import STEP
from tickets.cases.case import Case
from tickets.models import Decision, Escalation, Freeze, Refund, Ticket, TimerState
from tickets.operations import look
from tickets.workflow import TIMERS, Status

pytestmark = pytest.mark.django_db
FREEZES = (None, *Freeze.State.values)
PLACES = (None, *Escalation.State.values)
DECISIONS = (None, "waits", *Decision.Verdict.values)
REFUNDS = (None, Decimal("73.60"))
FILED = [status for status in Status if status != Status.DRAFT]
# What a status itself says of another row.
FREEZE_OF = {Status.FROZEN: ("active",), Status.FREEZE_PENDING: ("requested",)}
DECISIONS_OF = {Status.REMEDY_PENDING: ("approved", "partly_approved"), Status.REJECTED: ("rejected",)}


class Cell(NamedTuple):
    freeze: str | None
    place: str | None
    decision: str | None
    refund: Decimal | None


def axes(status: Status) -> tuple[tuple[Any, ...], ...]:
    return FREEZE_OF.get(status, FREEZES), PLACES, DECISIONS_OF.get(status, DECISIONS), REFUNDS


def every_pair(status: Status) -> Iterator[Cell]:
    """Cells in which each value meets each value of every other kind."""
    values = axes(status)
    places = list(combinations(range(len(values)), 2))
    unmet = {(a, b, one, other) for a, b in places for one in values[a] for other in values[b]}
    cells = list(product(*values))
    while unmet:
        best = max(cells, key=lambda cell: sum((a, b, cell[a], cell[b]) in unmet for a, b in places))
        unmet -= {(a, b, best[a], best[b]) for a, b in places}
        yield Cell(*best)


def rows_of(ticket: Ticket, cell: Cell) -> tuple[list[Freeze], list[Escalation], list[Decision], list[Refund]]:
    at = timezone.now()
    active = {"active_at": at} if cell.freeze in ("active", "lifted") else {}
    freezes = [Freeze(ticket=ticket, owner=ticket.owner, state=cell.freeze, requested_at=at, **active)] if cell.freeze else []
    places = [Escalation(ticket=ticket, target="regulator_12315", state=cell.place, at=at, by=ticket.owner)] if cell.place else []
    return freezes, places, decisions_of(ticket, cell), refunds_of(ticket, cell)


def decisions_of(ticket: Ticket, cell: Cell) -> list[Decision]:
    if cell.decision is None:
        return []
    waits = cell.decision == "waits"
    state = Decision.State.AWAITING if waits else Decision.State.EFFECTIVE
    at = timezone.now()
    verdict = "approved" if waits else cell.decision
    return [
        Decision(
            ticket=ticket,
            verdict=verdict,
            state=state,
            author=ticket.owner,
            at=at,
            effective_at=None if waits else at,
            explanation="核实。",
        )
    ]


def refunds_of(ticket: Ticket, cell: Cell) -> list[Refund]:
    given = {"amount": cell.refund, "currency": "CNY", "at": timezone.now(), "reference": "W-7", "source": "desk"}
    return [Refund(ticket=ticket, **given)] if cell.refund else []


def in_memory(case: Case, cell: Cell) -> Case:
    case.freezes, case.escalations, case.decisions, case.refunds = rows_of(case.ticket, cell)
    return case


def named(listed: list[ProgressStep]) -> dict[str, ProgressStep]:
    """The first is the freeze's, whatever it is called, where there are as many as with one."""
    keys = {str(words): key for key, words in STEP.items()}
    return {keys.get(str(step.name), "freeze"): step for step in listed}


@pytest.mark.parametrize("status", FILED)
def test_no_step_is_ticked_that_did_not_happen(in_status, mei, status):
    case = look(in_status(status), mei)
    for cell in map(Cell._make, product(*axes(status))):
        shown = named(steps(in_memory(case, cell)))
        if not shown:
            assert status == Status.CLOSED
            continue
        in_effect = cell.decision not in (None, "waits")
        happened = {
            "freeze": cell.freeze in ("active", "lifted"),
            "appeal": case.ticket.submitted_at is not None,
            "review": in_effect,
            "outcome": in_effect or cell.refund is not None,
            "escalation": cell.place in ("filed", "answered"),
        }
        for key in STEP:
            step = shown.get(key)
            assert step is None or not step.done or happened[key], (cell, key)
            assert step is None or step.done or step.current or not happened[key], (cell, key)
        if cell.freeze:
            assert shown["freeze"].failed == (cell.freeze == "failed"), cell


@pytest.mark.parametrize("status", FILED)
def test_nobody_is_told_to_rest_while_something_is_theirs(in_status, mei, status):
    case = look(in_status(status), mei)
    for cell in map(Cell._make, product(*axes(status))):
        standing = on_track_status(in_memory(case, cell))
        if standing is None:
            assert status == Status.CLOSED
            continue
        running = {timer.key for timer in case.timers if timer.binds == "customer" and timer.state(case.now) == TimerState.RUNNING}
        shown = {key for key in running if TIMERS[key].shown}
        if standing.is_calm:
            assert not shown, (cell, shown)
            assert case.ticket.waiting_on != "customer"
            assert cell.freeze != "failed"
        assert standing.freeze_failed == (cell.freeze == "failed"), cell
        assert (standing.own is not None) == any(not TIMERS[key].quiet for key in shown)


@pytest.mark.parametrize("status", FILED)
def test_page_and_program_tell_what_the_rows_hold(in_status, browser_of, mei, status):
    """Each cell in one language, and the next in the other."""
    ticket, program = in_status(status), browser_of(mei)
    reading = {language: browser_of(mei, language) for language in ("zh-hans", "en")}
    for number, cell in enumerate(every_pair(status)):
        for rows in (ticket.freezes, ticket.escalations, ticket.refunds, ticket.decisions):
            rows.all().delete()
        for rows in rows_of(ticket, cell):
            for row in rows:
                row.save()
        compare_api(program.get(f"/api/v1/tickets/{ticket.ref}/").json(), cell)
        language = ("zh-hans", "en")[number % 2]
        page = main_of(reading[language].get(f"/tickets/{ticket.ref}/"))
        with translation.override(language):
            compare_page(page, status, cell)


def compare_page(page: str, status: Status, cell: Cell) -> None:
    assert ('id="not-frozen"' in page) == (cell.freeze == "failed"), (status, cell)
    if gettext("Everything is on time.") in page:
        assert cell.freeze != "failed"
    assert (gettext("Money that came back") in page) == (cell.refund is not None), (status, cell)
    assert cell.refund is None or str(cell.refund) in page
    says_sum = gettext("Please check the result below, the sum and the account it went to, and tell us whether it is right.") in page
    assert not says_sum or cell.refund is not None, (status, cell)
    waits = gettext("What was not granted you can take further now, also outside, or tell us once everything is carried out.") in page
    assert not waits or status not in (Status.RESOLVED, Status.CLOSED), (status, cell)
    letter = page[page.find('id="letter"') :].partition("</section>")[0] if 'id="letter"' in page else ""
    badges = {"approved": pgettext("decision", "Approved"), "partly_approved": pgettext("decision", "Approved in part")}
    for verdict, words in badges.items():
        if cell.decision in badges and 'id="letter"' in letter:
            assert (re.search(rf">\s*{re.escape(words)}\s*<", letter) is not None) == (cell.decision == verdict), (status, cell)


def compare_api(told: dict[str, Any], cell: Cell) -> None:
    assert (told["freeze"] or {}).get("state") == cell.freeze, cell
    assert [place["state"] for place in told["escalations"]] == ([cell.place] if cell.place else []), cell
    assert [refund["amount"] for refund in told["refunds"]] == ([str(cell.refund)] if cell.refund else []), cell
    seen = told["decision"]
    if cell.decision in (None, "waits"):  # a decision that waits is among colleagues
        assert seen is None, cell
    else:
        assert (seen["verdict"], seen["state"]) == (cell.decision, "effective"), cell
