"""Every status × action × role: allowed exactly where the table says, refused with its own code elsewhere, nothing written then."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from accounts.roles import Role
from tickets.models import Event, Freeze, Notification, Ticket, Timer
from tickets.operations import file_ticket, look, menu, perform
from tickets.tests.making import filing
from tickets.tests.stages import BODY, MAKERS, inputs
from tickets.workflow import ACTIONS, ANYONE, Status, is_move
from tickets.workflow.errors import Refusal

pytestmark = pytest.mark.django_db

# Where role and status allow it and a guard refuses: what these tickets lack.
GUARDED: dict[str, dict[str, str]] = {
    "request_freeze": {"freeze_pending": "FREEZE_ALREADY_ACTIVE", "frozen": "FREEZE_ALREADY_ACTIVE"},
    "confirm_freeze": {"*": "WRONG_STATUS", "freeze_pending": "ok"},
    "fail_freeze": {"*": "WRONG_STATUS", "freeze_pending": "ok"},
    "request_lift": {"*": "WRONG_STATUS", "freeze_pending": "ok", "frozen": "ok"},
    "lift_freeze": {"*": "WRONG_STATUS", "frozen": "LIFT_NOT_REQUESTED"},
    "submit_appeal": {"auto_reversal_wait": "AUTO_REVERSAL_WAIT_RUNNING"},
    "countersign": {"*": "WRONG_STATUS"},
    "refuse_countersign": {"*": "WRONG_STATUS"},
    "retract_decision": {"*": "WRONG_STATUS"},
    "confirm_remedy": {"*": "WRONG_STATUS", "remedy_pending": "ok"},
    "fail_remedy": {"*": "WRONG_STATUS", "remedy_pending": "ok"},
    "raise_claim": dict.fromkeys(("auto_reversal_wait", "evidence_collection", "freeze_pending", "frozen"), "WRONG_STATUS"),
    "record_hand_over": {"*": "WRONG_STATUS"},
    "record_external_answer": {"*": "WRONG_STATUS", "escalated": "ok"},
    "record_transfer_reply": {"*": "WRONG_STATUS"},
    "return_to_review": {"agent": "OUTCOME_NOT_RECORDED"},
    "uphold_customer": {"agent": "OUTCOME_NOT_RECORDED"},
    "uphold_rejection": {"agent": "OUTCOME_NOT_RECORDED"},
    "extend": {
        "remedy_pending": "EXTENSION_LIMIT",
        "rejected": "EXTENSION_LIMIT",
        "escalated": "EXTENSION_LIMIT",
        "resolved": "WRONG_STATUS",
        "closed": "WRONG_STATUS",
    },
    "record_identity_check": {"*": "WRONG_STATUS"},
    "release_hold": {"*": "NO_HOLD", "escalated": "ok"},
    "refuse_reopen": {"*": "WRONG_STATUS"},
    "unmerge": {"*": "WRONG_STATUS"},
}
# What an adapter reports is so, whatever we would have done.
REPORTED = {("service", "lift_freeze"): {"frozen": "ok"}}


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao, sun, adapter, admin_person):
    return SimpleNamespace(
        owner=mei, stranger=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter,
        admin=admin_person,
    )  # fmt: skip


ROLE_OF = {
    "owner": Role.OWNER,
    "agent": Role.AGENT,
    "operator": Role.FREEZE_OPERATOR,
    "reviewer": Role.REVIEWER,
    "supervisor": Role.SUPERVISOR,
    "privacy": Role.PRIVACY_OFFICER,
    "service": Role.SERVICE,
}


def expected(status: Status, action: str, name: str) -> str:
    """What the table promises this person: ok, or the code of the refusal."""
    if name in ("stranger", "admin") or (status == Status.DRAFT and name != "owner"):
        return "not_found"
    row = ACTIONS[action]
    if ROLE_OF[name] not in row.roles:
        return "forbidden"
    if status not in row.statuses:
        return "WRONG_STATUS"
    guarded = {**GUARDED.get(action, {}), **REPORTED.get((name, action), {})}
    return guarded.get(name) or guarded.get(status) or guarded.get("*", "ok")


COUNTS = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in (Event, Notification, Timer, Freeze))  # noqa: S608
WRITTEN = f"SELECT id, version, status, last_seq, {COUNTS} FROM {Ticket._meta.db_table} ORDER BY id"  # noqa: S608


def written() -> list[tuple]:
    """In one question: it is asked five thousand times."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return cursor.fetchall()


@pytest.mark.parametrize("status", list(Status))
def test_every_action_by_every_role(status, people, clock):
    clock("2026-03-11T10:00:00+08:00")
    ticket = MAKERS[status](people)
    twin = file_ticket(people.owner, filing(**BODY))
    assert ticket.status == status
    bodies = inputs(ticket, twin)
    before = written()
    wrong = []
    for name, person in vars(people).items():
        for action in ACTIONS:
            person._roles = None
            outcome, after = attempt(person, ticket, action, bodies[action])
            promised = expected(status, action, name)
            if outcome != promised:
                wrong.append((name, action, promised, outcome))
            elif outcome == "ok" and after != status and not is_move(status, after, action) and action != "escalate":
                wrong.append((name, action, f"an arrow from {status}", after))
            assert written() == before, (name, action, outcome)
    assert wrong == []


def attempt(person, ticket: Ticket, action: str, body: dict) -> tuple[str, str]:
    """Try it, and undo it when it worked: what a refusal wrote would stay and be seen."""
    try:
        with transaction.atomic():
            after = perform(person, ticket.ref, action, dict(body)).status
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal.code, ticket.status
    return "ok", after


@pytest.mark.parametrize("status", list(Status))
def test_the_menu_says_what_the_operation_does(status, people, clock):
    clock("2026-03-11T10:00:00+08:00")
    ticket = MAKERS[status](people)
    twin = file_ticket(people.owner, filing(**BODY))
    bodies = {**inputs(ticket, twin), "request_freeze": {"not_me": True}}
    for name, role in ROLE_OF.items():
        if status == Status.DRAFT and name != "owner":
            continue
        person = getattr(people, name)
        person._roles = None
        entries = {entry["action"]: entry for entry in menu(look(Ticket.objects.get(pk=ticket.pk), person))}
        assert set(entries) == {key for key, action in ACTIONS.items() if role in action.roles}
        for key, entry in entries.items():
            outcome, _ = attempt(person, ticket, key, bodies[key])
            assert entry["allowed"] is (outcome == "ok"), (name, key, entry, outcome)


def test_every_action_has_somebody_who_may_take_it_and_a_place():
    for action in ACTIONS.values():
        assert action.roles <= ANYONE
        assert action.statuses
        assert all(source in action.statuses or action.key == "submit_appeal" for source, _ in action.arrows)
