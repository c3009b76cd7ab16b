"""`manage.py perfcompare ladder`: applies the levers of a stack one by one, and compares each step with the one
before; beside them, practices of others."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from perfcompare import session
from perfcompare.commands import report as report_command
from perfcompare.commands._command import VISITS, Command, Output
from perfcompare.commands._options import add_sequential, add_settings, demonstration, settings
from perfcompare.commands._types import count, names
from perfcompare.core.errors import UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.stack import PRACTICE, STEP, DjangoPart
from perfcompare.core.target import FLOOR, REFERENCE
from perfcompare.plugins import servers
from perfcompare.presets import NOISE
from perfcompare.registries import practices, scenarios, stacks
from perfcompare.report.data import ladders
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import ladder_table


def arguments(parser: ArgumentParser) -> None:
    """The stack and the scenario."""
    parser.add_argument("--stack", required=True, help="a tuned stack, or the plain one that it tunes")
    parser.add_argument("--scenario", required=True, type=names, metavar="A,B", help="which scenarios")
    parser.add_argument("--server", help="server of every step (default: the tuned stack's own)")
    parser.add_argument(
        "--practices",
        nargs="?",
        type=names,
        const=list(practices),
        default=[],
        metavar="A,B",
        help="measure practices as well, each beside the same views by settings alone (default: those that fit); "
        f"known: {', '.join(practices)}",
    )
    parser.add_argument("--concurrency", type=count, help="connections (default: as many as suit the scenario)")
    add_settings(parser)
    add_sequential(parser)
    parser.add_argument(
        "--folder", type=Path, default=Path("report"), help="folder for the page and files (default: %(default)s/)"
    )


def run(options: Namespace, output: Output) -> None:
    """Measure every step, beside FastAPI and the bare server, and write the ladder."""
    tuned = tuned_name(options.stack)
    server = options.server or stacks[tuned].server
    servers.choose([server])
    practices.choose(options.practices)
    cells = [
        cell
        for scenario, one in scenarios.choose(options.scenario).items()
        for place in (steps, partial(practised, options.practices))
        for cell in place(tuned, server, scenario, options.concurrency or one.connections)
    ]
    if options.practices and not any(PRACTICE in cell.stack for cell in cells):
        raise UsageError(
            f"None of these practices changes {', '.join(options.scenario)} of {tuned}. See docs/practices.md"
        )
    chosen = settings(options, seconds=0.5, warmup_s=1.0, rounds=5, preset="ladder")
    stored = session.measure(cells, chosen, output, demonstration(chosen, cells))
    found = collect(stored)
    for ladder in (*found.ladders, *found.practices):
        output.write()
        for line in ladder_table.lines(ladder):
            output.write(line)
    for sentence in ladders.unknown(found.catalog, found.blocks):
        output.write(sentence)
    report_command.write(stored, found, options.folder, output)
    session.complain(stored)


def tuned_name(name: str) -> str:
    """The tuned stack called `name`, or the one that tunes the stack called `name`. Raises UsageError without one."""
    chosen = stacks.choose([name])[name]
    if chosen.levers:
        return name
    found = [other for other, stack in stacks.items() if stack.levers and _same(stack.django, chosen.django)]
    if not found:
        tuned = ", ".join(other for other, stack in stacks.items() if stack.levers)
        raise UsageError(f"{name} has no levers, and no stack tunes it. Stacks with a ladder: {tuned}.")
    return found[0]


def _same(one: DjangoPart | None, other: DjangoPart | None) -> bool:
    """Whether they serve the same views."""
    return one is not None and other is not None and one.urlconf == other.urlconf


def steps(tuned: str, server: str, scenario: str, concurrency: int) -> Sequence[Cell]:
    """Every step of the ladder, the reference with its twin for the noise floor, and the bare limit.

    The limit is on the server of the steps, or on its own where it cannot answer the scenario there.
    """
    ladder = [f"{tuned}{STEP}{number}" for number in range(len(stacks[tuned].levers) + 1)]
    placed = dict.fromkeys(ladder, server)
    placed |= dict.fromkeys((REFERENCE, NOISE), stacks[REFERENCE].server)
    limit = stacks[FLOOR]
    placed[FLOOR] = server if limit.offers(scenario, servers[server].interface) else limit.server
    return [
        Cell(scenario=scenario, stack=name, server=on, concurrency=concurrency)
        for name, on in placed.items()
        if scenario in stacks[name].scenarios
    ]


def practised(chosen: Sequence[str], tuned: str, server: str, scenario: str, concurrency: int) -> Sequence[Cell]:
    """The practices that fit, and what they are compared with: the same views by settings alone, or without levers."""
    views = stacks[tuned].django
    same = (name for name, one in stacks.items() if one.by_settings and not one.levers and _same(one.django, views))
    bare = next(same, f"{tuned}{STEP}0")
    on = server if servers[server].interface in stacks[bare].targets else stacks[bare].server
    fitting = [one for one in chosen if scenario in practices[one].scenarios and practices[one].fits(stacks[bare])]
    return [
        Cell(scenario=scenario, stack=name, server=on, concurrency=concurrency)
        for name in ([bare, *(f"{bare}{PRACTICE}{one}" for one in fitting)] if fitting else ())
    ]


COMMAND = Command(
    help="apply a stack's levers one after another and show the gain of each",
    arguments=arguments,
    run=run,
    kept=VISITS,
)
