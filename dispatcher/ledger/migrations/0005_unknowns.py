import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from dispatcher.kit.sql import script


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_targeted'),
    ]

    operations = [
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('dispatch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='ledger.dispatch')),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('off', models.IntegerField()),
                ('broken_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='attempt',
            name='account',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='attempt',
            name='verdict',
            field=models.TextField(choices=[('', 'Open'), ('receipt', 'Receipt'), ('late', 'Late'), ('taken', 'Taken'), ('many', 'Many'), ('resent', 'Resent'), ('not_processed', 'Not Processed'), ('repeated', 'Repeated'), ('risked', 'Risked'), ('given_up', 'Given Up'), ('expired', 'Expired')], db_default=''),
        ),
        migrations.AddField(
            model_name='question',
            name='account',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='question',
            name='asks',
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='question',
            name='attempt',
            field=models.SmallIntegerField(db_default=1),
        ),
        migrations.AddField(
            model_name='question',
            name='next_ask_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='question',
            name='repeats',
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='question',
            name='verdict',
            field=models.TextField(choices=[('', 'Open'), ('receipt', 'Receipt'), ('late', 'Late'), ('taken', 'Taken'), ('many', 'Many'), ('resent', 'Resent'), ('not_processed', 'Not Processed'), ('repeated', 'Repeated'), ('risked', 'Risked'), ('given_up', 'Given Up'), ('expired', 'Expired')], db_default=''),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('verdict', ''), _negated=True), fields=['dispatch_id', 'verdict'], name='attempt_verdict'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['next_ask_at'], name='question_due'),
        ),
        migrations.RunSQL(script("dispatcher.ledger", "left.sql"), migrations.RunSQL.noop),
    ]
