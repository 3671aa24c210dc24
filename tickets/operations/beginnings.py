"""A draft out of an e-mail: its words stand in the story, and whole in the conversation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from lib.redaction import without_one_time_codes, without_secrets
from sla.policies import current
from tickets.cases import intake
from tickets.models import Message, Ticket
from tickets.operations.engine import finish
from tickets.operations.filing import new_case
from tickets.operations.filing_limits import check_complaints
from tickets.operations.intake_clocks import start_customer_windows
from tickets.workflow.inputs import TEXT_LIMIT


def begin_by_letter(actor: User, category: str, body: str, folded: str, came_at: datetime) -> Ticket:
    """A draft of the actor's own. Told to us when the e-mail came: the customer's windows count from then. Secrets are masked here.

    Raises Invalid, TooManyFilings.
    """
    now, plain = timezone.now(), without_one_time_codes(without_secrets(body))
    policy = current(now)
    said = {"statement": {"symptom": plain[:TEXT_LIMIT]}} if plain else {}
    data = intake.clean_draft({"category": category, "discovered_at": came_at.isoformat(), **said}, policy.version, now)
    with transaction.atomic():
        check_complaints(actor, data, now)
        case = new_case(actor, data, policy, now, "email")
        start_customer_windows(case)
        if plain:
            whole = {"body": plain, "folded": without_one_time_codes(without_secrets(folded))}
            case.new_rows.append(Message(ticket=case.ticket, author=actor, created_at=came_at, **whole))
        finish(case)
    return case.ticket
