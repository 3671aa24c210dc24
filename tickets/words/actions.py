"""The words of every action, once: its button, its line in the history, what a notice says of it, what its form asks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.words.catalogue import ActionWords

ACTION_WORDS: dict[str, ActionWords] = {
    "file": ActionWords(
        button=pgettext_lazy("action", "File the complaint"),
        line=pgettext_lazy("history", "Complaint filed"),
        of_desk=pgettext_lazy("action of the desk", "File it"),
    ),
    "request_freeze": ActionWords(
        button=pgettext_lazy("action", "Freeze my account now"),
        line=pgettext_lazy("history", "Freeze requested"),
        of_desk=pgettext_lazy("action of the desk", "Ask for a freeze on the customer's behalf"),
        to_customer=(
            _("We have received your freeze request"),
            _(
                "People on duty day and night are working on it. Meanwhile you can also freeze the account yourself; the page shows how."
                " Never give a code or password to anyone, not even to us."
            ),
        ),
        to_staff=(_("Freeze requested"), _("A customer asks for a freeze. It is to be confirmed or failed within the hour.")),
    ),
    "confirm_freeze": ActionWords(
        button=pgettext_lazy("action", "Confirm the freeze"),
        line=pgettext_lazy("history", "Freeze confirmed"),
        to_customer=(
            _("Your account is frozen"),
            _("Nobody can use it now. Please gather your evidence next; the page lists what is needed and by when."),
        ),
        labels={
            "reference": _("Reference of the freeze at the provider"),
        },
        hints={
            "note": _("Needed when there is no reference."),
        },
    ),
    "fail_freeze": ActionWords(
        button=pgettext_lazy("action", "Report that the freeze failed"),
        line=pgettext_lazy("history", "The freeze did not work"),
        to_customer=(
            _("The freeze did not work"),
            _(
                "We could not freeze the account and have alerted a supervisor. Please call your bank or the payment app's hotline now and"
                " have it frozen there, and report to the police if money was taken. Your complaint goes on."
            ),
        ),
        to_staff=(_("A freeze failed"), _("The customer has been told how to freeze the account elsewhere. Please see to it.")),
    ),
    "request_lift": ActionWords(
        button=pgettext_lazy("action", "Ask to lift the freeze"),
        line=pgettext_lazy("history", "Lifting of the freeze requested"),
        to_customer=(_("You asked to lift the freeze"), _("We are looking into it and will tell you.")),
        to_staff=(_("The customer asks to lift a freeze"), _("Check identity and safety steps, then lift it or answer.")),
    ),
    "lift_freeze": ActionWords(
        button=pgettext_lazy("action", "Lift the freeze"),
        line=pgettext_lazy("history", "Freeze lifted"),
        to_customer=(_("The freeze has been lifted"), _("Your account can be used again. Please keep an eye on it for a while.")),
        hints={
            "note": _("How you made sure that it is the owner who asks."),
            "release_reference": _("Only for a freeze ordered by an authority."),
        },
    ),
    "tick_security_task": ActionWords(
        button=pgettext_lazy("action", "Tick a safety step"),
        line=pgettext_lazy("history", "Safety step done"),
    ),
    "waive_wait": ActionWords(
        button=pgettext_lazy("action", "Skip the wait"),
        line=pgettext_lazy("history", "Wait for the automatic refund skipped"),
        to_customer=(_("You can go on now"), _("There is no need to wait for the automatic refund any longer. Please add your evidence.")),
    ),
    "submit_appeal": ActionWords(
        button=pgettext_lazy("action", "Submit the appeal"),
        line=pgettext_lazy("history", "Appeal submitted"),
        of_desk=pgettext_lazy("action of the desk", "Submit the appeal on the customer's behalf"),
        to_customer=(
            _("We have received your appeal"),
            _("Everything needed is there. The page shows when you will hear from us and why on that date."),
        ),
        to_staff=(_("New appeal"), _("An appeal was submitted and waits for a reviewer.")),
    ),
    "route_after_sale": ActionWords(
        button=pgettext_lazy("action", "Pass to the merchant's after-sale service"),
        line=pgettext_lazy("history", "Passed to the merchant's after-sale service"),
        to_customer=(
            _("This belongs to the merchant's after-sale service"),
            _("The page shows how to reach it. If you see it differently, you can object within seven days and we open it again."),
        ),
    ),
    "start_review": ActionWords(
        button=pgettext_lazy("action", "Start the review"),
        line=pgettext_lazy("history", "Review started"),
        to_customer=(_("Your appeal is being reviewed"), _("A reviewer has started to look at your appeal.")),
        hints={
            "eta_at": _("Sends the first reply. Needed while the customer has had none."),
            "body": _("Empty: “We have received your complaint and are looking into it.”"),
        },
    ),
    "request_evidence": ActionWords(
        button=pgettext_lazy("action", "Ask for evidence"),
        line=pgettext_lazy("history", "More evidence asked for"),
        to_customer=(
            _("We need a little more from you"),
            _("The reviewer asks for more evidence; the page says what and why. While we wait for you, our clock stands still."),
        ),
        labels={
            "reason": _("Why it is needed, as the customer reads it"),
        },
    ),
    "supply_evidence": ActionWords(
        button=pgettext_lazy("action", "Send what was asked for"),
        line=pgettext_lazy("history", "Evidence sent"),
        to_customer=(_("We have received your evidence"), _("Thank you. The review goes on.")),
        to_staff=(_("Evidence has arrived"), _("The customer sent what was asked for. The review clock runs again.")),
    ),
    "approve": ActionWords(
        button=pgettext_lazy("action", "Approve"),
        line=pgettext_lazy("history", "Approved"),
        confirm=_("Confirm: approve"),
        hints={
            "remedies": _("A refund without an amount is the whole disputed amount."),
        },
    ),
    "countersign": ActionWords(
        button=pgettext_lazy("action", "Sign the decision"),
        line=pgettext_lazy("history", "Decision signed by a second person"),
    ),
    "refuse_countersign": ActionWords(
        button=pgettext_lazy("action", "Send the decision back"),
        line=pgettext_lazy("history", "Second signature refused"),
        to_customer=(_("Your complaint is still being decided"), _("The review goes on.")),
        to_staff=(_("Your decision was sent back"), _("The supervisor's reason stands in the history.")),
        labels={
            "reason": _("What has to change"),
        },
    ),
    "retract_decision": ActionWords(
        button=pgettext_lazy("action", "Take the decision back"),
        line=pgettext_lazy("history", "Decision taken back by its author"),
    ),
    "reject": ActionWords(
        button=pgettext_lazy("action", "Reject"),
        line=pgettext_lazy("history", "Not approved"),
        confirm=_("Confirm: reject"),
        labels={
            "explanation": _("Explanation in the letter to the customer"),
        },
        hints={
            "evidence": _("Where it is ours to prove, attach a system log or an authorisation record."),
        },
    ),
    "confirm_remedy": ActionWords(
        button=pgettext_lazy("action", "Confirm that it is done"),
        line=pgettext_lazy("history", "Remedy carried out"),
        to_customer=(
            _("It is done. Is the result right?"),
            _("What was decided for you has been carried out. Please have a look and tell us whether everything is right."),
        ),
        labels={
            "reference": _("Reference of the payment or document"),
        },
    ),
    "fail_remedy": ActionWords(
        button=pgettext_lazy("action", "Report that it did not work"),
        line=pgettext_lazy("history", "The remedy did not work"),
        to_customer=(
            _("Something went wrong on the way"),
            _("What was decided for you could not be carried out. We are looking at it again, and your complaint keeps its place."),
        ),
        to_staff=(_("A remedy did not work"), _("The complaint is back in review with half the time.")),
    ),
    "record_refund": ActionWords(
        button=pgettext_lazy("action", "Record a refund"),
        line=pgettext_lazy("history", "Refund recorded"),
        to_customer=(_("A refund has been recorded"), _("Please check your account and tell us whether everything is right.")),
        labels={
            "amount": _("Amount that came back"),
        },
        hints={
            "note": _("Needed when less than the disputed amount came back."),
        },
    ),
    "escalate": ActionWords(
        button=pgettext_lazy("action", "Take it further"),
        line=pgettext_lazy("history", "Taken further"),
        of_desk=pgettext_lazy("action of the desk", "Take it further on the customer's behalf"),
        to_customer=(
            _("You asked us to take your complaint further"),
            _("The page shows who has it now, what happens next and by when."),
        ),
        to_staff=(
            _("A complaint goes further"),
            _("To the second level, or to the payment channel: then please hand the dossier on and record its number."),
        ),
        hints={
            "filed_at": _("Only where the customer has filed it there already, and says when."),
            "reference": _("The number they got there."),
        },
    ),
    "record_outside_filing": ActionWords(
        button=pgettext_lazy("action", "I have filed it there"),
        line=pgettext_lazy("history", "Filed outside by the customer"),
        of_desk=pgettext_lazy("action of the desk", "Record that the customer has filed it outside"),
        to_customer=(
            _("We noted that you filed your complaint outside"),
            _("The page shows where and when. We keep your evidence for it, and our own work on your complaint goes on."),
        ),
        to_staff=(_("A customer filed the complaint outside"), _("The page shows where. Its evidence is held.")),
        labels={
            "target": _("Where it was filed"),
            "filed_at": _("When it was filed there"),
            "reference": _("Number they gave"),
        },
        hints={
            "reference": _("If there is none yet, add it later in the same way."),
        },
    ),
    "record_hand_over": ActionWords(
        button=pgettext_lazy("action", "Record that it was handed on"),
        line=pgettext_lazy("history", "Handed on to the payment channel"),
        to_customer=(
            _("Your complaint is with the payment company now"),
            _("We handed it on with your evidence. The page shows its number there and by when they should answer."),
        ),
        labels={
            "target": _("Handed on to"),
            "reference": _("Number it got there"),
        },
    ),
    "record_external_answer": ActionWords(
        button=pgettext_lazy("action", "Record an answer from outside"),
        line=pgettext_lazy("history", "Answer from outside recorded"),
        to_customer=(_("There is an answer to your complaint"), _("An answer from outside has arrived. The page shows it.")),
        labels={
            "target": _("Who answered"),
        },
    ),
    "record_transfer": ActionWords(
        button=pgettext_lazy("action", "Record a letter of an authority"),
        line=pgettext_lazy("history", "An authority asks about this complaint"),
        to_customer=(_("An authority asked us about your complaint"), _("We answer it directly.")),
        to_staff=(
            _("An authority waits for an answer"),
            _("It sent us a complaint or asks about one. The date by which we answer runs from the day its letter came."),
        ),
        labels={
            "number": _("Number of their letter"),
        },
        hints={
            "reply_by": _("Where the letter names a day. 12363 and 12315 have terms of their own."),
        },
    ),
    "record_transfer_reply": ActionWords(
        button=pgettext_lazy("action", "Record our answer to an authority"),
        line=pgettext_lazy("history", "The authority was answered"),
        labels={
            "number": _("Number of their letter"),
            "reference": _("Number of our answer"),
        },
    ),
    "return_to_review": ActionWords(
        button=pgettext_lazy("action", "Return to review"),
        line=pgettext_lazy("history", "Returned to review"),
        to_customer=(_("Your complaint is reviewed again"), _("A new review has begun. The page shows by when you get an answer.")),
        to_staff=(_("A complaint is back in review"), _("The next level returned it with a note.")),
        hints={
            "reference": _("Of the outside decision this follows. From an agent the paper itself has to lie in the case."),
        },
    ),
    "uphold_customer": ActionWords(
        button=pgettext_lazy("action", "Decide for the customer"),
        line=pgettext_lazy("history", "Decided for the customer"),
        confirm=_("Confirm: decide for the customer"),
        labels={
            "note": _("Explanation in the letter to the customer"),
        },
        hints={
            "remedies": _("A refund without an amount is the whole disputed amount."),
            "reference": _("Of the outside decision this follows. From an agent the paper itself has to lie in the case."),
        },
    ),
    "uphold_rejection": ActionWords(
        button=pgettext_lazy("action", "Uphold the rejection"),
        line=pgettext_lazy("history", "The rejection stands"),
        confirm=_("Confirm: uphold the rejection"),
        labels={
            "note": _("Explanation in the letter to the customer"),
        },
        hints={
            "reference": _("Of the outside decision this follows. From an agent the paper itself has to lie in the case."),
        },
    ),
    "extend": ActionWords(
        button=pgettext_lazy("action", "Extend the final date"),
        line=pgettext_lazy("history", "Final date extended"),
        to_customer=(
            _("The final answer takes longer"),
            _("We need more time for the final answer. The page says why and gives the new date."),
        ),
        labels={
            "body": _("Holding reply to the customer"),
            "reason": _("Reason, for the record"),
            "timer": _("Which date"),
        },
        hints={
            "timer": _("Nothing chosen: every date that can still be moved."),
        },
    ),
    "record_identity_check": ActionWords(
        button=pgettext_lazy("action", "Record an identity check"),
        line=pgettext_lazy("history", "Identity check recorded"),
    ),
    "confirm_resolution": ActionWords(
        button=pgettext_lazy("action", "The result is right"),
        line=pgettext_lazy("history", "Result confirmed by the customer"),
        to_customer=(
            _("Your complaint is closed"),
            _("You confirmed the result. If something turns up later, the page shows what you can do."),
        ),
    ),
    "dispute_resolution": ActionWords(
        button=pgettext_lazy("action", "The result is not right"),
        line=pgettext_lazy("history", "The customer says the result is not right"),
        to_customer=(_("We look at it again"), _("You told us the result is not right. The review goes on.")),
        to_staff=(_("The customer objects to the result"), _("The complaint is back in review with half the time.")),
    ),
    "withdraw": ActionWords(
        button=pgettext_lazy("action", "Withdraw the complaint"),
        line=pgettext_lazy("history", "Complaint withdrawn"),
        to_customer=(_("You withdrew your complaint"), _("It is closed now. You can ask to reopen it.")),
        to_staff=(_("A complaint was withdrawn"), _("The customer withdrew it. It is closed.")),
    ),
    "merge": ActionWords(
        button=pgettext_lazy("action", "Join with another complaint"),
        line=pgettext_lazy("history", "Joined with another complaint"),
        to_customer=(
            _("Two of your complaints are now one"),
            _("They are about the same order. Evidence, messages and the earlier dates were kept."),
        ),
        hints={
            "into": _("Both open, of one customer, about one order. This one closes."),
        },
    ),
    "reopen": ActionWords(
        button=pgettext_lazy("action", "Reopen"),
        line=pgettext_lazy("history", "Complaint reopened"),
        to_customer=(_("Your complaint is open again"), _("The page shows what comes next and by when.")),
        to_staff=(_("A complaint was reopened"), _("It is yours again, with full time.")),
    ),
    "refer_to_police": ActionWords(
        button=pgettext_lazy("action", "Record a report to the police"),
        line=pgettext_lazy("history", "Report to the police recorded"),
        to_customer=(
            _("Your report to the police is noted"),
            _("Please add the receipt when you have it. We keep your evidence for the police."),
        ),
        to_staff=(_("The police have been told"), _("Evidence of this complaint is held. Please work with the police on request.")),
    ),
    "release_hold": ActionWords(
        button=pgettext_lazy("action", "Release the legal hold"),
        line=pgettext_lazy("history", "Legal hold released"),
    ),
}
# What a field is called where its action does not name it otherwise.
FIELD_LABEL = {
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
    "filed_at": _("Filed there on"),
    "authority": _("Authority"),
    "received_at": _("When it came"),
    "reply_by": _("To be answered by"),
    "outcome": _("What they answered"),
    "passed": _("Was the identity confirmed?"),
    "into": _("Reference of the complaint to join with"),
}
