"""The words of the customer's page and of the API in every cell: status × freeze × place × decision × refund, in both languages.

Each part of the page is drawn by its own template from what the page's own functions say of the case, with the rows in memory. A part is
drawn once for each thing it can say, and looked at in every cell in which it is said; none is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import product
from typing import Any, NamedTuple

import pytest
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext

from api.serializers.tickets import TicketSerializer
from lib.pages import render_html
from portal.page_helpers import words_of
from portal.presenters import page
from portal.presenters.stepper import steps
from portal.tests.test_truth import FILED, Cell, axes, decisions_of, rows_of
from portal.words import NOW
from tickets.cases.case import Case
from tickets.models import Escalation, EscalationTarget, Freeze, Ticket
from tickets.workflow import Status
from tickets.workflow.vocabulary import EXTERNAL_OUTCOMES, FILED_BY_DESK

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en")
VERDICTS = ("approved", "partly_approved", "rejected")


class Place(NamedTuple):
    """How far a complaint has come at one place."""

    target: str
    state: str
    outcome: str = ""


def places() -> Iterator[Place]:
    """Every place in every state that it can have; of an answer each outcome. The police have no row: that they were told is a fact."""
    for target in EscalationTarget.objects.exclude(key="police").values_list("key", flat=True):
        first = {"l1_internal": (), "payment_channel": ("handing_over",)}.get(target, ("to_be_filed",))
        outcomes = ("",) if target == "l1_internal" else EXTERNAL_OUTCOMES
        yield from (Place(target, state) for state in (*first, "filed", "closed"))
        yield from (Place(target, "answered", outcome) for outcome in outcomes)


def row_of(ticket: Ticket, place: Place) -> Escalation:
    at = timezone.now()
    there = {"filed_at": at, "filed_reference": "N-12"} if place.state not in ("to_be_filed", "handing_over") else {}
    answer = {"outcome": place.outcome, "reference": "A-34", "answered_at": at} if place.state == "answered" else {}
    row = Escalation(ticket=ticket, target=place.target, state=place.state, at=at, by=ticket.owner, **there, **answer)
    row.title = place.target
    return row


class Drawn:
    """Parts of one page, each drawn once for each thing it can say."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.known, self.parts = known, dict[tuple[object, ...], str]()

    def text(self, name: str, says: tuple[object, ...], **said: Any) -> str:
        key = (name, translation.get_language(), *says)
        if key not in self.parts:
            html = render_html(f"portal/ticket/{name}.html", {**self.known, **said})
            self.parts[key] = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
        return self.parts[key]


def page_of(drawn: Drawn, case: Case, cell: Cell) -> dict[str, str]:
    """The parts of the page that speak of these rows, by name."""
    said = {"steps": steps(case), "now_text": page.now_text(case), **page.standing_context(case)}
    standing, freeze = said["standing"], case.freezes[-1] if case.freezes else None
    own = (standing.asked, standing.own_name, standing.next_name, standing.is_calm, len(standing.late)) if standing else ()
    found = {"stepper": drawn.text("stepper", tuple((str(s.name), s.done, s.current, s.failed) for s in said["steps"]), **said)}
    if said["freeze_help"]:
        found["freeze_failed"] = drawn.text("freeze_failed", (cell.freeze,), **said)
    last = (str(said["now_text"]), cell.refund, cell.decision, said["police_first"] is None, cell.freeze == "failed")
    found["next_step"] = drawn.text("next_step", (*map(str, own), *last), **said)
    if said["refunds"]:
        found["refunds"] = drawn.text("refunds", (cell.refund,), **said)
    if said["letter"]:
        found["letter"] = drawn.text("letter", (cell.decision, cell.refund), **said)
    if case.escalations:
        found["escalations"] = drawn.text("escalations", (cell.place,), escalations=case.escalations)
    if freeze:
        found["freeze"] = drawn.text("freeze", (cell.freeze, said["safety_open"]), freeze=freeze, **said)
    return found


def compare(found: Mapping[str, str], case: Case, cell: Cell) -> None:
    whole, status = " ".join(found.values()), case.status
    failed = gettext("Your account is not frozen: the freeze did not work")
    assert (failed in whole) == (cell.freeze == "failed")
    if "freeze" in found:
        assert word_in(found["freeze"], "FREEZE_STATE", Freeze.State.values) == {cell.freeze}
    assert (str(NOW["frozen"]) in whole) <= (cell.freeze == "active")
    calm = gettext("Everything is on time.") in whole
    assert not calm or (cell.freeze != "failed" and cell.place != "to_be_filed" and case.ticket.waiting_on != "customer")
    assert (gettext("Money that came back") in whole) == (cell.refund is not None)
    assert cell.refund is None or str(cell.refund) in whole
    assert (str(NOW["resolved"]) in whole) == (status == Status.RESOLVED and cell.refund is not None)
    badges = {"approved": "Approved", "partly_approved": "Approved in part", "rejected": "Not approved"}
    head = found.get("letter", "").partition(gettext("Our decision"))[2].lstrip()
    named = {verdict: str(pgettext("decision", text)) for verdict, text in badges.items()}
    told = max((verdict for verdict, text in named.items() if head.startswith(text)), key=lambda each: len(named[each]), default=None)
    assert told == (cell.decision if "letter" in found else None)
    assert "letter" not in found or cell.decision in VERDICTS
    assert not (found.get("letter") is None and cell.decision in VERDICTS and status in (Status.REMEDY_PENDING, Status.REJECTED))


