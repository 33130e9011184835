"""What is kept of each person's reach, and the triggers that say of whom it holds no longer.

Everybody is stale at first, so that nothing waits for this migration: what is read is derived until
`contacts.kept.settle` has been round (housekeeping, every five seconds).
"""

from django.db import migrations, models

_NUMBERS = [
    (f"{kind}_{channel}", models.BigIntegerField(null=True))
    for kind in ("safety", "service", "news")
    for channel in ("sms", "email", "push")
]
_TRIGGERS = """
create function contacts_reach_entered() returns trigger language plpgsql as $$
begin
    insert into contacts_stale (contact_id) select distinct contact_id from entered;
    return null;
end $$;
create function contacts_reach_left() returns trigger language plpgsql as $$
begin
    insert into contacts_stale (contact_id) select distinct contact_id from left_behind;
    return null;
end $$;
create function contacts_reach_moved() returns trigger language plpgsql as $$
begin
    insert into contacts_stale (contact_id)
    select contact_id from entered union select contact_id from left_behind;
    return null;
end $$;
create function contacts_digest_entered() returns trigger language plpgsql as $$
begin
    insert into contacts_staledigest (channel, digest) select channel, digest from entered;
    return null;
end $$;
create function contacts_digest_left() returns trigger language plpgsql as $$
begin
    insert into contacts_staledigest (channel, digest) select channel, digest from left_behind;
    return null;
end $$;
create function contacts_digest_moved() returns trigger language plpgsql as $$
begin
    insert into contacts_staledigest (channel, digest)
    select channel, digest from entered union select channel, digest from left_behind;
    return null;
end $$;
"""
_EVENTS = (
    ("insert", "entered", "new table as entered"),
    ("delete", "left", "old table as left_behind"),
    ("update", "moved", "new table as entered old table as left_behind"),
)
_WATCHED = (("address", "reach"), ("consent", "reach"), ("suppression", "digest"))
_DROPPED = "".join(
    f"drop function contacts_{what}_{how}() cascade;"
    for what in ("reach", "digest")
    for _, how, _ in _EVENTS
)


def _trigger(table: str, what: str, event: str, how: str, tables: str) -> str:
    return f"""create trigger contacts_{table}_{what}_{how} after {event} on contacts_{table}
        referencing {tables} for each statement execute function contacts_{what}_{how}();"""


class Migration(migrations.Migration):
    """Three tables, six functions, nine triggers and an index by digest."""

    dependencies = [("contacts", "0008_census")]

    operations = [
        migrations.CreateModel(
            name="Reach",
            fields=[
                ("contact_id", models.BigIntegerField(primary_key=True, serialize=False)),
                *_NUMBERS,
            ],
        ),
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["contact_id"], name="contacts_stale_people")]},
        ),
        migrations.CreateModel(
            name="StaleDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("sms", "Sms"), ("email", "Email"), ("push", "Push")], max_length=5)),
                ("digest", models.BinaryField(max_length=32)),
            ],
        ),
        # A hash of the digest: four bytes an address. The expression is `contacts.ranks.DIGEST`.
        migrations.RunSQL(
            r"""create index contacts_address_by_digest on contacts_address
                using hash (sha256(decode(replace(key, '\', '\\'), 'escape')))""",
            "drop index contacts_address_by_digest",
        ),
        migrations.RunSQL(
            _TRIGGERS
            + "".join(_trigger(*watched, *event) for watched in _WATCHED for event in _EVENTS),
            _DROPPED,
        ),
        migrations.RunSQL(
            "insert into contacts_stale (contact_id) select distinct contact_id from contacts_address",
            migrations.RunSQL.noop,
        ),
    ]
