"""Words of the ticket page that only the desk needs."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.workflow import PRESSING


def turn_of(waiting_on: str | None, due_key: str, unanswered_since: datetime | None) -> str:
    """Whose turn it is, as a code: "both" where the customer has something to do and so have we (an answer to give, a freeze to lift)."""
    asked = unanswered_since is not None or due_key in PRESSING
    if asked and waiting_on in ("customer", None, ""):
        return "both" if waiting_on else "agent"
    return waiting_on or ""


BINDS_OF_DESK = {
    "operator": pgettext_lazy("binds, to the desk", "ours"),
    "customer": pgettext_lazy("binds, to the desk", "the customer's"),
    "third_party": pgettext_lazy("binds, to the desk", "someone else's"),
    "internal": pgettext_lazy("binds, to the desk", "internal"),
}
TONE = {
    "auto_reversal_wait": "info",
    "evidence_collection": "neutral",
    "freeze_pending": "bad",
    "frozen": "warn",
    "appeal_submitted": "info",
    "under_review": "info",
    "needs_evidence": "warn",
    "remedy_pending": "good",
    "rejected": "neutral",
    "escalated": "bad",
    "resolved": "good",
    "closed": "neutral",
}
CHECK_TONE = {"complete": "good", "scanning": "info", "partial": "warn", "rejected": "bad", "missing": "neutral"}
# Where the customer's word for it would mislead.
EVENT_OF_DESK = {"approve": pgettext_lazy("history", "Approved; waits for a second signature")}
ITEM_STATE = {
    "uploaded": pgettext_lazy("evidence, to the desk", "received"),
    "scanning": pgettext_lazy("evidence, to the desk", "being checked"),
    "clean": pgettext_lazy("evidence, to the desk", "checked"),
    "rejected": pgettext_lazy("evidence, to the desk", "unusable"),
    "superseded": pgettext_lazy("evidence, to the desk", "replaced"),
    "deleted": pgettext_lazy("evidence, to the desk", "deleted"),
}
VERDICT = {
    "accepted": pgettext_lazy("verdict on evidence", "Accepted"),
    "rejected": pgettext_lazy("verdict on evidence", "Rejected"),
}
FIELD_OF_ITEM = {
    "order_no": _("Order number"),
    "number": _("Number"),
    "amount": _("Amount"),
    "paid_at": _("Paid at"),
    "expires_on": _("Valid until"),
    "shown_at": _("Shown at"),
    "occurred_at": _("Happened at"),
    "external_ticket_no": _("Their case number"),
    "issuer": _("Issuer"),
    "symptom": _("What happened"),
    "bank": _("Bank"),
    "last4": _("Last four digits"),
    "reference": _("Reference"),
    "passed": _("Confirmed"),
    "note": _("Note"),
}
AMENDED_FIELD = {
    "assignee": _("Assignee"),
    "category": _("Category"),
    "responsible_parties": _("Responsible parties"),
    "lane": _("Lane"),
    "complained_about": _("Complained about"),
    "real_name_match": _("Real name verified"),
    "tags": _("Tags"),
    "amount": _("Amount"),
    "incident_at": _("Happened at"),
    "facts": _("Facts"),
    "statement": _("Statement"),
    "demands": _("Demands"),
    "order_numbers": _("Order numbers"),
    "account": _("Account"),
}
# How a complaint came to somebody, where no person chose it.
HOW_ASSIGNED = {
    "round_robin": pgettext_lazy("how assigned", "in turn"),
    "by_load": pgettext_lazy("how assigned", "by load"),
    "stand_in": pgettext_lazy("how assigned", "as the stand-in"),
    "released": pgettext_lazy("how assigned", "nobody has it any more"),
}
ROLE = {
    "agents": _("Agent"),
    "freeze_operators": _("Freeze operator"),
    "reviewers": _("Reviewer"),
    "supervisors": _("Supervisor"),
    "privacy_officers": _("Privacy officer"),
}
