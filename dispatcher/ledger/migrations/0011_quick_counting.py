"""Deliveries are counted without reading all batches."""

from django.db import migrations

from dispatcher.kit.sql import script


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_folded")]

    operations = [
        migrations.RunSQL(script("dispatcher.ledger", "counting.sql"), migrations.RunSQL.noop),
    ]
