"""History is appended, never edited: the database itself refuses to change or delete an event.

Events of a draft may go with their draft: a ticket is a draft as long as no event of its own leads out of that status. The
condition reads the events alone, because SQLite refuses to rebuild a table (any later change of tickets_ticket) that a
trigger of another table names. A migration that rebuilds tickets_event on SQLite drops these triggers: it has to run
`make` and `allow_sealing` again, and tickets/tests/test_event_triggers.py fails until it does.
"""

FILED = "EXISTS (SELECT 1 FROM tickets_event e WHERE e.ticket_id = OLD.ticket_id AND e.from_status = 'draft' AND e.to_status NOT IN ('', 'draft'))"
SENTENCE = "history is appended, never edited"

POSTGRESQL = (
    f"""
    CREATE FUNCTION tickets_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{SENTENCE} (event %)', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE FUNCTION tickets_event_refuse_when_filed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {FILED} THEN
            RAISE EXCEPTION '{SENTENCE} (event %)', OLD.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER tickets_event_no_update BEFORE UPDATE ON tickets_event
    FOR EACH ROW EXECUTE FUNCTION tickets_event_refuse()
    """,
    """
    CREATE TRIGGER tickets_event_no_delete BEFORE DELETE ON tickets_event
    FOR EACH ROW EXECUTE FUNCTION tickets_event_refuse_when_filed()
    """,
)
POSTGRESQL_BACK = (
    "DROP TRIGGER tickets_event_no_delete ON tickets_event",
    "DROP TRIGGER tickets_event_no_update ON tickets_event",
    "DROP FUNCTION tickets_event_refuse_when_filed()",
    "DROP FUNCTION tickets_event_refuse()",
)
SQLITE = (
    f"""
    CREATE TRIGGER tickets_event_no_update BEFORE UPDATE ON tickets_event
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """,
    f"""
    CREATE TRIGGER tickets_event_no_delete BEFORE DELETE ON tickets_event WHEN {FILED}
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """,
)
SQLITE_BACK = ("DROP TRIGGER tickets_event_no_delete", "DROP TRIGGER tickets_event_no_update")


def make(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def drop(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


def run(schema_editor, statements):
    # params=None: the percent sign in RAISE is PostgreSQL's own.
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


# Since 0019 an event has a digest. What was there before gets it once, later; and words can be taken out of an event, once, with nothing
# else of it changed. Everything else is refused as before.
KEPT = ("id", "ticket_id", "seq", "kind", "actor_id", "at", "recorded_at", "from_status", "to_status", "visibility")
PLAIN_UPDATE = "CREATE TRIGGER tickets_event_no_update BEFORE UPDATE ON tickets_event"


def _allowed(same):
    """`same`: how two values that may be NULL are compared. `data` is compared as text."""
    kept = " AND ".join(same.format(f"NEW.{name}", f"OLD.{name}") for name in KEPT)
    data, covers = same.format("NEW.data", "OLD.data"), same.format("NEW.covers", "OLD.covers")
    sealed = f"OLD.digest IS NULL AND NEW.digest IS NOT NULL AND NEW.erased IS NULL AND OLD.erased IS NULL AND {data}"
    emptied = f"{same.format('NEW.digest', 'OLD.digest')} AND OLD.erased IS NULL AND NEW.erased IS NOT NULL AND {covers}"
    return f"({kept} AND (({sealed}) OR ({emptied})))"


SEALING = {
    "postgresql": (
        "DROP TRIGGER tickets_event_no_update ON tickets_event",
        f"{PLAIN_UPDATE} FOR EACH ROW WHEN (NOT {_allowed('{} IS NOT DISTINCT FROM {}')}) EXECUTE FUNCTION tickets_event_refuse()",
    ),
    "sqlite": (
        "DROP TRIGGER tickets_event_no_update",
        f"{PLAIN_UPDATE} WHEN NOT {_allowed('{} IS {}')} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END",
    ),
}
SEALING_BACK = {
    "postgresql": ("DROP TRIGGER tickets_event_no_update ON tickets_event", POSTGRESQL[2]),
    "sqlite": ("DROP TRIGGER tickets_event_no_update", SQLITE[0]),
}


def allow_sealing(apps, schema_editor):
    run(schema_editor, SEALING)


def refuse_sealing(apps, schema_editor):
    run(schema_editor, SEALING_BACK)
