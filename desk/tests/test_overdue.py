"""What is overdue, read by hand from the clocks: the same in rows, order, views, counts, figures, lists and exports, at every instant at
which something changes, before a sweep and after it."""

from __future__ import annotations

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Min
from django.utils import timezone
from rest_framework.test import APIClient

from desk.queue import counts
from desk.shell.cached_labels import labels_in
from desk.shell.formatting import span_text
from sla.policies import current
from tickets.models import Ticket, Timer
from tickets.operations import perform, post_message
from tickets.periodic import fire_due_timers
from tickets.reports.registry import REPORTS
from tickets.reports.scope import scope_of
from tickets.tests.stages import MAKERS, eta, inputs
from tickets.words import TIMER
from tickets.workflow import Refusal
from tickets.workflow.statuses import STAGE_OF

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
BEIJING = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
INSTANTS = 36
ROW = re.compile(r'<tr data-ref="([^"]+)">(.*?)</tr>', re.DOTALL)
CHIP = re.compile(r'class="clock tone-(\w+)".*?<time datetime="([^"]+)">.*?class="queue-sub">([^<]*)<', re.DOTALL)


@dataclass(frozen=True)
class Owed:
    """Of one ticket: the first deadline of the desk's that nothing has stopped, as its clocks say."""

    due_at: datetime | None
    keys: frozenset[str]  # of those that are due then
    is_open: bool
    is_late: bool

    @property
    def is_listed(self) -> bool:
        return self.is_open or self.due_at is not None


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao, sun, adapter) -> SimpleNamespace:
    return SimpleNamespace(owner=mei, stranger=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.fixture(autouse=True)
def _no_mail(monkeypatch) -> None:
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)


def by_hand(now: datetime) -> dict[str, Owed]:
    """By reference, of every ticket that was filed."""
    found: dict[str, Owed] = {}
    for ticket in Ticket.objects.exclude(status="draft").prefetch_related("timers"):
        states = [(timer, str(timer.state(now))) for timer in ticket.timers.all() if timer.binds == "operator"]
        owed = [timer for timer, state in states if state in ("running", "breached") and timer.stopped_at is None and not timer.cancelled]
        due = min((timer.due_at for timer in owed), default=None)
        is_open = STAGE_OF[ticket.status] != "done"
        found[ticket.ref] = Owed(due, frozenset(t.key for t in owed if t.due_at == due), is_open, due is not None and now > due)
    return found


def act_at_random(chance: random.Random, people: SimpleNamespace, refs: list[str]) -> None:
    """One act of anybody on anything, if it is allowed; now and then a message."""
    for _ in range(6):
        ref, twin = chance.sample(refs, 2)
        who = chance.choice(list(vars(people).values()))
        if chance.random() < 0.15:
            who, body = chance.choice([(people.agent, {"body": "请稍候", "eta_at": eta()}), (people.owner, {"body": "请快一点"})])
            post_message(who, ref, body)
            return
        action, body = chance.choice(list(inputs(Ticket.objects.get(ref=ref), Ticket.objects.get(ref=twin)).items()))
        try:
            perform(who, ref, action, body)
        except Refusal:
            continue
        return


