"""Incidents: suggested, opened, ended, with the tickets that belong to them. Lock order: incident, then tickets by key.

Agents and supervisors suggest, link and unlink. Supervisors alone open, dismiss and end one, put up its banner and write its
notices. Nobody gains a right over a ticket by an incident: see running.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role, roles_of
from lib.background import enqueue
from sla.policies import current
from tickets.cases.case import PREFETCH_FOR_SWEEP, Case, save_all
from tickets.cases.guards import not_own_case
from tickets.cases.shared_reads import SharedReads
from tickets.incidents.detection import arrivals, put_down
from tickets.models import Incident, IncidentEvent, IncidentLink, IncidentNotice, Ticket
from tickets.models.querysets import TicketQuerySet
from tickets.operations.expiry import settle
from tickets.policy.playbooks import playbooks
from tickets.workflow import OPEN, Block, Forbidden, Input, Invalid, NotFound, Refusal, Status, clean_fields
from tickets.workflow.inputs import SHORT_LIMIT
from tickets.workflow.vocabulary import FACTS

State, How = Incident.State, IncidentLink.How
LINKERS = frozenset({Role.AGENT, Role.SUPERVISOR})
LEADERS = frozenset({Role.SUPERVISOR})
MOST = 500
TITLE_LIMIT = 120
CARRY = "tickets.carry_incidents"
SUGGESTION = (Input("category", required=True, limit=40), Input("pay_method", "code", choices=FACTS["pay_method"].choices))
TITLES = (
    Input("title_zh", required=True, limit=TITLE_LIMIT),
    Input("title_en", required=True, limit=TITLE_LIMIT),
    Input("banner", "bool"),
)
NOTICE = (Input("body_zh", required=True), Input("body_en", required=True), Input("eta_at", "instant", required=True))
REASON = (Input("reason", required=True, limit=SHORT_LIMIT),)
SWITCH = (Input("banner", "bool", required=True),)


@contextmanager
def lock_incident(actor: User, ref: str, who: frozenset[Role], *states: str) -> Iterator[tuple[Incident, datetime]]:
    """The locked incident. Raises NotFound, Forbidden, Refusal INCIDENT_STATE."""
    with transaction.atomic():
        incident = Incident.objects.visible_to(actor).by_ref(ref).select_for_update().first()
        if incident is None:
            raise NotFound
        if who.isdisjoint(roles_of(actor)):
            raise Forbidden
        if incident.state not in states:
            raise Refusal(Block("INCIDENT_STATE", extra={"current_state": incident.state}))
        yield incident, timezone.now()


def note(incident: Incident, kind: str, actor: User | None, now: datetime, **data: object) -> None:
    """A line of the incident's own history."""
    IncidentEvent.objects.create(incident=incident, kind=kind, actor=actor, at=now, data=data)


def candidates(incident: Incident) -> TicketQuerySet:
    """Open tickets of its kind that arrived since it began and belong to no incident. Empty for one that is over."""
    if incident.state not in Incident.LIVE:
        return Ticket.objects.none()
    kind = (incident.category, incident.pay_method)
    return arrivals(kind, incident.began_at).filter(status__in=OPEN - {Status.DRAFT}).order_by("pk")


def count_candidates(incidents: Iterable[Incident]) -> Mapping[int, int]:
    """How many candidates each of the live ones has, by key. One query, whatever their number."""
    live = [incident for incident in incidents if incident.state in Incident.LIVE]
    parts = [candidates(one).order_by().annotate(of=Value(one.pk)).values("of").annotate(n=Count("pk")) for one in live]
    return {row["of"]: row["n"] for row in parts[0].union(*parts[1:], all=True)} if parts else {}


