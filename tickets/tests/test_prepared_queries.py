"""Prepared queries find what the ORM finds, whatever they are asked with."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.viewer_queries import PreparedQueryPerViewer
from lib.prepared_queries import NotPreparable, PreparedQuery
from tickets.models import Ticket
from tickets.operations import engine, file_ticket, start_draft
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def tickets(mei, clock):
    found = [file_ticket(mei, filing()) for _ in range(3)]
    for hours, ticket in enumerate(found):
        Ticket.objects.filter(pk=ticket.pk).update(due_at=timezone.now() + timedelta(hours=hours), follow_up_on=timezone.localdate())
    return found


def keys_due(at, day):
    return Ticket.objects.filter(due_at__lte=at, follow_up_on__lte=day).order_by("pk").values_list("pk", flat=True)


def test_each_kind_of_value_takes_its_place(tickets) -> None:
    today, now = timezone.localdate(), timezone.now()
    by_ref = PreparedQuery(lambda ref: Ticket.objects.select_related("owner").filter(ref=ref), str)
    due = PreparedQuery(keys_due, datetime, date)
    for ticket in tickets:
        (found,) = by_ref(ticket.ref)
        assert (found, found.owner, found.facts, found.amount) == (ticket, ticket.owner, ticket.facts, ticket.amount)
    keys = [ticket.pk for ticket in tickets]
    for hours in range(3):
        assert due(now + timedelta(hours=hours), today) == keys[: hours + 1]
    assert due(now + timedelta(hours=3), today - timedelta(days=1)) == []
    assert by_ref("TS-20260101-000000") == []


def test_rows_are_read_anew(tickets) -> None:
    count = PreparedQuery(lambda owner: Ticket.objects.filter(owner=owner).values_list("pk", flat=True), int)
    owner = tickets[0].owner_id
    assert len(count(owner)) == 3
    Ticket.objects.filter(pk=tickets[0].pk).update(owner=User.objects.create(email="other@example.com"))
    assert len(count(owner)) == 2


def test_each_viewer_sees_what_they_may_also_after_their_roles_have_changed(mei, wang, lin, tickets) -> None:
    start_draft(mei, filing())
    seen = PreparedQueryPerViewer(lambda viewer: Ticket.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True))
    for viewer in (mei, wang, lin, mei):
        assert seen(viewer) == list(Ticket.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True))
    assert (len(seen(mei)), len(seen(wang)), len(seen(lin))) == (4, 0, 3)
    wang.groups.add(Group.objects.get(name=Role.AGENT))
    assert len(seen(User.objects.get(pk=wang.pk))) == 3
    lin.groups.clear()
    assert len(seen(User.objects.get(pk=lin.pk))) == 0


@pytest.mark.parametrize("scopes", [None, {"tickets:read"}, {"tickets:file"}, {"freezes:write"}, {"freezes:write", "tickets:file"}, set()])
def test_an_adapter_sees_what_its_token_is_good_for(adapter, mei, tickets, scopes) -> None:
    seen = PreparedQueryPerViewer(lambda viewer: Ticket.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True))
    filed = file_ticket(adapter, filing() | {"on_behalf_of": mei.email, "channel": "phone"})
    assert seen(adapter) == [ticket.pk for ticket in (*tickets, filed)]
    adapter.token_scopes = None if scopes is None else frozenset(scopes)
    found = seen(adapter)
    assert found == list(Ticket.objects.visible_to(adapter).order_by("pk").values_list("pk", flat=True))
    assert (len(found) < 4) == (scopes is not None and "tickets:read" not in scopes)


def test_an_act_locks_what_its_actor_may_see_with_its_clocks(mei, wang, lin, adapter, tickets) -> None:
    draft = start_draft(mei, filing())
    for viewer in (mei, wang, lin, adapter, mei):
        for ticket in (*tickets, draft):
            with transaction.atomic():
                found, known = engine._row_to_lock(viewer, ticket.ref), list(engine._rows_to_lock(viewer).filter(ref=ticket.ref))
            assert found == known
            assert [vars(row) | {"_state": 0} for row in found] == [vars(row) | {"_state": 0} for row in known]
            assert engine._timers_of(ticket) == list(ticket.timers.all())
            assert all(timer.ticket is ticket for timer in engine._timers_of(ticket))


@pytest.mark.parametrize(
    ("build", "kind", "value"),
    [
        (lambda word: Ticket.objects.filter(category__contains=word), str, "billing"),
        (lambda word: Ticket.objects.filter(category=word.upper()), str, "billing"),
        (lambda number: Ticket.objects.filter(pk__lt=number + 1), int, 2),
        (lambda number: Ticket.objects.order_by("pk")[:number], int, 2),
        (lambda day: Ticket.objects.filter(follow_up_on__year=day.year), date, date(2026, 3, 1)),
        (lambda at: Ticket.objects.filter(due_at__gte=at - timedelta(hours=1)), datetime, timezone.now()),
    ],
)
def test_a_query_that_does_more_than_compare_with_a_value_is_refused_at_first_use(build, kind, value) -> None:
    with pytest.raises(NotPreparable):
        PreparedQuery(build, kind)(value)
