"""Deadlines in words: their names, what each promises, and what is said when one comes near or passes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TIMER = {
    "freeze_exec": _("Freeze the account"),
    "full_refund_window": _("Window for a full refund"),
    "claim_limit": _("Time to complain"),
    "first_response": _("First reply"),
    "auto_reversal_wait": _("Automatic refund"),
    "review_target": _("Usual answer"),
    "review_limit": _("Latest answer"),
    "no_action": _("Start of the review"),
    "supplement": _("Time to add evidence"),
    "fast_unfreeze": _("Fast unfreezing"),
    "refund_payout": _("Paying the refund"),
    "statement": _("Issuing the statement"),
    "withdrawal_arrival": _("Arrival of the withdrawal"),
    "channel_dispute": _("Answer of the payment company"),
    "regulator_accept": _("Acceptance by the authority"),
    "regulatory_final": _("Final answer"),
    "confirm": _("Time to check the result"),
    "l1_review": _("Second look"),
    "remedy_exec": _("Carrying out the remedy"),
    "lift_exec": _("Lifting the freeze"),
    "rejection_final": _("Time to take it further"),
    "abandoned": _("Keeping your unfinished complaint"),
    "evidence_purge": _("Deleting sensitive files"),
}
TIMER_WHY = {
    "freeze_exec": _("We freeze the account within this time after you ask."),
    "full_refund_window": _("An appeal handed in by then keeps the way to a full refund open; a later one is still accepted."),
    "claim_limit": _("Please complain by this date; later complaints are looked at too, with a note that they came late."),
    "first_response": _("By then a person replies to you and says when to expect more."),
    "auto_reversal_wait": _("A failed payment usually returns by itself by then; if it does not, your appeal opens."),
    "review_target": _("We aim to answer your appeal by this date."),
    "review_limit": _("You get an answer by this date; if not, your complaint goes to the next level by itself."),
    "no_action": _("Someone starts on your appeal by then; if not, you may take it outside."),
    "supplement": _("Please add what was asked for by then; after that we decide on what is there."),
    "fast_unfreeze": _("With the face check passed, we unfreeze your account by then."),
    "refund_payout": _("The money is on its way back to you by this date."),
    "statement": _("You receive the written statement by this date."),
    "withdrawal_arrival": _("Your withdrawal should arrive by then; if it does not, your appeal opens."),
    "channel_dispute": _("The payment company should answer by then; we follow up if it does not."),
    "regulator_accept": _("The authority usually says by then whether it takes the case."),
    "regulatory_final": _("The final decision on your complaint is due by this date."),
    "confirm": _("Please tell us by then if the result is not right; otherwise the complaint is closed."),
    "l1_review": _("Someone who was not involved before looks at your complaint by this date."),
    "remedy_exec": _("What was decided for you is done by this date."),
    "lift_exec": _("The freeze is lifted, or you hear why not, by then."),
    "rejection_final": _("You can take the decision further until this date; then the complaint is closed."),
    "abandoned": _("We keep your unfinished complaint until this date; it can be reopened after that."),
    "evidence_purge": _("On this date identity documents and card details are deleted from our files."),
}
TIMER_STATE = {
    "running": pgettext_lazy("timer", "Running"),
    "paused": pgettext_lazy("timer", "Paused"),
    "met": pgettext_lazy("timer", "Kept"),
    "breached": pgettext_lazy("timer", "Missed"),
    "expired": pgettext_lazy("timer", "Over"),
    "cancelled": pgettext_lazy("timer", "No longer needed"),
}
BINDS = {
    "operator": pgettext_lazy("binds", "Our deadline"),
    "customer": pgettext_lazy("binds", "Your deadline"),
    "third_party": pgettext_lazy("binds", "Someone else's deadline"),
    "internal": pgettext_lazy("binds", "Internal"),
}
# What the customer reads: (subject, sentence). Deadlines that bind the desk warn the desk, in one general sentence.
TIMER_WARNED = {
    "full_refund_window": (
        _("Time left to keep the full refund open"),
        _("Hand in your appeal by the time below to keep the way to a full refund open. A later appeal is still accepted."),
    ),
    "claim_limit": (
        _("Please file your complaint soon"),
        _("You have started a complaint that is not filed yet. Filed by the date below it counts as in time."),
    ),
    "supplement": (
        _("We are waiting for your evidence"),
        _("Please add what we asked for by the date below, or tell us that you cannot get it. After that we decide on what is there."),
    ),
    "confirm": (
        _("Is the result right?"),
        _("Please have a look and tell us if something is not right. Without word from you the complaint closes on the date below."),
    ),
    "rejection_final": (
        _("You can still take the decision further"),
        _("If you do not agree with the decision, you can take it further until the date below. Your complaint page shows where to."),
    ),
    "abandoned": (
        _("Your complaint is not finished yet"),
        _("Some evidence is still missing. Everything you added is kept; you can go on where you stopped until the date below."),
    ),
}
TIMER_PASSED = {
    "freeze_exec": (
        _("The freeze is taking longer than promised"),
        _(
            "We have not confirmed the freeze within the promised time and have alerted the people in charge. Please freeze the account"
            " yourself in the app or with your bank's hotline now; your complaint page shows how."
        ),
    ),
    "first_response": (
        _("Our first reply is late"),
        _("You should have heard from us by now. We are sorry; a supervisor has been told and will see to it."),
    ),
    "no_action": (
        _("Your appeal has not been started in time"),
        _(
            "Nobody has begun to review your appeal within the promised time. We are sorry. You may now also turn to the places listed"
            " on your complaint page."
        ),
    ),
    "review_limit": (
        _("Our answer is late"),
        _("We did not answer in time. We are sorry. Your complaint has gone to the next level, and you may also turn outside."),
    ),
    "channel_dispute": (
        _("The payment company has not answered in time"),
        _("We are following this up with the payment company and will tell you what it says."),
    ),
    "regulator_accept": (
        _("Please check with the authority"),
        _("By now the authority should have said whether it takes your case. Please check its messages to you; we cannot see them."),
    ),
    "full_refund_window": (
        _("The full-refund window has passed; your appeal is still welcome"),
        _("You can hand in your appeal as before. A reviewer decides on the refund, and we work with the police if need be."),
    ),
    "claim_limit": (
        _("The time to complain has passed; you can still file"),
        _("Your complaint is accepted all the same and will be marked as late. Please say briefly why, if there was a reason."),
    ),
    "withdrawal_arrival": (
        _("Has your withdrawal arrived?"),
        _("It should be in your account by now. If it is not, you can hand in your appeal from now on."),
    ),
    "fast_unfreeze": (
        _("Unfreezing your account is late"),
        _("Your account should be open again by now. We are sorry; a supervisor has been told. The review goes on."),
    ),
    "refund_payout": (
        _("Your refund is late"),
        _("The money should be on its way by now. We are sorry; a supervisor and finance have been told. You may take it further."),
    ),
    "statement": (
        _("Your statement is late"),
        _("You should have the written statement by now. We are sorry; a supervisor has been told. You may take it further."),
    ),
    "regulatory_final": (
        _("The final decision is late"),
        _("A final decision should have been made by now. We are sorry; the people responsible have been told."),
    ),
    "l1_review": (
        _("The second look is late"),
        _("The second look at your complaint should be done by now. We are sorry; the people responsible have been told."),
    ),
    "remedy_exec": (
        _("Carrying out the decision is late"),
        _("What was decided for you should be done by now. We are sorry; a supervisor has been told. You may take it further."),
    ),
    "lift_exec": (
        _("Lifting the freeze is late"),
        _("The freeze should be lifted by now. We are sorry; a supervisor has been told."),
    ),
}
