"""Failures have a kind; before, it was read from the reason."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def as_kinds(apps: Any, _schema: Any) -> None:
    """The kind of each failure that is stored."""
    from perfcompare.models.legacy import failure

    measurements = apps.get_model("perfcompare", "Measurement")
    for row in measurements.objects.exclude(error="").only("pk", "error").iterator():
        row.failure = failure(row.error)
        row.save(update_fields=["failure"])


class Migration(migrations.Migration):
    dependencies = [("perfcompare", "0007_collections")]

    operations = [
        migrations.AddField(
            "measurement",
            "failure",
            models.CharField(
                blank=True,
                choices=[("failed", "failed"), ("wrong answer", "wrong answer")],
                default="",
                help_text="Of which kind it is that there are no figures.",
                max_length=100,
            ),
        ),
        migrations.RunPython(as_kinds, migrations.RunPython.noop),
    ]
