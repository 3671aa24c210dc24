"""What a filing, a draft or a correction may say: shape and sense, checked once for every door."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.phone_numbers import international
from accounts.roles import is_staff_member
from lib.types import Text
from lib.zones import DEFAULT_ZONE
from tickets.cases.case import Case
from tickets.policy.playbooks import Playbook, playbooks
from tickets.workflow import Data, Input, Invalid, clean_fields
from tickets.workflow.fact_inputs import clean_facts
from tickets.workflow.identifiers import order_number
from tickets.workflow.inputs import NOT_A_CHOICE, REQUIRED, SHORT_LIMIT, only, text_with_codes
from tickets.workflow.vocabulary import COMPLAINT_CHANNELS, DEMANDS, ISSUERS, LANES, PARTIES

MOST_ORDERS = 20
EXTERNAL = re.compile(r"external:[A-Za-z0-9._:@|-]{1,100}")
FILING = (
    Input("category", limit=40),
    Input("submit", "bool"),
    Input("request_freeze", "bool"),
    Input("not_me", "bool"),
    Input("amount", "money"),
    Input("currency", "currency"),
    Input("incident_at", "instant"),
    Input("discovered_at", "instant"),
    Input("account", "account", limit=SHORT_LIMIT),
    Input("respondent", limit=SHORT_LIMIT),
    Input("demands", "names", choices=DEMANDS),
    Input("lane", "code", choices=LANES),
    Input("on_behalf_of", "as_said", limit=254),
    Input("channel", "code", choices=COMPLAINT_CHANNELS),
    Input("external_id", "as_said", limit=100),
    Input("metadata", "metadata"),
    Input("represents", "represents"),
)
STATEMENT = (Input("occurred_at", "instant"), Input("amount", "money"), Input("symptom"), Input("demands", "names", choices=DEMANDS))
NESTED = ("order_numbers", "statement", "facts")
DESK = (
    Input("assignee", "as_said", limit=254),
    Input("responsible_parties", "names", choices=PARTIES),
    Input("complained_about", "names"),
    Input("real_name_match", "bool"),
    Input("tags", "names"),
)


def clean_filing(raw: Mapping[str, object], policy_version: str, now: datetime) -> Data:
    """Everything POST tickets/ takes. Raises Invalid naming every field that is wrong, missing or unknown."""
    data = clean_draft(raw, policy_version, now)
    if not data["category"]:
        raise Invalid({"category": [REQUIRED]})
    if data["request_freeze"] and not data["account"]:
        raise Invalid({"account": [_("Which account shall be frozen? Enter its name or number.")]})
    return data


def clean_draft(raw: Mapping[str, object], policy_version: str, now: datetime) -> Data:
    """The same fields, none of them needed yet."""
    data = _shape(raw, FILING, now)
    playbook = _playbook(data["category"], policy_version)
    _sense(data, playbook, now)
    return data


def clean_amendment(raw: Mapping[str, object], case: Case, allowed: frozenset[str], colleagues: Mapping[str, User] | None = None) -> Data:
    """A correction: only `allowed` fields; what is absent stays. `colleagues` were looked up before, by address. Raises Invalid."""
    fields = tuple(field for field in (*FILING, *DESK) if field.name in allowed)
    data = _shape(raw, fields, case.now, nested=tuple(name for name in NESTED if name in allowed))
    data = {name: value for name, value in data.items() if name in raw}
    playbook = _playbook(data.get("category") or case.ticket.category, case.ticket.policy_id)
    known = {name: getattr(case.ticket, name) for name in ("incident_at", "discovered_at", "facts")}
    merged = {**known, **data, "facts": {**case.ticket.facts, **data.get("facts", {})}}
    _sense(merged, playbook, case.now)
    if "assignee" in raw:
        email = data.get("assignee") or ""
        data["assignee"] = colleagues[email] if colleagues and email in colleagues else _colleague(email, "assignee")
    if "complained_about" in raw:
        data["complained_about"] = [_colleague(email, "complained_about") for email in data.get("complained_about") or ()]
    if case.ticket.status == "draft" and "discovered_at" in data:
        data["discovered_at"] = merged["discovered_at"]
    return data


def _shape(raw: Mapping[str, object], fields: tuple[Input, ...], now: datetime, nested: Sequence[str] = NESTED) -> Data:
    if not isinstance(raw, Mapping):
        raise Invalid({"non_field_errors": [_("Send an object with named fields.")]})
    errors: dict[str, Sequence[Text]] = {}
    data: Data = {}
    plain = {name: value for name, value in raw.items() if name not in nested}
    readers = {
        "": lambda: clean_fields(fields, plain),
        "facts": lambda: {"facts": clean_facts(raw.get("facts"))},
        "statement": lambda: {"statement": _statement(raw.get("statement"), now)},
        "order_numbers": lambda: _orders(raw.get("order_numbers"), now, freezes=data.get("request_freeze") is True),
    }
    for name in ("", *nested):
        try:
            data.update(readers[name]())
        except Invalid as invalid:
            errors.update(invalid.errors)
    if errors:
        raise Invalid(errors)
    if data.get("statement", {}).get("demands"):
        data["demands"] = list(dict.fromkeys([*(data.get("demands") or []), *data["statement"].pop("demands")]))
    return data


def _statement(raw: Any, now: datetime) -> dict[str, object]:
    """Partial is fine here; submitting asks for the whole. JSON values."""
    if raw in (None, ""):
        return {}
    try:
        fields = clean_fields(STATEMENT, raw)
    except Invalid as invalid:
        raise Invalid({f"statement.{name}": texts for name, texts in invalid.errors.items()}) from invalid
    if fields["occurred_at"] is not None and fields["occurred_at"] > now:
        raise Invalid({"statement.occurred_at": [_("This lies in the future. Check the date.")]})
    return {name: _json(value) for name, value in fields.items() if value is not None}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _orders(raw: object, now: datetime, *, freezes: bool) -> Data:
    """Order numbers. Where an account is to be frozen, one that cannot be such a number is set aside as it was typed: it stops nothing."""
    if raw in (None, ""):
        return {"order_numbers": []}
    if not isinstance(raw, (list, tuple)) or len(raw) > MOST_ORDERS or not all(isinstance(each, Mapping) for each in raw):
        raise Invalid({"order_numbers": [_("Send a list of at most 20 order numbers, each with issuer and number.")]})
    try:
        only(raw, "issuer", "number")
    except ValueError as error:
        raise Invalid({"order_numbers": [error.args[0]]}) from error
    orders: list[dict[str, str]] = []
    aside: list[str] = []
    for each in raw:
        try:
            orders.append(_order(each, now))
        except Invalid:
            if not freezes:
                raise
            aside.append(text_with_codes(str(each.get("number") or "")[:SHORT_LIMIT], Input("number")))
    return {"order_numbers": orders, "orders_set_aside": [number for number in aside if number]}


def _order(row: Mapping[str, object], now: datetime) -> dict[str, str]:
    issuer = row.get("issuer") or "other"
    if not isinstance(issuer, str) or issuer not in ISSUERS:
        raise Invalid({"order_numbers": [NOT_A_CHOICE % {"choices": ", ".join(ISSUERS)}]})
    try:
        number, warning = order_number(issuer, str(row.get("number") or ""), now.astimezone(ZoneInfo(DEFAULT_ZONE)).date())
    except Invalid as invalid:
        raise Invalid({"order_numbers": invalid.errors["number"]}) from invalid
    return {"issuer": issuer, "number": number, "warning": warning}


def _playbook(category: str | None, policy_version: str) -> Playbook | None:
    if not category:
        return None
    known = playbooks(policy_version)
    if category not in known:
        raise Invalid({"category": [NOT_A_CHOICE % {"choices": ", ".join(known)}]})
    return known[category]


def _sense(data: Data, playbook: Playbook | None, now: datetime) -> None:
    """What the fields say together: incident ≤ discovered ≤ now, a lane the customer may ask for."""
    errors: dict[str, Sequence[Text]] = {}
    found = data.get("discovered_at") or now
    if found > now:
        errors["discovered_at"] = [_("This lies in the future. When was it noticed?")]
    if data.get("incident_at") and data["incident_at"] > found:
        errors["incident_at"] = [_("It cannot have happened after it was noticed.")]
    errors.update(_in_the_future(data, now))
    errors.update(_wrong_lane(data, playbook))
    if data.get("on_behalf_of"):
        errors.update(_wrong_contact(data))
    if errors:
        raise Invalid(errors)


def _in_the_future(data: Data, now: datetime) -> dict[str, Sequence[Text]]:
    """Clocks start at these: a mistyped year would lock the customer out."""
    moments = {name: parse_datetime(str(data.get("facts", {}).get(name) or "")) for name in ("deducted_at", "requested_at")}
    return {f"facts.{name}": [_("This lies in the future. Check the date.")] for name, at in moments.items() if at and at > now}


def _wrong_lane(data: Data, playbook: Playbook | None) -> dict[str, Sequence[Text]]:
    lane = data.get("lane")
    if lane in (None, "standard") or playbook is None or lane == playbook.lane:
        return {}
    overseas = playbook.platform_freeze and data.get("facts", {}).get("freeze_reason") == "overseas_login"
    if lane == "overseas_24h" and overseas:
        return {}
    return {"lane": [_("This lane is for an account frozen after a login from abroad.")]}


def _wrong_contact(data: Data) -> dict[str, Sequence[Text]]:
    """An e-mail address, a number (kept as E.164) or the platform's own name of a person, `external:<id>`."""
    if EXTERNAL.fullmatch(data["on_behalf_of"].strip()):
        return {}
    data["on_behalf_of"], wrong = reachable_contact(
        data["on_behalf_of"], _("Enter an e-mail address such as mei@example.com, a number such as +8613800138000, or external:<id>.")
    )
    return {"on_behalf_of": [wrong]} if wrong else {}


def reachable_contact(typed: str, malformed: Text) -> tuple[str, Text]:
    """An address in small letters or a number in E.164, and what is wrong with it (empty: nothing)."""
    typed = typed.strip()
    try:
        contact = typed.lower() if "@" in typed else international(typed)
        if "@" in typed:
            validate_email(contact)
    except ValidationError:
        return typed, malformed
    known = User.objects.filter(email=contact).first()
    if User.objects.is_reserved(contact) or (known is not None and (known.is_service or not known.is_active)):
        return contact, _("Nobody can be helped under this address. Ask for another one.")
    return contact, ""


def _colleague(email: object, field: str) -> User | None:
    """Somebody of the desk, by e-mail address; empty: nobody. Raises Invalid."""
    if not email:
        return None
    person = colleague(email)
    if person is None:
        raise Invalid({field: [_("Nobody at the desk has this address.")]})
    return person


def colleague(email: object) -> User | None:
    """Whoever of the desk has this address."""
    person = User.objects.filter(email=str(email).strip().lower(), is_active=True).first()
    return person if person is not None and is_staff_member(person) and not person.is_service else None
