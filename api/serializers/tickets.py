"""A ticket as JSON: the row of a list, and the whole."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.problems import block_json
from api.serializers.fields import Blank, Codes, Email, Instant, Money, Object
from api.serializers.incidents import TicketIncidentSerializer
from api.serializers.timers import TimerSerializer, breached_keys, oldest_first, timers_context
from lib.types import Record
from tickets.cases.case import Case
from tickets.cases.checklist import lines
from tickets.cases.joins import merged_refs
from tickets.cases.timers import shown_timers, shown_transfers
from tickets.models import Decision, Escalation, Freeze, Refund, Ticket
from tickets.models.querysets import is_staff_not_owner
from tickets.operations import offers
from tickets.operations.offering import TYPES
from tickets.workflow import Stage, Status
from tickets.workflow.inputs import PARSERS
from tickets.workflow.vocabulary import AUTHORITIES, LANES, PARTIES, REPRESENTING


class FreezeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Freeze.State.values)
    origin = serializers.ChoiceField(choices=Freeze.Origin.values)
    account = serializers.CharField(source="account_masked")
    within_1h_of_discovery = serializers.BooleanField(allow_null=True)
    requested_at = Instant()
    active_at = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)
    lift_requested_at = Instant(allow_null=True)
    authority = Blank(help_text="Of a freeze by law enforcement: who ordered it.")
    document_no = Blank()
    until = Instant(allow_null=True)


class AccountSerializer(serializers.Serializer):
    """In full, for who freezes it."""

    account = serializers.CharField()
    respondent = serializers.CharField(
        allow_blank=True, help_text="Whose account it is: app, channel or merchant; empty where nobody said."
    )
    freeze_ids = serializers.ListField(child=serializers.IntegerField())


class RemedySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    amount = Money(allow_null=True, help_text="Once it is done, what went out.")
    decided_amount = Money(allow_null=True, help_text="What was decided, once it is done.")
    state = serializers.CharField()
    reference = Blank()
    done_at = Instant(allow_null=True)


class DecisionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=Decision.Verdict.values)
    state = serializers.ChoiceField(choices=Decision.State.values)
    at = Instant()
    effective_at = Instant(allow_null=True)
    author = Email()
    countersigned_by = Email(allow_null=True)
    awaits = Codes(source="why_countersigned", help_text="Why a second signature was needed.")
    reason_code = Blank()
    root_cause = Blank()
    liability = Blank()
    explanation = serializers.CharField()
    answers = Object()
    granted = Codes(help_text="Demands that it meets. What is not among them was refused.")
    remedies = RemedySerializer(many=True)
    evidence = serializers.ListField(source="evidence_ids", child=serializers.IntegerField())
    decided_on_record = serializers.BooleanField(source="on_record")
    refused_reason = Blank()


class RefundSerializer(serializers.Serializer):
    amount = Money()
    currency = serializers.CharField()
    at = Instant()
    reference = Blank()
    kind = Blank(help_text="The remedy of a decision that was carried out; empty where a refund was recorded.")
    number = Blank(help_text="The order it concerns, where that is known.")
    source = serializers.ChoiceField(choices=Refund.Source.values)  # type: ignore[assignment]


class PointSerializer(serializers.Serializer):
    demand = serializers.CharField()
    text = serializers.CharField()


class EscalationSerializer(serializers.Serializer):
    target = serializers.CharField()
    points = PointSerializer(many=True)
    at = Instant()
    by = Email(allow_null=True)
    state = serializers.ChoiceField(choices=Escalation.State.values)
    filed_at = Instant(allow_null=True, help_text="When it was filed there; null: it is not, as far as we know.")
    filed_reference = Blank(help_text="The number it got there.")
    reference = Blank(help_text="The latest number of theirs: of the filing, then of the answer.")
    outcome = Blank()
    answered_at = Instant(allow_null=True)


class TransferSerializer(serializers.Serializer):
    """An authority sent us the complaint, or asks about it. The owner sees none of the police, of a court, or of another office."""

    authority = serializers.ChoiceField(choices=AUTHORITIES)
    number = serializers.CharField()
    received_at = Instant()
    reply_by = Instant(allow_null=True, help_text="As their letter says; otherwise the timer authority_reply has the date.")
    replied_at = Instant(allow_null=True)
    reference = Blank(source="reply_reference", help_text="Of our answer.")


class EvidenceRequestSerializer(serializers.Serializer):
    kinds = Codes()
    reason = serializers.CharField()
    at = Instant()


class OrderSerializer(serializers.Serializer):
    issuer = serializers.CharField()
    number = serializers.CharField()


class ChecklistLineSerializer(serializers.Serializer):
    kind = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    min = serializers.IntegerField()
    have = serializers.IntegerField()
    state = serializers.CharField()
    any_of = serializers.ListField(child=Codes(), required=False, help_text="Ways to fill the slot, each a set of kinds.")


class BlockSerializer(serializers.Serializer):
    """One failing guard. What it needs stands beside the code."""

    code = serializers.CharField()
    missing = Codes(required=False)
    available_from = serializers.DateTimeField(required=False)


class TargetEntrySerializer(serializers.Serializer):
    target = serializers.CharField()
    allowed = serializers.BooleanField()
    blocked_by = BlockSerializer(many=True)
    available_from = Instant(allow_null=True)


class FieldSerializer(serializers.Serializer):
    """One field of an action's body. `required` here and now: what the case asks for besides."""

    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=sorted({TYPES.get(kind, kind) for kind in PARSERS}))
    choices = Codes(required=False)


