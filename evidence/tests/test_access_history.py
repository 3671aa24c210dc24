"""What the owner is told of who looked, and what the desk is."""

import pytest

from accounts.roles import Role
from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.operations import access_summaries, content, custody_of, thumbnail
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.vault.custody import CustodyAction
from tickets.tests.cast import person
from tickets.workflow.errors import Forbidden, NotFound


@pytest.fixture
def card(ticket, mei, clock) -> EvidenceItem:
    upload(mei, ticket.ref, {"kind": "id_card_front", "consent": True}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return EvidenceItem.objects.select_related("ticket").get()


def looks(viewer, item):
    return [(look.who, look.action, look.purpose, look.times) for look in access_summaries(viewer, [item])[item.pk]]


def test_the_owner_is_told_roles_and_purposes_and_never_a_name(card, mei, zhou, sun, clock):
    content(zhou, card.pk, "核对身份")
    content(sun, card.pk, "抽查")
    content(mei, card.pk)
    assert looks(mei, card) == [
        ("owner", CustodyAction.VIEWED, "", 1),
        ("privacy_officers", CustodyAction.VIEWED, "抽查", 1),
        ("freeze_operators", CustodyAction.VIEWED, "核对身份", 1),
    ]
    told = custody_of(mei, card.pk)
    assert [each.action for each in told] == ["arrived", "cleared", "viewed", "viewed", "viewed"]
    assert [each.who for each in told] == ["owner", "system", "freeze_operators", "privacy_officers", "owner"]
    assert all((each.by, each.seq, each.detail, each.digest) == (None, None, {}, "") for each in told)


def test_the_desk_is_told_who_it_was(card, mei, zhou, sun):
    content(zhou, card.pk, "核对身份")
    last = custody_of(sun, card.pk)[-1]
    assert (last.by, last.who, last.purpose) == (zhou.email, "freeze_operators", "核对身份")
    assert last.seq and len(last.digest) == 64


def test_looks_of_one_day_are_told_once_with_their_number(card, mei, zhou, clock):
    for _look in range(3):
        content(zhou, card.pk, "核对身份")
    clock("2026-03-11T09:00:00+08:00")
    content(zhou, card.pk, "核对身份")
    thumbnail(zhou, card.pk, "核对身份")
    thumbnail(mei, card.pk)
    assert looks(mei, card) == [
        ("freeze_operators", CustodyAction.THUMBNAIL, "核对身份", 1),
        ("freeze_operators", CustodyAction.VIEWED, "核对身份", 1),
        ("freeze_operators", CustodyAction.VIEWED, "核对身份", 3),
    ]


def test_of_two_roles_the_one_that_opens_documents_is_named(card, mei):
    both = person("both@example.com", Role.AGENT, Role.PRIVACY_OFFICER)
    content(both, card.pk, "抽查")
    assert looks(mei, card) == [("privacy_officers", CustodyAction.VIEWED, "抽查", 1)]


def test_who_may_not_look_is_not_told_either(card, wang, lin, chen, zhao, adapter, sun, zhou, mei):
    for viewer in (lin, chen, zhao, adapter):
        with pytest.raises(Forbidden):
            custody_of(viewer, card.pk)
        assert access_summaries(viewer, [card]) == {}
    with pytest.raises(NotFound):
        custody_of(wang, card.pk)
    for viewer in (mei, sun, zhou):
        assert custody_of(viewer, card.pk)


def test_one_query_however_many_items_and_looks(ticket, card, mei, zhou, clock, django_assert_num_queries):
    upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.jpeg()))
    inspect_waiting(clock("2026-03-10T20:54:00+08:00"))
    items = list(EvidenceItem.objects.select_related("ticket"))
    for item in items:
        content(zhou, item.pk, "核对")
    with django_assert_num_queries(1):
        assert {len(each) for each in access_summaries(mei, items).values()} == {1}
