"""What no machine can settle is kept sealed, waits for a person, and is put on the complaint or destroyed by one. The command says so."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evidence.files import FileRefused
from evidence.intake import held_letters
from evidence.intake.held_letters import (
    MOST_WAITING,
    OTHERS_BEGINNING,
    beginning_of,
    count_by_reason,
    dismiss_letter,
    forget_old_letters,
    letters_to_settle,
    original_of,
    release_letter,
)
from evidence.intake.letter_alarms import letters_to_see_to, tell_of_letters
from evidence.models import HeldLetter, SealedFile
from evidence.people.erasure import erase_person
from evidence.periodic import sweep_orphans
from evidence.tests import making
from inbound_mail import ingest
from inbound_mail.ingest import ingest_email, take_released
from inbound_mail.tests.letters import OWN, letter
from lib.duties.models import Failure
from tickets.models import Message, Notification
from tickets.operations import perform
from tickets.tests.making import submitted
from tickets.workflow import Forbidden, NotFound, Refusal

pytestmark = pytest.mark.django_db


def said(tmp_path, raw: bytes) -> dict:
    (tmp_path / "letter.eml").write_bytes(raw)
    out = StringIO()
    call_command("take_letter", str(tmp_path / "letter.eml"), stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def held(ticket, address) -> HeldLetter:
    assert ingest_email(letter(address, sender="wang@example.com").as_bytes(), timezone.now()) == "held"
    return HeldLetter.objects.get()


# ---- The command
def test_the_command_says_what_became_of_a_letter(ticket, address, tmp_path):
    good = letter(address).as_bytes()
    for _ in range(2):
        assert said(tmp_path, good) == {"outcome": "taken", "ref": ticket.ref, "reason": None, "kept": True}
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"sender": "wang@example.com"}, "held", "sender"),
        ({"List_Id": "<family.example.com>"}, "held", "machine"),
        ({"Return_Path": "<>"}, "held", "machine"),
    ],
)
def test_what_is_doubted_waits_with_its_original(ticket, address, tmp_path, changes, outcome, reason):
    found = said(tmp_path, letter(address, **changes).as_bytes())
    assert found == {"outcome": outcome, "ref": ticket.ref, "reason": reason, "kept": True}
    assert HeldLetter.objects.get().reason == reason and not Message.objects.exists()


def test_what_is_nobodys_is_refused_and_its_beginning_can_be_looked_at(ticket, tmp_path):
    assert said(tmp_path, letter("desk@example.com").as_bytes()) == {"outcome": "refused", "ref": None, "reason": "stranger", "kept": True}
    assert said(tmp_path, letter("desk@example.com", Auto_Submitted="auto-replied").as_bytes())["outcome"] == "automatic"
    assert sorted(HeldLetter.objects.values_list("reason", "ticket")) == [("automatic", None), ("stranger", None)]


def test_of_what_is_nobodys_the_oldest_makes_way(ticket, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(held_letters, "MOST_OF_OTHERS", 2)
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(4):
            ingest_email(letter("desk@example.com", str(number)).as_bytes(), timezone.now() + timedelta(seconds=number))
    assert HeldLetter.objects.exclude(state="settled").count() == 2 == SealedFile.objects.count()


def test_an_empty_letter_and_a_large_one_can_be_looked_at(ticket, address, settings, lin):
    assert ingest_email(letter(address, " ").as_bytes(), timezone.now()) == "empty"
    settings.INBOUND_LARGEST = 200_000
    assert ingest_email(letter(address, "很" * 100_000).as_bytes(), timezone.now()) == "too_large"
    assert count_by_reason(letters_to_settle(lin)) == {"empty": 1, "too_large": 1}


def test_a_large_letter_is_refused_in_words_unread(ticket, address, tmp_path, settings, monkeypatch):
    settings.INBOUND_LARGEST = 1024 * 1024
    monkeypatch.setattr(ingest, "read_letter", lambda raw: pytest.fail("it was read"))
    found = said(tmp_path, letter(address, "很" * 400_000).as_bytes())
    assert (found["outcome"], found["reason"], found["kept"]) == ("refused", "too_large", False)
    assert Notification.objects.filter(kind="letter_refused").exists()


def test_a_letter_in_another_process_s_hand_comes_again(ticket, address, tmp_path, monkeypatch):
    def dies(*args):
        raise OSError("gone")

    monkeypatch.setattr(ingest, "_post_letter", dies)
    with pytest.raises(OSError, match="gone"):
        said(tmp_path, letter(address, message_id="<1@x>").as_bytes())
    with pytest.raises(CommandError) as busy:
        said(tmp_path, letter(address, message_id="<1@x>").as_bytes())
    assert busy.value.returncode == 75


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("take_letter", str(tmp_path / "none"))


# ---- What waits
def test_what_is_one_too_many_is_not_read(ticket, address, settings, monkeypatch):
    settings.INBOUND_PER_HOUR = 1
    assert ingest_email(letter(address).as_bytes(), timezone.now()) == "taken"
    monkeypatch.setattr(ingest, "read_letter", lambda raw: pytest.fail("it was read"))
    assert ingest_email(letter(address, "2").as_bytes(), timezone.now()) == "too_many"


def test_of_one_customer_only_so_many_wait_and_the_rest_is_counted(ticket, address, client, lin):
    for number in range(MOST_WAITING + 3):
        outcome = ingest_email(letter(address, str(number), sender="wang@example.com").as_bytes(), timezone.now())
    assert outcome == "too_many" and HeldLetter.objects.count() == MOST_WAITING
    assert list(HeldLetter.objects.exclude(unkept=0).values_list("unkept", flat=True)) == [3]
    client.force_login(lin)
    assert "3 more came and were not kept" in client.get("/desk/letters/", headers={"Accept-Language": "en"}).content.decode()


def test_a_letter_beyond_the_hour_s_is_kept_as_it_came_and_a_person_lets_it_through(ticket, address, settings, lin):
    settings.INBOUND_PER_HOUR = 1
    ingest_email(letter(address).as_bytes(), timezone.now())
    raw = letter(address, "the second has a word of its own").as_bytes()
    assert ingest_email(raw, timezone.now()) == "too_many"
    held = HeldLetter.objects.get()
    assert (held.reason, original_of(held)) == ("too_many", raw)
    release_letter(lin, held.pk)
    assert take_released(timezone.now()) == 1
    assert "a word of its own" in Message.objects.latest("pk").body


def test_who_sends_too_many_is_told_once_that_they_wait_and_once_that_there_is_no_room(ticket, address, settings):
    settings.INBOUND_PER_HOUR = 1
    outcomes = [ingest_email(letter(address, f"number {n}").as_bytes(), timezone.now()) for n in range(MOST_WAITING + 5)]
    assert outcomes == ["taken"] + ["too_many"] * (MOST_WAITING + 4)
    told = [" ".join(each.data["lines"]) for each in Notification.objects.filter(kind="letter_refused").order_by("pk")]
    assert len(told) == 2
    assert "同事" in told[0] and "没能保留" in told[1]
    assert HeldLetter.objects.count() == MOST_WAITING and HeldLetter.objects.latest("pk").unkept == 4


def test_of_one_beyond_the_hour_s_that_is_too_large_the_beginning_is_kept_and_it_says_so(ticket, address, settings):
    settings.INBOUND_PER_HOUR, settings.INBOUND_LARGEST = 1, 200
    ingest_email(letter(address).as_bytes(), timezone.now())
    assert ingest_email(letter(address, "x" * 200_000).as_bytes(), timezone.now()) == "too_many"
    held = HeldLetter.objects.latest("pk")
    assert held.reason == "too_large" and len(original_of(held)) == OTHERS_BEGINNING


def test_an_unreadable_letter_for_which_there_is_no_room_is_told_to_its_sender(ticket, address, monkeypatch):
    for number in range(MOST_WAITING):
        ingest_email(letter(address, str(number), sender="wang@example.com").as_bytes(), timezone.now())

    def refuses(*args):
        raise FileRefused("unreadable")

    monkeypatch.setattr(ingest, "read_letter", refuses)
    assert ingest_email(letter(address).as_bytes(), timezone.now()) == "too_many"
    assert Notification.objects.filter(kind="letter_refused").count() == 1


def test_a_letter_for_a_merged_complaint_is_for_the_one_that_goes_on(ticket, address, mei, lin):
    other = submitted(mei)  # further, so it goes on
    perform(lin, ticket.ref, "merge", {"into": other.ref})
    assert ingest_email(letter(address).as_bytes(), timezone.now()) == "taken"
    assert Message.objects.get().ticket == other


def test_who_works_on_the_complaint_sees_it_and_others_do_not(held, lin, mei, chen):
    assert list(letters_to_settle(lin)) == [held]
    assert "wang@example.com" in beginning_of(held)
    for stranger in (mei, chen):
        with pytest.raises(Forbidden):
            letters_to_settle(stranger)
    with pytest.raises(NotFound):
        release_letter(lin, held.pk + 1)


def test_what_is_let_through_is_put_on_the_complaint_as_its_owner_s(held, lin, ticket):
    release_letter(lin, held.pk)
    assert take_released(timezone.now()) == 1 and take_released(timezone.now()) == 0
    message = Message.objects.get()
    assert (message.author, message.body, message.ticket) == (ticket.owner, OWN, ticket)
    held.refresh_from_db()
    assert (held.state, held.file, held.settled_by) == ("settled", None, lin)
    with pytest.raises(NotFound):
        dismiss_letter(lin, held.pk)


def test_what_still_cannot_be_read_waits_again(ticket, address, lin):
    raw = letter(address, html="<p>x</p>" * 30_000).as_bytes()
    assert ingest_email(raw, timezone.now()) == "held"
    release_letter(lin, HeldLetter.objects.get().pk)
    with pytest.raises(Refusal):
        dismiss_letter(lin, HeldLetter.objects.get().pk)
    assert take_released(timezone.now()) == 0
    assert HeldLetter.objects.get().state == "waiting" and Notification.objects.filter(kind="letter_refused").exists()


def test_what_is_set_aside_is_destroyed_and_never_taken_again(held, lin, address, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        dismiss_letter(lin, held.pk)
    assert not SealedFile.objects.exists() and not letters_to_settle(lin)


def test_the_sweep_of_orphans_leaves_it_and_time_and_erasure_do_not(held, ticket, mei, clock, django_capture_on_commit_callbacks):
    now = timezone.now()
    assert sweep_orphans(now + timedelta(days=2)) == 0 and beginning_of(held)
    assert forget_old_letters(now + timedelta(days=29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        perform(mei, ticket.ref, "withdraw", {})
        erase_person(mei, mei)
    held.refresh_from_db()
    assert (held.state, held.file) == ("settled", None)


# ---- The page
def test_a_stranger_s_letter_is_a_supervisor_s_to_read_to_attach_or_to_let_go(ticket, lin, zhao, client):
    for number in range(2):
        ingest_email(letter("desk@example.com", f"订单 A-{number} 没有退款", sender="new@example.com").as_bytes(), timezone.now())
    first, second = HeldLetter.objects.all()
    client.force_login(lin)
    assert "订单" not in client.get(f"/desk/letters/?reason=stranger&open={first.pk}").content.decode()
    assert client.post(f"/desk/letters/{first.pk}/take/", {"ref": ticket.ref}).status_code == 302
    client.force_login(zhao)
    assert "订单 A-0 没有退款" in client.get(f"/desk/letters/?reason=stranger&open={first.pk}").content.decode()
    assert client.post(f"/desk/letters/{first.pk}/take/").status_code == 404
    client.post(f"/desk/letters/{first.pk}/take/", {"ref": "TS-20200101-000001"})
    first.refresh_from_db()
    assert first.state == "waiting", "no such complaint"
    client.post(f"/desk/letters/{first.pk}/take/", {"ref": ticket.ref})
    client.post(f"/desk/letters/{second.pk}/dismiss/")
    assert take_released(timezone.now()) == 1
    assert [message.body for message in Message.objects.filter(ticket=ticket)] == ["订单 A-0 没有退款"]
    assert not letters_to_settle(zhao).exists()


def test_the_page_shows_it_as_plain_text_and_settles_it(held, lin, mei, client, ticket):
    client.force_login(lin)
    page = client.get("/desk/letters/").content.decode()
    assert ticket.ref in page and "wang@example.com" not in page
    opened = client.get(f"/desk/letters/?open={held.pk}").content.decode()
    assert "wang@example.com" in opened and "<pre" in opened
    assert client.post(f"/desk/letters/{held.pk}/take/").status_code == 302
    held.refresh_from_db()
    assert (held.state, held.settled_by) == ("released", lin)
    assert client.post(f"/desk/letters/{held.pk}/dismiss/").status_code == 302, "refused in words"
    assert client.post(f"/desk/letters/{held.pk}/other/").status_code == 404
    client.force_login(mei)
    assert client.get("/desk/letters/").status_code == 403


# ---- What was refused for what is in it
def test_what_was_refused_is_kept_and_a_person_may_let_it_through(ticket, address, lin, tmp_path):
    long = f"验证码 483920。{'很长的话。' * 5_000}"
    found = said(tmp_path, letter(address, long).as_bytes())
    assert (found["outcome"], found["kept"], Message.objects.count()) == ("refused", True, 0)
    held = HeldLetter.objects.get()
    assert held.reason == "refused" and "483920" not in beginning_of(held)
    ticket.refresh_from_db()
    assert ticket.unanswered_since, "it is a word of its owner's, and holds what would end by itself"
    release_letter(lin, held.pk)
    assert take_released(timezone.now()) == 1
    message = Message.objects.get()
    assert "483920" not in message.body and (message.body + message.folded).count("很长的话。") == 5_000
    assert Notification.objects.filter(kind="letter_refused").count() == 1, "told at once, and not again"


def test_of_a_file_that_was_refused_the_text_is_not_put_there_twice(ticket, address, lin):
    message = letter(address)
    for name, data in (("1.png", making.png()), ("a.docx", b"PK\x03\x04word")):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    assert ingest_email(message.as_bytes(), timezone.now()) == "refused"
    held = HeldLetter.objects.get()
    assert "a.docx" in beginning_of(held)
    release_letter(lin, held.pk)
    assert take_released(timezone.now()) == 1
    assert Message.objects.count() == 1 and ticket.evidence.count() == 1
    assert Notification.objects.filter(kind="letter_refused").count() == 1


# ---- Administrators
def test_letters_that_wait_fail_or_come_in_number_are_told_once(ticket, address, client, admin_person, mailoutbox):
    assert tell_of_letters(timezone.now()) == 0
    ingest_email(letter(address, sender="wang@example.com").as_bytes(), timezone.now())
    assert tell_of_letters(timezone.now()) == 0
    late = timezone.now() + timedelta(days=4)
    assert letters_to_see_to(late) == {"waiting": 1}
    ingest_email(letter(address, html="<p>x</p>" * 30_000).as_bytes(), timezone.now())
    for number in range(20):
        ingest_email(letter("desk@example.com", str(number)).as_bytes(), timezone.now())
    assert letters_to_see_to(timezone.now()) == {"failed": 1, "strangers": 20}
    mailoutbox.clear()
    assert tell_of_letters(timezone.now()) == 2 and tell_of_letters(timezone.now()) == 0
    assert [each.to for each in mailoutbox] == [[admin_person.email]] and "+" in mailoutbox[0].body
    client.force_login(admin_person)
    assert "messagelist" in client.get("/admin/").content.decode()
    assert tell_of_letters(late) == 1, "what is over is over, what is new is told"
    assert set(Failure.objects.values_list("key", flat=True)) == {"failed", "waiting"}
