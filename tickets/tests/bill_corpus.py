"""A corpus of small bills as WeChat and Alipay write them: both sides, four years of headings, whatever happens to money. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

WECHAT_HEAD = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注"
ALIPAY_HEAD = "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,"
ALIPAY_2021 = "收/支,交易对方,对方账号,商品说明,收/付款方式,金额,交易状态,交易分类,交易订单号,商家订单号,交易时间,"
ALIPAY_OLD = (
    "交易号                  ,商家订单号               ,交易创建时间              ,付款时间                ,最近修改时间              ,"
    "交易来源地     ,类型              ,交易对方            ,商品名称                ,金额（元）   ,收/支     ,交易状态    ,"
    "服务费（元）   ,成功退款（元）  ,备注                  ,资金状态     ,"
)
WECHAT_ALL = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_ALL_OLD = (
    "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,企业红包金额,"
    "微信退款单号,商户退款单号,退款金额,企业红包退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率"
)
WECHAT_REFUND = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
ALIPAY_BUSINESS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
ALIPAY_ACCOUNT = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注"
)
N, N2, R = "4200002603101234567890123456", "4200002603101234567890123457", "50300000002026031112345678901"
A, A2 = "2026031022001499990000000009", "2026031022001499990000000011"
M, PAID_AT, NOUGHTS = "M20260310001", "2020-03-10 20:15:01", ",".join(["0.00"] * 5)


@dataclass(frozen=True)
class Case:
    """A bill's text and what it says: (number, paid or None, refunded, state) for each transaction, and lines not understood."""

    name: str
    text: str
    right: Sequence[tuple[str, str | None, str, str]]
    unread: dict[str, int] = field(default_factory=dict)


def wechat(*rows: str, preface: int = 2, sign: str = "¥") -> str:
    above = [
        "微信支付账单明细,,,,,,,,,,",
        *["微信昵称：[小李],,,,,,,,,,"] * preface,
        "----------------------微信支付账单明细列表--------------------,,,,,,,,,,",
    ]
    return "\n".join([*above, WECHAT_HEAD, *(row.replace("¥", sign) for row in rows)]) + "\n"


def w(
    status: str, amount: str = "36.80", number: str = N, merchant: str = M, kind: str = "商户消费", way: str = "支出", at: str = "10"
) -> str:
    return f'2026-03-{at} 20:15:00,{kind},某店,"月付,卡",{way},¥{amount},零钱,{status},"{number}\t","{merchant}\t","/"'


def alipay(*rows: str, preface: int = 3) -> str:
    above = [
        "-" * 80,
        "导出信息：",
        *["姓名：李梅"] * preface,
        "------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------",
    ]
    return "\n".join([*above, ALIPAY_HEAD, *rows]) + "\n"


def a(
    status: str,
    amount: str = "128.00",
    number: str = A,
    means: str = "余额宝",
    way: str = "支出",
    kind: str = "餐饮美食",
    merchant: str = "D9990001",
) -> str:
    return f"2026-03-10 09:00:00,{kind},饿了么,e***@x.com,外卖,{way},{amount},{means},{status},{number}\t,{merchant}\t,,"


def a21(status: str, amount: str = "128.00", number: str = A, means: str = "余额宝", way: str = "支出") -> str:
    row = f"{way},饿了么,e***@x.com,外卖,{means},{amount},{status},餐饮美食,{number}\t,D9990001\t,2021-03-10 09:00:00,"
    return "\n".join(["支付宝（中国）网络技术有限公司  电子客户回单", ALIPAY_2021, row]) + "\n"


def old(status: str, back: str = "0.00", fund: str = "已支出", amount: str = "50.00", way: str = "支出") -> str:
    row = f"{A}\t,T200P1\t,2020-03-10 20:15:00,{PAID_AT},{PAID_AT},其他,即时到账交易,某店,月付,{amount},{way},{status},0.00,{back},,{fund},"
    rule = "-" * 84
    foot = [rule, "共1笔记录", "已收入:0笔,0.00元", f"已支出:1笔,{amount}元", "导出时间:[2020-04-01 12:00:00]    用户:李梅"]
    return (
        "\n".join(
            [
                "支付宝交易记录明细查询",
                "账号:[x@example.com]",
                "---------------------------------交易记录明细列表---",
                ALIPAY_OLD,
                row,
                *foot,
            ]
        )
        + "\n"
    )


