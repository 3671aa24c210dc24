"""Escalations say how far they have come, authorities' letters have rows, and places say what they can do."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F

from sla.seeding import DATA, read_shipped
from tickets.policy.seeding import seed_targets

OUTCOMES = {"refunded": "upheld", "refused": "rejected", "no_jurisdiction": "declined", "other": "none"}


def bring_timers(apps, schema_editor):
    """The new clocks, whose columns the migration that ships their version did not know yet."""
    rules = apps.get_model("sla", "TimerRule")._default_manager
    version = "2026.2-shipped" if rules.filter(policy_id="2026.2-shipped").exists() else "2026.2"
    for row in read_shipped(DATA, "policy-2026.2")["timers"]:
        if row["key"] in ("hand_over", "authority_reply"):
            values = {name: value for name, value in row.items() if name != "key"}
            rules.update_or_create(policy_id=version, key=row["key"], defaults=values)


def say_how_far(apps, schema_editor):
    """Nobody has written down that any of them was handed on or filed: the desk has it to do, or the customer. An answer from
    there shows that it was there; our own level had it at once."""
    rows = apps.get_model("tickets", "Escalation")._default_manager
    rows.filter(target="l1_internal", state="closed").update(state="answered")
    rows.filter(target="l1_internal", state="open").update(state="filed")
    rows.filter(target="l1_internal").update(filed_at=F("at"))
    rows.filter(state="answered").update(filed_at=F("at"))
    rows.filter(target="payment_channel", state="open").update(state="handing_over")
    rows.filter(state="open").update(state="to_be_filed")
    for old, new in OUTCOMES.items():
        rows.filter(outcome=old).update(outcome=new)
    seed_targets(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0008_respondents'),
        ('sla', '0002_timer_by_authority'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority', models.CharField(max_length=24, verbose_name='authority')),
                ('number', models.CharField(max_length=100, verbose_name='their number')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('reply_by', models.DateTimeField(blank=True, null=True, verbose_name='to be answered by')),
                ('timer_cycle', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('at', models.DateTimeField(verbose_name='recorded at')),
                ('replied_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('reply_reference', models.CharField(blank=True, max_length=100, verbose_name='reference of the answer')),
            ],
            options={
                'verbose_name': 'letter of an authority',
                'verbose_name_plural': 'letters of authorities',
                'ordering': ['received_at', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='escalation',
            name='one_open_escalation_per_target',
        ),
        migrations.AddField(
            model_name='escalation',
            name='filed_at',
            field=models.DateTimeField(blank=True, help_text='When it was filed there; empty: it is not, as far as we know.', null=True),
        ),
        migrations.AddField(
            model_name='escalation',
            name='filed_reference',
            field=models.CharField(blank=True, db_default='', default='', help_text='The number it got there.', max_length=100),
        ),
        migrations.AddField(
            model_name='escalationtarget',
            name='asks_en',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='what it asks for, in English'),
        ),
        migrations.AddField(
            model_name='escalationtarget',
            name='asks_zh',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='what it asks for, in Chinese'),
        ),
        migrations.AddField(
            model_name='escalationtarget',
            name='cannot_en',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='what it cannot do, in English'),
        ),
        migrations.AddField(
            model_name='escalationtarget',
            name='cannot_zh',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='what it cannot do, in Chinese'),
        ),
        migrations.AddField(
            model_name='escalationtarget',
            name='source',
            field=models.URLField(blank=True, db_default='', default='', help_text='Where its contact was read.', max_length=300, verbose_name='source'),
        ),
        migrations.AddField(
            model_name='escalationtarget',
            name='website',
            field=models.URLField(blank=True, db_default='', default='', verbose_name='website'),
        ),
        migrations.AlterField(
            model_name='category',
            name='never_consumer',
            field=models.BooleanField(default=False, help_text="12315 and the consumers' association are then never open to it.", verbose_name='never a private purchase'),
        ),
        migrations.AlterField(
            model_name='escalation',
            name='reference',
            field=models.CharField(blank=True, help_text='The latest number of theirs: of the filing, then of the answer.', max_length=100),
        ),
        migrations.AlterField(
            model_name='escalation',
            name='state',
            field=models.CharField(choices=[('to_be_filed', 'to be filed by the customer'), ('handing_over', 'to be handed on by the desk'), ('filed', 'filed'), ('answered', 'answered'), ('closed', 'closed with the complaint')], default='filed', max_length=12),
        ),
        migrations.AlterField(
            model_name='escalationtarget',
            name='contact',
            field=models.CharField(blank=True, max_length=200, verbose_name='telephone'),
        ),
        migrations.AlterField(
            model_name='escalationtarget',
            name='does_en',
            field=models.TextField(blank=True, verbose_name='what it can do, in English'),
        ),
        migrations.AlterField(
            model_name='escalationtarget',
            name='does_zh',
            field=models.TextField(blank=True, verbose_name='what it can do, in Chinese'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['to_be_filed', 'handing_over', 'filed'])), fields=('ticket', 'target'), name='one_open_escalation_per_target'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='tickets.ticket'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(condition=models.Q(('replied_at', None)), fields=['received_at'], name='transfer_open'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(fields=('ticket', 'authority', 'number'), name='transfer_once'),
        ),
        migrations.RunPython(bring_timers, migrations.RunPython.noop),
        migrations.RunPython(say_how_far, migrations.RunPython.noop),
    ]
