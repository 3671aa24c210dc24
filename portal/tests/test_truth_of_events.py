"""Each event against the rows: every status, every action in it, whoever does it; on the page in both languages, and over the API.

After each act that worked, what its new events say is looked up in the rows, and what has become of the rows is looked up in the events.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.db.models import Max
from django.utils import translation

from portal.page_helpers import words_of
from portal.tests.conftest import main_of
from portal.tests.test_truth_of_letters import check_letter, letters_of
from tickets.cases.timeline import LEFT_OUT
from tickets.models import Decision, Event, Freeze, Notification, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing
from tickets.tests.stages import BODY, MAKERS, inputs
from tickets.workflow import ACTIONS, EVENTS, Status
from tickets.workflow.errors import Refusal

pytestmark = pytest.mark.django_db
FILED = [status for status in Status if status != Status.DRAFT]
Holds = Callable[[Ticket, Event], bool]


def _freeze(*states: str, origin: str = "") -> Holds:
    more = {"origin": origin} if origin else {}
    return lambda ticket, event: ticket.freezes.filter(state__in=states, **more).exists()


def _decided(*verdicts: str) -> Holds:
    def holds(ticket: Ticket, event: Event) -> bool:
        last = ticket.decisions.filter(state=Decision.State.EFFECTIVE).last()
        return last is not None and last.verdict in verdicts

    return holds


def _place(*states: str) -> Holds:
    return lambda ticket, event: ticket.escalations.filter(state__in=states, target=event.data["target"]).exists()


def _came_back(ticket: Ticket, event: Event) -> bool:
    return str(event.data["amount"]) in {str(refund.amount) for refund in ticket.refunds.all()}


def _last(ticket: Ticket) -> Decision:
    return ticket.decisions.filter(state=Decision.State.EFFECTIVE).latest("pk")


def _carried_out(ticket: Ticket, event: Event) -> bool:
    return all(remedy.state == "done" for remedy in _last(ticket).remedies.all())


def _decision(state: str) -> Holds:
    return lambda ticket, event: ticket.decisions.filter(state=state).exists()


def _status(*statuses: str) -> Holds:
    return lambda ticket, event: ticket.status in statuses


def _submitted(ticket: Ticket, event: Event) -> bool:
    return ticket.submitted_at is not None and ticket.submissions.exists()


# What an event says of a freeze, a place, a decision, money or a document, read from that thing's own row.
SAYS: Mapping[str, Holds] = {
    "request_freeze": _freeze("requested"),
    "confirm_freeze": _freeze("active"),
    "frozen_after_all": _freeze("active"),
    "fail_freeze": _freeze("failed"),
    "lift_freeze": _freeze("lifted"),
    "lifted_unasked": _freeze("lifted"),
    "lifted_beside_another": _freeze("lifted"),
    "request_lift": lambda ticket, event: ticket.freezes.exclude(lift_requested_at=None).exists(),
    "record_police_freeze": _freeze("active", origin=Freeze.Origin.LAW_ENFORCEMENT),
    "submit_appeal": _submitted,
    "awaiting_countersignature": _decision(Decision.State.AWAITING),
    "approved": _decided("approved"),
    "partly_approved": _decided("partly_approved"),
    "rejected": _decided("rejected"),
    "refuse_countersign": _decision(Decision.State.REFUSED),
    "decision_void": _decision(Decision.State.VOID),
    "uphold_customer": _decided("approved", "partly_approved"),
    "uphold_rejection": _decided("rejected"),
    "confirm_remedy": _carried_out,
    "record_refund": _came_back,
    "filing_prepared": _place("to_be_filed"),
    "escalate": _place("filed", "handing_over"),
    "auto_escalated": _place("filed"),
    "record_outside_filing": _place("filed"),
    "record_hand_over": _place("filed"),
    "record_external_answer": _place("answered"),
    "record_transfer": lambda ticket, event: ticket.transfers.filter(replied_at=None).exists(),
    "record_transfer_reply": lambda ticket, event: ticket.transfers.exclude(replied_at=None).exists(),
    "issue_statement": lambda ticket, event: ticket.evidence.filter(kind="statement_of_balance", state="clean", internal=False).exists(),
    "fail_remedy": lambda ticket, event: any(remedy.failure or remedy.state == "failed" for remedy in _last(ticket).remedies.all()),
    "request_evidence": lambda ticket, event: ticket.evidence_requests.filter(reason=event.data["reason"]).exists(),
    "retract_decision": _decision(Decision.State.VOID),
    "raise_claim": lambda ticket, event: str(ticket.amount) == str(event.data["amount"]),
    "tick_security_task": lambda ticket, event: ticket.security_tasks.filter(task=event.data["task"]).exists(),
    "start_review": _status("under_review"),
    "return_to_review": _status("under_review"),
    "dispute_resolution": _status("under_review", "evidence_collection"),
    "reopen": _status("under_review", "evidence_collection"),
    "merge": _status("closed"),
    "confirm_resolution": _status("closed"),
    "withdraw": _status("closed"),
    "route_after_sale": _status("closed"),
    "closed_by_clock": _status("closed"),
}
# These tell of a wish, a word, a file, a clock or a note, or have an event of another name (approve, file): no such row to look up.
NAMES = """
account_forgotten act_held amended approve assigned auto_reversal_over call complained_about_changed consent_withdrawn contact_proven
countersign customer_message date_moved evidence.added evidence.clean evidence.consent evidence.kept evidence.moved evidence.moved_in
evidence.purged evidence.quarantined evidence.reclassified evidence.rejected evidence.removed evidence.reviewed evidence_purge
evidence_rejected extend file filed freeze_acknowledged freeze_on_closed_ticket freeze_report_differs hold_lapsed identity_checked
incident_linked incident_notice incident_suggested incident_unlinked letter_bounced letter_held letter_refused
lift_awaiting_countersignature linked mentioned merged_from message note person_erased policy_rebased rated reconciled
record_identity_check refer_to_police refuse_reopen reject release_hold remedy_bounced reopen_requested reply request_call split
representation_waits representative_agreed representative_ended representative_named representative_refused submission_held_up
supplement_expired supply_evidence tagged timer.breached timer.expired timer.passed timer.warned unlinked unmerge unmerged waive_wait
"""
ELSEWHERE = frozenset(NAMES.split())


class Picture(NamedTuple):
    """The rows that pages, letters and events speak of."""

    status: str
    freezes: frozenset[tuple[int, str]]
    places: frozenset[tuple[int, str]]
    decided: frozenset[tuple[int, str]]
    refunds: frozenset[int]


def picture(ticket: Ticket) -> Picture:
    effective = ticket.decisions.filter(state=Decision.State.EFFECTIVE)
    return Picture(
        ticket.status,
        frozenset(ticket.freezes.values_list("pk", "state")),
        frozenset(ticket.escalations.values_list("pk", "state")),
        frozenset(effective.values_list("pk", "verdict")),
        frozenset(ticket.refunds.values_list("pk", flat=True)),
    )


# What has become of a row is told by one of these.
TOLD_BY: Mapping[str, Mapping[str, set[str]]] = {
    "freezes": {
        "requested": {"request_freeze", "withdraw"},
        "active": {"confirm_freeze", "frozen_after_all", "record_police_freeze", "filed"},
        "failed": {"fail_freeze"},
        "lifted": {"lift_freeze", "withdraw", "merge"},
    },
    "places": {
        "to_be_filed": {"filing_prepared"},
        "handing_over": {"escalate"},
        "filed": {"escalate", "auto_escalated", "record_outside_filing", "record_hand_over"},
        "answered": {"record_external_answer", "return_to_review", "uphold_customer", "uphold_rejection", "approved"},
        "closed": {"record_refund", "confirm_resolution", "withdraw", "merge", "route_after_sale"},
    },
    "decided": {
        "approved": {"approved", "uphold_customer"},
        "partly_approved": {"partly_approved", "uphold_customer"},
        "rejected": {"rejected", "uphold_rejection"},
    },
}


def check_rows_are_told(before: Picture, after: Picture, kinds: set[str], where: object) -> None:
    for name, told in TOLD_BY.items():
        for _pk, state in getattr(after, name) - getattr(before, name):
            assert kinds & told[state], (where, name, state, kinds)
    assert not after.refunds - before.refunds or kinds & {"record_refund", "confirm_remedy"}, where


def check_events(ticket: Ticket, new: list[Event], before: Picture, where: object) -> None:
    for event in new:
        assert event.kind not in SAYS or SAYS[event.kind](ticket, event), (where, event.kind, event.data)
    check_rows_are_told(before, after := picture(ticket), {event.kind for event in new}, where)
    moves = [(event.from_status, event.to_status) for event in new if event.from_status]
    stood = before.status
    for from_status, to_status in moves:
        assert from_status == stood, (where, moves)
        stood = to_status
    assert stood == after.status, (where, moves, after.status)


def check_doors(client_of: Callable[..., Any], ticket: Ticket, new: list[Event], where: object) -> None:
    """The owner hears of each public one, by page and program, in the words of its kind; of no other."""
    public = [event for event in new if event.visibility == "public"]
    told = client_of("en").get(f"/api/v1/tickets/{ticket.ref}/events/?page_size=100").json()["results"]
    seen = {each["seq"]: (each["kind"], each["from"] or "", each["to"] or "") for each in told}
    for event in new:
        said = seen.get(event.seq)
        assert said == ((event.kind, event.from_status, event.to_status) if event in public else None), (where, event.kind, said)
    for language in ("zh-hans", "en"):
        page = main_of(client_of(language).get(f"/tickets/{ticket.ref}/"))
        history = page[page.index('id="messages"') :].partition("</section>")[0]
        lines = [unescape(line) for line in re.findall(r'<p class="timeline-what">(.*?)</p>', history, re.DOTALL)]
        for event in public:
            words = line_of(event.kind, language)
            assert words is None or any(words in line for line in lines), (where, language, event.kind, words)


def check_letters(ticket: Ticket, after: int) -> None:
    for row, language, text in letters_of(ticket, after):
        check_letter(row, language, text)


def line_of(kind: str, language: str) -> str | None:
    """As the page says it to the owner; none where a kind has no line, or its message stands there itself."""
    with translation.override(language):
        row = EVENTS.get(kind)
        return None if kind in LEFT_OUT or (row is not None and not row.in_history) else str(words_of(kind, "EVENT"))


@pytest.mark.parametrize("status", FILED)
def test_each_event_says_what_the_rows_hold_and_each_row_is_told(status: Status, people: SimpleNamespace, browser_of, clock) -> None:
    clock("2026-03-11T10:00:00+08:00")
    ticket = Ticket.objects.get(ref=MAKERS[status](people).ref)
    twin = file_ticket(people.owner, filing(**BODY))
    bodies, before, last = inputs(ticket, twin), picture(ticket), ticket.last_seq
    seen, letters = set[str](), Notification.objects.aggregate(last=Max("pk", default=0))["last"]
    for action in ACTIONS:
        for name, person in vars(people).items():
            person._roles = None
            try:
                with transaction.atomic():
                    perform(person, ticket.ref, action, dict(bodies[action]))
                    ticket = Ticket.objects.get(pk=ticket.pk)
                    if ticket.last_seq > last:
                        new = list(ticket.events.filter(seq__gt=last).order_by("seq"))
                        check_events(ticket, new, before, (status, action, name))
                        if action not in seen:
                            check_doors(lambda language: browser_of(people.owner, language), ticket, new, (status, action))
                            check_letters(ticket, letters)
                        seen.add(action)
                    transaction.set_rollback(True)
            except Refusal:
                continue
    assert seen


def test_every_kind_of_event_is_looked_up_or_tells_of_something_else() -> None:
    assert {*ACTIONS, *EVENTS} - set(SAYS) == ELSEWHERE
