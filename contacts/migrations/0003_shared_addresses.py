"""Whether an address is somebody else's too, known when it is written and not when a million wait.

Looked up for each recipient at launch it was the dearest part of the fan-out: a cold page of the
index by key for each of them. Once true it stays true: it only says for whom the rule of one copy
(law 10) has to be asked.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, and the trigger that keeps it."""

    dependencies = [("contacts", "0002_roles_and_immutable_addresses")]

    operations = [
        migrations.AddField("address", "shared", models.BooleanField(db_default=False)),
        migrations.RunSQL(
            """
            create function contacts_address_shared() returns trigger language plpgsql as $$
            begin
                -- Two who bring one address at the same moment must see each other: the lock of
                -- imports (contacts.staging), which whoever imports holds already.
                perform pg_advisory_xact_lock(hashtext('contacts.importing'));
                update contacts_address a set shared = true
                from (
                    select distinct b.key, b.channel from entered e
                    join contacts_address b on b.key = e.key and b.channel = e.channel
                        and b.contact_id <> e.contact_id
                ) same
                where a.key = same.key and a.channel = same.channel and not a.shared;
                return null;
            end $$;
            create trigger contacts_address_shared after insert on contacts_address
                referencing new table as entered
                for each statement execute function contacts_address_shared();
            update contacts_address a set shared = true
            from (
                select key, channel from contacts_address
                group by key, channel having min(contact_id) <> max(contact_id)
            ) same
            where a.key = same.key and a.channel = same.channel;
            """,
            """
            drop trigger contacts_address_shared on contacts_address;
            drop function contacts_address_shared();
            """,
        ),
    ]
