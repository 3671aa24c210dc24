"""What people and the clock do to tickets. Doors import from here; each family of acts has its own file."""

from tickets.operations.conversing import CALLED, check_message, letter_refused, post_message, record_call
from tickets.operations.filing import amend, discard_draft, file_ticket, start_draft
from tickets.operations.incidents import (
    announce,
    candidates,
    dismiss_incident,
    join_incident,
    link_candidates,
    link_tickets,
    open_incident,
    resolve_incident,
    show_banner,
    suggest_incident,
    unlink_ticket,
)
from tickets.operations.linking import link, split, unlink
from tickets.operations.many import Results, Wish, assign_all, link_all, tag_all, unlink_all, untag_all
from tickets.operations.noticing import send_again
from tickets.operations.performing import look, look_at_all, menu, opened, perform
from tickets.operations.rating import may_rate, rate, rating_of, rating_until
from tickets.operations.rehearsing import rehearsed
from tickets.operations.running import begin_incident_run
from tickets.operations.tagging import tag, untag

__all__ = [
    "CALLED", "Results", "Wish", "amend", "announce", "assign_all", "begin_incident_run", "candidates", "check_message",
    "discard_draft", "dismiss_incident", "file_ticket", "join_incident", "letter_refused", "link", "link_all",
    "link_candidates", "link_tickets", "look", "look_at_all", "may_rate", "menu", "open_incident", "opened", "perform",
    "post_message", "rate", "rating_of", "rating_until", "record_call", "rehearsed", "resolve_incident", "send_again",
    "show_banner", "split", "start_draft", "suggest_incident", "tag", "tag_all", "unlink", "unlink_all", "unlink_ticket",
    "untag", "untag_all",
]  # fmt: skip
