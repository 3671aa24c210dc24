"""Messages on channels: one row for each notice and address, sent outside any transaction, urgent ones first, tried again, given up."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from lib.background import enqueue
from lib.duties.setting_aside import all_or_each, waiting_keys
from lib.mail_connection import error_text
from lib.outbox import Outbox, Tally
from tickets.delivery.channels.base import SendOutcome
from tickets.delivery.channels.registry import CHANNELS
from tickets.delivery.groups import turn_to_members
from tickets.delivery.messages import compose_message
from tickets.models import ChannelAddress, Delivery, Notification, Ticket

log = logging.getLogger(__name__)

State = Delivery.State
News = tuple[int, str, datetime]  # ticket, kind, when
ON_CALL = ChannelAddress.Audience.ON_CALL
BATCH = 200
DUTY = "tickets.put_onto_channels"
# An hour and a half in all: what is told here is of use soon or not at all, and it stands in the desk.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 300, 1200, 3600))
# While the mail server is away: news for a whole group is not late by more than this.
PAUSE_WHILE_AWAY = timedelta(seconds=30)
# Of one address in one run: whoever is slower leaves the run to the others.
BUDGET = timedelta(seconds=5)
# Of a run in all: it ends before the clock begins the next one, so that dead servers never take every worker.
RUN = timedelta(seconds=15)
# Of what is not urgent: whoever is given a thousand complaints at once reads that in the desk, and a bot takes twenty a minute.
MOST_AT_ONCE = 10
# Above the longest call: a mail server that takes its time at each of a dozen steps.
LEASE = timedelta(seconds=120)
# How long it is of use: an address that was dead for a day does not get the news of that day all at once.
USEFUL, USEFUL_URGENT = timedelta(hours=24), timedelta(hours=2)
TOO_LATE = "It waited too long to be of use."


def _too_late(now: datetime) -> Q:
    return Q(urgent=True, created_at__lte=now - USEFUL_URGENT) | Q(urgent=False, created_at__lte=now - USEFUL)


def _still_useful(now: datetime) -> Q:
    return ~_too_late(now)


OUTBOX = Outbox(
    Delivery,
    waiting=(State.WAITING,),
    sent=State.SENT,
    failed=State.FAILED,
    pauses=PAUSES,
    lease=LEASE,
    batch=BATCH,
    eligible=_still_useful,
)


# ---- From notices to rows
def put_onto_channels(now: datetime) -> int:
    """A row for each address of whoever a notice is for. How many. Urgent ones get a task of their own each."""
    turn_to_members(now)
    made, told = 0, Counter[int]()
    while True:
        with transaction.atomic():
            free = Notification.objects.filter(to_channels=True).exclude(pk__in=waiting_keys(DUTY, now)).order_by("id")
            waiting = free.select_related("ticket").defer("ticket__statement").select_for_update(of=("self",), skip_locked=True)
            notices = {notice.pk: notice for notice in waiting[:BATCH]}
            if not notices:
                return made
            made += all_or_each(DUTY, Notification, list(notices), partial(_put, notices, now, told), now)


def _put(found: Mapping[int, Notification], now: datetime, told: Counter[int], keys: Sequence[int]) -> int:
    notices = [found[key] for key in keys]
    rows = list(_rows(notices, now, told))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    Notification.objects.filter(pk__in=keys).update(to_channels=False)
    return len(rows)


def announce_shift(kind: str, person: User, now: datetime) -> None:
    """To a person whose time on call begins, and to the roster's own addresses. Inside the caller's transaction."""
    mine = _addresses({person.pk}, {ON_CALL})
    rows = [_row(address, kind if address.user_id else "taken_over", now, urgent=True) for address in mine]
    Delivery.objects.bulk_create(rows)
    if rows:
        enqueue("tickets.deliver_to_channels")


def send_test(address: ChannelAddress) -> SendOutcome:
    """At once, outside any transaction; what came of it stands at the address. No row: nobody waits for it."""
    outcome = _carry(Delivery(address=address, channel=address.channel, kind="test"))
    _note(address, outcome)
    return outcome


def _addresses(people: set[int], audiences: set[str]) -> list[ChannelAddress]:
    on = [key for key, channel in CHANNELS.items() if channel.is_on()]
    found = ChannelAddress.objects.filter(Q(user__in=people, user__is_active=True) | Q(audience__in=audiences), enabled=True)
    return list(found.filter(channel__in=on).order_by("pk"))


def _rows(notices: Sequence[Notification], now: datetime, told: Counter[int]) -> Iterator[Delivery]:
    """`told`: how much of what is not urgent each address has got in this run."""
    people = {notice.recipient_id for notice in notices if notice.recipient_id}
    by_person: dict[int | None, list[ChannelAddress]] = defaultdict(list)
    by_audience: dict[str, list[ChannelAddress]] = defaultdict(list)
    for address in _addresses(people, {ON_CALL, *(notice.audience for notice in notices if notice.audience)}):
        (by_person[address.user_id] if address.user_id else by_audience[address.audience]).append(address)
    parties = _parties(notices) if by_audience else set()
    called = _news_told_to_on_call(notices) if by_audience[ON_CALL] else set()
    for notice in notices:
        heard = [a for room in _rooms(notice, called) if (notice.ticket_id, room) not in parties for a in by_audience[room]]
        for address in by_person[notice.recipient_id] + heard:
            told[address.pk] += not notice.urgent
            if CHANNELS[address.channel].urgent if notice.urgent else told[address.pk] <= MOST_AT_ONCE:
                yield _row(address, notice.kind, now, notification=notice, urgent=notice.urgent)


def _rooms(notice: Notification, called: set[News]) -> list[str]:
    """Where else than at a person's own address it is heard. What the roster's person was not called for, its room hears as the group."""
    if notice.data.get("on_call"):
        return [ON_CALL.value]
    if notice.recipient_id:
        return []
    is_for_roster = notice.audience == Role.FREEZE_OPERATOR and (notice.ticket_id, notice.kind, notice.created_at) not in called
    return [notice.audience, ON_CALL.value] if is_for_roster else [notice.audience]


def _news_told_to_on_call(notices: Sequence[Notification]) -> set[News]:
    """The news for which whoever is on call was called by name."""
    news = {"ticket__in": {notice.ticket_id for notice in notices}, "created_at__in": {notice.created_at for notice in notices}}
    return set(Notification.objects.filter(**news, data__on_call=True).values_list("ticket", "kind", "created_at"))


def _parties(notices: Sequence[Notification]) -> set[tuple[int, str]]:
    """Tickets and the groups in which its owner, or somebody complained about, sits: what a group hears is among colleagues."""
    owners = {notice.ticket.owner_id: set[int]() for notice in notices}
    for notice in notices:
        owners[notice.ticket.owner_id].add(notice.ticket_id)
    about = Ticket.complained_about.through.objects.filter(ticket__in=[notice.ticket_id for notice in notices])
    found = set(about.values_list("ticket", "user__groups__name"))
    members = User.groups.through.objects.filter(user__in=owners).values_list("user", "group__name")
    found |= {(ticket, group) for owner, group in members for ticket in owners[owner]}
    return found | {(ticket, ON_CALL.value) for ticket, group in found if group == Role.FREEZE_OPERATOR}


def _row(address: ChannelAddress, kind: str, now: datetime, *, urgent: bool, notification: Notification | None = None) -> Delivery:
    return Delivery(
        address=address, channel=address.channel, kind=kind, notification=notification, urgent=urgent, created_at=now, next_at=now
    )


# ---- Sending
def send_waiting(now: datetime) -> Tally:
    """Urgent ones first, then those that were never tried. An address that fails, or is slow, is left alone until the next run."""
    _give_up(now)
    return OUTBOX.run(now, send_delivery, receiver="address", first=("-urgent", "attempts"), budget=BUDGET, limit=RUN)


def send_some(now: datetime) -> int:
    """The same as a duty: how many went out."""
    return send_waiting(now).sent


def _give_up(now: datetime) -> None:
    """Of what is due: a message that somebody is just sending has its next try behind the lease."""
    late = Delivery.objects.filter(_too_late(now), state=State.WAITING, next_at__lte=now)
    if count := late.update(state=State.FAILED, error=TOO_LATE, next_at=None):
        log.error("%s messages on channels were given up: they waited too long", count)


def urgent_waiting(now: datetime) -> list[int]:
    """Keys of urgent messages that nobody has tried yet."""
    return list(OUTBOX.due(now).filter(urgent=True, attempts=0).order_by("pk").values_list("pk", flat=True)[:BATCH])


def send_delivery(pk: int, now: datetime) -> bool | None:
    """One call. True when it was taken, False when it failed, None when there was nothing to send (any more)."""
    row = OUTBOX.claim(pk, now, "notification__ticket", "address__user")
    if row is None:
        return None
    outcome = _carry(row)
    _note(row.address, outcome)
    if not outcome.error:
        OUTBOX.mark_sent(row, sent_at=timezone.now())
        return True
    if outcome.is_away:
        OUTBOX.postpone(row, until=now + PAUSE_WHILE_AWAY, error=outcome.error)
        return False
    log.warning("Message %s on %s, try %s: %s", row.pk, row.channel, row.attempts, outcome.error)
    OUTBOX.mark_failed(row, error=outcome.error, now=now, final=outcome.final)
    # Whatever else waits for this address waits with it, or each would find out for itself.
    Delivery.objects.filter(address=row.address_id, state=State.WAITING, next_at__lte=now).update(next_at=now + PAUSES[1])
    return False


def _carry(row: Delivery) -> SendOutcome:
    channel = CHANNELS.get(row.channel)
    if channel is None or not channel.is_on():
        return SendOutcome("This install does not have the channel.", final=True)
    if not row.address.enabled or (row.address.user is not None and not row.address.user.is_active):
        return SendOutcome("The address is not in use any more.", final=True)
    try:
        address = channel.resolve(row.address)
        if not address:
            return SendOutcome("There is no address any more.", final=True)
        return channel.transport.send(compose_message(row, channel), address, channel.timeout)
    except Exception as error:  # whatever is wrong with one message must not hold up the others
        log.exception("Message %s was not sent", row.pk)
        return SendOutcome(error_text(error))


def _note(address: ChannelAddress, outcome: SendOutcome) -> None:
    mine = ChannelAddress.objects.filter(pk=address.pk)
    if outcome.error:
        mine.update(last_error=outcome.error[:300])
    else:
        mine.update(last_error="", verified_at=timezone.now())
