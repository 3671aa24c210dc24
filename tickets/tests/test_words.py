"""Every code has its words, in both languages, and no word stands without a code."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.utils import translation

from evidence.kinds import KINDS
from sla.models import TimerRule
from tickets import words
from tickets.models import Category, Escalation, EvidenceSlot, Freeze
from tickets.models.timer import TimerState
from tickets.policy.playbooks import ALTERNATIVES
from tickets.words.catalogue import EventWords, TimerWords
from tickets.words.notices import NOTICE, NOTICE_STAFF, notice_words
from tickets.workflow import ACTIONS, EVENTS, TIMERS, WAITING_ON, Stage, Status, vocabulary
from tickets.workflow.errors import STATUS_OF_CODE
from tickets.workflow.recipients import OWNER

ROOMS = [Path(__file__).resolve().parents[1], Path(__file__).resolve().parents[2] / "evidence"]
CLOSE_REASONS = {"abandoned", "routed_after_sale", "confirmed", "auto_confirmed", "withdrawn", "merged", "rejection_final"}

CLOSED_SETS = {
    "STATUS": set(Status),
    "STAGE": set(Stage),
    "ACTION": set(ACTIONS),
    "ACTION_DONE": set(ACTIONS),
    "TIMER_STATE": set(TimerState),
    "BINDS": {"operator", "customer", "third_party", "internal"},
    "BLOCK": set(STATUS_OF_CODE),
    "WAITING_ON": set(vocabulary.WAITING_ON),
    "TURN": set(vocabulary.WAITING_ON),
    "LANE": set(vocabulary.LANES),
    "REFUND_TIER": {"full_eligible", "discretionary"},
    "DEMAND": set(vocabulary.DEMANDS),
    "ROOT_CAUSE": set(vocabulary.ROOT_CAUSES),
    "LIABILITY": set(vocabulary.LIABILITIES),
    "REASON_CODE": set(vocabulary.REASON_CODES),
    "REMEDY": set(vocabulary.REMEDIES),
    "PARTY": set(vocabulary.PARTIES),
    "ROUTING": {"platform_risk", "merchant_services", "platform_sync", "payment_channel", "wait"},
    "CHANNEL": set(vocabulary.COMPLAINT_CHANNELS),
    "ISSUER": set(vocabulary.ISSUERS),
    "AUTHORITY": set(vocabulary.AUTHORITIES),
    "ESCALATION_STATE": set(Escalation.State.values),
    "OUTCOME": set(vocabulary.EXTERNAL_OUTCOMES),
    "SECURITY_TASK": set(vocabulary.SECURITY_TASKS),
    "FREEZE_STATE": set(Freeze.State),
    "FREEZE_ORIGIN": set(Freeze.Origin),
    "CLOSE_REASON": CLOSE_REASONS,
    "FACT": set(vocabulary.FACTS),
    "FACT_CHOICE": {(key, choice) for key, fact in vocabulary.FACTS.items() for choice in fact.choices},
    "STATEMENT_PART": {"occurred_at", "amount", "symptom", "demands", "account"},
    "EVIDENCE_KIND": {*KINDS, *ALTERNATIVES},
    "EVIDENCE_HINT": {*KINDS, *ALTERNATIVES},
    "EVIDENCE_STATE": {"uploaded", "scanning", "clean", "rejected", "superseded", "deleted"},
    "CHECKLIST_STATE": {"complete", "scanning", "partial", "rejected", "missing"},
    "WHY_COUNTERSIGNED": {
        "amount",
        "currency",
        "late_claim",
        "full_refund_while_discretionary",
        "compensation",
        "escalated",
    },
}


@pytest.mark.parametrize("name", CLOSED_SETS)
def test_a_set_of_codes_and_its_words_are_the_same(name: str) -> None:
    assert set(getattr(words, name)) == CLOSED_SETS[name]


def test_the_codes_of_countersigning_are_those_the_review_gives() -> None:
    """A row of the table in `countersign_reasons`, and what `approve` adds to it on the second level."""
    source = (ROOMS[0] / "operations" / "reviewing.py").read_text()
    table = source.split("    found = {\n")[1].split("    }\n")[0]
    given = {*re.findall(r'^ +"(\w+)":', table, re.MULTILINE), *re.findall(r'reasons\.append\("(\w+)"\)', source)}
    assert given == CLOSED_SETS["WHY_COUNTERSIGNED"]


@pytest.mark.django_db
def test_every_timer_of_the_policy_has_a_name_and_a_promise() -> None:
    keys = set(TimerRule.objects.values_list("key", flat=True))
    assert keys == set(words.TIMER) == set(words.TIMER_WHY)


@pytest.mark.django_db
def test_every_deadline_the_customer_hears_of_has_a_sentence_of_its_own() -> None:
    theirs = set(TimerRule.objects.filter(binds="customer").exclude(warn=[]).values_list("key", flat=True))
    assert set(words.TIMER_WARNED) == theirs
    told = {key for key, row in TIMERS.items() if OWNER in {notice.to for notice in row.tells_when_over or ()}}
    assert told <= set(words.TIMER_PASSED) <= told | {"review_limit"}


def test_every_notice_has_its_words_for_customer_and_desk() -> None:
    tells = {kind: {notice.to for notice in row.tells} for kind, row in {**EVENTS, **ACTIONS}.items()}
    to_whoever_acts = {
        "representative_agreed",
        "representative_refused",
        "representative_ended",
    }  # for the owner: no row of an event names them
    assert set(NOTICE) == {*(kind for kind, to in tells.items() if to), "timer.warned", "timer.passed", "mentioned", *to_whoever_acts}
    to_desk = {kind for kind, to in tells.items() if to - {OWNER}}
    assert to_desk <= set(NOTICE_STAFF) <= set(NOTICE)
    assert set(TIMERS) == set(words.TIMER)
    with pytest.raises(KeyError):
        notice_words("no_such_kind", {}, to_staff=False)


@pytest.mark.django_db
def test_the_shipped_playbooks_use_only_codes_with_words() -> None:
    assert set(EvidenceSlot.objects.values_list("kind", flat=True)) <= set(words.EVIDENCE_KIND)
    for category in Category.objects.all():
        assert set(category.remedies) <= set(words.REMEDY)
        assert set(category.responsible_parties) <= set(words.PARTY)
        assert {category.routing} - {""} <= set(words.ROUTING)
        assert {*category.facts, *category.required_facts, *category.emergency_facts} - set(words.FACT) <= {
            "amount", "incident_at", "discovered_at", "lane"
        }  # fmt: skip
    assert {each for each in WAITING_ON.values() if each} <= set(words.WAITING_ON)


def recorded_kinds() -> set[str]:
    """The kinds of event that code records by name: `record("…")`, `event="…"` and the last text of `_move(…)`."""
    found: set[str] = set()
    for path in (path for room in ROOMS for path in room.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                found |= _kinds_of(node)
    return found


def _kinds_of(call: ast.Call) -> set[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    by_name = {k.value.value for k in call.keywords if k.arg == "event" and isinstance(k.value, ast.Constant)}
    if name in ("record", "_record"):
        return by_name | set(texts[:1])
    return by_name | set(texts[-1:]) if name == "_move" else by_name


def test_every_event_has_a_line_in_the_history() -> None:
    kinds = recorded_kinds()
    assert {"filed", "timer.warned", "supplement_expired", "closed_by_clock"} <= kinds, "the search itself finds them"
    assert kinds - set(words.EVENT) == set()
    # "mentioned" is told to a colleague; the others are how people hear of an act that stands there itself: lift_freeze, confirm_freeze
    # and fail_remedy.
    told = {"mentioned", "lifted_beside_another", "frozen_after_all", "remedy_bounced"}
    assert {key for key, row in EVENTS.items() if not row.in_history} == told
    assert set(words.EVENT) == {*ACTIONS, *EVENTS} - told


def texts_of(value: object) -> list[object]:
    """A text; subject and sentence; or all that a row of a catalogue says."""
    if isinstance(value, EventWords | TimerWords):
        return [text for name, each in vars(value).items() if name != "dates" for text in texts_of(each)]
    if isinstance(value, Mapping):
        return list(value.values())
    return [] if value is None else list(value) if isinstance(value, tuple) else [value]


def every_text() -> list[str]:
    found: list[str] = []
    for name in set(words.__all__) - {"NOTICE_DATES"}:  # keys of timers
        table = getattr(words, name)
        if isinstance(table, Mapping):
            for value in table.values():
                found += map(str, texts_of(value))
    return found


def test_every_text_is_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        mute = [text for text in every_text() if not re.search(r"[\u4e00-\u9fff]", text)]
    assert mute == []


def test_no_text_blames_threatens_or_shouts() -> None:
    with translation.override("en"):
        texts = every_text()
    harsh = re.compile(
        r"!|\byou (must|failed|forgot|should not|did not)\b|\byour (fault|mistake|error)\b|\billegal|\bviolat", re.IGNORECASE
    )
    assert [text for text in texts if harsh.search(text)] == []


def test_every_refusal_says_more_than_no() -> None:
    """Why, and the way out: two sentences or one of some length."""
    with translation.override("en"):
        assert [code for code, text in words.BLOCK.items() if len(str(text)) < 50 or not str(text).endswith(".")] == []
