"""*Two people*, for every history of a case: all five sentences over thousands of random ones, by every door; and each guard shown to be
what keeps its sentence."""

from __future__ import annotations

import pytest
from django.db import transaction

from tickets.cases.guards import GUARDS
from tickets.operations import escalating, filing, perform, reviewing
from tickets.tests import histories
from tickets.tests.histories import ROOTS, cast, grow, root
from tickets.tests.making import approval
from tickets.tests.telling_two_people import broken_sentences, facts_of

pytestmark = pytest.mark.django_db

# Where both databases are at hand, what differs between them shows in a tenth of the histories.
HISTORIES = [5_040, pytest.param(520, marks=pytest.mark.sqlite)]
DEPTH, BRANCHES = 7, 3


@pytest.fixture(autouse=True)
def _answered(settings) -> None:
    settings.REPLY_ADDRESS = "desk@example.com"


@pytest.fixture
def people(db):
    return cast()


def broken(people, clock, names, each: int, seed: int = 1, only: tuple[str, ...] = ()) -> tuple[list[str], dict[str, int], dict[str, int]]:
    """Up to `each` histories from each beginning, until one breaks a sentence. And how many were tried, and by which doors."""
    counts, doors = {"tried": 0, "done": 0}, dict[str, int]()
    for number, name in enumerate(names):
        with transaction.atomic():
            world = root(name, clock, seed + number, people)
            world.counts, world.doors, goal = counts, doors, counts["tried"] + each
            while counts["tried"] < goal:
                for found in grow(world, DEPTH, BRANCHES, facts_of(world.refs), only):
                    if found:
                        transaction.set_rollback(True)
                        return found, counts, doors
                    if counts["tried"] >= goal:
                        break
            transaction.set_rollback(True)
    return [], counts, doors


@pytest.mark.parametrize("number", HISTORIES)
def test_no_history_breaks_a_sentence(number, people, clock):
    found, counts, doors = broken(people, clock, ROOTS, number // len(ROOTS), seed=number)
    assert found == []
    assert counts["tried"] >= number - len(ROOTS) and counts["done"] >= number / 5, counts
    assert set(doors) == {name for name, _door, _weight in histories.DOORS}


# Without it, some history breaks the sentence of that number.
WITHOUT = [
    ("another_signatory", "at the threshold", 2, ("approve", "countersign")),
    ("no_conflict", "filed by ann", 3, ("approve", "countersign")),
    ("no_conflict", "ann's own", 3, ("approve", "countersign")),
    ("no_conflict", "about bob", 3, ("approve", "countersign")),
    ("not_the_author", "under review", 4, ("approve", "confirm_remedy")),
    ("decided_nothing_here", "under review", 4, ("approve", "record_refund")),
    ("refund_reference", "under review", 4, ("record_refund",)),
    ("did_not_raise_claim", "under review", 5, ("raise_claim", "approve", "countersign")),
    ("refund_within_claim", "without a number", 1, ("approve", "confirm_remedy", "countersign")),
    ("within_decision", "without a number", 1, ("approve", "confirm_remedy", "countersign")),
    ("remedies_offered", "under review", 1, ("approve", "countersign")),
    ("something_granted", "withdrawal", 1, ("approve", "countersign")),
    ("recorded_refund_fits", "two about one order", 1, ("record_refund",)),
    ("remedy_fits", "two about one order", 1, ("approve", "confirm_remedy", "record_refund")),
]


@pytest.mark.parametrize(("guard", "name", "sentence", "only"), WITHOUT)
def test_each_guard_keeps_its_sentence(guard, name, sentence, only, people, clock, monkeypatch):
    monkeypatch.setitem(GUARDS, guard, lambda case, data: None)
    found, _counts, _doors = broken(people, clock, [name], 900, only=only)
    assert any(each.startswith(f"{sentence}:") for each in found), found


@pytest.mark.parametrize("name", ["at the threshold", "another currency", "late", "withdrawal", "escalated"])
def test_the_reasons_for_a_second_signature_keep_theirs(name, people, clock, monkeypatch):
    for room in (reviewing, escalating):
        monkeypatch.setattr(room, "countersign_reasons", lambda case, remedies: [])
    only = ("approve", "uphold_customer")
    if name == "escalated":
        monkeypatch.setitem(ROOTS, name, lambda people: histories._escalated(people, amount="3000.00"))
    found, _counts, _doors = broken(people, clock, [name], 900, only=only)
    assert any(each.startswith("2:") for each in found), found


def test_the_fixed_claim_keeps_its_sentence(people, clock, monkeypatch):
    monkeypatch.setattr(filing, "_raise_claim_first", lambda case, raw: raw)
    found, _counts, _doors = broken(people, clock, ["under review"], 900, only=("amend",))
    assert any(each.startswith("5:") for each in found), found


def test_nothing_is_raised_under_a_decision_that_waits(people, clock, monkeypatch):
    """One history, and not a random one: it takes three acts of two people in this order."""
    monkeypatch.setitem(GUARDS, "no_decision_waits", lambda case, data: None)
    world = root("at the threshold", clock, 1, people)
    [ref], ann = world.refs, people["ann"]
    perform(ann, ref, "approve", approval())
    perform(ann, ref, "raise_claim", {"amount": "4000.00", "reason": "凭证显示更多"})
    before = facts_of(world.refs)
    perform(people["supervisor"], ref, "countersign")
    assert broken_sentences(before, facts_of(world.refs)) == ["5: the decision of who raised the claim took effect"]
