"""Contacts of the places one can turn to: shown once somebody has checked them, checked again after half a year."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from tickets.models import EscalationTarget

RECHECK = timedelta(days=180)
REACHABLE = ~Q(contact="") | ~Q(website="")


def unverified_targets() -> QuerySet[EscalationTarget]:
    """Hidden from customers, for nobody has looked."""
    return EscalationTarget.objects.filter(REACHABLE, verified_at=None)


def stale_targets(now: datetime) -> QuerySet[EscalationTarget]:
    """Shown, but checked so long ago that it may be wrong by now."""
    return EscalationTarget.objects.filter(REACHABLE, verified_at__lt=now - RECHECK)


def recheck_at(target: EscalationTarget) -> datetime | None:
    return target.verified_at + RECHECK if target.verified_at and (target.contact or target.website) else None
