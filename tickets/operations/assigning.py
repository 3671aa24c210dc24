"""Who gets a complaint by itself: in turn or by load, among those who may see it, can do it, are there and have no part in it.

Whoever chooses holds the row locks of everybody who could be chosen (lock order: ticket, then people by key), so that two never
reckon with the same turn or the same load. How complaints are given out is a rule of the install; without one this does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import Language, User
from accounts.roles import Role
from lib.languages import in_chinese
from lib.zones import zone_of
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.models import AssignmentRule, StaffProfile, Ticket
from tickets.workflow import STAGE_OF, Stage, Status

Mode = AssignmentRule.Mode
# What is done on the way to an appeal, and after a decision, is an agent's; what needs judging is a reviewer's.
ROLE_OF: Mapping[Status, Role] = {
    status: Role.AGENT if STAGE_OF[status] in (Stage.INTAKE, Stage.FREEZE, Stage.REMEDY) else Role.REVIEWER
    for status in Status
    if status != Status.DRAFT and STAGE_OF[status] != Stage.DONE
}
# Of an event: given by the rule's mode, to the stand-in, or taken back because nobody may have it.
STAND_IN, RELEASED = "stand_in", "released"


@dataclass(frozen=True)
class AssignmentNeed:
    """What a complaint asks of the one who gets it. `barred`: owner, filer, those complained about."""

    role: Role
    category: str
    language: str
    barred: frozenset[int]


@dataclass
class Member:
    """Somebody who could be given a complaint, as things stand."""

    profile: StaffProfile
    away: bool
    load: int = 0

    @property
    def pk(self) -> int:
        return self.profile.user_id

    def is_free_for(self, want: AssignmentNeed) -> bool:
        return not self.away and self.pk not in want.barred

    def can_take(self, want: AssignmentNeed) -> bool:
        mine = self.profile
        room = mine.capacity is None or self.load < mine.capacity
        can = (not mine.categories or want.category in mine.categories) and (not mine.languages or want.language in mine.languages)
        return mine.takes_part and room and can and self.is_free_for(want)


@dataclass
class Bench:
    """The active members of one group."""

    members: Mapping[int, Member]

    def choose(self, want: AssignmentNeed, mode: str) -> Member | None:
        """The next in turn, or the one with least (then the next in turn). None where nobody fits."""
        fitting = [member for member in self.members.values() if member.can_take(want)]
        return min(fitting, key=lambda one: (one.load if mode == Mode.BY_LOAD else 0, one.profile.turn, one.pk), default=None)

    def give(self, member: Member) -> None:
        """Count one more on this member, who goes to the end of the round."""
        member.load += 1
        member.profile.turn = 1 + max(other.profile.turn for other in self.members.values())


def modes() -> Mapping[str, str]:
    """By category; "" is the install's."""
    return dict(AssignmentRule.objects.values_list("category", "mode"))


def mode_of(category: str, rules: Mapping[str, str]) -> str:
    return rules.get(category) or rules.get("") or Mode.OFF


def _people(role: Role) -> list[User]:
    return list(User.objects.filter(groups__name=role, is_active=True, is_service=False).order_by("pk"))


def read_bench(role: Role, now: datetime) -> Bench:
    """As things stand, for a preview."""
    people = _people(role)
    return _bench(people, StaffProfile.objects.filter(user__in=people), now)


def lock_bench(role: Role, now: datetime) -> Bench:
    """Locked until the transaction ends: nobody else chooses among these people meanwhile."""
    people = _people(role)
    known = set(StaffProfile.objects.filter(user__in=people).values_list("user_id", flat=True))
    fresh = [StaffProfile(user=person) for person in people if person.pk not in known]
    StaffProfile.objects.bulk_create(fresh, ignore_conflicts=True)
    return _bench(people, StaffProfile.objects.filter(user__in=people).select_for_update(no_key=True).order_by("user"), now)


