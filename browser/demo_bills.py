"""What the demo lacks for a tour of every page: bills of payment channels, read and not read."""

from __future__ import annotations

import uuid

from accounts.models import User
from tickets.bills.files import CompressedFile
from tickets.models import OrderReference
from tickets.operations.reconciling import begin_bill, read_bill

SAYS = ("支付成功", "支付失败", "已全额退款", "处理中")
HEAD = "交易时间,交易类型,商品,收/支,金额(元),当前状态,交易单号\n"


def furnish() -> None:
    lin = User.objects.get(email="lin@example.com")
    numbers = OrderReference.objects.filter(issuer="wechat_txn").order_by("pk").values_list("number", flat=True)
    lines = (f"2026-03-10 20:15:00,商户消费,/,支出,58.00,{SAYS[place % 4]},{number}\n" for place, number in enumerate(numbers))
    _hand_in(lin, "三月.csv", HEAD + "".join(lines))
    _hand_in(lin, "渠道.csv", "结算日,渠道流水,发生额,结果\n")
    _hand_in(lin, "空白.csv", "\n")


def _hand_in(actor: User, name: str, text: str) -> None:
    pressed = CompressedFile()
    pressed.add(text.encode("gb18030"))
    pressed.end()
    bill = begin_bill(actor, uuid.uuid4(), name, "")
    if bill is not None:
        read_bill(actor, bill, pressed.chunks)
