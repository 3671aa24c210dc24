"""What each action does: the function beside its operation, marked with the key of its row. The engine finds it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tickets.cases.case import Case
from tickets.workflow import Data, Refusal

Handler = Callable[[Case, Data], None]
Remember = Callable[[Case, Refusal], bool]


@dataclass(frozen=True)
class Effect:
    """`prepare`: what an input means can depend on the case; checked after its shape, before the guards.

    `remember`: what a refused try leaves behind; true where there is something to write.
    """

    run: Handler
    prepare: Handler | None = None
    remember: Remember | None = None


EFFECTS: dict[str, Effect] = {}


def effect(key: str, *, prepare: Handler | None = None, remember: Remember | None = None) -> Callable[[Handler], Handler]:
    """Mark the function as what that action does."""

    def register(run: Handler) -> Handler:
        EFFECTS[key] = Effect(run, prepare, remember)
        return run

    return register
