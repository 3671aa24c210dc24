"""How a complaint comes in: a draft, a filing, a correction. Input is checked here, the same for every door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role, roles_of
from accounts.unproven import is_unproven
from sla.policies import PolicySnapshot, current
from tickets.cases import intake, timers
from tickets.cases.case import Case, evidence_of
from tickets.cases.checklist import take_stock
from tickets.cases.guards import not_own_case
from tickets.cases.notices import notify
from tickets.models import OrderReference, Ticket
from tickets.operations.amendment_picture import picture_of
from tickets.operations.assigning import auto_assign, unassign_conflicted
from tickets.operations.binding import person_of
from tickets.operations.engine import act, finish, open_case
from tickets.operations.filing_limits import check_complaints
from tickets.operations.freeze_steps import keep_account
from tickets.operations.intake_clocks import restart_silence_timer, start_customer_windows, start_waits
from tickets.operations.mended_orders import drop_mended_orders
from tickets.operations.naming import name_complained_about
from tickets.operations.reference_numbers import next_reference
from tickets.operations.tagging import put_tags
from tickets.policy.respondents import name_respondent
from tickets.workflow import Block, Data, Forbidden, Invalid, Refusal, Stale, Status, TimerKey
from tickets.workflow.inputs import REQUIRED

# Field of the body → column.
TOLD_BY_PROGRAMS = {"external_id": "external_id", "metadata": "metadata", "represents": "represented_by"}
OWNER_FIELDS = frozenset({"facts", "statement", "demands", "order_numbers", "account", "respondent", *TOLD_BY_PROGRAMS})
DRAFT_FIELDS = frozenset({"category", "amount", "currency", "incident_at", "discovered_at", "lane", "not_me"})
DESK_FIELDS = frozenset({"assignee", "category", "responsible_parties", "lane", "complained_about", "real_name_match", "tags"})
# What moves the checklist of a complaint.
CHECKLIST_FIELDS = frozenset({"category", "lane", "order_numbers", "statement", "real_name_match"})
KEPT_BEFORE = ("category", "discovered_at", "assignee_id", "amount", "demands", "responsible_parties")
DESK_ROLES = frozenset({Role.AGENT, Role.SUPERVISOR})
FILES_FOR_OTHERS = frozenset({Role.AGENT, Role.SERVICE})


def file_ticket(actor: User, raw: Mapping[str, object], *, door: str = "web", asked_at: datetime | None = None) -> Ticket:
    """File a complaint in one call: with `request_freeze` frozen at once, with `submit` appealed at once, or all or nothing.

    `door`: how it came, where nobody says. `asked_at`: when the customer first asked for it, before a code let them in.

    Raises Invalid for input of the wrong shape, Forbidden for `on_behalf_of` by one who is neither agent nor machine, Refusal when a
    guard of request_freeze or submit_appeal fails. Nothing is written then.
    """
    now = timezone.now()
    policy = current(now)
    _check_for_whom(actor, raw)
    data = intake.clean_filing(raw, policy.version, now)
    with transaction.atomic():
        if not data["request_freeze"]:
            check_complaints(actor, data, now)
        case = new_case(actor, {**data, "discovered_at": data["discovered_at"] or asked_at}, policy, now, door)
        case.asked_at = asked_at
        told = {"told_by": case.ticket.channel} if case.ticket.owner_id != actor.pk else {}
        if data["request_freeze"]:
            act(case, "request_freeze", {"not_me": data["not_me"], **told})
            _announce(case, data.get("orders_set_aside"))
        else:
            act(case, "file", told)
        if data["submit"]:
            act(case, "submit_appeal", told)
        auto_assign(case)
        finish(case)
    return case.ticket


def _check_for_whom(actor: User, raw: Mapping[str, object]) -> None:
    """Only agents and the platform's machines file for a customer, and say how they were asked."""
    named = raw if isinstance(raw, Mapping) else {}
    if any(named.get(name) for name in ("on_behalf_of", "channel")) and roles_of(actor).isdisjoint(FILES_FOR_OTHERS):
        raise Forbidden


def _announce(case: Case, set_aside: list[str] | None) -> None:
    asked = {"asked_at": case.asked_at.isoformat()} if case.asked_at else {}
    case.record("filed", {"channel": case.ticket.channel, **asked, **({"orders_set_aside": set_aside} if set_aside else {})})


