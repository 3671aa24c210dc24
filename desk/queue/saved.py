"""Views of the queue worth a link of their own, of the house and of people: each is only a set of filters in the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Case, When
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from desk.models import SavedView
from desk.queue.filters import QueueFilter
from desk.shell.cached_labels import minute_of
from lib import memo

# Nobody looks at more of them, and each has its count.
MOST = 30


class View(NamedTuple):
    """`key` names it where it is counted; `letter` opens it, after g."""

    key: str
    name: str
    query: str
    letter: str = ""


BUILT_IN_VIEWS = (
    (_("All in hand"), "", "a"),
    (_("Overdue"), "due=overdue", "o"),
    (_("Customer has written"), "unanswered=true", "c"),
    (_("Mine"), "assignee=me", "m"),
    (_("Unassigned"), "assignee=none", "u"),
    (_("To do today"), "due=today", "t"),
    (_("Waiting on the customer"), "waiting_on=customer", "w"),
    (_("Freezes"), "stage=freeze", "f"),
    (_("Escalated"), "status=escalated", "e"),
    (_("Follow-up due"), "follow_up=due", "l"),
)


@lru_cache(maxsize=4)
def built_in_views(language: str) -> tuple[View, ...]:
    """In that language."""
    with override(language):
        return tuple(View(f"b{place}", str(name), query, letter) for place, (name, query, letter) in enumerate(BUILT_IN_VIEWS))


def views_of(user: User, language: str, now: datetime, stamp: str) -> tuple[View, ...]:
    """All links above the queue. Others' changes show within a minute, one's own at once: their `stamp` is another then."""
    return (*built_in_views(language), *_saved_views(user.pk, minute_of(now), stamp))


@memo.lru(maxsize=512)
def _saved_views(user_id: int, minute: int, stamp: str) -> tuple[View, ...]:
    rows = saved_view_rows(user_id)
    return tuple(View(str(row.pk), row.name, row.query, str(place) if place < 10 else "") for place, row in enumerate(rows, 1))


def saved_view_rows(user_id: int) -> Iterable[SavedView]:
    """Their own in their order, then what others share."""
    rows = SavedView.objects.visible_to(User(pk=user_id)).select_related("owner")
    others_last = Case(When(owner=user_id, then=0), default=1)
    return list(rows.order_by(others_last, "position", "id")[:MOST])


def query_of(given: QueryDict) -> str:
    """The filters of an address in the order of their names; what is no filter, or empty, is left out."""
    return urlencode(sorted((name, str(given[name])) for name in QueueFilter.base_filters if given.get(name)))
