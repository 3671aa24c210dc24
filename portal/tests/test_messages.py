"""Messages and the account of what happened."""

import pytest

from portal.tests.conftest import footprint, text_of
from tickets.models import Message, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing, submitted

pytestmark = pytest.mark.django_db


def test_a_message_reaches_the_complaint(phone, mei):
    ref = submitted(mei).ref
    answer = phone.post(f"/tickets/{ref}/messages/", {"body": "请问进度如何？", "once": "m"})
    assert answer.url == f"/tickets/{ref}/#messages"
    message = Message.objects.get()
    assert (message.body, message.visibility, message.by_staff) == ("请问进度如何？", "public", False)


def test_the_same_message_twice_is_one(phone, mei):
    ref = submitted(mei).ref
    for _ in range(2):
        phone.post(f"/tickets/{ref}/messages/", {"body": "请问进度如何？", "once": "m"})
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("body", "said"), [("  ", "This is needed."), ("y" * 20_001, "Shorten this to 20000 characters")])
def test_a_message_refused_says_why_at_its_field_and_keeps_the_words(browser_of, mei, body, said):
    ref = submitted(mei).ref
    answer = browser_of(mei, "en").post(f"/tickets/{ref}/messages/", {"body": body})
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'id="message-body_error"' in page
    assert said in page
    assert body in page
    assert not Message.objects.exists()


def test_a_customer_cannot_write_a_note_or_a_promise(phone, mei):
    ref = submitted(mei).ref
    phone.post(f"/tickets/{ref}/messages/", {"body": "x", "visibility": "internal", "eta_at": "2027-01-01T00:00:00Z"})
    message = Message.objects.get()
    assert (message.visibility, message.eta_at) == ("public", None)


def test_messages_are_for_the_owner_at_this_door(browser_of, mei, wang, lin):
    ref = submitted(mei).ref
    before = footprint()
    assert browser_of(wang).post(f"/tickets/{ref}/messages/", {"body": "x"}).status_code == 404
    assert browser_of(lin).post(f"/tickets/{ref}/messages/", {"body": "x"}).status_code == 403
    assert browser_of(None).post(f"/tickets/{ref}/messages/", {"body": "x"}).status_code == 302
    assert footprint() == before


STORY = "昨晚八点发现账户被人用来充值，我没有操作过，也没有收到验证码。"


def test_a_frozen_account_gets_its_story_afterwards(phone, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ref = file_ticket(mei, {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:1"}).ref
    said = {
        "statement.occurred_at": "2026-03-10T20:15",
        "statement.amount": "1,280",
        "statement.symptom": STORY,
        "demands": ["refund"],
        "issuer": "douyin_mp",
        "order_numbers": "202603100001234",
        "facts.third_party_topup": "false",
    }
    assert phone.post(f"/tickets/{ref}/statement/", said).url == f"/tickets/{ref}/#evidence"
    ticket = Ticket.objects.get()
    assert ticket.statement == {"occurred_at": "2026-03-10T20:15:00+08:00", "amount": "1280.00", "symptom": STORY}
    assert (ticket.demands, ticket.facts) == (["refund"], {"third_party_topup": False})
    assert ticket.order_references.get().number == "202603100001234"
    assert STORY in text_of(phone.get(f"/tickets/{ref}/statement/"))


def test_an_unfinished_story_is_kept_and_its_gaps_are_named(browser_of, mei):
    ref = file_ticket(mei, {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:1"}).ref
    client = browser_of(mei, "en")
    client.post(f"/tickets/{ref}/statement/", {"statement.symptom": "我没有操作过", "order_numbers": ""})
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert Ticket.objects.get().statement["symptom"] == "我没有操作过"
    assert "Still missing: When it happened, The amount" in " ".join(page.split())


def test_a_wrong_story_is_refused_at_its_field_and_kept(browser_of, mei):
    ref = file_ticket(mei, filing()).ref
    answer = browser_of(mei, "en").post(
        f"/tickets/{ref}/statement/", {"statement.amount": "lots", "statement.symptom": STORY, "order_numbers": ""}
    )
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'id="statement-statement.amount_error"' in page
    assert STORY in page
    assert 'value="lots"' in page
    assert Ticket.objects.get().statement["amount"] == "1280.00"


def test_a_handed_in_story_stays(phone, mei):
    ref = submitted(mei).ref
    assert phone.get(f"/tickets/{ref}/statement/").url == f"/tickets/{ref}/"
    phone.post(f"/tickets/{ref}/statement/", {"statement.symptom": STORY, "order_numbers": ""})
    assert Ticket.objects.get().statement["symptom"] != STORY


@pytest.mark.parametrize("category", ["withdrawal_restricted", "mp_topup_stolen"])
def test_every_category_leads_to_its_story_until_it_is_handed_in(phone, mei, category):
    """Some ask for a statement without a slot for it on their list."""
    ref = file_ticket(mei, filing(category)).ref
    assert f'href="/tickets/{ref}/statement/"' in text_of(phone.get(f"/tickets/{ref}/"))


def test_strangers_get_404(browser_of, wang, mei):
    ref = file_ticket(mei, filing()).ref
    assert browser_of(wang).post(f"/tickets/{ref}/statement/", {"statement.symptom": STORY, "order_numbers": ""}).status_code == 404


def test_a_wrong_order_number_is_corrected_where_the_story_is_told(browser_of, mei):
    ref = file_ticket(mei, filing(order_numbers=[{"issuer": "other", "number": "ABC123456"}])).ref
    client = browser_of(mei, "en")
    assert 'value="ABC123456"' in text_of(client.get(f"/tickets/{ref}/statement/"))
    client.post(f"/tickets/{ref}/statement/", {"statement.symptom": STORY, "order.0": "ABC654321", "order_numbers": ""})
    assert [order.number for order in Ticket.objects.get().order_references.all()] == ["ABC654321"]
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert "ABC654321" in page
    assert "ABC123456" not in page
    client.post(f"/tickets/{ref}/statement/", {"statement.symptom": STORY, "order.0": "", "order_numbers": ""})
    assert not Ticket.objects.get().order_references.exists()
