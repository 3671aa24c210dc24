"""A complaint begun by e-mail: kept sealed, asked for the rest, a draft for who proves the address; never by machines, lists or floods."""

from __future__ import annotations

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Letter as LetterOut
from accounts.models import User
from evidence.intake.held_letters import count_by_reason, forget_old_letters, letters_to_settle
from evidence.intake.letter_alarms import letters_to_see_to
from evidence.models import EvidenceItem, HeldLetter
from evidence.people.erasure import erase_person
from evidence.tests import making
from inbound_mail import beginnings
from inbound_mail.ingest import ingest_email, take_released
from inbound_mail.models import Letter
from inbound_mail.polling import poll
from inbound_mail.tests.letters import OWN, QUOTED, letter
from inbound_mail.tests.server import IMAP
from tickets.models import Message, Ticket
from tickets.operations import discard_draft, perform

pytestmark = pytest.mark.django_db
DESK, NEW = "desk@example.com", "new@example.net"
STORY = "三月十日我的微信被扣了两次，每次128元，请退回。"


@pytest.fixture(autouse=True)
def _anyone(settings, vault):
    settings.INBOUND_BEGINS = "anyone"


def first(sender: str = NEW, body: str = STORY, *files, to: str = DESK, **headers):
    message = letter(to, body, sender=sender, **headers)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def came(message) -> str:
    return ingest_email(message.as_bytes(), timezone.now())


def asked() -> list:
    return [each for each in mail.outbox if "/begin/" in each.body or "/file/" in each.body]


def link() -> str:
    return re.search(r"https?://[^/]+(/begin/\S+)", asked()[-1].body)[1]


# ---- The whole way
@pytest.fixture
def server(settings):
    server = IMAP()
    settings.INBOUND_URL = server.url
    yield server
    server.shutdown()
    server.server_close()


def test_a_stranger_s_letter_comes_over_the_mailbox_and_becomes_a_draft_once_the_address_is_proven(server, client, mailoutbox, clock):
    server.letters = [first(NEW, STORY, ("截图.png", making.png()), ("2.docx", b"PK\x03\x04word")).as_bytes()]
    assert poll(timezone.now()) == 1 and poll(timezone.now()) == 0
    assert not User.objects.filter(email=NEW).exists() and not Ticket.objects.exists(), "no row before proof"
    assert [each.to for each in asked()] == [[NEW]] and asked()[0].extra_headers["Auto-Submitted"] == "auto-replied"
    assert STORY not in asked()[0].body
    page = client.get(link(), follow=True)
    assert page.redirect_chain and STORY not in page.content.decode()
    sign_in(client, NEW, link())
    opened = client.get(link())
    assert opened.status_code == 200 and STORY in opened.content.decode() and "截图.png" in opened.content.decode()
    assert client.post(link(), {"category": "none"}).status_code == 400
    made = client.post(link(), {"category": "billing_duplicate"})
    ticket = Ticket.objects.get()
    assert made.url == f"/file/{ticket.ref}/"
    assert (ticket.owner.email, ticket.status, ticket.channel, ticket.statement["symptom"]) == (NEW, "draft", "email", STORY)
    assert client.get(link()).url == client.post(link(), {"category": "after_sale"}).url == made.url, "once"
    assert take_released(timezone.now()) == 1 and take_released(timezone.now()) == 0
    assert [item.original_name for item in EvidenceItem.objects.filter(ticket=ticket)] == ["截图.png"]
    said = Message.objects.get()
    assert (said.body, said.ticket, EvidenceItem.objects.get().message) == (STORY, ticket, said)
    assert ticket.notifications.filter(kind="letter_refused").exists(), "what was not taken is named"
    assert HeldLetter.objects.get().file is None


def sign_in(client, email: str, following: str) -> None:
    client.post("/accounts/login/", {"login": email, "by": "code", "next": following})
    code = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]
    assert client.post("/accounts/login/code/confirm/", {"code": code, "next": following}).status_code == 302


