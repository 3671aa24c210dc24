"""Until when things are kept: what is said beforehand is when the purge takes them."""

from datetime import timedelta

import pytest

from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.operations.retention import retention_by_item
from evidence.periodic import inspect_waiting, purge
from evidence.tests import making
from tickets.models import Ticket
from tickets.operations import perform


@pytest.fixture
def items(ticket, mei, clock) -> dict[str, EvidenceItem]:
    upload(mei, ticket.ref, {"kind": "id_card_front", "consent": True}, making.file(making.png()))
    upload(mei, ticket.ref, {"kind": "transaction_screenshot"}, making.file(making.jpeg()))
    upload(mei, ticket.ref, {"kind": "account_info", "text": "抖音 138****0000"})
    upload(mei, ticket.ref, {"kind": "order_number", "order_no": "202603100001234", "issuer": "douyin_mp"})
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return read()


def read() -> dict[str, EvidenceItem]:
    return {item.kind: item for item in EvidenceItem.objects.select_related("ticket")}


def test_before_the_closing_only_the_days_after_it_are_known(items):
    kept = retention_by_item(items.values())
    assert {kind: kept[item.pk].days for kind, item in items.items()} == {
        "id_card_front": 30, "transaction_screenshot": 1096, "account_info": 1096, "order_number": None,
    }  # fmt: skip
    assert all(keeping.until is None and keeping.held_until is None for keeping in kept.values())


def test_what_is_said_is_when_it_goes(items, mei, ticket, clock):
    clock("2026-03-11T10:00:00+08:00")
    perform(mei, ticket.ref, "withdraw", {"keep_freeze": None})
    said = retention_by_item(read().values())
    for kinds in (["id_card_front"], ["account_info", "transaction_screenshot"]):
        until = {said[items[kind].pk].until for kind in kinds}.pop()
        assert until is not None
        purge(clock(until - timedelta(seconds=1)))
        assert not EvidenceItem.objects.filter(kind__in=kinds, state="deleted").exists()
        purge(clock(until))
        assert EvidenceItem.objects.filter(kind__in=kinds, state="deleted").count() == len(kinds)
    assert set(retention_by_item(read().values())) == {items["order_number"].pk}


def test_a_hold_puts_everything_off(items, mei, ticket, clock):
    perform(mei, ticket.ref, "refer_to_police", {"note": "京公2026"})
    held = Ticket.objects.get(ref=ticket.ref).legal_hold_until
    assert {keeping.held_until for keeping in retention_by_item(read().values()).values()} == {held}
    clock(held)
    assert {keeping.held_until for keeping in retention_by_item(read().values()).values()} == {None}


def test_it_costs_one_query_however_many(items, mei, ticket, django_assert_num_queries):
    perform(mei, ticket.ref, "withdraw", {"keep_freeze": None})
    listed = list(EvidenceItem.objects.select_related("ticket"))
    with django_assert_num_queries(1):
        retention_by_item(listed)
