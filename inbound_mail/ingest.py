"""One letter onto one complaint, through the operations every message and file goes through: once, however often it comes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from evidence.files import MEGA, FileRefused
from evidence.intake import attach_files, upload_then
from evidence.intake.held_letters import OTHERS_BEGINNING, hold_letter, hold_of_others, original_of, released_letters, set_letter_state
from evidence.kinds import UNSORTED
from evidence.models import EvidenceItem, HeldLetter
from evidence.sandbox.client import SandboxUnavailable, read_letter, read_report
from evidence.sandbox.letter_files import Attachment
from evidence.sandbox.letter_reader import LetterContent
from evidence.vault.sealing import SealBroken
from inbound_mail.beginnings import begin_with, may_begin, our_mailboxes
from inbound_mail.bounces import addresses_in, status_of
from inbound_mail.heads import Head, digest_of, read_head
from inbound_mail.models import Letter
from inbound_mail.words import missed_in_words
from lib.duties.setting_aside import delete_all_or_each, each_key, name_of, waiting_keys
from lib.languages import reader_language
from lib.outbox import Columns, Outbox
from lib.redaction import without_one_time_codes
from tickets.delivery.reply_addresses import target_in
from tickets.models import Ticket
from tickets.operations import post_message, report_bounced_letter, report_held_letter, report_refused_email
from tickets.words.refusals import Audience, code_in_words
from tickets.workflow.errors import Invalid, NotFound, Refusal
from tickets.workflow.inputs import TEXT_LIMIT

log = logging.getLogger(__name__)
Outcome, Reason = Letter.Outcome, HeldLetter.Reason
# What counts toward the letters of an hour.
COUNTED = (Outcome.TAKEN, Outcome.REFUSED, Outcome.HELD, Outcome.EMPTY, Outcome.TOO_LARGE)
# What its owner has sent: they hear of it.
OWN = (Reason.UNREADABLE, Reason.FAILED)

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
    failed=Outcome.HELD,
    lease=STUCK_AFTER,
    columns=Columns("outcome", "tries", next_at="", error="", claimed_at="claimed_at"),
)
# Read letters are not fetched again; this is for a mailbox that forgot what was read.
RETENTION = timedelta(days=90)
MOST_ATTACHMENTS = 15
BATCH = 20


def ingest_email(raw: bytes, now: datetime) -> str:
    """The outcome, or "" while another process is at it. Raises what a broken database or store raises: the letter then comes again."""
    return take_letter(raw, now).outcome


def is_addressed(beginning: bytes) -> bool:
    """Whether it is worth fetching: its head names an address that was made for somebody, or may begin a complaint; no machine sent it."""
    head = read_head(beginning)
    return not head.automatic and (_find_target_ticket(head) is not None or may_begin(head))


def take_letter(raw: bytes, now: datetime) -> Letter:
    """As `ingest_email`, with the row that says what became of it.

    By what the headers say, before anything else of it is read: whose it is, then whether it is one too many, then what is in it.
    """
    head = read_head(raw)
    ticket = _find_target_ticket(head)
    at_once = _outcome_at_once(head, ticket)
    row = {"at": now, "outcome": at_once, "ticket": ticket}
    letter, is_new = Letter.objects.select_related("ticket").get_or_create(digest=digest_of(raw), defaults=row)
    if at_once and is_new:
        reason = Reason.AUTOMATIC if at_once == Outcome.AUTOMATIC else Reason.STRANGER
        hold_of_others(ticket, letter.digest, raw, reason, now)
        if head.is_report or head.doubtful:
            _note_bounce(raw)
    if letter.outcome or not (mine := OUTBOX.claim(letter.pk, now)):
        return letter
    if ticket is None:
        _save_outcome(mine, begin_with(mine, head, raw, now))
    else:
        mine.ticket = ticket
        with translation.override(reader_language(ticket.owner.language)):
            _settle_known(mine, ticket, head, raw, now)
    return Letter.objects.select_related("ticket").get(pk=mine.pk)


def _outcome_at_once(head: Head, ticket: Ticket | None) -> str:
    """Empty for what has to be looked into: it is somebody's, or may begin something."""
    if head.automatic or (ticket is None and head.doubtful):
        return Outcome.AUTOMATIC
    return "" if ticket is not None or may_begin(head) else Outcome.STRANGER


def _note_bounce(raw: bytes) -> None:
    """A letter of ours came back. Who makes up such a report knows no address of ours to put into it."""
    try:
        report = read_report(raw[:OTHERS_BEGINNING])
    except (FileRefused, SandboxUnavailable):
        log.exception("A report of a mail server could not be read")
        return
    found, status = addresses_in(report), status_of(report)
    ticket = _find_target_ticket(Head(addressed=tuple(found)))
    if status is not None and ticket is not None and ticket.owner.email in {each.lower() for each in found}:
        report_bounced_letter(ticket.owner, ticket.ref, status)


