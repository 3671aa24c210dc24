"""What of the mailbox administrators have to see to: letters nobody looks at, letters that fail, and many of nobody's within a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.letters import queue_letter
from evidence.intake.held_letters import NOT_WAITING
from evidence.models import HeldLetter
from lib.duties.alarms import alarm_readers
from lib.duties.models import Failure
from lib.duties.setting_aside import forget, record_failure
from lib.types import Text

State, Reason = HeldLetter.State, HeldLetter.Reason
DUTY = "evidence.letters_not_taken"
# Longer than a weekend no e-mail of a customer should lie unread. Where so many of a day are nobody's, it is our addresses that are wrong.
WAITED, A_DAY, MANY = timedelta(days=3), timedelta(days=1), 20
WORDS: Mapping[str, Text] = {
    "waiting": gettext_lazy("E-mails of customers that nobody of the desk has looked at for days: %(count)s."),
    "failed": gettext_lazy("E-mails of customers that the desk could not read by itself: %(count)s."),
    "strangers": gettext_lazy(
        "E-mails within a day that answer no letter of ours: %(count)s. If there are answers among them, look whether the mail server"
        " keeps what stands behind the “+” of our addresses."
    ),
}


class LettersNotTaken(Exception):
    """Nothing failed: somebody has to look."""


def letters_to_see_to(now: datetime) -> Mapping[str, int]:
    """By the keys of WORDS, how many; what needs nobody is left out."""
    waiting = HeldLetter.objects.filter(state=State.WAITING)
    strangers = waiting.filter(reason=Reason.STRANGER, at__gt=now - A_DAY).count()
    found = {
        "waiting": waiting.exclude(reason__in=NOT_WAITING).filter(at__lt=now - WAITED).count(),
        "failed": waiting.filter(reason__in=(Reason.FAILED, Reason.UNREADABLE)).count(),
        "strangers": strangers if strangers >= MANY else 0,
    }
    return {key: count for key, count in found.items() if count}


def sentences(found: Mapping[str, int]) -> Sequence[str]:
    """In the active language."""
    return [str(WORDS[key]) % {"count": count} for key, count in found.items()]


def tell_of_letters(now: datetime) -> int:
    """Each alarm is told to the administrators once, by letter, until it is over. How many were told."""
    found = letters_to_see_to(now)
    for key in WORDS.keys() - found.keys():
        forget(DUTY, key)
    known = set(Failure.objects.filter(duty=DUTY).values_list("key", flat=True))
    fresh = {key: count for key, count in found.items() if key not in known}
    if fresh:
        with transaction.atomic():
            for key, count in fresh.items():
                record_failure(DUTY, key, f"{count} ({key})", LettersNotTaken(f"{count} {key}"), now)
            Failure.objects.filter(duty=DUTY, key__in=fresh).update(told_at=now)
            _send(fresh)
    return len(fresh)


def _send(found: Mapping[str, int]) -> None:
    for language, addresses in alarm_readers().items():
        with translation.override(language):
            body = "\n\n".join([*sentences(found), settings.SITE_URL + reverse("desk:letters")])
            subject = _("E-mails that were not taken")
        for address in addresses:
            queue_letter(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address]), has_code=False)
