"""The roles that every organisation starts with, and the trigger that keeps an address as it was."""

from django.db import migrations

ROLES = (
    ("customer", "Customer"),
    ("community", "Community"),
    ("retailer", "Retailer"),
    ("distributor", "Distributor"),
    ("employee", "Employee"),
    ("investor", "Investor"),
    ("regulator", "Regulator"),
    ("media", "Media"),
    ("clinician", "Clinician"),
    ("patient", "Patient"),
    ("supplier", "Supplier"),
    ("government", "Government"),
)


def fill(apps, schema_editor):
    role = apps.get_model("contacts", "Role")
    role.objects.bulk_create(
        role(key=key, title=title, position=position)
        for position, (key, title) in enumerate(ROLES)
    )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_people")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            """
            create function contacts_address_stays() returns trigger language plpgsql as $$
            begin
                raise exception 'an address is immutable: a new number is a new row'
                    using errcode = 'restrict_violation';
            end $$;
            create trigger contacts_address_stays
                before update of contact_id, channel, key, value on contacts_address
                for each row
                when ((old.contact_id, old.channel, old.key, old.value)
                      is distinct from (new.contact_id, new.channel, new.key, new.value))
                execute function contacts_address_stays();
            """,
            """
            drop trigger contacts_address_stays on contacts_address;
            drop function contacts_address_stays();
            """,
        ),
    ]
