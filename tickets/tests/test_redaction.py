"""What must never be kept in words: masked or refused, with few false alarms."""

from __future__ import annotations

import time

import pytest

from lib.redaction import holds_one_time_code, is_card_number, luhn_valid, without_card_numbers, without_one_time_codes, without_secrets
from tickets.models import Message, Notification
from tickets.operations import amend, file_ticket, perform, start_draft
from tickets.operations.conversation import post_message
from tickets.tests.making import filing
from tickets.workflow.errors import Invalid
from tickets.workflow.identifiers import order_number

CARDS = ("4111111111111111", "6222020200112230004", "5555555555554444", "378282246310005", "3530111333300000", "2223003122003222")


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "４１１１　１１１１　１１１１　１１１１",
        "4111\u200b1111\u200b1111\u200b1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111–1111–1111–1111",
        "4111  1111  1111  1111",
        "卡号4111111111111111。",
    ],
)
def test_a_card_number_is_masked_however_it_is_typed(text):
    kept = without_secrets(f"我的卡 {text} 被盗刷")
    assert "**** 1111" in kept
    assert "4111" not in kept.replace("**** 1111", "")
    assert "４" not in kept


@pytest.mark.parametrize(
    "text",
    [
        "订单 202603100001234",
        "4200000404202602129117582536",
        "2026-03-10 20:15:30",
        "13800138000 13900139000",
        "金额 1,280.00 元",
        "1\n" * 20,
    ],
)
def test_other_numbers_stay_as_they_are(text):
    assert without_secrets(text) == text


def test_two_cards_side_by_side_are_masked_both():
    assert without_secrets("4111 1111 1111 1111 5555-5555-5555-4444") == "**** 1111 **** 4444"


@pytest.mark.parametrize(("said", "kept"), [("CVV: 123", "CVV: ***"), ("安全码1234", "安全码***"), ("密码：abc12345", "密码：****")])
def test_check_codes_and_passwords_are_masked(said, kept):
    assert without_secrets(said) == kept


@pytest.mark.parametrize("said", ["密码错误", "忘记密码：请重置", "密码被改了", "CVV"])
def test_talk_of_passwords_stays(said):
    assert without_secrets(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "【银行】验证码123456，请勿泄露",
        "您的验证码为：123 456，五分钟内有效",
        "847261是您的验证码",
        "验证码：１２３４５６",
        "验证码 1234",
        "动态密码847261，请勿告知他人",
        "Your verification code is 847261.",
        "OTP: 4821",
        "G-847261 is your verification code",
        "校验码：90210",
        "【抖音】847261（登录验证码），5分钟内有效",
    ],
)
def test_a_one_time_code_is_found(text):
    assert holds_one_time_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "您尾号1234的卡消费600.00元",
        "2026年3月10日收到验证码",
        "验证码123",
        "验证码 123456789",
        "我没有把验证码给任何人，被扣1280元",
        "没收到验证码，订单202603100001234",
        "验证码输错后被扣 1280.00 元",
        "收到验证码后 2026-03-10 20:15 被扣",
        "验证码页面显示金额1280元",
        "骗子要我报验证码，我没报，转走了50000元",
        "没有验证码 卡号尾号8888 被扣款",
        "共收到验证码 1200 条",
        "未收到验证码，于是拨打了客服 955880",
        "I never shared the verification code, they took 1280 yuan",
        "验证码 2026年",
    ],
)
def test_years_amounts_and_order_numbers_are_no_codes(text):
    assert not holds_one_time_code(text)


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("issuer", ["other", "bank"])
def test_a_card_number_is_no_order_number(number, issuer, clock):
    from datetime import date

    assert is_card_number(number)
    with pytest.raises(Invalid) as invalid:
        order_number(issuer, number, date(2026, 3, 10))
    assert "card" in str(invalid.value.errors["number"]) or "卡号" in str(invalid.value.errors["number"])


@pytest.mark.parametrize("number", ["202603100001234", "4200000404202602129117582536", "4111111111111112", "1234567890123452"])
def test_an_order_number_is_no_card_number(number):
    assert not is_card_number(number)


def test_a_customers_message_with_a_code_is_refused_and_nothing_is_kept(clock, mei, lin):
    ticket = file_ticket(mei, filing())
    with pytest.raises(Invalid) as invalid:
        post_message(mei, ticket.ref, {"body": "骗子让我发验证码847261给他"})
    assert invalid.value.errors.keys() == {"body"}
    assert not Message.objects.exists()
    assert (
        post_message(lin, ticket.ref, {"body": "请不要把验证码 847261 这类数字发给任何人"}).body == "请不要把验证码 **** 这类数字发给任何人"
    )


