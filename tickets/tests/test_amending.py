"""Corrections: who may change what, until when; drafts; the windows of the customer."""

from __future__ import annotations

import pytest
from django.utils import timezone

from desk.ticket.links import links_context
from evidence.intake import upload
from tickets.cases.checklist import lines
from tickets.cases.search import search
from tickets.models import Ticket
from tickets.operations import amend, discard_draft, file_ticket, look, menu, perform, start_draft
from tickets.tests.making import FILES, ORDER, STATEMENT, filing, put_evidence, submitted
from tickets.workflow.errors import Refusal

pytestmark = pytest.mark.django_db


def refused(code: str, act, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_the_owner_corrects_until_the_appeal_is_in(mei, clock):
    ticket = file_ticket(mei, filing())
    amend(mei, ticket.ref, {"demands": ["refund", "investigate"], "facts": {"third_party_topup": True}})
    ticket.refresh_from_db()
    assert (ticket.demands, ticket.facts) == (["refund", "investigate"], {"third_party_topup": True})
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    perform(mei, ticket.ref, "submit_appeal")
    refused("WRONG_STATUS", amend, mei, ticket.ref, {"demands": ["refund"]})


def test_fields_of_the_desk_are_not_the_owners(mei, lin, clock):
    ticket = file_ticket(mei, filing())
    for field, value in (("assignee", "lin@example.com"), ("lane", "overseas_24h"), ("real_name_match", True)):
        refused("forbidden", amend, mei, ticket.ref, {field: value})
    amend(lin, ticket.ref, {"assignee": "LIN@example.com"})
    assert Ticket.objects.get().assignee == lin
    amend(lin, ticket.ref, {"assignee": None})
    assert Ticket.objects.get().assignee is None


def test_a_customer_cannot_be_assigned(mei, lin, clock):
    ticket = file_ticket(mei, filing())
    assert "assignee" in refused("invalid", amend, lin, ticket.ref, {"assignee": "mei@example.com"}).errors


def test_a_known_identity_fills_its_slot(mei, lin, adapter, clock):
    ticket = file_ticket(mei, filing())
    put_evidence(ticket, *(kind for kind in FILES["mp_topup_stolen"] if not kind.startswith("id_card")))
    assert refused("MISSING_EVIDENCE", perform, mei, ticket.ref, "submit_appeal").block.extra["missing"] == ["identity_proof"]
    amend(adapter, ticket.ref, {"real_name_match": True})
    assert perform(mei, ticket.ref, "submit_appeal").status == "appeal_submitted"


def test_those_complained_about_do_not_review(mei, lin, chen, clock):
    ticket = submitted(mei)
    amend(lin, ticket.ref, {"complained_about": ["chen@example.com"]})
    assert refused("CONFLICT_OF_INTEREST", perform, chen, ticket.ref, "start_review", {}).status == 403


def test_an_unknown_fact_or_field_is_named(mei, clock):
    errors = refused("invalid", file_ticket, mei, filing(facts={"colour": "red"}, mood="bad")).errors
    assert "facts.colour" in errors
    assert "mood" in errors
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("discovered_at", "2026-03-10T20:52:01+08:00", "discovered_at"),
        ("discovered_at", "2026-03-10T20:00:00", "discovered_at"),
        ("incident_at", "2026-03-10T21:00:00+08:00", "incident_at"),
        ("amount", "12.345", "amount"),
        ("amount", "-1", "amount"),
        ("amount", "NaN", "amount"),
        ("amount", True, "amount"),
        ("demands", ["money"], "demands"),
        ("lane", "overseas_24h", "lane"),
        ("category", "nonsense", "category"),
        ("order_numbers", [{"issuer": "douyin_mp", "number": "202613100001234"}], "order_numbers"),
        ("order_numbers", [{"issuer": "wechat_txn", "number": "123456"}], "order_numbers"),
        ("order_numbers", "12345678", "order_numbers"),
        ("statement", {"amount": "x"}, "statement.amount"),
        ("statement", ["x"], "statement.non_field_errors"),
        ("facts", [1], "facts"),
        ("account", "x" * 300, "account"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_written(mei, clock, field, value, where):
    assert where in refused("invalid", file_ticket, mei, filing(**{field: value})).errors
    assert not Ticket.objects.exists()


def test_full_width_digits_and_spaces_are_understood(mei, clock):
    number = "２０２６０３１０ 0001234"
    ticket = file_ticket(mei, filing(order_numbers=[{"issuer": "douyin_mp", "number": number}]))
    assert ticket.order_references.get().number == "202603100001234"


def test_a_card_number_never_stays(mei, clock):
    said = {**STATEMENT, "symptom": "我的卡 6222 0212 3456 7890 128 和 4111111111111111 被盗刷了，请尽快处理退款。"}
    ticket = file_ticket(mei, filing(statement=said))
    assert "4111111111111111" not in ticket.statement["symptom"]
    assert "**** 1111" in ticket.statement["symptom"]


def test_the_account_is_kept_as_a_mask(mei, clock):
    ticket = file_ticket(mei, filing(account="douyin:13812340000"))
    assert ticket.account_masked == "douyin:138****0000"
    assert "13812340000" not in str({f.attname: getattr(ticket, f.attname) for f in Ticket._meta.concrete_fields})


def test_a_drafts_windows_follow_its_facts(mei, clock):
    clock("2026-03-10T12:00:00+08:00")
    draft = start_draft(mei, {"category": "mp_topup_stolen", "discovered_at": "2026-03-10T10:00:00+08:00"})
    assert set(draft.timers.values_list("key", flat=True)) == {"claim_limit", "full_refund_window"}
    amend(mei, draft.ref, {"discovered_at": "2026-03-10T11:00:00+08:00"})
    assert draft.timers.get(key="full_refund_window").due_at.isoformat() == "2026-03-12T03:00:00+00:00"
    amend(mei, draft.ref, {"category": "billing_duplicate"})
    assert set(draft.timers.values_list("key", flat=True)) == {"claim_limit"}
    filed = perform(mei, draft.ref, "file")
    assert filed.timers.get(key="claim_limit").stopped_at is not None


def test_a_draft_is_its_owners_alone_and_can_be_thrown_away(mei, lin, clock):
    draft = start_draft(mei, {})
    refused("not_found", perform, lin, draft.ref, "refer_to_police", {})
    assert menu(look(draft, mei))
    discard_draft(mei, draft.ref)
    assert not Ticket.objects.exists()


def test_an_empty_draft_cannot_be_filed(mei, clock):
    draft = start_draft(mei, {})
    assert "category" in refused("invalid", perform, mei, draft.ref, "file", {}).errors


def test_our_own_slowness_costs_no_window(mei, clock):
    clock("2026-03-10T12:00:00+08:00")
    ticket = file_ticket(mei, filing(discovered_at="2026-03-10T12:00:00+08:00"))
    items = put_evidence(ticket, *FILES["mp_topup_stolen"])
    ticket.evidence.filter(pk=items[0].pk).update(state="scanning")
    clock("2026-03-12T11:59:00+08:00")
    refused("MISSING_EVIDENCE", perform, mei, ticket.ref, "submit_appeal")
    clock("2026-03-12T12:30:00+08:00")
    ticket.evidence.update(state="clean")
    assert perform(mei, ticket.ref, "submit_appeal").refund_tier == "full_eligible"


def test_what_is_truly_missing_fixes_nothing(mei, clock):
    clock("2026-03-10T12:00:00+08:00")
    ticket = file_ticket(mei, filing(discovered_at="2026-03-10T12:00:00+08:00"))
    refused("MISSING_EVIDENCE", perform, mei, ticket.ref, "submit_appeal")
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    clock("2026-03-12T12:00:01+08:00")
    submitted_ticket = perform(mei, ticket.ref, "submit_appeal")
    assert (submitted_ticket.refund_tier, submitted_ticket.police_cooperation) == ("discretionary", True)


def test_until_it_is_handed_in_a_ticket_names_the_order_numbers_said_last_and_gains_them_afterwards(mei, lin, clock):
    first, second = ({"issuer": "other", "number": number} for number in ("ABC123456", "ABC654321"))
    ref = start_draft(mei, {"category": "merchant_deduction", "order_numbers": [first]}).ref
    amend(mei, ref, {"order_numbers": [second]})
    ticket = Ticket.objects.get(ref=ref)
    assert [order.number for order in ticket.order_references.all()] == ["ABC654321"]
    perform(mei, ref, "file")
    amend(mei, ref, {"order_numbers": [first]})
    assert [order.number for order in ticket.order_references.all()] == ["ABC123456"]
    amended = ticket.events.filter(kind="amended").latest("seq")
    assert amended.data["before"]["order_numbers"] == ["ABC654321"]
    handed_in = submitted(mei, order_numbers=[first])
    amend(lin, handed_in.ref, {"order_numbers": [second]})
    assert {order.number for order in handed_in.order_references.all()} == {"ABC123456", "ABC654321"}


def test_a_corrected_number_reaches_checklist_search_and_duplicates(mei, wang, lin, clock):
    wrong, right = ({"issuer": "other", "number": number} for number in ("ABC123456", "ABC654321"))
    theirs, twin = file_ticket(wang, filing(order_numbers=[wrong])), file_ticket(wang, filing(order_numbers=[right]))
    ticket = file_ticket(mei, filing(order_numbers=[]))
    upload(mei, ticket.ref, {"kind": "order_number", "text": "ABC123456"})
    same = lambda: [row["ref"] for row in links_context(ticket, lin, timezone.now())["suggested"]]  # noqa: E731
    assert same() == [theirs.ref]
    amend(mei, ticket.ref, {"order_numbers": [right]})
    assert same() == [twin.ref]
    assert ticket.evidence.get(kind="order_number").state == "superseded"
    line = next(each for each in lines(look(Ticket.objects.get(pk=ticket.pk), mei)) if each.kind == "order_number")
    assert (line.have, line.state) == (1, "complete")
    mine = Ticket.objects.visible_to(mei)
    assert [list(search(mine, number)) for number in ("ABC123456", "ABC654321")] == [[], [ticket]]


def test_the_statement_names_the_sum_a_bare_freeze_did_not(mei, clock):
    ticket = file_ticket(mei, {"category": "mp_topup_stolen", "request_freeze": True, "account": "douyin:1"})
    amend(mei, ticket.ref, {"statement": STATEMENT, "demands": ["refund"], "order_numbers": [ORDER]})
    put_evidence(ticket, *FILES["mp_topup_stolen"])
    assert str(perform(mei, ticket.ref, "submit_appeal").amount) == "1280.00"
