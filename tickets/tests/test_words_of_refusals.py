"""A refusal reads differently to the customer, the desk and a program, and stands in one place."""

import pytest
from django.utils.translation import override

from tickets.words import BLOCK
from tickets.words.refusals import CHECKING, MISSING, Audience, code_in_words, refusal_in_words
from tickets.workflow.errors import STATUS_OF_CODE

MOVED_ON = {"code": "WRONG_STATUS", "current_status": "closed"}
LACKING = {"code": "MISSING_EVIDENCE", "missing": ["payment_voucher", "failure_prompt"]}


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("code", STATUS_OF_CODE)
def test_every_code_has_words_for_everybody(code, audience):
    assert code_in_words(code, audience) != code


def test_where_the_complaint_stands_is_told_to_people_alone():
    assert refusal_in_words(MOVED_ON, Audience.CUSTOMER).endswith("It is now: Closed.")
    assert refusal_in_words(MOVED_ON, Audience.DESK).endswith("It stands at: Closed.")
    assert refusal_in_words(MOVED_ON, Audience.PROGRAM) == str(BLOCK["WRONG_STATUS"])


def test_what_is_missing_is_named():
    names = ", ".join(str(MISSING[code]) for code in LACKING["missing"])
    assert refusal_in_words(LACKING, Audience.CUSTOMER).endswith(f"Missing: {names}.")
    assert refusal_in_words(LACKING, Audience.DESK).endswith(f"({names})")


def test_what_is_still_being_checked_is_not_called_missing():
    one = frozenset({"failure_prompt"})
    assert str(MISSING["failure_prompt"]) not in refusal_in_words(LACKING, Audience.CUSTOMER, one)
    assert refusal_in_words(LACKING, Audience.CUSTOMER, frozenset(LACKING["missing"])) == str(CHECKING)
