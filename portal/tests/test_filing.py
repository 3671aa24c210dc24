"""Filing: a draft saved at every page, checked at the end, and filed; the wrong lane has a friendly way out."""

import re

import pytest

from portal.tests.conftest import footprint, text_of
from portal.views import filing as views
from tickets.models import Ticket
from tickets.operations import file_ticket, perform, start_draft
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
STORY = "同一个订单被扣了两次钱，商家只发了一次货，客服一直没有回复。"
DETAILS = {
    "incident_at": "2026-03-10T20:15",
    "discovered_at": "2026-03-10T20:40",
    "amount": "¥1,128.50",
    "issuer": "douyin_mp",
    "order_numbers": " 2026 0310 0001 234 ",
}


@pytest.fixture(autouse=True)
def _evening(clock):
    clock("2026-03-10T21:00:00+08:00")


def begin(client, category="billing_duplicate"):
    """The address of the draft's first page."""
    client.post("/file/", {"category": category, "once": category})
    return f"/file/{Ticket.objects.latest('pk').ref}/"


def test_a_complaint_is_filed_page_by_page(phone, mei):
    base = begin(phone)
    assert phone.get(base).url == f"{base}routing/"
    assert phone.post(f"{base}routing/", {"routing": "charge"}).url == f"{base}details/"
    assert phone.post(f"{base}details/", DETAILS).url == f"{base}facts/"
    assert phone.post(f"{base}facts/", {"facts.times_charged": "2", "facts.is_business_use": "false"}).url == f"{base}story/"
    assert phone.post(f"{base}story/", {"statement.symptom": STORY, "demands": ["refund", "investigate"]}).url == f"{base}check/"
    page = text_of(phone.get(f"{base}check/"))
    for shown in ("¥1,128.50", "202603100001234", STORY, "2026年3月10日", "20:15"):
        assert shown in page
    answer = phone.post(f"{base}check/")
    ticket = Ticket.objects.get()
    assert answer.url == f"/tickets/{ticket.ref}/"
    assert (ticket.owner, ticket.status, ticket.demands) == (mei, "evidence_collection", ["refund", "investigate"])
    assert (str(ticket.amount), ticket.facts) == ("1128.50", {"times_charged": 2, "is_business_use": False})
    assert ticket.incident_at.isoformat() == "2026-03-10T12:15:00+00:00"
    assert ticket.statement["symptom"] == STORY
    assert ticket.order_references.get().number == "202603100001234"


def test_going_back_to_the_first_question_finds_it_answered(phone):
    base = begin(phone)
    assert "checked" not in text_of(phone.get(f"{base}routing/"))
    phone.post(f"{base}routing/", {"routing": "charge"})
    phone.post(f"{base}details/", DETAILS)
    page = text_of(phone.get(f"{base}routing/"))
    assert 'value="charge"' in page.partition("checked")[0].rpartition("<input")[2]
    assert phone.get(base).url == f"{base}facts/" or phone.get(base).url == f"{base}story/"


def test_what_is_emptied_on_the_way_is_taken_back(phone):
    base = begin(phone, "billing_amount_mismatch")
    phone.post(f"{base}details/", DETAILS)
    phone.post(f"{base}facts/", {"facts.expected": "10.00", "facts.is_business_use": "false"})
    ticket = Ticket.objects.get()
    assert (str(ticket.amount), ticket.facts) == ("1128.50", {"expected": "10.00", "is_business_use": False})
    phone.post(f"{base}facts/", {"facts.expected": "", "facts.is_business_use": ""})
    ticket.refresh_from_db()
    assert ticket.facts == {}


def test_a_draft_goes_on_where_it_stopped_in_another_browser(browser_of, mei):
    base = begin(browser_of(mei))
    browser_of(mei).post(f"{base}details/", DETAILS)
    other = browser_of(mei, "en")
    assert other.get(base).url == f"{base}story/"
    page = text_of(other.get(f"{base}details/"))
    assert 'value="2026-03-10T20:15"' in page
    assert 'value="1128.50"' in page
    assert base in text_of(other.get("/file/"))
    assert base in text_of(other.get("/tickets/"))


