"""What the templates of the customer's pages call by name: codes in words, money, a token for each form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.form_token import new_token
from evidence.receipts import exact_moment, subject
from evidence.vault.custody import CustodyAction
from evidence.words import WARNING, consent, reason
from lib.money import money
from lib.types import Text
from portal.words import REMEDY_STATE, TO_OWNER, WHO, WHY_ASKED
from sla.policies import PolicySnapshot, snapshot
from tickets import words

FULL_WIDTH = tuple("，。：；！？、）")


def words_of(code: object, table: str) -> Text:
    """A code in words: `{{ ticket.status|words_of("STATUS") }}`. A code without words stays a code."""
    return TO_OWNER.get(table, {}).get(str(code)) or getattr(words, table).get(code, code)


def remedy_words(code: str) -> Text:
    return REMEDY_STATE.get(code, code)


def exact(at: datetime | None) -> str:
    """<time> to the second, with the zone's name."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), exact_moment(at)) if at else "–"


def warning_words(code: str) -> object:
    return WARNING.get(code, "")


def who_words(who: str) -> Text:
    return WHO.get(who, WHO["desk"])


def custody_words(action: str) -> Text:
    return CustodyAction(action).label


def request_reason(kind: str) -> Text:
    return WHY_ASKED.get(kind, "")


def consent_text(policy_id: str, kind: str) -> str:
    """What was agreed to, with the days of the complaint's own policy."""
    return consent(snapshot(policy_id), kind)


def upload_policy(policy_id: str) -> PolicySnapshot:
    """The limits of what can be uploaded."""
    return snapshot(policy_id)


def refusal_text(code: str, policy: PolicySnapshot, of: str = "") -> str:
    """Why the vault would refuse a file, said before it is sent."""
    return reason(code, policy, of=of)


def once_token() -> SafeString:
    """Makes a second tap on the same form harmless."""
    return format_html('<input type="hidden" name="once" value="{}">', new_token())


def join_list(values: Iterable[object]) -> str:
    """Names in a row, as the language separates them."""
    return _(", ").join(str(value) for value in values)


def followed_by(words: object, said: object) -> SafeString:
    """Two pieces of a line; none of them a space apart where full-width punctuation keeps them apart already."""
    return format_html("{}{}{}", words, "" if str(words).endswith(FULL_WIDTH) else " ", said)


HELPERS: Mapping[str, Callable[..., Any]] = {
    "exact": exact,
    "consent_text": consent_text,
    "upload_policy": upload_policy,
    "refusal_text": refusal_text,
    "once_token": once_token,
}
FILTERS: Mapping[str, Callable[..., Any]] = {
    "words_of": words_of,
    "remedy_words": remedy_words,
    "subject_of": subject,
    "warning_words": warning_words,
    "who_words": who_words,
    "custody_words": custody_words,
    "request_reason": request_reason,
    "money": money,
    "join_list": join_list,
    "followed_by": followed_by,
}
