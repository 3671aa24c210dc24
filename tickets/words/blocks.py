"""Why something cannot be done now, and the way out. One sentence or two for each code an operation refuses with."""

from django.utils.translation import gettext_lazy as _

BLOCK = {
    "invalid": _("Some of what was entered needs a correction. The marks at the fields say which."),
    "forbidden": _("Your role does not include this. Someone whose role does can take it from here."),
    "CONFLICT_OF_INTEREST": _("You are part of this case yourself, so a colleague has to take this step."),
    "SAME_SIGNATORY": _("Nobody signs or settles a decision of their own: somebody else has to do this."),
    "not_found": _("There is nothing here under this reference. Please check it, or sign in with the account you filed with."),
    "WRONG_STATUS": _("The complaint has moved on, so this step is not open at the moment. Reload the page to see where it stands."),
    "NOT_ASSIGNED": _("A colleague is handling this complaint. It can be assigned to you first."),
    "FREEZE_ALREADY_ACTIVE": _("This account is already being frozen or is frozen. There is nothing more you need to do."),
    "NOT_AN_EMERGENCY": _("A freeze is for money or an account used by someone else. If that is so, tick “This was not me” and try again."),
    "RELEASE_REQUIRED": _("An authority ordered this freeze. It can be lifted once its release document is named."),
    "FRESH_PROOF_REQUIRED": _(
        "Show first that it is you: by a code to an address or number you have had for some days, or by your passkey."
    ),
    "FRESH_FACTOR_REQUIRED": _("Show your second factor once more: it was a while ago. Then press the button again."),
    "LIFT_NOT_REQUESTED": _("The owner has not asked for it, with a fresh proof of who they are. Until then the account stays frozen."),
    "FIRST_REPLY_REQUIRED": _("The customer has had no first reply yet. Send one with an expected date, now or together with this step."),
    "PAUSE_LIMIT": _("The customer has been asked as often as one review allows. Please decide on what is there."),
    "NOT_A_DUPLICATE": _("These are not two open complaints of one customer about the same order, so they cannot become one."),
    "RATING_WINDOW_OVER": _("The time to say how it went has passed. Thank you for wanting to."),
    "REOPEN_WINDOW_OVER": _("The time to reopen this complaint has passed. You can file a new one and name this reference."),
    "SECURITY_TASKS_OPEN": _("Some safety steps for the account are still open. Once they are ticked, the freeze can be lifted."),
    "NO_HOLD": _("No legal hold is running on this complaint, so there is none to release."),
    "EXTENSION_LIMIT": _("This time cannot be made longer any more. It now has to be decided."),
    "throttled": _("That is as much as one person may do in such a time. Please go on a little later."),
    "STORE_AWAY": _(
        "Our storage for files is away for the moment. Nothing was lost, and nothing was added; please try again in a few minutes."
    ),
    "DRAWING_BUSY": _("Other pages are being drawn right now. Try again in a moment."),
    "NOT_DRAWN": _("This page cannot be shown as a picture. Save the PDF to see it."),
    "EVIDENCE_BROKEN": _("This file is no longer as it was sealed, so we do not show it. Please send it again."),
    "EVIDENCE_FULL": _("This complaint holds as many files as it can. Replace one that is no longer needed."),
    "EVIDENCE_LOCKED": _("What was handed in stays as it is. You can still add new evidence."),
    "UPLOAD_OFFSET": _("This part of the file does not fit here. Go on from the place that is named."),
    "UPLOADS_OPEN": _("Several of your files are still on their way. Let them arrive, or cancel one, then add the next."),
    "INCIDENT_EXISTS": _("There is a live incident of this kind already. Link the complaints to that one."),
    "INCIDENT_STATE": _("The incident has moved on, so this is not open at the moment. Reload the page to see where it stands."),
    "INCIDENT_LINKED": _("This complaint belongs to another incident. Take it out of that one first."),
    "INCIDENT_EMPTY": _("No open complaint is linked to this incident. Link some first."),
    "RUN_GOES_ON": _("A run of this kind is going on already. Wait until it has ended."),
    "STAFF_ACCOUNT": _("This account belongs to somebody who works here. An administrator takes it out of its groups first."),
    "NOT_CONSUMER_DISPUTE": _("This place helps with private purchases only. The other places listed are open to a business."),
    "TARGET_NOT_OFFERED": _("This place does not handle this kind of complaint. The places listed with your complaint do."),
    "ALREADY_ESCALATED": _("You have chosen this place already. The list above says whether it lies there by now."),
    "OUTCOME_NOT_RECORDED": _("Record first what the place outside decided, and attach its paper. Without one a supervisor decides."),
    "ESCALATION_NOT_YET_AVAILABLE": _("We still have time to answer ourselves. If we do not, this step opens by itself at the time shown."),
    "CHANNEL_REFERENCE_REQUIRED": _(
        "The payment company needs its transaction number. Add it from the bill's details in your payment app, then try again."
    ),
    "AUTO_REVERSAL_WAIT_RUNNING": _(
        "Payments that failed usually come back by themselves. If yours does not, you can go on at the time shown."
    ),
    "NOT_YET_DUE": _("The money may still arrive on its normal date. If it does not, you can go on at the time shown."),
    "stale": _("The complaint has changed since you opened this page. Nothing was overwritten: reload, look and try again."),
    "MISSING_EVIDENCE": _("Some evidence is not there yet. Add what the list names, and you can go on. What is there is kept."),
    "CONSENT_REQUIRED": _("For an identity document we need your separate consent. Please give it beside the document."),
    "STATEMENT_INCOMPLETE": _("Your account of what happened is almost there. Please fill in the parts named here."),
    "REFERENCE_REQUIRED": _("Please name the reference number or leave a note, so that this step can be checked later."),
    "DEMAND_UNANSWERED": _("Each of the customer's demands needs an answer. Please add the ones that are missing."),
    "REFUND_EXCEEDS_CLAIM": _("The refund is higher than the amount in dispute. Anything beyond it is compensation."),
    "REMEDY_NOT_OFFERED": _("This category of complaint does not know that remedy. Please choose one of its own."),
    "NOTHING_GRANTED": _("This gives the customer nothing of what was asked for. That is a rejection, and has to be decided as one."),
    "DOCUMENT_REQUIRED": _("A statement of balance was promised and none lies in this case yet. Please issue it first."),
    "ALREADY_REFUNDED": _("As much has come back for this order as was paid for it, so no more can be recorded or paid."),
    "BURDEN_OF_PROOF": _("In this kind of case it is for us to prove it. Please attach a system log or an authorisation record first."),
}
# Why an act is not open, to whom it is not the complaint's own: the words above speak to the customer there.
BLOCK_TO_DESK = {
    "WRONG_STATUS": _("The complaint has moved on, so this act is not open in its present status."),
    "FREEZE_ALREADY_ACTIVE": _("This account is already being frozen or is frozen."),
    "NOT_AN_EMERGENCY": _("A freeze is for money or an account used by someone else. Tick “this was not me” if the customer says so."),
    "REOPEN_WINDOW_OVER": _("The time to reopen this complaint has passed. The customer can file a new one that names this reference."),
    "EVIDENCE_LOCKED": _("What was handed in stays as it is. New evidence can still be added."),
    "UPLOADS_OPEN": _("Several files are still on their way to this complaint."),
    "NOT_CONSUMER_DISPUTE": _("This place takes private purchases only, and this is a business matter."),
    "TARGET_NOT_OFFERED": _("This place does not handle complaints of this category."),
    "ALREADY_ESCALATED": _("The complaint is there already, or on its way."),
    "ESCALATION_NOT_YET_AVAILABLE": _("The desk's own time is not over yet. When it is, the customer may go there."),
    "CHANNEL_REFERENCE_REQUIRED": _("The payment company's transaction number is missing. It stands in the details of the bill."),
    "AUTO_REVERSAL_WAIT_RUNNING": _("The payment may still come back by itself. Until then the appeal waits."),
    "NOT_YET_DUE": _("The money may still arrive on its normal date. Until then the appeal waits."),
    "MISSING_EVIDENCE": _("The customer has not handed in all the evidence that is needed."),
    "CONSENT_REQUIRED": _("The customer has not consented to the use of an identity document."),
    "STATEMENT_INCOMPLETE": _("The customer's account of what happened is not complete."),
}
