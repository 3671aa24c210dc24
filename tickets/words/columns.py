"""The catalogues of words read by column: all buttons, all lines of the history, all notices. Each is empty where a row is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tickets.words.actions import ACTION_WORDS
from tickets.words.catalogue import Column, Notice
from tickets.words.events import EVENT_WORDS
from tickets.words.timers import TIMER_WORDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACTION: Mapping[str, _StrPromise] = Column("button", ACTION_WORDS)
ACTION_OF_DESK: Mapping[str, _StrPromise] = Column("of_desk", ACTION_WORDS)
ACTION_DONE: Mapping[str, _StrPromise] = Column("line", ACTION_WORDS)
EVENT: Mapping[str, _StrPromise] = Column("line", ACTION_WORDS, EVENT_WORDS)
TIMER: Mapping[str, _StrPromise] = Column("name", TIMER_WORDS)
TIMER_WHY: Mapping[str, _StrPromise] = Column("promise", TIMER_WORDS)
TIMER_MEANWHILE: Mapping[str, Notice] = Column("meanwhile", TIMER_WORDS)
# To the customer; kinds that only the desk hears of say here what a page of theirs would say.
NOTICE: Mapping[str, Notice] = Column("to_customer", ACTION_WORDS, EVENT_WORDS)
# To people of the desk, where it differs.
NOTICE_STAFF: Mapping[str, Notice] = Column("to_staff", ACTION_WORDS, EVENT_WORDS)
TIMER_WARNED: Mapping[str, Notice] = Column("warned", TIMER_WORDS)
TIMER_PASSED: Mapping[str, Notice] = Column("passed", TIMER_WORDS)
