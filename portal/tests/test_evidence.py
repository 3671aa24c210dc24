"""Evidence from the phone: several files, words beside them, consent, taking back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.models import EvidenceItem, PartialUpload
from evidence.operations import content
from evidence.tasks import inspect_item
from evidence.tests.making import drawing, encoded
from portal.tests.conftest import footprint, text_of
from tickets.models import Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing, submitted

pytestmark = pytest.mark.django_db


def picture(name="a.png", colour=(10, 120, 200)):
    return SimpleUploadedFile(name, encoded(drawing(colour=colour), "PNG"), "image/png")


@pytest.fixture
def ref(mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    return file_ticket(mei, filing()).ref


def inspected():
    """What a worker does after the commit."""
    for pk in EvidenceItem.objects.filter(state="scanning").values_list("pk", flat=True):
        inspect_item(pk)


def add(client, ref, kind, **data):
    return client.post(f"/tickets/{ref}/evidence/{kind}/", data)


def test_several_pictures_at_once(phone, ref):
    answer = add(phone, ref, "transaction_screenshot", file=[picture("a.png"), picture("b.png", (1, 2, 3))])
    assert answer.url == f"/tickets/{ref}/#evidence"
    assert "Being checked" in text_of(phone.get(f"/tickets/{ref}/", headers={"accept-language": "en"}))
    inspected()
    assert EvidenceItem.objects.filter(kind="transaction_screenshot", state="clean").count() == 2
    page = text_of(phone.get(f"/tickets/{ref}/"))
    assert "a.png" in page
    assert f'src="/evidence/{EvidenceItem.objects.first().pk}/thumbnail/"' in page


def test_what_is_typed_beside_the_picture_is_kept_with_it(phone, ref):
    add(phone, ref, "payment_voucher", file=picture(), order_no="202603100001234", amount="¥600.00", paid_at="2026-03-10T20:15")
    fields = EvidenceItem.objects.get().fields
    assert fields["order_no"] == "202603100001234"
    assert fields["amount"] == "600.00"
    assert fields["paid_at"].startswith("2026-03-10T20:15")


def test_a_number_and_a_card_are_only_typed(phone, ref):
    add(phone, ref, "order_number", issuer="wechat_txn", text="4200000404202602129117582536", once="1")
    add(phone, ref, "bank_card_masked", text="工商银行 1234", once="2")
    assert Ticket.objects.get().order_references.filter(issuer="wechat_txn").exists()
    assert EvidenceItem.objects.get(kind="bank_card_masked").fields["last4"] == "1234"


@pytest.mark.parametrize(
    ("kind", "data", "field", "kept"),
    [
        ("bank_card_masked", {"text": "6222021234567890128"}, "text", "6222021234567890128"),
        ("payment_voucher", {"order_no": "12", "amount": "5"}, "order_no", 'value="5"'),
        ("payment_voucher", {"paid_at": "2026-03-11T20:15"}, "paid_at", "2026-03-11T20:15"),
        ("transaction_screenshot", {}, "file", ""),
    ],
)
def test_wrong_input_is_said_at_its_field_and_kept(browser_of, mei, ref, kind, data, field, kept):
    files = {} if kind == "bank_card_masked" or not data else {"file": picture()}
    answer = add(browser_of(mei, "en"), ref, kind, **data, **files)
    page = text_of(answer)
    assert answer.status_code == 400
    assert f'id="add-{kind}-{field}_error"' in page
    assert kept in page
    assert re.search(r'<details class="more add-evidence" open>', page)
    assert not EvidenceItem.objects.exists()


def test_what_is_no_picture_is_refused_in_words(browser_of, mei, ref):
    bad = SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "image/png")
    answer = add(browser_of(mei, "en"), ref, "transaction_screenshot", file=bad)
    assert answer.status_code == 400
    assert "not of a type we can take here" in text_of(answer)


def test_good_files_are_kept_when_one_beside_them_is_bad(browser_of, mei, ref):
    bad = SimpleUploadedFile("bad.png", b"no picture", "image/png")
    answer = add(browser_of(mei, "en"), ref, "transaction_screenshot", file=[picture("good.png"), bad], once="x")
    page = text_of(answer)
    assert answer.status_code == 400
    assert "bad.png: " in page
    assert "1 item added." in page
    assert EvidenceItem.objects.get().original_name == "good.png"


def test_the_same_upload_twice_is_one(phone, ref):
    for _ in range(2):
        assert add(phone, ref, "transaction_screenshot", file=picture(), once="same").status_code == 302
    assert EvidenceItem.objects.count() == 1


def test_consent_stands_beside_the_document_and_can_come_later(browser_of, mei, ref):
    client = browser_of(mei, "en")
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert 'id="add-id_card_front-consent"' in page
    assert "it is deleted 30 days after the complaint is closed" in page
    add(client, ref, "id_card_front", file=picture())
    item = EvidenceItem.objects.get()
    assert item.consent_at is None
    client.post(f"/tickets/{ref}/evidence/{item.pk}/consent/")
    item.refresh_from_db()
    assert item.consent_at is not None


def test_consent_given_with_the_document_is_kept(phone, ref):
    add(phone, ref, "id_card_front", file=picture(), consent="on")
    assert EvidenceItem.objects.get().consent_at is not None


def test_ones_own_item_is_taken_back(phone, ref):
    add(phone, ref, "transaction_screenshot", file=picture())
    item = EvidenceItem.objects.get()
    assert phone.post(f"/tickets/{ref}/evidence/{item.pk}/remove/").status_code == 302
    item.refresh_from_db()
    assert item.state == "deleted"
    assert "a.png" not in text_of(phone.get(f"/tickets/{ref}/"))


def test_what_was_handed_in_stays_and_says_so(browser_of, mei):
    ticket = submitted(mei)
    item = ticket.evidence.first()
    answer = browser_of(mei, "en").post(f"/tickets/{ticket.ref}/evidence/{item.pk}/remove/")
    assert answer.status_code == 409
    assert "What was handed in stays as it is" in text_of(answer)
    item.refresh_from_db()
    assert item.state == "clean"


def test_evidence_refused_by_the_desk_says_why(browser_of, mei, lin, ref):
    from evidence.operations import review

    add(browser_of(mei), ref, "transaction_screenshot", file=picture())
    inspected()
    review(lin, EvidenceItem.objects.get().pk, "rejected", "金额看不清，请重新截图")
    page = text_of(browser_of(mei, "en").get(f"/tickets/{ref}/"))
    assert "金额看不清，请重新截图" in page
    assert "Please send it again" in page


def test_the_operators_own_evidence_is_not_listed(phone, mei, ref):
    ticket = Ticket.objects.get()
    ticket.evidence.create(kind="system_log", state="clean", internal=True, uploaded_by=mei, text="geheim-4711")
    assert "geheim-4711" not in text_of(phone.get(f"/tickets/{ref}/"))


@pytest.mark.parametrize("kind", ["system_log", "face_result", "written_statement", "nonsense"])
def test_kinds_that_are_not_the_customers_have_no_form(phone, ref, kind):
    assert add(phone, ref, kind, file=picture()).status_code == 404


def test_strangers_get_404_and_the_desk_403(browser_of, mei, wang, lin, ref):
    add(browser_of(mei), ref, "transaction_screenshot", file=picture())
    item = EvidenceItem.objects.get().pk
    before = footprint()
    for path in (
        f"/tickets/{ref}/evidence/payment_voucher/",
        f"/tickets/{ref}/evidence/{item}/remove/",
        f"/tickets/{ref}/evidence/{item}/consent/",
    ):
        assert browser_of(wang).post(path, {"file": picture()}).status_code == 404
        assert browser_of(lin).post(path, {"file": picture()}).status_code == 403
        assert browser_of(None).post(path, {"file": picture()}).status_code == 302
    assert footprint() == before


def test_an_item_of_another_complaint_is_not_found_here(phone, mei, ref):
    other = submitted(mei)
    item = other.evidence.first()
    assert phone.post(f"/tickets/{ref}/evidence/{item.pk}/remove/").status_code == 404


def test_real_name_match_asks_for_no_document(phone, mei, ref):
    mei.real_name_match = True
    mei.save()
    page = text_of(phone.get(f"/tickets/{ref}/"))
    assert re.search(r'id="slot-identity_proof"\s+class="have"', page)


# ---- In parts
def announce(client, ref, kind="transaction_screenshot", **data):
    return client.post(f"/tickets/{ref}/evidence/{kind}/announce/", {"name": "a.png", "size": "4000", "once": "tap", **data})


def test_a_file_in_parts_is_announced_with_what_is_typed_beside_it(phone, ref):
    answer = announce(phone, ref, "payment_voucher", amount="¥600.00", paid_at="2026-03-10T20:15")
    upload = PartialUpload.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"url": f"/api/v1/uploads/{upload.pk}/", "offset": 0, "chunk_size": 512 * 1024}
    data = encoded(drawing(), "PNG")
    PartialUpload.objects.update(size=len(data))
    headers = {"Upload-Offset": "0"}
    whole = phone.patch(answer.json()["url"], data, content_type="application/offset+octet-stream", headers=headers)
    assert whole.status_code == 201
    fields = EvidenceItem.objects.get().fields
    assert (fields["amount"], fields["paid_at"][:16]) == ("600.00", "2026-03-10T20:15")


def test_the_same_announcement_twice_is_one(phone, ref):
    assert [announce(phone, ref).json()["url"] for _tap in range(2)] == [f"/api/v1/uploads/{PartialUpload.objects.get().pk}/"] * 2


@pytest.mark.parametrize(
    ("kind", "data", "field", "words"),
    [
        ("transaction_screenshot", {"size": "10485761"}, "size", "larger than 10 MB"),
        ("transaction_screenshot", {"size": "many"}, "size", "needed"),
        ("payment_voucher", {"amount": "a lot"}, "amount", "Enter an amount"),
        ("id_card_front", {}, "consent", "Please tick that you agree"),
    ],
)
def test_what_cannot_end_well_is_said_before_a_byte_is_sent(browser_of, mei, ref, kind, data, field, words):
    answer = announce(browser_of(mei, "en"), ref, kind, **data)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert words in answer.json()["errors"][field][0]
    assert not PartialUpload.objects.exists()


def test_a_full_complaint_says_so_in_words(browser_of, mei, ref):
    for number in range(30):
        Ticket.objects.get().evidence.create(kind="payment_voucher", uploaded_by=mei, original=f"aa/{number}", size=1)
    answer = announce(browser_of(mei, "en"), ref)
    assert answer.status_code == 409
    assert "as many files as it can" in answer.json()["errors"]["non_field_errors"][0]


def test_the_checklist_by_itself_is_what_the_page_shows(phone, ref, django_assert_max_num_queries):
    add(phone, ref, "transaction_screenshot", file=picture())
    phone.get(f"/tickets/{ref}/evidence/")
    with django_assert_max_num_queries(12):
        part = text_of(phone.get(f"/tickets/{ref}/evidence/"))
    assert "data-checking" in part
    assert "<html" not in part
    inspected()
    assert "data-checking" not in text_of(phone.get(f"/tickets/{ref}/evidence/"))


def test_whoever_opens_the_checklists_address_gets_the_whole_page(phone, ref):
    as_browsers_ask = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    whole = phone.get(f"/tickets/{ref}/evidence/", headers=as_browsers_ask)
    assert "Accept" in whole["Vary"]
    assert "<html" in text_of(whole) and "<title>" in text_of(whole)
    assert f'data-evidence="/tickets/{ref}/evidence/"' in text_of(whole)
    assert "<html" not in text_of(phone.get(f"/tickets/{ref}/evidence/", headers={"accept": "*/*"}))


def test_only_the_owner_announces_and_watches(browser_of, mei, wang, lin, ref):
    before = footprint()
    for client, status in ((browser_of(wang), 404), (browser_of(lin), 403), (browser_of(None), 302)):
        assert announce(client, ref).status_code == status
        assert client.get(f"/tickets/{ref}/evidence/").status_code == status
    assert announce(browser_of(mei), ref, "system_log").status_code == 404
    assert browser_of(mei).get(f"/tickets/{ref}/evidence/payment_voucher/announce/").status_code == 405
    assert footprint() == before and not PartialUpload.objects.exists()


# ---- Consent, and who looked
def with_card(client, ref):
    add(client, ref, "id_card_front", file=picture(), consent="on")
    inspected()
    return EvidenceItem.objects.get()


def test_why_we_ask_stands_before_the_document_and_what_was_agreed_after_it(browser_of, mei, ref):
    client = browser_of(mei, "en")
    before = text_of(client.get(f"/tickets/{ref}/"))
    assert "Why we ask" in before and "To be sure that it is you who asks" in before
    assert "(version 2026.1)" in before
    with_card(client, ref)
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert "version 2026.1" in page and "It is deleted 30 days after the complaint is closed." in page
    assert "Nobody yet." in page


def test_who_looked_is_told_in_role_words(browser_of, mei, zhou, ref):
    client = browser_of(mei, "en")
    item = with_card(client, ref)
    for _look in range(2):
        content(zhou, item.pk, "核对身份-7")
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert "The freeze desk" in page and "looked at (2 times)" in page and "核对身份-7" in page
    assert zhou.email not in page and zhou.name not in page


def test_consent_withdrawn_deletes_and_empties_the_slot(browser_of, mei, ref):
    client = browser_of(mei, "en")
    item = with_card(client, ref)
    assert "its place in the list is empty again" in text_of(client.get(f"/tickets/{ref}/"))
    answer = client.post(f"/tickets/{ref}/evidence/{item.pk}/remove/", follow=True)
    assert "Your consent is withdrawn, and the document is deleted." in text_of(answer)
    item.refresh_from_db()
    assert (item.state, item.original) == ("deleted", "")
    assert "item-about" not in text_of(answer)


def test_after_the_closing_the_list_says_when_each_goes_and_takes_nothing_more(browser_of, mei, ref):
    client = browser_of(mei, "en")
    with_card(client, ref)
    perform(mei, ref, "withdraw", {})
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert "By its own rule it is deleted:" in page and "Thu 9 Apr 2026 24:00" in page
    assert "add-evidence" not in page and "upload.js" not in page
    assert "Withdraw consent and delete" in page


def test_a_legal_hold_is_told_in_words(browser_of, mei, ref):
    client = browser_of(mei, "en")
    with_card(client, ref)
    perform(mei, ref, "refer_to_police", {})
    assert "It is held because an authority may need it, at least until:" in text_of(client.get(f"/tickets/{ref}/"))


def test_the_page_costs_the_same_however_much_is_there(browser_of, mei, zhou, ref, django_assert_max_num_queries):
    client = browser_of(mei)
    with_card(client, ref)
    add(client, ref, "transaction_screenshot", file=[picture(f"{n}.png", (n, 2, 3)) for n in range(5)], once="many")
    inspected()
    for pk in EvidenceItem.objects.values_list("pk", flat=True):
        content(zhou, pk, "核对")
    with django_assert_max_num_queries(12):
        client.get(f"/tickets/{ref}/")
    perform(mei, ref, "withdraw", {})
    with django_assert_max_num_queries(12):
        client.get(f"/tickets/{ref}/")
