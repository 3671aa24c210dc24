"""One complaint from freeze to closure, by operations alone."""

import pytest

from tickets.models import Ticket
from tickets.operations import file_ticket, look, perform, post_message
from tickets.tests.making import FILES, approval, filing, put_evidence

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def states(ticket, viewer):
    case = look(Ticket.objects.get(pk=ticket.pk), viewer)
    return {timer.key: str(timer.state(case.now)) for timer in case.timers}


AT_THE_END = {
    "claim_limit": "met",
    "full_refund_window": "met",
    "first_response": "met",
    "regulatory_final": "met",
    "abandoned": "cancelled",
    "freeze_exec": "met",
    "review_target": "met",
    "review_limit": "met",
    "no_action": "met",
    "refund_payout": "met",
    "promise": "met",
    "lift_exec": "met",
    "confirm": "met",
    "evidence_purge": "running",
}


def test_a_theft_goes_from_freeze_to_closure(clock, mei, lin, zhou, chen, zhao, adapter):
    clock("2026-03-10T20:52:00+08:00")
    body = filing(
        amount="1280.00",
        request_freeze=True,
        account="douyin:138****0000",
        incident_at="2026-03-10T20:15:00+08:00",
        discovered_at="2026-03-10T20:40:00+08:00",
    )
    ref = file_ticket(mei, body).ref
    clock("2026-03-10T21:30:00+08:00")
    assert perform(zhou, ref, "confirm_freeze", {"reference": "F-1"}).status == "frozen"
    clock("2026-03-11T10:05:00+08:00")
    post_message(lin, ref, {"body": "已收到", "eta_at": "2026-03-13T18:00:00+08:00"})
    clock("2026-03-12T09:10:00+08:00")
    ticket = Ticket.objects.get(ref=ref)
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    ticket = perform(mei, ref, "submit_appeal")
    assert (ticket.status, ticket.refund_tier) == ("appeal_submitted", "full_eligible")
    clock("2026-03-12T14:00:00+08:00")
    perform(chen, ref, "start_review")
    clock("2026-03-16T11:20:00+08:00")
    assert perform(chen, ref, "approve", approval()).status == "under_review"
    assert perform(zhao, ref, "countersign").status == "remedy_pending"
    clock("2026-03-18T16:00:00+08:00")
    assert perform(adapter, ref, "confirm_remedy", {"reference": "R-1"}).status == "resolved"
    clock("2026-03-18T16:05:00+08:00")
    for task in ("password_changed", "two_factor_on", "devices_checked", "cards_checked"):
        perform(mei, ref, "tick_security_task", {"task": task})
    perform(mei, ref, "request_lift")
    perform(zhou, ref, "lift_freeze", {"note": "verified by phone"})
    clock("2026-03-19T08:30:00+08:00")
    ticket = perform(mei, ref, "confirm_resolution")
    assert (ticket.status, ticket.close_reason) == ("closed", "confirmed")
    assert states(ticket, mei) == AT_THE_END
    events = list(ticket.events.values_list("seq", "kind"))
    assert [seq for seq, _ in events] == list(range(1, len(events) + 1))