def _settle_known(letter: Letter, ticket: Ticket, head: Head, raw: bytes, now: datetime) -> None:
    """The address was made for this complaint's owner: what is doubted waits for a person, and does not vanish."""
    if _too_many(letter, ticket, now):
        _defer_letter(letter, ticket, raw, now)
    elif len(raw) > settings.INBOUND_LARGEST:
        hold_letter(ticket, letter.digest, raw[:OTHERS_BEGINNING], Reason.TOO_LARGE, now)
        _refuse(letter, ticket, Outcome.TOO_LARGE, _too_large())
    elif doubt := _doubt(letter, ticket, head):
        _hold(letter, ticket, raw, doubt, now)
    else:
        _read_and_post(letter, ticket, raw, now)


def _doubt(letter: Letter, ticket: Ticket, head: Head) -> str:
    """Why a person has to look at it; empty: nothing speaks against it."""
    if letter.tries > TRIES:
        return Reason.FAILED
    if not head.sender or head.sender != ticket.owner.email:
        return Reason.SENDER
    return Reason.MACHINE if head.doubtful else ""


def _read_and_post(letter: Letter, ticket: Ticket, raw: bytes, now: datetime) -> None:
    try:
        content = read_letter(raw, sorted(our_mailboxes()))
    except FileRefused:
        _hold(letter, ticket, raw, Reason.UNREADABLE, now)
        return
    except SandboxUnavailable:
        _release_claim(letter)
        raise
    if content.text or content.attachments or content.missed:
        _post_letter(letter, ticket, content)
        kept = bool(letter.refusals) and hold_letter(ticket, letter.digest, raw, Reason.REFUSED, now)
        with transaction.atomic():
            if kept and letter.message is None:
                report_held_letter(ticket.owner, ticket.ref, Reason.REFUSED)
            _finish_letter(letter, ticket)
    else:
        hold_letter(ticket, letter.digest, raw, Reason.EMPTY, now)
        _refuse(letter, ticket, Outcome.EMPTY, _("We found nothing in your e-mail. Please write on the page."))


def take_released(now: datetime) -> int:
    """Letters that a person of the desk let through: read and put on their complaint as their owner's. How many."""
    duty = name_of(take_released)
    found = {held.pk: held for held in released_letters().exclude(pk__in=waiting_keys(duty, now))[:BATCH]}
    return each_key(duty, HeldLetter, found, lambda pk: _take_one_released(found[pk], now), now)


def _take_one_released(held: HeldLetter, now: datetime) -> bool:
    ticket = held.ticket
    if ticket is None:
        return False
    letter, _created = Letter.objects.get_or_create(digest=held.digest, defaults={"at": now, "ticket": ticket})
    letter.ticket = ticket
    _go_on_with(letter, held, ticket)
    try:
        content = read_letter(original_of(held), sorted(our_mailboxes()))
    except (FileRefused, SealBroken, NotFound):
        set_letter_state(held, HeldLetter.State.WAITING, reason=Reason.UNREADABLE)
        return False
    except OSError:
        log.exception("A letter that was let through has to wait")
        return False
    with translation.override(reader_language(ticket.owner.language)):
        _post_letter(letter, ticket, as_a_person_takes_it(content))
        if held.reason == Reason.REFUSED:
            letter.refusals = []  # they were told at once
        _finish_letter(letter, ticket)
    set_letter_state(held, HeldLetter.State.SETTLED)
    return True


def _go_on_with(letter: Letter, held: HeldLetter, ticket: Ticket) -> None:
    """What stands on the complaint already is not put there again. Files are known by their content."""
    if held.reason == Reason.BEGUN:
        letter.message = letter.message or ticket.messages.order_by("pk").first()
        letter.step = max(letter.step, 1)
    elif held.reason == Reason.REFUSED:
        letter.step = 1 if letter.message is not None else 0


def as_a_person_takes_it(content: LetterContent) -> LetterContent:
    """What a machine refuses of a text a person may let through: its codes are masked, and what is too long for one message is folded."""
    text = without_one_time_codes(content.text)
    folded = "\n\n".join(filter(None, (text[TEXT_LIMIT:], content.folded)))
    return replace(content, text=text[:TEXT_LIMIT], folded=folded)


def forget_letters(now: datetime) -> int:
    return delete_all_or_each(name_of(forget_letters), Letter.objects.filter(at__lt=now - RETENTION), now)


def _find_target_ticket(head: Head) -> Ticket | None:
    """The ticket the token opens, for its owner. Who fails learns nothing. What was for a merged complaint is for the one that goes on."""
    target = target_in(head.addressed)
    if target is None:
        return None
    tickets = Ticket.objects.select_related("owner")
    ticket = tickets.filter(ref=target.ref).first()
    if ticket is None or not ticket.owner.is_active or not target.opens(ticket.owner_id):
        return None
    living = ticket.living
    return living if living.owner_id == ticket.owner_id else None


def _too_many(letter: Letter, ticket: Ticket, now: datetime) -> bool:
    """Counted before it is read: reading is what costs."""
    lately = Letter.objects.filter(ticket__owner=ticket.owner_id, at__gt=now - SPAN, outcome__in=COUNTED).exclude(pk=letter.pk)
    return settings.INBOUND_PER_HOUR > 0 and lately.count() >= settings.INBOUND_PER_HOUR


