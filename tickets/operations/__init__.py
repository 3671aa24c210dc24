"""What people and the clock do to tickets. Doors import from here; each family of acts has its own file."""

from tickets.operations.conversing import letter_refused, post_message
from tickets.operations.filing import amend, discard_draft, file_ticket, start_draft
from tickets.operations.noticing import send_again
from tickets.operations.performing import look, look_at_all, menu, opened, perform
from tickets.operations.rating import may_rate, rate, rating_of, rating_until

__all__ = [
    "amend", "discard_draft", "file_ticket", "letter_refused", "look", "look_at_all", "may_rate",
    "menu", "opened", "perform", "post_message", "rate", "rating_of", "rating_until", "send_again", "start_draft",
]  # fmt: skip
