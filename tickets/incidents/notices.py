"""An incident's notice, put on every linked ticket: a public message in the customer's language that counts as the first reply.

The set form: at most a hundred tickets a transaction, each ticket once by a key of the database, whoever else sends at the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lib.duties.setting_aside import all_or_each, each_key, each_row, name_of, waiting_keys
from lib.languages import localised_value, reader_language
from sla.policies import current
from tickets.cases import timers
from tickets.cases.case import PREFETCH_FOR_SWEEP, Case, save_all
from tickets.cases.guards import not_own_case
from tickets.cases.notices import notify
from tickets.cases.shared_reads import SharedReads
from tickets.incidents.operations import candidates, link_cases, lock_tickets, settle_ticket
from tickets.models import Incident, IncidentDelivery, IncidentLink, IncidentNotice, Message, Ticket, Visibility
from tickets.operations.turns import notice_promised
from tickets.workflow import OPEN, Status, TimerKey

BATCH = 100
# Under these names complaints are set aside that a notice, or a link, cannot reach.
TELLING, JOINING = "tickets.tell_linked_complaint", "tickets.join_incident"


def send_incident_notices(now: datetime) -> int:
    """The latest notice of each open incident, to the linked tickets that lack it. How many messages.

    A notice whose promised time has come promises nothing: it is not sent any more, and the wait for a first reply goes on.
    """
    latest = {notice.pk: notice for notice in _latest(now)}
    return each_key(name_of(send_incident_notices), IncidentNotice, latest, lambda pk: _send_all(latest[pk], now), now)


def join_late_arrivals(now: datetime) -> int:
    """Where the policy says so, later reports join an open incident by themselves. How many."""
    if not current(now).incident_auto_join:
        return 0
    return each_row(name_of(join_late_arrivals), Incident.objects.filter(state=Incident.State.OPEN), lambda pk: _join(pk, now), now)


def _join(pk: int, now: datetime) -> int:
    with transaction.atomic():
        incident = Incident.objects.select_for_update().filter(pk=pk, state=Incident.State.OPEN).first()
        if incident is None:
            return 0
        free = candidates(incident).exclude(pk__in=waiting_keys(JOINING, now))
        tickets = {ticket.pk: ticket for ticket in lock_tickets(free)}

        def link(keys: Sequence[int]) -> int:
            return link_cases(incident, [tickets[key] for key in keys], IncidentLink.How.BY_POLICY, now, None)

        return all_or_each(JOINING, Ticket, list(tickets), link, now)


def _latest(now: datetime) -> list[IncidentNotice]:
    newer = IncidentNotice.objects.filter(incident=OuterRef("incident"), number__gt=OuterRef("number"))
    found = IncidentNotice.objects.filter(~Exists(newer), incident__state=Incident.State.OPEN, eta_at__gt=now)
    return list(found.select_related("incident", "author").order_by("pk"))


def recipients(notice: IncidentNotice) -> QuerySet[Ticket]:
    """Open linked tickets that lack it. One that tells of something else is among them only where a person linked it all the same."""
    delivered = IncidentDelivery.objects.filter(notice=notice, ticket=OuterRef("pk"))
    linked = Ticket.objects.filter(incident_link__incident=notice.incident_id, status__in=OPEN - {Status.DRAFT})
    strayed = ~Q(incident_link__how=IncidentLink.How.BY_HAND) & ~Q(category=F("incident_link__incident__category"))
    return linked.filter(~Exists(delivered)).exclude(strayed)


def _send_all(notice: IncidentNotice, now: datetime) -> int:
    sent = 0
    while (count := _send_batch(notice, now)) is not None:
        sent += count
    return sent


def _send_batch(notice: IncidentNotice, now: datetime) -> int | None:
    """One transaction; None when nothing is left that is not locked by another, or set aside."""
    with transaction.atomic():
        waiting = recipients(notice).exclude(pk__in=waiting_keys(TELLING, now)).order_by("pk")
        keys = list(waiting.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:BATCH])
        return all_or_each(TELLING, Ticket, keys, lambda those: _send_to(notice, those, now), now) if keys else None


def _send_to(notice: IncidentNotice, keys: Sequence[int], now: datetime) -> int:
    """Asked again now that they are locked: another sender may have committed meanwhile."""
    lacking = recipients(notice).filter(pk__in=keys).select_related("owner").order_by("pk")
    lacking = lacking.prefetch_related(*PREFETCH_FOR_SWEEP, "complained_about")
    shared = SharedReads()
    cases = [settle_ticket(ticket, now, notice.author, shared) for ticket in lacking]
    _post_notice(notice, [case for case in cases if case.ticket.is_open])
    save_all(cases)
    return len(cases)


def _post_notice(notice: IncidentNotice, cases: list[Case]) -> None:
    """Not indexed for search: the same words on hundreds of tickets find nothing."""
    messages = Message.objects.bulk_create([_message(notice, case) for case in cases])
    pairs = list(zip(cases, messages, strict=True))
    IncidentDelivery.objects.bulk_create([IncidentDelivery(notice=notice, ticket=case.ticket, message=said) for case, said in pairs])
    for case, said in pairs:
        if _answers(notice.incident, case):
            timers.stop(case, TimerKey.FIRST_RESPONSE)
        notice_promised(case, notice.eta_at)
        case.record("incident_notice", {"message": said.pk, "incident": notice.incident.ref, "eta_at": notice.eta_at.isoformat()})
        notify(case, "incident_notice")


def _answers(incident: Incident, case: Case) -> bool:
    """The first reply to a complaint of the incident's kind; to any other it is news, and its customer still waits for a reply."""
    return case.ticket.category == incident.category and not_own_case(case, None) is None


def _message(notice: IncidentNotice, case: Case) -> Message:
    owner = case.ticket.owner
    return Message(
        ticket=case.ticket,
        author=notice.author,
        visibility=Visibility.PUBLIC,
        body=localised_value(notice, "body", reader_language(owner.language)),
        eta_at=notice.eta_at,
        by_staff=owner.pk != notice.author_id,
        created_at=case.at,
    )
