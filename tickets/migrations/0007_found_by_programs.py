"""How programs find cases again: by their own number, by a contact not proven yet, by what has changed since."""

from django.db import migrations, models

from tickets.migrations._indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0006_what_programs_say")]

    operations = [
        AddIndexBeside("ticket", models.Index(fields=["external_id"], condition=~models.Q(external_id=""), name="ticket_external")),
        AddIndexBeside("ticket", models.Index(fields=["contact"], condition=~models.Q(contact=""), name="ticket_contact")),
        AddIndexBeside("ticket", models.Index(fields=["updated_at", "id"], name="ticket_changed")),
    ]
