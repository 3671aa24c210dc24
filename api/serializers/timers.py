"""A deadline as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from rest_framework import serializers

from api.problems import instant
from api.serializers.fields import Instant
from lib.languages import active_language
from sla.explanations import explain
from tickets.cases.case import Case
from tickets.models import Timer, TimerState
from tickets.words import held_words

STATES = [state.value for state in TimerState]
BINDS = ["operator", "customer", "third_party", "internal"]


class TimerSerializer(serializers.Serializer):
    """Context: `now`; `repeated`, the keys that ran more than once (they carry their cycle)."""

    key = serializers.CharField()
    cycle = serializers.IntegerField(required=False, help_text="Only where the key ran more than once.")
    binds = serializers.ChoiceField(choices=BINDS)
    started_at = Instant()
    due_at = Instant()
    state = serializers.SerializerMethodField()
    paused_at = Instant(allow_null=True)
    stopped_at = Instant(allow_null=True)
    held_since = Instant(
        allow_null=True, help_text="The owner wrote to us within this window: what follows its end by itself waits for our answer."
    )
    held_until = Instant(
        allow_null=True, help_text="Once we have answered: what follows its end comes then, but never before `due_at`. `state` says so too."
    )
    warn_at = serializers.SerializerMethodField()
    provisional = serializers.BooleanField()

    def get_state(self, timer: Timer) -> str:
        return str(timer.state(self.context["now"]))

    def get_warn_at(self, timer: Timer) -> list[datetime]:
        return [instant(datetime.fromisoformat(at)) for _, at in timer.warn_at]  # type: ignore[misc]

    def to_representation(self, timer: Timer) -> dict[str, object]:
        shown = super().to_representation(timer)
        if timer.key not in self.context["repeated"]:
            del shown["cycle"]
        return shown


class ExplainedTimerSerializer(TimerSerializer):
    """With the sentence that explains the date to its reader."""

    clock = serializers.CharField()
    amount = serializers.IntegerField()
    explanation = serializers.SerializerMethodField()

    def get_explanation(self, timer: Timer) -> str:
        why = explain(timer.basis, timer.due_at, active_language(), timezone.get_current_timezone())
        return f"{why} {held_words(timer.ends_at, 'customer')}" if timer.is_live and timer.is_held else why


def timers_context(case: Case) -> dict[str, object]:
    runs = Counter(timer.key for timer in case.timers)
    return {"now": case.now, "repeated": frozenset(key for key, count in runs.items() if count > 1)}


def oldest_first(timers: Iterable[Timer]) -> list[Timer]:
    """By start; those begun at one instant as they were put; those only begun in memory last."""
    return sorted(timers, key=lambda timer: (timer.started_at, timer.pk is None, timer.pk or 0))


def breached_keys(timers: Iterable[Timer], now: datetime) -> list[str]:
    """Keys of the operator's deadlines that were missed, each once, the oldest first."""
    missed = [timer for timer in oldest_first(timers) if timer.binds == "operator" and timer.state(now) == TimerState.BREACHED]
    return list(dict.fromkeys(timer.key for timer in missed))
