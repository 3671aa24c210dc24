"""Tickets and all that hangs on them, their history under its triggers, the words they are found by, the shipped playbooks."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from lib.table_making import CreateModels
from tickets.migrations import _search_table, _triggers
from tickets.policy.seeding import seed_playbooks

TABLES = ("tickets_ticket", "tickets_timer")


def furnish(apps, schema_editor):
    # One operation and not four: before each, Django draws all models anew.
    _triggers.make(apps, schema_editor)
    _search_table.make(apps, schema_editor)
    leave_room(schema_editor)
    seed_playbooks("2026.1", apps)


def strip(apps, schema_editor):
    _search_table.drop(apps, schema_editor)
    _triggers.drop(apps, schema_editor)


def leave_room(schema_editor):
    """Room on every page: a row that keeps its indexed values is then changed in place.

    Without it each change of a ticket writes all of its indexes anew: a sweep of warnings took twice the database's time.
    """
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 80)")


class Migration(migrations.Migration):
    replaces = [
        ("tickets", "0001_initial"),
        ("tickets", "0002_event_triggers"),
        ("tickets", "0003_search"),
        ("tickets", "0004_playbooks"),
        ("tickets", "0005_evidence_after_request"),
        ("tickets", "0006_room_to_update"),
        ("tickets", "0007_held"),
        ("tickets", "0008_event_flow"),
        ("tickets", "0009_bills"),
        ("tickets", "0010_contested_points"),
        ("tickets", "0011_ratings"),
        ("tickets", "0012_incidents"),
        ("tickets", "0013_sorting"),
        ("tickets", "0014_follow_up"),
        ("tickets", "0015_staffing"),
        ("tickets", "0016_event_by_time"),
        ("tickets", "0017_names"),
    ]
    initial = True
    dependencies = [
        ("sla", "0001_squashed"),
        ("accounts", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateModels([
            migrations.CreateModel(
                name='ReferenceCounter',
                fields=[
                    ('day', models.DateField(primary_key=True, serialize=False)),
                    ('last', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Category',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=40, verbose_name='code')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('title_zh', models.CharField(max_length=80, verbose_name='title, in Chinese')),
                    ('title_en', models.CharField(max_length=80, verbose_name='title, in English')),
                    ('words_zh', models.CharField(blank=True, help_text="In the customer's own words.", max_length=120, verbose_name="customers' words, in Chinese")),
                    ('words_en', models.CharField(blank=True, help_text="In the customer's own words.", max_length=120, verbose_name="customers' words, in English")),
                    ('is_emergency', models.BooleanField(default=False, verbose_name='emergency')),
                    ('emergency_facts', models.JSONField(blank=True, default=list, help_text='Facts that together make it one.', verbose_name='facts of an emergency')),
                    ('facts', models.JSONField(blank=True, default=list, verbose_name='facts asked for')),
                    ('required_facts', models.JSONField(blank=True, default=list, verbose_name='facts required')),
                    ('responsible_parties', models.JSONField(blank=True, default=list, verbose_name='responsible parties')),
                    ('routing', models.CharField(blank=True, max_length=40, verbose_name='routed to')),
                    ('parties_by_payee', models.BooleanField(default=False, verbose_name='parties by payee')),
                    ('review_target_wd', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='review target, working days')),
                    ('review_limit_wd', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='review limit, working days')),
                    ('review_covers_payout', models.BooleanField(default=False, verbose_name='review covers the payout')),
                    ('full_refund_window', models.BooleanField(default=False, verbose_name='full refund window')),
                    ('burden_on_institution', models.BooleanField(default=False, verbose_name='burden of proof on the institution')),
                    ('never_consumer', models.BooleanField(default=False, verbose_name="never the customer's fault")),
                    ('remedies', models.JSONField(blank=True, default=list, verbose_name='remedies')),
                    ('targets', models.JSONField(blank=True, default=list, help_text='In the order shown; a fact may be asked for.', verbose_name='where it can be taken')),
                    ('lane', models.CharField(default='standard', max_length=20, verbose_name='lane')),
                    ('platform_freeze', models.BooleanField(default=False, help_text='Filing records a freeze made by the platform.', verbose_name='frozen by the platform')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='sla.policy', verbose_name='policy')),
                ],
                options={
                    'verbose_name': 'category',
                    'verbose_name_plural': 'categories',
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('policy', 'key'), name='category_once_per_policy')],
                },
            ),
            migrations.CreateModel(
                name='EscalationTarget',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('title_zh', models.CharField(max_length=80, verbose_name='title, in Chinese')),
                    ('title_en', models.CharField(max_length=80, verbose_name='title, in English')),
                    ('does_zh', models.TextField(blank=True, help_text='What it does and what it does not.', verbose_name='what it does, in Chinese')),
                    ('does_en', models.TextField(blank=True, help_text='What it does and what it does not.', verbose_name='what it does, in English')),
                    ('contact', models.CharField(blank=True, max_length=200, verbose_name='contact')),
                    ('hours', models.CharField(blank=True, max_length=100, verbose_name='opening hours')),
                    ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                    ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ],
                options={
                    'verbose_name': 'escalation target',
                    'verbose_name_plural': 'escalation targets',
                    'ordering': ['position'],
                },
            ),
            migrations.CreateModel(
                name='EvidenceSlot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('kind', models.SlugField(max_length=40, verbose_name='kind of evidence')),
                    ('required', models.BooleanField(default=True, verbose_name='required')),
                    ('minimum', models.PositiveSmallIntegerField(default=1, verbose_name='at least')),
                    ('lane', models.CharField(blank=True, help_text='Only in this lane; empty: in every lane.', max_length=20, verbose_name='lane')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='tickets.category', verbose_name='category')),
                ],
                options={
                    'verbose_name': 'evidence slot',
                    'verbose_name_plural': 'evidence slots',
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('category', 'kind', 'lane'), name='slot_once_per_category')],
                },
            ),
            migrations.CreateModel(
                name='PayeeRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('contains', models.CharField(help_text="A part of the payee's name.", max_length=40, verbose_name='name contains')),
                    ('responsible_parties', models.JSONField(default=list, verbose_name='responsible parties')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='payee_rules', to='sla.policy', verbose_name='policy')),
                ],
                options={
                    'verbose_name': 'payee rule',
                    'verbose_name_plural': 'payee rules',
                    'ordering': ['position'],
                },
            ),
            migrations.CreateModel(
                name='Ticket',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ref', models.CharField(max_length=20, verbose_name='reference')),
                    ('channel', models.CharField(default='web', max_length=12, verbose_name='came by')),
                    ('category', models.SlugField(blank=True, db_index=False, max_length=40, verbose_name='category')),
                    ('status', models.CharField(default='draft', max_length=20, verbose_name='status')),
                    ('stage', models.CharField(default='intake', max_length=12, verbose_name='stage')),
                    ('waiting_on', models.CharField(blank=True, default='customer', max_length=10, null=True, verbose_name='waiting on')),
                    ('lane', models.CharField(default='standard', max_length=14, verbose_name='lane')),
                    ('cycle', models.PositiveSmallIntegerField(default=1, help_text='Of the review.', verbose_name='round of review')),
                    ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                    ('last_seq', models.PositiveIntegerField(default=0, help_text="Of the ticket's events.", verbose_name='last event')),
                    ('refund_tier', models.CharField(blank=True, max_length=14, null=True, verbose_name='refund tier')),
                    ('late_claim', models.BooleanField(default=False, verbose_name='late claim')),
                    ('police_cooperation', models.BooleanField(default=False, verbose_name='works with the police')),
                    ('liability_uncertain', models.BooleanField(default=False, verbose_name='liability uncertain')),
                    ('outcome_disputed', models.BooleanField(default=False, verbose_name='outcome disputed')),
                    ('not_me', models.BooleanField(default=False, verbose_name='not by the customer')),
                    ('responsible_parties', models.JSONField(default=list, verbose_name='responsible parties')),
                    ('routing', models.CharField(blank=True, max_length=40, null=True, verbose_name='routed to')),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='amount claimed')),
                    ('currency', models.CharField(default='CNY', max_length=3, verbose_name='currency')),
                    ('incident_at', models.DateTimeField(blank=True, null=True, verbose_name='happened at')),
                    ('discovered_at', models.DateTimeField(blank=True, null=True, verbose_name='discovered at')),
                    ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='reported at')),
                    ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='appeal submitted at')),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                    ('close_reason', models.CharField(blank=True, max_length=20, null=True, verbose_name='reason of closing')),
                    ('reopen_requested_at', models.DateTimeField(blank=True, null=True, verbose_name='reopening asked for at')),
                    ('legal_hold_until', models.DateTimeField(blank=True, null=True, verbose_name='legal hold until')),
                    ('police_referred_at', models.DateTimeField(blank=True, null=True, verbose_name='referred to the police at')),
                    ('account_masked', models.CharField(blank=True, max_length=80, verbose_name='account, masked')),
                    ('account_hmac', models.CharField(blank=True, max_length=64, verbose_name="account's digest")),
                    ('facts', models.JSONField(blank=True, default=dict, verbose_name='facts')),
                    ('statement', models.JSONField(blank=True, default=dict, verbose_name='statement')),
                    ('demands', models.JSONField(blank=True, default=list, verbose_name='demands')),
                    ('due_at', models.DateTimeField(blank=True, help_text='The earliest running operator deadline.', null=True, verbose_name='next deadline')),
                    ('due_key', models.CharField(blank=True, max_length=24, verbose_name='timer of the next deadline')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed at')),
                    ('assignee', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                    ('complained_about', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='complaint is about')),
                    ('filed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='filed by')),
                    ('merged_into', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='tickets.ticket', verbose_name='joined into')),
                    ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to=settings.AUTH_USER_MODEL, verbose_name='customer')),
                    ('policy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.policy', verbose_name='policy')),
                    ('evidence_have', models.PositiveSmallIntegerField(default=0, help_text='Those that are filled.', verbose_name='evidence there')),
                    ('evidence_need', models.PositiveSmallIntegerField(default=0, help_text='Mandatory slots of its checklist.', verbose_name='evidence needed')),
                    ('follow_up_on', models.DateField(blank=True, help_text='The day on which somebody outside is asked again.', null=True, verbose_name='follow-up on')),
                ],
                options={
                    'verbose_name': 'ticket',
                    'verbose_name_plural': 'tickets',
                    'indexes': [models.Index(fields=['owner', '-created_at', '-id'], name='ticket_of_owner'), models.Index(fields=['-created_at', '-id'], name='ticket_newest'), models.Index(fields=['status', 'due_at', 'id'], name='ticket_by_status'), models.Index(fields=['assignee', 'due_at', 'id'], name='ticket_of_assignee'), models.Index(fields=['category', 'created_at'], name='ticket_by_category'), models.Index(fields=['due_at', 'id'], name='ticket_by_due'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='ticket_merged'), models.Index(condition=models.Q(('account_hmac', ''), _negated=True), fields=['account_hmac'], name='ticket_account'), models.Index(condition=models.Q(('legal_hold_until__isnull', False)), fields=['legal_hold_until'], name='ticket_held'), models.Index(condition=models.Q(('status__in', ['draft', 'resolved', 'closed']), _negated=True), fields=['due_at', 'id'], include=('ref', 'category', 'status', 'stage', 'waiting_on', 'lane', 'amount', 'currency', 'due_key', 'assignee', 'late_claim', 'refund_tier', 'created_at', 'evidence_need', 'evidence_have'), name='ticket_open_queue'), models.Index(condition=models.Q(('follow_up_on__isnull', False)), fields=['follow_up_on'], name='ticket_followed_up')],
                    'constraints': [models.UniqueConstraint(fields=('ref',), name='ticket_ref_once'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'auto_reversal_wait', 'evidence_collection', 'freeze_pending', 'frozen', 'appeal_submitted', 'under_review', 'needs_evidence', 'remedy_pending', 'rejected', 'escalated', 'resolved', 'closed'])), name='ticket_status_known')],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('cycle', models.PositiveSmallIntegerField(default=1)),
                    ('verdict', models.CharField(choices=[('approved', 'approved'), ('rejected', 'rejected')], max_length=10)),
                    ('state', models.CharField(choices=[('awaiting_countersignature', 'waits for a second signature'), ('effective', 'in effect'), ('refused', 'second signature refused'), ('void', 'void')], max_length=26)),
                    ('at', models.DateTimeField()),
                    ('effective_at', models.DateTimeField(blank=True, null=True)),
                    ('why_countersigned', models.JSONField(default=list, help_text='Codes of why a second signature is needed.')),
                    ('refused_reason', models.TextField(blank=True)),
                    ('reason_code', models.CharField(blank=True, max_length=30)),
                    ('root_cause', models.CharField(blank=True, max_length=20)),
                    ('liability', models.CharField(blank=True, max_length=14)),
                    ('explanation', models.TextField(blank=True)),
                    ('answers', models.JSONField(default=dict)),
                    ('evidence_ids', models.JSONField(default=list)),
                    ('on_record', models.BooleanField(default=False, help_text='A request for evidence ran out before it.')),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('countersigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='tickets.ticket')),
                ],
                options={
                    'ordering': ['id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'awaiting_countersignature')), fields=['at'], name='decision_inbox')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'awaiting_countersignature')), fields=('ticket',), name='one_decision_waits')],
                },
            ),
            migrations.CreateModel(
                name='Remedy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=24)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                    ('state', models.CharField(choices=[('pending', 'to be done'), ('done', 'done'), ('failed', 'failed')], default='pending', max_length=8)),
                    ('reference', models.CharField(blank=True, max_length=100)),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('failure', models.TextField(blank=True)),
                    ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remedies', to='tickets.decision')),
                ],
                options={
                    'verbose_name_plural': 'remedies',
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Submission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('at', models.DateTimeField()),
                    ('checklist', models.JSONField(default=list)),
                    ('items', models.JSONField(default=list)),
                    ('statement', models.JSONField(default=dict)),
                    ('demands', models.JSONField(default=list)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to='tickets.ticket')),
                ],
                options={
                    'ordering': ['number'],
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'number'), name='submission_numbered_once')],
                },
            ),
            migrations.CreateModel(
                name='SecurityTask',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('task', models.CharField(max_length=20)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='security_tasks', to='tickets.ticket')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'task'), name='security_task_once')],
                },
            ),
            migrations.CreateModel(
                name='OrderReference',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('issuer', models.CharField(max_length=12, verbose_name='issuer')),
                    ('number', models.CharField(max_length=64, verbose_name='order number')),
                    ('evidence_id', models.BigIntegerField(blank=True, help_text='The item that carries it, if one does.', null=True)),
                    ('warning', models.CharField(blank=True, max_length=40)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='order_references', to='tickets.ticket', verbose_name='ticket')),
                ],
                options={
                    'verbose_name': 'order reference',
                    'verbose_name_plural': 'order references',
                    'indexes': [models.Index(fields=['number'], name='order_number')],
                },
            ),
            migrations.CreateModel(
                name='Notification',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('audience', models.CharField(blank=True, max_length=20, verbose_name='audience')),
                    ('kind', models.CharField(max_length=40, verbose_name='kind')),
                    ('data', models.JSONField(default=dict, verbose_name='details')),
                    ('urgent', models.BooleanField(default=False, help_text="At once; otherwise in the day's digest.", verbose_name='urgent')),
                    ('state', models.CharField(choices=[('pending', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed'), ('shown', 'shown in the desk')], default='pending', max_length=8, verbose_name='state')),
                    ('created_at', models.DateTimeField(verbose_name='created at')),
                    ('not_before', models.DateTimeField(verbose_name='not before')),
                    ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='taken by a worker at')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                    ('last_error', models.CharField(blank=True, max_length=300, verbose_name='last error')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                    ('recipient', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='tickets.ticket', verbose_name='ticket')),
                ],
                options={
                    'verbose_name': 'notification',
                    'verbose_name_plural': 'notifications',
                    'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['not_before', 'id'], name='notification_waiting'), models.Index(condition=models.Q(('state__in', ['sending', 'failed'])), fields=['state', 'claimed_at'], name='notification_stuck'), models.Index(condition=models.Q(('recipient__isnull', False)), fields=['recipient', '-sent_at'], name='notification_of_person')],
                },
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('visibility', models.CharField(choices=[('public', 'public'), ('internal', 'internal')], default='public', max_length=8, verbose_name='visible to')),
                    ('body', models.TextField(verbose_name='text')),
                    ('eta_at', models.DateTimeField(blank=True, null=True, verbose_name='next news promised for')),
                    ('by_staff', models.BooleanField(default=False, verbose_name='from the desk')),
                    ('created_at', models.DateTimeField(verbose_name='written at')),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                    ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='tickets.ticket', verbose_name='ticket')),
                ],
                options={
                    'ordering': ['created_at', 'id'],
                    'indexes': [models.Index(fields=['ticket', 'created_at'], name='message_of_ticket')],
                    'verbose_name': 'message',
                    'verbose_name_plural': 'messages',
                },
            ),
            migrations.CreateModel(
                name='Freeze',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('origin', models.CharField(choices=[('user_protective', 'asked for by the customer'), ('platform_risk', "made by the platform's risk control"), ('law_enforcement', 'ordered by law enforcement')], default='user_protective', max_length=16)),
                    ('state', models.CharField(choices=[('requested', 'requested'), ('active', 'active'), ('lifted', 'lifted'), ('failed', 'failed')], default='requested', max_length=10)),
                    ('account_hmac', models.CharField(blank=True, max_length=64)),
                    ('account_masked', models.CharField(blank=True, max_length=80)),
                    ('requested_at', models.DateTimeField()),
                    ('active_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('lift_requested_at', models.DateTimeField(blank=True, null=True)),
                    ('reference', models.CharField(blank=True, max_length=100)),
                    ('note', models.TextField(blank=True)),
                    ('within_1h_of_discovery', models.BooleanField(null=True)),
                    ('adapter_state', models.CharField(blank=True, help_text='Empty where no adapter is configured.', max_length=10)),
                    ('adapter_attempts', models.PositiveSmallIntegerField(default=0)),
                    ('adapter_error', models.CharField(blank=True, max_length=300)),
                    ('adapter_next_at', models.DateTimeField(blank=True, null=True)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='freezes', to='tickets.ticket')),
                    ('acknowledged_at', models.DateTimeField(blank=True, help_text='Somebody said that they are on it.', null=True)),
                    ('acknowledged_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'freeze',
                    'verbose_name_plural': 'freezes',
                    'indexes': [models.Index(fields=['state', 'requested_at'], name='freeze_by_state')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('origin', 'user_protective'), ('state__in', ['requested', 'active']), models.Q(('account_hmac', ''), _negated=True)), fields=('owner', 'account_hmac'), name='one_live_freeze_per_account')],
                },
            ),
            migrations.CreateModel(
                name='EvidenceRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('cycle', models.PositiveSmallIntegerField()),
                    ('kinds', models.JSONField(default=list)),
                    ('reason', models.TextField()),
                    ('at', models.DateTimeField()),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('unavailable', models.JSONField(default=list)),
                    ('expired', models.BooleanField(default=False)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence_requests', to='tickets.ticket')),
                    ('after_item', models.BigIntegerField(default=0, help_text='The newest item at the time of asking: answers are newer.')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Event',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('seq', models.PositiveIntegerField(verbose_name='number in the history')),
                    ('kind', models.CharField(max_length=40, verbose_name='kind')),
                    ('at', models.DateTimeField(verbose_name='took effect at')),
                    ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                    ('from_status', models.CharField(blank=True, max_length=20, verbose_name='status before')),
                    ('to_status', models.CharField(blank=True, max_length=20, verbose_name='status after')),
                    ('data', models.JSONField(default=dict, verbose_name='details')),
                    ('visibility', models.CharField(choices=[('public', 'public'), ('internal', 'internal')], default='public', max_length=8, verbose_name='visible to')),
                    ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                    ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tickets.ticket', verbose_name='ticket')),
                ],
                options={
                    'ordering': ['seq'],
                    'indexes': [models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='event_of_actor'), models.Index(condition=models.Q(('from_status__in', ['draft', 'closed']), ('to_status', 'closed'), _connector='OR'), fields=['at'], name='event_flow'), models.Index(fields=['recorded_at', 'id'], name='event_by_time')],
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'seq'), name='event_numbered_once')],
                    'verbose_name': 'event',
                    'verbose_name_plural': 'events',
                },
            ),
            migrations.CreateModel(
                name='Escalation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(default=1)),
                    ('target', models.CharField(max_length=24)),
                    ('state', models.CharField(choices=[('open', 'open'), ('answered', 'answered'), ('closed', 'closed')], default='open', max_length=10)),
                    ('at', models.DateTimeField()),
                    ('reason', models.TextField(blank=True)),
                    ('reference', models.CharField(blank=True, max_length=100)),
                    ('outcome', models.CharField(blank=True, max_length=40)),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='tickets.ticket')),
                    ('points', models.JSONField(default=list, help_text='What the customer says to each answer: demand and text.')),
                ],
                options={
                    'ordering': ['at', 'id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('ticket', 'target'), name='one_open_escalation_per_target')],
                },
            ),
            migrations.CreateModel(
                name='Timer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=24, verbose_name='timer')),
                    ('cycle', models.PositiveSmallIntegerField(default=1, verbose_name='round')),
                    ('binds', models.CharField(max_length=12, verbose_name='binds')),
                    ('clock', models.CharField(max_length=4, verbose_name='clock')),
                    ('amount', models.PositiveSmallIntegerField(default=0, verbose_name='amount')),
                    ('roll', models.BooleanField(default=False, verbose_name='moves off rest days')),
                    ('warn_offsets', models.JSONField(default=list, verbose_name='warnings before')),
                    ('started_at', models.DateTimeField(verbose_name='started at')),
                    ('due_at', models.DateTimeField(verbose_name='due at')),
                    ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused at')),
                    ('remaining', models.PositiveSmallIntegerField(blank=True, help_text='Working days, while paused.', null=True, verbose_name='working days left')),
                    ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped at')),
                    ('cancelled', models.BooleanField(default=False, verbose_name='cancelled')),
                    ('overrun_at', models.DateTimeField(blank=True, help_text='Set once the deadline passed; never unset.', null=True, verbose_name='overrun at')),
                    ('warn_at', models.JSONField(default=list, help_text='Pairs of level and instant (UTC, ISO 8601).', verbose_name='warnings due')),
                    ('warned', models.JSONField(default=list, help_text='Levels already sent.', verbose_name='warnings sent')),
                    ('next_at', models.DateTimeField(blank=True, null=True, verbose_name='next due at')),
                    ('provisional', models.BooleanField(default=False, verbose_name='provisional')),
                    ('basis', models.JSONField(default=dict, verbose_name='basis of the date')),
                    ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='timers', to='tickets.ticket', verbose_name='ticket')),
                ],
                options={
                    'verbose_name': 'timer',
                    'verbose_name_plural': 'timers',
                    'ordering': ['started_at', 'id'],
                    'indexes': [models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at', 'ticket'], name='timer_next'), models.Index(condition=models.Q(('provisional', True), ('stopped_at', None)), fields=['provisional'], name='timer_provisional')],
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'key', 'cycle'), name='timer_once_per_cycle')],
                },
            ),
            migrations.CreateModel(
                name='Bill',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('state', models.CharField(choices=[('reading', 'being read'), ('done', 'read'), ('failed', 'not read')], default='reading', max_length=8)),
                    ('lines', models.PositiveIntegerField(default=0, help_text='Charges read so far.')),
                    ('headings', models.JSONField(default=list, help_text='What a person is to map, when the layout is not known.')),
                    ('created_at', models.DateTimeField()),
                    ('read_at', models.DateTimeField(null=True)),
                    ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='BillLayout',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fingerprint', models.CharField(max_length=64, unique=True)),
                    ('headings', models.JSONField(default=list)),
                    ('columns', models.JSONField(default=dict)),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='BillFinding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('verdict', models.CharField(max_length=16)),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                    ('transactions', models.JSONField(default=list)),
                    ('party', models.CharField(blank=True, max_length=16)),
                    ('remedy', models.CharField(blank=True, max_length=24)),
                    ('channel_status', models.CharField(blank=True, max_length=8)),
                    ('state', models.CharField(choices=[('proposed', 'waits for a person'), ('confirmed', 'confirmed'), ('dismissed', 'set aside')], default='proposed', max_length=10)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('bill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='tickets.bill')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bill_findings', to='tickets.ticket')),
                ],
                options={
                    'ordering': ['id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'proposed')), fields=['bill', 'id'], name='bill_proposed')],
                    'constraints': [models.UniqueConstraint(fields=('bill', 'ticket'), name='bill_found_once')],
                },
            ),
            migrations.CreateModel(
                name='Rating',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('closed_at', models.DateTimeField()),
                    ('score', models.PositiveSmallIntegerField(help_text='1 (badly) to 5 (well).')),
                    ('in_time', models.BooleanField(blank=True, help_text='Was it in time? Empty: not answered.', null=True)),
                    ('comment', models.TextField(blank=True)),
                    ('at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='tickets.ticket')),
                ],
                options={
                    'ordering': ['closed_at', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'closed_at'), name='rated_once_per_closing'), models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='rating_from_1_to_5')],
                },
            ),
            migrations.CreateModel(
                name='Incident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(help_text="Of the suggestion, in the policy's zone; part of the reference.")),
                    ('category', models.SlugField(db_index=False, max_length=40)),
                    ('pay_method', models.CharField(blank=True, max_length=20)),
                    ('state', models.CharField(choices=[('suggested', 'suggested'), ('open', 'open'), ('resolved', 'resolved'), ('dismissed', 'dismissed')], default='suggested', max_length=10)),
                    ('title_zh', models.CharField(blank=True, max_length=120)),
                    ('title_en', models.CharField(blank=True, max_length=120)),
                    ('banner', models.BooleanField(default=False)),
                    ('began_at', models.DateTimeField(help_text='Reports from here on belong to it.')),
                    ('suggested_at', models.DateTimeField()),
                    ('opened_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('eta_at', models.DateTimeField(blank=True, help_text='Of the latest notice.', null=True)),
                    ('policy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.policy')),
                ],
                options={
                    'verbose_name': 'incident',
                    'verbose_name_plural': 'incidents',
                    'indexes': [models.Index(fields=['ended_at'], name='incident_ended')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['suggested', 'open'])), fields=('category', 'pay_method'), name='incident_live_once')],
                },
            ),
            migrations.CreateModel(
                name='IncidentEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20)),
                    ('at', models.DateTimeField()),
                    ('data', models.JSONField(default=dict)),
                    ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tickets.incident')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='IncidentLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('how', models.CharField(choices=[('opening', 'with the opening'), ('by_hand', 'by hand'), ('by_policy', 'by itself'), ('me_too', 'by the customer')], max_length=10)),
                    ('at', models.DateTimeField()),
                    ('incident', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='tickets.incident')),
                    ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='incident_link', to='tickets.ticket')),
                ],
                options={
                    'indexes': [models.Index(fields=['incident', 'id'], name='link_of_incident')],
                },
            ),
            migrations.CreateModel(
                name='IncidentNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('body_zh', models.TextField()),
                    ('body_en', models.TextField()),
                    ('eta_at', models.DateTimeField()),
                    ('created_at', models.DateTimeField()),
                    ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('incident', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='tickets.incident')),
                ],
                options={
                    'ordering': ['-number'],
                    'constraints': [models.UniqueConstraint(fields=('incident', 'number'), name='incident_notice_numbered_once')],
                },
            ),
            migrations.CreateModel(
                name='IncidentDelivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.message')),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                    ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='tickets.incidentnotice')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('notice', 'ticket'), name='incident_notice_once_per_ticket')],
                },
            ),
            migrations.CreateModel(
                name='IncidentRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('action', models.CharField(max_length=30)),
                    ('data', models.JSONField(default=dict)),
                    ('created_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='tickets.incident')),
                ],
                options={
                    'ordering': ['-id'],
                    'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['id'], name='incident_run_goes_on')],
                },
            ),
            migrations.CreateModel(
                name='IncidentOutcome',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(blank=True, max_length=40)),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                    ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='tickets.incidentrun')),
                ],
                options={
                    'indexes': [models.Index(fields=['run', 'code'], name='outcome_of_run')],
                    'constraints': [models.UniqueConstraint(fields=('run', 'ticket'), name='incident_outcome_once')],
                },
            ),
            migrations.CreateModel(
                name='TicketLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('related', 'related'), ('duplicate', 'duplicate'), ('child', 'part of')], max_length=10)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('source', models.ForeignKey(db_index=False, help_text='The child, where one is.', on_delete=django.db.models.deletion.CASCADE, related_name='links_out', to='tickets.ticket')),
                    ('target', models.ForeignKey(help_text='The parent, where one is.', on_delete=django.db.models.deletion.CASCADE, related_name='links_in', to='tickets.ticket')),
                ],
                options={
                    'verbose_name': 'link between complaints',
                    'verbose_name_plural': 'links between complaints',
                    'constraints': [models.UniqueConstraint(fields=('source', 'target'), name='ticket_linked_once'), models.UniqueConstraint(condition=models.Q(('kind', 'child')), fields=('source',), name='ticket_one_parent'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='ticket_not_linked_to_itself')],
                },
            ),
            migrations.CreateModel(
                name='AssignmentRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('category', models.SlugField(blank=True, help_text='Empty: every category without its own rule.', max_length=40, unique=True, verbose_name='category')),
                    ('mode', models.CharField(choices=[('off', 'by hand'), ('round_robin', 'in turn'), ('by_load', 'to whoever has least')], default='off', max_length=12, verbose_name='how complaints are given out')),
                ],
                options={
                    'verbose_name': 'assignment rule',
                    'verbose_name_plural': 'assignment rules',
                    'ordering': ['category'],
                },
            ),
            migrations.CreateModel(
                name='OnCallShift',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_at', models.DateTimeField()),
                    ('to_at', models.DateTimeField()),
                    ('note', models.TextField(blank=True)),
                    ('made_at', models.DateTimeField()),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                    ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('note_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'time on call',
                    'verbose_name_plural': 'times on call',
                    'indexes': [models.Index(condition=models.Q(('cancelled_at__isnull', True)), fields=['to_at'], name='shift_by_end')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('to_at__gt', models.F('from_at'))), name='shift_ends_after_it_begins')],
                },
            ),
            migrations.CreateModel(
                name='StaffProfile',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='staff_profile', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('takes_part', models.BooleanField(default=True, help_text='In automatic assignment.')),
                    ('categories', models.JSONField(blank=True, default=list, help_text='Empty: all.')),
                    ('languages', models.JSONField(blank=True, default=list, help_text='Empty: all.')),
                    ('capacity', models.PositiveSmallIntegerField(blank=True, help_text='Open complaints at most. Empty: no limit.', null=True)),
                    ('away_from', models.DateField(blank=True, null=True)),
                    ('away_to', models.DateField(blank=True, help_text='The last day away. Empty: until further notice.', null=True)),
                    ('turn', models.BigIntegerField(default=0, help_text='Place in the round: whoever has the lowest is next.')),
                    ('stand_in', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'availability',
                    'verbose_name_plural': 'availabilities',
                    'constraints': [models.CheckConstraint(condition=models.Q(('stand_in', models.F('user')), _negated=True), name='staff_other_stand_in')],
                },
            ),
            migrations.CreateModel(
                name='Tag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, unique=True, verbose_name='name of the tag')),
                    ('tone', models.CharField(choices=[('neutral', 'grey'), ('info', 'blue'), ('good', 'green'), ('warn', 'amber'), ('bad', 'red')], default='neutral', max_length=8, verbose_name='colour')),
                    ('archived', models.BooleanField(default=False, verbose_name='archived')),
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
                    ('tag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.tag')),
                    ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='tickets.ticket')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('ticket', 'tag'), name='ticket_tagged_once')],
                },
            ),
        ]),
        migrations.AddField(
            model_name='Tag',
            name='tickets',
            field=models.ManyToManyField(related_name='tags', through='tickets.Tagging', to='tickets.ticket'),
        ),
        migrations.RunPython(furnish, strip),
    ]
