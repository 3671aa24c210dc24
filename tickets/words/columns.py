"""The catalogues of words read by column: all buttons, all lines of the history, all notices. Each is empty where a row is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from tickets.words.actions import ACTION_WORDS
from tickets.words.events import EVENT_WORDS
from tickets.words.timers import TIMER_WORDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Notice = tuple[_StrPromise, _StrPromise]

T = TypeVar("T")


class WordColumn(Mapping[str, T], Generic[T]):
    """One column of some catalogues, read when it is asked for. A row that leaves it empty is not in it."""

    def __init__(self, name: str, *catalogues: Mapping[str, object]) -> None:
        self.name, self.catalogues = name, catalogues

    def __getitem__(self, key: str) -> T:
        for rows in self.catalogues:
            value = getattr(rows.get(key), self.name, None)
            if value is not None:
                return cast("T", value)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        keys = dict.fromkeys(key for rows in self.catalogues for key in rows)
        return (key for key in keys if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


ACTION: Mapping[str, _StrPromise] = WordColumn("button", ACTION_WORDS)
ACTION_OF_DESK: Mapping[str, _StrPromise] = WordColumn("of_desk", ACTION_WORDS)
ACTION_DONE: Mapping[str, _StrPromise] = WordColumn("line", ACTION_WORDS)
EVENT: Mapping[str, _StrPromise] = WordColumn("line", ACTION_WORDS, EVENT_WORDS)
NOTICE_DATES: Mapping[str, tuple[str, ...]] = WordColumn("dates", ACTION_WORDS, EVENT_WORDS)
TIMER: Mapping[str, _StrPromise] = WordColumn("name", TIMER_WORDS)
TIMER_WHY: Mapping[str, _StrPromise] = WordColumn("promise", TIMER_WORDS)
TIMER_MEANWHILE: Mapping[str, Notice] = WordColumn("meanwhile", TIMER_WORDS)
# To the customer; kinds that only the desk hears of say here what a page of theirs would say.
NOTICE: Mapping[str, Notice] = WordColumn("to_customer", ACTION_WORDS, EVENT_WORDS)
# To people of the desk, where it differs.
NOTICE_STAFF: Mapping[str, Notice] = WordColumn("to_staff", ACTION_WORDS, EVENT_WORDS)
TIMER_WARNED: Mapping[str, Notice] = WordColumn("warned", TIMER_WORDS)
TIMER_PASSED: Mapping[str, Notice] = WordColumn("passed", TIMER_WORDS)
