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
        """Those whose figures may all be used."""
        return self.filter(error="", objections=[], withdrawn="")

    def invalid(self) -> MeasurementQuerySet:
        """Those some of whose figures must not be used."""
        return self.filter(error="").exclude(objections=[], withdrawn="")

    def failed(self) -> MeasurementQuerySet:
        """Those without figures."""
        return self.exclude(error="")

    @explained()
    def withdraw(self, reason: str) -> int:
        """Take the figures out of every comparison because a person says so, and keep them; how many that were.

        An empty reason brings them back. UsageError for a reason of nothing but blanks.
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
        "share of a peak", default=0, help_text="Per cent of a measured peak, at a fixed rate; 0 in a closed loop."
    )
    anchor = models.CharField(
        max_length=NAME_LENGTH, blank=True, help_text="Whose peak it is: the cell's own, slowest or reference."
    )
    instrument = models.CharField(
        max_length=NAME_LENGTH, blank=True, help_text="The generator, where it is not the run's own but a second one."
    )
    round = models.PositiveIntegerField()
    generator = models.CharField(max_length=NAME_LENGTH, blank=True)
    answers = models.PositiveBigIntegerField(null=True)
    errors = models.PositiveBigIntegerField(null=True)
    seconds = models.FloatField(null=True, help_text="Length of the measured window.")
    goodput = models.FloatField(null=True, help_text="Right answers per second.")
    in_use = models.FloatField(
        "connections in use", null=True, help_text="Requests under way at a time: rate times mean latency."
    )
    server_cpu_us = models.FloatField("server CPU µs", null=True, help_text="Per right answer.")
    collections_cpu_us = models.FloatField(
        "collections CPU µs", null=True, help_text="Full collections of garbage: the part of server CPU they make up."
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
    latencies = models.JSONField(default=list, help_text="Microseconds, rising, of a window at equal load.")
    pss_idle_kib = models.PositiveBigIntegerField("PSS idle KiB", null=True)
    pss_peak_kib = models.PositiveBigIntegerField("PSS peak KiB", null=True)
    threads_peak = models.PositiveIntegerField(null=True)
    processes = models.PositiveIntegerField(null=True)
    files_peak = models.PositiveIntegerField(null=True, help_text="Open file descriptors of the server.")
    server_connections_peak = models.PositiveIntegerField(null=True, help_text="Of clients to the server.")
    database_connections_peak = models.PositiveIntegerField(null=True, help_text="To an embedded PostgreSQL.")
    reconnects = models.PositiveIntegerField(null=True, help_text="Connections to the server that ended meanwhile.")
    statements = models.FloatField(null=True, help_text="SQL statements per request.")
    rows = models.FloatField(null=True, help_text="Rows from the database per request.")
    body_bytes = models.FloatField(null=True, help_text="Bytes of an answer's body.")
    rate = models.FloatField(null=True, help_text="Requests per second that were due; nothing in a closed loop.")
    due = models.PositiveBigIntegerField(null=True, help_text="Requests that were due in the window.")
    late_p99_ms = models.FloatField("late p99 ms", null=True, help_text="By how much the generator sent too late.")
    warmup_s = models.FloatField("warm-up s", null=True, help_text="Until the cost of an answer was steady.")
    start_s = models.FloatField("start s", null=True, help_text="From the start of the server to its first answer.")
    received_bytes = models.PositiveBigIntegerField(null=True)
    failures = models.JSONField(default=dict, help_text="What went wrong under load, and how often.")
    warnings = models.JSONField(default=list, help_text="What the generator says against itself.")
    objections = models.JSONField(default=list, help_text="Why some of the figures must not be used.")
    withdrawn = models.TextField(blank=True, help_text="Why a person says that the figures must not be used.")
    failure = models.CharField(
        max_length=NAME_LENGTH,
        blank=True,
        default="",
        choices=[(kind.value, kind.value) for kind in core.FailureKind],
        help_text="Of which kind it is that there are no figures.",
    )
    error = models.TextField(blank=True, help_text="Why there are no figures.")
    configuration = models.JSONField(default=dict, help_text="What the living server was found to be.")
    samples = models.JSONField(default=list, help_text="What the server held at moments of the window.")
    series = models.JSONField(default=list, help_text="Each second of the window as the generator saw it.")
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
        """Where it belongs in the matrix."""
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
        """The objections to its figures, a person's withdrawal included."""
        found = tuple(map(Objection.read, self.objections))
        if not self.withdrawn:
            return found
        return (*found, Objection(code="withdrawn", figures=EVERY, sentence=self.withdrawn))

    @property
    def valid(self) -> bool:
        """Whether all of its figures may be used."""
        return not (self.error or self.objections or self.withdrawn)

    def usable(self, figure: Figure) -> bool:
        """Whether its figures of this kind may be used."""
        return not self.error and all(figure not in objection.figures for objection in self.against)
