"""An item of evidence as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rest_framework import serializers

from accounts.models import User
from api.problems import instant
from api.serializers.fields import Instant, Object
from evidence.intake.resumable_uploads import PART_SIZE
from evidence.models import EvidenceItem, PartialUpload
from evidence.operations import Retention, as_dict, retention_by_item
from evidence.operations.access_history import CustodyLine
from evidence.vault.custody import CustodyAction


class EvidenceSerializer(serializers.Serializer):
    """What the vault lets this viewer know. Drawn here for the schema; made by `serialize_item`."""

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
    message = serializers.IntegerField(allow_null=True, help_text="The message it came with.")
    superseded_by = serializers.IntegerField(allow_null=True)
    delete_on = Instant(allow_null=True, help_text="Known once the ticket is closed, and never before the end of a legal hold.")
    kept_days = serializers.IntegerField(allow_null=True, help_text="How many days after the closing; null: as long as the ticket.")
    held_until = Instant(allow_null=True, help_text="The end of a legal hold.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """`fields` is a word of the framework's."""
        fields = super().get_fields()
        return {name.removesuffix("_"): field for name, field in fields.items()}


NULL_WHEN_EMPTY = ("reason", "reason_code", "verdict", "verdict_reason")


def serialize_item(item: EvidenceItem, viewer: User) -> dict[str, object]:
    """The item as JSON. Its ticket is loaded."""
    return serialize_items([item], viewer)[0]


def serialize_items(items: Sequence[EvidenceItem], viewer: User) -> list[dict[str, object]]:
    """As `serialize_item`, with one query for all."""
    retention = retention_by_item(items)
    return [_json({**as_dict(item, viewer), **_retention_json(retention.get(item.pk))}) for item in items]


def _retention_json(kept: Retention | None) -> dict[str, object]:
    if kept is None:
        return {"delete_on": None, "kept_days": None, "held_until": None}
    last = max(kept.until, kept.held_until) if kept.until and kept.held_until else kept.until
    return {"delete_on": last, "kept_days": kept.days, "held_until": kept.held_until}


def _json(said: dict[str, object]) -> dict[str, object]:
    told = {name: instant(value) if isinstance(value, datetime) else value for name, value in said.items()}
    return {**told, **{name: told[name] or None for name in NULL_WHEN_EMPTY}}


class CustodySerializer(serializers.Serializer):
    """One entry of the custody log. The owner is told roles; seq, by, detail and digest are for the desk."""

    at = Instant()
    action = serializers.ChoiceField(choices=CustodyAction.values)
    who = serializers.CharField(help_text="owner, system, desk, or the role of whoever it was.")
    purpose = serializers.CharField()
    seq = serializers.IntegerField(required=False)
    by = serializers.EmailField(required=False, allow_null=True)
    detail = Object(required=False)
    digest = serializers.CharField(required=False)


def serialize_custody(told: CustodyLine) -> dict[str, object]:
    said: dict[str, object] = {"at": instant(told.at), "action": told.action, "who": str(told.who), "purpose": told.purpose}
    if told.seq is None:
        return said
    return {**said, "seq": told.seq, "by": told.by, "detail": dict(told.detail), "digest": told.digest}


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


def serialize_upload(found: PartialUpload) -> dict[str, object]:
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
