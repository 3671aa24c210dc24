"""The payment at which the platform's app opened the desk, as the page where a complaint begins shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.dateparse import parse_datetime

from lib.types import Record
from tickets.models import Respondent


@dataclass(frozen=True)
class HandedOverPayment:
    """Empty values: not said. `amount` in `currency`, a code of three letters."""

    amount: Decimal | None
    currency: str
    at: datetime | None
    respondent: str
    orders: list[str]


def show_payment(said: Record) -> HandedOverPayment | None:
    """`said` has been checked when it was sealed."""
    if not said:
        return None
    return HandedOverPayment(
        amount=Decimal(str(said["amount"])) if said.get("amount") else None,
        currency=str(said.get("currency") or "CNY").upper(),
        at=parse_datetime(str(said.get("incident_at") or "")),
        respondent=Respondent.objects.name_of(str(said.get("respondent") or "")),
        orders=[str(each.get("number")) for each in said.get("order_numbers") or ()],
    )
