"""Views of the queue worth a link of their own: each is only a set of filters in the address."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override


class SavedView(NamedTuple):
    name: str
    query: str


SAVED = (
    (_("All open"), ""),
    (_("Mine"), "assignee=me"),
    (_("Unassigned"), "assignee=none"),
    (_("Due today"), "due=today"),
    (_("Missed"), "breached=true"),
    (_("Waiting on the customer"), "waiting_on=customer"),
    (_("Freezes"), "stage=freeze"),
    (_("Escalated"), "status=escalated"),
    (_("Follow-up due"), "follow_up=due"),
)


@lru_cache(maxsize=4)
def saved_views(language: str) -> tuple[SavedView, ...]:
    """In that language."""
    with override(language):
        return tuple(SavedView(str(name), query) for name, query in SAVED)
