"""The privacy officer's section: what is held, who looked, holds, runs, one person's data; and nobody else's."""

import csv
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from desk.tests.reading import forms
from evidence.intake import upload
from evidence.models import DeletionRequest, ErasureProposal, EvidenceItem, SubjectRequest, VaultRun
from evidence.operations import content
from evidence.people import request_deletion
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import vault  # noqa: F401
from evidence.vault.custody import CustodyEntry, record
from tickets.models import Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.cast import person as someone
from tickets.tests.making import filing, put_evidence

pytestmark = pytest.mark.usefixtures("vault")
PAGES = tuple(f"/desk/privacy/{page}" for page in ("", "log/", "log.csv", "holds/", "runs/", "person/"))
POSTS = tuple(f"/desk/privacy/{page}/" for page in ("holds/release", "runs/begin", "person/export", "person/erase", "person/keep"))


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.fixture
def ticket(people, clock) -> Ticket:
    return file_ticket(people.owner, filing())


@pytest.fixture
def card(ticket, people) -> EvidenceItem:
    raw = {"kind": "id_card_front", "consent": True, "number": "11010519491231002X"}
    item = upload(people.owner, ticket.ref, raw, making.file(making.png()))
    inspect_waiting(item.uploaded_at)
    return EvidenceItem.objects.get()


@pytest.fixture
def officer(people, at):
    return at(people.privacy)


# ---- Whose it is
def test_it_is_for_privacy_officers_alone(people, at, client, admin_person) -> None:
    for address in PAGES:
        assert client.get(address).status_code == 302, address
    for address in POSTS:
        assert client.post(address, {})["Location"].startswith("/accounts/login/"), address
    for person in (people.owner, people.agent, people.operator, people.reviewer, people.supervisor, people.service, admin_person):
        browser = at(person)
        for address in PAGES:
            assert browser.get(address).status_code == 403, (person, address)
        for address in POSTS:
            assert browser.post(address, {}).status_code == 403, (person, address)
    assert not VaultRun.objects.exists()
    assert not SubjectRequest.objects.exists()


def test_only_they_find_it_in_the_menu(people, at) -> None:
    assert "/desk/privacy/" in text_of(at(people.privacy).get("/desk/"))
    for person in (people.agent, people.operator, people.reviewer, people.supervisor):
        assert "/desk/privacy/" not in text_of(at(person).get("/desk/"))


def test_looking_changes_nothing(card, officer) -> None:
    before = (CustodyEntry.objects.count(), list(Ticket.objects.values()), list(EvidenceItem.objects.values()))
    for address in (*PAGES, "/desk/privacy/person/?email=mei@example.com"):
        assert officer.get(address).status_code == 200
    for address in POSTS:
        assert officer.get(address).status_code == 405
    assert before == (CustodyEntry.objects.count(), list(Ticket.objects.values()), list(EvidenceItem.objects.values()))


# ---- What we hold
def test_what_is_sensitive_stands_there_with_its_end_and_without_its_content(card, people, officer, clock) -> None:
    page = text_of(officer.get("/desk/privacy/"))
    for text in ("ID card", f"#{card.pk}", card.ticket.ref, "30 days after closing"):
        assert text in page, text
    for hidden in ("110", "/evidence/"):
        assert hidden not in page.split("<tbody>")[1].partition("</tbody>")[0], hidden
    perform(people.owner, card.ticket.ref, "withdraw", {"keep_freeze": None})
    assert "Thu 9 Apr 2026 24:00" in text_of(officer.get("/desk/privacy/"))
    perform(people.owner, card.ticket.ref, "refer_to_police", {})
    assert "Legal hold until" in text_of(officer.get("/desk/privacy/"))


