"""What the environment may not say: each refused setting by its variable's name. Pure: it reads what it is given and connects nowhere.

`FORM` holds of every install: what is no address, number or known word at all. `STRENGTH` holds of production.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Mapping
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

Said = Mapping[str, str]
# A value, never empty → what is wrong with it, or "".
Rule = Callable[[str], str]

ENVIRONMENTS = ("embedded", "production")
TRUE, FALSE = ("true", "on", "ok", "y", "yes", "1"), ("false", "off", "n", "no", "0")
SECRET_LENGTH, SECRET_CHARACTERS, PARTNER_LENGTH, KEY_BYTES = 32, 8, 16, 32
OWN_SECRETS = ("SECRET_KEY", "ACCOUNT_HMAC_KEY", "EVIDENCE_HMAC_KEY")
SECRETS = (*OWN_SECRETS, "FREEZE_ADAPTER_SECRET", "SMS_GATEWAY_SECRET")
# How much a name must look like one of ours to be taken for it, and how long it must be for that to mean anything.
LIKENESS, LONG_ENOUGH = 0.87, 6

# How a setting is asked for, in supportdesk/settings.py and gunicorn.conf.py.
ASKED = re.compile(r"""(?:env\.\w+|environ\.get)\(\s*["']([A-Z][A-Z_0-9]+)["']""")


def names_asked_for(*files: Path) -> frozenset[str]:
    """Every variable that these files read: nobody keeps a list of them."""
    return frozenset(name for file in files for name in ASKED.findall(file.read_text(encoding="utf-8")))


def refusals(said: Said, known: Collection[str]) -> list[str]:
    """One line for each setting that is refused, beginning with its name. Empty: all may be. `known`: names that mean something."""
    given = {name: value for name, value in said.items() if value}
    environment = given.get("DJANGO_ENV", "embedded")
    found = [*_environment(given), *_find_broken(FORM, given)]
    if environment == "production":
        found += [*_find_broken(STRENGTH, given), *_find_repeated(given), *_find_unanswered(given), *_find_mistyped(given, known)]
    return found


def _find_broken(rules: Mapping[str, Rule], given: Said) -> Iterable[str]:
    return (f"{name}: {wrong}." for name, rule in rules.items() if name in given and (wrong := rule(given[name])))


def _environment(given: Said) -> Iterable[str]:
    environment = given.get("DJANGO_ENV", "")
    if environment and environment not in ENVIRONMENTS:
        yield f"DJANGO_ENV: it is {' or '.join(ENVIRONMENTS)}, not {environment!r}."
    public = [host for host in _items_of(given.get("ALLOWED_HOSTS", "")) if _is_public(host)]
    if not environment and public:
        yield f"DJANGO_ENV: set it to production, for ALLOWED_HOSTS names {public[0]} (or to embedded, if this is for trying out)."


def _find_repeated(given: Said) -> Iterable[str]:
    seen: dict[str, str] = {}
    for name in SECRETS:
        if (value := given.get(name)) and seen.setdefault(value, name) != name:
            yield f"{name}: it is the same as {seen[value]}; each key is one of its own."


def _find_unanswered(given: Said) -> Iterable[str]:
    host = urlsplit(given.get("SITE_URL", "")).hostname or ""
    hosts = [each.lower() for each in _items_of(given.get("ALLOWED_HOSTS", ""))]
    if host and "*" not in hosts and not any(host == each or (each.startswith(".") and f".{host}".endswith(each)) for each in hosts):
        yield f"SITE_URL: {host} is not among ALLOWED_HOSTS, so links in letters would lead to an error."


def _find_mistyped(given: Said, known: Collection[str]) -> Iterable[str]:
    for name in sorted(given.keys() - set(known)):
        if len(name) >= LONG_ENOUGH and (meant := difflib.get_close_matches(name, known, 1, LIKENESS)):
            yield f"{name}: there is no such setting; {meant[0]} is meant, perhaps."


# ---- Rules of form
def _items_of(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _split(value: str) -> SplitResult:
    """Of what is no address at all: one without parts."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _url(*schemes: str, example: str, has_host: bool = True) -> Rule:
    def wrong(value: str) -> str:
        parts = _split(value)
        is_whole = parts.scheme in schemes and (parts.hostname or not has_host)
        return "" if is_whole else f"it must look like {example}"

    return wrong


def _number(value: str) -> str:
    return "" if re.fullmatch(r"\d{1,10}", value) else "it must be a number, 0 or more"


def _switch(value: str) -> str:
    return "" if value.lower() in (*TRUE, *FALSE) else "it must be on or off"


def _rate(value: str) -> str:
    return "" if re.fullmatch(r"[1-9]\d*\s*/\s*[smhd][a-z]*", value) else "it must look like 600/min"


def _one_of(*words: str) -> Rule:
    return lambda value: "" if value in words else f"it must be one of {', '.join(words)}"


def _mailbox(value: str) -> str:
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]) else "it must hold an e-mail address"


def _clamd(value: str) -> str:
    parts = _split(value)
    is_whole = (parts.scheme == "unix" and parts.path.startswith("/")) or (parts.scheme == "tcp" and parts.hostname and parts.port)
    return "" if is_whole else "it must look like unix:///run/clamav/clamd.ctl or tcp://host:3310"


def _mailbox_to_read(value: str) -> str:
    parts = _split(value)
    is_whole = parts.scheme in ("imap+ssl", "imap+tls", "imap") and parts.hostname and parts.username
    return "" if is_whole else "it must look like imap+ssl://user:password@host/INBOX"


def _gateway(value: str) -> str:
    return "" if value == "file:" else _url("https", "http", example="https://sms.example.com/send")(value)


def _origins(value: str) -> str:
    bad = [each for each in _items_of(value) if _url("https", "http", example="")(each)]
    return f"{bad[0]} must begin with https://" if bad else ""


def _framing(value: str) -> str:
    """Whoever may frame a page can lead a hand on it: named one by one, by an origin that nobody on the way can be."""
    for each in _items_of(value):
        parts = _split(each)
        if parts.scheme != "https" or not parts.hostname or "*" in parts.netloc or each != f"https://{parts.netloc}":
            return f"{each} must be one origin such as https://app.example.com, without * or a path"
    return ""


FORM: Mapping[str, Rule] = {
    "DATABASE_URL": _url("postgres", "postgresql", "psql", "pgsql", "sqlite", example="postgres://user:password@host/name", has_host=False),
    "SITE_URL": _url("https", "http", example="https://desk.example.com"),
    "CLAMD_URL": _clamd,
    "INBOUND_URL": _mailbox_to_read,
    "FREEZE_ADAPTER_URL": _url("https", "http", example="https://freeze.example.com/call"),
    "PLATFORM_JWKS_URL": _url("https", "http", example="https://platform.example.com/jwks.json"),
    "SMS_GATEWAY_URL": _gateway,
    "EVIDENCE_S3_ENDPOINT": _url("https", "http", example="https://s3.example.com"),
    "CSRF_TRUSTED_ORIGINS": _origins,
    "FRAMED_BY": _framing,
    "DEFAULT_FROM_EMAIL": _mailbox,
    "REPLY_ADDRESS": _mailbox,
    "INBOUND_BEGINS": _one_of("off", "known", "anyone"),
    "LOG_FORMAT": _one_of("plain", "json"),
    "LOG_LEVEL": _one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    **dict.fromkeys(
        ("THROTTLE_USER", "THROTTLE_ANON", "THROTTLE_ADDRESS", "THROTTLE_FILING", "THROTTLE_UPLOAD", "THROTTLE_RECEIPT",
         "THROTTLE_DOSSIER"),
        _rate,
    ),
    **dict.fromkeys(
        ("CONN_MAX_AGE", "INBOUND_PER_HOUR", "FILINGS_PER_HOUR", "PROOF_SETTLES_DAYS", "UNKNOWN_FILES_DAYS", "FILES_PER_DAY",
         "FREEZE_REQUESTS_WAITING", "INBOUND_BEGINNINGS_PER_DAY",
         "DELETION_GRACE_DAYS", "DELETION_AGAIN_HOURS",
         "DB_STATEMENT_SECONDS", "DB_LOCK_SECONDS", "DB_IDLE_SECONDS", "DB_WORK_STATEMENT_SECONDS", "DB_WORK_LOCK_SECONDS",
         "DB_WORK_IDLE_SECONDS", "SECURE_HSTS_SECONDS", "PORT", "WEB_CONCURRENCY", "WEB_THREADS"),
        _number,
    ),
    **dict.fromkeys(
        ("PREPARED_STATEMENTS", "DATABASE_POOLED", "REQUIRE_STAFF_2FA", "HTTPS", "SECURE_SSL_REDIRECT", "BEHIND_PROXY", "STATIC_MANIFEST",
         "WEBHOOKS_TO_PRIVATE", "DEMO", "DEBUG", "CELERY_TASK_ALWAYS_EAGER"),
        _switch,
    ),
}  # fmt: skip


# ---- Rules of strength
def _is_public(host: str) -> bool:
    """What strangers can reach, as far as a name says. Names without a dot, of this house or reserved for trials are nobody's."""
    name = host.strip("[].").lower()
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        return host == "*" or ("." in name and not name.endswith((".localhost", ".local", ".test", ".internal", ".lan")))


def _weak(value: str, length: int) -> str:
    if len(value) < length:
        return f"it must have {length} characters or more"
    return "" if len(set(value)) >= SECRET_CHARACTERS else "it repeats a few characters; make a random one"


def _secret(value: str) -> str:
    return _weak(value, SECRET_LENGTH)


def _shared_secret(value: str) -> str:
    return _weak(value, PARTNER_LENGTH)


def _each(rule: Rule) -> Rule:
    return lambda value: next(filter(None, map(rule, _items_of(value))), "")


def _sealing_keys(value: str) -> str:
    """Their shape is lib.keyring's to check; here, that they are random and each is one of its own."""
    found: list[bytes] = []
    for number, line in enumerate(_items_of(value), start=1):
        key = _decode(line.partition(":")[2])
        if len(key) != KEY_BYTES:
            return f"entry {number} is not id:key (32 bytes in base64)"
        if len(set(key)) < SECRET_CHARACTERS:
            return f"entry {number} repeats a few bytes; make a random one"
        if key in found:
            return f"entry {number} is the same key as entry {found.index(key) + 1}"
        found.append(key)
    return ""


def _decode(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.replace("+", "-").replace("/", "_").ljust(44, "="))
    except ValueError:
        return b""


def _one_that_sends(value: str) -> str:
    return "" if value.startswith("http") else "give it an http address: codes are not for files"


def _must_be_on(why: str) -> Rule:
    return lambda value: "" if value.lower() in TRUE else why


def _must_be_off(why: str) -> Rule:
    return lambda value: why if value.lower() in TRUE else ""


def _own_hosts(value: str) -> str:
    for host in _items_of(value):
        if host == "*":
            return "* answers to any name; list the desk's own"
        if "/" in host or host.startswith("http"):
            return f"{host} is an address, not the name of a host"
    return ""


def _site(value: str) -> str:
    parts = _split(value)
    if parts.scheme != "https":
        return "it must begin with https://"
    return "it ends with the host: no path, no question" if parts.path.strip("/") or parts.query or parts.fragment else ""


STRENGTH: Mapping[str, Rule] = {
    **dict.fromkeys(OWN_SECRETS, _secret),
    "SECRET_KEY_FALLBACKS": _each(_secret),
    "FREEZE_ADAPTER_SECRET": _shared_secret,
    "FREEZE_ADAPTER_SECRET_FALLBACKS": _each(_shared_secret),
    "SMS_GATEWAY_SECRET": _shared_secret,
    "PLATFORM_JWKS_URL": _url("https", example="https://platform.example.com/jwks.json"),
    "SMS_GATEWAY_URL": _one_that_sends,
    "EVIDENCE_KEYS": _sealing_keys,
    "DATABASE_URL": _url("postgres", "postgresql", "psql", "pgsql", example="postgres://user:password@host/name", has_host=False),
    "CACHE_URL": _url("rediscache", "redis", "rediss", "valkey", "valkeys", example="rediscache://host:6379/0", has_host=False),
    "CELERY_BROKER_URL": _url("redis", "rediss", "amqp", "amqps", "pyamqp", "sentinel", example="amqp://user:password@host//"),
    "EMAIL_URL": _url("smtp", "smtps", "smtp+tls", "smtp+ssl", example="smtp+tls://user:password@host:587"),
    "SITE_URL": _site,
    "ALLOWED_HOSTS": _own_hosts,
    "HTTPS": _must_be_on("production is served over HTTPS only"),
    "DEBUG": _must_be_off("pages of faults show what nobody may read"),
    "DEMO": _must_be_off("unset it: the passwords of the demo's people are public"),
    "CELERY_TASK_ALWAYS_EAGER": _must_be_off("requests would wait for all work in the background"),
}
