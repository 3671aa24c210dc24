"""No row of the tables of actions, events and timers may lack anything: the process does not start then, and says row and field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.core.exceptions import ImproperlyConfigured

from accounts.roles import STAFF_ROLES
from sla.timer_keys import register_timers
from tickets.cases.guards import GUARDS
from tickets.operations.effects import EFFECTS
from tickets.operations.expiry import ON_EXPIRY
from tickets.words import ACTION_WORDS, EVENT_WORDS, FIELD_LABEL, TIMER_WORDS
from tickets.words.catalogue import ActionWords, EventWords, TimerWords
from tickets.workflow import ACTIONS, EVENTS, STATUS_OF_CODE, TIMERS, Action, EventRow, Input, TimerRow
from tickets.workflow.inputs import PARSERS
from tickets.workflow.recipients import KNOWN_RECIPIENTS, OWNER, OWNER_LATER, Preference
from tickets.workflow.vocabulary import TARGETS

WEBHOOK_TYPE = re.compile(r"[a-z_]+\.[a-z_]+")
# Drawn for each demand or kind, with words of their own.
LABELLED_BY_DEMAND = frozenset({"answers", "points", "unavailable"})


def hand_tables_on() -> None:
    """When the process starts: refuse what is incomplete, and tell the room below which timers there are. Raises ImproperlyConfigured."""
    refuse_incomplete()
    register_timers(TIMERS)


def refuse_incomplete() -> None:
    """Raises ImproperlyConfigured naming every row and field that is missing or wrong."""
    found = list(incomplete_rows())
    if found:
        raise ImproperlyConfigured("Incomplete rows in tickets.workflow:\n" + "\n".join(found))


def incomplete_rows() -> Iterator[str]:
    for action in ACTIONS.values():
        yield from (f"action {action.key}: {field}" for field in _lacks_of_action(action))
    for event in EVENTS.values():
        yield from (f"event {event.key}: {field}" for field in _lacks_of_event(event, EVENT_WORDS.get(event.key)))
    for timer in TIMERS.values():
        yield from (f"timer {timer.key}: {field}" for field in _lacks_of_timer(timer))
    yield from _strays("action", ACTIONS, EFFECTS, ACTION_WORDS)
    yield from _strays("event", EVENTS, EVENT_WORDS)
    yield from _strays("timer", TIMERS, ON_EXPIRY, TIMER_WORDS)


def _strays(kind: str, rows: Iterable[str], *others: Iterable[str]) -> Iterator[str]:
    """Words and functions of a row that is not there."""
    yield from (f"{kind} {key}: no row" for other in others for key in other if key not in set(rows))


def _failing(checks: dict[str, bool]) -> list[str]:
    return [field for field, holds in checks.items() if not holds]


def _lacks_of_action(action: Action) -> list[str]:
    words, does = ACTION_WORDS.get(action.key), EFFECTS.get(action.key)
    checks = {
        "roles": bool(action.roles),
        "statuses": bool(action.statuses),
        "guards": set(action.guards) <= set(GUARDS),
        "arrows": all(source in action.statuses for source, _target in action.arrows),
        "inputs": all(each.kind in PARSERS for each in action.inputs),
        "event": not action.event or action.event in EVENTS,
        "first": set(action.first.values()) <= set(ACTIONS),
        "also_locks": not action.also_locks or action.also_locks in {each.name for each in action.inputs},
        "lost_race": action.lost_race is None or action.lost_race[1] in STATUS_OF_CODE,
        "effect": does is not None,
        "try_counts": does is None or action.try_counts == (does.remember is not None),
    }
    return [*_failing(checks), *_lacks_of_event(action, words), *(_lacks_of_button(action, words) if words else ())]


def _lacks_of_button(action: Action, words: ActionWords) -> list[str]:
    asked = action.inputs if action.roles & frozenset(STAFF_ROLES) else ()
    checks = {
        "button": words.button is not None,
        "confirm": not action.decision or words.confirm is not None,
        "labels": all(_is_labelled(each, words) for each in asked),
        "hints": set(words.hints) <= {each.name for each in action.inputs},
    }
    return _failing(checks)


def _is_labelled(each: Input, words: ActionWords) -> bool:
    return each.kind in LABELLED_BY_DEMAND or each.name in words.labels or each.name in FIELD_LABEL


def _lacks_of_event(row: EventRow, words: EventWords | None) -> list[str]:
    if words is None:
        return ["words"]
    told = {notice.to for notice in row.tells}
    checks = {
        "line": words.line is not None or not row.in_history,
        "tells": told <= KNOWN_RECIPIENTS,
        "dates": set(words.dates) <= set(TIMERS),
        "to_customer": not told or words.to_customer is not None,
        "to_staff": told <= {OWNER} or words.to_staff is not None,
        "preference": OWNER_LATER not in row.tells or row.preference != Preference.ALWAYS,
        "webhook": all(WEBHOOK_TYPE.fullmatch(told) for told in (row.webhook, row.asks) if told),
    }
    return _failing(checks)


def _lacks_of_timer(timer: TimerRow) -> list[str]:
    told = {notice.to for notice in (*timer.warns, *timer.warns_again, *(timer.tells_when_over or ()))}
    checks = {
        "on_refund": timer.on_refund is not None,
        "tells_when_over": timer.tells_when_over is not None,
        "warns": told <= KNOWN_RECIPIENTS,
        "acts": timer.acts == (timer.key in ON_EXPIRY),
        "arrows": timer.acts or not timer.arrows,
        "targets": timer.targets <= set(TARGETS),
    }
    return [*_failing(checks), *_lacks_of_promise(timer, TIMER_WORDS.get(timer.key))]


def _lacks_of_promise(timer: TimerRow, words: TimerWords | None) -> list[str]:
    if words is None:
        return ["words"]
    tells_owner = OWNER in {notice.to for notice in timer.tells_when_over or ()}
    return _failing(
        {"name": words.name is not None, "promise": words.promise is not None, "passed": not tells_owner or words.passed is not None}
    )
