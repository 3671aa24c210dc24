"""The form of availability: what oneself may say, or with the skills that a supervisor sets."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.cached_labels import category_titles, people_of_the_desk
from desk.shell.fields import Choice, Field, Form
from tickets.models import StaffProfile
from tickets.staffing import SPOKEN_LANGUAGES, settable_fields

LISTS = ("categories", "languages")


def availability_form(viewer: User, profile: StaffProfile, typed: QueryDict | None = None) -> Form:
    """With what stands, or with what was typed."""
    names = {each.name for each in settable_fields(viewer, profile.user_id)}
    fields = [each for each in _fields(profile, typed) if each.name in names]
    note = _("Whoever is away is given nothing new. What is open goes to the stand-in, or to colleagues where a rule gives complaints out.")
    return Form("availability", _("Availability"), _("Save"), fields, note=note)


def _fields(profile: StaffProfile, typed: QueryDict | None) -> list[Field]:
    now, key = timezone.now(), "availability"

    def day(name: str) -> str:
        stands = getattr(profile, name)
        return typed.get(name, "") if typed is not None else stands.isoformat() if stands else ""

    def value_of(name: str, stands: object) -> object:
        return typed.get(name, "") if typed is not None else stands

    def several(name: str) -> list[str]:
        return typed.getlist(name) if typed is not None else list(getattr(profile, name))

    people: list[Choice] = [(str(each.pk), each.name) for each in people_of_the_desk(now) if each.pk != profile.user_id]
    every = _("None ticked: all.")
    titles = list(category_titles(get_language() or "", now).items())
    return [
        Field(key, "takes_part", _("Takes part in automatic assignment"), "check", value=value_of("takes_part", profile.takes_part)),
        Field(key, "away_from", _("Away from"), "day", value=day("away_from")),
        Field(key, "away_to", _("Last day away"), "day", value=day("away_to"), hint=_("Empty: until further notice.")),
        Field(key, "stand_in", _("Stand-in"), "select", value=str(value_of("stand_in", profile.stand_in_id) or ""), choices=people),
        Field(key, "categories", _("Categories"), "checks", value=several("categories"), choices=titles, hint=every),
        Field(key, "languages", _("Languages"), "checks", value=several("languages"), choices=SPOKEN_LANGUAGES, hint=every),
        Field(
            key, "capacity", _("Open complaints at most"),
            value=value_of("capacity", "" if profile.capacity is None else str(profile.capacity)), hint=_("Empty: no limit."), limit=5,
        ),
    ]  # fmt: skip


def availability_input(viewer: User, person: int, post: QueryDict) -> Mapping[str, object]:
    """What the operation takes. Nothing is checked here."""
    raw: dict[str, object] = {}
    for each in settable_fields(viewer, person):
        raw[each.name] = post.getlist(each.name) if each.name in LISTS else post.get(each.name, "")
    return {**raw, "takes_part": post.get("takes_part") == "on"}