def merchant(head: str, *rows: Sequence[str]) -> str:
    lines = [",".join(f"`{cell}" for cell in row) for row in rows]
    return (
        "\ufeff"
        + "\n".join(
            [
                head,
                *lines,
                "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
                "`2,`36.80,`0.00,`0.00,`0.0,`36.80,`0.00",
            ]
        )
        + "\n"
    )


def m(
    status: str, amount: str = "36.80", back: str = "0.00", refund: str = "0", became: str = "", number: str = N, coupon: str = "0.00"
) -> list[str]:
    return ["2026-03-10 20:15:00", "wx1", "1", "0", "", number, "ORDER-1", "o1", "NATIVE", status, "OTHERS", "CNY", amount, coupon, refund,
            refund, back, "0.00", "ORIGINAL" if refund != "0" else "", became, "卡", "", "0.22", "0.60%", amount, back, ""]  # fmt: skip


def m_old(status: str, amount: str = "36.80", back: str = "0.00", refund: str = "0", became: str = "") -> list[str]:
    return m(status, amount, back, refund, became)[:24]


def m_refund(back: str = "36.80", became: str = "SUCCESS", refund: str = R) -> list[str]:
    row = m("REFUND", "0.00", back, refund, became)
    return [*row[:14], "2026-03-11 09:00:00", "2026-03-11 09:00:05", *row[14:]]


def business(*rows: str) -> str:
    above = [
        "#支付宝业务明细查询",
        "#账号：[20880000000001560156]",
        "#-----------------------------------------业务明细列表----------------------------------------",
    ]
    foot = [
        "#-----------------------------------------业务明细列表结束------------------------------------",
        "#交易合计：1笔，商家实收共280.00元",
        "#导出时间：[2026年04月01日 10:00:00]",
    ]
    return "\n".join([*above, ALIPAY_BUSINESS, *rows, *foot]) + "\n"


def b(kind: str, amount: str = "280.00", batch: str = "", number: str = A) -> str:
    head = f"{number}\t,ORDER-9\t,{kind}\t,卡,2026-03-10 09:00:00,2026-03-10 09:00:05,,,,,*梅(138****0000)"
    return f"{head},{amount},{amount},{NOUGHTS},,0.00,0.00,{batch},-1.68,0.00,"


def account(*rows: str) -> str:
    return (
        "\n".join(
            [
                "#支付宝账务明细查询",
                "#账号：[2088]",
                "#---账务明细列表---",
                ALIPAY_ACCOUNT,
                *rows,
                "#---账务明细列表结束---",
                "#支出合计：1笔，共-50.00元",
            ]
        )
        + "\n"
    )


def f(flow: str, kind: str, income: str = "", outgo: str = "") -> str:
    return f"{flow}\t,{A}\t,ORDER-9\t,卡,2026-03-10 09:00:00,x@x.com,{income},{outgo},1000.00,余额,{kind},"


def cases() -> Iterator[Case]:
    yield from _wechat_states()
    yield from _wechat_refunds()
    yield from _wechat_shapes()
    yield from _alipay_states()
    yield from _alipay_refunds()
    yield from _merchants_of_wechat()
    yield from _merchants_of_alipay()
    yield from _spoilt()


def _wechat_states() -> Iterator[Case]:
    paid = ("支付成功", "已转账", "对方已收钱", "朋友已收钱", "已存入零钱", "已收钱", "已完成", "已到账", "已领取", "缴费成功", "还款成功")
    for status in paid:
        yield Case(f"wechat {status}", wechat(w(status)), [(N, "36.80", "0.00", "paid")])
    for kind, status in (("零钱提现", "提现已到账"), ("零钱充值", "充值完成"), ("零钱通转入", "支付成功"), ("信用卡还款", "还款成功")):
        number = "207210715100077148235523883175"
        yield Case(
            f"wechat {kind}", wechat(w(status, number=number, merchant="/", kind=kind, way="/")), [(number, "36.80", "0.00", "paid")]
        )
    for status in ("已过期，已退回", "对方已退还", "已全额退款", "提现已退票"):
        quoted = f'"{status}"'
        yield Case(f"wechat {status}", wechat(w(quoted)), [(N, "36.80", "36.80", "refunded")])
    for status, paid_sum in (("转账中", "36.80"), ("待支付", "0.00"), ("待对方收款", "36.80"), ("提现中", "36.80"), ("银行处理中", "0.00")):
        yield Case(f"wechat {status}", wechat(w(status)), [(N, paid_sum, "0.00", "pending")])
    for status in ("支付失败", "已关闭", "提现失败", "已撤销"):
        yield Case(f"wechat {status}", wechat(w(status)), [(N, "0.00", "0.00", "failed")])
    yield Case("wechat income", wechat(w("已存入零钱", way="收入", kind="微信红包")), [])


