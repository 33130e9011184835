"""Indexes by which a keeper finds people, and figures of how fresh the registry is.

Search is by the beginnings of words (decision 0024). `contacts_folded` is what makes two spellings
one: case, accents, the Arabic and Persian forms of a letter; `contacts_words` are its words, a
Persian compound both with and without its joint. Both are immutable, or no index could hold them.

On a registry of a million people the indexes were built in 87 s (two busy shared cores), during
which it can be read but not written; they take about 170 MB.
"""

from django.db import migrations, models
from django.db.models.functions import Now

_WORDS = r"""
create function contacts_folded(text) returns text language sql immutable strict parallel safe as $$
    select translate(
        replace(normalize(regexp_replace(normalize(lower($1), nfkd),
            '[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]', '', 'g'), nfc), 'ß', 'ss'),
        'يكىةøłđı''’"\-.,;:/&@_()+', 'یکیهoldi                 ')
$$;
-- Not in SQL and dear on purpose: the planner would put it into a filter over half the registry.
-- It names another function of ours, and PostgreSQL 17 and later analyse and index with a search path
-- in which there is nothing of ours.
create function contacts_words(text) returns tsvector language plpgsql immutable strict parallel safe
cost 2000 set search_path from current as $$
begin
    return to_tsvector('simple'::regconfig, case strpos($1, U&'\200C') when 0 then contacts_folded($1)
        else contacts_folded(replace($1, U&'\200C', '') || ' ' || replace($1, U&'\200C', ' ')) end);
end $$;
"""
_INDEXES = (
    """create index contacts_by_word on contacts_contact using gin (contacts_words(name))
        where forgotten_at is null""",
    """create index contacts_by_reference on contacts_contact (reference varchar_pattern_ops)
        where forgotten_at is null""",
    """create index contacts_address_begins on contacts_address (key varchar_pattern_ops)
        where channel <> 'push'""",
    """create index contacts_of_country on contacts_contact (country, id)
        where forgotten_at is null""",
    """create index contacts_of_role on contacts_contact using gin (roles)
        where forgotten_at is null""",
    """create index contacts_of_language on contacts_contact
        (split_part(coalesce(languages[1], ''), '-', 1), id) where forgotten_at is null""",
    """create index contacts_address_dead on contacts_address (contact_id)
        where dead_at is not null and retired_at is null""",
    """create index contacts_consent_refused on contacts_consent (contact_id)
        where not granted""",
)
_DROPPED = "drop function contacts_words(text); drop function contacts_folded(text)"


class Migration(migrations.Migration):
    """Two functions, eight indexes, two small tables."""

    dependencies = [("contacts", "0004_point_of_sale")]

    operations = [
        migrations.RunSQL(_WORDS, _DROPPED),
        *(migrations.RunSQL(one, f"drop index {one.split()[2]}") for one in _INDEXES),
        migrations.CreateModel(
            name="Freshness",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lack", models.CharField(max_length=20)),
                ("region", models.CharField(max_length=10)),
                ("people", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lack", "region"), name="contacts_freshness_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Unreachable",
            fields=[("contact_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
    ]
