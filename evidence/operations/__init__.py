"""What people do with an item that is there: judge it, look at it, take it back. Adding is evidence.intake's."""

from evidence.operations.access_history import custody_of, looks_of
from evidence.operations.judging import reclassify, review
from evidence.operations.removing import delete
from evidence.operations.retention import Keeping, kept_until
from evidence.operations.similar_images import tickets_alike
from evidence.operations.viewing import (
    Content,
    as_dict,
    content,
    document_number,
    is_masked,
    items_of,
    known_of,
    lacks_consent,
    listed_text,
    may_look,
    near_elsewhere,
    page_picture,
    same_number_elsewhere,
    seen_elsewhere,
    thumbnail,
    unmask,
)

__all__ = [
    "Content",
    "Keeping",
    "as_dict",
    "content",
    "custody_of",
    "delete",
    "document_number",
    "is_masked",
    "items_of",
    "kept_until",
    "known_of",
    "lacks_consent",
    "listed_text",
    "looks_of",
    "may_look",
    "near_elsewhere",
    "page_picture",
    "reclassify",
    "review",
    "same_number_elsewhere",
    "seen_elsewhere",
    "thumbnail",
    "tickets_alike",
    "unmask",
]