def test_times_are_read_in_the_viewers_zone(phone, mei):
    mei.timezone = "Europe/London"
    mei.save()
    base = begin(phone)
    phone.post(f"{base}details/", {**DETAILS, "incident_at": "2026-03-10T12:15", "discovered_at": ""})
    assert Ticket.objects.get().incident_at.isoformat() == "2026-03-10T12:15:00+00:00"
    assert 'value="2026-03-10T12:15"' in text_of(phone.get(f"{base}details/"))


def test_wrong_answers_are_said_at_their_fields_in_the_readers_language_and_kept(browser_of, mei):
    client = browser_of(mei, "en")
    base = begin(client)
    wrong = {**DETAILS, "amount": "a lot", "incident_at": "yesterday evening", "order_numbers": "12"}
    answer = client.post(f"{base}details/", wrong)
    page = text_of(answer)
    assert answer.status_code == 400
    assert "There is a problem" in page
    for field in ("amount", "incident_at", "order_numbers"):
        assert f'href="#details-{field}"' in page
        assert f'id="details-{field}_error"' in page
    assert "Enter an amount such as 128.00." in page
    assert 'value="a lot"' in page
    assert 'value="yesterday evening"' in page
    assert Ticket.objects.get().incident_at is None


def test_chinese_readers_read_chinese_errors(phone):
    base = begin(phone)
    page = text_of(phone.post(f"{base}details/", {**DETAILS, "incident_at": "2026-03-10T20:50"}))
    assert re.search(r'id="details-incident_at_error">.*?[一-鿿]', page, re.DOTALL)


@pytest.mark.parametrize(("step", "needed"), [("routing", "routing"), ("details", "incident_at"), ("story", "demands")])
def test_a_question_that_needs_an_answer_gets_one(browser_of, mei, step, needed):
    client = browser_of(mei, "en")
    base = begin(client)
    answer = client.post(f"{base}{step}/", {})
    assert answer.status_code == 400
    assert f"{step}-{needed}_error" in text_of(answer)


def test_an_account_matter_needs_no_amount(phone):
    base = begin(phone, "card_cover_frozen")
    unnamed = phone.post(f"{base}details/", {**DETAILS, "amount": ""})
    assert unnamed.status_code == 400 and "details-account_error" in text_of(unnamed)
    answer = phone.post(f"{base}details/", {**DETAILS, "amount": "", "respondent": "douyin", "account": "13800000000"})
    assert answer.status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.respondent, ticket.account_masked) == ("douyin", "138****0000")
    assert phone.post(f"{base}details/", {**DETAILS, "amount": ""}).status_code == 302, "what is known is not asked again"


def test_unhappy_with_the_goods_leads_to_the_merchant_with_seven_days_to_object(phone):
    base = begin(phone)
    assert phone.post(f"{base}routing/", {"routing": "goods"}).url == f"{base}after-sale/"
    assert "7" in text_of(phone.get(f"{base}after-sale/"))
    assert Ticket.objects.get().status == "draft"
    phone.post(f"{base}after-sale/")
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.close_reason) == ("closed", "routed_after_sale")
    page = text_of(phone.get(f"/tickets/{ticket.ref}/"))
    assert "2026年3月17日" in page
    phone.post(f"/tickets/{ticket.ref}/do/reopen/", {"reason": "是重复扣款，不是商品问题", "once": "r"})
    assert Ticket.objects.get().status == "evidence_collection"


def test_the_after_sale_category_goes_there_at_once(phone):
    base = begin(phone, "after_sale")
    assert phone.get(base).url == f"{base}after-sale/"


