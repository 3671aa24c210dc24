"""What people and the clock do to tickets. Doors import from here; each family of acts has its own file."""

from tickets.operations.availability import absent, may_set, set_availability
from tickets.operations.conversing import CALLED, check_message, letter_refused, post_message, record_call
from tickets.operations.filing import amend, discard_draft, file_ticket, start_draft
from tickets.operations.incidents import (
    announce,
    candidates,
    count_candidates,
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
from tickets.operations.linking import link, movable, split, unlink
from tickets.operations.many import Results, Wish, assign_all, link_all, tag_all, unlink_all, untag_all
from tickets.operations.noticing import send_again
from tickets.operations.passing_on import pass_on, preview_passing_on
from tickets.operations.performing import look, look_at_all, menu, opened, perform
from tickets.operations.rating import may_rate, rate, rating_of, rating_until
from tickets.operations.rehearsing import rehearsed
from tickets.operations.running import begin_incident_run
from tickets.operations.tagging import tag, untag
from tickets.operations.watching import acknowledge_freeze, cancel_shift, hand_over, plan_shift, take_over

__all__ = [
    "CALLED", "Results", "Wish", "absent", "acknowledge_freeze", "amend", "announce", "assign_all", "begin_incident_run", "cancel_shift",
    "candidates", "check_message", "count_candidates", "discard_draft", "dismiss_incident", "file_ticket", "hand_over", "join_incident",
    "letter_refused", "link", "link_all", "link_candidates", "link_tickets", "look", "look_at_all", "may_rate", "may_set", "menu",
    "movable", "open_incident", "opened", "pass_on", "perform", "plan_shift", "post_message", "preview_passing_on", "rate", "rating_of",
    "rating_until", "record_call", "rehearsed", "resolve_incident", "send_again", "set_availability", "show_banner", "split",
    "start_draft", "suggest_incident", "tag", "tag_all", "take_over", "unlink", "unlink_all", "unlink_ticket", "untag",
    "untag_all",
]  # fmt: skip
