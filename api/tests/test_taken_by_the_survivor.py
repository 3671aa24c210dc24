"""What reaches a complaint that was joined is taken by the one that goes on, through chains; and one joined in error comes out again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.intake import upload
from tickets.models import Message
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.making import filing, put_evidence
from tickets.tests.stages import MAKERS
from tickets.tests.telling import fresh, refused, state, sweep, timer
from tickets.workflow.errors import Invalid

pytestmark = pytest.mark.django_db
API = "/api/v1/tickets/"


@pytest.fixture
def people(mei, lin, zhou, chen, zhao, sun, adapter, clock):
    clock("2026-07-06T09:00:00+08:00")
    return SimpleNamespace(owner=mei, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.fixture
def chain(people):
    """a → b → c: the last is the furthest."""
    a, b, c = (MAKERS[status](people) for status in ("evidence_collection", "appeal_submitted", "under_review"))
    perform(people.agent, a.ref, "merge", {"into": b.ref})
    perform(people.agent, b.ref, "merge", {"into": c.ref})
    return a, b, c


def test_words_and_files_by_every_way(chain, people, client, as_):
    a, _b, c = chain
    post_message(people.owner, a.ref, {"body": "一"})
    as_(people.owner).post(f"{API}{a.ref}/messages/", {"body": "二"}, format="json")
    client.force_login(people.owner)
    answer = client.post(f"/tickets/{a.ref}/messages/", {"body": "三"})
    assert (answer.status_code, answer["Location"]) == (302, f"/tickets/{c.ref}/#messages")
    assert set(Message.objects.filter(body__in="一二三").values_list("ticket", flat=True)) == {c.pk}
    item = upload(people.owner, a.ref, {"kind": "cs_conversation", "text": "客服说会处理"})
    sent = as_(people.owner).post(f"{API}{a.ref}/evidence/", {"kind": "cs_conversation", "text": "又说了一次"}, format="json")
    assert (item.ticket_id, c.evidence.filter(pk=sent.json()["id"]).exists()) == (c.pk, True)
    assert not fresh(a).events.filter(kind="message").exists()


def test_acts_of_the_owner_and_of_programs(chain, people, as_):
    a, b, c = chain
    asked = {"kinds": ["cs_conversation"], "reason": "请补充"}
    perform(people.reviewer, c.ref, "request_evidence", asked)
    put_evidence(fresh(c), "cs_conversation")
    answer = as_(people.owner).post(f"{API}{a.ref}/actions/supply_evidence/", {}, format="json")
    assert (answer.status_code, answer.json()["ref"], answer.json()["status"]) == (200, c.ref, "under_review")
    recorded = perform(people.service, b.ref, "record_refund", {"amount": "600.00", "reference": "R-1"})
    assert (recorded.ref, recorded.status) == (c.ref, "resolved")
    refused("WRONG_STATUS", people.owner, a.ref, "reopen", {"reason": "再看"})


def test_what_is_joined_with_a_joined_one_is_joined_with_the_living(chain, people):
    a, _b, c = chain
    late = file_ticket(people.owner, filing(order_numbers=[{"issuer": "douyin_mp", "number": "202603100001234"}]))
    assert perform(people.agent, late.ref, "merge", {"into": a.ref}) == c
    refused("invalid", people.agent, a.ref, "merge", {"into": c.ref})


def test_only_what_was_joined_into_it_comes_out_and_by_a_supervisor_alone(chain, people, as_):
    a, b, c = chain
    refused("forbidden", people.agent, c.ref, "unmerge", {"ref": b.ref})
    for strange in (a.ref, c.ref, "TS-20200101-000001"):
        with pytest.raises(Invalid):
            perform(people.supervisor, c.ref, "unmerge", {"ref": strange})
    answer = as_(people.supervisor).post(f"{API}{c.ref}/actions/unmerge/", {"ref": b.ref}, format="json")
    assert (answer.status_code, answer.json()["ref"], answer.json()["merged_from"]) == (200, c.ref, [])
    assert (fresh(b).status, fresh(b).merged_into, fresh(b).close_reason) == ("appeal_submitted", None, None)
    assert (state(b, "review_limit"), state(b, "no_action")) == ("running", "running")
    assert perform(people.supervisor, b.ref, "unmerge", {"ref": a.ref}) == b
    assert fresh(a).status == "evidence_collection" and a.evidence.count() == 6
    assert [event.kind for event in a.events.order_by("seq")][-2:] == ["merge", "unmerged"]
    assert fresh(a).notifications.filter(kind="unmerged").exists()


def test_what_happened_meanwhile_is_not_undone(people, clock):
    kept, gone = MAKERS["under_review"](people), MAKERS["freeze_pending"](people)
    perform(people.agent, gone.ref, "merge", {"into": kept.ref})
    perform(people.operator, kept.ref, "confirm_freeze", {"reference": "F-1"})
    proof = fresh(kept).evidence.first()
    perform(people.supervisor, kept.ref, "unmerge", {"ref": gone.ref})
    assert gone.freezes.get().state == "active"
    assert (state(gone, "freeze_exec"), timer(kept, "freeze_exec")) == ("met", None)
    assert proof.ticket_id == kept.pk


def test_a_window_that_ended_while_it_was_joined_is_given_back(people, clock):
    kept, gone = MAKERS["under_review"](people), MAKERS["evidence_collection"](people)
    left = timer(gone, "full_refund_window").due_at - fresh(gone).created_at
    perform(people.agent, gone.ref, "merge", {"into": kept.ref})
    now = clock("2026-07-20T09:00:00+08:00")
    sweep()
    perform(people.supervisor, kept.ref, "unmerge", {"ref": gone.ref})
    assert timer(gone, "full_refund_window").due_at == now + left
    assert fresh(gone).refund_tier is None


def test_a_file_finds_room_beside_those_of_the_joined(people):
    one, two = MAKERS["under_review"](people), MAKERS["evidence_collection"](people)
    for ticket in (one, two):
        put_evidence(ticket, *["transaction_screenshot"] * 15)
        ticket.evidence.update(original="x")
    perform(people.agent, two.ref, "merge", {"into": one.ref})
    assert one.evidence.count() > 30
    file = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    assert upload(people.owner, one.ref, {"kind": "transaction_screenshot"}, file).state == "scanning"
