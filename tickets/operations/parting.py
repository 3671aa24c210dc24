"""A complaint that was joined in error is taken out again: with its own history, what came from it, and its clocks; the other as before.

What was done at the joining stands in TicketJoin.record. What has happened since stays: a clock that was kept meanwhile is kept, a freeze
that was lifted is lifted, what a decision stands on stays with the decision.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from lib.types import Record
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.checklist import take_stock
from tickets.cases.joins import merged_refs
from tickets.cases.notices import notify
from tickets.cases.search import reindex
from tickets.models import Escalation, EvidenceRequest, Submission, Ticket, TicketJoin, Timer
from tickets.operations.effects import effect
from tickets.operations.join_clocks import draw_again
from tickets.operations.join_rows import Moved, letters_back, move_back
from tickets.operations.joining import CARRIED, EMPTY_COLUMNS, set_claim, standing
from tickets.references import as_reference
from tickets.workflow import Data, Invalid, Status, TimerKey

# What a clock in the other's hands has become since: it comes back so.
COURSE = (
    "started_at", "due_at", "amount", "provisional", "basis", "warn_at", "warned", "paused_at", "remaining", "overrun_at", "held_since",
    "held_until", "stopped_at", "cancelled", "next_at",
)  # fmt: skip


def prepare_unmerge(case: Case, data: Data) -> None:
    """Raises Invalid at ref where it was not joined into this one, or before joinings were kept."""
    data["ref"] = as_reference(data["ref"])
    joined = merged_refs(case.ticket)
    if not joined:
        return  # the guard says so
    if data["ref"] not in joined:
        raise Invalid({"ref": [_("This complaint was not joined into this one.")]})
    if not case.ticket.joins_in.filter(gone__ref=data["ref"], undone_at=None).exists():
        raise Invalid({"ref": [_("It was joined before this desk kept what went over, so it cannot be taken out again.")]})


@effect("unmerge", prepare=prepare_unmerge)
def unmerge(case: Case, data: Data) -> None:
    """Exactly that one is open again."""
    join = case.ticket.joins_in.get(gone__ref=data["ref"], undone_at=None)
    gone = Case(Ticket.objects.select_related("owner").get(pk=join.gone_id), case.now, case.actor)
    join.undone_at = case.at
    join.save(update_fields=["undone_at"])
    _give_back(gone, case, join)
    gone.save()
    reindex(gone.ticket)
    reindex(case.ticket)


def _give_back(gone: Case, survivor: Case, join: TicketJoin) -> None:
    record = join.record
    rounds = _clocks_back(gone, survivor, join)
    moved: Moved = {name: keys for name, keys in record["moved"].items() if name != "transfers"}
    cited = {pk for decision in survivor.decisions for pk in decision.evidence_ids}
    moved["evidence"] = [pk for pk in moved.get("evidence", []) if pk not in cited]
    move_back(gone, survivor, moved)
    letters_back(gone, survivor, record["moved"].get("transfers", []), rounds)
    Submission.objects.filter(pk__in=record["copies"]).delete()
    _requests_back(record["request"])
    _twins_back(record["twins"])
    _rights_back(survivor, join)
    _gaps_back(gone, survivor, record["filled"])
    survivor.ticket.complained_about.remove(*record["barred"])
    vars(survivor).pop("complained_about", None)
    _open_again(gone, survivor, record)
    for case in (gone, survivor):
        take_stock(case)
    survivor.record("unmerge", {"ref": gone.ticket.ref})
    notify(gone, "unmerged")


def _open_again(gone: Case, survivor: Case, record: Record) -> None:
    ticket = gone.ticket
    ticket.merged_into = ticket.close_reason = ticket.closed_at = None
    waits = record["gone"]["unanswered_since"]
    if waits and timers.live(gone, TimerKey.NEXT_REPLY):  # nobody has answered it since
        ticket.unanswered_since = datetime.fromisoformat(waits)
    timers.cancel(gone, TimerKey.EVIDENCE_PURGE)
    gone.move(Status(record["status"]), "unmerge")
    gone.record("unmerged", {"out_of": survivor.ticket.ref}, from_status=Status.CLOSED)


# ---- Clocks
def _clocks_back(gone: Case, survivor: Case, join: TicketJoin) -> dict[int, int]:
    """Rounds of clocks that went over: there → here."""
    record, own, rounds = join.record, {timer.pk: timer for timer in gone.timers}, {}
    for timer in [own[pk] for pk in record["live"] if pk in own]:
        draw_again(timer, record["timers"][str(timer.pk)], join.at)
        _give_time_back(gone, timer, join.at)
        gone.mark(timer)
    theirs = {(timer.key, timer.cycle): timer for timer in survivor.timers}
    for key, cycle, pk in record["taken"]:
        taken, origin = theirs.get((key, cycle)), own.get(pk)
        if taken is not None:
            survivor.gone_rows.append(taken)
            survivor.timers.remove(taken)
        if taken is not None and origin is not None and pk in record["live"]:
            rounds[cycle] = origin.cycle
            for name in COURSE:
                setattr(origin, name, getattr(taken, name))
    _own_clocks_back(survivor, join)
    gone.replanned = survivor.replanned = True
    return rounds


def _give_time_back(gone: Case, timer: Timer, joined_at: datetime) -> None:
    """A window of the customer's that ended while the complaint was joined: what was left of it then is left of it now."""
    if timer.binds == "customer" and timer.due_at <= gone.at and timer.overrun_at is None:
        left = timer.due_at - joined_at
        timer.due_at = gone.at + left if timer.clock == "wall" else gone.calendar.end_of(gone.calendar.date_of(gone.at + left))
        timers.set_next(timer)


