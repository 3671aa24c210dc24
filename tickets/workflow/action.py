"""What one row of the table of actions can say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accounts.roles import Role
from accounts.scopes import ACT
from tickets.workflow.events import EventRow
from tickets.workflow.inputs import TOLD_BY, Input
from tickets.workflow.statuses import Status

OWNER, AGENT, OPERATOR = Role.OWNER, Role.AGENT, Role.FREEZE_OPERATOR
REVIEWER, SUPERVISOR, PRIVACY, SERVICE = Role.REVIEWER, Role.SUPERVISOR, Role.PRIVACY_OFFICER, Role.SERVICE
ANYONE = frozenset({OWNER, AGENT, OPERATOR, REVIEWER, SUPERVISOR, PRIVACY, SERVICE})
Arrows = tuple[tuple[Status, Status], ...]
Rewrite = Callable[[Mapping[str, object]], "tuple[str, dict[str, object]] | None"]


def moves(target: Status, *sources: Status) -> Arrows:
    return tuple((source, target) for source in sources)


@dataclass(frozen=True, kw_only=True)
class Action(EventRow):
    """One row. Its words stand in tickets.words.actions under the same key; what it does is the function marked @effect(key).

    An action leaves an event of its own key, which `tells`, `preference`, `webhook` and `closes` speak of; `event` names
    another row of the table of events where it leaves that instead.
    """

    roles: frozenset[Role] = frozenset()
    scope: str = ACT  # what a token must be good for: accounts.scopes
    statuses: frozenset[Status] = frozenset()
    guards: tuple[str, ...] = ()  # names of tickets.cases.guards
    arrows: Arrows = ()  # the moves it may make (from, to); without arrows it leaves the status
    inputs: tuple[Input, ...] = ()
    event: str = ""

    # ---- What it needs on its way through the engine
    first: Mapping[Status, str] = field(default_factory=dict)  # in this status that action is taken before it
    becomes: Rewrite | None = None  # some inputs make it another action
    also_locks: str = ""  # the input that names another ticket, locked with this one
    auto_assigns: bool = False  # the complaint is given out afterwards, where a rule says so
    try_counts: bool = False  # a refused try is remembered (its effect says how)
    lost_race: tuple[str, str] | None = None  # a constraint of the database, and what breaking it means
    needs_category: bool = True  # not open to a draft that says nothing yet
    per_target: bool = False  # judged for each place it can lead to
    fresh_factor: bool = False  # a colleague in a browser has shown the second factor just now

    sets_hold: bool = False  # the evidence may be asked for by others: it is held
    placed: bool = False  # a page of the customer's has a place of its own for it; otherwise it stands with what else they can do

    for_many: tuple[Input, ...] | None = None  # what is asked once where an incident takes it on many; None: never on many

    # ---- How the desk shows it
    next_rank: int = 0  # what most often comes next stands first: 1, 2, 3 …
    rare: bool = False  # open most of the time and seldom wanted: folded away
    dangerous: bool = False  # asked again before it is done
    decision: int = 0  # decided on a page of its own, beside the others of the same level: 1 the review, 2 the second level

    @property
    def is_owners(self) -> bool:
        """An act of the customer's, which an agent may do for them."""
        return TOLD_BY in self.inputs
