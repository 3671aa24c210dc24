"""The proof of the history: events, decisions, sums that came back, the custody log, the seals over all. What is wrong is named.

Somebody acts while we read, so what looks wrong is looked at again with its complaint locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet

from evidence.models import CustodyChain, CustodyEntry, CustodyHead, HistorySeal
from evidence.vault.custody import GENESIS, digest_of, seal_of, seal_of_chain
from evidence.vault.seals import SHORT, Told, digest_of_seal, first_seal
from tickets.cases.proofs import COLUMNS, digest_of_event, digest_of_row, key_of, rows_of
from tickets.models import Event, Ticket

BATCH = 500
COMPLAINTS = 100
EventRow = Mapping[str, object]


def history_findings(told: Told | None) -> Iterator[str | None]:
    """Everything that is wrong, a line each, and None for each row that was looked at. `told`: the newest seal, as known outside."""
    said = set[str]()
    for part in (_old_log(), _chains(), _events(), _seals(told)):
        for found in part:
            if found is None or found not in said:
                yield found
            if found is not None:
                said.add(found)


# ---- The custody log of before: one chain of all complaints
def _old_log() -> Iterator[str | None]:
    head = CustodyHead.objects.filter(pk=1).first()
    end = head.seq if head else 0
    for entry in CustodyEntry.objects.filter(number=None, seq__gt=end).order_by("seq").iterator(BATCH):
        yield f"custody entry {entry.seq} ({entry.action}, item {entry.item_id}): in no chain"
    if head is None:
        return
    if head.seal != seal_of(head):
        yield "custody log: the record of its end was changed"
    previous, expected = GENESIS, 1
    for entry in CustodyEntry.objects.filter(seq__lte=head.seq, number=None).order_by("seq").iterator(BATCH):
        yield None
        if entry.seq != expected:
            yield f"custody entries {expected} to {entry.seq - 1}: removed"
        elif entry.previous != previous:
            yield f"custody entry {entry.seq}: does not follow the one before"
        if entry.digest != digest_of(entry):
            yield f"custody entry {entry.seq} ({entry.action}, item {entry.item_id}): changed"
        previous, expected = entry.digest, entry.seq + 1
    if expected != head.seq + 1:
        yield f"custody entries {expected} to {head.seq}: removed"
    elif previous != head.digest:
        yield "custody log: does not end as recorded"


# ---- A chain for each complaint
def _chains() -> Iterator[str | None]:
    last = 0
    while batch := list(CustodyChain.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:COMPLAINTS]):
        last = batch[-1]
        yield from (None for _each in batch)
        if wrong := _wrong_chains(batch):
            with transaction.atomic():
                list(CustodyChain.objects.select_for_update().filter(pk__in=wrong).order_by("pk"))
                yield from (found for each in _wrong_chains(list(wrong)).values() for found in each)
    headless = CustodyEntry.objects.exclude(number=None).exclude(ticket_id__in=CustodyChain.objects.values("pk")).order_by()
    for ticket in headless.values_list("ticket_id", flat=True).distinct():
        yield f"custody of {_names([ticket])[ticket]}: its end is not recorded"


def _wrong_chains(tickets: Sequence[int]) -> dict[int, list[str]]:
    names, ends = _names(tickets), CustodyChain.objects.in_bulk(tickets)
    entries: dict[int, list[CustodyEntry]] = defaultdict(list)
    for entry in CustodyEntry.objects.exclude(number=None).filter(ticket_id__in=tickets).order_by("ticket_id", "number"):
        entries[entry.ticket_id].append(entry)
    wrong = {pk: list(_wrong_chain(names[pk], end, entries[pk])) for pk, end in ends.items()}
    return {pk: found for pk, found in wrong.items() if found}


def _wrong_chain(name: str, end: CustodyChain, entries: Sequence[CustodyEntry]) -> Iterator[str]:
    if end.seal != seal_of_chain(end):
        yield f"custody of {name}: the record of its end was changed"
    previous, expected = GENESIS, 1
    for entry in entries:
        number = entry.number or 0
        if number > expected:
            yield _name_gap("custody lines", name, expected, number - 1)
        elif entry.previous != previous:
            yield f"custody entry {entry.seq}: does not follow the one before"
        if entry.digest != digest_of(entry):
            yield f"custody entry {entry.seq} ({entry.action}, item {entry.item_id}): changed"
        previous, expected = entry.digest, number + 1
    if expected <= end.number:
        yield _name_gap("custody lines", name, expected, end.number)
    elif previous != end.digest:
        yield f"custody of {name}: does not end as recorded"


# ---- Events, decisions, sums
def _events() -> Iterator[str | None]:
    first = HistorySeal.objects.order_by("number").first()
    newest = HistorySeal.objects.order_by("-number").first()
    # Before the first seal nothing can be told of what has none; later, of what the duty has not come to yet.
    before = newest.data["before"] if newest and first else None
    last = 0
    while batch := list(Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:COMPLAINTS]):
        last = batch[-1]
        yield from (None for _each in batch)
        if wrong := _wrong_events(batch, before):
            with transaction.atomic():
                list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=wrong).order_by("pk").values_list("pk"))
                yield from (found for each in _wrong_events(list(wrong), before).values() for found in each)


def _wrong_events(tickets: Sequence[int], before: Mapping[str, object] | None) -> dict[int, list[str]]:
    known = {pk: (ref, last) for pk, ref, last in Ticket.objects.filter(pk__in=tickets).values_list("pk", "ref", "last_seq")}
    events: dict[int, list[EventRow]] = defaultdict(list)
    for event in Event.objects.filter(ticket__in=tickets).order_by("ticket_id", "seq").values(*COLUMNS, "pk", "digest"):
        events[event["ticket_id"]].append(event)
    rows = rows_of(tickets)
    wrong = {}
    for pk, (ref, last) in known.items():
        wrong[pk] = [*_wrong_line(ref, last, events[pk], before), *_wrong_rows(ref, pk, events[pk], rows[pk], before)]
    return {pk: found for pk, found in wrong.items() if found}


def _wrong_line(ref: str, last: int, events: Sequence[EventRow], before: Mapping[str, object] | None) -> Iterator[str]:
    expected = 1
    for event in events:
        seq, named = int(str(event["seq"])), f"event {event['seq']} of {ref} ({event['kind']})"
        if seq > expected:
            yield _name_gap("events", ref, expected, seq - 1)
        if event["digest"] is None:
            if not _waits(event, before):
                yield f"{named}: written without the key"
        elif event["digest"] != digest_of_event(event):
            yield f"{named}: changed"
        expected = seq + 1
    if expected <= last:
        yield _name_gap("events", ref, expected, last)


def _waits(event: EventRow, before: Mapping[str, object] | None) -> bool:
    """Of before the first seal, and not sealed yet."""
    if before is None:
        return True
    return not before["ended"] and int(str(event["pk"])) <= int(str(before["event"]))


def _wrong_rows(ref: str, pk: int, events: Sequence[EventRow], rows: Sequence, before: Mapping[str, object] | None) -> Iterator[str]:
    """Each decision, remedy and refund is as the newest event says that tells of it."""
    told: dict[str, str] = {}
    for event in events:
        covers = event["covers"]
        if isinstance(covers, Mapping):
            told |= covers
    for row in rows:
        name = key_of(row).replace(":", " ")
        digest = told.pop(key_of(row), None)
        if digest is None:
            if before is not None and not any(_waits(event, before) for event in events if event["digest"] is None):
                yield f"{name} of {ref}: nothing tells of it"
        elif digest != digest_of_row(row, pk):
            yield f"{name} of {ref}: changed"
    for key in told:
        yield f"{key.replace(':', ' ')} of {ref}: removed"


# ---- Seals
def _seals(told: Told | None) -> Iterator[str | None]:
    """From the newest to the first: a complaint that was cut short is named once, with all that is missing."""
    later: HistorySeal | None = None
    cut: set[str] = set()
    first = first_seal()
    if first is not None and told is not None and told.history != first.data.get("history"):
        if list(told) != first.data.get("after"):  # where it is, the new beginning was told to people when it was made
            yield f"the seal told outside ({told.number}) is of another history"
        told = None
    for seal in HistorySeal.objects.order_by("-number").iterator(BATCH):
        yield None
        if later is None and told is not None and seal.number < told.number:
            yield f"seals {seal.number + 1} to {told.number}: removed"
        if told is not None and seal.number == told.number and seal.digest != told.digest:
            yield f"seal {seal.number}: is not the one that was told outside"
        if seal.digest != digest_of_seal(seal):
            yield f"seal {seal.number}: changed"
        if later is not None:
            yield from _between(seal, later)
        yield from _wrong_heads(seal, cut)
        later = seal
    if later is None and told is not None:
        yield f"seals 1 to {told.number}: removed"
    if later is not None and later.number != 1:
        yield f"seals 1 to {later.number - 1}: removed"


def _between(seal: HistorySeal, later: HistorySeal) -> Iterator[str]:
    if later.number != seal.number + 1:
        yield f"seals {seal.number + 1} to {later.number - 1}: removed"
    elif later.previous != seal.digest:
        yield f"seal {later.number}: does not follow the one before"


def _wrong_heads(seal: HistorySeal, cut: set[str]) -> Iterator[str]:
    """What it says of each complaint's end is still there, and the same."""
    heads = {int(ticket): head for ticket, head in seal.data["heads"].items()}
    events = _digests(Event.objects.filter(ticket__in=heads, seq__in={head[0] for head in heads.values()}), "ticket_id", "seq")
    lines = _digests(
        CustodyEntry.objects.filter(ticket_id__in=heads, number__in={head[2] for head in heads.values()}), "ticket_id", "number"
    )
    for ticket, (seq, event, number, line) in heads.items():
        if seq and f"event {ticket}" not in cut and _differs(events.get((ticket, seq)), event):
            cut.add(f"event {ticket}")
            yield from _missing_events(ticket, seq, (ticket, seq) in events)
        if number and f"line {ticket}" not in cut and _differs(lines.get((ticket, number)), line):
            cut.add(f"line {ticket}")
            yield from _missing_lines(ticket, number, (ticket, number) in lines)


