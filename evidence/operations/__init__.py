"""What people do with evidence: add it, judge it, take it back, look at it."""

from evidence.operations.adding import bring_in, give_consent, sealed, take_in, upload
from evidence.operations.attaching import forget_unsent, put_to, say, sendable, sent_with, unsent_of
from evidence.operations.erasing import Plan, erase_person, plan_erasure, subject_of
from evidence.operations.exporting import export_person
from evidence.operations.judging import reclassify, review
from evidence.operations.keeping import Keeping, kept_until
from evidence.operations.leaving import ask_to_leave, asked_by, carry_out_due, may_leave, take_back
from evidence.operations.likening import tickets_alike
from evidence.operations.overseeing import begin_run
from evidence.operations.removing import delete
from evidence.operations.resuming import announced, begin, cancel, coming, let_in, receive
from evidence.operations.telling import custody_of, looks_of
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
    "Plan",
    "announced",
    "as_dict",
    "ask_to_leave",
    "asked_by",
    "begin",
    "begin_run",
    "bring_in",
    "cancel",
    "carry_out_due",
    "coming",
    "content",
    "custody_of",
    "delete",
    "document_number",
    "erase_person",
    "export_person",
    "forget_unsent",
    "give_consent",
    "is_masked",
    "items_of",
    "kept_until",
    "known_of",
    "lacks_consent",
    "let_in",
    "listed_text",
    "looks_of",
    "may_leave",
    "may_look",
    "near_elsewhere",
    "page_picture",
    "plan_erasure",
    "put_to",
    "receive",
    "reclassify",
    "review",
    "same_number_elsewhere",
    "say",
    "sealed",
    "seen_elsewhere",
    "sendable",
    "sent_with",
    "subject_of",
    "take_back",
    "take_in",
    "thumbnail",
    "tickets_alike",
    "unmask",
    "unsent_of",
    "upload",
]
