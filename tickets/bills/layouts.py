"""Which column of a bill means what: WeChat's and Alipay's exports for customers and merchants, and those that somebody mapped."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# In the order in which a column is looked for. Headings are compared without units, spaces and full-width forms.
NUMBERS = ("交易单号", "微信订单号", "交易订单号", "支付宝交易号", "交易号", "业务流水号", "商户单号", "商户订单号", "商家订单号")
TRANSACTION = 6  # so many of them are the channel's own number, the others the merchant's
AMOUNT = ("订单金额", "应结订单金额", "金额", "交易金额")
STATUS = ("当前状态", "交易状态", "业务类型")
REFUND = ("退款金额", "成功退款")
REFUND_STATUS = ("退款状态",)
TIME = ("交易时间", "付款时间", "交易创建时间", "创建时间", "发生时间")
DIRECTION = ("收/支",)

PAID, FAILED, REFUNDED, PENDING, UNKNOWN = "paid", "failed", "refunded", "pending", "unknown"
# Of a line only: what is paid back has not arrived yet; what should be paid back was not.
REFUNDING, UNREFUNDED = "refunding", "unrefunded"
STATES = (PAID, FAILED, REFUNDED, PENDING)
# What a status, or 退款状态, says of a refund. One that did not arrive is looked for first, then one that did: anything else is on its way.
REFUND_FAILED = re.compile(
    r"(?:退[款还]?|REFUND[\W_]*)(?:失败|关闭|异常|已?取消|已?撤销|被?拒绝|[不未]成功|FAIL|CHANGE|CLOSE|ABNORMAL|CANCEL|REJECT)|拒绝退"
)
REFUND_ARRIVED = re.compile(
    r"已(?:全额|部分)?退[款还]?|退[款还]已?(?:成功|完成|到账(?!中))|^(?:交易)?退[款还]$|^REFUND(?:ED)?$|(?:REFUND|退款)[\W_]*SUCCESS"
)
SPEAKS_OF_REFUND = re.compile(r"退|REFUND")
# A status is what the first of these words in it says; "refund" before "success", for 退款成功 is one.
WORDS: Mapping[str, tuple[str, ...]] = {
    REFUNDED: ("退款", "退还", "REFUND"),
    FAILED: ("失败", "关闭", "撤销", "REVOKED", "CLOSED", "PAYERROR", "FAIL"),
    PENDING: ("处理中", "等待", "未支付", "NOTPAY", "USERPAYING"),
    PAID: ("成功", "已支付", "已转账", "已收钱", "已存入", "已完成", "交易", "SUCCESS"),
}


@dataclass(frozen=True)
class Layout:
    """Places of columns, from 0. `numbers`: the channel's own first. None: the bill has no such column."""

    source: str
    numbers: tuple[int, ...]
    amount: int
    status: int | None = None
    refund: int | None = None
    time: int | None = None
    direction: int | None = None
    refund_status: int | None = None
    words: Mapping[str, Sequence[str]] = field(default_factory=lambda: WORDS)


def heading(text: str) -> str:
    """Without unit and spaces: 金额（元） and 金额(元) are 金额."""
    plain = unicodedata.normalize("NFKC", text).strip("\ufeff`\t \"'")
    return re.sub(r"\s|\(.*?\)", "", plain)


def recognise_layout(row: Sequence[str]) -> Layout | None:
    """The layout, when this row is the headings of a bill we know; None when it is anything else."""
    names = [heading(cell) for cell in row]
    numbers = tuple(names.index(name) for name in NUMBERS if name in names)
    amount = place_of(names, AMOUNT)
    if not numbers or amount is None or len(names) < 5:
        return None
    return Layout(
        _source(names), numbers, amount, place_of(names, STATUS), place_of(names, REFUND), place_of(names, TIME),
        place_of(names, DIRECTION), place_of(names, REFUND_STATUS),
    )  # fmt: skip


def place_of(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _source(names: Sequence[str]) -> str:
    """交易单号 and 微信订单号 are WeChat's words; 商家订单号 and 支付宝交易号 Alipay's."""
    if {"微信订单号", "交易单号"} & set(names):
        return "wechat"
    return "alipay" if {"支付宝交易号", "交易订单号", "交易号", "商家订单号"} & set(names) else "other"


def fingerprint(row: Sequence[str]) -> str:
    """Equal for bills with the same headings."""
    return hashlib.sha256("\x1f".join(heading(cell) for cell in row).encode()).hexdigest()


def looks_like_headings(row: Sequence[str]) -> bool:
    """Several different words and no number: what a person could map."""
    names = [heading(cell) for cell in row]
    filled = [name for name in names if name]
    return len(filled) >= 3 and len(set(filled)) == len(filled) and not any(re.search(r"\d{4,}", name) for name in filled)
