"""Reading evidence: every read starts at visible_to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.roles import is_staff_member
from evidence.vault import custody
from tickets.models import Decision, Ticket
from tickets.workflow.vocabulary import DESK_FILE

if TYPE_CHECKING:
    from accounts.models import User


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        """Items of the tickets the user may see. An owner, of the desk or not, sees the operator's own once a decision stands on them.

        A file of the desk's is its author's alone until it is sent; one among colleagues never becomes the owner's to see, nor that of
        those complained about.
        """
        seen = self.filter(ticket__in=Ticket.objects.visible_to(user)).exclude(~Q(uploaded_by=user.pk), kind=DESK_FILE, message=None)
        shown = Q(internal=False) | (Q(pk__in=_cited_item_ids(user)) & ~Q(kind=DESK_FILE))
        return seen.filter(shown | Q(ticket__in=Ticket.objects.of_others(user))) if is_staff_member(user) else seen.filter(shown)

    def log(self, action: str, *, by: User | None, at: datetime, **detail: object) -> None:
        """Tell the custody log what happened to these items: the core's way to it, through the ticket's evidence."""
        items: Any = self.order_by("pk")
        custody.record(action, items, by=by, at=at, detail=detail)

    def waiting(self, stale_before: datetime) -> EvidenceQuerySet:
        """To be inspected: claimed by nobody, or by a worker that has been silent since `stale_before`."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=stale_before), state__in=("uploaded", "scanning"))


def _cited_item_ids(user: User) -> list[int]:
    """Ids of the operator's items that decisions on the user's tickets stand on. (SQLite cannot look into JSON lists.)"""
    if not user.is_authenticated:
        return []
    stood_on = Decision.objects.filter(ticket__owner=user, state=Decision.State.EFFECTIVE).values_list("evidence_ids", flat=True)
    return [pk for ids in stood_on for pk in ids]
