"""What hangs on two complaints that become one: it goes over to the one that lives, and back again where they are taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from django.db.models import Q

from tickets.cases import timers
from tickets.cases.case import Case, evidence_of
from tickets.models import BillFinding, Escalation, IncidentLink, OrderReference, SecurityTask, Transfer
from tickets.workflow import TimerKey
from tickets.workflow.timers import timers_of_target

# Name of the reverse relation → keys of the rows that went over.
Moved: TypeAlias = dict[str, list[int]]
# What goes over whole. What both may have of a kind is looked at one by one.
WHOLE = ("evidence", "messages", "freezes", "refunds", "claim_raises", "held_letters")
# Of what one bill says about both.
WEIGHT = {BillFinding.State.CONFIRMED: 2, BillFinding.State.PROPOSED: 1, BillFinding.State.DISMISSED: 0}
# What a case remembers of its rows.
REMEMBERED = (
    "evidence", "freezes", "refunds", "claim_raises", "requests", "escalations", "order_references", "taggings", "transfers",
    "bill_findings", "security_tasks",
)  # fmt: skip
REACH = {Escalation.State.TO_BE_FILED: 0, Escalation.State.HANDING_OVER: 1, Escalation.State.FILED: 2}


def move_rows(gone: Case, survivor: Case) -> Moved:
    evidence_of(gone.ticket).log("moved", by=survivor.actor, at=survivor.at, to=survivor.ticket.ref)
    moved = {name: _hand_over(gone, survivor, name) for name in WHOLE}
    moved["order_references"] = _hand_over(gone, survivor, "order_references", _new_orders(gone, survivor))
    moved["taggings"] = _hand_over(gone, survivor, "taggings", ~Q(tag__in=[tagging.tag_id for tagging in survivor.taggings]))
    moved["security_tasks"] = _hand_over(gone, survivor, "security_tasks", ~Q(task__in=_tasks(survivor)))
    known = survivor.ticket.representations.values_list("person")
    moved["representations"] = _hand_over(gone, survivor, "representations", ~Q(person__in=known))
    moved["evidence_requests"] = _hand_over(gone, survivor, "evidence_requests", ~Q(answered_at=None, expired=False))
    moved["escalations"] = _hand_over(gone, survivor, "escalations")
    moved["bill_findings"] = _move_findings(gone, survivor)
    moved["incident_link"] = _move_incident(gone, survivor)
    forget_rows(gone, survivor)
    return {name: keys for name, keys in moved.items() if keys}


def move_back(gone: Case, survivor: Case, moved: Moved) -> None:
    """Whatever of it still lies with the one that lives."""
    evidence = evidence_of(survivor.ticket).filter(pk__in=moved.get("evidence", []))
    evidence.log("moved", by=survivor.actor, at=survivor.at, to=gone.ticket.ref)
    for name, keys in moved.items():
        if name == "incident_link":
            IncidentLink.objects.filter(pk__in=keys, ticket=survivor.ticket).update(ticket=gone.ticket)
        elif name == "bill_findings":
            for row in BillFinding.objects.filter(pk__in=keys, ticket=survivor.ticket):
                _give_finding(row, gone)
        else:
            getattr(survivor.ticket, name).filter(pk__in=keys).update(ticket=gone.ticket)
    forget_rows(gone, survivor)


def forget_rows(*cases: Case) -> None:
    """To be read anew: they lie elsewhere."""
    for case in cases:
        for name in REMEMBERED:
            vars(case).pop(name, None)


def _hand_over(gone: Case, survivor: Case, name: str, which: Q | None = None) -> list[int]:
    rows = getattr(gone.ticket, name).filter(which or Q())
    keys = sorted(rows.values_list("pk", flat=True))
    rows.model._base_manager.filter(pk__in=keys).update(ticket=survivor.ticket)
    return keys


def _new_orders(gone: Case, survivor: Case) -> Q:
    """The same number twice is one."""
    known = {(order.issuer, order.number) for order in survivor.order_references}
    new = [order.pk for order in OrderReference.objects.filter(ticket=gone.ticket) if (order.issuer, order.number) not in known]
    return Q(pk__in=new)


def _tasks(case: Case) -> list[str]:
    """Those that count there; one that was ticked without proof gives way."""
    unproven = SecurityTask.objects.filter(ticket=case.ticket, proof="")
    unproven.delete()
    return list(SecurityTask.objects.filter(ticket=case.ticket).values_list("task", flat=True))


def _move_findings(gone: Case, survivor: Case) -> list[int]:
    """Where one bill speaks of both, what a person confirmed goes before what waits, and that before what was set aside."""
    theirs = {row.bill_id: row for row in survivor.bill_findings}
    better = [
        mine for mine in gone.bill_findings if (own := theirs.get(mine.bill_id)) is None or WEIGHT[_state(mine)] > WEIGHT[_state(own)]
    ]
    for mine in better:
        _give_finding(mine, survivor)
    return [mine.pk for mine in better]


def _state(row: BillFinding) -> BillFinding.State:
    return BillFinding.State(row.state)


def _give_finding(row: BillFinding, to: Case) -> None:
    """One of a bill each: they change places."""
    own = BillFinding.objects.filter(bill=row.bill_id, ticket=to.ticket).first()
    source = row.ticket_id
    if own is not None:
        own.delete()
    BillFinding.objects.filter(pk=row.pk).update(ticket=to.ticket)
    if own is not None:
        own.ticket_id = source
        own.save(force_insert=True)


def _move_incident(gone: Case, survivor: Case) -> list[int]:
    """What the customer is told of it reaches them on the complaint that lives."""
    if IncidentLink.objects.filter(ticket=survivor.ticket).exists():
        return []
    keys = list(IncidentLink.objects.filter(ticket=gone.ticket).values_list("pk", flat=True))
    IncidentLink.objects.filter(pk__in=keys).update(ticket=survivor.ticket)
    return keys


def close_twins(gone: Case, survivor: Case) -> dict[str, str]:
    """Both lie open at one place: the one that got further there stands, the other ends with the joining. Before they meet."""
    closed = {}
    for mine in [each for each in gone.escalations if each.is_open]:
        their = survivor.open_escalation(mine.target)
        if their is None:
            continue
        weaker = their if REACH[Escalation.State(mine.state)] > REACH[Escalation.State(their.state)] else mine
        if weaker is their:
            timers.cancel(survivor, *(key for key in timers_of_target(their.target) if their.state == Escalation.State.HANDING_OVER))
        Escalation.objects.filter(pk=weaker.pk).update(state=Escalation.State.CLOSED)
        closed[str(weaker.pk)] = str(weaker.state)
        weaker.state = Escalation.State.CLOSED
    return closed


def move_letters(gone: Case, survivor: Case) -> list[int]:
    """An authority's letter goes along with its clock; where both had the same one, it is there already."""
    there = {(letter.authority, letter.number) for letter in survivor.transfers}
    going = [letter for letter in gone.transfers if (letter.authority, letter.number) not in there]
    for letter in going:
        clocks = [t for t in gone.timers if (t.key, t.cycle) == (TimerKey.AUTHORITY_REPLY, letter.timer_cycle) and t.is_live]
        letter.timer_cycle = None
        for timer in clocks:
            letter.timer_cycle = timers.adopt(survivor, timer).cycle
        letter.ticket = survivor.ticket
        letter.save(update_fields=["ticket", "timer_cycle"])
    return [letter.pk for letter in going]


def letters_back(gone: Case, survivor: Case, keys: Iterable[int], rounds: dict[int, int]) -> None:
    """`rounds`: of its clock there → of its clock here."""
    for letter in Transfer.objects.filter(pk__in=list(keys), ticket=survivor.ticket):
        letter.ticket, letter.timer_cycle = gone.ticket, rounds.get(letter.timer_cycle or 0)
        letter.save(update_fields=["ticket", "timer_cycle"])
    forget_rows(gone, survivor)
