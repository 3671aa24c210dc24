"""Sending what waits: claim rows, send outside any transaction, mark. A killed sender's rows are found again."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.mail import get_connection
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from lib.zones import zone_of
from tickets.delivery.emails import compose_email
from tickets.delivery.preferences import apply_choices
from tickets.models import Notification, Ticket

log = logging.getLogger(__name__)

State = Notification.State
Claim = Callable[[datetime], "list[Notification] | None"]
Bundle = tuple[User, list[Notification]]
BATCH = 200
STUCK_AFTER = timedelta(minutes=10)
# A batch that takes longer gives the rest back, well before another sender would take it for stuck.
BUDGET = timedelta(minutes=5)
# After the n-th failed try; one more try than pauses, then the row is failed for good and shows in the admin.
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
TRIES = len(PAUSES) + 1


@lru_cache(maxsize=64)
def next_digest(now: datetime, zone: str, hour: int = User.DIGEST_HOUR) -> datetime:
    """The next 09:00 (or the hour chosen) in the zone: everything that is not urgent waits for it."""
    local = now.astimezone(ZoneInfo(zone))
    at = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def deliver_waiting(now: datetime) -> int:
    """Send every notice due at `now`, in batches until none is left. Returns how many notices went out.

    Never raises for a letter that fails: its rows wait longer each time and fail visibly after TRIES.
    """
    _requeue_stuck(now)
    _turn_to_members(now)
    apply_choices(now, next_digest)
    _fail_inactive_recipients(now)
    return _deliver(_claim_urgent, now) + _deliver(_claim_digests, now)


def _waiting(now: datetime) -> models.QuerySet[Notification]:
    return Notification.objects.filter(state=State.PENDING, not_before__lte=now)


def _requeue_stuck(now: datetime) -> None:
    """Rows of a sender that died. A letter that kills its sender every time uses up its tries too."""
    stuck = Notification.objects.filter(state=State.SENDING, claimed_at__lt=now - STUCK_AFTER)
    stuck.filter(attempts__gte=TRIES).update(state=State.FAILED, last_error="The sender died.")
    stuck.update(state=State.PENDING, not_before=now)


def _turn_to_members(now: datetime) -> None:
    """An urgent notice to a group becomes one for each active member; the group's own row stays for the desk."""
    while True:
        with transaction.atomic():
            to_groups = _waiting(now).filter(recipient=None).order_by("not_before", "id")
            rows = list(to_groups.select_for_update(skip_locked=True)[:BATCH])
            if not rows:
                return
            Notification.objects.bulk_create([copy for row in rows for copy in _copies(row)])
            Notification.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.SHOWN)


def _copies(row: Notification) -> list[Notification]:
    about = Ticket.complained_about.through.objects.filter(ticket=row.ticket_id)
    others = User.objects.exclude(pk__in=about.values("user")).exclude(pk=row.ticket.owner_id)  # what a group hears is among colleagues
    members = list(others.filter(groups__name=row.audience, is_active=True).order_by("pk"))
    called = set(_called_by_name(row)) if members else set()
    copies = [_copy(row, member) for member in members if member.pk not in called]
    if not members:
        log.error("Notice %s of kind %s: nobody is in the group %s", row.pk, row.kind, row.audience)
    return copies


def _called_by_name(row: Notification) -> models.QuerySet[Notification, int | None]:
    """Whoever is on call has a notice of their own of the very same news: one letter is enough."""
    same = Notification.objects.filter(ticket=row.ticket_id, kind=row.kind, created_at=row.created_at, data__on_call=True)
    return same.values_list("recipient", flat=True)


def _copy(row: Notification, member: User) -> Notification:
    """`audience` stays, so that the desk can tell a member's copy from the group's row."""
    names = ("ticket_id", "audience", "kind", "data", "urgent", "state", "created_at", "not_before")
    return Notification(recipient=member, **{name: getattr(row, name) for name in names})


def _fail_inactive_recipients(now: datetime) -> None:
    gone = _waiting(now).filter(recipient__is_active=False)
    gone.update(state=State.FAILED, last_error="The recipient's account is not active.")


# ---- Claiming
def _claim_urgent(now: datetime) -> list[Notification] | None:
    """The next batch of notices that go out one by one; None when none waits."""
    with transaction.atomic():
        due = _waiting(now).filter(urgent=True).exclude(recipient=None).order_by("not_before", "id")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        return _claim_rows(ids) if ids else None


