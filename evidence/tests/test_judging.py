"""What the desk says of an item, and how its owner takes it back."""

import pytest
from django.urls import reverse

from evidence.intake import upload
from evidence.models import EvidenceItem
from evidence.operations import content, delete, reclassify, review
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import looks, stored
from evidence.vault.custody import CustodyEntry
from tickets.cases.search import search
from tickets.cases.timeline import timeline
from tickets.models import Event, Notification, Ticket
from tickets.operations import look, perform, post_message
from tickets.tests.making import approval, submitted, under_review
from tickets.workflow.errors import Invalid, Refusal


@pytest.fixture
def voucher(ticket, mei, clock) -> EvidenceItem:
    upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    return EvidenceItem.objects.get()


@pytest.fixture
def passport(ticket, mei, clock) -> EvidenceItem:
    raw = {"kind": "passport", "consent": True, "number": "E12345678"}
    upload(mei, ticket.ref, raw, making.file(making.png((1, 1, 1))))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    upload(mei, ticket.ref, raw, making.file(making.png()))
    inspect_waiting(clock("2026-03-10T20:54:00+08:00"))
    return EvidenceItem.objects.get(state="clean")


def code_of(refused, *args) -> str:
    with pytest.raises(Refusal) as refusal:
        refused(*args)
    return refusal.value.code


# ---- Judging
def test_a_rejection_needs_a_reason_and_reaches_the_owner(voucher, mei, lin):
    with pytest.raises(Invalid) as invalid:
        review(lin, voucher.pk, "rejected", "  ")
    assert list(invalid.value.errors) == ["reason"]
    item = review(lin, voucher.pk, "rejected", "看不清订单号")
    assert (item.state, item.verdict, item.verdict_reason, item.verdict_by) == ("clean", "rejected", "看不清订单号", lin)
    event = Event.objects.get(kind="evidence.reviewed")
    assert (event.data["verdict"], event.actor) == ("rejected", lin)
    assert Notification.objects.get(kind="evidence_rejected").recipient == mei


def test_what_was_said_stands_where_it_can_be_erased_and_nowhere_else(voucher, mei, lin, client):
    said = "看不清张某某的订单号"
    review(lin, voucher.pk, "rejected", said)
    assert said not in str(list(Event.objects.values_list("data", flat=True)))
    assert said not in str(list(CustodyEntry.objects.values_list("detail", flat=True)))
    lines = timeline(look(voucher.ticket, mei))
    assert [said in line.detail for line in lines if line.kind == "evidence.reviewed"] == [True]
    client.force_login(lin)
    assert said in client.get(reverse("desk:ticket", args=[voucher.ticket.ref])).content.decode()
    delete(mei, voucher.pk)
    voucher.refresh_from_db()
    assert (voucher.verdict, voucher.verdict_reason) == ("rejected", "")


def test_an_order_number_that_is_gone_finds_the_ticket_no_more(ticket, mei, lin):
    number = "202603100009876"

    def found() -> bool:
        return search(Ticket.objects.all(), number).exists()

    post_message(mei, ticket.ref, {"body": "请尽快处理"})
    refused = upload(mei, ticket.ref, {"kind": "order_number", "text": number})
    assert found()
    review(lin, refused.pk, "rejected", "号码不对")
    assert not found()
    review(lin, refused.pk, "accepted")
    assert found()
    delete(mei, refused.pk)
    assert not found()
    for kept in ("尽快处理", "mei@example.com", ticket.ref, ticket.statement["symptom"][:8]):
        assert search(Ticket.objects.all(), kept).exists(), kept


def test_an_acceptance_needs_none_and_can_be_changed(voucher, lin, zhao):
    assert review(lin, voucher.pk, "accepted").verdict == "accepted"
    assert review(zhao, voucher.pk, "rejected", "重复").verdict == "rejected"
    assert Event.objects.filter(kind="evidence.reviewed").count() == 2


@pytest.mark.parametrize("verdict", ["", "maybe", None, ["accepted"]])
def test_a_verdict_is_one_of_two(voucher, lin, verdict):
    with pytest.raises(Invalid) as invalid:
        review(lin, voucher.pk, verdict, "x")
    assert list(invalid.value.errors) == ["verdict"]


@pytest.mark.parametrize(
    ("who", "code"), [("mei", "forbidden"), ("wang", "not_found"), ("adapter", "forbidden"), ("admin_person", "not_found")]
)
def test_only_the_desk_judges(voucher, request, who, code):
    assert code_of(review, request.getfixturevalue(who), voucher.pk, "accepted") == code


@pytest.mark.parametrize("who", ["lin", "zhou", "chen", "zhao", "sun"])
def test_every_group_of_the_desk_may_judge(voucher, request, who):
    assert review(request.getfixturevalue(who), voucher.pk, "accepted").verdict_by.email.startswith(who)


def test_nobody_judges_their_own_complaint(voucher, mei, lin):
    mei.groups.set(lin.groups.all())
    mei._roles = None
    assert code_of(review, mei, voucher.pk, "accepted") == "CONFLICT_OF_INTEREST"


