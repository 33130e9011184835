from django.db import migrations

from dispatcher.kit.sql import script


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(script("dispatcher.ledger", "clock.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(script("dispatcher.ledger", "counting.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(script("dispatcher.ledger", "triggers.sql"), migrations.RunSQL.noop),
    ]
