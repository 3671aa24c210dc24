"""The desk's small acts on many complaints: what each leaves behind is what the single form leaves, and queries grow by batches only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tickets.models import Event, Notification, Tag, Tagging, Ticket, TicketLink, Timer
from tickets.operations import Wish, amend, assign_all, file_ticket, link, link_all, tag, tag_all, unlink, unlink_all, untag, untag_all
from tickets.operations.bulk_actions import BATCH
from tickets.tests.cast import as_they_are, at_the_hour, company
from tickets.tests.making import filing
from tickets.tests.stages import MAKERS
from tickets.workflow.errors import Refusal, Stale

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
UNKNOWN = "TS-20200101-000001"
VARYING = {"id", "pk"}


@pytest.fixture(scope="module")
def world(rows_of_the_module) -> SimpleNamespace:
    """Complaints of every status, of the agent's own, about the agent, tagged, linked and assigned."""
    with at_the_hour():
        people = company()
        Tag.objects.create(name="press")
        Tag.objects.create(name="old", archived=True)
        refs = [make(people).ref for make in MAKERS.values()]
        own = file_ticket(people.agent, filing()).ref
        about = file_ticket(people.owner, filing()).ref
        amend(people.supervisor, about, {"complained_about": [people.agent.email]})
        first, second, third = (file_ticket(people.owner, filing(order_numbers=[])).ref for _ in range(3))
        tag(people.supervisor, first, ["press"])
        link(people.supervisor, first, {"other": second, "kind": "duplicate"})
        link(people.supervisor, third, {"other": second, "kind": "related"})
        amend(people.supervisor, second, {"assignee": people.reviewer.email})
    return SimpleNamespace(people=people, refs=[second, *refs, own, about, first, third, UNKNOWN])


@pytest.fixture
def people(world, db, clock) -> SimpleNamespace:
    return as_they_are(world.people)


@pytest.fixture
def crowd(world, people, clock) -> list[str]:
    """With clocks that have run out since."""
    clock(Ticket.objects.get(ref=world.refs[0]).created_at + timedelta(days=4))
    return list(world.refs)


def rows(model: type, *left_out: str) -> list[tuple]:
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in (*VARYING, *left_out)]
    return sorted(model._default_manager.values_list(*names), key=repr)


def left_behind(hub: str) -> dict[str, Any]:
    """Everything the acts may write. The hub's version counts writes, and a batch writes it once."""
    tickets = [row[1:] if row[0] == hub else row for row in Ticket.objects.order_by("pk").values_list("ref", *_all_but_version())]
    versions = list(Ticket.objects.exclude(ref=hub).order_by("pk").values_list("ref", "version"))
    children = {model.__name__: rows(model) for model in (Event, Notification, Timer, Tagging, TicketLink)}
    return {"tickets": tickets, "versions": versions, **children}


def _all_but_version() -> list[str]:
    return [field.attname for field in Ticket._meta.concrete_fields if field.attname != "version"]


def told(results: dict[str, Any]) -> dict[str, Any]:
    return {
        ref: (result.code, str(result.errors if hasattr(result, "errors") else "")) if isinstance(result, Refusal) else result
        for ref, result in results.items()
    }


def one_by_one(refs: list[str], act: Callable[[str], bool]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for ref in refs:
        try:
            results[ref] = act(ref)
        except Refusal as refusal:
            results[ref] = refusal
    return results


def assign_one(people, wishes: dict[str, Wish], addresses: dict[int, str]) -> Callable[[str], bool]:
    def act(ref: str) -> bool:
        seen = Ticket.objects.visible_to(people.agent).filter(ref=ref).values_list("assignee", flat=True).first()
        if Ticket.objects.visible_to(people.agent).filter(ref=ref).exists():
            if (seen or 0) == wishes[ref].to:
                return False
            if (seen or 0) != wishes[ref].was:
                raise Stale
        amend(people.agent, ref, {"assignee": addresses.get(wishes[ref].to, str(wishes[ref].to)) if wishes[ref].to else ""})
        return True

    return act


def acts(people, refs: list[str]) -> dict[str, tuple[Callable[[], dict], Callable[[], dict]]]:
    """By name: one by one, and all at once."""
    agent, hub = people.agent, refs[0]
    others = refs[1:]
    addresses = {person.pk: person.email for person in (agent, people.reviewer)}

    def assigning(to: int) -> tuple[Callable[[], dict], Callable[[], dict]]:
        wishes = {ref: Wish(0, to) for ref in refs}
        return lambda: one_by_one(refs, assign_one(people, wishes, addresses)), lambda: assign_all(agent, wishes, addresses)

    return {
        "tag": (lambda: one_by_one(refs, lambda ref: bool(tag(agent, ref, ["press"]).put_on)), lambda: tag_all(agent, refs, "press")),
        "tag archived": (lambda: one_by_one(refs, lambda ref: bool(tag(agent, ref, ["old"]).put_on)), lambda: tag_all(agent, refs, "old")),
        "untag": (
            lambda: one_by_one(refs, lambda ref: bool(untag(agent, ref, ["press"]).taken_off)),
            lambda: untag_all(agent, refs, "press"),
        ),
        "link": (
            lambda: one_by_one(others, lambda ref: link(agent, ref, {"other": hub, "kind": "related"})),
            lambda: link_all(agent, others, hub),
        ),
        "link nowhere": (
            lambda: one_by_one(others, lambda ref: link(agent, ref, {"other": UNKNOWN, "kind": "related"})),
            lambda: link_all(agent, others, UNKNOWN),
        ),
        "unlink": (lambda: one_by_one(refs, lambda ref: unlink(agent, ref, {"other": hub})), lambda: unlink_all(agent, refs, hub)),
        "assign": assigning(agent.pk),
        "assign to nobody known": assigning(10**6),
        "unassign": assigning(0),
    }


@pytest.mark.parametrize(
    "name", ["tag", "tag archived", "untag", "link", "link nowhere", "unlink", "assign", "assign to nobody known", "unassign"]
)
def test_all_at_once_leaves_what_one_by_one_leaves(name, people, crowd) -> None:
    found = []
    for act in acts(people, crowd)[name]:
        with transaction.atomic():
            results = told(act())
            found.append((results, left_behind(crowd[0])))
            transaction.set_rollback(True)
    assert found[0][0] == found[1][0]
    for part, rows_ in found[0][1].items():
        assert rows_ == found[1][1][part], part


def test_the_crowd_knows_every_outcome(people, crowd) -> None:
    """Or the test above proves little."""
    results = told(acts(people, crowd)["tag"][1]())
    assert {True, False, ("CONFLICT_OF_INTEREST", ""), ("not_found", "")} <= set(results.values())
    assert Stale.__name__ in {type(each).__name__ for each in acts(people, crowd)["assign"][1]().values()}


@pytest.mark.parametrize("name", ["tag", "untag", "link", "unlink", "assign"])
def test_queries_grow_by_batches_not_by_complaints(name, people) -> None:
    refs = [file_ticket(people.owner, filing(order_numbers=[])).ref for _ in range(31)]
    if name == "untag":
        tag_all(people.agent, refs, "press")
    if name == "unlink":
        link_all(people.agent, refs[1:], refs[0])

    def asked(some: list[str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert list(acts(people, some)[name][1]().values()).count(True) >= len(some) - 1
        return len(captured)

    few, many = asked([refs[0], *refs[1:6]]), asked([refs[0], *refs[6:31]])
    assert many <= few + 1
    assert BATCH == 50
