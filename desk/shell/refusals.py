"""Why an act is refused: a sentence, what is missing, and when it opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from desk.shell.labels import BLOCK_OF_DESK
from lib.dates import deadline_text
from lib.types import Record
from tickets.words import BLOCK, DEMAND, EVIDENCE_KIND, SECURITY_TASK, STATEMENT_PART, STATUS
from tickets.workflow.errors import Invalid, Refusal

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
    "EVIDENCE_FULL": "file",
    "CHANNEL_REFERENCE_REQUIRED": "target",
    "ESCALATION_NOT_YET_AVAILABLE": "target",
}
ABOVE = "__all__"


class Why(NamedTuple):
    """`opens` is a moment in words, or empty."""

    text: str
    opens: str


def why(block: Record) -> Why:
    """A block as Block.as_dict() gives it."""
    details = _details(block)
    text = plain(block["code"])
    opens = block.get("available_from")
    return Why(f"{text} {details}".strip(), deadline_text(opens) if opens else "")


def plain(code: str) -> str:
    """A code as an agent reads it."""
    return str(BLOCK_OF_DESK.get(code) or BLOCK.get(code) or code)


def _details(block: Record) -> str:
    if block["code"] == "WRONG_STATUS" and block.get("current_status"):
        return _("It stands at: %(status)s.") % {"status": STATUS.get(block["current_status"], block["current_status"])}
    codes = block.get("missing") or block.get("kinds") or ()
    return f"({', '.join(_code_label(code) for code in codes)})" if codes else ""


def _code_label(code: str) -> str:
    for words in (EVIDENCE_KIND, SECURITY_TASK, DEMAND, STATEMENT_PART):
        if code in words:
            return str(words[code])
    return code


def errors_of(refusal: Refusal) -> dict[str, list[str]]:
    """What to say at which field; ABOVE for what belongs to none."""
    if isinstance(refusal, Invalid):
        return {name: list(texts) for name, texts in refusal.errors.items()}
    found: dict[str, list[str]] = {}
    for block in refusal.blocked_by:
        for name in _fields_of(block.code, block.extra):
            found.setdefault(name, []).append(_sentence(block.as_dict()))
    return found


def _fields_of(code: str, extra: Record) -> Sequence[str]:
    if code == "DEMAND_UNANSWERED":
        return [f"answer_{demand}" for demand in extra.get("missing", ())]
    return [FIELD_OF.get(code, ABOVE)]


def _sentence(block: Mapping[str, object]) -> str:
    said = why(block)
    return _("%(text)s It opens %(moment)s.") % {"text": said.text, "moment": said.opens} if said.opens else said.text
