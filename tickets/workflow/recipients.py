"""Who can be told of something, how quickly, and what a customer may choose about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role


@dataclass(frozen=True)
class Notice:
    """`to` is owner, assignee, whoever does the work now, whoever is on call, or a group. Urgent: at once; else the digest, or the desk."""

    to: str
    urgent: bool = False


class Preference(StrEnum):
    """The kind of news a notice is to a customer: what of it may wait, and what may be turned off."""

    ALWAYS = "always"  # comes at once, whatever was chosen
    STEP = "step"  # a step of the case that asks for nothing within a day
    REMINDER = "reminder"  # something to look at, with days left for it: later, but never silent
    NEWS = "news"  # good to know; only this may be turned off


OWNER, ASSIGNEE, HANDLER, WHO_IS_ON_CALL = "owner", "assignee", "handler", "on_call"
ON_CALL = Notice(Role.FREEZE_OPERATOR, urgent=True)  # all of them
ON_CALL_PERSON = Notice(WHO_IS_ON_CALL, urgent=True)  # the one of the roster; all of them where the roster is empty
OWNER_NOW, OWNER_LATER = Notice(OWNER, urgent=True), Notice(OWNER)
ASSIGNEE_NOW, ASSIGNEE_LATER = Notice(ASSIGNEE, urgent=True), Notice(ASSIGNEE)
HANDLER_NOW = Notice(HANDLER, urgent=True)  # who has it or, away or gone, their stand-in; all agents where nobody has
SUPERVISORS, SUPERVISORS_NOW = Notice(Role.SUPERVISOR), Notice(Role.SUPERVISOR, urgent=True)
KNOWN_RECIPIENTS = frozenset({OWNER, ASSIGNEE, HANDLER, WHO_IS_ON_CALL, *Role})
