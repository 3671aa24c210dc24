"""The shape of every action's input, once: the API, the forms and the schema read it here. Pure but for words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from lib.redaction import without_one_time_codes, without_secrets
from tickets.workflow.errors import Invalid
from tickets.workflow.vocabulary import (
    COMPLAINT_CHANNELS,
    CURRENCIES,
    DEMANDS,
    LIABILITIES,
    MONEY_REMEDIES,
    REMEDIES,
    REPRESENTING,
    RETURNS,
    ROOT_CAUSES,
)

# The cleaned input of an operation: by name, each typed as its parser makes it, None where it was left out.
Data = dict[str, Any]
TEXT_LIMIT = 20_000
SHORT_LIMIT = 200
MOST_NOTES, NOTE_LIMIT = 20, 500
NOTE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
MONEY_LIMIT = Decimal("9999999999.99")


@dataclass(frozen=True)
class Input:
    """One field. `kind` names a parser of PARSERS; `choices` for code and codes; `limit` in characters.

    `proposes`: the ticket's own value of that name stands in the desk's form before anybody types. `empty_counts`: an empty list is
    not the same as none. `for_programs`: no form asks for it. `desk_needs`: the desk's form asks for it, whoever else may leave it out.
    `desk_only`: no customer is asked for it.
    """

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    limit: int = TEXT_LIMIT
    proposes: str = ""
    empty_counts: bool = False
    for_programs: bool = False
    desk_needs: bool = False
    desk_only: bool = False


REASON = Input("reason", required=True)
TOLD_BY = Input("told_by", "code", choices=COMPLAINT_CHANNELS, desk_needs=True, desk_only=True)  # how the customer told an agent
IDENTITY_CHECK = Input("identity_check", limit=100, desk_only=True)
WHICH_FREEZE = Input("freeze", "freeze")  # where a complaint has several; else the latest that fits
DECISION = (
    Input("root_cause", "code", True, ROOT_CAUSES),
    Input("liability", "code", True, LIABILITIES),
    Input("answers", "answers"),
    Input("explanation", required=True),
    Input("evidence", "ids"),
)
GRANTED = Input("granted", "names", choices=DEMANDS, empty_counts=True)

REQUIRED = _("This is needed.")
ONE_TIME_CODE = _(
    "This holds a verification code. Never share one with anybody: take out the digits beside the words “verification code” and send the"
    " rest."
)
NOT_A_CHOICE = _("Choose one of: %(choices)s.")


def clean_fields(fields: tuple[Input, ...], raw: Mapping[str, object]) -> Data:
    """The input, typed; what is absent is None. Raises Invalid naming every field that is wrong or unknown."""
    if not isinstance(raw, Mapping):
        raise Invalid({"non_field_errors": [_("Send an object with named fields.")]})
    errors: dict[str, list[object]] = {name: [_("There is no such field.")] for name in raw.keys() - {f.name for f in fields}}
    cleaned: Data = {}
    for each in fields:
        try:
            cleaned[each.name] = _clean_one(each, raw.get(each.name))
        except ValueError as error:
            errors[each.name] = [error.args[0]]
    if errors:
        raise Invalid(errors)
    return cleaned


def _clean_one(field: Input, value: object) -> object:
    if isinstance(value, str) and not value.strip():
        value = None
    if value is None or value == {} or (value == [] and not field.empty_counts):
        if field.required:
            raise ValueError(REQUIRED)
        return None
    return PARSERS[field.kind](value, field)


def text(value: object, field: Input) -> str:
    """Plain text: no NUL, no card number, check code, password or one-time code, not longer than the limit."""
    return without_one_time_codes(text_with_codes(value, field))


def text_with_codes(value: object, field: Input) -> str:
    """As `text`, but with its one-time codes: for who refuses them, and for addresses."""
    return without_secrets(number(value, field))


def account(value: object, field: Input) -> str:
    """Name or number of an account, as it was typed: one in ten long numbers would pass for a card's and be masked. In a sentence it is."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ValueError(_("Send text."))
    plain = str(value).replace("\x00", "").strip()
    return plain if len(plain) <= field.limit and len(plain.split()) == 1 else text(plain, field)


def reference(value: object, field: Input) -> str:
    """Of a complaint. Kept as it is: one in ten would pass for a card number and be masked."""
    if not isinstance(value, str) or len(value.strip()) > field.limit:
        raise ValueError(_("Enter a reference such as TS-20260310-000001."))
    return value.strip()


