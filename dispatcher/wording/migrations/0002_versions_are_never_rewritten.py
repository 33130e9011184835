"""A version's text, source and origin are written once; only its state, and who accepted it, move."""

from django.db import migrations

FORWARDS = """
create function wording_version_keeps_its_text() returns trigger language plpgsql as $$
begin
    raise exception 'wording version % keeps its text', old.id using errcode = 'integrity_constraint_violation';
end $$;
create trigger wording_version_keeps_its_text
    before update on wording_wordingversion for each row
    when ((old.wording_id, old.fields, old.text_hash, old.source_hash, old.origin, old.created_at)
        is distinct from
        (new.wording_id, new.fields, new.text_hash, new.source_hash, new.origin, new.created_at))
    execute function wording_version_keeps_its_text();
"""
BACKWARDS = """
drop trigger wording_version_keeps_its_text on wording_wordingversion;
drop function wording_version_keeps_its_text();
"""


class Migration(migrations.Migration):
    dependencies = [("wording", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
