"""What people do with evidence: add it, judge it, take it back, look at it."""

from evidence.operations.adding import give_consent, upload
from evidence.operations.judging import reclassify, review
from evidence.operations.removing import delete
from evidence.operations.viewing import Content, as_dict, content, items_of, may_look, seen_elsewhere

__all__ = [
    "Content",
    "as_dict",
    "content",
    "delete",
    "give_consent",
    "items_of",
    "may_look",
    "reclassify",
    "review",
    "seen_elsewhere",
    "upload",
]
