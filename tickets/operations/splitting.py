"""A new complaint split off an old one. It was told when the old one was told, so it is as old: nothing of the customer's begins anew."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from sla.policies import snapshot
from tickets.cases import intake, timers
from tickets.cases.case import Case, Item, evidence_of
from tickets.cases.checklist import REMOVED_STATES, take_stock
from tickets.cases.notices import notify
from tickets.models import Representation, Submission, Ticket, TicketLink, Timer
from tickets.operations.appealing import start_review_clocks
from tickets.operations.assigning import auto_assign, bar
from tickets.operations.closing import hold_along
from tickets.operations.engine import finish, open_case
from tickets.operations.filing import new_case
from tickets.operations.intake_clocks import begin, intake_status
from tickets.operations.tagging import check_may_sort
from tickets.workflow import Data, Forbidden, Input, Invalid, NotFound, Status, clean_fields
from tickets.workflow.timers import once_per_complaint
from tickets.workflow.vocabulary import DESK_FILE, SENSITIVE_KINDS, STATEMENT_SLOTS

EVIDENCE = Input("evidence", "ids")
SPLIT = (Input("category", "text", limit=40), Input("amount", "money"), EVIDENCE)
# What the new one has of the old one, whatever it is about.
INHERITED = (
    "owner", "contact", "represented_by", "account_masked", "account_hmac", "account_sealed", "respondent", "refund_tier", "late_claim",
    "police_cooperation", "discovered_at", "reported_at", "submitted_at", "not_me",
)  # fmt: skip


def split_ticket(actor: User, ref: str, raw: Mapping[str, object]) -> Ticket:
    """File a new complaint of the same customer from this one, and link the two.

    `raw` names what the new one is about (category, amount) and which evidence goes over to it (evidence: ids among `movable`); facts,
    statement and order numbers come along. It inherits when the old one was discovered, reported and handed in, its tier, its version of
    the policy and the beginnings of its clocks. Raises NotFound, Forbidden (agents only), Invalid at evidence and as a filing does.
    """
    with transaction.atomic():
        if not Ticket.objects.visible_to(actor).filter(ref=ref).exists():
            raise NotFound
        with open_case(actor, ref) as case:
            if Role.AGENT not in case.roles:
                raise Forbidden
            check_may_sort(case)
            said = clean_fields(SPLIT, raw)
            fresh = _split_off(case, said)
            TicketLink.objects.create(kind=TicketLink.Kind.RELATED, source=case.ticket, target=fresh.ticket, by=actor, at=case.at)
            case.record("split", {"ref": fresh.ticket.ref}, internal=True)
            finish(fresh)
            Representation.objects.copy(case.ticket, fresh.ticket)
            with open_case(actor, fresh.ticket.ref) as split_off:
                bar(split_off, case.complained_about)
                auto_assign(split_off)
                if said["evidence"]:
                    _move(case, split_off, set(said["evidence"]))
    return split_off.ticket


def _split_off(case: Case, said: Data) -> Case:
    """The new one, filed at the time at which the old one was, and handed in where that was."""
    source = case.ticket
    data = intake.clean_filing(_body_of(source, said), source.policy_id, case.now)
    fresh = new_case(case.person, data, snapshot(source.policy_id), case.now, source.channel)
    ticket = fresh.ticket
    ticket.owner, ticket.contact = source.owner, source.contact
    lacking = [name for name in fresh.playbook.required_facts if ticket.facts.get(name) is None]
    if lacking:
        raise Invalid({f"facts.{name}": [_("This is needed.")] for name in lacking})
    fresh.at = source.reported_at or case.now
    begin(fresh)
    fresh.at = case.now
    for name in INHERITED:
        setattr(ticket, name, getattr(source, name))
    fresh.move(intake_status(fresh), "file")
    fresh.record("filed", {"channel": ticket.channel, "out_of": source.ref}, from_status=Status.DRAFT)
    if source.ever_submitted:
        _hand_in(case, fresh)
    _follow_clocks(case, fresh)
    notify(fresh, "filed")
    return fresh


def _hand_in(case: Case, fresh: Case) -> None:
    """The customer has handed it in already, with the old one."""
    before = fresh.ticket.status
    last = case.ticket.submissions.order_by("at").last()
    if last is not None:
        same = {name: getattr(last, name) for name in ("at", "by_id", "checklist", "items", "statement", "demands")}
        fresh.new_rows.append(Submission(ticket=fresh.ticket, number=1, **same))
    fresh.at = case.ticket.submitted_at or case.now
    start_review_clocks(fresh)
    fresh.at = case.now
    fresh.move(Status.APPEAL_SUBMITTED, "submit_appeal")
    fresh.record("submit_appeal", {"refund_tier": fresh.ticket.refund_tier}, from_status=before)


def _follow_clocks(case: Case, fresh: Case) -> None:
    """What runs there runs here from the same beginning; what was settled there once is settled; what ended there begins here now."""
    for timer in fresh.timers:
        source = timers.find(case, timer.key)
        if source is not None and (timer.key in once_per_complaint() or (source.is_live and source.amount == timer.amount)):
            _copy(source, timer)
            timers.resume(fresh, timer.key)
        elif source is not None and not source.is_live and timer.is_live:
            timers.restart(fresh, timer)
        passed = [level for level, at in timers.warnings_of(timer) if at < fresh.now]
        timer.warned = list(dict.fromkeys([*timer.warned, *passed]))
        timers.set_next(timer)


def _copy(source: Timer, timer: Timer) -> None:
    for name in (
        "started_at", "due_at", "amount", "provisional", "basis", "warn_at", "warned", "paused_at", "remaining", "overrun_at", "stopped_at",
        "cancelled",
    ):  # fmt: skip
        setattr(timer, name, getattr(source, name))


def movable(case: Case) -> list[Item]:
    """What may go over to a complaint split off. Statement and order numbers come along anyway; a proof of identity was agreed to for
    this complaint alone; what a decision stands on, and what we sent ourselves, stays with it."""
    stays = SENSITIVE_KINDS | STATEMENT_SLOTS | {"order_number", DESK_FILE}
    decided = {pk for decision in case.decisions for pk in decision.evidence_ids}
    return [item for item in case.evidence if item.kind not in stays and item.state not in REMOVED_STATES and item.pk not in decided]


def _move(case: Case, other: Case, ids: set[int]) -> None:
    """The items themselves, with their files and all that the log tells of them. Raises Invalid at evidence."""
    items = [item for item in movable(case) if item.pk in ids]
    if len(items) != len(ids):
        raise Invalid({"evidence": [_("Some of this cannot go over to another complaint.")]})
    told = {"items": [item.pk for item in items], "kinds": list(dict.fromkeys(item.kind for item in items))}
    chosen = evidence_of(case.ticket).filter(pk__in=ids)
    chosen.log("moved", by=case.actor, at=case.at, to=other.ticket.ref)
    chosen.update(ticket=other.ticket)
    case.evidence = [item for item in case.evidence if item.pk not in ids]
    case.record("evidence.moved", {**told, "into": other.ticket.ref})
    other.record("evidence.moved_in", {**told, "out_of": case.ticket.ref})
    hold_along(case, other)
    take_stock(other)


def _body_of(ticket: Ticket, raw: Data) -> dict[str, object]:
    orders = [{"issuer": order.issuer, "number": order.number} for order in ticket.order_references.all()]
    said = {name: str(value) for name, value in raw.items() if name in ("category", "amount") and value is not None}
    kept = {
        "category": ticket.category,
        "amount": str(ticket.amount) if ticket.amount is not None else None,
        "currency": ticket.currency,
        "incident_at": ticket.incident_at,
        "discovered_at": ticket.discovered_at,
        "facts": ticket.facts,
        "statement": ticket.statement,
        "demands": ticket.demands,
        "order_numbers": orders,
    }
    return {name: value for name, value in {**kept, **said}.items() if value not in (None, "", [], {})}
