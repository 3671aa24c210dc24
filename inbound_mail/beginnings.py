"""A complaint that begins with an e-mail: which letter may, how many, and what its sender is asked."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import getaddresses

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.letters import queue_letter
from accounts.new_accounts import account_with
from accounts.reserved_addresses import is_reserved
from accounts.roles import is_staff_member
from evidence.files import MEGA
from evidence.intake.held_letters import KEPT_FOR, OTHERS_BEGINNING, hold_of_others
from evidence.intake.letter_beginnings import keep_beginning, link_to_begin
from evidence.models import HeldLetter
from inbound_mail.heads import Head
from inbound_mail.models import Letter
from lib.dates import moment_text, with_zone
from lib.languages import reader_language
from tickets.delivery.reply_addresses import target_in

OFF, KNOWN, ANYONE = "off", "known", "anyone"
Outcome, Reason = Letter.Outcome, HeldLetter.Reason
HAN = re.compile("[\u3400-\u9fff]")


def may_begin(head: Head) -> bool:
    """A person's own letter to the desk itself. What carries a token answers something, right or wrong: it never begins anything."""
    if settings.INBOUND_BEGINS == OFF or head.automatic or head.doubtful or not head.sender:
        return False
    if target_in(head.addressed) is not None or our_mailboxes().isdisjoint(each.lower() for each in head.addressed):
        return False
    person = account_with(head.sender)
    if person is None:
        return settings.INBOUND_BEGINS == ANYONE and not is_reserved(head.sender)
    return person.is_active and not person.is_service and not is_staff_member(person)


def our_mailboxes() -> set[str]:
    """Those that letters of ours come from, as people and quotations name them."""
    named = getaddresses([settings.DEFAULT_FROM_EMAIL, settings.REPLY_ADDRESS])
    return {address.lower() for _name, address in named if address}


def begin_with(letter: Letter, head: Head, raw: bytes, now: datetime) -> str:
    """What became of it. Nothing of its body is read: a From line proves nobody. Raises OSError."""
    is_large = len(raw) > settings.INBOUND_LARGEST
    reason = Reason.TOO_LARGE if is_large else Reason.BEGUN
    held = keep_beginning(head.sender, letter.digest, raw[:OTHERS_BEGINNING] if is_large else raw, reason, now)
    if held is None:
        hold_of_others(None, letter.digest, raw, Reason.STRANGER, now)
        return Outcome.TOO_MANY
    with transaction.atomic():
        # By the row, so that a letter that comes again after a crash is not answered twice.
        if Letter.objects.filter(pk=letter.pk, step=0).update(step=1):
            _ask(head, held, now)
    return Outcome.TOO_LARGE if is_large else Outcome.BEGUN


def _ask(head: Head, held: HeldLetter, now: datetime) -> None:
    person = account_with(head.sender)
    with translation.override(reader_language(person.language) if person else _language_of(head.subject)):
        lines = _too_large() if held.reason == Reason.TOO_LARGE else _rest(held, now)
        lines.append(_("If you did not write to us, there is nothing to do: nobody can go on with it but you."))
        mail = EmailMessage(_("Your e-mail to us: one step is missing"), "\n\n".join(lines), settings.DEFAULT_FROM_EMAIL, [head.sender])
        mail.extra_headers["Auto-Submitted"] = "auto-replied"
        queue_letter(mail, has_code=False)


def _rest(held: HeldLetter, now: datetime) -> list[str]:
    return [
        _("Your e-mail has arrived, with its files. It is not a complaint yet: for that we need a few answers from you."),
        _("Please open this page, and sign in with a code that we send to this address:"),
        link_to_begin(held),
        _("What you wrote stands there already. We keep it until %(until)s.") % {"until": with_zone(moment_text(now + KEPT_FOR))},
    ]


def _too_large() -> list[str]:
    words = _("Your e-mail is larger than %(most)s MB, so we could not take it. Please begin on this page; there is room for files:")
    return [words % {"most": settings.INBOUND_LARGEST // MEGA}, settings.SITE_URL + reverse("portal:file")]


def _language_of(subject: str) -> str:
    """Of somebody we do not know: that of their subject, or the desk's where it says nothing."""
    if not subject.strip() or HAN.search(subject):
        return settings.LANGUAGE_CODE
    return "en"
