"""One row is a channel: what is left out is refused by name, what is added is listed everywhere; nothing private goes out."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.roles import Role
from tickets.delivery.addresses import check_address
from tickets.delivery.channels.base import Channel, ChannelMessage, Owners, SendOutcome
from tickets.delivery.channels.registry import CHANNELS, channel_labels, channels_for, registry
from tickets.delivery.deliveries import put_onto_channels, send_waiting
from tickets.delivery.messages import compose_message
from tickets.models import ChannelAddress, Delivery, Notification
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.words import EVIDENCE_KIND, NOTICE, ROSTER_NOTICE, TIMER, notice_words

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]
ROW = {each.name: getattr(CHANNELS["webhook"], each.name) for each in fields(Channel)}
DUE = "2026-10-10T16:00:00+00:00"


class Pigeon:
    """Carries nothing, remembers all."""

    def __init__(self) -> None:
        self.messages: list[tuple[ChannelMessage, str]] = []

    def send(self, message: ChannelMessage, address: str, timeout: float) -> SendOutcome:
        self.messages.append((message, address))
        return SendOutcome()


@pytest.fixture
def pigeon(monkeypatch) -> Pigeon:
    bird = Pigeon()
    row = replace(CHANNELS["webhook"], key="pigeon", label="Pigeon post", transport=bird, clean_address=str.strip)
    monkeypatch.setitem(CHANNELS, "pigeon", row)
    return bird


# ---- The registry
@pytest.mark.parametrize("name", ROW)
def test_a_field_left_out_is_refused_by_its_name(name) -> None:
    with pytest.raises(TypeError, match=name):
        Channel(**{key: value for key, value in ROW.items() if key != name})


@pytest.mark.parametrize("name", [name for name, value in ROW.items() if not isinstance(value, bool)])
def test_a_field_left_empty_is_refused_by_its_name(name) -> None:
    empty = {str: "", int: 0, float: 0.0, Owners: Owners(0)}.get(type(ROW[name]))
    with pytest.raises(ImproperlyConfigured, match=name):
        Channel(**{**ROW, name: empty})


def test_a_key_stands_once() -> None:
    with pytest.raises(ImproperlyConfigured, match="webhook"):
        registry(Channel(**ROW), Channel(**ROW))


def test_what_the_house_ships() -> None:
    assert list(CHANNELS) == ["email", "text", "wecom", "dingtalk", "feishu", "lark", "slack", "teams", "webhook"]
    assert [key for key, channel in CHANNELS.items() if channel.customers] == ["email"]
    assert all(channel.urgent for channel in CHANNELS.values())
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all(str(channel.label) and str(channel.hint) for channel in CHANNELS.values())


def test_a_channel_that_is_added_is_listed_and_used(pigeon, clock, mei, zhou) -> None:
    assert channel_labels()["pigeon"] == "Pigeon post"
    assert [channel.key for owner in (Owners.PERSON, Owners.GROUP) for channel in channels_for(owner)].count("pigeon") == 2
    address = ChannelAddress(channel="pigeon", audience=Role.FREEZE_OPERATOR, created_at=timezone.now())
    address.seal(check_address("pigeon", None, " the loft "))
    address.save()
    ticket = file_ticket(mei, filing(request_freeze=True, account="douyin:13812345678"))
    put_onto_channels(timezone.now())
    assert send_waiting(timezone.now()).sent == 1
    [(message, where)] = pigeon.messages
    assert (message.reference, where) == (ticket.ref, "the loft")


def test_a_channel_that_is_not_for_urgent_news_gets_none(pigeon, clock, mei, zhou, monkeypatch) -> None:
    monkeypatch.setitem(CHANNELS, "pigeon", replace(CHANNELS["pigeon"], urgent=False))
    ChannelAddress.objects.create(channel="pigeon", audience=Role.FREEZE_OPERATOR, created_at=timezone.now())
    file_ticket(mei, filing(request_freeze=True, account="douyin:13812345678"))
    put_onto_channels(timezone.now())
    assert not Delivery.objects.exists()


def test_a_channel_that_is_gone_fails_its_messages_by_name(pigeon, clock, mei, zhou, monkeypatch) -> None:
    ChannelAddress.objects.create(channel="pigeon", audience=Role.FREEZE_OPERATOR, created_at=timezone.now())
    file_ticket(mei, filing(request_freeze=True, account="douyin:13812345678"))
    put_onto_channels(timezone.now())
    monkeypatch.delitem(CHANNELS, "pigeon")
    assert send_waiting(timezone.now()).failed == 1
    row = Delivery.objects.get()
    assert (row.state, "does not have the channel" in row.error) == ("failed", True)


# ---- What goes out
SECRETS = ["李梅", "mei@example.com", "13812345678", "138****5678", "88888.88", "WX202603100001", "这是我写的话", "护照"]


def variants(kind: str) -> list[dict]:
    """A notice with more in its data than any operation puts there."""
    laden = {"lines": SECRETS, "kinds": [*EVIDENCE_KIND, *SECRETS], "evidence": "identity_document", "files": 3, "amount": "88888.88"}
    laden |= {"name": "李梅", "account": "13812345678", "order": "WX202603100001", "body": "这是我写的话", "eta_at": DUE, "due_at": DUE}
    timers = [{"timer": timer} for timer in TIMER] if kind.startswith("timer.") else [{}]
    return [laden | timer | {"on_call": on_call} for timer in timers for on_call in (False, True)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_kind_of_notice_carries_more_than_its_kind_reference_date_and_link(language, clock, mei, zhou) -> None:
    ticket = file_ticket(mei, filing())
    mei.name, zhou.language, zhou.name = "李梅", language, "周宁"
    address = ChannelAddress(channel="webhook", user=zhou)
    for kind in NOTICE:
        for data in variants(kind):
            notice = Notification(ticket=ticket, recipient=zhou, kind=kind, data=data, urgent=True, created_at=timezone.now())
            row = Delivery(pk=1, notification=notice, address=address, channel="webhook", kind=kind, urgent=True)
            message = compose_message(row, CHANNELS["webhook"])
            with translation.override(language):
                bare = notice_words(kind, {name: data[name] for name in ("timer", "on_call") if name in data}, to_staff=True)[0]
            assert message.title == bare
            assert [text for text in [*SECRETS, "周宁"] if text in message.text] == [], kind
            assert message.reference == ticket.ref
            assert message.text.split("\n") == [bare, ticket.ref, message.due, message.url]
            assert "10" in message.due


def test_what_is_told_without_a_complaint_has_words_and_a_link(settings) -> None:
    settings.SITE_URL = "https://desk.example"
    address = SimpleNamespace(user=None, language="en")
    for kind in ROSTER_NOTICE:
        row = SimpleNamespace(pk=1, notification=None, address=address, kind=kind, urgent=True)
        assert compose_message(row, CHANNELS["wecom"]).lines == ["https://desk.example/desk/freezes/"]


def test_a_text_that_is_too_long_keeps_its_link() -> None:
    message = ChannelMessage(
        "kind", "很长" * 100, "https://desk.example/desk/TS-20260310-000001/", "key", "TS-20260310-000001", most_characters=130
    )
    assert len(message.text) == 130
    assert message.text.endswith(message.url)


LONG_SITE = "https://complaints.customer-care.example.com"


@pytest.mark.parametrize(("language", "due"), [("en", "Sat 10 Oct 2026 24:00"), ("zh-hans", "2026年10月10日（周六）24:00")])
@pytest.mark.parametrize(
    "site", ["https://desk.example", LONG_SITE, f"{LONG_SITE}/{'a' * 30}", f"{LONG_SITE}/{'a' * 50}", f"{LONG_SITE}/{'a' * 90}"]
)
def test_a_text_keeps_its_title_and_its_whole_link(site, language, due, clock, settings, mei, zhou) -> None:
    settings.SITE_URL = site
    ticket = file_ticket(mei, filing())
    zhou.language = language
    url = f"{site}/desk/{ticket.ref}/"
    notice = Notification(ticket=ticket, recipient=zhou, kind="timer.passed", data={"timer": next(iter(TIMER)), "due_at": DUE}, urgent=True)
    row = Delivery(pk=1, notification=notice, address=ChannelAddress(channel="text", user=zhou), channel="text", kind="timer.passed")
    message = compose_message(row, CHANNELS["text"])
    lines = message.text.split("\n")
    assert lines[-1] == url
    assert message.due.endswith(due), "without the name of the zone"
    if len(url) <= 130:
        assert len(message.text) <= 130
    assert (message.due in lines) == (len("\n".join([message.title, *message.lines])) <= 130), "the date gives way first"
    assert len(url) > 69 or lines[:2] == [message.title, ticket.ref], "then the title's end"
    assert len(url) >= 129 or message.title.startswith(lines[0].rstrip("…")), "and some of it is left"


# ---- What it costs
def test_an_operation_asks_nothing_more_for_it(clock, mei, zhou) -> None:
    for number in range(30):
        ChannelAddress.objects.create(channel="webhook", audience=Role.FREEZE_OPERATOR, created_at=timezone.now(), last_error=str(number))
    with CaptureQueriesContext(connection) as asked:
        file_ticket(mei, filing(request_freeze=True, account="douyin:13812345678"))
    assert not [query for query in asked.captured_queries if "channeladdress" in query["sql"] or "tickets_delivery" in query["sql"]]
    with CaptureQueriesContext(connection) as asked:
        put_onto_channels(timezone.now())
    assert Delivery.objects.count() == 30
    for number in range(30, 90):
        ChannelAddress.objects.create(channel="webhook", audience=Role.FREEZE_OPERATOR, created_at=timezone.now(), last_error=str(number))
    file_ticket(mei, filing(request_freeze=True, account="douyin:13812345679"))
    with CaptureQueriesContext(connection) as asked_for_ninety:
        put_onto_channels(timezone.now())
    assert Delivery.objects.count() == 30 + 90
    assert len(asked_for_ninety) <= len(asked), "in bulk, however many addresses"
