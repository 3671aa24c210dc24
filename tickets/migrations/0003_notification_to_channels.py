"""The index of notices that wait for their channels, in a migration of its own: made without holding up whoever writes notices meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndexBeside(AddIndexConcurrently):
    """On PostgreSQL; SQLite knows no such thing and has few rows."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        beside = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        beside.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        beside = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        beside.database_backwards(self, app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0002_notification_channels")]

    operations = [
        AddIndexBeside(
            model_name="notification",
            index=models.Index(condition=models.Q(("to_channels", True)), fields=["id"], name="notification_to_channels"),
        )
    ]
