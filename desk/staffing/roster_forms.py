"""The forms of the roster: take over, hand over with a note, plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role, roles_of
from desk.shell.fields import Choice, Field, Form
from desk.shell.posted_values import local_moment
from tickets.models import OnCallShift
from tickets.staffing.on_call import NOTE_LIMIT, PLANNERS, WATCHERS

MOMENT_INPUT = "%Y-%m-%dT%H:%M"
USUAL = timedelta(hours=12)
MOMENTS = ("from_at", "to_at")


def _value_of(typed: QueryDict | None, name: str, default: str = "") -> str:
    return default if typed is None else typed.get(name, "")


def operators() -> list[Choice]:
    """Who can be on call."""
    people = User.objects.filter(groups__name=Role.FREEZE_OPERATOR, is_active=True).order_by("name", "email")
    return [(str(person.pk), str(person)) for person in people]


def take_form(typed: QueryDict | None = None) -> Form:
    note = Field("take", "note", _("Note"), "area", value=_value_of(typed, "note"), limit=NOTE_LIMIT)
    message = _("You are on call from this moment, for the rest of the time that was planned.")
    return Form("take", _("Take over"), _("I am on call now"), [note], note=message)


def hand_form(people: list[Choice], typed: QueryDict | None = None) -> Form:
    fields = [
        Field("hand", "person", _("Goes to"), "select", required=True, value=_value_of(typed, "person"), choices=people),
        Field("hand", "note", _("What the next one has to know"), "area", required=True, value=_value_of(typed, "note"), limit=NOTE_LIMIT),
    ]
    return Form("hand", _("Hand over"), _("Hand over now"), fields)


def plan_form(people: list[Choice], after: datetime, typed: QueryDict | None = None) -> Form:
    """Suggests the hours right after what is planned."""
    begin = timezone.localtime(after)
    fields = [
        Field("plan", "person", _("Who"), "select", required=True, value=_value_of(typed, "person"), choices=people),
        Field("plan", "from_at", _("From"), "moment", required=True, value=_value_of(typed, "from_at", begin.strftime(MOMENT_INPUT))),
        Field("plan", "to_at", _("To"), "moment", required=True, value=_value_of(typed, "to_at", (begin + USUAL).strftime(MOMENT_INPUT))),
        Field("plan", "note", _("Note"), "area", value=_value_of(typed, "note"), limit=NOTE_LIMIT),
    ]
    return Form("plan", _("Plan a time on call"), _("Plan it"), fields)


def roster_forms(
    viewer: User, current: OnCallShift | None, last: datetime, action: str = "", typed: QueryDict | None = None
) -> dict[str, Form]:
    """Those that this viewer may use, by key; `typed` is what was posted to `action`, `last` the end of what is planned."""
    roles = roles_of(viewer)
    plans, mine = not PLANNERS.isdisjoint(roles), current is not None and current.person_id == viewer.pk
    if WATCHERS.isdisjoint(roles) and not plans:
        return {}
    people = operators()
    wanted = {
        "take": (not WATCHERS.isdisjoint(roles) and not mine, take_form),
        "hand": (current is not None and (plans or mine), lambda said: hand_form(_others(people, current), said)),
        "plan": (plans, lambda said: plan_form(people, last, said)),
    }
    return {key: make(typed if key == action else None) for key, (allowed, make) in wanted.items() if allowed}


def _others(people: list[Choice], current: OnCallShift | None) -> list[Choice]:
    return [each for each in people if current is None or each[0] != str(current.person_id)]


def roster_input(post: QueryDict) -> Mapping[str, object]:
    """What the operation takes. Nothing is checked here."""
    values = {name: post.get(name, "") for name in post if name not in ("csrfmiddlewaretoken", "shift")}
    return {name: local_moment(value) if name in MOMENTS and value else value for name, value in values.items()}
