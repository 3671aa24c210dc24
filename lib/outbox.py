"""An outbox: rows that wait until somebody else's server takes them. Claimed by one worker, tried again, given up: written once, here.

Of two workers at once exactly one claims a row, by a conditional UPDATE. A worker that died is silent for `lease`; its row is then due
again. There are two ways to hold a row: without a column for it, the claim puts `next_at` behind the lease; with `claimed_at`, it stamps
that column. Calls are made outside any transaction, and what came of one is written over that very try only.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lib.standing import why_stopped

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=models.Model)
Attempt = Callable[[int, datetime], "bool | None"]
DIED = "The sender died."
LONG = timedelta(seconds=1)


def _everything(_now: datetime) -> Q:
    return Q()


def _later(now: datetime, began: datetime) -> datetime:
    """`now` was asked for at `began`: what it would be by this moment."""
    return now + (timezone.now() - began)


@dataclass(frozen=True)
class Columns:
    """How a model names what an outbox needs. An empty name: it has no such column."""

    state: str = "state"
    attempts: str = "attempts"
    next_at: str = "next_at"
    error: str = "error"
    claimed_at: str = ""


@dataclass
class Tally:
    """What a run came to, for the tick's report."""

    sent: int = 0
    failed: int = 0

    def add(self, outcome: bool | None) -> None:
        self.sent += outcome is True
        self.failed += outcome is False


