"""Saved views, macros and drafts."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lib.table_making import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("desk", "0001_saved_views"),
        ("desk", "0002_macros_and_drafts"),
    ]
    initial = True
    dependencies = [
        ("tickets", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateModels([
            migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('query', models.CharField(blank=True, max_length=600)),
                    ('shared', models.BooleanField(default=False, help_text='With everybody at the desk.')),
                    ('position', models.PositiveIntegerField(default=0)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'saved view',
                    'verbose_name_plural': 'saved views',
                    'ordering': ['position', 'id'],
                    'indexes': [models.Index(condition=models.Q(('shared', True)), fields=['shared'], name='saved_view_shared')],
                    'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='saved_view_named_once')],
                },
            ),
            migrations.CreateModel(
                name='Macro',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('purpose', models.CharField(choices=[('reply', 'Reply'), ('approve', 'Approval'), ('reject', 'Rejection')], default='reply', max_length=8, verbose_name='purpose')),
                    ('title_zh', models.CharField(max_length=60, verbose_name='name in Chinese')),
                    ('title_en', models.CharField(max_length=60, verbose_name='name in English')),
                    ('body_zh', models.TextField(blank=True, max_length=4000, verbose_name='text in Chinese')),
                    ('body_en', models.TextField(blank=True, max_length=4000, verbose_name='text in English')),
                    ('eta_amount', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='more is heard within')),
                    ('eta_unit', models.CharField(choices=[('hours', 'hours'), ('wd', 'working days')], default='wd', max_length=5, verbose_name='unit')),
                    ('assign_me', models.BooleanField(default=False, verbose_name='assign to me')),
                    ('waive_wait', models.BooleanField(default=False, verbose_name='end the automatic wait')),
                    ('start_review', models.BooleanField(default=False, verbose_name='start the review')),
                    ('ask_for', models.JSONField(blank=True, default=list, verbose_name='ask for evidence')),
                    ('root_cause', models.CharField(blank=True, max_length=20, verbose_name='root cause')),
                    ('liability', models.CharField(blank=True, max_length=14, verbose_name='who answers for it')),
                    ('reason_code', models.CharField(blank=True, max_length=30, verbose_name='reason for the rejection')),
                    ('remedy', models.CharField(blank=True, max_length=24, verbose_name='remedy')),
                    ('answer_zh', models.TextField(blank=True, max_length=2000, verbose_name='answer to each demand in Chinese')),
                    ('answer_en', models.TextField(blank=True, max_length=2000, verbose_name='answer to each demand in English')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ],
                options={
                    'verbose_name': 'macro',
                    'verbose_name_plural': 'macros',
                    'ordering': ['position', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('form', models.CharField(max_length=40)),
                    ('data', models.JSONField(default=dict)),
                    ('at', models.DateTimeField()),
                    ('pressed_at', models.DateTimeField(blank=True, null=True)),
                    ('send_at', models.DateTimeField(blank=True, null=True)),
                    ('refused', models.CharField(blank=True, max_length=300)),
                    ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('send_at__isnull', False)), fields=['send_at'], name='draft_to_send'), models.Index(fields=['person'], name='draft_of_person')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('send_at', None)), fields=('ticket', 'person', 'form'), name='draft_once')],
                },
            ),
        ]),
    ]
