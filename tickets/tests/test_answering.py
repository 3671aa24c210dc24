"""Asking for an answer, holding and reopening: what each act leaves behind, and who hears of it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from tickets.models import Notification, StaffProfile, Ticket, TimerState
from tickets.operations import look, perform, post_message
from tickets.periodic import fire_due_timers
from tickets.staffing.notices_of_the_gone import hand_on_notices
from tickets.tests.stages import MAKERS
from tickets.workflow import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter):
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


@pytest.fixture(autouse=True)
def _no_mail(monkeypatch):
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)


def ask(people, ticket, body="请问还要等多久？"):
    return post_message(people.owner, ticket.ref, {"body": body})


def answer(people, ticket, **more):
    return post_message(people.agent, ticket.ref, {"body": "我们正在核实。", **more})


def fresh(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def seen(ticket, viewer=None):
    return look(fresh(ticket), viewer or ticket.owner)


def clock_of(ticket, key):
    return [timer for timer in seen(ticket).timers if timer.key == key][-1]


# ---- What the customer wrote
def test_the_first_word_counts_until_a_person_answers(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["frozen"](people)
    first = clock("2026-03-10T11:00:00+08:00")
    ask(people, ticket)
    clock("2026-03-10T15:00:00+08:00")
    ask(people, ticket)
    assert fresh(ticket).unanswered_since == first
    reply = clock_of(ticket, "next_reply")
    assert (reply.started_at, reply.due_at, reply.binds) == (first, first + timedelta(hours=24), "operator")
    post_message(people.agent, ticket.ref, {"body": "内部备注", "visibility": "internal"})
    assert fresh(ticket).unanswered_since == first, "a note among colleagues answers nobody"
    clock("2026-03-11T09:00:00+08:00")
    answer(people, ticket)
    assert fresh(ticket).unanswered_since is None
    assert clock_of(ticket, "next_reply").state(timezone.now()) == TimerState.MET


def test_an_act_of_the_desk_that_moves_it_answers_and_one_that_does_not_leaves_it(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["under_review"](people)
    ask(people, ticket)
    perform(people.agent, ticket.ref, "refer_to_police", {})
    assert fresh(ticket).unanswered_since is not None
    perform(people.reviewer, ticket.ref, "request_evidence", {"kinds": ["cs_conversation"], "reason": "请补充"})
    assert fresh(ticket).unanswered_since is None


def test_a_word_on_a_closed_case_is_in_the_queue_and_told_at_once(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["closed"](people)
    assert not Ticket.objects.in_queue().filter(pk=ticket.pk).exists()
    ask(people, ticket)
    assert Ticket.objects.in_queue().get(pk=ticket.pk).due_key == "next_reply"
    clock("2026-03-11T10:00:01+08:00")
    fire_due_timers(timezone.now())
    assert ticket.events.filter(kind="timer.breached", data__timer="next_reply").exists()
    assert Notification.objects.filter(ticket=ticket, kind="timer.passed", audience="supervisors").exists()
    answer(people, ticket)
    assert not Ticket.objects.in_queue().filter(pk=ticket.pk).exists()
    assert clock_of(ticket, "next_reply").state(timezone.now()) == TimerState.BREACHED


def test_who_ends_their_own_complaint_waits_for_nothing(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["under_review"](people)
    ask(people, ticket)
    answer(people, ticket, eta_at=(timezone.now() + timedelta(days=2)).isoformat())
    ask(people, ticket)
    perform(people.owner, ticket.ref, "withdraw", {})
    assert fresh(ticket).unanswered_since is None
    assert [timer.key for timer in seen(ticket).timers if timer.is_live] == ["evidence_purge"]


# ---- Promises
def test_a_promise_is_a_clock_until_the_next_reply_and_counts_as_missed(people, clock):
    start = clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["evidence_collection"](people)
    answer(people, ticket, eta_at=(start + timedelta(hours=8)).isoformat())
    promise = clock_of(ticket, "promise")
    assert (promise.due_at, promise.warn_at) == (start + timedelta(hours=8), [["-120m", "2026-03-10T08:00:00+00:00"]])
    assert (fresh(ticket).due_at, fresh(ticket).due_key) == (promise.due_at, "promise")
    clock("2026-03-10T18:00:01+08:00")
    assert "promise" in [timer.key for timer in seen(ticket).timers if timer.state(timezone.now()) == TimerState.BREACHED]
    answer(people, ticket, eta_at="2026-03-12T18:00:00+08:00")
    kept = [timer.state(timezone.now()) for timer in seen(ticket).timers if timer.key == "promise"]
    assert kept == [TimerState.BREACHED, TimerState.RUNNING]


# ---- Holds
def test_a_held_supplement_lets_the_review_go_on_and_moves_a_working_day_after_the_answer(people, clock):
    clock("2026-03-10T10:00:00+08:00")  # a Tuesday
    ticket = MAKERS["needs_evidence"](people)
    clock("2026-03-12T10:00:00+08:00")
    ask(people, ticket, "截图找不到了，可以用短信代替吗？")
    due = clock_of(ticket, "supplement").due_at
    assert due.isoformat() == "2026-03-13T16:00:00+00:00"
    clock("2026-03-16T10:00:00+08:00")
    fire_due_timers(timezone.now())
    assert fresh(ticket).status == "needs_evidence"
    assert clock_of(ticket, "supplement").state(timezone.now()) == TimerState.RUNNING
    limit = clock_of(ticket, "review_limit")
    assert limit.paused_at is None
    assert ticket.events.get(kind="act_held").at == due
    answer(people, ticket)
    assert clock_of(ticket, "supplement").held_until.isoformat() == "2026-03-17T16:00:00+00:00"
    clock("2026-03-17T23:59:00+08:00")
    assert seen(ticket).ticket.status == "needs_evidence"
    clock("2026-03-18T00:00:00+08:00")
    assert seen(ticket).ticket.status == "under_review"
    fire_due_timers(timezone.now())
    assert ticket.events.get(kind="supplement_expired").at.isoformat() == "2026-03-17T16:00:00+00:00"


def test_the_customers_own_act_stays_open_while_it_waits_and_our_lateness_takes_it_up(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["needs_evidence"](people)
    ask(people, ticket)
    clock("2026-04-10T10:00:00+08:00")
    fire_due_timers(timezone.now())
    case = seen(ticket)
    assert case.ticket.status == "needs_evidence"
    assert clock_of(ticket, "review_limit").state(timezone.now()) == TimerState.BREACHED
    body = {"unavailable": [{"kind": "cs_conversation", "reason": "没有保留"}]}
    assert perform(people.owner, ticket.ref, "supply_evidence", body).status == "escalated"
    assert clock_of(ticket, "supplement").state(timezone.now()) == TimerState.MET


def test_an_early_answer_does_not_move_the_end_and_a_late_one_counts_for_the_purge(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    early, late = MAKERS["rejected"](people), MAKERS["rejected"](people)
    for ticket in (early, late):
        ask(people, ticket)
    clock("2026-03-11T10:00:00+08:00")
    answer(people, early)
    due = clock_of(early, "rejection_final").due_at
    clock(due + timedelta(hours=1))
    fire_due_timers(timezone.now())
    assert (fresh(early).status, fresh(early).closed_at) == ("closed", due)
    assert fresh(late).status == "rejected"
    clock("2026-04-15T10:00:00+08:00")
    answer(people, late)
    clock("2026-04-20T10:00:00+08:00")
    fire_due_timers(timezone.now())
    assert (fresh(late).status, fresh(late).closed_at.isoformat()) == ("closed", "2026-04-16T16:00:00+00:00")
    assert clock_of(late, "evidence_purge").started_at == fresh(late).closed_at


# ---- Reopening
def test_what_counts_is_the_day_on_which_the_owner_asked(people, clock):
    closed_at = clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["closed"](people)
    clock(closed_at + timedelta(days=29))
    perform(people.owner, ticket.ref, "reopen", {"reason": "又被扣款"})
    assert clock_of(ticket, "reopen_decision").binds == "operator"
    assert clock_of(ticket, "evidence_purge").paused_at is not None
    clock(closed_at + timedelta(days=32))
    call_command("tick", verbosity=0)
    assert clock_of(ticket, "evidence_purge").is_live
    assert perform(people.supervisor, ticket.ref, "reopen", {"reason": "同意"}).status == "under_review"
    assert clock_of(ticket, "reopen_decision").state(timezone.now()) == TimerState.MET


def test_a_refusal_ends_it_and_the_purge_goes_on_by_as_many_days(people, clock):
    closed_at = clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["closed"](people)
    before = clock_of(ticket, "evidence_purge").due_at
    with pytest.raises(Refusal) as nothing_asked:
        perform(people.supervisor, ticket.ref, "refuse_reopen", {"reason": "没有申请"})
    assert nothing_asked.value.code == "WRONG_STATUS"
    clock(closed_at + timedelta(days=3))
    perform(people.owner, ticket.ref, "reopen", {"reason": "又被扣款"})
    clock(closed_at + timedelta(days=5))
    told = perform(people.supervisor, ticket.ref, "refuse_reopen", {"reason": "没有新情况"})
    assert (told.status, told.reopen_requested_at) == ("closed", None)
    purge = clock_of(ticket, "evidence_purge")
    assert (purge.paused_at, purge.due_at) == (None, before + timedelta(days=2))
    assert Notification.objects.filter(ticket=ticket, kind="refuse_reopen", recipient=people.owner, urgent=True).exists()
    perform(people.owner, ticket.ref, "reopen", {"reason": "这次有新证据"})
    clock(closed_at + timedelta(days=40))
    assert perform(people.supervisor, ticket.ref, "reopen", {"reason": "同意"}).status == "under_review"


# ---- Who hears of it
def test_the_one_who_has_it_hears_at_once(people, clock):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["under_review"](people)
    ask(people, ticket)
    notice = Notification.objects.get(ticket=ticket, kind="customer_message")
    assert (notice.recipient, notice.urgent, notice.not_before) == (people.reviewer, True, timezone.now())


def test_away_the_stand_in_hears_and_where_nobody_is_there_the_agents(people, clock, sun):
    clock("2026-03-10T10:00:00+08:00")
    ticket = MAKERS["under_review"](people)
    StaffProfile.objects.create(user=people.reviewer, away_from="2026-03-09", stand_in=sun)
    ask(people, ticket)
    StaffProfile.objects.filter(user=people.reviewer).update(stand_in=None)
    ask(people, ticket)
    mine = MAKERS["frozen"](people)
    ask(people, mine)
    told = Notification.objects.filter(kind="customer_message").order_by("pk").values_list("recipient", "audience", "to_channels")
    assert list(told) == [(sun.pk, "", True), (None, "agents", True), (None, "agents", True)]


def test_what_the_gone_have_not_read_goes_to_whoever_has_it_now(people, clock, sun):
    clock("2026-03-10T10:00:00+08:00")
    ticket, nobodys = MAKERS["under_review"](people), MAKERS["under_review"](people)
    for each in (ticket, nobodys):
        ask(people, each)
    people.reviewer.is_active = False
    people.reviewer.save()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=sun)
    Ticket.objects.filter(pk=nobodys.pk).update(assignee=None)
    assert hand_on_notices(timezone.now()) >= 2
    asked = Notification.objects.filter(kind="customer_message")
    assert [(row.recipient, row.audience) for row in asked.order_by("ticket")] == [(sun, ""), (None, "agents")]
    assert asked.get(ticket=ticket).state == "pending"
    assert not Notification.objects.filter(recipient=people.reviewer).exists()
    assert hand_on_notices(timezone.now()) == 0
