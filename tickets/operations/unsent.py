"""What somebody typed into a form of their complaint and has not sent: kept for them alone, dropped when it is sent. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from lib.duties.setting_aside import delete_all_or_each, name_of
from lib.redaction import without_secrets
from sla.policies import current
from tickets.models import Ticket, UnsentForm
from tickets.workflow.inputs import TEXT_LIMIT

MOST_FIELDS = 20


def keep_unsent(person: User, ticket: Ticket, form: str, texts: Mapping[str, str]) -> None:
    """Card numbers masked. Of a form that was emptied nothing stays."""
    said = {name[:60]: without_secrets(text.replace("\x00", ""))[:TEXT_LIMIT] for name, text in list(texts.items())[:MOST_FIELDS]}
    if not any(text.strip() for text in said.values()):
        drop_unsent(person, ticket, form)
        return
    values = {"typed": {"form": form, "texts": said}, "at": timezone.now()}
    UnsentForm.objects.update_or_create(ticket=ticket, person=person, defaults=values)


def drop_unsent(person: User, ticket: Ticket, form: str) -> None:
    UnsentForm.objects.filter(ticket=ticket, person=person, typed__form=form).delete()


def forget_unsent(now: datetime) -> int:
    """After the policy's days for drafts. How many."""
    old = UnsentForm.objects.filter(at__lt=now - timedelta(days=current(now).draft_days))
    return delete_all_or_each(name_of(forget_unsent), old, now)
