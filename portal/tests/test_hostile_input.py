"""Hostile customers: what they type is shown as text, refused in words and never lost; what is not theirs looks like nothing at all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.conftest import prove
from portal import urls
from portal.tests.conftest import footprint, main_of, text_of
from portal.tests.hostile import RAW, SCRIPT, SentForm, forms_of, forms_on, one_of_each, send, text_forms, typed_in
from tickets.delivery.sending import deliver_waiting
from tickets.models import Message, Ticket
from tickets.operations import perform, post_message
from tickets.tests.making import submitted
from tickets.workflow import Status

pytestmark = pytest.mark.django_db
OF_VISITORS = ("/freeze/", "/file/", "/follow/", "/receipts/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
OF_ACCOUNTS = ("/accounts/profile/", "/accounts/email/", "/accounts/password/set/", "/freeze/", "/follow/", "/receipts/")
STRANGE = {"200,000 characters": "长" * 200_000, "emoji": "😀👩‍👩‍👧" * 8, "invisible": "\u202e\u0000\u200d" * 9}
FULL = ("draft", "evidence_collection", "needs_evidence", "resolved")


def places_of(ticket) -> list[str]:
    place = f"/tickets/{ticket.ref}/"
    if ticket.status == Status.DRAFT:
        return [f"/file/{ticket.ref}/{key}/" for key in ("details", "facts", "story")]
    return [place, f"{place}further/", *([] if ticket.ever_submitted else [f"{place}statement/"])]


def undone(client, form: SentForm, said):
    """The answer to a form, and everything it changed taken back."""
    with transaction.atomic():
        answer = send(client, form, said)
        transaction.set_rollback(True)
    return answer


def check_kept(form: SentForm, answer, said: str) -> None:
    """Shown as text, never an error page, and who was refused still has what they typed."""
    assert answer.status_code < 500, form.action
    if answer["Content-Type"] == "application/zip":  # a dossier: saved, never shown
        assert answer["Content-Disposition"].startswith("attachment"), form.action
        return
    page = text_of(answer)
    assert [raw for raw in RAW if raw in page] == [], form.action
    if answer.status_code >= 400:
        found = typed_in(answer)
        passwords = {name for name in form.texts if "password" in name}
        lost = [name for name in form.texts if said.strip() not in [text.strip() for text in found.get(name, [])]]
        assert set(lost) <= passwords, form.action
        assert 'role="alert"' in page or "alert" in page, form.action


# ---- Script
@pytest.mark.parametrize("status", list(Status))
def test_script_in_every_field_of_a_complaint_is_shown_as_text(phone, in_status, status):
    ticket = in_status(status)
    forms = forms_of(phone, places_of(ticket))
    assert forms or status == Status.CLOSED
    for form in forms:
        check_kept(form, undone(phone, form, SCRIPT), SCRIPT)


@pytest.mark.parametrize("place", OF_VISITORS)
def test_script_in_every_field_a_visitor_sees_is_shown_as_text(browser_of, place):
    for form in text_forms(browser_of(None), place):
        answer = send(browser_of(None), form, SCRIPT)
        assert answer.status_code < 500
        assert [raw for raw in RAW if raw in text_of(answer)] == []


@pytest.mark.parametrize("place", OF_ACCOUNTS)
def test_script_in_every_field_of_an_account_is_shown_as_text(phone, place):
    prove(phone)
    for form in text_forms(phone, place):
        answer = undone(phone, form, SCRIPT)
        assert answer.status_code < 500
        assert [raw for raw in RAW if raw in text_of(answer)] == []


def test_script_that_was_kept_is_text_at_the_desk_in_letters_and_on_paper(browser_of, people):
    """Free text in every place that keeps some: statement, message, reason, name, account."""
    person = people.owner
    person.name = SCRIPT[:150]
    person.save(update_fields=["name"])
    story = {"occurred_at": "2026-03-10T20:15:00+08:00", "amount": "600.00", "symptom": SCRIPT}
    ticket = submitted(person, statement=story, account=f"app:{SCRIPT}"[:200])
    post_message(person, ticket.ref, {"body": SCRIPT})
    perform(person, ticket.ref, "refer_to_police", {"note": SCRIPT})
    owner, agent = browser_of(person), browser_of(people.agent)
    pages = [owner.get(f"/tickets/{ticket.ref}/"), owner.get("/tickets/"), agent.get(f"/desk/tickets/{ticket.ref}/"), agent.get("/desk/")]
    pages.append(owner.get(f"/tickets/{ticket.ref}/receipt/"))
    for page in pages:
        assert page.status_code == 200
        assert [raw for raw in RAW if raw in text_of(page)] == []
    assert "&lt;script&gt;steal()" in text_of(pages[0])
    assert "&lt;script&gt;steal()" in text_of(pages[2])
    for paper in (f"/tickets/{ticket.ref}/receipt/1.pdf", f"/tickets/{ticket.ref}/dossier/"):
        answer = owner.get(paper)
        assert answer.status_code == 200
        assert b"/JavaScript" not in b"".join(answer)
    deliver_waiting(timezone.now() + timedelta(days=2))
    assert mail.outbox
    for letter in mail.outbox:
        assert [raw for raw in RAW if any(raw in part.content for part in letter.alternatives)] == []
        assert "\n" not in letter.subject


# ---- Too much, and strange
@pytest.mark.parametrize(
    "said", ["长" * 200_000, "😀👩‍👩‍👧" * 8, "\u202e\u0000\u200d" * 9], ids=["200,000 characters", "emoji", "invisible"]
)
@pytest.mark.parametrize("status", FULL)
def test_what_no_field_takes_is_refused_in_words_and_kept(phone, in_status, status, said):
    ticket = in_status(status)
    for form in forms_of(phone, places_of(ticket)):
        for name in form.texts:
            answer = undone(phone, form, {name: said})
            assert answer.status_code < 500, (form.action, name)
            if answer.status_code >= 400 and said[0] in "长😀":
                assert said in [text.strip() for text in typed_in(answer)[name]], (form.action, name)


def test_more_than_a_request_may_hold_is_said_in_words(phone, mei):
    ref = submitted(mei).ref
    answer = phone.post(f"/tickets/{ref}/messages/", {"body": "长" * 1_000_000})
    assert answer.status_code in (400, 413)
    assert "<h1" in text_of(answer)


def test_full_width_digits_are_digits(phone, in_status):
    ticket = in_status("draft")
    place = f"/file/{ticket.ref}/details/"
    [form] = [form for form in text_forms(phone, place) if "amount" in form.texts]
    said = {"incident_at": "2026-03-10T20:15", "amount": "￥１，２８０．５０元", "order_numbers": "２０２６０３１０　０００１２３４"}
    answer = phone.post(place, {**form.others, **said, "issuer": "douyin_mp"})
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert str(ticket.amount) == "1280.50"
    assert ticket.order_references.filter(number="202603100001234").exists()


def test_a_full_width_reference_finds_the_complaint(phone, mei):
    ref = submitted(mei).ref
    wide = ref.translate({ord(char): ord(char) + 0xFEE0 for char in ref})
    assert phone.get("/follow/", {"ref": wide}).url == f"/tickets/{ref}/"


# ---- Not theirs
def addresses(ref: str) -> list[str]:
    """Every address of the room that names a complaint."""
    rest = {"key": "story", "number": 1, "pk": 1, "action": "withdraw", "kind": "payment_voucher", "item_id": 1}
    named = [pattern for pattern in urls.urlpatterns if "ref" in pattern.pattern.converters]
    assert len(named) > 15
    return [reverse(f"portal:{each.name}", kwargs={name: rest.get(name, ref) for name in each.pattern.converters}) for each in named]


def asked(client, method: str, address: str):
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(client, method)(address)
    shapes = [re.sub(r"TS-[\d-]+|'[^']*'|\d+", "…", query["sql"]) for query in queries.captured_queries]
    return answer.status_code, answer.headers.get("Location"), main_of(answer), shapes


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("status", ["draft", "rejected"])
def test_anothers_complaint_is_the_same_nothing_as_none(browser_of, in_status, wang, method, status):
    """Same answer, same words, same queries: nobody can tell by the clock which references exist."""
    ref, client = in_status(status).ref, browser_of(wang)
    client.get("/tickets/")
    for theirs, nobodys in zip(addresses(ref), addresses("TS-20260101-999999"), strict=True):
        found = asked(client, method, theirs)
        assert found == asked(client, method, nobodys), theirs
        assert found[0] in (404, 405), theirs


# ---- Changed and replayed
@pytest.mark.parametrize("status", FULL)
def test_changed_hidden_fields_lead_nowhere(phone, in_status, status):
    """Tokens, codes of choices, the page to go on to: whatever stands there, no error page and no way off the site."""
    ticket = in_status(status)
    forms = one_of_each(form for place in places_of(ticket) for form in forms_on(phone.get(place), place))
    for form in forms:
        if form.method != "post" or not form.action.startswith(("/tickets/", "/file/")):
            continue
        for value in ("https://evil.example/", "../../admin", "x" * 5_000, ""):
            with transaction.atomic():
                answer = phone.post(form.action, {**dict.fromkeys(form.others, value), **dict.fromkeys(form.texts, "")})
                transaction.set_rollback(True)
            assert answer.status_code < 500, (form.action, value)
            assert answer.headers.get("Location", "/").startswith("/"), form.action


@pytest.mark.parametrize("action", ["confirm_resolution", "dispute_resolution"])
def test_a_replayed_form_does_its_work_once(phone, in_status, action):
    ref = in_status("resolved").ref
    body = {"reason": "金额不对，少退了一百元。", "once": "again"}
    first = phone.post(f"/tickets/{ref}/do/{action}/", body)
    before = footprint()
    second = phone.post(f"/tickets/{ref}/do/{action}/", body)
    assert first.url == second.url
    assert footprint() == before


def test_one_form_sent_to_two_complaints_says_so_once_to_each(phone, mei):
    """A token of one form, put into another's: nothing is done twice, nothing is done by mistake."""
    one, two = submitted(mei).ref, submitted(mei, order_numbers=[{"issuer": "other", "number": "ABC123456"}]).ref
    phone.post(f"/tickets/{one}/messages/", {"body": "一", "once": "t"})
    assert phone.post(f"/tickets/{two}/messages/", {"body": "二", "once": "t"}).url == f"/tickets/{one}/#messages"
    assert Message.objects.count() == 1


