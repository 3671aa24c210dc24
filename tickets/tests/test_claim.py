"""The claim is fixed once it was handed in. A supervisor raises it, with a reason, and has no other part in it then."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from accounts.roles import Role
from tickets.models import ClaimRaise, Ticket
from tickets.operations import amend, file_ticket, perform
from tickets.tests.cast import person
from tickets.tests.making import approval, filing
from tickets.tests.stages import MAKERS
from tickets.tests.telling import refused
from tickets.workflow.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(people, clock) -> Ticket:
    return MAKERS["under_review"](people)


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter):
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.mark.parametrize("body", [{"amount": "900.00"}, {"amount": "1.00"}, {"amount": None}, {"statement": {"amount": "900.00"}}])
def test_an_agent_cannot_touch_it(body, ticket, lin):
    with pytest.raises(Forbidden):
        amend(lin, ticket.ref, body)
    assert Ticket.objects.get(pk=ticket.pk).amount == Decimal("600.00")


@pytest.mark.parametrize("same", ["600.00", "600"])
def test_saying_it_again_changes_nothing(same, ticket, lin):
    assert amend(lin, ticket.ref, {"amount": same}).version == ticket.version


@pytest.mark.parametrize(
    "body", [{"amount": "900.00", "reason": "凭证显示两笔"}, {"statement": {"amount": "900.00"}, "reason": "凭证显示两笔"}]
)
def test_a_supervisor_raises_it_by_a_correction(body, ticket, zhao):
    after = amend(zhao, ticket.ref, body)
    assert (after.amount, after.statement["amount"]) == (Decimal("900.00"), "900.00")
    row = ClaimRaise.objects.get()
    assert (row.by, row.before, row.after, row.reason) == (zhao, Decimal("600.00"), Decimal("900.00"), "凭证显示两笔")
    event = ticket.events.order_by("-seq").first()
    assert (event.kind, event.actor, event.data["before"], event.data["amount"]) == ("raise_claim", zhao, "600.00", "900.00")


def test_never_without_a_reason_and_never_down(ticket, zhao):
    for body, field in (({"amount": "900.00"}, "reason"), ({"amount": "599.99", "reason": "x"}, "amount")):
        with pytest.raises(Invalid) as caught:
            amend(zhao, ticket.ref, body)
        assert list(caught.value.errors) == [field]


def test_who_raised_it_neither_decides_nor_signs(ticket, chen):
    both = person("both@example.com", Role.REVIEWER, Role.SUPERVISOR)
    perform(both, ticket.ref, "raise_claim", {"amount": "1500.00", "reason": "凭证显示两笔"})
    refused("SAME_SIGNATORY", both, ticket.ref, "approve", approval())
    perform(chen, ticket.ref, "approve", approval())
    refused("SAME_SIGNATORY", both, ticket.ref, "countersign")


def test_nobody_raises_it_under_a_decision_that_waits(ticket, chen, zhao):
    Ticket.objects.filter(pk=ticket.pk).update(late_claim=True)
    perform(chen, ticket.ref, "approve", approval())
    refused("WRONG_STATUS", zhao, ticket.ref, "raise_claim", {"amount": "900.00", "reason": "x"})


def test_before_it_is_handed_in_it_is_corrected(mei, lin, zhao, clock):
    ticket = file_ticket(mei, filing())
    assert amend(lin, ticket.ref, {"amount": "700.00"}).statement["amount"] == "700.00"
    assert amend(mei, ticket.ref, {"statement": {"amount": "800.00"}}).amount == Decimal("800.00")
    refused("WRONG_STATUS", zhao, ticket.ref, "raise_claim", {"amount": "900.00", "reason": "x"})
