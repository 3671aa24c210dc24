"""What people type beside a file: each kind's own checks."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from evidence.intake.fields import Circumstances, clean, id_number_valid, masked_id
from evidence.kinds import KINDS
from tickets.words import EVIDENCE_KIND
from tickets.workflow.errors import Invalid

AROUND = Circumstances(datetime(2026, 3, 10, 12, 52, tzinfo=UTC), "Asia/Shanghai", Decimal("600.00"))
GOOD_ID = "11010519491231002X"


def typed(kind, **fields):
    return clean({"kind": kind, **fields}, AROUND)


def errors(kind, **fields):
    with pytest.raises(Invalid) as invalid:
        typed(kind, **fields)
    return set(invalid.value.errors)


def test_every_kind_has_a_name_in_words():
    assert set(KINDS) <= set(EVIDENCE_KIND)


def test_every_field_is_welcome_with_every_kind():
    fields = {
        "order_no": "202603100001234", "amount": "600.00", "paid_at": "2026-03-10T20:15:00+08:00", "number": "1234",
        "expires_on": "2031-01-01", "shown_at": "2026-03-10T20:15:00+08:00", "external_ticket_no": "T-1",
        "occurred_at": "2026-03-10T20:15:00+08:00", "symptom": "异" * 20, "demands": ["refund"], "text": "招商银行", "consent": True,
    }  # fmt: skip
    own = {"id_card_front": GOOD_ID, "id_card_back": GOOD_ID, "passport": "E12345678"}
    for key in KINDS.keys() - {"face_result"}:
        given = {**fields, "number": own.get(key, "1234")}
        if key == "order_number":
            given["text"] = "202603100001234"
        assert typed(key, **given).kind.key == key


def test_unknown_names_are_named():
    assert errors("payment_voucher", colour="red", size=3) == {"colour", "size"}
    assert errors("selfie") == {"kind"}
    assert errors("identity_proof") == {"kind"}
    with pytest.raises(Invalid):
        clean({"text": "x"}, AROUND)


def test_a_face_is_never_taken():
    assert errors("face_result", text="passed") == {"kind"}


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005", "abc", "NaN", "1e99"])
def test_a_vouchers_amount_is_money_above_nought(amount):
    assert errors("payment_voucher", amount=amount) == {"amount"}


def test_a_voucher_of_another_amount_is_marked():
    assert typed("payment_voucher", amount="599.99").fields["warnings"] == ["amount_differs"]
    assert "warnings" not in typed("payment_voucher", amount="600").fields


def test_nothing_was_paid_tomorrow():
    assert errors("payment_voucher", paid_at="2026-03-11T20:15:00+08:00") == {"paid_at"}
    assert errors("payment_voucher", paid_at="2026-03-10T20:15:00") == {"paid_at"}
    assert typed("payment_voucher", paid_at="2026-03-10T20:15:00+08:00").fields["paid_at"] == "2026-03-10T20:15:00+08:00"


@pytest.mark.parametrize(
    ("said", "number", "issuer", "warnings"),
    [
        ("２０２６０３１０ ０００１２３４", "202603100001234", "douyin_mp", None),
        ("4200 0004 0420 2602 1291 1758 2536", "4200000404202602129117582536", "wechat_txn", None),
        ("202613100001234", "202613100001234", "other", ["unknown_issuer"]),
        ("AB-12_34|5*", "AB-12_34|5*", "other", ["unknown_issuer"]),
    ],
)
def test_order_numbers_are_normalised_and_their_issuer_read(said, number, issuer, warnings):
    item = typed("order_number", text=said)
    assert (item.text, item.fields["order_no"], item.fields["issuer"]) == (number, number, issuer)
    assert item.order == (issuer, number, "unknown_issuer" if warnings else "")
    assert item.fields.get("warnings") == warnings


def test_an_order_number_may_be_named_in_any_of_three_fields():
    for field in ("text", "number", "order_no"):
        assert typed("order_number", **{field: "202603100001234"}).text == "202603100001234"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"text": "123"}, "text"),
        ({"number": "订单号"}, "number"),
        ({"text": "202699990001234", "issuer": "douyin_mp"}, "text"),
        ({"text": "202603110001234", "issuer": "douyin_mp"}, "text"),
        ({"order_no": "1" * 27, "issuer": "wechat_txn"}, "order_no"),
        ({"text": "6222020200112230004"}, "text"),
        ({}, "text"),
    ],
)
def test_what_cannot_be_an_order_number_is_refused(fields, where):
    assert errors("order_number", **fields) == {where}


def test_a_number_like_a_card_outside_order_fields_is_masked():
    assert typed("pos_record", number="4111 1111 1111 1111").fields["number"] == "**** 1111"
    assert "4111111111111111" not in typed("cs_conversation", text="卡号 4111111111111111").text


@pytest.mark.parametrize(
    "text",
    [
        "【银行】验证码123456，请勿泄露",
        "您的验证码为：123 456，五分钟内有效",
        "847261是您的验证码",
        "验证码：１２３４５６",
        "验证码 1234",
    ],
)
def test_a_text_message_with_a_code_is_refused(text):
    assert errors("bank_sms_screenshot", text=text) == {"text"}


@pytest.mark.parametrize(
    "text",
    [
        "您尾号1234的卡消费600.00元",
        "2026年3月10日收到验证码",
        "验证码123",
        "验证码 123456789",
        "未收到验证码，于是在第二天上午拨打了客服 955880",
    ],
)
def test_a_text_message_without_one_is_taken(text):
    assert typed("bank_sms_screenshot", text=text).text == text


@pytest.mark.parametrize("text", ["招商银行 12345", "招商银行 6222020200112230004", "招商银行", "12", "招商银行 1234 5678"])
def test_a_card_is_its_bank_and_four_digits(text):
    assert errors("bank_card_masked", text=text) == {"text"}


@pytest.mark.parametrize("fields", [{"text": "招商银行 **** 1234"}, {"text": "招商银行", "number": "1234"}, {"text": "招商银行１２３４"}])
def test_bank_and_last_four_are_kept(fields):
    item = typed("bank_card_masked", **fields)
    assert item.fields == {"bank": "招商银行", "last4": "1234"}
    assert item.text == "招商银行 **** 1234"


def test_an_id_number_is_checked_and_kept_masked():
    assert id_number_valid(GOOD_ID, AROUND.today)
    item = typed("id_card_front", number=GOOD_ID.lower())
    assert item.fields == {"number": "110****002X"}
    assert GOOD_ID not in repr(item)
    assert masked_id("110105199001011234") == "110****1234"


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491331002X", "1101051949123100", "11010520991231002X", "abcdefghijklmnopqr"]
)
def test_a_wrong_id_number_is_refused(number):
    assert errors("id_card_back", number=number) == {"number"}


def test_a_passport_is_valid_today_in_china():
    assert errors("passport", expires_on="2026-03-09") == {"expires_on"}
    assert errors("passport", expires_on="2026-02-30") == {"expires_on"}
    assert errors("passport", expires_on="soon") == {"expires_on"}
    item = typed("passport", expires_on="2026-03-10", number="E12345678")
    assert item.fields == {"expires_on": "2026-03-10", "number": "E****678"}


def test_a_statement_may_be_unfinished_but_not_empty():
    item = typed("written_statement", text="钱没了", demands=["refund"])
    assert item.fields == {"demands": ["refund"], "symptom": "钱没了", "warnings": ["too_short"]}
    assert errors("written_statement") == {"symptom"}
    assert errors("account_appeal_form", demands=["revenge"]) == {"demands"}


def test_a_terminals_record_says_when_and_which_or_is_marked():
    assert typed("pos_record").fields["warnings"] == ["no_order_number", "no_time"]
    whole = typed("pos_record", order_no="202603100001234", shown_at="2026-03-10T20:15:00+08:00")
    assert "warnings" not in whole.fields


@pytest.mark.parametrize(("kind", "field"), [("cs_conversation", "text"), ("account_info", "text"), ("written_statement", "symptom")])
def test_a_code_is_refused_in_every_text(kind, field):
    assert errors(kind, **{field: "客服要我报验证码847261给他"}) == {field}


def test_everything_that_is_wrong_is_said_at_once():
    wrong = {"amount": "-5", "paid_at": "2027-01-01T00:00:00+08:00", "order_no": "4111111111111111", "text": "验证码 847261"}
    assert errors("payment_voucher", **wrong) == {"amount", "paid_at", "order_no", "text"}


def test_a_card_number_beside_a_picture_is_no_order_number():
    for issuer in ("other", "bank", None):
        assert errors("payment_voucher", order_no="6222020200112230004", issuer=issuer) == {"order_no"}


@pytest.mark.parametrize("kind", ["id_card_front", "id_card_back", "passport"])
def test_nothing_typed_beside_an_identity_document_lies_open(kind):
    said = {"text": "张三的证件", "symptom": "丢失", "external_ticket_no": "A-1", "order_no": "202603091234567", "amount": "5.00"}
    item = typed(kind, expires_on="2030-01-01", **said)
    assert (item.text, item.fields, item.order) == ("", {"expires_on": "2030-01-01"}, None)
