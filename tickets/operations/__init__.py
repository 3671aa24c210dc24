"""What people and the clock do to tickets. Doors import from here; each family of acts has its own file."""

from tickets.operations.conversing import CALLED, check_message, letter_refused, post_message, record_call
from tickets.operations.filing import amend, discard_draft, file_ticket, start_draft
from tickets.operations.noticing import send_again
from tickets.operations.performing import look, look_at_all, menu, opened, perform
from tickets.operations.rehearsing import rehearsed

__all__ = [
    "CALLED", "amend", "check_message", "discard_draft", "file_ticket", "letter_refused", "look", "look_at_all", "menu",
    "opened", "perform", "post_message", "record_call", "rehearsed", "send_again", "start_draft",
]  # fmt: skip
