"""Create the five groups of the desk."""

from django.db import migrations

from accounts.seeding import ensure_groups


def forwards(apps, schema_editor):
    ensure_groups(apps.get_model("auth", "Group"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
