"""Notices in words: for each kind a subject and a sentence, to the customer and to the desk. No names, sums or numbers in them."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lib.types import Record
from tickets.words.columns import NOTICE, NOTICE_STAFF, TIMER, TIMER_PASSED, TIMER_WARNED

OF_TIMER = {"timer.warned": TIMER_WARNED, "timer.passed": TIMER_PASSED}

# What is told on channels without a complaint.
ROSTER_NOTICE = {
    "handed_over": _("You are on call from now on"),
    "taken_over": _("Somebody else is on call from now on"),
    "test": _("A test message: this address works"),
}


def notice_words(kind: str, data: Record, *, to_staff: bool) -> tuple[str, str]:
    """Subject and sentence in the active language. Raises KeyError for a kind without words."""
    if to_staff:
        subject, sentence = NOTICE_STAFF.get(kind) or NOTICE[kind]
        return _on_call(_with_timer(str(subject), data), data), _with_files(str(sentence), data)
    subject, sentence = OF_TIMER.get(kind, {}).get(data.get("timer", "")) or NOTICE[kind]
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
