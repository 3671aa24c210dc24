"""The demo's macros: what a desk for payments says every day."""

from __future__ import annotations

from desk.models import Macro
from lib import memo

Purpose = Macro.Purpose
MACROS: tuple[dict[str, object], ...] = (
    {
        "title_zh": "已收到，正在核实",
        "title_en": "Received, looking into it",
        "body_zh": "{name}您好，您的投诉 {ref} 已收到，我们正在与支付公司核对流水，{eta}前给您答复。",
        "body_en": "Hello {name}, we have your complaint {ref} and compare it with the channel's records. You hear from us by {eta}.",
        "eta_amount": 1,
    },
    {
        "title_zh": "受理并开始审核",
        "title_en": "Take it up and start the review",
        "body_zh": "{name}您好，您的申诉 {ref} 已由我受理，审核结果将在{eta}前告知您。",
        "body_en": "Hello {name}, I have taken up your appeal {ref}. You have the result by {eta}.",
        "eta_amount": 3,
        "start_review": True,
    },
    {
        "title_zh": "请补充客服沟通记录",
        "title_en": "Ask for the conversation",
        "body_zh": "请补充您与商家或客服的沟通记录截图，以便我们确认退款约定，收到后{eta}前答复。",
        "body_en": "Please add a picture of your conversation with the merchant: it shows what was agreed. You hear from us by {eta}.",
        "eta_amount": 3,
        "start_review": True,
        "ask_for": ["cs_conversation"],
    },
    {
        "title_zh": "重复扣款，退还",
        "title_en": "Charged twice: refund",
        "purpose": Purpose.APPROVE,
        "root_cause": "platform_system",
        "liability": "platform",
        "remedy": "refund_duplicate",
        "body_zh": "经核对渠道流水与平台订单，同一笔订单确被扣款两次。多扣的款项将原路退回您的支付账户。",
        "body_en": "The channel's records show that one order was charged twice. The second charge goes back the way it was paid.",
        "answer_zh": "同意退款，原路退回。",
        "answer_en": "Agreed: refunded the way it was paid.",
    },
    {
        "title_zh": "盗刷成立，全额退款",
        "title_en": "Theft confirmed: full refund",
        "purpose": Purpose.APPROVE,
        "root_cause": "external_fraud",
        "liability": "platform",
        "remedy": "refund_full",
        "body_zh": "经核实，该笔交易并非您本人操作，全额退回原支付账户。请完成账户安全步骤。",
        "body_en": "The payment was not made by you. All of it goes back to the account it came from. Please finish the safety steps.",
        "answer_zh": "同意，全额退款。",
        "answer_en": "Agreed: the whole amount is refunded.",
    },
    {
        "title_zh": "已退款，不再重复退",
        "title_en": "Already refunded",
        "purpose": Purpose.REJECT,
        "root_cause": "channel",
        "liability": "none",
        "reason_code": "already_refunded",
        "body_zh": "渠道流水显示该笔款项已于此前原路退回，请查看您的账单。如仍未收到，请联系我们。",
        "body_en": "The channel's records show that the money went back already; your bill shows it. If it does not, please tell us.",
        "answer_zh": "款项已退回，不再重复退款。",
        "answer_en": "The money has gone back already and is not paid a second time.",
    },
)


def make_macros() -> int:
    """How many were made: none where somebody has made some."""
    if Macro.objects.exists():
        return 0
    Macro.objects.bulk_create([Macro(position=place, **each) for place, each in enumerate(MACROS)])
    memo.forget_all()
    return len(MACROS)
