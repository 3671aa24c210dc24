"""Deadlines of a case: start, stop, pause, resume, extend. Arithmetic is sla's; the rows are ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sla.durations import Clock, Due, Duration, compute_due, due_after_pause, half, named_due, remaining, warnings
from sla.policies import timer_spec_under
from tickets.cases.case import Case
from tickets.models import Timer, Transfer
from tickets.workflow import TIMERS, TimerKey
from tickets.workflow.timers import REVIEW_TIMERS
from tickets.workflow.vocabulary import INVESTIGATING

MOMENT = timedelta(microseconds=1)
# Among the levels of a timer: its date has passed while it waited for our answer.
HELD = "held"


def find(case: Case, key: str) -> Timer | None:
    """The latest timer of that key."""
    return next((timer for timer in reversed(case.timers) if timer.key == key), None)


def live(case: Case, key: str) -> Timer | None:
    timer = find(case, key)
    return timer if timer is not None and timer.is_live else None


def start(
    case: Case,
    key: str,
    *,
    since: datetime | None = None,
    amount: int | None = None,
    by: Duration | None = None,
    until: datetime | None = None,
) -> Timer | None:
    """Start a timer at `since` (default: the instant of the act). `amount` in the unit of the timer's clock, or a whole duration `by`;
    `until` where the end itself is known.

    A timer younger than the case's version of the policy takes its length from the newest in force. None, and nothing starts, where no
    version has it.
    """
    spec = timer_spec_under(case.policy, TIMERS[key].key)
    if spec is None:
        return None
    duration = by or replace(spec.duration, amount=0 if until else spec.duration.amount if amount is None else amount)
    origin = since or case.at
    timer = Timer(
        ticket=case.ticket,
        key=key,
        cycle=1 + sum(1 for other in case.timers if other.key == key),
        binds=spec.binds,
        clock=duration.clock,
        amount=duration.amount,
        roll=duration.roll,
        warn_offsets=list(spec.warn),
        started_at=origin,
    )
    known = _known_due(case, duration, origin, until) if until else None
    _plan(case, timer, known or _due_of(case, duration, _count_from(case, duration, origin)))
    case.timers.append(timer)
    return timer


def _known_due(case: Case, duration: Duration, since: datetime, until: datetime) -> Due:
    if duration.clock == "at":
        return named_due(until, since, case.calendar)
    return Due(until, False, {"clock": duration.clock, "zone": case.calendar.zone})


def start_until(case: Case, key: str, until: datetime) -> None:
    """As `start`, but its end is given (in hours); the policy says how long before it is warned of."""
    timer = start(case, key)
    if timer is not None:
        whole = timer.due_at - timer.started_at
        timer.warn_offsets = [(until - case.at - whole) // timedelta(minutes=1) + offset for offset in timer.warn_offsets]
        timer.amount = max(1, (until - case.at) // timedelta(hours=1))
        _plan(case, timer, replace(compute_due(duration_of(timer), case.at, case.calendar), due_at=until))


def longest(case: Case, key: str) -> timedelta | None:
    """Of a timer in hours whose end is given: how long it may be."""
    spec = timer_spec_under(case.policy, TIMERS[key].key)
    return None if spec is None else timedelta(hours=spec.duration.amount)


def start_once(case: Case, key: str, *, since: datetime | None = None) -> None:
    if find(case, key) is None:
        start(case, key, since=since)


def _due_of(case: Case, duration: Duration, since: datetime) -> Due:
    return compute_due(duration, since, case.calendar, max_wd=case.policy.max_wd)


def _count_from(case: Case, duration: Duration, origin: datetime) -> datetime:
    """An act of the clock at 24:00 of day D counts to day D."""
    return origin - MOMENT if case.by_clock and duration.clock != "wall" else origin


def duration_of(timer: Timer) -> Duration:
    return Duration(cast(Clock, timer.clock), timer.amount, timer.roll)


def _plan(case: Case, timer: Timer, result: Due) -> None:
    """Set the due instant, its explanation and its warnings; what lies behind us is not warned of again."""
    timer.due_at, timer.provisional, timer.basis = result.due_at, result.provisional, result.basis
    begun = timer.started_at if timer.paused_at is None else case.at
    plan = warnings(duration_of(timer), timer.warn_offsets, begun, timer.due_at, case.calendar, at=case.policy.warning_time)
    timer.warn_at = [[level, at.isoformat()] for level, at in plan]
    passed = [level for level, at in plan if at < case.at]
    timer.warned = [*timer.warned, *(level for level in passed if level not in timer.warned)]
    set_next(timer)
    case.replanned = True


def set_next(timer: Timer) -> None:
    """The next instant at which this timer has something to say, or none."""
    if not timer.is_live or timer.paused_at is not None:
        timer.next_at = None
        return
    # A warning behind its own date would come due again and again: it is none.
    waiting = [at for level, at in warnings_of(timer) if level not in timer.warned and at < timer.due_at]
    timer.next_at = min([*waiting, *_end_of(timer)], default=None)


def _end_of(timer: Timer) -> list[datetime]:
    """When its end comes: nothing where that is over already, or waits for our answer. That a date passes which is held is seen too."""
    if timer.overrun_at is not None:
        return []
    if timer.ends_at != timer.due_at and HELD not in timer.warned:
        return [timer.due_at]
    if timer.ends_at == timer.due_at and not TIMERS[timer.key].opens_at_due:
        return [timer.due_at + MOMENT]
    return [] if timer.ends_at is None else [timer.ends_at]


def warnings_of(timer: Timer) -> list[tuple[str, datetime]]:
    return [(level, datetime.fromisoformat(at)) for level, at in timer.warn_at]


def stop(case: Case, *keys: str, at: datetime | None = None, since: datetime | None = None, cycle: int | None = None) -> None:
    """The event a timer waited for has happened: met when in time, breached (or expired) when late.

    `since`, `cycle`: only what was started then, or as that round, where a key may run more than once at a time.
    """
    for timer in _live(case, keys, since, cycle):
        timer.stopped_at = at or case.at
        timer.paused_at = None
        set_next(timer)
        case.mark(timer)


def cancel(case: Case, *keys: str, since: datetime | None = None) -> None:
    """The timer no longer matters. A breach that has happened stays one. `since` as in `stop`."""
    for timer in _live(case, keys, since):
        timer.cancelled = not timer.is_over_late(case.at)
        timer.stopped_at = case.at
        timer.paused_at = None
        set_next(timer)
        case.mark(timer)


def _live(case: Case, keys: Iterable[str], since: datetime | None = None, cycle: int | None = None) -> list[Timer]:
    wanted = set(keys)
    found = [t for t in case.timers if t.key in wanted and t.is_live and since in (None, t.started_at)]
    return [timer for timer in found if cycle in (None, timer.cycle)]


def pause(case: Case, *keys: str) -> None:
    for timer in _live(case, keys):
        if timer.overrun_at is None:
            timer.remaining = remaining(_day_of(case), timer.due_at, case.calendar)
            timer.paused_at = case.at
            set_next(timer)
            case.mark(timer)


def resume(case: Case, *keys: str) -> None:
    for timer in _live(case, keys):
        if timer.paused_at is not None and timer.remaining is not None:
            result = due_after_pause(timer.remaining, timer.paused_at, _day_of(case), timer.due_at, case.calendar)
            _plan(case, timer, result)
            timer.paused_at = timer.remaining = None
            set_next(timer)
            case.mark(timer)


def _day_of(case: Case) -> datetime:
    return case.at - MOMENT if case.by_clock else case.at


def authority_length(case: Case, authority: str) -> tuple[Duration, tuple[int, ...]] | None:
    """How long we have to answer that authority, and to what it may be extended; None where it says itself."""
    spec = timer_spec_under(case.policy, TimerKey.AUTHORITY_REPLY)
    return spec.by_authority.get(authority) if spec else None


def extensions(case: Case) -> list[tuple[Timer, int]]:
    """Deadlines that a holding reply can still lengthen, each with its next length."""
    final, spec = live(case, TimerKey.REGULATORY_FINAL), timer_spec_under(case.policy, TimerKey.REGULATORY_FINAL)
    steps = [(final, spec.extensions)] if final and spec else []
    for transfer in case.transfers:
        length = authority_length(case, transfer.authority)
        mine = (t for t in case.timers if (t.key, t.cycle) == (TimerKey.AUTHORITY_REPLY, transfer.timer_cycle) and t.is_live)
        steps += [(timer, length[1]) for timer in mine if length]
    found = [(timer, next((step for step in longer if step > timer.amount), None)) for timer, longer in steps]
    return [(timer, amount) for timer, amount in found if amount]


def shown_transfers(case: Case) -> list[Transfer]:
    """Letters of authorities the viewer may know of: not, to the owner, what the police or a court asks."""
    return [each for each in case.transfers if case.may_see_internal or each.authority not in INVESTIGATING]


def shown_timers(case: Case) -> list[Timer]:
    """Without the clocks of letters that the viewer may not know of."""
    known = shown_transfers(case)
    hidden = {each.timer_cycle for each in case.transfers if each not in known}
    return [timer for timer in case.timers if not (timer.key == TimerKey.AUTHORITY_REPLY and timer.cycle in hidden)]


def extend(case: Case, timer: Timer, amount: int) -> None:
    """Give a timer another length from its own start. A recorded breach stays."""
    timer.amount = amount
    _plan(case, timer, _due_of(case, duration_of(timer), timer.started_at))
    case.mark(timer)


def restart(case: Case, timer: Timer) -> None:
    """Begin the same timer anew from the instant of the act (abandoned: the customer's last act)."""
    timer.started_at, timer.warned = case.at, []
    _plan(case, timer, _due_of(case, duration_of(timer), _count_from(case, duration_of(timer), case.at)))
    case.mark(timer)


def start_review_cycle(case: Case, *, halved: bool = False) -> None:
    """A cycle of review. Halved (a dispute, a failed remedy): half the limit rounded up, and no target."""
    for key in REVIEW_TIMERS:
        amount = case.playbook.review_wd(key)
        if amount and not halved:
            start(case, key, amount=amount)
        elif amount and TIMERS[key].halves:
            start(case, key, amount=half(amount))


def adopt(case: Case, timer: Timer) -> Timer:
    """Take over another ticket's running timer as it stands (a merge)."""
    fields = {field.attname: getattr(timer, field.attname) for field in Timer._meta.concrete_fields}
    fields.update(id=None, ticket_id=case.ticket.pk, cycle=1 + sum(1 for other in case.timers if other.key == timer.key))
    fresh = Timer(**fields)
    case.timers = sorted([*case.timers, fresh], key=lambda each: each.started_at)
    return fresh


def bring_forward(case: Case, timer: Timer, earlier: Timer) -> None:
    """Give a timer the earlier promise of its twin; warnings already sent stay sent."""
    for name in ("started_at", "due_at", "amount", "provisional", "basis", "warn_at", "paused_at", "remaining", "overrun_at"):
        setattr(timer, name, getattr(earlier, name))
    timer.warned = sorted({*timer.warned, *earlier.warned})
    set_next(timer)
    case.replanned = True
    case.mark(timer)


def await_answer(case: Case) -> None:
    """The customer has written: what ends by itself, and would end over it, waits for our answer."""
    for timer in case.timers:
        if TIMERS[timer.key].heeds_words and timer.is_live and timer.overrun_at is None:
            timer.held_since, timer.held_until = case.at, None
            set_next(timer)
            case.mark(timer)
            case.replanned = True


def count_from_answer(case: Case) -> None:
    """We have answered: what waited for it ends some working days later, and never before its own date."""
    for timer in case.timers:
        if timer.held_since is not None and timer.held_until is None and timer.is_live:
            timer.held_until = _due_of(case, Duration("wd", case.policy.reply_hold_wd), case.at).due_at
            set_next(timer)
            case.mark(timer)
            case.replanned = True


def hold(case: Case, *keys: str) -> None:
    """Suspend a deadline in days (a legal hold on a purge)."""
    for timer in _live(case, keys):
        if timer.paused_at is None:
            timer.paused_at = case.at
            set_next(timer)
            case.mark(timer)


def release(case: Case, *keys: str) -> None:
    """Let it go on: later by as many days as it was held."""
    for timer in _live(case, keys):
        if timer.paused_at is not None:
            held = case.calendar.date_of(case.at) - case.calendar.date_of(timer.paused_at)
            timer.due_at = case.calendar.end_of(case.calendar.due_date_of(timer.due_at) + held)
            timer.paused_at = None
            set_next(timer)
            case.replanned = True
            case.mark(timer)


def let_purge_go_on(case: Case) -> None:
    """Unless somebody still has it held: the law, or the owner who asks for the complaint to be opened again."""
    legal = case.ticket.legal_hold_until
    if case.ticket.reopen_requested_at is None and (legal is None or legal <= case.at):
        release(case, TimerKey.EVIDENCE_PURGE)


def forget(case: Case) -> None:
    """Drop a draft's timers, to start them from corrected facts. Filed tickets never forget."""
    case.ticket.timers.all().delete()
    case.timers = []


def replan(case: Case, timer: Timer, result: Due) -> None:
    """Give a running timer another end, with its reasons and warnings."""
    _plan(case, timer, result)
    case.mark(timer)
