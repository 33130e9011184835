"""A role for shops that print a notice and put it up."""

from django.db import migrations


def plant(apps, schema_editor):
    role = apps.get_model("contacts", "Role")
    role.objects.get_or_create(
        key="point_of_sale", defaults={"title": "Point of sale", "position": 12}
    )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_shared_addresses")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