def test_nobody_judges_a_complaint_about_themselves(voucher, ticket, lin):
    ticket.complained_about.add(lin)
    assert code_of(review, lin, voucher.pk, "rejected", "不清楚") == "CONFLICT_OF_INTEREST"


def test_what_is_not_clean_cannot_be_judged(ticket, mei, lin):
    item = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png()))
    assert code_of(review, lin, item.pk, "accepted") == "WRONG_STATUS"


# ---- Sorting in
def test_an_agent_sorts_in_what_had_no_kind(ticket, mei, lin, clock):
    item = upload(mei, ticket.ref, {"kind": "uncategorized_file"}, making.file(making.pdf()))
    inspect_waiting(clock("2026-03-10T20:53:00+08:00"))
    for wrong in ("id_card_front", "system_log", "face_result", "nonsense", None):
        with pytest.raises(Invalid):
            reclassify(lin, item.pk, wrong)
    assert reclassify(lin, item.pk, "payment_voucher").kind == "payment_voucher"
    assert Event.objects.get(kind="evidence.reclassified").data["from"] == "uncategorized_file"
    assert code_of(reclassify, lin, item.pk, "cs_conversation") == "WRONG_STATUS"


def test_sorting_in_is_the_desks_and_ends_with_the_decision(clock, mei, lin, chen):
    ticket = under_review(mei, chen)
    item = upload(mei, ticket.ref, {"kind": "uncategorized_file"}, making.file(making.png()))
    assert code_of(reclassify, mei, item.pk, "payment_voucher") == "forbidden"
    perform(chen, ticket.ref, "approve", approval())
    assert code_of(reclassify, lin, item.pk, "payment_voucher") == "WRONG_STATUS"


# ---- Taking back
def test_the_owner_takes_back_what_was_not_handed_in(voucher, mei, vault, django_capture_on_commit_callbacks):
    assert len(stored(vault)) == 3
    with django_capture_on_commit_callbacks(execute=True):
        item = delete(mei, voucher.pk)
    assert (item.state, item.names, item.text, item.fields) == ("deleted", [], "", {})
    assert (item.sha256, item.size > 0, item.deleted_at is not None) == (voucher.sha256, True, True)
    assert stored(vault) == []
    assert Event.objects.get(kind="evidence.removed").data == {"item": item.pk, "kind": item.kind, "sha256": item.sha256}
    assert code_of(delete, mei, voucher.pk) == "WRONG_STATUS"


def test_the_bytes_stay_when_the_deletion_fails(voucher, mei, vault, monkeypatch, django_capture_on_commit_callbacks):
    from evidence.operations import removing

    def fail(*args):
        raise RuntimeError("boom")

    monkeypatch.setattr(removing, "restart_silence_timer", fail)
    with pytest.raises(RuntimeError), django_capture_on_commit_callbacks(execute=True):
        delete(mei, voucher.pk)
    assert len(stored(vault)) == 3
    assert content(mei, voucher.pk).data


@pytest.mark.parametrize("who", ["lin", "chen", "zhao", "sun", "adapter"])
def test_nobody_else_takes_it_back(voucher, request, who):
    assert code_of(delete, request.getfixturevalue(who), voucher.pk) == "forbidden"


def test_strangers_learn_nothing_by_deleting(voucher, wang):
    assert code_of(delete, wang, voucher.pk) == "not_found"


def test_what_was_handed_in_stays(clock, mei):
    ticket = submitted(mei)
    item = ticket.evidence.get(kind="pos_record")
    assert code_of(delete, mei, item.pk) == "EVIDENCE_LOCKED"


def test_what_the_check_refused_can_be_cleared_away_later_too(clock, mei):
    ticket = submitted(mei)
    item = upload(mei, ticket.ref, {"kind": "payment_voucher"}, making.file(making.png(size=(9, 9))))
    inspect_waiting(clock("2026-03-10T20:55:00+08:00"))
    assert delete(mei, item.pk).state == "deleted"


def test_withdrawn_consent_deletes_every_version_and_tells_the_reviewer(
    passport, ticket, mei, chen, vault, django_capture_on_commit_callbacks
):
    type(ticket).objects.update(assignee=chen)
    assert len(stored(vault)) == 8
    with django_capture_on_commit_callbacks(execute=True):
        delete(mei, passport.pk)
    assert {item.state for item in ticket.evidence.filter(kind="passport")} == {"deleted"}
    assert stored(vault) == []
    assert Notification.objects.get(kind="consent_withdrawn").recipient == chen
    event = Event.objects.get(kind="consent_withdrawn")
    assert event.data["kind"] == "passport"
    assert "number" not in str(event.data)


def test_consent_is_withdrawn_at_any_time(passport, ticket, mei, sun, django_capture_on_commit_callbacks):
    perform(mei, ticket.ref, "withdraw", {})
    content(sun, passport.pk, "核对")
    with django_capture_on_commit_callbacks(execute=True):
        assert delete(mei, passport.pk).state == "deleted"
    assert code_of(content, sun, passport.pk, "核对") == "WRONG_STATUS"
    assert looks().count() == 1
