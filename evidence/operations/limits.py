"""How much one person may take out and put in: counted here, so that every door shares one limit."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from evidence.models import EvidenceItem
from lib.rates import count_one
from tickets.cases.case import Case
from tickets.workflow import Block, Refusal

DAY = timedelta(days=1)
IS_FILE = Q(state=EvidenceItem.State.DELETED) | ~Q(original="")


def check_rate(setting: str, person: User) -> None:
    """One more under the rate of this setting. Raises Refusal (throttled: 429)."""
    use = count_one(setting, str(person.pk))
    if use is not None and not use.allowed:
        raise Refusal(Block("throttled", available_from=timezone.now() + timedelta(seconds=use.wait)))


def check_files_of_a_day(case: Case) -> None:
    """Of the owner over all complaints, those taken back as well; the desk files for many. Raises Refusal (throttled: 429)."""
    most = settings.FILES_PER_DAY
    if not most or case.actor is None or case.actor.pk != case.ticket.owner_id:
        return
    sent = EvidenceItem.objects.filter(IS_FILE, uploaded_by=case.actor, uploaded_at__gt=case.now - DAY)
    latest = list(sent.order_by("-uploaded_at").values_list("uploaded_at", flat=True)[:most])
    if len(latest) == most:
        raise Refusal(Block("throttled", available_from=latest[-1] + DAY))
