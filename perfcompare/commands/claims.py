"""`manage.py perfcompare claims`: measures all that was published, and shows each claim beside what was measured."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfcompare.commands import connections, hybrid, serialize
from perfcompare.commands import run as run_command
from perfcompare.commands._command import VISITS, Command, Output
from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError
from perfcompare.core.stack import PROXIED, VARIANT
from perfcompare.core.target import REFERENCE
from perfcompare.models import Run
from perfcompare.presets import NOISE
from perfcompare.report.data.collection import collect
from perfcompare.report.data.memory import CLAIMED, CONNECTIONS, SCENARIO, WORKERS
from perfcompare.report.data.words import both
from perfcompare.report.findings import claims
from perfcompare.report.findings.claims import Row
from perfcompare.servers import _nginx


@dataclass(frozen=True)
class _Part:
    """One of the commands that measure."""

    says: str
    minutes: int
    """About how long it took on two virtual processors (28 November 2026: 0.9, 2.6, 1.3, 0.6 and 1.8)."""
    command: Command
    words: Sequence[str]


def arguments(parser: ArgumentParser) -> None:
    """Where the page is written."""
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("report"),
        help="folder for the page, JSON, CSV and Markdown (default: %(default)s/)",
    )


def run(options: Namespace, output: Output) -> None:
    """Measure part by part, and write the last run with all claims. Raises PerfcompareError at the end for parts that
    failed; the others are measured all the same."""
    failed: list[str] = []
    without = _without_nginx()
    parts = _parts(options.folder, without)
    for number, part in enumerate(parts, 1):
        left = sum(one.minutes for one in parts[number - 1 :])
        output.write(f"Part {number} of {len(parts)}: {part.says}. All that is left takes about {left} min.")
        try:
            part.command.run(_parsed(part), output)
        except Interrupted:
            raise
        except PerfcompareError as error:
            output.write(f"{part.says}: {error}")
            failed.append(part.says)
    for row in claims.rows(collect(Run.objects.newest())):
        output.write(_line(row))
    if without:
        output.write(without)
    if failed:
        raise PerfcompareError(f"Without a result, or with trials that gave no figures: {both(failed)}. See above.")


def _without_nginx() -> str:
    """What is not measured where nginx is missing, and how to get it; empty where it is installed."""
    try:
        _nginx.program()
    except EnvironmentProblem as error:
        return f"Nothing was measured behind nginx. {error}"
    return ""


def _parts(folder: Path, without: str) -> Sequence[_Part]:
    """Costs come last: their run is the one whose page is shown."""
    pair = f"{REFERENCE},{CLAIMED}"
    proxied = "".join(f",{one}{VARIANT}{PROXIED}" for one in (REFERENCE, CLAIMED))
    behind = [] if without else [_Part("Django and FastAPI behind one nginx", 1, hybrid.COMMAND, ("--check",))]
    return (
        _Part("held connections", 1, connections.COMMAND, ("--workers", str(WORKERS))),
        _Part("serializers alone", 3, serialize.COMMAND, ("--processes", "5")),
        _Part(
            "memory under many connections",
            1,
            run_command.COMMAND,
            (
                *("--stacks", pair, "--scenarios", SCENARIO, "--sequential", "--concurrency", str(CONNECTIONS)),
                *("--workers", str(WORKERS), "--seconds", "3", "--warmup", "2", "--rounds", "3"),
                *("--folder", str(folder / "memory")),
            ),
        ),
        *behind,
        _Part(
            "costs, and latency at one rate",
            2,
            run_command.COMMAND,
            (
                *("--stacks", f"{REFERENCE},{NOISE},{CLAIMED}{'' if without else proxied}"),
                *("--scenarios", "simple,user_detail,user_list", "--note", without, "--folder", str(folder)),
            ),
        ),
    )


def _parsed(part: _Part) -> Namespace:
    parser = ArgumentParser()
    part.command.arguments(parser)
    return parser.parse_args(part.words)


def _line(row: Row) -> str:
    if not row.ratio:
        return f"{row.claim.aspect}: {row.judgement}"
    measured = f"measured {row.ratio} ({row.fastapi}, {row.drf})"
    return f"{row.claim.aspect}: claimed {row.claim.ratio:g}x, {measured}: {row.judgement}"


COMMAND = Command(
    help="measure every published claim, and write a page with all of them", arguments=arguments, run=run, kept=VISITS
)
