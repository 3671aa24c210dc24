"""Sees that many report the same: arrivals by category and way to pay, and the incident that they suggest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from accounts.models import User
from accounts.roles import Role
from lib.duties.setting_aside import each_key, name_of
from sla.policies import PolicySnapshot, current
from tickets.models import Incident, IncidentEvent, Notification, Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.workflow import Status

# How long a sweep may have been down, and a draft have lain, before its report is no news. Bounds what is read.
LOOK_BACK = timedelta(days=1)
HEARERS = (Role.AGENT, Role.SUPERVISOR)

Kind = tuple[str, str]
Arrival = tuple[datetime, int]


def suggest_incidents(now: datetime, category: str = "") -> int:
    """Put down an incident for each category and way to pay that is reported often enough. How many were new.

    Any stretch of the policy's minutes counts, so a late sweep finds what a punctual one would have. Run twice, or by two at
    once, it happens once: a kind has one live incident by a key of the database.
    """
    policy = current(now)
    found = _arrivals(now, policy, category)
    bursts = {"/".join(kind): (kind, burst) for kind, rows in found.items() if (burst := _burst(rows, policy))}
    return each_key(name_of(suggest_incidents), None, bursts, lambda name: _suggest(*bursts[name], policy, now), now)


def arrivals(kind: Kind, since: datetime) -> TicketQuerySet:
    """Filed tickets of a kind that reached the desk at `since` or later and belong to no incident."""
    category, pay_method = kind
    found = Ticket.objects.filter(category=category, created_at__gte=since - LOOK_BACK, reported_at__gte=since)
    unsaid = Q(facts__pay_method__isnull=True) | Q(facts__pay_method="")
    return found.filter(Q(facts__pay_method=pay_method) if pay_method else unsaid, incident_link=None).exclude(status=Status.DRAFT)


def _arrivals(now: datetime, policy: PolicySnapshot, category: str) -> Mapping[Kind, list[Arrival]]:
    """Of the last day, by kind, the oldest first. What reached us before the last incident of its kind ended is settled."""
    since = now - LOOK_BACK - timedelta(minutes=policy.incident_minutes)
    recent = Ticket.objects.filter(created_at__gte=since, reported_at__gte=since, reported_at__lte=now, incident_link=None)
    recent = recent.exclude(status=Status.DRAFT)
    rows = recent.filter(category=category) if category else recent
    settled = _last_endings()
    found: dict[Kind, list[Arrival]] = defaultdict(list)
    for pk, key, facts, at in rows.order_by("reported_at", "id").values_list("id", "category", "facts", "reported_at"):
        kind = (key, str(facts.get("pay_method") or "") if isinstance(facts, Mapping) else "")
        if at is not None and (kind not in settled or at > settled[kind]):
            found[kind].append((at, pk))
    live = Incident.objects.filter(state__in=Incident.LIVE).values_list("category", "pay_method")
    return {kind: rows for kind, rows in found.items() if kind not in set(live)}


def _last_endings() -> Mapping[Kind, datetime]:
    ended = Incident.objects.exclude(ended_at=None).values_list("category", "pay_method").annotate(last=Max("ended_at"))
    return {(category, pay_method): last for category, pay_method, last in ended}


def _burst(rows: Sequence[Arrival], policy: PolicySnapshot) -> list[Arrival]:
    """The first stretch in which enough arrived, to its last arrival; empty when there is none."""
    needed, span = policy.incident_threshold, timedelta(minutes=policy.incident_minutes)
    for first in range(len(rows) - needed + 1):
        if rows[first + needed - 1][0] - rows[first][0] <= span:
            return list(rows[first:])
    return []


def _suggest(kind: Kind, burst: Sequence[Arrival], policy: PolicySnapshot, now: datetime) -> int:
    try:
        with transaction.atomic():
            incident = put_down(kind, burst[0][0], policy, now)
            Notification.objects.bulk_create([_notice(burst[-1][1], role, incident, now) for role in HEARERS])
    except IntegrityError:  # another sweep was first
        return 0
    return 1


def put_down(kind: Kind, began_at: datetime, policy: PolicySnapshot, now: datetime, actor: User | None = None) -> Incident:
    """A suggested incident. Raises IntegrityError when its kind has a live one."""
    incident = Incident.objects.create(
        day=now.astimezone(ZoneInfo(policy.zone)).date(),
        policy_id=policy.version,
        category=kind[0],
        pay_method=kind[1],
        began_at=began_at,
        suggested_at=now,
    )
    IncidentEvent.objects.create(incident=incident, kind="suggested", actor=actor, at=now)
    return incident


def _notice(ticket: int, role: Role, incident: Incident, now: datetime) -> Notification:
    """On the page of notices of a group, at the report that was one too many."""
    return Notification(
        ticket_id=ticket,
        audience=role,
        kind="incident_suggested",
        data={"incident": incident.ref},
        state=Notification.State.SHOWN,
        created_at=now,
        not_before=now,
    )
