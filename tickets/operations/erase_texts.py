"""What people told in a complaint, taken out of it: free texts, accounts, order numbers. Dates, sums, codes and history stay."""

from __future__ import annotations

from tickets.cases.case import Case
from tickets.cases.search import index
from tickets.models import Message
from tickets.workflow.vocabulary import FACTS

FREE = ("text", "flag_or_text")
ERASED_TEXT = "…"


def forget_texts(case: Case) -> int:
    """Of one locked, closed ticket. How many messages were emptied. History cannot be edited; it stays as it is."""
    ticket = case.ticket
    ticket.statement = _without_words(ticket.statement)
    ticket.facts = {key: value for key, value in ticket.facts.items() if not _is_free(key, value)}
    ticket.account_masked = ticket.account_hmac = ticket.account_sealed = ticket.contact = ticket.external_id = ""
    ticket.metadata, ticket.represented_by = {}, None
    for submission in ticket.submissions.all():
        submission.statement = _without_words(submission.statement)
        submission.save(update_fields=["statement"])
    ticket.freezes.update(account_masked="", account_hmac="", account_sealed="", note="")
    ticket.order_references.all().delete()
    ticket.escalations.update(reason="", points=[], reference="", filed_reference="")
    ticket.ratings.update(comment="")
    ticket.bill_findings.update(transactions=[])
    count = Message.objects.filter(ticket=ticket).exclude(body=ERASED_TEXT, folded="").update(body=ERASED_TEXT, folded="")
    index(ticket.pk, ticket.ref)
    return count


def _is_free(key: str, value: object) -> bool:
    """What a flag that also takes words says as a flag stays."""
    return isinstance(value, str) and (key not in FACTS or FACTS[key].type in FREE)


def _without_words(statement: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in statement.items() if name != "symptom"}