def _own_clocks_back(survivor: Case, join: TicketJoin) -> None:
    """What the survivor had: as it stood, unless it was stopped since."""
    for timer in survivor.timers:
        picture = join.record["changed"].get(str(timer.pk))
        if picture is not None and timer.stopped_at in (None, join.at):
            draw_again(timer, picture, join.at)
            survivor.mark(timer)


# ---- Rows that were changed, and what a ticket says
def _requests_back(told: Record | None) -> None:
    """The request that was answered with the other's is what that one is now."""
    if told is None:
        return
    answered: Record = {"answered_at": None, "expired": False}
    if told["pk"] is not None:
        joint = EvidenceRequest.objects.get(pk=told["pk"])
        answered = {"answered_at": joint.answered_at, "expired": joint.expired}
        own = EvidenceRequest.objects.get(pk=told["other"])
        joint.kinds, joint.after_item, joint.reason = told["kinds"], told["after_item"], joint.reason.removesuffix(f"\n\n{own.reason}")
        joint.save(update_fields=["kinds", "after_item", "reason"])
    EvidenceRequest.objects.filter(pk=told["other"]).update(**answered)


def _twins_back(twins: Record) -> None:
    for pk, state in twins.items():
        row = Escalation.objects.filter(pk=pk, state=Escalation.State.CLOSED).first()
        taken = row is not None and Escalation.objects.filter(ticket=row.ticket_id, target=row.target, state__in=Escalation.OPEN).exists()
        if row is not None and not taken:
            row.state = state
            row.save(update_fields=["state"])


def _rights_back(survivor: Case, join: TicketJoin) -> None:
    """As before where nothing has changed it since; a later joining that built upon it is told what stands without it."""
    before, after, now = join.record["survivor"], join.record["after"], standing(survivor)
    later = list(survivor.ticket.joins_in.filter(undone_at=None, pk__gt=join.pk).order_by("pk"))
    for name in CARRIED:
        if name not in after or before[name] == after[name] or now[name] != after[name]:  # joined before this was carried
            continue
        if later:
            later[0].record["survivor"][name] = before[name]
            later[0].save(update_fields=["record"])
        elif name == "amount":
            set_claim(survivor.ticket, Decimal(before[name]) if before[name] is not None else None)
        else:
            setattr(survivor.ticket, name, _as_kept(name, before[name]))


def _as_kept(name: str, value: object) -> object:
    if not isinstance(value, str) or not (name.endswith("_at") or name in ("legal_hold_until", "unanswered_since", "follow_up_on")):
        return value
    return date.fromisoformat(value) if name == "follow_up_on" else datetime.fromisoformat(value)


def _gaps_back(gone: Case, survivor: Case, filled: Record) -> None:
    mine, ticket = gone.ticket, survivor.ticket
    for name in filled["fields"]:
        if name in EMPTY_COLUMNS and getattr(ticket, name) == getattr(mine, name):
            setattr(ticket, name, EMPTY_COLUMNS[name])
    for name in ("facts", "statement", "metadata"):
        same = {key for key in filled.get(name, ()) if getattr(ticket, name).get(key) == getattr(mine, name).get(key)}
        setattr(ticket, name, {key: value for key, value in getattr(ticket, name).items() if key not in same})