@dataclass(frozen=True)
class Outbox(Generic[Row]):
    """`waiting`: the states of a row that may be due. `held`: the state of a claimed row, where that is another one.

    `pauses`: after the n-th failed try; one more try than pauses, then the row is `failed`. `eligible`: what else must hold of a row.
    `unset_is_due`: a row without a time of its next try was never tried, and is due. `goes_out`: to somebody outside this install.
    """

    model: type[Row]
    waiting: tuple[str, ...]
    sent: str
    failed: str
    lease: timedelta
    pauses: Sequence[timedelta] = ()
    held: str = ""
    batch: int = 100
    columns: Columns = field(default_factory=Columns)
    unset_is_due: bool = False
    eligible: Callable[[datetime], Q] = _everything
    goes_out: bool = True

    @property
    def most_tries(self) -> int:
        return len(self.pauses) + 1

    # ---- What is due
    def due(self, now: datetime) -> QuerySet[Row]:
        """Also rows whose worker died: its lease has passed. Those of a `held` state come back by `recover`.

        Of what goes out nothing is due in a copy of an install: it would be sent twice, once by the real one.
        """
        if self.goes_out and why_stopped():
            return self.model._default_manager.none()
        return self._free(now).filter(self.eligible(now))

    def _free(self, now: datetime) -> QuerySet[Row]:
        """By the row's own columns alone: whether it may be claimed, without what `eligible` asks of other tables."""
        names = self.columns
        rows = self.model._default_manager.filter(**{f"{names.state}__in": self.waiting})
        if names.next_at:
            later = Q(**{f"{names.next_at}__lte": now})
            rows = rows.filter(later | Q(**{names.next_at: None}) if self.unset_is_due else later)
        if names.claimed_at and (not self.held or self.held in self.waiting):
            rows = rows.filter(Q(**{names.claimed_at: None}) | Q(**{f"{names.claimed_at}__lt": now - self.lease}))
        return rows

    def run(
        self,
        now: datetime,
        attempt: Attempt,
        *,
        receiver: str = "",
        first: Sequence[str] = (),
        budget: timedelta = timedelta.max,
        limit: timedelta = timedelta.max,
    ) -> Tally:
        """Attempt what is due, oldest first (`first`: columns that go before age), each row once, until nothing is left.

        The clock is asked for each call, and what came in during a long one is looked at before the next. A `receiver` (a column)
        that failed once, or took longer than `budget` in all, is left alone until the next run: it holds up nobody else. After
        `limit` the rest is left to the next run too.
        """
        self._fail_deadly(now)
        began, tally = timezone.now(), Tally()
        tried, tired, spent = set[int](), set[object](), defaultdict[object, timedelta](timedelta)
        order = [*first, self.columns.next_at, "pk"]
        while timezone.now() - began < limit:
            batch = [each for each in self._batch(_later(now, began), receiver, tired, order) if each[0] not in tried]
            if not batch:
                break
            for pk, whom in batch:
                if whom in tired:
                    continue
                start = timezone.now()
                tried.add(pk)
                outcome = self._attempt(attempt, pk, _later(now, began))
                tally.add(outcome)
                took = timezone.now() - start
                spent[whom] += took
                if receiver and (outcome is False or spent[whom] > budget):
                    tired.add(whom)
                if took > LONG or timezone.now() - began > limit:
                    break
        return tally

    def _attempt(self, attempt: Attempt, pk: int, now: datetime) -> bool | None:
        """What raises is a failed try like any other: it waits, is given up in the end, and holds up nobody."""
        try:
            return attempt(pk, now)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            log.exception("%s %s was not sent", self.model._meta.model_name, pk)
            row = self.model._default_manager.filter(**{f"{self.columns.attempts}__gt": 0}, pk=pk).first()
            if row is not None:
                self.mark_failed(row, error=f"{type(error).__name__}: {error}", now=now)
            return False

    def _batch(self, now: datetime, receiver: str, tired: set[object], order: list[str]) -> list[tuple[int, object]]:
        due = self.due(now)
        if receiver:
            due = due.exclude(**{f"{receiver}__in": tired})
        return list(due.order_by(*order).values_list("pk", receiver or "pk")[: self.batch])

    # ---- Claiming
    def claim(self, pk: int, now: datetime, *related: str) -> Row | None:
        """The row with `related` loaded; None when it is not due (any more) or another worker has it.

        The UPDATE names the row's own columns only. With a condition on another table it becomes `id IN (SELECT ...)`, which
        PostgreSQL does not read again for a row that another worker has just changed: both would claim it.
        """
        if not self.due(now).filter(pk=pk).exists() or not self._free(now).filter(pk=pk).update(**self._claim_values(now)):
            return None
        rows = self.model._default_manager.filter(pk=pk)
        return (rows.select_related(*related) if related else rows).first()

    def claim_all(self, pks: Iterable[int], now: datetime) -> QuerySet[Row]:
        """Rows that the caller has locked, in its transaction."""
        rows = self.model._default_manager.filter(pk__in=list(pks))
        rows.update(**self._claim_values(now))
        return rows

    def _claim_values(self, now: datetime) -> dict[str, object]:
        names = self.columns
        hold = {names.claimed_at: now} if names.claimed_at else {names.next_at: now + self.lease}
        return {names.attempts: F(names.attempts) + 1, **hold, **({names.state: self.held} if self.held else {})}

    def recover(self, now: datetime) -> None:
        """Rows of a `held` state whose worker died wait again. One that kills its worker every time uses up its tries too."""
        names = self.columns
        stuck = self.model._default_manager.filter(**{names.state: self.held, f"{names.claimed_at}__lt": now - self.lease})
        stuck.filter(**{f"{names.attempts}__gte": self.most_tries}).update(**{names.state: self.failed, names.error: DIED})
        stuck.update(**{names.state: self.waiting[0], names.next_at: now})

    def _fail_deadly(self, now: datetime) -> None:
        """What killed its worker at every try is still waiting, and would go on for ever. For those without a `held` state of their own."""
        names = self.columns
        if names.next_at and (not self.held or self.held in self.waiting):
            deadly = self.due(now).filter(**{f"{names.next_at}__lte": now, f"{names.attempts}__gte": self.most_tries})
            deadly.update(**{names.state: self.failed, names.error: DIED}, **self._no_next())

    # ---- Marking
    def same_try(self, *rows: Row, states: Sequence[str] = ()) -> QuerySet[Row]:
        """Rows that are still ours: one taken for dead and claimed again belongs to somebody else. All of one claim."""
        names = self.columns
        tried = names.claimed_at or names.attempts
        still = {f"{names.state}__in": states or [self.held or self.waiting[0]], tried: getattr(rows[0], tried)}
        return self.model._default_manager.filter(pk__in=[row.pk for row in rows], **still)

    def mark_sent(self, *rows: Row, states: Sequence[str] = (), **more: object) -> None:
        """`states`: in which it counts as sent, where that is more than the waiting one."""
        self.same_try(*rows, states=states).update(**{self.columns.state: self.sent, self.columns.error: ""}, **self._no_next(), **more)

    def mark_failed(self, *rows: Row, error: str, now: datetime, final: bool = False, **more: object) -> bool:
        """Waits for its next try; with its tries used up, or `final`, it is given up. Whether that is so of any row."""
        names = self.columns
        more[names.error] = error[: getattr(self.model._meta.get_field(names.error), "max_length", None)]
        used_up = [row for row in rows if final or self.is_used_up(row)]
        if used_up:
            self.same_try(*used_up).update(**{names.state: self.failed}, **self._no_next(), **more)
        again = [row for row in rows if row not in used_up]
        for tries in {getattr(row, names.attempts) for row in again}:
            mine = self.same_try(*(row for row in again if getattr(row, names.attempts) == tries))
            mine.update(**{names.state: self.waiting[-1], names.next_at: now + self.pauses[tries - 1]}, **more)
        return bool(used_up)

    def is_used_up(self, row: Row) -> bool:
        return getattr(row, self.columns.attempts) >= self.most_tries

    def give_back(self, *rows: Row) -> None:
        """As if nobody had tried."""
        names = self.columns
        values: dict[str, object] = {names.state: self.waiting[-1]} if self.held and self.held not in self.waiting else {}
        if names.claimed_at and not names.next_at:
            values[names.claimed_at] = None
        self.same_try(*rows).update(**{names.attempts: F(names.attempts) - 1}, **values)

    def postpone(self, *rows: Row, until: datetime, error: str) -> None:
        """The channel is away, which is no fault of the row: no try is counted, and it is due again at `until`."""
        names = self.columns
        values: dict[str, object] = {names.state: self.waiting[-1], names.next_at: until, names.attempts: F(names.attempts) - 1}
        values[names.error] = error[: getattr(self.model._meta.get_field(names.error), "max_length", None)]
        self.same_try(*rows).update(**values)

    def _no_next(self) -> dict[str, None]:
        """Nothing comes after this, where the model can say so."""
        names = self.columns
        nullable = names.next_at and self.model._meta.get_field(names.next_at).null
        return {names.next_at: None} if nullable else {}
