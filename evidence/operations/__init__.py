"""What people do with an item that is there: judge it, look at it, take it back. Adding is evidence.intake's."""

from evidence.operations.access_history import access_summaries, custody_of
from evidence.operations.removing import delete, withdraw_consent
from evidence.operations.retention import Retention, retention_by_item
from evidence.operations.similar_images import tickets_with_similar_images
from evidence.operations.verdicts import reclassify, review
from evidence.operations.viewing import (
    Content,
    OpenedAccount,
    as_dict,
    content,
    document_number,
    is_masked,
    items_of,
    known_items,
    lacks_consent,
    listed_text,
    may_open_account,
    may_view,
    near_elsewhere,
    open_account_for,
    page_picture,
    same_file_elsewhere,
    same_number_elsewhere,
    thumbnail,
    unmask,
)

__all__ = [
    "Content",
    "OpenedAccount",
    "Retention",
    "access_summaries",
    "as_dict",
    "content",
    "custody_of",
    "delete",
    "document_number",
    "is_masked",
    "items_of",
    "known_items",
    "lacks_consent",
    "listed_text",
    "may_open_account",
    "may_view",
    "near_elsewhere",
    "open_account_for",
    "page_picture",
    "reclassify",
    "retention_by_item",
    "review",
    "same_file_elsewhere",
    "same_number_elsewhere",
    "thumbnail",
    "tickets_with_similar_images",
    "unmask",
    "withdraw_consent",
]