def _differs(found: str | None, told: str) -> bool:
    """Not there, or not the same. What had no digest when it was told of only has to be there."""
    return found is None or bool(told and found != told)


def _digests(rows: QuerySet, *names: str) -> dict[tuple[int, int], str]:
    return {(ticket, number): (digest or "")[:SHORT] for ticket, number, digest in rows.values_list(*names, "digest")}


def _missing_events(ticket: int, seq: int, is_there: bool) -> Iterator[str]:
    name = _names([ticket])[ticket]
    if is_there:
        kind = Event.objects.filter(ticket=ticket, seq=seq).values_list("kind", flat=True).first()
        yield f"event {seq} of {name} ({kind}): changed"
        return
    kept = Event.objects.filter(ticket=ticket, seq__lt=seq).order_by("-seq").values_list("seq", flat=True).first() or 0
    if not Event.objects.filter(ticket=ticket, seq__gt=seq).exists():  # a hole in the middle is named where the numbers are read
        yield _name_gap("events", name, kept + 1, seq)


def _missing_lines(ticket: int, number: int, is_there: bool) -> Iterator[str]:
    name = _names([ticket])[ticket]
    lines = CustodyEntry.objects.filter(ticket_id=ticket)
    if is_there:
        entry = lines.get(number=number)
        yield f"custody entry {entry.seq} ({entry.action}, item {entry.item_id}): changed"
        return
    kept = lines.filter(number__lt=number).order_by("-number").values_list("number", flat=True).first() or 0
    if not lines.filter(number__gt=number).exists():
        yield _name_gap("custody lines", name, kept + 1, number)


def _name_gap(what: str, name: str, first: int, last: int) -> str:
    return f"{what} {first} to {last} of {name}: removed"


def _names(tickets: Sequence[int]) -> dict[int, str]:
    """References; of a complaint that is gone its number."""
    refs = dict(Ticket.objects.filter(pk__in=tickets).values_list("pk", "ref"))
    return {pk: refs.get(pk) or f"#{pk}" for pk in tickets}
