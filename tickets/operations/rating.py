"""How did it go? Asked of the owner once for each closing, and changeable for the days of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from accounts.roles import Role
from lib.redaction import holds_one_time_code
from tickets.cases.case import Case
from tickets.models import Rating
from tickets.models.rating import HIGHEST, LOWEST
from tickets.operations.engine import open_case
from tickets.workflow import Block, Forbidden, Input, Invalid, Refusal, Status, WrongStatus, clean_fields
from tickets.workflow.inputs import ONE_TIME_CODE

SCORES = tuple(str(score) for score in range(LOWEST, HIGHEST + 1))
COMMENT_LIMIT = 2000
RATING = (Input("score", "code", True, SCORES), Input("in_time", "bool"), Input("comment", "as_said", limit=COMMENT_LIMIT))
# Nobody is asked about a complaint they took back, or one that goes on elsewhere.
NEVER_ASKED = ("withdrawn", "merged")


def rate(actor: User, ref: str, raw: Mapping[str, object]) -> Rating:
    """Say how it went, or say it differently. Raises NotFound, Forbidden (the owner's alone), WrongStatus, Invalid, Refusal."""
    with open_case(actor, ref) as case:
        if Role.OWNER not in case.roles:
            raise Forbidden
        closed_at = _closing(case)
        data = clean_fields(RATING, raw)
        if holds_one_time_code(data["comment"] or ""):
            raise Invalid({"comment": [ONE_TIME_CODE]})
        said = {"score": int(data["score"]), "in_time": data["in_time"], "comment": data["comment"] or "", "changed_at": case.at}
        before = rating_of(case)
        rating, _new = Rating.objects.update_or_create(
            ticket=case.ticket, closed_at=closed_at, defaults=said, create_defaults={**said, "at": case.at}
        )
        if before is None or before.score != rating.score:
            case.record("rated", {"score": rating.score})
    return rating


def _closing(case: Case) -> datetime:
    closed_at = case.ticket.closed_at
    if case.status != Status.CLOSED or closed_at is None or case.ticket.close_reason in NEVER_ASKED:
        raise WrongStatus(case.ticket.status)
    if not may_rate(case):
        raise Refusal(Block("RATING_WINDOW_OVER"))
    return closed_at


def rating_until(case: Case) -> datetime | None:
    """None where nobody is asked."""
    ticket = case.ticket
    if case.status != Status.CLOSED or ticket.closed_at is None or ticket.close_reason in NEVER_ASKED:
        return None
    return ticket.closed_at + timedelta(days=case.policy.rating_days)


def may_rate(case: Case) -> bool:
    until = rating_until(case)
    return until is not None and case.now <= until


def rating_of(case: Case) -> Rating | None:
    """What was said of the present closing. One query where it is closed."""
    closed_at = case.ticket.closed_at
    if closed_at is None:
        return None
    return Rating.objects.filter(ticket_id=case.ticket.pk, closed_at=closed_at).first()
