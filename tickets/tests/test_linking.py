"""Links between complaints: told in both histories, one between two, no loops; and a complaint split off another."""

import pytest

from accounts.roles import Role
from tickets.models import Event, Ticket, TicketLink
from tickets.operations import amend, file_ticket, link, perform, split_ticket, unlink
from tickets.tests.cast import person
from tickets.tests.making import filing
from tickets.tests.stages import CHANNEL_ORDER
from tickets.workflow.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(mei, wang, clock) -> list[str]:
    return [file_ticket(owner, filing(order_numbers=[CHANNEL_ORDER])).ref for owner in (mei, wang, mei)]


def kinds(ref: str) -> list[str]:
    return list(Event.objects.filter(ticket__ref=ref, visibility="internal").order_by("seq").values_list("kind", flat=True))


def links() -> list[tuple]:
    return list(TicketLink.objects.values_list("kind", "source__ref", "target__ref"))


def test_both_histories_tell_of_it_and_twice_is_once(three, lin) -> None:
    one, two, _third = three
    assert link(lin, two, {"other": one, "kind": "related"})
    assert not link(lin, one, {"other": two.lower(), "kind": "related"})
    assert links() == [("related", one, two)]
    assert unlink(lin, two, {"other": one})
    assert not unlink(lin, two, {"other": one})
    assert kinds(one) == kinds(two) == ["linked", "unlinked"]


def test_another_kind_takes_the_place_of_the_first(three, lin) -> None:
    one, two, _third = three
    link(lin, one, {"other": two, "kind": "related"})
    link(lin, one, {"other": two, "kind": "child"})
    assert links() == [("child", two, one)]


def test_one_parent_and_no_loops(three, lin) -> None:
    one, two, third = three
    link(lin, one, {"other": two, "kind": "parent"})
    link(lin, two, {"other": third, "kind": "parent"})
    for ref, other in ((third, one), (one, third)):
        with pytest.raises(Invalid):
            link(lin, ref, {"other": other, "kind": "parent"})
    assert len(links()) == 2


def test_not_with_itself_nor_with_what_is_not_there(three, lin) -> None:
    for other in (three[0], "TS-20200101-000001", ""):
        with pytest.raises(Invalid):
            link(lin, three[0], {"other": other})
    assert kinds(three[0]) == []


def test_neither_end_may_be_a_case_of_one_s_own(three, lin, zhao, mei) -> None:
    amend(zhao, three[1], {"complained_about": [lin.email]})
    for ref, other in ((three[0], three[1]), (three[1], three[0])):
        with pytest.raises(Forbidden):
            link(lin, ref, {"other": other})
    with pytest.raises(Forbidden):
        link(mei, three[0], {"other": three[2]})
    assert links() == []


def test_a_split_off_complaint_is_the_same_customer_s_and_linked(three, lin, chen) -> None:
    fresh = split_ticket(lin, three[0], {"category": "billing_duplicate", "amount": "12.50"})
    old = Ticket.objects.get(ref=three[0])
    assert (fresh.owner_id, fresh.filed_by_id, fresh.category, str(fresh.amount)) == (old.owner_id, lin.pk, "billing_duplicate", "12.50")
    assert [order.number for order in fresh.order_references.all()] == [CHANNEL_ORDER["number"]]
    assert links() == [("related", three[0], fresh.ref)]
    assert kinds(three[0]) == ["split"]
    with pytest.raises(Forbidden):
        split_ticket(chen, three[0], {})


def test_nothing_is_filed_when_the_split_is_refused(three, lin, zhao) -> None:
    amend(zhao, three[0], {"complained_about": [lin.email]})
    before = Ticket.objects.count()
    with pytest.raises(Forbidden):
        split_ticket(lin, three[0], {})
    with pytest.raises(Invalid):
        split_ticket(person("ann@example.com", Role.AGENT), three[0], {"category": "nothing"})
    assert Ticket.objects.count() == before


def test_a_reference_that_looks_like_a_card_number_is_a_reference(three, mei, lin) -> None:
    """TS-20260310-000001 passes the check of card numbers, which are masked in words."""
    assert three[0].endswith("-000001")
    assert perform(lin, three[2], "merge", {"into": three[0]}).ref == three[0]
    assert Ticket.objects.get(ref=three[2]).merged_into.ref == three[0]
