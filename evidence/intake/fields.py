"""What people type beside a file or instead of one: each field checked as its kind asks. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from evidence.kinds import KINDS, NOT_UPLOADED, Kind
from lib.redaction import holds_one_time_code, luhn_valid
from lib.types import Text
from tickets.workflow import Data, Input, Invalid, clean_fields
from tickets.workflow.identifiers import issuer_of, normalise_number, order_number
from tickets.workflow.inputs import NOT_A_CHOICE, ONE_TIME_CODE, REQUIRED, SHORT_LIMIT
from tickets.workflow.vocabulary import DEMANDS, ISSUERS, STATEMENT_SLOTS, SYMPTOM_MIN_CHARACTERS, TARGETS

FIELDS = (
    Input("kind", limit=40),
    Input("consent", "bool"),
    Input("amount", "signed_money"),
    Input("paid_at", "instant"),
    Input("shown_at", "instant"),
    Input("external_ticket_no", "as_said", limit=100),
    Input("occurred_at", "instant"),
    Input("symptom", "as_said"),
    Input("demands", "names", choices=DEMANDS),
    Input("text", "as_said"),
    Input("issuer", "code", choices=ISSUERS),
    Input("target", "code", choices=TARGETS),
)
# Numbers are read as they came: masking what looks like a card's would destroy an order number.
NUMBERS = ("order_no", "number", "expires_on")
NUMBER_KINDS = frozenset({"order_number", "bank_card_masked"})
NUMBER_LIMIT = 100
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"


@dataclass
class TypedFields:
    """The input as kept: `fields` are JSON values, `secret` what is sealed, `order` what the ticket can be found by."""

    kind: Kind
    consent: bool = False
    text: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict, repr=False)
    order: tuple[str, str, str] | None = None

    def warn(self, code: str) -> None:
        self.fields.setdefault("warnings", []).append(code)


@dataclass(frozen=True)
class Circumstances:
    """What the check depends on beside the input: the moment, the policy's zone, the ticket's amount."""

    now: datetime
    zone: str
    amount: Decimal | None

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()


Check = Callable[[TypedFields, Data, Circumstances], None]


def clean(raw: Mapping[str, object], around: Circumstances) -> TypedFields:
    """The typed fields of one item. Raises Invalid naming every field that is wrong or unknown."""
    kind = kind_of(raw)
    errors: dict[str, list[Text]] = {}
    as_it_came = (*NUMBERS, "text") if kind.key in NUMBER_KINDS else NUMBERS
    numbers = _numbers(as_it_came, raw, errors)
    plain = {name: value for name, value in raw.items() if name not in as_it_came}
    try:
        data = clean_fields(FIELDS, plain)
    except Invalid as invalid:
        raise Invalid({**errors, **invalid.errors}) from invalid
    if errors:
        raise Invalid(errors)
    typed = TypedFields(kind, consent=bool(data["consent"]), text=data["text"] or "")
    typed.fields = {name: _json(data[name]) for name in _COMMON_FIELDS if data[name] is not None}
    _run((_check_codes, _check_times, CHECKS.get(kind.key, _check_number), _check_order), typed, {**data, **numbers}, around)
    if kind.is_sensitive:
        _keep_little(typed)
    return typed


def _keep_little(typed: TypedFields) -> None:
    """Beside an identity document only what proves it is kept. The rest is taken, checked and forgotten: it would lie open in the row."""
    typed.text, typed.order = "", None
    typed.fields = {name: value for name, value in typed.fields.items() if name in ("number", "expires_on")}


def _run(checks: Iterable[Check], typed: TypedFields, data: Data, around: Circumstances) -> None:
    """All of them, so that everything that is wrong is said at once. Raises Invalid."""
    errors: dict[str, list[str]] = {}
    for check in checks:
        try:
            check(typed, data, around)
        except Invalid as invalid:
            errors = {**invalid.errors, **errors}
    if errors:
        raise Invalid(errors)


_COMMON_FIELDS = ("amount", "paid_at", "shown_at", "external_ticket_no", "occurred_at", "symptom", "demands", "target")


def kind_of(raw: Mapping[str, object]) -> Kind:
    """The kind that was named. Raises Invalid at `kind`."""
    key = raw.get("kind") if isinstance(raw, Mapping) else None
    if not key:
        raise Invalid({"kind": [REQUIRED]})
    if not isinstance(key, str) or key not in KINDS:
        raise Invalid({"kind": [NOT_A_CHOICE % {"choices": ", ".join(k for k in KINDS if k not in NOT_UPLOADED)}]})
    if key in NOT_UPLOADED:
        raise Invalid({"kind": [_("The result of a face check comes from the identity service. Never send a picture of a face.")]})
    return KINDS[key]


def _numbers(names: Iterable[str], raw: Mapping[str, object], errors: dict[str, list[Text]]) -> dict[str, str]:
    found = {}
    for name in names:
        text = _as_text(raw.get(name))
        if len(text) > NUMBER_LIMIT:
            errors[name] = [_("This is too long for a number.")]
        found[name] = text
    return found


def _as_text(value: object) -> str:
    return "" if value is None or isinstance(value, bool | list | dict) else str(value).replace("\x00", "").strip()


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


# ---- Checks, by kind
def _check_codes(typed: TypedFields, data: Data, around: Circumstances) -> None:
    """A one-time code opens somebody's account; none is ever taken."""
    told = [name for name in ("text", "symptom", "number", "order_no", "external_ticket_no") if holds_one_time_code(str(data[name] or ""))]
    if told:
        raise Invalid({name: [ONE_TIME_CODE] for name in told})


