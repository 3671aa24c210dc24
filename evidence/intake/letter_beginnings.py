"""An e-mail that begins a complaint: kept sealed until its sender has proven the address, then a draft of theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from evidence.files import FileRefused
from evidence.intake.held_letters import KEPT_FOR, forget, keep_letter, original_of
from evidence.models import HeldLetter
from evidence.sandbox.client import read_letter
from evidence.sandbox.letter_reader import LetterContent
from lib.keyring import digest
from tickets.models import Ticket
from tickets.operations.beginnings import begin_by_letter
from tickets.workflow import Block, NotFound, Refusal

State = HeldLetter.State
SALT = PURPOSE = "a complaint begun by e-mail"
# Within a day: who sends more has been asked already.
MOST_OF_SENDER, SPAN = 3, timedelta(days=1)


def keep_beginning(sender: str, letter: str, raw: bytes, reason: str, now: datetime) -> HeldLetter | None:
    """None where this sender, or all of them, have begun as many as may be. `letter`: its digest. Raises OSError."""
    if known := HeldLetter.objects.filter(digest=letter).first():
        return known
    lately, of = HeldLetter.objects.filter(at__gt=now - SPAN).exclude(sender=""), _digest(sender)
    if lately.filter(sender=of).count() >= MOST_OF_SENDER or lately.count() >= settings.INBOUND_BEGINNINGS_PER_DAY:
        return None
    return keep_letter(None, letter, raw, reason, now, of)


def link_to_begin(letter: HeldLetter) -> str:
    """Only we can make it, and it opens nothing by itself: whoever follows it proves the address first."""
    return settings.SITE_URL + reverse("portal:begin", args=[signing.TimestampSigner(salt=SALT).sign(str(letter.pk))])


def find_beginning(person: User, signed: str) -> HeldLetter:
    """Raises NotFound: too old, not ours, another's."""
    try:
        pk = signing.TimestampSigner(salt=SALT).unsign(signed, max_age=KEPT_FOR)
    except signing.BadSignature as error:
        raise NotFound from error
    found = HeldLetter.objects.filter(pk=pk, reason=HeldLetter.Reason.BEGUN, sender=_digest(person.email)).select_related("file", "ticket")
    if (letter := found.first()) is None or (letter.file is None and letter.ticket is None):
        raise NotFound
    return letter


def content_of(letter: HeldLetter) -> LetterContent:
    """Nothing where it cannot be read: its sender writes it on the page. Raises SealBroken, OSError."""
    try:
        return read_letter(original_of(letter))
    except FileRefused:
        return LetterContent()


def begin_complaint(person: User, letter: HeldLetter, category: str, content: LetterContent) -> Ticket:
    """The draft; the same one for who presses twice. Its files follow by the door for e-mail. Raises Invalid, TooManyFilings."""
    with transaction.atomic():
        mine = HeldLetter.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=letter.pk)
        if mine.ticket is not None:
            return mine.ticket
        if mine.state != State.WAITING:
            raise Refusal(Block("WRONG_STATUS"))
        mine.ticket = begin_by_letter(person, category, content.text, content.folded, mine.at)
        mine.state = State.RELEASED
        mine.save(update_fields=["ticket", "state"])
    return mine.ticket


def forget_beginnings_of(person: User) -> int:
    return forget(HeldLetter.objects.filter(sender=_digest(person.email)))


def _digest(address: str) -> str:
    return digest(PURPOSE, address.strip().lower())
