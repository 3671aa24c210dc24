"""Letters that came in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("letterbox", "0001_initial"),
        ("letterbox", "0002_attachments"),
    ]
    initial = True
    dependencies = [
        ("tickets", "0001_squashed"),
    ]
    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('outcome', models.CharField(blank=True, choices=[('taken', 'put on the complaint'), ('refused', 'answered with a reason'), ('automatic', 'sent by a machine'), ('stranger', 'not from the person the address was made for'), ('too_many', 'too many within an hour'), ('empty', 'nothing in it'), ('failed', 'could not be read')], max_length=10)),
                ('step', models.PositiveSmallIntegerField(default=0, help_text='What is done of it: its text, then each attachment.')),
                ('refusals', models.JSONField(default=list)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'indexes': [models.Index(fields=['at'], name='letter_by_time')],
            },
        ),
    ]