def _check_times(typed: TypedFields, data: Data, around: Circumstances) -> None:
    late = [name for name in ("paid_at", "shown_at") if data[name] is not None and data[name] > around.now]
    if late:
        raise Invalid({name: [_("This lies in the future.")] for name in late})
    if data["expires_on"]:
        typed.fields["expires_on"] = _expiry(typed, data["expires_on"], around).isoformat()


def _expiry(typed: TypedFields, text: str, around: Circumstances) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Invalid({"expires_on": [_("Enter a date such as 2031-03-10.")]})
    if typed.kind.key == "passport" and day < around.today:
        raise Invalid({"expires_on": [_("This passport has expired. Please use a valid one, or your ID card.")]})
    return day


def _check_order(typed: TypedFields, data: Data, around: Circumstances) -> None:
    """An order number beside any kind is checked and normalised."""
    if typed.order is None and data["order_no"]:
        issuer, number, warning = _order("order_no", data["order_no"], data["issuer"], around.today)
        typed.fields["order_no"], typed.order = number, (issuer, number, warning)


def _order(name: str, text: str, issuer: str | None, today: date) -> tuple[str, str, str]:
    """Issuer, number and warning. A bare number's issuer is read from its shape. Raises Invalid at `name`."""
    plain = normalise_number(text)
    issuer = issuer or _likely_issuer(plain, today)
    try:
        return issuer, *order_number(issuer, plain, today)
    except Invalid as invalid:
        raise Invalid({name: invalid.errors["number"]}) from invalid


def _likely_issuer(number: str, today: date) -> str:
    if re.fullmatch(r"[0-9]{15}", number):
        try:
            order_number("douyin_mp", number, today)
        except Invalid:
            return "other"
        return "douyin_mp"
    return issuer_of(number)


def _check_number(typed: TypedFields, data: Data, around: Circumstances) -> None:
    """Any other number (of a police receipt, a case, a terminal): kept as typed, but never a card's."""
    if data["number"]:
        plain = normalise_number(data["number"])
        if re.fullmatch(r"[0-9]{13,19}", plain) and luhn_valid(plain) and typed.kind.key != "police_receipt":
            plain = "**** " + plain[-4:]
        typed.fields["number"] = plain


