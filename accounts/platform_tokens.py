"""What the platform says of a customer of its own: a signed token (JWT), read claim by claim. Each refusal has a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from jwt.types import Options

from accounts.phone_numbers import international
from accounts.platform_keys import ALGORITHM_OF, PublicKey, find_key, is_switched_on
from accounts.reserved_addresses import is_reserved

NEEDED = ("iss", "aud", "sub", "exp", "jti")
LONGEST = timedelta(minutes=5)
SUBJECT = re.compile(r"[A-Za-z0-9._:@|-]{1,100}")  # as external:<id> takes it
NAME_LIMIT, JTI_LIMIT = 150, 200


class AssertionRefused(Exception):
    """`code` names what is wrong; `claims` are those it is about."""

    def __init__(self, code: str, *claims: str) -> None:
        super().__init__(code)
        self.code, self.claims = code, claims


@dataclass(frozen=True)
class Assertion:
    """What was said and holds. Empty: not said."""

    subject: str
    jti: str
    until: datetime
    email: str = ""
    phone: str = ""
    name: str = ""
    locale: str = ""


def read_assertion(text: str) -> Assertion:
    """Raises AssertionRefused."""
    claims = _decode(text, _key_of(text))
    until = datetime.fromtimestamp(int(str(claims["exp"]).partition(".")[0]), UTC)
    if until > timezone.now() + LONGEST:
        raise AssertionRefused("ASSERTION_TOO_LONG", "exp")
    said = {name: str(claims.get(name) or "").strip() for name in ("sub", "jti", "email", "phone", "name", "locale")}
    if not SUBJECT.fullmatch(said["sub"]):
        raise AssertionRefused("ASSERTION_CLAIM_INVALID", "sub")
    if not said["jti"] or len(said["jti"]) > JTI_LIMIT:
        raise AssertionRefused("ASSERTION_CLAIM_INVALID", "jti")
    return Assertion(
        subject=said["sub"],
        jti=said["jti"],
        until=until,
        email=_email(said["email"]),
        phone=_phone(said["phone"]),
        name=" ".join(said["name"].split())[:NAME_LIMIT],
        locale=said["locale"],
    )


def _key_of(text: str) -> PublicKey:
    """By the header's `kid`; without one, the only key there is."""
    if not is_switched_on():
        raise AssertionRefused("EXCHANGE_OFF")
    try:
        header = jwt.get_unverified_header(text)
    except jwt.InvalidTokenError as error:
        raise AssertionRefused("ASSERTION_MALFORMED") from error
    if header.get("alg") not in ALGORITHM_OF.values():
        raise AssertionRefused("ASSERTION_ALGORITHM", "alg")
    key = find_key(str(header.get("kid") or ""))
    if key is None:
        raise AssertionRefused("ASSERTION_KEY_UNKNOWN", "kid")
    return key


def _decode(text: str, key: PublicKey) -> Mapping[str, object]:
    algorithm = next(name for kind, name in ALGORITHM_OF.items() if isinstance(key, kind))
    options: Options = {"require": list(NEEDED), "strict_aud": True}
    aud, iss = settings.PLATFORM_JWT_AUDIENCE, settings.PLATFORM_JWT_ISSUER
    try:
        return jwt.decode(text, key, algorithms=[algorithm], audience=aud, issuer=iss, options=options)
    except jwt.InvalidTokenError as error:
        raise _refusal_of(error) from error


def _refusal_of(error: jwt.InvalidTokenError) -> AssertionRefused:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return AssertionRefused("ASSERTION_CLAIM_MISSING", str(error.claim))
    for kind, code, claims in (
        (jwt.InvalidSignatureError, "ASSERTION_SIGNATURE", ()),
        (jwt.ExpiredSignatureError, "ASSERTION_EXPIRED", ("exp",)),
        (jwt.ImmatureSignatureError, "ASSERTION_NOT_YET", ("nbf", "iat")),
        (jwt.InvalidIssuerError, "ASSERTION_ISSUER", ("iss",)),
        (jwt.InvalidAudienceError, "ASSERTION_AUDIENCE", ("aud",)),
        (jwt.InvalidAlgorithmError, "ASSERTION_ALGORITHM", ("alg",)),
    ):
        if isinstance(error, kind):
            return AssertionRefused(code, *claims)
    return AssertionRefused("ASSERTION_MALFORMED")


def _email(said: str) -> str:
    if not said:
        return ""
    try:
        validate_email(said)
    except ValidationError as error:
        raise AssertionRefused("ASSERTION_CLAIM_INVALID", "email") from error
    if is_reserved(said):
        raise AssertionRefused("ASSERTION_CLAIM_INVALID", "email")
    return said.lower()


def _phone(said: str) -> str:
    try:
        return international(said) if said else ""
    except ValidationError as error:
        raise AssertionRefused("ASSERTION_CLAIM_INVALID", "phone") from error
