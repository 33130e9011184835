"""The registry's version: a step for each statement that changes anybody; see `contacts.changes`.

Steps are of random size, so that two histories of one database, before and after it was restored
from a copy, do not come to the same version.
"""

from django.db import migrations, models

_STEPS = """
alter table contacts_change
    alter column step set default 1 + floor(random() * 2147483647)::bigint;
insert into contacts_change default values;
create function contacts_entered_changes() returns trigger language plpgsql as $$
begin
    if exists (select from entered) then insert into contacts_change default values; end if;
    return null;
end $$;
create function contacts_left_changes() returns trigger language plpgsql as $$
begin
    if exists (select from left_behind) then insert into contacts_change default values; end if;
    return null;
end $$;
"""
_EVENTS = (
    ("insert", "entered", "new table as entered"),
    ("update", "entered", "new table as entered"),
    ("delete", "left", "old table as left_behind"),
)
_WATCHED = ("contact", "address", "consent", "suppression")


def _trigger(table: str, event: str, how: str, tables: str) -> str:
    return f"""create trigger contacts_{table}_{event}_changes after {event} on contacts_{table}
        referencing {tables} for each statement execute function contacts_{how}_changes();"""


class Migration(migrations.Migration):
    """A table of few rows, two functions, twelve triggers."""

    dependencies = [("contacts", "0010_segments_have_owners")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            _STEPS + "".join(_trigger(table, *event) for table in _WATCHED for event in _EVENTS),
            "drop function contacts_entered_changes() cascade;"
            "drop function contacts_left_changes() cascade;",
        ),
    ]
