"""The words of what is done beyond the review: taken further, decided on the second level, closed, reopened, held for others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.words.catalogue import ActionWords

GRANTED_HINT = _("Nothing ticked: all demands that these remedies meet.")
ESCALATION_AND_CLOSING_WORDS: dict[str, ActionWords] = {
    "escalate": ActionWords(
        button=pgettext_lazy("action", "Take it further"),
        line=pgettext_lazy("history", "Taken further"),
        of_desk=pgettext_lazy("action of the desk", "Take it further on the customer's behalf"),
        to_customer=(
            _("You asked us to take your complaint further"),
            _("The page shows who has it now and what happens next."),
        ),
        to_staff=(
            _("A complaint goes further"),
            _("To the second level, or to the payment channel: then please hand the dossier on and record its number."),
        ),
        hints={
            "filed_at": _("Only where the customer has filed it there already, and says when."),
            "reference": _("The number they got there."),
        },
        dates=("l1_review", "hand_over", "channel_dispute"),
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
        dates=("regulator_accept",),
    ),
    "record_hand_over": ActionWords(
        button=pgettext_lazy("action", "Record that it was handed on"),
        line=pgettext_lazy("history", "Handed on to the payment channel"),
        to_customer=(
            _("Your complaint is with the payment company now"),
            _("We handed it on with your evidence. The page shows its number there."),
        ),
        labels={
            "target": _("Handed on to"),
            "reference": _("Number it got there"),
        },
        dates=("channel_dispute",),
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
        to_customer=(_("Your complaint is reviewed again"), _("A new review of your complaint has begun. The page shows where it stands.")),
        to_staff=(_("A complaint is back in review"), _("The next level returned it with a note.")),
        hints={
            "reference": _("Of the outside decision this follows. From an agent the paper itself has to lie in the case."),
        },
        dates=("review_limit",),
    ),
    "uphold_customer": ActionWords(
        button=pgettext_lazy("action", "Decide for the customer"),
        line=pgettext_lazy("history", "Decided for the customer"),
        confirm=_("Confirm: decide for the customer"),
        labels={
            "note": _("Explanation in the letter to the customer"),
        },
        hints={
            "remedies": _("A refund without an amount is all that is still outstanding."),
            "granted": GRANTED_HINT,
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
            _("We need more time for the final answer. The page says why."),
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
        of_desk=pgettext_lazy("action of the desk", "Record that the customer accepts the result"),
        line=pgettext_lazy("history", "Result confirmed by the customer"),
        to_customer=(
            _("Your complaint is closed"),
            _("You confirmed the result. If something turns up later, the page shows what you can do."),
        ),
    ),
    "dispute_resolution": ActionWords(
        button=pgettext_lazy("action", "The result is not right"),
        of_desk=pgettext_lazy("action of the desk", "Record that the customer does not accept the result"),
        line=pgettext_lazy("history", "The customer says the result is not right"),
        to_customer=(_("We look at it again"), _("You told us the result is not right. The page shows what comes next.")),
        to_staff=(
            _("The customer objects to the result"),
            _("The complaint is open again. Its page shows where it stands, and its dates."),
        ),
        dates=("review_limit",),
    ),
    "withdraw": ActionWords(
        button=pgettext_lazy("action", "Withdraw the complaint"),
        of_desk=pgettext_lazy("action of the desk", "Withdraw it on the customer's behalf"),
        line=pgettext_lazy("history", "Complaint withdrawn"),
        to_customer=(_("You withdrew your complaint"), _("It is closed now. You can ask to reopen it.")),
        to_staff=(_("A complaint was withdrawn"), _("The customer withdrew it. It is closed.")),
        labels={
            "keep_freeze": _("Does the customer want to keep the account frozen?"),
        },
        hints={
            "identity_check": _("Needed where the freeze is to be lifted."),
        },
    ),
    "merge": ActionWords(
        button=pgettext_lazy("action", "Join with another complaint"),
        line=pgettext_lazy("history", "Joined with another complaint"),
        to_customer=(
            _("Two of your complaints are now one"),
            _("They are about the same order. All that you sent, the better dates and your rights were kept."),
        ),
        hints={
            "into": _("Both open, of one customer, about one order. The further one goes on, the other closes."),
        },
    ),
    "unmerge": ActionWords(
        button=pgettext_lazy("action", "Take a joined complaint out again"),
        line=pgettext_lazy("history", "A complaint that was joined in error was taken out again"),
        hints={
            "ref": _("The reference of the complaint that was joined into this one. It opens with its own history, evidence and clocks."),
        },
    ),
    "reopen": ActionWords(
        button=pgettext_lazy("action", "Reopen"),
        of_desk=pgettext_lazy("action of the desk", "Reopen it, or note that the customer asks for it"),
        line=pgettext_lazy("history", "Complaint reopened"),
        to_customer=(_("Your complaint is open again"), _("The page shows what comes next.")),
        to_staff=(_("A complaint was reopened"), _("It is yours again. Its page shows where it stands, and its dates.")),
        dates=("review_limit",),
    ),
    "refuse_reopen": ActionWords(
        button=pgettext_lazy("action", "Do not reopen"),
        line=pgettext_lazy("history", "Complaint stays closed"),
        to_customer=(_("Your complaint stays closed"), _("A supervisor has looked at your request. Your complaint page says why.")),
    ),
    "request_call": ActionWords(
        button=pgettext_lazy("action", "Ask for a call"),
        line=pgettext_lazy("history", "A call was asked for"),
        of_desk=pgettext_lazy("action of the desk", "Note that the customer wants to be called"),
        to_customer=(_("We call you"), _("Whoever has your complaint calls the number you named.")),
        to_staff=(_("A customer wants to be called"), _("The number stands on the page. Note the call there, and it is done.")),
        labels={"number": _("Number to call"), "when": _("When it suits")},
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
