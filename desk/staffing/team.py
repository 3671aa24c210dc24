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
from tickets.operations.assigning import loads, modes


def team() -> list[Context]:
    """By name, with how much is overdue and due by tonight. As many queries for two people as for two hundred."""
    now = timezone.now()
    tonight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    people = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).distinct().order_by("name", "email")
    rows = list(people.select_related("staff_profile__stand_in").prefetch_related("groups"))
    counts = loads([person.pk for person in rows])
    late, today = Count("pk", Q(due_at__lt=now)), Count("pk", Q(due_at__gte=now, due_at__lte=tonight))
    held = Ticket.objects.in_queue().exclude(assignee=None).order_by().values_list("assignee").annotate(late=late, today=today)
    dues = {pk: (overdue, due) for pk, overdue, due in held}
    return [_row(person, profile_of(person), counts.get(person.pk, 0), *dues.get(person.pk, (0, 0))) for person in rows]


def profile_of(person: User) -> StaffProfile:
    """What stands, or what holds for whoever has said nothing. With `staff_profile` loaded it asks nothing."""
    return getattr(person, "staff_profile", None) or StaffProfile(user=person)


def _row(person: User, profile: StaffProfile, load: int, overdue: int, due_today: int) -> Context:
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
        "overdue": overdue,
        "due_today": due_today,
        "late_ones": f"{reverse('desk:queue')}?{urlencode({'assignee': person.email, 'due': 'overdue'})}",
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
