"""Twenty at once on one ticket: one wins, one event; the others hear why. Real threads, real locks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connections

from accounts.roles import Role
from tickets.models import Decision, Event, Freeze, Notification, Ticket
from tickets.operations import file_ticket, perform
from tickets.periodic import fire_due_timers
from tickets.tests.cast import person
from tickets.tests.making import approval, filing, rejection, submitted, under_review
from tickets.tests.stages import BODY, CHANNEL_ORDER, eta
from tickets.workflow.errors import Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CROWD = 20


@pytest.fixture(autouse=True)
def _no_mail(monkeypatch):
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)


def at_once(acts: list[Callable[[], object]]) -> Counter:
    """Run every act in a thread of its own, all released together. What came of them."""
    gate, outcomes, lock = threading.Barrier(len(acts)), Counter(), threading.Lock()

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(30)
            act()
            outcome = "ok"
        except Refusal as refusal:
            outcome = refusal.code
        finally:
            connections.close_all()
        with lock:
            outcomes[outcome] += 1

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


def test_twenty_reviewers_reach_for_one_ticket(lasting, mei):
    ref = submitted(mei).ref
    rivals = [person(f"rival{n}@example.com", Role.REVIEWER) for n in range(CROWD)]
    outcomes = at_once([lambda who=who: perform(who, ref, "start_review", {"eta_at": eta()}) for who in rivals])
    assert outcomes == {"ok": 1, "WRONG_STATUS": CROWD - 1}
    assert Event.objects.filter(kind="start_review").count() == 1
    ticket = Ticket.objects.get(ref=ref)
    assert ticket.assignee in rivals
    seqs = list(ticket.events.values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


def test_approve_and_reject_meet(lasting, mei, chen):
    ref = under_review(mei, chen).ref
    acts = [lambda: perform(chen, ref, "approve", approval()), lambda: perform(chen, ref, "reject", rejection())] * 10
    outcomes = at_once(acts)
    assert outcomes == {"ok": 1, "WRONG_STATUS": CROWD - 1}
    assert Decision.objects.count() == 1
    assert Notification.objects.filter(kind__in=["approved", "rejected"], recipient=mei).count() == 1


def test_two_signatures_on_one_decision(lasting, mei, chen, zhao):
    ref = under_review(mei, chen, amount="3000.00").ref
    perform(chen, ref, "approve", approval())
    second = person("second@example.com", Role.SUPERVISOR)
    outcomes = at_once([lambda who=who: perform(who, ref, "countersign") for who in [zhao, second] * 10])
    assert outcomes == {"ok": 1, "WRONG_STATUS": CROWD - 1}
    assert Event.objects.filter(kind="approved").count() == 1


def test_one_account_is_frozen_once(lasting, mei):
    body = filing(request_freeze=True, **BODY)
    outcomes = at_once([lambda: file_ticket(mei, body)] * CROWD)
    assert outcomes == {"ok": 1, "FREEZE_ALREADY_ACTIVE": CROWD - 1}
    assert Freeze.objects.count() == Ticket.objects.count() == 1


def test_twenty_filings_get_twenty_numbers(lasting, mei):
    outcomes = at_once([lambda: file_ticket(mei, filing())] * CROWD)
    assert outcomes == {"ok": CROWD}
    refs = sorted(Ticket.objects.values_list("ref", flat=True))
    assert [int(ref[-6:]) for ref in refs] == list(range(1, CROWD + 1))


def test_two_merges_into_each_other_leave_one_open(lasting, mei, lin):
    first, second = file_ticket(mei, filing()), file_ticket(mei, filing())
    into = [lambda: perform(lin, first.ref, "merge", {"into": second.ref}), lambda: perform(lin, second.ref, "merge", {"into": first.ref})]
    outcomes = at_once(into * 10)
    assert outcomes["ok"] == 1
    assert Ticket.objects.filter(status="closed").count() == 1


def test_an_act_and_the_sweep_meet(lasting, mei, clock):
    clock("2026-07-06T09:00:00+08:00")
    ref = submitted(mei, order_numbers=[CHANNEL_ORDER]).ref
    now = clock("2026-07-20T09:00:00+08:00")
    sweeps = [lambda: fire_due_timers(now)] * 10
    acts = [lambda: perform(mei, ref, "escalate", {"target": "payment_channel"})] * 10
    assert at_once(sweeps + acts) == {"ok": 11, "ALREADY_ESCALATED": 9}
    fire_due_timers(now)  # sweeps leave alone what an act holds
    kinds = Counter(Event.objects.values_list("kind", flat=True))
    assert (kinds["auto_escalated"], kinds["escalate"]) == (1, 1)
    assert Event.objects.filter(kind="timer.breached", data__timer="review_limit").count() == 1
