"""Evidence and its vault: items, sealed files, files on their way in, and the custody log under its triggers."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from evidence.migrations import _triggers
from lib.table_making import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("evidence", "0001_initial"),
        ("evidence", "0002_vault"),
        ("evidence", "0003_seal_what_is_there"),
        ("evidence", "0004_custody_triggers"),
        ("evidence", "0005_likeness"),
        ("evidence", "0006_partial_uploads"),
        ("evidence", "0007_runs_and_requests"),
        ("evidence", "0008_restored"),
        ("evidence", "0009_unmasked"),
        ("evidence", "0010_deletion_requests"),
        ("evidence", "0011_attachments"),
        ("evidence", "0012_custody_by_time"),
        ("evidence", "0013_names"),
    ]
    initial = True
    dependencies = [
        ("tickets", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateModels([
            migrations.CreateModel(
                name='EvidenceItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.SlugField(max_length=40, verbose_name='kind')),
                    ('state', models.CharField(choices=[('uploaded', 'received'), ('scanning', 'being checked'), ('clean', 'accepted'), ('rejected', 'refused'), ('superseded', 'replaced'), ('deleted', 'deleted')], default='uploaded', max_length=12, verbose_name='state')),
                    ('reason', models.CharField(blank=True, help_text='Why it was refused, as a code.', max_length=40, verbose_name='reason of refusal')),
                    ('internal', models.BooleanField(default=False, help_text="The operator's own, hidden from the customer until a decision stands on it.", verbose_name='for the desk only')),
                    ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded at')),
                    ('fields', models.JSONField(blank=True, default=dict, verbose_name='typed fields')),
                    ('text', models.TextField(blank=True, verbose_name='text')),
                    ('media_type', models.CharField(blank=True, max_length=80, verbose_name='media type')),
                    ('size', models.PositiveIntegerField(default=0, help_text='Of the original, in bytes.', verbose_name='size')),
                    ('sha256', models.CharField(blank=True, help_text='Of the original, on arrival.', max_length=64, verbose_name='SHA-256')),
                    ('original_name', models.CharField(blank=True, max_length=120, verbose_name='name of the file')),
                    ('width', models.PositiveIntegerField(blank=True, null=True, verbose_name='width')),
                    ('height', models.PositiveIntegerField(blank=True, null=True, verbose_name='height')),
                    ('pages', models.PositiveIntegerField(blank=True, null=True, verbose_name='pages')),
                    ('original', models.CharField(blank=True, help_text='Name in the store.', max_length=80)),
                    ('safe', models.CharField(blank=True, help_text='Name of the copy people look at.', max_length=80)),
                    ('safe_type', models.CharField(blank=True, max_length=80)),
                    ('thumbnail', models.CharField(blank=True, max_length=80)),
                    ('claimed_at', models.DateTimeField(blank=True, help_text='When a worker began to inspect it.', null=True, verbose_name='inspection began at')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, help_text='Of the inspection.', verbose_name='attempts')),
                    ('consent_at', models.DateTimeField(blank=True, null=True, verbose_name='consent given at')),
                    ('consent_version', models.CharField(blank=True, max_length=20, verbose_name='consent version')),
                    ('verdict', models.CharField(blank=True, choices=[('', 'not looked at'), ('accepted', 'accepted by an agent'), ('rejected', 'refused by an agent')], default='', max_length=8, verbose_name='verdict')),
                    ('verdict_reason', models.TextField(blank=True, verbose_name='reason of the verdict')),
                    ('verdict_at', models.DateTimeField(blank=True, null=True, verbose_name='judged at')),
                    ('deleted_at', models.DateTimeField(blank=True, null=True, verbose_name='deleted at')),
                    ('superseded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='supersedes', to='evidence.evidenceitem')),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='tickets.ticket', verbose_name='ticket')),
                    ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                    ('verdict_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='judged by')),
                    ('number_digest', models.CharField(blank=True, help_text="Of a document's number: equal numbers compare equal.", max_length=64)),
                    ('secret', models.CharField(blank=True, help_text='Name of the sealed typed fields of a sensitive kind.', max_length=80)),
                    ('likeness', models.CharField(blank=True, help_text='What the picture looks like, as two hashes.', max_length=80)),
                    ('message', models.ForeignKey(blank=True, help_text='With which it was sent.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attachments', to='tickets.message', verbose_name='message it came with')),
                ],
                options={
                    'verbose_name': 'item of evidence',
                    'verbose_name_plural': 'items of evidence',
                    'indexes': [models.Index(fields=['ticket', 'kind'], name='evidence_of_ticket'), models.Index(condition=models.Q(('sha256', ''), _negated=True), fields=['sha256'], name='evidence_by_hash'), models.Index(condition=models.Q(('state__in', ['uploaded', 'scanning'])), fields=['claimed_at'], name='evidence_waiting'), models.Index(condition=models.Q(('number_digest', ''), _negated=True), fields=['number_digest'], name='evidence_by_number'), models.Index(fields=['kind', 'state', 'id'], name='evidence_by_kind')],
                },
            ),
            migrations.CreateModel(
                name='CustodyEntry',
                fields=[
                    ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('action', models.CharField(choices=[('arrived', 'arrived'), ('cleared', 'checked and found sound'), ('refused', 'refused by the check'), ('superseded', 'replaced by a newer one'), ('restored', 'counts again'), ('consented', 'consent given'), ('withdrawn', 'consent withdrawn'), ('viewed', 'looked at'), ('unmasked', 'shown unmasked'), ('thumbnail', 'seen as a small picture'), ('number', 'number of the document read'), ('exported', 'taken out in a dossier'), ('accepted', 'accepted by an agent'), ('rejected', 'refused by an agent'), ('sent', 'sent with a message'), ('reclassified', 'filed under another kind'), ('moved', 'moved to another complaint'), ('held', 'legal hold set'), ('released', 'legal hold ended'), ('deleted', 'taken back and deleted'), ('erased', 'deleted because its owner asked for it'), ('purged', 'deleted when its time was over')], max_length=20)),
                    ('item_id', models.BigIntegerField()),
                    ('ticket_id', models.BigIntegerField()),
                    ('kind', models.CharField(max_length=40)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('purpose', models.CharField(blank=True, max_length=200)),
                    ('detail', models.JSONField(blank=True, default=dict)),
                    ('previous', models.CharField(max_length=64)),
                    ('digest', models.CharField(max_length=64)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'custody entry',
                    'verbose_name_plural': 'custody log',
                    'ordering': ['-seq'],
                    'indexes': [models.Index(fields=['item_id', 'seq'], name='custody_of_item'), models.Index(fields=['ticket_id', 'seq'], name='custody_of_ticket'), models.Index(fields=['by', 'seq'], name='custody_by_person'), models.Index(fields=['at', 'seq'], name='custody_by_time')],
                },
            ),
            migrations.CreateModel(
                name='CustodyHead',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('seq', models.BigIntegerField(default=0)),
                    ('digest', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
                    ('seal', models.CharField(blank=True, max_length=64)),
                ],
                options={
                    'verbose_name': 'end of the custody log',
                },
            ),
            migrations.CreateModel(
                name='SealedFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='In the store.', max_length=80, unique=True)),
                    ('key_id', models.CharField(help_text="Of the key that wraps this file's own.", max_length=40)),
                    ('wrapped_key', models.BinaryField(max_length=60)),
                    ('size', models.PositiveIntegerField(help_text='Of the plain file, in bytes.')),
                    ('sha256', models.CharField(help_text='Of the plain file.', max_length=64)),
                    ('made_at', models.DateTimeField()),
                    ('erased_at', models.DateTimeField(blank=True, help_text='When its key was destroyed.', null=True)),
                    ('gone_at', models.DateTimeField(blank=True, help_text='When its bytes were gone from the store.', null=True)),
                    ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sealed', to='evidence.evidenceitem')),
                ],
                options={
                    'verbose_name': 'sealed file',
                    'verbose_name_plural': 'sealed files',
                    'indexes': [models.Index(condition=models.Q(('erased_at', None), ('item', None)), fields=['made_at'], name='sealed_of_nobody'), models.Index(condition=models.Q(('erased_at__isnull', False), ('gone_at', None)), fields=['erased_at'], name='sealed_to_remove'), models.Index(condition=models.Q(('erased_at', None)), fields=['key_id', 'id'], name='sealed_by_key')],
                },
            ),
            migrations.CreateModel(
                name='VaultRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('purge', 'deletion of what is no longer needed'), ('rotation', 'change of keys'), ('verification', 'proof of the custody log')], max_length=12)),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('total', models.PositiveIntegerField(blank=True, null=True)),
                    ('findings', models.JSONField(blank=True, default=list)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('heard_at', models.DateTimeField(blank=True, help_text="The worker's last sign of life.", null=True)),
                ],
                options={
                    'verbose_name': 'run',
                    'verbose_name_plural': 'runs',
                    'ordering': ['-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('kind',), name='one_run_of_a_kind_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='LikenessBand',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('band', models.PositiveIntegerField(db_index=True)),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bands', to='evidence.evidenceitem')),
                ],
                options={
                    'verbose_name': 'likeness',
                    'verbose_name_plural': 'likenesses',
                },
            ),
            migrations.CreateModel(
                name='PartialUpload',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.SlugField(max_length=40)),
                    ('name', models.CharField(blank=True, max_length=120)),
                    ('size', models.PositiveIntegerField(help_text='Of the whole file, in bytes.')),
                    ('sha256', models.CharField(blank=True, help_text='Of the whole file, as its sender says.', max_length=64)),
                    ('offset', models.PositiveIntegerField(default=0, help_text='How many bytes are here.')),
                    ('made_at', models.DateTimeField()),
                    ('moved_at', models.DateTimeField(help_text='When its last part came.')),
                    ('expires_at', models.DateTimeField(db_index=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('item', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='evidence.evidenceitem')),
                    ('said', models.OneToOneField(help_text='What was typed beside it, sealed.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='said_of', to='evidence.sealedfile')),
                    ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ],
                options={
                    'verbose_name': 'file on its way in',
                    'verbose_name_plural': 'files on their way in',
                },
            ),
            migrations.CreateModel(
                name='UploadPart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('offset', models.PositiveIntegerField()),
                    ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='part', to='evidence.sealedfile')),
                    ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='evidence.partialupload')),
                ],
                options={
                    'verbose_name': 'part of a file',
                    'verbose_name_plural': 'parts of files',
                    'ordering': ['offset'],
                    'constraints': [models.UniqueConstraint(fields=('upload', 'offset'), name='one_part_at_each_offset')],
                },
            ),
            migrations.CreateModel(
                name='SubjectRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('export', 'handed out'), ('erasure', 'erased')], max_length=8)),
                    ('at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('counted', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'request about personal data',
                    'verbose_name_plural': 'requests about personal data',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='DeletionRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked_at', models.DateTimeField(verbose_name='asked at')),
                    ('due_at', models.DateTimeField(db_index=True, verbose_name='carried out from')),
                    ('begun', models.BooleanField(default=False, verbose_name='a part is deleted')),
                    ('owner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': "request to delete one's data",
                    'verbose_name_plural': "requests to delete one's data",
                    'ordering': ['due_at', 'pk'],
                },
            ),
        ]),
        migrations.RunPython(_triggers.make, _triggers.drop),
    ]
