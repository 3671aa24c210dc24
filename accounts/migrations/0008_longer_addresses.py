from django.db import migrations, models


class Migration(migrations.Migration):
    """The address that a customer of the platform is led to may carry a payment, sealed."""

    dependencies = [("accounts", "0007_text_prices")]

    operations = [
        migrations.AlterField(model_name="entrylink", name="following", field=models.CharField(blank=True, max_length=3000)),
    ]
