"""What happened to the demo's customers: one complaint for every stage, and a few that are about to be late."""

from __future__ import annotations

from desk.demo.staging import Ago, Douyin, Step, Story
from lib.types import Context

PAY_APP = "4200002404202603109117582536"
BILL = "4200002517202604020551239871"
STOLEN = ("transaction_screenshot", "payment_voucher", "id_card_front", "id_card_back", "bank_card_masked", "account_binding_proof")
TWICE = ("payment_voucher", "payment_voucher", "billing_detail_screenshot")


def customer_statement(hours: float, amount: str, symptom: str, *demands: str) -> Context:
    """The customer's own words, and what they want."""
    statement = {"occurred_at": Ago(hours), "amount": amount, "symptom": symptom}
    return {
        "amount": amount,
        "incident_at": Ago(hours),
        "discovered_at": Ago(hours - 0.4),
        "statement": statement,
        "demands": demands or ("refund",),
    }


def order(issuer: str, number: object) -> Context:
    return {"order_numbers": [{"issuer": issuer, "number": number}]}


def submit(hours: float, who: str) -> Step:
    return Step(hours, who, "submit_appeal", {})


def begin(hours: float, answer_in: float = 24) -> Step:
    """The reviewer takes it up and says by when to expect more."""
    return Step(hours, "chen", "start_review", {"eta_at": Ago(hours - answer_in)})


def approve(hours: float, remedies: list[dict[str, str]], answer: str, **more: object) -> Step:
    finding = {"root_cause": "platform_system", "liability": "platform", "explanation": "核对渠道流水与平台订单后确认。", **more}
    return Step(hours, "chen", "approve", {**finding, "answers": {"refund": answer}, "remedies": remedies})


