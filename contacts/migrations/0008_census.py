"""The census: how many people live where, read what first and are what, kept by triggers.

On a registry of a million people it is filled in two seconds; see `contacts.census`.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

_KEPT = """
create function contacts_counted() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into contacts_census (region, country, languages, roles, people, first_id, last_id)
        select region, country, languages[1:1], roles, count(*), min(id), max(id)
        from entered where forgotten_at is null group by 1, 2, 3, 4;
    elsif tg_op = 'DELETE' then
        insert into contacts_census (region, country, languages, roles, people, first_id, last_id)
        select region, country, languages[1:1], roles, -count(*), min(id), max(id)
        from left_behind where forgotten_at is null group by 1, 2, 3, 4;
    else
        insert into contacts_census (region, country, languages, roles, people, first_id, last_id)
        with moved as (
            select e, l from entered e join left_behind l on l.id = e.id
            where (e.region, e.country, e.languages[1:1], e.roles, e.forgotten_at is null)
                is distinct from
                (l.region, l.country, l.languages[1:1], l.roles, l.forgotten_at is null)
        )
        select (c).region, (c).country, (c).languages[1:1], (c).roles, sum(sign), min((c).id), max((c).id)
        from (select e as c, 1 as sign from moved union all select l, -1 from moved) m
        where (c).forgotten_at is null group by 1, 2, 3, 4;
    end if;
    return null;
end $$;
create trigger contacts_entered after insert on contacts_contact
    referencing new table as entered for each statement execute function contacts_counted();
create trigger contacts_changed after update on contacts_contact
    referencing new table as entered old table as left_behind
    for each statement execute function contacts_counted();
create trigger contacts_removed after delete on contacts_contact
    referencing old table as left_behind for each statement execute function contacts_counted();
insert into contacts_census (region, country, languages, roles, people, first_id, last_id)
select region, country, languages[1:1], roles, count(*), min(id), max(id)
from contacts_contact where forgotten_at is null group by 1, 2, 3, 4;
create index contacts_of_region on contacts_contact (region, id)
    where forgotten_at is null and position('-' in region) > 0;
"""


class Migration(migrations.Migration):
    """A small table, three triggers, one index: those who live in a part of a country."""

    dependencies = [("contacts", "0007_uploads")]

    operations = [
        migrations.CreateModel(
            name="Census",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=10)),
                ("country", models.CharField(max_length=2)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=35), size=None
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("people", models.IntegerField()),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(_KEPT, migrations.RunSQL.noop),
    ]
