"""Whom complaints are about, and short advice beside them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tickets.models.respondent
from tickets.policy.seeding import seed_register


def furnish(apps, schema_editor):
    seed_register(apps)


class Migration(migrations.Migration):

    dependencies = [
        ("tickets", "0007_found_by_programs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Advice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.SlugField(blank=True, help_text='Empty: for all.', max_length=40, verbose_name='category')),
                ('cause', models.SlugField(blank=True, help_text='Only where the customer names this cause.', max_length=40, verbose_name='cause')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('title_zh', models.CharField(max_length=80, verbose_name='title, in Chinese')),
                ('title_en', models.CharField(max_length=120, verbose_name='title, in English')),
                ('text_zh', models.TextField(verbose_name='text, in Chinese')),
                ('text_en', models.TextField(verbose_name='text, in English')),
                ('source', models.CharField(blank=True, help_text='Where this was read.', max_length=200, verbose_name='source')),
                ('checked_on', models.DateField(blank=True, help_text='Empty: shown to nobody.', null=True, verbose_name='checked on')),
            ],
            options={
                'verbose_name': 'advice',
                'verbose_name_plural': 'advice',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='ticket',
            name='respondent',
            field=models.CharField(blank=True, db_default='', default='', help_text='A key of the register, or a name as typed.', max_length=200, verbose_name='respondent'),
        ),
        migrations.CreateModel(
            name='Respondent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='Stands before an account: code:account.', max_length=40, unique=True, verbose_name='code')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name, in Chinese')),
                ('name_en', models.CharField(max_length=80, verbose_name='name, in English')),
                ('kind', models.CharField(choices=[('app', 'app or product'), ('channel', 'payment channel'), ('merchant', 'merchant'), ('bank', 'bank')], max_length=10, verbose_name='kind')),
                ('company', models.CharField(blank=True, help_text='As authorities ask for it.', max_length=120, verbose_name='registered company')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='postal address')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('is_payment_institution', models.BooleanField(default=False, help_text='Complaints about it may go to 12363.', verbose_name='bank, payment or clearing institution')),
                ('is_ours', models.BooleanField(default=False, help_text='We freeze there ourselves.', verbose_name='our own')),
                ('account_label_zh', models.CharField(blank=True, help_text='What it is called.', max_length=80, verbose_name='an account there, in Chinese')),
                ('account_label_en', models.CharField(blank=True, help_text='What it is called.', max_length=80, verbose_name='an account there, in English')),
                ('account_pattern', models.CharField(blank=True, help_text='Asks again; never refuses.', max_length=200, validators=[tickets.models.respondent.compiles], verbose_name='pattern of an account')),
                ('self_freeze_zh', models.TextField(blank=True, verbose_name='how one freezes there oneself, in Chinese')),
                ('self_freeze_en', models.TextField(blank=True, verbose_name='how one freezes there oneself, in English')),
                ('source', models.CharField(blank=True, help_text='Where this was read.', max_length=200, verbose_name='source')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
            ],
            options={
                'verbose_name': 'respondent',
                'verbose_name_plural': 'respondents',
                'ordering': ['position', 'key'],
            },
        ),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
