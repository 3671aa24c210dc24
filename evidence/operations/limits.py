"""How much one person may take out and put in: counted here, so that every door shares one limit."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from evidence.models import EvidenceItem
from lib.rates import count_one
from tickets.workflow import Block, Refusal

DAY = timedelta(days=1)
IS_FILE = Q(state=EvidenceItem.State.DELETED) | ~Q(original="")


def check_rate(setting: str, person_id: int) -> None:
    """One more under the rate of this setting. Raises Refusal (throttled: 429)."""
    use = count_one(setting, str(person_id))
    if use is not None and not use.allowed:
        raise Refusal(Block("throttled", available_from=timezone.now() + timedelta(seconds=use.wait)))


def check_files_of_a_day(person_id: int, owner_id: int, now: datetime) -> None:
    """Of the owner over all complaints, those taken back as well; the desk files for many. Raises Refusal (throttled: 429)."""
    most = settings.FILES_PER_DAY
    if not most or person_id != owner_id:
        return
    sent = EvidenceItem.objects.filter(IS_FILE, uploaded_by=person_id, uploaded_at__gt=now - DAY)
    latest = list(sent.order_by("-uploaded_at").values_list("uploaded_at", flat=True)[:most])
    if len(latest) == most:
        raise Refusal(Block("throttled", available_from=latest[-1] + DAY))
