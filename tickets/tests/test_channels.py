"""Messages on channels, over a real server that is slow, down or refuses: each once, in its shape, bounded, tried again, seen."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Phone
from accounts.roles import Role
from accounts.tests.gateway import Gateway
from lib import outbound_http
from tickets.delivery.addresses import check_address, shown_address
from tickets.delivery.deliveries import BATCH, MOST_AT_ONCE, send_test
from tickets.delivery.sending import deliver_waiting
from tickets.models import Delivery, Notification, OnCallShift
from tickets.operations import amend, file_ticket, post_message
from tickets.staffing import hand_over
from tickets.tests.cast import person
from tickets.tests.chatroom import ADDRESSES, address_of, deliver, freeze
from tickets.tests.mailing import Server
from tickets.tests.making import filing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
State = Delivery.State


# ---- The shapes
@pytest.mark.parametrize("channel", ADDRESSES)
def test_a_freeze_reaches_the_operators_room_in_the_shape_its_makers_want(channel, clock, chat, mei, zhou) -> None:
    address_of(channel, audience=Role.FREEZE_OPERATOR, language="en")
    ticket = freeze(mei)
    chat.answer = b"ok" if channel == "slack" else b'{"code": 0, "errcode": 0, "msg": "success", "errmsg": "ok"}'
    assert deliver() == 1
    [(path, body)] = chat.calls
    text = {
        "wecom": lambda: body["text"]["content"],
        "dingtalk": lambda: body["text"]["content"],
        "feishu": lambda: body["content"]["text"],
        "lark": lambda: body["content"]["text"],
        "slack": lambda: json.dumps(body, ensure_ascii=False),
    }[channel]()
    assert "Freeze requested" in text
    assert ticket.ref in text
    assert f"https://desk.example/desk/{ticket.ref}/" in text
    shape = {name: body.get(name) for name in ("msgtype", "msg_type") if name in body}
    expected = {"wecom": {"msgtype": "text"}, "dingtalk": {"msgtype": "text"}, "slack": {}}
    assert shape == expected.get(channel, {"msg_type": "text"})
    token = ADDRESSES[channel].split()[0].rpartition("=" if "=" in ADDRESSES[channel] else "/")[2]
    assert token in path
    if channel == "dingtalk":
        assert "sign=" in path
        assert "timestamp=" in path
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.sent_at, row.next_at) == (State.SENT, 1, timezone.now(), None)
    assert row.address.verified_at == timezone.now()


def test_any_webhook_gets_json_with_the_parts(clock, chat, mei, zhou) -> None:
    address_of("webhook", f"{chat.url}/pager", user=zhou)
    ticket = freeze(mei)
    assert deliver() == 1
    [body] = chat.bodies("/pager")
    row = Delivery.objects.get()
    assert body == {
        "id": f"message-{row.pk}",
        "text": body["text"],
        "title": body["title"],
        "kind": "request_freeze",
        "reference": ticket.ref,
        "due": "",
        "url": f"https://desk.example/desk/{ticket.ref}/",
        "urgent": True,
    }
    assert body["text"] == "\n".join([body["title"], ticket.ref, body["url"]])


def test_teams_is_called_at_the_workflow(clock, chat, zhou, monkeypatch) -> None:
    told = []
    monkeypatch.setattr("tickets.delivery.channels.chat.post", lambda *args: told.append(args) or outbound_http.HttpAnswer(202))
    url = "https://prod-12.chinaeast2.logic.azure.cn:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
    row = address_of("teams", f"{url}?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc", user=zhou)
    assert send_test(row).error == ""
    [(called, body, _headers, _limit)] = told
    assert called.startswith(url)
    assert "sig=abc" in called
    assert json.loads(body)["type"] == "message"


# ---- To whom
def test_a_room_hears_once_and_each_member_on_their_own_address(clock, chat, mei, zhou) -> None:
    yang = person("yang@example.com", Role.FREEZE_OPERATOR)
    address_of("wecom", audience=Role.FREEZE_OPERATOR)
    for each in (zhou, yang):
        address_of("webhook", f"{chat.url}/{each.email}", user=each)
    address_of("webhook", f"{chat.url}/off", user=yang, enabled=False)
    freeze(mei)
    assert deliver() == 3
    assert deliver() == 0
    assert len(chat.calls) == 3
    assert chat.bodies("/off") == []


def test_whoever_is_on_call_and_the_roster_are_told_that_it_is_their_turn(clock, chat, mei, zhou) -> None:
    now = timezone.now()
    OnCallShift.objects.create(person=zhou, from_at=now, to_at=now + timedelta(hours=8), made_by=zhou, made_at=now)
    address_of("webhook", f"{chat.url}/roster", audience="on_call", language="en")
    address_of("webhook", f"{chat.url}/zhou", user=zhou)
    freeze(mei)
    assert deliver() == 2
    assert chat.bodies("/roster")[0]["title"] == "You are on call: Freeze requested"
    assert len(chat.bodies("/zhou")) == 1


def test_with_nobody_on_call_the_rosters_room_hears_what_the_group_hears(clock, chat, mei, zhou) -> None:
    address_of("webhook", f"{chat.url}/roster", audience="on_call", language="en")
    address_of("webhook", f"{chat.url}/room", audience=Role.FREEZE_OPERATOR)
    freeze(mei)
    assert deliver() == 2
    assert [body["title"] for body in chat.bodies("/roster")] == ["Freeze requested"]
    assert len(chat.bodies("/room")) == 1


def test_the_rosters_room_hears_nothing_of_a_member_who_is_complained_about(clock, chat, mei, zhou) -> None:
    address_of("webhook", f"{chat.url}/roster", audience="on_call")
    freeze(mei).complained_about.add(zhou)
    assert deliver() == 0


def test_every_test_message_has_a_key_of_its_own(clock, chat, zhou) -> None:
    row = address_of("webhook", f"{chat.url}/zhou", user=zhou)
    assert [send_test(row).error, send_test(row).error] == ["", ""]
    first, second = (body["id"] for body in chat.bodies("/zhou"))
    assert first != second
    assert first.startswith("test-")


def test_a_handover_is_told_to_who_takes_over_and_to_the_roster(clock, chat, zhou, zhao) -> None:
    zhou.language = "en"
    zhou.save()
    address_of("webhook", f"{chat.url}/roster", audience="on_call", language="en")
    address_of("webhook", f"{chat.url}/zhou", user=zhou)
    hand_over(zhao, {"person": zhou.pk, "note": "秘密的交接"})
    assert deliver() == 2
    assert chat.bodies("/zhou")[0]["title"] == "You are on call from now on"
    assert chat.bodies("/roster")[0]["title"] == "Somebody else is on call from now on"
    assert "秘密" not in json.dumps(chat.calls, ensure_ascii=False)


def test_who_is_named_in_a_note_or_given_a_complaint_is_told_at_once(clock, chat, mei, lin, zhao) -> None:
    ticket = file_ticket(mei, filing())
    address_of("webhook", f"{chat.url}/zhao", user=zhao)
    address_of("webhook", f"{chat.url}/lin", user=lin)
    post_message(lin, ticket.ref, {"body": "@Zhao 请看一下 98765", "visibility": "internal"})
    amend(zhao, ticket.ref, {"assignee": lin.email})
    assert deliver() == 2
    assert [body["kind"] for body in chat.bodies("/zhao")] == ["mentioned"]
    assert [body["kind"] for body in chat.bodies("/lin")] == ["assigned"]
    assert "98765" not in json.dumps(chat.calls)


def test_a_room_in_which_somebody_complained_about_sits_hears_nothing_of_it(clock, chat, mei, zhou) -> None:
    yang = person("yang@example.com", Role.FREEZE_OPERATOR)
    address_of("wecom", audience=Role.FREEZE_OPERATOR)
    address_of("webhook", f"{chat.url}/zhou", user=zhou)
    address_of("webhook", f"{chat.url}/yang", user=yang)
    freeze(mei).complained_about.add(yang)
    assert deliver() == 1
    assert [path for path, _body in chat.calls] == ["/zhou"]


def test_of_many_complaints_given_at_once_only_some_are_told(clock, chat, mei, lin) -> None:
    ticket = file_ticket(mei, filing())
    address_of("webhook", f"{chat.url}/lin", user=lin)
    many = {"ticket": ticket, "recipient": lin, "kind": "assigned", "created_at": timezone.now(), "not_before": timezone.now()}
    Notification.objects.bulk_create(Notification(**many, to_channels=True) for _ in range(2 * BATCH + 30))
    assert deliver() == MOST_AT_ONCE
    assert not Notification.objects.filter(to_channels=True).exists()


def test_a_customer_is_told_by_letter_alone(clock, chat, mei) -> None:
    address_of("webhook", f"{chat.url}/mei", user=mei)
    freeze(mei)
    assert deliver() == 0


def test_a_text_goes_to_the_number_that_was_proven(clock, settings, mei, wang, zhou) -> None:
    gateway = Gateway()
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = gateway.url, "text secret"
    address_of("text", user=zhou)
    phone = Phone.objects.create(user=zhou, number="+8613900001234", verified_at=timezone.now())
    ticket = freeze(mei)
    assert deliver() == 1
    [text] = gateway.texts
    assert (text["to"], text["id"]) == ("+8613900001234", f"message-{Delivery.objects.get().pk}")
    assert ticket.ref in text["text"]
    assert len(text["text"]) <= 130
    phone.delete()
    freeze(wang)
    assert deliver() == 0
    assert Delivery.objects.order_by("pk").last().state == State.FAILED
    gateway.shutdown()
    gateway.server_close()


def test_a_groups_mailbox_gets_a_short_letter(clock, settings, mei, zhou) -> None:
    server = Server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    address_of("email", "duty@example.com", audience=Role.FREEZE_OPERATOR, language="en")
    ticket = freeze(mei)
    assert deliver() == 1
    [letter] = server.inbox.to("duty@example.com")
    assert letter["Subject"] == f"Freeze requested · {ticket.ref}"
    assert letter["Message-ID"] == f"<message-{Delivery.objects.get().pk}@localhost>", "the same at every try"
    server.stop()


# ---- Addresses
@pytest.mark.parametrize("channel", ADDRESSES)
def test_an_address_is_checked_and_lies_encrypted(channel, clock, zhou) -> None:
    assert check_address(channel, zhou, f"  {ADDRESSES[channel]} ") == ADDRESSES[channel]
    row = address_of(channel, user=zhou)
    assert ADDRESSES[channel][-12:] not in row.sealed
    assert row.address == ADDRESSES[channel]
    assert shown_address(row) == f"…{ADDRESSES[channel][-4:]}"
    for wrong in ("https://example.com/", "http://127.0.0.1/", "javascript:alert(1)", ADDRESSES[channel].replace("https", "http")):
        with pytest.raises(ValidationError, match="机器人的地址"):
            check_address(channel, zhou, wrong)


def test_letters_go_out_as_before(clock, chat, mei, zhou) -> None:
    address_of("wecom", audience=Role.FREEZE_OPERATOR)
    freeze(mei)
    deliver()
    assert deliver_waiting(timezone.now()) > 0
    assert Notification.objects.filter(recipient=zhou, state="sent").count() == 1