def test_what_was_written_stands_in_the_story_and_is_filed_like_any_other(mei, client):
    assert came(first(mei.email, f"{STORY}\n\n-- \nMei")) == "begun"
    client.force_login(mei)
    client.post(link(), {"category": "after_sale"})
    client.post(link(), {"category": "billing_duplicate"})
    ticket = Ticket.objects.get()
    assert ticket.category == "after_sale", "a second press changes nothing"
    assert STORY in Message.objects.get().body


def test_nobody_else_opens_it(mei, wang, client):
    came(first(mei.email))
    client.force_login(wang)
    for address in (link(), link().replace("/begin/", "/begin/9")):
        page = client.get(address)
        assert page.status_code == 404 and STORY not in page.content.decode()
    assert client.post(link(), {"category": "billing_duplicate"}).status_code == 404 and not Ticket.objects.exists()


def test_after_thirty_days_it_is_gone_and_the_page_says_so(mei, client, clock, django_capture_on_commit_callbacks):
    came(first(mei.email))
    address = link()
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_old_letters(timezone.now() + timedelta(days=31)) == 1
    client.force_login(mei)
    page = client.get(address)
    assert page.status_code == 404 and "/file/" in page.content.decode()


def test_secrets_are_masked_and_a_text_without_end_is_kept_whole(mei, client):
    long = "很长的话。" * 5_000
    came(first(mei.email, f"验证码 483920\n卡号 6222021234567890128\n{long}"))
    client.force_login(mei)
    client.post(link(), {"category": "billing_duplicate"})
    ticket, said = Ticket.objects.get(), Message.objects.get()
    assert "483920" not in said.body and "483920" not in ticket.statement["symptom"]
    assert said.body.count("很长的话。") == 5_000 and len(ticket.statement["symptom"]) <= 20_000


def test_one_without_words_begins_too(mei, client):
    came(first(mei.email, "\n", ("1.png", making.png())))
    client.force_login(mei)
    assert client.get(link()).status_code == 200
    client.post(link(), {"category": "billing_duplicate"})
    assert take_released(timezone.now()) == 1
    assert EvidenceItem.objects.get().ticket == Ticket.objects.get() and Ticket.objects.get().statement == {}


def test_a_draft_thrown_away_takes_its_letter_along(mei, client):
    came(first(mei.email))
    client.force_login(mei)
    client.post(link(), {"category": "billing_duplicate"})
    discard_draft(mei, Ticket.objects.get().ref)
    assert take_released(timezone.now()) == 0 and not HeldLetter.objects.exists()


# ---- Whose
@pytest.mark.parametrize(
    ("setting", "known", "unknown"),
    [("off", "stranger", "stranger"), ("known", "begun", "stranger"), ("anyone", "begun", "begun")],
)
def test_the_setting_says_whose_letter_may_begin(settings, mei, setting, known, unknown):
    settings.INBOUND_BEGINS = setting
    assert (came(first(mei.email)), came(first(NEW))) == (known, unknown)
    assert len(asked()) == [known, unknown].count("begun")


def test_who_left_who_works_here_and_nobody_never_begin(mei, lin):
    mei.is_active = False
    mei.save()
    for sender in (mei.email, lin.email, DESK, "x@localhost", "a@b.invalid", "nobody", ""):
        assert came(first(sender or "nobody")) == "stranger", sender
    assert not asked()


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"List_Id": "<news.example.net>"}, "automatic"),
        ({"List_Unsubscribe": "<https://news.example.net>"}, "automatic"),
        ({"Precedence": "bulk"}, "automatic"),
        ({"Return_Path": "<>"}, "automatic"),
        ({"X_Failed_Recipients": "a@b.example"}, "automatic"),
        ({"sender": "MAILER-DAEMON@example.net"}, "automatic"),
        ({"sender": "noreply@example.net"}, "automatic"),
        ({"to": "someone@example.org"}, "stranger"),
        ({"to": "desk+news@example.com"}, "stranger"),
        ({"to": "desk+TS-20260310-000001-aaaaaaaaaaaaaaaa@example.com"}, "stranger"),
    ],
)
def test_machines_lists_bounces_and_answers_never_begin(db, headers, outcome):
    assert came(first(**headers)) == outcome
    assert not asked() and not HeldLetter.objects.filter(reason="begun").exists()


