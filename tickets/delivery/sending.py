"""Letters: claim notices that wait, send them outside any transaction, mark. Other channels are deliveries.py's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.mail_outage import is_resting, note_answer, note_away
from accounts.models import User
from accounts.phones import number_of
from accounts.sms import call_gateway
from accounts.unproven import NO_ADDRESS
from lib.mail_connection import MailConnection, MailServerAway, error_text
from lib.outbox import Columns, Outbox
from lib.zones import zone_of
from tickets.delivery.emails import compose_email, compose_text
from tickets.delivery.groups import copy_to_representatives, turn_to_members
from tickets.delivery.preferences import apply_choices
from tickets.models import Notification

log = logging.getLogger(__name__)

State = Notification.State
Claim = Callable[[datetime], "list[Notification] | None"]
Bundle = tuple[User, list[Notification]]
BATCH = 200
STUCK_AFTER = timedelta(minutes=10)
# A batch that takes longer gives the rest back, well before another sender would take it for stuck.
BUDGET = timedelta(minutes=5)
URGENT_BUDGET = timedelta(seconds=40)
# After the n-th failed try; one more try than pauses, then the row is failed for good and shows in the admin.
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
OUTBOX = Outbox(
    Notification,
    waiting=(State.PENDING,),
    held=State.SENDING,
    sent=State.SENT,
    failed=State.FAILED,
    pauses=PAUSES,
    lease=STUCK_AFTER,
    batch=BATCH,
    columns=Columns(next_at="not_before", error="last_error", claimed_at="claimed_at"),
)
_BY_TEXT = Q(recipient__email__endswith=f"@{NO_ADDRESS}")
TRIES = OUTBOX.most_tries


@lru_cache(maxsize=64)
def next_digest(now: datetime, zone: str, hour: int = User.DIGEST_HOUR) -> datetime:
    """The next 09:00 (or the hour chosen) in the zone: everything that is not urgent waits for it."""
    local = now.astimezone(ZoneInfo(zone))
    at = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def deliver_waiting(now: datetime) -> int:
    """Send every notice due at `now`, in batches until none is left. Returns how many notices went out.

    Never raises for a letter that fails: its rows wait longer each time and fail visibly after TRIES. While the mail server is away all
    wait for it, and no try is counted.
    """
    return deliver_urgent(now) + _deliver(_claim_digests, now, BUDGET)


def deliver_urgent(now: datetime) -> int:
    """The same for what goes out at once. It takes no longer than others of its queue may be kept waiting."""
    OUTBOX.recover(now)
    turn_to_members(now)
    copy_to_representatives(now)
    apply_choices(now, next_digest)
    _fail_inactive_recipients(now)
    _drop_outdated_warnings(now)
    return _deliver_texts(now) + _deliver(_claim_urgent, now, URGENT_BUDGET)


def _deliver_texts(now: datetime) -> int:
    """What goes to people without an address, to their number: at once, or for a digest at its hour. No mail server is waited for."""
    sent, begun = 0, timezone.now()
    while timezone.now() - begun <= URGENT_BUDGET / 2 and (rows := _claim_texts(now)) is not None:
        sent += sum(_send_text(person, bundle) for person, bundle in _bundles(rows))
    return sent


def _claim_texts(now: datetime) -> list[Notification] | None:
    with transaction.atomic():
        due = OUTBOX.due(now).filter(_BY_TEXT).order_by("not_before", "id")
        ids = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
        return _claim_rows(ids) if ids else None


def _send_text(person: User, bundle: list[Notification]) -> int:
    """How many rows went out with one message. A gateway that refuses is tried again like a mail server."""
    error = "There is no proven number any more."
    if number := number_of(person):
        error = call_gateway(f"notice-{bundle[0].pk}", number, compose_text(person, bundle))
    if error:
        OUTBOX.mark_failed(*bundle, error=error, now=timezone.now())
        return 0
    OUTBOX.mark_sent(*bundle, sent_at=timezone.now())
    return len(bundle)


def _fail_inactive_recipients(now: datetime) -> None:
    gone = OUTBOX.due(now).filter(recipient__is_active=False)
    gone.update(state=State.FAILED, last_error="The recipient's account is not active.")


def _drop_outdated_warnings(now: datetime) -> None:
    """What waited for a digest, or for a mail server, until the deadline it warns of was over."""
    warnings = OUTBOX.due(now).filter(kind="timer.warned", data__due_at__lt=now.astimezone(UTC).isoformat())
    warnings.update(state=State.SHOWN)


# ---- Claiming
def _claim_urgent(now: datetime) -> list[Notification] | None:
    """The next batch of notices that go out one by one; None when none waits."""
    with transaction.atomic():
        due = OUTBOX.due(now).filter(~_BY_TEXT, urgent=True).exclude(recipient=None).order_by("not_before", "id")
        ids = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
        return _claim_rows(ids) if ids else None


def _claim_digests(now: datetime) -> list[Notification] | None:
    """All that waits for the next batch of people; None when nobody waits.

    Locking people, not rows: two senders never share one person's digest. Whoever was told today waits for tomorrow.
    """
    with transaction.atomic():
        mine = OUTBOX.due(now).filter(urgent=False, recipient=OuterRef("pk"))
        to_tell = User.objects.filter(Exists(mine)).exclude(email__endswith=f"@{NO_ADDRESS}").order_by("pk")
        people = list(to_tell.select_for_update(skip_locked=True, no_key=True)[:BATCH])
        if not people:
            return None
        told = _told_today(people, now)
        waiting = OUTBOX.due(now).filter(urgent=False)
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
    rows = OUTBOX.claim_all(ids, timezone.now())
    return list(rows.select_related("ticket", "recipient").order_by("id"))


# ---- Sending
def _deliver(claim: Claim, now: datetime, budget: timedelta) -> int:
    """Batch by batch; after half of the budget none is begun any more, nor while the mail server is away."""
    sent, begun = 0, timezone.now()
    while timezone.now() - begun <= budget / 2 and not is_resting(now) and (rows := claim(now)) is not None:
        sent += _send(rows, now, budget)
    return sent


def _send(rows: Sequence[Notification], now: datetime, budget: timedelta) -> int:
    """Send a claimed batch over one connection. Returns how many rows went out. What a server that is away did not take waits as before."""
    mail = MailConnection()
    sent, begun, away = 0, timezone.now(), ""
    for person, bundle in _bundles(rows):
        if away:
            OUTBOX.postpone(*bundle, until=now, error=away)
        elif timezone.now() - begun > budget:
            OUTBOX.give_back(*bundle)
        else:
            try:
                sent += _send_bundle(mail, person, bundle)
            except MailServerAway as error:
                away = str(error)
                note_away(away, now)
                OUTBOX.postpone(*bundle, until=now, error=away)
    mail.close()
    if sent:
        note_answer(now)
    return sent


def _bundles(rows: Sequence[Notification]) -> list[Bundle]:
    """What goes into one letter: an urgent notice alone, the rest by person."""
    addressed = [(row.recipient, row) for row in rows if row.recipient]
    digests: dict[User, list[Notification]] = {}
    for person, row in addressed:
        if not row.urgent:
            digests.setdefault(person, []).append(row)
    return [(person, [row]) for person, row in addressed if row.urgent] + list(digests.items())


def _send_bundle(mail: MailConnection, person: User, bundle: list[Notification]) -> int:
    """How many rows went out with one letter. Raises MailServerAway."""
    mail.open()
    try:
        mail.send(compose_email(person, bundle))
    except MailServerAway:
        raise
    except Exception as error:  # whatever is wrong with one letter must not hold up the others
        log.exception("Notice %s was not sent", bundle[0].pk)
        OUTBOX.mark_failed(*bundle, error=error_text(error), now=timezone.now())
        return 0
    OUTBOX.mark_sent(*bundle, sent_at=timezone.now())
    return len(bundle)
