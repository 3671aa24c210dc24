"""Whom a complaint is about: they have no part in it, wherever it goes."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import Role
from tickets.models import Ticket
from tickets.operations import amend, file_ticket, perform, split
from tickets.tests.cast import person
from tickets.tests.making import filing
from tickets.tests.staffing import Mode, holder, rule

pytestmark = pytest.mark.django_db


def about(ticket: Ticket) -> set[User]:
    return set(ticket.complained_about.all())


# ---- It goes where the complaint goes
def test_what_is_split_off_is_about_the_same_people(clock, mei, lin, chen, zhao) -> None:
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"complained_about": [chen.email]})
    assert about(split(lin, ticket.ref, {"category": "merchant_deduction"})) == {chen}


def test_what_is_split_off_is_not_given_to_those_it_is_about(clock, mei, lin, zhao) -> None:
    """The only agent left is the one complained about: rather nobody's."""
    ticket = file_ticket(mei, filing())
    amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    other = person("ann@example.com", Role.AGENT)
    rule(Mode.ROUND_ROBIN)
    assert holder(split(other, ticket.ref, {})) is None


def test_a_merge_takes_along_whom_it_is_about(clock, mei, lin, chen, zhao, sun) -> None:
    one, two = (file_ticket(mei, filing()) for _ in range(2))
    amend(zhao, one.ref, {"complained_about": [chen.email]})
    amend(zhao, two.ref, {"complained_about": [sun.email], "assignee": chen.email})
    perform(lin, one.ref, "merge", {"into": two.ref})
    assert about(two) == {chen, sun}
    assert holder(two) is None


def test_a_merge_that_is_about_nobody_leaves_the_other_with_its_assignee(clock, mei, lin, chen) -> None:
    one, two = (file_ticket(mei, filing()) for _ in range(2))
    amend(lin, two.ref, {"assignee": chen.email})
    perform(lin, one.ref, "merge", {"into": two.ref})
    assert (about(two), holder(two)) == (set(), chen)
