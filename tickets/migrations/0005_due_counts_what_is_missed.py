"""The queue holds what is overdue, first: due_at counts missed deadlines too, and what is over stays as long as something is owed on it.

The index is made beside the old one, without holding up whoever writes tickets meanwhile; rows of today are counted anew, some at a time.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Exists, OuterRef, Subquery

BATCH = 2000


class AddIndexBeside(AddIndexConcurrently):
    """On PostgreSQL; SQLite knows no such thing and has few rows."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        beside = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        beside.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        beside = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.AddIndex
        beside.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexBeside(RemoveIndexConcurrently):
    """Likewise."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        beside = RemoveIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.RemoveIndex
        beside.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        beside = RemoveIndexConcurrently if schema_editor.connection.vendor == "postgresql" else migrations.RemoveIndex
        beside.database_backwards(self, app_label, schema_editor, from_state, to_state)


def count_missed(apps, schema_editor):
    """Of every ticket on which a sweep has recorded a breach that nothing has stopped: only there was due_at another."""
    Ticket, Timer = apps.get_model("tickets", "Ticket"), apps.get_model("tickets", "Timer")
    owed = Timer.objects.filter(ticket=OuterRef("pk"), binds="operator", stopped_at=None, cancelled=False, paused_at=None)
    first = owed.order_by("due_at", "started_at", "id")
    missed = Ticket.objects.filter(Exists(owed.filter(overrun_at__isnull=False)))
    after = 0
    while ids := list(missed.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        after = ids[-1]
        Ticket.objects.filter(pk__in=ids).update(due_at=Subquery(first.values("due_at")[:1]), due_key=Subquery(first.values("key")[:1]))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0004_policy_2026_2")]

    operations = [
        migrations.AlterField(
            model_name="ticket",
            name="due_at",
            field=models.DateTimeField(
                blank=True,
                help_text="The earliest operator deadline not yet stopped, missed ones included.",
                null=True,
                verbose_name="next deadline",
            ),
        ),
        migrations.RunPython(count_missed, migrations.RunPython.noop),
        AddIndexBeside(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status__in", ["draft", "resolved", "closed"]), _negated=True), ("due_at__isnull", False), _connector="OR"
                ),
                fields=["due_at", "id"],
                include=(
                    "ref", "category", "status", "stage", "waiting_on", "lane", "amount", "currency", "due_key",
                    "assignee", "late_claim", "refund_tier", "created_at", "evidence_need", "evidence_have",
                ),
                name="ticket_in_queue",
            ),
        ),
        RemoveIndexBeside(model_name="ticket", name="ticket_open_queue"),
    ]  # fmt: skip
