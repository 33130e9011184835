"""Who wrote, who vouches and through which engine; what the source once was; the words of review."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# What a version is: written once. `create or replace` cannot change a trigger's condition.
KEEPS = """
drop trigger wording_version_keeps_its_text on wording_wordingversion;
create trigger wording_version_keeps_its_text
    before update on wording_wordingversion for each row
    when ((old.wording_id, old.fields, old.text_hash, old.source_hash, old.origin, old.created_at,
            old.engine, old.written_by, old.writer_id)
        is distinct from
        (new.wording_id, new.fields, new.text_hash, new.source_hash, new.origin, new.created_at,
            new.engine, new.written_by, new.writer_id))
    execute function wording_version_keeps_its_text();
"""
KEPT = """
drop trigger wording_version_keeps_its_text on wording_wordingversion;
create trigger wording_version_keeps_its_text
    before update on wording_wordingversion for each row
    when ((old.wording_id, old.fields, old.text_hash, old.source_hash, old.origin, old.created_at)
        is distinct from
        (new.wording_id, new.fields, new.text_hash, new.source_hash, new.origin, new.created_at))
    execute function wording_version_keeps_its_text();
"""
STATES = ["machine_draft", "needs_editing", "in_review", "accepted", "stale"]


class Migration(migrations.Migration):
    dependencies = [("wording", "0002_versions_are_never_rewritten")]

    operations = [
        migrations.RemoveConstraint(model_name="wordingversion", name="wording_state_known"),
        migrations.RunSQL(
            "update wording_wordingversion set state = 'needs_editing' where state = 'draft'",
            "update wording_wordingversion set state = 'draft' "
            "where state in ('machine_draft', 'needs_editing', 'in_review')",
        ),
        migrations.AddConstraint(
            model_name="wordingversion",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="wording_state_known"
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="origin",
            field=models.CharField(db_default="shipped", max_length=16),
        ),
        migrations.AddField(
            model_name="wordingversion", name="voucher_id", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="wordingversion", name="accepted_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="wordingversion",
            name="written_by",
            field=models.CharField(blank=True, default="", max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="wordingversion", name="writer_id", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="wordingversion",
            name="engine",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="wordingversion", name="back", field=models.JSONField(null=True)
        ),
        migrations.AddField(
            model_name="wordingversion",
            name="remark",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=35)),
                ("fields", models.JSONField()),
                ("written_by", models.CharField(blank=True, max_length=150)),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="wording.template",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "hash"), name="wording_source_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "insert into wording_source (template_id, hash, language, fields, written_by) "
            "select id, source_hash, source_language, source, '' from wording_template",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(KEEPS, KEPT),
    ]
