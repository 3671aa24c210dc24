"""Complaints of whoever is away or has left, and those that nobody has: to the stand-in, or as the rule gives them out.

The clock does it for those who are away or gone; a supervisor for anybody, and sees before how many go to whom.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from lib.duties.setting_aside import each_key, name_of
from tickets.cases.case import Case
from tickets.models import StaffProfile, Ticket
from tickets.operations.assigning import (
    STAND_IN,
    AssignmentNeed,
    Bench,
    Mode,
    give,
    give_by_rule,
    lock_bench,
    mode_of,
    modes,
    read_bench,
    release,
    want_of,
    want_of_case,
)
from tickets.operations.engine import finish
from tickets.operations.expiry import settle
from tickets.staffing.availability import absent
from tickets.workflow import Forbidden, NotFound

log = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True)
class Sender:
    """Whose complaints are passed on: to the stand-in who can take them, else by the rule, else in the mode `otherwise`."""

    pk: int
    stand_in: int | None
    otherwise: str  # off: whoever has it keeps it, or nobody has it any more
    keeps: bool  # where nobody can take it

    def mode(self, category: str, rules: Mapping[str, str]) -> str:
        mode = mode_of(category, rules)
        return self.otherwise if mode == Mode.OFF else mode


NOBODY = Sender(0, None, Mode.OFF, keeps=True)


def _choose_receiver(want: AssignmentNeed, sender: Sender, mode: str, bench: Bench) -> tuple[int | None, str]:
    """The one who gets it, and how. None: nobody can."""
    stand_in = bench.members.get(sender.stand_in or 0)
    if stand_in is not None and stand_in.is_free_for(want):
        return stand_in.pk, STAND_IN
    member = bench.choose(want, mode) if mode != Mode.OFF else None
    return (member.pk if member else None), mode


# ---- Before: how many would go to whom
def _plan(tickets: Iterable[Ticket], sender: Sender, rules: Mapping[str, str], now: datetime) -> Iterator[tuple[int, int | None]]:
    """Key of each complaint, and who would get it if they were given out now. Nothing is locked or written."""
    rows = list(tickets)
    about = _complained_about(rows)
    benches: dict[Role, Bench] = {}
    for ticket in rows:
        want = want_of(ticket, about[ticket.pk], sender.pk)
        if want.role not in benches:
            benches[want.role] = read_bench(want.role, now)
        bench = benches[want.role]
        person, _how = _choose_receiver(want, sender, sender.mode(ticket.category, rules), bench)
        if person is not None:
            bench.give(bench.members[person])
        yield ticket.pk, person


def _complained_about(rows: Sequence[Ticket]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    pairs = Ticket.complained_about.through.objects.filter(ticket__in=[row.pk for row in rows])
    for ticket, person in pairs.values_list("ticket", "user"):
        found[ticket].append(person)
    return found


# ---- By a supervisor
def preview_passing_on(actor: User, person: int) -> Mapping[int | None, int]:
    """How many of this person's open complaints would go to whom; None: to nobody. Raises Forbidden, NotFound."""
    sender = _sender(actor, person)
    plan = _plan(_open_tickets_of(actor, person).order_by("pk"), sender, modes(), timezone.now())
    return Counter(to for _pk, to in plan)


def pass_on(actor: User, person: int) -> Mapping[int | None, int]:
    """Pass all of this person's open complaints on, each in a transaction of its own. How many went to whom; None: they stay.

    Without a rule those with least to do get them. Raises Forbidden (supervisors only), NotFound.
    """
    sender = _sender(actor, person)
    ids = list(_open_tickets_of(actor, person).order_by("pk").values_list("pk", flat=True))
    return Counter(_pass_on(pk, sender, actor, timezone.now()) for pk in ids)


def _sender(actor: User, person: int) -> Sender:
    if Role.SUPERVISOR not in roles_of(actor):
        raise Forbidden
    if not User.objects.filter(Q(groups__name__in=STAFF_ROLES) | Q(assigned__isnull=False), pk=person).exists():
        raise NotFound
    return Sender(person, _stand_ins([person]).get(person), Mode.BY_LOAD, keeps=True)


