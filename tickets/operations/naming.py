"""Whom a complaint is about: who may say so, who may take it back, and that supervisors hear of it.

Whoever is named reads, decides and is told nothing of the case. So naming is no way to send colleagues off a case: an agent names agents
and reviewers; whoever watches (supervisors, privacy officers, freeze operators) is named by a supervisor and freed by another one; one
supervisor stays.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import WATCHING_ROLES, Role, roles_of
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.models import Event
from tickets.workflow import Forbidden, Invalid

KIND = "complained_about_changed"


def name_complained_about(case: Case, people: Collection[User], roles: frozenset[Role]) -> None:
    """These and nobody else, by an actor with `roles`. What is so already is no act.

    Raises Forbidden; Invalid where no supervisor would stay.
    """
    before = case.complained_about
    added = [person for person in people if person not in before]
    freed = [person for person in before if person not in people]
    if not added and not freed:
        return
    if not _may(case, added, freed, supervises=Role.SUPERVISOR in roles):
        raise Forbidden
    if any(Role.SUPERVISOR in roles_of(person) for person in added) and not _supervisor_stays(case, people):
        raise Invalid({"complained_about": [_("Nobody would be left to supervise this complaint. Leave one supervisor out.")]})
    case.ticket.complained_about.set(people)
    case.complained_about = list(people)
    case.record(KIND, {"named": [person.pk for person in added], "freed": [person.pk for person in freed]}, internal=True)
    notify(case, KIND)


def _may(case: Case, added: Collection[User], freed: Collection[User], *, supervises: bool) -> bool:
    if not supervises:
        return not freed and all(WATCHING_ROLES.isdisjoint(roles_of(person)) for person in added)
    return not any(_named_by_actor(case, person) for person in freed if not WATCHING_ROLES.isdisjoint(roles_of(person)))


def _named_by_actor(case: Case, person: User) -> bool:
    """Whether the actor themselves was the last to name this person."""
    namings = Event.objects.filter(ticket=case.ticket.pk, kind=KIND).order_by("-seq").values_list("actor_id", "data")
    last = next((actor for actor, data in namings if person.pk in data["named"]), None)
    return case.actor is not None and last == case.actor.pk


def _supervisor_stays(case: Case, people: Collection[User]) -> bool:
    barred = {case.ticket.owner_id, *(person.pk for person in people)}
    return User.objects.filter(groups__name=Role.SUPERVISOR, is_active=True).exclude(pk__in=barred).exists()
