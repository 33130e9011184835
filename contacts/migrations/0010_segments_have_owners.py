"""Segments belong to regions; those that were there belong to the world, and so to its keepers."""

import contacts.models
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("contacts", "0009_kept_reach")]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="regions",
            field=ArrayField(models.CharField(max_length=64), default=contacts.models.world),
        ),
    ]
