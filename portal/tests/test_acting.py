"""The customer's actions: the page asks, the operation decides, a refusal comes back in words with what was typed."""

import re

import pytest

from accounts.roles import Role
from accounts.tests.conftest import prove
from portal.tests.conftest import footprint, main_of, text_of
from tickets.models import Event, OrderReference, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import FILES, filing, put_evidence, submitted
from tickets.workflow import ACTIONS

pytestmark = pytest.mark.django_db
OWNERS = [key for key, action in ACTIONS.items() if Role.OWNER in action.roles]
ALWAYS_OPEN = ("refer_to_police", "tick_security_task", "request_lift", "reopen", "record_outside_filing", "request_call")
THEIRS = [key for key, action in ACTIONS.items() if Role.OWNER not in action.roles]


def act(client, ref, action, **data):
    return client.post(f"/tickets/{ref}/do/{action}/", data)


# ---- Each does its work
def test_an_appeal_is_submitted_when_everything_is_there(phone, in_status):
    ref = in_status("evidence_collection").ref
    assert 'do/submit_appeal/"' in text_of(phone.get(f"/tickets/{ref}/"))
    assert act(phone, ref, "submit_appeal").url == f"/tickets/{ref}/"
    assert Ticket.objects.get().status == "appeal_submitted"


def test_what_is_missing_is_named(browser_of, mei):
    ref = file_ticket(mei, filing()).ref
    answer = act(browser_of(mei, "en"), ref, "submit_appeal")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Missing: Screenshot of the transaction, Payment voucher, Proof of identity" in page
    assert "There is a problem" in page
    assert Ticket.objects.get().status == "evidence_collection"


