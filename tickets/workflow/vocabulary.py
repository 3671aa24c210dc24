"""The codes of the domain: facts with their types, demands, causes, remedies, targets, issuers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WAITING_ON = ("customer", "agent", "channel", "merchant")
LANES = ("standard", "overseas_24h", "merchant")
PARTIES = ("platform", "channel", "merchant", "bank", "third_party")
ISSUERS = ("douyin_mp", "wechat_txn", "alipay_txn", "bank", "other")
COMPLAINT_CHANNELS = ("web", "in_app", "phone", "wecom", "wechat", "email", "social", "api")
# ISO 4217, what money is really paid in: neither metals nor codes for tests and for nothing.
ISO_4217 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP
CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD
JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(ISO_4217.split())
REPRESENTING = ("guardian", "authorised", "heir", "helper")
DEMANDS = ("refund", "freeze_counterparty", "investigate", "unfreeze", "statement", "compensation", "restore_limit")
ROOT_CAUSES = ("platform_system", "channel", "user_operation", "external_fraud", "unknown")
LIABILITIES = ("platform", "channel", "merchant", "customer", "third_party", "shared", "none")
REASON_CODES = (
    "no_fault_found",
    "authorised_by_customer",
    "not_our_product",
    "already_refunded",
    "insufficient_after_request",
    "third_party_liability",
    "other",
)
SECURITY_TASKS = ("password_changed", "two_factor_on", "devices_checked", "cards_checked")
EXTERNAL_OUTCOMES = ("accepted", "declined", "upheld", "rejected", "none")
FINAL_OUTCOMES = frozenset({"declined", "upheld", "rejected"})

# Remedies by what their execution starts.
MONEY_REMEDIES = frozenset({
    "refund", "refund_full", "refund_partial", "refund_duplicate", "refund_difference", "refund_original",
    "correction", "fee_refund", "payout_retry", "compensation",
})  # fmt: skip
REFUNDS = frozenset(kind for kind in MONEY_REMEDIES if kind.startswith("refund"))
STATEMENT_OF_BALANCE = "statement_of_balance"  # a remedy, and the kind of evidence that its document is
DOCUMENT_REMEDIES = frozenset({STATEMENT_OF_BALANCE})
OTHER_REMEDIES = frozenset({
    "freeze_counterparty", "lift_freeze", "unfreeze", "partial_limit", "explain", "restore_limit",
    "security_reset", "return_to_wallet", "lift_restriction",
})  # fmt: skip
# Those that end a freeze of the platform's own.
UNFREEZING = frozenset({"unfreeze", "partial_limit", "lift_freeze"})
REMEDIES = MONEY_REMEDIES | DOCUMENT_REMEDIES | OTHER_REMEDIES
# What gives the claim back, and counts against it; compensation comes on top.
RETURNS = (MONEY_REMEDIES - {"compensation"}) | {"return_to_wallet"}
# The threshold of the second signature is in it; any other currency always takes two.
HOME_CURRENCY = "CNY"

# Which remedies meet a demand. The one place: what is asked, what an approval grants and what a page offers all follow from it.
MEETS: Mapping[str, frozenset[str]] = {
    "refund": RETURNS,
    "freeze_counterparty": frozenset({"freeze_counterparty"}),
    "investigate": REMEDIES,
    "unfreeze": frozenset({"unfreeze", "partial_limit", "lift_freeze", "lift_restriction"}),
    "statement": frozenset({"statement_of_balance"}),
    "compensation": frozenset({"compensation"}),
    "restore_limit": frozenset({"restore_limit", "lift_restriction"}),
}


def demands_met(remedies: Iterable[str]) -> tuple[str, ...]:
    """What these remedies can meet, or one of them, in the order of the vocabulary. To look into it is always possible."""
    given = set(remedies)
    return tuple(demand for demand in DEMANDS if demand == "investigate" or MEETS[demand] & given)


TARGETS = (
    "l1_internal",
    "payment_channel",
    "regulator_12315",
    "consumer_association",
    "pboc_12363",
    "cac",
    "litigation",
    "police",
)
CONSUMER_TARGETS = frozenset({"regulator_12315", "consumer_association"})
# Where the desk itself takes a complaint. Everywhere else only its owner can file it, at any time; the police are told, not filed with.
FILED_BY_DESK = frozenset({"l1_internal", "payment_channel"})
FILED_BY_CUSTOMER = tuple(target for target in TARGETS if target not in FILED_BY_DESK | {"police"})
REGULATORS = frozenset({"regulator_12315", "consumer_association", "pboc_12363", "cac"})
# Who may send us a complaint, or ask about one, and waits for our answer.
CALL_TIMES = ("any", "morning", "afternoon", "evening")
AUTHORITIES = ("pboc_12363", "regulator_12315", "cac", "consumer_association", "police", "court", "other")
# Of these a customer is told nothing that the authority has not told them.
INVESTIGATING = frozenset({"police", "court", "other"})
# In these the respondent holds the money itself: whoever does is a bank or payment institution.
OF_PAYMENTS = "payee_is_payment_institution"  # known of the respondent, or told by a program
HOLDS_THE_MONEY = frozenset({"card_cover_frozen", "withdrawal_anomaly", "withdrawal_restricted"})
OPERATOR_EVIDENCE = frozenset({"system_log", "auth_record"})
# What the desk sends with a message: evidence by its custody, not by what it proves.
DESK_FILE = "desk_file"
# The paper in which a place outside says what it decided.
OUTSIDE_DECISION = "outside_decision"
STATEMENT_SLOTS = frozenset({"written_statement", "account_appeal_form"})
IDENTITY_DOCUMENTS = ("id_card_front", "id_card_back", "passport")
FACE_RESULT = "face_result"
# Who may act for whom: papers of people, as private as an identity document.
AUTHORITY_DOCUMENTS = ("authorisation_letter", "kinship_proof")
SENSITIVE_KINDS = frozenset({*IDENTITY_DOCUMENTS, *AUTHORITY_DOCUMENTS, FACE_RESULT})
SYMPTOM_MIN_CHARACTERS = 20
# Why a withdrawal went wrong (A3-02), and who answers for it.
PARTY_OF_CAUSE: Mapping[str, str] = {
    "account_security": "platform",
    "network": "third_party",
    "platform": "platform",
    "bank": "bank",
    "balance": "platform",
}


@dataclass(frozen=True)
class Fact:
    """A typed answer. `type`: bool, int, money, instant, text, choice, choices or flag_or_text."""

    key: str
    type: str
    choices: tuple[str, ...] = ()


FACTS: Mapping[str, Fact] = {
    fact.key: fact
    for fact in (
        Fact("personal_data_leaked", "bool"),
        Fact("login_unknown", "bool"),
        Fact("auto_deducted", "bool"),
        Fact("payee_is_payment_institution", "bool"),
        Fact("is_business_use", "bool"),
        Fact("third_party_topup", "bool"),
        Fact("auto_renewal", "bool"),
        Fact("money_left_wallet", "bool"),
        Fact("unknown_ip", "flag_or_text"),
        Fact("unknown_device", "flag_or_text"),
        Fact("freeze_reason", "choice",
             ("real_name_mismatch", "abnormal_transaction", "remote_login", "overseas_login", "other")),
        Fact("discrepancy", "money"),
        Fact("expected", "money"),
        Fact("charged", "money"),
        Fact("fee", "money"),
        Fact("terminal_no", "text"),
        Fact("payee_display", "text"),
        Fact("times_charged", "int"),
        Fact("times_delivered", "int"),
        Fact("failures_count", "int"),
        Fact("deducted_at", "instant"),
        Fact("requested_at", "instant"),
        Fact("restricted_since", "instant"),
        Fact("channel_status", "choice", ("success", "failed", "pending", "unknown")),
        Fact("platform_status", "choice", ("paid", "failed", "pending", "unknown")),
        Fact("withdrawal_status", "choice", ("processing", "failed", "success", "unknown")),
        Fact("pay_method", "choice", ("wechat", "alipay", "bank_card", "douyin_pay", "other")),
        Fact("withdrawal_cause", "choice", tuple(PARTY_OF_CAUSE)),
        Fact("authorised_by_customer", "bool"),
        Fact("counterparty_account", "text"),
        Fact("scam_kind", "text"),
        Fact("minor_age", "int"),
        Fact("device_owner", "text"),
        Fact("tried", "choices", ("checked_records", "waited", "used_refund_button", "contacted_support")),
    )
}  # fmt: skip
COMMON_FACTS = (
    "personal_data_leaked",
    "login_unknown",
    "auto_deducted",
    "payee_is_payment_institution",
    "is_business_use",
)
