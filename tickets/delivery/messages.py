"""Short messages for channels that are not letters: which kind of news, the reference, when it is due, a link. Nothing else goes out."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from lib.languages import active_language, in_chinese, in_script, reader_language
from lib.zones import zone_of
from sla.explanations import ZONE_NAMES, due_text
from tickets.delivery.channels.base import Channel, ChannelMessage
from tickets.models import Delivery, Notification
from tickets.words import ROSTER_NOTICE, notice_words

# Of what a notice carries, only this is told: the rest may be a reason or a name of a document.
TOLD = ("timer", "on_call")
# A text message of fewer characters has no room for the name of a time zone: whoever reads it chose the zone.
ROOMY = 500


def compose_message(row: Delivery, channel: Channel) -> ChannelMessage:
    """In the language of whoever reads it there. Raises KeyError for a kind without words."""
    address = row.address
    language, zone = (address.user.language, address.user.timezone) if address.user else (address.language, "")
    with translation.override(reader_language(language)):
        news = _of_notice(row.notification, zone, channel.most_characters >= ROOMY) if row.notification else _of_roster(row.kind)
    return ChannelMessage(kind=row.kind, key=_key(row), urgent=row.urgent, most_characters=channel.most_characters, **news)


def _key(row: Delivery) -> str:
    """A test has no row, and each is another message: a receiver that knows the key of the first would drop the second."""
    return f"message-{row.pk}" if row.pk else f"test-{uuid.uuid4().hex}"


def _of_notice(notice: Notification, zone: str, is_roomy: bool) -> dict[str, str]:
    told = {name: notice.data[name] for name in TOLD if name in notice.data}
    title, _sentence = notice_words(notice.kind, told, to_staff=True)
    due = date_words(datetime.fromisoformat(at), zone, with_zone=is_roomy) if (at := notice.data.get("due_at")) else ""
    return {
        "title": title,
        "reference": notice.ticket.ref,
        "due": _("Due: %(date)s") % {"date": due} if due else "",
        "url": settings.SITE_URL + reverse("desk:ticket", args=[notice.ticket.ref]),
    }


def _of_roster(kind: str) -> dict[str, str]:
    return {"title": str(ROSTER_NOTICE[kind]), "url": settings.SITE_URL + reverse("desk:on_call")}


def date_words(at: datetime, timezone: str, *, with_zone: bool = True) -> str:
    """With weekday and the zone's name, in the active language."""
    zone = zone_of(timezone)
    language = active_language()
    text = due_text({}, at, language, zone)
    if not with_zone:
        return text
    zh, en = ZONE_NAMES.get(zone.key, (zone.key, zone.key))
    return f"{text}（{in_script(zh, language)}）" if in_chinese(language) else f"{text} ({en})"