def suggest_incident(actor: User, raw: Mapping[str, object]) -> Incident:
    """By hand, before the clock sees it. Reports of the policy's last minutes belong to it. Raises Forbidden, Invalid, Refusal."""
    if LINKERS.isdisjoint(roles_of(actor)):
        raise Forbidden
    data, now = clean_fields(SUGGESTION, raw), timezone.now()
    policy = current(now)
    if data["category"] not in playbooks(policy.version):
        raise Invalid({"category": [_("Choose one of the categories.")]})
    began_at = now - timedelta(minutes=policy.incident_minutes)
    try:
        with transaction.atomic():
            return put_down((data["category"], data["pay_method"] or ""), began_at, policy, now, actor)
    except IntegrityError as error:
        raise Refusal(Block("INCIDENT_EXISTS")) from error


def open_incident(actor: User, ref: str, raw: Mapping[str, object]) -> Incident:
    """It is one: named in both languages, with those who reported it so far. Raises NotFound, Forbidden, Refusal, Invalid."""
    with lock_incident(actor, ref, LEADERS, State.SUGGESTED) as (incident, now):
        data = clean_fields(TITLES, raw)
        incident.title_zh, incident.title_en, incident.banner = data["title_zh"], data["title_en"], bool(data["banner"])
        incident.state, incident.opened_at = State.OPEN, now
        incident.save()
        count = link_cases(incident, lock_tickets(candidates(incident)), How.OPENING, now, actor)
        note(incident, "opened", actor, now, count=count)
    return incident


def dismiss_incident(actor: User, ref: str, raw: Mapping[str, object]) -> Incident:
    """It is none. The reports that suggested it suggest nothing any more."""
    with lock_incident(actor, ref, LEADERS, State.SUGGESTED) as (incident, now):
        data = clean_fields(REASON, raw)
        incident.state, incident.ended_at = State.DISMISSED, now
        incident.save()
        note(incident, "dismissed", actor, now, reason=data["reason"])
    return incident


def resolve_incident(actor: User, ref: str) -> Incident:
    """The fault is mended. The banner comes down; the linked tickets go on, each with its own clocks."""
    with lock_incident(actor, ref, LEADERS, State.OPEN) as (incident, now):
        incident.state, incident.ended_at, incident.banner = State.RESOLVED, now, False
        incident.save()
        note(incident, "resolved", actor, now)
    return incident


def show_banner(actor: User, ref: str, raw: Mapping[str, object]) -> Incident:
    with lock_incident(actor, ref, LEADERS, State.OPEN) as (incident, now):
        incident.banner = clean_fields(SWITCH, raw)["banner"]
        incident.save(update_fields=["banner"])
        note(incident, "banner_on" if incident.banner else "banner_off", actor, now)
    return incident


def announce(actor: User, ref: str, raw: Mapping[str, object]) -> IncidentNotice:
    """Write the one notice that goes to all who are linked, now and later. Sent after the commit, found again by the sweep.

    Raises NotFound, Forbidden, Refusal, Invalid (the promised time has to be to come).
    """
    with lock_incident(actor, ref, LEADERS, State.OPEN) as (incident, now):
        data = clean_fields(NOTICE, raw)
        if data["eta_at"] <= now:
            raise Invalid({"eta_at": [_("Promise a time that is still to come.")]})
        latest = incident.notices.first()
        number = latest.number + 1 if latest else 1
        notice = IncidentNotice.objects.create(incident=incident, number=number, author=actor, created_at=now, **data)
        incident.eta_at = notice.eta_at
        incident.save(update_fields=["eta_at"])
        note(incident, "announced", actor, now, notice=number)
        enqueue(CARRY)
    return notice


# ---- Which tickets belong to it
class LinkResult(NamedTuple):
    """How many were linked; and what was left out, by reference: nobody links a case of their own, which a step for all would settle."""

    done: int
    own: Sequence[str]


def link_tickets(actor: User, ref: str, refs: list[str]) -> LinkResult:
    """Link the named open tickets; those that belong to an incident already are left where they are."""
    with lock_incident(actor, ref, LINKERS, State.OPEN) as (incident, now):
        named = Ticket.objects.visible_to(actor).filter(ref__in=refs[:MOST], status__in=OPEN - {Status.DRAFT})
        return _link_by_hand(incident, named.filter(incident_link=None), now, actor)


