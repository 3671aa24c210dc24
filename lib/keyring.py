"""The keys under which files and accounts are sealed. From the environment, or a file of this install's own; never in the database."""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
LINE = re.compile(r"([0-9a-zA-Z_.-]{1,40}):([0-9A-Za-z+/_=-]{43,44})")


class UnknownKey(Exception):
    """A file was sealed under a key that this install does not have. `key_id` names it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


@dataclass(frozen=True)
class Keyring:
    """Keys by their id, 32 bytes each. New files are sealed under `current`; the others open what is older."""

    current: str
    keys: Mapping[str, bytes]

    def key(self, key_id: str) -> bytes:
        """Raises UnknownKey."""
        try:
            return self.keys[key_id]
        except KeyError as error:
            raise UnknownKey(key_id) from error


class KeysMissing(OSError):
    """The file of keys is not where it was. Nothing is sealed or opened until it is back."""


def keyring() -> Keyring:
    """The keys as they are now: a rotation adds one to the file while other processes run. Raises KeysMissing."""
    if settings.EVIDENCE_KEYS:
        return _parse_lines(tuple(settings.EVIDENCE_KEYS))
    path = Path(settings.EVIDENCE_KEY_FILE)
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise KeysMissing(f"there is no {path}") from error


# Of each room that seals something: whether anything of its own waits for a key.
WAITS_FOR_KEY: list[Callable[[], bool]] = []


def first_keyring() -> Keyring:
    """The same for an install that has sealed nothing yet: its first key is made here. Raises KeysMissing where something waits for one."""
    try:
        return keyring()
    except KeysMissing:
        if any(waits() for waits in WAITS_FOR_KEY):
            raise
    add_key(Path(settings.EVIDENCE_KEY_FILE))
    return keyring()


def current_id() -> str:
    """Id of the key that new files are sealed under; empty while there is none."""
    try:
        return keyring().current
    except KeysMissing:
        return ""


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> Keyring:
    return parse(Path(path).read_text().split())


@lru_cache(maxsize=4)
def _parse_lines(lines: tuple[str, ...]) -> Keyring:
    return parse(lines)


def parse(lines: Iterable[str]) -> Keyring:
    """`id:base64` each, the current one first. Raises ImproperlyConfigured, which never shows a key."""
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, start=1):
        match = LINE.fullmatch(line.strip())
        key = _decode_key(match.group(2)) if match else b""
        if match is None or len(key) != KEY_BYTES or match.group(1) in keys:
            raise ImproperlyConfigured(f"EVIDENCE_KEYS: entry {number} is not id:key (32 bytes in base64), or its id stands there twice.")
        keys[match.group(1)] = key
    if not keys:
        raise ImproperlyConfigured("EVIDENCE_KEYS holds no key.")
    return Keyring(next(iter(keys)), keys)


def _decode_key(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_").ljust(44, "="))
    except (ValueError, binascii.Error):
        return b""


def check_keys(**_options: object) -> list[checks.CheckMessage]:
    """A system check: a wrong key is told at the start, not at the first upload."""
    try:
        current_id()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="evidence.E001")]
    return []


def add_key(path: Path) -> str:
    """Put a new key at the head of the file (mode 0600), one process at a time. Its id; of a first key, that of the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.exists()
    with open(path.with_name(f"{path.name}.lock"), "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        held = path.read_text() if path.exists() else ""
        if held and not before:  # another process was first
            return parse(held.split()).current
        key_id = f"k{len(held.split()) + 1}-{secrets.token_hex(3)}"
        _write(path, f"{key_id}:{base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n{held}")
    return key_id


def _write(path: Path, text: str) -> None:
    """All of it or nothing, and on the disk before anything is sealed under it."""
    draft = path.with_name(f"{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def digest(purpose: str, text: str) -> str:
    """HMAC-SHA256 under the vault's own key, hex: equal texts compare equal within one purpose, and cannot be read back."""
    return hmac.new(settings.EVIDENCE_HMAC_KEY.encode(), f"{purpose}\x1f{text}".encode(), hashlib.sha256).hexdigest()
