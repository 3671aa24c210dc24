"""Who is on call: planned by supervisors, taken over, handed over with a note; and who is on a freeze that waits.

One person at a time. The roster has no row of its own to lock, so whoever changes it locks the group of freeze operators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role, roles_of
from tickets.cases.freeze_guards import freeze_in
from tickets.cases.guards import not_own_case
from tickets.delivery.deliveries import announce_shift
from tickets.models import Freeze, OnCallShift
from tickets.operations.engine import open_case
from tickets.workflow.errors import Block, Forbidden, Invalid, NotFound, Refusal
from tickets.workflow.inputs import Input, clean_fields

NOTE_LIMIT = 2000
WATCHERS = frozenset({Role.FREEZE_OPERATOR})
PLANNERS = frozenset({Role.SUPERVISOR})
# Taken over where nobody had it: until the next planned time, and no longer than this.
USUAL = timedelta(hours=12)
LONGEST = timedelta(days=14)
PERSON = Input("person", "int", required=True)
NOTE = Input("note", limit=NOTE_LIMIT)
PLAN = (PERSON, Input("from_at", "instant", required=True), Input("to_at", "instant", required=True), NOTE)
HAND_OVER = (PERSON, Input("note", required=True, limit=NOTE_LIMIT))
TAKE_OVER = (NOTE,)


@contextmanager
def _roster(actor: User, *allowed: frozenset[Role]) -> Iterator[datetime]:
    """Locked: two never take over at once, and planned times never overlap. Raises Forbidden."""
    if frozenset().union(*allowed).isdisjoint(roles_of(actor)):
        raise Forbidden
    with transaction.atomic():
        list(Group.objects.select_for_update().filter(name=Role.FREEZE_OPERATOR))
        yield timezone.now()


def _operator(pk: int) -> User:
    """Raises Invalid: only freeze operators can confirm what they are called for."""
    person = User.objects.filter(pk=pk, is_active=True, groups__name=Role.FREEZE_OPERATOR).first()
    if person is None:
        raise Invalid({"person": [_("Choose a freeze operator.")]})
    return person


def plan_shift(actor: User, raw: Mapping[str, object]) -> OnCallShift:
    """Raises Forbidden (supervisors only), Invalid: in the past, too long, or somebody is on call then."""
    with _roster(actor, PLANNERS) as now:
        data = clean_fields(PLAN, raw)
        person, begin, end = _operator(data["person"]), data["from_at"], data["to_at"]
        if end <= begin or end <= now:
            raise Invalid({"to_at": [_("The end lies before the start, or has passed.")]})
        if end - begin > LONGEST:
            raise Invalid({"to_at": [_("At most %(days)s days at a time.") % {"days": LONGEST.days}]})
        if OnCallShift.objects.standing().filter(from_at__lt=end, to_at__gt=begin).exists():
            raise Invalid({"from_at": [_("Somebody is on call during that time already.")]})
        return _shift(actor, person, begin, end, now, data["note"])


def cancel_shift(actor: User, pk: int) -> None:
    """Take a time off the roster; what of it has passed stays. Raises Forbidden (supervisors only), NotFound."""
    with _roster(actor, PLANNERS) as now:
        shift = OnCallShift.objects.standing().filter(pk=pk, to_at__gt=now).first()
        if shift is None:
            raise NotFound
        _end(shift, now)


def take_over(actor: User, raw: Mapping[str, object]) -> OnCallShift:
    """From this moment the actor is on call, for the rest of the time of whoever had it. Raises Forbidden, Invalid."""
    with _roster(actor, WATCHERS) as now:
        return _pass_to(actor, actor, now, clean_fields(TAKE_OVER, raw)["note"])


def hand_over(actor: User, raw: Mapping[str, object]) -> OnCallShift:
    """From this moment a colleague is on call, and reads the note.

    Raises Forbidden for whoever is neither on call nor a supervisor, Invalid.
    """
    with _roster(actor, WATCHERS, PLANNERS) as now:
        current = OnCallShift.objects.at(now).first()
        if PLANNERS.isdisjoint(roles_of(actor)) and (current is None or current.person_id != actor.pk):
            raise Forbidden
        data = clean_fields(HAND_OVER, raw)
        return _pass_to(actor, _operator(data["person"]), now, data["note"])


def _pass_to(actor: User, person: User, now: datetime, note: str | None) -> OnCallShift:
    current = OnCallShift.objects.at(now).first()
    if current is not None and current.person_id == person.pk:
        raise Invalid({"person": [_("%(name)s is on call already.") % {"name": person}]})
    if current is not None:
        end = current.to_at
        _end(current, now)
    else:
        coming = OnCallShift.objects.standing().filter(from_at__gt=now).order_by("from_at").first()
        end = min(now + USUAL, coming.from_at) if coming else now + USUAL
    shift = _shift(actor, person, now, end, now, note)
    announce_shift("handed_over", person, now)
    return shift


def _end(shift: OnCallShift, now: datetime) -> None:
    """What has begun ends now; what has not, never will."""
    if shift.from_at < now:
        shift.to_at = now
    else:
        shift.cancelled_at = now
    shift.save(update_fields=["to_at", "cancelled_at"])


def _shift(actor: User, person: User, begin: datetime, end: datetime, now: datetime, note: str | None) -> OnCallShift:
    return OnCallShift.objects.create(
        person=person, from_at=begin, to_at=end, note=note or "", note_by=actor if note else None, made_by=actor, made_at=now
    )


def acknowledge_freeze(actor: User, ref: str, *, expected_version: int | None = None) -> Freeze:
    """Say that one is on it: colleagues see it, clocks go on. Said again by somebody else, it is theirs; by the same, nothing.

    Raises NotFound, Forbidden (freeze operators; CONFLICT_OF_INTEREST), Stale, WRONG_STATUS where no freeze waits.
    """
    with open_case(actor, ref, expected_version=expected_version) as case:
        if WATCHERS.isdisjoint(case.roles):
            raise Forbidden
        if conflict := not_own_case(case, None):
            raise Forbidden(conflict.code)
        freeze = freeze_in(case, Freeze.State.REQUESTED)
        if freeze is None:
            raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
        if freeze.acknowledged_by_id == actor.pk:
            case.discarded = True
        else:
            freeze.acknowledged_by, freeze.acknowledged_at = actor, case.at
            case.new_rows.append(freeze)
            case.record("freeze_acknowledged", {}, internal=True)
    return freeze
