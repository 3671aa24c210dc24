"""Nothing: the one table this room had is in accounts now. Kept because installs have the names it replaces on record."""

from django.db import migrations


class Migration(migrations.Migration):
    replaces = [
        ("portal", "0001_sent_forms"),
        ("portal", "0002_sent_forms_moved"),
    ]
    initial = True
    dependencies = [
    ]
    operations = [
    ]
