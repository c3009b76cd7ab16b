"""`python -m tests.projects [NAMES]`: other people's Django projects, started, asked, tested and measured here."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from statistics import median
from typing import Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.statistics import Interval, ratio_interval
from tests.projects import journey, locking, profiles
from tests.projects.applied import levers
from tests.projects.costs import ROUNDS, costs
from tests.projects.filled import filled, paths
from tests.projects.project import Project
from tests.projects.registry import projects
from tests.projects.servers import server
from tests.suites.report import lines
from tests.suites.trial import trial

_STOCK: Final = "stock"
_PERSISTENT: Final = "persistent"
_LEVERS: Final = "levers"
_AGAIN: Final = "nothing"
_WITHOUT: Final = "without "


def main() -> int:
    """Do what is asked for with each project."""
    parser = argparse.ArgumentParser(prog="python -m tests.projects", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(projects)}; all without a name")
    what = parser.add_mutually_exclusive_group()
    for name, action in _ACTIONS.items():
        what.add_argument(f"--{name}", dest="action", action="store_const", const=name, help=action.__doc__)
    parser.add_argument(
        "--with", dest="changes", type=str.split, default=[], metavar="CHANGES", help="levers and settings to apply"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of measuring, each with new processes")
    parser.add_argument("--steps", default=",".join(journey.USUAL), help="of --path, or quick (default: %(default)s)")
    parser.set_defaults(action="requests")
    options = parser.parse_args()
    failed = []
    for name, project in (projects.choose(options.names) if options.names else projects).items():
        _say(f"{name}: {project.about}")
        try:
            with server(project) as url:
                problems = _ACTIONS[options.action](name, project, url, options)
        except PerfcompareError as error:
            problems = [str(error)]
        for problem in problems:
            _say(f"  {problem}")
        failed += [name] if problems else []
    return bool(failed)


def _lock(name: str, project: Project, _url: str, _options: argparse.Namespace) -> list[str]:
    """write anew what is installed"""
    locking.lock(name, project)
    return []


def _requests(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """ask each request as stock and with levers, and show CPU milliseconds; the default"""
    processes, values = filled(name, project, url)
    variants = {_STOCK: (), _PERSISTENT: ("persistent_connections",), _LEVERS: options.changes or levers(project)}
    found = costs(processes, values.get("headers", {}), paths(project, values), variants, options.rounds)
    _say(f"  {'request':60} {'bytes':>8} " + " ".join(f"{one:>10}" for one in variants) + f" {'gain':>6}")
    for path in found.ms:
        gain = 1 - found.middle(path, _LEVERS) / found.middle(path, _PERSISTENT)
        figures = " ".join(f"{found.middle(path, one):10.2f}" for one in variants)
        _say(f"  {path[:60]:60} {found.sizes[path]:8} {figures} {gain:6.0%}")
    _say(f"  {'sum':60} {'':8} " + " ".join(f"{median(found.sums(one)):10.2f}" for one in variants))
    for before, after in ((_STOCK, _PERSISTENT), (_PERSISTENT, _LEVERS), (_STOCK, _LEVERS)):
        _say(f"  {after} saves {_share(found.gain(before, after))} of {before}; {options.rounds} rounds")
    for target, (fast, stock) in sorted(found.levers.items()):
        _say(f"  {target}: {fast} fast, {stock} stock")
    return list(found.problems())


def _each(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """show what each lever saves, alone and beside all others, with connections that stay open under WSGI: of all
    requests, and of the one it helps most; what `nothing` seems to save says how far to trust it"""
    processes, values = filled(name, project, url)
    chosen = options.changes or levers(project)
    # Under ASGI each request has a thread of its own, so connections that stay open are soon too many.
    kept = ("persistent_connections",) if project.interface == "wsgi" else ()
    alone = {one: (*kept, one) for one in chosen}
    others = {f"{_WITHOUT}{one}": (*kept, *(other for other in chosen if other != one)) for one in chosen}
    variants = {_STOCK: kept, _AGAIN: kept, _LEVERS: (*kept, *chosen), **alone, **others}
    found = costs(processes, values.get("headers", {}), paths(project, values), variants, options.rounds)
    for before, after in [
        (_STOCK, _AGAIN),
        *((_STOCK, one) for one in alone),
        *((one, _LEVERS) for one in others),
    ]:
        path, most = found.best(before, after) or ("no request", None)
        what = after if after != _LEVERS else f"{before.removeprefix(_WITHOUT)} beside all others"
        _say(f"  {what:40} {_share(found.gain(before, after)):24} most: {_share(most)} of {path}")
    return list(found.problems())


def _starts(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """show what it costs a process to be started first: two, as the project is, start one after the other"""
    processes, values = filled(name, project, url)
    same: Mapping[str, Sequence[str]] = {"first": (), "second": ()}
    headers, asked = values.get("headers", {}), paths(project, values)
    found = costs(processes, headers, asked, same, options.rounds, in_order=True)
    ratio = ratio_interval(list(zip(found.sums("first"), found.sums("second"), strict=True)), seed=16)
    assert ratio is not None
    _say(f"  the first takes {ratio.middle:.3f} [{ratio.low:.3f}, {ratio.high:.3f}] times the CPU of the second")
    return []


def _share(gain: Interval | None) -> str:
    return f"{gain.middle:.1%} [{gain.low:.1%}, {gain.high:.1%}]" if gain else "an unknown part"


def _serve(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """serve it until interrupted, and show what the requests are"""
    processes, values = filled(name, project, url)
    _say(json.dumps({"headers": values.get("headers", {}), "paths": paths(project, values)}, indent=1))
    with suppress(KeyboardInterrupt), processes.server(options.changes) as server:
        _say(f"http://{server.host}:{server.port}/")
        signal.pause()
    return []


def _shell(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """begin a shell in which `python -m django` is the project's manage.py"""
    processes, _ = filled(name, project, url)
    environ = {**processes.environment(options.changes), "TERM": os.environ.get("TERM", "dumb")}
    environ["PATH"] = f"{processes.python.parent}{os.pathsep}{environ['PATH']}"
    subprocess.run(["bash", "--norc"], cwd=processes.folder, env=environ, check=False)
    return []


def _tests(name: str, project: Project, url: str, _options: argparse.Namespace) -> list[str]:
    """run the tests of its API, as stock and with levers"""
    if project.tests is None:
        _say("  No distribution has tests of its API.")
        return []
    result = trial(name, project.tests, url)
    for line in lines(result, verbose=False):
        _say(f"  {line}")
    return list(result.problems)


def _levers(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """show which levers are active in it, which parts are not, and why"""
    processes, _ = filled(name, project, url)
    _say(processes.django("perfcompare", "levers", "--all", changes=options.changes or levers(project)))
    return []


def _profile(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """show where the CPU time of its requests goes"""
    processes, values = filled(name, project, url)
    for line in profiles.profile(processes, values.get("headers", {}), paths(project, values), options.changes):
        _say(f"  {line}")
    return []


def _path(name: str, project: Project, url: str, options: argparse.Namespace) -> list[str]:
    """walk the product's own path: init, audit, parity with itself, parity with one field changed, try"""
    processes, values = filled(name, project, url)
    for line in journey.walk(processes, values.get("user", ""), options.steps.split(",")):
        _say(f"  {line}")
    return []


_ACTIONS = {
    "requests": _requests,
    "each": _each,
    "serve": _serve,
    "shell": _shell,
    "tests": _tests,
    "levers": _levers,
    "profile": _profile,
    "path": _path,
    "starts": _starts,
    "lock": _lock,
}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
