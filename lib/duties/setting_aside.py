"""Rows that a duty cannot do are set aside with a reference, the error and a next try; all others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from lib.duties.models import Failure
from lib.duties.references import name_of, reference_of

# `name_of` goes with all that follows: whoever sets rows aside says by which duty.
__all__ = [
    "all_or_each",
    "delete_all_or_each",
    "each_key",
    "each_row",
    "forget",
    "forget_older",
    "keys_to_retry",
    "name_of",
    "record_failure",
    "set_aside",
    "waiting_keys",
]

log = logging.getLogger(__name__)

# After the n-th failure; after the last pause again and again. Nothing is given up: a deadline stays a deadline.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))
# A row that took so long when its run was over is what took the time.
SLOW = timedelta(seconds=10)
K = TypeVar("K")
Do = Callable[[K], "int | None"]


def each_row(duty: str, rows: QuerySet, do: Do[Any], now: datetime, limit: int | None = None) -> int:
    """`do` for the key of every row, each for itself. The sum of what came back. What is set aside is no part of `limit`."""
    waiting = waiting_keys(duty, now)
    free = rows.exclude(pk__in=waiting) if waiting else rows
    keys = list(free.values_list("pk", flat=True)[:limit])
    count = each_key(duty, rows.model, keys, do, now)
    if len(keys) != limit:  # all of them: what was due again and is not there any more needs no duty
        _of(duty).filter(next_at__lte=now).delete()
    return count


def all_or_each(duty: str, model: type[models.Model], keys: Sequence[K], do_all: Callable[[Sequence[K]], int], now: datetime) -> int:
    """`do_all` at once, inside a transaction; where that fails, for one key at a time. What came back."""
    try:
        with transaction.atomic():
            count = do_all(keys)
        _of(duty).filter(key__in={str(key) for key in keys}.intersection(keys_to_retry(duty, now))).delete()
        return count
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # whatever is wrong with one of them, the others are done
        log.exception("%s failed for %s rows at once: one by one", duty, len(keys))

    def do_one(key: K) -> int:
        with transaction.atomic():
            return do_all([key])

    return each_key(duty, model, keys, do_one, now)


def delete_all_or_each(duty: str, rows: QuerySet, now: datetime) -> int:
    """In one statement; where one row cannot go, each for itself. How many rows went, with what hung on them."""
    try:
        with transaction.atomic():
            count = rows.delete()[0]
        _of(duty).delete()
        return count
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # whatever is wrong with one of them, the others go
        log.exception("%s could not delete all at once: one by one", duty)

    @transaction.atomic
    def delete(pk: object) -> int:
        return rows.filter(pk=pk).delete()[0]

    return each_row(duty, rows, delete, now)


def each_key(duty: str, model: type[models.Model] | None, keys: Iterable[K], do: Do[K], now: datetime) -> int:
    """`do` for keys that somebody else has found. One that is set aside and not due is left alone. Without a model they are names."""
    failing = dict(_of(duty).values_list("key", "next_at"))
    count = 0
    for key in keys:
        if failing.get(str(key)[:40], now) > now:
            continue
        began = timezone.now()
        try:
            count += do(key) or 0
        except SoftTimeLimitExceeded as error:
            if timezone.now() - began > SLOW:
                set_aside(duty, model, key, error, now)
            raise
        except Exception as error:  # noqa: BLE001 - logged there; whatever is wrong with one row must not hold up the others
            set_aside(duty, model, key, error, now)
        else:
            if str(key)[:40] in failing:
                forget(duty, key)
    return count


def waiting_keys(duty: str, now: datetime) -> list[str]:
    """What is set aside and not due yet."""
    return list(_of(duty).filter(next_at__gt=now).values_list("key", flat=True))


def keys_to_retry(duty: str, now: datetime) -> list[str]:
    return list(_of(duty).filter(next_at__lte=now).order_by("next_at").values_list("key", flat=True))


def _of(duty: str) -> QuerySet[Failure]:
    return Failure.objects.filter(duty=duty).exclude(key="")


def set_aside(duty: str, model: type[models.Model] | None, key: object, error: BaseException, now: datetime) -> None:
    """Inside an `except`: the log gets the traceback, and the reference with it."""
    reference = reference_of(model, key) if model else str(key)
    log.exception("%s could not do %s, which is set aside", duty, reference)
    record_failure(duty, str(key)[:40], reference, error, now)


def record_failure(duty: str, key: str, reference: str, error: BaseException, now: datetime) -> None:
    """One more failure of the same; its pause grows."""
    first = {"reference": reference[:60], "first_at": now, "next_at": now, "error": ""}
    row, _made = Failure.objects.get_or_create(duty=duty, key=key, defaults=first)
    pause = PAUSES[min(row.attempts, len(PAUSES) - 1)]
    Failure.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, next_at=now + pause, error=f"{type(error).__name__}: {error}"[:300])


def forget(duty: str, key: object = "") -> None:
    """It was done after all."""
    Failure.objects.filter(duty=duty, key=str(key)[:40]).delete()


def forget_older(duty: str, than: datetime) -> None:
    """What happened for the first time before that is over."""
    Failure.objects.filter(duty=duty, first_at__lt=than).delete()
