"""What a field is called."""

from django.utils.translation import gettext_lazy as _

# What a field is called where its action does not name it otherwise.
FIELD_LABEL = {
    "reason": _("Reason"),
    "note": _("Note"),
    "reference": _("Reference"),
    "release_reference": _("Reference of the release document"),
    "account": _("Account to freeze"),
    "freeze": _("Which freeze"),
    "identity_check": _("Reference of the identity check"),
    "document_no": _("Number of the document"),
    "until": _("Until"),
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
    "filed_at": _("Filed there on"),
    "authority": _("Authority"),
    "received_at": _("When it came"),
    "reply_by": _("To be answered by"),
    "outcome": _("What they answered"),
    "passed": _("Was the identity confirmed?"),
    "into": _("Reference of the complaint to join with"),
}
