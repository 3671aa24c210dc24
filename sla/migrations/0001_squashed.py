"""Policies with their timers, the calendar, and what of both ships with the desk."""

import datetime
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import sla.validators
from sla.seeding import seed_calendar, seed_policy_rules


def seed(apps, schema_editor):
    seed_calendar((2024, 2025, 2026), apps)
    seed_policy_rules("2026.1", apps)


class Migration(migrations.Migration):
    replaces = [
        ("sla", "0001_initial"),
        ("sla", "0002_calendar_and_policy"),
        ("sla", "0003_rating_days"),
        ("sla", "0004_incident_auto_join"),
    ]
    initial = True
    dependencies = [
    ]
    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('version', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='version')),
                ('zone', models.CharField(default='Asia/Shanghai', max_length=64, validators=[sla.validators.known_zone], verbose_name='time zone')),
                ('published_at', models.DateTimeField(blank=True, db_index=True, help_text='Empty: a draft.', null=True, verbose_name='published at')),
                ('note', models.TextField(blank=True, default='', verbose_name='note')),
                ('warning_time', models.TimeField(default=datetime.time(9, 0), verbose_name='hour of warnings')),
                ('countersign_threshold', models.DecimalField(decimal_places=2, default=Decimal('1000.00'), max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='countersign from')),
                ('pause_limit', models.PositiveIntegerField(default=2, validators=[django.core.validators.MinValueValidator(1)], verbose_name='pauses in a review cycle')),
                ('reopen_days', models.PositiveIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days to reopen')),
                ('objection_days', models.PositiveIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days to object to a routing')),
                ('max_wd', models.PositiveIntegerField(default=1000, validators=[django.core.validators.MinValueValidator(1)], verbose_name='longest deadline in working days')),
                ('draft_days', models.PositiveIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days a draft is kept')),
                ('police_hold_days', models.PositiveIntegerField(default=180, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days of a police hold')),
                ('incident_threshold', models.PositiveIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1)], verbose_name='reports that suggest an incident')),
                ('incident_minutes', models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes they fall into')),
                ('discovery_freeze_minutes', models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes from discovery to a timely freeze')),
                ('urgent_hours', models.PositiveIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1)], verbose_name="hours before a customer's due within which warnings go out at once")),
                ('statement_min_chars', models.PositiveIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1)], verbose_name='shortest statement, in characters')),
                ('max_upload_mb', models.PositiveIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1)], verbose_name='largest file, in MB')),
                ('max_submission_mb', models.PositiveIntegerField(default=50, validators=[django.core.validators.MinValueValidator(1)], verbose_name='largest submission, in MB')),
                ('max_files', models.PositiveIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1)], verbose_name='most files on a ticket')),
                ('max_megapixels', models.PositiveIntegerField(default=40, validators=[django.core.validators.MinValueValidator(1)], verbose_name='largest picture, in megapixels')),
                ('min_side_px', models.PositiveIntegerField(default=300, validators=[django.core.validators.MinValueValidator(1)], verbose_name='shortest side of a picture, in pixels')),
                ('max_pdf_pages', models.PositiveIntegerField(default=50, validators=[django.core.validators.MinValueValidator(1)], verbose_name='most pages of a PDF')),
                ('retention_short_days', models.PositiveIntegerField(default=30, help_text='Identity documents and card digits.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='short retention, in days')),
                ('retention_medium_days', models.PositiveIntegerField(default=365, validators=[django.core.validators.MinValueValidator(1)], verbose_name='medium retention, in days')),
                ('retention_long_days', models.PositiveIntegerField(default=1095, validators=[django.core.validators.MinValueValidator(1)], verbose_name='long retention, in days')),
                ('rating_days', models.PositiveIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days to say how it went')),
                ('incident_auto_join', models.BooleanField(default=False, help_text='They get its notice, which ends the wait for a first reply. Otherwise a person links them.', verbose_name='later reports join an open incident by themselves')),
            ],
            options={
                'verbose_name': 'policy',
                'verbose_name_plural': 'policies',
                'ordering': ['-published_at', '-version'],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('zone', models.CharField(default='Asia/Shanghai', max_length=64, validators=[sla.validators.known_zone], verbose_name='time zone')),
                ('date', models.DateField(verbose_name='date')),
                ('is_workday', models.BooleanField(verbose_name='working day')),
                ('kind', models.CharField(blank=True, choices=[('workday', 'working day'), ('weekend', 'weekend'), ('holiday', 'public holiday'), ('makeup', 'make-up working day'), ('provisional_holiday', 'expected public holiday')], default='', max_length=20, verbose_name='kind')),
                ('name_zh', models.CharField(blank=True, default='', max_length=60, verbose_name='holiday, in Chinese')),
                ('name_en', models.CharField(blank=True, default='', max_length=60, verbose_name='holiday, in English')),
                ('source', models.CharField(default='manual', help_text='“manual” rows survive an import.', max_length=40, verbose_name='source')),
                ('imported_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='imported at')),
            ],
            options={
                'verbose_name': 'calendar day',
                'verbose_name_plural': 'calendar days',
                'ordering': ['zone', 'date'],
                'constraints': [models.UniqueConstraint(fields=('zone', 'date'), name='one_row_per_date')],
            },
        ),
        migrations.CreateModel(
            name='TimerRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, verbose_name='timer')),
                ('clock', models.CharField(choices=[('wall', 'hours'), ('day', 'days'), ('wd', 'working days'), ('t1', 'the working day after the request')], max_length=4, verbose_name='clock')),
                ('amount', models.PositiveIntegerField(default=0, help_text='0 where the category says.', verbose_name='amount')),
                ('roll', models.BooleanField(default=False, verbose_name='moves off rest days')),
                ('warn', models.JSONField(blank=True, default=list, help_text='Hours: minutes after the start. Days and working days: that many before the due day.', validators=[sla.validators.list_of_numbers], verbose_name='warnings')),
                ('binds', models.CharField(choices=[('operator', 'the operator'), ('customer', 'the customer'), ('third_party', 'a third party'), ('internal', 'nobody outside')], default='operator', max_length=11, verbose_name='binds')),
                ('extensions', models.JSONField(blank=True, default=list, help_text='The amounts it may be extended to, in order.', validators=[sla.validators.list_of_numbers], verbose_name='extensions')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timer_rules', to='sla.policy', verbose_name='policy')),
            ],
            options={
                'verbose_name': 'timer',
                'verbose_name_plural': 'timers',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('policy', 'key'), name='one_rule_per_timer')],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