def test_a_try_held_up_by_our_scanning_is_remembered(phone, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ticket = file_ticket(mei, filing(discovered_at="2026-03-10T20:40:00+08:00"))
    for item in put_evidence(ticket, *FILES["mp_topup_stolen"]):
        item.state = "scanning"
        item.save()
    answer = act(phone, ticket.ref, "submit_appeal", once="a")
    assert answer.status_code == 422
    assert "我们仍在检查您添加的材料" in text_of(answer)
    assert "还缺：" not in main_of(answer).partition("error-summary")[2].partition("</ul>")[0]
    assert Ticket.objects.get().refund_tier == "full_eligible"
    assert Event.objects.filter(kind="submission_held_up").exists()


def test_confirming_and_objecting(phone, in_status):
    first = in_status("resolved").ref
    OrderReference.objects.all().delete()  # another order than the second one's
    second = in_status("resolved").ref
    act(phone, first, "confirm_resolution")
    act(phone, second, "dispute_resolution", reason="金额不对")
    assert Ticket.objects.get(ref=first).status == "closed"
    assert Ticket.objects.get(ref=second).status == "under_review"


def test_withdrawing_a_frozen_account_asks_what_becomes_of_the_freeze(browser_of, mei, in_status):
    ref = in_status("frozen").ref
    client = browser_of(mei, "en")
    answer = act(client, ref, "withdraw")
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'id="withdraw-keep_freeze_error"' in page
    assert re.search(r'<details class="more action-form" open>\s*<summary>Withdraw the complaint', page)
    assert "/accounts/fresh/" in act(client, ref, "withdraw", keep_freeze="false").url
    assert Ticket.objects.get().status == "frozen"
    prove(client)
    act(client, ref, "withdraw", keep_freeze="false")
    ticket = Ticket.objects.get()
    assert ticket.close_reason == "withdrawn"
    assert ticket.freezes.get().lift_requested_at is not None


def test_money_that_came_back_is_recorded_with_full_width_digits_too(phone, in_status):
    ref = in_status("auto_reversal_wait").ref
    act(phone, ref, "record_refund", amount="".join(chr(ord(c) + 0xFEE0) for c in "600") + ".00元", reference="R-9")
    assert Ticket.objects.get().status == "resolved"


def test_less_than_was_taken_needs_a_word_and_what_was_typed_is_kept(browser_of, mei, in_status):
    ref = in_status("auto_reversal_wait").ref
    answer = act(browser_of(mei, "en"), ref, "record_refund", amount="10", reference="R-1234")
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'id="record_refund-note_error"' in page
    assert 'value="R-1234"' in page
    assert 'value="10"' in page
    assert Ticket.objects.get().status == "auto_reversal_wait"


def test_safety_steps_are_ticked_off(phone, in_status):
    ref = in_status("frozen").ref
    assert 'value="password_changed"' in text_of(phone.get(f"/tickets/{ref}/"))
    assert "/accounts/fresh/" in act(phone, ref, "tick_security_task", task="password_changed").url
    prove(phone)
    act(phone, ref, "tick_security_task", task="password_changed")
    assert Ticket.objects.get().security_tasks.get().task == "password_changed"
    assert 'value="password_changed"' not in text_of(phone.get(f"/tickets/{ref}/"))


def test_the_freeze_can_be_asked_for_and_asked_to_be_lifted(phone, in_status):
    ref = in_status("evidence_collection").ref
    act(phone, ref, "request_freeze", account="douyin:777", not_me="on", once="f")
    assert Ticket.objects.get().status == "freeze_pending"
    assert "/accounts/fresh/" in act(phone, ref, "request_lift", reason="", once="k").url
    prove(phone)
    act(phone, ref, "request_lift", reason="", once="l")
    assert Ticket.objects.get().freezes.get().lift_requested_at is not None


def test_a_report_to_the_police_is_noted_in_every_status(phone, in_status):
    for status in ("evidence_collection", "closed"):
        ref = in_status(status).ref
        assert act(phone, ref, "refer_to_police", note="朝阳派出所", once=status).status_code == 302
        assert Ticket.objects.get(ref=ref).police_referred_at is not None


def test_reopening_is_asked_for(phone, in_status):
    ref = in_status("closed").ref
    assert act(phone, ref, "reopen", reason="").status_code == 400
    act(phone, ref, "reopen", reason="退款没有到账")
    assert Ticket.objects.get().reopen_requested_at is not None
    assert "reopen-reason" not in text_of(phone.get(f"/tickets/{ref}/"))


def test_what_cannot_be_had_is_named_with_its_reason(browser_of, mei, in_status):
    ref = in_status("needs_evidence").ref
    client = browser_of(mei, "en")
    page = text_of(client.get(f"/tickets/{ref}/"))
    assert "请补充与客服的沟通记录" in page
    assert "Asked for" in page
    answer = act(client, ref, "supply_evidence", **{"unavailable.cs_conversation": "", "once": "1"})
    assert answer.status_code == 422
    assert "Missing: Conversation with customer service" in text_of(answer)
    act(client, ref, "supply_evidence", **{"unavailable.cs_conversation": "只打过电话", "once": "2"})
    ticket = Ticket.objects.get()
    assert ticket.status == "under_review"
    assert ticket.evidence_requests.get().unavailable == [{"kind": "cs_conversation", "reason": "只打过电话"}]


# ---- Further
def test_a_rejection_is_taken_further(phone, in_status):
    ref = in_status("rejected").ref
    assert act(phone, ref, "escalate", target="regulator_12315", reason="我不同意").status_code == 302
    assert Ticket.objects.get().escalations.get().reason == "我不同意"
    assert "12315" in text_of(phone.get(f"/tickets/{ref}/"))


def test_a_place_not_open_yet_says_from_when_on_the_page_of_places(browser_of, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ref = submitted(mei).ref
    answer = act(browser_of(mei, "en"), ref, "escalate", target="l1_internal", reason="too slow for me")
    page = text_of(answer)
    assert answer.status_code == 409
    assert "this step opens by itself" in page
    assert "Opens:" in page
    assert not Ticket.objects.get().escalations.exists()


def test_a_refused_word_to_a_place_keeps_what_was_typed_at_that_place(browser_of, mei, in_status):
    ref = in_status("rejected").ref
    answer = act(browser_of(mei, "en"), ref, "escalate", target="l1_internal", reason="x" * 20_001)
    page = text_of(answer)
    assert answer.status_code == 400
    assert "Shorten this to 20000 characters" in page
    assert page.count("x" * 20_001) == 1


def test_the_police_are_open_through_the_same_door(phone, in_status):
    ref = in_status("evidence_collection").ref
    act(phone, ref, "escalate", target="police", reason="已报案")
    assert Ticket.objects.get().police_referred_at is not None


# ---- Who, when, how often
@pytest.mark.parametrize("action", OWNERS)
def test_strangers_get_404_and_the_desk_403(browser_of, mei, wang, lin, in_status, action):
    ref = in_status("evidence_collection").ref
    before = footprint()
    assert act(browser_of(wang), ref, action).status_code == 404
    assert act(browser_of(lin), ref, action).status_code == 403
    assert act(browser_of(None), ref, action).status_code == 302
    assert footprint() == before


@pytest.mark.parametrize("action", [*THEIRS, "nonsense"])
def test_what_is_not_the_customers_is_not_there(phone, in_status, action):
    ref = in_status("under_review").ref
    before = footprint()
    assert act(phone, ref, action).status_code == 404
    assert footprint() == before


@pytest.mark.parametrize(
    "action",
    [key for key in OWNERS if key not in ALWAYS_OPEN],
)
def test_the_wrong_moment_is_said_in_words_and_writes_nothing(browser_of, mei, in_status, action):
    ref = in_status("closed").ref
    before = footprint()
    answer = act(browser_of(mei, "en"), ref, action, target="l1_internal", reason="x", amount="1", account="a", body="x")
    assert answer.status_code == 409
    assert "The complaint has moved on" in text_of(answer)
    assert footprint() == before


def test_the_same_form_twice_does_its_work_once(phone, in_status):
    ref = in_status("evidence_collection").ref
    for _ in range(2):
        assert act(phone, ref, "refer_to_police", note="朝阳派出所", once="same").status_code == 302
    assert Event.objects.filter(kind="refer_to_police").count() == 1


def test_a_corrected_form_goes_through_with_the_same_token(phone, in_status):
    ref = in_status("closed").ref
    act(phone, ref, "reopen", reason="", once="same")
    act(phone, ref, "reopen", reason="退款没有到账", once="same")
    assert Ticket.objects.get().reopen_requested_at is not None


def test_a_token_of_somebody_else_is_no_hindrance(browser_of, mei, wang):
    mine, theirs = submitted(mei).ref, submitted(wang).ref
    act(browser_of(wang), theirs, "refer_to_police", once="guess")
    act(browser_of(mei), mine, "refer_to_police", once="guess")
    assert Event.objects.filter(kind="refer_to_police").count() == 2


def test_a_form_left_open_over_a_deadline_is_answered_by_how_things_stand(browser_of, mei, clock):
    clock("2026-03-10T20:52:00+08:00")
    ref = submitted(mei).ref
    clock("2026-03-30T09:00:00+08:00")
    answer = act(browser_of(mei, "en"), ref, "escalate", target="payment_channel")
    assert answer.status_code in (302, 409)
    assert Ticket.objects.get().status in ("appeal_submitted", "escalated")


def test_hidden_fields_that_were_changed_are_refused(phone, in_status):
    ref = in_status("rejected").ref
    answer = act(phone, ref, "escalate", target="moon")
    assert answer.status_code == 400
    assert not Ticket.objects.get().escalations.exists()


def test_a_missing_csrf_token_does_nothing(mei, in_status):
    from django.test import Client

    ref = in_status("evidence_collection").ref
    client = Client(enforce_csrf_checks=True)
    client.force_login(mei)
    assert act(client, ref, "withdraw").status_code == 403
    assert Ticket.objects.get().status == "evidence_collection"


def test_what_is_refused_after_others_were_first_shows_the_new_state(browser_of, mei, in_status):
    ref = in_status("evidence_collection").ref
    perform(mei, ref, "withdraw")
    answer = act(browser_of(mei, "en"), ref, "submit_appeal")
    assert answer.status_code == 409
    assert "This complaint is closed." in text_of(answer)


def test_an_account_is_shown_as_text_whatever_it_is_called(phone, mei):
    ref = file_ticket(mei, filing(account="<b>aaaaaaaaaaaa")).ref
    page = text_of(phone.get(f"/tickets/{ref}/"))
    assert "&lt;b&gt;****aaaa" in page
    assert "<b>****" not in page


def test_an_answer_to_a_request_that_leaves_its_fields_out_is_no_error(phone, in_status):
    ref = in_status("needs_evidence").ref
    assert act(phone, ref, "supply_evidence").status_code < 500
