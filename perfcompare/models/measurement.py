"""One row for each trial of a cell."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from perfcompare.core import measurement as core
from perfcompare.core.errors import UsageError
from perfcompare.core.objection import EVERY, Figure, Objection
from perfcompare.models.run import Run
from perfcompare.models.storage import NAME_LENGTH, explained, storable


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Queries on measurements."""

    def valid(self) -> MeasurementQuerySet:
        """Those with every figure valid."""
        return self.filter(error="", objections=[], withdrawn="")

    def invalid(self) -> MeasurementQuerySet:
        """Those with a rejected figure."""
        return self.filter(error="").exclude(objections=[], withdrawn="")

    def failed(self) -> MeasurementQuerySet:
        """Those without figures."""
        return self.exclude(error="")

    @explained()
    def withdraw(self, reason: str) -> int:
        """Withdraw the figures from every comparison for a person's reason, but keep them. Returns how many that were.

        An empty reason restores them. Raises UsageError for a blank reason.
        """
        if reason and not reason.strip():
            raise UsageError("Give the reason why the figures must not be used.")
        return self.filter(error="").update(withdrawn=storable(reason.strip()))


class Measurement(models.Model):
    """One trial of a cell: its figures, or why there are none."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="measurements")
    scenario = models.CharField(max_length=NAME_LENGTH)
    stack = models.CharField(max_length=NAME_LENGTH)
    server = models.CharField(max_length=NAME_LENGTH)
    concurrency = models.PositiveIntegerField()
    share = models.PositiveSmallIntegerField(
        "share of a peak", default=0, help_text="At a fixed rate: per cent of a measured peak. In a closed loop: 0."
    )
    anchor = models.CharField(
        max_length=NAME_LENGTH,
        blank=True,
        help_text="The owner of that peak: the cell itself (empty), slowest or reference.",
    )
    instrument = models.CharField(
        max_length=NAME_LENGTH,
        blank=True,
        help_text="The second generator that measured the cell again; empty for the run's own.",
    )
    round = models.PositiveIntegerField()
    generator = models.CharField(max_length=NAME_LENGTH, blank=True)
    answers = models.PositiveBigIntegerField(null=True)
    errors = models.PositiveBigIntegerField(null=True)
    seconds = models.FloatField(null=True, help_text="Length of the measured window.")
    goodput = models.FloatField(null=True, help_text="Right answers per second.")
    in_use = models.FloatField(
        "connections in use", null=True, help_text="Average number of concurrent requests: rate times mean latency."
    )
    server_cpu_us = models.FloatField("server CPU µs", null=True, help_text="Per right answer.")
    collections_cpu_us = models.FloatField(
        "collections CPU µs", null=True, help_text="The part of server CPU that full garbage collections take."
    )
    database_cpu_us = models.FloatField("database CPU µs", null=True, help_text="Per right answer.")
    generator_cpu_us = models.FloatField("generator CPU µs", null=True, help_text="Per right answer.")
    cache_cpu_us = models.FloatField("cache CPU µs", null=True, help_text="Per right answer.")
    mean_ms = models.FloatField("mean ms", null=True)
    min_ms = models.FloatField("min ms", null=True)
    p50_ms = models.FloatField("p50 ms", null=True)
    p90_ms = models.FloatField("p90 ms", null=True)
    p99_ms = models.FloatField("p99 ms", null=True)
    p999_ms = models.FloatField("p99.9 ms", null=True)
    max_ms = models.FloatField("max ms", null=True)
    latencies = models.JSONField(
        default=list, help_text="At equal load: the latencies of the window in microseconds, ascending."
    )
    pss_idle_kib = models.PositiveBigIntegerField("PSS idle KiB", null=True)
    pss_peak_kib = models.PositiveBigIntegerField("PSS peak KiB", null=True)
    threads_peak = models.PositiveIntegerField(null=True)
    processes = models.PositiveIntegerField(null=True)
    files_peak = models.PositiveIntegerField(null=True, help_text="Most open file descriptors of the server.")
    server_connections_peak = models.PositiveIntegerField(
        null=True, help_text="Most connections of clients to the server."
    )
    database_connections_peak = models.PositiveIntegerField(
        null=True, help_text="Most connections to an embedded PostgreSQL."
    )
    reconnects = models.PositiveIntegerField(null=True, help_text="Connections to the server that ended in the window.")
    statements = models.FloatField(null=True, help_text="SQL statements per request.")
    rows = models.FloatField(null=True, help_text="Rows from the database per request.")
    body_bytes = models.FloatField(null=True, help_text="Bytes of an answer's body.")
    rate = models.FloatField(null=True, help_text="Requests due per second; empty in a closed loop.")
    due = models.PositiveBigIntegerField(null=True, help_text="Requests due in the window.")
    late_p99_ms = models.FloatField("late p99 ms", null=True, help_text="How late the generator sent requests.")
    warmup_s = models.FloatField("warm-up s", null=True, help_text="Time until the cost of an answer was steady.")
    start_s = models.FloatField(
        "start s", null=True, help_text="Time from the start of the server to its first answer."
    )
    received_bytes = models.PositiveBigIntegerField(null=True)
    failures = models.JSONField(default=dict, help_text="The errors under load, with their counts.")
    warnings = models.JSONField(default=list, help_text="The generator's warnings about itself.")
    objections = models.JSONField(default=list, help_text="Why some figures are rejected.")
    withdrawn = models.TextField(blank=True, help_text="Why a person withdrew the figures.")
    failure = models.CharField(
        max_length=NAME_LENGTH,
        blank=True,
        default="",
        choices=[(kind.value, kind.value) for kind in core.FailureKind],
        help_text="The kind of failure; empty when there are figures.",
    )
    error = models.TextField(blank=True, help_text="Why there are no figures; empty when there are some.")
    configuration = models.JSONField(default=dict, help_text="The state of the running server.")
    samples = models.JSONField(
        default=list, help_text="Samples of the server's threads, files, connections and memory."
    )
    series = models.JSONField(default=list, help_text="The generator's figures for each second of the window.")
    command = models.JSONField(default=list, help_text="The server's argument vector.")
    measured_at = models.DateTimeField(default=timezone.now)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "round", "scenario", "stack", "server", "concurrency", "share", "instrument", "anchor"],
                name="perfcompare_one_visit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cell}, round {self.round}"

    @property
    def cell(self) -> core.Cell:
        """Its cell."""
        return core.Cell(
            scenario=self.scenario,
            stack=self.stack,
            server=self.server,
            concurrency=self.concurrency,
            share=self.share,
            instrument=self.instrument,
            anchor=core.Anchor(self.anchor),
        )

    @property
    def against(self) -> tuple[Objection, ...]:
        """The objections to its figures, including a person's withdrawal."""
        found = tuple(map(Objection.read, self.objections))
        if not self.withdrawn:
            return found
        return (*found, Objection(code="withdrawn", figures=EVERY, sentence=self.withdrawn))

    @property
    def valid(self) -> bool:
        """Whether all of its figures are valid."""
        return not (self.error or self.objections or self.withdrawn)

    def usable(self, figure: Figure) -> bool:
        """Whether its figures of this kind are valid."""
        return not self.error and all(figure not in objection.figures for objection in self.against)