def test_a_failed_payment_explains_the_wait_and_its_date(browser_of, mei):
    client = browser_of(mei, "en")
    base = begin(client, "pay_failed_deducted")
    client.post(f"{base}details/", DETAILS)
    facts = {"facts.deducted_at": "2026-03-10T20:15", "facts.channel_status": "success", "facts.platform_status": "failed"}
    client.post(f"{base}facts/", facts)
    client.post(f"{base}story/", {"statement.symptom": STORY, "demands": ["refund"]})
    assert "Wed 11 Mar 2026, 20:15" in text_of(client.get(f"{base}check/"))
    page = text_of(client.get(client.post(f"{base}check/").url))
    assert Ticket.objects.get().status == "auto_reversal_wait"
    assert "Wed 11 Mar 2026, 20:15" in page
    assert "The money came back" in page


def test_facts_the_category_cannot_do_without_are_named_before_filing(browser_of, mei):
    client = browser_of(mei, "en")
    ref = start_draft(mei, {"category": "withdrawal_anomaly"}).ref
    answer = client.post(f"/file/{ref}/check/")
    assert answer.status_code == 400
    assert f"/file/{ref}/facts/?then=check#facts-facts.requested_at" in text_of(answer)
    assert Ticket.objects.get().status == "draft"


def test_a_frozen_account_from_abroad_may_ask_for_the_fast_lane(phone):
    base = begin(phone, "card_cover_frozen")
    assert phone.post(f"{base}facts/", {"facts.freeze_reason": "remote_login", "lane": "overseas_24h"}).status_code == 400
    assert phone.post(f"{base}facts/", {"facts.freeze_reason": "overseas_login", "lane": "overseas_24h"}).status_code == 302
    assert Ticket.objects.get().lane == "overseas_24h"


def test_changing_one_answer_leads_back_to_the_check(phone):
    base = begin(phone)
    phone.post(f"{base}details/", DETAILS)
    assert 'name="then" value="check"' in text_of(phone.get(f"{base}details/?then=check"))
    assert phone.post(f"{base}details/", {**DETAILS, "then": "check"}).url == f"{base}check/"


def test_another_category_keeps_the_answers(phone):
    base = begin(phone)
    phone.post(f"{base}details/", DETAILS)
    assert phone.post(f"{base}category/", {"category": "billing_amount_mismatch"}).url == base
    ticket = Ticket.objects.get()
    assert (ticket.category, str(ticket.amount)) == ("billing_amount_mismatch", "1128.50")


def test_an_order_number_typed_wrong_and_mended_is_one_number(phone):
    base = begin(phone)
    phone.post(f"{base}details/", {**DETAILS, "order_numbers": "202603100009999"})
    phone.post(f"{base}details/", DETAILS)
    assert [order.number for order in Ticket.objects.get().order_references.all()] == ["202603100001234"]


def test_the_same_start_twice_begins_one_draft(phone):
    answers = [phone.post("/file/", {"category": "billing_duplicate", "once": "same"}).url for _ in range(2)]
    assert answers[0] == answers[1]
    assert Ticket.objects.count() == 1


def test_no_category_is_said_in_words(browser_of, mei):
    answer = browser_of(mei, "en").post("/file/", {})
    assert answer.status_code == 400
    assert "This is needed." in text_of(answer)


def test_a_visitor_gets_a_code_and_comes_back_to_the_category(browser_of):
    answer = browser_of(None).post("/file/", {"category": "billing_duplicate", "email": "new@example.com"})
    assert answer.url.startswith("/accounts/login/code/confirm/?next=%2Ffile%2F%3Fcategory%3Dbilling_duplicate")
    assert not Ticket.objects.exists()


def test_an_emergency_is_shown_the_freeze_first(browser_of, mei):
    client = browser_of(mei, "en")
    assert "Freeze the account first" in text_of(client.get("/file/?category=billing_unauthorized"))
    assert "Freeze the account first" not in text_of(client.get("/file/?category=billing_duplicate"))
    base = begin(client, "billing_unauthorized")
    assert "Freeze the account first" in text_of(client.get(f"{base}details/"))


def test_a_draft_can_be_deleted(phone):
    base = begin(phone)
    assert phone.post(f"{base}discard/").url == "/tickets/"
    assert not Ticket.objects.exists()


