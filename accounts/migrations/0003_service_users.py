"""Service users are found by a key of their own, not by an address that somebody else may have typed first."""

from django.db import migrations, models

from accounts.service_users import ensure_service_users


def make_them(apps, schema_editor):
    ensure_service_users(apps.get_model("accounts", "User"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_second_factor"),
    ]
    operations = [
        migrations.AddField(
            model_name="user",
            name="service_key",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Which of our own adapters: its service user is found by this, never by an address.",
                max_length=40,
                verbose_name="stands for",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("service_key", ""), _negated=True), fields=("service_key",), name="one_user_for_a_service"
            ),
        ),
        migrations.RunPython(make_them, migrations.RunPython.noop, elidable=True),
    ]