def start_draft(actor: User, raw: Mapping[str, object]) -> Ticket:
    """A draft of the actor's own, seen by nobody else. The customer's windows run already. Raises Invalid."""
    now = timezone.now()
    policy = current(now)
    _check_for_whom(actor, raw)
    data = intake.clean_draft(raw, policy.version, now)
    with transaction.atomic():
        check_complaints(actor, data, now)
        case = new_case(actor, data, policy, now, "web")
        if case.ticket.category:
            start_customer_windows(case)
        finish(case)
    return case.ticket


def new_case(actor: User, data: Data, policy: PolicySnapshot, now: datetime, door: str) -> Case:
    contact = data.get("on_behalf_of") or ""
    owner = person_of(contact) if contact else actor
    ticket = Ticket(
        ref=next_reference(now, policy.zone),
        owner=owner,
        filed_by=actor,
        channel=data.get("channel") or ("phone" if contact and Role.AGENT in roles_of(actor) else door),
        contact=contact if is_unproven(owner) else "",
        policy_id=policy.version,
        discovered_at=data.get("discovered_at") or now,
        created_at=now,
        updated_at=now,
    )
    ticket.save(force_insert=True)
    case = Case.fresh(ticket, now, actor)
    _apply(case, data)
    return case


def _apply(case: Case, data: Data) -> None:
    """Put what was said onto the ticket. Absent keys leave what stands."""
    ticket = case.ticket
    stood = (ticket.amount, ticket.incident_at)
    for name in ("category", "amount", "currency", "incident_at", "discovered_at", "lane", "not_me"):
        if data.get(name) is not None:
            setattr(ticket, name, data[name])
    for name, column in TOLD_BY_PROGRAMS.items():
        if data.get(name) is not None:
            setattr(ticket, column, data[name])
    if data.get("facts"):
        ticket.facts = {**ticket.facts, **data["facts"]}
    if data.get("statement"):
        take_statement(case, data["statement"], [name for name in ("amount", "incident_at") if data.get(name) is not None])
    elif (ticket.amount, ticket.incident_at) != stood:
        tell_statement(ticket)
    if data.get("demands") is not None:
        ticket.demands = data["demands"]
    if data.get("account"):
        keep_account(ticket, data["account"])
    name_respondent(ticket, data.get("respondent") or "", data.get("account") or "")
    for order in data.get("order_numbers") or ():
        add_order_number(case, **order)
    case.search_words.append(str(ticket.statement.get("symptom") or ""))


def _clear(case: Case, data: Mapping[str, object], raw: Mapping[str, object]) -> None:
    """What a correction names and leaves empty is taken back. Raises Invalid for a fact that a filed complaint cannot do without."""
    ticket = case.ticket
    emptied = _empty_keys(raw.get("facts")).intersection(case.playbook.required_facts if case.status != Status.DRAFT else ())
    if emptied:
        raise Invalid({f"facts.{name}": [REQUIRED] for name in sorted(emptied)})
    for name in ("amount", "incident_at"):
        if name in data and data[name] is None:
            setattr(ticket, name, None)
    if "demands" in data and data["demands"] is None:
        ticket.demands = []
    for held, said in ((ticket.facts, raw.get("facts")), (ticket.statement, raw.get("statement"))):
        for name in _empty_keys(said):
            held.pop(name, None)


def _empty_keys(said: object) -> set[str]:
    return {name for name, value in said.items() if value in (None, "", [])} if isinstance(said, Mapping) else set()


def take_statement(case: Case, said: Mapping[str, object], named: Collection[str] = ()) -> None:
    """Merge what was said (JSON values). Before it is handed in, a new sum or time is the ticket's too, unless it is `named` itself."""
    ticket, before = case.ticket, case.ticket.statement
    ticket.statement = {**before, **said}
    if ticket.ever_submitted:
        return
    if said.get("amount") and said["amount"] != before.get("amount") and "amount" not in named:
        ticket.amount = Decimal(str(said["amount"]))
    happened = parse_datetime(str(said.get("occurred_at") or ""))
    if happened and said["occurred_at"] != before.get("occurred_at") and "incident_at" not in named:
        if happened > (ticket.discovered_at or case.now):
            raise Invalid({"statement.occurred_at": [_("It cannot have happened after it was noticed.")]})
        ticket.incident_at = happened


def tell_statement(ticket: Ticket) -> None:
    """A correction of the ticket's own sum or time is the statement's too: one fact, told in two places."""
    for name, value in (("amount", ticket.amount), ("occurred_at", ticket.incident_at)):
        if value is not None and ticket.statement.get(name) not in (None, ""):
            ticket.statement = {**ticket.statement, name: value.isoformat() if isinstance(value, datetime) else str(value)}


