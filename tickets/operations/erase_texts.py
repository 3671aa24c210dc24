"""What people told in a complaint, taken out of it: free texts, accounts, order numbers. Dates, sums, codes and what happened stay."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lib.proofs import ERASED_TEXT, veil_of
from tickets.cases.case import Case
from tickets.cases.proofs import prove_what_was_there
from tickets.cases.search import index
from tickets.models import Event, Message
from tickets.workflow.vocabulary import FACTS

FREE = ("text", "flag_or_text")
# Of an event's details: what is typed by somebody, whatever it looks like; and what no typed word looks like, or is no secret.
TYPED = frozenset({"reason", "note", "account", "document_no", "order_numbers", "who", "authority", "reference"})
CODED = re.compile(
    r"[a-z][a-z0-9_.]*|[0-9]+[.][0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+Z-]+)?|[0-9a-f]{64}|TS-[0-9]+-[0-9]+|P-[0-9]+-[0-9]+|[A-Z]{3}"
)
# Where money went stays with the sum: the books need it. A closing names its reason by a code.
PAID = frozenset({"confirm_remedy", "record_refund"})


def forget_texts(case: Case) -> int:
    """Of one locked, closed ticket. How many messages were emptied. Of history the words go, and what happened stays proven."""
    ticket = case.ticket
    ticket.statement = _without_words(ticket.statement)
    ticket.facts = {key: value for key, value in ticket.facts.items() if not _is_free(key, value)}
    ticket.account_masked = ticket.account_hmac = ticket.account_sealed = ticket.contact = ticket.external_id = ""
    ticket.metadata, ticket.represented_by = {}, None
    ticket.call_number, ticket.call_when, ticket.call_asked_at = "", "", None
    for submission in ticket.submissions.all():
        submission.statement = _without_words(submission.statement)
        submission.save(update_fields=["statement"])
    ticket.freezes.update(account_masked="", account_hmac="", account_sealed="", note="")
    ticket.order_references.all().delete()
    ticket.escalations.update(reason="", points=[], reference="", filed_reference="")
    ticket.ratings.update(comment="")
    ticket.unsent_forms.all().delete()
    ticket.representations.all().delete()
    ticket.bill_findings.update(transactions=[])
    ticket.claim_raises.update(reason="")
    for request in ticket.evidence_requests.exclude(unavailable=[]):
        request.unavailable = [{**each, "reason": ERASED_TEXT} for each in request.unavailable]
        request.save(update_fields=["unavailable"])
    _forget_events(ticket.pk)
    count = Message.objects.filter(ticket=ticket).exclude(body=ERASED_TEXT, folded="").update(body=ERASED_TEXT, folded="")
    index(ticket.pk, ticket.ref)
    return count


def _forget_events(ticket_id: int) -> None:
    newest = Event.objects.filter(ticket=ticket_id).order_by("-pk").values_list("pk", flat=True).first() or 0
    prove_what_was_there(ticket_id, newest)  # what has no digest yet would never get one
    for event in Event.objects.filter(ticket=ticket_id, erased__isnull=True):
        gone: dict[str, str] = {}
        data = _without_texts(event.data, event, gone)
        if gone:
            Event.objects.filter(pk=event.pk).update(data=data, erased=gone)


def _without_texts(content: object, event: Event, gone: dict[str, str], path: str = "", key: str = "") -> object:
    """The same shape without words; `gone` gets the digest of each, by where it stood."""
    if isinstance(content, Mapping):
        return {name: _without_texts(each, event, gone, f"{path}/{name}", name) for name, each in content.items()}
    if isinstance(content, list):
        return [_without_texts(each, event, gone, f"{path}/{place}", key) for place, each in enumerate(content)]
    if not isinstance(content, str) or _stays(content, key, event):
        return content
    gone[path] = veil_of(content)
    return ERASED_TEXT


def _stays(text: str, key: str, event: Event) -> bool:
    if key == "reference" and event.kind in PAID:
        return True
    is_code = CODED.fullmatch(text) is not None
    return not text or (is_code and (key not in TYPED or (key == "reason" and event.to_status == "closed")))


def _is_free(key: str, value: object) -> bool:
    """What a flag that also takes words says as a flag stays."""
    return isinstance(value, str) and (key not in FACTS or FACTS[key].type in FREE)


def _without_words(statement: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in statement.items() if name != "symptom"}
