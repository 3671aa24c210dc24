"""What a status means to the customer: what happens now, in a sentence or two."""

from django.utils.translation import gettext_lazy as _

NOW = {
    "auto_reversal_wait": _(
        "Payments that failed usually come back by themselves. We wait for that until the date below; if the money is not back by then,"
        " your appeal opens at once. You can add evidence already now."
    ),
    "evidence_collection": _(
        "Add the evidence in the list. When everything needed is there, submit the appeal; our time to answer starts then."
    ),
    "freeze_pending": _("People on duty are freezing your account. You need not wait for it: add your evidence and submit the appeal."),
    "frozen": _("Your account is frozen; nobody can use it. Now add your evidence and submit the appeal."),
    "appeal_submitted": _("Your appeal is complete and waits for a reviewer. There is nothing you need to do now."),
    "under_review": _("A reviewer is looking at your appeal. There is nothing you need to do now."),
    "needs_evidence": _("The reviewer needs something more from you. Our clock stands still until you answer."),
    "remedy_pending": _("It was decided for you. What was promised is being carried out now."),
    "rejected": _("We could not approve your appeal. Below you read why, and where you can take it further."),
    "escalated": _("Your complaint has been taken further. Below you see where it is and when an answer can be expected."),
    "resolved": _("It is done. Please check whether the result is right and tell us."),
    "closed": _("This complaint is closed."),
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
