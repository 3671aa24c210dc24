"""What text messages may cost: which countries, how many a day, how much a day; and whose turn it is when it gets scarce.

Strangers' numbers may use up a part of the day, proven ones more; the rest is kept for the freeze door.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Phone, TextMessage
from accounts.phone_numbers import mask_number
from lib.duties.setting_aside import forget_older, record_failure

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
STRANGERS, PROVEN, FREEZES = Decimal("0.5"), Decimal("0.8"), Decimal(1)
SCARCE = "text_budget"
ELSEWHERE = _("We cannot send text messages to this country. Use your e-mail address.")
USED_UP = _("No more text messages can be sent today. Use your e-mail address.")


def check_country(number: str) -> None:
    """Raises ValidationError."""
    if not number.startswith(tuple(settings.SMS_COUNTRIES)):
        raise ValidationError(ELSEWHERE, code="country")


def check_share(number: str, now: datetime) -> None:
    """Outside the freeze door. Raises ValidationError (SCARCE)."""
    share = PROVEN if Phone.objects.filter(number=number).exists() else STRANGERS
    if not has_room(number, share, now):
        raise ValidationError(USED_UP, code=SCARCE)


def has_room(number: str, share: Decimal, now: datetime) -> bool:
    """Whether one more text to this number fits into that share of the last 24 hours' budget. False is an alarm."""
    sent = TextMessage.objects.filter(created_at__gt=now - DAY).exclude(error=SCARCE).aggregate(count=Count("pk"), price=Sum("price"))
    most, dearest = settings.SMS_PER_DAY * share, settings.SMS_PRICE_PER_DAY * share
    fits = not most or sent["count"] + 1 <= most
    pays = not dearest or (sent["price"] or 0) + price_of(number) <= dearest
    if not (fits and pays):
        _alarm(sent["count"], now)
        log.error("Text budget: %s of %s messages, no text to %s", sent["count"], settings.SMS_PER_DAY, mask_number(number))
    return fits and pays


def _alarm(count: int, now: datetime) -> None:
    """Told to the admins once a day, by letter."""
    record_failure(
        SCARCE, f"{now:%Y-%m-%d}", SCARCE, RuntimeError(f"{count} text messages in 24 hours: no more to strangers, or to anybody"), now
    )


def end_alarms(now: datetime) -> None:
    """Of days that are over."""
    forget_older(SCARCE, now - DAY)


def price_of(number: str) -> Decimal:
    """By the longest beginning that has a price."""
    found = [prefix for prefix in settings.SMS_PRICES if number.startswith(prefix)]
    return Decimal(settings.SMS_PRICES[max(found, key=len)]) if found else Decimal(0)
