"""Rows made before the first seeding (a superuser, say) get ids that seeding never uses either."""

from django.db import migrations

LAST_RESERVED = {
    "users_user": 1_000_000,
    "users_profile": 1_000_000,
    "users_address": 2_000_000,
    "users_post": 2_000_000,
}


def reserve(apps, schema_editor):
    for table, last in LAST_RESERVED.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])
        elif schema_editor.connection.vendor == "sqlite":
            schema_editor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


class Migration(migrations.Migration):

    dependencies = [("users", "0001_initial")]

    operations = [migrations.RunPython(reserve, migrations.RunPython.noop)]
