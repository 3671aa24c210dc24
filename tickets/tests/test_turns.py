"""Whose turn it is: what nobody has answered, what was promised, and what waits for an answer, against a plain reading of what was said."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from sla.models import CalendarDay
from tickets.models import Event, Message, Ticket, Timer, TimerState
from tickets.operations import look, post_message
from tickets.periodic import fire_due_timers
from tickets.tests.stages import BODY, MAKERS
from tickets.workflow import Status

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOWS = {"needs_evidence": "supplement", "resolved": "confirm", "rejected": "rejection_final", "evidence_collection": "abandoned"}


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, adapter):
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, service=adapter)


@pytest.fixture(autouse=True)
def _no_mail(monkeypatch):
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)


def say(person, ticket, **more):
    return post_message(person, ticket.ref, {"body": "请问进展如何？", **more})


def seen(ticket: Ticket):
    """As anybody sees it now, swept or not."""
    return look(Ticket.objects.get(pk=ticket.pk), ticket.owner)


def clock_of(ticket: Ticket, key: str) -> Timer | None:
    found = [timer for timer in seen(ticket).timers if timer.key == key]
    return found[-1] if found else None


def running(ticket: Ticket, key: str) -> Timer | None:
    timer = clock_of(ticket, key)
    return timer if timer is not None and timer.is_live else None


# ---- The plain reading
SPOKEN = {"message": "customer", "reply": "desk", "extend": "desk", "incident_notice": "notice"}


def talk_of(ticket: Ticket) -> list[tuple[datetime, str, datetime | None]]:
    """What was said and done, in order: customer, desk (a person's reply), act (of the desk, moving it), notice; and what was promised."""
    found, with_act = [], False
    promises = dict(Message.objects.filter(ticket=ticket).values_list("pk", "eta_at"))
    for event in Event.objects.filter(ticket=ticket, actor__isnull=False, actor__is_service=False).order_by("at", "seq"):
        if event.kind in SPOKEN:
            eta = event.data.get("eta_at")
            with_act = event.kind == "reply" and "message" not in event.data
            assert with_act or promises[event.data["message"]] == (datetime.fromisoformat(eta) if eta else None)
            found.append((event.at, SPOKEN[event.kind], datetime.fromisoformat(eta) if eta else None))
        elif event.from_status and event.actor_id != ticket.owner_id and not with_act:
            found.append((event.at, "act", None))
        else:
            with_act = False  # the reply came with this act: it promises beyond it
    return found


def plainly(ticket: Ticket) -> tuple[datetime | None, datetime | None]:
    """Since when nobody has answered, and the time that is promised now."""
    since = promised = None
    for at, kind, eta in talk_of(ticket):
        if kind == "customer":
            since = since or at
        else:
            since = since if kind == "notice" else None
            promised = eta
    return since, promised


def end_of_next_working_day(at: datetime) -> datetime:
    day = at.astimezone(SHANGHAI).date() + timedelta(days=1)
    work = dict(CalendarDay.objects.filter(zone="Asia/Shanghai").values_list("date", "is_workday"))
    while not work[day]:
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)


def ends_plainly(ticket: Ticket, begun: datetime, due: datetime) -> datetime | None:
    """When what follows the window comes: when it is due, or a working day after the answer to the last word before that. None: not yet."""
    end, history = due, talk_of(ticket)
    while True:
        words = [at for at, kind, _eta in history if kind == "customer" and begun <= at <= end]
        answers = [at for at, kind, _eta in history if words and kind in ("desk", "act") and at >= words[-1]]
        if words and not answers:
            return None
        later = max(due, end_of_next_working_day(answers[0])) if words else due
        if later == end:
            return end
        end = later


@pytest.mark.parametrize("seed", range(8))
def test_random_histories_swept_or_not_read_as_what_was_said(people, clock, monkeypatch, seed):
    """Two complaints live through the same; the clock sweeps after each step, but only one of them is ever looked for by it."""
    chance = random.Random(seed)
    status = chance.choice(list(WINDOWS))
    now = clock(f"2026-09-{chance.randint(14, 28)}T{chance.randint(8, 20):02d}:17:00+08:00")
    swept, lazy = (one_of_its_own(people, status, number, monkeypatch) for number in (1, 2))
    window = clock_of(swept, WINDOWS[status])
    begun, due, moved = window.started_at, window.due_at, None
    for _step in range(14):
        now = clock(now + timedelta(minutes=chance.choice((7, 200, 900, 1500, 2900, 6000, 14000))))
        _sweep(swept)
        act = chance.choice(("customer", "customer", "desk", "promise", "look"))
        for ticket in (swept, lazy):
            if act == "customer":
                say(people.owner, ticket)
            elif act != "look":
                promise = {"eta_at": (now + timedelta(hours=9)).isoformat()} if act == "promise" else {}
                say(people.agent, ticket, **promise)
        for ticket in (swept, lazy):
            _compare_turn(ticket)
        if WINDOWS[status] == "abandoned" and act == "customer" and moved is None and seen(swept).status != Status.CLOSED:
            due = clock_of(swept, "abandoned").due_at  # every act of the customer begins the sixty days anew
        if moved is None and seen(swept).status != status:
            moved = _moved_at(swept, status)
        if moved is None:
            end = ends_plainly(swept, begun, due)
            assert end is None or end > now, "what is due has happened"
            _compare_window(swept, WINDOWS[status], due, end)
    assert picture(swept) == picture(lazy)
    if moved is not None:
        assert moved == ends_plainly(swept, begun, due)


def one_of_its_own(people, status: str, number: int, monkeypatch) -> Ticket:
    """In that status, about an order that nobody else names: money goes back once for each."""
    order = {"issuer": "wechat_txn", "number": f"42000004042026021291175825{number:02d}"}
    monkeypatch.setitem(BODY, "order_numbers", [order])
    return MAKERS[Status(status)](people)


def _sweep(ticket: Ticket) -> None:
    """The other one sleeps meanwhile."""
    asleep = Timer.objects.exclude(ticket=ticket).exclude(next_at=None)
    kept = dict(asleep.values_list("pk", "next_at"))
    asleep.update(next_at=None)
    fire_due_timers(timezone.now())
    for pk, at in kept.items():
        Timer.objects.filter(pk=pk).update(next_at=at)


def _compare_turn(ticket: Ticket) -> None:
    since, promised = plainly(ticket)
    case = seen(ticket)
    assert case.ticket.unanswered_since == since
    reply, promise = running(ticket, "next_reply"), running(ticket, "promise")
    assert (reply.started_at if reply else None) == since
    assert (promise.due_at if promise else None) == promised
    if since is not None and case.ticket.due_at is not None:
        assert case.ticket.due_at <= since + timedelta(hours=24)


def _compare_window(ticket: Ticket, key: str, due: datetime, end: datetime | None) -> None:
    timer = clock_of(ticket, key)
    assert timer.due_at == due
    assert timer.ends_at == end
    assert timer.state(timezone.now()) == TimerState.RUNNING


def _moved_at(ticket: Ticket, status: str) -> datetime:
    return Event.objects.get(ticket=ticket, from_status=status).at


def picture(ticket: Ticket) -> dict:
    case = seen(ticket)
    named = ("status", "stage", "waiting_on", "due_at", "due_key", "unanswered_since", "close_reason", "closed_at")
    timers = sorted((t.key, t.cycle, t.started_at, t.due_at, t.stopped_at, str(t.state(case.now)), t.held_until) for t in case.timers)
    return {**{name: getattr(case.ticket, name) for name in named}, "timers": str(timers)}
