"""A person's data: all of it handed out, erased, or deleted at their own request."""

from evidence.people.account_deletion import cancel_deletion, carry_out_due, deletion_request_of, may_delete_account, request_deletion
from evidence.people.erasure import Plan, erase_person, plan_erasure, subject_of
from evidence.people.export import export_person

__all__ = [
    "Plan",
    "cancel_deletion",
    "carry_out_due",
    "deletion_request_of",
    "erase_person",
    "export_person",
    "may_delete_account",
    "plan_erasure",
    "request_deletion",
    "subject_of",
]
