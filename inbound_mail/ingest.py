"""One letter onto one complaint, through the operations every message and file goes through: once, however often it comes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from evidence.intake import attach_files, upload_then
from evidence.kinds import UNSORTED
from evidence.models import EvidenceItem
from inbound_mail.models import Letter
from inbound_mail.parsing import Attachment, Incoming, digest_of, parse_email
from lib.languages import reader_language
from lib.outbox import Columns, Outbox
from tickets.delivery.reply_addresses import target_in
from tickets.models import Ticket
from tickets.operations import post_message, report_refused_email
from tickets.words.refusals import Audience, code_in_words
from tickets.workflow.errors import Invalid, Refusal

log = logging.getLogger(__name__)
Outcome = Letter.Outcome

SPAN = timedelta(hours=1)
# A taker that died is followed by another after this; a letter that kills its taker every time is given up.
STUCK_AFTER = timedelta(minutes=10)
TRIES = 5
# Nothing goes out here, but a letter is claimed like what does. The mailbox brings it again, so there are no pauses.
OUTBOX = Outbox(
    Letter,
    goes_out=False,
    waiting=("",),
    sent=Outcome.TAKEN,
    failed=Outcome.FAILED,
    lease=STUCK_AFTER,
    columns=Columns("outcome", "tries", next_at="", error="", claimed_at="claimed_at"),
)
MOST_ATTACHMENTS = 15


def ingest_email(raw: bytes, now: datetime) -> str:
    """The outcome, or "" while another process is at it. Raises what a broken database or store raises: the letter then comes again."""
    letter, _created = Letter.objects.get_or_create(digest=digest_of(raw), defaults={"at": now})
    if letter.outcome or not (mine := OUTBOX.claim(letter.pk, now)):
        return letter.outcome
    letter = mine
    if letter.tries > TRIES:
        return _save_outcome(letter, Outcome.FAILED)
    return _ingest_claimed(letter, parse_email(raw), now)


def _ingest_claimed(letter: Letter, incoming: Incoming, now: datetime) -> str:
    if incoming.automatic:
        return _save_outcome(letter, Outcome.AUTOMATIC)
    ticket = _find_target_ticket(incoming)
    if ticket is None:
        return _save_outcome(letter, Outcome.STRANGER)
    letter.ticket = ticket
    if not incoming.text and not incoming.attachments:
        return _save_outcome(letter, Outcome.EMPTY)
    with translation.override(reader_language(ticket.owner.language)):
        if _too_many(ticket, now):
            return _defer_letter(letter, ticket, now)
        return _post_letter(letter, ticket, incoming)


def _find_target_ticket(incoming: Incoming) -> Ticket | None:
    """The ticket, where the token was made for its owner and the letter is from the owner's address. Who fails learns nothing."""
    target = target_in(incoming.addressed)
    if target is None:
        return None
    ticket = Ticket.objects.select_related("owner").filter(ref=target.ref).first()
    if ticket is None or not target.opens(ticket.owner_id):
        return None
    return ticket if ticket.owner.is_active and ticket.owner.email == incoming.sender else None


def _too_many(ticket: Ticket, now: datetime) -> bool:
    lately = Letter.objects.filter(ticket__owner=ticket.owner_id, at__gt=now - SPAN, outcome__in=[Outcome.TAKEN, Outcome.REFUSED])
    return settings.INBOUND_PER_HOUR > 0 and lately.count() >= settings.INBOUND_PER_HOUR


def _defer_letter(letter: Letter, ticket: Ticket, now: datetime) -> str:
    """Told once an hour: an answer to each would be as many letters again."""
    if not Letter.objects.filter(ticket__owner=ticket.owner_id, at__gt=now - SPAN, outcome=Outcome.TOO_MANY).exists():
        report_refused_email(
            ticket.owner, ticket.ref, [_("You have sent many e-mails within an hour. Please write on the page, or again later.")]
        )
    return _save_outcome(letter, Outcome.TOO_MANY)


# ---- The text, then each attachment; what is done is counted with what was done, so that nothing is done twice
def _post_letter(letter: Letter, ticket: Ticket, incoming: Incoming) -> str:
    if letter.step == 0:
        with _record_refusals(letter, _("Your text")), transaction.atomic():
            if incoming.text:
                files = min(len(incoming.attachments), MOST_ATTACHMENTS)
                letter.message = post_message(ticket.owner, ticket.ref, {"body": incoming.text}, files=files)
            _finish_step(letter)
    for number, attachment in enumerate(incoming.attachments[:MOST_ATTACHMENTS], 1):
        if letter.step == number:
            _store_attachment(letter, ticket, attachment, number)
    if len(incoming.attachments) > MOST_ATTACHMENTS:
        letter.refusals.append(
            _("We took the first %(most)s attachments. Please send the others in another e-mail.") % {"most": MOST_ATTACHMENTS}
        )
    return _finish_letter(letter, ticket)


def _store_attachment(letter: Letter, ticket: Ticket, attachment: Attachment, number: int) -> None:
    file = ContentFile(attachment.data, name=attachment.name)
    with _record_refusals(letter, _("Attachment %(number)s") % {"number": number}):
        upload_then(ticket.owner, ticket.ref, {"kind": UNSORTED}, file, then=_attach_and_count(letter))


def _attach_and_count(letter: Letter) -> Callable[[EvidenceItem], None]:
    """Inside the item's transaction: it stands under the text it came with, where there was any."""

    def attach(item: EvidenceItem) -> None:
        if letter.message is not None:
            attach_files(letter.message, [item.pk])
        _finish_step(letter)

    return attach


@contextmanager
def _record_refusals(letter: Letter, about: str) -> Iterator[None]:
    """A refusal becomes words for the customer. Where the store is away the letter is left, and comes again."""
    step = letter.step
    try:
        yield
    except Refusal as refusal:
        if refusal.status >= 500:
            _release_claim(letter)
            raise
        words = (
            [text for texts in refusal.errors.values() for text in texts]
            if isinstance(refusal, Invalid)
            else [code_in_words(refusal.code, Audience.CUSTOMER)]
        )
        letter.step = step
        letter.refusals.append(": ".join(filter(None, (about, " ".join(words)))))
        _finish_step(letter)


def _finish_step(letter: Letter) -> None:
    letter.step += 1
    Letter.objects.filter(pk=letter.pk).update(step=letter.step, refusals=letter.refusals, ticket=letter.ticket, message=letter.message)


def _release_claim(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(claimed_at=None, tries=0)


def _finish_letter(letter: Letter, ticket: Ticket) -> str:
    """What could not be taken is said, in the transaction that ends the letter."""
    with transaction.atomic():
        if letter.refusals:
            report_refused_email(ticket.owner, ticket.ref, letter.refusals)
        return _save_outcome(letter, Outcome.REFUSED if letter.refusals else Outcome.TAKEN)


def _save_outcome(letter: Letter, outcome: str) -> str:
    """The sentences go with the notice; here only how many there were stays out of the row."""
    Letter.objects.filter(pk=letter.pk).update(outcome=outcome, ticket=letter.ticket, refusals=[])
    log.info("Letter %s: %s", letter.digest[:12], outcome)
    return outcome
