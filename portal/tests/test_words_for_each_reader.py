"""A sentence speaks to whoever reads it: what customer, desk, authority and program share speaks to nobody."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from portal.page_helpers import words_of
from tickets import words
from tickets.cases.timeline import LEFT_OUT
from tickets.models import Notification
from tickets.operations import perform
from tickets.tests.stages import MAKERS
from tickets.words.refusals import Audience, code_in_words
from tickets.workflow.errors import STATUS_OF_CODE, Invalid

# Read by the owner on their page, by the desk, in the dossier by an authority, and by programs.
NAMES = """
STATUS STAGE LANE REFUND_TIER ROOT_CAUSE PARTY ROUTING REASON_CODE REMEDY FREEZE_STATE FREEZE_ORIGIN CLOSE_REASON CHANNEL REPRESENTED_AS
ISSUER AUTHORITY ESCALATION_STATE OUTCOME SECURITY_TASK EVENT TIMER TIMER_STATE EVIDENCE_KIND EVIDENCE_STATE STATEMENT_PART FACT_ON_RECORD
LIABILITY WAITING_ON BILL_STATE CHARGE_STATE FINDING_STATE VERDICT
"""
SHARED = NAMES.split()
TO_SOMEBODY = {"en": re.compile(r"\b(you|your|yours)\b", re.IGNORECASE), "zh-hans": re.compile("[您你]")}
OF_THE_CUSTOMER = {"en": re.compile(r"\bcustomer(?! service)", re.IGNORECASE), "zh-hans": re.compile("客户")}
# Refusals that tell a colleague of themselves.
TO_THE_COLLEAGUE = {"CONFLICT_OF_INTEREST", "FRESH_FACTOR_REQUIRED", "NOT_ASSIGNED", "forbidden", "stale"}


@pytest.mark.parametrize("language", TO_SOMEBODY)
def test_what_many_read_speaks_to_nobody(language: str) -> None:
    with translation.override(language):
        said = [f"{table} {code}: {text}" for table in SHARED for code, text in getattr(words, table).items()]
        assert [line for line in said if TO_SOMEBODY[language].search(line.partition(": ")[2])] == []


@pytest.mark.parametrize("language", OF_THE_CUSTOMER)
def test_nobody_speaks_of_the_customer_to_the_customer(language: str) -> None:
    """All that a page of theirs looks up by its code."""
    staff_only = {"customer_message", *LEFT_OUT}
    with translation.override(language):
        said = {
            f"{table} {code}": str(words_of(code, table))
            for table in SHARED
            for code in getattr(words, table)
            if table != "WAITING_ON" and code not in staff_only
        }
        assert {where: text for where, text in said.items() if OF_THE_CUSTOMER[language].search(text)} == {}


@pytest.mark.parametrize("audience", [Audience.DESK, Audience.PROGRAM_OF_DESK])
def test_a_refusal_tells_a_colleague_nothing_that_is_meant_for_the_customer(audience: Audience) -> None:
    for language, pattern in TO_SOMEBODY.items():
        with translation.override(language):
            told = {code for code in STATUS_OF_CODE if pattern.search(code_in_words(code, audience))}
        assert told <= TO_THE_COLLEAGUE, (language, told - TO_THE_COLLEAGUE)


def test_a_freeze_that_is_only_asked_for_is_not_called_one(people, clock) -> None:
    ticket = MAKERS["freeze_pending"](people)
    with pytest.raises(Invalid) as refused, translation.override("en"):
        perform(people.owner, ticket.ref, "withdraw", {})
    with translation.override("en"):
        assert [str(text) for text in refused.value.errors["keep_freeze"]] == [
            "A freeze of the account is asked for or in force. Say whether it stays or is to be lifted."
        ]


def test_where_no_appeal_was_made_no_review_is_said_to_go_on(people, clock) -> None:
    ticket = MAKERS["evidence_collection"](people)
    perform(people.owner, ticket.ref, "record_refund", {"amount": "1.00", "note": "只退了一元"})
    assert perform(people.owner, ticket.ref, "dispute_resolution", {"reason": "少了"}).status == "evidence_collection"
    with translation.override("en"):
        told = [
            " ".join(map(str, words.notice_words(row.kind, row.data, to_staff=row.recipient_id != ticket.owner_id)))
            for row in Notification.objects.filter(ticket=ticket, kind="dispute_resolution")
        ]
    assert told and not [line for line in told if "review" in line]
