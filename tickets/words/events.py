"""The words of every event that is no action: its line in the history, and what a notice says of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.words.catalogue import CARRYING_OUT, EventWords
from tickets.words.representing import REPRESENTING_WORDS

EVENT_WORDS: dict[str, EventWords] = {
    "filed": EventWords(
        line=pgettext_lazy("history", "Complaint filed"),
        to_customer=(
            _("We have received your complaint"),
            _("Thank you. Your reference is below; keep it. A person will reply to you; the page shows what comes next."),
        ),
        dates=("first_response",),
    ),
    "message": EventWords(
        line=pgettext_lazy("history", "Message"),
    ),
    "reply": EventWords(
        line=pgettext_lazy("history", "Reply from the desk"),
        to_customer=(_("You have a reply"), _("Someone from the desk has written to you. Please read it on the page.")),
    ),
    "incident_suggested": EventWords(
        line=pgettext_lazy("history", "An incident was suggested"),
        to_customer=(_("Others report the same"), _("We are looking into it.")),
        to_staff=(
            _("Many report the same"),
            _("Within a short time several complaints of one kind arrived. Please see whether it is an incident."),
        ),
    ),
    "incident_linked": EventWords(
        line=pgettext_lazy("history", "Linked to an incident"),
    ),
    "incident_unlinked": EventWords(
        line=pgettext_lazy("history", "Taken out of an incident"),
    ),
    "incident_notice": EventWords(
        line=pgettext_lazy("history", "Notice to everybody concerned"),
        to_customer=(
            _("News about your complaint"),
            _("What you report is a fault we know of, and we are working on it. The page says what we know and when you hear more."),
        ),
    ),
    "note": EventWords(
        line=pgettext_lazy("history", "Internal note"),
    ),
    "call": EventWords(
        line=pgettext_lazy("history", "Phone call"),
    ),
    "letter_refused": EventWords(
        line=pgettext_lazy("history", "Part of an e-mail could not be taken"),
        to_customer=(
            _("Something in your e-mail could not be taken"),
            _("Whatever is not named here is on your complaint now. The reasons:"),
        ),
    ),
    "letter_held": EventWords(
        line=pgettext_lazy("history", "An e-mail waits for a person"),
        to_customer=(_("We have your e-mail"), _("A colleague will look at it.")),
        to_staff=(
            _("An e-mail to a complaint waits for a person"),
            _("It could not be put on the complaint by itself. Settle it on the page “E-mails”; meanwhile nothing ends by itself."),
        ),
    ),
    "letter_bounced": EventWords(
        line=pgettext_lazy("history", "A letter came back"),
        to_customer=(_("Our letters to you come back"), _("Please look at your e-mail address on your page.")),
        to_staff=(
            _("Letters to a customer come back"),
            _("Their mailbox takes no letters. Call them, or write by another way; they may correct the address on their page."),
        ),
    ),
    "customer_message": EventWords(
        line=pgettext_lazy("history", "Message from the customer"),
        to_customer=(_("We have received your message"), _("Thank you. We will reply on the page.")),
        to_staff=(_("The customer has written"), _("A new message waits on the complaint.")),
    ),
    "amended": EventWords(
        line=pgettext_lazy("history", "Details changed"),
    ),
    "complained_about_changed": EventWords(
        line=pgettext_lazy("history", "Whom the complaint is about was changed"),
        to_customer=(_("Who may handle your complaint has changed"), _("Whom it is about has no part in it any more.")),
        to_staff=(
            _("A complaint is said to be about colleagues"),
            _("Those named see nothing of it any more. Please look whether that is right; only a supervisor can take it back."),
        ),
    ),
    "assigned": EventWords(
        line=pgettext_lazy("history", "Assigned"),
        to_customer=(_("Someone is looking after your complaint"), _("It has been given to a person at the desk.")),
        to_staff=(_("A complaint was given to you"), _("Please have a look at it and at its dates.")),
    ),
    "freeze_acknowledged": EventWords(
        line=pgettext_lazy("history", "Somebody is on the freeze"),
    ),
    "lift_awaiting_countersignature": EventWords(
        line=pgettext_lazy("history", "Lifting the freeze waits for a second signature"),
        to_customer=(_("The freeze is being looked at"), _("A second person looks at it before it is lifted.")),
        to_staff=(
            _("Lifting a freeze waits for your signature"),
            _("There is no decision to lift it yet. Please sign it or send it back with a reason."),
        ),
    ),
    "lifted_unasked": EventWords(
        line=pgettext_lazy("history", "The platform lifted a freeze that we would not have lifted yet"),
        to_customer=(_("The freeze has been lifted"), _("The platform has told us so.")),
        to_staff=(
            _("A freeze was lifted without our word"),
            _("The platform reports it as lifted, though its owner has not proven who they are, or nobody decided it. Act at once."),
        ),
    ),
    "frozen_after_all": EventWords(
        to_customer=(
            _("Your account is frozen after all"),
            _(
                "We had told you that the freeze did not work. The platform now reports that it did. If you need the account, ask on your"
                " complaint page to have the freeze lifted."
            ),
        ),
        to_staff=(
            _("A freeze that had failed is in force"),
            _("The platform reports it late. The customer has been told; they may have had the account frozen elsewhere meanwhile."),
        ),
    ),
    "freeze_report_differs": EventWords(
        line=pgettext_lazy("history", "The platform's report about the freeze differs from our record; people on duty look at it"),
        to_customer=(_("We are checking the freeze"), _("The platform's report differs from our record. People on duty look at it.")),
        to_staff=(
            _("The platform reports a freeze otherwise than we have it"),
            _("Its report could not be recorded; the history says which. Find out whether the account is frozen, and act at once."),
        ),
    ),
    "lifted_beside_another": EventWords(
        to_customer=(
            _("One freeze has been lifted, another one holds"),
            _("Your account stays frozen by the other one. The page shows who asked for it."),
        ),
    ),
    "account_forgotten": EventWords(
        line=pgettext_lazy("history", "The account was forgotten: its time was over"),
    ),
    "tagged": EventWords(
        line=pgettext_lazy("history", "Tags changed"),
    ),
    "linked": EventWords(
        line=pgettext_lazy("history", "Linked with another complaint"),
    ),
    "unlinked": EventWords(
        line=pgettext_lazy("history", "Link with another complaint removed"),
    ),
    "split": EventWords(
        line=pgettext_lazy("history", "A new complaint was filed from this one"),
    ),
    "approved": EventWords(
        line=pgettext_lazy("history", "Approved"),
        to_customer=(
            _("Your complaint has been approved"),
            _("The page shows what will be done for you."),
        ),
        dates=CARRYING_OUT,
    ),
    "partly_approved": EventWords(
        line=pgettext_lazy("history", "Approved in part"),
        to_customer=(
            _("Your complaint has been approved in part"),
            _("The page shows what is granted and what is not, what will be done, and how to take the rest further."),
        ),
        dates=CARRYING_OUT,
    ),
    "rejected": EventWords(
        line=pgettext_lazy("history", "Not approved"),
        to_customer=(
            _("The decision on your complaint"),
            _("We could not approve it. The page explains why, answers each demand and shows where you can take it further."),
        ),
        dates=("rejection_final", *CARRYING_OUT),
    ),
    "awaiting_countersignature": EventWords(
        line=pgettext_lazy("history", "Decision waits for a second signature"),
        to_customer=(_("Your complaint is being decided"), _("A second person looks at the decision before it takes effect.")),
        to_staff=(_("A decision waits for your signature"), _("Please sign it or send it back with a reason.")),
    ),
    "decision_void": EventWords(
        line=pgettext_lazy("history", "Waiting decision set aside"),
    ),
    "submission_held_up": EventWords(
        line=pgettext_lazy("history", "The appeal was ready and waits for our own check; the time of the try counts"),
    ),
    "merged_from": EventWords(
        line=pgettext_lazy("history", "Another complaint about the same order was joined with this one"),
    ),
    "unmerged": EventWords(
        line=pgettext_lazy("history", "Taken out of the complaint it was joined with; it goes on by itself"),
        to_customer=(
            _("Your complaint goes on by itself again"),
            _("It was joined with another one in error. All that belongs to it and its dates are as they were."),
        ),
        to_staff=(_("A complaint was taken out of another"), _("It goes on by itself, with its own clocks.")),
    ),
    "hold_lapsed": EventWords(
        line=pgettext_lazy("history", "The legal hold has ended"),
    ),
    "act_held": EventWords(
        line=pgettext_lazy("history", "The date has passed; nothing follows before the message is answered"),
    ),
    "freeze_on_closed_ticket": EventWords(
        line=pgettext_lazy("history", "Complaint closed while a freeze is in place"),
        to_customer=(
            _("Your complaint is closed, the freeze is still in place"),
            _("We are looking at the freeze and will not lift it without asking you."),
        ),
        to_staff=(
            _("A closed complaint still has a freeze"),
            _("Please decide about it; it is not lifted by itself."),
        ),
    ),
    "auto_reversal_over": EventWords(
        line=pgettext_lazy("history", "Wait for the automatic refund over"),
        to_customer=(
            _("Has your money come back?"),
            _(
                "The time in which failed payments usually return has passed. If the money is not there,"
                " please add your evidence and submit."
            ),
        ),
    ),
    "supplement_expired": EventWords(
        line=pgettext_lazy("history", "Time to add evidence over; the review goes on with what is there"),
        to_customer=(
            _("The review goes on with what is there"),
            _("The time to add evidence has passed. This does not mean your complaint is rejected; you can still send a message."),
        ),
        to_staff=(
            _("Time to add evidence is over"),
            _("Please decide on what is there; silence is no reason to reject."),
        ),
        dates=("review_limit",),
    ),
    "filing_prepared": EventWords(
        line=pgettext_lazy("history", "Prepared for filing outside; not filed yet"),
        to_customer=(
            _("Your papers for a place outside are ready"),
            _("Only you can file your complaint there. The page has the papers, the address and a place for the number you get."),
        ),
    ),
    "auto_escalated": EventWords(
        line=pgettext_lazy("history", "Taken to the next level because the answer was late"),
        to_customer=(
            _("Your complaint has gone to the next level"),
            _("We did not answer in time; we are sorry. Someone who was not involved before now looks at it. You may also turn outside."),
        ),
        to_staff=(_("A complaint went to the next level"), _("The review was late, so the complaint moved up by itself.")),
        dates=("l1_review",),
    ),
    "closed_by_clock": EventWords(
        line=pgettext_lazy("history", "Closed because its time had passed"),
        to_customer=(
            _("Your complaint has been closed"),
            _("Its time has passed without further word. If that is not right, you can ask to reopen it."),
        ),
    ),
    "rated": EventWords(
        line=pgettext_lazy("history", "The customer said how it went"),
    ),
    "remedy_bounced": EventWords(
        to_customer=(
            _("Something went wrong on the way"),
            _("A step that was decided for you could not be carried out. It is still owed to you, and its date stays: we try again."),
        ),
        to_staff=(_("A remedy did not work"), _("It is still owed to the customer, and its date runs on: please try again.")),
        dates=CARRYING_OUT,
    ),
    "reopen_requested": EventWords(
        line=pgettext_lazy("history", "The customer asks to reopen"),
        to_customer=(_("You asked to reopen your complaint"), _("A supervisor looks at it and will tell you.")),
        to_staff=(_("A customer asks to reopen"), _("Please reopen the complaint or answer why not.")),
    ),
    "identity_checked": EventWords(
        line=pgettext_lazy("history", "Identity check recorded"),
        to_customer=(_("Your identity check has been recorded"), _("The page shows the result and what comes next.")),
    ),
    "date_moved": EventWords(
        line=pgettext_lazy("history", "A date has moved"),
        to_customer=(
            _("A date has changed"),
            _("A date of your complaint has moved, because the official calendar changed. The page shows the new date and why."),
        ),
    ),
    "policy_rebased": EventWords(
        line=pgettext_lazy("history", "Moved to a newer version of the rules"),
        to_customer=(
            _("Newer rules apply to your complaint"),
            _("The dates of your complaint were worked out again under newer rules. The page shows each of them and why."),
        ),
    ),
    "reconciled": EventWords(
        line=pgettext_lazy("history", "A payment bill was compared"),
    ),
    "contact_proven": EventWords(
        line=pgettext_lazy("history", "The customer has proven their number"),
        to_customer=(
            _("A complaint filed for you is in your account"),
            _("Someone filed it with the number that you have proven. Please read it and say if it is not yours."),
        ),
    ),
    **REPRESENTING_WORDS,
    "timer.warned": EventWords(
        line=pgettext_lazy("history", "A deadline comes near"),
        to_customer=(_("A date comes near"), _("Please have a look at the dates of your complaint.")),
        to_staff=(_("A deadline comes near"), _("Please see to it before the time below.")),
    ),
    "timer.passed": EventWords(
        line=pgettext_lazy("history", "A deadline has passed"),
        to_customer=(_("A date has passed"), _("Please have a look at the dates of your complaint.")),
        to_staff=(_("A deadline was missed"), _("Please see to it now; the customer may have been told.")),
    ),
    "timer.breached": EventWords(
        line=pgettext_lazy("history", "We missed a deadline"),
    ),
    "timer.expired": EventWords(
        line=pgettext_lazy("history", "A period has ended"),
    ),
    "evidence.added": EventWords(
        line=pgettext_lazy("history", "Evidence added"),
    ),
    "evidence.moved": EventWords(
        line=pgettext_lazy("history", "Evidence moved to another complaint"),
    ),
    "evidence.moved_in": EventWords(
        line=pgettext_lazy("history", "Evidence moved here from another complaint"),
    ),
    "evidence.removed": EventWords(
        line=pgettext_lazy("history", "Evidence removed"),
    ),
    "evidence.reviewed": EventWords(
        line=pgettext_lazy("history", "Evidence judged"),
    ),
    "evidence.clean": EventWords(
        line=pgettext_lazy("history", "File checked, nothing wrong with it"),
    ),
    "evidence.consent": EventWords(
        line=pgettext_lazy("history", "Consent given for an identity document"),
    ),
    "evidence.reclassified": EventWords(
        line=pgettext_lazy("history", "Evidence sorted under another kind"),
    ),
    "evidence.quarantined": EventWords(
        line=pgettext_lazy("history", "A virus was found in a file; it is locked away"),
    ),
    "evidence.rejected": EventWords(
        line=pgettext_lazy("history", "Evidence could not be accepted"),
    ),
    "evidence.purged": EventWords(
        line=pgettext_lazy("history", "Sensitive files deleted"),
    ),
    "evidence.kept": EventWords(
        line=pgettext_lazy("history", "Sensitive files kept: a legal hold is running"),
    ),
    "person_erased": EventWords(
        line=pgettext_lazy("history", "Personal data erased"),
    ),
    "evidence_rejected": EventWords(
        line=pgettext_lazy("history", "Evidence could not be accepted"),
        to_customer=(
            _("One of your files could not be used"),
            _("The page says which one and how to mend it. Everything else you added is kept."),
        ),
        to_staff=(_("A file you sent was refused"), _("The check refused it. It stands under your message, with the reason.")),
    ),
    "evidence_purge": EventWords(
        line=pgettext_lazy("history", "Sensitive files are deleted"),
    ),
    "consent_withdrawn": EventWords(
        line=pgettext_lazy("history", "Consent withdrawn, document deleted"),
        to_customer=(
            _("Your document has been deleted"),
            _("As you withdrew your consent, the document was deleted. It may be needed for a decision; you can send another one."),
        ),
        to_staff=(_("A document was deleted"), _("The customer withdrew consent. The slot is empty again.")),
    ),
    "mentioned": EventWords(
        to_customer=(_("A colleague named you in a note"), _("The note stands in the complaint's history.")),
    ),
}
