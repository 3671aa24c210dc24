"""Places outside: filed only where somebody filed it, handed on with a clock, authorities answered in time."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.utils import timezone

from tickets.models import Escalation, EscalationTarget, Event, Notification
from tickets.operations import file_ticket, look, menu, perform
from tickets.policy.seeding import seed_targets
from tickets.tests.making import STATEMENT, filing, put_evidence, rejection, submitted, under_review
from tickets.tests.stages import CHANNEL_ORDER, eta
from tickets.tests.telling import fresh, local, refused, state, sweep, timer

pytestmark = pytest.mark.django_db
CATEGORY = "billing_duplicate"
SETTLING = {"return_to_review", "uphold_customer", "uphold_rejection"}
HERE = {"order_numbers": [CHANNEL_ORDER]}


@pytest.fixture
def rejected(mei, chen, clock):
    clock("2026-07-06T09:00:00+08:00")
    ticket = under_review(mei, chen, "billing_unauthorized", **HERE)
    [log] = put_evidence(ticket, "system_log")
    return perform(chen, ticket.ref, "reject", rejection(evidence=[log.pk]))


def filed(target: str, at: str = "2026-07-06T08:30:00+08:00", **more: str) -> dict[str, str]:
    return {"target": target, "filed_at": at, **more}


def kinds(ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


# ---- What the customer files
def test_to_mean_to_file_moves_nothing(mei, rejected) -> None:
    before = {t.key: (t.stopped_at, t.due_at) for t in rejected.timers.all()}
    ticket = perform(mei, rejected.ref, "escalate", {"target": "regulator_12315", "reason": "我不同意"})
    row = ticket.escalations.get()
    assert (ticket.status, row.state, row.filed_at, ticket.legal_hold_until) == ("rejected", "to_be_filed", None, None)
    assert {t.key: (t.stopped_at, t.due_at) for t in ticket.timers.all()} == before
    assert kinds(ticket)[-1] == "filing_prepared"
    refused("ALREADY_ESCALATED", mei, ticket.ref, "escalate", {"target": "regulator_12315"})


@pytest.mark.parametrize("prepared", [True, False])
def test_filing_it_is_what_moves_it(mei, rejected, prepared) -> None:
    if prepared:
        perform(mei, rejected.ref, "escalate", {"target": "regulator_12315"})
    ticket = perform(mei, rejected.ref, "record_outside_filing", filed("regulator_12315", reference="12315-1"))
    row = ticket.escalations.get()
    assert (ticket.status, row.state, row.reference, row.filed_reference) == ("escalated", "filed", "12315-1", "12315-1")
    assert state(ticket, "rejection_final") == "met"
    assert local(timer(ticket, "regulator_accept").started_at) == "07-06 08:30"
    assert local(timer(ticket, "regulator_accept").due_at) == "07-16 00:00"
    assert ticket.legal_hold_until is not None


def test_said_at_once_it_is_the_same_act(mei, rejected) -> None:
    ticket = perform(mei, rejected.ref, "escalate", filed("regulator_12315", reference="N"))
    assert (ticket.status, ticket.escalations.get().state) == ("escalated", "filed")
    assert kinds(ticket)[-1] == "record_outside_filing"
    assert local(timer(ticket, "regulator_accept").started_at) == "07-06 08:30"


def test_a_number_can_come_later_and_a_day_be_mended(mei, rejected) -> None:
    perform(mei, rejected.ref, "record_outside_filing", filed("pboc_12363"))
    ticket = perform(mei, rejected.ref, "record_outside_filing", filed("pboc_12363", "2026-07-05T08:00:00+08:00", reference="P-9"))
    row = ticket.escalations.get()
    assert (row.filed_reference, local(row.filed_at)) == ("P-9", "07-05 08:00")
    assert [local(t.started_at) for t in ticket.timers.filter(key="regulator_accept", cancelled=False)] == ["07-05 08:00"]


@pytest.mark.parametrize("target", ["l1_internal", "payment_channel", "police", "moon"])
def test_what_is_not_filed_there_by_customers_is_no_choice(mei, rejected, target) -> None:
    assert "target" in refused("invalid", mei, rejected.ref, "record_outside_filing", filed(target)).errors


@pytest.mark.parametrize("action", ["record_outside_filing", "escalate"])
def test_nothing_is_filed_in_the_future(mei, rejected, action) -> None:
    assert "filed_at" in refused("invalid", mei, rejected.ref, action, filed("litigation", "2026-07-07T09:00:00+08:00")).errors


def test_where_the_desk_goes_the_customer_has_not_filed(mei, rejected) -> None:
    assert "filed_at" in refused("invalid", mei, rejected.ref, "escalate", filed("payment_channel")).errors


def test_a_fact_is_not_refused_to_a_business(mei, clock) -> None:
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei)
    refused("NOT_CONSUMER_DISPUTE", mei, ticket.ref, "escalate", {"target": "regulator_12315"})
    ticket = perform(mei, ticket.ref, "record_outside_filing", filed("regulator_12315"))
    assert (ticket.status, ticket.escalations.get().state) == ("appeal_submitted", "filed")
    assert state(ticket, "review_limit") == "running"


def test_it_may_be_recorded_when_the_complaint_is_long_closed(mei, lin, clock) -> None:
    clock("2026-07-06T09:00:00+08:00")
    ticket = file_ticket(mei, filing())
    perform(mei, ticket.ref, "withdraw")
    ticket = perform(lin, ticket.ref, "record_outside_filing", filed("litigation"))
    assert (ticket.status, ticket.escalations.get().state, state(ticket, "evidence_purge")) == ("closed", "filed", "paused")
    assert not ticket.timers.filter(key="regulator_accept").exists()


def test_each_regulator_has_a_clock_of_its_own(mei, lin, rejected) -> None:
    perform(mei, rejected.ref, "record_outside_filing", filed("regulator_12315"))
    perform(mei, rejected.ref, "record_outside_filing", filed("consumer_association", "2026-07-05T09:00:00+08:00"))
    answer = {"target": "regulator_12315", "outcome": "accepted", "reference": "A"}
    ticket = perform(lin, rejected.ref, "record_external_answer", answer)
    assert sorted(str(t.state(timezone.now())) for t in ticket.timers.filter(key="regulator_accept")) == ["met", "running"]
    refused("ALREADY_ESCALATED", mei, ticket.ref, "escalate", {"target": "regulator_12315"})
    ticket = perform(lin, ticket.ref, "record_external_answer", {**answer, "outcome": "rejected", "reference": "B"})
    assert ticket.escalations.get(target="regulator_12315").reference == "B"
    refused("WRONG_STATUS", lin, ticket.ref, "record_external_answer", answer)


def test_when_the_regulator_is_silent_an_agent_asks_the_customer(mei, rejected, clock) -> None:
    perform(mei, rejected.ref, "record_outside_filing", filed("regulator_12315"))
    clock("2026-07-16T00:00:01+08:00")
    sweep()
    told = Notification.objects.filter(ticket=rejected, kind="timer.passed", data__timer="regulator_accept")
    assert told.filter(recipient=mei).exists()
    assert told.exclude(recipient=mei).exists()


def test_rights_outside_are_open_in_every_status_and_the_others_say_when(mei, clock) -> None:
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized", **HERE)
    entry = next(each for each in menu(look(fresh(ticket), mei)) if each["action"] == "escalate")
    places = {each["target"]: each for each in entry["targets"]}
    outside = ("regulator_12315", "consumer_association", "litigation", "police")
    assert all(places[key]["allowed"] for key in outside)
    for key in ("l1_internal", "payment_channel"):
        assert [block["code"] for block in places[key]["blocked_by"]] == ["ESCALATION_NOT_YET_AVAILABLE"]
        assert local(places[key]["available_from"]) == "07-10 00:00"


# ---- What the desk hands on
def test_a_hand_over_is_a_task_with_a_clock(mei, lin, rejected, clock) -> None:
    ticket = perform(mei, rejected.ref, "escalate", {"target": "payment_channel"})
    row = ticket.escalations.get()
    assert (ticket.status, row.state, row.filed_at, ticket.waiting_on) == ("escalated", "handing_over", None, "agent")
    assert (local(timer(ticket, "hand_over").due_at), local(timer(ticket, "channel_dispute").due_at)) == ("07-07 09:00", "07-16 00:00")
    assert ticket.legal_hold_until is None
    assert "reference" in refused("invalid", lin, ticket.ref, "record_hand_over", {"target": "payment_channel"}).errors
    clock("2026-07-06T15:00:00+08:00")
    ticket = perform(lin, ticket.ref, "record_hand_over", {"target": "payment_channel", "reference": "CH-7"})
    row = ticket.escalations.get()
    assert (row.state, row.reference, local(row.filed_at), ticket.waiting_on) == ("filed", "CH-7", "07-06 15:00", "channel")
    assert (state(ticket, "hand_over"), state(ticket, "channel_dispute")) == ("met", "running")
    refused("WRONG_STATUS", lin, ticket.ref, "record_hand_over", {"target": "payment_channel", "reference": "CH-8"})
    answer = {"target": "payment_channel", "outcome": "none", "reference": "-"}
    ticket = perform(lin, ticket.ref, "record_external_answer", answer)
    assert (ticket.waiting_on, state(ticket, "channel_dispute")) == ("agent", "met")


def test_nobody_hands_on_too_late_unseen(mei, zhao, rejected, clock) -> None:
    perform(mei, rejected.ref, "escalate", {"target": "payment_channel"})
    clock("2026-07-07T09:00:01+08:00")
    sweep()
    assert state(rejected, "hand_over") == "breached"
    assert Notification.objects.filter(ticket=rejected, audience="supervisors", data__timer="hand_over", urgent=True).exists()


def test_what_is_open_outside_ends_with_the_complaint(mei, rejected) -> None:
    perform(mei, rejected.ref, "escalate", {"target": "litigation"})
    perform(mei, rejected.ref, "escalate", {"target": "payment_channel"})
    ticket = perform(mei, rejected.ref, "withdraw")
    assert set(ticket.escalations.values_list("state", flat=True)) == {"closed"}
    assert state(ticket, "hand_over") == "cancelled"


# ---- What an answer from outside allows
def test_our_own_level_answers_by_deciding(mei, lin, zhao, rejected) -> None:
    perform(mei, rejected.ref, "escalate", {"target": "l1_internal"})
    assert rejected.escalations.get().state == "filed"
    refused("WRONG_STATUS", lin, rejected.ref, "record_external_answer", {"target": "l1_internal", "outcome": "upheld", "reference": "x"})
    refused("OUTCOME_NOT_RECORDED", lin, rejected.ref, "return_to_review", {"note": "再看"})
    perform(zhao, rejected.ref, "uphold_rejection", {"note": "维持"})
    assert rejected.escalations.get().state == "answered"


@pytest.mark.parametrize(
    ("outcome", "open_to_agents"),
    [
        ("accepted", {"return_to_review"}),
        ("declined", {"return_to_review"}),
        ("none", {"return_to_review"}),
        ("upheld", {"return_to_review", "uphold_customer"}),
        ("rejected", {"return_to_review", "uphold_rejection"}),
    ],
)
def test_an_agent_carries_out_only_what_was_decided(mei, lin, zhao, rejected, outcome, open_to_agents) -> None:
    perform(mei, rejected.ref, "record_outside_filing", filed("consumer_association"))
    perform(lin, rejected.ref, "record_external_answer", {"target": "consumer_association", "outcome": outcome, "reference": "X"})
    put_evidence(rejected, "outside_decision")
    for person, expected in ((lin, open_to_agents), (zhao, SETTLING)):
        entries = {each["action"]: each for each in menu(look(fresh(rejected), person))}
        blocked = {key: [b["code"] for b in entries[key]["blocked_by"]] for key in SETTLING}
        assert {key for key, codes in blocked.items() if "OUTCOME_NOT_RECORDED" not in codes} == expected


def test_the_paper_has_to_lie_in_the_case(mei, lin, rejected) -> None:
    perform(mei, rejected.ref, "record_outside_filing", filed("consumer_association"))
    perform(lin, rejected.ref, "record_external_answer", {"target": "consumer_association", "outcome": "declined", "reference": "X"})
    refused("MISSING_EVIDENCE", lin, rejected.ref, "return_to_review", {"note": "再看"})
    [paper] = put_evidence(rejected, "outside_decision", number="X")
    other = rejected.evidence.exclude(pk=paper.pk).first()
    refused("MISSING_EVIDENCE", lin, rejected.ref, "return_to_review", {"note": "再看", "evidence": [other.pk]})
    assert perform(lin, rejected.ref, "return_to_review", {"note": "再看", "evidence": [paper.pk]}).status == "under_review"
    assert Event.objects.get(ticket=rejected, kind="return_to_review").data["evidence"] == [paper.pk]


# ---- Letters of authorities
def test_a_12363_letter_over_spring_festival(mei, lin, zhao, clock) -> None:
    clock("2026-02-06T10:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized", statement={**STATEMENT, "occurred_at": "2026-02-01T10:00:00+08:00"}, **HERE)
    letter = {"authority": "pboc_12363", "number": "京银诉 2026-18", "received_at": "2026-02-05T16:00:00+08:00"}
    ticket = perform(lin, ticket.ref, "record_transfer", letter)
    assert local(timer(ticket, "authority_reply").due_at) == "02-21 00:00", "days, holidays or not"
    assert ticket.legal_hold_until is not None
    assert "number" in refused("invalid", lin, ticket.ref, "record_transfer", letter).errors
    clock("2026-02-19T09:00:00+08:00")
    sweep()
    warned = Event.objects.filter(ticket=ticket, kind="timer.warned", data__timer="authority_reply")
    assert [local(event.at) for event in warned.order_by("at")] == ["02-15 09:00", "02-18 09:00"]
    ticket = perform(zhao, ticket.ref, "extend", {"body": "仍在核实", "eta_at": eta(), "reason": "春节", "timer": "authority_reply"})
    assert local(timer(ticket, "authority_reply").due_at) == "04-07 00:00"
    refused("EXTENSION_LIMIT", zhao, ticket.ref, "extend", {"body": "x", "eta_at": eta(), "reason": "x", "timer": "authority_reply"})
    clock("2026-04-06T23:00:00+08:00")
    assert "number" in refused("invalid", lin, ticket.ref, "record_transfer_reply", {"number": "other", "reference": "R"}).errors
    ticket = perform(lin, ticket.ref, "record_transfer_reply", {"number": letter["number"], "reference": "复 2026-3"})
    assert (state(ticket, "authority_reply"), ticket.transfers.get().reply_reference) == ("met", "复 2026-3")
    refused("WRONG_STATUS", lin, ticket.ref, "record_transfer_reply", {"number": letter["number"], "reference": "R"})


def test_nothing_named_extends_all_that_can_be(mei, lin, zhao, clock) -> None:
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei)
    perform(lin, ticket.ref, "record_transfer", {"authority": "pboc_12363", "number": "1", "received_at": "2026-07-06T08:00:00+08:00"})
    ticket = perform(zhao, ticket.ref, "extend", {"body": "仍在核实", "eta_at": eta(), "reason": "核实"})
    assert (timer(ticket, "regulatory_final").amount, timer(ticket, "authority_reply").amount) == (30, 60)


@pytest.mark.parametrize(
    ("authority", "reply_by", "due"),
    [
        ("regulator_12315", None, "10-21 00:00"),  # ten working days over the National Day holiday
        ("police", "2026-10-12T18:00:00+08:00", "10-12 18:00"),
        ("court", "2026-10-20T00:00:00+08:00", "10-20 00:00"),
    ],
)
def test_each_authority_waits_as_long_as_it_does(mei, lin, clock, authority, reply_by, due) -> None:
    clock("2026-09-30T09:00:00+08:00")
    ticket = submitted(mei)
    body = {"authority": authority, "number": "1", "received_at": "2026-09-30T08:00:00+08:00"}
    ticket = perform(lin, ticket.ref, "record_transfer", {**body, **({"reply_by": reply_by} if reply_by else {})})
    assert local(timer(ticket, "authority_reply").due_at) == due
    assert ticket.due_at is not None


def test_a_letter_that_names_no_day_is_recorded_without_a_clock(mei, lin, clock) -> None:
    ticket = submitted(mei)
    said = {"authority": "court", "number": "1", "received_at": timezone.now().isoformat()}
    perform(lin, ticket.ref, "record_transfer", said)
    assert ticket.transfers.get().reply_by is None
    assert not ticket.timers.filter(key="authority_reply").exists()
    perform(lin, ticket.ref, "record_transfer_reply", {"number": "1", "reference": "A-1"})
    assert ticket.transfers.get().replied_at is not None


def test_two_letters_have_two_clocks(mei, lin, clock) -> None:
    ticket = submitted(mei)
    at = timezone.now().isoformat()
    for number in ("1", "2"):
        perform(lin, ticket.ref, "record_transfer", {"authority": "regulator_12315", "number": number, "received_at": at})
    ticket = perform(lin, ticket.ref, "record_transfer_reply", {"number": "1", "reference": "R"})
    assert [str(t.state(timezone.now())) for t in ticket.timers.filter(key="authority_reply").order_by("cycle")] == ["met", "running"]


def test_an_authority_waits_whatever_became_of_the_complaint(mei, lin, clock) -> None:
    clock("2026-07-06T09:00:00+08:00")
    ticket = submitted(mei)
    perform(lin, ticket.ref, "record_transfer", {"authority": "pboc_12363", "number": "1", "received_at": "2026-07-06T08:00:00+08:00"})
    ticket = perform(mei, ticket.ref, "withdraw")
    assert (ticket.status, state(ticket, "authority_reply")) == ("closed", "running")
    assert perform(lin, ticket.ref, "record_transfer_reply", {"number": "1", "reference": "R"}).status == "closed"


def test_what_the_police_ask_is_among_colleagues(mei, lin, clock) -> None:
    ticket = submitted(mei)
    said = {"authority": "police", "number": "1", "received_at": timezone.now().isoformat(), "reply_by": eta()}
    perform(lin, ticket.ref, "record_transfer", said)
    event = Event.objects.get(ticket=ticket, kind="record_transfer")
    assert event.visibility == "internal"
    assert not Notification.objects.filter(ticket=ticket, kind="record_transfer", recipient=mei).exists()


# ---- Where one can turn, as it ships
def test_contacts_of_public_bodies_ship_checked_with_source_and_day() -> None:
    rows = {row.key: row for row in EscalationTarget.objects.all()}
    shipped = {"regulator_12315": "12315", "pboc_12363": "12363", "cac": "12377", "police": "110 · 96110"}
    assert {key: row.shown_contact for key, row in rows.items() if row.shown_contact} == shipped
    assert rows["regulator_12315"].shown_website == "https://www.12315.cn/"
    assert all(rows[key].source and rows[key].verified_at for key in shipped)
    for row in rows.values():
        words = (row.does_zh, row.does_en, row.cannot_zh, row.cannot_en, row.asks_zh, row.asks_en)
        assert all(words), row.key


def test_an_operators_contact_stays_when_the_words_are_put_back(admin_person) -> None:
    EscalationTarget.objects.filter(key="pboc_12363").update(contact="010-12363", verified_by=admin_person, source="", does_en="x")
    EscalationTarget.objects.filter(key="cac").update(contact="", website="", source="", verified_at=None)
    seed_targets()
    theirs, ours = (EscalationTarget.objects.get(key=key) for key in ("pboc_12363", "cac"))
    assert (theirs.contact, theirs.verified_by, theirs.does_en == "x") == ("010-12363", admin_person, False)
    assert ours.shown_contact == "12377"


def test_an_upgrade_claims_nothing_that_nobody_wrote_down(mei, rejected) -> None:
    outside = importlib.import_module("tickets.migrations.0009_outside")
    olds = [
        ("l1_internal", "open", ""),
        ("payment_channel", "open", ""),
        ("regulator_12315", "open", ""),
        ("consumer_association", "answered", "refused"),
    ]
    for target, old, outcome in olds:
        Escalation.objects.create(ticket=rejected, target=target, state=old, outcome=outcome, at=timezone.now(), by=mei)
    outside.say_how_far(apps, None)
    assert {row.target: (row.state, row.filed_at is not None, row.outcome) for row in rejected.escalations.all()} == {
        "l1_internal": ("filed", True, ""),
        "payment_channel": ("handing_over", False, ""),
        "regulator_12315": ("to_be_filed", False, ""),
        "consumer_association": ("answered", True, "rejected"),
    }


@pytest.mark.parametrize("number", ["12315-20260714-0002", "4111111111111111", "（2026）京 0105 民初 1234 号"])
def test_a_number_of_theirs_stays_as_it_is(mei, lin, rejected, number) -> None:
    """One in ten of their numbers would pass for a card's."""
    perform(mei, rejected.ref, "record_outside_filing", filed("regulator_12315", reference=number))
    assert rejected.escalations.get().filed_reference == number
    answer = {"target": "regulator_12315", "outcome": "declined", "reference": number}
    assert perform(lin, rejected.ref, "record_external_answer", answer).escalations.get().reference == number
