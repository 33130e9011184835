import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The table of Django's DatabaseCache: codes that were used and codes mistyped, for minutes.
MARKS = """
create table operators_marks (
    cache_key varchar(255) primary key,
    value text not null,
    expires timestamptz not null
);
create index operators_marks_expires on operators_marks (expires);
create index operators_journal_who on operators_journal (who, id);
create index operators_journal_what on operators_journal (what, id);
create index operators_journal_at on operators_journal (at, id);
"""
UNDO = """
drop index operators_journal_who;
drop index operators_journal_what;
drop index operators_journal_at;
drop table operators_marks;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0003_translators_languages"),
    ]

    operations = [
        migrations.AddField(
            model_name="key",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(MARKS, UNDO),
    ]
