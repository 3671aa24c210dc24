"""A freeze asks for neither sum nor time: the statement is the first to tell them, and the refund is measured by it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickets.models import Ticket
from tickets.operations import amend, file_ticket, perform, post_message
from tickets.tests.making import FILES, put_evidence
from tickets.workflow.errors import Invalid, Refusal

pytestmark = pytest.mark.django_db

FROZEN = {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:13812340000"}
SAID = {
    "occurred_at": "2026-03-10T20:15:00+08:00",
    "amount": "1280.00",
    "symptom": "收到充值成功的通知，但我本人没有进行任何操作，特此投诉。",
}


@pytest.fixture
def frozen(mei, clock) -> Ticket:
    return file_ticket(mei, FROZEN)


def test_the_first_to_name_the_sum_names_the_tickets(mei, frozen):
    ticket = amend(mei, frozen.ref, {"statement": SAID})
    assert (ticket.amount, ticket.incident_at.isoformat()) == (Decimal("1280.00"), "2026-03-10T20:15:00+08:00")


def test_a_slip_is_corrected_with_it(mei, frozen):
    amend(mei, frozen.ref, {"statement": {**SAID, "amount": "12800.00"}})
    assert amend(mei, frozen.ref, {"statement": SAID}).amount == Decimal("1280.00")


def test_who_speaks_last_before_handing_in_names_the_sum(mei, lin, frozen):
    ticket = amend(lin, frozen.ref, {"amount": "900.00"})
    assert "amount" not in ticket.statement
    assert amend(mei, frozen.ref, {"statement": SAID}).amount == Decimal("1280.00")
    ticket = amend(lin, frozen.ref, {"amount": "900.00"})
    assert (ticket.amount, ticket.statement["amount"]) == (Decimal("900.00"), "900.00")


def test_a_corrected_time_reaches_the_ticket(mei, frozen):
    amend(mei, frozen.ref, {"statement": SAID})
    ticket = amend(mei, frozen.ref, {"statement": {"occurred_at": "2026-03-09T08:00:00+08:00"}})
    assert ticket.incident_at.isoformat() == "2026-03-09T08:00:00+08:00"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "0"),
        ("amount", "-5"),
        ("occurred_at", "2026-03-11T08:00:00+08:00"),  # after it was noticed
        ("occurred_at", "2026-03-12T08:00:00+08:00"),  # not yet
    ],
)
def test_the_statement_is_checked_as_a_filing_is(mei, frozen, clock, name, value):
    clock("2026-03-11T09:00:00+08:00")
    with pytest.raises(Invalid) as caught:
        amend(mei, frozen.ref, {"statement": {**SAID, name: value}})
    assert list(caught.value.errors) == [f"statement.{name}"]
    ticket = Ticket.objects.get(pk=frozen.pk)
    assert (ticket.amount, ticket.incident_at, ticket.statement) == (None, None, {})


def test_a_refund_beyond_it_is_refused(mei, lin, chen, frozen):
    amend(mei, frozen.ref, {"statement": SAID, "demands": ["refund"], "order_numbers": [{"issuer": "other", "number": "A-1000001"}]})
    put_evidence(frozen, *FILES["mp_topup_stolen"])
    post_message(lin, frozen.ref, {"body": "已收到", "eta_at": "2026-03-13T18:00:00+08:00"})
    perform(mei, frozen.ref, "submit_appeal")
    perform(chen, frozen.ref, "start_review")
    decision = {"root_cause": "unknown", "liability": "platform", "explanation": "属实", "answers": {"refund": "同意"}}
    with pytest.raises(Refusal) as caught:
        perform(chen, frozen.ref, "approve", {**decision, "remedies": [{"kind": "refund_full", "amount": "1280.01"}]})
    assert caught.value.code == "REFUND_EXCEEDS_CLAIM"
