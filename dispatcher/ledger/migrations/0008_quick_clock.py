"""The ledger's clock again, as a function whose plan is kept."""

from django.db import migrations

from dispatcher.kit.sql import script


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_snapshots")]

    operations = [
        migrations.RunSQL(script("dispatcher.ledger", "clock.sql"), migrations.RunSQL.noop),
    ]
