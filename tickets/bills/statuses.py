"""What the words of a bill say became of a line's money, and of a refund. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

PAID, FAILED, REFUNDED, PENDING, UNKNOWN = "paid", "failed", "refunded", "pending", "unknown"
# Of a whole transaction only: less came back than was paid.
PARTLY = "partly_refunded"
# Of a line only: what is paid back has not arrived yet; what should be paid back was not.
REFUNDING, UNREFUNDED = "refunding", "unrefunded"
STATES = (PAID, FAILED, REFUNDED, PENDING)
OF_REFUND = frozenset({REFUNDED, REFUNDING, UNREFUNDED})
# What a status, or 退款状态, says of a refund. One that did not arrive is looked for first, then one that did: anything else is on its way.
REFUND_FAILED = re.compile(
    r"(?:退[款还回]?|REFUND[\W_]*)(?:失败|关闭|异常|已?取消|已?撤销|被?拒绝|[不未]成功|FAIL|CHANGE|CLOSE|ABNORMAL|CANCEL|REJECT)|拒绝退"
)
REFUND_ARRIVED = re.compile(
    r"已(?:全额|部分)?退[款还回票]?|退[款还回]已?(?:成功|完成|到账(?!中))|^(?:交易)?退[款还]$|^REFUND(?:ED)?$|(?:REFUND|退款)[\W_]*SUCCESS"
)
SPEAKS_OF_REFUND = re.compile(r"退|REFUND")
# A status is what the first of these words in it says; "refund" before "success", for 退款成功 is one.
WORDS: Mapping[str, tuple[str, ...]] = {
    REFUNDED: ("退款", "退还", "退回", "退票", "REFUND"),
    FAILED: ("失败", "关闭", "撤销", "已取消", "未成功", "不成功", "REVOKED", "CLOSED", "PAYERROR", "FAIL"),
    PENDING: (
        "处理中", "进行中", "待支付", "待付款", "买家付款", "等待付款", "未支付", "未付款", "转账中", "提现中", "充值中", "支付中",
        "付款中", "审核中", "交易创建", "交易中", "未完成", "待入账", "待到账", "未到账", "待收款", "待收钱", "待对方收款", "待对方收钱",
        "待确认收款", "待领取", "未领取", "NOTPAY", "USERPAYING", "ACCEPT",
    ),
    PAID: (
        "成功", "已支付", "已付款", "已转账", "已收钱", "已收款", "已存入", "已完成", "完成", "已到账", "已领取", "收货", "发货", "已签收",
        "SUCCESS",
    ),
}  # fmt: skip
# Of those that wait: the money has left its owner all the same.
UNDER_WAY = re.compile(r"(?:转账|提现|充值)中|[待未](?:入账|到账|领取)|待(?:对方)?(?:确认)?收[款钱]")
# Kinds of business that a merchant's bill names in place of a status, whole; and what anything else that waits begins with.
OF_PAYMENTS = frozenset({"交易", "在线支付", "交易付款", "消费", "付款", "转账", "支付"})
WAITS, LONGEST = "等待", 60  # characters of a status that is remembered
# What an ordinary bill calls a trade that ended before, or after, money moved: whether it did, another column says.
CLOSED = ("关闭", "CLOSED")


def status_of(said: str, words: Mapping[str, Sequence[str]], refunded: Decimal) -> str:
    """`said` in capitals. Without a word for it: a line with a refund is one, any other was paid."""
    if not said:
        return REFUNDED if refunded else PAID
    state = _known_state(said) if words is WORDS and len(said) <= LONGEST else _state(said, words)
    # Alipay closes what it has paid back; so a closed line with a refund is a refund.
    return REFUNDED if state == FAILED and refunded else state


@lru_cache(maxsize=1024)
def _known_state(said: str) -> str:
    """A bill says the same few words on all of its lines."""
    return _state(said, WORDS)


def _state(said: str, words: Mapping[str, Sequence[str]]) -> str:
    found = next((state for state in (REFUNDED, FAILED, PENDING, PAID) if any(word.upper() in said for word in words.get(state, ()))), "")
    if found or words is not WORDS:
        return found or UNKNOWN
    return PAID if said in OF_PAYMENTS else PENDING if WAITS in said else UNKNOWN


def refund_state(said: str, told: str, words: Mapping[str, Sequence[str]]) -> str:
    """Of a line that speaks of a refund by its status, which `told` (退款状态) knows better. Only what has arrived is a refund."""
    spoken = f"退款{told}" if told else said
    if REFUND_FAILED.search(spoken) or REFUND_FAILED.search(said):
        return UNREFUNDED
    # A sum in a column of refunds, and words that somebody chose for this layout, say it by themselves.
    by_itself = not told and (words is not WORDS or not SPEAKS_OF_REFUND.search(said))
    return REFUNDED if by_itself or REFUND_ARRIVED.search(spoken) else REFUNDING