def _wechat_refunds() -> Iterator[Case]:
    full, back = w("已全额退款"), {"number": R, "kind": "商户消费-退款", "way": "收入", "at": "11"}
    yield Case("wechat full, a line of its own", wechat(w("已全额退款", **back), full), [(N, "36.80", "36.80", "refunded")])
    yield Case("wechat full, 已退款", wechat(full, w("已退款", **back)), [(N, "36.80", "36.80", "refunded")])
    yield Case("wechat full, the payment as it was", wechat(w("支付成功"), w("已全额退款", **back)), [(N, "36.80", "36.80", "refunded")])
    yield Case("wechat full, kept in the change", wechat(full, w("已存入零钱", **back)), [(N, "36.80", "36.80", "refunded")])
    for said in ("已退款(￥10.00)", "已退款(¥10.00)", "已退款￥10.00"):
        yield Case(f"wechat {said}", wechat(w(said)), [(N, "36.80", "10.00", "partly_refunded")])
        part = w("已退款", "10.00", **back)
        yield Case(f"wechat {said} and its line", wechat(w(said), part), [(N, "36.80", "10.00", "partly_refunded")])
    same = w("已退款(￥10.00)", "10.00", **{**back, "number": N})
    yield Case("wechat part under one number", wechat(w("已退款(￥10.00)"), same), [(N, "36.80", "10.00", "partly_refunded")])
    two = [w("已退款", "10.00", **back), w("已退款", "5.00", **{**back, "number": f"{R}2"})]
    yield Case("wechat two parts", wechat(w("已退款(￥15.00)"), *two), [(N, "36.80", "15.00", "partly_refunded")])
    yield Case("wechat two parts, one told", wechat(w("已退款(￥10.00)"), *two), [(N, "36.80", "15.00", "partly_refunded")])
    more = [w("已退款", "30.00", **back), w("已退款", "30.00", **{**back, "number": f"{R}2"})]
    yield Case("wechat more than was paid", wechat(full, *more), [(N, "36.80", "36.80", "refunded")])
    yield Case("wechat a refund told twice", wechat(w("支付成功"), two[0], two[0]), [(N, "36.80", "10.00", "partly_refunded")])
    yield Case("wechat a refund alone", wechat(w("已退款", **back)), [(R, None, "36.80", "refunded")])
    stranger = w("已退款", **{**back, "merchant": "/"})
    yield Case(
        "wechat a stranger's refund", wechat(w("支付成功"), stranger), [(N, "36.80", "0.00", "paid"), (R, None, "36.80", "refunded")]
    )
    pair = wechat(full, w("支付成功", number=N2, at="10"), w("已全额退款", **back))
    yield Case("wechat one of two", pair, [(N, "36.80", "36.80", "refunded"), (N2, "36.80", "0.00", "paid")])
    failed = wechat(w("支付成功"), w("退款失败", **back))
    yield Case("wechat a refund that failed", failed, [(N, "36.80", "0.00", "paid")])
    yield Case("wechat a refund on its way", wechat(w("支付成功"), w("退款中", **back)), [(N, "36.80", "0.00", "pending")])
    packet = w("已退款(￥6.00)", "20.00", kind="微信红包（群红包）", merchant="/")
    yield Case("wechat red packet", wechat(packet), [(N, "20.00", "6.00", "partly_refunded")])


def _wechat_shapes() -> Iterator[Case]:
    right = [(N, "36.80", "0.00", "paid")]
    for year, lines, sign in ((2022, 16, "¥"), (2023, 17, "￥"), (2025, 17, "¥"), (2026, 18, "")):
        yield Case(f"wechat of {year}", wechat(w("支付成功"), preface=lines - 3, sign=sign), right)
    text = wechat(w("支付成功"))
    yield Case("wechat no preface", "\n".join([WECHAT_HEAD, w("支付成功")]), right)
    yield Case(
        "wechat tabs between",
        "\t".join(WECHAT_HEAD.split(",")) + f"\n2026-03-10\t消费\t店\t/\t支出\t36.80\t零钱\t支付成功\t{N}\t{M}\t/\n",
        right,
    )
    semi = WECHAT_HEAD.replace(",", ";") + f"\n2026-03-10;消费;店;/;支出;36,80;零钱;支付成功;{N};{M};/\n".replace("36,80", "36.80")
    yield Case("wechat semicolons between", semi, right)
    yield Case("wechat an invisible mark", text.replace(N, f"{N[:9]}\u200b{N[9:]}"), right)
    yield Case("wechat full-width digits", text.replace(N, "".join(chr(ord(c) + 0xFEE0) for c in N)), right)
    yield Case("wechat thousands", wechat(w("支付成功", "1280.00")).replace("¥1280.00", '"¥1,280.00"'), [(N, "1280.00", "0.00", "paid")])
    yield Case("wechat two exports in one", f"{text}{WECHAT_HEAD}\n{w('支付成功')}\n", right)


