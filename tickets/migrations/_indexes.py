"""Indexes on tables that are written all day: made without holding up whoever writes meanwhile. In a migration that is not atomic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class AddIndexBeside(AddIndexConcurrently):
    """On PostgreSQL; SQLite knows no such thing and has few rows."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        beside = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        beside.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        beside = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        beside.database_backwards(self, app_label, schema_editor, from_state, to_state)
