"""Names that are data: escalation targets, categories of a ticket's own policy, colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language

from desk.lexicon import minute_of
from tickets.models import EscalationTarget


def target_titles() -> Mapping[str, str]:
    """Where a complaint can be taken, by key, in the active language. What an admin renames shows within a minute."""
    return _target_titles(get_language() or "", minute_of(timezone.now()))


@lru_cache(maxsize=4)
def _target_titles(language: str, minute: int) -> Mapping[str, str]:
    return {target.key: target.title for target in EscalationTarget.objects.all()}