def test_card_numbers_are_masked_in_messages_notes_and_statements(clock, mei, lin):
    card = "4111 1111 1111 1111"
    ticket = file_ticket(mei, filing(statement={"symptom": f"我的卡 {card} 被人盗刷了六百元，我没有操作过。"}))
    assert card not in ticket.statement["symptom"]
    for actor, more in ((mei, {}), (lin, {}), (lin, {"visibility": "internal"})):
        assert post_message(actor, ticket.ref, {"body": f"卡号 {card}", **more}).body == "卡号 **** 1111"
    perform(mei, ticket.ref, "request_freeze", {"account": "douyin:13800000000", "not_me": True})
    assert not Message.objects.filter(body__contains=card).exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("骗子要我报验证码847261，我报了", "骗子要我报验证码****，我报了"),
        ("验证码：１２３４５６，金额６００元", "验证码：****，金额６００元"),
        ("otp 1234 5678 9012", "otp **** **** ****"),
        ("847261是您的验证码，481516 verification code", "****是您的验证码，**** verification code"),
        ("your One-Time Code is 483 920", "your One-Time Code is ****"),
        ("没收到验证码，订单202603100001234，被扣1280元", "没收到验证码，订单202603100001234，被扣1280元"),
        ("ｏｔｐ ８４７２６１", "ｏｔｐ ****"),
        ("ﬁ OTP 847261 ㍿", "ﬁ OTP **** ㍿"),
    ],
)
def test_one_time_codes_are_masked_and_the_rest_stays_as_typed(said, kept):
    assert without_one_time_codes(said) == kept
    assert not holds_one_time_code(kept)


CODE = "对方让我报验证码 847261，我报了之后账户就被盗用充值了六百元。"


def everything_kept(ticket) -> str:
    """All rows of a ticket as text."""
    rows = [ticket, *ticket.events.all(), *ticket.freezes.all(), *ticket.submissions.all()]
    return " ".join(str(vars(row)) for row in rows) + str(list(Message.objects.values())) + str(list(Notification.objects.values()))


@pytest.mark.parametrize("more", [{}, {"request_freeze": True, "account": "douyin:13800138000", "not_me": True}])
def test_a_filing_with_a_code_is_taken_and_the_code_is_not_kept(clock, mei, lin, more):
    said = filing(
        statement={"symptom": CODE, "occurred_at": "2026-03-10T20:15:00+08:00", "amount": "600.00"},
        facts={"third_party_topup": True, "payee_display": "OTP 847261"},
        **more,
    )
    for ticket in (file_ticket(mei, said), file_ticket(lin, said | {"on_behalf_of": "otp8472@example.com", "channel": "phone"})):
        ticket.refresh_from_db()
        assert "847261" not in everything_kept(ticket)
        assert ticket.statement["symptom"] == CODE.replace("847261", "****")
    assert ticket.owner.email == "otp8472@example.com"


def test_a_draft_a_correction_and_a_reason_do_not_keep_a_code(clock, mei):
    draft = start_draft(mei, {"category": "mp_topup_stolen", "statement": {"symptom": CODE}})
    assert "847261" not in everything_kept(draft)
    draft = amend(mei, draft.ref, {"statement": {"symptom": f"{CODE} OTP 1234"}})
    assert "847261" not in everything_kept(draft)
    assert "1234" not in draft.statement["symptom"]
    ticket = file_ticket(mei, filing(request_freeze=True, account="douyin:13800138000", not_me=True))
    perform(mei, ticket.ref, "request_lift", {"reason": CODE})
    ticket.refresh_from_db()
    assert "847261" not in everything_kept(ticket)


def test_references_of_ours_stay_whatever_their_digits_add_up_to():
    references = [f"TS-20260310-{number:06}" for number in range(40)]
    assert any(luhn_valid(each[3:].replace("-", "")) for each in references)
    text = "见 " + "，".join(references) + "。"
    assert without_card_numbers(text) == text
    assert without_card_numbers(f"{references[0]} 20260310 {references[1]}") == f"{references[0]} 20260310 {references[1]}"


@pytest.mark.parametrize(
    "text", ["TS-4111111111111111", "TS-41111111-111111 11", "TS-41111111-11111111", "TS-20260310-000001 4111111111111111"]
)
def test_a_card_number_hides_behind_no_reference(text):
    assert "**** 1111" in without_card_numbers(text)
    assert "41111111" not in without_card_numbers(text).replace(" ", "")


def test_twenty_thousand_characters_of_codes_are_masked_in_no_time():
    text = "验证码1234 5678 " * 2_000
    begun = time.process_time()
    assert "1234" not in without_one_time_codes(text)
    assert time.process_time() - begun < 2
