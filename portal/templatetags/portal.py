"""Template tags of the customer's pages: codes in words, money, a token for each form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.form_token import new_token
from evidence.receipts import exact_moment, subject
from evidence.vault.custody import Action
from evidence.words import WARNING, consent, reason
from lib.types import Text
from portal.words import REMEDY_STATE, WHO, WHY_ASKED
from sla.policies import PolicySnapshot, snapshot
from tickets import words

register = template.Library()


@register.filter
def words_of(code: object, table: str) -> Text:
    """A code in words: `{{ ticket.status|words_of:"STATUS" }}`. A code without words stays a code."""
    return getattr(words, table).get(code, code)


@register.filter
def remedy_words(code: str) -> Text:
    return REMEDY_STATE.get(code, code)


@register.simple_tag
def exact(at: datetime | None) -> str:
    """<time> to the second, with the zone's name."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), exact_moment(at)) if at else "–"


register.filter("subject_of", subject)


@register.filter
def warning_words(code: str) -> object:
    return WARNING.get(code, "")


@register.filter
def who_words(who: str) -> Text:
    return WHO.get(who, WHO["desk"])


@register.filter
def custody_words(action: str) -> Text:
    return Action(action).label


@register.filter
def request_reason(kind: str) -> Text:
    return WHY_ASKED.get(kind, "")


@register.filter
def money(amount: object, currency: str = "CNY") -> str:
    """¥1,280.00; another currency by its code."""
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    sign, number = "-" if exact < 0 else "", f"{abs(exact):,.2f}"
    return f"{sign}¥{number}" if currency == "CNY" else f"{sign}{number} {currency}"


@register.simple_tag
def consent_text(policy_id: str) -> str:
    """What was agreed to, with the days of the complaint's own policy."""
    return consent(snapshot(policy_id))


@register.simple_tag
def upload_policy(policy_id: str) -> PolicySnapshot:
    """The limits of what can be uploaded."""
    return snapshot(policy_id)


@register.simple_tag
def refusal_text(code: str, policy: PolicySnapshot) -> str:
    """Why the vault would refuse a file, said before it is sent."""
    return reason(code, policy)


@register.simple_tag
def once_token() -> SafeString:
    """Makes a second tap on the same form harmless."""
    return format_html('<input type="hidden" name="once" value="{}">', new_token())


@register.filter
def join_list(values: Iterable[object]) -> str:
    """Names in a row, as the language separates them."""
    return _(", ").join(str(value) for value in values)