DRAFT = Story(
    "mei",
    30,
    {"category": "withdrawal_restricted", "facts": {"failures_count": 3}, "statement": {"symptom": "提现连续失败三次，现在按钮变灰了。"}},
    is_draft=True,
)
WAIT = Story(
    "wang",
    2.5,
    {
        "category": "pay_failed_deducted",
        **customer_statement(3, "89.00", "付款页面提示失败，但是银行卡已经扣了钱，订单显示处理中。"),
        **order("wechat_txn", PAY_APP),
        "facts": {
            "deducted_at": Ago(3),
            "channel_status": "success",
            "platform_status": "pending",
            "pay_method": "wechat",
            "tried": ["waited"],
        },
    },
    papers=("payment_voucher",),
)
COLLECTING = Story(
    "mei",
    27,
    {
        "category": "billing_duplicate",
        **customer_statement(29, "36.80", "同一笔会员续费被扣了两次，账单里能看到两条一样的记录。"),
        **order("alipay_txn", "2026031022001478120532"),
        "facts": {"times_charged": 2, "times_delivered": 1, "payee_display": "XX卡盟-支付宝"},
    },
    papers=("payment_voucher",),
    steps=(
        Step(20, "mei", "message", {"body": "第二张支付凭证我还在找，银行的账单明天才出。"}),
        Step(
            18.5, "lin", "message", {"body": "好的，请在账单出来后补充第二张凭证和账单详情，我们会继续为您保留时效。", "eta_at": Ago(-30)}
        ),
        Step(18.4, "lin", "amend", {"assignee": "lin@example.com"}),
        Step(18.3, "lin", "note", {"body": "渠道侧已查到两笔同额入账，等凭证。"}),
    ),
)
# The same charge once more, with the same picture: what the desk suggests to join.
AGAIN = Story(
    "mei",
    4,
    {
        "category": "billing_duplicate",
        **customer_statement(29, "36.80", "会员续费扣了两次，还没有等到退款，再提交一次。"),
        **order("alipay_txn", "2026031022001478120532"),
        "facts": {"times_charged": 2, "times_delivered": 1},
    },
    papers=("payment_voucher",),
    steps=(Step(3.5, "lin", "tag", {"names": ["再次投诉"]}),),
)
FREEZE_WANTED = Story(
    "wang",
    0.3,
    {
        "category": "billing_unauthorized",
        "request_freeze": True,
        "not_me": True,
        "account": "douyin:13911112222",
        "amount": "1899.00",
        "incident_at": Ago(1.2),
        "discovered_at": Ago(0.5),
        "facts": {"unknown_device": "没见过的安卓手机", "login_unknown": True},
    },
)
FROZEN = Story(
    "mei",
    26,
    {
        "category": "mp_topup_stolen",
        "request_freeze": True,
        "not_me": True,
        "account": "douyin:13800001234",
        "facts": {"third_party_topup": False},
        **customer_statement(
            26.8, "648.00", "半夜收到月付充值短信，本人没有操作，账户里多了三笔游戏充值。", "refund", "freeze_counterparty"
        ),
        **order("douyin_mp", Douyin(26.8, "0001234")),
    },
    papers=("transaction_screenshot", "payment_voucher"),
    steps=(
        Step(25.7, "zhou", "confirm_freeze", {"reference": "FZ-20931", "note": "风控平台已冻结月付。"}),
        Step(
            25.5,
            "lin",
            "message",
            {"body": "账户已冻结。请在 48 小时内补齐身份证明和账户绑定证明，以保留全额退款资格。", "eta_at": Ago(-20)},
        ),
    ),
)
LIFT_WANTED = Story(
    "wang",
    74,
    {
        "category": "billing_unauthorized",
        "request_freeze": True,
        "not_me": True,
        "account": "alipay:wang***@example.com",
        "amount": "320.00",
        "incident_at": Ago(75),
        "discovered_at": Ago(74.4),
    },
    steps=(
        Step(73.6, "zhou", "confirm_freeze", {"reference": "FZ-20877"}),
        Step(73, "lin", "message", {"body": "已冻结。请修改密码并检查登录设备，完成后可以申请解冻。", "eta_at": Ago(40)}),
        Step(50, "wang", "tick_security_task", {"task": "password_changed"}),
        Step(49.9, "wang", "tick_security_task", {"task": "devices_checked"}),
        Step(4, "wang", "request_lift", {"reason": "家人误操作，已经弄清楚了。"}),
    ),
)
NEAR_BREACH = Story(
    "wang",
    22.9,
    {
        "category": "mp_topup_stolen",
        **customer_statement(30, "980.00", "手机丢失后被人用月付买了点卡，当天就挂失了手机号。", "refund", "investigate"),
        **order("douyin_mp", Douyin(30, "7654321")),
        "account": "douyin:13700003333",
    },
    papers=STOLEN,
    steps=(submit(22.6, "wang"),),
)
REVIEWED = Story(
    "shop",
    49,
    {
        "category": "merchant_deduction",
        **customer_statement(52, "2600.00", "收银机结算时被多扣一笔，当日营业额对不上，请核对终端流水。"),
        **order("bank", "POS88012026031001"),
        "facts": {"terminal_no": "T-8801", "is_business_use": True},
    },
    papers=("pos_record",),
    steps=(
        submit(48.7, "shop"),
        begin(26),
        Step(25.8, "chen", "accept", {"kind": "pos_record"}),
        Step(25, "chen", "note", {"body": "终端流水与结算单相差一笔，已请渠道提供原始日志。"}),
        Step(
            6,
            "lin",
            "evidence",
            {"kind": "system_log", "text": "2026-03-10 20:15:03 settle ok 2600.00\n2026-03-10 20:15:04 settle ok 2600.00 (retry)"},
        ),
    ),
)
ASKED = Story(
    "mei",
    50,
    {
        "category": "card_cover_balance",
        **customer_statement(60, "120.00", "卡套余额少了一百二十元，我没有消费过，请给出余额明细。", "refund", "statement"),
        **order("other", "KT-2026-0310-77"),
        "facts": {"auto_deducted": True, "discrepancy": "-120.00"},
    },
    papers=("transaction_screenshot",),
    steps=(
        submit(49.5, "mei"),
        begin(30),
        Step(
            29,
            "chen",
            "request_evidence",
            {"kinds": ["billing_detail_screenshot"], "reason": "请补充扣款当天的账单详情，截图里看不到收款方。"},
        ),
    ),
)
TO_SIGN = Story(
    "wang",
    73,
    {
        "category": "withdrawal_anomaly",
        "account": "douyin:13700009021",
        **customer_statement(100, "3200.00", "提现三天没有到账，钱包余额已经扣掉，银行说没有收到。", "refund"),
        **order("bank", "WD20260309550012"),
        "facts": {"requested_at": Ago(170), "withdrawal_status": "failed", "money_left_wallet": True},
    },
    papers=("withdrawal_screenshot", "bank_statement_screenshot", "account_info"),
    steps=(
        submit(72, "wang"),
        begin(47),
        Step(46, "chen", "accept", {"kind": "bank_statement_screenshot"}),
        approve(
            5,
            [{"kind": "payout_retry", "amount": "3200.00"}, {"kind": "compensation", "amount": "50.00"}],
            "重新打款，并补偿延误。",
            root_cause="channel",
        ),
    ),
)
TO_PAY = Story(
    "mei",
    74,
    {
        "category": "billing_duplicate",
        **customer_statement(80, "58.00", "同一单外卖付了两次，商家只收到一份订单，请退还多扣的一笔。"),
        **order("wechat_txn", BILL),
        "facts": {"times_charged": 2, "times_delivered": 1},
    },
    papers=TWICE,
    steps=(
        submit(73, "mei"),
        begin(50),
        approve(28, [{"kind": "refund_duplicate", "amount": "58.00"}], "多扣的 58 元原路退回。", root_cause="channel", liability="channel"),
    ),
)
REJECTED = Story(
    "wang",
    98,
    {
        "category": "billing_amount_mismatch",
        **customer_statement(110, "19.90", "页面标价九块九，结果扣了十九块九，感觉被误导了。"),
        **order("alipay_txn", "2026030822001411110987"),
        "facts": {"expected": "9.90", "charged": "19.90"},
    },
    papers=("payment_voucher", "billing_detail_screenshot", "price_page_screenshot"),
    steps=(
        submit(97, "wang"),
        begin(75),
        Step(74, "chen", "reject_item", {"kind": "price_page_screenshot", "reason": "截图里看不到日期，请上传完整页面。"}),
        Step(
            27,
            "chen",
            "reject",
            {
                "reason_code": "authorised_by_customer",
                "root_cause": "user_operation",
                "liability": "customer",
                "explanation": "扣款前页面已显示加购项目，并由您确认支付。",
                "answers": {"refund": "不符合退款条件，加购项目已使用。"},
            },
        ),
    ),
)
ESCALATED = Story(
    "mei",
    122,
    {
        "category": "billing_amount_mismatch",
        **customer_statement(130, "66.00", "优惠券没有抵扣，多付了三十元，客服一直说在处理。"),
        **order("wechat_txn", "4200002600202603055512340000"),
        "facts": {"expected": "36.00", "charged": "66.00"},
    },
    papers=("payment_voucher", "billing_detail_screenshot"),
    steps=(
        submit(121, "mei"),
        begin(99),
        Step(
            60,
            "chen",
            "reject",
            {
                "reason_code": "insufficient_after_request",
                "root_cause": "unknown",
                "liability": "none",
                "explanation": "现有材料看不出优惠券在付款时有效。",
                "answers": {"refund": "暂不支持退款。"},
            },
        ),
        Step(20, "mei", "escalate", {"target": "l1_internal", "reason": "券在有效期内，截图里有。"}),
        Step(18, "mei", "record_outside_filing", {"target": "regulator_12315", "filed_at": Ago(19), "reference": "（演示）12315-0001"}),
        Step(6, "mei", "escalate", {"target": "payment_channel"}),
        Step(4, "lin", "record_transfer", {"authority": "pboc_12363", "number": "（演示）京银诉 18", "received_at": Ago(5)}),
    ),
)
LATE = Story(
    "shop",
    340,
    {
        "category": "merchant_deduction",
        **customer_statement(345, "450.00", "同一张卡当天被重复扣了服务费，请核对并退回。"),
        **order("bank", "POS77012026022601"),
        "facts": {"terminal_no": "T-7701"},
    },
    papers=("pos_record",),
    steps=(submit(339, "shop"), Step(330, "lin", "message", {"body": "已收到，我们正在核对终端流水。", "eta_at": Ago(290)})),
)
RESOLVED = Story(
    "wang",
    150,
    {
        "category": "pay_failed_deducted",
        **customer_statement(180, "45.00", "支付失败但是钱被扣走了，订单一直没有生成。"),
        **order("alipay_txn", "2026030322001499990001"),
        "facts": {"deducted_at": Ago(180), "channel_status": "success", "platform_status": "failed", "pay_method": "alipay"},
    },
    papers=("payment_voucher", "failure_prompt"),
    steps=(
        submit(149, "wang"),
        begin(130),
        approve(120, [{"kind": "refund_original", "amount": "45.00"}], "45 元原路退回。"),
        Step(70, "lin", "confirm_remedy", {"reference": "RF-88213"}),
    ),
)
CLOSED = Story(
    "mei",
    400,
    {
        "category": "billing_duplicate",
        **customer_statement(410, "25.00", "打车费被扣了两次，行程只有一次，请退一笔。"),
        **order("wechat_txn", "4200002301202602207777770000"),
        "facts": {"times_charged": 2},
    },
    papers=TWICE,
    steps=(
        submit(399, "mei"),
        begin(380),
        approve(360, [{"kind": "refund_duplicate", "amount": "25.00"}], "退还 25 元。"),
        Step(340, "lin", "confirm_remedy", {"reference": "RF-87002"}),
        Step(320, "mei", "confirm_resolution", {}),
        Step(319.5, "mei", "rate", {"score": "4", "in_time": True, "comment": "钱退得很快，要是能少传一张图就更好了。"}),
    ),
)
BY_PHONE = Story(
    "mei",
    3,
    {
        "category": "withdrawal_restricted",
        "on_behalf_of": "mei@example.com",
        "channel": "phone",
        "amount": "700.00",
        "statement": {"symptom": "来电反映提现按钮变灰，提示账户受限，没有收到任何通知。"},
        "demands": ["restore_limit"],
        "facts": {"failures_count": 2},
    },
    filer="lin",
)
# A customer who was tricked, and a child who paid for a game.
TRICKED = Story(
    "wang",
    1.5,
    {
        "category": "scam_transfer",
        **customer_statement(4, "3000.00", "对方冒充客服说要退款，让我把钱转到“安全账户”，转完就联系不上了。"),
        **order("wechat_txn", "4200002650202603117788990000"),
        "facts": {"authorised_by_customer": True, "scam_kind": "冒充客服"},
    },
)
BY_A_CHILD = Story(
    "mei",
    26,
    {
        "category": "minor_topup",
        **customer_statement(60, "648.00", "孩子用我的手机给游戏充了值，我看到账单才知道。"),
        **order("wechat_txn", "4200002651202603095566770000"),
        "facts": {"minor_age": 9, "device_owner": "家长的手机和账号"},
    },
    papers=("billing_detail_screenshot",),
)

STORIES: tuple[Story, ...] = (
    CLOSED, LATE, RESOLVED, ESCALATED, REJECTED, TO_PAY, LIFT_WANTED, TO_SIGN, ASKED, REVIEWED, DRAFT,
    COLLECTING, AGAIN, FROZEN, NEAR_BREACH, BY_PHONE, BY_A_CHILD, TRICKED, WAIT, FREEZE_WANTED,
)  # fmt: skip
