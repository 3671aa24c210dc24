"""Why an act is refused: a sentence, what is missing, and when it opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lib.dates import deadline_text
from tickets.words.refusals import Audience, code_in_words, refusal_in_words
from tickets.workflow import Invalid, Refusal

# The field a failing guard is about, where it is about one.
FIELD_OF = {
    "REFERENCE_REQUIRED": "reference",
    "FIRST_REPLY_REQUIRED": "eta_at",
    "REFUND_EXCEEDS_CLAIM": "remedies",
    "BURDEN_OF_PROOF": "evidence",
    "RELEASE_REQUIRED": "release_reference",
    "NOT_AN_EMERGENCY": "not_me",
    "FREEZE_ALREADY_ACTIVE": "account",
    "NOT_A_DUPLICATE": "into",
    "DECISION_MADE": "into",
    "EVIDENCE_FULL": "file",
    "CHANNEL_REFERENCE_REQUIRED": "target",
    "ESCALATION_NOT_YET_AVAILABLE": "target",
}
ABOVE = "__all__"


class Why(NamedTuple):
    """`opens` is a moment in words, or empty."""

    text: str
    opens: str


def why(block: Mapping[str, Any]) -> Why:
    """A block as Block.as_dict() gives it."""
    opens = block.get("available_from")
    return Why(refusal_in_words(block, Audience.DESK), deadline_text(opens) if opens else "")


def plain(code: str) -> str:
    """A code as an agent reads it."""
    return code_in_words(code, Audience.DESK)


def errors_of(refusal: Refusal) -> dict[str, list[str]]:
    """What to say at which field; ABOVE for what belongs to none."""
    if isinstance(refusal, Invalid):
        return {name: list(texts) for name, texts in refusal.errors.items()}
    found: dict[str, list[str]] = {}
    for block in refusal.blocked_by:
        for name in _fields_of(block.code, block.extra):
            found.setdefault(name, []).append(_sentence(block.as_dict()))
    return found


def offer_factor(request: HttpRequest, refusal: Refusal, back: str) -> None:
    """Where the second factor is shown, in a window beside: what was typed here stays."""
    if refusal.code == "FRESH_FACTOR_REQUIRED":
        address = f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}"
        link = format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, _("Show the second factor in a new window"))
        messages.warning(request, link)


def _fields_of(code: str, extra: Mapping[str, Any]) -> Sequence[str]:
    if code == "DEMAND_UNANSWERED":
        return [f"answer_{demand}" for demand in extra.get("missing", ())]
    return [FIELD_OF.get(code, ABOVE)]


def _sentence(block: Mapping[str, object]) -> str:
    reason = why(block)
    return _("%(text)s It opens %(moment)s.") % {"text": reason.text, "moment": reason.opens} if reason.opens else reason.text
