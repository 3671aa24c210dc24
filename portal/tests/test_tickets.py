"""My complaints: mine alone, newest first, page by page, at a constant cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.tests.conftest import text_of
from portal.views import tickets as view
from tickets.models import Ticket
from tickets.operations import file_ticket, start_draft
from tickets.tests.making import filing, submitted

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def several(owner, count):
    return [file_ticket(owner, filing("merchant_deduction", order_numbers=[])).ref for _ in range(count)]


def shown(client, url="/tickets/"):
    page = text_of(client.get(url))
    return [ref for ref in Ticket.objects.order_by("-created_at", "-pk").values_list("ref", flat=True) if f"/{ref}/" in page], page


def next_url(page, rel):
    before = page.partition(f'rel="{rel}"')[2]
    return "/tickets/" + before.partition('href="')[2].partition('"')[0] if before else ""


def test_strangers_complaints_are_not_in_my_list(phone, mei, wang):
    mine, theirs = submitted(mei), submitted(wang)
    page = text_of(phone.get("/tickets/"))
    assert mine.ref in page
    assert theirs.ref not in page


def test_a_visitor_signs_in_first(browser_of):
    assert browser_of(None).get("/tickets/").url == "/accounts/login/?next=/tickets/"


def test_the_desk_sees_only_its_own_here(browser_of, lin, mei):
    theirs = submitted(mei)
    assert theirs.ref not in text_of(browser_of(lin).get("/tickets/"))


def test_an_empty_list_says_what_to_do(browser_of, mei):
    page = text_of(browser_of(mei, "en").get("/tickets/"))
    assert "You have not filed a complaint yet" in page
    assert 'href="/file/"' in page


def test_pages_follow_each_other_without_gap_or_repeat(phone, mei, monkeypatch):
    monkeypatch.setattr(view, "PAGE_SIZE", 2)
    refs = several(mei, 5)[::-1]
    first, page = shown(phone)
    second, page2 = shown(phone, next_url(page, "next"))
    third, page3 = shown(phone, next_url(page2, "next"))
    assert [*first, *second, *third] == refs
    assert 'rel="next"' not in page3
    back, page4 = shown(phone, next_url(page3, "prev"))
    assert back == second
    assert shown(phone, next_url(page4, "prev"))[0] == first


def test_the_same_instant_keeps_an_order(phone, mei, monkeypatch):
    monkeypatch.setattr(view, "PAGE_SIZE", 2)
    several(mei, 3)
    Ticket.objects.update(created_at=timezone.now() - timedelta(days=1))
    first, page = shown(phone)
    second, _ = shown(phone, next_url(page, "next"))
    assert len({*first, *second}) == 3


@pytest.mark.parametrize("key", ["", "x", "1-", "-1", "99999999999999999999999-1", "1-99999999999999999999999", "٣-٣"])
def test_a_broken_key_is_no_error(phone, mei, key):
    several(mei, 1)
    assert phone.get("/tickets/", {"before": key}).status_code == 200
    assert phone.get("/tickets/", {"after": key}).status_code == 200


def test_the_cost_does_not_grow_with_the_list(phone, mei, django_assert_num_queries, django_assert_max_num_queries):
    several(mei, 1)
    phone.get("/tickets/")
    with django_assert_max_num_queries(12) as few:
        phone.get("/tickets/")
    several(mei, 7)
    with django_assert_num_queries(len(few)):
        phone.get("/tickets/")


def test_a_draft_leads_to_where_it_stopped(phone, mei):
    ref = start_draft(mei, {"category": "billing_duplicate"}).ref
    assert f'href="/file/{ref}/"' in text_of(phone.get("/tickets/"))
