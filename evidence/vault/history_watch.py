"""Every night the history is proven, its newest seal told outside, and what is wrong told to administrators and privacy officers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.letters import queue_letter
from accounts.models import User
from accounts.roles import Role
from evidence.models import HistorySeal, VaultRun
from evidence.vault.jobs import begin, carry_out
from evidence.vault.seals import first_seal, newest_seal, seal_history, tell_outside
from lib.languages import reader_language
from lib.standing import why_stopped
from lib.zones import DEFAULT_ZONE
from tickets.workflow import Refusal

NIGHT = range(1, 5)
# In the night once these hours have passed since the last proof; by day where the night was missed.
AGAIN, AT_LATEST = timedelta(hours=20), timedelta(hours=26)
# A new install is given its time.
FIRST_AFTER = timedelta(hours=1)
MOST_LINES = 30


def seal_what_moved(now: datetime) -> int:
    """Of how many complaints. Where the history had to begin anew, people are told why."""
    if why_stopped():
        return 0
    known = newest_seal()
    count, first = seal_history(now), first_seal()
    if known is None and first is not None and "after" in first.data:
        lost = [f"seals 1 to {first.data['after'][0]}: removed"]
        VaultRun.objects.create(kind=VaultRun.Kind.HISTORY, started_at=now, ended_at=now, findings=lost)
        _write(lost, now, None)
    return count


def prove_nightly(now: datetime) -> int:
    """1 where the history was proven now, whatever came of it."""
    first = HistorySeal.objects.order_by("number").values_list("at", flat=True).first()
    if why_stopped() or first is None or now < first + FIRST_AFTER or not _is_due(now, first):
        return 0
    try:
        run = carry_out(begin(VaultRun.Kind.HISTORY, now))
    except Refusal:  # somebody proves it just now
        return 0
    seal = newest_seal()
    _write(run.findings, now, seal)
    if seal is not None and not run.findings:
        tell_outside(seal)
    return 1


def _is_due(now: datetime, first: datetime) -> bool:
    last = VaultRun.objects.filter(kind=VaultRun.Kind.HISTORY).order_by("-started_at").values_list("started_at", flat=True).first()
    if last is None:
        return True
    by_night = now.astimezone(ZoneInfo(DEFAULT_ZONE)).hour in NIGHT
    return now - last >= (AGAIN if by_night else AT_LATEST)


def _write(findings: Sequence[str], now: datetime, seal: HistorySeal | None) -> None:
    """A letter in each reader's language, through the outbox: one that cannot leave is tried again."""
    for language, addresses in _readers().items():
        with translation.override(language):
            subject, body = _letter(findings, now, seal)
            for address in addresses:
                queue_letter(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address]), has_code=False)


def _readers() -> dict[str, list[str]]:
    """Addresses by language: administrators (or those of the setting) and privacy officers."""
    found: dict[str, list[str]] = defaultdict(list)
    found[settings.LANGUAGE_CODE] += settings.ALARM_ADDRESSES
    who = Q(groups__name=Role.PRIVACY_OFFICER) | (Q() if settings.ALARM_ADDRESSES else Q(is_superuser=True))
    for person in User.objects.filter(who, is_active=True).exclude(email="").distinct().order_by("pk"):
        if person.email not in settings.ALARM_ADDRESSES:
            found[reader_language(person.language)].append(person.email)
    return found


def _letter(findings: Sequence[str], now: datetime, seal: HistorySeal | None) -> tuple[str, str]:
    """Subject and text. What is wrong stands in it as the commands print it: it is for whoever looks into the database."""
    end = [_("Seal %(number)s: %(digest)s") % {"number": seal.number, "digest": seal.digest}] if seal else []
    at = {"at": now.strftime("%Y-%m-%d %H:%M UTC")}
    if not findings:
        words = _(
            "Nothing was found wrong at %(at)s. Keep this letter: whoever cuts off the end of the history later is found by"
            " comparing with it."
        )
        return _("The history of the desk is proven and sealed"), "\n\n".join([words % at, *end])
    words = _(
        "Of the history of complaints %(count)s things are not as they were written. Somebody may have changed the database past the desk."
    )
    lines = [words % {"count": len(findings)}, "\n".join(findings[:MOST_LINES])]
    if len(findings) > MOST_LINES:
        lines.append(_("… and %(count)s more.") % {"count": len(findings) - MOST_LINES})
    return _("The history of the desk is not whole"), "\n\n".join([*lines, *end, f"{settings.SITE_URL}{reverse('desk:runs')}"])
