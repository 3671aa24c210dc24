"""History is appended, never edited: the database itself refuses to change or delete an event.

Events of a draft may go with their draft: a ticket is a draft as long as no event of its own leads out of that status. The
condition reads the events alone, because SQLite refuses to rebuild a table (any later change of tickets_ticket) that a
trigger of another table names. A migration that rebuilds tickets_event on SQLite drops these triggers: it has to run
`make` again, and tickets/tests/test_event_triggers.py fails until it does.
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
