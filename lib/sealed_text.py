"""A short text that hardly anybody may read, sealed where it lies: AES-256-GCM under a key derived from the keyring's, for one purpose.

A sealed text is `key id:base64(nonce, ciphertext and tag)`. What it belongs to is bound to it: moved to another's row it does not open.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lib.keyring import Keyring, UnknownKey, first_keyring, keyring

NONCE_BYTES = 12


class SealedTextBroken(Exception):
    """It was changed, or belongs elsewhere, or its key is gone."""


def seal_text(text: str, purpose: str, belongs_to: str) -> str:
    """Under the current key; an install that has none yet makes its first one. Raises KeysMissing where its file is gone."""
    ring = first_keyring()
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(ring, ring.current, purpose).encrypt(nonce, text.encode(), belongs_to.encode())
    return f"{ring.current}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_text(sealed: str, purpose: str, belongs_to: str) -> str:
    """Raises SealedTextBroken, KeysMissing."""
    key_id, _colon, text = sealed.partition(":")
    try:
        raw = base64.urlsafe_b64decode(text)
        cipher = _cipher(keyring(), key_id, purpose)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], belongs_to.encode()).decode()
    except (UnknownKey, InvalidTag, ValueError, binascii.Error) as error:
        raise SealedTextBroken from error


def _cipher(ring: Keyring, key_id: str, purpose: str) -> AESGCM:
    info = f"sealed text\x1f{purpose}".encode()
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(ring.key(key_id)))
