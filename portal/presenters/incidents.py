"""Faults that many report, as everybody may read of them: what it is and when there is news. Never who or how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from lib.languages import localised_value
from tickets.models import Incident, Ticket
from tickets.workflow import OPEN

MOST = 3


@dataclass(frozen=True)
class Banner:
    """`eta_at` only while it is to come. `mine`: the viewer's own open complaints that could belong to it; `joined`: that do."""

    ref: str
    title: str
    eta_at: datetime | None
    mine: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)


def banners(request: HttpRequest) -> list[Banner]:
    """One query where nothing goes on, two for a person who is signed in."""
    found = list(Incident.objects.on_banner()[:MOST])
    own = _own(request, found)
    now = timezone.now()
    return [
        Banner(
            ref=incident.ref,
            title=localised_value(incident, "title"),
            eta_at=incident.eta_at if incident.eta_at and incident.eta_at > now else None,
            mine=[ref for ref, link in own.get(incident.category, ()) if link is None],
            joined=[ref for ref, link in own.get(incident.category, ()) if link == incident.pk],
        )
        for incident in found
    ]


def _own(request: HttpRequest, found: list[Incident]) -> Mapping[str, list[tuple[str, int | None]]]:
    """The viewer's open complaints by category, each with the incident it belongs to."""
    if not found or not request.user.is_authenticated:
        return {}
    mine = Ticket.objects.visible_to(request.user).filter(owner=request.user, status__in=OPEN)
    mine = mine.filter(category__in={incident.category for incident in found}).order_by("-id")
    rows: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for category, ref, link in mine.values_list("category", "ref", "incident_link__incident")[:20]:
        rows[category].append((ref, link))
    return rows


def find_banner_incident(ref: str) -> Incident | None:
    """The incident on the banner that an address or a form names."""
    return Incident.objects.on_banner().by_ref(ref).first()
