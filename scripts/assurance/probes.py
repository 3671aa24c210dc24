"""What is measured while others are at the doors: the freeze page, the call to whoever is on call, a deadline, memory."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from threading import Event as Flag
from threading import Thread
from typing import NamedTuple

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from scripts.assurance.outsiders import Outsiders
from scripts.assurance.processes import HOST, Processes
from tickets.models import Event, Timer
from tickets.operations import file_ticket, perform

OPERATOR = f"operator@people-of-{HOST}"
# Seconds between two of a kind; how long one is waited for.
PAGE_EVERY, CALL_EVERY, TIMER_EVERY, MEMORY_EVERY, GIVE_UP = 0.15, 5.0, 4.0, 1.0, 60.0
NEVER = math.inf


class Bound(NamedTuple):
    name: str
    unit: str
    most: float


BOUNDS = (
    Bound("freeze page, p95", "s", 1.0),
    Bound("on-call letter", "s", 5.0),
    Bound("wallet called", "s", 5.0),
    Bound("deadline fires", "s", 15.0),
    Bound("memory of a web worker", "MB", 300.0),
    Bound("memory of a background worker", "MB", 300.0),
)


def person(name: str) -> User:
    return User.objects.create_user(email=f"{name}@people-of-{HOST}")


def add_operator() -> None:
    User.objects.create_superuser(email=f"admin@people-of-{HOST}", password=None)
    operator = User.objects.create_user(email=OPERATOR)
    operator.groups.add(Group.objects.get(name=Role.FREEZE_OPERATOR))


def ask(port: int, path: str, *, method: str = "GET", body: bytes = b"", source: str = "", **headers: str) -> int:
    """The status, 0 where there was no answer. `source`: the network it comes from, as our proxy says."""
    source = source or f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"  # noqa: S311 - no secret
    sent = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": source, **{k.replace("_", "-"): v for k, v in headers.items()}}
    asked = HTTPConnection("127.0.0.1", port, timeout=GIVE_UP)
    try:
        asked.request(method, path, body or None, sent)
        answer = asked.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return 0
    finally:
        asked.close()


class Probes:
    """Begun with a situation, ended with it; then `figures` are those of the whole time."""

    def __init__(self, situation: str, processes: Processes, outsiders: Outsiders) -> None:
        self.situation, self.processes, self.outsiders = situation, processes, outsiders
        self.pages: list[float] = []
        self.freezes: list[tuple[float, str]] = []
        self.timers: list[float] = []
        self.memory = dict.fromkeys(("web", "worker", "examiner"), 0)
        self._over = Flag()
        self._asking: list[Thread] = []
        self._loops = [
            Thread(target=self._loop, args=(what, every), daemon=True)
            for what, every in (
                (self._begin_page, PAGE_EVERY),
                (self._freeze, CALL_EVERY),
                (self._begin_timer, TIMER_EVERY),
                (self._weigh, MEMORY_EVERY),
            )
        ]

    def __enter__(self) -> Probes:
        for loop in self._loops:
            loop.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in (*self._loops, *self._asking):
            thread.join()
        end = time.monotonic() + GIVE_UP
        while NEVER in self._waits() and time.monotonic() < end:
            time.sleep(0.2)

    def _loop(self, what: Callable[[], None], every: float) -> None:
        """At its times, however long one takes: what is slow must not be asked less often."""
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            what()
            due += every
        connection.close()

    def _begin(self, what: Callable[[], None]) -> None:
        thread = Thread(target=what, daemon=True)
        self._asking.append(thread)
        thread.start()

    def _begin_page(self) -> None:
        self._begin(self._page)

    def _page(self) -> None:
        began = time.monotonic()
        status = ask(self.processes.port, "/freeze/")
        self.pages.append(time.monotonic() - began if status == 200 else NEVER)

    def _freeze(self) -> None:
        number = len(self.freezes)
        customer = person(f"{self.situation}-{number}")
        ticket = file_ticket(customer, {"category": "mp_topup_stolen", "amount": "600.00"})
        perform(customer, ticket.ref, "request_freeze", {"account": f"wechat:{self.situation}{number:04}"})
        self.freezes.append((time.monotonic(), ticket.ref))

    def _begin_timer(self) -> None:
        ticket = file_ticket(person(f"{self.situation}-due-{len(self._asking)}"), {"category": "billing_duplicate", "amount": "9.00"})
        due = timezone.now() + timedelta(seconds=0.5)
        Timer.objects.filter(ticket=ticket, key="first_response").update(due_at=due, next_at=due, warn_at=[])
        self._begin(lambda: self._watch_timer(ticket.pk))

    def _watch_timer(self, ticket: int) -> None:
        began = time.monotonic() + 0.5
        while time.monotonic() < began + GIVE_UP:
            if Event.objects.filter(ticket=ticket, kind="timer.breached").exists():
                break
            time.sleep(0.2)
        fired = time.monotonic() - began
        self.timers.append(fired if fired < GIVE_UP else NEVER)
        connection.close()

    def _weigh(self) -> None:
        self.memory = {kind: max(self.memory[kind], size) for kind, size in self.processes.memory().items()}

    def _waits(self, path: str = "") -> list[float]:
        """Of each freeze: until the letter was with the mail server; with a path, until the wallet was called."""
        found = ((at, self.outsiders.call_at(path, ref) if path else self.outsiders.letter_at(OPERATOR, ref)) for at, ref in self.freezes)
        return [told - at if told is not None else NEVER for at, told in found]

    def figures(self) -> list[float]:
        """In the order of BOUNDS: p95 of the pages, the longest of all else."""
        pages = sorted(self.pages)
        return [
            pages[min(len(pages) - 1, math.ceil(len(pages) * 0.95) - 1)],
            max(self._waits()),
            max(self._waits("/adapter")),
            max(self.timers),
            self.memory["web"],
            self.memory["worker"],
        ]
