"""Many who report the same fault, and the incident made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from tickets.incidents import announce, open_incident, suggest_incident
from tickets.models import Incident, Ticket
from tickets.operations import file_ticket
from tickets.tests.cast import person

KIND = {"category": "pay_failed_deducted", "pay_method": "alipay"}
TITLES = {"title_zh": "支付宝付款失败但已扣款", "title_en": "Alipay payments fail after the money is taken"}
BODIES = {
    "body_zh": "支付渠道故障，正在处理，扣款会自动退回。",
    "body_en": "The payment channel has a fault; the money comes back by itself.",
}


def report(owner: User, pay_method: str | None = "alipay", **more: Any) -> Ticket:
    """A payment that failed after the money was taken, minutes ago."""
    now = timezone.now()
    facts = {"deducted_at": (now - timedelta(minutes=5)).isoformat(), "channel_status": "success", "platform_status": "pending"}
    if pay_method:
        facts["pay_method"] = pay_method
    return file_ticket(owner, {"category": "pay_failed_deducted", "amount": "200.00", "facts": facts, **more})


def customers(count: int, language: str = "") -> list[User]:
    known = User.objects.filter(email__startswith="reporter").count()
    return [person(f"reporter{known + number}@example.com", language=language) for number in range(count)]


def reports(count: int, language: str = "") -> list[Ticket]:
    return [report(owner) for owner in customers(count, language)]


def an_open_incident(supervisor: User, **more: Any) -> Incident:
    """With everything that was reported in the last hour."""
    incident = Incident.objects.filter(state="suggested").first() or suggest_incident(supervisor, KIND)
    return open_incident(supervisor, incident.ref, {**TITLES, "banner": True, **more})


def news(supervisor: User, incident: Incident, hours: int = 2, **more: Any) -> Any:
    return announce(supervisor, incident.ref, {**BODIES, "eta_at": (timezone.now() + timedelta(hours=hours)).isoformat(), **more})
