"""What people and the clock do to tickets. Doors import from here; each family of acts has its own file."""

from tickets.operations.conversing import letter_refused, post_message
from tickets.operations.filing import amend, discard_draft, file_ticket, start_draft
from tickets.operations.linking import link, split, unlink
from tickets.operations.noticing import send_again
from tickets.operations.performing import look, look_at_all, menu, opened, perform
from tickets.operations.tagging import tag, untag

__all__ = [
    "amend", "discard_draft", "file_ticket", "letter_refused", "link", "look", "look_at_all", "menu",
    "opened", "perform", "post_message", "send_again", "split", "start_draft", "tag", "unlink", "untag",
]  # fmt: skip
