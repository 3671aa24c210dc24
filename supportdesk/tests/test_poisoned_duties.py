"""Every duty of every room: a row that the database will not let it touch is set aside with its reference, and the next one is done.

The poison is a trigger, so what raises is an IntegrityError. A duty that is in neither table below fails here.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.utils import timezone

from accounts.models import (
    CodeGuesses,
    EntryLink,
    GuardedChange,
    KnownNetwork,
    Letter,
    ReadAlarm,
    ReadEntry,
    TextMessage,
    User,
)
from api.models import IdempotencyKey, Token, Webhook, WebhookDelivery
from desk.models import Draft
from evidence.models import PartialUpload
from inbound_mail.models import Letter as LetterTaken
from lib.duties.models import Failure
from lib.duties.running import run_duty
from supportdesk.celery import app
from tickets.models import FreezeRequest, Incident, IncidentOutcome, IncidentRun, Notification, Ticket, UnsentForm
from tickets.operations import file_ticket, perform, start_draft
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
LONG_AGO = timedelta(days=4_000)
Rows = tuple[models.Model, models.Model]


class World:
    """Who and what the rows are about."""

    def __init__(self, mei: User, wang: User, zhao: User, now: datetime) -> None:
        self.mei, self.wang, self.zhao, self.now, self.old = mei, wang, zhao, now, now - LONG_AGO

    def tickets(self, **changed: object) -> Rows:
        made = file_ticket(self.mei, filing()), file_ticket(self.wang, filing())
        Ticket.objects.filter(pk__in=[each.pk for each in made]).update(**changed)
        return made

    def two(self, model: type[models.Model], **values: Any) -> Rows:
        """What must differ is asked of a callable."""
        bad, good = ({name: value() if callable(value) else value for name, value in values.items()} for _n in range(2))
        return model._default_manager.create(**bad), model._default_manager.create(**good)


def _word() -> str:
    return uuid.uuid4().hex


def _drafts(world: World) -> Rows:
    made = start_draft(world.mei, {}), start_draft(world.wang, {})
    Ticket.objects.update(updated_at=world.old)
    return made


def _desk_drafts(world: World) -> Rows:
    first, second = world.tickets()
    common = {"person": world.zhao, "form": "reply", "at": world.old}
    return Draft.objects.create(ticket=first, **common), Draft.objects.create(ticket=second, **common)


def _closed(world: World) -> Rows:
    made = world.tickets()
    for ticket in made:
        perform(ticket.owner, ticket.ref, "withdraw", {})
    Ticket.objects.update(closed_at=world.old, account_sealed="x")
    return made


def _read_much(world: World) -> Rows:
    for reader in (world.mei, world.wang):
        ReadEntry.objects.create(at=world.now, reader=reader, kind="exported", door="page", place="x", count=9_999_999)
    return world.mei, world.wang


def _runs(world: World) -> Rows:
    tickets = world.tickets()
    ticket, now = tickets[0], world.now
    incident = Incident.objects.create(day=now.date(), policy_id=ticket.policy_id, category=ticket.category, began_at=now, suggested_at=now)
    run = IncidentRun.objects.create(incident=incident, by=world.zhao, action="extend", data={}, created_at=now)
    bad, good = (IncidentOutcome.objects.create(run=run, ticket=each) for each in tickets)
    return bad, good


def _notices_of_the_gone(world: World) -> Rows:
    gone = User.objects.create_user(email="gone@example.com", is_active=False)
    gone.groups.set(world.zhao.groups.all())
    first, second = world.tickets()
    common = {"recipient": gone, "kind": "message", "state": Notification.State.SENT, "created_at": world.now, "not_before": world.now}
    return Notification.objects.create(ticket=first, **common), Notification.objects.create(ticket=second, **common)


def _ended_hooks(world: World) -> Rows:
    return world.two(Webhook, url="https://x.example/", created_by=world.zhao, created_at=world.old, active=False, off_at=world.now)


def _due_change(world: World) -> Rows:
    """Of people whose group changes are agreed upon."""
    common = {"kind": "person", "by": world.zhao, "at": world.now, "state": "agreed", "effective_at": world.now}
    bad, good = (
        GuardedChange.objects.create(target=str(each.pk), old={"is_active": True}, new={"is_active": False}, **common)
        for each in (world.mei, world.wang)
    )
    return bad, good


def _token(world: World) -> Rows:
    return world.two(Token, user=world.mei, digest=_word, token_key=lambda: _word()[:15], expiry=world.old, name="x")


def _message(state: str) -> Callable[[World], Rows]:
    return lambda world: world.two(TextMessage, number="+8613700000000", sealed="x", created_at=world.old, next_at=world.old, state=state)


# Duty → two rows of which it does something to each. The first one is poisoned.
ROWS: dict[str, Callable[[World], Rows]] = {
    "holds ended": lambda world: world.tickets(legal_hold_until=world.now - timedelta(1)),
    "drafts discarded": _drafts,
    "accounts forgotten": _closed,
    "freezes never proven forgotten": lambda world: world.two(
        FreezeRequest, digest=_word, sealed="", first_at=world.old, last_at=world.old
    ),
    "incident acts": _runs,
    "notices handed on": _notices_of_the_gone,
    "text messages forgotten": _message("sent"),
    "words of the platform forgotten": lambda world: world.two(EntryLink, digest=_word, user=world.mei, until=world.old),
    "networks forgotten": lambda world: world.two(KnownNetwork, user=world.mei, network=lambda: _word()[:32], last_at=world.old),
    "letters about accounts forgotten": lambda world: world.two(
        Letter, sealed="x", created_at=world.old, useful_until=world.old, next_at=world.old, state="sent"
    ),
    "guesses at codes forgotten": lambda world: world.two(CodeGuesses, key=_word, counted_until=world.old),
    "guarded changes carried out": _due_change,
    "readings forgotten": lambda world: world.two(ReadEntry, at=world.old, reader=world.mei, kind="opened", door="page", place="x"),
    "alarms of readings forgotten": lambda world: world.two(ReadAlarm, at=world.old, reader=world.mei, opened=1, taken=1),
    "sessions forgotten": lambda world: world.two(Session, session_key=lambda: _word()[:40], session_data="", expire_date=world.old),
    "places signed in forgotten": lambda world: world.two(
        UserSession, user=world.mei, session_key=lambda: _word()[:40], ip="127.0.0.1", user_agent="x", created_at=world.old
    ),
    "answers forgotten": lambda world: world.two(
        IdempotencyKey, user=world.mei, key=_word, request="x", digest="x", created_at=world.old
    ),
    "tokens forgotten": _token,
    "webhook calls forgotten": lambda world: world.two(
        WebhookDelivery, webhook=_ended_hooks(world)[0], type="ping", created_at=world.old, next_at=None, state="sent"
    ),
    "letters forgotten": lambda world: world.two(LetterTaken, digest=_word, at=world.old),
    "drafts of the desk forgotten": _desk_drafts,
    "forms never sent forgotten": lambda world: world.two(
        UnsentForm, ticket=lambda: file_ticket(world.mei, filing()), person=world.mei, at=world.old
    ),
    "unfinished uploads ended": lambda world: world.two(
        PartialUpload, ticket=lambda: file_ticket(world.mei, filing()), by=world.mei, kind="payment_voucher", size=9,
        made_at=world.old, moved_at=world.old, expires_at=world.old,
    ),
}  # fmt: skip
# What no row of ours can stop, or what is proven of it elsewhere.
ELSEWHERE = {
    "timers fired": "tickets/tests/test_poisoned_rows.py",
    "days begun": "one row of the day",
    "dates moved": "each_key; tickets/tests/test_poisoned_rows.py poisons another duty of the same way",
    "evidence counted": "all_or_each",
    "contacts bound": "each_row",
    "incidents suggested": "each_key",
    "late reports joined": "each_row and all_or_each",
    "incident notices": "each_key",
    "complaints given out": "each_key",
    "adapter calls": "an outbox: tickets/tests/test_poisoned_rows.py",
    "notifications sent": "an outbox; tickets/tests/test_poisoned_rows.py",
    "channel messages sent": "all_or_each, then an outbox",
    "reports counted": "each_key",
    "text messages sent": "an outbox: tickets/tests/test_poisoned_rows.py",
    "letters about accounts sent": "an outbox",
    "unusual readings told": "each_key: below",
    "items inspected": "each_key",
    "items purged": "each_key",
    "unsent files deleted": "each_row",
    "letters set aside deleted": "each_row",
    "orphaned files deleted": "each_key: below",
    "runs taken up": "each_row",
    "deletions carried out": "each_row: evidence/tests/test_personal_data.py",
    "traces of deleted rows dropped": "no rows of ours",
    "complaints sealed": "one row of the minute",
    "proofs of the history": "one run of the night",
    "webhook calls": "each_key and an outbox: tickets/tests/test_poisoned_rows.py",
    "letters not taken told": "one letter",
    "letters taken": "inbound_mail/tests/test_polling.py",
    "letters let through": "each_key",
    "replies sent": "each_row",
}


def duties() -> dict[str, Callable[[datetime], int]]:
    app.loader.import_default_modules()
    found: dict[str, Callable[[datetime], int]] = {}
    for name, module in sorted(sys.modules.items()):
        if name.endswith(".periodic"):
            found |= getattr(module, "DUTIES", {})
    return found


def test_no_duty_is_forgotten() -> None:
    assert set(duties()) == {*ROWS, *ELSEWHERE}
    assert not set(ROWS) & set(ELSEWHERE)


def test_what_is_proven_elsewhere_goes_over_its_rows_by_what_sets_aside() -> None:
    """By its own words, or those of the file it stands in."""
    import inspect

    ways = ("each_row(", "each_key(", "all_or_each(", "OUTBOX")
    exempt = {name for name, why in ELSEWHERE.items() if not why.startswith(("each_", "all_or_each", "an outbox"))}
    for name, duty in duties().items():
        if name in ELSEWHERE and name not in exempt:
            sources = [inspect.getsource(sys.modules[duty.__module__])]
            sources += [inspect.getsource(module) for module in vars(sys.modules[duty.__module__]).values() if inspect.ismodule(module)]
            sources += [
                inspect.getsource(sys.modules[each.__module__])
                for each in vars(sys.modules[duty.__module__]).values()
                if inspect.isfunction(each) and each.__name__ in inspect.getsource(duty)
            ]
            assert any(way in source for source in sources for way in ways), name


@contextmanager
def poison(row: models.Model) -> Iterator[None]:
    """Nothing may change or delete it."""
    table, key = row._meta.db_table, row._meta.pk.column
    value = connection.ops.adapt_unknown_value(row.pk) if not isinstance(row.pk, uuid.UUID) else row.pk.hex
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER poison_{event} BEFORE {event} ON {table} WHEN old.{key} = '{value}'"
                    " BEGIN SELECT RAISE(ABORT, 'poison'); END"
                )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN RAISE 'poison' USING ERRCODE = 'integrity_constraint_violation'; END$$"
            )
            cursor.execute(
                f"CREATE TRIGGER poison BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
                f" WHEN (old.{key}::text = '{row.pk}') EXECUTE FUNCTION poison()"
            )
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER poison_{event}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"DROP TRIGGER poison ON {table}")


@pytest.fixture
def world(clock, mei, wang, zhao, zhou) -> World:
    return World(mei, wang, zhao, clock("2026-07-06T09:00:00+08:00"))


@pytest.mark.parametrize("name", ROWS)
def test_the_others_are_done(name: str, world: World) -> None:
    bad, good = ROWS[name](world)
    duty, model = duties()[name], type(bad)

    def stands(row: models.Model) -> dict[str, Any] | None:
        return model._base_manager.filter(pk=row.pk).values().first()

    before = stands(bad), stands(good)
    with poison(bad):
        run_duty(duty, world.now)
        assert stands(bad) == before[0]
    assert stands(good) != before[1], "and the other one is done"
    failure = Failure.objects.get()
    assert failure.key == str(bad.pk)[:40]
    assert failure.reference
    assert failure.next_at > world.now
    assert "poison" in failure.error
    assert failure.told_at is None, "administrators are told at the next look"
    run_duty(duty, failure.next_at)
    assert stands(bad) != before[0], "mended, it is done at its next try"
    assert not Failure.objects.exists()


def test_who_reads_unusually_much_is_told_of_though_another_cannot_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts import read_alarms

    bad, good = _read_much(world)
    tell = read_alarms._tell
    monkeypatch.setattr(read_alarms, "_tell", lambda reader, *rest: 1 / 0 if reader == bad else tell(reader, *rest))
    assert duties()["unusual readings told"](world.now) == 1
    assert ReadAlarm.objects.get().reader == good
    assert Failure.objects.get().key == str(bad.pk)


def test_a_file_that_cannot_be_removed_keeps_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from evidence.vault import orphans

    removed: list[str] = []

    def remove(names: list[str]) -> None:
        assert names != ["bad"]
        removed.extend(names)

    monkeypatch.setattr(orphans, "report_strangers", lambda now: 0)
    monkeypatch.setattr(orphans.store, "unadopted_names", lambda before: ["bad", "good"])
    monkeypatch.setattr(orphans.store, "remove", remove)
    assert duties()["orphaned files deleted"](timezone.now()) == 1
    assert removed == ["good"]
    assert Failure.objects.get().key == "bad"
