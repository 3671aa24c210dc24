"""Comparing a payment channel's bill with our complaints: read, propose, and what a person confirms or sets aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import roles_of
from tickets.bills.files import NotABill
from tickets.bills.joining import Transaction
from tickets.bills.layouts import REFUND_STATUS, Layout, fingerprint, heading, place_of
from tickets.bills.reading import Charge, charges
from tickets.bills.statuses import REFUNDED, STATES
from tickets.bills.verdicts import finding, proposal
from tickets.cases.guards import not_own_case
from tickets.models import Bill, BillFinding, BillLayout, OrderReference, Refund, Ticket
from tickets.operations.engine import open_case, perform
from tickets.operations.filing import DESK_ROLES, amend
from tickets.policy.playbooks import playbooks
from tickets.workflow import ACTIONS, OPEN, Block, Forbidden, Invalid, NotFound, Refusal, Status

BATCH = 1000
NAME = 120
WORD, MOST_WORDS = 40, 20
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
    found: dict[int, list[Charge]] = defaultdict(list)
    lines = charges(chunks, layout_from_mapping)
    read = 0
    try:
        while batch := list(islice(lines, BATCH)):
            _match(actor, batch, found)
            read += len(batch)
            Bill.objects.filter(pk=bill.pk).update(lines=read)
    except NotABill as refused:
        Bill.objects.filter(pk=bill.pk).update(state=Bill.State.FAILED, headings=refused.headings, read_at=timezone.now())
    except Exception:
        Bill.objects.filter(pk=bill.pk).update(state=Bill.State.FAILED, read_at=timezone.now())
        raise
    else:
        _propose(bill, found)
    bill.refresh_from_db()
    return bill


def _check(actor: User) -> None:
    if roles_of(actor).isdisjoint(DESK_ROLES):
        raise Forbidden


def _match(actor: User, batch: Sequence[Charge], found: dict[int, list[Charge]]) -> None:
    """By any of a line's numbers; one complaint takes a line once."""
    by_number: dict[str, list[Charge]] = defaultdict(list)
    for charge in batch:
        for number in charge.numbers:
            by_number[number].append(charge)
    seen = Ticket.objects.visible_to(actor).exclude(status=Status.DRAFT)
    named = OrderReference.objects.filter(number__in=list(by_number), ticket__in=seen).values_list("ticket", "number").distinct()
    mine: dict[int, dict[int, Charge]] = defaultdict(dict)
    for ticket, number in named:
        mine[ticket] |= {id(charge): charge for charge in by_number[number]}
    for ticket, lines in mine.items():
        found[ticket] += lines.values()


def _propose(bill: Bill, found: Mapping[int, Iterable[Charge]]) -> None:
    tickets = Ticket.objects.in_bulk(list(found))
    rows = [_finding(bill, tickets[pk], lines) for pk, lines in sorted(found.items()) if pk in tickets]
    with transaction.atomic():
        BillFinding.objects.bulk_create(rows, batch_size=BATCH)
        Bill.objects.filter(pk=bill.pk).update(state=Bill.State.DONE, read_at=timezone.now())


def _finding(bill: Bill, ticket: Ticket, lines: Iterable[Charge]) -> BillFinding:
    book = playbooks(ticket.policy_id).get(ticket.category)
    told = finding(lines, ticket.amount)
    proposed = proposal(told, ticket.facts.get("platform_status"), book.remedies if book else ())
    plain = [_plain(each) for each in told.transactions]
    return BillFinding(
        bill=bill, ticket=ticket, verdict=told.verdict, amount=told.amount, transactions=plain,
        party=proposed.party or "", remedy=proposed.remedy or "", channel_status=proposed.channel_status or "",
    )  # fmt: skip


def _plain(each: Transaction) -> dict[str, object]:
    """As a finding keeps it. `paid` is None where the bill told of the refund alone."""
    return {
        "number": each.number, "amount": str(each.amount), "refunded": str(each.refunded), "state": each.state, "at": each.at,
        "paid": None if each.paid is None else str(each.paid), "currency": each.currency,
    }  # fmt: skip


# ---- What a person makes of it
def confirm_finding(actor: User, finding_id: int) -> BillFinding:
    """Write what the bill says into the complaint: facts and parties, or the refund it shows. The decision stays the reviewer's.

    Raises NotFound, Forbidden, WRONG_STATUS when somebody was first or the complaint is over, and what the operations raise.
    """
    _check(actor)
    with transaction.atomic():
        row = _finding_of(actor, finding_id)
        if row.verdict == REFUNDED:
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
    is_refund = row.verdict == REFUNDED
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