def _check_order_number(typed: TypedFields, data: Data, around: Circumstances) -> None:
    name = next((name for name in ("text", "number", "order_no") if data[name]), None)
    if name is None:
        raise Invalid({"text": [_("Enter the order number.")]})
    issuer, number, warning = _order(name, data[name], data["issuer"], around.today)
    typed.text, typed.order = number, (issuer, number, warning)
    typed.fields |= {"order_no": number, "issuer": issuer}
    if warning:
        typed.warn(warning)


def _check_voucher(typed: TypedFields, data: Data, around: Circumstances) -> None:
    _check_number(typed, data, around)
    if data["amount"] is None:
        return
    if data["amount"] <= 0:
        raise Invalid({"amount": [_("Enter an amount above 0.")]})
    if around.amount is not None and data["amount"] != around.amount:
        typed.warn("amount_differs")


def _check_card(typed: TypedFields, data: Data, around: Circumstances) -> None:
    said = unicodedata.normalize("NFKC", f"{data['text']} {data['number']}")
    digits = re.sub(r"[^0-9]", "", said)
    if len(digits) != 4:
        where = "text" if data["text"] else "number"
        raise Invalid({where: [_("Enter the bank and the last four digits of the card, and no other digits.")]})
    bank = re.sub(r"[0-9*•xX×\s\-_#]+", " ", said).strip()[:SHORT_LIMIT]
    typed.text = f"{bank} **** {digits}".strip()
    typed.fields |= {"bank": bank, "last4": digits}


def _check_id_card(typed: TypedFields, data: Data, around: Circumstances) -> None:
    if data["number"]:
        number = normalise_number(data["number"]).upper()
        if not id_number_valid(number, around.today):
            raise Invalid({"number": [_("This is no valid ID number. It has 18 characters; please compare it with the card.")]})
        typed.fields["number"], typed.secret["number"] = masked_id(number), number


def id_number_valid(number: str, today: date) -> bool:
    """18 characters, a real date of birth, the right check digit."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    try:
        born = parse_date(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return False
    if born is None or not date(1870, 1, 1) <= born <= today:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11] == number[17]


def masked_id(number: str) -> str:
    """The first three and the last four characters: 110****1234."""
    return f"{number[:3]}****{number[-4:]}"


def _check_passport(typed: TypedFields, data: Data, around: Circumstances) -> None:
    if data["number"]:
        number = normalise_number(data["number"]).upper()
        if not re.fullmatch(r"[0-9A-Z]{5,20}", number):
            raise Invalid({"number": [_("A passport number has 5 to 20 letters and digits.")]})
        typed.fields["number"], typed.secret["number"] = f"{number[0]}****{number[-3:]}", number


def _check_pos(typed: TypedFields, data: Data, around: Circumstances) -> None:
    """Its time and order number count; where they are not typed, an agent reads them off the record."""
    _check_number(typed, data, around)
    if not data["order_no"]:
        typed.warn("no_order_number")
    if data["shown_at"] is None and data["paid_at"] is None:
        typed.warn("no_time")


def _check_statement(typed: TypedFields, data: Data, around: Circumstances) -> None:
    _check_number(typed, data, around)
    symptom = data["symptom"] or typed.text
    if not symptom and all(data[name] is None for name in ("occurred_at", "amount", "demands")):
        raise Invalid({"symptom": [_("Say in your own words what happened.")]})
    typed.text = symptom
    if symptom:
        typed.fields["symptom"] = symptom
        if len(symptom) < SYMPTOM_MIN_CHARACTERS:
            typed.warn("too_short")


CHECKS: Mapping[str, Check] = {
    "payment_voucher": _check_voucher,
    "order_number": _check_order_number,
    "bank_card_masked": _check_card,
    "pos_record": _check_pos,
    "id_card_front": _check_id_card,
    "id_card_back": _check_id_card,
    "passport": _check_passport,
    **dict.fromkeys(STATEMENT_SLOTS, _check_statement),
}
