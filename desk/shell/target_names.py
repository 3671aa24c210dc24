"""Names of places to turn to, in the active language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import get_language

from desk.shell import cached_labels


def target_titles() -> Mapping[str, str]:
    """By key."""
    return cached_labels.target_titles(get_language() or "", timezone.now())
