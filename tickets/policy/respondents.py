"""Whom a complaint is about, as somebody said it: by a key of the register, by a name, or before the account."""

from __future__ import annotations

from tickets.models import Respondent, Ticket
from tickets.workflow.identifiers import platform_of


def name_respondent(ticket: Ticket, said: str = "", account: str = "") -> None:
    """Put it onto the ticket. `key:account` names it too, where nothing else does; nothing said leaves what stands."""
    named = said or platform_of(account)
    if named:
        ticket.respondent = Respondent.objects.key_of(named)


def account_warning(respondent: str, account: str) -> str:
    """What an account there is called, where this one does not look like it; else nothing."""
    found = Respondent.objects.filter(key=respondent).first() if respondent and account else None
    bare = account.rpartition(":")[2] if platform_of(account) else account
    return "" if found is None or found.fits(bare) else found.account_label
