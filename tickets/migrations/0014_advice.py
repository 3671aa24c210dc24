"""The advice that ships, with its sources."""

from django.db import migrations

from tickets.policy.seeding import seed_advice


def furnish(apps, schema_editor):
    seed_advice(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0013_whose_turn"),
    ]
    operations = [
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
