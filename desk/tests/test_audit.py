"""Audit search: three logs on one page, each for those who may read it, and nothing of what people wrote."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from desk.privacy.audit_search import LogQuery, after, lines, place_of, place_text
from evidence.models import CustodyEntry
from evidence.vault.custody import record
from tickets.models import Event
from tickets.operations import file_ticket, post_message
from tickets.tests.making import filing, put_evidence

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
PAGE = "/desk/audit/"


@pytest.fixture
def busy(people, admin_person, clock) -> Any:
    """A complaint with a history, an item somebody looked at, and a person changed in the admin."""
    clock("2026-07-06T10:00:00+08:00")
    ticket = file_ticket(people.owner, filing())
    post_message(people.agent, ticket.ref, {"body": "Words nobody should read here"})
    [item] = put_evidence(ticket, "payment_voucher")
    clock("2026-07-07T10:00:00+08:00")
    record("viewed", [item], by=people.reviewer, at=timezone.now(), purpose="A purpose")
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=admin_person, content_type=kind, object_id="7", object_repr="secret@example.com", action_flag=CHANGE, change_message="[]"
    )
    return ticket


def read(client, **asked: str) -> str:
    response = client.get(PAGE, asked)
    assert response.status_code == 200
    text = response.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def rows(text: str) -> list[str]:
    return re.findall(r"<tr>.*?</tr>", text.partition("<tbody>")[2], re.DOTALL)


# ---- Who reads what
def test_each_reads_the_logs_that_are_theirs(at, people, admin_person, busy) -> None:
    expected = {people.supervisor: (True, False, True), people.privacy: (True, True, False), admin_person: (True, False, True)}
    for person, wanted in expected.items():
        found = " ".join(rows(read(at(person))))
        assert ("Complaint filed" in found, "looked at" in found, "user 7" in found.lower()) == wanted, person


def test_nobody_else_comes_in(at, people, client, busy) -> None:
    assert client.get(PAGE).status_code == 302
    for person in (people.owner, people.agent, people.operator, people.reviewer):
        assert at(person).get(PAGE).status_code == 403
    assert at(people.supervisor).post(PAGE).status_code == 405


def test_a_log_one_may_not_read_is_not_read_by_asking_for_it(at, people, busy) -> None:
    assert rows(read(at(people.supervisor), kind="c:viewed")) == []
    assert rows(read(at(people.privacy), kind="a")) == []


def test_what_people_wrote_is_not_told(at, people, admin_person, busy) -> None:
    for person in (people.supervisor, people.privacy, admin_person):
        found = read(at(person))
        assert "Words nobody should read" not in found
        assert "secret@example.com" not in found


def test_an_admin_without_a_group_gets_no_links_and_no_tabs_that_refuse(at, admin_person, people, busy) -> None:
    text = at(admin_person).get(PAGE).content.decode()
    assert busy.ref in text
    assert f"/desk/tickets/{busy.ref}/" not in text
    assert 'href="/desk/countersign/"' not in text
    assert f"/desk/tickets/{busy.ref}/" in read(at(people.supervisor))


@pytest.mark.parametrize("part", ["filed by them", "about them"])
def test_nobody_reads_the_desks_lines_on_a_case_of_their_own(people, busy, part: str) -> None:
    mine = file_ticket(people.supervisor if part == "filed by them" else people.owner, filing())
    if part == "about them":
        mine.complained_about.add(people.supervisor)
    hidden = Event.objects.create(
        ticket=mine, seq=99, kind="note", actor=people.agent, at=timezone.now(), recorded_at=timezone.now(), visibility="internal"
    )
    assert hidden.pk not in {line.key for line in lines(people.supervisor, LogQuery(kind="h"), {}, 50)}
    assert hidden.pk in {line.key for line in lines(people.privacy, LogQuery(kind="h"), {}, 50)}


# ---- Filters
def test_it_is_narrowed_by_person_complaint_kind_and_day(at, people, busy, clock) -> None:
    client = at(people.privacy)
    assert len(rows(read(client, person=people.reviewer.email.upper()))) == 1
    assert rows(read(client, person="nobody@example.com")) == []
    other = file_ticket(people.owner, filing(order_numbers=[{"issuer": "wechat_txn", "number": "4200000000202607061234567890"}]))
    assert busy.ref not in read(client, ref=other.ref.lower()).partition("<tbody>")[2]
    assert len(rows(read(client, kind="c:viewed"))) == 1
    assert len(rows(read(client, **{"from": "2026-07-07", "kind": "c"}))) == 1
    assert rows(read(client, to="2026-07-05")) == []
    assert "looked at" not in " ".join(rows(read(client, to="2026-07-06")))
    assert rows(read(client, kind="x:y")) == []
    assert rows(read(client, **{"from": "nonsense", "before": "h.c9x.h1-x.a99999999999999999-1"}))


# ---- Pages
def test_pages_follow_each_other_without_gaps_or_repeats(people, admin_person, busy) -> None:
    people.supervisor.groups.add(*people.privacy.groups.all())
    reader = User.objects.get(pk=people.supervisor.pk)
    [item] = put_evidence(busy, "payment_voucher")
    for _each in range(7):
        record("viewed", [item], by=people.reviewer, at=timezone.now())
        LogEntry.objects.create(user=admin_person, action_flag=ADDITION, object_repr="x")
    whole = lines(reader, LogQuery(), {}, 500)
    assert {line.source for line in whole} == {"h", "c", "a"}
    assert len(whole) == Event.objects.count() + CustodyEntry.objects.count() + LogEntry.objects.count()
    found, before = [], {}
    while page := lines(reader, LogQuery(), before, 4):
        found += page
        before = place_of(place_text(after(page, before)))
    assert [(line.source, line.key) for line in found] == [(line.source, line.key) for line in whole]
    assert [line.at for line in whole] == sorted((line.at for line in whole), reverse=True)


def test_a_full_page_takes_as_many_queries_as_a_short_one(at, people, busy) -> None:
    client = at(people.privacy)

    def queries() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as taken:
            client.get(PAGE)
        return len(taken)

    few = queries()
    [item] = put_evidence(busy, "payment_voucher")
    for _each in range(60):
        record("viewed", [item], by=people.reviewer, at=timezone.now())
    assert queries() == few
    text = read(client)
    assert len(rows(text)) == 50
    assert "Older" in text


# ---- However long the logs are
DAY, LAST_YEAR = timedelta(days=1), datetime(2025, 7, 6, 12, tzinfo=UTC)


@pytest.fixture
def years(people, busy) -> None:
    """A year of both long logs: a line every half an hour."""
    moments = [LAST_YEAR + DAY / 48 * number for number in range(17_000)]
    rest = {"ticket": busy, "kind": "timer_started", "actor": people.agent}
    events = [Event(seq=1000 + number, at=each, recorded_at=each, **rest) for number, each in enumerate(moments)]
    Event.objects.bulk_create(events, batch_size=2000)
    seq = CustodyEntry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    same = {"action": "viewed", "item_id": 1, "ticket_id": busy.pk, "kind": "payment_voucher", "by": people.reviewer}
    looks = [CustodyEntry(seq=seq + number, at=each, **same) for number, each in enumerate(moments, start=1)]
    CustodyEntry.objects.bulk_create(looks, batch_size=2000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE tickets_event, evidence_custodyentry, tickets_ticket, accounts_user")


SEARCHES = [
    {},
    {"to": "2025-08-01"},
    {"from": "2025-08-01", "to": "2025-08-01"},
    {"from": "2020-01-01", "to": "2020-01-02"},
    {"to": "2025-08-01", "kind": "h:timer_started"},
    {"to": "2025-08-01", "person": "reviewer"},
    {"person": "nobody@example.com"},
]


def test_any_search_takes_as_many_queries_over_a_year_as_over_a_day(at, people, years) -> None:
    client, found = at(people.privacy), []
    client.get(PAGE)
    for asked in SEARCHES:
        with CaptureQueriesContext(connection) as taken:
            client.get(PAGE, asked)
        found.append(len(taken))
    assert max(found) <= 9, found


@pytest.mark.postgres
def test_a_search_by_day_looks_at_little_more_than_the_page_it_shows(people, years) -> None:
    """One test for all searches: to make the years takes longer than to search them."""
    for asked in SEARCHES:
        days = {"first": asked.get("from"), "last": asked.get("to")}
        person = people.reviewer.email if asked.get("person") == "reviewer" else asked.get("person", "")
        wanted = LogQuery(person, kind=asked.get("kind", ""), **{name: day and date.fromisoformat(day) for name, day in days.items()})
        with CaptureQueriesContext(connection) as taken:
            first = lines(people.privacy, wanted, {}, 51)
            if first:
                lines(people.privacy, wanted, after(first, {}), 51)
        for query in taken.captured_queries:
            assert rows_touched(query["sql"]) <= 500, (asked, query["sql"])


def rows_touched(sql: str) -> int:
    """Of the two long logs: those read and those thrown away."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [told] = cursor.fetchone()[0]
    logs = [node for node in nodes(told["Plan"]) if node.get("Relation Name") in ("tickets_event", "evidence_custodyentry")]
    return sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in logs)


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", ()) for node in nodes(below))]


@pytest.mark.parametrize("query", ["kind=a:abc", f"kind=a:{'9' * 23}", "kind=h:x", "kind=zz", "from=0001-01-01", "to=9999-12-31", "from=x"])
def test_what_cannot_be_asked_for_breaks_nothing(query, people, at) -> None:
    assert at(people.supervisor).get(f"/desk/audit/?{query}").status_code == 200
    assert at(people.privacy).get(f"/desk/privacy/log/?{query}").status_code == 200
