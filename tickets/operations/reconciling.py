"""Comparing a payment channel's bill with our complaints: read, propose, and what a person confirms or sets aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import roles_of
from tickets.bills.files import NotABill
from tickets.bills.joining import Transaction, transactions
from tickets.bills.layouts import REFUND_STATUS, Layout, fingerprint, heading, place_of
from tickets.bills.reading import Charge, Tally, charges
from tickets.bills.statuses import STATES
from tickets.bills.verdicts import finding_of, proposal
from tickets.cases.guards import not_own_case
from tickets.models import Bill, BillFinding, BillLayout, OrderReference, Refund, Ticket
from tickets.operations.bill_claims import Claims
from tickets.operations.engine import open_case, perform
from tickets.operations.filing import DESK_ROLES, amend
from tickets.policy.playbooks import playbooks
from tickets.workflow import ACTIONS, OPEN, Block, Forbidden, Invalid, NotFound, Refusal, Status

BATCH, LOCKED = 1000, 50
NAME = 120
WORD, MOST_WORDS = 40, 20


@dataclass
class _Named:
    """Of one complaint: its own numbers in a bill, and all that stand in lines with them."""

    own: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)


Chunks = Callable[[], Iterator[bytes]]


def begin_bill(actor: User, key: UUID, name: str, sha256: str) -> Bill | None:
    """The row that tells how far the reading is, under a key of the caller's. None: somebody reads, or has read, this one already.

    A row whose reader died is taken over. Raises Forbidden.
    """
    _check(actor)
    now = timezone.now()
    plain = "".join(char for char in name if char.isprintable()).strip()[:NAME]
    fresh = {"name": plain or _("bill"), "sha256": sha256, "uploaded_by": actor, "created_at": now}
    row, new = Bill.objects.get_or_create(public_id=key, defaults=fresh)
    if new or not row.is_stuck(now):
        return row if new else None
    mine = Bill.objects.filter(pk=row.pk, uploaded_by=actor, state=Bill.State.READING, created_at=row.created_at)
    return row if mine.update(created_at=now, lines=0) else None


def read_bill(actor: User, bill: Bill, chunks: Chunks) -> Bill:
    """Read all of it; of its lines only those about complaints are kept. Outside any transaction: each batch stands by itself.

    A file that is no bill we know leaves the row failed, with the headings that a person could map.
    """
    _check(actor)
    tally = Tally()
    try:
        numbers = _named_numbers(actor, bill, charges(chunks, layout_from_mapping, tally), tally)
        found = _lines_about(numbers, charges(chunks, layout_from_mapping)) if numbers else {}
    except NotABill as refused:
        Bill.objects.filter(pk=bill.pk).update(state=Bill.State.FAILED, headings=refused.headings, read_at=timezone.now())
    except Exception:
        Bill.objects.filter(pk=bill.pk).update(state=Bill.State.FAILED, read_at=timezone.now())
        raise
    else:
        _propose(bill, numbers, found)
        told = {"lines": tally.lines, "unread": dict(+tally.unread), "statuses": dict(tally.statuses)}
        Bill.objects.filter(pk=bill.pk).update(state=Bill.State.DONE, read_at=timezone.now(), **told)
    bill.refresh_from_db()
    return bill


def _check(actor: User) -> None:
    if roles_of(actor).isdisjoint(DESK_ROLES):
        raise Forbidden


def _named_numbers(actor: User, bill: Bill, lines: Iterator[Charge], tally: Tally) -> dict[int, _Named]:
    """For each complaint, its numbers that stand in the bill, and those by which refunds of these payments are known."""
    found: dict[int, _Named] = defaultdict(_Named)
    seen = Ticket.objects.visible_to(actor).exclude(status=Status.DRAFT).filter(merged_into=None)  # joined: told on the one that goes on
    while batch := list(islice(lines, BATCH)):
        by_number: dict[str, set[str]] = defaultdict(set)
        for charge in batch:
            for number in charge.numbers:
                by_number[number].update(charge.numbers)
        named = OrderReference.objects.filter(number__in=list(by_number), ticket__in=seen).values_list("ticket", "number").distinct()
        for ticket, number in named:
            found[ticket].own.add(number)
            found[ticket].linked |= by_number[number]
        Bill.objects.filter(pk=bill.pk).update(lines=tally.lines)
    return found


def _lines_about(numbers: Mapping[int, _Named], lines: Iterable[Charge]) -> dict[int, list[Charge]]:
    """A second look, for what is joined to those lines by the merchant's number alone: a refund may stand before its payment."""
    tickets: dict[str, set[int]] = defaultdict(set)
    for ticket, named in numbers.items():
        for number in named.linked:
            tickets[number].add(ticket)
    found: dict[int, list[Charge]] = defaultdict(list)
    for charge in lines:
        for ticket in {ticket for number in charge.numbers for ticket in tickets.get(number, ())}:
            found[ticket].append(charge)
    return found