def test_our_own_question_comes_back_and_begins_nothing(db):
    came(first())
    back = BytesParser(policy=policy.default).parsebytes(asked()[0].message().as_bytes())
    back.replace_header("To", DESK)
    assert came(back) == "automatic" and len(asked()) == 1


# ---- How many
def test_of_one_sender_a_few_a_day(settings):
    outcomes = [came(first(body=str(n))) for n in range(5)]
    assert outcomes == ["begun"] * 3 + ["too_many"] * 2 and len(asked()) == 3
    assert HeldLetter.objects.filter(reason="stranger").count() == 2, "what is one too many can still be read by a person"


def test_of_all_senders_so_many_a_day(settings, clock):
    settings.INBOUND_BEGINNINGS_PER_DAY = 2
    clock("2026-03-10T12:00:00+08:00")
    assert [came(first(f"n{n}@example.net")) for n in range(3)] == ["begun", "begun", "too_many"]
    clock("2026-03-11T12:00:01+08:00")
    assert came(first("n9@example.net")) == "begun"


def test_a_large_one_is_told_where_there_is_room(settings):
    settings.INBOUND_LARGEST = 200_000
    assert came(first(body="很" * 100_000)) == "too_large"
    assert "/begin/" not in asked()[0].body and "/file/" in asked()[0].body
    assert HeldLetter.objects.get().reason == "too_large"


def test_the_same_letter_twice_and_one_whose_taker_died_are_asked_once(settings, monkeypatch, clock):
    once = first()
    assert came(once) == came(once) == "begun" and len(asked()) == 1
    dies = first(body="another")
    with monkeypatch.context() as broken:
        broken.setattr(beginnings, "queue_letter", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            came(dies)
    clock(timezone.now() + timedelta(minutes=11))
    assert came(dies) == "begun" and len(asked()) == 2


def test_nothing_of_its_body_is_read_before_the_address_is_proven(monkeypatch):
    monkeypatch.setattr("evidence.sandbox.client.read_letter", lambda *a: pytest.fail("it was read"))
    monkeypatch.setattr("inbound_mail.ingest.read_letter", lambda *a: pytest.fail("it was read"))
    assert came(first()) == "begun"


# ---- In whose words, and what is seen
def test_the_question_is_in_the_language_of_whoever_wrote(mei):
    mei.language = "en"
    mei.save()
    came(first(mei.email))
    english = letter(DESK, "charged twice", sender="b@example.net")
    english.replace_header("Subject", "Charged twice")
    came(english)
    came(first("c@example.net"))
    subjects = [each.subject for each in asked()]
    assert subjects[:2] == ["Your e-mail to us: one step is missing"] * 2 and subjects[2] == "您发来的邮件还差一步"


def test_it_is_counted_on_the_page_of_letters_and_waits_for_nobody_there(zhao, client):
    came(first())
    assert count_by_reason(letters_to_settle(zhao)) == {"begun": 1} and not letters_to_see_to(timezone.now() + timedelta(days=9))
    client.force_login(zhao)
    assert STORY not in client.get("/desk/letters/").content.decode()
    held = HeldLetter.objects.get()
    assert STORY in client.get(f"/desk/letters/?reason=begun&open={held.pk}").content.decode()


def test_who_is_erased_leaves_no_letter_behind(mei, ticket, django_capture_on_commit_callbacks):
    came(first(mei.email, OWN + QUOTED))
    with django_capture_on_commit_callbacks(execute=True):
        perform(mei, ticket.ref, "withdraw", {})
        erase_person(mei, mei)
    assert HeldLetter.objects.get().file is None


def test_the_question_is_kept_sealed_until_it_leaves(db):
    came(first())
    assert all(NEW not in str(row) for row in LetterOut.objects.values()) and all(NEW not in str(row) for row in Letter.objects.values())
