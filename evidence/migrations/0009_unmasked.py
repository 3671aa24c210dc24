from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0008_restored'),
    ]

    operations = [
        migrations.AlterField(
            model_name='custodyentry',
            name='action',
            field=models.CharField(choices=[('arrived', 'arrived'), ('cleared', 'checked and found sound'), ('refused', 'refused by the check'), ('superseded', 'replaced by a newer one'), ('restored', 'counts again'), ('consented', 'consent given'), ('withdrawn', 'consent withdrawn'), ('viewed', 'looked at'), ('unmasked', 'shown unmasked'), ('thumbnail', 'seen as a small picture'), ('number', 'number of the document read'), ('exported', 'taken out in a dossier'), ('accepted', 'accepted by an agent'), ('rejected', 'refused by an agent'), ('reclassified', 'filed under another kind'), ('moved', 'moved to another complaint'), ('held', 'legal hold set'), ('released', 'legal hold ended'), ('deleted', 'taken back and deleted'), ('erased', 'deleted because its owner asked for it'), ('purged', 'deleted when its time was over')], max_length=20),
        ),
    ]
