"""The queue's list as CSV and XLSX: the present filters, the reader's words and time, memory that does not grow, and a line in the log."""

import csv
import io
import logging
import tracemalloc
import zipfile
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from desk.queue import export
from sla.policies import current
from tickets.models import Tag, Ticket
from tickets.operations import amend, file_ticket, tag
from tickets.tests.cast import person
from tickets.tests.making import STATEMENT, filing

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def crowd(owner, count: int) -> None:
    now = timezone.now()
    common = {"owner": owner, "filed_by": owner, "policy_id": current(now).version, "status": "evidence_collection", "stage": "intake"}
    made = (
        Ticket(ref=f"TS-20260310-{n:06d}", category="billing_duplicate", amount="12.50", due_at=now, reported_at=now, **common)
        for n in range(100_000, 100_000 + count)
    )
    Ticket.objects.bulk_create(made, batch_size=1000)


def taken(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def read(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(taken(response).decode("utf-8-sig"))))


def sheet(response) -> list[list[str]]:
    """Cells of the only sheet as texts."""
    with zipfile.ZipFile(io.BytesIO(taken(response))) as book:
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [["".join(cell.itertext()) for cell in row.iter(f"{space}c")] for row in root.iter(f"{space}row")]


def test_it_holds_what_the_filters_leave_and_nothing_that_people_wrote(people, at, clock) -> None:
    Tag.objects.create(name="=press")
    refs = [file_ticket(people.owner, filing(category)).ref for category in ("mp_topup_stolen", "merchant_deduction")]
    tag(people.agent, refs[0], ["=press"])
    client = at(people.supervisor)
    assert [row["Reference"] for row in read(client.get("/desk/queue.csv"))] == refs
    (row,) = read(client.get("/desk/queue.csv?category=mp_topup_stolen"))
    assert (row["Status"], row["Amount claimed"], row["Currency"], row["Late claim"]) == ("Collecting evidence", "600.0", "CNY", "no")
    assert (row["Evidence there"], row["Evidence needed"], row["Tags"]) == ("2", "7", "'=press")
    assert (row["Next deadline (Beijing time)"], row["Timer of the next deadline"]) == ("2026-03-11 20:52", "First reply")
    whole = taken(client.get("/desk/queue.csv")).decode()
    for secret in (STATEMENT["symptom"], people.owner.email, people.owner.name, filing()["order_numbers"][0]["number"]):
        assert secret not in whole


def test_a_chinese_desk_takes_chinese_words_its_own_time_and_how_late_what_is_overdue_is(people, at, clock) -> None:
    clock("2026-03-10T20:52:00+08:00")
    refs = [file_ticket(people.owner, filing()).ref for _ in range(2)]
    Ticket.objects.filter(ref=refs[0]).update(due_at="2026-03-31T16:00:00Z", due_key="regulatory_final")
    clock("2026-03-21T01:00:00+08:00")
    Ticket.objects.filter(ref=refs[1]).update(due_at="2026-03-10T16:00:00Z", due_key="l1_review")
    chinese = at(people.supervisor)
    headings, late, early = sheet(chinese.get("/desk/queue.xlsx", headers={"accept-language": "zh-hans"}))
    assert {"编号", "状态", "最近期限（北京时间）", "逾期时长"} <= set(headings)
    assert (late[0], early[0]) == (refs[1], refs[0])  # overdue first
    assert {"收集证据", "2026-03-10 24:00", "复核", "10 天 1 小时"} <= set(late)
    assert "2026-03-31 24:00" in early
    assert not any("小时" in cell for cell in early)


def test_a_sheet_holds_the_same_with_numbers_as_numbers(people, at, clock) -> None:
    ref = file_ticket(people.owner, filing()).ref
    response = at(people.agent).get("/desk/queue.xlsx")
    assert response["Content-Disposition"].endswith('.xlsx"')
    headings, row = sheet(response)
    assert headings[0] == "Reference"
    assert len(headings) == len(export.COLUMNS)
    assert row[0] == ref
    assert "600" in row  # a number: as text it would be 600.00


def test_a_sheet_that_is_full_says_so(people, at, clock, monkeypatch) -> None:
    monkeypatch.setattr("desk.queue.views.export.MOST_XLSX", 3)
    crowd(people.owner, 4)
    rows = sheet(at(people.agent).get("/desk/queue.xlsx"))
    assert len(rows) == 5
    assert rows[-1][0].startswith("Only the first 3 complaints stand here")
    assert len(read(at(people.agent).get("/desk/queue.csv"))) == 4


def test_agents_and_supervisors_take_it_and_nobody_else(people, at, clock) -> None:
    file_ticket(people.owner, filing())
    for taker, status in (
        (people.agent, 200),
        (people.supervisor, 200),
        (people.reviewer, 403),
        (people.privacy, 403),
        (people.owner, 403),
    ):
        assert at(taker).get("/desk/queue.csv").status_code == status
        assert ("/desk/queue.csv" in at(taker).get("/desk/").content.decode()) is (status == 200)
    assert at(people.owner).get("/desk/queue.csv").status_code == 403
    assert at(people.agent).post("/desk/queue.csv").status_code == 405
    assert at(people.agent).get("/desk/queue.pdf").status_code == 404


def test_the_page_hands_its_filters_on(people, at, clock) -> None:
    file_ticket(people.owner, filing())
    assert 'href="/desk/queue.csv?assignee=none"' in at(people.agent).get("/desk/?assignee=none").content.decode()


def test_the_log_says_who_took_what_but_not_the_words(people, at, clock, caplog) -> None:
    with caplog.at_level(logging.INFO, "desk.queue.views.export"):
        taken(at(people.agent).get("/desk/queue.csv?q=mei&assignee=none"))
    assert f"csv by user {people.agent.pk}" in caplog.text
    assert "q, assignee" in caplog.text
    assert "mei" not in caplog.text


def test_its_queries_grow_by_batches(people, at, clock) -> None:
    crowd(people.owner, 2500)
    client = at(people.agent)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as captured:
        assert taken(client.get("/desk/queue.csv")).count(b"TS-") == 2500
    assert (
        len(captured) == 6 + 2 * 3
    )  # session, person, keys, cases about them, that it was read and how much; rows and tags of three batches


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(form, people, at, clock) -> None:
    """Measured at 1,000 and at 8,000 rows; `python -m bench` takes fifty thousand."""
    crowd(people.owner, 1000)
    client = at(people.agent)
    peak(client, form)
    few = peak(client, form)
    Ticket.objects.all().delete()
    crowd(people.owner, 8000)
    assert peak(client, form) < few + 1.5 * MEGABYTE


def peak(client, form: str) -> int:
    tracemalloc.start()
    for _piece in client.get(f"/desk/queue.{form}").streaming_content:
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_of_one_s_own_complaint_it_says_nothing_that_is_among_colleagues(people, at, clock) -> None:
    kin = person("kin@example.com", Role.AGENT)
    Tag.objects.create(name="suspect")
    refs = [file_ticket(owner, filing()).ref for owner in (kin, people.owner, people.owner)]
    for ref in refs:
        tag(people.agent, ref, ["suspect"])
    amend(people.agent, refs[2], {"complained_about": [kin.email]})
    Ticket.objects.update(follow_up_on="2026-03-20")
    told = {row["Reference"]: (row["Tags"], row["Follow-up on"]) for row in read(at(kin).get("/desk/queue.csv"))}
    assert told == {refs[0]: ("", ""), refs[1]: ("suspect", "2026-03-20"), refs[2]: ("", "")}