def number(value: object, field: Input) -> str:
    """Of another place: 12315 and courts number with digits alone, and one in ten would pass for a card number and be masked."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ValueError(_("Send text."))
    plain = str(value).replace("\x00", "").strip()
    if len(plain) > field.limit:
        raise ValueError(_("Shorten this to %(limit)d characters; it has %(length)d.") % {"limit": field.limit, "length": len(plain)})
    return plain


def code(value: object, field: Input) -> str:
    if value not in field.choices:
        raise ValueError(NOT_A_CHOICE % {"choices": ", ".join(field.choices)})
    return value


def names(value: object, field: Input) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, (list, tuple)) or not all(isinstance(each, str) for each in values) or len(values) > 50:
        raise ValueError(_("Send a list of codes."))
    wrong = [each for each in values if field.choices and each not in field.choices]
    if wrong:
        raise ValueError(NOT_A_CHOICE % {"choices": ", ".join(field.choices)})
    return list(dict.fromkeys(values))


def flag(value: object, field: Input) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "on": True, "yes": True, "no": False}
    try:
        return known[value.lower() if isinstance(value, str) else value]
    except (KeyError, TypeError) as error:
        raise ValueError(_("Answer yes or no.")) from error


def whole(value: object, field: Input) -> int:
    try:
        number = int(str(value))
    except ValueError as error:
        raise ValueError(_("Enter a whole number.")) from error
    if isinstance(value, bool) or not 0 <= number <= 1_000_000:
        raise ValueError(_("Enter a whole number."))
    return number


def money(value: object, field: Input) -> Decimal:
    """An amount above nought with at most two decimals."""
    amount = signed_money(value, field)
    if amount <= 0:
        raise ValueError(_("Enter an amount above 0."))
    return amount


def signed_money(value: object, field: Input) -> Decimal:
    try:
        amount = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(_("Enter an amount such as 128.00.")) from error
    if isinstance(value, bool) or not amount.is_finite() or amount.copy_abs() > MONEY_LIMIT:
        raise ValueError(_("Enter an amount such as 128.00."))
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(_("Enter at most two decimals."))
    return amount.quantize(Decimal("0.01"))


def instant(value: object, field: Input) -> datetime:
    """An aware moment. A naive one is refused: it could mean any of twenty-four hours."""
    moment = value
    if isinstance(value, str):
        try:
            moment = parse_datetime(value.strip())
        except ValueError:
            moment = None
    if not isinstance(moment, datetime):
        raise ValueError(_("Enter a date and time such as 2026-03-10T20:15:00+08:00."))
    if moment.utcoffset() is None:
        raise ValueError(_("Say the time zone, as in 2026-03-10T20:15:00+08:00."))
    if not 2000 <= moment.year <= 2100:
        raise ValueError(_("Enter a year between 2000 and 2100."))
    return moment


def day(value: object, field: Input) -> date:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise ValueError(_("Enter a date such as 2026-03-10.")) from error


def whole_ids(value: object, field: Input) -> list[int]:
    if not isinstance(value, (list, tuple)) or len(value) > 100:
        raise ValueError(_("Send a list of ids."))
    return [whole(each, field) for each in value]


def answers(value: object, field: Input) -> dict[str, str]:
    """Demand → text."""
    value = _parse_json(value)
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError(_("Send one answer for each demand."))
    unknown = [key for key in value if key not in DEMANDS]
    if unknown:
        raise ValueError(NOT_A_CHOICE % {"choices": ", ".join(DEMANDS)})
    return {key: text(each, field) for key, each in value.items()}


def remedies(value: object, field: Input) -> list[dict[str, object]]:
    """Objects of kind and, for money, amount."""
    value = _parse_json(value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, Mapping) for each in value) or len(value) > 20:
        raise ValueError(_("Send a list of remedies, each with its kind."))
    only(value, "kind", "amount")
    rows = [_remedy(each, field) for each in value]
    if len({row["kind"] for row in rows}) < len(rows):
        raise ValueError(_("Name each remedy once, with its whole sum."))
    return rows


def _remedy(row: Mapping[str, object], field: Input) -> dict[str, object]:
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in REMEDIES:
        raise ValueError(NOT_A_CHOICE % {"choices": ", ".join(sorted(REMEDIES))})
    amount = row.get("amount")
    if amount in (None, ""):
        return {"kind": kind, "amount": None}
    if kind not in MONEY_REMEDIES | RETURNS:
        raise ValueError(_("Only a remedy in money has an amount."))
    return {"kind": kind, "amount": money(amount, field)}


def amounts(value: object, field: Input) -> dict[str, Decimal]:
    """Remedy in money → the sum that went out."""
    value = _parse_json(value)
    if not isinstance(value, Mapping):
        raise ValueError(_("Send one sum for each remedy in money."))
    unknown = [kind for kind in value if kind not in MONEY_REMEDIES | RETURNS]
    if unknown:
        raise ValueError(NOT_A_CHOICE % {"choices": ", ".join(sorted(MONEY_REMEDIES | RETURNS))})
    return {kind: money(sum_, field) for kind, sum_ in value.items() if sum_ not in (None, "")}


def unavailable(value: object, field: Input) -> list[dict[str, str]]:
    """Objects of kind and reason: evidence the customer cannot get."""
    value = _parse_json(value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, Mapping) for each in value):
        raise ValueError(_("Send a list, each with the kind and why it cannot be had."))
    only(value, "kind", "reason")
    rows = [{"kind": str(each.get("kind") or ""), "reason": text(each.get("reason") or "", field)} for each in value]
    if not all(row["kind"] and row["reason"] for row in rows):
        raise ValueError(_("Say for each kind why it cannot be had."))
    return rows


def points(value: object, field: Input) -> list[dict[str, str]]:
    """Objects of demand and text: what a customer says to the desk's answer to each demand. At most one for each."""
    value = _parse_json(value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, Mapping) for each in value) or len(value) > len(DEMANDS):
        raise ValueError(_("Send a list, each with the demand and what you say to it."))
    only(value, "demand", "text")
    rows = [{"demand": code(each.get("demand"), Input("demand", choices=DEMANDS)), "text": _point_text(each, field)} for each in value]
    if len({row["demand"] for row in rows}) < len(rows):
        raise ValueError(_("Say it once for each demand."))
    return rows


