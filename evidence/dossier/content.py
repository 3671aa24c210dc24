"""What stands in a dossier: one filed case as its owner may know it, and each item of evidence with a file or the reason for none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.unproven import is_unproven
from evidence.dossier.asking import DossierRequest
from evidence.files import suffix_of
from evidence.kinds import SENSITIVE, TYPED_ONLY
from evidence.models import EvidenceItem
from evidence.operations import items_of
from evidence.receipts import Receipt, filed_ticket, receipts_of
from evidence.statement_of_balance import is_issued_statement
from tickets.cases.case import Case
from tickets.cases.loading import gather
from tickets.cases.timeline import TimelineEntry, timeline
from tickets.models import Decision, EscalationTarget, Refund, Ticket, Timer
from tickets.operations import look
from tickets.workflow import TIMERS, Forbidden

State, Verdict = EvidenceItem.State, EvidenceItem.Verdict
# An item's state → why it carries no file.
LEFT_OUT = {
    State.UPLOADED: "being_checked",
    State.SCANNING: "being_checked",
    State.REJECTED: "rejected",
    State.SUPERSEDED: "superseded",
    State.DELETED: "deleted",
}


@dataclass
class Exhibit:
    """One line of the evidence list. `name` of its file in the archive, or "" and in `left_out` why."""

    number: int
    item: EvidenceItem
    name: str = ""
    left_out: str = ""

    def leave_out(self, why: str) -> None:
        self.name, self.left_out = "", why


@dataclass(frozen=True)
class Dossier:
    case: Case
    asked: DossierRequest
    exhibits: list[Exhibit]
    receipts: list[Receipt]
    moments: list[TimelineEntry]
    decisions: list[Decision]
    refunds: list[Refund]
    clocks: list[Timer]
    places: Mapping[str, str]
    sides: Mapping[str, str]

    @property
    def ticket(self) -> Ticket:
        return self.case.ticket

    @property
    def made_at(self) -> datetime:
        return self.case.now


def collect_dossier(viewer: User, ref: str, asked: DossierRequest) -> Dossier:
    """A constant number of queries; writes nothing. In the active language.

    It leaves the house: whoever asks, the evidence in it is what the owner may know of.

    Raises NotFound, WrongStatus before the complaint is filed, Forbidden for programs, and where somebody else asks for the owner's
    identity documents, or their owner who has not freshly proven to be it.
    """
    ticket = filed_ticket(viewer, ref, Ticket.objects.select_related("owner").prefetch_related("timers", "evidence", "submissions"))
    if asked.include_sensitive and ticket.owner_id != viewer.pk:
        raise Forbidden
    if asked.include_sensitive and not viewer.is_freshly_proven:
        raise Forbidden("FRESH_PROOF_REQUIRED")
    gather(ticket)
    places = _name_targets(ticket)
    case = look(ticket, viewer)
    return Dossier(
        case=case,
        asked=asked,
        exhibits=exhibits(items_of(ticket.owner, ticket), asked, case.policy.max_files),
        receipts=receipts_of(ticket),
        moments=timeline(case)[::-1],
        refunds=case.refunds,
        decisions=[each for each in case.decisions if each.state == Decision.State.EFFECTIVE],
        clocks=sorted((t for t in case.timers if TIMERS[t.key].owed), key=lambda timer: (timer.started_at, timer.due_at)),
        places=places,
        sides={name: asked.typed.get(name) or known for name, known in known_sides(ticket).items()},
    )


def known_sides(ticket: Ticket) -> dict[str, str]:
    """Complainant and respondent, as far as we know them: for the first page, and for the form that asks for the rest."""
    owner, respondent = ticket.owner, ticket.registered_respondent
    phone = getattr(owner, "phone", None)
    called = ticket.contact if ticket.contact.startswith("+") else ""
    return {
        "name": "" if is_unproven(owner) else owner.name,
        "phone": phone.number if phone else called,
        "address": "",
        "respondent_name": (respondent.company or respondent.name) if respondent else ticket.respondent,
        "respondent_address": respondent.address if respondent else "",
    }


def _name_targets(ticket: Ticket) -> dict[str, str]:
    """The places one can turn to by name; each escalation is told its own, for the timeline."""
    titles = {target.key: target.title for target in EscalationTarget.objects.all()}
    for escalation in ticket.escalations.all():
        escalation.title = titles.get(escalation.target, escalation.target)  # type: ignore[attr-defined]
    return defaultdict(str, titles)


def exhibits(items: Iterable[EvidenceItem], asked: DossierRequest, most: int) -> list[Exhibit]:
    """Numbered in the order they came; the first `most` that may carry a file are given a name for it."""
    listed = [Exhibit(number, item, left_out=why_left_out(item, asked)) for number, item in enumerate(items, 1)]
    carrying = [exhibit for exhibit in listed if not exhibit.left_out]
    for exhibit in carrying[:most]:
        exhibit.name = file_name(exhibit)
    for exhibit in carrying[most:]:
        exhibit.leave_out("too_many")
    return listed


def why_left_out(item: EvidenceItem, asked: DossierRequest) -> str:
    """The code of why the item carries no file, or "" where it does."""
    if item.kind in SENSITIVE and not asked.include_sensitive:
        return "sensitive"
    if item.state != State.CLEAN:
        return LEFT_OUT[State(item.state)]
    if item.verdict == Verdict.REJECTED:
        return "rejected"
    if item.kind in TYPED_ONLY:
        return "printed"
    return "" if item.safe or is_issued_statement(item) or (item.text and item.kind not in SENSITIVE) else "no_file"


def file_name(exhibit: Exhibit) -> str:
    """Of our own making: nothing of what the uploader called it."""
    item = exhibit.item
    suffix = "pdf" if is_issued_statement(item) else suffix_of(item.safe_type if item.safe else "")
    return f"evidence/{exhibit.number:02d}-{item.kind}-{item.pk}.{suffix}"
