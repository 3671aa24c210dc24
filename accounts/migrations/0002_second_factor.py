"""The second factor under our own name. Apart from the people, because the table it stands on points at them."""

from django.db import migrations


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0007_names"),
    ]
    dependencies = [
        ("accounts", "0001_squashed"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
            ],
            options={
                'verbose_name': 'second factor',
                'verbose_name_plural': 'second factors',
                'proxy': True,
            },
            bases=('mfa.authenticator',),
        ),
    ]
