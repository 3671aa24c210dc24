"""The evidence viewer: large, turned, side by side, with a reason for what is sensitive, and a hint without disclosure."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.tests.reading import form_of
from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import vault  # noqa: F401
from evidence.tests.shown_papers import WORDS, note, page_told, paper
from evidence.tests.test_similar_pictures import bill, sent_on
from evidence.vault.custody import CustodyEntry
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing, under_review

pytestmark = pytest.mark.usefixtures("vault")
NUMBER = "11010519491231002X"


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def ticket(people, clock) -> Ticket:
    return under_review(people.owner, people.reviewer)


def sent(person, ticket: Ticket, kind: str, data: bytes, **typed) -> EvidenceItem:
    raw = {"kind": kind, **({"consent": True} if kind.startswith("id_") else {}), **typed}
    item = upload(person, ticket.ref, raw, making.file(data))
    inspect_waiting(item.uploaded_at)
    item.refresh_from_db()
    assert item.state == "clean"
    return item


@pytest.fixture
def voucher(ticket, people) -> EvidenceItem:
    return sent(people.owner, ticket, "payment_voucher", making.png(size=(400, 600)))


@pytest.fixture
def card(ticket, people) -> EvidenceItem:
    return sent(people.owner, ticket, "id_card_front", making.png((90, 10, 60)), number=NUMBER)


def page(client, ticket, **asked) -> str:
    return text_of(client.get(f"/desk/tickets/{ticket.ref}/evidence/", asked))


def test_the_copy_stands_large_and_turns_and_grows_by_plain_links(ticket, voucher, people, at) -> None:
    shown = page(at(people.agent), ticket, item=voucher.pk)
    assert f'<image href="/evidence/{voucher.pk}/" width="400" height="600"/>' in shown
    assert 'viewBox="0 0 400 600"' in shown
    assert f"item={voucher.pk}&amp;turn=90" in shown
    turned = page(at(people.agent), ticket, item=voucher.pk, turn=90, zoom=200)
    assert 'viewBox="0 0 600 400"' in turned
    assert 'transform="translate(600 0) rotate(90)"' in turned
    assert "zoom-200" in turned
    assert f"item={voucher.pk}&amp;zoom=300&amp;turn=90" in turned


def test_a_long_screenshot_fills_the_width_until_the_whole_of_it_is_asked_for(ticket, voucher, people, at) -> None:
    long = sent(people.owner, ticket, "transaction_screenshot", making.png(size=(400, 1300)))
    shown = page(at(people.agent), ticket, item=long.pk)
    assert 'class="pane-picture zoom-100 wide"' in shown
    assert f"item={long.pk}&amp;fit=1" in shown
    assert 'class="pane-picture zoom-100"' in page(at(people.agent), ticket, item=long.pk, fit=1)
    assert 'class="pane-picture zoom-100"' in page(at(people.agent), ticket, item=long.pk, turn=90)
    whole = page(at(people.agent), ticket, item=voucher.pk)
    assert 'class="pane-picture zoom-100"' in whole
    assert f"item={voucher.pk}&amp;fit=2" in whole
    assert 'class="pane-picture zoom-300 wide"' in page(at(people.agent), ticket, item=voucher.pk, fit=2, zoom=300)


def test_a_long_screenshot_made_a_pdf_fills_the_width_too(ticket, people, at) -> None:
    item = sent(people.owner, ticket, "payment_voucher", paper(WORDS, page_told(MediaBox=[0, 0, 400, 4000])))
    shown = page(at(people.agent), ticket, item=item.pk)
    assert 'class="pane-picture zoom-100 wide"' in shown
    assert 'viewBox="0 0 400 4000"' in shown


def test_what_the_copy_does_not_show_is_said_above_it(ticket, people, at) -> None:
    lacking = paper(WORDS, note("Text", Contents="not mine"), pages=2)
    item = sent(people.owner, ticket, "payment_voucher", lacking)
    assert item.remarks == "notes_folded:1,2"
    said = "Page 1, 2: Holds notes that open at a click; their words are not in this copy."
    shown = page(at(people.agent), ticket, item=item.pk)
    assert said in shown
    assert shown.index(said) < shown.index("pane-frame")
    assert said in text_of(at(people.agent).get(f"/desk/tickets/{ticket.ref}/"))
    other = sent(people.owner, ticket, "payment_voucher", paper(WORDS))
    assert "Holds notes" not in page(at(people.agent), ticket, item=other.pk)


def test_nonsense_in_the_address_counts_as_not_said(ticket, voucher, people, at) -> None:
    for asked in ({"item": "x"}, {"item": "9" * 40}, {"zoom": "175", "turn": "45"}, {"item": 999999, "beside": "-1"}):
        assert "zoom-100" in page(at(people.agent), ticket, **asked)


def test_two_stand_side_by_side_each_with_its_own_turn(ticket, voucher, people, at) -> None:
    other = sent(people.owner, ticket, "transaction_screenshot", making.jpeg())
    shown = page(at(people.agent), ticket, item=voucher.pk, beside=other.pk, turn2=180)
    assert "panes-two" in shown
    assert f"/evidence/{voucher.pk}/" in shown
    assert f"/evidence/{other.pk}/" in shown
    assert 'transform="translate(400 600) rotate(180)"' in shown


def test_its_forms_carry_what_the_page_showed_and_no_place_in_the_queue(ticket, voucher, people, at) -> None:
    posted = form_of(page(at(people.reviewer), ticket), "verdict")
    assert posted.values["version"] == [str(Ticket.objects.get(pk=ticket.pk).version)]
    assert "place" not in posted.names


def test_one_goes_from_item_to_item(ticket, voucher, people, at) -> None:
    other = sent(people.owner, ticket, "transaction_screenshot", making.jpeg())
    assert f'rel="next" href="/desk/tickets/{ticket.ref}/evidence/?item={other.pk}"' in page(at(people.agent), ticket, item=voucher.pk)
    assert f'rel="prev" href="/desk/tickets/{ticket.ref}/evidence/?item={voucher.pk}"' in page(at(people.agent), ticket, item=other.pk)


def test_a_sensitive_document_is_shown_for_a_reason(ticket, card, people, at) -> None:
    client = at(people.operator)
    asked = page(client, ticket, item=card.pk)
    assert "Why do you look at this document?" in asked
    assert "<image" not in asked
    for lacking in ({"why": "other"}, {"why": "nonsense", "more": "x"}, {"more": "x"}):
        assert "<image" not in page(client, ticket, item=card.pk, **lacking)
    assert "Say which reason." in page(client, ticket, item=card.pk, why="other")
    assert not CustodyEntry.objects.filter(action="viewed").exists()
    shown = page(client, ticket, item=card.pk, why="freeze", more="called back")
    address = shown.split('<image href="')[1].partition('"')[0].replace("&amp;", "&")
    assert client.get(address).status_code == 200
    look = CustodyEntry.objects.get(action="viewed", by=people.operator)
    assert look.purpose == "To make sure who asks for the freeze or its end: called back"


def test_another_document_asks_again(ticket, card, people, at) -> None:
    back = sent(people.owner, ticket, "id_card_back", making.png((1, 2, 3)))
    shown = page(at(people.operator), ticket, item=card.pk, why="freeze")
    assert f'href="/desk/tickets/{ticket.ref}/evidence/?item={back.pk}"' in shown


def test_who_may_not_look_sees_that_it_is_there_and_why_not(ticket, card, people, at) -> None:
    for person in (people.agent, people.supervisor):
        shown = page(at(person), ticket, item=card.pk, why="identity")
        assert "Only the assigned reviewer, freeze operators and privacy officers may look at this." in shown
        assert f"#{card.pk}" in shown
        assert f"/evidence/{card.pk}/" not in shown
        assert "110****" not in shown
        assert "verdict" not in shown
    assert not CustodyEntry.objects.filter(action="viewed").exists()


def test_the_number_is_shown_on_demand_and_that_is_recorded(ticket, card, people, at) -> None:
    client = at(people.reviewer)
    shown = page(client, ticket, item=card.pk, why="identity")
    assert NUMBER not in shown
    form = form_of(shown, "number")
    told = client.post(form.action, form.filled())
    assert NUMBER in text_of(told)
    assert told["Cache-Control"] == "private, no-store"
    entry = CustodyEntry.objects.get(action="number")
    assert (entry.by, entry.item_id, entry.purpose) == (people.reviewer, card.pk, "To compare the applicant with the document")
    assert client.get(form.action).status_code == 302


def test_the_number_is_for_nobody_else(ticket, card, people, at) -> None:
    address = f"/desk/tickets/{ticket.ref}/evidence/number/"
    assert at(people.agent).post(address, {"view": f"item={card.pk}&why=identity"}).status_code == 404
    assert at(people.owner).post(address, {"view": f"item={card.pk}"}).status_code == 403
    refused = at(people.operator).post(address, {"view": f"item={card.pk}"})
    assert NUMBER not in text_of(refused, 400)
    assert not CustodyEntry.objects.filter(action="number").exists()


def test_the_verdict_is_given_there_and_leads_back_there(ticket, voucher, people, at) -> None:
    client = at(people.reviewer)
    address = f"/desk/tickets/{ticket.ref}/evidence/?item={voucher.pk}&zoom=200"
    form = form_of(text_of(client.get(address)), "verdict", voucher.pk)
    refused = text_of(client.post(form.action, form.filled(verdict="rejected")), 400)
    assert f'href="#verdict{voucher.pk}-reason"' in refused
    assert "zoom-200" in refused
    done = client.post(form.action, form.filled(verdict="rejected", reason="看不清"))
    assert (done.status_code, done["Location"]) == (302, address)
    voucher.refresh_from_db()
    assert (voucher.verdict, voucher.verdict_reason) == ("rejected", "看不清")


def test_a_file_is_put_where_it_belongs_from_there(ticket, people, at) -> None:
    item = sent(people.owner, ticket, "uncategorized_file", making.png((5, 5, 5)))
    client = at(people.agent)
    form = form_of(page(client, ticket, item=item.pk), "reclassify", item.pk)
    done = client.post(form.action, form.filled(kind="price_page_screenshot"))
    assert done["Location"] == f"/desk/tickets/{ticket.ref}/evidence/?item={item.pk}"
    item.refresh_from_db()
    assert item.kind == "price_page_screenshot"


def test_a_twin_elsewhere_is_a_hint_that_names_nobody(ticket, voucher, card, people, wang, at) -> None:
    said = "The same file was sent with another complaint."
    assert said not in page(at(people.agent), ticket, item=voucher.pk)
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    sent(wang, other, "payment_voucher", making.png(size=(400, 600)))
    sent(wang, other, "id_card_front", making.png((7, 7, 7)), number=NUMBER)
    for client, item, asked, hint in (
        (at(people.agent), voucher, {}, said),
        (at(people.operator), card, {"why": "freeze"}, "The same document number was given with another complaint."),
    ):
        shown = page(client, ticket, item=item.pk, **asked)
        assert hint in shown
        assert other.ref not in shown
        assert "wang" not in shown.lower()
    assert "The same document number" not in page(at(people.agent), ticket, item=card.pk)


def test_nearly_the_same_picture_is_a_hint_too(ticket, people, wang, at) -> None:
    mine = sent(people.owner, ticket, "transaction_screenshot", making.encoded(bill(), "PNG"))
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    sent(wang, other, "transaction_screenshot", sent_on(bill()))
    shown = page(at(people.agent), ticket, item=mine.pk)
    assert "Nearly the same picture was sent with another complaint." in shown
    assert other.ref not in shown


def test_of_a_pdf_every_page_is_shown_and_the_whole_can_be_saved(ticket, people, at) -> None:
    item = sent(people.owner, ticket, "payment_voucher", making.pdf(3))
    client, asked, seen = at(people.agent), f"?item={item.pk}&turn=90", []
    while asked:
        shown = text_of(client.get(f"/desk/tickets/{ticket.ref}/evidence/{asked}"))
        seen.append(re.search(r'<image href="([^"]+)"', shown)[1])
        assert f"Page {len(seen)} of 3" in shown
        assert "rotate(90)" in shown
        assert f'href="/evidence/{item.pk}/"' in shown
        following = re.search(r'rel="next" href="[^"?]*(\?[^"]*page=[^"]*)"', shown)
        asked = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"/evidence/{item.pk}/pages/{number}/" for number in (1, 2, 3)]
    assert re.search(r'rel="prev" href="[^"]*page=2[^"]*"', shown)
    assert not CustodyEntry.objects.filter(action="viewed").exists()  # asking for no page is no look at it
    for address in seen:
        drawn = client.get(address)
        assert (drawn["Content-Type"], drawn["X-Content-Type-Options"], drawn["Cache-Control"]) == (
            "image/jpeg", "nosniff", "private, no-store",
        )  # fmt: skip
    looks = CustodyEntry.objects.filter(action="viewed", item_id=item.pk, by=people.agent).order_by("seq")
    assert [look.detail for look in looks] == [{"page": number} for number in (1, 2, 3)]


def test_a_page_beyond_the_last_is_the_last(ticket, people, at) -> None:
    item = sent(people.owner, ticket, "payment_voucher", making.pdf(2))
    for asked, place in (("9", 2), ("0", 1), ("x", 1)):
        assert f"Page {place} of 2" in page(at(people.agent), ticket, item=item.pk, page=asked)


def test_two_pdfs_stand_side_by_side_each_at_its_own_page(ticket, people, at) -> None:
    first, second = (sent(people.owner, ticket, "payment_voucher", making.pdf(count)) for count in (2, 3))
    shown = page(at(people.agent), ticket, item=first.pk, beside=second.pk, page=2, page2=3)
    assert f'href="/evidence/{first.pk}/pages/2/"' in shown
    assert f'href="/evidence/{second.pk}/pages/3/"' in shown
    assert f"item={first.pk}&amp;beside={second.pk}&amp;page=2&amp;page2=2" in shown


# ---- Masked
STATEMENT = {"order_no": "202603100001234", "issuer": "douyin_mp", "amount": "1280.00"}


@pytest.fixture
def statement(ticket, people) -> EvidenceItem:
    return sent(people.owner, ticket, "bank_statement_screenshot", making.png((3, 60, 9), size=(400, 600)), **STATEMENT)


def test_a_bank_statement_is_masked_until_somebody_asks_and_that_is_recorded(ticket, statement, people, at) -> None:
    client = at(people.agent)
    for shown in (page(client, ticket, item=statement.pk), text_of(client.get(f"/desk/tickets/{ticket.ref}/"))):
        assert f"/evidence/{statement.pk}/thumbnail/" not in shown
        assert f'<image href="/evidence/{statement.pk}/"' not in shown
        assert "¥1280.00" not in shown.split('id="evidence-title"')[-1]
        assert "****" in shown
    assert not CustodyEntry.objects.filter(by=people.agent).exists()
    masked = page(client, ticket, item=statement.pk)
    show = re.search(r'href="([^"]*open=[^"]*)"', masked)[1].replace("&amp;", "&")
    opened = text_of(client.get(show))
    assert f'<image href="/evidence/{statement.pk}/" width="400" height="600"/>' in opened
    assert "¥1280.00" in opened
    assert f"item={statement.pk}&amp;turn=90&amp;open={statement.pk}" in opened  # turning it asks no second time
    assert client.get(f"/evidence/{statement.pk}/").status_code == 200
    looks = CustodyEntry.objects.filter(by=people.agent, item_id=statement.pk)
    assert [look.action for look in looks] == ["unmasked", "unmasked"]
    assert "¥1280.00" not in page(client, ticket, item=statement.pk)


def test_what_was_asked_for_is_one_item_alone(ticket, statement, people, at) -> None:
    receipt = sent(people.owner, ticket, "police_receipt", making.pdf(2))
    shown = page(at(people.agent), ticket, item=statement.pk, beside=receipt.pk, open=receipt.pk, open2=statement.pk)
    assert "<image" not in shown
    both = page(at(people.agent), ticket, item=statement.pk, beside=receipt.pk, open=statement.pk, open2=receipt.pk)
    assert f'<image href="/evidence/{receipt.pk}/pages/1/"' in both
    assert f'<image href="/evidence/{statement.pk}/"' in both


def test_masked_text_is_read_on_demand(ticket, people, at) -> None:
    log = upload(people.reviewer, ticket.ref, {"kind": "auth_record", "text": "20:14 登录 203.0.113.7"})
    card = upload(people.owner, ticket.ref, {"kind": "bank_card_masked", "text": "招商银行 8888"})
    client = at(people.agent)
    for item, said in ((log, "203.0.113.7"), (card, "8888")):
        assert said not in text_of(client.get(f"/desk/tickets/{ticket.ref}/"))
        assert said not in page(client, ticket, item=item.pk)
        assert said in page(client, ticket, item=item.pk, open=item.pk)
        assert CustodyEntry.objects.get(by=people.agent, item_id=item.pk).action == "unmasked"


def test_text_is_shown_as_text_and_that_is_a_look(ticket, people, at) -> None:
    item = upload(people.owner, ticket.ref, {"kind": "cs_conversation", "text": "<script>alert(1)</script>"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(at(people.agent), ticket, item=item.pk)
    assert CustodyEntry.objects.filter(action="viewed", item_id=item.pk, by=people.agent).count() == 1


def test_what_is_gone_says_so(ticket, voucher, people, at) -> None:
    EvidenceItem.objects.filter(pk=voucher.pk).update(state="rejected", reason="too_small")
    shown = page(at(people.agent), ticket, item=voucher.pk)
    assert "There is nothing to look at in this state." in shown
    assert "300" in shown


def test_it_is_of_the_desk(ticket, voucher, people, at, client, wang) -> None:
    address = f"/desk/tickets/{ticket.ref}/evidence/"
    assert client.get(address).status_code == 302
    for person in (people.owner, people.service, wang):
        assert at(person).get(address).status_code == 403
    assert at(people.agent).post(address).status_code == 405
    assert at(people.agent).get("/desk/tickets/TS-20260101-999999/evidence/").status_code == 404


def test_an_item_of_another_ticket_is_not_shown_here(ticket, voucher, people, wang, at) -> None:
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    foreign = sent(wang, other, "payment_voucher", making.png((8, 8, 8)))
    assert f"/evidence/{foreign.pk}/" not in page(at(people.agent), ticket, item=foreign.pk, beside=foreign.pk)


def test_many_items_cost_no_more_queries(ticket, voucher, people, at) -> None:
    client = at(people.agent)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            page(client, ticket, item=voucher.pk)
        return len(found)

    asked()
    few = asked()
    for number in range(6):
        sent(people.owner, ticket, "transaction_screenshot", making.png((number, 0, 0)))
    assert asked() == few <= 12
