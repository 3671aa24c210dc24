"""Receipts: proof of what was filed and when, which anyone with its code can check."""

from evidence.receipts.content import Receipt, ReceiptEntry, filed_ticket, receipts, receipts_of, verify_code
from evidence.receipts.drawing import exact_moment, render_receipt, say_how_to_check, subject

__all__ = [
    "Receipt",
    "ReceiptEntry",
    "exact_moment",
    "filed_ticket",
    "receipts",
    "receipts_of",
    "render_receipt",
    "say_how_to_check",
    "subject",
    "verify_code",
]  # fmt: skip
