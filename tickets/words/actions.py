"""The words of every action, once: its button, its line in the history, what a notice says of it, what its form asks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.words.actions_beyond_review import ESCALATION_AND_CLOSING_WORDS, GRANTED_HINT
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
        to_staff=(_("Freeze requested"), _("A customer asks for a freeze. It is to be confirmed or failed before its deadline.")),
        dates=("freeze_exec",),
    ),
    "confirm_freeze": ActionWords(
        button=pgettext_lazy("action", "Confirm the freeze"),
        line=pgettext_lazy("history", "Freeze confirmed"),
        to_customer=(
            _("Your account is frozen"),
            _("Nobody can use it now. Please gather your evidence next; the page lists what is needed."),
        ),
        labels={
            "reference": _("Reference of the freeze at the provider"),
        },
        hints={
            "note": _("Needed when there is no reference."),
        },
        dates=("full_refund_window",),
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
        of_desk=pgettext_lazy("action of the desk", "Ask to lift the freeze on the customer's behalf"),
        dates=("lift_exec",),
    ),
    "record_police_freeze": ActionWords(
        button=pgettext_lazy("action", "Record a freeze ordered by the police"),
        line=pgettext_lazy("history", "Freeze ordered by an authority recorded"),
        to_customer=(
            _("An authority had an account of your complaint frozen"),
            _("The page shows who ordered it. Your complaint goes on."),
        ),
        to_staff=(_("A freeze ordered by an authority"), _("It is in force until its end or a release; then somebody has to decide.")),
        labels={"account": _("Account, if it is another one"), "until": _("Holds until")},
        hints={"until": _("An order like this is short, and can be renewed once: record it again.")},
        dates=("police_stop",),
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
            _("Everything needed is there. The page explains how the date of the answer is counted."),
        ),
        to_staff=(_("New appeal"), _("An appeal was submitted and waits for a reviewer.")),
        dates=("first_response", "review_limit"),
    ),
    "route_after_sale": ActionWords(
        button=pgettext_lazy("action", "Pass to the merchant's after-sale service"),
        line=pgettext_lazy("history", "Passed to the merchant's after-sale service"),
        to_customer=(
            _("This belongs to the merchant's after-sale service"),
            _("The page shows how to reach it. If you see it differently, you can object and we open it again."),
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
        dates=("supplement",),
    ),
    "supply_evidence": ActionWords(
        button=pgettext_lazy("action", "Send what was asked for"),
        of_desk=pgettext_lazy("action of the desk", "Say for the customer that what was asked for is there"),
        line=pgettext_lazy("history", "Evidence sent"),
        to_customer=(_("We have received your evidence"), _("Thank you. The review goes on.")),
        to_staff=(_("Evidence has arrived"), _("The customer sent what was asked for. The review clock runs again.")),
    ),
    "approve": ActionWords(
        button=pgettext_lazy("action", "Approve"),
        line=pgettext_lazy("history", "Approved"),
        confirm=_("Confirm: approve"),
        hints={
            "remedies": _("A refund without an amount is all that is still outstanding."),
            "granted": GRANTED_HINT,
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
            "amounts": _("What went out"),
            "evidence": _("What shows it"),
        },
        dates=("confirm",),
    ),
    "issue_statement": ActionWords(
        button=pgettext_lazy("action", "Issue a statement of balance"),
        line=pgettext_lazy("history", "Statement of balance issued"),
        to_customer=(
            _("Your statement of balance is there"),
            _("It lies with your complaint as a document, with every movement between the opening and the closing balance."),
        ),
        labels={
            "opening": _("Opening balance"),
            "entries": _("Movements"),
            "bill": _("Or the bill they are taken from"),
            "closing": _("Closing balance"),
            "note": _("Note to the customer"),
        },
        hints={
            "entries": _(
                "A line each: time | what it was | amount, with a minus for what went out. Such as: 2026-03-10 20:15 | Top-up | -128.00"
            ),
            "bill": _("The code at the end of the bill's address. Only its lines that concern this complaint are taken."),
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
        dates=("review_limit",),
    ),
    "record_refund": ActionWords(
        button=pgettext_lazy("action", "Record a refund"),
        line=pgettext_lazy("history", "Refund recorded"),
        to_customer=(_("A refund has been recorded"), _("Please check your account and tell us whether everything is right.")),
        labels={
            "amount": _("Amount that came back"),
            "order_number": _("Order number it belongs to"),
        },
        hints={
            "reference": _("Of the payment that brought it back. Needed from the desk."),
            "note": _("Needed when less than the disputed amount came back."),
            "currency": _("Empty: that of the claim."),
            "order_number": _("The complaint names several."),
        },
        confirm=_("Confirm: the money has come back"),
        dates=("confirm",),
    ),
    "raise_claim": ActionWords(
        button=pgettext_lazy("action", "Raise the claim"),
        line=pgettext_lazy("history", "The claim was raised"),
        to_customer=(_("Your claim was raised"), _("A higher amount is now recorded for your complaint. The page shows it.")),
        labels={
            "amount": _("New amount of the claim"),
        },
        hints={
            "amount": _("Whoever raises it neither decides nor signs on this complaint."),
        },
        confirm=_("Confirm: the claim is raised"),
    ),
    **ESCALATION_AND_CLOSING_WORDS,
}
# What a field is called where its action does not name it otherwise.
FIELD_LABEL = {
    "reason": _("Reason"),
    "note": _("Note"),
    "reference": _("Reference"),
    "ref": _("Reference of the complaint"),
    "release_reference": _("Reference of the release document"),
    "account": _("Account to freeze"),
    "told_by": _("How the customer told you"),
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
    "granted": _("Demands that are granted"),
    "currency": _("Currency"),
    "number": _("Order number"),
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
