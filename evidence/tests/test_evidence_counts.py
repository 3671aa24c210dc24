"""How far the evidence of a complaint is stands on the ticket, kept by every operation that moves it."""

import pytest

from evidence.intake import upload
from evidence.operations import delete, review
from evidence.tests.making import file, png
from tickets.cases.checklist import lines
from tickets.models import Ticket
from tickets.operations import amend, file_ticket, look, perform
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
ORDER = {"issuer": "other", "number": "M000000000001"}


def stock(ref: str) -> tuple[int, int]:
    """As it stands on the ticket, and the same counted anew."""
    ticket = Ticket.objects.select_related("owner").get(ref=ref)
    needed = [line for line in lines(look(ticket, ticket.owner)) if line.required]
    assert (ticket.evidence_have, ticket.evidence_need) == (sum(line.state == "complete" for line in needed), len(needed))
    return ticket.evidence_have, ticket.evidence_need


def test_a_filing_an_upload_a_verdict_and_a_removal_move_it(mei, lin, clock) -> None:
    ref = file_ticket(mei, filing("billing_duplicate", order_numbers=[])).ref
    had, needed = stock(ref)
    assert needed > had
    item = upload(mei, ref, {"kind": "order_number", "order_no": "202603100001234", "issuer": "other"})
    assert stock(ref)[0] == had + 1
    review(lin, item.pk, "rejected", "Another number, please.")
    assert stock(ref)[0] == had
    delete(mei, upload(mei, ref, {"kind": "order_number", "order_no": "202603100001235", "issuer": "other"}).pk)
    assert stock(ref)[0] == had


def test_a_correction_moves_it(mei, lin, clock) -> None:
    ref = file_ticket(mei, filing("billing_duplicate", order_numbers=[])).ref
    had, _needed = stock(ref)
    amend(mei, ref, {"order_numbers": [ORDER]})
    assert stock(ref)[0] == had + 1
    amend(lin, ref, {"category": "mp_topup_stolen"})
    stock(ref)


def test_joining_two_moves_it_to_the_one_that_stays(mei, lin, clock) -> None:
    stays, goes = (file_ticket(mei, filing("billing_duplicate", order_numbers=[ORDER])).ref for _ in range(2))
    upload(mei, goes, {"kind": "order_number", "order_no": "202603100001234", "issuer": "other"})
    perform(lin, goes, "merge", {"into": stays})
    stock(stays)


def test_a_file_counts_once_it_has_been_looked_at(mei, clock, django_capture_on_commit_callbacks) -> None:
    ref = file_ticket(mei, filing("billing_duplicate", order_numbers=[])).ref
    had, _needed = stock(ref)
    with django_capture_on_commit_callbacks(execute=True):
        upload(mei, ref, {"kind": "billing_detail_screenshot"}, file(png()))
    assert stock(ref)[0] == had + 1
