"""Visits: whole requests through the WSGI application and all of its middleware, by signed-in people.

No socket and no server in between: their share is the same for a page and for the floor and would only bring the two nearer
to each other; a client in a process of its own would besides fight the server for the processors.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from importlib import import_module
from itertools import count, cycle
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.scopes import SCOPES
from api.authentication import make_token
from bench.crowd import COMMON, RARE, body_of
from bench.meters import Cost, metered
from supportdesk.wsgi import application
from tickets.models import Ticket


class WrongAnswer(RuntimeError):
    """A page did not answer as it should: its time says nothing."""


@dataclass
class Visitor:
    """One browser or program: its cookies, its token."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def environ(self, method: str, path: str, query: str = "", body: bytes = b"") -> dict[str, Any]:
        environ = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT": "*/*", "HTTP_ACCEPT_LANGUAGE": "zh-CN", "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return environ

    def answer(self, environ: Mapping[str, Any]) -> tuple[str, bytes]:
        """Status and body, the response closed as a server would."""
        said: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            said.update(status=status, headers=headers)

        response = application(dict(environ), start)
        body = b"".join(response)
        response.close()
        for name, value in said["headers"]:
            if name.lower() == "set-cookie":
                self.cookies.update({key: each.value for key, each in SimpleCookie(value).items()})
        return said["status"], body


def signed_in(user: User) -> Visitor:
    """With a session as a login leaves it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return Visitor(cookies={settings.SESSION_COOKIE_NAME: session.session_key})


def with_token(user: User) -> Visitor:
    return Visitor(token=make_token(user, "bench", SCOPES)[1])


@dataclass(frozen=True)
class VisitKind:
    """A kind of visit: who comes, and an endless line of requests. `rows` is how many references must stand in the answer."""

    visitor: Visitor
    requests: Iterator[Mapping[str, Any]]
    status: str = "200"
    rows: int = 0

    def visit(self, times: int) -> Cost:
        """That many visits, one after another. Raises WrongAnswer."""
        waiting = [next(self.requests) for _ in range(times)]
        with metered() as cost:
            answers = [self.visitor.answer(environ) for environ in waiting]
        for (status, body), environ in zip(answers, waiting, strict=True):
            if not status.startswith(self.status) or body.count(b"TS-") < self.rows:
                raise WrongAnswer(f"{environ['PATH_INFO']}: {status}, {body.count(b'TS-')} references")
        return cost

    def statements(self) -> list[str]:
        """The SQL of one visit."""
        environ = next(self.requests)
        with CaptureQueriesContext(connection) as captured:
            self.visitor.answer(environ)
        return [query["sql"] for query in captured.captured_queries]


def pages() -> dict[str, VisitKind]:
    """Everything that is measured, by name. The floor first."""
    agent = User.objects.get(email="agent@example.com")
    owner = User.objects.get(email="owner0@example.com")
    browser, program, customer = signed_in(agent), with_token(agent), with_token(owner)
    full = min(50, Ticket.objects.in_queue().count())
    rare = min(full, Ticket.objects.filter(statement__symptom__contains=RARE).count())
    return {
        "floor": VisitKind(browser, _same(browser, "/bench/floor/"), rows=full),
        "queue": VisitKind(browser, _same(browser, "/desk/"), rows=full),
        "ticket": VisitKind(browser, _tickets(browser), rows=1),
        "first": VisitKind(browser, _every_ticket(browser), rows=1),
        "list": VisitKind(program, _same(program, "/api/v1/tickets/"), rows=min(25, full)),
        "rare": VisitKind(browser, _same(browser, "/desk/", q=RARE), rows=rare),
        "common": VisitKind(browser, _same(browser, "/desk/", q=COMMON), rows=full),
        "filing": VisitKind(customer, _filings(customer), status="201", rows=1),
    }


def _same(visitor: Visitor, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
    while True:
        yield visitor.environ("GET", path, urlencode(query))


def _tickets(visitor: Visitor) -> Iterator[Mapping[str, Any]]:
    """Two dozen tickets from all over the crowd, in turn."""
    refs = list(Ticket.objects.exclude(status="draft").order_by("pk").values_list("ref", flat=True))
    for ref in cycle(refs[:: max(1, len(refs) // 24)]):
        yield visitor.environ("GET", f"/desk/tickets/{quote(ref)}/")


def _every_ticket(visitor: Visitor) -> Iterator[Mapping[str, Any]]:
    """One after another from the latest on: in so short a measurement none is opened twice."""
    for ref in Ticket.objects.exclude(status="draft").order_by("-pk").values_list("ref", flat=True).iterator():
        yield visitor.environ("GET", f"/desk/tickets/{quote(ref)}/")


def _filings(visitor: Visitor) -> Iterator[Mapping[str, Any]]:
    for n in count(10**9):
        body = json.dumps(body_of(n, timezone.now()), ensure_ascii=False).encode()
        yield visitor.environ("POST", "/api/v1/tickets/", body=body)
