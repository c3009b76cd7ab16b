"""Objections become data that say which figures they speak against; before, each spoke against all of a visit."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def as_data(apps: Any, _schema: Any) -> None:
    """`code: sentence` becomes an object."""
    from perfcompare.models.legacy import objections

    measurements = apps.get_model("perfcompare", "Measurement")
    for row in measurements.objects.exclude(objections=[]).only("pk", "objections").iterator():
        row.objections = objections(row.objections)
        row.save(update_fields=["objections"])


def as_text(apps: Any, _schema: Any) -> None:
    """The way back."""
    measurements = apps.get_model("perfcompare", "Measurement")
    for row in measurements.objects.exclude(objections=[]).only("pk", "objections").iterator():
        row.objections = [f"{one['code']}: {one['sentence']}" for one in row.objections]
        row.save(update_fields=["objections"])


class Migration(migrations.Migration):
    dependencies = [("perfcompare", "0005_shares_and_instruments")]

    operations = [
        migrations.RenameField("measurement", "invalid", "objections"),
        migrations.AlterField(
            "measurement",
            "objections",
            models.JSONField(default=list, help_text="Why some of the figures must not be used."),
        ),
        migrations.RunPython(as_data, as_text),
        migrations.RemoveConstraint("measurement", "perfcompare_one_visit"),
        migrations.AlterField(
            "measurement",
            "share",
            models.PositiveSmallIntegerField(
                "share of a peak", default=0, help_text="Per cent of a measured peak, at a fixed rate; 0 in a closed loop."
            ),
        ),
        migrations.AddField(
            "measurement",
            "anchor",
            models.CharField(
                blank=True, max_length=100, help_text="Whose peak it is: the cell's own, slowest or reference."
            ),
        ),
        migrations.AddField(
            "measurement",
            "in_use",
            models.FloatField(
                "connections in use", null=True, help_text="Requests under way at a time: rate times mean latency."
            ),
        ),
        migrations.AddField(
            "measurement",
            "latencies",
            models.JSONField(default=list, help_text="Microseconds, rising, of a window at equal load."),
        ),
        migrations.AddConstraint(
            "measurement",
            models.UniqueConstraint(
                fields=["run", "round", "scenario", "stack", "server", "concurrency", "share", "instrument", "anchor"],
                name="perfcompare_one_visit",
            ),
        ),
    ]
