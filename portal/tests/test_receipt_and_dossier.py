"""The owner's receipt and dossier, and the public page where anyone checks a receipt."""

import hashlib
import io
import json
import re
import zipfile

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from rest_framework.test import APIClient

from evidence.receipts import receipts
from evidence.receipts.codes import code_of
from evidence.vault.custody import CustodyEntry
from portal.tests.conftest import footprint, main_of, text_of
from tickets.operations import file_ticket
from tickets.tests.making import STATEMENT, filing, put_evidence, submitted

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def ticket(mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    return submitted(mei)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_owners_page_says_what_was_handed_in_and_its_code(browser_of, mei, ticket, language):
    answer = browser_of(mei, language).get(f"/tickets/{ticket.ref}/receipt/")
    page = main_of(answer)
    filed, newest = receipts(mei, ticket.ref)
    for said in (ticket.ref, newest.code, newest.digest, newest.entries[0].sha256, ":52:00", f"/tickets/{ticket.ref}/receipt/0/"):
        assert said in page, said
    before = main_of(browser_of(mei, language).get(f"/tickets/{ticket.ref}/receipt/0/"))
    assert filed.code in before and newest.code not in before


def test_it_can_be_saved_as_a_pdf(phone, ticket):
    answer = phone.get(f"/tickets/{ticket.ref}/receipt/1.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{ticket.ref}-receipt-1.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_a_receipt_that_is_none_is_not_found(phone, ticket, in_status):
    for path in ("receipt/2/", "receipt/2.pdf", "receipt/x/"):
        assert phone.get(f"/tickets/{ticket.ref}/{path}").status_code == 404
    draft = in_status("draft")
    assert phone.get(f"/tickets/{draft.ref}/receipt/").status_code == 404


def test_strangers_find_nothing_and_the_desk_has_a_page_of_its_own(browser_of, ticket, wang, lin):
    for path in ("receipt/", "receipt/1/", "receipt/1.pdf", "dossier/"):
        address = f"/tickets/{ticket.ref}/{path}"
        assert browser_of(wang).get(address).status_code == 404
        assert browser_of(lin).get(address).status_code == 403
        answer = browser_of(None).get(address)
        assert answer.status_code == 302 and "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_anyone_can_check_a_code_and_learns_of_nobody(browser_of, mei, ticket, language):
    newest = receipts(mei, ticket.ref)[-1]
    answer = browser_of(None, language).get(f"/receipts/{newest.code}/")
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
    assert "no-store" in answer["Cache-Control"]
    page = text_of(answer)
    for said in (ticket.ref, newest.digest, newest.entries[0].sha256):
        assert said in page
    for secret in (mei.email, "Mei", "600.00", "202603100001234", STATEMENT["symptom"]):
        assert secret not in page, secret


def test_the_address_on_the_paper_is_the_public_page(mei, ticket):
    newest = receipts(mei, ticket.ref)[-1]
    assert newest.address == settings.SITE_URL + reverse("portal:checked", args=[newest.code])


def test_a_code_is_typed_in_and_leads_to_its_page_without_javascript(browser_of, mei, ticket):
    guest, code = browser_of(None, "en"), receipts(mei, ticket.ref)[-1].code
    assert 'name="code"' in text_of(guest.get("/receipts/"))
    typed = guest.get("/receipts/", {"code": f"  {code.lower().replace('-', ' ')} "}, follow=True)
    assert typed.status_code == 200
    assert ticket.ref in text_of(typed)


@pytest.mark.parametrize("typed", ["x", "0000-0000-0000-0000-0000-0000", "A" * 200, "字", "..", "<script>"])
def test_a_wrong_code_is_a_friendly_404_with_the_field_again(browser_of, typed):
    guest = browser_of(None, "en")
    answer = guest.get("/receipts/", {"code": typed}, follow=True)
    page = text_of(answer)
    assert (answer.status_code, 'name="code"' in page) == ((404, True) if re.search(r"\w", typed) else (200, True))
    assert "<script>" not in main_of(answer)


def test_a_wrong_and_an_unknown_code_get_the_same_page(browser_of, ticket):
    guest = browser_of(None, "en")
    codes = ("0000-0000-0000-0000-0000-0000", code_of(ticket.pk + 99, 0), code_of(ticket.pk, 9))
    pages = [main_of(guest.get(f"/receipts/{code}/")).replace(code, "") for code in codes]
    assert len(set(pages)) == 1


def test_looking_codes_up_is_limited(browser_of, settings):
    settings.ACCOUNT_RATE_LIMITS = {"receipt": "2/m/ip"}
    guest = browser_of(None, "en")
    assert [guest.get("/receipts/x/").status_code for _ in range(3)] == [404, 404, 429]


def test_the_dossier_is_downloaded_by_a_form_on_the_page(phone, mei, ticket):
    page = text_of(phone.get(f"/tickets/{ticket.ref}/"))
    assert f'action="/tickets/{ticket.ref}/dossier/"' in page and 'value="police"' in page
    before = footprint()
    answer = phone.get(f"/tickets/{ticket.ref}/dossier/", {"for": "police"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        assert manifest["for"] == "police"
        assert manifest["files"][0]["sha256"] == hashlib.sha256(packed.read(manifest["files"][0]["name"])).hexdigest()
    assert footprint() == before


def test_identity_documents_go_out_after_a_fresh_code_only(phone, mei, ticket):
    """Whoever holds the unlocked phone takes none of them along."""
    address, asked = f"/tickets/{ticket.ref}/dossier/", {"include_sensitive": "1"}
    for answer in (phone.get(address, asked), phone.post(address, asked)):
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/fresh/?next=%2Ftickets%2F{ticket.ref}%2F")
    assert not CustodyEntry.objects.exists()
    phone.post("/accounts/fresh/", {"next": "/"})
    phone.post("/accounts/fresh/", {"code": re.search(r"\b[0-9]{6}\b", mail.outbox[-1].body).group(), "next": "/"})
    assert phone.post(address, asked)["Content-Type"] == "application/zip"


def test_pages_and_programs_share_one_limit_of_dossiers(phone, mei, ticket, settings):
    settings.THROTTLE_DOSSIER = "2/min"
    program = APIClient()
    program.force_authenticate(mei)
    assert phone.get(f"/tickets/{ticket.ref}/dossier/").status_code == 200
    assert program.get(f"/api/v1/tickets/{ticket.ref}/dossier/").status_code == 200
    refused = phone.get(f"/tickets/{ticket.ref}/dossier/")
    assert refused.status_code == 429
    assert "请稍后再继续" in text_of(refused)
    told = program.get(f"/api/v1/tickets/{ticket.ref}/dossier/")
    assert (told.status_code, told.json()["code"]) == (429, "throttled")
    assert 1 <= int(told["Retry-After"]) <= 60


def test_what_is_asked_for_wrongly_comes_back_on_the_page_in_words(phone, ticket):
    answer = phone.get(f"/tickets/{ticket.ref}/dossier/", {"for": "my neighbour"})
    assert answer.status_code == 400
    assert "police" in text_of(answer)


def test_looking_at_a_receipt_changes_nothing(phone, browser_of, mei, ticket):
    before, code = footprint(), receipts(mei, ticket.ref)[-1].code
    for address in (f"/tickets/{ticket.ref}/receipt/", f"/tickets/{ticket.ref}/receipt/1.pdf", f"/receipts/{code}/", "/receipts/"):
        assert phone.get(address).status_code == 200
        assert phone.post(address).status_code == 405
    assert footprint() == before
    assert not CustodyEntry.objects.exists()


def test_a_receipt_takes_few_queries_however_much_was_handed_in(phone, mei, django_assert_max_num_queries):
    ticket = file_ticket(mei, filing("merchant_deduction"))
    put_evidence(ticket, *["cs_conversation"] * 20)
    with django_assert_max_num_queries(12):
        phone.get(f"/tickets/{ticket.ref}/receipt/")
