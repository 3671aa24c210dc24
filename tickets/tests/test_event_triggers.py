"""History is appended, never edited: the database refuses, whatever the code does."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from tickets.models import Event, Ticket
from tickets.operations import discard_draft, file_ticket, start_draft
from tickets.tests.cast import person
from tickets.tests.making import filing

pytestmark = pytest.mark.sqlite


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


@pytest.fixture
def filed(db, mei) -> Ticket:
    return file_ticket(mei, filing())


def test_an_event_cannot_be_changed(filed) -> None:
    event = filed.events.first()
    event.kind = "something_else"
    assert refused(event.save)
    assert refused(lambda: Event.objects.filter(pk=event.pk).update(data={"edited": True}))
    assert filed.events.first().kind == "filed"


def test_an_event_of_a_filed_ticket_cannot_be_deleted(filed) -> None:
    before = filed.events.count()
    assert refused(filed.events.first().delete)
    assert refused(lambda: Event.objects.filter(ticket=filed).delete())
    assert filed.events.count() == before > 0


def test_a_filed_ticket_cannot_be_deleted_with_its_history(filed) -> None:
    assert refused(filed.delete)
    assert Ticket.objects.filter(pk=filed.pk).exists()


def test_setting_the_status_back_to_draft_opens_no_way_around(filed) -> None:
    Ticket.objects.filter(pk=filed.pk).update(status="draft")
    assert refused(lambda: Event.objects.filter(ticket=filed).delete())


def test_raw_sql_is_refused_too(filed) -> None:
    def run(sql: str) -> bool:
        return refused(lambda: connection.cursor().execute(sql, [filed.pk]))

    assert run("UPDATE tickets_event SET kind = 'x' WHERE ticket_id = %s")
    assert run("DELETE FROM tickets_event WHERE ticket_id = %s")


def test_a_drafts_events_go_with_their_draft(mei) -> None:
    draft = start_draft(mei, {"category": "merchant_deduction"})
    Event.objects.create(ticket=draft, seq=1, kind="timer.warned", at=draft.created_at, recorded_at=draft.created_at)
    assert refused(lambda: draft.events.update(kind="x")), "changing one is refused even there"
    discard_draft(mei, draft.ref)
    assert not Event.objects.filter(ticket_id=draft.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", [1, 2])
def test_flush_empties_the_table_and_leaves_the_triggers(_round) -> None:
    """The teardown of every transactional test flushes; the second round starts from what the first one left."""
    call_command("seed_policy", verbosity=0)
    assert not Event.objects.exists()
    filed = file_ticket(person("mei@example.com"), filing())
    call_command("flush", interactive=False, verbosity=0)
    assert not Event.objects.exists()
    assert not Ticket.objects.filter(pk=filed.pk).exists()
    call_command("seed_policy", verbosity=0)
    again = file_ticket(person("mei@example.com"), filing())
    assert refused(lambda: Event.objects.filter(ticket=again).update(kind="x"))
    assert refused(lambda: Event.objects.filter(ticket=again).delete())


@pytest.mark.django_db(transaction=True)
def test_a_failing_flush_leaves_the_triggers(monkeypatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL truncates past the triggers")
    call_command("seed_policy", verbosity=0)
    filed = file_ticket(person("mei@example.com"), filing())

    def fail(*args, **kwargs):
        raise DatabaseError("disk full")

    with monkeypatch.context() as patch, pytest.raises((CommandError, DatabaseError)):
        patch.setattr(connection.ops, "execute_sql_flush", fail)
        call_command("flush", interactive=False, verbosity=0)
    assert refused(lambda: Event.objects.filter(ticket=filed).delete())


@pytest.mark.django_db(transaction=True)
def test_the_tickets_table_can_still_be_rebuilt() -> None:
    """SQLite rebuilds a table to alter a column, and refuses when a trigger elsewhere names it."""
    field = Ticket._meta.get_field("currency")
    wider = field.clone()
    wider.max_length = 4
    wider.set_attributes_from_name("currency")
    with connection.schema_editor() as editor:
        editor.alter_field(Ticket, field, wider)
    with connection.schema_editor() as editor:
        editor.alter_field(Ticket, wider, field)
    call_command("seed_policy", verbosity=0)
    filed = file_ticket(person("mei@example.com"), filing())
    assert refused(lambda: Event.objects.filter(ticket=filed).delete())