def _open_tickets_of(actor: User, person: int) -> QuerySet[Ticket]:
    """Nobody acts for the desk on a case of their own: those stay where they are."""
    return Ticket.objects.visible_to(actor).of_others(actor).still_open().filter(assignee=person).select_related("owner")


def _stand_ins(people: Collection[int]) -> dict[int, int]:
    return dict(StaffProfile.objects.filter(user__in=people).exclude(stand_in=None).values_list("user", "stand_in"))


# ---- One complaint
def _pass_on(pk: int, sender: Sender, actor: User | None, now: datetime) -> int | None:
    """To whom it went; None: it went to nobody, or is not what it was when it was looked for."""
    with transaction.atomic():
        had = sender.pk or None
        found = Ticket.objects.still_open().filter(pk=pk, assignee=had).select_related("owner")
        # Of two sweeps one is enough; a colleague who works on it now will be done at the next.
        ticket = found.select_for_update(of=("self",), skip_locked=actor is None).first()
        if ticket is None:
            return None
        case = Case(ticket, now, actor)
        settle(case)
        if ticket.is_open and ticket.assignee_id == had:
            _to_another(case, sender)
        finish(case)
    return ticket.assignee_id if ticket.assignee_id != had else None


def _to_another(case: Case, sender: Sender) -> None:
    want, mode = want_of_case(case, sender.pk), sender.mode(case.ticket.category, modes())
    bench = lock_bench(want.role, case.now)
    person, how = _choose_receiver(want, sender, mode, bench)
    if person is not None and how == STAND_IN:
        give(case, person, how)
    elif person is not None:
        give_by_rule(case, want, mode, bench)
    elif not sender.keeps:
        release(case)


# ---- By the clock
def assign_waiting(now: datetime) -> int:
    """Pass on what the absent and the gone have, and give out what nobody has. How many complaints went to somebody.

    Nothing is locked for what nobody can take: that is asked first, for many at once.
    """
    rules = modes()
    senders = [*_departed_senders(), *_absent(now)]
    if any(mode != Mode.OFF for mode in rules.values()):
        senders.append(NOBODY)
    return sum(_sweep(sender, rules, now) for sender in senders)


def _sweep(sender: Sender, rules: Mapping[str, str], now: datetime) -> int:
    given, after = 0, 0
    while True:
        waiting = Ticket.objects.still_open().filter(assignee=sender.pk or None, pk__gt=after).select_related("owner")
        rows = list(waiting.order_by("pk")[:BATCH])
        if not rows:
            return given
        after = rows[-1].pk
        ids = _worth_trying(rows, sender, rules, now)
        given += each_key(name_of(assign_waiting), Ticket, ids, lambda pk: _pass_on(pk, sender, None, now) is not None, now)


def _worth_trying(rows: Sequence[Ticket], sender: Sender, rules: Mapping[str, str], now: datetime) -> list[int]:
    """All of them where one spoils the plan: it is then found out by itself."""
    try:
        return [pk for pk, to in _plan(rows, sender, rules, now) if to is not None or not sender.keeps]
    except Exception:
        log.exception("No plan for %s complaints: one by one", len(rows))
        return [row.pk for row in rows]


def _departed_senders() -> list[Sender]:
    """Those who have open complaints and are no longer active, or in none of the five groups."""
    holders = set(Ticket.objects.still_open().exclude(assignee=None).order_by().values_list("assignee", flat=True).distinct())
    here = set(User.objects.filter(pk__in=holders, is_active=True, groups__name__in=STAFF_ROLES).values_list("pk", flat=True))
    stand_ins = _stand_ins(holders - here)
    return [Sender(pk, stand_ins.get(pk), Mode.OFF, keeps=False) for pk in sorted(holders - here)]


def _absent(now: datetime) -> list[Sender]:
    """Without a stand-in and a rule they keep what they have."""
    return [Sender(row.user_id, row.stand_in_id, Mode.OFF, keeps=True) for row in absent(now)]
