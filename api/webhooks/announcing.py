"""Word to admins before a webhook is switched off for silence, and when it was: sent by the sweep, which tries again what fails."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from api.models import Webhook, WebhookDelivery
from api.webhooks.sending import PAUSES
from lib.dates import moment_text, with_zone
from lib.duties.setting_aside import each_row, name_of
from lib.languages import reader_language
from lib.types import Text
from lib.zones import zone_of

log = logging.getLogger(__name__)
# After so many failed tries of one call: the next two are half a day apart each.
WARN_AFTER = len(PAUSES) - 1
SOON = _("A webhook will be switched off")
SOON_WORDS = _("Nothing we call at %(host)s is taken. If that goes on until %(at)s, this webhook is switched off and told of nothing more.")
OFF = _("A webhook was switched off")
OFF_WORDS = _("The webhook to %(host)s was switched off at %(at)s. Mend its receiver, switch it on, and let it be told of what it missed.")


def announce(now: datetime) -> int:
    """How many letters' worth of news went out."""
    failing = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING, attempts__gte=WARN_AFTER)
    soon = Webhook.objects.filter(active=True, warned_at=None, deliveries__in=failing).distinct()
    told = each_row(name_of(announce), soon, lambda pk: _warn(Webhook.objects.get(pk=pk), now), now)
    off = Webhook.objects.filter(active=False, off_at__isnull=False)
    return told + each_row(f"{name_of(announce)}_off", off, lambda pk: _tell_off(Webhook.objects.get(pk=pk)), now)


def _warn(hook: Webhook, now: datetime) -> int:
    if not Webhook.objects.filter(pk=hook.pk, warned_at=None).update(warned_at=now):
        return 0
    ends = _end_of_patience(hook)
    if ends is None or _write_to_admins(hook, SOON, SOON_WORDS, ends):
        return 1
    Webhook.objects.filter(pk=hook.pk).update(warned_at=None)
    return 0


def _end_of_patience(hook: Webhook) -> datetime | None:
    """When the call that waits longest has its last try."""
    waiting = hook.deliveries.filter(state=WebhookDelivery.State.WAITING, attempts__gte=WARN_AFTER)
    tried = waiting.values("attempts").annotate(at=Min("next_at"))
    return min((row["at"] + sum(PAUSES[row["attempts"] :], timedelta()) for row in tried if row["at"]), default=None)


def _tell_off(hook: Webhook) -> int:
    off_at = hook.off_at
    if off_at is None or not Webhook.objects.filter(pk=hook.pk, off_at=off_at).update(off_at=None):
        return 0
    if _write_to_admins(hook, OFF, OFF_WORDS, off_at):
        return 1
    Webhook.objects.filter(pk=hook.pk, active=False, off_at=None).update(off_at=off_at)
    return 0


def _write_to_admins(hook: Webhook, subject: Text, words: Text, at: datetime) -> bool:
    """In each one's language and zone. Of the address only its host: what follows may be a secret."""
    host = urlsplit(hook.url).hostname or ""
    for person in User.objects.filter(is_superuser=True, is_active=True).order_by("pk"):
        with translation.override(reader_language(person.language)), timezone.override(zone_of(person.timezone)):
            said = str(words) % {"host": host, "at": with_zone(moment_text(at))}
            body = f"{said}\n\n{settings.SITE_URL}{reverse('admin:api_webhook_change', args=[hook.pk])}"
            try:
                send_mail(str(subject), body, None, [person.email])
            except (OSError, SMTPException):
                log.exception("Admins could not be told of webhook %s", hook.pk)
                return False
    return True
