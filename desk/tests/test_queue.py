"""The queue: open tickets by next breach, filters in the address, paging by key, few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.queue.badges import badges_of_rows
from desk.queue.paging import Place, place
from desk.tests.reading import refs
from tickets.models import Tag, Tagging, Ticket
from tickets.operations import amend, file_ticket, perform, start_draft, tag
from tickets.tests.making import filing
from tickets.tests.stages import MAKERS

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def crowd(owner, count: int) -> None:
    """Plain rows, no two with the same deadline, every tenth without one."""
    now = timezone.now()
    rows = [
        Ticket(
            ref=f"TS-20260101-{number:06d}", owner=owner, filed_by=owner, policy_id="2026.2", category="billing_duplicate",
            status="under_review", stage="appeal", waiting_on="agent",
            due_at=None if number % 10 == 0 else now + timedelta(minutes=(number * 37) % 1009), due_key="review_limit",
        )
        for number in range(count)
    ]  # fmt: skip
    Ticket.objects.bulk_create(rows)


def test_a_row_says_what_it_must(people, at, clock) -> None:
    ticket = MAKERS["under_review"](people)
    Ticket.objects.filter(pk=ticket.pk).update(late_claim=True, refund_tier="discretionary")
    html = at(people.agent).get("/desk/").content.decode()
    for text in (
        ticket.ref,
        "Monthly-pay top-up card stolen",
        "¥600.00",
        "Under review",
        "the desk",
        "Chen",
        "Filed late",
        "Refund at discretion",
        "left",
    ):
        assert text in html, text
    clock(Ticket.objects.get(pk=ticket.pk).due_at + timedelta(hours=3))
    assert "3 h 0 min overdue" in at(people.agent).get("/desk/").content.decode()


def test_missed_deadlines_are_found_whether_or_not_a_sweep_has_run(people, at, clock) -> None:
    late, early = MAKERS["appeal_submitted"](people), None
    clock(timezone.now() + timedelta(hours=25))
    early = file_ticket(people.owner, filing("after_sale"))
    shown = {name: refs(at(people.agent).get(f"/desk/?breached={name}")) for name in ("true", "false")}
    assert shown == {"true": [late.ref], "false": [early.ref]}


def test_due_today_counts_a_deadline_at_midnight_to_the_day_that_ends_and_leaves_out_nothing_overdue(people, at, clock) -> None:
    clock("2026-03-10T10:00:00+08:00")
    crowd(people.owner, 3)
    for number, due in ((0, "2026-03-11T00:00:00+08:00"), (1, "2026-03-11T00:00:01+08:00"), (2, "2026-03-01T00:00:00+08:00")):
        Ticket.objects.filter(ref=f"TS-20260101-{number:06d}").update(due_at=due)
    shown = {name: refs(at(people.agent).get(f"/desk/?due={name}")) for name in ("today", "overdue")}
    assert shown == {"today": ["TS-20260101-000002", "TS-20260101-000000"], "overdue": ["TS-20260101-000002"]}


def test_paging_forward_and_back_shows_every_row_once(people, at, clock) -> None:
    crowd(people.owner, 130)
    client, seen, address = at(people.agent), [], "/desk/"
    while address:
        page = client.get(address)
        seen.append(refs(page))
        address = link(page, "next")
    assert [len(rows) for rows in seen] == [50, 50, 30]
    assert [ref for rows in seen for ref in rows] == list(Ticket.objects.in_queue().by_next_breach().values_list("ref", flat=True))
    back = link(page, "prev")
    assert refs(client.get(back)) == seen[1]
    first = client.get(link(client.get(back), "prev"))
    assert (refs(first), link(first, "prev")) == (seen[0], "")


def test_paging_keeps_the_filters(people, at, clock) -> None:
    crowd(people.owner, 60)
    address = link(at(people.agent).get("/desk/?category=billing_duplicate&waiting_on=agent"), "next")
    assert "category=billing_duplicate" in address
    assert "waiting_on=agent" in address


def link(response, rel: str) -> str:
    html = response.content.decode()
    return html.split(f'rel="{rel}" href="')[1].partition('"')[0].replace("&amp;", "&") if f'rel="{rel}"' in html else ""


@pytest.mark.parametrize("text", ["", "x", "1", "n", "n-", "-", "1-x", "9" * 40 + "-1", "é-1"])
def test_a_broken_place_is_the_first_page(text, people, at) -> None:
    assert place(text) is None
    assert at(people.agent).get("/desk/", {"after": text}).status_code == 200


def test_a_place_survives_the_address(clock) -> None:
    for due_at in (None, timezone.now(), timezone.now() - timedelta(days=9000, microseconds=1)):
        assert place(str(Place(due_at, 7))) == Place(due_at, 7)


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    "query", ["", "?assignee=none", "?breached=false", "?stage=freeze", "?q=充值", "?tag=press", "?category=x&status=frozen"]
)
def test_it_costs_the_same_few_queries_however_many_rows_there_are(query, people, at, clock) -> None:
    """Session, person, rows, what stands beside them, and that it was read. No rows: nothing beside them."""
    press = Tag.objects.create(name="press")
    ticket = MAKERS["freeze_pending"](people)
    Tagging.objects.create(tag=press, ticket=ticket)
    client = at(people.agent)
    few = queries(client, f"/desk/{query}")
    crowd(people.owner, 210)
    Tagging.objects.bulk_create(Tagging(tag=press, ticket=each) for each in Ticket.objects.filter(category="billing_duplicate"))
    assert queries(client, f"/desk/{query}{'&' if query else '?'}page_size=200") == few
    assert few == (4 if "category" in query else 6)


def test_the_size_of_a_page_is_remembered_in_this_browser(people, at, clock) -> None:
    crowd(people.owner, 60)
    client = at(people.agent)
    assert [len(refs(client.get(f"/desk/{query}"))) for query in ("", "?page_size=20", "", "?page_size=100", "?page_size=7")] == [
        50, 20, 20, 60, 60
    ]  # fmt: skip
    assert len(refs(at(people.agent).get("/desk/"))) == 50


def test_a_row_says_how_far_its_evidence_is(people, at, clock) -> None:
    file_ticket(people.owner, filing())
    ticket = Ticket.objects.get()
    html = at(people.agent).get("/desk/").content.decode()
    assert f"{ticket.evidence_have}/{ticket.evidence_need}" in html
    assert (ticket.evidence_have, ticket.evidence_need) == (2, 7)


def twins(viewer, *tickets) -> dict[int, str]:
    return dict(badges_of_rows([ticket.pk for ticket in tickets], viewer)[1])


def test_a_row_says_that_there_is_another_complaint_about_its_order_but_not_which(people, at, clock, wang) -> None:
    def about(number, owner):
        return file_ticket(owner, filing(order_numbers=[{"issuer": "other", "number": number}]))

    alone, two, again, other = about("M00001111", people.owner), about("M00002222", people.owner), about("M00002222", people.owner), None
    third, other = about("M00003333", people.owner), about("M00003333", wang)
    found = twins(people.agent, alone, two, again, third, other)
    assert found == {two.pk: "own", again.pk: "own", third.pk: "other", other.pk: "other"}
    assert twins(people.agent, two) == {two.pk: "own"}
    html = at(people.agent).get("/desk/").content.decode()
    assert (html.count("Same order</span>"), html.count("Same order, other customer</span>")) == (2, 2)


def test_a_draft_of_somebody_s_own_betrays_nothing(people, at, clock, wang) -> None:
    ticket = file_ticket(people.owner, filing(order_numbers=[{"issuer": "other", "number": "M00001111"}]))
    start_draft(wang, filing(order_numbers=[{"issuer": "other", "number": "M00001111"}]))
    assert twins(people.agent, ticket) == {}


def test_tags_stand_on_their_rows_and_narrow_them(people, at, clock) -> None:
    Tag.objects.create(name="<press>", tone="warn")
    one, two = (file_ticket(people.owner, filing()).ref for _ in range(2))
    tag(people.agent, one, ["<press>"])
    client = at(people.agent)
    html = client.get("/desk/").content.decode()
    assert '<span class="badge queue-tag tone-warn">&lt;press&gt;</span>' in html
    assert refs(client.get("/desk/", {"tag": "<press>"})) == [one]
    assert refs(client.get("/desk/", {"tag": "nothing"})) == []
    assert two


@pytest.mark.parametrize("part", ["filed by them", "about them"])
def test_nobody_reads_the_tags_of_a_case_of_their_own(part, people, at, clock) -> None:
    Tag.objects.create(name="press")
    ref = file_ticket(people.agent if part == "filed by them" else people.owner, filing()).ref
    if part == "about them":
        amend(people.supervisor, ref, {"complained_about": [people.agent.email]})
    tag(people.reviewer, ref, ["press"])
    assert "queue-tag" not in at(people.agent).get(f"/desk/tickets/{ref}/").content.decode()
    shown, asked = (at(people.agent).get("/desk/", query) for query in ({}, {"tag": "press"}))
    assert refs(shown) == [ref] and "queue-tag" not in shown.content.decode()
    assert refs(asked) == []
    assert refs(at(people.reviewer).get("/desk/", {"tag": "press"})) == [ref]


def test_nobody_reads_who_else_complains_about_the_order_of_a_case_of_their_own(people, clock) -> None:
    number = filing(order_numbers=[{"issuer": "other", "number": "M00003333"}])
    theirs, hers = file_ticket(people.agent, number), file_ticket(people.owner, number)
    assert twins(people.agent, theirs, hers) == {hers.pk: "other"}
    assert twins(people.reviewer, theirs, hers) == {theirs.pk: "other", hers.pk: "other"}


def test_names_and_titles_are_text_and_never_markup(people, at, clock) -> None:
    type(people.agent).objects.filter(pk=people.agent.pk).update(name='<img src=x onerror="alert(1)">')
    ticket = MAKERS["evidence_collection"](people)
    amend(people.agent, ticket.ref, {"assignee": people.agent.email})
    Ticket.objects.filter(pk=ticket.pk).update(category="<script>", currency="<b>")
    page = at(people.supervisor).get('/desk/?q="><script>alert(1)</script>&category=<svg>').content.decode()
    page += at(people.supervisor).get("/desk/").content.decode()
    for danger in ("<img src=x", "<script>alert", "<svg>", "<b>", "<td><script>"):
        assert danger not in page


def test_a_colleague_who_has_left_still_has_a_name(people, at, clock) -> None:
    ticket = MAKERS["under_review"](people)
    people.reviewer.groups.clear()
    assert "Chen" in at(people.agent).get("/desk/").content.decode()
    assert perform(people.agent, ticket.ref, "refer_to_police", {}).pk == ticket.pk


def test_it_speaks_chinese_and_keeps_beijing_time(people, at, clock) -> None:
    clock("2026-03-10T23:30:00+08:00")
    MAKERS["freeze_pending"](people)
    html = at(people.agent).get("/desk/", headers={"accept-language": "zh-CN"}).content.decode()
    for text in ("待办队列", "已申请冻结", "月付充值卡被盗套用", "3月10日 周二", "剩余 1 小时 0 分"):
        assert text in html, text
