"""The people of the desk as a supervisor sees them: groups, what they have, who is away and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Language, User
from accounts.roles import STAFF_ROLES
from desk.shell.cached_labels import category_titles
from desk.shell.labels import ROLE
from lib.types import Context
from lib.zones import zone_of
from tickets.models import AssignmentRule, StaffProfile, Ticket
from tickets.models.querysets import NOT_OPEN
from tickets.operations.assigning import loads, modes


def team() -> list[Context]:
    """By name, with how much is overdue and due by tonight. As many queries for two people as for two hundred."""
    people = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).distinct().order_by("name", "email")
    rows = list(people.select_related("staff_profile__stand_in").prefetch_related("groups"))
    counts, dues = loads([person.pk for person in rows]), _dues()
    team = [{**_row(person, profile_of(person), counts.get(person.pk, 0)), **_late(person.email, dues.get(person.pk))} for person in rows]
    free = dues.get(None)  # what nobody has stands first, where there is any
    nobody = {"name": _("nobody"), "load": free[2], "takes_part": True, "capacity": None, **_late("none", free)} if free else None
    return [nobody, *team] if nobody else team


def _dues() -> dict[int | None, tuple[int, int, int]]:
    """By assignee: overdue, due by tonight, open."""
    now = timezone.now()
    tonight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    late, today, still_open = Q(due_at__lt=now), Q(due_at__gte=now, due_at__lte=tonight), ~Q(status__in=NOT_OPEN)
    held = Ticket.objects.in_queue().order_by().values_list("assignee")
    found = held.annotate(late=Count("pk", late), today=Count("pk", today), open=Count("pk", still_open))
    return {pk: (overdue, due_today, load) for pk, overdue, due_today, load in found}


def _late(assignee: str, dues: tuple[int, int, int] | None) -> Context:
    """How much, and the queue narrowed to what is overdue of it."""
    address = f"{reverse('desk:queue')}?{urlencode({'assignee': assignee, 'due': 'overdue'})}"
    return {"overdue": dues[0] if dues else 0, "due_today": dues[1] if dues else 0, "late_ones": address}


def profile_of(person: User) -> StaffProfile:
    """What stands, or what holds for whoever has said nothing. With `staff_profile` loaded it asks nothing."""
    return getattr(person, "staff_profile", None) or StaffProfile(user=person)


def _row(person: User, profile: StaffProfile, load: int) -> Context:
    titles = category_titles(get_language() or "", timezone.now())
    languages: Mapping[str, object] = dict(Language.choices)
    return {
        "pk": person.pk,
        "name": str(person),
        "groups": [ROLE[group.name] for group in person.groups.all() if group.name in ROLE],
        "takes_part": profile.takes_part,
        "absence": absence(profile, person),
        "stand_in": str(profile.stand_in) if profile.stand_in else "",
        "skills": [*(titles.get(key, key) for key in profile.categories), *(languages.get(key, key) for key in profile.languages)],
        "load": load,
        "capacity": profile.capacity,
    }


def absence(profile: StaffProfile, person: User) -> tuple[str, bool] | None:
    """In words, and whether it is now. None for one that is over."""
    today = timezone.now().astimezone(zone_of(person.timezone)).date()
    if profile.away_from is None or (profile.away_to is not None and profile.away_to < today):
        return None
    until = profile.away_to.isoformat() if profile.away_to else _("until further notice")
    return f"{profile.away_from.isoformat()} – {until}", profile.is_away(today)


def rules() -> list[tuple[str, str]]:
    """Category and how its complaints are given out; the install's own rule first."""
    titles = category_titles(get_language() or "", timezone.now())
    found = modes()
    words = {mode.value: str(mode.label) for mode in AssignmentRule.Mode}
    own = [(titles.get(key, key), words.get(mode, mode)) for key, mode in sorted(found.items()) if key]
    return [(_("All complaints"), words.get(found.get("", "off"), "")), *own]
