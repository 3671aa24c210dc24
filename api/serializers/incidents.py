"""An incident as JSON: to the desk its row, to a customer what a banner would say."""

from __future__ import annotations

from rest_framework import serializers

from api.serializers.fields import Blank, Email, Instant
from lib.languages import localised_value
from tickets.models import Incident


class IncidentNoticeSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    author = Email()
    body_zh = serializers.CharField()
    body_en = serializers.CharField()
    eta_at = Instant()
    created_at = Instant()


class IncidentRowSerializer(serializers.Serializer):
    ref = serializers.CharField()
    state = serializers.ChoiceField(choices=Incident.State.values)
    category = serializers.CharField()
    pay_method = Blank()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    banner = serializers.BooleanField()
    began_at = Instant()
    suggested_at = Instant()
    opened_at = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)
    eta_at = Instant(allow_null=True, help_text="Of the latest notice.")
    policy_version = serializers.CharField(source="policy_id")
    tickets = serializers.IntegerField(help_text="How many belong to it.")
    candidates = serializers.IntegerField(required=False, help_text="How many more of its kind arrived since.")


class IncidentSerializer(IncidentRowSerializer):
    notices = IncidentNoticeSerializer(many=True)


class TicketIncidentSerializer(serializers.Serializer):
    """The incident a ticket belongs to. `title` in the reader's language; nothing of other customers."""

    ref = serializers.CharField()
    state = serializers.ChoiceField(choices=Incident.State.values)
    title = serializers.SerializerMethodField()
    eta_at = Instant(allow_null=True)

    def get_title(self, incident: object) -> str:
        return localised_value(incident, "title")
