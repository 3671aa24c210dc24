"""What the admin's start page asks somebody to see to: contacts to check, notices that did not go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

from tickets.models import Delivery, Notification
from tickets.policy.contacts import stale_targets, unverified_targets

register = template.Library()


@register.inclusion_tag("admin/tickets/to_see_to.html", takes_context=True)
def to_see_to(context: Mapping[str, Any]) -> dict[str, object]:
    """Each only for those who may open it."""
    user = context["user"]
    contacts = user.has_perm("tickets.change_escalationtarget")
    notices, messages = user.has_perm("tickets.view_notification"), user.has_perm("tickets.view_delivery")
    return {
        "stale": list(stale_targets(timezone.now())) if contacts else [],
        "unverified": list(unverified_targets()) if contacts else [],
        "failed": Notification.objects.filter(state=Notification.State.FAILED).count() if notices else 0,
        "failed_messages": Delivery.objects.filter(state=Delivery.State.FAILED).count() if messages else 0,
    }
