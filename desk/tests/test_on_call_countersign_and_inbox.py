"""Freezes on call, the countersign inbox, notices with their retry."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.shell.formatting import moment_text
from tickets.models import Decision, Notification, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import approval, filing, under_review
from tickets.tests.stages import BODY, MAKERS


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    logged = [query for query in found if 'INSERT INTO "accounts_readentry"' in query["sql"]]
    assert len(logged) <= 1
    return len(found) - len(logged)


# ---- On call
def test_freezes_stand_before_lifts_and_the_oldest_first(people, at, clock) -> None:
    lift = MAKERS["frozen"](people).ref
    perform(people.owner, lift, "request_lift", {})
    refs = []
    for number in range(2):
        clock(timezone.now() + timedelta(minutes=10))
        refs.append(file_ticket(people.owner, filing(request_freeze=True, **{**BODY, "account": f"douyin:1370000000{number}"})).ref)
    page = text_of(at(people.operator).get("/desk/freezes/"))
    assert [page.index(f"{ref}</a>") for ref in (*refs, lift)] == sorted(page.index(f"{ref}</a>") for ref in (*refs, lift))
    assert "50 min left" in page
    assert f"/desk/tickets/{refs[0]}/#act-confirm_freeze" in page
    assert f"/desk/tickets/{lift}/#act-lift_freeze" in page


def test_what_is_done_stands_there_no_longer(people, at, clock) -> None:
    ref = MAKERS["freeze_pending"](people).ref
    perform(people.operator, ref, "confirm_freeze", {"reference": "F"})
    page = text_of(at(people.operator).get("/desk/freezes/"))
    assert ref not in page
    assert "No freeze waits." in page


def test_on_call_costs_the_same_for_one_and_for_ten(people, at, clock) -> None:
    MAKERS["freeze_pending"](people)
    client = at(people.operator)
    few = queries(client, "/desk/freezes/")
    for number in range(9):
        file_ticket(people.owner, filing(request_freeze=True, **{**BODY, "account": f"douyin:1370000000{number}"}))
    assert queries(client, "/desk/freezes/") == few <= 7


# ---- Second signatures
@pytest.fixture
def waiting(people, clock) -> Ticket:
    ticket = MAKERS["under_review"](people)
    Ticket.objects.filter(pk=ticket.pk).update(late_claim=True)
    return perform(people.reviewer, ticket.ref, "approve", approval(remedies=[{"kind": "refund_partial", "amount": "80"}]))


def test_supervisors_find_what_waits_for_them(waiting, people, at) -> None:
    page = text_of(at(people.supervisor).get("/desk/countersign/"))
    for text in (
        waiting.ref,
        "Partial refund",
        "¥80.00",
        "Chen",
        "/refuse_countersign/",
        "after the claim",
        "approved in part",
    ):
        assert text in page, text


def test_others_read_it_but_are_not_asked_to_sign(waiting, people, at) -> None:
    page = text_of(at(people.reviewer).get("/desk/countersign/"))
    assert waiting.ref in page
    assert "/refuse_countersign/" not in page


def test_the_countersign_inbox_costs_the_same_for_one_and_for_five(waiting, people, at) -> None:
    client = at(people.supervisor)
    few = queries(client, "/desk/countersign/")
    for number in range(4):
        ref = under_review(
            people.owner, people.reviewer, order_numbers=[{"issuer": "bank", "number": f"POS00000{number}"}], amount="2000.00"
        ).ref
        perform(people.reviewer, ref, "approve", approval())
    assert queries(client, "/desk/countersign/") == few <= 14


@pytest.fixture
def lifting(people, clock) -> Ticket:
    """The platform's own freeze, which an operator lifts without a decision."""
    ticket = file_ticket(people.owner, filing("card_cover_frozen", facts={"freeze_reason": "abnormal_transaction"}, **BODY))
    return perform(people.operator, ticket.ref, "lift_freeze", {"note": "本人持证到场核实"})


def test_a_lifting_that_waits_stands_there_with_its_facts_and_is_signed_there(lifting, people, at) -> None:
    client = at(people.supervisor)
    page = text_of(client.get("/desk/countersign/"))
    for text in (
        lifting.ref,
        "(1)",
        "138****0000",
        "Zhou",
        "本人持证到场核实",
        "risk control",
        "no passed identity check",
    ):
        assert text in page, text
    assert "/countersign/" not in text_of(at(people.operator).get("/desk/countersign/")).split("</nav>")[-1]
    lifting.refresh_from_db()
    seen = {"version": lifting.version, "seq": lifting.last_seq}
    assert client.post(f"/desk/tickets/{lifting.ref}/countersign/", seen).status_code == 302
    assert lifting.freezes.get().state == "lifted"
    assert lifting.ref not in text_of(client.get("/desk/countersign/"))


