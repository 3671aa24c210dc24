"""A person's data: all of it handed out, erased, or deleted at their own request."""

from evidence.people.account_deletion import ask_to_leave, asked_by, carry_out_due, may_leave, take_back
from evidence.people.erasure import Plan, erase_person, plan_erasure, subject_of
from evidence.people.export import export_person

__all__ = [
    "Plan",
    "ask_to_leave",
    "asked_by",
    "carry_out_due",
    "erase_person",
    "export_person",
    "may_leave",
    "plan_erasure",
    "subject_of",
    "take_back",
]
