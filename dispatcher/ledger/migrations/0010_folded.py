"""Deltas are folded into sums, minutes and marks; a batch knows its first and its last person."""

from django.db import migrations, models

from dispatcher.kit.sql import script


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_second_ids")]

    operations = [
        migrations.CreateModel(
            name="Sum",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dispatch_id",
                        "channel",
                        "region",
                        "language",
                        "figure",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dispatch_id", models.BigIntegerField()),
                ("channel", models.TextField()),
                ("region", models.TextField()),
                ("language", models.TextField()),
                ("figure", models.TextField()),
                ("n", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Minute",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dispatch_id",
                        "region",
                        "minute",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dispatch_id", models.BigIntegerField()),
                ("region", models.TextField()),
                ("minute", models.DateTimeField()),
                ("handed_over", models.BigIntegerField()),
                ("delivered", models.BigIntegerField()),
                ("failed", models.BigIntegerField()),
                ("unknown", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("dispatch_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("n", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(script("dispatcher.ledger", "mark.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(script("dispatcher.ledger", "bounds.sql"), migrations.RunSQL.noop),
    ]
