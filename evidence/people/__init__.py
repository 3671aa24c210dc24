"""A person's data: all of it handed out, erased, or deleted at their own request."""

from evidence.people.account_deletion import cancel_deletion, carry_out_due, deletion_request_of, may_delete_account, request_deletion
from evidence.people.erasure import (
    Plan,
    erase_person,
    is_wanted_by_subject,
    plan_erasure,
    propose_erasure,
    subject_of,
    withdraw_proposal,
)
from evidence.people.export import export_person

__all__ = [
    "Plan",
    "cancel_deletion",
    "carry_out_due",
    "deletion_request_of",
    "erase_person",
    "export_person",
    "is_wanted_by_subject",
    "may_delete_account",
    "plan_erasure",
    "propose_erasure",
    "request_deletion",
    "subject_of",
    "withdraw_proposal",
]
