"""Files that wait to be imported: in the database, because the worker may be another host."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """Two small tables."""

    dependencies = [("contacts", "0006_push_keys")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by", models.CharField(max_length=200)),
                ("file_name", models.CharField(max_length=300)),
                ("size", models.PositiveBigIntegerField()),
                ("list_name", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("mapping", "Mapping"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("applying", "Applying"),
                            ("applied", "Applied"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("look", models.JSONField()),
                ("mapping", models.JSONField(default=dict)),
                ("country", models.CharField(default="", max_length=2)),
                ("report", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.CreateModel(
            name="UploadPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.BinaryField()),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="contacts.upload",
                    ),
                ),
            ],
        ),
    ]
