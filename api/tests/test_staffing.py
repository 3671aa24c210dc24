"""Availability, the roster and "I am on it" over the API: what works, who may, what is refused in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.roles import Role
from api.tests.driving import ROOT
from api.tests.test_pages import queries, walked
from lib.zones import DEFAULT_ZONE
from tickets.models import OnCallShift, StaffProfile
from tickets.operations import file_ticket
from tickets.staffing import plan_shift
from tickets.tests.cast import person
from tickets.tests.making import filing
from tickets.tests.staffing import staff

pytestmark = pytest.mark.django_db
AVAILABILITY, ROSTER = f"{ROOT}availability/", f"{ROOT}roster/"


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:00:00+08:00")


@pytest.fixture
def bai(db):
    return person("bai@example.com", Role.FREEZE_OPERATOR)


def hour(hours: float) -> str:
    """As the answers have it."""
    return (timezone.now() + timedelta(hours=hours)).astimezone(ZoneInfo(DEFAULT_ZONE)).isoformat()


def planned(zhao, who, begin: float, end: float) -> OnCallShift:
    return plan_shift(zhao, {"person": who.pk, "from_at": hour(begin), "to_at": hour(end)})


def code(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


# ---- Availability
def test_one_says_that_one_is_away_and_who_stands_in(as_, lin, chen) -> None:
    said = {"takes_part": True, "away_from": "2026-03-09", "away_to": "2026-03-20", "stand_in": "Chen@example.com"}
    body = as_(lin).put(f"{AVAILABILITY}me/", said, format="json").json()
    shown = {
        "person": lin.email,
        "away": True,
        "away_from": "2026-03-09",
        "away_to": "2026-03-20",
        "stand_in": chen.email,
        "roles": ["agents"],
    }
    assert body.items() >= shown.items()
    assert as_(lin).get(f"{AVAILABILITY}me/").json() == body == as_(lin).get(f"{AVAILABILITY}{lin.pk}/").json()
    back = as_(lin).put(f"{AVAILABILITY}me/", {"takes_part": True}, format="json").json()
    assert (back["away"], back["away_from"], back["stand_in"]) == (False, None, None), "what is left out is emptied"


def test_a_supervisor_sees_everybody_and_says_what_each_can_do(as_, zhao, lin, chen, zhou) -> None:
    client = as_(zhao)
    said = {"takes_part": True, "categories": ["withdrawal_anomaly"], "languages": ["en"], "capacity": 5}
    assert client.put(f"{AVAILABILITY}{lin.pk}/", said, format="json").status_code == 200
    rows = {row["person"]: row for row in client.get(AVAILABILITY).json()["results"]}
    assert rows.keys() == {each.email for each in (zhao, lin, chen, zhou)}
    assert (rows[lin.email]["categories"], rows[lin.email]["capacity"], rows[chen.email]["capacity"]) == (["withdrawal_anomaly"], 5, None)


def test_who_is_away_today_where_they_live(as_, zhao, lin) -> None:
    """It is 20:00 on the tenth in Beijing and past midnight of the eleventh in Auckland."""
    far = staff("far", Role.AGENT, away_from="2026-03-11")
    type(far).objects.filter(pk=far.pk).update(timezone="Pacific/Auckland")
    staff("soon", Role.AGENT, away_from="2026-03-11")
    staff("over", Role.AGENT, away_from="2026-03-01", away_to="2026-03-09")
    rows = as_(zhao).get(f"{AVAILABILITY}?away=true").json()["results"]
    assert [row["person"] for row in rows] == [far.email]
    assert rows[0]["away"] is True


def test_others_of_the_desk_see_themselves_and_customers_nothing(as_, mei, lin, chen, sun) -> None:
    for one in (lin, chen, sun):
        assert [row["person"] for row in as_(one).get(AVAILABILITY).json()["results"]] == [one.email]
    for said in (
        as_(lin).get(f"{AVAILABILITY}{chen.pk}/"),
        as_(lin).put(f"{AVAILABILITY}{chen.pk}/", {"takes_part": False}, format="json"),
    ):
        assert code(said) == (404, "not_found")
    for address in (AVAILABILITY, f"{AVAILABILITY}me/"):
        assert code(as_(mei).get(address)) == (403, "forbidden")
        assert code(as_().get(address)) == (401, "unauthenticated")
    assert not StaffProfile.objects.exists()


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"takes_part": True, "away_to": "2026-03-12"}, "away_from", "Say the first day away."),
        ({"takes_part": True, "away_from": "tomorrow"}, "away_from", "Enter a date such as 2026-03-10."),
        ({"takes_part": True, "stand_in": "mei@example.com"}, "stand_in", "Choose somebody of the desk."),
        ({"takes_part": True, "stand_in": "nobody@example.com"}, "stand_in", "Choose somebody of the desk."),
        ({"takes_part": True, "stand_in": "lin@example.com"}, "stand_in", "Nobody stands in for themselves."),
        ({}, "takes_part", "This is needed."),
        ({"takes_part": True, "capacity": 3}, "capacity", "There is no such field."),
    ],
)
def test_what_is_wrong_is_named_in_words(said, field, words, as_, lin, mei) -> None:
    response = as_(lin).put(f"{AVAILABILITY}me/", said, format="json", headers={"Accept-Language": "en"})
    assert code(response) == (400, "invalid")
    assert response.json()["errors"] == {field: [words]}


def test_pages_of_people_cost_the_same_however_many(as_, zhao, lin) -> None:
    for number in range(7):
        staff(f"one{number}", Role.AGENT, stand_in=lin)
    client = as_(zhao)
    assert [len(page) for page in walked(client, f"{AVAILABILITY}?page_size=4")] == [4, 4, 1]
    one, all_ = (queries(client, f"{AVAILABILITY}?away=false&page_size={size}") for size in (1, 9))
    assert one == all_ <= 6


# ---- Roster
def test_planned_listed_and_taken_off(as_, zhao, zhou, lin) -> None:
    said = {"person": zhou.email, "from_at": hour(1), "to_at": hour(9), "note": "Two wait."}
    made = as_(zhao).post(ROSTER, said, format="json")
    assert made.status_code == 201
    assert made.json().items() >= {"person": zhou.email, "state": "coming", "note": "Two wait.", "note_by": zhao.email}.items()
    assert as_(lin).get(made["Location"]).json() == made.json() == as_(lin).get(ROSTER).json()["results"][0]
    assert as_(zhao).delete(made["Location"]).status_code == 204
    assert code(as_(zhao).delete(made["Location"])) == code(as_(zhao).get(made["Location"])) == (404, "not_found")
    assert as_(lin).get(ROSTER).json()["results"] == []


def test_taken_over_and_handed_over_from_this_moment(as_, zhao, zhou, bai, clock, now) -> None:
    planned(zhao, zhou, 0, 8)
    clock(now + timedelta(hours=1))
    taken = as_(bai).post(f"{ROSTER}take-over/", {}, format="json").json()
    assert (taken["person"], taken["state"], taken["from_at"], taken["to_at"]) == (bai.email, "running", hour(0), hour(7))
    clock(now + timedelta(hours=2))
    given = as_(bai).post(f"{ROSTER}hand-over/", {"person": zhou.email, "note": "One waits."}, format="json").json()
    assert (given["person"], given["note"], given["note_by"]) == (zhou.email, "One waits.", bai.email)
    assert [row["person"] for row in as_(zhao).get(ROSTER).json()["results"]] == [zhou.email]
    past = as_(zhao).get(f"{ROSTER}", {"ends_after": hour(-10)}).json()["results"]
    assert [(row["person"], row["state"]) for row in past] == [(zhou.email, "over"), (bai.email, "over"), (zhou.email, "running")]


def test_who_may_not(as_, mei, lin, zhao, zhou, bai) -> None:
    shift = planned(zhao, zhou, 0, 8)
    plan = {"person": bai.email, "from_at": hour(9), "to_at": hour(10)}
    for one in (mei, lin, zhou):
        assert code(as_(one).post(ROSTER, plan, format="json")) == (403, "forbidden")
        assert code(as_(one).delete(f"{ROSTER}{shift.pk}/")) == (403, "forbidden")
    for one in (mei, lin, zhao):
        assert code(as_(one).post(f"{ROSTER}take-over/", {}, format="json")) == (403, "forbidden")
    for one in (mei, lin, bai):
        assert code(as_(one).post(f"{ROSTER}hand-over/", {"person": bai.email, "note": "x"}, format="json")) == (403, "forbidden")
    for address in (ROSTER, f"{ROSTER}{shift.pk}/"):
        assert code(as_(mei).get(address)) == (403, "forbidden")
        assert code(as_().get(address)) == (401, "unauthenticated")
    assert OnCallShift.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"person": "zhou@example.com", "from_at": 3, "to_at": 2}, "to_at", "The end lies before the start, or has passed."),
        ({"person": "zhou@example.com", "from_at": 1, "to_at": 3}, "from_at", "Somebody is on call during that time already."),
        ({"person": "lin@example.com", "from_at": 9, "to_at": 10}, "person", "Choose a freeze operator."),
        ({"person": "nobody@example.com", "from_at": 9, "to_at": 10}, "person", "Choose a freeze operator."),
        ({"person": 1, "from_at": 9, "to_at": 10}, "person", "Choose a freeze operator."),
        ({"from_at": 9, "to_at": 10}, "person", "This is needed."),
    ],
)
def test_a_plan_that_does_not_hold_is_refused_in_words(said, field, words, as_, zhao, zhou, lin) -> None:
    planned(zhao, zhou, 0, 8)
    raw: dict[str, Any] = {name: hour(value) if name.endswith("_at") else value for name, value in said.items()}
    response = as_(zhao).post(ROSTER, raw, format="json", headers={"Accept-Language": "en"})
    assert code(response) == (400, "invalid")
    assert response.json()["errors"] == {field: [words]}


def test_sent_twice_under_one_key_it_is_planned_once(as_, zhao, zhou) -> None:
    said = {"person": zhou.email, "from_at": hour(1), "to_at": hour(9)}
    first, again = (as_(zhao).post(ROSTER, said, format="json", headers={"Idempotency-Key": "k1"}) for _try in range(2))
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.json() == again.json()
    assert OnCallShift.objects.count() == 1


def test_pages_of_the_roster_cost_the_same_however_long(as_, zhao, zhou, lin) -> None:
    for number in range(5):
        planned(zhao, zhou, number, number + 1)
    pages = walked(as_(lin), f"{ROSTER}?page_size=2")
    begins = [row["from_at"] for page in pages for row in page]
    assert begins == [hour(number) for number in range(5)]
    assert [len(page) for page in pages] == [2, 2, 1]
    one, all_ = (queries(as_(lin), f"{ROSTER}?page_size={size}") for size in (1, 5))
    assert one == all_ <= 3
    assert [row["from_at"] for row in as_(lin).get(ROSTER, {"begins_before": hour(2)}).json()["results"]] == begins[:2]
    assert code(as_(lin).get(ROSTER, {"ends_after": "soon"})) == (400, "invalid")


# ---- I am on it
@pytest.fixture
def address(mei) -> str:
    ticket = file_ticket(mei, filing(request_freeze=True, account="a:13800000000"))
    return f"{ROOT}tickets/{ticket.ref}/freeze/acknowledgement/"


def test_i_am_on_it(as_, zhou, address) -> None:
    response = as_(zhou).post(address)
    assert (response.status_code, response.json()["acknowledged_by"]) == (200, zhou.email)
    tag = response["ETag"]
    assert as_(zhou).post(address, headers={"If-Match": tag})["ETag"] == tag, "said again by the same, nothing happens"


def test_not_for_others_not_twice_and_not_on_an_older_page(as_, mei, wang, lin, zhou, bai, address) -> None:
    seen = as_(zhou).get(address.removesuffix("freeze/acknowledgement/"))["ETag"]
    for one, said in ((mei, (403, "forbidden")), (wang, (404, "not_found")), (lin, (403, "forbidden"))):
        assert code(as_(one).post(address)) == said
    assert as_(zhou).post(address, headers={"If-Match": seen}).status_code == 200
    assert code(as_(bai).post(address, headers={"If-Match": seen})) == (412, "stale")
    assert as_(bai).post(address).json()["acknowledged_by"] == bai.email


def test_where_no_freeze_waits_there_is_nothing_to_be_on(as_, mei, zhou) -> None:
    ticket = file_ticket(mei, filing())
    assert code(as_(zhou).post(f"{ROOT}tickets/{ticket.ref}/freeze/acknowledgement/")) == (409, "WRONG_STATUS")
