"""An item of evidence as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import User
from api.problems import instant
from api.serializers.fields import Instant, Object
from evidence.models import EvidenceItem, PartialUpload
from evidence.operations import as_dict
from evidence.operations.resuming import PART_SIZE


class EvidenceSerializer(serializers.Serializer):
    """What the vault lets this viewer know. Drawn here for the schema; made by `shown`."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=EvidenceItem.State.values)
    reason = serializers.CharField(allow_null=True, help_text="Why it was rejected, in words.")
    reason_code = serializers.CharField(allow_null=True)
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    uploaded_at = Instant()
    uploaded_by = serializers.EmailField(allow_null=True)
    verdict = serializers.CharField(allow_null=True)
    verdict_reason = serializers.CharField(allow_null=True)
    verdict_at = Instant(allow_null=True)
    fields_ = Object()
    text = serializers.CharField()
    privacy = serializers.CharField()
    consent_at = Instant(allow_null=True)
    superseded_by = serializers.IntegerField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`fields` is a word of the framework's."""
        fields = super().get_fields()
        return {name.removesuffix("_"): field for name, field in fields.items()}


NULL_WHEN_EMPTY = ("reason", "reason_code", "verdict", "verdict_reason")


def shown(item: EvidenceItem, viewer: User) -> dict[str, Any]:
    """The item as JSON. Its ticket is loaded."""
    said = {name: instant(value) if isinstance(value, datetime) else value for name, value in as_dict(item, viewer).items()}
    return {**said, **{name: said[name] or None for name in NULL_WHEN_EMPTY}}


class UploadSerializer(serializers.Serializer):
    """A file on its way in."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField(help_text="Empty for sensitive documents.")
    offset = serializers.IntegerField(help_text="How many bytes are here; the next part begins there.")
    size = serializers.IntegerField()
    chunk_size = serializers.IntegerField(help_text="How many bytes to send at once.")
    expires_at = Instant()
    item = serializers.IntegerField(allow_null=True, help_text="The item of evidence, once the last part is here.")


def upload_shown(found: PartialUpload) -> dict[str, Any]:
    return {
        "id": str(found.pk),
        "kind": found.kind,
        "name": found.name,
        "offset": found.offset,
        "size": found.size,
        "chunk_size": PART_SIZE,
        "expires_at": instant(found.expires_at),
        "item": found.item_id,
    }
