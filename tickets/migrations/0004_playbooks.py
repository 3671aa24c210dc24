"""The shipped playbooks and escalation targets."""

from django.db import migrations

from tickets.policy.seeding import seed_playbooks


def seed(apps, schema_editor):
    seed_playbooks(registry=apps)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_search"), ("sla", "0002_calendar_and_policy")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
