"""`manage.py perfcompare runs`: the stored runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from perfcompare.commands._command import Command, Output
from perfcompare.models import Run
from perfcompare.report.data.formatting import printable


def arguments(_parser: ArgumentParser) -> None:
    """It has no options."""


def run(_options: Namespace, output: Output) -> None:
    """Write a line for each run, newest first."""
    stored = Run.objects.listing()
    if not stored:
        output.write("No run is stored yet. Make one: manage.py perfcompare run")
        return
    output.write(
        f"{'run':>5}  {'started (UTC)':<16}  {'state':<11}  {'preset':<8}  {'rounds':>6}  {'trials':>6}  label"
    )
    for one, trials in stored:
        output.write(
            f"{one.pk:>5}  {one.started_at:%Y-%m-%d %H:%M}  {one.state:<11}  {printable(one.preset):<8}  "
            f"{one.rounds:>6}  {trials:>6}  {printable(one.label)}".rstrip()
        )


COMMAND = Command(help="list the stored runs, newest first", arguments=arguments, run=run)
