"""Messages, history and deadlines."""

import pytest

from api.tests.driving import ROOT, Desk, instant
from evidence.tests import making
from tickets.models import Event
from tickets.tests.making import filing, under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(desk: Desk) -> Desk:
    desk.at("2026-09-30T18:05:00+08:00").file(filing())
    return desk


def test_a_message_comes_back_as_it_was_said(filed: Desk):
    said = filed.reply("2026-10-01T10:00:00+08:00")
    assert said.keys() >= {"id", "author", "visibility", "body", "eta_at", "created_at"}
    assert (said["author"], said["visibility"], said["eta_at"]) == ("lin@example.com", "public", "2026-10-01T10:00:00+08:00")
    assert filed.get("messages/")["results"] == [said]
    assert filed.timers("first_response")[0]["state"] == "met"


def test_a_note_is_for_colleagues(filed: Desk):
    path = f"tickets/{filed.ref}/messages/"
    filed.post("agent", path, {"body": "注意核对单号", "visibility": "internal"}, 201)
    assert filed.get("messages/", "user")["results"] == []
    assert [said["visibility"] for said in filed.get("messages/", "reviewer")["results"]] == ["internal"]
    filed.post("user", path, {"body": "x", "visibility": "internal"}, 403)
    filed.post("user", path, {"body": "x", "eta_at": "2026-10-09T10:00:00+08:00"}, 403)


def test_a_message_needs_words_and_a_time_to_come(filed: Desk):
    path = f"tickets/{filed.ref}/messages/"
    assert filed.post("agent", path, {"body": " "}, 400)["errors"].keys() == {"body"}
    assert filed.post("agent", path, {"body": "x", "eta_at": "2026-09-30T18:00:00+08:00"}, 400)["errors"].keys() == {"eta_at"}
    assert filed.post("agent", path, {"body": "x", "colour": "red"}, 400)["errors"].keys() == {"colour"}


def test_messages_come_in_pages_the_oldest_first(filed: Desk):
    for n in range(5):
        filed.post("user", f"tickets/{filed.ref}/messages/", {"body": f"第{n}条"}, 201)
    page = filed.get("messages/?page_size=2")
    assert [said["body"] for said in page["results"]] == ["第0条", "第1条"]
    assert [said["body"] for said in filed.clients["user"].get(page["next"]).json()["results"]] == ["第2条", "第3条"]


def test_history_is_numbered_and_customers_see_what_is_public(clock, as_, mei, chen):
    clock("2026-03-10T20:52:00+08:00")
    ref = under_review(mei, chen).ref
    Event.objects.filter(ticket__ref=ref, seq=1).get()
    as_(chen).post(f"{ROOT}tickets/{ref}/messages/", {"body": "x", "visibility": "internal"}, format="json")
    seen = as_(chen).get(f"{ROOT}tickets/{ref}/events/").json()["results"]
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    assert seen[0].keys() == {"seq", "kind", "actor", "at", "recorded_at", "from", "to", "data", "visibility"}
    assert (seen[0]["from"], seen[0]["to"]) == ("draft", "evidence_collection")
    public = as_(mei).get(f"{ROOT}tickets/{ref}/events/").json()["results"]
    assert {event["visibility"] for event in public} == {"public"}
    assert {event["visibility"] for event in seen} == {"public", "internal"}


def test_what_the_clock_did_has_no_actor_and_two_times(filed: Desk):
    filed.at("2026-10-02T09:00:00+08:00").tick()
    breach = next(event for event in filed.get("events/")["results"] if event["kind"] == "timer.breached")
    assert breach["actor"] is None
    assert instant(breach["at"]) == instant("2026-10-01T18:05:00+08:00")
    assert instant(breach["recorded_at"]) == instant("2026-10-02T09:00:00+08:00")


def test_timers_are_a_plain_array_with_reasons_in_the_readers_language(desk: Desk):
    desk.at("2026-09-30T18:05:00+08:00").file(filing("withdrawal_restricted", order_numbers=[]))
    desk.upload_all(["restriction_screenshot", "identity_proof"])
    desk.act("submit_appeal")
    timers = desk.get("timers/")
    assert isinstance(timers, list)
    assert [timer["started_at"] for timer in timers] == sorted(timer["started_at"] for timer in timers)
    address = f"{ROOT}tickets/{desk.ref}/timers/"
    english = desk.clients["user"].get(address, HTTP_ACCEPT_LANGUAGE="en").json()
    target = next(timer for timer in english if timer["key"] == "review_target")
    assert target["due_at"] == "2026-10-11T00:00:00+08:00"
    for part in ("3 working days from Wed 30 Sep 18:05", "1–7 Oct National Day", "make-up working day", "due Sat 10 Oct 24:00"):
        assert part in target["explanation"]
    assert "工作日" in next(timer for timer in timers if timer["key"] == "review_target")["explanation"]


def test_files_are_brought_in_first_and_sent_with_the_words(filed: Desk):
    evidence, messages = f"tickets/{filed.ref}/evidence/", f"tickets/{filed.ref}/messages/"
    file = {"kind": "desk_file", "file": making.file(making.png(), "对账单.png")}
    item = filed.clients["agent"].post(f"{ROOT}{evidence}", file, format="multipart").json()["id"]
    assert filed.get("evidence/", "user")["results"] == []
    said = filed.post("agent", messages, {"body": "请看附件。", "attachments": [item]}, 201)
    assert [(each["id"], each["name"]) for each in said["attachments"]] == [(item, "对账单.png")]
    assert filed.get("messages/", "user")["results"][0]["attachments"][0]["id"] == item
    assert filed.get("evidence/", "user")["results"][0]["message"] == said["id"]
    assert filed.post("agent", messages, {"body": "x", "attachments": [item]}, 400)["errors"].keys() == {"attachments"}
    assert filed.post("agent", messages, {"body": "x", "attachments": "x"}, 400)["errors"].keys() == {"attachments"}


def test_what_the_owner_wrote_is_unanswered_until_a_person_replies(filed: Desk):
    filed.post("user", f"tickets/{filed.ref}/messages/", {"body": "还要等多久？"}, 201)
    assert filed.get("", "agent")["unanswered_since"] == "2026-09-30T18:05:00+08:00"
    assert [timer["state"] for timer in filed.timers("next_reply")] == ["running"]
    assert filed.timers("abandoned")[0]["held_since"] == "2026-09-30T18:05:00+08:00"
    assert filed.timers("abandoned")[0]["held_until"] is None
    filed.reply("2026-10-01T10:00:00+08:00")
    assert filed.get("", "agent")["unanswered_since"] is None
    assert [timer["state"] for timer in filed.timers("next_reply")] == ["met"]
    assert filed.timers("promise")[0]["due_at"] == "2026-10-01T10:00:00+08:00"
    assert filed.timers("abandoned")[0]["held_until"] == "2026-10-09T00:00:00+08:00"
