"""Whoever is away or has left hands over: by the clock, and by a supervisor who has seen before how many go to whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tickets.models import StaffProfile
from tickets.operations import amend, file_ticket, perform
from tickets.staffing import pass_on, preview_passing_on
from tickets.tests.making import filing, under_review
from tickets.tests.staffing import Mode, assign, holder, rule, staff, told
from tickets.workflow.errors import Forbidden, NotFound

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _today(clock) -> None:
    clock("2026-03-10T20:52:00+08:00")


def away(user, **more) -> None:
    StaffProfile.objects.update_or_create(user=user, defaults={"away_from": TODAY, **more})


@pytest.fixture
def held(mei, lin, zhao):
    """Three complaints of Lin's."""
    tickets = [file_ticket(mei, filing()) for _ in range(3)]
    for ticket in tickets:
        amend(zhao, ticket.ref, {"assignee": lin.email})
    return tickets


def test_the_stand_in_gets_what_an_absent_person_has(held, lin) -> None:
    bao = staff("bao", Role.AGENT, takes_part=False)
    away(lin, stand_in=bao)
    assert assign() == 3
    assert {holder(ticket) for ticket in held} == {bao}
    assert told(held[0])[-1] == (bao.pk, "stand_in", None)


@pytest.mark.parametrize(
    ("begin", "end", "moves"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (TODAY - timedelta(days=5), TODAY - timedelta(days=1), False),
    ],
)
def test_only_while_away(begin, end, moves, held, lin) -> None:
    away(lin, away_from=begin, away_to=end, stand_in=staff("bao", Role.AGENT))
    assert assign() == (3 if moves else 0)


def test_the_day_is_that_of_where_the_person_lives(held, lin) -> None:
    lin.timezone = "Pacific/Auckland"  # the eleventh has begun there
    lin.save(update_fields=["timezone"])
    away(lin, away_from=TODAY + timedelta(days=1), stand_in=staff("bao", Role.AGENT))
    assert assign() == 3


def test_by_the_rule_where_the_stand_in_cannot(held, lin, mei, zhao) -> None:
    bao, other = staff("bao", Role.AGENT), staff("other", Role.AGENT)
    amend(zhao, held[0].ref, {"complained_about": [bao.email]})
    away(lin, stand_in=bao)
    rule(Mode.ROUND_ROBIN)
    assert assign() == 3
    assert [holder(ticket) for ticket in held] == [other, bao, bao]


def test_without_stand_in_and_rule_an_absent_person_keeps_them(held, lin) -> None:
    staff("bao", Role.AGENT)
    away(lin)
    assert (assign(), {holder(ticket) for ticket in held}) == (0, {lin})


@pytest.mark.parametrize("leaves", ["inactive", "no group"])
def test_whoever_has_left_has_nothing_any_more(leaves, held, lin) -> None:
    if leaves == "inactive":
        lin.is_active = False
        lin.save(update_fields=["is_active"])
    else:
        lin.groups.clear()
    assert assign() == 0
    assert {holder(ticket) for ticket in held} == {None}
    assert told(held[0])[-1] == (None, "released", None)
    other = staff("other", Role.AGENT)
    rule(Mode.BY_LOAD)
    assert (assign(), {holder(ticket) for ticket in held}) == (3, {other})


def test_what_is_in_review_goes_to_a_reviewer_only(mei, chen, lin) -> None:
    ticket = under_review(mei, chen)
    away(chen, stand_in=lin)
    assert assign() == 0, "an agent judges no appeal"
    other = staff("other", Role.REVIEWER)
    away(chen, stand_in=other)
    assert (assign(), holder(ticket)) == (1, other)


def test_the_preview_says_what_then_happens_and_changes_nothing(held, lin, zhao) -> None:
    bao, other = staff("bao", Role.AGENT), staff("other", Role.AGENT)
    before = preview_passing_on(zhao, lin.pk)
    assert dict(before) == {bao.pk: 2, other.pk: 1}, "no rule: those with least to do"
    assert {holder(ticket) for ticket in held} == {lin}
    assert dict(pass_on(zhao, lin.pk)) == dict(before)
    assert told(held[0])[-1] == (bao.pk, "by_load", zhao.pk)


def test_what_nobody_can_take_stays(held, lin, zhao) -> None:
    assert dict(preview_passing_on(zhao, lin.pk)) == {None: 3}
    assert dict(pass_on(zhao, lin.pk)) == {None: 3}
    assert {holder(ticket) for ticket in held} == {lin}


def test_what_is_closed_stays_with_whoever_had_it(held, lin, mei, zhao) -> None:
    staff("bao", Role.AGENT)
    perform(mei, held[0].ref, "withdraw")
    assert sum(pass_on(zhao, lin.pk).values()) == 2
    assert holder(held[0]) == lin


def test_a_supervisor_passes_nothing_on_of_a_case_of_their_own(lin, zhao, sun) -> None:
    mine = file_ticket(zhao, filing())
    amend(lin, mine.ref, {"assignee": lin.email})
    staff("bao", Role.AGENT)
    assert (dict(preview_passing_on(zhao, lin.pk)), dict(pass_on(zhao, lin.pk))) == ({}, {})
    assert holder(mine) == lin


def test_only_supervisors_and_only_of_the_desk(held, lin, chen, mei, zhao) -> None:
    for act in (pass_on, preview_passing_on):
        for actor in (lin, chen, mei):
            with pytest.raises(Forbidden):
                act(actor, lin.pk)
        with pytest.raises(NotFound):
            act(zhao, mei.pk)
    assert timezone.now().date() == TODAY
