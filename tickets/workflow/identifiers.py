"""Numbers people type: order numbers, accounts. Normalised, checked, masked, sealed. Pure but for the keys."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lib.redaction import is_card_number
from lib.sealed_text import open_text, seal_text
from tickets.workflow.errors import Invalid

PLATFORM = re.compile(r"[A-Za-z\u4e00-\u9fff]{1,20}")
ACCOUNT = "account of a complaint"
GENERIC_NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,64}")


def normalise_number(text: str) -> str:
    """Full-width forms to ASCII, all white space and invisible marks gone."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"))


def order_number(issuer: str, number: str, today: date) -> tuple[str, str]:
    """The number as kept, and a warning code or "".

    Raises Invalid at `number` when it cannot be one: Douyin 15 digits beginning with a real date not in the future,
    WeChat 28 to 36 digits (the longer ones are of transfers, red packets and payouts), any other
    6 to 64 of 0-9 A-Z a-z _ - | *, and never a card's.
    """
    plain = normalise_number(number)
    if not GENERIC_NUMBER.fullmatch(plain):
        raise Invalid({"number": [_("An order number has 6 to 64 letters, digits, _, -, | or *. Copy it from the order page.")]})
    if is_card_number(plain):
        raise Invalid({"number": [_("This looks like a card number. Never send one; an order number is on the order page.")]})
    if issuer == "douyin_mp" and not _is_douyin(plain, today):
        raise Invalid({"number": [_("A Douyin order number has 15 digits and begins with the order's date, such as 20260310.")]})
    if issuer == "wechat_txn" and not re.fullmatch(r"[0-9]{28,36}", plain):
        raise Invalid({"number": [_("A WeChat transaction number has 28 to 36 digits. It stands in the bill's details.")]})
    return plain, "unknown_issuer" if issuer == "other" else ""


def _is_douyin(number: str, today: date) -> bool:
    if not re.fullmatch(r"[0-9]{15}", number):
        return False
    try:
        day = datetime.strptime(number[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date, not an instant
    except ValueError:
        return False
    return day <= today


def issuer_of(number: str) -> str:
    """The issuer a bare number most likely comes from."""
    if re.fullmatch(r"[0-9]{28,36}", number):
        return "wechat_txn"
    return "other"


def account_digest(account: str) -> str:
    """HMAC-SHA256 of the normalised account, hex. Equal accounts compare equal; the account cannot be read back."""
    key = settings.ACCOUNT_HMAC_KEY.encode()
    return hmac.new(key, normalise_number(account).casefold().encode(), hashlib.sha256).hexdigest()


def platform_of(account: str) -> str:
    """The plain word before the colon in `platform:account`; empty where there is none."""
    platform, colon, _name = normalise_number(account)[:120].rpartition(":")
    return platform if colon and PLATFORM.fullmatch(platform) else ""


def masked_account(account: str) -> str:
    """The account as lists show it: the platform's name, then at most the first three and last four characters.

    Only a plain word before the colon is a platform's name. Anything else there may be the account itself: it is masked with the rest.
    """
    plain, platform = normalise_number(account)[:120], platform_of(account)
    return f"{platform}:{_mask_middle(plain.removeprefix(f'{platform}:'))}" if platform else _mask_middle(plain)


def account_columns(account: str) -> dict[str, str]:
    """What a ticket or a freeze keeps of an account: to compare, to show, and sealed for those who carry out the freeze."""
    digest = account_digest(account)
    return {
        "account_hmac": digest,
        "account_masked": masked_account(account),
        "account_sealed": seal_text(account.strip(), ACCOUNT, digest),
    }


def open_account(sealed: str, digest: str) -> str:
    """In full; "" where none is kept. Raises SealedTextBroken, KeysMissing. Whoever shows it writes it into the custody log."""
    return open_text(sealed, ACCOUNT, digest) if sealed else ""


def _mask_middle(name: str) -> str:
    if len(name) <= 4:
        return name[:1] + "***"
    if len(name) <= 8:
        return name[:1] + "****" + name[-2:]
    return name[:3] + "****" + name[-4:]
