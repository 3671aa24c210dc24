"""People of the desk and times on call as JSON."""

from __future__ import annotations

from datetime import datetime

from rest_framework import serializers

from accounts.models import User
from accounts.roles import STAFF_ROLES
from api.serializers.fields import Blank, Codes, Email, Instant
from api.serializers.tickets import FreezeSerializer
from lib.types import Record
from lib.zones import zone_of
from tickets.models import OnCallShift, StaffProfile

RUNNING, COMING, OVER = "running", "coming", "over"


class AvailabilitySerializer(serializers.Serializer):
    """Somebody of the desk: when they are away, who stands in, what they can do and what they have."""

    # Of a person who carries `profile` and `load`; `now` stands in the context.

    id = serializers.IntegerField()
    person = Email(source="*")
    name = serializers.CharField()
    roles = serializers.SerializerMethodField()
    away = serializers.SerializerMethodField(help_text="Today, where the person lives.")
    away_from = serializers.DateField(source="profile.away_from", allow_null=True)
    away_to = serializers.DateField(
        source="profile.away_to", allow_null=True, help_text="The last day; null with away_from: until further notice."
    )
    stand_in = Email(source="profile.stand_in")
    takes_part = serializers.BooleanField(source="profile.takes_part", help_text="In automatic assignment.")
    categories = Codes(source="profile.categories", help_text="Empty: all.")
    languages = Codes(source="profile.languages", help_text="Empty: all.")
    capacity = serializers.IntegerField(source="profile.capacity", allow_null=True, help_text="Open complaints at most.")
    load = serializers.IntegerField(help_text="Open complaints now.")

    def get_roles(self, person: User) -> list[str]:
        return sorted(group.name for group in person.groups.all() if group.name in STAFF_ROLES)

    def get_away(self, person: User) -> bool:
        profile: StaffProfile = person.profile  # type: ignore[attr-defined]
        now: datetime = self.context["now"]
        return profile.is_away(now.astimezone(zone_of(person.timezone)).date())


class ShiftSerializer(serializers.Serializer):
    """One person on call for a time. `note` is what the one before passed on."""

    id = serializers.IntegerField()
    person = Email()
    name = serializers.CharField(source="person.name")
    state = serializers.SerializerMethodField()
    from_at = Instant()
    to_at = Instant()
    note = Blank()
    note_by = Email()
    made_by = Email()
    made_at = Instant()

    def get_state(self, shift: OnCallShift) -> str:
        now: datetime = self.context["now"]
        if shift.to_at <= now:
            return OVER
        return RUNNING if shift.from_at <= now else COMING


class WatchedFreezeSerializer(FreezeSerializer):
    """A freeze as the desk sees it, with who is on it."""

    acknowledged_by = Email()
    acknowledged_at = Instant(allow_null=True)


def serialize_shift(shift: OnCallShift, now: datetime) -> Record:
    return ShiftSerializer(shift, context={"now": now}).data
