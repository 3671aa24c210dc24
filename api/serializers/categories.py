"""Playbooks in the reader's language: questions, evidence, deadlines in words; and the places beyond the desk."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import Blank, Codes, Instant
from lib.languages import localised_value
from sla.durations import Duration
from sla.policies import PolicySnapshot
from tickets.models import Category, EscalationTarget, EvidenceSlot
from tickets.policy.playbooks import ALTERNATIVES
from tickets.words import EVIDENCE_HINT, EVIDENCE_KIND, FACT, FACT_CHOICE, REMEDY, TIMER, TIMER_WHY
from tickets.workflow import TIMERS
from tickets.workflow.timers import Usual, length_in
from tickets.workflow.vocabulary import COMMON_FACTS, FACTS, MONEY_REMEDIES


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField()
    text = serializers.CharField()


class QuestionSerializer(serializers.Serializer):
    """One fact asked for. `type`: bool, int, money, instant, text, choice, choices or flag_or_text."""

    key = serializers.CharField()
    question = serializers.CharField()
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = ChoiceSerializer(many=True)


class SlotSerializer(serializers.Serializer):
    kind = serializers.CharField()
    title = serializers.CharField()
    hint = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    min = serializers.IntegerField()
    lane = Blank(help_text="Only in this lane; null: in every lane.")
    any_of = serializers.ListField(child=Codes(), help_text="Ways to fill the slot, each a set of kinds.")


class DeadlineSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    duration = serializers.CharField(help_text="In words.")
    text = serializers.CharField(help_text="What is promised.")
    clock = serializers.CharField()
    amount = serializers.IntegerField()
    binds = serializers.CharField()


class CategorySerializer(serializers.Serializer):
    """Context: `policy`, the snapshot the category belongs to."""

    key = serializers.CharField()
    title = serializers.CharField()
    words = serializers.SerializerMethodField(help_text="In the customer's own words.")
    emergency = serializers.BooleanField(source="is_emergency")
    emergency_facts = Codes()
    freeze_first = serializers.SerializerMethodField(help_text="Offer the freeze before anything else: an emergency, or alarming words.")
    questions = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()
    required_evidence = serializers.SerializerMethodField()
    optional_evidence = serializers.SerializerMethodField()
    deadlines = serializers.SerializerMethodField()
    remedies = serializers.SerializerMethodField()
    targets = serializers.SerializerMethodField()
    responsible_parties = Codes()
    routing = Blank()
    lane = serializers.CharField()
    policy_version = serializers.CharField(source="policy_id")

    def get_freeze_first(self, category: Category) -> bool:
        return category.is_emergency or bool(self.context.get("alarming"))

    def get_words(self, category: Category) -> str:
        return localised_value(category, "words")

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, category: Category) -> list[dict[str, object]]:
        return [_question(name, category) for name in _facts(category)]

    def get_facts(self, category: Category) -> dict[str, str]:
        return {name: FACTS[name].type for name in _facts(category)}

    @extend_schema_field(SlotSerializer(many=True))
    def get_required_evidence(self, category: Category) -> list[dict[str, object]]:
        return [_slot(slot) for slot in category.slots.all() if slot.required]

    @extend_schema_field(SlotSerializer(many=True))
    def get_optional_evidence(self, category: Category) -> list[dict[str, object]]:
        return [_slot(slot) for slot in category.slots.all() if not slot.required]

    @extend_schema_field(DeadlineSerializer(many=True))
    def get_deadlines(self, category: Category) -> list[dict[str, object]]:
        policy: PolicySnapshot = self.context["policy"]
        known = [key for key in _deadlines(category) if key in policy.timers]  # an older version lacks what came after it
        return [_deadline(key, _duration(key, category, policy), policy) for key in known]

    @extend_schema_field(ChoiceSerializer(many=True))
    def get_remedies(self, category: Category) -> list[dict[str, str]]:
        return [{"value": kind, "text": str(REMEDY.get(kind, kind))} for kind in category.remedies]

    def get_targets(self, category: Category) -> list[str]:
        return [target if isinstance(target, str) else target["key"] for target in category.targets]


def _facts(category: Category) -> list[str]:
    return list(dict.fromkeys([*category.required_facts, *category.facts, *category.emergency_facts, *COMMON_FACTS]))


def _question(name: str, category: Category) -> dict[str, object]:
    fact = FACTS[name]
    choices = [{"value": code, "text": str(FACT_CHOICE.get((name, code), code))} for code in fact.choices]
    asked = str(FACT.get(name, name))
    return {"key": name, "question": asked, "type": fact.type, "required": name in category.required_facts, "choices": choices}


def _slot(slot: EvidenceSlot) -> dict[str, object]:
    return {
        "kind": slot.kind,
        "title": str(EVIDENCE_KIND.get(slot.kind, slot.kind)),
        "hint": str(EVIDENCE_HINT.get(slot.kind, "")),
        "required": slot.required,
        "min": slot.minimum,
        "lane": slot.lane or None,
        "any_of": [list(way) for way in ALTERNATIVES.get(slot.kind, ((slot.kind,),))],
    }


def _deadlines(category: Category) -> list[str]:
    """Keys of the deadlines such a complaint usually meets, in the order it meets them."""
    traits = {
        Usual.ALWAYS: True,
        Usual.EMERGENCY: category.is_emergency or bool(category.emergency_facts),
        Usual.FULL_REFUND: category.full_refund_window,
        Usual.REVERSAL: category.key == "pay_failed_deducted",
        Usual.WITHDRAWAL: category.key == "withdrawal_anomaly",
        Usual.REVIEW_TARGET: bool(category.review_target_wd),
        Usual.REVIEW: bool(category.review_limit_wd),
        Usual.PLATFORM_FREEZE: category.platform_freeze,
        Usual.MONEY: bool(set(category.remedies) & MONEY_REMEDIES) and not category.review_covers_payout,
        Usual.STATEMENT: "statement_of_balance" in category.remedies,
        Usual.SELDOM: False,
    }
    return [key for key, row in TIMERS.items() if traits[row.usual]]


def _duration(key: str, category: Category, policy: PolicySnapshot) -> Duration:
    duration = policy.timers[key].duration
    return Duration(duration.clock, length_in(category, key) or duration.amount, duration.roll)


def _deadline(key: str, duration: Duration, policy: PolicySnapshot) -> dict[str, object]:
    return {
        "key": key,
        "title": str(TIMER[key]),
        "duration": duration_words(duration),
        "text": str(TIMER_WHY[key]),
        "clock": duration.clock,
        "amount": duration.amount,
        "binds": policy.timers[key].binds,
    }


def duration_words(duration: Duration) -> str:
    n = duration.amount
    if duration.clock == "wall":
        return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    if duration.clock == "day":
        return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
    if duration.clock == "wd":
        return ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n}
    return _("by the end of the working day after")


class TargetSerializer(serializers.Serializer):
    """A contact nobody has verified is not shown."""

    key = serializers.CharField()
    title = serializers.CharField()
    does = serializers.CharField()
    contact = Blank(source="shown_contact")
    hours = serializers.SerializerMethodField()
    verified_at = Instant(allow_null=True)

    def get_hours(self, target: EscalationTarget) -> str | None:
        return target.hours if target.verified_at else None