def _bench(people: Iterable[User], profiles: Iterable[StaffProfile], now: datetime) -> Bench:
    by_user = {profile.user_id: profile for profile in profiles}
    members = {}
    for person in people:
        profile = by_user.get(person.pk) or StaffProfile(user=person)
        members[person.pk] = Member(profile, profile.is_away(now.astimezone(zone_of(person.timezone)).date()))
    for pk, count in loads(members).items():  # counted after the lock: what others have just given counts
        members[pk].load = count
    return Bench(members)


def loads(people: Collection[int]) -> dict[int, int]:
    """Open complaints by person; whoever has none is left out."""
    mine = Ticket.objects.still_open().filter(assignee__in=list(people)).order_by()
    return dict(mine.values_list("assignee").annotate(count=Count("pk")))


def want_of(ticket: Ticket, complained_about: Iterable[int], *also: int) -> AssignmentNeed:
    """Raises KeyError for a draft, and for what is resolved or closed. `also`: others who shall not get it."""
    language = Language.CHINESE if in_chinese(ticket.owner.language or Language.CHINESE) else ticket.owner.language
    barred = frozenset({ticket.owner_id, ticket.filed_by_id, *complained_about, *also})
    return AssignmentNeed(ROLE_OF[Status(ticket.status)], ticket.category, language, barred)


def want_of_case(case: Case, *also: int) -> AssignmentNeed:
    return want_of(case.ticket, (person.pk for person in case.complained_about), *also)


def auto_assign(case: Case) -> None:
    """After filing and after handing in: to the next of the right group, where a rule gives such complaints out.

    Whoever has it keeps it, but for an appeal that no reviewer has: it must not come to the reviewers in the hands of an agent.
    """
    if case.status not in ROLE_OF or (case.ticket.assignee_id and case.status != Status.APPEAL_SUBMITTED):
        return
    mode = mode_of(case.ticket.category, modes())
    if mode == Mode.OFF:
        return
    want = want_of_case(case)
    bench = lock_bench(want.role, case.now)
    holder = bench.members.get(case.ticket.assignee_id or 0)
    if holder is not None and holder.is_free_for(want):
        return
    # Nobody asked for it: the history names the clock, not the customer whose act it followed.
    by_clock, case.by_clock = case.by_clock, True
    give_by_rule(case, want, mode, bench)
    case.by_clock = by_clock


def give_by_rule(case: Case, want: AssignmentNeed, mode: str, bench: Bench) -> None:
    """To whom the mode chooses; taken back where it chooses nobody, so that anybody can take it up."""
    member = bench.choose(want, mode) if mode != Mode.OFF else None
    if member is None:
        release(case)
        return
    bench.give(member)
    member.profile.save(update_fields=["turn"])
    give(case, member.pk, mode)


def give(case: Case, person: int, how: str) -> None:
    """One event, one notice."""
    case.ticket.assignee_id = person
    case.record("assigned", {"assignee": person, "how": how}, internal=True)
    notify(case, "assigned")


def release(case: Case) -> None:
    """Nobody has it any more. Without an assignee nothing happens."""
    if case.ticket.assignee_id is not None:
        case.ticket.assignee_id = None
        case.record("assigned", {"assignee": None, "how": RELEASED}, internal=True)


def bar(case: Case, people: Iterable[User]) -> None:
    """It is about these too: they have no part in it from now on. An event among colleagues where it was not before."""
    fresh = [person for person in people if person not in case.complained_about]
    if not fresh:
        return
    case.ticket.complained_about.add(*fresh)
    case.complained_about = [*case.complained_about, *fresh]
    case.record("amended", {"fields": ["complained_about"]}, internal=True)
    unassign_conflicted(case)


def unassign_conflicted(case: Case) -> None:
    """Whoever has it and is complained about gives it up, to the next whom a rule names."""
    if any(person.pk == case.ticket.assignee_id for person in case.complained_about):
        release(case)
        auto_assign(case)
