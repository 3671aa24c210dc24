"""What the customer reads: what happens now, who looked, why we ask for a document."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.words import AUTHORITY

NOW = {
    "auto_reversal_wait": _(
        "Payments that failed usually come back by themselves. We wait for that until the date below; if the money is not back by then,"
        " your appeal opens at once. You can add evidence already now."
    ),
    "evidence_collection": _(
        "Add the evidence in the list. When everything needed is there, submit the appeal; our time to answer starts then."
    ),
    "freeze_pending": _(
        "People on duty have your request and the account is not frozen yet. You need not wait for it: add your evidence and submit the"
        " appeal."
    ),
    "frozen": _("Your account is frozen; nobody can use it. Now add your evidence and submit the appeal."),
    "appeal_submitted": _("Your appeal is complete and waits for a reviewer."),
    "under_review": _("A reviewer is looking at your appeal."),
    "needs_evidence": _("The reviewer needs something more from you. Our clock stands still until you answer."),
    "remedy_pending": _("It was decided. What the decision promises is being carried out now."),
    "rejected": _("We could not approve your appeal. Below you read why, and where you can take it further."),
    "escalated": _("Your complaint has been taken further. Below you see where it is and when an answer can be expected."),
    "resolved": _("Please check the result below, the sum and the account it went to, and tell us whether it is right."),
    "closed": _("This complaint is closed."),
}
# Where nothing came back there is no sum to check.
RESOLVED_WITHOUT_MONEY = _("Please check the result below and tell us whether it is right.")
# Of a decision in part, once it is carried out: what can still be done about the rest.
REST = {
    "resolved": _("What was not granted you can take further now, also outside; or say that the result is not right."),
    "closed": _("What was not granted you can still take to the places outside."),
}
# Codes of tickets.words as the owner is told them: nobody speaks of "the customer" to the customer. What is missing reads as there.
TO_OWNER = {
    "CLOSE_REASON": {
        "confirmed": _("You confirmed the result"),
        "withdrawn": _("You withdrew the complaint"),
    },
    "FREEZE_ORIGIN": {"user_protective": _("At your request")},
    "LIABILITY": {"customer": pgettext_lazy("liability", "You")},
    "ROOT_CAUSE": {"user_operation": _("A step taken on your side")},
    "OUTCOME": {
        "upheld": pgettext_lazy("outcome", "Decided for you"),
        "rejected": pgettext_lazy("outcome", "Decided against you"),
    },
    "REFUND_TIER": {
        "full_eligible": _("You were in time: a full refund is possible if the review finds for you."),
        "discretionary": _("The time for a full refund had passed: how much comes back is for the reviewer to decide."),
    },
    "EVENT": {
        "confirm_resolution": pgettext_lazy("history", "You confirmed the result"),
        "act_held": pgettext_lazy("history", "The date has passed; nothing is done before we have answered what you wrote"),
        "contact_proven": pgettext_lazy("history", "You confirmed your number"),
        "dispute_resolution": pgettext_lazy("history", "You said that the result is not right"),
        "rated": pgettext_lazy("history", "You said how it went"),
        "record_outside_filing": pgettext_lazy("history", "Filed outside by you"),
        "representative_agreed": pgettext_lazy("history", "They may follow and act now"),
        "representative_ended": pgettext_lazy("history", "They follow and act no more"),
        "representative_named": pgettext_lazy("history", "Filed by somebody who acts for the person whose complaint it is"),
        "representative_refused": pgettext_lazy("history", "They may not follow and act"),
        "reopen_requested": pgettext_lazy("history", "You asked to reopen it"),
        "uphold_customer": pgettext_lazy("history", "Decided for you"),
    },
    "ESCALATION_STATE": {"to_be_filed": pgettext_lazy("escalation", "Not filed: only you can file it there")},
}
# What came of a step outside, from its row.
DONE_OF_STATE = {
    "to_be_filed": _("Your words are in the papers now. It is not filed yet: only you can file it there."),
    "filed": _("Noted. Below you see since when it lies there."),
    "handing_over": _("We are handing your complaint on. It is not there yet: this page says when it is."),
}
STEP = {
    "freeze": _("Freeze"),
    "appeal": _("Appeal"),
    "review": _("Review"),
    "outcome": _("Outcome"),
    "escalation": _("Further"),
}
REMEDY_STATE = {
    "pending": _("Being carried out"),
    "done": _("Done"),
    "failed": _("Did not work; we are looking at it again"),
}

# Who looked, as a customer is told: never a name.
WHO = {
    "owner": pgettext_lazy("who looked", "You"),
    "reviewers": pgettext_lazy("who looked", "A reviewer"),
    "freeze_operators": pgettext_lazy("who looked", "The freeze desk"),
    "privacy_officers": pgettext_lazy("who looked", "The privacy officer"),
    "supervisors": pgettext_lazy("who looked", "A supervisor"),
    "agents": pgettext_lazy("who looked", "An agent"),
    "desk": pgettext_lazy("who looked", "Somebody at the desk"),
    "system": pgettext_lazy("who looked", "The system"),
}
WHY_ASKED = {
    "id_card_front": _("To be sure that it is you who asks, and nobody in your name. We compare name and picture with the account."),
    "id_card_back": _("The other side tells whether the card is still valid and who issued it."),
    "passport": _("To be sure that it is you who asks, where there is no Chinese ID card or where you are abroad."),
    "authorisation_letter": _("To be sure that you may act for the person concerned, in this, until when."),
    "kinship_proof": _("To be sure that you are the guardian or next of kin of the person concerned. Other people on it may be covered."),
}
HELD_BY = {**AUTHORITY, "litigation": AUTHORITY["court"]}
HELD_FOR = _("Because you went to %(places)s with this complaint: we keep it for them.")
# What of one's data cannot be deleted yet, and why.
WHY_STAYS = {
    "open_complaint": _("This complaint is still open. We need what belongs to it until it is closed; then it is deleted."),
    "legal_hold": _("A legal hold keeps this for now."),
    "live_freeze": _("Your account is still frozen through this complaint. Lift the freeze first."),
    "history": _("Dates, sums and decisions stay, without your name: they prove what was done."),
    "account": _("Your account stays as long as one of these complaints needs it, so that you can sign in; then it is deleted too."),
}
