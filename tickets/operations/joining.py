"""Two complaints of one customer about one order become one, without a loss.

The one that is further lives, whichever was pressed. It takes what hangs on the other, and of each right the better of both. What was
done is kept beside it (TicketJoin), so that it can be given back: tickets.operations.parting.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from lib.types import Record
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.checklist import take_stock
from tickets.cases.joins import goes_on, holds_decision
from tickets.cases.notices import notify
from tickets.cases.search import reindex
from tickets.models import Submission, Ticket, TicketJoin
from tickets.operations.assigning import bar
from tickets.operations.closing import close, hold_along
from tickets.operations.effects import effect
from tickets.operations.intake_clocks import share_refund_tier
from tickets.operations.join_clocks import changes_since, join_clocks, pictures, taken_over
from tickets.operations.join_rows import close_twins, forget_rows, move_letters, move_rows
from tickets.operations.turns import take_over_turn
from tickets.references import as_reference
from tickets.workflow import TIMERS, Data, Invalid, Status

# Of the complaint that lives: what joining may change of it.
CARRIED = (
    "refund_tier", "late_claim", "police_cooperation", "not_me", "outcome_disputed", "submitted_at", "reported_at", "legal_hold_until",
    "police_referred_at", "follow_up_on", "unanswered_since", "demands", "assignee_id", "amount",
)  # fmt: skip
# What it takes over where it has none of its own. What hangs together goes together.
FILLED = (
    ("amount", "currency"), ("incident_at",), ("respondent",), ("account_masked", "account_hmac", "account_sealed"), ("external_id",),
    ("represented_by",), ("call_asked_at", "call_number", "call_when"),
)  # fmt: skip
EMPTY_COLUMNS: Record = {"amount": None, "incident_at": None, "represented_by": None, "call_asked_at": None} | dict.fromkeys(
    ("respondent", "account_masked", "account_hmac", "account_sealed", "external_id", "call_number", "call_when"), ""
)
EMPTY: tuple[object, ...] = (None, "", [], {})


def prepare_merge(case: Case, data: Data) -> None:
    """Raises Invalid at into. What was joined into another already stands for that one."""
    data["into"] = as_reference(data["into"])
    other = Ticket.objects.filter(ref=data["into"], owner=case.ticket.owner_id).first()
    if other is not None:
        data["into"] = other.living.ref
    if data["into"] == case.ticket.ref:
        raise Invalid({"into": [_("A ticket cannot be merged into itself.")]})


@effect("merge", prepare=prepare_merge)
def merge(case: Case, data: Data) -> None:
    """Whichever was pressed, the further one lives and is the answer."""
    other = Case(Ticket.objects.select_related("owner").select_for_update(of=("self",)).get(ref=data["into"]), case.now, case.actor)
    survivor, gone = goes_on(case, other)
    record = _join(gone, survivor)
    other.save()
    TicketJoin.objects.create(survivor=survivor.ticket, gone=gone.ticket, at=case.at, by=case.actor, record=record)
    reindex(survivor.ticket)
    case.answer = survivor.ticket


def _join(gone: Case, survivor: Case) -> Record:
    """`gone` closes into `survivor`; neither is saved. What was done, in values that can be kept."""
    stood: dict[str, object] = {
        "survivor": standing(survivor),
        "gone": standing(gone),
        "status": gone.ticket.status,
        "timers": pictures(gone),
    }
    live = [timer for timer in gone.timers if timer.is_live]
    had = pictures(survivor)
    stood |= {"live": [timer.pk for timer in live], "request": _ask_for_both(gone, survivor)}
    share_refund_tier(gone, survivor)
    take_over_turn(gone, survivor)
    twins = close_twins(gone, survivor)
    join_clocks(gone, survivor, [each for each in gone.escalations if each.is_open])
    letters = move_letters(gone, survivor)
    stood |= {"taken": taken_over(gone, survivor), "changed": changes_since(survivor, had), "twins": twins}
    stood |= {"filled": _fill(gone, survivor), "copies": _copy_submissions(gone, survivor)}
    _carry(gone, survivor)
    timers.cancel(gone, *(timer.key for timer in live))  # what goes on, goes on there
    moved = {**move_rows(gone, survivor), **({"transfers": letters} if letters else {})}
    hold_along(gone, survivor)
    barred = [person.pk for person in gone.complained_about if person not in survivor.complained_about]
    bar(survivor, gone.complained_about)
    take_stock(survivor)
    gone.ticket.merged_into = survivor.ticket
    survivor.record("merged_from", {"ref": gone.ticket.ref, **{name: len(keys) for name, keys in moved.items()}})
    ended = _ends_of(gone, survivor, str(stood["status"]), [t.key for t in live])
    close(gone, "merged", cause="merge", event="merge", data={"into": survivor.ticket.ref, "ended": ended})
    notify(gone, "merge", into=survivor.ticket.ref)
    return {**stood, "moved": moved, "barred": barred, "after": standing(survivor)}


def standing(case: Case) -> Record:
    """What joining may change of a ticket."""
    values = {name: getattr(case.ticket, name) for name in CARRIED}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


# ---- Rights: of each the better
def _carry(gone: Case, survivor: Case) -> None:
    """Whoever has it keeps it; of two at one point, whoever has either."""
    mine, ticket = gone.ticket, survivor.ticket
    if mine.amount is not None and _claims_more(gone, survivor):
        set_claim(ticket, mine.amount)
    ticket.late_claim = ticket.late_claim and mine.late_claim
    for name in ("not_me", "outcome_disputed"):
        setattr(ticket, name, getattr(ticket, name) or getattr(mine, name))
    for name in ("submitted_at", "reported_at", "police_referred_at", "follow_up_on"):
        setattr(ticket, name, min(filter(None, (getattr(ticket, name), getattr(mine, name))), default=None))
    if ticket.assignee_id is None and gone.ticket.status == ticket.status and gone.ticket.assignee not in survivor.complained_about:
        ticket.assignee_id = mine.assignee_id
    if not holds_decision(survivor):  # what is decided already answers no further demand
        ticket.demands = list(dict.fromkeys([*ticket.demands, *mine.demands]))


def _claims_more(gone: Case, survivor: Case) -> bool:
    """Of two claims that were handed in, or of two that were not, the higher counts. What was never handed in raises nothing that was."""
    mine, ticket = gone.ticket, survivor.ticket
    if mine.amount is None or ticket.amount is None or mine.currency != ticket.currency or holds_decision(survivor):
        return False
    return mine.amount > ticket.amount and (mine.ever_submitted or not ticket.ever_submitted)


def set_claim(ticket: Ticket, amount: Decimal | None) -> None:
    """The statement says the same, until it is handed in."""
    if not ticket.ever_submitted and ticket.statement.get("amount") == str(ticket.amount):
        ticket.statement = {**ticket.statement, "amount": str(amount) if amount is not None else ""}
    ticket.amount = amount


def _fill(gone: Case, survivor: Case) -> Record:
    """Names of what was empty there and is not here. A statement that was handed in stays as it was."""
    mine, ticket = gone.ticket, survivor.ticket
    names: list[str] = []
    for group in FILLED:
        if getattr(ticket, group[0]) in EMPTY and getattr(mine, group[0]) not in EMPTY:
            names += group
    for name in names:
        setattr(ticket, name, getattr(mine, name))
    same, open_still = mine.category == ticket.category, not ticket.ever_submitted
    gaps = {name: allowed for name, allowed in (("facts", same), ("statement", open_still), ("metadata", True)) if allowed}
    keys = {name: [key for key in getattr(mine, name) if getattr(ticket, name).get(key) in EMPTY] for name in gaps}
    for name, new in keys.items():
        setattr(ticket, name, {**getattr(ticket, name), **{key: getattr(mine, name)[key] for key in new}})
    return {"fields": names, **{name: new for name, new in keys.items() if new}}


def _copy_submissions(gone: Case, survivor: Case) -> list[int]:
    """The complaint that closes keeps what was handed in with it: its receipts go on saying so."""
    number, copies = survivor.ticket.submissions.count(), []
    for each in gone.ticket.submissions.all():
        number += 1
        same = {name: getattr(each, name) for name in ("at", "by_id", "checklist", "items", "statement", "demands")}
        copies.append(Submission.objects.create(ticket=survivor.ticket, number=number, **same).pk)
    return copies


# ---- What was asked, and what ends
def _ask_for_both(gone: Case, survivor: Case) -> Record | None:
    """Two open requests become one: answered together. How it stood before; None where nothing was asked for here."""
    mine, theirs = gone.open_request, survivor.open_request
    if mine is None:
        return None
    if theirs is None or survivor.status != Status.NEEDS_EVIDENCE:
        return {"pk": None, "other": mine.pk}
    stood = {"pk": theirs.pk, "kinds": theirs.kinds, "after_item": theirs.after_item, "other": mine.pk}
    theirs.kinds = list(dict.fromkeys([*theirs.kinds, *mine.kinds]))
    theirs.after_item = min(theirs.after_item, mine.after_item)
    if mine.reason != theirs.reason:
        theirs.reason += f"\n\n{mine.reason}"
    theirs.save(update_fields=["kinds", "after_item", "reason"])
    return stood


def _ends_of(gone: Case, survivor: Case, status: str, keys: list[str]) -> list[Record]:
    """What the customer had and has no more, as it is now had on the other: told before and after."""
    forget_rows(gone, survivor)
    found: list[Record] = [{"kind": "status", "key": status}]
    if gone.open_request is not None and survivor.status != Status.NEEDS_EVIDENCE:
        found += [{"kind": "request", "key": kind} for kind in gone.open_request.kinds]
    found += [{"kind": "escalation", "key": each.target} for each in survivor.escalations if each.state == "closed"]
    ends = [key for key in dict.fromkeys(keys) if timers.live(survivor, key) is None and TIMERS[key].shown]
    return [*found, *({"kind": "timer", "key": key} for key in ends)]
