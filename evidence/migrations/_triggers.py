"""The custody log is appended, never edited: the database itself refuses. The rows of looks are part of it now.

A migration that rebuilds evidence_custodyentry on SQLite drops these triggers and has to run `make` again;
evidence/tests/test_custody.py fails until it does.
"""

SENTENCE = "the custody log is appended, never edited"
POSTGRESQL = (
    f"""
    CREATE FUNCTION evidence_custody_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{SENTENCE} (entry %)', OLD.seq USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER evidence_custody_no_{verb.lower()} BEFORE {verb} ON evidence_custodyentry FOR EACH ROW EXECUTE FUNCTION evidence_custody_refuse()"
        for verb in ("UPDATE", "DELETE")
    ),
)
POSTGRESQL_BACK = (
    "DROP TRIGGER evidence_custody_no_update ON evidence_custodyentry",
    "DROP TRIGGER evidence_custody_no_delete ON evidence_custodyentry",
    "DROP FUNCTION evidence_custody_refuse()",
)
SQLITE = tuple(
    f"CREATE TRIGGER evidence_custody_no_{verb.lower()} BEFORE {verb} ON evidence_custodyentry BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    for verb in ("UPDATE", "DELETE")
)
SQLITE_BACK = ("DROP TRIGGER evidence_custody_no_update", "DROP TRIGGER evidence_custody_no_delete")

# Since 0006: the seals over all histories, in the same way. On PostgreSQL the function of above says `entry`, which a seal has not.
SEALS = {
    "postgresql": (
        """
        CREATE FUNCTION evidence_seal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'seals are appended, never edited (seal %)', OLD.number USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        *(
            f"CREATE TRIGGER evidence_seal_no_{verb.lower()} BEFORE {verb} ON evidence_historyseal FOR EACH ROW EXECUTE FUNCTION evidence_seal_refuse()"
            for verb in ("UPDATE", "DELETE")
        ),
    ),
    "sqlite": tuple(
        f"CREATE TRIGGER evidence_seal_no_{verb.lower()} BEFORE {verb} ON evidence_historyseal "
        "BEGIN SELECT RAISE(ABORT, 'seals are appended, never edited'); END"
        for verb in ("UPDATE", "DELETE")
    ),
}
SEALS_BACK = {
    "postgresql": (
        "DROP TRIGGER evidence_seal_no_update ON evidence_historyseal",
        "DROP TRIGGER evidence_seal_no_delete ON evidence_historyseal",
        "DROP FUNCTION evidence_seal_refuse()",
    ),
    "sqlite": ("DROP TRIGGER evidence_seal_no_update", "DROP TRIGGER evidence_seal_no_delete"),
}


def make_for_seals(apps, schema_editor):
    run(schema_editor, SEALS)


def drop_for_seals(apps, schema_editor):
    run(schema_editor, SEALS_BACK)


def make(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def drop(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


def run(schema_editor, statements):
    # params=None: the percent sign in RAISE is PostgreSQL's own.
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
