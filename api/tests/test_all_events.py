"""The history of everything the caller may see, in one order, with a cursor to go on from."""

import threading

import pytest
from django.db import connection, transaction

from api.tests.driving import ROOT, Desk
from api.tests.test_pages import queries
from tickets.models import Event, Ticket
from tickets.operations import amend, file_ticket, start_draft
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:52:00+08:00")


def events(client, query="") -> dict:
    answer = client.get(f"{ROOT}events/{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_all_that_happened_in_one_order_and_on_from_the_end(as_, mei, wang, lin):
    refs = [file_ticket(who, filing()).ref for who in (mei, wang, mei)]
    first = events(as_(lin), "?page_size=2")
    assert ([event["ref"] for event in first["results"]], first["has_more"]) == (refs[:2], True)
    assert first["results"][0]["types"] == ["ticket.created", "ticket.status_changed"]
    rest = as_(lin).get(first["next"]).json()
    assert ([event["ref"] for event in rest["results"]], rest["has_more"]) == (refs[2:], False)
    end = as_(lin).get(rest["next"]).json()
    assert (end["results"], end["cursor"], end["has_more"]) == ([], rest["cursor"], False)
    amend(lin, refs[1], {"assignee": lin.email})
    news = as_(lin).get(end["next"]).json()
    assert {event["ref"] for event in news["results"]} == {refs[1]}
    assert [event["id"] for event in news["results"]] == sorted(event["id"] for event in news["results"])


def test_everybody_sees_what_the_tickets_own_history_shows_them(as_, mei, wang, lin, chen):
    ref = file_ticket(mei, filing()).ref
    file_ticket(wang, filing())
    start_draft(wang, filing())
    own = file_ticket(lin, filing()).ref
    amend(lin, ref, {"assignee": lin.email})
    amend(chen_supervisor(chen), ref, {"complained_about": [lin.email]})
    for who in (mei, wang, lin, chen):
        shown = {(event["ref"], event["seq"]) for event in events(as_(who))["results"]}
        visible = Ticket.objects.visible_to(who)
        expected = {(ticket.ref, event.seq) for ticket in visible for event in Event.objects.of(ticket, who)}
        assert shown == expected, who
    assert {event["ref"] for event in events(as_(mei))["results"]} == {ref}
    assert own not in {event["ref"] for event in events(as_(mei))["results"]}


def chen_supervisor(chen):
    from django.contrib.auth.models import Group

    chen.groups.add(Group.objects.get(name="supervisors"))
    chen._roles = None
    return chen


def test_by_kind_and_by_ticket(as_, mei, lin):
    first, second = (file_ticket(mei, filing()).ref for _ in range(2))
    amend(lin, second, {"assignee": lin.email})
    assert {event["ref"] for event in events(as_(lin), f"?ref={second.lower()}")["results"]} == {second}
    assert [event["kind"] for event in events(as_(lin), "?kind=assigned")["results"]] == ["assigned"]
    assert {event["kind"] for event in events(as_(lin), "?kind=assigned,filed&kind=amended")["results"]} == {"assigned", "filed", "amended"}
    assert first in {event["ref"] for event in events(as_(lin), "?kind=filed")["results"]}


@pytest.mark.parametrize("query", ["kind=nonsense", "ref=TS-20260310-999999", "after=x", "after=-1", "page_size=0", "since=1"])
def test_what_is_wrong_is_named(as_, mei, wang, query):
    file_ticket(mei, filing())
    refused = as_(wang).get(f"{ROOT}events/?{query}")
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {query.partition("=")[0]})


def test_the_ticket_of_another_cannot_be_asked_for(as_, mei, wang):
    ref = file_ticket(mei, filing()).ref
    assert set(as_(wang).get(f"{ROOT}events/?ref={ref}").json()["errors"]) == {"ref"}


def test_it_costs_the_same_however_many_there_are(as_, mei, lin):
    for _ in range(6):
        file_ticket(mei, filing())
    assert queries(as_(lin), f"{ROOT}events/") <= 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_committed_late_is_not_passed_over(as_, mei, lin):
    """Numbers are given out before the commit: whoever reads meanwhile must not go on beyond the line on its way."""
    given, go_on = threading.Event(), threading.Event()
    file_ticket(mei, filing())

    def slow():
        try:
            with transaction.atomic():
                file_ticket(mei, filing())
                given.set()
                go_on.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=slow)
    other.start()
    given.wait(10)
    amend(lin, Ticket.objects.get().ref, {"assignee": lin.email})  # takes the next number, and is there first
    before = events(as_(lin))
    go_on.set()
    other.join()
    after = as_(lin).get(before["next"]).json()
    seen = [event["id"] for event in before["results"] + after["results"]]
    assert seen == sorted(Event.objects.values_list("pk", flat=True))
    assert before["results"] and "assigned" not in {event["kind"] for event in before["results"]}


# ---- Consent
def test_consent_is_given_and_withdrawn(desk: Desk, clock):
    desk.file(filing())
    picture = desk._picture("passport")
    made = (
        desk.clients["user"].post(f"{ROOT}tickets/{desk.ref}/evidence/", {"kind": "passport", "file": picture}, format="multipart").json()
    )
    address = f"{ROOT}evidence/{made['id']}/consent/"
    desk.tick()
    assert desk.clients["agent"].post(address).status_code == 403
    assert desk.clients["reviewer"].get(f"{ROOT}evidence/{made['id']}/content/?purpose=review").status_code == 403
    given = desk.clients["user"].post(address)
    assert (given.status_code, given.json()["state"]) == (200, "clean")
    version = desk.ticket()["version"]
    assert desk.clients["user"].post(address).status_code == 200
    assert desk.ticket()["version"] == version
    assert [event["kind"] for event in desk.listed("user", f"tickets/{desk.ref}/events/")].count("evidence.consent") == 1
    assert desk.clients["privacy"].get(f"{ROOT}evidence/{made['id']}/content/?purpose=review").status_code == 200
    assert desk.clients["agent"].delete(address).status_code == 403
    assert desk.clients["user"].delete(address).status_code == 204
    assert desk.fetch("user", f"evidence/{made['id']}/")["state"] == "deleted"
    assert desk.clients["user"].delete(address).status_code == 409


def test_what_needs_no_consent_takes_none(desk: Desk, wang, as_):
    desk.file(filing())
    made = desk.upload("bank_card_masked")
    for method in ("post", "delete"):
        refused = getattr(desk.clients["user"], method)(f"{ROOT}evidence/{made['id']}/consent/")
        assert (refused.status_code, refused.json()["code"]) == (409, "WRONG_STATUS")
        assert getattr(as_(wang), method)(f"{ROOT}evidence/{made['id']}/consent/").status_code == 404
    assert desk.clients["user"].post(f"{ROOT}evidence/{made['id']}/consent/", {"x": 1}, format="json").status_code == 400
