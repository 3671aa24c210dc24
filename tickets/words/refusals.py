"""Why something is refused, in words for whoever reads it: the one place where a Block of an operation becomes a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib.types import Record, Text
from tickets.words.blocks import BLOCK, BLOCK_TO_DESK
from tickets.words.cases import DEMAND, SECURITY_TASK, STATUS
from tickets.words.evidence import EVIDENCE_KIND
from tickets.words.facts import STATEMENT_PART

CHECKING = _("We are still checking what you added; that takes a minute or two. Your try counts: no date is lost by our checking.")
CHECKING_TO_DESK = _("What was added is still being checked; that takes a minute or two. The try counts: no date is lost by it.")
# What a refusal can name as missing. No code stands in two of them.
MISSING: Mapping[str, Text] = {**EVIDENCE_KIND, **SECURITY_TASK, **DEMAND, **STATEMENT_PART}


class Wording(NamedTuple):
    of_code: Mapping[str, Text]
    status: Text  # where the complaint stands instead
    missing: Text  # names of what is lacking
    checking: Text = CHECKING


class Audience(Enum):
    """Programs get codes beside the words, so the words name nothing that the codes name. A colleague's speaks of the customer, too."""

    CUSTOMER = Wording(BLOCK, _("It is now: %(status)s."), _("Missing: %(names)s."))
    DESK = Wording({**BLOCK, **BLOCK_TO_DESK}, _("It stands at: %(status)s."), "(%(names)s)", CHECKING_TO_DESK)
    PROGRAM = Wording(BLOCK, "", "")
    PROGRAM_OF_DESK = Wording({**BLOCK, **BLOCK_TO_DESK}, "", "", CHECKING_TO_DESK)


def code_in_words(code: str, audience: Audience) -> str:
    """The sentence alone. A code without words stays a code."""
    return str(audience.value.of_code.get(code, code))


def refusal_in_words(block: Record, audience: Audience, in_scan: frozenset[str] = frozenset()) -> str:
    """A block as Block.as_dict() gives it: the sentence, then where the complaint stands or what is missing.

    `in_scan`: kinds of evidence that are there and still being checked. Nobody is told that they are missing.
    """
    lacking = block.get("missing") or block.get("kinds") or ()
    sentence = str(audience.value.checking) if lacking and in_scan.issuperset(lacking) else code_in_words(block["code"], audience)
    return f"{sentence} {_details(block, audience.value, [code for code in lacking if code not in in_scan])}".strip()


def _details(block: Record, wording: Wording, lacking: list[str]) -> str:
    status = block.get("current_status")
    if block["code"] == "WRONG_STATUS" and status:
        return str(wording.status) % {"status": STATUS.get(status, status)}
    names = gettext(", ").join(str(MISSING.get(code, code)) for code in lacking)
    if not names and wording.missing and block.get("where"):
        return f"({gettext(', ').join(block['where'])})"
    return str(wording.missing) % {"names": names} if names else ""
