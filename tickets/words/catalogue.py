"""How words are kept: one row for each action, event and timer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Notice = tuple[_StrPromise, _StrPromise]
else:
    Notice = tuple


# What was decided is done by then; where the review's own limit covers it, by that.
CARRYING_OUT = ("refund_payout", "statement", "remedy_exec", "review_limit")


@dataclass(frozen=True, kw_only=True)
class EventWords:
    """`line`: of the history. `to_customer`, `to_staff`: subject and sentence of a notice; where both are the same, the first is enough.

    `dates`: timers. Of those that run when its letter is written the customer reads when they end (tickets.delivery.letter_facts).
    """

    line: _StrPromise | None = None
    to_customer: Notice | None = None
    to_staff: Notice | None = None
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActionWords(EventWords):
    """`button`: to the customer; `of_desk`: to an agent, where it differs; `confirm`: below the letter of a decision.

    `labels`, `hints`: of its fields, by their names.
    """

    button: _StrPromise | None = None
    of_desk: _StrPromise | None = None
    confirm: _StrPromise | None = None
    labels: Mapping[str, _StrPromise] = field(default_factory=dict)
    hints: Mapping[str, _StrPromise] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TimerWords:
    """`promise`: what the customer can count on. `meanwhile`: of a wait that may mend itself. `warned`, `passed`: to the customer."""

    name: _StrPromise | None = None
    promise: _StrPromise | None = None
    meanwhile: Notice | None = None
    warned: Notice | None = None
    passed: Notice | None = None