def _point_text(row: Mapping[str, object], field: Input) -> str:
    said = text_with_codes(row.get("text") or "", field)
    if not said:
        raise ValueError(_("Send a list, each with the demand and what you say to it."))
    return said


def entries(value: object, field: Input) -> list[dict[str, str]]:
    """Of a statement of balance: objects of at, text and signed amount, or a typed line each: `2026-03-10 20:15 | text | -12.00`.

    A typed time counts in the zone that is active.
    """
    rows = _parse_json(value)
    if isinstance(value, str) and rows is None:
        lines = ([part.strip() for part in line.split("|")] for line in value.splitlines() if line.strip())
        rows = [dict(zip(("at", "text", "amount"), line, strict=False)) for line in lines]
    if not isinstance(rows, (list, tuple)) or not all(isinstance(each, Mapping) for each in rows) or len(rows) > 500:
        raise ValueError(_("Send a list of entries, each with its time, a text and an amount."))
    only(rows, "at", "text", "amount")
    return [_entry(each, field) for each in rows]


def _entry(row: Mapping[str, object], field: Input) -> dict[str, str]:
    at = row.get("at")
    typed = parse_datetime(at.strip()) if isinstance(at, str) and "T" not in at else None
    moment = instant(make_aware(typed) if typed and typed.utcoffset() is None else at, field)
    said = text(row.get("text") or "", Input(field.name, limit=SHORT_LIMIT))
    return {"at": moment.isoformat(), "text": said, "amount": str(signed_money(row.get("amount"), field))}


def _parse_json(value: object) -> object:
    """A form sends structures as JSON text."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value


def only(rows: Iterable[Mapping[str, object]], *names: str) -> None:
    """Raises ValueError naming the fields that such a row does not have."""
    strange = sorted({str(name) for row in rows for name in row} - set(names))
    if strange:
        raise ValueError(_("There is no such field: %(names)s.") % {"names": ", ".join(strange)[:SHORT_LIMIT]})


def metadata(value: object, field: Input) -> dict[str, str]:
    """A program's own notes: names and texts, few and short."""
    value = _parse_json(value)
    if not isinstance(value, Mapping) or len(value) > MOST_NOTES:
        raise ValueError(_("Send an object of at most %(count)d texts.") % {"count": MOST_NOTES})
    if not all(isinstance(each, str) and NOTE_NAME.fullmatch(str(name)) for name, each in value.items()):
        raise ValueError(_("Name each with up to 40 letters, digits, _, - or ., and give it a text."))
    return {name: text(each, Input(name, limit=NOTE_LIMIT)) for name, each in value.items()}


def represents(value: object, field: Input) -> dict[str, str | None]:
    """Who acts for the customer, as what, and on which document."""
    value = _parse_json(value)
    if not isinstance(value, Mapping):
        raise ValueError(_("Send an object with name and as."))
    only([value], "name", "as", "document")
    name = text(value.get("name") or "", Input("name", limit=150))
    if not name:
        raise ValueError(_("Say who acts for the customer."))
    document = text(value.get("document") or "", Input("document", limit=SHORT_LIMIT))
    return {"name": name, "as": code(value.get("as"), Input("as", choices=REPRESENTING)), "document": document or None}


def currency(value: object, field: Input) -> str:
    plain = str(value).strip().upper()
    if plain not in CURRENCIES:
        raise ValueError(_("Enter a currency such as CNY."))
    return plain


PARSERS: Mapping[str, Callable[[object, Input], object]] = {
    "text": text,
    "as_said": text_with_codes,
    "account": account,
    "reference": reference,
    "number": number,
    "order": text,
    "code": code,
    "names": names,
    "bool": flag,
    "int": whole,
    "freeze": whole,
    "money": money,
    "signed_money": signed_money,
    "instant": instant,
    "date": day,
    "ids": whole_ids,
    "answers": answers,
    "remedies": remedies,
    "amounts": amounts,
    "unavailable": unavailable,
    "points": points,
    "metadata": metadata,
    "represents": represents,
    "currency": currency,
    "entries": entries,
}
