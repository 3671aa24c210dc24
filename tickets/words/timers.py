"""Deadlines in words: their names, what each promises, and what the customer reads when one comes near or passes.

Deadlines that bind the desk warn the desk, in one general sentence.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.dates import deadline_text
from tickets.words.catalogue import TimerWords

TIMER_WORDS: dict[str, TimerWords] = {
    "freeze_exec": TimerWords(
        name=_("Freeze the account"),
        promise=_("We freeze the account within this time after you ask."),
        passed=(
            _("The freeze is taking longer than promised"),
            _(
                "We have not confirmed the freeze within the promised time and have alerted the people in charge. Please freeze the account"
                " yourself in the app or with your bank's hotline now; your complaint page shows how."
            ),
        ),
    ),
    "full_refund_window": TimerWords(
        name=_("Window for a full refund"),
        promise=_("An appeal handed in by then keeps the way to a full refund open; a later one is still accepted."),
        warned=(
            _("Time left to keep the full refund open"),
            _("Hand in your appeal by the time below to keep the way to a full refund open. A later appeal is still accepted."),
        ),
        passed=(
            _("The full-refund window has passed; your appeal is still welcome"),
            _("You can hand in your appeal as before. A reviewer decides on the refund, and we work with the police if need be."),
        ),
    ),
    "claim_limit": TimerWords(
        name=_("Time to complain"),
        promise=_("Please complain by this date; later complaints are looked at too, with a note that they came late."),
        warned=(
            _("Please file your complaint soon"),
            _("You have started a complaint that is not filed yet. Filed by the date below it counts as in time."),
        ),
        passed=(
            _("The time to complain has passed; you can still file"),
            _("Your complaint is accepted all the same and will be marked as late. Please say briefly why, if there was a reason."),
        ),
    ),
    "first_response": TimerWords(
        name=_("First reply"),
        promise=_("By then a person replies to you and says when to expect more."),
        passed=(
            _("Our first reply is late"),
            _("You should have heard from us by now. We are sorry; a supervisor has been told and will see to it."),
        ),
    ),
    "auto_reversal_wait": TimerWords(
        name=_("Automatic refund"),
        promise=_("A failed payment usually returns by itself by then; if it does not, your appeal opens."),
        meanwhile=(
            _("The money may still come back by itself"),
            _("Payments that failed usually return by themselves, without anybody doing anything. You can add evidence meanwhile."),
        ),
    ),
    "withdrawal_arrival": TimerWords(
        name=_("Arrival of the withdrawal"),
        promise=_("Your withdrawal should arrive by then; if it does not, your appeal opens."),
        meanwhile=(
            _("The withdrawal may still arrive on its normal date"),
            _("It is due at the end of the working day after the request; rest days do not count. You can add evidence meanwhile."),
        ),
        passed=(
            _("Has your withdrawal arrived?"),
            _("It should be in your account by now. If it is not, you can hand in your appeal from now on."),
        ),
    ),
    "review_target": TimerWords(
        name=_("Usual answer"),
        promise=_("We aim to answer your appeal by this date."),
    ),
    "review_limit": TimerWords(
        name=_("Latest answer"),
        promise=_("You get an answer by this date; if not, your complaint goes to the next level by itself."),
        passed=(
            _("Our answer is late"),
            _("We did not answer in time. We are sorry. Your complaint has gone to the next level, and you may also turn outside."),
        ),
    ),
    "no_action": TimerWords(
        name=_("Start of the review"),
        promise=_("Someone starts on your appeal by then; if not, you may take it outside."),
        passed=(
            _("Your appeal has not been started in time"),
            _(
                "Nobody has begun to review your appeal within the promised time. We are sorry. You may now also turn to the places listed"
                " on your complaint page."
            ),
        ),
    ),
    "supplement": TimerWords(
        name=_("Time to add evidence"),
        promise=_("Please add what was asked for by then; after that we decide on what is there."),
        warned=(
            _("We are waiting for your evidence"),
            _("Please add what we asked for by the date below, or tell us that you cannot get it. After that we decide on what is there."),
        ),
    ),
    "fast_unfreeze": TimerWords(
        name=_("Fast unfreezing"),
        promise=_("With the face check passed, we unfreeze your account by then."),
        passed=(
            _("Unfreezing your account is late"),
            _("Your account should be open again by now. We are sorry; a supervisor has been told. The review goes on."),
        ),
    ),
    "refund_payout": TimerWords(
        name=_("Paying the refund"),
        promise=_("The money is on its way back to you by this date."),
        passed=(
            _("Your refund is late"),
            _("The money should be on its way by now. We are sorry; a supervisor and finance have been told. You may take it further."),
        ),
    ),
    "statement": TimerWords(
        name=_("Issuing the statement of balance"),
        promise=_("You receive the statement of balance by this date."),
        passed=(
            _("Your statement of balance is late"),
            _("You should have the statement of balance by now. We are sorry; a supervisor has been told. You may take it further."),
        ),
    ),
    "hand_over": TimerWords(
        name=_("Handing on to the payment company"),
        promise=_("By then we hand your complaint with its evidence on to the payment company."),
    ),
    "channel_dispute": TimerWords(
        name=_("Answer of the payment company"),
        promise=_("The payment company should answer by then; we follow up if it does not."),
        passed=(
            _("The payment company has not answered in time"),
            _("We are following this up with the payment company and will tell you what it says."),
        ),
    ),
    "regulator_accept": TimerWords(
        name=_("Acceptance by the authority"),
        promise=_("The authority usually says by then whether it takes the case."),
        passed=(
            _("Has the authority answered you?"),
            _(
                "By now it should have said whether it takes your case. Please check its messages to you, for we cannot see them, and tell"
                " us what it said."
            ),
        ),
    ),
    "authority_reply": TimerWords(
        name=_("Answer to an authority"),
        promise=_("By then we answer the authority that asked about this complaint."),
    ),
    "regulatory_final": TimerWords(
        name=_("Final answer"),
        promise=_("The final decision on your complaint is due by this date."),
        passed=(
            _("The final decision is late"),
            _("A final decision should have been made by now. We are sorry; the people responsible have been told."),
        ),
    ),
    "confirm": TimerWords(
        name=_("Time to check the result"),
        promise=_("Please tell us by then if the result is not right; otherwise the complaint is closed."),
        warned=(
            _("Is the result right?"),
            _("Please have a look and tell us if something is not right. Without word from you the complaint closes on the date below."),
        ),
    ),
    "l1_review": TimerWords(
        name=_("Second look"),
        promise=_("Someone who was not involved before looks at your complaint by this date."),
        passed=(
            _("The second look is late"),
            _("The second look at your complaint should be done by now. We are sorry; the people responsible have been told."),
        ),
    ),
    "remedy_exec": TimerWords(
        name=_("Carrying out the remedy"),
        promise=_("What was decided for you is done by this date."),
        passed=(
            _("Carrying out the decision is late"),
            _("What was decided for you should be done by now. We are sorry; a supervisor has been told. You may take it further."),
        ),
    ),
    "lift_exec": TimerWords(
        name=_("Lifting the freeze"),
        promise=_("The freeze is lifted, or you hear why not, by then."),
        passed=(
            _("Lifting the freeze is late"),
            _("The freeze should be lifted by now. We are sorry; a supervisor has been told."),
        ),
    ),
    "police_stop": TimerWords(
        name=_("Freeze ordered by an authority"),
        promise=_("The order holds until then; after that somebody decides whether the account stays frozen."),
        passed=(
            _("The time of the authority's freeze is over"),
            _("Somebody on duty decides now whether it is lifted. You will be told."),
        ),
    ),
    "rejection_final": TimerWords(
        name=_("Time to take it further"),
        promise=_("You can take the decision further until this date; then the complaint is closed."),
        warned=(
            _("You can still take the decision further"),
            _("If you do not agree with the decision, you can take it further until the date below. Your complaint page shows where to."),
        ),
    ),
    "abandoned": TimerWords(
        name=_("Keeping the unfinished complaint"),
        promise=_("We keep your unfinished complaint until this date; it can be reopened after that."),
        warned=(
            _("Your complaint is not finished yet"),
            _("Some evidence is still missing. Everything you added is kept; you can go on where you stopped until the date below."),
        ),
    ),
    "next_reply": TimerWords(
        name=_("Answer to a message"),
        promise=_("By then a person answers what you wrote."),
    ),
    "promise": TimerWords(
        name=_("News we promised"),
        promise=_("By then you hear from us again, as we promised you."),
    ),
    "reopen_decision": TimerWords(
        name=_("Decision on reopening"),
        promise=_("By then a supervisor opens your complaint again, or tells you why not. Until then nothing of your evidence is deleted."),
    ),
    "evidence_purge": TimerWords(
        name=_("Deleting sensitive files"),
        promise=_("On this date identity documents and card details are deleted from our files."),
    ),
}
# A word of the customer's holds what would follow by itself: before we have answered, and for a while after.
HELD = {
    "customer": (
        _("You wrote to us, so nothing happens on this date: first we answer you, and you have time after that."),
        _("You wrote to us and we have answered, so it ends only here: %(end)s."),
    ),
    "desk": (
        _("The customer has written: nothing happens by itself before somebody has answered and some time has passed since."),
        _("The customer had written, so it ends only here: %(end)s."),
    ),
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


def held_words(ends_at: datetime | None, reader: str) -> str:
    """Of a deadline that is held, to the customer or to the desk. `ends_at`: None while nobody has answered."""
    unanswered, answered = HELD[reader]
    return str(unanswered) if ends_at is None else str(answered) % {"end": deadline_text(ends_at)}
