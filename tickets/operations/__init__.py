"""What people and the clock do to tickets. Doors import from here; each family of acts has its own file."""

from tickets.operations.bulk_actions import Results, Wish, assign_all, link_all, tag_all, unlink_all, untag_all
from tickets.operations.conversation import (
    CALL_PARTIES,
    check_message,
    post_message,
    record_call,
    report_bounced_letter,
    report_held_letter,
    report_refused_email,
)
from tickets.operations.dry_run import dry_run_action, preview_merge
from tickets.operations.engine import look, look_at_all, menu, open_case, perform
from tickets.operations.filing import amend, discard_draft, file_ticket, start_draft
from tickets.operations.freeze_reports import keep_differing_report
from tickets.operations.linking import link, unlink
from tickets.operations.offering import offers
from tickets.operations.rating import may_rate, rate, rating_of, rating_until
from tickets.operations.retry_notices import send_again, send_messages_again
from tickets.operations.splitting import movable, split_ticket
from tickets.operations.tagging import tag, untag

__all__ = [
    "CALL_PARTIES",
    "Results",
    "Wish",
    "amend",
    "assign_all",
    "check_message",
    "discard_draft",
    "dry_run_action",
    "file_ticket",
    "keep_differing_report",
    "link",
    "link_all",
    "look",
    "look_at_all",
    "may_rate",
    "menu",
    "movable",
    "offers",
    "open_case",
    "perform",
    "post_message",
    "preview_merge",
    "rate",
    "rating_of",
    "rating_until",
    "record_call",
    "report_bounced_letter",
    "report_held_letter",
    "report_refused_email",
    "send_again",
    "send_messages_again",
    "split_ticket",
    "start_draft",
    "tag",
    "tag_all",
    "unlink",
    "unlink_all",
    "untag",
    "untag_all",
]