class ActionEntrySerializer(serializers.Serializer):
    """Allowed: a body that fills `fields` can succeed."""

    action = serializers.CharField()
    allowed = serializers.BooleanField()
    blocked_by = BlockSerializer(many=True)
    available_from = Instant(allow_null=True)
    fields = FieldSerializer(many=True)  # type: ignore[assignment]
    targets = TargetEntrySerializer(many=True, required=False)


class RepresentativeSerializer(serializers.Serializer):
    """Who acts for the customer."""

    name = serializers.CharField()
    document = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`as` is a word of Python's."""
        return {**super().get_fields(), "as": serializers.ChoiceField(choices=REPRESENTING)}


class TicketRowSerializer(serializers.Serializer):
    """A ticket in a list. Context: `viewer`, `now`."""

    ref = serializers.CharField()
    category = Blank()
    stage = serializers.ChoiceField(choices=[stage.value for stage in Stage])
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    waiting_on = Blank()
    lane = serializers.ChoiceField(choices=LANES)
    refund_tier = Blank()
    late_claim = serializers.BooleanField()
    police_cooperation = serializers.BooleanField()
    liability_uncertain = serializers.BooleanField()
    outcome_disputed = serializers.BooleanField()
    responsible_parties = serializers.ListField(child=serializers.ChoiceField(choices=PARTIES))
    routing = Blank()
    complained_about = serializers.SerializerMethodField(help_text="Staff only; the owner sees an empty list.")
    tags = serializers.SerializerMethodField(help_text="Of the desk; customers see an empty list. Agents change them with PATCH.")
    owner = Email(allow_null=True, help_text="null: a contact that nobody has proven yet, see `contact`.")
    contact = serializers.SerializerMethodField(help_text="Staff only: a number or external:<id> that the owner has not proven yet.")
    external_id = Blank()
    metadata = Object()
    represented_by = RepresentativeSerializer(allow_null=True)
    channel = serializers.CharField()
    amount = Money(allow_null=True)
    currency = serializers.CharField()
    incident_at = Instant(allow_null=True)
    discovered_at = Instant(allow_null=True)
    reported_at = Instant(allow_null=True)
    submitted_at = Instant(allow_null=True)
    closed_at = Instant(allow_null=True)
    close_reason = Blank()
    created_at = Instant()
    updated_at = Instant()
    account = Blank(source="account_masked")
    respondent = Blank(help_text="A key of the register, or the name that was given.")
    facts = Object()
    statement = Object()
    demands = Codes()
    policy_version = serializers.CharField(source="policy_id")
    assignee = Email(allow_null=True)
    version = serializers.IntegerField(help_text="What the ETag says.")
    breached_timers = serializers.SerializerMethodField()
    due_at = Instant(allow_null=True, help_text="The earliest deadline of the operator that is not stopped, missed ones included.")
    unanswered_since = Instant(allow_null=True, help_text="The owner's first message that no person has answered.")
    due_timer = Blank(source="due_key")
    overdue = serializers.SerializerMethodField(help_text="`due_at` lies behind.")
    freeze = serializers.SerializerMethodField()

    def get_contact(self, ticket: Ticket) -> str | None:
        return ticket.contact or None if is_staff_not_owner(ticket, self.context["viewer"]) else None

    def get_complained_about(self, ticket: Ticket) -> list[str]:
        return [person.email for person in ticket.complained_about.all()] if is_staff_not_owner(ticket, self.context["viewer"]) else []

    def get_tags(self, ticket: Ticket) -> list[str]:
        return sorted(tag.name for tag in ticket.tags.all()) if is_staff_not_owner(ticket, self.context["viewer"]) else []

    def get_breached_timers(self, ticket: Ticket) -> list[str]:
        return breached_keys(ticket.timers.all(), self.context["now"])

    def get_overdue(self, ticket: Ticket) -> bool:
        return ticket.is_overdue(self.context["now"])

    @extend_schema_field(FreezeSerializer(allow_null=True))
    def get_freeze(self, ticket: Ticket) -> dict[str, object] | None:
        latest = max(ticket.freezes.all(), key=lambda freeze: freeze.pk, default=None)
        return FreezeSerializer(latest).data if latest else None


