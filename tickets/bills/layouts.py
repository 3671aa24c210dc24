"""Which column of a bill means what: WeChat's and Alipay's exports for customers and merchants, and those that somebody mapped."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tickets.bills.statuses import WORDS

# In the order in which a column is looked for. Headings are compared without units, spaces and full-width forms.
CHANNEL_NUMBERS = ("交易单号", "微信订单号", "微信支付订单号", "微信支付单号", "交易订单号", "支付宝交易号", "交易号", "业务流水号")
MERCHANT_NUMBERS = ("商户单号", "商户订单号", "商家订单号")
NUMBERS = (*CHANNEL_NUMBERS, *MERCHANT_NUMBERS)
# A sum and the refunds that are counted in the same way: with coupons, without them. 总金额 is what older bills call the first.
AMOUNT = ("订单金额", "总金额", "应结订单金额", "金额", "交易金额")
REFUND = ("申请退款金额", "退款金额", "成功退款")
INCOME, OUTGO = ("收入金额", "收入"), ("支出金额", "支出")
STATUS = ("当前状态", "交易状态", "业务类型")
REFUND_STATUS = ("退款状态",)
REFUND_NUMBER = ("微信退款单号", "微信支付退款单号", "商户退款单号", "退款批次号/请求号", "退款批次号", "账务流水号")
TIME = ("退款成功时间", "退款申请时间", "交易时间", "付款时间", "交易创建时间", "创建时间", "发生时间")
DIRECTION = ("收/支",)
KIND = ("交易类型", "交易分类", "类型", "业务类型")
MEANS = ("收/付款方式", "资金状态")  # of the customer's Alipay: empty where no money moved
CURRENCY = ("货币种类", "币种", "货币类型")


@dataclass(frozen=True)
class Layout:
    """Places of columns, from 0. `numbers`: the channel's own first, then, from `merchants` on, the merchant's. None: the bill has no
    such column. `source` is wechat, alipay or other; `name` says whose bill it is besides. `outgo`: of money that left the merchant."""

    source: str
    numbers: tuple[int, ...]
    amount: int
    status: int | None = None
    refund: int | None = None
    time: int | None = None
    direction: int | None = None
    refund_status: int | None = None
    words: Mapping[str, Sequence[str]] = field(default_factory=lambda: WORDS)
    name: str = "other"
    merchants: int = 1
    kind: int | None = None
    means: int | None = None
    refund_number: int | None = None
    currency: int | None = None
    outgo: int | None = None

    @property
    def of_merchant(self) -> bool:
        return self.name.endswith("merchant")


def heading(text: str) -> str:
    """Without unit and spaces: 金额（元） and 金额(元) are 金额."""
    plain = unicodedata.normalize("NFKC", text).strip("\ufeff`\t \"'")
    return re.sub(r"[\s\u200b-\u200f\u2060\ufeff]|\(.*?\)", "", plain)


def recognise_layout(row: Sequence[str]) -> Layout | None:
    """The layout, when this row is the headings of a bill we know; None when it is anything else."""
    names = [heading(cell) for cell in row]
    channels = tuple(names.index(name) for name in CHANNEL_NUMBERS if name in names)
    merchants = tuple(names.index(name) for name in MERCHANT_NUMBERS if name in names)
    outgo = place_of(names, OUTGO)
    amount = place_of(names, AMOUNT if outgo is None else INCOME)
    if not (channels or merchants) or amount is None or len(names) < 5:
        return None
    source = _source(names)
    status = place_of(names, STATUS)
    return Layout(
        source, channels + merchants, amount, status, place_of(names, REFUND), place_of(names, TIME),
        place_of(names, DIRECTION), place_of(names, REFUND_STATUS), name=_name(source, names), merchants=len(channels),
        kind=place_of(names, KIND), means=place_of(names, MEANS) if source == "alipay" else None,
        refund_number=place_of(names, REFUND_NUMBER), currency=place_of(names, CURRENCY), outgo=outgo,
    )  # fmt: skip


def place_of(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _source(names: Sequence[str]) -> str:
    """交易单号 and 微信订单号 are WeChat's words; 商家订单号 and 支付宝交易号 Alipay's."""
    if {"微信订单号", "微信支付订单号", "微信支付单号", "交易单号"} & set(names):
        return "wechat"
    return "alipay" if {"支付宝交易号", "交易订单号", "交易号", "商家订单号", "业务流水号"} & set(names) else "other"


def _name(source: str, names: Sequence[str]) -> str:
    """A customer's bill says what came in and what went out."""
    return source if source == "other" else f"{source}_{'customer' if '收/支' in names else 'merchant'}"


def fingerprint(row: Sequence[str]) -> str:
    """Equal for bills with the same headings."""
    return hashlib.sha256("\x1f".join(heading(cell) for cell in row).encode()).hexdigest()


def looks_like_headings(row: Sequence[str]) -> bool:
    """Several different words and no number: what a person could map."""
    names = [heading(cell) for cell in row]
    filled = [name for name in names if name]
    return len(filled) >= 3 and len(set(filled)) == len(filled) and not any(re.search(r"\d{4,}", name) for name in filled)
