"""Room on every page of the two tables that change most: a row that keeps its indexed values is then changed in place.

Without it each change of a ticket writes all of its indexes anew: a sweep of warnings took twice the database's time.
"""

from django.db import migrations

TABLES = ("tickets_ticket", "tickets_timer")


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 80)")


def fill_up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_evidence_after_request")]

    operations = [migrations.RunPython(leave_room, fill_up)]
