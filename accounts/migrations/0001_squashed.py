"""People, their phones and the five groups of the desk."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.managers
import lib.zones
from accounts.seeding import ensure_groups


def make_groups(apps, schema_editor):
    ensure_groups(apps.get_model("auth", "Group"))


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_groups"),
        ("accounts", "0003_sent_forms"),
        ("accounts", "0004_notices"),
        ("accounts", "0005_phones"),
        ("accounts", "0006_former_contacts"),
    ]
    initial = True
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(error_messages={'unique': 'Someone with this e-mail address is already here.'}, max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('language', models.CharField(blank=True, choices=[('zh-hans', '简体中文'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('timezone', models.CharField(blank=True, help_text='Empty means Asia/Shanghai.', max_length=64, validators=[lib.zones.validate_zone], verbose_name='time zone')),
                ('real_name_match', models.BooleanField(default=False, help_text='Set by an agent or by the identity service: this person need not show an identity document.', verbose_name='real name verified')),
                ('real_name_match_at', models.DateTimeField(blank=True, null=True, verbose_name='real name verified at')),
                ('is_service', models.BooleanField(default=False, help_text='An adapter (freeze, identity, payment), not a person.', verbose_name='service account')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may open the admin')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('digest_hour', models.PositiveSmallIntegerField(default=9, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='hour of the daily e-mail')),
                ('news_by_mail', models.CharField(choices=[('at_once', 'At once'), ('daily', 'Together, once a day'), ('never', 'Not by e-mail; only on the page')], default='daily', max_length=8, verbose_name='e-mails with news')),
                ('reminders_by_mail', models.CharField(choices=[('at_once', 'At once'), ('daily', 'Together, once a day'), ('never', 'Not by e-mail; only on the page')], default='daily', max_length=8, verbose_name='e-mails with reminders')),
                ('steps_by_mail', models.CharField(choices=[('at_once', 'At once'), ('daily', 'Together, once a day'), ('never', 'Not by e-mail; only on the page')], default='at_once', max_length=8, verbose_name='e-mails about steps')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ('email',),
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_lower_case')],
            },
            managers=[
                ('objects', accounts.managers.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64)),
                ('location', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'token'), name='one_answer_to_a_form')],
            },
        ),
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=16, unique=True, verbose_name='mobile number')),
                ('verified_at', models.DateTimeField(verbose_name='proven at')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='phone', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mobile number',
                'verbose_name_plural': 'mobile numbers',
            },
        ),
        migrations.CreateModel(
            name='TextMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=16, verbose_name='mobile number')),
                ('sealed', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=8, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('next_at', models.DateTimeField(verbose_name='next attempt at')),
            ],
            options={
                'verbose_name': 'text message',
                'verbose_name_plural': 'text messages',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='text_messages_waiting')],
            },
        ),
        migrations.CreateModel(
            name='FormerContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('email', 'e-mail address'), ('phone', 'mobile number')], max_length=5)),
                ('value', models.CharField(max_length=254)),
                ('until', models.DateTimeField(verbose_name='counts until')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'former address or number',
                'verbose_name_plural': 'former addresses and numbers',
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'value'), name='a_former_contact_once')],
            },
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
