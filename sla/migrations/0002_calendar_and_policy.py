"""The calendar of 2024 to 2026 and policy 2026.1 with its timers."""

from django.db import migrations

from sla.seeding import seed_calendar, seed_policy_rules


def load(apps, schema_editor):
    seed_calendar((2024, 2025, 2026), apps)
    seed_policy_rules("2026.1", apps)


class Migration(migrations.Migration):

    dependencies = [("sla", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
