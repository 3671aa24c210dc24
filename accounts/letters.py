"""Letters about signing in and about the account: a row first, sealed, sent by a task after the commit. No request waits for mail."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

from celery import current_app, shared_task
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone

from accounts.mail_outage import is_resting, note_answer, note_away
from accounts.models import Letter
from lib.background import enqueue
from lib.duties.setting_aside import delete_all_or_each
from lib.encryption import fernet_for
from lib.mail_connection import MailConnection, MailServerAway, error_text
from lib.outbox import Outbox
from lib.types import Record

log = logging.getLogger(__name__)

State = Letter.State
PURPOSE = "accounts letter"
# After the n-th time that the letter itself was refused: whoever waits for a code waits with the phone in the hand.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 60, 60, 600, 3600))
# Above the longest talk with a server: a few of its steps at the mail timeout each.
LEASE = timedelta(seconds=90)
RUN = timedelta(seconds=15)
# A row is kept a day longer than its letter: whoever looks into a missing code sees what became of it.
RETENTION = timedelta(days=1)
CODE_IS_USEFUL = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


def _still_useful(now: datetime) -> Q:
    return Q(useful_until__gt=now)


OUTBOX = Outbox(Letter, waiting=(State.WAITING,), sent=State.SENT, failed=State.FAILED, pauses=PAUSES, lease=LEASE, eligible=_still_useful)


def queue_letter(message: EmailMessage, *, has_code: bool) -> Letter:
    """Write it down and hand it to a task after the commit. A letter with a code is of use while the code works."""
    now = timezone.now()
    until = now + (CODE_IS_USEFUL if has_code else settings.PROOF_SETTLES)
    row = Letter.objects.create(sealed=_seal(message), created_at=now, next_at=now, useful_until=until)
    if current_app.conf.task_always_eager:  # no worker, and perhaps no commit either: a test's transaction ends in none
        send_letter(row.pk, now)
    else:
        enqueue(send_letter_task, row.pk)
    return row


def send_waiting(now: datetime) -> int:
    """Send what a lost task or an absent server left, and give up on what is of no use any more. How many went out."""
    _give_up(now)
    return 0 if is_resting(now) else OUTBOX.run(now, send_letter, limit=RUN).sent


def send_letter(pk: int, now: datetime) -> bool | None:
    """One letter, outside any transaction. True when it went out, False when it was refused, None when it waits or is not due."""
    if is_resting(now):
        return None
    row = OUTBOX.claim(pk, now)
    if row is None:
        return None
    mail = MailConnection()
    try:
        mail.send(_open(row.sealed))
    except MailServerAway as away:
        note_away(str(away), now)
        OUTBOX.postpone(row, until=now, error=str(away))
        return None
    except Exception as error:  # whatever is wrong with one letter must not hold up the others
        log.exception("Letter %s was not sent, try %s", row.pk, row.attempts)
        OUTBOX.mark_failed(row, error=error_text(error), now=now, sealed="" if OUTBOX.is_used_up(row) else row.sealed)
        return False
    finally:
        mail.close()
    OUTBOX.mark_sent(row, sealed="")
    note_answer(now)
    return True


def forget_old(now: datetime) -> int:
    return delete_all_or_each("accounts.forget_letters", Letter.objects.filter(useful_until__lt=now - RETENTION), now)


def _give_up(now: datetime) -> None:
    late = Letter.objects.filter(state=State.WAITING, useful_until__lte=now)
    if count := late.update(state=State.FAILED, sealed=""):
        log.error("%s letters were given up: what they say is of no use any more", count)


# ---- Sealing
def _seal(message: EmailMessage) -> str:
    said = {
        "subject": message.subject,
        "body": message.body,
        "from_email": message.from_email,
        "to": list(message.to),
        "headers": dict(message.extra_headers),
        "alternatives": [list(each) for each in getattr(message, "alternatives", [])],
        "subtype": message.content_subtype,
    }
    return fernet_for(PURPOSE).encrypt(json.dumps(said).encode()).decode()


def _open(sealed: str) -> EmailMessage:
    said: Record = json.loads(fernet_for(PURPOSE).decrypt(sealed.encode()))
    message = EmailMultiAlternatives(**{name: said[name] for name in ("subject", "body", "from_email", "to", "headers")})
    message.content_subtype = str(said["subtype"])
    for content, kind in said["alternatives"]:
        message.attach_alternative(content, kind)
    return message


def recipients_of(row: Letter) -> frozenset[str]:
    """Addresses, in small letters; none where it was sealed under a key that is gone."""
    try:
        return frozenset(address.lower() for address in _open(row.sealed).to)
    except InvalidToken:
        return frozenset()


@shared_task(name="accounts.send_letter", acks_late=True, ignore_result=True)
def send_letter_task(pk: int) -> None:
    send_letter(pk, timezone.now())
