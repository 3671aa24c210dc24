"""The page of freezes: who is on call, taking and handing over, planning, being on it; and what other pages hear of it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.roles import Role
from desk.tests.test_privacy import queries
from tickets.models import OnCallShift, on_call_at
from tickets.staffing import acknowledge_freeze, plan_shift
from tickets.tests.cast import person
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.django_db
PAGE, ROSTER = "/desk/freezes/", "/desk/freezes/roster/"


def planned(people, who, begin: int, end: int, **more) -> OnCallShift:
    now = timezone.now()
    times = {"from_at": now + timedelta(hours=begin), "to_at": now + timedelta(hours=end)}
    return plan_shift(people.supervisor, {"person": who.pk, **times, **more})


def shown(client) -> str:
    return client.get(PAGE).content.decode()


def test_everybody_sees_who_is_on_call_and_what_was_passed_on(people, at) -> None:
    planned(people, people.operator, 0, 8, note="两笔在等渠道")
    for who in (people.agent, people.operator, people.supervisor):
        page = shown(at(who))
        assert f"<strong>{people.operator}</strong>" in page
        assert "两笔在等渠道" in page


def test_who_is_a_freeze_operator_no_more_is_said_to_be_called_no_more(people, at) -> None:
    planned(people, people.operator, 0, 8)
    people.operator.groups.clear()
    shift = OnCallShift.objects.get()
    for who, may_cancel in ((people.agent, False), (people.supervisor, True)):
        page = shown(at(who))
        assert f"<strong>{people.operator}</strong>" not in page
        assert "can no longer confirm freezes" in page
        assert (f'value="{shift.pk}"' in page) == may_cancel


def test_the_forms_are_for_those_who_may(people, at) -> None:
    planned(people, people.operator, 0, 8)
    other = person("other@example.com", Role.FREEZE_OPERATOR)

    def forms(who) -> set[str]:
        page = shown(at(who))
        return {key for key in ("take", "hand", "plan") if f'action="{ROSTER}{key}/"' in page}

    assert forms(people.agent) == set()
    assert forms(people.operator) == {"hand"}
    assert forms(other) == {"take"}
    assert forms(people.supervisor) == {"hand", "plan"}


def test_taken_over_and_handed_back(people, at) -> None:
    other = person("other@example.com", Role.FREEZE_OPERATOR)
    assert at(people.operator).post(f"{ROSTER}take/", {"note": ""}).status_code == 302
    assert on_call_at(timezone.now()) == people.operator
    assert at(people.operator).post(f"{ROSTER}hand/", {"person": other.pk, "note": "交给你了"}).status_code == 302
    assert on_call_at(timezone.now()) == other


def test_planned_by_the_form_in_the_viewers_zone_and_taken_off(people, at) -> None:
    client = at(people.supervisor)
    begin = timezone.localtime(timezone=ZoneInfo("Asia/Shanghai")) + timedelta(hours=1)
    said = {"person": people.operator.pk, "from_at": begin.strftime("%Y-%m-%dT%H:%M"), "to_at": "2099-01-01T00:00"}
    refused = client.post(f"{ROSTER}plan/", said)
    assert (refused.status_code, 'id="plan-to_at-error"' in refused.content.decode()) == (400, True)
    assert client.post(f"{ROSTER}plan/", {**said, "to_at": (begin + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")}).status_code == 302
    shift = OnCallShift.objects.get()
    assert shift.from_at == begin.replace(second=0, microsecond=0)
    assert f'value="{shift.pk}"' in shown(client)
    assert client.post(f"{ROSTER}cancel/", {"shift": shift.pk}).status_code == 302
    assert not OnCallShift.objects.standing().exists()
    assert client.post(f"{ROSTER}cancel/", {"shift": shift.pk}).status_code == 404


def test_who_may_not_gets_403_and_a_look_changes_nothing(people, at) -> None:
    shift = planned(people, people.operator, 1, 8)
    for action in ("take", "hand", "plan"):
        assert at(people.agent).post(f"{ROSTER}{action}/", {"person": people.operator.pk, "note": "x"}).status_code == 403
        assert at(people.supervisor).get(f"{ROSTER}{action}/").status_code == 405
    assert at(people.operator).post(f"{ROSTER}cancel/", {"shift": shift.pk}).status_code == 403
    assert at(people.owner).post(f"{ROSTER}take/", {}).status_code == 403
    assert at(people.operator).post(f"{ROSTER}nothing/", {}).status_code == 404
    assert OnCallShift.objects.standing().count() == 1


def test_i_am_on_it_is_seen_by_others_on_both_pages(people, at) -> None:
    ticket = MAKERS["freeze_pending"](people)
    address = f"{PAGE}{ticket.ref}/acknowledge/"
    assert address in shown(at(people.operator))
    assert at(people.operator).post(address).status_code == 302
    assert str(people.operator) in shown(at(people.agent))
    assert address not in shown(at(people.operator))
    assert str(people.operator) in at(people.agent).get(f"/desk/tickets/{ticket.ref}/").content.decode()
    assert at(people.agent).post(address).status_code == 403
    assert at(people.operator).post(f"{PAGE}TS-20260101-999999/acknowledge/").status_code == 404


def test_too_late_is_said(people, at) -> None:
    ticket = MAKERS["frozen"](people)
    answer = at(people.operator).post(f"{PAGE}{ticket.ref}/acknowledge/", follow=True)
    assert answer.status_code == 200
    assert "alert" in answer.content.decode()


def test_a_long_roster_costs_what_a_short_one_does(people, at) -> None:
    client = at(people.supervisor)
    planned(people, people.operator, 0, 1, note="x")
    MAKERS["freeze_pending"](people)
    client.get(PAGE)
    few = queries(client, PAGE)
    for n in range(6):
        planned(people, person(f"more{n}@example.com", Role.FREEZE_OPERATOR), n + 1, n + 2, note="x")
        acknowledge_freeze(people.operator, MAKERS["freeze_pending"](people).ref)
    assert queries(client, PAGE) == few


def test_other_pages_hear_of_freezes_and_only_those_who_are_called(people, at) -> None:
    ticket = MAKERS["freeze_pending"](people)
    freeze = ticket.freezes.get()
    for who in (people.operator, people.supervisor):
        told = at(who).get("/desk/pulse/?only=freezes")
        assert told.json() == {"freezes": {"waiting": 1, "latest": freeze.pk}}
        assert at(who).get("/desk/pulse/?only=freezes", HTTP_IF_NONE_MATCH=told["ETag"]).status_code == 304
        assert "data-freezes=" in at(who).get("/desk/notices/").content.decode()
    assert at(people.agent).get("/desk/pulse/?only=freezes").json() == {"freezes": None}
    assert "data-freezes=" not in at(people.agent).get("/desk/notices/").content.decode()
    assert at(people.operator).get("/desk/pulse/?at=1").json()["freezes"]["waiting"] == 1
