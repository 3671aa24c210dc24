"""Files that go with a message: who knows of them before and after it is sent, what is refused, and what is forgotten."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from evidence.dossier import archive
from evidence.intake import forget_unsent, say, upload
from evidence.models import EvidenceItem
from evidence.operations import delete, review
from evidence.people import export_person
from evidence.periodic import inspect_waiting, purge, sweep_orphans
from evidence.receipts import receipts_of
from evidence.tests import making
from evidence.vault.custody import CustodyEntry
from tickets.models import Event, Message, Notification, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing, submitted
from tickets.words.notices import notice_words
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

pytestmark = pytest.mark.django_db
SAID = {"body": "请看附件。"}
NOTE = {"body": "请核对。", "visibility": "internal"}


def bring(actor, ref: str, name: str = "对账单.png", data: bytes | None = None) -> EvidenceItem:
    kind = "uncategorized_file" if actor.email == "mei@example.com" else "desk_file"
    return upload(actor, ref, {"kind": kind}, making.file(data or making.png(), name))


def look_round() -> None:
    inspect_waiting(timezone.now())


def doors(viewer: Any, item: EvidenceItem) -> tuple[int, int, int]:
    """Page, small picture, API."""
    browser, client = Client(), APIClient()
    browser.force_login(viewer)
    client.force_authenticate(viewer)
    address = f"/evidence/{item.pk}/"
    return (
        browser.get(address).status_code,
        browser.get(f"{address}thumbnail/").status_code,
        client.get(f"/api/v1/evidence/{item.pk}/content/").status_code,
    )


def listed(viewer: Any, ref: str) -> set[int]:
    client = APIClient()
    client.force_authenticate(viewer)
    alone = {each["id"] for each in client.get(f"/api/v1/tickets/{ref}/evidence/").json()["results"]}
    messages = client.get(f"/api/v1/tickets/{ref}/messages/").json()["results"]
    return alone | {file["id"] for message in messages for file in message["attachments"]}


# ---- Who knows of it
OK, NONE = (200, 200, 200), (404, 404, 404)


@pytest.mark.parametrize(
    ("raw", "owner", "colleague"), [(None, NONE, NONE), (NOTE, NONE, OK), (SAID, OK, OK)], ids=["unsent", "note", "reply"]
)
def test_who_sees_a_file_of_the_desk(ticket, mei, wang, lin, zhao, sun, raw, owner, colleague):
    item = bring(lin, ticket.ref)
    look_round()
    if raw is not None:
        say(lin, ticket.ref, raw, [item.pk])
    seen = {who.name or who.email: doors(who, item) for who in (mei, wang, lin, zhao, sun)}
    assert list(seen.values()) == [owner, NONE, OK, colleague, colleague]
    assert {who.pk: item.pk in listed(who, ticket.ref) for who in (mei, lin, zhao)} == {
        mei.pk: owner == OK, lin.pk: True, zhao.pk: colleague == OK,
    }  # fmt: skip


@pytest.mark.parametrize(("raw", "inside"), [(None, False), (NOTE, False), (SAID, True)], ids=["unsent", "note", "reply"])
def test_what_leaves_the_house_holds_what_was_sent_to_the_customer_alone(ticket, mei, lin, monkeypatch, raw, inside):
    monkeypatch.setattr(archive, "render_dossier", lambda _dossier: b"%PDF-")
    item = bring(lin, ticket.ref)
    look_round()
    if raw is not None:
        say(lin, ticket.ref, raw, [item.pk])
    for viewer in (mei, lin):
        client = APIClient()
        client.force_authenticate(viewer)
        with zipfile.ZipFile(io.BytesIO(client.get(f"/api/v1/tickets/{ticket.ref}/dossier/").content)) as packed:
            told = json.loads(packed.read("manifest.json"))["evidence"]
        assert [each["id"] for each in told] == ([item.pk] if inside else [])
    with zipfile.ZipFile(io.BytesIO(b"".join(export_person(mei, mei)))) as packed:
        case = json.loads(packed.read("data.json"))["complaints"][0]
    assert [each["id"] for each in case["evidence"]] == ([item.pk] if inside else [])
    assert [each["files"] for each in case["messages"]] == ([[item.pk]] if inside else [])
    assert not [entry for receipt in receipts_of(ticket) for entry in receipt.entries if entry.sha256 == item.sha256]


def test_a_note_file_cannot_be_made_known_by_a_decision(mei, lin, chen, clock):
    ticket = submitted(mei, "merchant_deduction")
    perform(chen, ticket.ref, "start_review", {"eta_at": (timezone.now() + timedelta(days=1)).isoformat()})
    item = bring(lin, ticket.ref)
    look_round()
    say(lin, ticket.ref, NOTE, [item.pk])
    with pytest.raises(Invalid) as refused:
        perform(chen, ticket.ref, "reject", {
            "reason_code": "no_fault_found", "root_cause": "unknown", "liability": "none", "explanation": "无误",
            "answers": {"refund": "不退"}, "evidence": [item.pk],
        })  # fmt: skip
    assert refused.value.errors.keys() == {"evidence"}
    assert doors(mei, item) == NONE


def test_until_it_is_sent_nothing_has_happened_on_the_ticket(ticket, lin):
    before = (Ticket.objects.get().version, Event.objects.count(), Notification.objects.count())
    item = bring(lin, ticket.ref)
    look_round()
    assert (Ticket.objects.get().version, Event.objects.count(), Notification.objects.count()) == before
    say(lin, ticket.ref, SAID, [item.pk])
    assert Event.objects.latest("pk").data["files"] == 1
    assert list(CustodyEntry.objects.filter(item_id=item.pk).order_by("seq").values_list("action", flat=True)) == [
        "arrived",
        "cleared",
        "sent",
    ]
    call_command("verify_custody")


# ---- What is refused
def test_only_ones_own_files_of_this_complaint_go_along_and_each_once(ticket, mei, lin, zhao):
    mine, theirs, evidence = bring(lin, ticket.ref), bring(zhao, ticket.ref), bring(mei, ticket.ref)
    say(lin, ticket.ref, SAID, [mine.pk])
    for actor, item in ((lin, theirs), (lin, mine), (lin, evidence), (mei, mine)):
        with pytest.raises(Invalid):
            say(actor, ticket.ref, SAID, [item.pk])
    assert Message.objects.count() == 1
    assert EvidenceItem.objects.get(pk=theirs.pk).message_id is None


def test_a_customers_identity_document_never_goes_with_a_message(ticket, mei):
    card = upload(mei, ticket.ref, {"kind": "id_card_front", "consent": True}, making.file(making.png()))
    with pytest.raises(Invalid):
        say(mei, ticket.ref, SAID, [card.pk])
    with pytest.raises(Forbidden):
        upload(mei, ticket.ref, {"kind": "desk_file"}, making.file(making.png()))
    assert not Message.objects.exists()


def test_on_a_complaint_of_ones_own_nobody_sends_as_the_desk(lin):
    own = file_ticket(lin, filing())
    with pytest.raises(Forbidden):
        upload(lin, own.ref, {"kind": "desk_file"}, making.file(making.png()))
    item = upload(lin, own.ref, {"kind": "uncategorized_file"}, making.file(making.png()))
    assert not say(lin, own.ref, SAID, [item.pk]).by_staff


def test_what_the_check_refused_is_not_sent_and_what_it_refuses_later_is_told_to_its_author(ticket, mei, lin):
    broken = bring(lin, ticket.ref, data=making.png()[:200])
    late = bring(lin, ticket.ref, "2.png", making.png((1, 2, 3))[:200])
    say(lin, ticket.ref, SAID, [late.pk])
    told = Notification.objects.filter(recipient=mei).count()
    look_round()
    with pytest.raises(Invalid):
        say(lin, ticket.ref, SAID, [broken.pk])
    assert Notification.objects.filter(recipient=mei).count() == told
    assert Notification.objects.get(kind="evidence_rejected").recipient == lin
    assert not Event.objects.filter(kind="evidence.rejected", visibility="public").exists()


def test_it_is_neither_judged_nor_taken_back_once_it_is_sent(ticket, mei, lin):
    item = bring(lin, ticket.ref)
    look_round()
    say(lin, ticket.ref, SAID, [item.pk])
    with pytest.raises(Refusal):
        review(lin, item.pk, "accepted")
    for actor in (mei, lin):
        with pytest.raises(Forbidden):
            delete(actor, item.pk)


def test_the_desks_files_take_no_room_from_the_customer(ticket, mei, lin, monkeypatch):
    most = 30
    for number in range(most):
        EvidenceItem.objects.create(ticket=ticket, kind="desk_file", original=f"x{number}", uploaded_by=lin, state="clean")
    with pytest.raises(Refusal) as full:
        bring(lin, ticket.ref)
    assert full.value.code == "EVIDENCE_FULL"
    assert bring(mei, ticket.ref).pk


# ---- How it ends
def test_an_unsent_file_can_be_removed_by_its_author_alone_and_is_forgotten_in_time(ticket, mei, lin, zhao):
    first, second = bring(lin, ticket.ref), bring(lin, ticket.ref, "2.png", making.png((1, 2, 3)))
    for other in (mei, zhao):
        with pytest.raises(NotFound):
            delete(other, first.pk)
    assert delete(lin, first.pk).state == "deleted"
    assert forget_unsent(timezone.now() - timedelta(days=14), timezone.now()) == 0
    assert forget_unsent(timezone.now() + timedelta(minutes=1), timezone.now()) == 1
    assert not EvidenceItem.objects.get(pk=second.pk).names
    sweep_orphans(timezone.now())
    call_command("verify_custody")


def test_sent_files_are_purged_with_their_class(ticket, mei, lin, clock):
    item = bring(lin, ticket.ref)
    look_round()
    say(lin, ticket.ref, SAID, [item.pk])
    perform(mei, ticket.ref, "withdraw")
    closed = Ticket.objects.get().closed_at
    purge(clock((closed + timedelta(days=1090)).isoformat()))
    assert EvidenceItem.objects.get(pk=item.pk).state == "clean"
    purge(clock((closed + timedelta(days=1100)).isoformat()))
    assert EvidenceItem.objects.get(pk=item.pk).state == "deleted"
    sweep_orphans(timezone.now())
    call_command("verify_custody")


def test_a_letter_says_that_files_came_along_and_not_which(ticket, mei, lin):
    item = bring(lin, ticket.ref, "对账单.png")
    say(lin, ticket.ref, SAID, [item.pk])
    data = Notification.objects.get(recipient=mei, kind="reply").data
    said = " ".join(notice_words("reply", data, to_staff=False))
    assert "1" in said and "对账单" not in said
    assert data == {"files": 1}
