"""Availability at the desk: one's own page, the team for supervisors, handing over with a preview."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from desk.tests.test_privacy import queries
from lib import memo
from tickets.models import AssignmentRule, StaffProfile, Ticket
from tickets.operations import amend, file_ticket
from tickets.tests.cast import person
from tickets.tests.making import filing
from tickets.tests.staffing import holder

pytestmark = pytest.mark.django_db
PAGE = "/desk/availability/"


@pytest.fixture
def held(people) -> Ticket:
    ticket = file_ticket(people.owner, filing())
    amend(people.supervisor, ticket.ref, {"assignee": people.agent.email})
    return ticket


def test_one_says_that_one_is_away_and_sees_it(people, at) -> None:
    client, me = at(people.agent), people.agent
    said = {"away_from": "2026-03-01", "away_to": "2099-12-31", "stand_in": str(people.reviewer.pk)}
    answer = client.post(f"{PAGE}{me.pk}/", said)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    profile = StaffProfile.objects.get(user=me)
    assert (profile.takes_part, profile.stand_in) == (False, people.reviewer), "an unticked box says no"
    assert "2026-03-01 – 2099-12-31" in client.get(PAGE).content.decode()


def test_what_is_wrong_stands_at_its_field_with_what_was_typed(people, at) -> None:
    answer = at(people.agent).post(f"{PAGE}{people.agent.pk}/", {"away_to": "2026-03-12"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="availability-away_from-error"' in page
    assert 'value="2026-03-12"' in page
    assert not StaffProfile.objects.exists()


def test_skills_are_the_supervisors_to_set(people, at) -> None:
    assert 'name="capacity"' not in at(people.agent).get(PAGE).content.decode()
    boss, address = at(people.supervisor), f"{PAGE}{people.agent.pk}/"
    assert 'name="capacity"' in boss.get(address).content.decode()
    boss.post(address, {"takes_part": "on", "categories": ["after_sale", "pay_failed_deducted"], "languages": "en", "capacity": "30"})
    profile = StaffProfile.objects.get(user=people.agent)
    assert (profile.categories, profile.languages, profile.capacity) == (["after_sale", "pay_failed_deducted"], ["en"], 30)


def test_nobody_opens_a_colleagues_but_a_supervisor(people, at) -> None:
    for who in (people.agent, people.reviewer, people.operator, people.privacy):
        assert at(who).get(f"{PAGE}{people.supervisor.pk}/").status_code == 403
        assert at(who).post(f"{PAGE}{people.supervisor.pk}/", {}).status_code == 403
        assert at(who).get(f"{PAGE}{people.agent.pk}/pass-on/").status_code == 403
        assert at(who).get(PAGE).status_code == 200
    assert at(people.owner).get(PAGE).status_code == 403
    assert at(people.supervisor).get(f"{PAGE}{people.owner.pk}/").status_code == 404
    assert at(people.supervisor).get(f"{PAGE}{people.owner.pk}/pass-on/").status_code == 404


def test_a_supervisor_sees_before_how_many_go_to_whom(people, at, held) -> None:
    other = person("other@example.com", Role.AGENT)
    client, address = at(people.supervisor), f"{PAGE}{people.agent.pk}/pass-on/"
    page = client.get(address).content.decode()
    assert "<td>Other</td><td>1</td>" in page
    assert holder(held) == people.agent, "looking changes nothing"
    assert client.post(address)["Location"] == PAGE
    assert holder(held) == other


def test_what_nobody_can_take_is_said_and_has_no_button(people, at, held) -> None:
    page = at(people.supervisor).get(f"{PAGE}{people.agent.pk}/pass-on/").content.decode()
    assert "badge tone-warn" in page
    assert page.count('<button class="btn btn-primary" type="submit">') == 0


def test_the_team_costs_the_same_for_few_and_for_many(people, at, held) -> None:
    AssignmentRule.objects.create(mode="by_load")
    client = at(people.supervisor)
    memo.forget_all()
    client.get(PAGE)
    few = queries(client, PAGE)
    for n in range(8):
        StaffProfile.objects.create(user=person(f"more{n}@example.com", Role.AGENT), stand_in=people.agent)
    assert queries(client, PAGE) == few
