"""Random histories of complaints, grown as a tree: every path from a root is one. Nothing of them stays in the database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from inbound_mail.ingest import ingest_email
from inbound_mail.tests.letters import letter
from lib.prepared_queries import PreparedQuery
from tickets.delivery.reply_addresses import reply_address
from tickets.models import Bill, BillFinding, Decision, Ticket
from tickets.operations import amend, file_ticket, perform, post_message
from tickets.operations.reconciling import confirm_finding
from tickets.policy.playbooks import playbooks
from tickets.tests.cast import person
from tickets.tests.making import FILES, filing, put_evidence, rejection
from tickets.tests.telling_two_people import Facts, broken_sentences, facts_of
from tickets.workflow.errors import Refusal

EVERYTHING = (Role.AGENT, Role.REVIEWER, Role.SUPERVISOR)
WITHDRAWAL = ("withdrawal_screenshot", "bank_statement_screenshot", "account_info")
ORDER = {"issuer": "wechat_txn", "number": "4200000404202602129117582536"}
SUMS = ("0.01", "1.00", "60.00", "300.00", "600.00", "600.01", "999.99", "1000.00", "3000.00")


@dataclass
class World:
    """Who is there, which complaints, and how the clock is set."""

    people: dict[str, User]
    refs: list[str]
    clock: Callable[[str], None]
    chance: random.Random
    counts: dict[str, int] = field(default_factory=lambda: {"tried": 0, "done": 0})
    doors: dict[str, int] = field(default_factory=dict)

    def somebody(self, *names: str) -> User:
        user = self.people[self.chance.choice(names or tuple(self.people))]
        user._roles = None  # type: ignore[attr-defined]
        return user


Act = tuple[str, Mapping[str, Any]]


def cast() -> dict[str, User]:
    """Some do one thing, and three do everything: it is they who could do it alone."""
    return {
        "owner": person("owner@example.com"),
        "other": person("other@example.com"),
        "agent": person("agent@example.com", Role.AGENT),
        "reviewer": person("reviewer@example.com", Role.REVIEWER),
        "supervisor": person("supervisor@example.com", Role.SUPERVISOR),
        "ann": person("ann@example.com", *EVERYTHING),
        "bob": person("bob@example.com", *EVERYTHING),
        "cho": person("cho@example.com", *EVERYTHING),
        "adapter": person("adapter@example.com", is_service=True),
        "admin": User.objects.create_superuser(email="admin@example.com", password=None),
    }


# ---- Where histories begin
def _handed_in(people: Mapping[str, User], category: str, **more: Any) -> Ticket:
    filer = people[more.pop("filer", "owner")]
    owner = more.pop("owner", "owner")
    body = filing(category, **{"order_numbers": [ORDER], **more})
    if filer != people[owner]:
        body |= {"on_behalf_of": people[owner].email, "channel": "phone"}
    ticket = file_ticket(filer, body)
    put_evidence(ticket, *FILES.get(category, WITHDRAWAL), *(() if body["order_numbers"] else ("order_number",)))
    perform(people[owner], ticket.ref, "submit_appeal")
    return ticket


def _under_review(people: Mapping[str, User], category: str = "merchant_deduction", *, by: str = "reviewer", **more: Any) -> Ticket:
    ticket = _handed_in(people, category, **more)
    promised = (timezone.now() + timedelta(days=1)).isoformat()
    return perform(people[by], ticket.ref, "start_review", {"eta_at": promised})


def _withdrawal(people: Mapping[str, User], **more: Any) -> Ticket:
    facts = {"requested_at": "2026-03-09T08:00:00+08:00", "withdrawal_status": "failed"}
    return _under_review(people, "withdrawal_anomaly", facts=facts, demands=["refund", "compensation"], **more)


def _escalated(people: Mapping[str, User], **more: Any) -> Ticket:
    ticket = _under_review(people, by="ann", **more)
    perform(people["ann"], ticket.ref, "reject", rejection())
    return perform(people["owner"], ticket.ref, "escalate", {"target": "l1_internal"})


def _about_bob(people: Mapping[str, User]) -> Ticket:
    ticket = _under_review(people)
    return amend(people["supervisor"], ticket.ref, {"complained_about": [people["bob"].email]})


def _late(people: Mapping[str, User]) -> Ticket:
    said = {**filing()["statement"], "occurred_at": "2026-01-05T09:00:00+08:00"}
    ticket = _under_review(people, discovered_at="2026-01-06T09:00:00+08:00", statement=said)
    assert ticket.late_claim
    return ticket


def _with_a_bill(people: Mapping[str, User]) -> Ticket:
    ticket = _under_review(people)
    bill = Bill.objects.create(name="bill.csv", uploaded_by=people["agent"], created_at=timezone.now(), state="done")
    line = {"number": ORDER["number"], "amount": "600.00", "refunded": "600.00", "state": "refunded", "at": ""}
    BillFinding.objects.create(bill=bill, ticket=ticket, verdict="refunded", amount="600.00", transactions=[line])
    return ticket


def _two_about_one_order(people: Mapping[str, User]) -> Ticket:
    _under_review(people, owner="other", filer="other")
    return _under_review(people)


def _not_handed_in(people: Mapping[str, User]) -> Ticket:
    ticket = file_ticket(people["owner"], filing("merchant_deduction", order_numbers=[ORDER]))
    put_evidence(ticket, *FILES["merchant_deduction"])
    return ticket


ROOTS: Mapping[str, Callable[[Mapping[str, User]], Ticket]] = {
    "under review": _under_review,
    "without a number": lambda people: _under_review(people, order_numbers=[]),
    "at the threshold": lambda people: _under_review(people, amount="3000.00"),
    "another currency": lambda people: _under_review(people, currency="USD"),
    "late": _late,
    "withdrawal": _withdrawal,
    "filed by ann": lambda people: _under_review(people, filer="ann"),
    "ann's own": lambda people: _under_review(people, filer="ann", owner="ann"),
    "about bob": _about_bob,
    "escalated": _escalated,
    "with a bill": _with_a_bill,
    "two about one order": _two_about_one_order,
    "not handed in": _not_handed_in,
}


# ---- What may be tried
def _finding(world: World, ticket: Ticket, explanation: str = "explanation") -> dict[str, Any]:
    answers = dict.fromkeys(ticket.demands, "答复")
    return {"root_cause": "channel", "liability": "platform", explanation: "已核实。", "answers": answers}


def _remedies(world: World, ticket: Ticket) -> dict[str, Any]:
    offered = playbooks(ticket.policy_id)[ticket.category].remedies
    pick = world.chance.sample(offered, world.chance.randint(1, min(2, len(offered))))
    if world.chance.random() < 0.1:
        pick.append(world.chance.choice(("compensation", "correction", "explain")))
    rows: list[dict[str, str]] = [{"kind": kind} for kind in dict.fromkeys(pick)]
    for row in rows:
        if row["kind"] != "explain" and (row["kind"] != "refund_full" or world.chance.random() < 0.6):
            row["amount"] = world.chance.choice(SUMS)
    more = {"granted": world.chance.choice([[], ["refund"], ["refund", "compensation"]])} if world.chance.random() < 0.25 else {}
    return {"remedies": rows, **more}


def _sums(world: World, ticket: Ticket) -> dict[str, Any]:
    decision = Decision.objects.filter(ticket=ticket, state="effective").last()
    rows = decision.remedies.exclude(amount=None) if decision and world.chance.random() < 0.5 else ()
    return {"reference": "R-1", "amounts": {row.kind: world.chance.choice(SUMS) for row in rows}}


def _refund(world: World, ticket: Ticket) -> dict[str, Any]:
    body = {"amount": world.chance.choice(SUMS), "note": "已到账"}
    return body | ({"reference": "R-2"} if world.chance.random() < 0.8 else {})


BODIES: Mapping[str, Callable[[World, Ticket], Mapping[str, Any]]] = {
    "approve": lambda world, ticket: {**_finding(world, ticket), **_remedies(world, ticket)},
    "uphold_customer": lambda world, ticket: {**_finding(world, ticket, "note"), **_remedies(world, ticket), "reference": "X-1"},
    "reject": lambda world, ticket: {**_finding(world, ticket), "reason_code": "no_fault_found"},
    "countersign": lambda world, ticket: {},
    "refuse_countersign": lambda world, ticket: {"reason": "不对"},
    "retract_decision": lambda world, ticket: {},
    "confirm_remedy": _sums,
    "fail_remedy": lambda world, ticket: {"reason": "退回"},
    "record_refund": _refund,
    "escalate": lambda world, ticket: {"target": world.chance.choice(("l1_internal", "payment_channel"))},
    "record_external_answer": lambda world, ticket: {"target": "payment_channel", "outcome": "upheld", "reference": "X-1"},
    "return_to_review": lambda world, ticket: {"note": "再看", "reference": "X-1"},
    "uphold_rejection": lambda world, ticket: {"note": "维持", "reference": "X-1"},
    "dispute_resolution": lambda world, ticket: {"reason": "不对"},
    "reopen": lambda world, ticket: {"reason": "不对"},
    "confirm_resolution": lambda world, ticket: {},
    "raise_claim": lambda world, ticket: {"amount": world.chance.choice(SUMS), "reason": "凭证显示更多"},
    "submit_appeal": lambda world, ticket: {},
    "start_review": lambda world, ticket: {"eta_at": (timezone.now() + timedelta(hours=5)).isoformat()},
}
# Mostly what can be done where a complaint stands, so that histories get somewhere; now and then anything.
USUAL: Mapping[str, tuple[str, ...]] = {
    "evidence_collection": ("submit_appeal", "amend", "record_refund"),
    "appeal_submitted": ("start_review", "amend", "raise_claim", "record_refund"),
    "under_review": (
        *3 * ("approve",), *2 * ("countersign",), "retract_decision", "reject", "raise_claim", "amend", "record_refund",
    ),
    "remedy_pending": (*2 * ("confirm_remedy",), "fail_remedy", "record_refund", "escalate"),
    "rejected": ("escalate", "record_refund"),
    "escalated": (
        *2 * ("uphold_customer", "countersign"), "approve", "return_to_review", "raise_claim", "confirm_remedy", "record_external_answer",
        "uphold_rejection",
    ),
    "resolved": ("dispute_resolution", "escalate", "confirm_resolution"),
    "closed": ("reopen",),
}  # fmt: skip
OWNERS = ("dispute_resolution", "escalate", "confirm_resolution", "submit_appeal")


def _next(world: World, ticket: Ticket, only: tuple[str, ...]) -> tuple[User, str, Mapping[str, Any]]:
    usual = world.chance.random() < 0.9
    names = USUAL.get(ticket.status, ()) if usual else (*BODIES, "amend")
    names = tuple(name for name in names if name in only) or only if only else names
    action = world.chance.choice(names or tuple(BODIES))
    actor = world.somebody("owner") if action in OWNERS and usual else world.somebody()
    if usual and action not in OWNERS:
        actor = world.somebody("ann", "bob", "cho", "ann", "bob", "reviewer", "supervisor", "agent", "adapter", "owner")
    if action == "amend":
        reason = {"reason": "凭证显示更多"} if world.chance.random() < 0.5 else {}
        amount = world.chance.choice(SUMS)
        return actor, action, world.chance.choice([{"amount": amount, **reason}, {"statement": {"amount": amount}}])
    return actor, action, BODIES[action](world, ticket)


# ---- By which door
def _straight(world: World, actor: User, ref: str, action: str, body: Mapping[str, Any]) -> None:
    if action == "amend":
        amend(actor, ref, body)
    else:
        perform(actor, ref, action, body)


def _program(world: World, actor: User, ref: str, action: str, body: Mapping[str, Any]) -> None:
    client = APIClient()
    client.force_authenticate(actor)
    path = f"/api/v1/tickets/{ref}/"
    if action == "amend":
        client.patch(path, body, format="json")
    else:
        client.post(f"{path}actions/{action}/", body, format="json")


def _page(world: World, actor: User, ref: str, action: str, body: Mapping[str, Any]) -> None:
    """As the desk's own form, or the customer's, sends it."""
    client, ticket = Client(), Ticket.objects.get(ref=ref)
    client.force_login(actor)
    flat: dict[str, Any] = {"version": ticket.version, "seq": ticket.last_seq}
    for name, value in body.items():
        if name == "answers":
            flat |= {f"answer_{demand}": text for demand, text in value.items()}
        elif name == "remedies":
            flat |= {"remedy_kind": [row["kind"] for row in value], "remedy_amount": [row.get("amount", "") for row in value]}
        elif name == "amounts":
            flat |= {f"amount_{kind}": amount for kind, amount in value.items()}
        elif name != "statement":
            flat[name] = value
    client.post(f"/desk/tickets/{ref}/{action}/", flat | {"sure": "on"})


def _admins(world: World, actor: User, ref: str, action: str, body: Mapping[str, Any]) -> None:
    """Somebody at the tables of the admin, with whatever form they make up."""
    client, ticket = Client(), Ticket.objects.get(ref=ref)
    client.force_login(world.people["admin"])
    client.post(f"/admin/tickets/ticket/{ticket.pk}/change/", {"amount": "9000.00", "status": "remedy_pending", "_save": "1"})


def _letter(world: World, actor: User, ref: str, action: str, body: Mapping[str, Any]) -> None:
    """An answer by e-mail, of its owner or of somebody who has the address."""
    said = f"approve refund_full {body.get('amount', '9000.00')} record_refund R-9"
    address = reply_address(ref, Ticket.objects.get(ref=ref).owner_id)
    ingest_email(letter(address, said, sender=f"X <{actor.email}>").as_bytes(), timezone.now())
    post_message(actor, ref, {"body": said})


def _bill(world: World, actor: User, ref: str, action: str, body: Mapping[str, Any]) -> None:
    row = BillFinding.objects.filter(ticket__ref=ref).first()
    if row is not None:
        confirm_finding(actor, row.pk)


Door = Callable[[World, User, str, str, Mapping[str, Any]], None]
DOORS: tuple[tuple[str, Door, int], ...] = (
    ("operation", _straight, 160),
    ("api", _program, 12),
    ("page", _page, 5),
    ("admin", _admins, 1),
    ("letter", _letter, 2),
    ("bill", _bill, 8),
)


_of_ref = PreparedQuery(lambda ref: Ticket.objects.filter(ref=ref), str)


def _try(world: World, only: tuple[str, ...]) -> None:
    """One act by one door. What is refused is refused."""
    ref = world.chance.choice(world.refs)
    [ticket] = _of_ref(ref)
    actor, action, body = _next(world, ticket, only)
    [(name, door, _weight)] = world.chance.choices(DOORS, [weight for _name, _door, weight in DOORS])
    world.doors[name] = world.doors.get(name, 0) + 1
    door(world, actor, ref, action, body)


def grow(world: World, depth: int, branches: int, before: Facts, only: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Try some acts from here; below each that changed anything, go on. Yields the sentences broken, for each history."""
    at = timezone.now()
    for _each in range(branches):
        world.counts["tried"] += 1
        with transaction.atomic():
            try:
                with transaction.atomic():
                    _try(world, only)
            except (Refusal, IntegrityError):
                yield []
            else:
                after = facts_of(world.refs)
                yield broken_sentences(before, after)
                if after.marks != before.marks:
                    world.counts["done"] += 1
                    if depth > 1:
                        world.clock((at + timedelta(hours=world.chance.choice((1, 5)))).isoformat())
                        yield from grow(world, depth - 1, branches, after, only)
                        world.clock(at.isoformat())
            transaction.set_rollback(True)


def root(name: str, clock: Callable[[str], None], seed: int, people: dict[str, User]) -> World:
    """One beginning. Raises AssertionError where two complaints are meant and one is there."""
    clock("2026-03-10T21:00:00+08:00")
    ROOTS[name](people)
    refs = list(Ticket.objects.order_by("pk").values_list("ref", flat=True))
    return World(people, refs, clock, random.Random(seed))
