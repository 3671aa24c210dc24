"""Messages and events as JSON."""

from __future__ import annotations

from rest_framework import serializers

from api.serializers.fields import Blank, Email, Instant, Object
from tickets.models import Visibility


class MessageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    author = Email()
    visibility = serializers.ChoiceField(choices=Visibility.values)
    body = serializers.CharField()
    eta_at = Instant(allow_null=True)
    created_at = Instant()


class EventSerializer(serializers.Serializer):
    """`actor` null: the clock. `at` is the instant it counts from, `recorded_at` when it was written."""

    seq = serializers.IntegerField()
    kind = serializers.CharField()
    actor = Email(allow_null=True)
    at = Instant()
    recorded_at = Instant()
    data = Object()  # type: ignore[assignment]
    visibility = serializers.ChoiceField(choices=Visibility.values)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of Python's."""
        fields = super().get_fields()
        fields["from"] = Blank(source="from_status")
        fields["to"] = Blank(source="to_status")
        return fields
