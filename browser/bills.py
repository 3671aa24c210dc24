"""Bills of payment channels as programs write them, with quoting, marks, encodings and forms of digits of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Charged(NamedTuple):
    """One charge. `state`: paid, failed or refunded, which each channel says in words of its own."""

    number: str
    amount: str
    state: str = "paid"
    order: str = "/"


WECHAT_SAYS = {"paid": "支付成功", "failed": "支付失败", "refunded": "已全额退款"}
ALIPAY_SAYS = {"paid": "交易成功", "failed": "交易关闭", "refunded": "退款成功"}
OWN_SAYS = {"paid": "OK", "failed": "NG", "refunded": "BACK"}

WECHAT_HEAD = """\
微信支付账单明细,,,,,,,,,,
微信昵称：[小李],,,,,,,,,,
起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-31 23:59:59],,,,,,,,,,
导出类型：[全部],,,,,,,,,,
,,,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
"""
ALIPAY_HEAD = """\
------------------------------------------------------------------------------------
导出信息：
姓名：李梅
支付宝账户：138****0000
起始时间：[2026-03-01 00:00:00]    终止时间：[2026-03-31 23:59:59]
特别提示：
1.本回单内容可表明支付宝受理了相应支付交易申请，不构成交易成功的依据；
------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------
交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,
"""
OWN_HEAD = "结算日,渠道流水,商户订单,发生额,结果\n"
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


def wechat(folder: Path, charges: Iterable[Charged], name: str = "微信支付账单.csv") -> Path:
    """A byte order mark, commas and lines inside quotation marks, tabs behind long numbers, Windows' ends of lines."""
    shop = '商户消费,"XX卡盟,""旗舰""店","月付\n充值卡",支出'
    rows = (
        f'2026-03-10 20:15:00,{shop},¥{each.amount},零钱,{WECHAT_SAYS[each.state]},"{each.number}\t","{each.order}\t","/"\r\n'
        for each in charges
    )
    return _written(folder / name, WECHAT_HEAD, rows, "utf-8-sig")


def alipay(folder: Path, charges: Iterable[Charged], name: str = "支付宝交易明细.csv") -> Path:
    """GBK, a preamble, sums in full-width digits."""
    shop = "充值缴费,ＸＸ卡盟,xx***@x.com,月付充值,支出"
    said = (each._replace(amount=each.amount.translate(FULL_WIDTH), state=ALIPAY_SAYS[each.state]) for each in charges)
    means = {ALIPAY_SAYS["failed"]: ""}  # it closes what it has paid back as well: then it says from where it was paid
    rows = (
        f"2026-03-10 20:15:00,{shop},{each.amount},{means.get(each.state, '余额宝')},{each.state},{each.number}\t,{each.order}\t,,\r\n"
        for each in said
    )
    return _written(folder / name, ALIPAY_HEAD, rows, "gbk")


def own(folder: Path, charges: Iterable[Charged], name: str = "渠道对账单.csv", encoding: str = "utf-8") -> Path:
    """A channel nobody here knows."""
    rows = (f"20260310,{each.number},{each.order},{each.amount},{OWN_SAYS[each.state]}\n" for each in charges)
    return _written(folder / name, OWN_HEAD, rows, encoding)


def strangers(count: int) -> Iterator[Charged]:
    """Charges that are no complaint's."""
    return (Charged(f"9{number:027}", f"{number % 900 + 1}.00", "paid", f"M{number:012}") for number in range(count))


def _written(path: Path, head: str, rows: Iterable[str], encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        out.write(head)
        out.writelines(rows)
    return path
