"""Letters: one notice or a day's digest as an e-mail in its reader's language, plain and HTML. Reads rows, writes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.unsubscribe import quiet_address
from lib.languages import reader_language
from lib.money import money
from lib.types import Record
from tickets.delivery.channels.email import our_host
from tickets.delivery.letter_facts import asks_for_an_act, decision_lines, running_dates, still_to_do
from tickets.delivery.messages import date_words
from tickets.delivery.reply_addresses import reply_address
from tickets.models import Notification
from tickets.words import EVIDENCE_KIND, TIMER, notice_words
from tickets.workflow import event_row

DATE_AFTER_CLOSING = {"reopening": _("You can ask to reopen it until"), "objection": _("You can object until")}


@dataclass(frozen=True)
class Item:
    """One notice as the templates show it. `dates` are pairs of a name and a date in words."""

    ref: str
    subject: str
    sentence: str
    dates: list[tuple[str, str]]
    kinds: list[str]
    url: str
    still_to_do: str = ""
    ask_url: str = ""


def compose_email(recipient: User, rows: Sequence[Notification]) -> EmailMultiAlternatives:
    """The e-mail to one person for rows whose tickets are loaded. Raises BadHeaderError for a broken address."""
    with translation.override(reader_language(recipient.language)):
        items = [_item(row, recipient) for row in rows]
        subject = _subject(items)
        name = " ".join(recipient.name.split())
        replies = _reply_to(rows, recipient)
        context = {
            "replies": bool(replies),
            "acts": any(map(asks_for_an_act, rows)),
            "items": items,
            "subject": subject,
            "name": name,
            "language": translation.get_language(),
        }
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("mail/notice.txt", context),
            to=[recipient.email],
            reply_to=replies,
            headers=_headers(rows) | _quieting(rows, recipient),
        )
        message.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    return message


def compose_text(recipient: User, rows: Sequence[Notification]) -> str:
    """The text message that says the same to whoever has no address: what it is about, its first date, where it stands."""
    with translation.override(reader_language(recipient.language)):
        items = [_item(row, recipient) for row in rows]
        name, date = items[0].dates[0] if len(items) == 1 and items[0].dates else ("", "")
        words = translation.gettext("%(site)s: %(subject)s. %(due)s%(url)s")
        due = translation.gettext("%(name)s: %(date)s. ") % {"name": name, "date": date} if date else ""
        site = settings.SITE_URL.partition("://")[2]
        url = items[0].url if len(items) == 1 else settings.SITE_URL + reverse("portal:tickets")
        return words % {"site": site, "subject": _subject(items), "due": due, "url": url}


def _subject(items: Sequence[Item]) -> str:
    """The reference stands in it, so that a reply or a search finds the ticket. Never more than one line."""
    if len(items) == 1:
        return " ".join(f"{items[0].subject} · {items[0].ref}".split())
    count = len(items)
    return ngettext("%(count)s update on your complaints", "%(count)s updates on your complaints", count) % {"count": count}


def _item(row: Notification, recipient: User) -> Item:
    owner = row.ticket.owner_id == recipient.pk or bool(row.data.get("to_representative"))
    subject, sentence = notice_words(row.kind, row.data, to_staff=not owner)
    address = reverse("portal:ticket" if owner else "desk:ticket", args=[row.ticket.ref])
    return Item(
        ref=row.ticket.ref,
        subject=subject,
        sentence=sentence,
        still_to_do=still_to_do(row) if owner else "",
        dates=[*_dates(row.data, recipient), *(_running(row, recipient) if owner else ())],
        kinds=[*_kinds(row.data), *((*decision_lines(row), *_sums(row.data, recipient)) if owner else ())],
        url=settings.SITE_URL + address,
        ask_url=settings.SITE_URL + reverse("portal:rating", args=[row.ticket.ref]) if owner and _says_it_is_over(row.kind) else "",
    )


def _says_it_is_over(kind: str) -> bool:
    """Then it asks how it went."""
    event = event_row(kind)
    return event is not None and event.closes


def _reply_to(rows: Sequence[Notification], recipient: User) -> list[str]:
    """An answer lands on one complaint, and only its owner's: the desk writes on its own page, and so does whoever acts for the owner."""
    tickets = {row.ticket for row in rows}
    if len(tickets) > 1 or rows[0].ticket.owner_id != recipient.pk:
        return []
    return list(filter(None, [reply_address(rows[0].ticket.ref, recipient.pk)]))


def _kinds(data: Record) -> list[str]:
    """Evidence a notice is about, by name: what was asked for, or the one that could not be used. And reasons that were said already."""
    named = [*data.get("kinds", ()), data.get("evidence")]
    return [str(EVIDENCE_KIND[kind]) for kind in named if kind in EVIDENCE_KIND] + [str(line) for line in data.get("lines", ())]


def _sums(data: Record, recipient: User) -> list[str]:
    """What came back, of the owner's own: sum, day and reference of the payment."""
    told = [
        (money(row["amount"], row["currency"]), date_words(datetime.fromisoformat(row["at"]), recipient.timezone), row["reference"])
        for row in data.get("sums", ())
    ]
    return [" · ".join(filter(None, parts)) for parts in told]


def _dates(data: Record, recipient: User) -> list[tuple[str, str]]:
    """Dates a notice may carry, in the reader's zone, with weekday and the zone's name."""
    name = TIMER.get(data.get("timer", ""), translation.gettext("Date"))
    found = [(str(name), data.get("due_at")), (translation.gettext("You can expect more by"), data.get("eta_at"))]
    found += [(str(DATE_AFTER_CLOSING[key]), at) for key, at in data.get("dates", ()) if key in DATE_AFTER_CLOSING]
    return [(name, date_words(datetime.fromisoformat(at), recipient.timezone)) for name, at in found if at]


def _running(row: Notification, recipient: User) -> list[tuple[str, str]]:
    return [(name, date_words(at, recipient.timezone)) for name, at in running_dates(row)]


def _quieting(rows: Sequence[Notification], recipient: User) -> dict[str, str]:
    """A customer's digest can be turned off from the mail program, as far as it may be; letters that come at once cannot."""
    if any(row.urgent or row.ticket.owner_id != recipient.pk for row in rows):
        return {}
    return {"List-Unsubscribe": f"<{quiet_address(recipient)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _headers(rows: Sequence[Notification]) -> dict[str, str]:
    """One Message-ID per notice, so that a letter sent twice shows once; letters about one ticket hang together."""
    host = our_host()
    headers = {"Message-ID": f"<notice.{rows[0].pk}.{rows[0].recipient_id}@{host}>", "Auto-Submitted": "auto-generated"}
    refs = {row.ticket.ref for row in rows}
    if len(refs) == 1:
        thread = f"<{refs.pop()}@{host}>"
        headers |= {"References": thread, "In-Reply-To": thread}
    return headers
