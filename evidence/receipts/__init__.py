"""Receipts: proof of what was filed and when, which anyone with its code can check."""

from evidence.receipts.content import Entry, Receipt, filed_ticket, receipts, receipts_of, verified
from evidence.receipts.drawing import drawn, exact_moment, say_how_to_check, subject

__all__ = [
    "Entry", "Receipt", "drawn", "exact_moment", "filed_ticket", "receipts", "receipts_of", "say_how_to_check", "subject", "verified",
]  # fmt: skip
