"""My data: a fresh code first, all of it in one file, deletion that can be taken back and says what stays."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.anonymising import is_anonymous
from accounts.models import Phone, User
from evidence.models import DeletionRequest, SubjectRequest
from evidence.people import carry_out_due, erase_person, request_deletion
from portal.tests.conftest import text_of
from tickets.models import Ticket
from tickets.operations import perform
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db
PAGE, EXPORT, LEAVE, STAY, FRESH = "/my-data/", "/my-data/export/", "/my-data/delete/", "/my-data/keep/", "/accounts/fresh/"
A_WEEK = timedelta(days=7, minutes=1)


def prove(client) -> None:
    client.post(FRESH, {"next": PAGE})
    code = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]
    assert client.post(FRESH, {"code": code, "next": PAGE}).url == PAGE


@pytest.fixture
def proven(phone):
    prove(phone)
    return phone


# ---- It is really you
@pytest.mark.parametrize("place", [EXPORT, LEAVE])
def test_a_fresh_code_comes_first(phone, place):
    assert phone.post(place).url == "/accounts/fresh/?next=%2Fmy-data%2F"
    assert not DeletionRequest.objects.exists()
    assert not SubjectRequest.objects.exists()


def test_a_full_width_code_is_taken_and_works_once(phone):
    phone.post(FRESH, {"next": PAGE})
    code = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]
    wide = code.translate({ord(str(n)): ord("０") + n for n in range(10)})
    assert phone.post(FRESH, {"code": wide, "next": PAGE}).url == PAGE
    assert phone.post(FRESH, {"code": code, "next": PAGE}).status_code == 400


def test_three_wrong_codes_end_it(phone):
    phone.post(FRESH, {"next": PAGE})
    code = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(3):
        assert "验证码不正确" in text_of(phone.post(FRESH, {"code": wrong}))
    assert "已失效" in text_of(phone.post(FRESH, {"code": code}))
    assert phone.post(LEAVE).url.startswith(FRESH)


def test_a_code_and_its_proof_end(phone, clock):
    clock("2026-03-10T20:52:00+08:00")
    phone.post(FRESH, {"next": PAGE})
    code = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]
    clock("2026-03-10T21:02:01+08:00")
    assert phone.post(FRESH, {"code": code}).status_code == 400
    prove(phone)
    clock("2026-03-10T21:12:02+08:00")
    assert phone.post(LEAVE).url.startswith(FRESH)


def test_it_leads_to_no_other_site(phone):
    assert phone.post(FRESH, {"next": "https://evil.example/"}).url == "/accounts/fresh/?next=%2Faccounts%2Fprofile%2F"


def test_another_persons_proof_does_not_count(proven, browser_of, wang):
    assert browser_of(wang).post(LEAVE).url.startswith(FRESH)


def test_an_address_put_there_first_gets_no_code_for_the_data_and_the_old_one_hears_of_the_deletion(proven, mei):
    """A thief with the signed-in phone, who has changed the address in time."""
    proven.post("/accounts/email/", {"action_add": "", "email": "eve@evil.example.com"})
    proven.post("/accounts/confirm-email/", {"code": re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]})
    proven.post(LEAVE)
    told = {address for letter in mail.outbox if "删除" in letter.subject for address in letter.to}
    assert told == {mei.email, "eve@evil.example.com"}
    proven.post(FRESH, {"next": PAGE})
    assert mail.outbox[-1].to == [mei.email]


# ---- A copy
def test_all_of_it_in_one_file_and_written_down(proven, mei, wang):
    mine, theirs = submitted(mei), submitted(wang)
    Phone.objects.create(user=mei, number="+8613800138000", verified_at=timezone.now())
    answer = proven.post(EXPORT)
    data = json.loads(zipfile.ZipFile(io.BytesIO(b"".join(answer))).read("data.json"))
    assert [each["ref"] for each in data["complaints"]] == [mine.ref]
    assert theirs.ref not in json.dumps(data)
    assert data["account"]["phone"] == "+8613800138000"
    assert answer["Cache-Control"] == "private, no-store"
    logged = SubjectRequest.objects.get()
    assert (logged.kind, logged.subject, logged.by) == ("export", mei, mei)


# ---- Deleted
def test_it_says_what_goes_and_what_stays_and_why(phone, mei, in_status):
    closed, open_one = in_status("closed"), submitted(mei, order_numbers=[{"issuer": "other", "number": "ABC123456"}])
    perform(mei, open_one.ref, "refer_to_police")
    perform(mei, open_one.ref, "record_outside_filing", {"target": "regulator_12315", "filed_at": timezone.now().isoformat()})
    page = text_of(phone.get(PAGE))
    for words in (f"{closed.ref}：文件", open_one.ref, "尚未结束", "12315", "公安机关", "账号就会保留"):
        assert words in page
    assert "所有设备都会退出登录" not in page


def test_asked_twice_it_is_noted_once_and_told_by_e_mail(proven, mei):
    for _tap in range(2):
        assert proven.post(LEAVE, {"once": "a"}).url == PAGE
    proven.post(LEAVE, {"once": "b"})
    asked = DeletionRequest.objects.get()
    assert timedelta(days=6, hours=23) < asked.due_at - timezone.now() <= timedelta(days=7)
    letters = [letter for letter in mail.outbox if "删除" in letter.subject]
    assert letters[0].to == [mei.email]
    assert "/my-data/" in letters[0].body
    assert "/my-data/" in letters[0].alternatives[0].content
    assert "撤回申请" in text_of(proven.get(PAGE))


def test_nothing_goes_before_the_week_is_over(proven, mei, in_status):
    ticket = in_status("closed")
    proven.post(LEAVE)
    assert carry_out_due(timezone.now() + timedelta(days=6, hours=23)) == 0
    assert ticket.evidence.exclude(state="deleted").exists()
    mei.refresh_from_db()
    assert not is_anonymous(mei)


def test_after_it_everything_goes_and_the_person_with_it(proven, mei, in_status):
    ticket = in_status("closed")
    proven.post(LEAVE)
    assert carry_out_due(timezone.now() + A_WEEK) == 1
    mei.refresh_from_db()
    assert is_anonymous(mei)
    assert not DeletionRequest.objects.exists()
    assert not ticket.evidence.exclude(state="deleted").exists()
    assert proven.get(PAGE).status_code == 302, "signed out"


def test_taken_back_nothing_goes(proven, phone, mei):
    proven.post(LEAVE)
    assert proven.post(STAY).url == PAGE
    assert carry_out_due(timezone.now() + A_WEEK) == 0
    mei.refresh_from_db()
    assert not is_anonymous(mei)


def test_taken_back_too_late_for_a_part_it_says_so(proven, mei, in_status):
    in_status("closed")
    submitted(mei, order_numbers=[{"issuer": "other", "number": "ABC123456"}])
    proven.post(LEAVE)
    carry_out_due(timezone.now() + A_WEEK)
    assert "已经开始" in text_of(proven.post(STAY, follow=True))
    assert not DeletionRequest.objects.exists()


def test_the_days_to_think_it_over_are_a_setting(proven, settings):
    settings.DELETION_GRACE = timedelta(days=14)
    proven.post(LEAVE)
    assert DeletionRequest.objects.get().due_at > timezone.now() + timedelta(days=13)


def test_an_open_complaint_keeps_its_own_and_the_account_until_it_is_closed(proven, mei, in_status):
    closed, open_one = in_status("closed"), submitted(mei, order_numbers=[{"issuer": "other", "number": "ABC123456"}])
    proven.post(LEAVE)
    week = timezone.now() + A_WEEK
    assert carry_out_due(week) == 1
    assert not closed.evidence.exclude(state="deleted").exists()
    assert open_one.evidence.exclude(state="deleted").exists()
    assert "每天都会检查" in text_of(proven.get(PAGE))
    assert carry_out_due(week + timedelta(days=1, minutes=1)) == 0
    assert SubjectRequest.objects.count() == 1, "a day on which nothing came free is no act"
    perform(mei, open_one.ref, "withdraw", {})
    assert carry_out_due(week + timedelta(days=3)) == 1
    assert is_anonymous(User.objects.get(pk=mei.pk))


def test_a_legal_hold_keeps_it(proven, mei, in_status):
    held = in_status("closed")
    Ticket.objects.filter(pk=held.pk).update(legal_hold_until=timezone.now() + timedelta(days=90))
    proven.post(LEAVE)
    carry_out_due(timezone.now() + A_WEEK)
    assert held.evidence.exclude(state="deleted").exists()
    assert not is_anonymous(User.objects.get(pk=mei.pk))


def test_people_of_the_desk_are_told_to_ask_the_privacy_officer(browser_of, lin):
    client = browser_of(lin)
    assert "隐私专员" in text_of(client.get(PAGE))
    prove(client)
    client.post(LEAVE)
    assert not DeletionRequest.objects.exists()


def test_one_person_whose_data_cannot_be_deleted_keeps_nobody_waiting(proven, mei, wang, monkeypatch):
    request_deletion(wang)
    DeletionRequest.objects.update(due_at=timezone.now() - timedelta(days=1))
    proven.post(LEAVE)

    def erase(_actor, subject):
        if subject == wang:
            raise ZeroDivisionError
        return erase_person(subject, subject)

    monkeypatch.setattr("evidence.people.account_deletion.erase_person", erase)
    at = timezone.now() + A_WEEK
    assert carry_out_due(at) == 1
    assert is_anonymous(User.objects.get(pk=mei.pk))
    assert not is_anonymous(User.objects.get(pk=wang.pk))
    assert DeletionRequest.objects.get(owner=wang).due_at > at, "tried again later"


def test_two_clocks_carry_it_out_once(proven, mei):
    proven.post(LEAVE)
    at = timezone.now() + A_WEEK
    assert [carry_out_due(at), carry_out_due(at)] == [1, 0]


@pytest.mark.parametrize("place", [PAGE, EXPORT, LEAVE, STAY])
def test_strangers_sign_in_first(browser_of, place):
    client = browser_of(None)
    answer = client.get(place) if place == PAGE else client.post(place)
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("place", [EXPORT, LEAVE, STAY])
def test_looking_does_nothing(proven, place):
    assert proven.get(place).status_code == 405
    assert not DeletionRequest.objects.exists()
