"""For every category: what somebody types, brings and wants, and what must stand in the database when the appeal is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tickets.workflow.vocabulary import SENSITIVE_KINDS

NOW = "2026-03-10T21:00:00+08:00"  # a Tuesday
HAPPENED = "2026-03-09T10:00"
IDENTITY = "identity_proof"


@dataclass(frozen=True)
class EvidencePiece:
    """One file or typed text for a slot. `typed`: the fields beside it."""

    kind: str
    slot: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    file: bool = True

    @property
    def sensitive(self) -> bool:
        return self.kind in SENSITIVE_KINDS


@dataclass(frozen=True)
class Course:
    """`facts`: as typed. `kept`: as the database has them, where that differs. Dates are the instants the days end."""

    category: str
    demand: str
    pieces: tuple[EvidencePiece, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    amount: str = "128.50"
    order: str = "A-20260309-77"
    lane: str = "standard"
    chosen_lane: str = ""
    parties: tuple[str, ...] = ("platform",)
    routing: str | None = None
    tier: str | None = None
    target_due: str = "2026-03-14"
    limit_due: str = "2026-03-18"
    expected_facts: tuple[str, ...] = ()
    name: str = ""

    @property
    def id(self) -> str:
        return self.name or self.category

    @property
    def wanted_facts(self) -> dict[str, Any]:
        return {**self.facts, **self.kept}


ID_CARD = (EvidencePiece("id_card_front", IDENTITY), EvidencePiece("id_card_back", IDENTITY))
VOUCHER = EvidencePiece("payment_voucher", typed={"order_no": "V-20260309-1", "amount": "128.50", "paid_at": HAPPENED})
DETAIL = EvidencePiece("billing_detail_screenshot")
WEEK, DAY_3, DAY_2 = "2026-03-20", "2026-03-14", "2026-03-13"

COURSES = (
    Course(
        "mp_topup_stolen",
        "refund",
        (
            EvidencePiece("transaction_screenshot"),
            VOUCHER,
            *ID_CARD,
            EvidencePiece("bank_card_masked", typed={"text": "ICBC 1234"}, file=False),
            EvidencePiece("account_binding_proof"),
        ),
        facts={"third_party_topup": False, "personal_data_leaked": True},
        parties=("platform", "channel"),
        tier="full_eligible",
    ),
    Course(
        "card_cover_frozen",
        "unfreeze",
        (*ID_CARD, EvidencePiece("freeze_notice_screenshot")),
        facts={"freeze_reason": "abnormal_transaction"},
        amount="",
        order="",
        chosen_lane="standard",
        routing="platform_risk",
    ),
    Course(
        "card_cover_frozen",
        "unfreeze",
        (
            EvidencePiece("freeze_notice_screenshot"),
            EvidencePiece("passport", typed={"expires_on": "2031-05-01"}),
            EvidencePiece("consumption_proof"),
        ),
        facts={"freeze_reason": "overseas_login"},
        amount="",
        order="",
        chosen_lane="overseas_24h",
        lane="overseas_24h",
        routing="platform_risk",
        name="card_cover_frozen-overseas",
    ),
    Course(
        "card_cover_balance",
        "statement",
        (EvidencePiece("transaction_screenshot"),),
        facts={"discrepancy": "-36.20", "auto_renewal": True, "auto_deducted": False},
        amount="36.20",
    ),
    Course(
        "merchant_deduction",
        "refund",
        (EvidencePiece("pos_record", typed={"order_no": "P-20260309-1", "shown_at": HAPPENED}),),
        facts={"terminal_no": "POS-0815"},
        amount="3000.00",
        lane="merchant",
        routing="merchant_services",
        target_due="",
        limit_due=DAY_2,
    ),
    Course(
        "billing_duplicate",
        "refund",
        (VOUCHER, EvidencePiece("payment_voucher", typed={"order_no": "V-20260309-2", "amount": "128.50"}), DETAIL),
        facts={"times_charged": "2", "times_delivered": "1", "payee_display": "XX卡盟-微信支付"},
        kept={"times_charged": 2, "times_delivered": 1},
        parties=("platform", "channel"),
        limit_due=WEEK,
    ),
    Course(
        "billing_amount_mismatch",
        "refund",
        (VOUCHER, DETAIL),
        facts={"expected": "100.00", "charged": "128.50", "payee_display": "备付金"},
        amount="28.50",
        parties=("channel",),
        limit_due=WEEK,
    ),
    Course(
        "billing_unauthorized",
        "refund",
        (VOUCHER, DETAIL, *ID_CARD),
        facts={"unknown_ip": "113.88.0.1", "unknown_device": "OPPO A5"},
        parties=("channel", "platform"),
        limit_due=WEEK,
    ),
    Course(
        "pay_failed_deducted",
        "refund",
        (VOUCHER, EvidencePiece("failure_prompt")),
        facts={
            "deducted_at": HAPPENED,
            "channel_status": "success",
            "platform_status": "failed",
            "pay_method": "wechat",
            "tried": ["checked_records", "waited"],
            "is_business_use": False,
        },
        kept={"deducted_at": "2026-03-09T10:00:00+08:00"},
        parties=("platform",),
        routing="platform_sync",
        target_due="2026-03-12",
        limit_due=DAY_3,
    ),
    Course(
        "withdrawal_anomaly",
        "investigate",
        (
            EvidencePiece("withdrawal_screenshot"),
            EvidencePiece("bank_statement_screenshot", typed={"order_no": "B-20260309-5"}),
            EvidencePiece("account_info"),
        ),
        facts={"requested_at": HAPPENED, "withdrawal_status": "failed", "money_left_wallet": True, "fee": "2.00"},
        kept={"requested_at": "2026-03-09T10:00:00+08:00"},
    ),
    Course(
        "withdrawal_restricted",
        "restore_limit",
        (EvidencePiece("restriction_screenshot"), *ID_CARD),
        facts={"failures_count": "3", "restricted_since": "2026-03-01T09:00"},
        kept={"failures_count": 3, "restricted_since": "2026-03-01T09:00:00+08:00"},
        amount="",
        order="",
        routing="platform_risk",
    ),
    Course(
        "scam_transfer",
        "freeze_counterparty",
        (EvidencePiece("transaction_screenshot"),),
        facts={"authorised_by_customer": True, "counterparty_account": "139****7788", "scam_kind": "冒充客服退款"},
        amount="3000.00",
        parties=("channel", "bank"),
    ),
    Course(
        "minor_topup",
        "refund",
        (DETAIL, EvidencePiece("kinship_proof"), *ID_CARD),
        facts={"minor_age": "9", "device_owner": "家长的手机"},
        kept={"minor_age": 9},
        amount="648.00",
        parties=("platform", "merchant"),
        limit_due=WEEK,
    ),
)
SYMPTOM = {
    "zh-hans": "发现这笔款项与我的实际情况不符，我已保存全部凭证，请核实后按规定处理。",
    "en": "This charge does not match what I did. I kept every record; please check it and put it right.",
}