def test_where_a_decision_waits_too_it_is_signed_first(lifting, people, at) -> None:
    Decision.objects.create(
        ticket=lifting, verdict="approved", state="awaiting_countersignature", author=people.reviewer, at=lifting.updated_at
    )
    page = text_of(at(people.supervisor).get("/desk/countersign/"))
    assert "it is signed first" in page
    assert page.count("/refuse_countersign/") == 1


# ---- Notices
def test_each_group_reads_its_own_notices(people, at, clock) -> None:
    ref = MAKERS["freeze_pending"](people).ref
    assert "Freeze requested" in text_of(at(people.operator).get("/desk/notices/"))
    assert ref not in text_of(at(people.privacy).get("/desk/notices/"))


def test_a_notice_of_a_deadline_says_when_it_is(people, at, clock) -> None:
    ticket, due = MAKERS["evidence_collection"](people), timezone.now() + timedelta(hours=3)
    data = {"timer": "first_response", "level": "amber", "due_at": due.isoformat()}
    row = {"kind": "timer.warned", "data": data, "state": "shown", "created_at": timezone.now(), "not_before": timezone.now()}
    Notification.objects.create(ticket=ticket, audience="agents", **row)
    shown = text_of(at(people.agent).get("/desk/notices/"))
    with timezone.override("Asia/Shanghai"):
        assert f"First reply · {moment_text(due)}" in shown


def test_notices_to_oneself_stand_there_too(people, at, clock) -> None:
    ref = MAKERS["under_review"](people).ref
    perform(people.owner, ref, "withdraw", {"keep_freeze": True})
    assert "A complaint was withdrawn" in text_of(at(people.reviewer).get("/desk/notices/"))
    assert "A complaint was withdrawn" not in text_of(at(people.agent).get("/desk/notices/"))


def test_older_notices_are_a_page_away(people, at, clock) -> None:
    ticket, now = MAKERS["evidence_collection"](people), timezone.now()
    rows = [
        Notification(ticket=ticket, audience="agents", kind="escalate", state="shown", created_at=now, not_before=now) for _ in range(70)
    ]
    Notification.objects.bulk_create(rows)
    client = at(people.agent)
    first = text_of(client.get("/desk/notices/"))
    older = first.split('rel="next" href="')[1].partition('"')[0]
    second = text_of(client.get(older))
    assert (first.count("A complaint goes further"), second.count("A complaint goes further")) == (50, 20)
    assert queries(client, "/desk/notices/") <= 6


@pytest.fixture
def failed(people, clock) -> Notification:
    ticket = MAKERS["under_review"](people)
    row = Notification.objects.filter(ticket=ticket, recipient=people.owner).first()
    Notification.objects.filter(pk=row.pk).update(state="failed", attempts=5, last_error="SMTPRecipientsRefused: no such box")
    return row


def test_a_failed_notice_is_seen_and_sent_again(failed, people, at, mailoutbox, django_capture_on_commit_callbacks) -> None:
    client = at(people.agent)
    assert "no such box" in text_of(client.get("/desk/notices/"))
    before = len(mailoutbox)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/desk/notices/retry/", {"id": failed.pk}, follow=True)
    assert "1 notice is on its way again." in text_of(response)
    failed.refresh_from_db()
    assert failed.state == "sent"
    assert len(mailoutbox) > before


def test_only_what_failed_is_sent_again(failed, people, at) -> None:
    sent = Notification.objects.exclude(pk=failed.pk).exclude(state="failed").first()
    response = at(people.agent).post("/desk/notices/retry/", {"id": [sent.pk, 999999, "x"]}, follow=True)
    assert "nothing to send again" in text_of(response)
    assert Notification.objects.get(pk=sent.pk).state == sent.state


def test_customers_send_nothing_again(failed, people, at) -> None:
    assert at(people.owner).post("/desk/notices/retry/", {"id": failed.pk}).status_code == 403
    failed.refresh_from_db()
    assert failed.state == "failed"
