"""A letter lands on its complaint once, from its owner only, under the rules every message and file is under."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from evidence.models import EvidenceItem, HeldLetter
from evidence.tests import making
from inbound_mail import ingest
from inbound_mail.ingest import MOST_ATTACHMENTS, STUCK_AFTER, TRIES, ingest_email
from inbound_mail.models import Letter
from inbound_mail.tests.letters import OWN, PLAIN, letter
from tickets.cases.timeline import timeline
from tickets.delivery.reply_addresses import reply_address, target_in
from tickets.models import Message, Notification
from tickets.operations import file_ticket, look, start_draft
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
CODE = "您的验证码 483920，请勿告诉他人"


def came(message) -> str:
    return ingest_email(message.as_bytes(), timezone.now())


def with_files(message, *files):
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def told() -> list[str]:
    """The reasons in the latest notice of a refusal."""
    return Notification.objects.filter(kind="letter_refused").latest("pk").data["lines"]


def test_an_answer_becomes_a_message_of_the_owner(ticket, address, mei):
    assert came(letter(address, PLAIN["qq"])) == "taken"
    message = Message.objects.get()
    assert (message.ticket, message.author, message.body, message.by_staff) == (ticket, mei, OWN, False)
    assert [moment.body for moment in timeline(look(ticket, mei)) if moment.is_message] == [OWN]


def test_the_same_letter_comes_twice_and_is_taken_once(ticket, address):
    message = letter(address)
    assert [came(message), came(message)] == ["taken", "taken"]
    message["Received"] = "from elsewhere"
    assert came(message) == "taken"
    assert Message.objects.count() == 1 and Letter.objects.count() == 1


def test_files_become_evidence_to_be_sorted(ticket, address):
    picture, paper = making.png(), making.png((9, 9, 9))
    assert came(with_files(letter(address), ("截图.png", picture), ("2.png", paper))) == "taken"
    items = EvidenceItem.objects.order_by("pk")
    assert [(item.kind, item.original_name, item.media_type) for item in items] == [
        ("uncategorized_file", "截图.png", "image/png"),
        ("uncategorized_file", "2.png", "image/png"),
    ]
    assert all((item.uploaded_by, item.message) == (ticket.owner, Message.objects.get()) for item in items)


def test_files_without_a_word_are_enough(ticket, address):
    assert came(with_files(letter(address, "\n"), ("1.png", making.png()))) == "taken"
    assert (EvidenceItem.objects.get().message, Message.objects.get().body) == (Message.objects.get(), "通过邮件发来的文件，无文字说明。")


def test_a_file_that_cannot_be_taken_is_told_in_words_and_the_rest_is_kept(ticket, address, mei):
    mei.language = "en"
    mei.save()
    assert came(with_files(letter(address), ("a.docx", b"PK\x03\x04word"), ("1.png", making.png()))) == "refused"
    assert Message.objects.count() == 1 and EvidenceItem.objects.count() == 1
    assert [line.partition(":")[0] for line in told()] == ["Attachment 1"]
    assert "not of a type we can take" in told()[0]


def test_a_one_time_code_is_refused_and_nothing_of_it_is_kept(ticket, address):
    assert came(letter(address, CODE)) == "refused"
    assert Message.objects.count() == 0
    assert "483920" not in str(told()) and "验证码" in told()[0]


def test_card_numbers_are_masked(ticket, address):
    assert came(letter(address, "我的卡号是 6222 0202 0000 0000 006 谢谢，另一张 4111111111111111")) == "taken"
    assert "4111111111111111" not in Message.objects.get().body and "1111" in Message.objects.get().body


def test_a_text_without_end_is_refused_in_words(ticket, address):
    assert came(letter(address, "很长。" * 20_000)) == "refused"
    assert Message.objects.count() == 0 and told()


# ---- Who may
def test_another_sender_waits_for_a_person_even_with_the_address(ticket, address, wang):
    for sender in ("wang@example.com", "mei@example.com.evil.example", "Mei mei@example.com <wang@example.com>", ""):
        assert came(letter(address, sender=sender or "nobody")) == "held"
    assert Message.objects.count() == 0 and Notification.objects.filter(kind="letter_refused").count() == 0
    assert set(HeldLetter.objects.values_list("reason", "ticket")) == {("sender", ticket.pk)}


def test_an_address_made_for_somebody_else_or_nobody_opens_nothing(ticket, address, wang, mei):
    other = file_ticket(wang, filing(account="douyin:13700000000"))
    wrong = [
        reply_address(other.ref, mei.pk),  # not the owner of that one
        address.replace(ticket.ref, other.ref),
        address.replace(address.partition("-0")[2][6:10], "aaaa"),
        f"desk+{ticket.ref}-{'a' * 16}@example.com",
        "desk+TS-20990101-000001-aaaaaaaaaaaaaaaa@example.com",
        "desk@example.com",
        address.replace("@example.com", "@evil.example"),
    ]
    assert [came(letter(each)) for each in wrong] == ["stranger"] * len(wrong)
    assert Message.objects.count() == 0


def test_an_address_in_capitals_or_among_others_still_leads_here(ticket, address):
    assert came(letter(f"other@example.com, {address.upper()}", sender="MEI@Example.com")) == "taken"
    assert came(letter("list@example.com", Delivered_To=address)) == "taken"
    assert target_in([address]).ref == ticket.ref


def test_the_address_outlives_a_change_of_the_secret(ticket, address, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert came(letter(address)) == "taken"
    settings.SECRET_KEY_FALLBACKS = []
    assert came(letter(address)) == "stranger"


def test_the_address_fits_before_the_at(ticket, address):
    assert len(address.partition("@")[0]) <= 64 and address.startswith(f"desk+{ticket.ref}-")


def test_who_left_is_a_stranger(ticket, address, mei):
    mei.is_active = False
    mei.save()
    assert came(letter(address)) == "stranger"


def test_machines_are_not_answered(ticket, address):
    assert came(letter(address, Auto_Submitted="auto-replied")) == "automatic"
    assert came(letter(address, message_id=f"<notice.1.{ticket.owner_id}@localhost>")) == "automatic"
    assert Message.objects.count() == 0 and not Notification.objects.filter(kind="letter_refused").exists()


def test_an_empty_letter_leaves_nothing(ticket, address):
    assert came(letter(address, PLAIN["gmail"].replace(OWN, ""))) == "empty"
    assert Message.objects.count() == 0


def test_a_draft_takes_no_messages_and_says_so(clock, mei):
    draft = start_draft(mei, filing())
    assert came(letter(reply_address(draft.ref, mei.pk))) == "refused"
    assert Message.objects.count() == 0


def test_too_many_within_an_hour_wait_and_are_told_once(ticket, address, settings, clock):
    settings.INBOUND_PER_HOUR = 3
    assert [came(letter(address)) for _ in range(5)] == ["taken"] * 3 + ["too_many"] * 2
    assert Message.objects.count() == 3 and Notification.objects.filter(kind="letter_refused").count() == 1
    clock(timezone.now() + timedelta(hours=1))
    assert came(letter(address)) == "taken"


def test_more_attachments_than_we_take_are_told(ticket, address):
    many = [(f"{n}.png", making.png((n, n, n))) for n in range(MOST_ATTACHMENTS + 1)]
    assert came(with_files(letter(address), *many)) == "refused"
    assert EvidenceItem.objects.count() == MOST_ATTACHMENTS and len(told()) == 1


# ---- Dying on the way
def test_a_taker_that_dies_between_files_is_followed_by_one_that_goes_on(ticket, address, monkeypatch, clock):
    message = with_files(letter(address), ("1.png", making.png()), ("2.png", making.png((5, 5, 5))))
    bring_in, calls = ingest.upload_then, []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise DatabaseError("gone")
        return bring_in(*args, **kwargs)

    monkeypatch.setattr(ingest, "upload_then", dies)
    with pytest.raises(DatabaseError):
        came(message)
    assert came(message) == "", "somebody may still be at it"
    clock(timezone.now() + STUCK_AFTER + timedelta(seconds=1))
    assert came(message) == "taken"
    assert Message.objects.count() == 1 and EvidenceItem.objects.count() == 2


def test_a_letter_that_kills_its_takers_is_given_up(ticket, address, monkeypatch, clock):
    def dies(*args):
        raise DatabaseError("gone")

    monkeypatch.setattr(ingest, "_post_letter", dies)
    message = letter(address)
    for _ in range(TRIES):
        with pytest.raises(DatabaseError):
            came(message)
        clock(timezone.now() + STUCK_AFTER + timedelta(seconds=1))
    assert came(message) == "held" and HeldLetter.objects.get().reason == "failed"


def test_the_row_says_nothing_of_what_was_written(ticket, address):
    came(with_files(letter(address, OWN), ("截图.docx", b"PK")))
    row = Letter.objects.values().get()
    assert "截图" not in str(row) and "mei" not in str(row) and row["refusals"] == []


def test_a_letter_waits_for_an_answer_as_any_word_does(ticket, address, mei):
    assert came(letter(address, PLAIN["qq"])) == "taken"
    ticket.refresh_from_db()
    assert ticket.unanswered_since == Message.objects.get().created_at
    assert ticket.timers.get(key="next_reply").started_at == ticket.unanswered_since


# ---- What is folded
def test_what_is_quoted_is_folded_and_shown_on_both_pages_and_in_the_api(ticket, address, mei, lin, client):
    assert came(letter(address, PLAIN["gmail"])) == "taken"
    message = Message.objects.get()
    assert message.body == OWN and "您的投诉有了回复" in message.folded
    for person, page in ((mei, f"/tickets/{ticket.ref}/"), (lin, f"/desk/tickets/{ticket.ref}/")):
        client.force_login(person)
        assert "<summary>邮件中的引文和签名</summary>" in client.get(page, headers={"accept-language": "zh-hans"}).content.decode()
    client.force_login(mei)
    told = client.get(f"/api/v1/tickets/{ticket.ref}/messages/").json()["results"]
    assert [(each["body"], each["folded"]) for each in told] == [(message.body, message.folded)]


def test_secrets_in_what_is_quoted_are_masked(ticket, address):
    assert came(letter(address, PLAIN["gmail"].replace("您的投诉有了回复", f"4111111111111111 {CODE}"))) == "taken"
    folded = Message.objects.get().folded
    assert "4111111111111111" not in folded and "483920" not in folded


def test_the_picture_of_a_signature_is_taken_once(ticket, address):
    for words in ("第一封，请查收", "第二封，请查收"):
        message = letter(address, html=f'<p>{words}</p><img src="cid:logo">')
        message.add_related(making.png(), "image", "png", cid="<logo>")
        assert came(message) == "taken"
    assert Message.objects.count() == 2 and EvidenceItem.objects.count() == 1
