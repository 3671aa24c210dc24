"""What people do with evidence: add it, judge it, take it back, look at it."""

from evidence.operations.adding import give_consent, upload
from evidence.operations.judging import reclassify, review
from evidence.operations.keeping import Keeping, kept_until
from evidence.operations.removing import delete
from evidence.operations.resuming import begin, cancel, coming, receive
from evidence.operations.viewing import (
    Content,
    as_dict,
    content,
    document_number,
    items_of,
    may_look,
    near_elsewhere,
    same_number_elsewhere,
    seen_elsewhere,
)

__all__ = [
    "Content",
    "Keeping",
    "as_dict",
    "begin",
    "cancel",
    "coming",
    "content",
    "delete",
    "document_number",
    "give_consent",
    "items_of",
    "kept_until",
    "may_look",
    "near_elsewhere",
    "receive",
    "reclassify",
    "review",
    "same_number_elsewhere",
    "seen_elsewhere",
    "upload",
]
