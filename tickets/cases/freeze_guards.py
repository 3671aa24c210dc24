"""The guards of freezes: which one is meant, who asks, and what stands in the way of lifting it."""

from __future__ import annotations

from accounts.roles import Role
from tickets.cases.blocking import wrong_status
from tickets.cases.case import Case
from tickets.cases.money import granted_by
from tickets.models import Freeze
from tickets.workflow import Block, Data
from tickets.workflow.identifiers import account_digest
from tickets.workflow.vocabulary import FACE_RESULT, SECURITY_TASKS, UNFREEZING

Origin, State = Freeze.Origin, Freeze.State


def freeze_in(case: Case, *states: str, data: Data | None = None) -> Freeze | None:
    """The freeze that the input names, else the latest, in one of these states. A release is given for one ordered by law enforcement."""
    said = data or {}
    found = [freeze for freeze in reversed(case.freezes) if freeze.state in states]
    if said.get("freeze"):
        return next((freeze for freeze in found if freeze.pk == said["freeze"]), None)
    if said.get("release_reference"):
        found.sort(key=lambda freeze: freeze.origin != Origin.LAW_ENFORCEMENT)
    return found[0] if found else None


def own_freeze(case: Case) -> Freeze | None:
    """The live one that the customer asked for."""
    return next((each for each in reversed(case.freezes) if each.is_live and each.origin == Origin.USER_PROTECTIVE), None)


def emergency(case: Case, data: Data | None) -> Block | None:
    if data is None or data.get("not_me") or case.ticket.not_me:
        return None
    return None if case.playbook.emergency(case.ticket.facts) else Block("NOT_AN_EMERGENCY")


def one_freeze_per_account(case: Case, data: Data | None) -> Block | None:
    account = (data or {}).get("account")
    digest = account_digest(account) if account else case.ticket.account_hmac
    if not digest:
        return None
    # A second account is a second complaint: an operator who confirms must not have to guess which one.
    live = [freeze for freeze in case.freezes if freeze.is_live and freeze.origin != Origin.LAW_ENFORCEMENT]
    if any(freeze.origin == Origin.USER_PROTECTIVE or freeze.account_hmac == digest for freeze in live):
        return Block("FREEZE_ALREADY_ACTIVE")
    theirs = Freeze.objects.filter(owner_id=case.ticket.owner_id, account_hmac=digest, state__in=Freeze.LIVE)
    return Block("FREEZE_ALREADY_ACTIVE") if theirs.exclude(origin=Origin.LAW_ENFORCEMENT).exists() else None


def freeze_requested(case: Case, data: Data | None) -> Block | None:
    return None if freeze_in(case, State.REQUESTED, data=data) else wrong_status(case)


def freeze_confirmable(case: Case, data: Data | None) -> Block | None:
    """Asked for; or failed, and the adapter reports that it worked after all. Where the account has another freeze by now, it does not
    speak for that one."""
    late = freeze_in(case, State.FAILED, data=data) if Role.SERVICE in case.roles and data and data.get("freeze") else None
    if late is None:
        return freeze_requested(case, data)
    others = Freeze.objects.filter(owner_id=late.owner_id, account_hmac=late.account_hmac, state__in=Freeze.LIVE)
    taken = late.account_hmac and others.exclude(origin=Origin.LAW_ENFORCEMENT).exists()
    return Block("FREEZE_ALREADY_ACTIVE") if taken else None


def freeze_live(case: Case, data: Data | None) -> Block | None:
    return None if freeze_in(case, *Freeze.LIVE, data=data) else wrong_status(case)


def freeze_liftable(case: Case, data: Data | None) -> Block | None:
    """In force, and not waiting for a second signature already."""
    freeze = freeze_in(case, State.ACTIVE, data=data)
    waits = freeze is not None and freeze.lift_waits_since is not None and Role.SERVICE not in case.roles
    return wrong_status(case) if freeze is None or waits else None


def freeze_reference(case: Case, data: Data | None) -> Block | None:
    given = data is None or data.get("reference") or data.get("note")
    return None if given else Block("REFERENCE_REQUIRED")


