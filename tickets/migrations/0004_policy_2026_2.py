"""The version of the rules that ships from here on. Complaints keep the one they were filed under."""

from django.db import migrations

from tickets.policy.seeding import seed_version

VERSION = "2026.2"


def bring(apps, schema_editor):
    """Beside a version of the operator's own that has its name already, under another: theirs is in force and stays so."""
    taken = apps.get_model("sla", "Policy")._default_manager.filter(version=VERSION).exists()
    seed_version(VERSION, apps, name=f"{VERSION}-shipped" if taken else VERSION)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0003_notification_to_channels"),
        ("sla", "0004_retention_by_kind"),
    ]
    operations = [
        migrations.RunPython(bring, migrations.RunPython.noop),
    ]
