"""People and rules for the tests of assignment."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tickets.models import AssignmentRule, Event, StaffProfile, Ticket
from tickets.staffing.reassignment import assign_waiting
from tickets.tests.cast import person

Mode = AssignmentRule.Mode


def rule(mode: str, category: str = "") -> None:
    AssignmentRule.objects.update_or_create(category=category, defaults={"mode": mode})


def staff(name: str, *roles: Role, **known: Any) -> User:
    user = person(f"{name}@example.com", *roles)
    StaffProfile.objects.create(user=user, **known)
    return user


def holder(ticket: Ticket) -> User | None:
    return Ticket.objects.select_related("assignee").get(pk=ticket.pk).assignee


def told(ticket: Ticket) -> list[tuple]:
    rows = Event.objects.filter(ticket=ticket, kind="assigned").order_by("seq")
    return [(row.data["assignee"], row.data.get("how"), row.actor_id) for row in rows]


def assign() -> int:
    return assign_waiting(timezone.now())
