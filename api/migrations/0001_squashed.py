"""Tokens, answers kept for requests that come again, webhooks."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lib.table_making import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("api", "0001_initial"),
        ("api", "0002_webhooks"),
        ("api", "0003_cancelled_deliveries"),
        ("api", "0004_names"),
    ]
    initial = True
    dependencies = [
        ("tickets", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Token',
                fields=[
                    ('digest', models.CharField(max_length=128, primary_key=True, serialize=False)),
                    ('token_key', models.CharField(db_index=True, max_length=25)),
                    ('created', models.DateTimeField(auto_now_add=True)),
                    ('expiry', models.DateTimeField(blank=True, null=True)),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('scopes', models.JSONField(default=list, help_text='read, write', verbose_name='scopes')),
                    ('last4', models.CharField(max_length=4, verbose_name='ends in')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='auth_token_set', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'API token',
                    'verbose_name_plural': 'API tokens',
                    'ordering': ['-created'],
                    'swappable': 'KNOX_TOKEN_MODEL',
                },
            ),
            migrations.CreateModel(
                name='IdempotencyKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=255)),
                    ('request', models.CharField(help_text='Method and path.', max_length=255)),
                    ('digest', models.CharField(help_text='SHA-256 of the body.', max_length=64)),
                    ('status_code', models.PositiveSmallIntegerField(null=True)),
                    ('content_type', models.CharField(blank=True, max_length=60)),
                    ('headers', models.JSONField(default=dict)),
                    ('body', models.TextField(blank=True)),
                    ('created_at', models.DateTimeField()),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['created_at'], name='idempotency_key_age')],
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='idempotency_key_once')],
                },
            ),
            migrations.CreateModel(
                name='WebhookMark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('event_id', models.BigIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='Webhook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='number')),
                    ('url', models.CharField(max_length=500, verbose_name='address')),
                    ('types', models.JSONField(default=list, verbose_name='told of')),
                    ('active', models.BooleanField(default=True, verbose_name='active')),
                    ('created_at', models.DateTimeField(verbose_name='created')),
                    ('last_success_at', models.DateTimeField(blank=True, null=True, verbose_name='last taken')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ],
                options={
                    'verbose_name': 'webhook',
                    'verbose_name_plural': 'webhooks',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='WebhookDelivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='call number')),
                    ('type', models.CharField(max_length=40, verbose_name='type')),
                    ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='waiting', max_length=10, verbose_name='state')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('next_at', models.DateTimeField(null=True, verbose_name='next try')),
                    ('status_code', models.PositiveSmallIntegerField(null=True, verbose_name='answer')),
                    ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                    ('created_at', models.DateTimeField(verbose_name='created')),
                    ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                    ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.event')),
                    ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='api.webhook', verbose_name='webhook')),
                ],
                options={
                    'verbose_name': 'webhook delivery',
                    'verbose_name_plural': 'webhook deliveries',
                    'ordering': ['-id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='webhook_waiting'), models.Index(fields=['webhook', '-id'], name='webhook_deliveries'), models.Index(fields=['created_at'], name='webhook_delivery_age')],
                    'constraints': [models.UniqueConstraint(fields=('webhook', 'event', 'type'), name='webhook_told_once')],
                },
            ),
        ]),
    ]