class TicketSerializer(TicketRowSerializer):
    """The whole ticket as it stands now. Context: `case`, `viewer`, `now`."""

    freezes = FreezeSerializer(many=True, source="live_freezes", help_text="Those that are asked for or in force, the oldest first.")
    order_numbers = OrderSerializer(source="order_references", many=True)
    merged_into = serializers.SerializerMethodField()
    merged_from = serializers.SerializerMethodField(help_text="What was joined into this one, the oldest joining first.")
    reopen_requested_at = Instant(allow_null=True)
    legal_hold_until = Instant(allow_null=True)
    security_tasks = serializers.SerializerMethodField()
    checklist = serializers.SerializerMethodField()
    evidence_request = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    refunds = serializers.SerializerMethodField(help_text="What really came back, one entry for each sum.")
    escalations = serializers.SerializerMethodField()
    transfers = serializers.SerializerMethodField()
    timers = serializers.SerializerMethodField()
    allowed_actions = serializers.SerializerMethodField()
    incident = serializers.SerializerMethodField()

    @property
    def case(self) -> Case:
        return self.context["case"]

    def get_breached_timers(self, ticket: Ticket) -> list[str]:
        return breached_keys(self.case.timers, self.case.now)

    def get_merged_into(self, ticket: Ticket) -> str | None:
        return ticket.merged_into.ref if ticket.merged_into else None

    def get_merged_from(self, ticket: Ticket) -> list[str]:
        return merged_refs(ticket)

    @extend_schema_field(TicketIncidentSerializer(allow_null=True))
    def get_incident(self, ticket: Ticket) -> dict[str, object] | None:
        link = getattr(ticket, "incident_link", None)
        return TicketIncidentSerializer(link.incident).data if link else None

    def get_security_tasks(self, ticket: Ticket) -> list[str]:
        return sorted(self.case.security_tasks)

    @extend_schema_field(ChecklistLineSerializer(many=True))
    def get_checklist(self, ticket: Ticket) -> list[dict[str, object]]:
        return [line.as_dict() for line in lines(self.case)] if ticket.category else []

    @extend_schema_field(EvidenceRequestSerializer(allow_null=True))
    def get_evidence_request(self, ticket: Ticket) -> dict[str, object] | None:
        request = self.case.open_request
        return EvidenceRequestSerializer(request).data if request else None

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, ticket: Ticket) -> dict[str, object] | None:
        """Customers, and those complained about, hear of a decision when it takes effect, and not before."""
        decision = self.case.decision if self.case.may_see_internal else self.case.effective_decision
        return DecisionSerializer(decision).data if decision else None

    @extend_schema_field(RefundSerializer(many=True))
    def get_refunds(self, ticket: Ticket) -> list[dict[str, object]]:
        return RefundSerializer(self.case.refunds, many=True).data  # type: ignore[return-value]

    @extend_schema_field(EscalationSerializer(many=True))
    def get_escalations(self, ticket: Ticket) -> list[dict[str, object]]:
        return EscalationSerializer(self.case.escalations, many=True).data  # type: ignore[return-value]

    @extend_schema_field(TransferSerializer(many=True))
    def get_transfers(self, ticket: Ticket) -> list[dict[str, object]]:
        return TransferSerializer(shown_transfers(self.case), many=True).data  # type: ignore[return-value]

    @extend_schema_field(TimerSerializer(many=True))
    def get_timers(self, ticket: Ticket) -> list[dict[str, object]]:
        context = timers_context(self.case)
        return TimerSerializer(oldest_first(shown_timers(self.case)), many=True, context=context).data  # type: ignore[return-value]

    @extend_schema_field(ActionEntrySerializer(many=True))
    def get_allowed_actions(self, ticket: Ticket) -> list[dict[str, object]]:
        return [_entry(entry) for entry in offers(self.case)]


def _entry(entry: Record) -> dict[str, object]:
    shown = {**block_json(entry), "blocked_by": [block_json(guard) for guard in entry["blocked_by"]]}
    if "targets" in entry:
        shown["targets"] = [_entry(target) for target in entry["targets"]]
    return shown


class MergeEndSerializer(serializers.Serializer):
    """Something of the one that closes that does not go on as it was."""

    kind = serializers.ChoiceField(choices=["status", "request", "escalation", "timer"])
    key = serializers.CharField()


class MergePreviewSerializer(serializers.Serializer):
    """What joining two tickets would do."""

    survivor = serializers.CharField(help_text="The reference of the one that goes on, whichever was named.")
    closes = serializers.CharField(help_text="The reference of the one that closes.")
    moves = serializers.DictField(child=serializers.IntegerField(), help_text="By sort, how much goes over to the one that goes on.")
    ends = MergeEndSerializer(many=True)