def _alipay_states() -> Iterator[Case]:
    for status in ("交易成功", "支付成功", "等待确认收货", "等待对方发货", "还款成功", "转账成功", "充值成功", "缴费成功", "已收货"):
        yield Case(f"alipay {status}", alipay(a(status)), [(A, "128.00", "0.00", "paid")])
    for status in ("等待付款", "等待买家付款", "处理中", "等待受理"):
        yield Case(f"alipay {status}", alipay(a(status, means="")), [(A, "0.00", "0.00", "pending")])
    yield Case("alipay closed, never paid", alipay(a("交易关闭", means="")), [(A, "0.00", "0.00", "failed")])
    yield Case("alipay closed, paid and returned", alipay(a("交易关闭")), [(A, "128.00", "128.00", "refunded")])
    yield Case("alipay failed", alipay(a("支付失败")), [(A, "0.00", "0.00", "failed")])
    yield Case("alipay withdrawal", alipay(a("提现成功", way="不计收支", kind="账户存取", merchant="")), [(A, "128.00", "0.00", "paid")])
    yield Case("alipay money that came in", alipay(a("交易成功", way="收入")), [])
    yield Case("alipay of 2021", a21("交易成功"), [(A, "128.00", "0.00", "paid")])
    yield Case("alipay of 2021, closed", a21("交易关闭", means=""), [(A, "0.00", "0.00", "failed")])
    yield Case("alipay of 2020", old("交易成功"), [(A, "50.00", "0.00", "paid")])
    yield Case("alipay of 2020, never paid", old("交易关闭", fund=""), [(A, "0.00", "0.00", "failed")])


def _alipay_refunds() -> Iterator[Case]:
    back = {"way": "不计收支", "kind": "退款"}
    full = a("退款成功", number=f"{A}_20260311001", **back)
    yield Case("alipay closed and its refund", alipay(full, a("交易关闭")), [(A, "128.00", "128.00", "refunded")])
    yield Case("alipay closed, no means, its refund", alipay(full, a("交易关闭", means="")), [(A, "128.00", "128.00", "refunded")])
    yield Case("alipay payment stands, all came back", alipay(a("交易成功"), full), [(A, "128.00", "128.00", "refunded")])
    for suffix in ("_R1", "*R1", "_2023xx57", "_1313_2"):
        part = a("退款成功", "10.00", number=f"{A}{suffix}", **back)
        yield Case(f"alipay part {suffix}", alipay(a("交易成功"), part), [(A, "128.00", "10.00", "partly_refunded")])
    parts = [a("退款成功", "10.00", number=f"{A}_R{n}", **back) for n in (1, 2)]
    yield Case("alipay two parts", alipay(a("交易成功"), *parts), [(A, "128.00", "20.00", "partly_refunded")])
    yield Case("alipay two parts alone", alipay(*parts), [(A, None, "20.00", "refunded")])
    by_merchant = a("退款成功", number=A2, **back)
    yield Case("alipay by the merchant's number", alipay(by_merchant, a("交易成功")), [(A, "128.00", "128.00", "refunded")])
    yield Case("alipay a refund alone", alipay(full), [(A, None, "128.00", "refunded")])
    yield Case(
        "alipay a refund that failed", alipay(a("交易成功"), a("退款失败", number=f"{A}_R1", **back)), [(A, "128.00", "0.00", "paid")]
    )
    yield Case("alipay of 2020, part", old("交易成功", "10.00"), [(A, "50.00", "10.00", "partly_refunded")])
    yield Case("alipay of 2020, all", old("交易关闭", "50.00", "已退款"), [(A, "50.00", "50.00", "refunded")])
    yield Case("alipay of 2020, only the fund says so", old("交易关闭", "0.00", "已支出"), [(A, "50.00", "50.00", "refunded")])


