"""A receipt as JSON: for anyone with its code, and with the hashes of what was typed for its owner."""

from __future__ import annotations

from django.utils import timezone
from rest_framework import serializers

from api.serializers.fields import Instant
from evidence.receipts import Receipt, ReceiptEntry
from lib.languages import active_language
from sla.explanations import explain
from tickets.models import Timer


class EntrySerializer(serializers.Serializer):
    kind = serializers.CharField()
    arrived_at = Instant()
    sha256 = serializers.SerializerMethodField(help_text="Null for what was typed in: it is short enough to be guessed from its hash.")

    def get_sha256(self, entry: ReceiptEntry) -> str | None:
        return entry.shown_sha256 or None


class OwnEntrySerializer(EntrySerializer):
    def get_sha256(self, entry: ReceiptEntry) -> str | None:
        return entry.sha256 or None


class ReceiptFreezeSerializer(serializers.Serializer):
    state = serializers.CharField()
    requested_at = Instant()
    active_at = Instant(allow_null=True)


class ReceiptClockSerializer(serializers.Serializer):
    """A date that runs from the act the receipt is about, as it stands today."""

    key = serializers.CharField()
    started_at = Instant()
    due_at = Instant()
    explanation = serializers.SerializerMethodField()

    def get_explanation(self, timer: Timer) -> str:
        return explain(timer.basis, timer.due_at, active_language(), timezone.get_current_timezone())


class ReceiptSerializer(serializers.Serializer):
    """What anyone with the code may know: nobody's name, no amount, no words of anybody."""

    code = serializers.CharField()
    url = serializers.CharField(source="address")
    reference = serializers.CharField(source="ticket.ref")
    number = serializers.IntegerField(help_text="0: the filing; from 1: the submission of that number.")
    category = serializers.CharField(source="ticket.category")
    category_title = serializers.CharField(source="category")
    filed_at = Instant()
    submitted_at = Instant(allow_null=True)
    freeze = ReceiptFreezeSerializer(allow_null=True)
    evidence = EntrySerializer(source="entries", many=True)
    timers = ReceiptClockSerializer(source="clocks", many=True)
    digest = serializers.CharField(help_text="SHA-256 of content. Stays the same for ever.")
    content = serializers.CharField(help_text="What the digest is of: canonical JSON, keys sorted, no spaces, instants in UTC.")


class OwnReceiptSerializer(ReceiptSerializer):
    evidence = OwnEntrySerializer(source="entries", many=True)


class ReceiptRowSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    at = Instant()
    code = serializers.CharField()
    url = serializers.CharField(source="address")


class ReceiptsSerializer(OwnReceiptSerializer):
    """The receipt asked for, and every one the ticket has."""

    receipts = ReceiptRowSerializer(many=True)


def serialize_receipt(receipt: Receipt, all_of_them: list[Receipt]) -> dict[str, object]:
    rows = ReceiptRowSerializer(all_of_them, many=True).data
    return {**OwnReceiptSerializer(receipt).data, "receipts": rows}
