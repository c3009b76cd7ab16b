"""`manage.py perfcompare profile`: where the time of a request goes. Profiles are stored beside the measurements."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.core.management import call_command

from perfcompare import recording
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import users
from perfcompare.commands._types import count, names
from perfcompare.core import env, surroundings
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.models import Profile, storable
from perfcompare.models.profile import PROXY, SILK
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import lock, signals
from perfcompare.targets.demonstration import profiling, selection
from perfcompare.targets.demonstration.profiled_sql import Statement
from perfcompare.targets.demonstration.target import Demonstration, prepare

PLUMBING = ("django", "silk", "asgiref", "config", "recording")
"""Every statement passes through files of these folders."""
KEPT = 5
"""How many of a profile's requests silk keeps, and its page links."""


def arguments(parser: ArgumentParser) -> None:
    """The stacks, the scenarios and the number of requests."""
    parser.add_argument("--stacks", type=names, metavar="A,B", default=["drf", "fastapi"], help="default: drf,fastapi")
    parser.add_argument("--scenarios", type=names, metavar="A,B", help="which scenarios (default: all)")
    parser.add_argument(
        "--requests", type=count, default=30, help="requests without and with each profiler (default: %(default)s)"
    )
    parser.add_argument("--users", type=users, default=10_000, help="users in the database (default: %(default)s)")


def run(options: Namespace, output: Output) -> None:
    """Profile each stack, store the result, and write the cost of profiling."""
    cells = selection.cells(
        stack_names=options.stacks, server_names=(), scenario_names=options.scenarios or list(scenarios), levels=(1,)
    )
    if not apps.is_installed("silk"):
        raise EnvironmentProblem(
            "Silk is not installed under these settings. Use: DJANGO_SETTINGS_MODULE=config.settings.local"
        )
    with signals.interruptible(), lock.only_run():
        call_command("migrate", database=recording.ALIAS, verbosity=0)
        target = prepare(os.environ, Dataset(count=options.users, seed=1), cells)
        try:
            for stack in options.stacks:
                chosen = [cell.scenario for cell in cells if cell.stack == stack]
                _profile(stack, chosen, options.requests, target, output)
        finally:
            target.restore()


def _profile(stack: str, chosen: Sequence[str], requests: int, target: Demonstration, output: Output) -> None:
    server = stacks[stack].server
    # settings that the profiled process needs in addition to those of a timed one
    environ = surroundings.child(os.environ, **target.environ, PERFCOMPARE_STATE=str(env.state_folder().resolve()))
    with TemporaryDirectory(prefix="perfcompare-profile-") as folder:
        inside = replace(target, environ=environ)
        found = profiling.profile(stack, server, chosen, inside, requests=requests, folder=Path(folder))
        for one in found:
            stored = _store(stack, server, one)
            output.write(_line(stored))


def _store(stack: str, server: str, found: profiling.Profiled) -> Profile:
    """Store the profile. It replaces older ones of its stack and scenario, and their requests in silk."""
    linked = found.silk_requests[-KEPT:]
    older = Profile.objects.filter(stack=stack, scenario=found.scenario)
    _forget({number for profile in older for number in profile.silk_requests} | set(found.silk_requests[:-KEPT]))
    older.delete()
    return Profile.objects.create(
        scenario=found.scenario,
        stack=stack,
        server=server,
        requests=found.requests,
        plain_ms=found.plain_ms,
        silk_ms=found.silk_ms,
        flame_ms=found.flame_ms,
        frames=storable(found.frames),
        silk_requests=list(linked),
        statements=_statements(linked[-1] if linked else None, found.statements),
    )


def _forget(numbers: set[str]) -> None:
    from silk.models import Request

    Request.objects.filter(pk__in=numbers).delete()


def _statements(number: str | None, sent: Sequence[Statement]) -> list[dict[str, Any]]:
    """The SQL of one request, as silk recorded it with source lines. When silk saw only part of it, the proxy's
    record."""
    recorded = list(_recorded(number)) if number else []
    if len(recorded) >= len(sent):
        return recorded
    return [{"sql": storable(one.sql), "ms": one.ms, "place": "", "seen": PROXY} for one in sent]


def _recorded(number: str) -> Iterator[dict[str, Any]]:
    """The SQL of one of silk's requests in order, each with the line of this project that sent it."""
    from silk.models import SQLQuery

    for query in SQLQuery.objects.filter(request_id=number).order_by("start_time", "id"):
        yield {"sql": storable(query.query), "ms": query.time_taken, "place": _place(query.traceback), "seen": SILK}


def _place(traceback: str) -> str:
    """The innermost line of this project in a traceback, or else of a framework. The traceback starts with its
    innermost frame."""
    lines = [line.strip() for line in traceback.splitlines() if line.strip().startswith("File ")]
    ours = [line for line in lines if _is_ours(line)]
    theirs = [line for line in lines if not any(f"/{name}/" in line for name in PLUMBING)]
    return next((_short(line) for line in [*ours, *theirs]), "")


def _is_ours(line: str) -> bool:
    """Whether a line belongs to this project, but not to the middleware that records the statement."""
    mine = "/perfcompare/" in line or "/users/" in line
    return mine and "site-packages" not in line and "/perfcompare/recording/" not in line


def _short(line: str) -> str:
    path, _, rest = line.removeprefix('File "').partition('", line ')
    return f"{'/'.join(Path(path).parts[-3:])}:{rest.partition(',')[0]}"


def _line(stored: Profile) -> str:
    silk_times = f"silk {stored.silk_ms / stored.plain_ms:.1f}x, " if stored.silk_ms else "silk records nothing here, "
    flame_times = (stored.flame_ms or 0.0) / stored.plain_ms
    return (
        f"{stored.stack} {stored.scenario}: {len(stored.statements)} statements; a request takes "
        f"{stored.plain_ms:.2f} ms, with {silk_times}with pyinstrument {flame_times:.1f}x that"
    )


COMMAND = Command(
    help="show where the time of a request goes: its SQL, its requests in silk, a flame graph",
    arguments=arguments,
    run=run,
    kept="Finished profiles are stored: /admin/perfcompare/profile/",
)