def test_filters_stand_in_the_address(card, ticket, people, officer) -> None:
    put_evidence(ticket, "passport", "payment_voucher", "bank_statement_screenshot")

    def shown(query: str) -> set[str]:
        body = text_of(officer.get(f"/desk/privacy/?{query}")).partition("<tbody>")[2].partition("</tbody>")[0]
        return {kind for kind, name in KINDS.items() if name in body}

    KINDS = {"id_card_front": "ID card", "passport": "Passport", "payment_voucher": "Payment voucher", "bank": "Bank statement"}
    assert shown("") == {"id_card_front", "passport"}
    assert shown("kind=passport") == {"passport"}
    assert shown("class=P1") == {"payment_voucher"}
    assert shown("class=P2") == {"bank"}
    assert shown("class=P1&kind=passport") == {"payment_voucher"}
    assert shown("state=deleted") == set()
    assert shown("class=nonsense&state=nonsense") == {"id_card_front", "passport"}
    assert shown("ref=TS-20260101-999999") == set()
    EvidenceItem.objects.filter(kind="passport").update(state="deleted", deleted_at=timezone.now())
    assert shown("state=deleted") == {"passport"}


def test_many_items_are_pages_and_cost_the_same(card, ticket, people, officer) -> None:
    few = queries(officer, "/desk/privacy/")
    put_evidence(ticket, *["passport"] * 70)
    assert queries(officer, "/desk/privacy/") == few <= 7
    first = text_of(officer.get("/desk/privacy/?kind=passport"))
    older = first.split('rel="next" href="')[1].partition('"')[0].replace("&amp;", "&")
    assert "kind=passport" in older
    second = text_of(officer.get(older))
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 21)


# ---- Who opened what
def test_the_log_is_narrowed_by_person_ticket_item_act_and_day(card, people, officer, clock) -> None:
    content(people.privacy, card.pk, "核对")
    clock("2026-03-12T09:00:00+08:00")
    content(people.operator, card.pk, "确认冻结")

    def who(query: str) -> int:
        return text_of(officer.get(f"/desk/privacy/log/?{query}")).count("<tr>") - 1

    assert who("") == CustodyEntry.objects.count() == 4
    assert who("person=ZHOU@example.com") == 1
    assert who("person=nobody@example.com") < 1
    assert who(f"ref={card.ticket.ref.lower()}") == 4
    assert who(f"item={card.pk}&action=viewed") == 2
    assert who("item=x") < 1
    assert who("from=2026-03-12") == 1
    assert who("to=2026-03-11") == 3
    assert who("from=nonsense") == 4
    assert "确认冻结" in text_of(officer.get("/desk/privacy/log/?person=zhou@example.com"))


def test_the_log_is_paged_by_key_and_costs_the_same(card, people, officer) -> None:
    few = queries(officer, "/desk/privacy/log/")
    record("viewed", [card] * 120, by=people.privacy, at=timezone.now())
    assert queries(officer, "/desk/privacy/log/") == few <= 6
    page, seen = text_of(officer.get("/desk/privacy/log/?action=viewed")), 0
    while True:
        seen += page.count("<tr>") - 1
        if 'rel="next"' not in page:
            break
        page = text_of(officer.get(page.split('rel="next" href="')[1].partition('"')[0].replace("&amp;", "&")))
    assert seen == 120


def test_the_csv_holds_all_and_no_formula(card, people, officer) -> None:
    record("viewed", [card] * 600, by=people.privacy, at=timezone.now(), purpose="=cmd|' /C calc'!A0")
    record("viewed", [card], by=people.privacy, at=timezone.now(), purpose='two, "words"\nand a line')
    response = officer.get("/desk/privacy/log.csv?action=viewed")
    assert response.streaming
    assert response["Content-Disposition"].startswith('attachment; filename="custody-')
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 601
    assert rows[0]["purpose"] == 'two, "words"\nand a line'
    assert {row["purpose"] for row in rows[1:]} == {"'=cmd|' /C calc'!A0"}
    assert {(row["who"], row["complaint"], row["item"]) for row in rows} == {(people.privacy.email, card.ticket.ref, str(card.pk))}
    assert {"digest", "previous"}.isdisjoint(rows[0])