def word_in(text: str, table: str, codes: list[str]) -> set[str]:
    """Whose word the part begins with, after its heading."""
    head = text.partition(gettext("The freeze"))[2].lstrip()
    return {code for code in codes if head.startswith(str(words_of(code, table)))}


def compare_api(case: Case, owner: Any, cell: Cell) -> None:
    told = TicketSerializer(context={"case": case, "viewer": owner, "now": case.now})
    case.ticket._prefetched_objects_cache = {"freezes": case.freezes}
    assert (told.get_freeze(case.ticket) or {}).get("state") == cell.freeze
    assert [place["state"] for place in told.get_escalations(case.ticket)] == ([cell.place] if cell.place else [])
    assert [refund["amount"] for refund in told.get_refunds(case.ticket)] == ([str(cell.refund)] if cell.refund else [])
    seen = told.get_decision(case.ticket)
    assert (seen and (seen["verdict"], seen["state"])) == ((cell.decision, "effective") if cell.decision in VERDICTS else None)


@pytest.fixture
def drawn_for(mei, clock):
    """A ticket's case and its page's parts, read once as a request reads them."""

    def of(ticket: Ticket) -> tuple[Case, Drawn]:
        request = RequestFactory().get(f"/tickets/{ticket.ref}/")
        request.user, request.session = mei, {}
        known = page.context(request, Ticket.objects.get(pk=ticket.pk))
        return known["case"], Drawn({**known, "csrf_input": ""})

    return of


@pytest.mark.parametrize("status", FILED)
def test_page_and_program_say_in_every_cell_what_the_rows_hold(in_status, drawn_for, mei, status: Status) -> None:
    ticket = in_status(status)
    ticket.refunds.all().delete()
    freezes, states, decisions, refunds = axes(status)
    for decision in decisions:  # the letter is read from its row, so that it is written
        ticket.decisions.all().delete()
        for row in decisions_of(ticket, Cell(None, None, decision, None)):
            row.save()
        case, drawn = drawn_for(ticket)
        for cell in (Cell(freeze, place, decision, refund) for freeze, place, refund in product(freezes, states, refunds)):
            rows, place_rows, _decisions, refund_rows = rows_of(case.ticket, cell)
            case.freezes, case.escalations, case.refunds = rows, place_rows, refund_rows
            for number, row in enumerate((*rows, *place_rows, *refund_rows)):
                row.pk = number + 1
            compare_api(case, mei, cell)
            for language in LANGUAGES:
                with translation.override(language):
                    try:
                        compare(page_of(drawn, case, cell), case, cell)
                    except AssertionError as error:
                        raise AssertionError((status, cell, language)) from error


@pytest.mark.parametrize("status", FILED)
def test_each_place_is_told_as_far_as_the_complaint_has_come_there(in_status, drawn_for, mei, status: Status) -> None:
    """By page and program; where it was answered, with what came of it and its number, and nowhere else."""
    case, drawn = drawn_for(in_status(status))
    told = TicketSerializer(context={"case": case, "viewer": mei, "now": case.now})
    for place in places():
        case.escalations = [row_of(case.ticket, place)]
        case.escalations[0].pk = 1
        [said] = told.get_escalations(case.ticket)
        assert (said["target"], said["state"], said["outcome"] or "") == place
        for language in LANGUAGES:
            with translation.override(language):
                text = drawn.text("escalations", tuple(place), escalations=case.escalations)
                check_place(text, place)


def check_place(text: str, place: Place) -> None:
    by_desk = place.target in FILED_BY_DESK
    filed = gettext("Handed on by us") if by_desk else gettext("Filed by you")
    here = place.state in ("filed", "closed") and place.target != "l1_internal"
    assert (filed in text) == here, (place, text)
    assert (gettext("Being looked at again") in text) == (place.target == "l1_internal" and place.state == "filed"), (place, text)
    for state in ("to_be_filed", "handing_over", "answered", "closed"):
        assert (str(words_of(state, "ESCALATION_STATE")) in text) == (place.state == state), (place, state, text)
    outcomes = {code for code in EXTERNAL_OUTCOMES if f"· {words_of(code, 'OUTCOME')}" in text}
    assert outcomes == ({place.outcome} if place.outcome else set()), (place, text)
    assert ("A-34" in text) == (place.state == "answered"), (place, text)


@pytest.mark.parametrize("status", ["evidence_collection", "rejected", "escalated", "closed"])
def test_the_page_of_the_places_tells_it_of_all_at_once(in_status, browser_of, mei, status: str) -> None:
    ticket = in_status(Status(status))
    told = {place.target: [each for each in places() if each.target == place.target] for place in places()}
    for turn in range(max(map(len, told.values()))):
        ticket.escalations.all().delete()
        now = [each[turn % len(each)] for each in told.values()]
        for place in now:
            row_of(ticket, place).save()
        language = LANGUAGES[turn % 2]
        html = browser_of(mei, language).get(f"/tickets/{ticket.ref}/further/").content.decode()
        with translation.override(language):
            for place in now:
                part = re.search(rf'<section[^>]*labelledby="place-{place.target}".*?</section>', html, re.DOTALL)
                assert part is not None, place
                text = " ".join(unescape(re.sub(r"<[^>]+>", " ", part[0])).split())
                for state in ("to_be_filed", "handing_over", "answered"):
                    assert (str(words_of(state, "ESCALATION_STATE")) in text) == (place.state == state), (place, text)
                outcomes = {code for code in EXTERNAL_OUTCOMES if f"· {words_of(code, 'OUTCOME')}" in text}
                assert outcomes == ({place.outcome} if place.outcome else set()), (place, text)