def add_order_number(case: Case, issuer: str, number: str, warning: str = "", evidence_id: int | None = None) -> None:
    """Keep a number for search and duplicates. The same one twice is one."""
    known = {(order.issuer, order.number) for order in case.order_references}
    if (issuer, number) not in known:
        order = OrderReference(ticket=case.ticket, issuer=issuer, number=number, warning=warning, evidence_id=evidence_id)
        case.order_references.append(order)
        case.new_rows.append(order)
        case.search_words.append(number)


def amend(actor: User, ref: str, raw: Mapping[str, object], *, expected_version: int | None = None) -> Ticket:
    """Correct a ticket: the owner until the appeal is submitted (a draft in full), an agent at any time while it is open.

    Raises NotFound, Forbidden (a field of the desk's), Stale, WrongStatus, Invalid.
    """
    with open_case(actor, ref) as case:
        amend_case(case, raw, expected_version=expected_version)
    return case.ticket


def amend_case(
    case: Case, raw: Mapping[str, object], *, expected_version: int | None = None, known: Mapping[str, User] | None = None
) -> None:
    """On an open case; `known` are colleagues by address, looked up before. What says nothing new leaves it as it is. Raises as `amend`."""
    named = raw.keys() if isinstance(raw, Mapping) else frozenset()
    roles = _amending(case, named)
    if expected_version not in (None, case.ticket.version):
        raise Stale
    _check_amendable(case, roles)
    stood = picture_of(case, named)
    raw = _raise_claim_first(case, raw)
    data = intake.clean_amendment(raw, case, _amendable_fields(case, roles), known)
    _check_assignee(case, data)
    before = {name: getattr(case.ticket, name) for name in KEPT_BEFORE} | {"facts": dict(case.ticket.facts)}
    orders = [order.number for order in case.order_references] if "order_numbers" in named else []
    if "order_numbers" in named:
        drop_mended_orders(case, {(order["issuer"], order["number"]) for order in data.get("order_numbers") or ()})
    _clear(case, data, raw)
    _apply(case, data)
    _apply_desk(case, data)
    _after_amendment(case, before, data)
    if picture_of(case, named) == stood:
        case.discarded = True
    if case.discarded or not raw:
        return
    shown = {name: data[name] for name in ("category", "responsible_parties", "lane") if data.get(name) is not None}
    if case.status != Status.DRAFT:
        shown["before"] = {name: _plain(before[name]) for name in ("amount", "category", "demands") if name in raw}
        if "order_numbers" in raw:
            shown["before"]["order_numbers"] = orders
        case.record("amended", {"fields": sorted(raw), **shown}, internal=not DESK_FIELDS.isdisjoint(named))
    if not CHECKLIST_FIELDS.isdisjoint(named):
        take_stock(case)
    restart_silence_timer(case)


def _raise_claim_first(case: Case, raw: Mapping[str, object]) -> Mapping[str, object]:
    """Once handed in, a new sum is a supervisor's, with a reason; the rest goes on. Raises Forbidden; what raise_claim raises."""
    top = raw if isinstance(raw, Mapping) else {}
    ticket, statement = case.ticket, top.get("statement")
    nested = dict(statement) if isinstance(statement, Mapping) else {}
    said = [each["amount"] for each in (top, nested) if "amount" in each]
    if not ticket.ever_submitted or not said:
        return raw
    if any(str(each) not in (str(ticket.amount), f"{ticket.amount or 0:f}".rstrip("0").rstrip(".")) for each in said):
        if Role.SUPERVISOR not in case.roles:
            raise Forbidden
        act(case, "raise_claim", {"amount": said[0], "reason": raw.get("reason")})
    nested.pop("amount", None)
    rest = {name: value for name, value in raw.items() if name not in ("amount", "reason", "statement")}
    return {**rest, **({"statement": nested} if nested else {})}


