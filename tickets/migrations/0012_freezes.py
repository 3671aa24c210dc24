"""Freezes that can be carried out: the account sealed, what the adapter is told and what it told, police freezes, how a lift was proven."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# How the version before named what became of its one call.
STATE = {"pending": "waiting", "sent": "sent", "failed": "failed"}


def take_over_calls(apps, schema_editor):
    """What waits for the adapter goes on waiting under its own number; what was sent stays sent."""
    calls = apps.get_model("tickets", "FreezeCall")
    asked = apps.get_model("tickets", "Freeze").objects.filter(adapter_state__in=STATE)
    rows = (
        calls(
            freeze=freeze,
            type="freeze.requested",
            message_id=f"msg_{uuid.uuid4().hex}",
            state=STATE[freeze.adapter_state],
            attempts=freeze.adapter_attempts,
            error=freeze.adapter_error,
            next_at=freeze.adapter_next_at,
            at=freeze.requested_at,
        )
        for freeze in asked.iterator(500)
    )
    calls.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0011_refunds_of_the_past'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='freeze',
            name='account_sealed',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='freeze',
            name='authority',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of a freeze by law enforcement.', max_length=100),
        ),
        migrations.AddField(
            model_name='freeze',
            name='document_no',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='freeze',
            name='lift_proof',
            field=models.CharField(blank=True, db_default='', default='', help_text="How the owner proved to be the owner; an identity check's reference.", max_length=100),
        ),
        migrations.AddField(
            model_name='freeze',
            name='lift_waits_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='freeze',
            name='lift_waits_since',
            field=models.DateTimeField(blank=True, help_text='An operator lifts it; a supervisor has to sign.', null=True),
        ),
        migrations.AddField(
            model_name='freeze',
            name='renewals',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='freeze',
            name='until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='securitytask',
            name='proof',
            field=models.CharField(blank=True, db_default='', default='', help_text="“owner”, or an identity check's reference. Without one it counts for nothing.", max_length=100),
        ),
        migrations.AddField(
            model_name='ticket',
            name='account_sealed',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='account, sealed'),
        ),
        migrations.AlterField(
            model_name='freeze',
            name='adapter_state',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.CreateModel(
            name='AdapterMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=100, unique=True)),
                ('answer', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_index=True)),
                ('freeze', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.freeze')),
            ],
            options={
                'verbose_name': 'report of the freeze adapter',
                'verbose_name_plural': 'reports of the freeze adapter',
            },
        ),
        migrations.CreateModel(
            name='FreezeCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=30)),
                ('message_id', models.CharField(max_length=40, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('failed', 'failed')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('freeze', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='tickets.freeze')),
            ],
            options={
                'verbose_name': 'call of the freeze adapter',
                'verbose_name_plural': 'calls of the freeze adapter',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='freeze_call_waiting')],
            },
        ),
        migrations.RunPython(take_over_calls, migrations.RunPython.noop, elidable=True),
    ]
