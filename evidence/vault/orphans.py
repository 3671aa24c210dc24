"""Files that belong to nobody: our own leftovers go after an hour, strangers are reported for days first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings

from evidence.models import SealedFile, UnknownFile
from evidence.vault import store
from lib.duties.setting_aside import each_key, name_of

log = logging.getLogger(__name__)
# Younger files may belong to an upload that is just being written down.
ORPHAN_AGE = timedelta(hours=1)
BATCH = 500


def remove_orphans(now: datetime) -> int:
    """Delete files that no item took up, what the store would not delete before, and strangers that were reported long enough. How many.

    A file that no row names may be of a process that died. It may also be newer than a database that was restored: then it is evidence.
    """
    report_strangers(now)
    strangers = UnknownFile.objects.filter(seen_at__lte=now - settings.UNKNOWN_FILES_STAY).values_list("name", flat=True)
    orphans = [*store.unadopted_names(now - ORPHAN_AGE), *strangers]
    removed = each_key(name_of(remove_orphans), None, orphans, _remove, now)
    return removed + each_key(
        f"{name_of(remove_orphans)}_erased", None, list(store.still_there()), lambda name: store.remove_erased([name]), now
    )


def _remove(name: str) -> int:
    store.remove([name])
    UnknownFile.objects.filter(name=name).delete()
    return 1


def report_strangers(now: datetime) -> int:
    """Write down what lies in the store and in no row, and strike what does not any more. How many lie there."""
    strangers = set(_nameless(now - ORPHAN_AGE))
    gone = [name for name in UnknownFile.objects.values_list("name", flat=True).iterator() if name not in strangers]
    UnknownFile.objects.filter(name__in=gone).delete()
    UnknownFile.objects.bulk_create([UnknownFile(name=name, seen_at=now) for name in sorted(strangers)], ignore_conflicts=True)
    if strangers:
        log.warning("The evidence store holds %s files that no row names. They go %s after they were first seen.", len(strangers), _stay())
    return len(strangers)


def _stay() -> str:
    return f"{settings.UNKNOWN_FILES_STAY.days} days"


def _nameless(before: datetime) -> Iterator[str]:
    there = iter(store.names())
    while batch := list(islice(there, BATCH)):
        known = set(SealedFile.objects.filter(name__in=batch).values_list("name", flat=True))
        yield from (name for name in batch if name not in known and store.is_older(name, before))