def _amending(case: Case, named: Collection[str]) -> frozenset[Role]:
    """In which of their roles the actor corrects it. Raises Forbidden."""
    roles = case.roles & {Role.OWNER, *DESK_ROLES}
    if Role.SERVICE in case.roles and frozenset(named) == {"real_name_match"}:
        roles = DESK_ROLES
    conflict = not_own_case(case, None) if roles & DESK_ROLES else None
    if conflict:
        roles &= {Role.OWNER}
    if not roles or (roles == {Role.OWNER} and _of_the_desk(case, named)):
        raise Forbidden(conflict.code if conflict else "forbidden")
    return roles


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _of_the_desk(case: Case, named: Collection[str]) -> bool:
    own = DRAFT_FIELDS if case.status == Status.DRAFT else frozenset()
    return not (DESK_FIELDS - own).isdisjoint(named)


def _check_amendable(case: Case, roles: frozenset[Role]) -> None:
    closed = case.status in (Status.CLOSED, Status.RESOLVED)
    if closed or (roles == {Role.OWNER} and case.ticket.ever_submitted):
        raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))


def _amendable_fields(case: Case, roles: frozenset[Role]) -> frozenset[str]:
    allowed = OWNER_FIELDS | (DRAFT_FIELDS if case.status == Status.DRAFT else frozenset())
    return allowed if roles == {Role.OWNER} else allowed | DESK_FIELDS | {"amount", "incident_at"}


def _check_assignee(case: Case, data: Data) -> None:
    """Raises Invalid: nobody is given a case of their own."""
    person = data.get("assignee")
    if person is None or person.pk == case.ticket.assignee_id:
        return
    if person.pk == case.ticket.owner_id or person in data.get("complained_about", case.complained_about):
        raise Invalid({"assignee": [_("%(name)s has a part in this complaint: give it to somebody else.") % {"name": person}]})


def _apply_desk(case: Case, data: Data) -> None:
    ticket = case.ticket
    if "assignee" in data:
        ticket.assignee = data["assignee"]
    if data.get("responsible_parties") is not None:
        ticket.responsible_parties = data["responsible_parties"]
    if "complained_about" in data:
        name_complained_about(case, data["complained_about"], case.roles)
    if "tags" in data:
        put_tags(case, data["tags"] or ())
    owner = ticket.owner
    if data.get("real_name_match") not in (None, owner.real_name_match):
        owner.real_name_match = data["real_name_match"]
        owner.real_name_match_at = case.at if owner.real_name_match else None
        owner.save(update_fields=["real_name_match", "real_name_match_at"])


def _after_amendment(case: Case, before: Data, data: Data) -> None:
    """A draft's windows follow its facts; a filed ticket's parties follow its facts unless an agent set them."""
    ticket = case.ticket
    if case.status == Status.DRAFT:
        if any(getattr(ticket, name) != before[name] for name in ("category", "discovered_at")):
            _restart_draft_windows(case)
    elif ticket.category == before["category"]:
        _follow_facts(case, before)
    else:
        parties, ticket.routing = case.playbook.parties(ticket.facts)
        ticket.responsible_parties = data.get("responsible_parties") or parties
        if not case.playbook.full_refund_window:
            timers.cancel(case, TimerKey.FULL_REFUND_WINDOW)
    if ticket.reported_at is not None and not ticket.ever_submitted:
        start_customer_windows(case)
        start_waits(case)
    if ticket.assignee_id and ticket.assignee_id != before["assignee_id"]:
        case.record("assigned", {"assignee": ticket.assignee_id}, internal=True)
        notify(case, "assigned")
    if "complained_about" in data:
        unassign_conflicted(case)


def _follow_facts(case: Case, before: Data) -> None:
    """Who answers, and the queue, as the facts now say; what an agent has corrected stays."""
    ticket = case.ticket
    parties, _routing = case.playbook.parties(before["facts"])
    if ticket.facts != before["facts"] and ticket.responsible_parties == before["responsible_parties"] == parties:
        ticket.responsible_parties, ticket.routing = case.playbook.parties(ticket.facts)


def _restart_draft_windows(case: Case) -> None:
    """A draft's windows begin again from what is said now; a tier that a try has fixed stays."""
    ticket = case.ticket
    timers.forget(case)
    if ticket.refund_tier == "discretionary":
        ticket.refund_tier, ticket.police_cooperation = None, False
    if ticket.category:
        start_customer_windows(case)


def discard_draft(actor: User, ref: str) -> None:
    """Throw one's own draft away. Raises NotFound, WrongStatus."""
    with open_case(actor, ref) as case:
        if case.status != Status.DRAFT:
            raise Refusal(Block("WRONG_STATUS", extra={"current_status": case.ticket.status}))
        case.discarded = True
        evidence_of(case.ticket).log("deleted", by=actor, at=case.at)
        case.ticket.delete()