def link_candidates(actor: User, ref: str) -> LinkResult:
    """Link what arrived since, at most five hundred at once."""
    with lock_incident(actor, ref, LINKERS, State.OPEN) as (incident, now):
        return _link_by_hand(incident, candidates(incident), now, actor)


def _link_by_hand(incident: Incident, found: TicketQuerySet, now: datetime, actor: User) -> LinkResult:
    others = found.of_others(actor)
    own = list(found.exclude(pk__in=others.values("pk")).values_list("ref", flat=True).order_by("pk")[:MOST])
    return LinkResult(link_cases(incident, lock_tickets(others), How.BY_HAND, now, actor), own)


def unlink_ticket(actor: User, ref: str, ticket_ref: str) -> None:
    """It was something else. What its customer was told stays told.

    Raises NotFound, Forbidden (CONFLICT_OF_INTEREST on one's own), Refusal.
    """
    with lock_incident(actor, ref, LINKERS, State.OPEN, State.RESOLVED) as (incident, now):
        linked = Ticket.objects.visible_to(actor).filter(ref=ticket_ref, incident_link__incident=incident)
        cases = lock_tickets(linked)
        if not cases:
            raise NotFound
        for ticket in cases:
            case = settle_ticket(ticket, now, actor)
            if conflict := not_own_case(case, None):
                raise Forbidden(conflict.code)
            IncidentLink.objects.filter(ticket=ticket).delete()
            case.record("incident_unlinked", {"incident": incident.ref}, internal=True)
            case.save()


def join_incident(owner: User, ref: str, ticket_ref: str) -> None:
    """Me too: a customer links a ticket of their own, a draft as well, to an incident on the banner. Twice is once.

    Raises NotFound for an incident that is on no banner and for a ticket that is not theirs, Refusal.
    """
    with transaction.atomic():
        now = timezone.now()
        incident = Incident.objects.on_banner().by_ref(ref).select_for_update().first()
        own = Ticket.objects.visible_to(owner).filter(owner=owner, ref=ticket_ref, status__in=OPEN)
        tickets = lock_tickets(own) if incident is not None else []
        if incident is None or not tickets:
            raise NotFound
        if tickets[0].category != incident.category:
            raise Refusal(Block("INCIDENT_STATE", extra={"current_state": incident.state}))
        link = IncidentLink.objects.filter(ticket=tickets[0]).first()
        if link is not None and link.incident_id != incident.pk:
            raise Refusal(Block("INCIDENT_LINKED"))
        link_cases(incident, tickets, How.ME_TOO, now, owner)


def lock_tickets(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """At most MOST, locked in the order of keys, with what settling them may read."""
    keys = list(tickets.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)[:MOST])
    # Read anew once they are locked: what stood in the first statement's snapshot may have changed while it waited.
    return list(Ticket.objects.filter(pk__in=keys).order_by("pk").select_related("owner").prefetch_related(*PREFETCH_FOR_SWEEP))


def settle_ticket(ticket: Ticket, now: datetime, actor: User | None, shared: SharedReads | None = None) -> Case:
    case = Case(ticket, now, actor, shared=shared)
    settle(case)
    return case


def link_cases(incident: Incident, tickets: list[Ticket], how: str, now: datetime, actor: User | None) -> int:
    """Of locked tickets, those that belong nowhere yet. The customer is not told: a link says nothing, the notice does."""
    taken = set(IncidentLink.objects.filter(ticket__in=tickets).values_list("ticket", flat=True))
    shared = SharedReads()
    cases = [settle_ticket(ticket, now, actor, shared) for ticket in tickets if ticket.pk not in taken]
    IncidentLink.objects.bulk_create([IncidentLink(incident=incident, ticket=case.ticket, how=how, at=now) for case in cases])
    for case in cases:
        case.record("incident_linked", {"incident": incident.ref, "how": str(how)}, internal=True)
    save_all(cases)
    if cases:
        enqueue(CARRY)
    return len(cases)