# ---- Legal holds
def test_a_hold_shows_its_reason_and_is_released_with_one(card, people, officer) -> None:
    perform(people.owner, card.ticket.ref, "refer_to_police", {"note": "京公网安 2026-77"})
    page = text_of(officer.get("/desk/privacy/holds/"))
    for text in (card.ticket.ref, "京公网安 2026-77", "Report to the police recorded"):
        assert text in page, text
    [form] = [form for form in forms(page) if form.action.endswith("/release/")]
    refused = text_of(officer.post(form.action, form.filled(reason=" ")), 400)
    assert 'aria-invalid="true"' in refused
    assert officer.post(form.action, form.filled(reason="案件已结")).status_code == 302
    assert Ticket.objects.get().legal_hold_until is None
    assert CustodyEntry.objects.filter(action="released", by=people.privacy).exists()
    assert "No legal hold is running." in text_of(officer.get("/desk/privacy/holds/"))
    assert officer.post(form.action, form.filled(reason="再来一次")).status_code in (409, 412)
    assert officer.post(form.action, {"ref": "TS-20260101-999999", "version": "1", "reason": "x"}).status_code == 404


def test_holds_cost_the_same_for_one_and_for_many(card, people, officer) -> None:
    perform(people.owner, card.ticket.ref, "refer_to_police", {})
    few = queries(officer, "/desk/privacy/holds/")
    for number in range(5):
        other = file_ticket(people.owner, filing(order_numbers=[{"issuer": "bank", "number": f"POS00000{number}"}]))
        perform(people.owner, other.ref, "refer_to_police", {})
    assert queries(officer, "/desk/privacy/holds/") == few <= 6


# ---- Runs
def test_a_proof_is_begun_by_hand_and_its_findings_are_named(card, officer, people, vault, django_capture_on_commit_callbacks) -> None:  # noqa: F811
    (vault / card.safe).unlink()
    with django_capture_on_commit_callbacks(execute=True):
        assert officer.post("/desk/privacy/runs/begin/", {"kind": "verification"}).status_code == 302
    page = text_of(officer.get("/desk/privacy/runs/"))
    assert f"file {card.safe} of item {card.pk}: missing" in page
    people.privacy.language = "zh-hans"
    people.privacy.save()
    assert f"文件 {card.safe}（证据 {card.pk}）：缺失" in text_of(
        officer.get("/desk/privacy/runs/", headers={"accept-language": "zh-hans"})
    )
    assert "hx-get" not in page.partition('id="runs"')[2]


def test_a_run_that_goes_on_shows_how_far_and_refuses_a_second(card, officer, people) -> None:
    VaultRun.objects.create(kind="rotation", by=people.privacy, started_at=timezone.now(), done=40, total=100)
    page = text_of(officer.get("/desk/privacy/runs/"))
    assert '<progress max="100" value="40"' in page
    assert 'hx-trigger="every 2s"' in page
    part = text_of(officer.get("/desk/privacy/runs/", headers={"HX-Request": "true"}))
    assert part.startswith('<div id="runs"') or part.lstrip().startswith('<div id="runs"')
    refused = officer.post("/desk/privacy/runs/begin/", {"kind": "rotation"}, follow=True)
    assert "A run of this kind is going on already." in text_of(refused)
    assert VaultRun.objects.count() == 1


def test_keys_are_counted_by_name_and_never_shown(card, officer, settings) -> None:
    from lib.keyring import keyring

    page = text_of(officer.get("/desk/privacy/runs/"))
    ring = keyring()
    assert ring.current in page
    assert settings.EVIDENCE_HMAC_KEY not in page
    import base64

    assert base64.urlsafe_b64encode(ring.key(ring.current)).decode()[:20] not in page


# ---- A person's data
def test_a_person_is_found_and_handed_out(card, people, officer) -> None:
    assert "Nobody has this address." in text_of(officer.get("/desk/privacy/person/?email=nobody@example.com"))
    page = text_of(officer.get("/desk/privacy/person/?email=Mei@example.com"))
    assert "The complaint is still open" in page
    export = next(form for form in forms(page) if form.action.endswith("/export/"))
    refused = text_of(officer.post(export.action, export.filled(reason="")), 400)
    assert 'id="export-reason-error"' in refused
    response = officer.post(export.action, export.filled(reason="本人申请"))
    assert response.streaming
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert json.loads(archive.read("data.json"))["account"]["email"] == people.owner.email
        assert not any("id_card_front" in name for name in archive.namelist())
        assert "id_card_front" in archive.read("withheld.txt").decode()
    assert SubjectRequest.objects.filter(kind="export", by=people.privacy, reason="本人申请").exists()
    assert not CustodyEntry.objects.filter(action="exported", item_id=card.pk).exists()


