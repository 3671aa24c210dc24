"""A customer's token can be freshly proven."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0001_squashed'),
    ]

    operations = [
        migrations.AddField(
            model_name='token',
            name='proof_asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='token',
            name='proof_digest',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of the code that was sent, while it works.', max_length=64),
        ),
        migrations.AddField(
            model_name='token',
            name='proven_until',
            field=models.DateTimeField(blank=True, help_text='Its owner has freshly shown to be its owner.', null=True),
        ),
    ]
