"""What the cases of one unit of work ask the database once and share: work calendars, who is there, who has a part in a complaint."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property

from sla.models import CalendarDay
from tickets.models import Ticket, here_for, on_call_at


class SharedReads:
    """Lives as long as its unit of work, so that what it remembers is no older than the cases themselves.

    `tickets` are the keys of those that will be asked about: they are read together.
    """

    def __init__(self, tickets: Iterable[int] = ()) -> None:
        self._tickets = frozenset(tickets)
        self.calendar_of = cache(CalendarDay.objects.calendar)
        self.here_for = cache(here_for)
        self.on_call_at = cache(on_call_at)

    def is_about(self, ticket: int, person: int) -> bool:
        """Whether the complaint is about that colleague."""
        pairs = Ticket.complained_about.through.objects
        return (ticket, person) in self._about if ticket in self._tickets else pairs.filter(ticket=ticket, user=person).exists()

    @cached_property
    def _about(self) -> frozenset[tuple[int, int]]:
        pairs = Ticket.complained_about.through.objects.filter(ticket__in=self._tickets)
        return frozenset(pairs.values_list("ticket", "user"))
