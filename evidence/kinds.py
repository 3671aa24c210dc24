"""Every kind of evidence: what form it takes, what can be typed beside it and how private it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tickets.workflow.vocabulary import (
    AUTHORITY_DOCUMENTS,
    DESK_FILE,
    FACE_RESULT,
    IDENTITY_DOCUMENTS,
    OUTSIDE_DECISION,
    SENSITIVE_KINDS,
    STATEMENT_SLOTS,
)

IMAGE, PDF, TEXT, CSV, JSON, FORM = "image", "pdf", "text", "csv", "json", "form"
BILL = "bill"  # the table that a payment app exports, CSV or XLSX
# The wording somebody consented to. A new wording is a new version.
CONSENT_VERSION = "2026.1"


@dataclass(frozen=True)
class Kind:
    """`privacy` P0 to P3. How long it is kept is the policy's: tickets.policy.retention."""

    key: str
    forms: frozenset[str]
    privacy: str
    single: bool = False
    of_desk: bool = False

    @property
    def takes_files(self) -> bool:
        return bool(self.forms) and self.key not in TYPED_ONLY

    @property
    def is_sensitive(self) -> bool:
        return self.privacy == "P3"


# Their text is a few typed characters, never a file.
TYPED_ONLY = STATEMENT_SLOTS | {"order_number", "bank_card_masked"}
# Written by an operation of the core from the provider's verdict; never uploaded, least of all as a picture.
NOT_UPLOADED = frozenset({FACE_RESULT})
# What comes with a customer's message, until the desk puts it where it belongs.
UNSORTED = "uncategorized_file"


def _kinds(keys: str, forms: Iterable[str], privacy: str, *, single: bool = False, of_desk: bool = False) -> list[Kind]:
    return [Kind(key, frozenset(forms), privacy, single, of_desk) for key in keys.split()]


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        *_kinds(
            "withdrawal_screenshot restriction_screenshot freeze_notice_screenshot price_page_screenshot failure_prompt payment_voucher",
            (IMAGE, PDF), "P1",
        ),
        *_kinds("transaction_screenshot billing_detail_screenshot", (IMAGE, PDF, BILL), "P1"),
        *_kinds("order_number", (TEXT,), "P0"),
        *_kinds("bank_sms_screenshot", (IMAGE, TEXT), "P1"),
        *_kinds("cs_conversation", (IMAGE, PDF, TEXT), "P1"),
        *_kinds("written_statement account_appeal_form", (FORM, TEXT), "P1", single=True),
        *_kinds("pos_record", (IMAGE, CSV, PDF), "P0"),
        *_kinds("bank_statement_screenshot", (IMAGE, PDF, BILL), "P2"),
        *_kinds("statement_of_balance", (IMAGE, PDF), "P2"),
        *_kinds("account_binding_proof account_info login_record consumption_proof", (IMAGE, TEXT), "P1"),
        *_kinds("bank_card_masked", (TEXT,), "P2", single=True),
        *_kinds(" ".join(IDENTITY_DOCUMENTS), (IMAGE,), "P3", single=True),
        *_kinds(" ".join(AUTHORITY_DOCUMENTS), (IMAGE, PDF), "P3"),
        *_kinds(OUTSIDE_DECISION, (IMAGE, PDF), "P1"),
        *_kinds(FACE_RESULT, (), "P3"),
        *_kinds("police_receipt", (IMAGE, PDF), "P2"),
        *_kinds("system_log auth_record", (TEXT, JSON, PDF), "P2", of_desk=True),
        *_kinds(UNSORTED, (IMAGE, PDF), "P2"),
        *_kinds(DESK_FILE, (IMAGE, PDF), "P1", of_desk=True),
    )
}  # fmt: skip
SENSITIVE = SENSITIVE_KINDS
# Shown masked to everybody but the owner until they ask to see it; that is recorded.
MASKED_KINDS = frozenset(kind.key for kind in KINDS.values() if kind.privacy == "P2")
# Lists show an account in these with its middle masked.
SHOWS_ACCOUNT = frozenset({"account_binding_proof", "account_info"})
# Their order number is one of the ticket's (search, duplicates, the payment channel's reference).
CARRIES_ORDER = frozenset({"order_number", "payment_voucher", "bank_statement_screenshot"})
