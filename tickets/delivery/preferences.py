"""What a customer chose to be told when: applied to notices that wait, before any is claimed. What must come at once always does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import EmailFrequency, Phone, User
from accounts.sms import has_phones
from accounts.unproven import NO_ADDRESS
from lib.zones import zone_of
from tickets.models import Notification
from tickets.workflow import ACTIONS, EVENTS
from tickets.workflow.recipients import Preference

State = Notification.State
NextDigest = Callable[[datetime, str, int], datetime]


def kinds_of(preference: Preference) -> list[str]:
    """Kinds of notices a customer may choose about in this way."""
    return [key for rows in (ACTIONS, EVENTS) for key, row in rows.items() if row.preference == preference]


def apply_choices(now: datetime, next_digest: NextDigest) -> None:
    """Run as often as you like: what is as it was chosen is left alone. A notice that failed keeps the time of its next try."""
    steps, reminders, news = map(kinds_of, (Preference.STEP, Preference.REMINDER, Preference.NEWS))
    waiting = Notification.objects.filter(state=State.PENDING, attempts=0)
    _without_reach(waiting).update(state=State.SHOWN)  # they read it on the page
    to_owners = waiting.filter(recipient=F("ticket__owner"))
    to_owners.filter(kind__in=news, recipient__news_by_mail=EmailFrequency.NEVER).update(state=State.SHOWN)
    hurried = Q(kind__in=news, recipient__news_by_mail=EmailFrequency.AT_ONCE) | Q(
        kind__in=reminders, recipient__reminders_by_mail=EmailFrequency.AT_ONCE
    )
    to_owners.filter(hurried, urgent=False).update(urgent=True, not_before=now)
    to_owners.filter(kind__in=steps, recipient__steps_by_mail=EmailFrequency.DAILY, urgent=True).update(urgent=False)
    _at_their_hour(waiting.filter(urgent=False).exclude(recipient=None), now, next_digest)


def _without_reach(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Of people without an address and without a number: the others get a letter or a text message."""
    reached = Phone.objects.filter(user=OuterRef("recipient")) if has_phones() else Phone.objects.none()
    return rows.filter(~Exists(reached), recipient__email__endswith=f"@{NO_ADDRESS}")


def _at_their_hour(rows: QuerySet[Notification], now: datetime, next_digest: NextDigest) -> None:
    """A digest's notices wait for the hour, and the place, their reader chose."""
    chose = Q(recipient__steps_by_mail=EmailFrequency.DAILY) | ~Q(recipient__digest_hour=User.DIGEST_HOUR) | ~Q(recipient__timezone="")
    for row in rows.filter(chose).select_related("recipient").iterator():
        person = row.recipient
        if person is not None and not _is_its_hour(row.not_before, person):
            rows.filter(pk=row.pk).update(not_before=next_digest(row.created_at, zone_of(person.timezone).key, person.digest_hour))


def _is_its_hour(at: datetime, person: User) -> bool:
    there = at.astimezone(zone_of(person.timezone))
    return (there.hour, there.minute, there.second) == (person.digest_hour, 0, 0)
