"""Tags: put on and taken off by the desk with one event a change, never by the customer, never on a case of one's own."""

import pytest

from tickets.models import Event, Tag, Ticket
from tickets.operations import amend, file_ticket, tag, untag
from tickets.tests.making import filing
from tickets.workflow.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(mei, clock) -> Ticket:
    for name in ("urgent", "press"):
        Tag.objects.create(name=name)
    return file_ticket(mei, filing())


def names(ticket) -> list[str]:
    return list(ticket.tags.values_list("name", flat=True))


def told(ticket) -> list[dict]:
    return list(Event.objects.filter(ticket=ticket, kind="tagged").order_by("seq").values_list("data", flat=True))


def test_what_is_put_on_and_taken_off_is_told_among_colleagues(ticket, lin) -> None:
    assert tag(lin, ticket.ref, ["urgent", "press"]).put_on == ("press", "urgent")
    assert untag(lin, ticket.ref, ["press"]).taken_off == ("press",)
    assert names(ticket) == ["urgent"]
    assert told(ticket) == [{"put_on": ["press", "urgent"], "taken_off": []}, {"put_on": [], "taken_off": ["press"]}]
    assert set(Event.objects.filter(ticket=ticket, kind="tagged").values_list("visibility", flat=True)) == {"internal"}


def test_what_changes_nothing_writes_nothing(ticket, lin) -> None:
    tag(lin, ticket.ref, ["urgent"])
    version = Ticket.objects.get(pk=ticket.pk).version
    assert tag(lin, ticket.ref, ["urgent"]).put_on == ()
    assert untag(lin, ticket.ref, ["press"]).taken_off == ()
    assert (len(told(ticket)), Ticket.objects.get(pk=ticket.pk).version) == (1, version)


def test_an_unknown_or_archived_tag_is_refused_but_an_archived_one_comes_off(ticket, lin) -> None:
    tag(lin, ticket.ref, ["press"])
    Tag.objects.update(archived=True)
    for name in ("urgent", "nothing"):
        with pytest.raises(Invalid):
            tag(lin, ticket.ref, [name])
    assert untag(lin, ticket.ref, ["press"]).taken_off == ("press",)


def test_the_owner_and_those_complained_about_and_strangers_may_not(ticket, lin, zhao, mei, wang, sun) -> None:
    amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    for actor, error in ((lin, Forbidden), (mei, Forbidden), (sun, Forbidden), (wang, NotFound)):
        with pytest.raises(error):
            tag(actor, ticket.ref, ["urgent"])
    assert names(ticket) == []


def test_a_correction_sets_the_whole_list(ticket, lin, mei) -> None:
    tag(lin, ticket.ref, ["urgent"])
    amend(lin, ticket.ref, {"tags": ["press"]})
    assert names(ticket) == ["press"]
    amend(lin, ticket.ref, {"tags": []})
    assert names(ticket) == []
    with pytest.raises(Forbidden):
        amend(mei, ticket.ref, {"tags": ["press"]})
    with pytest.raises(Invalid):
        amend(lin, ticket.ref, {"tags": ["nothing"]})
