"""Who gets in where: every address and every action × everybody, as who_gets_in.txt says. A new address without a row fails.

A row: method, address, then a mark for each of PEOPLE. `.` let in (whatever is answered then), `s` sent to sign in, `n` nothing there,
`f` forbidden, `-` no such method. `{mine}` is an open complaint with `{item}`; `{closed}`, `{merged}` and `{erased}` are others.
After a change on purpose: `WRITE_WHO_GETS_IN=1 python -m pytest supportdesk/tests/test_who_gets_in.py -n0`, and read what changed.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from rest_framework.test import APIClient

from accounts.models import User
from evidence.intake import upload
from evidence.people import erase_person
from supportdesk.tests.test_house import ROOT
from tickets.models import Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.cast import at_the_hour, company, person
from tickets.tests.making import filing
from tickets.workflow import ACTIONS

TABLE = ROOT / "supportdesk" / "tests" / "who_gets_in.txt"
PEOPLE = ("nobody", "owner", "other", "machine", "agent", "operator", "reviewer", "supervisor", "officer", "admin")
METHODS = ("GET", "POST")
# Read of the complaint in each state. Papers are dear to draw, and stand behind the same question as the complaint.
OF_EACH = ("/{mine}/", "/{mine}/account/", "/{mine}/evidence/", "/{mine}/messages/")
# Signing out ends what the walk stands on; the schema is anybody's, and takes a second.
LEFT_OUT = {"account_logout", "schema"}
PAPERS = ("evidence.dossier.archive.render_dossier", "portal.views.documents.render_receipt", "desk.ticket.views.documents.render_receipt")
FILLED = {"int": "999999999", "uuid": str(uuid.UUID(int=1)), "slug": "x", "str": "x", "path": "x"}
Row = tuple[str, str]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Made once; every request is taken back."""
    with django_db_blocker.unblock(), transaction.atomic(), at_the_hour():
        cast = company()
        others = {"other": person("wang@example.com"), "admin": person("root@example.com", is_superuser=True, is_staff=True)}
        gone = person("gone@example.com")
        kept = {name: file_ticket(cast.owner, filing()) for name in ("mine", "closed", "merged")}
        kept["erased"] = file_ticket(gone, filing())
        item = upload(cast.owner, kept["mine"].ref, {"kind": "cs_conversation", "text": "客服说三天内答复"})
        perform(cast.agent, kept["merged"].ref, "merge", {"into": kept["mine"].ref})
        for owner, name in ((cast.owner, "closed"), (gone, "erased")):
            perform(owner, kept[name].ref, "withdraw", {"keep_freeze": None})
        erase_person(gone, gone)
        people = {
            "nobody": None,
            "owner": cast.owner,
            "machine": cast.service,
            "agent": cast.agent,
            "operator": cast.operator,
            "reviewer": cast.reviewer,
            "supervisor": cast.supervisor,
            "officer": cast.privacy,
            **others,
        }
        yield {"people": people, "refs": {"item": item.pk, **{name: ticket.ref for name, ticket in kept.items()}}}
        transaction.set_rollback(True)


def addresses(resolver: Any = None, before: str = "/") -> Iterator[tuple[str, str]]:
    """Name of the view and address; variable parts filled in, the reference of a complaint left open. The admin is one view's."""
    for each in (resolver or get_resolver()).url_patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        route = before + str(each.pattern._route)
        if isinstance(each, URLResolver):
            yield from addresses(each, route)
        elif isinstance(each, URLPattern) and each.name not in LEFT_OUT and not route.startswith("/admin/"):
            yield str(each.name), _fill(route)


def _fill(route: str) -> str:
    while "<" in route:
        start, end = route.index("<"), route.index(">")
        kind, _colon, name = route[start + 1 : end].rpartition(":")
        of_evidence = kind == "int" and route[:start].endswith("/evidence/")
        filled = "{mine}" if "ref" in (kind, name) else "{item}" if of_evidence else FILLED.get(kind or "str", "x")
        route = route[:start] + filled + route[end + 1 :]
    return route


def rows() -> list[Row]:
    """Each address once; complaints in every state; each action tried on an open and a closed one."""
    found: list[Row] = []
    action_route = "/api/v1/tickets/{mine}/actions/x/"
    for address in dict.fromkeys(address for _name, address in addresses()):
        if address == action_route:
            continue
        found += [(method, address) for method in METHODS]
        if address.endswith(OF_EACH):
            found += [("GET", address.replace("{mine}", other)) for other in ("{closed}", "{merged}", "{erased}")]
    for action in ACTIONS:
        found += [("POST", action_route.replace("/x/", f"/{action}/").replace("{mine}", ref)) for ref in ("{mine}", "{closed}")]
    return found


def mark(answer: HttpResponse) -> str:
    assert answer.status_code < 500 or answer.status_code == 503, answer
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    if to_sign_in or answer.status_code == 401:
        return "s"
    return {403: "f", 404: "n", 405: "-"}.get(answer.status_code, ".")


def ask(browsers: dict[bool, Any], method: str, address: str) -> HttpResponse:
    of_api = address.startswith("/api/")
    if method == "GET":
        return browsers[of_api].get(address)
    return browsers[of_api].post(address, {}, **({"format": "json"} if of_api else {}))


def browsers_of(viewer: User | None) -> dict[bool, Any]:
    """For the API, and for pages."""
    browsers: dict[bool, Any] = {True: APIClient(), False: Client()}
    if viewer is not None:
        browsers[True].force_authenticate(viewer)
        browsers[False].force_login(viewer)
    return browsers


def marks_of(who: str, world: dict[str, Any]) -> dict[Row, str]:
    found, browsers = {}, browsers_of(world["people"][who])
    for method, address in rows():
        with transaction.atomic():
            answer = ask(browsers, method, address.format(**world["refs"]))
            transaction.set_rollback(True)
        found[method, address] = mark(answer)
        # What somebody signed in was shown is kept by no cache, whatever it was.
        assert who == "nobody" or "no-store" in answer.get("Cache-Control", ""), address
    return found


def expected() -> dict[Row, str]:
    lines = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {(method, address): marks for method, address, marks in lines}


@pytest.fixture
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No rates, and papers without letters: half a second each goes into their typefaces."""
    for name in dir(settings):
        if name.startswith("THROTTLE_"):
            setattr(settings, name, "")
    for paper in PAPERS:
        monkeypatch.setattr(paper, lambda *_args: b"%PDF-1.7")


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_in_where_the_table_says(who: str, world: dict[str, Any], quick: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        found = marks_of(who, world)
    place, table = PEOPLE.index(who), expected() if TABLE.exists() else {}
    if os.environ.get("WRITE_WHO_GETS_IN"):
        _write(place, found, table)
        return
    assert {row: table.get(row, "?" * len(PEOPLE))[place] for row in found} == found


def test_the_table_has_no_row_too_many() -> None:
    assert sorted(expected()) == sorted(rows())


def _write(place: int, found: dict[Row, str], table: dict[Row, str]) -> None:
    lines = []
    for row, one in sorted(found.items(), key=lambda each: (each[0][1], each[0][0])):
        marks = table.get(row, "?" * len(PEOPLE))
        lines.append(f"{row[0]:<4} {row[1]:<80} {marks[:place]}{one}{marks[place + 1 :]}")
    head = "# " + " ".join(PEOPLE)
    TABLE.write_text("\n".join([head, *lines]) + "\n")


def test_an_erased_complaint_has_nobody_s_name(world: dict[str, Any], django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        assert "gone@" not in Ticket.objects.get(ref=world["refs"]["erased"]).owner.email
