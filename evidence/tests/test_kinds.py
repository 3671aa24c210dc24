"""The table of kinds agrees with what the rules of tickets ask for by name."""

from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from tickets.cases.checklist import COMING
from tickets.workflow.vocabulary import SENSITIVE_KINDS


def test_the_kinds_of_the_highest_privacy_are_those_that_need_consent() -> None:
    assert {kind.key for kind in KINDS.values() if kind.privacy == "P3"} == SENSITIVE_KINDS


def test_a_file_that_is_there_or_coming_is_in_a_state_of_its_own_table() -> None:
    assert set(EvidenceItem.State.values) >= COMING