def _merchants_of_wechat() -> Iterator[Case]:
    full, paid = m("REFUND", "0.00", "36.80", R, "SUCCESS"), m("SUCCESS")
    yield Case("wechat merchant paid", merchant(WECHAT_ALL, paid), [(N, "36.80", "0.00", "paid")])
    yield Case("wechat merchant coupon", merchant(WECHAT_ALL, m("SUCCESS", coupon="5.00")), [(N, "36.80", "0.00", "paid")])
    yield Case("wechat merchant back", merchant(WECHAT_ALL, paid, full), [(N, "36.80", "36.80", "refunded")])
    yield Case("wechat merchant another day", merchant(WECHAT_ALL, full), [(N, None, "36.80", "refunded")])
    yield Case("wechat merchant refund bill", merchant(WECHAT_REFUND, m_refund()), [(N, None, "36.80", "refunded")])
    two = [m_refund("10.00"), m_refund("5.00", refund=f"{R}2")]
    yield Case("wechat merchant refund bill, two", merchant(WECHAT_REFUND, *two), [(N, None, "15.00", "refunded")])
    for became, state in (("PROCESSING", "pending"), ("FAIL", "paid"), ("CHANGE", "paid")):
        waits = m("REFUND", "0.00", "36.80", R, became)
        yield Case(f"wechat merchant {became}", merchant(WECHAT_ALL, paid, waits), [(N, "36.80", "0.00", state)])
    yield Case("wechat merchant old", merchant(WECHAT_ALL_OLD, m_old("SUCCESS")), [(N, "36.80", "0.00", "paid")])
    part = m_old("REFUND", "0.00", "6.80", R, "SUCCESS")
    yield Case("wechat merchant old, part", merchant(WECHAT_ALL_OLD, m_old("SUCCESS"), part), [(N, "36.80", "6.80", "partly_refunded")])
    marked = [
        cell + mark
        for cell, mark in zip(full, ["", *[""] * 11, "(应结)", "", "", "", "(退款)", *[""] * 7, "(订单)", "(申请退款)", ""], strict=True)
    ]
    yield Case("wechat merchant remarks", merchant(WECHAT_ALL, marked), [(N, None, "36.80", "refunded")])


def _merchants_of_alipay() -> Iterator[Case]:
    yield Case("alipay merchant", business(b("交易")), [(A, "280.00", "0.00", "paid")])
    yield Case("alipay merchant back", business(b("交易"), b("退款", "-280.00", "R1")), [(A, "280.00", "280.00", "refunded")])
    parts = [b("退款", "-80.00", batch) for batch in ("R1-000", "R2-000")]
    yield Case("alipay merchant parts", business(b("交易"), *parts), [(A, "280.00", "160.00", "partly_refunded")])
    yield Case("alipay merchant refund alone", business(b("退款", "-280.00", "R1-000")), [(A, None, "280.00", "refunded")])
    paid, fee = f("10000000001", "在线支付", "50.00"), f("10000000002", "收费", "", "-0.30")
    yield Case("alipay account", account(paid, fee), [(A, "50.00", "0.00", "paid")])
    back = f("10000000003", "交易退款", "", "-20.00")
    yield Case("alipay account, part", account(paid, fee, back), [(A, "50.00", "20.00", "partly_refunded")])
    yield Case("alipay account, a payout", account(f("10000000004", "提现", "", "-500.00")), [])


def _spoilt() -> Iterator[Case]:
    good = (N2, "36.80", "0.00", "paid")
    powers = w("支付成功", number="4.20000260310123E+27", merchant="/")
    yield Case("shortened to powers", wechat(powers, w("支付成功", number=N2)), [good], {"shortened_number": 1})
    noughts = w("支付成功", number=f"{N[:15]}{'0' * 13}", merchant="/")
    yield Case("shortened to noughts", wechat(noughts, w("支付成功", number=N2)), [good], {"shortened_number": 1})
    yield Case("no sum", wechat(w("支付成功", "abc"), w("支付成功", number=N2)), [good], {"no_amount": 1})
    yield Case("no number", wechat(w("支付成功", number="/", merchant="/"), w("支付成功", number=N2)), [good], {"no_number": 1})
    yield Case("no line", wechat("whatever this is", w("支付成功", number=N2)), [good], {"short_line": 1})
    yield Case("no status", wechat(w("神秘状态"), w("支付成功", number=N2)), [(N, "36.80", "0.00", "unknown"), good], {"unknown_status": 1})