# ---- Left open
# A form, and what ends the complaint in another window while it stands open.
LEFT_OPEN = {
    "resolved": ("dispute_resolution", "confirm_resolution"),
    "rejected": ("escalate", "withdraw"),
    "needs_evidence": ("supply_evidence", "withdraw"),
}
TYPED = "我写了很久的一段话，请不要弄丢。"


@pytest.mark.parametrize("status", LEFT_OPEN)
def test_a_form_left_open_over_the_end_says_what_changed_and_shows_what_was_typed(phone, people, in_status, status):
    ticket, (action, end) = in_status(status), LEFT_OPEN[status]
    place = f"/tickets/{ticket.ref}/" if action != "escalate" else f"/tickets/{ticket.ref}/further/"
    form = next(form for form in text_forms(phone, place) if form.action.endswith(f"/do/{action}/"))
    if action == "escalate":
        form.others["target"] = "l1_internal"  # the button that was pressed
    perform(people.owner, ticket.ref, end, {})
    answer = send(phone, form, TYPED)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "目前状态：已结案" in page
    assert TYPED in page


@pytest.mark.parametrize("key", ["details", "story"])
def test_a_page_of_a_draft_that_was_filed_meanwhile_says_so_and_shows_what_was_typed(phone, people, in_status, key):
    ticket = in_status("draft")
    place = f"/file/{ticket.ref}/{key}/"
    form = next(form for form in text_forms(phone, place) if form.action == place)
    perform(people.owner, ticket.ref, "file")
    answer = send(phone, form, TYPED)
    assert answer.status_code == 409
    assert TYPED in text_of(answer)
    assert 'role="alert"' in text_of(answer)
    assert Ticket.objects.get(pk=ticket.pk).status != Status.DRAFT


def test_an_account_of_what_happened_that_comes_after_the_appeal_is_shown_back(phone, people, in_status):
    ticket = in_status("evidence_collection")
    place = f"/tickets/{ticket.ref}/statement/"
    form = next(form for form in text_forms(phone, place) if form.action == place)
    perform(people.owner, ticket.ref, "submit_appeal")
    answer = send(phone, form, TYPED)
    assert answer.status_code == 409
    assert TYPED in text_of(answer)
