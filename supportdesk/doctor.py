"""What is wrong with an install, in words: each service is touched, not only named. For `manage.py doctor`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import checks
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from accounts.mail_outage import away_since
from accounts.models import Letter, User
from accounts.roles import STAFF_ROLES, Role
from evidence.intake.letter_alarms import letters_to_see_to, sentences
from evidence.models import SealedFile, UnknownFile
from evidence.vault import sealing
from evidence.vault.ownership import look_at_store
from evidence.vault.sealing import SealBroken
from lib.duties.models import DutyRun
from lib.keyring import KeysMissing, UnknownKey, keyring
from lib.mail_connection import MailConnection, MailServerAway
from lib.shared_cache import SharedCache
from lib.standing import why_stopped
from sla.models import PROVISIONAL, CalendarDay
from supportdesk.celery import app
from tickets.models import Notification, OnCallShift, Respondent
from tickets.policy.contacts import stale_targets, unverified_targets

PATIENCE_SECONDS = 5
# A tick is due every ten seconds; after so long nobody can call it late any more.
TICK_IS_LATE = timedelta(minutes=2)
# China's State Council publishes a year's holidays in the November before.
CALENDAR_IS_DUE_IN_MONTH = 11


@dataclass(frozen=True)
class Finding:
    """`is_wrong`: something does not work. Otherwise it works, and somebody should see to it."""

    words: str
    is_wrong: bool = True


Findings = Iterator[Finding]
Examination = Callable[[], Findings]


def examine() -> Iterator[tuple[str, list[Finding]]]:
    """Each part of the install and what was found there. One that breaks the examination is a finding of its own."""
    for name, look in EXAMINATIONS.items():
        try:
            found = list(look())
        except (DatabaseError, OSError, ImproperlyConfigured) as error:
            found = [Finding(f"{type(error).__name__}: {error}".strip())]
        yield name, found


def _settings() -> Findings:
    for each in checks.run_checks(include_deployment_checks=settings.PRODUCTION):
        if not each.is_silenced():
            yield Finding(f"{each.id}: {each.msg}", is_wrong=each.level >= checks.ERROR)
    if not settings.PRODUCTION:
        yield Finding("DJANGO_ENV is not production: second factors and HTTPS are not asked for.", is_wrong=False)


def _database() -> Findings:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding(f"{len(waiting)} migrations wait, beginning with {waiting[0][0]}: run `manage.py migrate`.")


def _cache() -> Findings:
    cache = caches["default"]
    if isinstance(cache, SharedCache) and (error := cache.why_away()):
        yield Finding(f"The cache does not answer ({error}). Limits count in each process for itself.")


def _broker() -> Findings:
    try:
        with app.connection_for_write() as line:
            line.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
    except (OSError, OperationalError) as error:
        yield Finding(f"The broker does not answer ({type(error).__name__}). Work is found by sweeps only, and those need it too.")


def _store() -> Findings:
    store, name, said = storages["evidence"], f"doctor-{secrets.token_hex(8)}", secrets.token_bytes(32)
    store.save(name, ContentFile(said))
    with store.open(name) as file:
        read = file.read()
    store.delete(name)
    if read != said:
        yield Finding("The evidence store gives back something else than was put into it.")
    if count := UnknownFile.objects.count():
        yield Finding(f"The evidence store holds {count} files that no row names; was the database restored?", is_wrong=False)


def _mail() -> Findings:
    mail = MailConnection(timeout=PATIENCE_SECONDS)
    try:
        mail.open()
    except MailServerAway as away:
        yield Finding(f"The mail server does not answer: {away}. Letters wait for it.")
    finally:
        mail.close()
    if since := away_since():
        yield Finding(f"Workers have had no answer from it since {since:%Y-%m-%d %H:%M} UTC.", is_wrong=False)
    failed = Notification.objects.filter(state=Notification.State.FAILED).count() + Letter.objects.filter(state=Letter.State.FAILED).count()
    with translation.override("en"):
        yield from (Finding(each, is_wrong=False) for each in sentences(letters_to_see_to(timezone.now())))
    if failed:
        yield Finding(f"{failed} letters were given up: the admin shows those about complaints.", is_wrong=False)


def _clock() -> Findings:
    ticks = DutyRun.objects.filter(name="tickets.fire_due_timers")
    last = ticks.values_list("ended_at", flat=True).first()
    if last is None:
        yield Finding("The clock has never ticked: start the worker and beat.")
    elif timezone.now() - last > TICK_IS_LATE:
        yield Finding(f"The clock last ticked at {last:%Y-%m-%d %H:%M:%S} UTC: deadlines do not fire.")


def _people() -> Findings:
    active = User.objects.filter(is_active=True)
    if (admins := active.filter(is_superuser=True).count()) < 2:
        yield Finding(f"There are {admins} administrators: rules and roles need a second one.", is_wrong=not admins)
    if both := active.filter(is_superuser=True, groups__name__in=STAFF_ROLES).distinct().count():
        yield Finding(f"{both} administrators are in groups of staff: those roles do not count. Take one of the two away.", is_wrong=False)
    if (count := active.filter(groups__name=Role.SUPERVISOR).count()) < 2:
        yield Finding(f"There are {count} supervisors: a second signature needs another one.", is_wrong=False)


def _on_call() -> Findings:
    now = timezone.now()
    shift = OnCallShift.objects.at(now).first()
    if shift is None:
        yield Finding("Nobody is on call: freezes are told to all freeze operators.", is_wrong=False)
    elif not Authenticator.objects.filter(user=shift.person_id, type=Authenticator.Type.WEBAUTHN).exists():
        yield Finding("Whoever is on call has no passkey: strangers' wrong guesses can lock them out.", is_wrong=False)


def _contacts() -> Findings:
    if count := Respondent.objects.filter(verified_at=None).count():
        yield Finding(f"Nobody has checked the contacts of {count} respondents.", is_wrong=False)
    if count := unverified_targets().count():
        yield Finding(f"Nobody has checked {count} outside places: customers do not see them.", is_wrong=False)
    if count := stale_targets(timezone.now()).count():
        yield Finding(f"{count} outside places were checked half a year ago or earlier.", is_wrong=False)


def _calendar() -> Findings:
    today = timezone.localdate()
    years = [today.year, *([today.year + 1] if today.month >= CALENDAR_IS_DUE_IN_MONTH else [])]
    for year in years:
        if not CalendarDay.objects.exclude(source=PROVISIONAL).filter(date=date(year, 12, 31)).exists():
            words = f"The calendar of {year} is missing: working days are guessed. See `manage.py import_calendar`."
            yield Finding(words, is_wrong=year == today.year)


def _install() -> Findings:
    if reason := look_at_store() or why_stopped():
        yield Finding(f"It sends, calls and deletes nothing: {reason}. If it is the real one: `manage.py confirm_install`.")


def _keys() -> Findings:
    """Of each key that files are sealed under, one file is opened."""
    try:
        ring = keyring()
    except KeysMissing as error:
        if SealedFile.objects.filter(erased_at=None).exists():
            yield Finding(f"The keys of evidence are gone: {error}.")
        return
    sealed = SealedFile.objects.filter(erased_at=None)
    for key_id in sorted(set(sealed.values_list("key_id", flat=True))):
        row = sealed.filter(key_id=key_id).exclude(wrapped_key=b"").order_by("-pk").first()
        try:
            if row is not None:
                sealing.unwrap(bytes(row.wrapped_key), ring.key(key_id))
        except UnknownKey:
            yield Finding(f"The key {key_id} is not among EVIDENCE_KEYS: files sealed under it cannot be opened.")
        except SealBroken:
            yield Finding(f"The key {key_id} opens nothing that was sealed under it.")


EXAMINATIONS: Mapping[str, Examination] = {
    "settings": _settings,
    "database": _database,
    "cache": _cache,
    "broker": _broker,
    "evidence store": _store,
    "keys": _keys,
    "install": _install,
    "mail server": _mail,
    "clock": _clock,
    "people": _people,
    "on call": _on_call,
    "contacts": _contacts,
    "calendar": _calendar,
}
