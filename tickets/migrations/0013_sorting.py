# Tags, links, and how far the evidence is; the queue's index holds the latter too

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0002_calendar_and_policy'),
        ('tickets', '0012_incidents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('tone', models.CharField(choices=[('neutral', 'grey'), ('info', 'blue'), ('good', 'green'), ('warn', 'amber'), ('bad', 'red')], default='neutral', max_length=8)),
                ('archived', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Tagging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='TicketLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('related', 'related'), ('duplicate', 'duplicate'), ('child', 'part of')], max_length=10)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'link between complaints',
                'verbose_name_plural': 'links between complaints',
            },
        ),
        migrations.RemoveIndex(
            model_name='ticket',
            name='ticket_open_queue',
        ),
        migrations.AddField(
            model_name='ticket',
            name='evidence_have',
            field=models.PositiveSmallIntegerField(default=0, help_text='Those that are filled.'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='evidence_need',
            field=models.PositiveSmallIntegerField(default=0, help_text='Mandatory slots of its checklist.'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ['draft', 'resolved', 'closed']), _negated=True), fields=['due_at', 'id'], include=('ref', 'category', 'status', 'stage', 'waiting_on', 'lane', 'amount', 'currency', 'due_key', 'assignee', 'late_claim', 'refund_tier', 'created_at', 'evidence_need', 'evidence_have'), name='ticket_open_queue'),
        ),
        migrations.AddField(
            model_name='tagging',
            name='tag',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.tag'),
        ),
        migrations.AddField(
            model_name='tagging',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='tag',
            name='tickets',
            field=models.ManyToManyField(related_name='tags', through='tickets.Tagging', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='ticketlink',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ticketlink',
            name='source',
            field=models.ForeignKey(db_index=False, help_text='The child, where one is.', on_delete=django.db.models.deletion.CASCADE, related_name='links_out', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='ticketlink',
            name='target',
            field=models.ForeignKey(help_text='The parent, where one is.', on_delete=django.db.models.deletion.CASCADE, related_name='links_in', to='tickets.ticket'),
        ),
        migrations.AddConstraint(
            model_name='tagging',
            constraint=models.UniqueConstraint(fields=('ticket', 'tag'), name='ticket_tagged_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.UniqueConstraint(fields=('source', 'target'), name='ticket_linked_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'child')), fields=('source',), name='ticket_one_parent'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='ticket_not_linked_to_itself'),
        ),
    ]
