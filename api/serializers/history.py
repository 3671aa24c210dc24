"""Messages and events as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rest_framework import serializers

from accounts.models import User
from api.serializers.fields import Blank, Email, Instant, Object
from api.webhooks.event_types import types_of
from evidence.models import EvidenceItem
from evidence.operations import as_dict
from tickets.models import Event, Message, Visibility


class AttachmentSerializer(serializers.Serializer):
    """A file that came with a message: an item of evidence, in short."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=EvidenceItem.State.values)
    reason = serializers.CharField(help_text="Why it was refused, in words.")
    media_type = serializers.CharField()
    size = serializers.IntegerField()


class MessageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    author = Email()
    visibility = serializers.ChoiceField(choices=Visibility.values)
    body = serializers.CharField()
    folded = serializers.CharField(allow_blank=True, help_text="What an e-mail quoted, and its signature. Empty otherwise.")
    eta_at = Instant(allow_null=True)
    created_at = Instant()
    attachments = AttachmentSerializer(many=True, source="shown")


def with_attachments(messages: Sequence[Message], viewer: User) -> list[dict[str, object]]:
    """Each with the files the viewer may know of; one query for all."""
    found: dict[int | None, list[dict[str, object]]] = defaultdict(list)
    items = EvidenceItem.objects.visible_to(viewer).filter(message__in=messages).select_related("ticket", "uploaded_by")
    for item in items.order_by("pk"):
        found[item.message_id].append(as_dict(item, viewer))
    for message in messages:
        message.shown = found[message.pk]  # type: ignore[attr-defined]
    return list(MessageSerializer(messages, many=True).data)


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


class EventOfAllSerializer(EventSerializer):
    """With the ticket it belongs to, and as what a webhook is told of it."""

    id = serializers.IntegerField()
    ref = serializers.CharField(source="ticket.ref")
    types = serializers.SerializerMethodField()

    def get_types(self, event: Event) -> list[str]:
        return list(types_of(event.kind, event.from_status, event.to_status, event.ticket.lane))
