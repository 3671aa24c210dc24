"""A payment at which the platform's app opened the desk: what it knows of it, so that nobody asks the customer again.

It travels in the address that signs the customer in, and from page to page until a complaint is begun: unreadable, good for a day, and
for that customer alone. No row is made for somebody who only looks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.encryption import fernet_for
from lib.types import Record
from sla.policies import current
from tickets.cases.intake import clean_draft
from tickets.workflow import Invalid

PURPOSE = "payment handed over"
FIELDS = ("order_numbers", "amount", "currency", "incident_at", "respondent")
LASTS = timedelta(days=1)


def seal_payment(person: User, said: Mapping[str, object]) -> str:
    """`said` is as in a filing, these fields alone. Raises Invalid, naming the field."""
    clean_payment(said)
    return fernet_for(PURPOSE).encrypt_at_time(json.dumps([person.pk, dict(said)]).encode(), _now()).decode()


def clean_payment(said: Mapping[str, object]) -> None:
    """Raises Invalid."""
    now = timezone.now()
    if not isinstance(said, Mapping):
        raise Invalid({"payment": [_("Send an object with named fields.")]})
    if unknown := sorted(set(said) - set(FIELDS)):
        raise Invalid({f"payment.{name}": [_("There is no such field.")] for name in unknown})
    try:
        clean_draft(said, current(now).version, now)
    except Invalid as invalid:
        raise Invalid({f"payment.{name}": texts for name, texts in invalid.errors.items()}) from invalid


def open_payment(person: User, text: str) -> Record:
    """Empty for what is too old, another's or nonsense: the customer is asked, as anybody is."""
    if not text:
        return {}
    try:
        whose, said = json.loads(fernet_for(PURPOSE).decrypt_at_time(text.encode(), int(LASTS.total_seconds()), _now()))
    except InvalidToken:
        return {}
    return said if whose == person.pk else {}


def _now() -> int:
    return int(timezone.now().timestamp())