def _propose(bill: Bill, numbers: Mapping[int, _Named], found: Mapping[int, list[Charge]]) -> None:
    """Batch by batch, each with its tickets locked: of two bills that are read at once the second sees what the first proposes."""
    there = set(bill.findings.values_list("ticket", flat=True))  # by a reader that died
    waiting = sorted(set(found) - there)
    for start in range(0, len(waiting), LOCKED):
        with transaction.atomic():
            some = Ticket.objects.filter(pk__in=waiting[start : start + LOCKED])
            tickets = list(some.order_by("pk").select_for_update(of=("self",)))
            rows = [row for ticket in tickets if (row := _finding(bill, ticket, numbers[ticket.pk].own, found[ticket.pk]))]
            claims = Claims(rows)
            for row in rows:
                claims.settle(row)


def _finding(bill: Bill, ticket: Ticket, own: set[str], lines: Iterable[Charge]) -> BillFinding | None:
    """Of the transactions that the lines make, those that the complaint names."""
    book = playbooks(ticket.policy_id).get(ticket.category)
    named = tuple(each for each in transactions(lines) if own & each.numbers)
    if not named:
        return None
    told = finding_of(named, ticket.amount)
    proposed = proposal(told, ticket.facts.get("platform_status"), book.remedies if book else ())
    return BillFinding(
        bill=bill, ticket=ticket, verdict=told.verdict, amount=told.amount, transactions=[_plain(each) for each in told.transactions],
        party=proposed.party or "", remedy=proposed.remedy or "", channel_status=proposed.channel_status or "",
    )  # fmt: skip


def _plain(each: Transaction) -> dict[str, object]:
    """As a finding keeps it. `paid` is None where the bill told of the refund alone."""
    return {
        "number": each.number, "amount": str(each.amount), "refunded": str(each.refunded), "state": each.state, "at": each.at,
        "paid": None if each.paid is None else str(each.paid), "currency": each.currency, "merchant": each.merchant,
    }  # fmt: skip


# ---- What a person makes of it
def confirm_finding(actor: User, finding_id: int) -> BillFinding:
    """Write what the bill says into the complaint: facts and parties, or the refund it shows. The decision stays the reviewer's.

    Raises NotFound, Forbidden, WRONG_STATUS when somebody was first or the complaint is over, and what the operations raise.
    """
    _check(actor)
    with transaction.atomic():
        row = _finding_of(actor, finding_id)
        if row.records_refund:
            perform(actor, row.ticket.ref, "record_refund", _refund(row))
            latest = Refund.objects.filter(ticket=row.ticket).order_by("-pk").values("pk")[:1]
            Refund.objects.filter(pk__in=latest).update(source=Refund.Source.BILL)
        elif changes := _changes(row):
            amend(actor, row.ticket.ref, changes)
        _settle(actor, row, BillFinding.State.CONFIRMED)
    return row


def hindrance(actor: User, row: BillFinding) -> Block | None:
    """Why this actor cannot confirm it as things stand: the refund is not theirs to record, or the complaint is over.

    Where nothing is written into the complaint, nothing hinders. Asks the database nothing when the ticket is loaded.
    """
    is_refund = row.records_refund
    if is_refund and roles_of(actor).isdisjoint(ACTIONS["record_refund"].roles):
        return Block("forbidden")
    writes = is_refund or bool(_changes(row))
    over = Status(row.ticket.status) not in OPEN - {Status.DRAFT}
    return Block("WRONG_STATUS", extra={"current_status": row.ticket.status}) if writes and over else None


