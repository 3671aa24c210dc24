"""Random histories of joining, taking apart, splitting, withdrawing, reopening, asking, writing and waiting, in any order.

After each step nothing hangs on a complaint that was joined away, and each that is open has the clocks of its status; joined and taken
apart at once, both are as before. In the end every remedy is paid, every request answered, and the history is proven.
JOIN_HISTORIES=200 tries many; without it a few.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evidence.vault.history_audit import history_findings
from evidence.vault.seals import seal_history
from tickets.cases.case import Case
from tickets.cases.checklist import take_stock
from tickets.cases.joins import decided_apart
from tickets.cases.money import owed_remedies
from tickets.models import Escalation, EvidenceRequest, Freeze, Message, Remedy, Ticket, TicketJoin, Timer
from tickets.operations import perform, post_message, split_ticket
from tickets.tests.cast import at_the_hour, company
from tickets.tests.stages import MAKERS, eta, sweep
from tickets.tests.test_all_joins import fresh, losses, picture, risen, with_filing, with_freeze
from tickets.workflow.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.postgres_suffices]
EXAMPLES = int(os.environ.get("JOIN_HISTORIES", "8"))
BEGIN = ("evidence_collection", "frozen", "appeal_submitted", "under_review", "needs_evidence", "remedy_pending", "rejected")
# Of an open complaint, by its status: at least one of these runs, is paused, or was missed and is not yet stopped.
CLOCKS = {
    "evidence_collection": {"abandoned"},
    "appeal_submitted": {"review_limit"},
    "under_review": {"review_limit"},
    "needs_evidence": {"supplement"},
    "remedy_pending": {"refund_payout", "remedy_exec", "statement"},
    "rejected": {"rejection_final"},
    "resolved": {"confirm"},
}
ACTS = ("join", "join", "there and back", "part", "split", "withdraw", "reopen", "ask", "answer", "review", "write", "wait", "wait")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 20), st.integers(0, 200)), min_size=4, max_size=14)


@pytest.fixture(scope="module")
def world(rows_of_the_module) -> SimpleNamespace:
    with at_the_hour():
        people = company()
        tickets = [MAKERS[status](people) for status in BEGIN]
        tickets += [
            with_filing(people, MAKERS["under_review"](people)),
            with_freeze(people, MAKERS["evidence_collection"](people)),
            risen(people),
        ]
        for ticket in tickets:
            case = Case(fresh(ticket.ref), timezone.now())
            take_stock(case)
            case.ticket.save()
    return people


# ---- The acts; what the law refuses is no step
def open_ones() -> list[Ticket]:
    return list(Ticket.objects.exclude(status__in=("draft", "closed")).order_by("pk"))


def two_of(a: int, b: int) -> tuple[Ticket, Ticket]:
    among = open_ones()
    one = among[a % len(among)]
    return one, [each for each in among if each.pk != one.pk][b % (len(among) - 1)]


def may_join(one: Ticket, other: Ticket) -> bool:
    """Both open; the sweep may have closed one at this moment."""
    return {fresh(each.ref).status for each in (one, other)}.isdisjoint({"closed", "resolved"})


def join(people: SimpleNamespace, a: int, b: int) -> None:
    one, other = two_of(a, b)
    try:
        living = perform(people.agent, one.ref, "merge", {"into": other.ref})
    except Refusal as refusal:
        apart = decided_apart(*(Case(fresh(each.ref), timezone.now()) for each in (one, other)))
        assert not may_join(one, other) or (refusal.code == "DECISION_MADE" and apart)
        return
    gone = other if living.pk == one.pk else one
    assert fresh(gone.ref).merged_into_id == living.pk


def there_and_back(people: SimpleNamespace, a: int, b: int) -> None:
    one, other = two_of(a, b)
    if may_join(one, other):
        assert losses(one.ref, other.ref, people) == []


def part(people: SimpleNamespace, a: int, b: int) -> None:
    joins = list(TicketJoin.objects.filter(undone_at=None).order_by("pk"))
    if joins:
        found = joins[a % len(joins)]
        with suppress(Refusal):
            perform(people.supervisor, found.survivor.living.ref, "unmerge", {"ref": found.gone.ref})


def split(people: SimpleNamespace, a: int, b: int) -> None:
    old = open_ones()[a % len(open_ones())]
    tier, late = old.refund_tier, old.late_claim
    with suppress(Refusal):
        new = fresh(split_ticket(people.agent, old.ref, {}).ref)
        assert (new.refund_tier, new.late_claim, new.submitted_at) == (tier, late, old.submitted_at)


def reopen(people: SimpleNamespace, a: int, b: int) -> None:
    shut = list(Ticket.objects.filter(status="closed").order_by("pk"))
    if shut:
        ref, was_merged = shut[a % len(shut)].ref, shut[a % len(shut)].merged_into_id
        with suppress(Refusal):
            perform(people.owner, ref, "reopen", {"reason": "还没有解决"})
            perform(people.supervisor, ref, "reopen", {"reason": "同意"})
        assert not was_merged or fresh(ref).status == "closed"


def act(name: str, by: str, raw: dict[str, object]):
    def do(people: SimpleNamespace, a: int, b: int) -> None:
        among = open_ones()
        with suppress(Refusal):
            perform(getattr(people, by), among[a % len(among)].ref, name, raw)

    return do


def review(people: SimpleNamespace, a: int, b: int) -> None:
    act("start_review", "reviewer", {"eta_at": eta()})(people, a, b)


def write(people: SimpleNamespace, a: int, b: int) -> None:
    """To any of them, joined away or not."""
    every = list(Ticket.objects.exclude(status="draft").order_by("pk"))
    said = post_message(people.owner, every[a % len(every)].ref, {"body": "请尽快处理"})
    assert said.ticket.merged_into_id is None


UNAVAILABLE = {"unavailable": [{"kind": "cs_conversation", "reason": "没有保留"}]}
DO = {
    "join": join, "there and back": there_and_back, "part": part, "split": split, "reopen": reopen, "review": review, "write": write,
    "withdraw": act("withdraw", "owner", {"keep_freeze": True}),
    "ask": act("request_evidence", "reviewer", {"kinds": ["cs_conversation"], "reason": "请补充与客服的沟通记录"}),
    "answer": act("supply_evidence", "owner", UNAVAILABLE),
}  # fmt: skip


# ---- What always holds
def wrongs() -> list[str]:
    gone = {"ticket__merged_into__isnull": False}
    rows = {
        "messages": Message.objects.filter(**gone),
        "freezes": Freeze.objects.filter(**gone),
        "requests": EvidenceRequest.objects.filter(**gone, answered_at=None, expired=False),
        "escalations": Escalation.objects.filter(**gone, state__in=Escalation.OPEN),
        "remedies": Remedy.objects.filter(decision__ticket__merged_into__isnull=False, state="pending"),
        "clocks": Timer.objects.filter(**gone, stopped_at=None, cancelled=False).exclude(key="evidence_purge"),
    }
    wrong = [f"{name} hang on one that was joined away" for name, found in rows.items() if found.exists()]
    for ticket in open_ones():
        wanted = CLOCKS.get(ticket.status, set())
        live = set(ticket.timers.filter(stopped_at=None, cancelled=False).values_list("key", flat=True))
        if wanted and not wanted & live:
            wrong.append(f"{ticket.ref} stands still as {ticket.status}: {sorted(live)}")
        if ticket.evidence_requests.filter(answered_at=None, expired=False).exists() and ticket.status != "needs_evidence":
            wrong.append(f"{ticket.ref} waits for evidence as {ticket.status}")
    return wrong


def settle_all(people: SimpleNamespace) -> list[str]:
    """Every request answered and every remedy paid, by who may."""
    wrong = []
    for ticket in open_ones():
        try:
            if ticket.status == "needs_evidence":
                kinds = ticket.evidence_requests.get(answered_at=None, expired=False).kinds
                perform(people.owner, ticket.ref, "supply_evidence", {"unavailable": [{"kind": kind, "reason": "没有"} for kind in kinds]})
            if owed_remedies(Case(fresh(ticket.ref), timezone.now())):
                perform(people.service, ticket.ref, "confirm_remedy", {"reference": f"R-{ticket.pk}", "amounts": {"refund_full": "1.00"}})
        except Refusal as refusal:
            wrong.append(f"{ticket.ref} {ticket.status}: {refusal.code}")
    return wrong


def live_through(people: SimpleNamespace, steps: list[tuple[str, int, int]], clock) -> None:
    now = clock("2026-03-10T20:53:00+08:00")
    for name, a, b in steps:
        if name == "wait":
            now = clock(now + timedelta(hours=b))
            sweep()
        elif len(open_ones()) > 1:
            DO[name](people, a, b)
        now = clock(now + timedelta(minutes=7))
        sweep()
        assert wrongs() == [], name
    assert settle_all(people) == []
    seal_history(clock(now + timedelta(minutes=7)))
    assert [line for line in history_findings(None) if line is not None] == []


@settings(
    phases=(Phase.generate,),  # a history made smaller would be lived through hundreds of times
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(steps=STEPS)
def test_nothing_is_lost_whatever_is_joined_and_taken_apart(steps, world, clock):
    with transaction.atomic():
        live_through(world, steps, clock)
        transaction.set_rollback(True)


@pytest.mark.parametrize(("pairs", "order"), [(((0, 2), (1, 2)), (0, 1)), (((0, 2), (1, 2)), (1, 0)), (((0, 1), (1, 2)), (1, 0))])
def test_three_that_were_joined_come_apart_again(pairs, order, world, clock):
    """Two into one, taken out in either order; and a chain, from its end."""
    clock("2026-03-10T20:53:00+08:00")
    refs = [each.ref for each in open_ones()[:3]]  # each further than the one before
    before = {ref: picture(ref) for ref in refs}
    with transaction.atomic():
        for one, other in pairs:
            assert perform(world.agent, refs[one], "merge", {"into": refs[other]}).ref == refs[other]
        joins = list(TicketJoin.objects.order_by("pk"))
        for place in order:
            perform(world.supervisor, joins[place].survivor.ref, "unmerge", {"ref": joins[place].gone.ref})
        after = {ref: picture(ref) for ref in refs}
        transaction.set_rollback(True)
    assert {ref: [name for name in before[ref] if before[ref][name] != after[ref][name]] for ref in refs} == {ref: [] for ref in refs}


def test_a_warning_that_stands_behind_its_own_date_keeps_no_sweep(world, clock):
    """It came due again and again: the sweep never ended, and filled the memory with notices."""
    clock("2026-03-10T20:53:00+08:00")
    late = Ticket.objects.filter(status="under_review").order_by("pk")[0].timers.get(key="review_target")
    due = timezone.now() - timedelta(days=1)
    Timer.objects.filter(pk=late.pk).update(due_at=due, next_at=due)
    clock("2026-03-20T20:53:00+08:00")
    sweep()
    late.refresh_from_db()
    assert late.next_at is None and late.overrun_at is not None
