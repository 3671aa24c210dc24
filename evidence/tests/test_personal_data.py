"""A person's data: handed out whole, erased as far as nothing stands in its way, both written down."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from accounts.anonymising import is_anonymous
from accounts.models import User
from accounts.roles import Role
from evidence.intake import upload
from evidence.models import EvidenceItem, SealedFile, SubjectRequest, VaultRun
from evidence.people import (
    Plan,
    erase_person,
    export_person,
    plan_erasure,
    propose_erasure,
    request_deletion,
    subject_of,
    withdraw_proposal,
)
from evidence.periodic import inspect_waiting, resume_runs
from evidence.tests import making
from evidence.tests.conftest import stored
from evidence.vault.custody import CustodyEntry
from evidence.vault.start_job import begin_run
from tickets.cases.search import search
from tickets.models import Event, Message, Notification, Ticket
from tickets.operations import file_ticket, perform, post_message, start_draft
from tickets.tests.cast import person as someone
from tickets.tests.making import filing
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

NUMBER = "11010519491231002X"
REASON = "本人书面申请"
WORDS = "盗用我账号的人叫某某"


@pytest.fixture
def case(ticket, mei, lin, clock) -> Ticket:
    """With a card, a picture, typed text, and a letter each way."""
    upload(mei, ticket.ref, {"kind": "id_card_front", "consent": True, "number": NUMBER}, making.file(making.png()))
    upload(mei, ticket.ref, {"kind": "transaction_screenshot"}, making.file(making.jpeg()))
    upload(mei, ticket.ref, {"kind": "cs_conversation", "text": WORDS})
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    post_message(mei, ticket.ref, {"body": WORDS})
    post_message(lin, ticket.ref, {"body": "内部说明", "visibility": "internal"})
    return ticket


def closed(mei, ticket: Ticket) -> Ticket:
    return perform(mei, ticket.ref, "withdraw", {"keep_freeze": None})


def unpacked(pieces) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---- Export
def test_everything_they_gave_us_is_in_it(case, mei, sun):
    files = unpacked(export_person(mei, mei))
    told = json.loads(files.pop("data.json"))
    assert told["account"]["email"] == mei.email
    [complaint] = told["complaints"]
    assert complaint["ref"] == case.ref
    assert complaint["statement"]["symptom"]
    assert [message["body"] for message in complaint["messages"]] == [WORDS]
    items = {item["kind"]: item for item in complaint["evidence"]}
    assert items["id_card_front"]["number"] == NUMBER
    assert items["cs_conversation"]["text"] == WORDS
    assert set(files) == {items["id_card_front"]["file"], items["transaction_screenshot"]["file"]}
    assert all(data[:3] in (b"\x89PN", b"\xff\xd8\xff") for data in files.values())
    assert {event["by"] for event in complaint["history"]} <= {"you", "desk", "system"}


def test_an_officer_is_handed_no_identity_document_and_no_number(case, mei, sun):
    files = unpacked(export_person(sun, mei, REASON))
    card = EvidenceItem.objects.get(kind="id_card_front")
    assert not [name for name in files if "id_card_front" in name]
    assert not any(NUMBER.encode() in data or b"002X" in data for data in files.values())
    [told] = [item for item in json.loads(files["data.json"])["complaints"][0]["evidence"] if item["kind"] == "id_card_front"]
    assert (told["sha256"], told["file"], told["fields"]) == (card.sha256, "", {})
    assert f"id_card_front-{card.pk}" in files["withheld.txt"].decode()
    for language, said in (("en", "to their owner alone"), ("zh-hans", "只交给本人")):
        with override(language):
            pieces = export_person(sun, mei, REASON)
        assert said in unpacked(pieces)["withheld.txt"].decode()
    assert not CustodyEntry.objects.filter(item_id=card.pk, action="exported").exists()
    assert "withheld.txt" not in unpacked(export_person(mei, mei))


def test_nothing_of_others_or_of_the_desk_alone_is_in_it(case, mei, sun, wang, lin):
    other = file_ticket(wang, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100009999"}]))
    upload(lin, case.ref, {"kind": "system_log", "text": "20:15 ok"})
    said = b"".join(unpacked(export_person(sun, mei, REASON)).values()).decode(errors="replace")
    for hidden in (other.ref, "wang@", "lin@", "内部说明", "20:15 ok"):
        assert hidden not in said


def test_each_item_is_logged_before_a_byte_leaves_and_nothing_lies_on_a_disk(case, mei, sun, vault):
    before = stored(vault)
    pieces = export_person(sun, mei, REASON)
    entries = CustodyEntry.objects.filter(action="exported")
    assert set(entries.values_list("kind", flat=True)) == {"transaction_screenshot"}
    assert set(entries.values_list("by", "purpose")) == {(sun.pk, REASON)}
    assert len(list(pieces)) >= 2
    assert stored(vault) == before
    request = SubjectRequest.objects.get()
    assert (request.kind, request.subject, request.by, request.reason, request.counted["items"]) == ("export", mei, sun, REASON, 3)


def test_owners_export_their_own_without_a_reason_and_nobody_else_does(case, mei, wang, lin, zhao, sun, admin_person):
    assert "data.json" in unpacked(export_person(mei, mei))
    for person in (wang, lin, zhao, admin_person):
        with pytest.raises(Forbidden):
            export_person(person, mei, REASON)
    with pytest.raises(Invalid) as invalid:
        export_person(sun, mei, "  ")
    assert list(invalid.value.errors) == ["reason"]


def test_a_broken_file_is_named_and_the_rest_is_handed_out(case, mei, sun, vault):
    item = EvidenceItem.objects.get(kind="transaction_screenshot")
    (vault / item.safe).write_bytes(b"x" * 64)
    files = unpacked(export_person(mei, mei))
    assert f"transaction_screenshot-{item.pk}" in files["missing.txt"].decode()
    assert any("id_card_front" in name for name in files)


def test_the_person_is_found_by_address(mei, sun, lin, wang):
    assert subject_of(sun, " Mei@Example.com ") == mei
    assert subject_of(mei, mei.email) == mei
    with pytest.raises(NotFound):
        subject_of(sun, "nobody@example.com")
    for person in (lin, wang):
        with pytest.raises(Forbidden):
            subject_of(person, mei.email)


# ---- Erasure
def second_officer() -> User:
    return User.objects.filter(email="gu@example.com").first() or someone("gu@example.com", Role.PRIVACY_OFFICER)


def erase_by_two(officer: User, subject: User) -> Plan:
    propose_erasure(second_officer(), subject, REASON)
    return erase_person(officer, subject, REASON)


def test_one_officer_alone_erases_nobody(case, mei, sun):
    closed(mei, case)
    propose_erasure(sun, mei, REASON)
    with pytest.raises(Forbidden) as refused:
        erase_person(sun, mei, REASON)
    assert refused.value.code == "SAME_SIGNATORY"
    assert not EvidenceItem.objects.filter(state="deleted").exists()


def test_a_proposal_taken_back_or_of_one_who_is_no_officer_any_more_counts_no_more(case, mei, sun):
    closed(mei, case)
    second = second_officer()
    propose_erasure(second, mei, REASON)
    withdraw_proposal(sun, mei)
    with pytest.raises(Forbidden):
        erase_person(sun, mei, REASON)
    propose_erasure(second, mei, REASON)
    second.groups.clear()
    with pytest.raises(Forbidden):
        erase_person(sun, mei, REASON)


def test_where_the_person_asked_for_it_one_officer_is_enough(case, mei, sun):
    closed(mei, case)
    request_deletion(mei)
    erase_person(sun, mei, REASON)
    assert set(EvidenceItem.objects.values_list("state", flat=True)) == {"deleted"}


def test_what_was_erased_tells_who_proposed_it(case, mei, sun):
    closed(mei, case)
    erase_by_two(sun, mei)
    told = SubjectRequest.objects.get()
    assert (told.by, told.counted["proposed_by"]) == (sun, second_officer().pk)


def test_the_plan_says_what_goes_and_what_stays_and_why(case, mei, sun):
    plan = plan_erasure(sun, mei)
    assert (list(plan.goes), plan.account_goes) == ([], False)
    assert [(stay.why, stay.ref) for stay in plan.stays] == [("open_complaint", case.ref), ("history", ""), ("account", "")]
    closed(mei, case)
    plan = plan_erasure(sun, mei)
    assert [(each.ref, each.items, each.messages) for each in plan.goes] == [(case.ref, 3, 2)]
    assert ([stay.why for stay in plan.stays], plan.account_goes) == (["history"], True)
    assert EvidenceItem.objects.filter(state="deleted").count() == 0


def test_what_can_go_is_gone_the_bytes_too(case, mei, sun, vault, django_capture_on_commit_callbacks):
    closed(mei, case)
    with django_capture_on_commit_callbacks(execute=True):
        erase_by_two(sun, mei)
    assert stored(vault) == []
    assert not SealedFile.objects.filter(erased_at=None).exists()
    assert set(EvidenceItem.objects.values_list("state", "text", "number_digest", "safe")) == {("deleted", "", "", "")}
    assert all(item.sha256 for item in EvidenceItem.objects.all())
    entries = CustodyEntry.objects.filter(action="erased")
    assert set(entries.values_list("by", "purpose")) == {(sun.pk, REASON)}
    assert entries.count() == 3
    call_command("verify_custody")


def test_the_words_are_gone_and_history_stays(case, mei, sun):
    closed(mei, case)
    events = Event.objects.filter(ticket=case).count()
    erase_by_two(sun, mei)
    ticket = Ticket.objects.get(pk=case.pk)
    assert "symptom" not in ticket.statement
    assert ticket.account_masked == ""
    assert set(Message.objects.values_list("body", flat=True)) == {"…"}
    assert not ticket.order_references.exists()
    assert Event.objects.filter(ticket=case).count() == events + 1
    assert not search(Ticket.objects.all(), "mei").exists()
    assert list(search(Ticket.objects.all(), ticket.ref)) == [ticket]


def test_the_account_is_nobodys_any_more(case, mei, sun, client):
    EmailAddress.objects.create(user=mei, email=mei.email, verified=True, primary=True)
    closed(mei, case)
    client.force_login(mei)
    erase_by_two(sun, mei)
    gone = User.objects.get(pk=mei.pk)
    assert (is_anonymous(gone), gone.name) == (True, "")
    assert not EmailAddress.objects.exists()
    assert not Notification.objects.filter(recipient=gone).exists()
    assert client.get(reverse("portal:tickets")).status_code == 302
    assert Ticket.objects.get().owner == gone
    again = User.objects.create_user("mei@example.com")
    assert not Ticket.objects.visible_to(again).exists()


def test_the_log_of_the_admin_names_them_no_more(case, mei, sun, admin_person):
    address = EmailAddress.objects.create(user=mei, email=mei.email, verified=True, primary=True)
    for thing in (mei, address):
        LogEntry.objects.log_actions(admin_person.pk, [thing], CHANGE, [{"changed": {"name": "x", "object": mei.email}}])
    closed(mei, case)
    erase_by_two(sun, mei)
    assert set(LogEntry.objects.values_list("object_repr", "change_message")) == {("", "")}
    assert LogEntry.objects.count() == 2


def test_an_open_complaint_and_a_legal_hold_keep_theirs_and_the_account(case, mei, sun, clock):
    held = file_ticket(mei, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100005555"}]))
    upload(mei, held.ref, {"kind": "cs_conversation", "text": "第二件"})
    perform(mei, held.ref, "refer_to_police", {})
    closed(mei, held)
    plan = erase_by_two(sun, mei)
    until = Ticket.objects.get(pk=held.pk).legal_hold_until
    assert [(stay.why, stay.ref, stay.until) for stay in plan.stays if stay.ref] == [
        ("open_complaint", case.ref, None), ("legal_hold", held.ref, until),
    ]  # fmt: skip
    assert not EvidenceItem.objects.filter(state="deleted").exists()
    assert User.objects.get(pk=mei.pk).is_active
    assert SubjectRequest.objects.get().counted == {"items": 0, "complaints": 0, "account": False, "proposed_by": second_officer().pk}
    closed(mei, case)
    clock(until)
    erase_by_two(sun, mei)
    assert not User.objects.get(pk=mei.pk).is_active
    assert set(EvidenceItem.objects.values_list("state", flat=True)) == {"deleted"}


def test_a_draft_goes_whole(mei, sun, clock):
    draft = start_draft(mei, filing())
    upload(mei, draft.ref, {"kind": "cs_conversation", "text": WORDS})
    erase_person(mei, mei)
    assert not Ticket.objects.filter(pk=draft.pk).exists()
    assert not User.objects.get(pk=mei.pk).is_active
    call_command("verify_custody")


def test_staff_and_strangers_are_kept_out(case, mei, wang, lin, zhao, sun):
    for person in (wang, lin, zhao):
        with pytest.raises(Forbidden):
            plan_erasure(person, mei)
        with pytest.raises(Forbidden):
            erase_person(person, mei, REASON)
    with pytest.raises(Invalid):
        erase_person(sun, mei, "")
    with pytest.raises(Refusal) as refused:
        erase_person(sun, lin, REASON)
    assert refused.value.code == "STAFF_ACCOUNT"
    assert not SubjectRequest.objects.exists()


def test_erased_twice_is_erased_once(case, mei, sun):
    closed(mei, case)
    erase_by_two(sun, mei)
    erase_by_two(sun, User.objects.get(pk=mei.pk))
    assert CustodyEntry.objects.filter(action="erased").count() == 3


def test_a_proof_finds_nothing_wrong_afterwards(case, mei, sun, django_capture_on_commit_callbacks):
    closed(mei, case)
    with django_capture_on_commit_callbacks(execute=True):
        erase_by_two(sun, mei)
    run = begin_run(sun, VaultRun.Kind.VERIFICATION)
    resume_runs(run.started_at)
    run.refresh_from_db()
    assert run.findings == []
