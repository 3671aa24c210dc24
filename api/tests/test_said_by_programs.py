"""What a platform's programs say with a filing: their number, their notes, for whom and who acts; sums, currencies, references."""

import pytest

from accounts.models import User
from accounts.phones import keep
from accounts.unproven import is_unproven
from api.tests.driving import ROOT, Desk
from tickets.models import Freeze, Notification, Ticket
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
NUMBER = "+8613800138000"


@pytest.fixture(autouse=True)
def now(clock):
    return clock("2026-03-10T20:52:00+08:00")


def post(client, **more):
    return client.post(f"{ROOT}tickets/", filing(**more), format="json")


def errors(client, **more) -> set[str]:
    refused = post(client, **more)
    assert refused.status_code == 400, refused.json()
    return set(refused.json()["errors"])


def test_a_number_and_notes_of_the_platform_are_kept_and_found(as_, mei, lin):
    metadata = {"risk.score": "87", "app_version": "8.0.1"}
    made = post(as_(mei), external_id="W-1/7", metadata=metadata)
    assert (made.status_code, made.json()["external_id"], made.json()["metadata"]) == (201, "W-1/7", metadata)
    post(as_(mei))
    found = as_(lin).get(f"{ROOT}tickets/?external_id=W-1/7").json()["results"]
    assert [row["ref"] for row in found] == [made.json()["ref"]]
    assert found[0]["metadata"] == metadata
    changed = as_(lin).patch(f"{ROOT}tickets/{made.json()['ref']}/", {"metadata": {"risk.score": "90"}}, format="json")
    assert changed.json()["metadata"] == {"risk.score": "90"}


@pytest.mark.parametrize(
    "metadata", [{"a": 1}, {"": "x"}, {"a b": "x"}, ["a"], {f"k{n}": "x" for n in range(21)}, {"a": "x" * 501}, {"a": {"b": "c"}}]
)
def test_notes_are_few_short_texts(as_, mei, metadata):
    assert errors(as_(mei), metadata=metadata) == {"metadata"}


def test_twenty_notes_are_taken(as_, mei):
    assert post(as_(mei), metadata={f"k{n}": "x" for n in range(20)}).status_code == 201


def test_who_acts_for_the_customer_stands_on_the_ticket(as_, mei):
    acts = {"name": "李梅", "as": "guardian", "document": "户口簿第 3 页"}
    assert post(as_(mei), represents=acts).json()["represented_by"] == acts
    assert post(as_(mei), represents={"name": "王", "as": "helper"}).json()["represented_by"]["document"] is None
    assert post(as_(mei)).json()["represented_by"] is None
    for wrong in ({"name": "李梅"}, {"as": "heir"}, {"name": "李梅", "as": "friend"}, "李梅", {"name": "x", "as": "heir", "since": "1"}):
        assert errors(as_(mei), represents=wrong) == {"represents"}


# ---- For whom
def test_a_number_that_somebody_has_proven_is_theirs(as_, lin, mei):
    keep(mei, NUMBER)
    for typed in (NUMBER, "138 0013 8000", "008613800138000"):
        made = post(as_(lin), on_behalf_of=typed).json()
        assert (made["owner"], made["contact"], made["channel"]) == ("mei@example.com", None, "phone")


def test_a_number_that_nobody_has_proven_makes_no_account(as_, lin, mei):
    first, second = (post(as_(lin), on_behalf_of=NUMBER).json() for _ in range(2))
    assert (first["owner"], first["contact"]) == (None, NUMBER)
    owner = Ticket.objects.get(ref=first["ref"]).owner
    assert is_unproven(owner) and not owner.is_active and not owner.has_usable_password()
    assert Ticket.objects.get(ref=second["ref"]).owner == owner
    assert post(as_(lin), on_behalf_of="+8613900139000").json()["owner"] is None
    assert User.objects.filter(is_active=False).count() == 2


def test_a_platforms_own_name_of_a_person_stays_on_the_case(as_, lin):
    first, _second = (post(as_(lin), on_behalf_of="external:u_42").json() for _ in range(2))
    assert (first["owner"], first["contact"]) == (None, "external:u_42")
    assert len(set(Ticket.objects.values_list("owner", flat=True))) == 1


@pytest.mark.parametrize("typed", ["+86138", "mei", "external:", "external:a b", "a@b", "x@erased.invalid", "adapter@localhost"])
def test_for_whom_nobody_can_be_reached_is_named(as_, lin, typed):
    assert errors(as_(lin), on_behalf_of=typed) == {"on_behalf_of"}


def test_whoever_proves_the_number_gets_the_complaint(desk: Desk, lin, mei):
    filed = desk.post("agent", "tickets/", filing(on_behalf_of=NUMBER, request_freeze=True, account="a:13800138000"), 201)
    assert desk.clients["user"].get(f"{ROOT}tickets/{filed['ref']}/").status_code == 404
    desk.tick()
    assert Ticket.objects.get().contact == NUMBER
    keep(mei, NUMBER)
    desk.tick()
    theirs = desk.fetch("user", f"tickets/{filed['ref']}/")
    assert (theirs["owner"], theirs["freeze"]["state"]) == ("mei@example.com", "requested")
    assert Ticket.objects.get().contact == ""
    assert Freeze.objects.get().owner == mei
    assert "contact_proven" in [event["kind"] for event in desk.listed("user", f"tickets/{filed['ref']}/events/")]
    assert Notification.objects.filter(recipient=mei, kind="contact_proven").exists()
    desk.tick()
    assert Ticket.objects.get().events.filter(kind="contact_proven").count() == 1


def test_a_contact_is_no_business_of_the_customers(as_, lin, mei):
    ref = post(as_(lin), on_behalf_of="mei@example.com").json()["ref"]
    assert as_(mei).get(f"{ROOT}tickets/{ref}/").json()["contact"] is None


def test_only_agents_file_for_others(as_, mei):
    assert post(as_(mei), on_behalf_of=NUMBER).status_code == 403


# ---- Sums and channels
@pytest.mark.parametrize("amount", ["0", "0.00", "-5", 0])
def test_a_claim_is_above_nought(as_, mei, amount):
    assert errors(as_(mei), amount=amount) == {"amount"}


def test_a_currency_is_one_that_is_paid_in(as_, mei):
    assert errors(as_(mei), currency="XXX") == errors(as_(mei), currency="RMB") == {"currency"}
    assert post(as_(mei), currency="hkd").json()["currency"] == "HKD"


def test_what_comes_by_the_api_is_counted_there(as_, mei):
    assert post(as_(mei)).json()["channel"] == "api"


def test_a_reference_is_read_as_people_type_it(as_, mei, lin):
    ref = post(as_(mei)).json()["ref"]
    for typed in (ref.lower(), ref.replace("-", ""), ref.replace("-", "").lower()):
        assert as_(mei).get(f"{ROOT}tickets/{typed}/").json()["ref"] == ref
        assert [row["ref"] for row in as_(lin).get(f"{ROOT}tickets/?q={typed}").json()["results"]] == [ref]
    other = post(as_(mei)).json()["ref"]
    merged = as_(lin).post(f"{ROOT}tickets/{other}/actions/merge/", {"into": ref.lower().replace("-", "")}, format="json")
    assert merged.status_code == 200, merged.json()
