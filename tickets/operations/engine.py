"""The one way through: lock, settle what is due, permission, status, input, guards, effect, write.

Every door and every other operation goes through `open_case` and `act`; a menu asks the same table and guards.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.viewer_queries import PreparedQueryPerViewer
from lib.prepared_queries import PreparedQuery
from tickets.cases.case import PREFETCH_FOR_SWEEP, SAVED_BY_BULK_ACTIONS, SWEPT_FIELDS, Case, save_all
from tickets.cases.checklist import take_stock
from tickets.cases.guards import blocks, target_blocks
from tickets.cases.search import append, index
from tickets.cases.shared_reads import SharedReads
from tickets.models import Ticket, Timer
from tickets.models.querysets import TicketQuerySet
from tickets.operations import (  # noqa: F401 - each marks its effects
    appealing,
    closing,
    escalating,
    freezing,
    joining,
    outside,
    parting,
    remedying,
    reviewing,
    statements,
)
from tickets.operations.assigning import auto_assign
from tickets.operations.binding import hand_to_owner
from tickets.operations.effects import EFFECTS
from tickets.operations.expiry import settle
from tickets.operations.intake_clocks import restart_silence_timer
from tickets.operations.turns import complaint_moved
from tickets.references import as_reference
from tickets.workflow import ACTIONS, Action, Block, Data, Forbidden, Invalid, NotFound, Refusal, Stale, Status, actions_for, clean_fields
from tickets.workflow.vocabulary import TARGETS

log = logging.getLogger(__name__)

# What a tag, a link or an assignee asks besides of what the clock may move.
READ_BY_DESK = (*PREFETCH_FOR_SWEEP, "complained_about", "taggings__tag")


def perform(actor: User, ref: str, action: str, raw: Mapping[str, Any] | None = None, *, expected_version: int | None = None) -> Ticket:
    """Take one action of the table on one ticket. `raw` is the input as it came; instants in it are aware.

    Raises, in this order: NotFound (unknown or not theirs to see), Forbidden, Stale, WrongStatus, Invalid (400),
    Refusal with every failing guard. Nothing is written then, but for the time of a try that only our own slowness
    refused. Raises LookupError for an action that does not exist.
    """
    raw = {} if raw is None else raw
    named = raw if isinstance(raw, Mapping) else {}  # what is no object is refused at its turn, after 404, 403 and 409
    row = ACTIONS[action]
    if row.becomes is not None and (other := row.becomes(named)) is not None:
        row, raw = ACTIONS[other[0]], other[1]
    try:
        with open_case(actor, ref, expected_version=expected_version, also=_also_locked(row, named), action=row) as case:
            act(case, row.key, raw)
            if row.auto_assigns:
                auto_assign(case)
    except Refusal as refusal:
        _remember_try(actor, ref, row, refusal)
        raise
    return case.answer or case.ticket


def _also_locked(action: Action, named: Mapping[str, object]) -> list[str]:
    """The reference of the other ticket that the action works on."""
    other = named.get(action.also_locks)
    return [as_reference(other)] if isinstance(other, str) else []


@contextmanager
def open_case(
    actor: User,
    ref: str,
    *,
    expected_version: int | None = None,
    also: Sequence[str] = (),
    action: Action | None = None,
) -> Iterator[Case]:
    """A locked, settled case to work on; written when the block ends, dropped whole when it raises. Of a merged ticket: the one that
    goes on.

    Raises NotFound, Forbidden (for `action`), Stale. `also` names tickets to lock with it.
    """
    with transaction.atomic():
        now = timezone.now()
        rows = _lock_tickets(actor, ref, also)
        seen = rows.pop(ref)
        living = _lock_living(seen)
        case = Case(living, now, actor, timers=_timers_of(living))
        if action is not None and action.roles.isdisjoint(case.roles):
            raise Forbidden
        if action is not None and action.fresh_factor and not actor.is_factor_fresh:
            raise Refusal(Block("FRESH_FACTOR_REQUIRED"))
        if expected_version is not None and expected_version != seen.version:
            raise Stale
        settle(case)
        case.on_behalf = _for_the_owner(case)
        for other in rows.values():
            if other.pk != case.ticket.pk:
                _bring_up_to_date(other, now)
        yield case
        if not case.discarded:
            finish(case)


def open_all(actor: User, refs: Collection[str]) -> dict[str, Case]:
    """The set form of `open_case` for a bounded batch: locked, settled cases by reference, those the actor may see.

    Inside the caller's transaction, which ends with `finish_all`.
    """
    now = timezone.now()
    keys = list(
        Ticket.objects.visible_to(actor).filter(ref__in=refs).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
    )
    rows = Ticket.objects.filter(pk__in=keys).order_by("pk").select_related("owner")
    shared = SharedReads()
    cases = {row.ref: Case(row, now, actor, shared=shared) for row in rows.prefetch_related(*READ_BY_DESK)}
    for case in cases.values():
        case.taggings = list(case.ticket.taggings.all())
        settle(case)
    return cases


def finish_all(cases: Iterable[Case]) -> None:
    """Write what an act that finds no words and asks for no files has changed, in a handful of statements."""
    written = [case for case in cases if not case.discarded]
    for case in written:
        case.changed = True
        if "evidence" in vars(case):
            take_stock(case)
    save_all(written, SAVED_BY_BULK_ACTIONS)


def _bring_up_to_date(ticket: Ticket, now: datetime) -> None:
    """What the other ticket of an action is due comes first too: it may have closed by itself."""
    case = Case(ticket, now)
    settle(case)
    case.save()


def _lock_tickets(actor: User, ref: str, also: Sequence[str]) -> dict[str, Ticket]:
    """Lock in the order of keys, so that two merges never wait for each other."""
    rows = {ticket.ref: ticket for ticket in (_rows_to_lock(actor).filter(ref__in=[ref, *also]) if also else _row_to_lock(actor, ref))}
    if ref not in rows:
        raise NotFound
    return rows


def _rows_to_lock(actor: User) -> TicketQuerySet:
    return Ticket.objects.visible_to(actor).select_related("owner").order_by("pk").select_for_update(of=("self",))


@PreparedQueryPerViewer.of(str)
def _row_to_lock(actor: User, ref: str) -> TicketQuerySet:
    """Of every act: to build the statement took four times as long as to run it."""
    return _rows_to_lock(actor).filter(ref=ref)


def _timers_of(ticket: Ticket) -> list[Timer]:
    """As the ticket lists them."""
    timers: list[Timer] = _timers(ticket.pk)
    for timer in timers:
        timer.ticket = ticket
    return timers


@PreparedQuery.of(int)
def _timers(ticket: int) -> QuerySet[Timer]:
    return Timer.objects.filter(ticket=ticket)


def _lock_living(ticket: Ticket) -> Ticket:
    """What a merged ticket was joined into. It is locked second, out of order: only a joining with the dead one could meet that."""
    if ticket.merged_into_id is None:
        return ticket
    return Ticket.objects.select_related("owner").select_for_update(of=("self",)).get(pk=ticket.living.pk)


def act(case: Case, key: str, raw: Mapping[str, Any]) -> None:
    """Status, input, guards, effect. The case is locked, settled and permitted. Raises Refusal."""
    action, does = ACTIONS[key], EFFECTS[key]
    if case.status in action.first:
        act(case, action.first[case.status], {})
    if case.ticket.status not in action.statuses:
        raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
    data = clean_fields(action.inputs, raw)
    on_behalf = _on_behalf(case, action, data)
    if does.prepare is not None:
        does.prepare(case, data)
    failing = blocks(case, action, data)
    if failing:
        raise Refusal(failing[0], failing)
    before, stood = case.status, case.on_behalf
    case.on_behalf = on_behalf or stood
    try:
        does.run(case, data)
    except IntegrityError as error:
        raise Refusal(_lost_race(action, error)) from error
    if case.status != before:
        complaint_moved(case)
    restart_silence_timer(case)
    case.on_behalf = stood
    if before == Status.DRAFT:
        hand_to_owner(case)


def _for_the_owner(case: Case) -> dict[str, object]:
    """What every event says of who does it, where that is somebody whom the owner lets act."""
    row = case.representation
    return {} if row is None else {"on_behalf": True, "as": row.relation, "representation": row.pk}


def _on_behalf(case: Case, action: Action, data: Data) -> dict[str, object]:
    """What the events of an act say that an agent does for the customer: that it is one, and how they were told where that is said.

    Who may take the act in a role of their own does so, unless they say how the customer told them. Raises Invalid at told_by.
    """
    told = data.pop("told_by", None)
    if not action.is_owners or Role.OWNER in case.roles or case.roles.isdisjoint({Role.AGENT, Role.SERVICE}):
        if told:
            raise Invalid({"told_by": [_("Only an agent who acts for the customer says how they were told.")]})
        return {}
    in_own_right = not case.roles.isdisjoint(action.roles - {Role.AGENT})
    return {} if in_own_right and not told else {"on_behalf": True, **({"told_by": told} if told else {})}


def _lost_race(action: Action, error: IntegrityError) -> Block:
    """Two tickets asked for what only one can have, at once: the database let one through."""
    if action.lost_race is not None and action.lost_race[0] in str(error):
        return Block(action.lost_race[1])
    raise error


def finish(case: Case) -> None:
    """Write the case and what people may search it by. What has not read the evidence has not changed it."""
    if "evidence" in vars(case):
        take_stock(case)
    case.save()
    if case.is_new:
        owner = case.ticket.owner
        index(case.ticket.pk, " ".join([case.ticket.ref, owner.email, owner.name, *case.search_words]))
    elif any(case.search_words):
        append(case.ticket.pk, " ".join(case.search_words))
    case.search_words = []


def _remember_try(actor: User, ref: str, action: Action, refusal: Refusal) -> None:
    """Some tries count although they are refused: their effect says what is to be written of them."""
    remember = EFFECTS[action.key].remember
    if remember is None or refusal.status not in (409, 422):
        return
    with transaction.atomic():
        case = Case(_lock_living(_lock_tickets(actor, ref, ())[ref]), timezone.now(), actor)
        settle(case)
        if not remember(case, refusal):
            transaction.set_rollback(True)
            return
        finish(case)


def look(ticket: Ticket, viewer: User, now: datetime | None = None, rows: Mapping[str, list[Any]] | None = None) -> Case:
    """The case as it stands at this moment, with what is due already applied in memory. Writes nothing.

    `rows` is what tickets.cases.loading.gather_whole has read; without them each table is asked for when it is wanted.
    """
    now = now or timezone.now()
    case = Case(ticket, now) if rows is None else Case.of_rows(ticket, now, None, rows)
    settle(case)
    case.actor = viewer
    case.refresh_due()
    return case


def look_at_all(tickets: Sequence[Ticket], now: datetime) -> None:
    """Show the rows of a list as they stand at this moment, before the sweep has come by. Writes nothing.

    One that cannot be settled does not hide the others.

    They come with their timers, at least those that are due: then nothing is asked where nothing is due. What is due is read
    with everything that it may move, a handful of statements for all of it.
    """
    late = {ticket.pk for ticket in tickets if any(timer.next_at is not None and timer.next_at <= now for timer in ticket.timers.all())}
    shared = SharedReads()
    settled = {}
    for ticket in Ticket.objects.filter(pk__in=late).prefetch_related(*PREFETCH_FOR_SWEEP) if late else ():
        try:
            case = Case(ticket, now, shared=shared)
            settle(case)
            case.refresh_due()
        except Exception:  # shown as it was written; the sweep sets it aside and tells of it
            log.exception("%s cannot be settled", ticket.ref)
        else:
            settled[ticket.pk] = ticket
    for row in tickets:
        for name in SWEPT_FIELDS if row.pk in settled else ():
            setattr(row, name, getattr(settled[row.pk], name))


def menu(case: Case) -> list[dict[str, Any]]:
    """Every action of the viewer's roles, allowed or with all that stands in its way."""
    return [_entry(case, action) for action in actions_for(case.roles)]


def _entry(case: Case, action: Action) -> dict[str, Any]:
    if case.ticket.status not in action.statuses:
        found = [Block("WRONG_STATUS", extra={"current_status": case.ticket.status})]
    elif not case.ticket.category:
        found = [Block("STATEMENT_INCOMPLETE")] if action.needs_category else []
    else:
        found = blocks(case, action, None)
    entry = _describe_entry(action.key, found)
    if action.per_target and case.ticket.category:
        entry["targets"] = [_target(case, action, target) for target in TARGETS]
    return entry


def _describe_entry(key: str, found: list[Block], name: str = "action") -> dict[str, Any]:
    opens = next((block.available_from for block in found if block.available_from), None)
    return {name: key, "allowed": not found, "blocked_by": [b.as_dict() for b in found], "available_from": opens}


def _target(case: Case, action: Action, target: str) -> dict[str, Any]:
    if action.becomes is not None and action.becomes({"target": target}) is not None:
        return _describe_entry(target, [], "target")
    found = target_blocks(case, action, target)
    if case.ticket.status not in action.statuses:
        found = [Block("WRONG_STATUS", extra={"current_status": case.ticket.status})]
    return _describe_entry(target, found, "target")
