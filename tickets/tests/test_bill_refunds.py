"""What has not come back is no refund, and what failed on a line of its own no second charge."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickets.bills.reading import charges
from tickets.bills.verdicts import finding
from tickets.operations.reconciling import layout_from_mapping, map_layout
from tickets.tests.test_bills import TXN, WECHAT, WECHAT_MERCHANT, read

pytestmark = pytest.mark.django_db


REFUND_LINE = "`ORIGINAL,`SUCCESS"


@pytest.mark.parametrize(("status", "verdict"), [("FAIL", "paid"), ("CHANGE", "paid"), ("PROCESSING", "pending"), ("SUCCESS", "refunded")])
def test_a_merchants_refund_counts_when_it_has_arrived(status, verdict):
    assert REFUND_LINE in WECHAT_MERCHANT
    lines = read(WECHAT_MERCHANT.replace(REFUND_LINE, f"`ORIGINAL,`{status}"))
    assert finding([line for line in lines if line.numbers[0] == TXN], Decimal("1280.00")).verdict == verdict


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("退款失败", "unrefunded"), ("退款关闭", "unrefunded"), ("REFUND_FAIL", "unrefunded"), ("退款被拒绝", "unrefunded"),
        ("拒绝退款", "unrefunded"), ("退款已取消", "unrefunded"), ("退款不成功", "unrefunded"), ("退款处理中", "refunding"),
        ("退款申请中", "refunding"), ("退款中", "refunding"), ("退款审核中", "refunding"), ("退款已受理", "refunding"),
        ("退款到账中", "refunding"), ("退款未到账", "refunding"), ("转入退款", "refunding"), ("已全额退款", "refunded"),
        ("已全额退款(交易关闭)", "refunded"), ("退款成功", "refunded"),
    ],
)  # fmt: skip
def test_a_status_says_whether_it_came_back(said, state):
    charge = read(WECHAT.replace("支付成功", said, 1))[0]
    assert (charge.state, charge.refunded) == (state, Decimal("1280.00") if state == "refunded" else 0)


@pytest.mark.parametrize("direction", ["收入", "支出", "/"])
@pytest.mark.parametrize("said", ["退款失败", "退款关闭"])
def test_a_refund_that_failed_on_a_line_of_its_own_is_no_second_charge(said, direction):
    numbers = '"4200002603109999990000000000\t","M20260310001\t","/"'
    row = f"2026-03-12 10:00:00,XX卡盟-退款,XX卡盟,/,{direction},¥1280.00,零钱,{said},{numbers}\n"
    paid_once = "".join(line for line in WECHAT.splitlines(keepends=True) if "4567890123457" not in line)
    lines = [line for line in read(paid_once.rstrip("\n") + "\n" + row) if "M20260310001" in line.numbers]
    assert finding(lines, Decimal("1280.00")).verdict == "paid"


def test_a_mapped_layout_knows_the_column_that_says_whether_it_came_back(lin):
    text = "时间,渠道流水,商家号,发生额,结果,退款额,退款状态\n2026-03-10,4200001111,ORDER-1,1280.00,REFUND,1280.00,{}\n"
    columns = {"number": "1", "order": "2", "amount": "3", "status": "4", "refund": "5"}
    map_layout(lin, text.splitlines()[0].split(","), columns, {"refunded": "REFUND", "paid": "SUCCESS"})
    states = [
        next(iter(charges(lambda told=told: iter([text.format(told).encode()]), layout_from_mapping))).state
        for told in ("FAIL", "SUCCESS", "")
    ]
    assert states == ["unrefunded", "refunded", "refunded"]
