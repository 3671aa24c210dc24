"""The history proven: each event by a digest of its own, each decision and sum by the newest event that tells of it.

Events of a complaint are numbered without a hole, and a number is part of what its digest binds: nothing can be put between two, or in the
place of another. What is missing at the end is found by the seals (evidence/vault/seals.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import models, transaction

from lib.bulk_sql import update_rows
from lib.proofs import fingerprint, instant, veil
from tickets.models import Decision, Event, Refund, Remedy, Ticket

COLUMNS = (
    "ticket_id",
    "seq",
    "kind",
    "actor_id",
    "at",
    "recorded_at",
    "from_status",
    "to_status",
    "visibility",
    "data",
    "covers",
    "erased",
)

# What is bound of each row. Never more and never less: rows were bound by these. A column that is added later takes a new name here
# (`decision2`), beside the old one.
COVERED: Mapping[type[models.Model], tuple[str, tuple[str, ...]]] = {
    Decision: (
        "decision",
        (
            "cycle", "verdict", "state", "author_id", "at", "countersigned_by_id", "effective_at", "why_countersigned", "refused_reason",
            "reason_code", "root_cause", "liability", "explanation", "answers", "granted", "evidence_ids", "on_record",
        ),
    ),
    Remedy: ("remedy", ("decision_id", "kind", "amount", "decided_amount", "state", "reference", "done_at", "failure")),
    Refund: ("refund", ("amount", "currency", "at", "by_id", "reference", "kind", "issuer", "number")),
}  # fmt: skip


def digest_of_event(event: Mapping[str, object]) -> str:
    """Of its columns by name, `ticket_id` and `actor_id` among them."""
    at, recorded_at, erased = event["at"], event["recorded_at"], event.get("erased")
    assert isinstance(at, datetime) and isinstance(recorded_at, datetime)  # noqa: S101 - for the type checker
    bound = [
        event["ticket_id"], event["seq"], str(event["kind"]), event["actor_id"], instant(at), instant(recorded_at),
        str(event["from_status"]), str(event["to_status"]), str(event["visibility"]),
        veil(event["data"], erased if isinstance(erased, Mapping) else None), event.get("covers"),
    ]  # fmt: skip
    return fingerprint("event", bound)


def key_of(row: models.Model) -> str:
    """As `covers` of an event names it: decision:12."""
    return f"{COVERED[type(row)][0]}:{row.pk}"


def digest_of_row(row: models.Model, ticket_id: object) -> str:
    name, fields = COVERED[type(row)]
    return fingerprint(name, [ticket_id, row.pk, *(_plain(row, field) for field in fields)])


def _plain(row: models.Model, name: str) -> object:
    """As JSON, the same before the row is written and after it is read back."""
    said = getattr(row, name)
    if isinstance(said, datetime):
        return instant(said)
    field = next(each for each in row._meta.concrete_fields if name in (each.name, each.attname))
    if isinstance(field, models.DecimalField) and said is not None:
        return f"{Decimal(said):.{field.decimal_places}f}"
    return veil(said)


def prove(events: Sequence[dict[str, object]], written: Iterable[models.Model]) -> None:
    """Give new events of one ticket their digests. The last of them tells how the decisions and sums stand that were written with them."""
    rows = {key_of(row): row for row in written if type(row) in COVERED}
    if rows:
        events[-1]["covers"] = covers_of(rows.values(), events[-1]["ticket_id"])
    for event in events:
        event["digest"] = digest_of_event(event)


def covers_of(rows: Iterable[models.Model], ticket_id: object) -> dict[str, str]:
    return {key_of(row): digest_of_row(row, ticket_id) for row in rows}


def rows_of(tickets: Sequence[int]) -> dict[int, list[models.Model]]:
    """By complaint, all that an event of it can tell of."""
    found: dict[int, list[models.Model]] = defaultdict(list)
    for decision in Decision.objects.filter(ticket__in=tickets).order_by("pk"):
        found[decision.ticket_id].append(decision)
    for remedy in Remedy.objects.filter(decision__ticket__in=tickets).select_related("decision").order_by("pk"):
        found[remedy.decision.ticket_id].append(remedy)
    for refund in Refund.objects.filter(ticket__in=tickets).order_by("pk"):
        found[refund.ticket_id].append(refund)
    return found


def prove_what_was_there(ticket_id: int, newest: int) -> None:
    """Give the events of before, up to the key `newest`, the digests that nobody gave them when they were written. Once."""
    with transaction.atomic():
        Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
        events = list(Event.objects.filter(ticket=ticket_id).order_by("seq"))
        bare = [event for event in events if event.digest is None and event.pk <= newest]
        if not bare:
            return
        told = {key for event in events if event.seq > bare[-1].seq for key in event.covers or ()}
        rows = [row for row in rows_of([ticket_id])[ticket_id] if key_of(row) not in told]
        bare[-1].covers = covers_of(rows, ticket_id) or None
        for event in bare:
            event.digest = digest_of_event({name: getattr(event, name) for name in COLUMNS})
        update_rows(Event, bare, ("digest", "covers"))
