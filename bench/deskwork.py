"""An agent's and a supervisor's day at full size: bulk acts, fifty open desks, the list taken along, figures counted anew."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from bench.meters import metered
from bench.visits import Visitor, WrongAnswer, signed_in
from desk.queue import counts
from desk.queue.views.poll import RETOLD_AFTER
from supportdesk.wsgi import application
from tickets.models import Event, Tag, Ticket
from tickets.reports.registry import count_usual

AT_ONCE, DESKS = 200, 50
INTERVAL = 20  # seconds between two polls of one desk, as static/js/queue.js has it
LONGEST_ROUND = 5  # seconds, far above the quarter that is aimed at
MEGABYTE = 1024  # in the kilobytes of ru_maxrss
TOKEN = "b" * 32
ACTS: Mapping[str, dict[str, str]] = {
    "assign": {"do": "assign", "to": "me"},
    "tag": {"do": "tag", "tag": "bench"},
    "untag": {"do": "untag", "tag": "bench"},
    "link": {"do": "link"},
    "unlink": {"do": "unlink"},
}


# ---- Live updates
def latest() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def polls(visitor: Visitor, behind: int) -> Iterator[Mapping[str, Any]]:
    """A desk that has heard of all but the latest `behind` events."""
    while True:
        now = int(timezone.now().timestamp() * 1_000_000)
        yield visitor.environ("GET", "/desk/pulse/", urlencode({"at": now, "to": "", "since": latest() - behind}))


def unchanged(visitor: Visitor) -> Iterator[Mapping[str, Any]]:
    """A desk that has heard of everything. Shortly before the answer's tag turns it waits: a round is made before it is sent."""
    while True:
        left = RETOLD_AFTER - time.time() % RETOLD_AFTER
        if left < LONGEST_ROUND:
            time.sleep(left)
        tag = f'W/"{latest()}.{int(time.time()) // RETOLD_AFTER}"'
        yield {**visitor.environ("GET", "/desk/pulse/"), "HTTP_IF_NONE_MATCH": tag}


def live() -> dict[str, float]:
    """One interval of fifty desks in which something moved before each poll. Counts are made anew as often as then."""
    group = Group.objects.get(name=Role.AGENT)
    people = [User.objects.get_or_create(email=f"desk{n}@example.com")[0] for n in range(DESKS)]
    for person in people:
        person.groups.add(group)
    visitors = [signed_in(person) for person in people]
    waiting = [(visitor, next(polls(visitor, 20))) for visitor in visitors]
    for visitor, environ in waiting:
        _must(visitor.answer(environ), "200")
    with metered() as cost:
        for place, (visitor, environ) in enumerate(waiting):
            if place % (DESKS * counts.CACHE_SECONDS // INTERVAL) == 0:
                counts.forget()
            _must(visitor.answer(environ), "200")
    return {**asdict(cost), "share": (cost.python + cost.database) / INTERVAL}


def _must(answered: tuple[str, bytes], status: str) -> bytes:
    if not answered[0].startswith(status):
        raise WrongAnswer(answered[0])
    return answered[1]


# ---- Bulk acts
def bulk() -> dict[str, dict[str, float]]:
    """Seconds of each act on two hundred rows, by the form of the queue, with the page that answers."""
    Tag.objects.get_or_create(name="bench")
    visitor = signed_in(User.objects.get(email="agent@example.com"))
    visitor.cookies["csrftoken"] = TOKEN
    refs = list(Ticket.objects.in_queue().filter(assignee=None).order_by("pk").values_list("ref", flat=True)[:AT_ONCE])
    return {name: _acted(visitor, refs, {**said, **({"hub": refs[0]} if name == "unlink" else {})}) for name, said in ACTS.items()}


def _acted(visitor: Visitor, refs: list[str], said: Mapping[str, str]) -> dict[str, float]:
    rows = [("row", f"{ref}.0") for ref in refs]
    body = urlencode([*rows, *said.items(), ("csrfmiddlewaretoken", TOKEN)]).encode()
    environ = {**visitor.environ("POST", "/desk/bulk/", body=body), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    before = Event.objects.count()
    with metered() as cost:
        _must(visitor.answer(environ), "200")
    if Event.objects.count() - before < len(refs) - 1:
        raise WrongAnswer(f"{said}: {Event.objects.count() - before} events")
    return {**asdict(cost), "rows": len(refs)}


# ---- The list taken along
def export(form: str) -> dict[str, float]:
    """Rows, seconds, and by how many megabytes the process grew beyond what it had ever held."""
    visitor = signed_in(User.objects.get(email="supervisor@example.com"))
    environ = visitor.environ("GET", f"/desk/queue.{form}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said: list[str] = []
    with metered() as cost:
        response = application(environ, lambda status, _headers, _info=None: said.append(status))
        size = sum(len(piece) for piece in response)
        response.close()
    _must((said[0], b""), "200")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / MEGABYTE
    return {**asdict(cost), "rows": Ticket.objects.in_queue().count(), "size": size, "grown": grown}


def figures() -> dict[str, float]:
    """All reports of the usual scope, counted anew."""
    with metered() as cost:
        count_usual(timezone.now())
    return asdict(cost)
