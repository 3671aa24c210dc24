"""What happens to a freeze, by whichever act: it is put, its end is asked for, it ends. Below the acts, for several of them share it."""

from __future__ import annotations

from accounts.roles import Role
from lib.background import enqueue
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.freeze_guards import lift_waiting
from tickets.cases.notices import notify
from tickets.delivery.freeze_adapter import LIFT_REQUESTED, LIFTED, put_call
from tickets.models import Freeze, Ticket
from tickets.workflow import Data, Status, TimerKey
from tickets.workflow.identifiers import account_columns

Origin, State = Freeze.Origin, Freeze.State
PROVEN_BY_OWNER = "owner"


def proof_of(case: Case, data: Data) -> str:
    """What shows that it is the owner who asks: the owner's own fresh proof, or the number of a check of identity."""
    return PROVEN_BY_OWNER if Role.OWNER in case.roles else data["identity_check"]


def keep_account(ticket: Ticket, account: str) -> None:
    """The account that the complaint is about, from now on."""
    for name, value in account_columns(account).items():
        setattr(ticket, name, value)


def put_freeze(case: Case, origin: str, **more: object) -> Freeze:
    """A new freeze of the ticket's account (`more` may name another), requested at the instant of the act."""
    ticket = case.ticket
    account = {name: getattr(ticket, name) for name in ("account_hmac", "account_masked", "account_sealed")}
    values = {"ticket": ticket, "owner_id": ticket.owner_id, "origin": origin, "requested_at": case.at, **account, **more}
    freeze = Freeze.objects.create(**values)
    case.freezes.append(freeze)
    return freeze


def tell_adapter(case: Case, freeze: Freeze, kind: str) -> None:
    """After the commit."""
    call = put_call(freeze, kind, case.at)
    if call is not None:
        enqueue("tickets.call_freeze_adapter", call)


def ask_for_lift(case: Case, freeze: Freeze, proof: str) -> None:
    """Asked twice, the first request stands; one that was made without proof counts from now on."""
    if freeze.lift_requested_at is not None and freeze.lift_proof:
        return
    if freeze.lift_requested_at is None:
        freeze.lift_requested_at = case.at
        timers.start(case, TimerKey.LIFT_EXEC)
    freeze.lift_proof = proof
    case.new_rows.append(freeze)
    notify(case, "request_lift")
    tell_adapter(case, freeze, LIFT_REQUESTED)


def end_freeze(case: Case, freeze: Freeze) -> None:
    """The account is free again, as far as this freeze goes; the ticket goes on where it stands."""
    before = case.ticket.status
    freeze.state, freeze.ended_at, freeze.lift_waits_since = State.LIFTED, case.at, None
    by_police = freeze.origin == Origin.LAW_ENFORCEMENT
    timers.stop(case, *([TimerKey.POLICE_STOP] if by_police else [TimerKey.FAST_UNFREEZE, TimerKey.LIFT_EXEC, TimerKey.REMEDY_EXEC]))
    still = any(each.is_live and each.origin == Origin.USER_PROTECTIVE for each in case.freezes)
    if case.status == Status.FROZEN and not still:
        case.move(Status.EVIDENCE_COLLECTION, "lift_freeze")
    case.new_rows.append(freeze)
    case.record("lift_freeze", {}, from_status=before)
    beside = any(each.is_live and each.account_hmac == freeze.account_hmac for each in case.freezes)
    notify(case, "lifted_beside_another" if beside else "lift_freeze")


def sign_lift(case: Case) -> None:
    """The second signature: the platform's freeze ends. Raises LookupError where none waits for it."""
    freeze = lift_waiting(case)
    if freeze is None:
        raise LookupError(f"{case.ticket.ref}: no lifting waits")
    end_freeze(case, freeze)
    tell_adapter(case, freeze, LIFTED)


def refuse_lift(case: Case, reason: str) -> None:
    """The freeze stays. Raises as `sign_lift`."""
    freeze = lift_waiting(case)
    if freeze is None:
        raise LookupError(f"{case.ticket.ref}: no lifting waits")
    freeze.lift_waits_since = freeze.lift_waits_by = None
    case.new_rows.append(freeze)
    case.record("refuse_countersign", {"freeze": freeze.pk, "reason": reason}, internal=True)
