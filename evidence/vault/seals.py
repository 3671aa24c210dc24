"""Every minute the ends of all histories that moved are sealed, so that nothing can be cut off at an end unseen.

A seal is bound to the one before. The newest is told outside the database (in the store of evidence, by mail, and by webhook): whoever
cuts off seals and all they tell of is found by comparing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db.models import Max, QuerySet

from evidence.models import CustodyChain, CustodyEntry, CustodyHead, HistorySeal
from evidence.vault.custody import GENESIS
from lib.proofs import fingerprint, instant
from tickets.cases.proofs import prove_what_was_there
from tickets.models import Event, Ticket

# Number and digest of the last event and of the last custody entry; digests cut short, for a seal is a row a minute.
Head: TypeAlias = list[object]
SHORT = 16
BATCH = 500
# Of what was there before the first seal, how many complaints a minute.
OLD_AT_ONCE = 1000
# Rows get their numbers before they are committed: what was looked at so long ago is looked at again. No transaction lasts longer.
LOOK_BACK = timedelta(minutes=10)
# In the store of evidence, at the top, where no file lies.
MARK = "history"


class Told(NamedTuple):
    """The newest seal, as it was told outside. `history` names the line of seals it is of: one that begins anew has another name."""

    number: int
    digest: str
    history: str


def digest_of_seal(seal: HistorySeal) -> str:
    return fingerprint("history seal", [seal.number, instant(seal.at), seal.data, seal.previous])


def first_seal() -> HistorySeal | None:
    return HistorySeal.objects.order_by("number").first()


def newest_seal() -> HistorySeal | None:
    return HistorySeal.objects.order_by("-number").first()


def seal_history(now: datetime) -> int:
    """Seal what moved since the last seal. Of how many complaints.

    Where there is none, and the store of evidence knows of one (seals were deleted, or the database is another: emptied, restored), the
    first one says after which it begins anew: to stop sealing would leave all that follows unproven.
    """
    last, first = newest_seal(), first_seal()
    before = dict(last.data["before"]) if last else _what_was_there()
    start: dict[str, int] = first.data["start"] if first else {"event": before["event"], "entry": _end_of_old_log()}
    marks = {"event": _newest(Event, "pk"), "entry": _newest(CustodyEntry, "seq")}
    older = HistorySeal.objects.filter(at__lte=now - LOOK_BACK).order_by("-number").first()
    moved = set(_prove_some(before)) | _moved_since(older.data["marks"] if older else start)
    known = _told_lately(now)
    heads = {ticket: head for ticket, head in _heads(sorted(moved)).items() if known.get(ticket) != head}
    if last is None or heads or before != last.data["before"]:
        _write(last, now, {"heads": heads, "marks": marks, "before": before, **({} if last else _beginning(start))})
    return len(heads)


def _beginning(start: Mapping[str, int]) -> dict[str, object]:
    told = told_outside()
    return {"start": dict(start), "history": uuid4().hex, **({"after": list(told)} if told else {})}


def _told_lately(now: datetime) -> dict[str, Head]:
    recent = HistorySeal.objects.filter(at__gt=now - LOOK_BACK).order_by("number")
    return {ticket: head for seal in recent for ticket, head in seal.data["heads"].items()}


def _end_of_old_log() -> int:
    return CustodyHead.objects.values_list("seq", flat=True).first() or 0


def _write(last: HistorySeal | None, now: datetime, data: Mapping[str, object]) -> None:
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    seal = HistorySeal(number=number, at=now, data=data, previous=previous)
    seal.digest = digest_of_seal(seal)
    seal.save(force_insert=True)


def _newest(model: type[Event] | type[CustodyEntry], name: str) -> int:
    return model.objects.aggregate(newest=Max(name))["newest"] or 0


def _what_was_there() -> dict[str, int]:
    """Before the first seal: events without a digest, up to which key; they get one from `_prove_some`, and never again."""
    newest = _newest_of(Event.objects.filter(digest=None))
    return {"event": newest, "ticket": 0, "ended": int(not newest)}


def _prove_some(before: dict[str, int]) -> list[int]:
    """Some of what was there; `before` then says how far it is."""
    if before["ended"]:
        return []
    left = Event.objects.filter(digest=None, pk__lte=before["event"], ticket__gt=before["ticket"]).order_by("ticket")
    tickets = list(left.values_list("ticket", flat=True).distinct()[:OLD_AT_ONCE])
    for ticket in tickets:
        prove_what_was_there(ticket, before["event"])
    before["ticket"], before["ended"] = tickets[-1] if tickets else before["ticket"], int(len(tickets) < OLD_AT_ONCE)
    return tickets


def _moved_since(marks: Mapping[str, int]) -> set[int]:
    events = Event.objects.filter(pk__gt=marks["event"]).order_by().values_list("ticket", flat=True).distinct()
    entries = CustodyEntry.objects.filter(seq__gt=marks["entry"]).order_by().values_list("ticket_id", flat=True).distinct()
    return set(events) | set(entries)


def _heads(tickets: Sequence[int]) -> dict[str, Head]:
    """By complaint. Events of a draft may go with it: they are sealed once it is filed."""
    found: dict[str, Head] = {}
    for place in range(0, len(tickets), BATCH):
        chunk = tickets[place : place + BATCH]
        filed = Ticket.objects.filter(pk__in=chunk).exclude(status="draft")
        last = Event.objects.filter(ticket__in=filed).order_by().values("ticket").annotate(last=Max("pk")).values("last")
        events = {event.ticket_id: event for event in Event.objects.filter(pk__in=last).only("ticket_id", "seq", "digest")}
        chains = CustodyChain.objects.in_bulk(chunk)
        for ticket in chunk:
            event, chain = events.get(ticket), chains.get(ticket)
            head: Head = [event.seq, (event.digest or "")[:SHORT]] if event else [0, ""]
            found[str(ticket)] = [*head, *([chain.number, chain.digest[:SHORT]] if chain else [0, ""])]
    return found


# ---- Outside the database
def told_outside() -> Told | None:
    """What the store of evidence knows of the newest seal. Raises OSError when it is away."""
    store: Storage = storages["evidence"]
    try:
        with store.open(MARK) as file:
            number, _space, rest = bytes(file.read()).decode(errors="replace").strip().partition(" ")
    except FileNotFoundError:
        return None
    digest, _space, history = rest.partition(" ")
    return Told(int(number) if number.isdigit() else 0, digest, history)


def tell_outside(seal: HistorySeal) -> None:
    """Raises OSError when the store is away."""
    store, first = storages["evidence"], first_seal() or seal
    if store.exists(MARK):
        store.delete(MARK)
    store.save(MARK, ContentFile(f"{seal.number} {seal.digest} {first.data.get('history', '')}".encode()))


def tell_newest_outside() -> None:
    """Or that there is none. Raises OSError when the store is away."""
    seal, store = newest_seal(), storages["evidence"]
    if seal is not None:
        tell_outside(seal)
    elif store.exists(MARK):
        store.delete(MARK)


# ---- What was written without a digest
def accept_bare_events(now: datetime) -> int:
    """An operator says that events without a digest are right: programs of the version before wrote them. How many. The chain says so."""
    last = newest_seal()
    bare = Event.objects.filter(digest=None)
    count = bare.count()
    if last and count:
        _write(last, now, {"heads": {}, "marks": last.data["marks"], "before": {"event": _newest_of(bare), "ticket": 0, "ended": 0}})
    return count


def _newest_of(events: QuerySet[Event]) -> int:
    return events.aggregate(newest=Max("pk"))["newest"] or 0


def sealed_later() -> list[tuple[int, datetime]]:
    """Up to which event, and when: history that was not sealed as it was written. From an upgrade, or accepted by an operator."""
    found: dict[int, datetime] = {}
    for at, event in HistorySeal.objects.order_by("number").values_list("at", "data__before__event"):
        if event:
            found.setdefault(event, at)
    return list(found.items())
