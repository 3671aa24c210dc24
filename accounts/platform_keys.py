"""The platform's public keys: those the operator lists, and those that the platform publishes (JWKS), which it changes by itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TypeAlias

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.core.cache import cache

from lib.operators_http import get_json

PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey
ALGORITHM_OF = {RSAPublicKey: "RS256", EllipticCurvePublicKey: "ES256"}
SHORTEST_RSA = 2048  # bits
MOST_KEYS = 50

# Seconds. What is published counts so long; it is asked for at most so often, whatever key a token names; while the platform's server
# is away, what it published last counts for a day. A key taken back at the platform is refused here after FRESH at the latest.
FRESH, ASK_AGAIN, WITHOUT_ITS_SERVER = 600, 60, 86_400


def is_switched_on() -> bool:
    return bool(settings.PLATFORM_JWT_KEYS or settings.PLATFORM_JWKS_URL)


def find_key(named: str) -> PublicKey | None:
    """By its name; without one, the only key there is. A name nobody knows is looked for once more where keys are published."""
    return _choose(_keys(), named) or (_choose(_keys(ask=True), named) if settings.PLATFORM_JWKS_URL else None)


def public_keys(listed: list[str]) -> dict[str, PublicKey]:
    """`name:base64 of the PEM` each. Raises ValueError for what is no key of RSA or of the curve P-256."""
    keys: dict[str, PublicKey] = {}
    for entry in listed:
        name, _colon, encoded = entry.partition(":")
        try:
            key = load_pem_public_key(base64.b64decode(encoded, validate=True))
        except (binascii.Error, UnsupportedAlgorithm) as error:
            raise ValueError(name) from error
        if (usable := _usable(key)) is None:
            raise ValueError(name)
        keys[name] = usable
    return keys


def _choose(keys: Mapping[str, PublicKey], named: str) -> PublicKey | None:
    return keys.get(named) if named else next(iter(keys.values())) if len(keys) == 1 else None


def _keys(ask: bool = False) -> dict[str, PublicKey]:
    """What the operator listed overrules what is published under the same name."""
    return {**(_read_published(ask) if settings.PLATFORM_JWKS_URL else {}), **public_keys(settings.PLATFORM_JWT_KEYS)}


def _read_published(ask: bool) -> dict[str, PublicKey]:
    about = settings.PLATFORM_JWKS_URL
    known = None if ask else cache.get(f"platform-keys:{about}")
    if known is None and cache.add(f"platform-keys-asked:{about}", True, ASK_AGAIN):
        known = get_json(about)
        if isinstance(known, dict):
            cache.set(f"platform-keys:{about}", known, FRESH)
            cache.set(f"platform-keys-last:{about}", known, WITHOUT_ITS_SERVER)
    return _of_document(known or cache.get(f"platform-keys-last:{about}"))


def _of_document(said: object) -> dict[str, PublicKey]:
    """A key set (RFC 7517). What is no public key for signatures of ours is passed over: a set holds others' keys too."""
    rows = said.get("keys") if isinstance(said, dict) else None
    keys: dict[str, PublicKey] = {}
    for row in rows[:MOST_KEYS] if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("use", "sig") == "sig" and isinstance(row.get("kid"), str):
            try:
                key = _usable(jwt.PyJWK(row).key)
            except (jwt.PyJWKError, jwt.InvalidKeyError, ValueError, TypeError, KeyError):
                continue
            if key is not None:
                keys[row["kid"]] = key
    return keys


def _usable(key: object) -> PublicKey | None:
    """Private and symmetric keys are none: who publishes those has lost them."""
    if isinstance(key, RSAPublicKey):
        return key if key.key_size >= SHORTEST_RSA else None
    return key if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1" else None
