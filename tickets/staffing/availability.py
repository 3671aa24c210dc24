"""Who takes part, what they can do, when they are away and who stands in: said by oneself, or by a supervisor for anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from accounts.roles import STAFF_ROLES, Role, roles_of
from lib.background import enqueue
from lib.types import Text
from lib.zones import zone_of
from sla.policies import current
from tickets.models import StaffProfile
from tickets.policy.playbooks import playbooks
from tickets.workflow import Data, Forbidden, Input, Invalid, NotFound, clean_fields

ASSIGN = "tickets.assign"
ABSENCE = (Input("takes_part", "bool", required=True), Input("away_from", "date"), Input("away_to", "date"), Input("stand_in", "int"))
# What a colleague answers in: the script makes no difference there.
SPOKEN_LANGUAGES = [choice for choice in Language.choices if choice[0] != Language.TRADITIONAL]
SKILLS = (
    Input("categories", "names"),
    Input("languages", "names", choices=tuple(dict(SPOKEN_LANGUAGES))),
    Input("capacity", "int"),
)
MOST_CAPACITY = 10_000


def settable_fields(actor: User, person: int) -> tuple[Input, ...]:
    """The fields this actor may set for this person; none: not theirs to say."""
    if Role.SUPERVISOR in roles_of(actor):
        return ABSENCE + SKILLS
    return ABSENCE if actor.pk == person and not roles_of(actor).isdisjoint(STAFF_ROLES) else ()


def set_availability(actor: User, person: int, raw: Mapping[str, object]) -> StaffProfile:
    """Set all that the actor may say of this person; what is left out is emptied.

    What an absent person has is passed on right after. Raises Forbidden, NotFound (nobody of the desk), Invalid.
    """
    fields = settable_fields(actor, person)
    if not fields:
        raise Forbidden
    with transaction.atomic():
        user = _of_desk(person)
        data = clean_fields(fields, raw)
        _check(user, data)
        StaffProfile.objects.bulk_create([StaffProfile(user=user)], ignore_conflicts=True)
        profile = StaffProfile.objects.select_for_update(no_key=True).get(user=user)
        for name in ("takes_part", "away_from", "away_to", "capacity"):
            setattr(profile, name, data.get(name, getattr(profile, name)))
        profile.stand_in_id = data["stand_in"]
        for name in ("categories", "languages"):
            setattr(profile, name, data[name] or [] if name in data else getattr(profile, name))
        profile.save()
        enqueue(ASSIGN)
    return profile


def absent(now: datetime) -> list[StaffProfile]:
    """Who of the desk is away where they live, today. One query."""
    day = timedelta(days=1)
    near = Q(away_from__lte=now.date() + day) & (Q(away_to=None) | Q(away_to__gte=now.date() - day))
    rows = StaffProfile.objects.filter(near, user__is_active=True, user__groups__name__in=STAFF_ROLES).select_related("user").distinct()
    return [row for row in rows.order_by("user") if row.is_away(now.astimezone(zone_of(row.user.timezone)).date())]


def _of_desk(person: int) -> User:
    user = User.objects.filter(pk=person, is_active=True, groups__name__in=STAFF_ROLES).distinct().first()
    if user is None:
        raise NotFound
    return user


def _check(user: User, data: Data) -> None:
    errors: dict[str, list[Text]] = {}
    begin, end = data["away_from"], data["away_to"]
    if end is not None and begin is None:
        errors["away_from"] = [_("Say the first day away.")]
    elif end is not None and end < begin:
        errors["away_to"] = [_("The last day away is before the first.")]
    if data["stand_in"] == user.pk:
        errors["stand_in"] = [_("Nobody stands in for themselves.")]
    elif data["stand_in"] is not None and not _is_of_desk(data["stand_in"]):
        errors["stand_in"] = [_("Choose somebody of the desk.")]
    known = playbooks(current(timezone.now()).version)
    if any(key not in known for key in data.get("categories") or ()):
        errors["categories"] = [_("Choose among the categories.")]
    if (data.get("capacity") or 0) > MOST_CAPACITY:
        errors["capacity"] = [_("Enter a number up to %(most)s.") % {"most": MOST_CAPACITY}]
    if errors:
        raise Invalid(errors)


def _is_of_desk(person: int) -> bool:
    return User.objects.filter(pk=person, is_active=True, groups__name__in=STAFF_ROLES).exists()
