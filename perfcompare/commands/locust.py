"""`manage.py perfcompare locust`: runs a locustfile against a server of this project or yours, and stores the run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final

from perfcompare import locust_tests, session
from perfcompare.commands._command import VISITS, Command, Output
from perfcompare.commands._options import users
from perfcompare.commands._types import count, names, positive
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError
from perfcompare.locust_tests import LoadPlan
from perfcompare.locust_tests.plan import SHAPES, files
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import terminal

USERS: Final = 10
SECONDS: Final = 30.0
LABORATORY: Final = 10_000
SEEDED: Final = 1000
"""The dataset that `seed_users` makes by default."""


def arguments(parser: ArgumentParser) -> None:
    """The requests, the server, the users, and the senders."""
    parser.add_argument("--file", choices=files(), default="mixed", help="the locustfile (default: %(default)s)")
    parser.add_argument(
        "--stack", type=names, default=["drf"], metavar="A[,B]", help="the stack; several with --file compare"
    )
    parser.add_argument("--server", help="the server (default: each stack's own)")
    parser.add_argument("--target", metavar="URL", help="load a running server instead of starting one")
    parser.add_argument(
        "--allow-remote", action="store_true", help="allow a target on another machine, which must be yours"
    )
    parser.add_argument("--scenarios", type=names, default=[], metavar="A,B", help="which scenarios")
    parser.add_argument("--users", type=count, help=f"number of Locust's users (default: {USERS})")
    parser.add_argument("--seconds", type=positive, help=f"length of the measured window (default: {SECONDS:g})")
    parser.add_argument("--warmup", type=positive, default=2.0, help="seconds of load before it (default: %(default)s)")
    parser.add_argument("--rounds", type=count, default=1, help="how often, each time with fresh servers")
    parser.add_argument(
        "--dataset", type=users, help=f"users in the database (default: {LABORATORY}; for a target {SEEDED})"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of data and requests (default: %(default)s)")
    _add_senders(parser)
    parser.add_argument("--label", default="", help="a name for this run")
    parser.add_argument("--note", default="", help="a note that is stored with the run")
    parser.add_argument("locust", nargs="*", metavar="-- OPTIONS", help="options for Locust and the locustfile")


def _add_senders(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--processes", type=count, default=1, help="sending processes on this machine (default: %(default)s)"
    )
    parser.add_argument("--expect-workers", type=count, default=0, metavar="N", help="workers on other machines")
    parser.add_argument(
        "--bind", default="127.0.0.1", metavar="ADDRESS", help="address that they join (default: %(default)s)"
    )
    parser.add_argument("--web", action="store_true", help="show Locust's web interface on 127.0.0.1")
    parser.add_argument("--web-port", type=count, default=8089, metavar="PORT", help="its port (default: %(default)s)")


def run(options: Namespace, output: Output) -> None:
    """Load the server and write the result. Raises PerfcompareError when the test was cut short or gave no figures."""
    stored = locust_tests.load(_plan(options), output)
    output.write(terminal.render(collect(stored), colour=output.colour))
    output.write(f"Stored as run {stored.pk}. Show it: manage.py perfcompare show {stored.pk}")
    session.complain(stored)
    _complain(stored)


def _plan(options: Namespace) -> LoadPlan:
    own = options.web or options.file in SHAPES
    return LoadPlan(
        file=options.file,
        stacks=tuple(options.stack),
        server=options.server,
        target=options.target,
        allow_remote=options.allow_remote,
        scenarios=tuple(options.scenarios),
        dataset=Dataset(
            count=options.dataset or (SEEDED if options.target else LABORATORY),
            seed=1 if options.target else options.seed,
        ),
        users=options.users or (None if own else USERS),
        seconds=options.seconds or (None if own else SECONDS),
        warmup_s=options.warmup,
        rounds=options.rounds,
        seed=options.seed,
        processes=options.processes,
        expect_workers=options.expect_workers,
        bind=options.bind,
        web_port=options.web_port if options.web else None,
        label=options.label,
        note=options.note,
        further=tuple(options.locust),
    )


def _complain(stored: Run) -> None:
    """Raise PerfcompareError when a server ended under load."""
    ended = [one for row in stored.measurements.all() for one in row.against if one.code == "ended"]
    if ended:
        raise PerfcompareError(f"The figures of run {stored.pk} are not valid: {ended[0]}")


COMMAND = Command(
    help="load a stack, or your own server, with a locustfile, and store the run",
    arguments=arguments,
    run=run,
    kept=VISITS,
)
