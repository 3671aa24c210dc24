"""The notification channels of this house, one row each. All that lists channels, their addresses or their messages reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.sms import has_phones
from tickets.delivery.channels.base import Channel, Owners
from tickets.delivery.channels.chat import DINGTALK, FEISHU, LARK, SLACK, TEAMS, WECOM, ChatBot
from tickets.delivery.channels.email import EmailTransport, clean_mailbox
from tickets.delivery.channels.json_webhook import JsonTransport, clean_url
from tickets.delivery.channels.text_message import TextTransport, no_address, proven_number
from tickets.models import ChannelAddress


def _typed_address(row: ChannelAddress) -> str:
    return row.address


def _always() -> bool:
    return True


_chat = partial(
    Channel,
    resolve=_typed_address,
    is_typed=True,
    is_secret=True,
    owners=Owners.PERSON | Owners.GROUP,
    customers=False,
    urgent=True,
    most_characters=2000,
    timeout=10,
    is_on=_always,
)


def _bot(key: str, label: str | Promise, hint: str | Promise, bot: ChatBot) -> Channel:
    return _chat(key=key, label=label, hint=hint, transport=bot, clean_address=bot.clean_address)


def registry(*rows: Channel) -> dict[str, Channel]:
    """By key, in this order. Raises ImproperlyConfigured for a key that stands twice."""
    if len({row.key for row in rows}) < len(rows):
        raise ImproperlyConfigured(f"Two notification channels of one key: {', '.join(row.key for row in rows)}.")
    return {row.key: row for row in rows}


CHANNELS: dict[str, Channel] = registry(
    Channel(
        key="email",
        label=_("E-mail"),
        hint=_("The mailbox of a group. People get their letters at their own address."),
        transport=EmailTransport(),
        clean_address=clean_mailbox,
        resolve=_typed_address,
        is_typed=True,
        is_secret=False,
        owners=Owners.GROUP,
        customers=True,
        urgent=True,
        most_characters=100_000,
        timeout=8,  # of each step
        is_on=_always,
    ),
    Channel(
        key="text",
        label=_("Text message"),
        hint=_("Goes to the mobile number that the person has proven; leave the address empty."),
        transport=TextTransport(),
        clean_address=no_address,
        resolve=proven_number,
        is_typed=False,
        is_secret=True,
        owners=Owners.PERSON,
        customers=False,
        urgent=True,
        most_characters=130,  # two parts of a text in Chinese; a gateway bills each
        timeout=10,
        is_on=has_phones,
    ),
    _bot("wecom", _("WeCom group bot"), "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…", WECOM),
    _bot(
        "dingtalk",
        _("DingTalk group bot"),
        _("https://oapi.dingtalk.com/robot/send?access_token=… and, after a space, the signing secret (SEC…) if there is one"),
        DINGTALK,
    ),
    _bot("feishu", _("Feishu group bot"), "https://open.feishu.cn/open-apis/bot/v2/hook/…", FEISHU),
    _bot("lark", _("Lark group bot"), "https://open.larksuite.com/open-apis/bot/v2/hook/…", LARK),
    _bot("slack", "Slack", "https://hooks.slack.com/services/…", SLACK),
    _bot("teams", "Microsoft Teams", _("The address of a Teams workflow that begins when a webhook is called."), TEAMS),
    _chat(
        key="webhook",
        label=_("Webhook (JSON)"),
        hint=_("An address that takes JSON by POST: text, title, kind, reference, due, url."),
        transport=JsonTransport(),
        clean_address=clean_url,
    ),
)


def channels_for(owner: Owners) -> list[Channel]:
    """Those that this install has and on which such an owner may have an address."""
    return [channel for channel in CHANNELS.values() if owner in channel.owners and channel.is_on()]


def channel_labels(channels: Iterable[Channel] | None = None) -> Mapping[str, str | Promise]:
    """By key; of all where none are named, so that an old row of a channel that is off has its word too."""
    return {channel.key: channel.label for channel in (CHANNELS.values() if channels is None else channels)}