def identity_proven(case: Case, data: Data | None) -> Block | None:
    """The owner has freshly shown to be the owner; whoever acts for them names the check that told them so."""
    if case.representation is not None:
        return Block("OWNERS_ALONE")
    if Role.OWNER in case.roles:
        return None if case.person.is_freshly_proven else Block("FRESH_PROOF_REQUIRED")
    return None if data is None or data.get("identity_check") else Block("REFERENCE_REQUIRED")


def proven_to_let_go(case: Case, data: Data | None) -> Block | None:
    """To withdraw is nobody's risk; to end the freeze with it is what a thief would do."""
    return identity_proven(case, data) if data is not None and data.get("keep_freeze") is False else None


# ---- Lifting. What the adapter reports has happened: these do not bind it, and it is told to people instead (`against_lift`).
def lift_requested(case: Case, data: Data | None) -> Block | None:
    freeze = _lifted_by_person(case, data, Origin.USER_PROTECTIVE)
    return Block("LIFT_NOT_REQUESTED") if freeze is not None and not freeze.lift_proof else None


def security_tasks_done(case: Case, data: Data | None) -> Block | None:
    if _lifted_by_person(case, data, Origin.USER_PROTECTIVE) is None:
        return None
    left = [task for task in SECURITY_TASKS if task not in case.security_tasks]
    return Block("SECURITY_TASKS_OPEN", extra={"missing": left}) if left else None


def release_given(case: Case, data: Data | None) -> Block | None:
    freeze = _lifted_by_person(case, data, Origin.LAW_ENFORCEMENT)
    over = freeze is not None and freeze.until is not None and case.now >= freeze.until
    return None if freeze is None or over or data is None or data.get("release_reference") else Block("RELEASE_REQUIRED")


def _lifted_by_person(case: Case, data: Data | None, origin: str) -> Freeze | None:
    freeze = None if Role.SERVICE in case.roles else freeze_in(case, State.ACTIVE, data=data)
    return freeze if freeze is not None and freeze.origin == origin else None


def lacks_decision(case: Case, freeze: Freeze) -> bool:
    """The platform's own freeze goes after a decision or the lane's passed identity check; else a supervisor has to sign."""
    if freeze.origin != Origin.PLATFORM_RISK:
        return False
    given = (remedy for decision in granted_by(case) for remedy in decision.remedies.all())
    decided = any(remedy.kind in UNFREEZING and remedy.state != remedy.State.FAILED for remedy in given)
    return not decided and not any(item.kind == FACE_RESULT and item.fields.get("passed") for item in case.evidence)


def against_lift(case: Case, freeze: Freeze) -> bool:
    """Whether we would not have lifted what the adapter says is lifted."""
    if freeze.origin == Origin.USER_PROTECTIVE:
        return not freeze.lift_proof or any(task not in case.security_tasks for task in SECURITY_TASKS)
    if freeze.origin == Origin.LAW_ENFORCEMENT:
        return freeze.until is None or case.now < freeze.until
    return lacks_decision(case, freeze)


def police_freeze_renewable(case: Case, data: Data | None) -> Block | None:
    known = police_freeze(case, data) if data is not None else None
    return Block("EXTENSION_LIMIT") if known is not None and known.renewals >= 1 else None


def police_freeze(case: Case, data: Data) -> Freeze | None:
    """The one in force that this order renews."""
    digest = account_digest(data["account"]) if data["account"] else case.ticket.account_hmac
    running = [each for each in case.freezes if each.origin == Origin.LAW_ENFORCEMENT and each.state == State.ACTIVE]
    return next((each for each in reversed(running) if each.account_hmac == digest), None)


def lift_waiting(case: Case) -> Freeze | None:
    """A freeze whose lifting waits for a supervisor."""
    return next((each for each in case.freezes if each.state == State.ACTIVE and each.lift_waits_since is not None), None)


FREEZE_GUARDS = (
    emergency, one_freeze_per_account, freeze_requested, freeze_confirmable, freeze_live, freeze_liftable, freeze_reference,
    identity_proven, proven_to_let_go, lift_requested, security_tasks_done, release_given, police_freeze_renewable,
)  # fmt: skip