def test_a_person_is_erased_after_a_look_at_what_goes(card, people, officer, at) -> None:
    perform(people.owner, card.ticket.ref, "withdraw", {"keep_freeze": None})
    page = text_of(officer.get("/desk/privacy/person/?email=mei@example.com"))
    assert "1 item of evidence, 0 messages" in page
    assert "The account: name, address" in page
    form = next(form for form in forms(page) if form.action.endswith("/erase/"))
    assert 'id="erase-reason-error"' in text_of(officer.post(form.action, form.filled(reason="")), 400)
    second = at(someone("gu@example.com", Role.PRIVACY_OFFICER))
    assert "Another privacy officer" in text_of(second.post(form.action, form.filled(reason="本人申请"), follow=True))
    assert User.objects.filter(email="mei@example.com").exists()
    assert "Another privacy officer has to" in text_of(second.get("/desk/privacy/person/?email=mei@example.com"))
    assert officer.post(form.action, form.filled(reason="本人申请")).status_code == 302
    assert not User.objects.filter(email="mei@example.com").exists()
    assert EvidenceItem.objects.get().state == "deleted"
    after = text_of(officer.get("/desk/privacy/person/"))
    assert "erased.invalid" in after
    assert "本人申请" in after
    assert text_of(officer.get(f"/desk/tickets/{card.ticket.ref}/"))


def test_a_proposal_is_seen_and_taken_back(card, people, officer) -> None:
    page = text_of(officer.get("/desk/privacy/person/?email=mei@example.com"))
    form = next(form for form in forms(page) if form.action.endswith("/erase/"))
    officer.post(form.action, form.filled(reason="本人申请"))
    page = text_of(officer.get("/desk/privacy/person/?email=mei@example.com"))
    assert "Wait for a second officer" in page
    assert not [form for form in forms(page) if form.action.endswith("/erase/")]
    form = next(form for form in forms(page) if form.action.endswith("/keep/"))
    assert "Nothing was erased" in text_of(officer.post(form.action, form.filled(), follow=True))
    assert not ErasureProposal.objects.exists()


def test_what_must_stay_keeps_the_account(card, people, officer) -> None:
    page = text_of(officer.get("/desk/privacy/person/?email=mei@example.com"))
    form = next(form for form in forms(page) if form.action.endswith("/erase/"))
    request_deletion(people.owner)
    shown = text_of(officer.post(form.action, form.filled(reason="申请"), follow=True))
    assert "The rest is named below." in shown
    assert card.ticket.ref in shown
    assert User.objects.get(email="mei@example.com").is_active
    assert EvidenceItem.objects.get().state == "clean"


def test_a_colleague_is_not_erased(people, officer) -> None:
    response = officer.post("/desk/privacy/person/erase/", {"email": "lin@example.com", "reason": "x"})
    assert "works here" in text_of(response, 409)
    assert User.objects.filter(email="lin@example.com").exists()


def test_deletions_that_customers_asked_for_are_listed_with_their_day(people, officer, clock) -> None:
    clock("2026-03-10T20:52:00+08:00")
    request_deletion(people.owner)
    page = text_of(officer.get("/desk/privacy/person/"))
    assert people.owner.email in page
    assert "17 Mar 2026" in page
    before = queries(officer, "/desk/privacy/person/")
    for n in range(5):
        request_deletion(User.objects.create_user(f"leaving{n}@example.com"))
    DeletionRequest.objects.filter(owner=people.owner).update(begun=True)
    assert queries(officer, "/desk/privacy/person/") == before
    assert "a part is deleted" in text_of(officer.get("/desk/privacy/person/"))
