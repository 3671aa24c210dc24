"""How one file is sealed: AES-256-GCM under a key of its own, which is wrapped by a key of the keyring. Pure: bytes in, bytes out.

A sealed file is: magic (4), file id (16), length of the plain bytes (8), nonce (12), ciphertext with its tag (16 more). The
first three are bound to the ciphertext, so that a file cut short or put in another's place is told apart from a changed one.
"""

from __future__ import annotations

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

MAGIC = b"SDV1"
HEADER = struct.Struct(">4s16sQ")
NONCE_BYTES, TAG_BYTES = 12, 16
OVERHEAD = HEADER.size + NONCE_BYTES + TAG_BYTES


class SealBroken(Exception):
    """A seal that does not hold. `code`: not_sealed, swapped, truncated, tampered, wrong_key, unknown_key, erased or missing."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{name}: {code}" if name else code)
        self.code, self.name = code, name


def new_key() -> bytes:
    return os.urandom(32)


def seal(data: bytes, key: bytes, file_id: bytes) -> bytes:
    """`file_id`: 16 bytes. The key serves for this one file."""
    header = HEADER.pack(MAGIC, file_id, len(data))
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, data, header)


def unseal(sealed: bytes, key: bytes, file_id: bytes) -> bytes:
    """The plain bytes. Raises SealSealBroken: not_sealed, swapped, truncated or tampered."""
    if len(sealed) < HEADER.size or not sealed.startswith(MAGIC):
        raise SealBroken("not_sealed")
    header = sealed[: HEADER.size]
    _magic, named, length = HEADER.unpack(header)
    if named != file_id:
        raise SealBroken("swapped")
    if len(sealed) < length + OVERHEAD:
        raise SealBroken("truncated")
    nonce = sealed[HEADER.size : HEADER.size + NONCE_BYTES]
    try:
        return AESGCM(key).decrypt(nonce, memoryview(sealed)[HEADER.size + NONCE_BYTES :], header)
    except InvalidTag as error:
        raise SealBroken("tampered") from error


def wrap(key: bytes, by: bytes) -> bytes:
    return aes_key_wrap(by, key)


def unwrap(wrapped: bytes, by: bytes) -> bytes:
    """Raises SealSealBroken: erased, or wrong_key where `by` did not wrap it."""
    if not wrapped:
        raise SealBroken("erased")
    try:
        return aes_key_unwrap(by, wrapped)
    except (InvalidUnwrap, ValueError) as error:
        raise SealBroken("wrong_key") from error
