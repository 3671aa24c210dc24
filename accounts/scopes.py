"""What a token may be good for: one name for each resource and what is done to it. `read` and `write` are the wide ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from lib.types import Text

ANY = "any"  # not a scope: whatever a token is good for
READ, WRITE, EXCHANGE = "read", "write", "auth:exchange"
FILE, ACT, TICKETS = "tickets:file", "tickets:act", "tickets:read"
FREEZES, REMEDIES, IDENTITY = "freezes:write", "remedies:confirm", "identity:write"
SCOPES: Mapping[str, Text] = {
    READ: _("Read everything you may read"),
    WRITE: _("Do everything you may do"),
    TICKETS: _("Read complaints, their deadlines and messages"),
    FILE: _("File complaints"),
    "tickets:write": _("Correct complaints"),
    ACT: _("Take the steps of a complaint"),
    "messages:write": _("Write messages"),
    "evidence:read": _("Look at evidence and take dossiers"),
    "evidence:write": _("Add evidence and take it back"),
    "evidence:review": _("Judge evidence"),
    FREEZES: _("Record what became of freezes"),
    REMEDIES: _("Record what was paid"),
    IDENTITY: _("Record checks of identity"),
    "accounts:read": _("Read accounts to freeze in full"),
    "events:read": _("Read the history of all complaints"),
    "incidents:read": _("Read incidents"),
    "reports:read": _("Read figures"),
    "staffing:read": _("Read who is there and who is on call"),
    "staffing:write": _("Change who is there and who is on call"),
    "webhooks:read": _("Read webhooks and their calls"),
    "webhooks:write": _("Make, change and send webhooks"),
    EXCHANGE: _("Let the platform's customers in"),
}
# Of a customer whom the platform lets in.
FOR_CUSTOMERS = (TICKETS, FILE, "tickets:write", ACT, "messages:write", "evidence:read", "evidence:write")
# What no wide scope brings along: it opens other people's accounts.
BY_NAME_ONLY = frozenset({EXCHANGE})
READS_ALL = frozenset({READ, WRITE, TICKETS, "events:read", "accounts:read"})
# For a machine, which of the complaints it can read follows from what it does with them.
READS_FOR_MACHINES: Mapping[str, Collection[str]] = {TICKETS: (FILE, FREEZES, REMEDIES, IDENTITY)}


def grants(scopes: Collection[str], needed: str) -> bool:
    """Whether a token with these scopes reaches as far as `needed`."""
    if needed in scopes:
        return True
    wide = READ if needed.endswith(":read") else WRITE
    return needed not in BY_NAME_ONLY and wide in scopes