def _claim_digests(now: datetime) -> list[Notification] | None:
    """All that waits for the next batch of people; None when nobody waits.

    Locking people, not rows: two senders never share one person's digest. Whoever was told today waits for tomorrow.
    """
    with transaction.atomic():
        mine = _waiting(now).filter(urgent=False, recipient=OuterRef("pk"))
        to_tell = User.objects.filter(Exists(mine)).order_by("pk")
        people = list(to_tell.select_for_update(skip_locked=True, no_key=True)[:BATCH])
        if not people:
            return None
        told = _told_today(people, now)
        waiting = _waiting(now).filter(urgent=False)
        for person in people:
            if person.pk in told:
                waiting.filter(recipient=person).update(not_before=next_digest(now, zone_of(person.timezone).key, person.digest_hour))
        ids = waiting.filter(recipient__in=people).values_list("pk", flat=True)
        return _claim_rows(list(ids))


def _told_today(people: Iterable[User], now: datetime) -> set[int]:
    """Those who already had, or are just being sent, a digest on the day it is where they live."""
    lately = Q(state=State.SENT, sent_at__gte=now - timedelta(days=2)) | Q(state=State.SENDING)
    sent = Notification.objects.filter(lately, recipient__in=people, urgent=False)
    last = dict(sent.values_list("recipient").annotate(at=Max(Coalesce("sent_at", "claimed_at"))))
    return {person.pk for person in people if person.pk in last and _same_day(last[person.pk], now, zone_of(person.timezone))}


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _claim_rows(ids: list[int]) -> list[Notification]:
    rows = Notification.objects.filter(pk__in=ids)
    rows.update(state=State.SENDING, claimed_at=timezone.now(), attempts=F("attempts") + 1)
    return list(rows.select_related("ticket", "recipient").order_by("id"))


# ---- Sending
def _deliver(claim: Claim, now: datetime) -> int:
    sent = 0
    while (rows := claim(now)) is not None:
        sent += _send(rows)
    return sent


def _send(rows: Sequence[Notification]) -> int:
    """Send a claimed batch over one connection. Returns how many rows went out."""
    office = _PostOffice()
    sent, begun = 0, timezone.now()
    for person, bundle in _bundles(rows):
        if timezone.now() - begun > BUDGET:
            _give_back(bundle)
        elif error := office.send(person, bundle):
            _mark_failed(bundle, error)
        else:
            _mark_sent(bundle)
            sent += len(bundle)
    office.close()
    return sent


def _bundles(rows: Sequence[Notification]) -> list[Bundle]:
    """What goes into one letter: an urgent notice alone, the rest by person."""
    addressed = [(row.recipient, row) for row in rows if row.recipient]
    digests: dict[User, list[Notification]] = {}
    for person, row in addressed:
        if not row.urgent:
            digests.setdefault(person, []).append(row)
    return [(person, [row]) for person, row in addressed if row.urgent] + list(digests.items())


class _PostOffice:
    """One connection to the mail server. A letter it refuses costs that letter; a server that is away, the batch."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._away = ""

    def send(self, person: User, bundle: list[Notification]) -> str:
        """Returns "" or what went wrong."""
        if self._away:
            return self._away
        try:
            self._connection.open()
        except OSError as error:  # smtplib's exceptions are OSErrors
            self._away = _error_text(error)
            return self._away
        return self._hand_over(person, bundle)

    def _hand_over(self, person: User, bundle: list[Notification]) -> str:
        try:
            self._connection.send_messages([compose_email(person, bundle)])
        except Exception as error:  # whatever is wrong with one letter must not hold up the others
            log.exception("Notice %s was not sent", bundle[0].pk)
            self.close()
            return _error_text(error)
        return ""

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._connection.close()


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


# ---- Marking
def _rows(bundle: Sequence[Notification]) -> models.QuerySet[Notification]:
    """Still ours: a row taken for stuck and claimed again belongs to somebody else."""
    ids = [row.pk for row in bundle]
    return Notification.objects.filter(pk__in=ids, state=State.SENDING, claimed_at=bundle[0].claimed_at)


def _mark_sent(bundle: Sequence[Notification]) -> None:
    _rows(bundle).update(state=State.SENT, sent_at=timezone.now(), last_error="")


def _give_back(bundle: Sequence[Notification]) -> None:
    _rows(bundle).update(state=State.PENDING, attempts=F("attempts") - 1)


def _mark_failed(bundle: Sequence[Notification], error: str) -> None:
    now = timezone.now()
    used_up = [row for row in bundle if row.attempts >= TRIES]
    if used_up:
        _rows(used_up).update(state=State.FAILED, last_error=error)
    for tries in {row.attempts for row in bundle if row.attempts < TRIES}:
        again = [row for row in bundle if row.attempts == tries]
        _rows(again).update(state=State.PENDING, not_before=now + PAUSES[tries - 1], last_error=error)