def next_change(now: datetime) -> datetime:
    """The next instant at which anything can be said otherwise though nobody acts: a clock ends, or lets go, or it is another day."""
    live = Timer.objects.filter(stopped_at=None, cancelled=False)
    ends = [live.filter(**{f"{name}__gt": now}).aggregate(at=Min(name))["at"] for name in ("due_at", "held_until")]
    midnight = timezone.localtime(now, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(filter(None, [*ends, midnight]))


# ---- Each place, against what was read by hand
def rows_say_it(owed: dict[str, Owed], now: datetime) -> None:
    late = {ref for ref, each in owed.items() if each.is_late}
    assert set(Ticket.objects.overdue(now).values_list("ref", flat=True)) == late
    for ref, due_at, key in Ticket.objects.exclude(status="draft").values_list("ref", "due_at", "due_key"):
        assert due_at == owed[ref].due_at, ref
        assert key in (owed[ref].keys or {""}), ref
    listed = {ref for ref, each in owed.items() if each.is_listed}
    assert set(Ticket.objects.in_queue().values_list("ref", flat=True)) == listed


def queue_says_it(client: Any, owed: dict[str, Owed], now: datetime) -> None:
    """Rows in order, red where they are late, with the clock that is; the views; the counts of the tabs."""
    shown = ROW.findall(client.get("/desk/?page_size=200").content.decode())
    order = [(owed[ref].due_at is None, owed[ref].due_at) for ref, _row in shown]
    assert {ref for ref, _row in shown} == {ref for ref, each in owed.items() if each.is_listed}
    assert order == sorted(order, key=lambda place: (place[0], place[1] or now))
    for ref, row in shown:
        chip = CHIP.search(row)
        assert (chip is None) == (owed[ref].due_at is None), ref
        if chip is not None:
            assert (chip[1] == "bad", datetime.fromisoformat(chip[2])) == (owed[ref].is_late, owed[ref].due_at), ref
            assert chip[3], ref
    midnight = timezone.localtime(now, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    views = {
        "overdue": {ref for ref, each in owed.items() if each.is_late},
        "today": {ref for ref, each in owed.items() if each.due_at is not None and each.due_at <= midnight},
    }
    for name, expected in views.items():
        assert {ref for ref, _row in ROW.findall(client.get(f"/desk/?due={name}&page_size=200").content.decode())} == expected, name
    counts.forget()
    said = client.get("/desk/pulse/").json()["counts"]
    assert (said["b0"], said["b1"], said["b5"]) == tuple(map(str, (len(shown), len(views["overdue"]), len(views["today"]))))


def api_says_it(program: APIClient, owed: dict[str, Owed], now: datetime) -> None:
    """A row tells what the clock has made of a complaint, swept or not: where that moved it, it is compared once it is swept."""
    late = {ref for ref, each in owed.items() if each.is_late}
    stands = dict(Ticket.objects.values_list("ref", "status"))
    for asked, expected in (("true", late), ("false", set(owed) - late)):
        rows = list(pages(program, f"/api/v1/tickets/?overdue={asked}&page_size=100&ordering=due_at"))
        assert {row["ref"] for row in rows} == expected
        for row in [row for row in rows if row["status"] == stands[row["ref"]]]:
            shown = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
            assert (row["overdue"], shown) == (shown is not None and shown < now, owed[row["ref"]].due_at), row["ref"]
    before = {row["ref"] for row in pages(program, f"/api/v1/tickets/?due_before={now.isoformat().replace('+', '%2B')}&page_size=100")}
    assert before == late


def pages(program: APIClient, address: str) -> Iterator[dict[str, Any]]:
    while address:
        answer = program.get(address).json()
        yield from answer["results"]
        address = answer["next"] or ""


def figures_say_it(owed: dict[str, Owed], now: datetime) -> None:
    scope = scope_of({}, now, current(now))
    backlog = REPORTS["backlog"].count(scope, now).dicts()
    assert sum(row["open"] for row in backlog) == sum(each.is_open for each in owed.values())
    assert sum(row["overdue"] for row in backlog) == sum(each.is_late for each in owed.values())
    tonight = timezone.localtime(now, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found: Counter[tuple[str, str]] = Counter()
    for ticket in Ticket.objects.exclude(status="draft").select_related("assignee"):
        name, each = str(ticket.assignee or ""), owed[ticket.ref]
        found[name, "open"] += each.is_open
        found[name, "overdue"] += each.is_late
        found[name, "due_today"] += each.due_at is not None and now <= each.due_at <= tonight
    for row in REPORTS["agents"].count(scope, now).dicts():
        for column in ("open", "overdue", "due_today"):
            assert row[column] == found.pop((row["agent"], column), 0), (row["agent"], column)
    assert not +found


def export_says_it(client: Any, owed: dict[str, Owed], now: datetime) -> None:
    """In order, each with the clock that is late, its time on the wall and how late."""
    said = labels_in("en")
    rows = list(table(client, "/desk/queue.csv"))
    assert {row["Reference"] for row in rows} == {ref for ref, each in owed.items() if each.is_listed}
    order = [(owed[row["Reference"]].due_at is None, owed[row["Reference"]].due_at or now) for row in rows]
    assert order == sorted(order)
    for row in rows:
        each = owed[row["Reference"]]
        assert row["Overdue by"] == (span_text((now - each.due_at).total_seconds(), said) if each.due_at and each.is_late else "")
        assert row["Timer of the next deadline"] in {str(TIMER[key]) for key in each.keys} | ({""} if each.due_at is None else set())
        assert row["Next deadline (Beijing time)"] == on_the_wall(each.due_at)
    late = {row["Reference"] for row in table(client, "/desk/queue.csv?due=overdue")}
    assert late == {ref for ref, each in owed.items() if each.is_late}


def table(client: Any, address: str) -> csv.DictReader:
    return csv.DictReader(io.StringIO(b"".join(client.get(address).streaming_content).decode("utf-8-sig")))


def on_the_wall(due_at: datetime | None) -> str:
    """Midnight is the 24:00 of the day before."""
    if due_at is None:
        return ""
    local = due_at.astimezone(BEIJING)
    if local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def team_says_it(client: Any, owed: dict[str, Owed]) -> None:
    """The supervisor's table of who has how much of it."""
    found: Counter[str] = Counter()
    for ref, name in Ticket.objects.exclude(status="draft").values_list("ref", "assignee__name"):
        found[name or "nobody"] += owed[ref].is_late
    shown = {}
    for row in re.findall(r"<tr>(.*?)</tr>", client.get("/desk/availability/").content.decode(), re.DOTALL):
        name, late = re.search(r'class="(?:queue-ref|quiet)"[^>]*>([^<]*)<', row), re.search(r'due=overdue">([0-9]+)<', row)
        if name is not None:
            shown[name[1]] = int(late[1]) if late else 0
    for name, count in found.items():
        assert shown.get(name, 0) == count, name


class Checks:
    """All places against the clocks. The rows each time, the other places one after the other, so that each meets every moment."""

    def __init__(self, people: SimpleNamespace, at: Any) -> None:
        self.people, self.at, self.number = people, at, 0
        self.program = APIClient()
        self.program.force_authenticate(people.supervisor)
        self.seen: Counter[tuple[str, str]] = Counter()
        self.late = 0

    def look(self, moment: str) -> dict[str, Owed]:
        """`moment`: what is special about it."""
        now = timezone.now()
        owed = by_hand(now)
        rows_say_it(owed, now)
        client = self.at(self.people.supervisor)  # a session ends sooner than these histories
        places = {
            "queue": lambda: queue_says_it(client, owed, now),
            "figures": lambda: figures_say_it(owed, now),
            "export": lambda: export_says_it(client, owed, now),
            "team": lambda: team_says_it(client, owed),
            "api": lambda: api_says_it(self.program, owed, now),
        }
        name = list(places)[self.number % len(places)]
        places[name]()
        self.seen[name, moment] += 1
        self.number += 1
        self.late += sum(each.is_late for each in owed.values())
        return owed


def sweep_hides_nothing(owed: dict[str, Owed]) -> None:
    """One that leaves a complaint where it stands leaves what is owed there too."""
    now = timezone.now()
    statuses = dict(Ticket.objects.values_list("ref", "status"))
    fire_due_timers(now)
    after = by_hand(now)
    stayed = {ref for ref, status in Ticket.objects.values_list("ref", "status") if statuses[ref] == status} & set(owed)
    assert {ref: after[ref] for ref in stayed} == {ref: owed[ref] for ref in stayed}


MOMENTS = ("a second before", "at the instant", "swept at the instant", "a second after", "swept a second after")


@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.postgres_suffices), 2])
def test_every_place_says_what_the_clocks_say(seed, people, at, clock) -> None:
    """From one instant at which something changes to the next, none left out: between them nothing is said otherwise.

    The clock sweeps now at the instant, now a second late.
    """
    chance = random.Random(seed)
    clock("2026-07-06T09:00:00+08:00")
    for maker in MAKERS.values():
        maker(people)
        clock(timezone.now() + timedelta(minutes=chance.randrange(1, 300)))
    refs = list(Ticket.objects.exclude(status="draft").values_list("ref", flat=True))
    checks = Checks(people, at)
    for number in range(INSTANTS):
        instant = next_change(timezone.now())
        if timezone.now() < instant - SECOND:
            clock(instant - SECOND)
            checks.look(MOMENTS[0])
        clock(instant)
        owed = checks.look(MOMENTS[1])
        if number % 2:
            sweep_hides_nothing(owed)
            checks.look(MOMENTS[2])
        clock(instant + SECOND)
        owed = checks.look(MOMENTS[3])
        sweep_hides_nothing(owed)
        checks.look(MOMENTS[4])
        act_at_random(chance, people, refs)
    assert checks.late > INSTANTS
    assert {moment for _place, moment in checks.seen} == set(MOMENTS)
    assert len(checks.seen) == 5 * len(MOMENTS), "each place at each kind of moment"
