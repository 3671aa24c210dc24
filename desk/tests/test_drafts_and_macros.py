"""What is being written: drafts on any machine, a reply that can be taken back, macros that do all or nothing, pages that are stale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.models import Draft, Macro
from desk.periodic import forget_drafts
from desk.tests.reading import do, form_of
from desk.ticket.sending import UNDO_SECONDS, release_due
from evidence.models import EvidenceItem
from evidence.tests import making
from evidence.tests.conftest import vault  # noqa: F401
from lib import memo
from tickets.models import Event, Message, Notification, Ticket
from tickets.operations import perform, post_message
from tickets.tests.stages import MAKERS

BODY = "您好，已收到您的投诉，正在核实。"
NOON = "2026-03-11T12:00:00+08:00"


@pytest.fixture
def ref(people, clock) -> str:
    return MAKERS["appeal_submitted"](people).ref


@pytest.fixture
def macro(db):
    memo.forget_all()
    yield Macro.objects.create(
        title_zh="请补充凭证", title_en="Ask for papers", body_zh="{name}您好，{ref} 需要补充材料，{eta}前答复。{odd}",
        body_en="{name}, {ref}: {eta}",
        eta_amount=2, start_review=True, ask_for=["cs_conversation"],
    )  # fmt: skip
    memo.forget_all()


def page(client, ref: str, query: str = "") -> str:
    return client.get(f"/desk/tickets/{ref}/{query}").content.decode()


def box(client, ref: str, query: str = ""):
    return form_of(page(client, ref, query), "message")


# ---- Drafts
def test_a_draft_survives_a_reload_and_another_machine_and_is_gone_when_sent(people, at, ref, clock) -> None:
    form = box(at(people.agent), ref)
    kept = at(people.agent).post(f"/desk/tickets/{ref}/draft/message/", form.filled(body=BODY), headers={"X-Quiet": "1"})
    assert kept.status_code == 204
    assert box(at(people.agent), ref).values["body"] == [BODY]
    assert box(at(people.supervisor), ref).values["body"] == [""]
    do(at(people.agent), ref, "message", visibility="public")
    release_due(timezone.now() + timedelta(minutes=1))
    assert box(at(people.agent), ref).values["body"] == [""]
    assert Message.objects.get().body == BODY
    assert not Draft.objects.exists()


def test_a_draft_holds_no_card_number(people, at, ref) -> None:
    at(people.agent).post(f"/desk/tickets/{ref}/draft/message/", {"body": "卡号 6222021234567890128 已核对"})
    assert "6222021234567890128" not in str(Draft.objects.get().data)
    assert "卡号" in str(Draft.objects.get().data)


def test_saving_without_a_script_answers_with_the_page_and_changes_no_ticket(people, at, ref) -> None:
    before = Ticket.objects.get(ref=ref).version
    answer = at(people.agent).post(f"/desk/tickets/{ref}/draft/message/", {"body": BODY}, follow=True)
    assert "Kept as a draft" in answer.content.decode()
    assert Ticket.objects.get(ref=ref).version == before
    at(people.agent).post(f"/desk/tickets/{ref}/draft/message/", {"body": BODY, "drop": "1"})
    assert not Draft.objects.exists()


def test_drafts_are_kept_only_by_who_sees_the_ticket_and_for_forms_there_are(people, at, ref) -> None:
    address = f"/desk/tickets/{ref}/draft/"
    assert at(people.owner).post(f"{address}message/", {"body": "x"}).status_code == 403
    assert at(people.agent).post(f"{address}nonsense/", {"body": "x"}).status_code == 404
    assert at(people.agent).post("/desk/tickets/TS-20200101-000001/draft/message/", {"body": "x"}).status_code == 404
    assert at(people.agent).get(f"{address}message/").status_code == 405


def test_old_drafts_are_forgotten(people, at, ref, clock) -> None:
    at(people.agent).post(f"/desk/tickets/{ref}/draft/message/", {"body": BODY})
    assert forget_drafts(timezone.now()) == 0
    assert forget_drafts(timezone.now() + timedelta(days=15)) == 1


# ---- Undo
def send(client, ref: str, **typed) -> None:
    assert do(client, ref, "message", visibility="public", **{"body": BODY, **typed}).status_code == 302


def test_a_reply_can_be_taken_back_and_nobody_has_heard_of_it(people, at, ref) -> None:
    told = Notification.objects.count()
    send(at(people.agent), ref)
    assert "Your reply goes out in a moment" in page(at(people.agent), ref)
    assert (Message.objects.count(), Notification.objects.count()) == (0, told)
    at(people.agent).post(f"/desk/tickets/{ref}/undo/")
    assert box(at(people.agent), ref).values["body"] == [BODY]
    assert release_due(timezone.now() + timedelta(hours=1)) == 0
    assert Message.objects.count() == 0


def test_only_its_author_takes_it_back(people, at, ref) -> None:
    send(at(people.agent), ref)
    at(people.supervisor).post(f"/desk/tickets/{ref}/undo/")
    assert release_due(timezone.now() + timedelta(seconds=UNDO_SECONDS)) == 1


def test_after_fifteen_seconds_it_goes_out_once_and_counts_from_when_it_was_said(people, at, ref, clock) -> None:
    said = timezone.now()
    send(at(people.agent), ref, eta_at="2026-03-12T18:00")
    assert release_due(said + timedelta(seconds=UNDO_SECONDS - 1)) == 0
    clock(said + timedelta(seconds=40))
    assert (release_due(timezone.now()), release_due(timezone.now())) == (1, 0)
    ticket = Ticket.objects.get(ref=ref)
    assert ticket.messages.get().created_at == said
    assert ticket.timers.get(key="first_response").stopped_at == said
    assert "gone out already" in at(people.agent).post(f"/desk/tickets/{ref}/undo/", follow=True).content.decode()


def test_where_the_first_reply_is_almost_due_nothing_is_held_back(people, at, ref, clock) -> None:
    clock(Ticket.objects.get(ref=ref).timers.get(key="first_response").due_at - timedelta(minutes=5))
    send(at(people.agent), ref, eta_at="2026-03-14T18:00")
    assert Message.objects.count() == 1


def test_the_next_act_of_its_author_sends_it_first_so_that_no_guard_misses_it(people, at, ref) -> None:
    reviewer = at(people.reviewer)
    send(reviewer, ref, eta_at="2026-03-12T18:00")
    assert do(reviewer, ref, "start_review").status_code == 302
    kinds = list(Event.objects.filter(ticket__ref=ref).order_by("seq").values_list("kind", flat=True))
    assert kinds.index("reply") < kinds.index("start_review")


def test_ones_own_reply_going_out_does_not_make_ones_page_stale(people, at, ref) -> None:
    reviewer = at(people.reviewer)
    send(reviewer, ref, eta_at="2026-03-12T18:00")
    old = form_of(page(reviewer, ref), "start_review")
    release_due(timezone.now() + timedelta(minutes=1))
    assert reviewer.post(old.action, old.filled()).status_code == 302


def test_what_is_wrong_with_a_reply_is_said_at_once(people, at, ref) -> None:
    refused = do(at(people.agent), ref, "message", body=BODY, eta_at="2020-01-01T00:00", visibility="public")
    assert refused.status_code == 400
    assert not Draft.objects.exists()


def test_a_reply_refused_later_comes_back_to_its_author(people, at, ref) -> None:
    send(at(people.agent), ref)
    people.agent.groups.clear()
    assert release_due(timezone.now() + timedelta(minutes=1)) == 0
    assert Draft.objects.get().refused
    assert Draft.objects.get().send_at is None


# ---- Macros
def test_a_macro_speaks_the_customers_language_and_says_what_it_will_do(people, at, ref, macro) -> None:
    people.owner.language, people.owner.name = "zh-hans", "李梅"
    people.owner.save()
    shown = page(at(people.reviewer), ref, f"?macro={macro.pk}")
    said = form_of(shown, "message").values
    assert said["body"][0].startswith(f"李梅您好，{ref} 需要补充材料，")
    assert "{odd}" in said["body"][0]  # what is not known is left for the agent to see
    assert said["eta_at"] == ["2026-03-12T18:00"]  # two working days after the 10th
    assert "Start the review" in shown


def test_a_macro_does_several_acts_at_once(people, at, ref, macro) -> None:
    form = box(at(people.reviewer), ref, f"?macro={macro.pk}")
    assert at(people.reviewer).post(form.action, {**form.values, "visibility": "public"}).status_code == 302
    ticket = Ticket.objects.get(ref=ref)
    assert (ticket.status, ticket.assignee) == ("needs_evidence", people.reviewer)
    assert ticket.messages.get().by_staff


def test_a_macro_that_is_refused_half_way_does_nothing_at_all(people, at, ref, macro) -> None:
    form = box(at(people.agent), ref, f"?macro={macro.pk}")
    before = Event.objects.count()
    refused = at(people.agent).post(form.action, {**form.values, "visibility": "public"})
    assert refused.status_code == 403
    assert (Message.objects.count(), Event.objects.count()) == (0, before)
    assert Ticket.objects.get(ref=ref).status == "appeal_submitted"
    assert form_of(refused.content.decode(), "message").values["body"] == form.values["body"]


def test_the_reason_a_step_is_not_open_stands_in_the_preview(people, at, ref, macro) -> None:
    assert "Your role does not include this" in page(at(people.agent), ref, f"?macro={macro.pk}")


# ---- Stale pages, presence
def test_a_note_goes_through_on_a_stale_page_and_a_reply_does_not(people, at, ref) -> None:
    agent = at(people.agent)
    old = box(agent, ref)
    post_message(people.owner, ref, {"body": "新消息"})
    refused = agent.post(old.action, old.filled(body=BODY, visibility="public"))
    assert refused.status_code == 412
    assert "Mei: Message" in refused.content.decode()
    assert form_of(refused.content.decode(), "message").values["body"] == [BODY]
    assert agent.post(old.action, old.filled(body="内部提醒", visibility="internal")).status_code == 302
    assert Message.objects.filter(visibility="internal").count() == 1


def test_who_else_is_here_is_shown_and_who_types(people, at, ref, django_assert_max_num_queries) -> None:
    agent, other = at(people.agent), at(people.supervisor)
    post = {name: value for name, value in box(agent, ref).values.items() if name in ("version", "seq")}
    address = f"/desk/tickets/{ref}/presence/"
    assert agent.post(address, post).status_code == 204  # alone
    other.post(address, {**post, "typing": "1"})
    shown = agent.post(address, post).content.decode()
    assert "Zhao is typing" in shown
    code = shown.split('name="shown" value="')[1].split('"')[0]
    with django_assert_max_num_queries(6):
        assert agent.post(address, {**post, "shown": code}).status_code == 204
    other.post(address, {**post, "leaves": "1"})
    assert "Zhao" not in agent.post(address, {**post, "shown": code}).content.decode()
    perform(people.reviewer, ref, "start_review", {"eta_at": (timezone.now() + timedelta(days=1)).isoformat()})
    assert "This page is no longer true" in agent.post(address, post).content.decode()
    assert at(people.owner).post(address, post).status_code == 403
    assert agent.get(address).status_code == 405


# ---- Calls
def test_a_call_is_noted_with_the_day_to_ask_again(people, at, ref) -> None:
    call = {"who": "channel", "body": "渠道说周五前答复", "follow_up_on": "2026-03-13"}
    assert do(at(people.agent), ref, "call", **call).status_code == 302
    ticket = Ticket.objects.get(ref=ref)
    assert ticket.follow_up_on.isoformat() == "2026-03-13"
    assert ticket.messages.get().visibility == "internal"
    assert "ask again on 2026-03-13" in page(at(people.agent), ref)
    past = do(at(people.agent), ref, "call", **{**call, "follow_up_on": "2026-03-01"})
    assert past.status_code == 400
    assert do(at(people.agent), ref, "call", who="customer", body="已解决").status_code == 302
    assert Ticket.objects.get(ref=ref).follow_up_on is None


# ---- Mentions
def test_a_colleague_named_in_a_note_finds_it_among_their_notices(people, at, ref) -> None:
    do(at(people.agent), ref, "message", body="@Zhao 请看一下金额，＠chen@example.com 也请看", visibility="internal")
    told = Notification.objects.filter(kind="mentioned").values_list("recipient__email", flat=True)
    assert sorted(told) == ["chen@example.com", "zhao@example.com"]
    assert "A colleague named you in a note" in at(people.supervisor).get("/desk/notices/").content.decode()
    assert "A colleague named you in a note" not in at(people.privacy).get("/desk/notices/").content.decode()


def test_who_may_not_read_the_note_hears_nothing_of_it(people, at, ref) -> None:
    Ticket.objects.filter(ref=ref).update(owner=people.privacy)
    do(at(people.agent), ref, "message", body="@Sun @Mei @Lin 注意 a@sunny.example", visibility="internal")
    assert not Notification.objects.filter(kind="mentioned").exists()


def test_what_is_to_be_followed_up_today_is_a_view_of_the_queue(people, at, ref, clock) -> None:
    assert ref not in at(people.agent).get("/desk/?follow_up=due").content.decode()
    do(at(people.agent), ref, "call", who="bank", body="周三再问", follow_up_on="2026-03-11")
    assert ref not in at(people.agent).get("/desk/?follow_up=due").content.decode()
    clock("2026-03-11T09:00:00+08:00")
    assert ref in at(people.agent).get("/desk/?follow_up=due").content.decode()


def test_files_beside_a_macro_that_asks_for_evidence_go_along(people, at, clock, vault, macro) -> None:  # noqa: F811
    macro.eta_amount, macro.start_review = None, False
    macro.save()
    memo.forget_all()
    client, ref = at(people.reviewer), MAKERS["under_review"](people).ref
    form = box(client, ref, f"?macro={macro.pk}")
    said = form.filled(body="Please send it.", eta_at="", visibility="public")
    before = Message.objects.count()
    assert client.post(form.action, {**said, "files": [making.file(making.png((1, 2, 3)), "form.png")]}).status_code == 302
    message = Message.objects.latest("pk")
    assert Message.objects.count() == before + 1
    assert (message.body, EvidenceItem.objects.get(kind="desk_file").message) == ("Please send it.", message)


def test_whoever_has_left_says_nothing_more(people, at, ref) -> None:
    form = box(at(people.agent), ref)
    at(people.agent).post(form.action, form.filled(body="Hello", visibility="public"))
    people.agent.is_active = False
    people.agent.save()
    assert release_due(timezone.now() + timedelta(seconds=UNDO_SECONDS + 1)) == 0
    assert (Message.objects.count(), Draft.objects.get().send_at) == (0, None)


@pytest.mark.parametrize("door", ["desk", "api"])
def test_what_a_colleague_is_saying_goes_along_with_a_merge(door, people, at, ref) -> None:
    other = MAKERS["needs_evidence"](people)  # further, so it goes on
    form = box(at(people.supervisor), ref)
    at(people.supervisor).post(form.action, form.filled(body="Hello", visibility="public"))
    merging = form_of(page(at(people.agent), ref), "merge")
    if door == "desk":
        assert at(people.agent).post(merging.action, {**merging.filled(into=other.ref), "seen": "1"}).status_code == 302
    else:
        perform(people.agent, ref, "merge", {"into": other.ref})
    assert not Message.objects.filter(body="Hello").exists()  # it can still be taken back
    release_due(timezone.now() + timedelta(minutes=1))
    assert Message.objects.get(body="Hello").ticket == other


def test_who_may_not_merge_sends_nobodys_reply(people, at, ref) -> None:
    form = box(at(people.supervisor), ref)
    at(people.supervisor).post(form.action, form.filled(body="Hello", visibility="public"))
    version = Ticket.objects.get(ref=ref).version
    assert at(people.operator).post(f"/desk/tickets/{ref}/merge/", {"into": ref, "version": version}).status_code in (403, 412)
    assert not Message.objects.filter(body="Hello").exists()
