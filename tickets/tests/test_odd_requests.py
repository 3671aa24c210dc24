"""What people complained about, cleared fields, strange rows and who may say how a call came."""

import pytest

from tickets.models import Ticket
from tickets.operations import amend, file_ticket, look, look_at_all, perform, post_message
from tickets.tests.making import approval, filing, put_evidence, submitted, under_review
from tickets.tests.telling import refused
from tickets.workflow.errors import Forbidden, Invalid, Stale

pytestmark = pytest.mark.django_db


def about(ticket, *people) -> None:
    ticket.complained_about.set(people)


# ---- Nobody acts for the desk on a case about them
def test_those_complained_about_do_not_end_or_move_a_case(clock, mei, lin, zhao, sun):
    ticket = file_ticket(mei, filing())
    about(ticket, lin, zhao, sun)
    refused("CONFLICT_OF_INTEREST", lin, ticket.ref, "route_after_sale", {"reason": "x"})
    refused("CONFLICT_OF_INTEREST", lin, ticket.ref, "record_refund", {"amount": "0.01", "note": "x"})
    refused("CONFLICT_OF_INTEREST", lin, ticket.ref, "escalate", {"target": "regulator_12315"})
    perform(mei, ticket.ref, "refer_to_police")
    for person in (zhao, sun):
        refused("CONFLICT_OF_INTEREST", person, ticket.ref, "release_hold", {"reason": "x"})
    perform(mei, ticket.ref, "withdraw")
    refused("CONFLICT_OF_INTEREST", zhao, ticket.ref, "reopen", {"reason": "x"})


def test_an_owner_of_the_desk_ends_their_own_case_as_its_owner(clock, lin):
    ticket = file_ticket(lin, filing())
    assert perform(lin, ticket.ref, "record_refund", {"amount": "600.00"}).status == "resolved"


# ---- What is emptied is taken back
def test_what_a_correction_leaves_empty_is_taken_back(clock, mei, lin):
    ticket = file_ticket(mei, filing(facts={"third_party_topup": True}, statement={"symptom": "账户被人盗用，充值了六百元。"}))
    changed = amend(mei, ticket.ref, {"facts": {"third_party_topup": None}, "demands": [], "statement": {"symptom": ""}})
    assert (changed.facts, changed.demands) == ({}, [])
    assert "symptom" not in changed.statement
    assert amend(lin, ticket.ref, {"amount": None}).amount is None


def test_what_is_not_named_stays(clock, mei):
    ticket = file_ticket(mei, filing(facts={"third_party_topup": True}))
    changed = amend(mei, ticket.ref, {"demands": ["investigate"]})
    assert (changed.facts, changed.amount) == ({"third_party_topup": True}, ticket.amount)


def test_a_fact_that_starts_a_clock_is_not_taken_back(clock, mei):
    facts = {"deducted_at": "2026-03-10T20:00:00+08:00", "channel_status": "success", "platform_status": "failed"}
    ticket = file_ticket(mei, filing("pay_failed_deducted", facts=facts))
    with pytest.raises(Invalid) as invalid:
        amend(mei, ticket.ref, {"facts": {"deducted_at": None}})
    assert list(invalid.value.errors) == ["facts.deducted_at"]


# ---- Shapes nobody expected
@pytest.mark.parametrize(
    "remedies", ["[" * 100_000, [{"kind": []}], [{"kind": {"a": 1}}], [{"kind": "refund_full", "amount": "1", "zz": 1}]]
)
def test_a_strange_remedy_is_an_error_in_words(clock, mei, chen, remedies):
    ticket = under_review(mei, chen)
    with pytest.raises(Invalid) as invalid:
        perform(chen, ticket.ref, "approve", approval(remedies=remedies))
    assert list(invalid.value.errors) == ["remedies"]


def test_a_strange_answer_is_an_error_in_words(clock, mei, chen):
    ticket = under_review(mei, chen)
    with pytest.raises(Invalid) as invalid:
        perform(chen, ticket.ref, "approve", approval(answers="{" * 100_000))
    assert list(invalid.value.errors) == ["answers"]


def test_an_unknown_field_is_named_however_deep_it_lies(clock, mei):
    for row in ({"issuer": "other", "number": "ABC-123456", "foo": 1}, {"issuer": ["x"], "number": "ABC-123456"}):
        with pytest.raises(Invalid) as invalid:
            file_ticket(mei, filing(order_numbers=[row]))
        assert list(invalid.value.errors) == ["order_numbers"]
    ticket = submitted(mei)
    with pytest.raises(Invalid) as invalid:
        perform(mei, ticket.ref, "escalate", {"target": "police", "zz": 1})
    assert list(invalid.value.errors) == ["zz"]


def test_a_currency_has_three_letters(clock, mei):
    with pytest.raises(Invalid) as invalid:
        file_ticket(mei, filing(currency="12"))
    assert list(invalid.value.errors) == ["currency"]


# ---- For whom, and in which order
def test_only_agents_say_for_whom_and_how_it_came(clock, mei, chen, lin, adapter):
    for raw in ({"on_behalf_of": "a@b.co"}, {"channel": "phone"}, filing(channel="phone")):
        for actor in (mei, chen):
            with pytest.raises(Forbidden):
                file_ticket(actor, raw)
    with pytest.raises(Invalid) as invalid:
        file_ticket(lin, filing(on_behalf_of=adapter.email))
    assert list(invalid.value.errors) == ["on_behalf_of"]


def test_who_may_not_is_told_so_before_a_stale_page_or_a_missing_word(clock, mei, zhou):
    ticket = file_ticket(mei, filing())
    for actor, raw in ((zhou, {"lane": "standard"}), (mei, {"assignee": zhou.email})):
        with pytest.raises(Forbidden):
            amend(actor, ticket.ref, raw, expected_version=99)
    with pytest.raises(Stale):
        amend(mei, ticket.ref, {"demands": ["refund"]}, expected_version=99)
    for raw in ({"visibility": "internal"}, {"eta_at": "nonsense"}):
        with pytest.raises(Forbidden):
            post_message(mei, ticket.ref, raw)


def test_evidence_is_untouched_by_what_was_refused(clock, mei, lin):
    ticket = file_ticket(mei, filing())
    put_evidence(ticket, "payment_voucher")
    about(ticket, lin)
    before = ticket.events.count()
    refused("CONFLICT_OF_INTEREST", lin, ticket.ref, "route_after_sale", {"reason": "x"})
    assert ticket.events.count() == before


# ---- Lists before the sweep
def test_a_list_shows_what_the_clock_has_done_already(clock, mei, django_assert_num_queries):
    clock("2026-03-10T20:00:00+08:00")
    facts = {"deducted_at": "2026-03-10T19:30:00+08:00", "channel_status": "success", "platform_status": "failed"}
    waiting = file_ticket(mei, filing("pay_failed_deducted", facts=facts))
    quiet = file_ticket(mei, filing())
    assert waiting.status == "auto_reversal_wait"
    now = clock("2026-03-11T19:31:00+08:00")
    rows = list(Ticket.objects.order_by("pk").prefetch_related("timers"))
    look_at_all(rows, now)
    assert [row.status for row in rows] == ["evidence_collection", "evidence_collection"]
    assert rows[0].waiting_on == "customer"
    assert (rows[0].due_at, rows[0].due_key) == (look(waiting, mei, now).ticket.due_at, look(waiting, mei, now).ticket.due_key)
    assert Ticket.objects.get(pk=waiting.pk).status == "auto_reversal_wait"
    with django_assert_num_queries(1):  # its timers
        look_at_all([quiet], clock("2026-03-10T20:01:00+08:00"))
