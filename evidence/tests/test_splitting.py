"""Evidence that goes over to a complaint split off: nothing is lost, everything is told, and it is held and purged where it went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from evidence.intake import say, upload
from evidence.models import EvidenceItem
from evidence.operations import content
from evidence.periodic import inspect_waiting, purge, sweep_orphans
from evidence.receipts import receipts_of
from evidence.tests import making
from evidence.vault.custody import CustodyEntry
from tickets.models import Event, Ticket
from tickets.operations import file_ticket, perform, split_ticket
from tickets.policy.retention import FLOOR_DAYS
from tickets.tests.making import filing, submitted
from tickets.workflow.errors import Invalid

pytestmark = pytest.mark.django_db


def of(ticket: Ticket, kind: str) -> EvidenceItem:
    return EvidenceItem.objects.get(ticket=ticket, kind=kind)


def test_it_goes_over_with_its_files_and_its_log(full, mei, lin, clock):
    item, stays = of(full, "payment_voucher"), of(full, "transaction_screenshot")
    said = [entry.sha256 for receipt in receipts_of(full) for entry in receipt.entries]
    fresh = split_ticket(lin, full.ref, {"evidence": [item.pk]})
    assert set(EvidenceItem.objects.filter(ticket=fresh).values_list("pk", flat=True)) >= {item.pk}
    assert of(full, "transaction_screenshot") == stays
    assert content(mei, item.pk).data == content(lin, item.pk).data
    moved = CustodyEntry.objects.get(item_id=item.pk, action="moved")
    assert (moved.ticket_id, moved.by, moved.detail) == (full.pk, lin, {"to": fresh.ref})
    assert [entry.sha256 for receipt in receipts_of(full) for entry in receipt.entries] == said
    for ref, kind, other in ((full.ref, "evidence.moved", {"into": fresh.ref}), (fresh.ref, "evidence.moved_in", {"out_of": full.ref})):
        event = Event.objects.get(ticket__ref=ref, kind=kind)
        assert (event.visibility, event.data) == ("public", {"items": [item.pk], "kinds": ["payment_voucher"], **other})
    call_command("verify_custody")


def test_both_checklists_know_of_it(full, lin):
    before = Ticket.objects.get(pk=full.pk).evidence_have
    fresh = split_ticket(lin, full.ref, {"evidence": [of(full, "payment_voucher").pk]})
    without = split_ticket(lin, full.ref, {})
    assert Ticket.objects.get(pk=full.pk).evidence_have == before - 1
    assert Ticket.objects.get(pk=fresh.pk).evidence_have == Ticket.objects.get(pk=without.pk).evidence_have + 1


def test_what_cannot_go_over_stops_all_of_it(full, lin, wang):
    card, elsewhere = of(full, "id_card_front"), file_ticket(wang, filing())
    theirs = upload(wang, elsewhere.ref, {"kind": "cs_conversation", "text": "客服说会处理"})
    reply = upload(lin, full.ref, {"kind": "desk_file"}, making.file(making.png()))
    say(lin, full.ref, {"body": "请看附件。"}, [reply.pk])
    good = of(full, "payment_voucher")
    for wrong in (card.pk, reply.pk, theirs.pk, 999_999):
        with pytest.raises(Invalid) as refused:
            split_ticket(lin, full.ref, {"evidence": [good.pk, wrong]})
        assert refused.value.errors.keys() == {"evidence"}
    assert Ticket.objects.count() == 2
    assert EvidenceItem.objects.get(pk=good.pk).ticket == full
    assert not CustodyEntry.objects.filter(action="moved").exists()


def test_what_a_decision_stands_on_stays(mei, lin, chen, clock):
    ticket = submitted(mei, "merchant_deduction")
    item = upload(mei, ticket.ref, {"kind": "uncategorized_file"}, making.file(making.png((7, 7, 7))))
    inspect_waiting(timezone.now())
    perform(chen, ticket.ref, "start_review", {"eta_at": (timezone.now() + timedelta(days=1)).isoformat()})
    finding = {"root_cause": "unknown", "liability": "none", "explanation": "无误", "answers": {"refund": "不退"}}
    perform(chen, ticket.ref, "reject", {"reason_code": "no_fault_found", **finding, "evidence": [item.pk]})
    with pytest.raises(Invalid):
        split_ticket(lin, ticket.ref, {"evidence": [item.pk]})


def test_a_legal_hold_goes_along(full, mei, lin):
    item = of(full, "payment_voucher")
    perform(mei, full.ref, "refer_to_police")
    fresh = split_ticket(lin, full.ref, {"evidence": [item.pk]})
    assert Ticket.objects.get(pk=fresh.pk).legal_hold_until == Ticket.objects.get(pk=full.pk).legal_hold_until
    assert CustodyEntry.objects.filter(item_id=item.pk).latest("seq").action == "held"


def test_it_is_purged_with_the_complaint_it_went_to(full, mei, lin, clock):
    item = of(full, "payment_voucher")
    fresh = split_ticket(lin, full.ref, {"evidence": [item.pk]})
    perform(mei, full.ref, "withdraw")
    closed = timezone.now()
    clock((closed + timedelta(days=30)).isoformat())
    perform(mei, fresh.ref, "withdraw")
    kept = timedelta(days=FLOOR_DAYS + 1)
    purge(clock((closed + kept).isoformat()))
    assert of(full, "transaction_screenshot").state == "deleted"
    assert EvidenceItem.objects.get(pk=item.pk).state == "clean"
    purge(clock((closed + kept + timedelta(days=30)).isoformat()))
    assert EvidenceItem.objects.get(pk=item.pk).state == "deleted"
    sweep_orphans(timezone.now())
    call_command("verify_custody")
