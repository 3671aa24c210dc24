"""Labels and hints of the fields agents fill in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABEL = {
    "reason": _("Reason"),
    "note": _("Note"),
    "reference": _("Reference"),
    "release_reference": _("Reference of the release document"),
    "account": _("Account to freeze"),
    "not_me": _("The customer says: this was not me"),
    "task": _("Safety step"),
    "eta_at": _("The customer hears more by"),
    "body": _("Reply to the customer"),
    "kinds": _("What is asked for"),
    "root_cause": _("Root cause"),
    "liability": _("Who answers for it"),
    "explanation": _("Explanation to the customer"),
    "evidence": _("Evidence the decision stands on"),
    "remedies": _("What is done for the customer"),
    "reason_code": _("Reason for the rejection"),
    "amount": _("Amount"),
    "target": _("Where to"),
    "outcome": _("What they answered"),
    "passed": _("Was the identity confirmed?"),
    "into": _("Reference of the complaint to join with"),
}
# Where one name means something else, or needs a word of advice: (action, name).
LABEL_OF = {
    ("refuse_countersign", "reason"): _("What has to change"),
    ("request_evidence", "reason"): _("Why it is needed, as the customer reads it"),
    **dict.fromkeys(
        (("reject", "explanation"), ("uphold_customer", "note"), ("uphold_rejection", "note")),
        _("Explanation in the letter to the customer"),
    ),
    ("extend", "body"): _("Holding reply to the customer"),
    ("extend", "reason"): _("Reason, for the record"),
    ("record_external_answer", "target"): _("Who answered"),
    ("record_refund", "amount"): _("Amount that came back"),
    ("confirm_freeze", "reference"): _("Reference of the freeze at the provider"),
    ("confirm_remedy", "reference"): _("Reference of the payment or document"),
}
HINT = {
    ("confirm_freeze", "note"): _("Needed when there is no reference."),
    ("start_review", "eta_at"): _("Sends the first reply. Needed while the customer has had none."),
    ("start_review", "body"): _("Empty: “We have received your complaint and are looking into it.”"),
    ("lift_freeze", "note"): _("How you made sure that it is the owner who asks."),
    ("lift_freeze", "release_reference"): _("Only for a freeze ordered by an authority."),
    ("approve", "remedies"): _("A refund without an amount is the whole disputed amount."),
    ("uphold_customer", "remedies"): _("A refund without an amount is the whole disputed amount."),
    ("record_refund", "note"): _("Needed when less than the disputed amount came back."),
    ("return_to_review", "reference"): _("Needed from an agent: the outside decision this follows."),
    ("uphold_customer", "reference"): _("Needed from an agent: the outside decision this follows."),
    ("uphold_rejection", "reference"): _("Needed from an agent: the outside decision this follows."),
    ("reject", "evidence"): _("Where it is ours to prove, attach a system log or an authorisation record."),
    ("merge", "into"): _("Both open, of one customer, about one order. This one closes."),
}
# To an agent these read differently than to the customer.
ACTION_OF_DESK = {
    "request_freeze": pgettext_lazy("action of the desk", "Ask for a freeze on the customer's behalf"),
    "submit_appeal": pgettext_lazy("action of the desk", "Submit the appeal on the customer's behalf"),
    "escalate": pgettext_lazy("action of the desk", "Take it further on the customer's behalf"),
    "file": pgettext_lazy("action of the desk", "File it"),
}
