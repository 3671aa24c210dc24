"""How many complaints a view holds, up to a hundred: one bounded query, shared for seconds by everybody who looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from desk.queue.filters import rows_of
from desk.queue.saved import View
from lib import memo

CAP = 99
CACHE_SECONDS = 10  # seconds
MAX_CACHED = 5000
Key = tuple[str, int, str]
BY_DAY = re.compile(r"(?:^|&)(?:due|follow_up)=")
_cache: dict[Key, tuple[int, str]] = memo.table()


def counts(request: HttpRequest, views: Iterable[View], now: datetime) -> Mapping[str, str]:
    """By the key of the view. Fifty desks that look at the same queue cost what one does."""
    bucket = int(now.timestamp()) // CACHE_SECONDS
    return {view.key: _count(request, view.query, bucket) for view in views}


def cached_counts(request: HttpRequest, views: Iterable[View]) -> Mapping[str, str]:
    """What has been counted lately, asking nothing: a page need not wait for it."""
    return {view.key: _cache[key][1] if (key := _key(request, view.query)) in _cache else "" for view in views}


def _key(request: HttpRequest, query: str) -> Key:
    """Everybody at the desk sees the same complaints; `me` is somebody else for each, and a day begins where one is."""
    zone = timezone.get_current_timezone_name() if BY_DAY.search(query) else ""
    return query, (request.user.pk or 0) if "=me" in query else 0, zone


def _count(request: HttpRequest, query: str, bucket: int) -> str:
    key = _key(request, query)
    when, said = _cache.get(key, (0, ""))
    if when != bucket:
        if len(_cache) > MAX_CACHED:
            _cache.clear()
        found = rows_of(request, QueryDict(query)).order_by()[: CAP + 1].count()
        said = str(found) if found <= CAP else f"{CAP}+"
        _cache[key] = (bucket, said)
    return said


def forget() -> None:
    """Drop the counts alone: the benchmark has them counted anew as often as people do."""
    _cache.clear()
