"""How long evidence is kept: a row for each kind, made from what the versions there are say by class."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from sla.seeding import retention_by_class


def spell_out(apps, schema_editor):
    policies, rule = apps.get_model("sla", "Policy"), apps.get_model("sla", "RetentionRule")
    for policy in policies._default_manager.all():
        rows = retention_by_class({name: getattr(policy, name) for name in CLASS_COLUMNS})
        rule._default_manager.bulk_create(rule(policy=policy, **row) for row in rows)


CLASS_COLUMNS = ("retention_long_days", "retention_medium_days", "retention_short_days")


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0003_partly_confirm_days'),
    ]

    operations = [
        migrations.AlterField(
            model_name='policy',
            name='retention_long_days',
            field=models.PositiveIntegerField(db_default=1095, default=1095, editable=False),
        ),
        migrations.AlterField(
            model_name='policy',
            name='retention_medium_days',
            field=models.PositiveIntegerField(db_default=365, default=365, editable=False),
        ),
        migrations.AlterField(
            model_name='policy',
            name='retention_short_days',
            field=models.PositiveIntegerField(db_default=30, default=30, editable=False),
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.SlugField(max_length=40, verbose_name='kind of evidence')),
                ('days', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='days after closing')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retention_rules', to='sla.policy', verbose_name='policy')),
            ],
            options={
                'verbose_name': 'time a kind is kept',
                'verbose_name_plural': 'times kinds are kept',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('policy', 'kind'), name='one_retention_per_kind')],
            },
        ),
        migrations.RunPython(spell_out, migrations.RunPython.noop),
    ]
