"""Unusual amounts: who opened or took along more within an hour than anybody's work needs. The privacy officers are told, once an hour."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.letters import queue_letter
from accounts.models import ReadAlarm, ReadEntry, User
from accounts.roles import Role
from lib.duties.setting_aside import delete_all_or_each, each_key, name_of
from lib.languages import reader_language

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
Kind = ReadEntry.Kind
# One at a time, each for itself; and those that leave with many rows at once.
SINGLE = (Kind.OPENED, Kind.SEARCHED, Kind.DOSSIER, Kind.PERSON)
TAKEN = (Kind.EXPORTED,)


def tell_of_unusual_reads(now: datetime) -> int:
    """How many people read unusually much within the hour before `now`, and had not been told of in that hour."""
    found = {reader: (opened, taken) for reader, opened, taken in _unusual(now)}
    return each_key(name_of(tell_of_unusual_reads), User, found, lambda pk: _tell(User.objects.get(pk=pk), *found[pk], now), now)


def forget_reads(now: datetime) -> int:
    old = ReadEntry.objects.filter(at__lt=now - timedelta(days=settings.READS_KEPT_DAYS))
    return delete_all_or_each(name_of(forget_reads), old, now)


def forget_alarms(now: datetime) -> int:
    old = ReadAlarm.objects.filter(at__lt=now - timedelta(days=settings.READS_KEPT_DAYS))
    return delete_all_or_each(name_of(forget_alarms), old, now)


def _unusual(now: datetime) -> list[tuple[int, int, int]]:
    """Reader, how often, and how many rows."""
    known = ReadAlarm.objects.filter(at__gt=now - HOUR).values("reader")
    reads = ReadEntry.objects.filter(at__gt=now - HOUR, at__lte=now).exclude(reader__in=known).values("reader").order_by("reader")
    sums = reads.annotate(opened=Count("pk", Q(kind__in=SINGLE)), taken=Sum("count", filter=Q(kind__in=TAKEN), default=0))
    beyond = sums.filter(_beyond("opened", settings.READS_PER_HOUR) | _beyond("taken", settings.ROWS_TAKEN_PER_HOUR))
    return [(row["reader"], row["opened"], row["taken"]) for row in beyond]


def _beyond(name: str, bound: int) -> Q:
    """0: no bound."""
    return Q(**{f"{name}__gt": bound}) if bound else Q(pk__in=[])


def _tell(reader: User, opened: int, taken: int, now: datetime) -> int:
    with transaction.atomic():
        ReadAlarm.objects.create(at=now, reader=reader, opened=opened, taken=taken)
        log.warning("Unusual reading: user %s, %s opened or searched, %s rows taken along within an hour", reader.pk, opened, taken)
        for officer in _officers(reader):
            with translation.override(reader_language(officer.language)):
                subject, body = _letter(reader, opened, taken, now)
            queue_letter(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [officer.email]), has_code=False)
    return 1


def _officers(reader: User) -> Sequence[User]:
    """The privacy officers; of one of them the others, and the admins where there is no other."""
    active = User.objects.filter(is_active=True).exclude(pk=reader.pk).order_by("pk")
    found = list(active.filter(groups__name=Role.PRIVACY_OFFICER).distinct())
    return found or list(active.filter(is_superuser=True))


def _letter(reader: User, opened: int, taken: int, now: datetime) -> tuple[str, str]:
    address = f"{settings.SITE_URL}{reverse('desk:reads')}?{urlencode({'person': reader.email})}"
    said = {"who": str(reader), "opened": opened, "taken": taken, "since": _utc(now - HOUR), "until": _utc(now)}
    lines = [
        _("From %(since)s to %(until)s, %(who)s opened or searched %(opened)s times and took %(taken)s rows along.") % said,
        _("That is more than the bound. Please look whether their work needed it:"),
        address,
    ]
    return _("Unusually much was read"), "\n\n".join(lines)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
