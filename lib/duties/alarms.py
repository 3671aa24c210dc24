"""Administrators are told, once each, of rows set aside and of a clock that stands still: by mail, and without any worker."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock, Thread

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lib.duties.models import Failure
from lib.duties.watching import find_standstill, standstill_on_pages

log = logging.getLogger(__name__)

STANDSTILL = "standstill"
_telling = Lock()


def notice_standstill() -> tuple[str, ...]:
    """What stands still, for the page that is being drawn. Whoever sees it first tells, by a thread: no worker may be alive."""
    names = standstill_on_pages()
    if names and not _telling.locked() and put_down_standstill(names, timezone.now()):
        Thread(target=_tell_and_close, name="alarm", daemon=True).start()
    return names


def put_down_standstill(names: Sequence[str], now: datetime) -> bool:
    """One row for each outage. True while nobody has been told."""
    fresh = {"reference": ", ".join(names)[:60], "attempts": 1, "error": ", ".join(names)[:300], "first_at": now, "next_at": now}
    row, made = Failure.objects.get_or_create(duty=STANDSTILL, key="", defaults=fresh)
    if made:
        log.critical("Nothing was done for %s s by: %s", settings.STANDSTILL_SECONDS, ", ".join(names))
    return row.told_at is None


def end_standstill(now: datetime) -> None:
    """Everything runs: the next outage is a new one."""
    if not find_standstill(now):
        Failure.objects.filter(duty=STANDSTILL).delete()


def _tell_and_close() -> None:
    with _telling:
        try:
            tell_admins(timezone.now())
        finally:
            connection.close()


def tell_admins(now: datetime) -> int:
    """One letter of everything that nobody has been told of. How many rows. A letter that cannot be sent is tried again."""
    rows = [row for row in _untold() if Failure.objects.filter(pk=row.pk, told_at=None).update(told_at=now)]
    if not rows:
        return 0
    try:
        _send(rows)
    except Exception:  # the row says that nobody was told, and the next look tries again
        log.exception("Administrators could not be told")
        Failure.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=None)
        return 0
    return len(rows)


def _untold() -> QuerySet[Failure]:
    """What may be gone at the next try (a deadlock, a restart of the database) has to fail twice."""
    return Failure.objects.filter(~Q(error__startswith="OperationalError") | Q(attempts__gt=1), told_at=None).order_by("first_at")


def _send(rows: Sequence[Failure]) -> None:
    for language, addresses in alarm_readers().items():
        with translation.override(language):
            subject, body = _letter(rows)
            for address in addresses:
                send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])


def alarm_readers() -> dict[str, list[str]]:
    """Addresses by language: those of the setting, or of all administrators."""
    if settings.ALARM_ADDRESSES:
        return {settings.LANGUAGE_CODE: settings.ALARM_ADDRESSES}
    found: dict[str, list[str]] = defaultdict(list)
    admins = get_user_model()._default_manager.filter(is_superuser=True, is_active=True).exclude(email="")
    for person in admins.order_by("pk"):
        found[getattr(person, "language", "") or settings.LANGUAGE_CODE].append(str(getattr(person, "email", "")))
    return found


def _letter(rows: Sequence[Failure]) -> tuple[str, str]:
    still = [row for row in rows if row.duty == STANDSTILL]
    subject = _("The clock of the desk stands still") if still else _("Work of the desk was set aside")
    lines = [
        _("Since %(at)s nothing is done by: %(names)s. Deadlines do not fire and letters do not leave until it runs again.")
        % {"at": _instant(row.first_at), "names": row.error}
        for row in still
    ]
    lines += [
        _("%(reference)s (%(duty)s) could not be done: %(error)s. Next try: %(at)s. Everything else goes on.")
        % {"reference": row.reference, "duty": row.duty, "error": row.error.split(":")[0], "at": _instant(row.next_at)}
        for row in rows
        if row.duty != STANDSTILL
    ]
    return subject, "\n\n".join([*lines, f"{settings.SITE_URL}/admin/duties/failure/"])


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
