"""The account in full: for who freezes it or decides, each look in the custody log; for nobody else, its owner included."""

import pytest

from api.tests.driving import ROOT, Desk
from evidence.models import CustodyEntry
from tickets.models import Freeze, Ticket

pytestmark = pytest.mark.django_db
ACCOUNT = "douyin:13800000000"


@pytest.fixture
def asked(desk: Desk) -> Desk:
    body = {"category": "mp_topup_stolen", "request_freeze": True, "account": ACCOUNT, "amount": "10.00"}
    desk.at("2026-03-10T20:52:00+08:00").file(body)
    return desk


def look(desk: Desk, who: str, query: str = ""):
    return desk.clients[who].get(f"{ROOT}tickets/{desk.ref}/account/{query}")


def test_a_freeze_operator_reads_it_and_that_is_recorded(asked: Desk):
    answer = look(asked, "operator")
    assert answer.json() == {"account": ACCOUNT, "respondent": "douyin", "freeze_ids": [asked.ticket()["freeze"]["id"]]}
    assert answer["Cache-Control"] == "private, no-store"
    entry = CustodyEntry.objects.get(action="account")
    assert (entry.by, entry.kind, entry.ticket_id, entry.purpose) == (asked.people["operator"], "account", Ticket.objects.get().pk, "")
    look(asked, "operator", "?purpose=freeze")
    assert CustodyEntry.objects.filter(action="account").count() == 2
    assert ACCOUNT not in str(list(CustodyEntry.objects.values()))


def test_a_supervisor_says_why(asked: Desk):
    assert look(asked, "supervisor").json()["errors"].keys() == {"purpose"}
    assert look(asked, "supervisor", "?purpose=decision").json()["account"] == ACCOUNT
    assert CustodyEntry.objects.get(action="account").purpose == "decision"


def test_a_reviewer_reads_it_only_where_the_complaint_is_theirs(asked: Desk):
    assert look(asked, "reviewer", "?purpose=decision").status_code == 403
    Ticket.objects.update(assignee=asked.people["reviewer"])
    assert look(asked, "reviewer").status_code == 400
    assert look(asked, "reviewer", "?purpose=decision").json()["account"] == ACCOUNT


@pytest.mark.parametrize(("who", "status"), [("user", 403), ("agent", 403), ("system", 403)])
def test_nobody_else_reads_it(asked: Desk, who: str, status: int):
    assert look(asked, who, "?purpose=x").status_code == status
    assert not CustodyEntry.objects.filter(action="account").exists()


def test_an_operator_with_a_part_in_it_does_not(asked: Desk):
    Ticket.objects.get().complained_about.add(asked.people["operator"])
    assert look(asked, "operator").status_code == 403


def test_what_is_forgotten_or_broken_is_not_made_up(asked: Desk):
    Freeze.objects.update(account_sealed="k0:AAAA")
    broken = look(asked, "operator", f"?freeze={asked.ticket()['freeze']['id']}")
    assert (broken.status_code, broken.json()["code"]) == (409, "EVIDENCE_BROKEN")
    Ticket.objects.update(account_sealed="")
    assert look(asked, "operator").status_code == 404
    assert look(asked, "operator", "?freeze=x").status_code == 400