def dismiss_finding(actor: User, finding_id: int) -> BillFinding:
    """Set it aside; the complaint stays as it is. Raises NotFound, Forbidden, WRONG_STATUS."""
    _check(actor)
    with transaction.atomic():
        row = _finding_of(actor, finding_id)
        _settle(actor, row, BillFinding.State.DISMISSED)
    return row


def _finding_of(actor: User, finding_id: int) -> BillFinding:
    seen = BillFinding.objects.filter(ticket__in=Ticket.objects.visible_to(actor)).select_related("ticket", "bill")
    row = seen.filter(pk=finding_id).first()
    if row is None:
        raise NotFound
    return row


def _changes(row: BillFinding) -> dict[str, object]:
    book = playbooks(row.ticket.policy_id)[row.ticket.category]
    if row.channel_status and "channel_status" in book.facts:
        return {"facts": {"channel_status": row.channel_status}}  # parties and queue follow from it
    return {"responsible_parties": [row.party]} if row.party else {}


def _refund(row: BillFinding) -> dict[str, object]:
    note = _("The payment channel's bill “%(name)s” shows the refund.") % {"name": row.bill.name}
    told = {"amount": str(row.amount), "reference": row.transactions[0]["number"][:100], "note": note}
    numbers = {line["number"] for line in row.transactions}
    named = row.ticket.order_references.filter(number__in=numbers).values_list("number", flat=True).distinct()
    return {**told, "order_number": named[0]} if len(numbers) == len(named) == 1 else told


def _settle(actor: User, row: BillFinding, state: str) -> None:
    """Behind the change to the complaint: ticket first, then what hangs on it. Of two at once the second undoes all of its own."""
    with open_case(actor, row.ticket.ref) as case:
        if conflict := not_own_case(case, None):
            raise Refusal(conflict)
        waiting = BillFinding.objects.filter(pk=row.pk, state=BillFinding.State.PROPOSED)
        if not waiting.update(state=state, decided_by=actor, decided_at=case.now):
            raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
        case.record("reconciled", {"verdict": row.verdict, "amount": str(row.amount), "bill": row.bill_id, "state": state}, internal=True)
    row.refresh_from_db()


# ---- Layouts that people map
def map_layout(actor: User, headings: Sequence[str], columns: Mapping[str, object], words: Mapping[str, str]) -> BillLayout:
    """Remember which column is which, for every bill with these headings. `words`: what the status says, by state, comma-separated.

    Raises Forbidden, Invalid naming the field.
    """
    _check(actor)
    places = {name: _place(name, columns.get(name), len(headings)) for name in ("number", "order", "amount", "status", "refund")}
    lacking = {name: [_("Choose the column.")] for name in ("number", "amount") if places[name] is None}
    if lacking:
        raise Invalid(lacking)
    said = {state: _words(words.get(state, "")) for state in STATES}
    values = {"headings": list(headings), "columns": {**places, "words": said}, "made_by": actor, "made_at": timezone.now()}
    return BillLayout.objects.update_or_create(fingerprint=fingerprint(headings), defaults=values)[0]


def _place(name: str, value: object, width: int) -> int | None:
    if value in (None, ""):
        return None
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 4 and int(value) < width):
        raise Invalid({name: [_("Choose one of the columns.")]})
    return int(value)


def _words(text: str) -> list[str]:
    return [word.strip()[:WORD] for word in text.replace("，", ",").split(",") if word.strip()][:MOST_WORDS]


def layout_from_mapping(row: Sequence[str]) -> Layout | None:
    """A layout that a person mapped comes before those we know."""
    if len(row) < 3:
        return None
    known = BillLayout.objects.filter(fingerprint=fingerprint(row)).first()
    if known is None:
        return None
    told = known.columns
    numbers = tuple(place for place in (told["number"], told["order"]) if place is not None)
    refund_status = place_of([heading(cell) for cell in row], REFUND_STATUS)
    return Layout("other", numbers, told["amount"], told["status"], told["refund"], refund_status=refund_status, words=told["words"])
