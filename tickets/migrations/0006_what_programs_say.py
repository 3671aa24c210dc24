"""What the platform's own programs say of a case: their number of it, their notes, who acts for the customer, a contact not proven yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_due_counts_what_is_missed")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="contact",
            field=models.CharField(blank=True, db_default="", default="", help_text="A number, or external:<id> of the platform. Nobody has an account by it before they have proven it.", max_length=120, verbose_name="contact not proven yet"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="external_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="platform's own number"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="metadata",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="platform's own notes"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="represented_by",
            field=models.JSONField(blank=True, help_text="Who acts for the customer: name, as what, on which document.", null=True, verbose_name="represented by"),
        ),
    ]
