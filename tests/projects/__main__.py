"""`python -m tests.projects [NAMES]`: other people's Django projects, started, asked, tested and measured here."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from perfcompare.core.errors import PerfcompareError
from tests.projects import locking, profiles
from tests.projects.applied import levers
from tests.projects.costs import costs, differences
from tests.projects.filled import filled, paths
from tests.projects.project import Project
from tests.projects.registry import projects
from tests.projects.servers import server
from tests.suites.report import lines
from tests.suites.trial import trial


def main() -> int:
    """Do what is asked for with each project."""
    parser = argparse.ArgumentParser(prog="python -m tests.projects", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(projects)}; all without a name")
    what = parser.add_mutually_exclusive_group()
    for name, action in _ACTIONS.items():
        what.add_argument(f"--{name}", dest="action", action="store_const", const=name, help=action.__doc__)
    parser.add_argument("--with", dest="changes", default="", metavar="CHANGES", help="levers and settings to apply")
    parser.set_defaults(action="requests")
    options = parser.parse_args()
    failed = []
    for name, project in (projects.choose(options.names) if options.names else projects).items():
        _say(f"{name}: {project.about}")
        try:
            with server(project) as url:
                problems = _ACTIONS[options.action](name, project, url, options.changes.split())
        except PerfcompareError as error:
            problems = [str(error)]
        for problem in problems:
            _say(f"  {problem}")
        failed += [name] if problems else []
    return bool(failed)


def _lock(name: str, project: Project, _url: str, _changes: Sequence[str]) -> list[str]:
    """write anew what is installed"""
    locking.lock(name, project)
    return []


def _requests(name: str, project: Project, url: str, changes: Sequence[str]) -> list[str]:
    """ask each request as stock and with levers, and show CPU milliseconds; the default"""
    processes, values = filled(name, project, url)
    variants = {"stock": (), "persistent": ("persistent_connections",), "levers": changes or levers(project)}
    found = costs(processes, values.get("headers", {}), paths(project, values), variants)
    _say(f"  {'request':60} {'bytes':>8} " + " ".join(f"{one:>10}" for one in variants) + f" {'gain':>6}")
    for path, one in found.requests.items():
        gain = 1 - one["levers"].ms / one["persistent"].ms
        figures = " ".join(f"{cost.ms:10.2f}" for cost in one.values())
        _say(f"  {path[:60]:60} {len(one['stock'].body):8} {figures} {gain:6.0%}")
    sums = {name: sum(one[name].ms for one in found.requests.values()) for name in variants}
    figures = " ".join(f"{one:10.2f}" for one in sums.values())
    _say(f"  {'sum':60} {'':8} {figures} {1 - sums['levers'] / sums['persistent']:6.0%}")
    for target, (fast, stock) in sorted(found.levers.items()):
        _say(f"  {target}: {fast} fast, {stock} stock")
    return list(differences(found.requests))


def _serve(name: str, project: Project, url: str, changes: Sequence[str]) -> list[str]:
    """serve it on port 8000 until interrupted, with what the requests are"""
    processes, values = filled(name, project, url)
    _say(json.dumps({"headers": values.get("headers", {}), "paths": paths(project, values)}, indent=1))
    worker = {"wsgi": (), "asgi": ("--worker-class", "asgi")}[project.interface]
    argv = ["gunicorn", "--bind", "127.0.0.1:8000", *worker, f"project_inside.{project.interface}:application"]
    subprocess.run(
        [str(processes.python), "-m", *argv], cwd=processes.folder, env=processes.environment(changes), check=False
    )
    return []


def _shell(name: str, project: Project, url: str, changes: Sequence[str]) -> list[str]:
    """begin a shell in which `python -m django` is the project's manage.py"""
    processes, _ = filled(name, project, url)
    environ = {**processes.environment(changes), "TERM": os.environ.get("TERM", "dumb")}
    environ["PATH"] = f"{processes.python.parent}{os.pathsep}{environ['PATH']}"
    subprocess.run(["bash", "--norc"], cwd=processes.folder, env=environ, check=False)
    return []


def _tests(name: str, project: Project, url: str, _changes: Sequence[str]) -> list[str]:
    """run the tests of its API, as stock and with levers"""
    if project.tests is None:
        _say("  No distribution has tests of its API.")
        return []
    result = trial(name, project.tests, url)
    for line in lines(result, verbose=False):
        _say(f"  {line}")
    return list(result.problems)


def _levers(name: str, project: Project, url: str, changes: Sequence[str]) -> list[str]:
    """show which levers are active in it, which parts are not, and why"""
    processes, _ = filled(name, project, url)
    _say(processes.django("perfcompare", "levers", "--all", changes=changes or levers(project)))
    return []


def _profile(name: str, project: Project, url: str, changes: Sequence[str]) -> list[str]:
    """show where the CPU time of its requests goes"""
    processes, values = filled(name, project, url)
    for line in profiles.profile(processes, values.get("headers", {}), paths(project, values), changes):
        _say(f"  {line}")
    return []


_ACTIONS = {
    "requests": _requests,
    "serve": _serve,
    "shell": _shell,
    "tests": _tests,
    "levers": _levers,
    "profile": _profile,
    "lock": _lock,
}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
