"""Notices in words: for each kind a subject and a sentence, to the customer and to the desk. No names, sums or numbers in them."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lib.types import Record
from tickets.words.timers import TIMER, TIMER_PASSED, TIMER_WARNED

# To the customer; kinds that only the desk hears of stand in NOTICE_STAFF and here with what a page of theirs would say.
NOTICE = {
    "filed": (
        _("We have received your complaint"),
        _("Thank you. Your reference is below; keep it. A person will reply to you within a day, and the page shows what comes next."),
    ),
    "request_freeze": (
        _("We have received your freeze request"),
        _(
            "People on duty day and night are working on it. Meanwhile you can also freeze the account yourself; the page shows how."
            " Never give a code or password to anyone, not even to us."
        ),
    ),
    "confirm_freeze": (
        _("Your account is frozen"),
        _("Nobody can use it now. Please gather your evidence next; the page lists what is needed and by when."),
    ),
    "fail_freeze": (
        _("The freeze did not work"),
        _(
            "We could not freeze the account and have alerted a supervisor. Please call your bank or the payment app's hotline now and have"
            " it frozen there, and report to the police if money was taken. Your complaint goes on."
        ),
    ),
    "request_lift": (_("You asked to lift the freeze"), _("We are looking into it and will tell you.")),
    "lift_freeze": (_("The freeze has been lifted"), _("Your account can be used again. Please keep an eye on it for a while.")),
    "freeze_on_closed_ticket": (
        _("Your complaint is closed, the freeze is still in place"),
        _("We are looking at the freeze and will not lift it without asking you."),
    ),
    "waive_wait": (_("You can go on now"), _("There is no need to wait for the automatic refund any longer. Please add your evidence.")),
    "auto_reversal_over": (
        _("Has your money come back?"),
        _("The time in which failed payments usually return has passed. If the money is not there, please add your evidence and submit."),
    ),
    "submit_appeal": (
        _("We have received your appeal"),
        _("Everything needed is there. The page shows when you will hear from us and why on that date."),
    ),
    "start_review": (_("Your appeal is being reviewed"), _("A reviewer has started to look at your appeal.")),
    "request_evidence": (
        _("We need a little more from you"),
        _("The reviewer asks for more evidence; the page says what and why. While we wait for you, our clock stands still."),
    ),
    "supply_evidence": (_("We have received your evidence"), _("Thank you. The review goes on.")),
    "supplement_expired": (
        _("The review goes on with what is there"),
        _("The time to add evidence has passed. This does not mean your complaint is rejected; you can still send a message."),
    ),
    "awaiting_countersignature": (_("Your complaint is being decided"), _("A second person looks at the decision before it takes effect.")),
    "refuse_countersign": (_("Your complaint is still being decided"), _("The review goes on.")),
    "approved": (
        _("Your complaint has been approved"),
        _("The page shows what will be done for you and by when."),
    ),
    "rejected": (
        _("The decision on your complaint"),
        _("We could not approve it. The page explains why, answers each demand and shows where you can take it further, by when."),
    ),
    "confirm_remedy": (
        _("It is done. Is the result right?"),
        _("What was decided for you has been carried out. Please have a look and tell us whether everything is right."),
    ),
    "fail_remedy": (
        _("Something went wrong on the way"),
        _("What was decided for you could not be carried out. We are looking at it again, and your complaint keeps its place."),
    ),
    "record_refund": (_("A refund has been recorded"), _("Please check your account and tell us whether everything is right.")),
    "escalate": (_("Your complaint has been taken further"), _("The page shows where it is and when an answer can be expected.")),
    "auto_escalated": (
        _("Your complaint has gone to the next level"),
        _("We did not answer in time; we are sorry. Someone who was not involved before now looks at it. You may also turn outside."),
    ),
    "record_external_answer": (_("There is an answer to your complaint"), _("An answer from outside has arrived. The page shows it.")),
    "return_to_review": (_("Your complaint is reviewed again"), _("A new review has begun. The page shows by when you get an answer.")),
    "extend": (
        _("The final answer takes longer"),
        _("We need more time for the final answer. The page says why and gives the new date."),
    ),
    "confirm_resolution": (
        _("Your complaint is closed"),
        _("You confirmed the result. If something turns up later, the page shows what you can do."),
    ),
    "dispute_resolution": (_("We look at it again"), _("You told us the result is not right. The review goes on.")),
    "reopen_requested": (_("You asked to reopen your complaint"), _("A supervisor looks at it and will tell you.")),
    "reopen": (_("Your complaint is open again"), _("The page shows what comes next and by when.")),
    "withdraw": (_("You withdrew your complaint"), _("It is closed now. You can ask to reopen it.")),
    "merge": (
        _("Two of your complaints are now one"),
        _("They are about the same order. Evidence, messages and the earlier dates were kept."),
    ),
    "route_after_sale": (
        _("This belongs to the merchant's after-sale service"),
        _("The page shows how to reach it. If you see it differently, you can object within seven days and we open it again."),
    ),
    "closed_by_clock": (
        _("Your complaint has been closed"),
        _("Its time has passed without further word. If that is not right, you can ask to reopen it; the page shows until when."),
    ),
    "refer_to_police": (
        _("Your report to the police is noted"),
        _("Please add the receipt when you have it. We keep your evidence for the police."),
    ),
    "assigned": (_("Someone is looking after your complaint"), _("It has been given to a person at the desk.")),
    "reply": (_("You have a reply"), _("Someone from the desk has written to you. Please read it on the page.")),
    "incident_notice": (
        _("News about your complaint"),
        _("What you report is a fault we know of, and we are working on it. The page says what we know and when you hear more."),
    ),
    "incident_suggested": (_("Others report the same"), _("We are looking into it.")),
    "letter_refused": (
        _("Something in your e-mail could not be taken"),
        _("Whatever is not named here is on your complaint now. The reasons:"),
    ),
    "customer_message": (_("We have received your message"), _("Thank you. We will reply on the page.")),
    "identity_checked": (_("Your identity check has been recorded"), _("The page shows the result and what comes next.")),
    "date_moved": (
        _("A date has changed"),
        _("A date of your complaint has moved, because the official calendar changed. The page shows the new date and why."),
    ),
    "policy_rebased": (
        _("Newer rules apply to your complaint"),
        _("The dates of your complaint were worked out again under newer rules. The page shows each of them and why."),
    ),
    "evidence_rejected": (
        _("One of your files could not be used"),
        _("The page says which one and how to mend it. Everything else you added is kept."),
    ),
    "consent_withdrawn": (
        _("Your document has been deleted"),
        _("As you withdrew your consent, the document was deleted. It may be needed for a decision; you can send another one."),
    ),
    "mentioned": (_("A colleague named you in a note"), _("The note stands in the complaint's history.")),
    "timer.warned": (_("A date comes near"), _("Please have a look at the dates of your complaint.")),
    "timer.passed": (_("A date has passed"), _("Please have a look at the dates of your complaint.")),
}
# To people of the desk, where it differs.
NOTICE_STAFF = {
    "incident_suggested": (
        _("Many report the same"),
        _("Within a short time several complaints of one kind arrived. Please see whether it is an incident."),
    ),
    "request_freeze": (_("Freeze requested"), _("A customer asks for a freeze. It is to be confirmed or failed within the hour.")),
    "fail_freeze": (_("A freeze failed"), _("The customer has been told how to freeze the account elsewhere. Please see to it.")),
    "request_lift": (_("The customer asks to lift a freeze"), _("Check identity and safety steps, then lift it or answer.")),
    "freeze_on_closed_ticket": (
        _("A closed complaint still has a freeze"),
        _("Please decide about it; it is not lifted by itself."),
    ),
    "submit_appeal": (_("New appeal"), _("An appeal was submitted and waits for a reviewer.")),
    "supply_evidence": (_("Evidence has arrived"), _("The customer sent what was asked for. The review clock runs again.")),
    "supplement_expired": (
        _("Time to add evidence is over"),
        _("Please decide on what is there; silence is no reason to reject."),
    ),
    "awaiting_countersignature": (_("A decision waits for your signature"), _("Please sign it or send it back with a reason.")),
    "refuse_countersign": (_("Your decision was sent back"), _("The supervisor's reason stands in the history.")),
    "fail_remedy": (_("A remedy did not work"), _("The complaint is back in review with half the time.")),
    "escalate": (_("A complaint was taken further"), _("The customer has taken the complaint to the next level or outside.")),
    "auto_escalated": (_("A complaint went to the next level"), _("The review was late, so the complaint moved up by itself.")),
    "return_to_review": (_("A complaint is back in review"), _("The next level returned it with a note.")),
    "dispute_resolution": (_("The customer objects to the result"), _("The complaint is back in review with half the time.")),
    "reopen_requested": (_("A customer asks to reopen"), _("Please reopen the complaint or answer why not.")),
    "reopen": (_("A complaint was reopened"), _("It is yours again, with full time.")),
    "withdraw": (_("A complaint was withdrawn"), _("The customer withdrew it. It is closed.")),
    "refer_to_police": (_("The police have been told"), _("Evidence of this complaint is held. Please work with the police on request.")),
    "assigned": (_("A complaint was given to you"), _("Please have a look at it and at its dates.")),
    "customer_message": (_("The customer has written"), _("A new message waits on the complaint.")),
    "evidence_rejected": (_("A file you sent was refused"), _("The check refused it. It stands under your message, with the reason.")),
    "consent_withdrawn": (_("A document was deleted"), _("The customer withdrew consent. The slot is empty again.")),
    "timer.warned": (_("A deadline comes near"), _("Please see to it before the time below.")),
    "timer.passed": (_("A deadline was missed"), _("Please see to it now; the customer may have been told.")),
}


def notice_words(kind: str, data: Record, *, to_staff: bool) -> tuple[str, str]:
    """Subject and sentence in the active language. Raises KeyError for a kind without words."""
    if to_staff:
        subject, sentence = NOTICE_STAFF.get(kind) or NOTICE[kind]
        return _on_call(_with_timer(str(subject), data), data), _with_files(str(sentence), data)
    per_timer = {"timer.warned": TIMER_WARNED, "timer.passed": TIMER_PASSED}.get(kind, {})
    subject, sentence = per_timer.get(data.get("timer", "")) or NOTICE[kind]
    return str(subject), _with_files(str(sentence), data)


def _with_files(sentence: str, data: Record) -> str:
    """That files came along, and how many; never which."""
    count = data.get("files")
    if not isinstance(count, int) or count < 1:
        return sentence
    return sentence + ngettext(" It comes with %(count)s file.", " It comes with %(count)s files.", count) % {"count": count}


def _with_timer(subject: str, data: Record) -> str:
    timer = TIMER.get(data.get("timer", ""))
    return gettext("%(subject)s: %(timer)s") % {"subject": subject, "timer": timer} if timer else subject


def _on_call(subject: str, data: Record) -> str:
    return gettext("You are on call: %(subject)s") % {"subject": subject} if data.get("on_call") else subject