def _defer_letter(letter: Letter, ticket: Ticket, raw: bytes, now: datetime) -> None:
    """Kept for a person as it came, unread; of one that is too large the beginning."""
    large = len(raw) > settings.INBOUND_LARGEST
    reason, words = (Reason.TOO_LARGE, _too_large()) if large else (Reason.TOO_MANY, _waits_behind_many())
    kept = hold_letter(ticket, letter.digest, raw[:OTHERS_BEGINNING] if large else raw, reason, now)
    with transaction.atomic():
        if kept:
            letter.reason = reason
            report_held_letter(ticket.owner, ticket.ref, reason)
        _tell_once_an_hour(letter, ticket, words if kept else _no_room(), now)
        _save_outcome(letter, Outcome.TOO_MANY)


def _tell_once_an_hour(letter: Letter, ticket: Ticket, words: str, now: datetime) -> None:
    """An answer to each would be as many letters again. `letter.reason` says whether it was kept: one is told of both."""
    alike = Letter.objects.filter(ticket__owner=ticket.owner_id, at__gt=now - SPAN, outcome=Outcome.TOO_MANY, reason=letter.reason)
    if not alike.exclude(pk=letter.pk).exists():
        report_refused_email(ticket.owner, ticket.ref, [words])


def _waits_behind_many() -> str:
    return _("You have sent many e-mails within an hour. A colleague looks at this one first. What is urgent please write on the page.")


def _no_room() -> str:
    return _("So many of your e-mails wait for a colleague that we could not keep this one, nor the next ones. Please write on the page.")


def _too_large() -> str:
    words = _("Your e-mail is larger than %(most)s MB. Please bring large files on the page, or in several e-mails.")
    return words % {"most": settings.INBOUND_LARGEST // MEGA}


def _refuse(letter: Letter, ticket: Ticket, outcome: str, words: str) -> None:
    with transaction.atomic():
        report_refused_email(ticket.owner, ticket.ref, [words])
        _save_outcome(letter, outcome)


def _hold(letter: Letter, ticket: Ticket, raw: bytes, reason: str, now: datetime) -> None:
    """Kept as it came. Its owner hears of it where it is their own: else whoever wrote would write to them through us."""
    if not hold_letter(ticket, letter.digest, raw, reason, now):
        if reason in OWN:
            _tell_once_an_hour(letter, ticket, _no_room(), now)
        _save_outcome(letter, Outcome.TOO_MANY)
        return
    letter.reason = reason
    with transaction.atomic():
        if reason in OWN:
            words = _("We could not read your e-mail by ourselves. A colleague will look at it; what is urgent please write on the page.")
            report_refused_email(ticket.owner, ticket.ref, [words])
        report_held_letter(ticket.owner, ticket.ref, reason)
        _save_outcome(letter, Outcome.HELD)


# ---- The text, then each attachment; what is done is counted with what was done, so that nothing is done twice
def _post_letter(letter: Letter, ticket: Ticket, incoming: LetterContent) -> None:
    if letter.step == 0:
        with _record_refusals(letter, _("Your text")), transaction.atomic():
            if said := incoming.text or (_("Files by e-mail, without words.") if incoming.attachments else ""):
                files = min(len(incoming.attachments), MOST_ATTACHMENTS)
                letter.message = post_message(ticket.owner, ticket.ref, {"body": said}, files=files, folded=incoming.folded)
            _finish_step(letter)
    for number, attachment in enumerate(incoming.attachments[:MOST_ATTACHMENTS], 1):
        if letter.step == number:
            _store_attachment(letter, ticket, attachment, number)
    if len(incoming.attachments) > MOST_ATTACHMENTS:
        letter.refusals.append(
            _("We took the first %(most)s attachments. Please send the others in another e-mail.") % {"most": MOST_ATTACHMENTS}
        )
    letter.refusals += [missed_in_words(code) for code, _name in incoming.missed]


def _store_attachment(letter: Letter, ticket: Ticket, attachment: Attachment, number: int) -> None:
    if EvidenceItem.objects.filter(ticket=ticket, sha256=hashlib.sha256(attachment.data).hexdigest()).exists():
        _finish_step(letter)  # the picture of a signature comes with each answer
        return
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


def _finish_letter(letter: Letter, ticket: Ticket) -> None:
    """What could not be taken is said, in the transaction that ends the letter."""
    with transaction.atomic():
        if letter.refusals:
            report_refused_email(ticket.owner, ticket.ref, letter.refusals)
        _save_outcome(letter, Outcome.REFUSED if letter.refusals else Outcome.TAKEN)


def _save_outcome(letter: Letter, outcome: str) -> None:
    """The sentences go with the notice; here only how many there were stays out of the row."""
    Letter.objects.filter(pk=letter.pk).update(outcome=outcome, reason=letter.reason, ticket=letter.ticket, refusals=[])
    log.info("Letter %s: %s %s", letter.digest[:12], outcome, letter.reason)
