"""Where a complaint stands and what it is about, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATUS = {
    "draft": pgettext_lazy("status", "Draft"),
    "auto_reversal_wait": pgettext_lazy("status", "Waiting for the automatic refund"),
    "evidence_collection": pgettext_lazy("status", "Collecting evidence"),
    "freeze_pending": pgettext_lazy("status", "Freeze requested"),
    "frozen": pgettext_lazy("status", "Account frozen"),
    "appeal_submitted": pgettext_lazy("status", "Appeal submitted"),
    "under_review": pgettext_lazy("status", "Under review"),
    "needs_evidence": pgettext_lazy("status", "More evidence needed"),
    "remedy_pending": pgettext_lazy("status", "Approved, being carried out"),
    "rejected": pgettext_lazy("status", "Not approved"),
    "escalated": pgettext_lazy("status", "Escalated"),
    "resolved": pgettext_lazy("status", "Resolved"),
    "closed": pgettext_lazy("status", "Closed"),
}
STAGE = {
    "intake": pgettext_lazy("stage", "Intake"),
    "freeze": pgettext_lazy("stage", "Freeze"),
    "appeal": pgettext_lazy("stage", "Appeal"),
    "remedy": pgettext_lazy("stage", "Remedy"),
    "escalation": pgettext_lazy("stage", "Escalation"),
    "done": pgettext_lazy("stage", "Done"),
}
WAITING_ON = {
    "customer": pgettext_lazy("waiting on", "the customer"),
    "agent": pgettext_lazy("waiting on", "the desk"),
    "channel": pgettext_lazy("waiting on", "the payment company"),
    "merchant": pgettext_lazy("waiting on", "the merchant"),
}
WAITING_ON_BOTH = pgettext_lazy("waiting on", "the desk and the customer")
# The same, said to the customer.
TURN = {
    "customer": _("It is your turn"),
    "agent": _("We are working on it"),
    "channel": _("Waiting for the payment company"),
    "merchant": _("Waiting for the merchant"),
}
LANE = {
    "standard": _("Standard"),
    "overseas_24h": _("From abroad, fast lane"),
    "merchant": _("Merchants"),
}
REFUND_TIER = {
    "full_eligible": _("Full refund possible (reported in time)"),
    "discretionary": _("Refund at the reviewer's discretion"),
}
DEMAND = {
    "refund": pgettext_lazy("demand", "Refund the money"),
    "freeze_counterparty": pgettext_lazy("demand", "Freeze the account that received it"),
    "investigate": pgettext_lazy("demand", "Find out what happened"),
    "unfreeze": pgettext_lazy("demand", "Unfreeze my account"),
    "statement": pgettext_lazy("demand", "A statement of balance"),
    "compensation": pgettext_lazy("demand", "Compensation"),
    "restore_limit": pgettext_lazy("demand", "Restore my limit"),
}
ROOT_CAUSE = {
    "platform_system": _("A fault of the platform's system"),
    "channel": _("The payment company's side"),
    "user_operation": _("A step taken on the customer's side"),
    "external_fraud": _("Fraud by someone outside"),
    "unknown": pgettext_lazy("root cause", "Not established"),
}
LIABILITY = {
    "platform": pgettext_lazy("liability", "The platform"),
    "channel": pgettext_lazy("liability", "The payment company"),
    "merchant": pgettext_lazy("liability", "The merchant"),
    "customer": pgettext_lazy("liability", "The customer"),
    "third_party": pgettext_lazy("liability", "A third party"),
    "shared": pgettext_lazy("liability", "Shared"),
    "none": pgettext_lazy("liability", "Nobody"),
}
PARTY = {
    "platform": _("Platform"),
    "channel": _("Payment company"),
    "merchant": _("Merchant"),
    "bank": _("Bank"),
    "third_party": _("Third party"),
}
ROUTING = {
    "platform_risk": _("Platform: risk control"),
    "merchant_services": _("Platform: merchant services"),
    "platform_sync": _("Platform: the payment arrived but was not recorded"),
    "payment_channel": _("Payment company: the payment failed but money was taken"),
    "wait": _("The platform is still processing the payment"),
}
REASON_CODE = {
    "no_fault_found": _("The records show no fault"),
    "authorised_by_customer": _("The records show that the payment was authorised"),
    "not_our_product": _("The charge belongs to another provider"),
    "already_refunded": _("The money has already been returned"),
    "insufficient_after_request": _("What is there does not settle the question, also after we asked"),
    "third_party_liability": _("Someone else answers for it"),
    "other": pgettext_lazy("reason", "Another reason"),
}
REMEDY = {
    "refund": pgettext_lazy("remedy", "Refund"),
    "refund_full": pgettext_lazy("remedy", "Full refund"),
    "refund_partial": pgettext_lazy("remedy", "Partial refund"),
    "refund_duplicate": pgettext_lazy("remedy", "Refund of the second charge"),
    "refund_difference": pgettext_lazy("remedy", "Refund of the difference"),
    "refund_original": pgettext_lazy("remedy", "Refund the way it was paid"),
    "correction": pgettext_lazy("remedy", "Correction of the balance"),
    "fee_refund": pgettext_lazy("remedy", "Refund of the fee"),
    "payout_retry": pgettext_lazy("remedy", "The withdrawal is paid out again"),
    "compensation": pgettext_lazy("remedy", "Compensation"),
    "statement_of_balance": pgettext_lazy("remedy", "Statement of balance"),
    "freeze_counterparty": pgettext_lazy("remedy", "The receiving account is frozen"),
    "lift_freeze": pgettext_lazy("remedy", "The freeze is lifted"),
    "unfreeze": pgettext_lazy("remedy", "The account is unfrozen"),
    "partial_limit": pgettext_lazy("remedy", "The account works within a limit"),
    "explain": pgettext_lazy("remedy", "A written explanation"),
    "restore_limit": pgettext_lazy("remedy", "The limit is restored"),
    "security_reset": pgettext_lazy("remedy", "The account's security is reset"),
    "return_to_wallet": pgettext_lazy("remedy", "The money goes back to the wallet"),
    "lift_restriction": pgettext_lazy("remedy", "The restriction is lifted"),
}
FREEZE_STATE = {
    "requested": pgettext_lazy("freeze", "Requested"),
    "active": pgettext_lazy("freeze", "Frozen"),
    "lifted": pgettext_lazy("freeze", "Lifted"),
    "failed": pgettext_lazy("freeze", "Did not work"),
}
FREEZE_ORIGIN = {
    "user_protective": _("At the customer's request"),
    "platform_risk": _("By the platform's risk control"),
    "law_enforcement": _("By order of an authority"),
}
CLOSE_REASON = {
    "abandoned": _("Nothing was added in time"),
    "routed_after_sale": _("Belongs to the merchant's after-sale service"),
    "confirmed": _("The customer confirmed the result"),
    "auto_confirmed": _("No objection was raised in time"),
    "withdrawn": _("Withdrawn by the customer"),
    "merged": _("Joined with another complaint about the same order"),
    "rejection_final": _("Not approved, and not taken further in time"),
}
CHANNEL = {
    "web": _("Website"),
    "in_app": _("In the app"),
    "phone": _("Phone"),
    "wecom": _("WeCom"),
    "wechat": _("WeChat"),
    "email": _("E-mail"),
    "social": _("Social media"),
    "api": _("Program (API)"),
}
CALL_TIME = {
    "any": pgettext_lazy("when to call", "At any time"),
    "morning": pgettext_lazy("when to call", "In the morning"),
    "afternoon": pgettext_lazy("when to call", "In the afternoon"),
    "evening": pgettext_lazy("when to call", "In the evening"),
}
REPRESENTED_AS = {
    "guardian": _("guardian"),
    "authorised": _("authorised person"),
    "heir": _("heir"),
    "helper": _("helper"),
}
REPRESENTATION_STATE = {
    "own": _("in their place, see the papers"),
    "draft": _("not asked yet"),
    "asked": _("the owner is asked, has not agreed"),
    "agreed": _("the owner has agreed"),
    "refused": _("the owner has refused"),
    "ended": _("the owner has ended it"),
}
ISSUER = {
    "douyin_mp": _("Douyin monthly payment order"),
    "wechat_txn": _("WeChat Pay transaction"),
    "alipay_txn": _("Alipay transaction"),
    "bank": _("Bank transaction"),
    "other": pgettext_lazy("issuer", "Another number"),
}
AUTHORITY = {
    "pboc_12363": _("People's Bank (12363)"),
    "regulator_12315": _("Market regulator (12315)"),
    "cac": _("Cyberspace administration"),
    "consumer_association": _("Consumers' association"),
    "police": _("The police"),
    "court": _("A court"),
    "other": pgettext_lazy("authority", "Another authority"),
}
ESCALATION_STATE = {
    "to_be_filed": pgettext_lazy("escalation", "Not filed: only the complainant can file it there"),
    "handing_over": pgettext_lazy("escalation", "Not there yet: we are handing it on"),
    "filed": pgettext_lazy("escalation", "Filed"),
    "answered": pgettext_lazy("escalation", "Answered"),
    "closed": pgettext_lazy("escalation", "Ended with the complaint"),
}
OUTCOME = {
    "accepted": pgettext_lazy("outcome", "Taken up"),
    "declined": pgettext_lazy("outcome", "Not taken up"),
    "upheld": pgettext_lazy("outcome", "Decided for the customer"),
    "rejected": pgettext_lazy("outcome", "Decided against the customer"),
    "none": pgettext_lazy("outcome", "No answer"),
}
SECURITY_TASK = {
    "password_changed": _("Password changed"),
    "two_factor_on": _("Two-step sign-in switched on"),
    "devices_checked": _("Unknown devices signed out"),
    "cards_checked": _("Linked cards and automatic payments checked"),
}
WHY_COUNTERSIGNED = {
    "amount": _("The amount reaches the limit for a second signature"),
    "currency": _("The sum is in another currency"),
    "late_claim": _("The complaint came after the claim period"),
    "full_refund_while_discretionary": _("A full refund although the full-refund window had passed"),
    "compensation": _("The decision includes compensation"),
    "escalated": _("The complaint is escalated"),
}
