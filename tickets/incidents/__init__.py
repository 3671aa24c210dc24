"""Incidents: one fault that many report. Doors import from here; nothing below does."""

from tickets.incidents.mass_actions import begin_incident_run
from tickets.incidents.operations import (
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

__all__ = [
    "announce",
    "begin_incident_run",
    "candidates",
    "count_candidates",
    "dismiss_incident",
    "join_incident",
    "link_candidates",
    "link_tickets",
    "open_incident",
    "resolve_incident",
    "show_banner",
    "suggest_incident",
    "unlink_ticket",
]
