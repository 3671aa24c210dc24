"""Playbooks and places, for anyone."""

import pytest

from api.tests.driving import ROOT
from tickets.models import EscalationTarget
from tickets.policy.playbooks import playbooks

pytestmark = pytest.mark.django_db


def get(as_, path, language="en"):
    response = as_().get(ROOT + path, HTTP_ACCEPT_LANGUAGE=language)
    assert response.status_code == 200
    return response.json()


def test_anyone_sees_every_category_in_its_order(as_):
    assert [each["key"] for each in get(as_, "categories/")["results"]] == list(playbooks("2026.2"))


def test_a_category_says_what_it_asks_and_promises(as_):
    category = get(as_, "categories/pay_failed_deducted/")
    asked = {question["key"]: question for question in category["questions"]}
    assert asked["deducted_at"].items() >= {"type": "instant", "required": True}.items()
    assert {choice["value"] for choice in asked["channel_status"]["choices"]} == {"success", "failed", "pending", "unknown"}
    assert category["facts"]["tried"] == "choices"
    assert [slot["kind"] for slot in category["required_evidence"]] == ["order_number", "payment_voucher", "failure_prompt"]
    assert [slot["kind"] for slot in category["optional_evidence"]] == ["bank_sms_screenshot"]
    deadlines = {each["key"]: each["duration"] for each in category["deadlines"]}
    assert deadlines["review_target"] == "1 working day"
    assert deadlines["review_limit"] == "3 working days"
    assert deadlines["auto_reversal_wait"] == "24 hours"
    assert "refund_payout" not in deadlines


def test_identity_may_be_shown_in_several_ways(as_):
    slots = get(as_, "categories/withdrawal_restricted/")["required_evidence"]
    assert slots[1]["any_of"] == [["id_card_front", "id_card_back"], ["passport"]]


def test_words_follow_the_reader(as_):
    assert get(as_, "categories/billing_duplicate/", "zh-hans")["title"] == "重复扣款"
    assert get(as_, "categories/billing_duplicate/", "en")["title"] == "Charged twice"


def test_an_unknown_category_is_404(as_):
    assert as_().get(f"{ROOT}categories/nonsense/").json()["code"] == "not_found"


def test_a_contact_nobody_verified_is_hidden(as_):
    EscalationTarget.objects.filter(key="police").update(contact="110", hours="24", verified_at=None)
    places = {place["key"]: place for place in get(as_, "escalation-targets/")["results"]}
    assert (places["police"]["contact"], places["police"]["hours"]) == (None, None)
    assert places["l1_internal"]["title"]


def test_what_people_type_leads_to_categories_the_likeliest_first(as_):
    found = get(as_, "categories/?q=扣了两次")["results"]
    assert (found[0]["key"], found[0]["freeze_first"]) == ("billing_duplicate", False)
    assert get(as_, "categories/?q=someone took money from my account")["results"][0]["key"] == "billing_unauthorized"
    assert get(as_, "categories/?q=天气真好")["results"] == get(as_, "categories/?q=")["results"] == []


# What people said in the field, and its kind: colloquial, dialect, other signs, pinyin, mistyped, English.
SAID = """
卡套余额为负数 card_cover_balance
充值100扣了150 billing_amount_mismatch
孩子偷偷充值游戏 minor_topup
孩子偷偷充了游戏 minor_topup
双重扣费 billing_duplicate
验证码给了别人 !scam_transfer
花呗被人刷了 !mp_topup_stolen
白条被盗 !mp_topup_stolen
zhifu_shibai_koukuan_le pay_failed_deducted
tixian_shibai withdrawal_anomaly
提现一直不到帐 withdrawal_anomaly
账户被冻洁了 card_cover_frozen
被骗转帐 !scam_transfer
扣了我三遍钱 billing_duplicate
崽拿我手机充了王者 minor_topup
娃儿乱充钱 minor_topup
俺的钱没了 !billing_unauthorized
錢被盜刷 !billing_unauthorized
显示账户受限不能提现 withdrawal_restricted
店里收款机多扣了顾客的钱 merchant_deduction
刷单被骗 !scam_transfer
someone_took_money_from_my_account !billing_unauthorized
my_son_bought_game_skins_without_asking minor_topup
double_charged billing_duplicate
i_paid_but_order_shows_failed pay_failed_deducted
balance_is_negative card_cover_balance
质量不好要退货 after_sale
"""


@pytest.mark.parametrize("row", SAID.strip().splitlines())
def test_what_was_said_in_the_field_is_understood(as_, row):
    typed, key = row.split(" ")
    found = get(as_, f"categories/?q={typed.replace('_', ' ')}")["results"]
    assert found[0]["key"] == key.lstrip("!")
    assert not key.startswith("!") or all(each["freeze_first"] for each in found)


@pytest.mark.parametrize("typed", ["盗刷", "月付被盗用充值了点卡", "someone took money from my account", "验证码给了别人", "被骗了"])
def test_what_speaks_of_theft_or_fraud_freezes_first(as_, typed):
    found = get(as_, f"categories/?q={typed}")["results"]
    assert found and all(row["freeze_first"] for row in found)


def test_an_emergency_freezes_first_whatever_the_words(as_):
    rows = {row["key"]: row["freeze_first"] for row in get(as_, "categories/")["results"]}
    assert (rows["mp_topup_stolen"], rows["billing_duplicate"]) == (True, False)