def test_a_second_tap_on_delete_leads_where_the_first_one_did(phone):
    base = begin(phone)
    token = re.search(r'discard/.*?name="once" value="([^"]+)"', text_of(phone.get(f"{base}check/")), re.DOTALL)[1]
    first, second = (phone.post(f"{base}discard/", {"once": token}) for _ in range(2))
    assert first.url == second.url == "/tickets/"


def twice(operation):
    """A rival is first, between our look and our action."""

    def both(actor, ref, *args):
        operation(actor, ref, *args)
        return operation(actor, ref, *args)

    return both


def test_a_draft_deleted_in_another_window_meanwhile_is_no_error(phone, monkeypatch):
    base = begin(phone)
    monkeypatch.setattr(views, "discard_draft", twice(views.discard_draft))
    assert phone.post(f"{base}discard/").url == "/tickets/"


def test_a_draft_filed_in_another_window_meanwhile_is_not_deleted(phone, mei, monkeypatch):
    base = begin(phone, "merchant_deduction")
    operation = views.discard_draft

    def filed_first(actor, ref):
        perform(mei, ref, "file")
        operation(actor, ref)

    monkeypatch.setattr(views, "discard_draft", filed_first)
    answer = phone.post(f"{base}discard/")
    assert (answer.status_code, Ticket.objects.count()) == (302, 1)


def test_turning_to_the_merchant_twice_at_once_is_no_error(phone, monkeypatch):
    base = begin(phone, "after_sale")
    monkeypatch.setattr(views, "perform", twice(views.perform))
    assert phone.post(f"{base}after-sale/").url == f"/tickets/{Ticket.objects.get().ref}/"
    assert Ticket.objects.get().close_reason == "routed_after_sale"


PAGES = ("", "category/", "routing/", "details/", "facts/", "story/", "check/", "after-sale/")


def test_looking_at_a_draft_changes_nothing(phone):
    base = begin(phone)
    before = footprint()
    for page in PAGES:
        assert phone.get(base + page).status_code in (200, 302)
    assert phone.get(f"{base}discard/").status_code == 405
    assert footprint() == before


def test_a_draft_is_for_its_owner_alone(browser_of, phone, wang, lin):
    base = begin(phone)
    for page in PAGES:
        assert browser_of(wang).get(base + page).status_code == 404
        assert browser_of(lin).get(base + page).status_code == 404
        assert browser_of(None).get(base + page).status_code == 302
    assert browser_of(wang).post(f"{base}discard/").status_code == 404
    assert browser_of(wang).post(f"{base}details/", DETAILS).status_code == 404


def test_what_is_filed_shows_its_page_instead(browser_of, mei, lin):
    ref = file_ticket(mei, filing()).ref
    for page in PAGES:
        assert browser_of(mei).get(f"/file/{ref}/{page}").url == f"/tickets/{ref}/"
        assert browser_of(lin).get(f"/file/{ref}/{page}").status_code == 403


def test_an_unknown_page_of_a_draft_is_not_found(phone):
    assert phone.get(f"{begin(phone)}nonsense/").status_code == 404


def test_pages_of_a_draft_take_few_queries(phone, django_assert_max_num_queries):
    base = begin(phone)
    for page in ("details/", "facts/", "check/"):
        phone.get(base + page)
        with django_assert_max_num_queries(6):
            phone.get(base + page)


@pytest.mark.parametrize("page", ["category/", "routing/", "details/", "facts/", "story/", "check/"])
def test_a_form_that_comes_without_its_fields_is_no_error(phone, page):
    base = begin(phone)
    assert phone.post(f"{base}{page}", {}).status_code < 500


@pytest.mark.parametrize("address", ["statement/", "messages/", "do/withdraw/", "do/record_refund/", "evidence/payment_voucher/"])
def test_so_is_one_of_a_filed_complaint(phone, mei, address):
    ref = file_ticket(mei, filing("merchant_deduction")).ref
    assert phone.post(f"/tickets/{ref}/{address}", {}).status_code < 500
