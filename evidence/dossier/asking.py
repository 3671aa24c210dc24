"""What a dossier is asked for: for whom, in which language, with identity documents or without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from evidence.words import DOSSIER_FOR
from lib.languages import active_language, language_meant
from tickets.workflow import Invalid

YES = frozenset({"1", "true", "on", "yes"})
NO = frozenset({"", "0", "false", "off", "no"})
# What places ask of both sides and we do not keep, or not always.
SIDES = ("name", "phone", "address", "respondent_name", "respondent_address")
SIDE_LIMIT = 200


@dataclass(frozen=True)
class DossierRequest:
    """`recipient`: a key of DOSSIER_FOR, "" for nobody in particular. `typed`: what goes onto its first page and is kept nowhere."""

    recipient: str = ""
    language: str = settings.LANGUAGE_CODE
    include_sensitive: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)


def parse_request(query: Mapping[str, str]) -> DossierRequest:
    """From `for`, `lang` and `include_sensitive`; without `lang` the reader's language. Raises Invalid naming what is wrong."""
    recipient, language = query.get("for", ""), language_meant(query.get("lang") or active_language())
    sensitive = query.get("include_sensitive", "").lower()
    choice = _("Choose one of: %(choices)s.")
    wrong = {}
    if recipient not in DOSSIER_FOR:
        wrong["for"] = [choice % {"choices": ", ".join(filter(None, DOSSIER_FOR))}]
    if not language:
        wrong["lang"] = [choice % {"choices": "zh-hans, zh-hant, en"}]
    if sensitive not in YES | NO:
        wrong["include_sensitive"] = [choice % {"choices": "1, 0"}]
    if wrong:
        raise Invalid(wrong)
    typed = {name: " ".join(query.get(name, "").replace("\x00", "").split())[:SIDE_LIMIT] for name in SIDES}
    return DossierRequest(recipient, language, sensitive in YES, {k: v for k, v in typed.items() if v})
