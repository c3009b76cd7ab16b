"""The project as a target of measurements: its own application on a server, with and without changes.

What the laboratory calls a stack is a variant here: `as_is`, `as_is~twin`, or the name of a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import repeat
from random import Random
from typing import ClassVar, Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.http import NOTHING
from perfcompare.core.interface import Interface
from perfcompare.core.measurement import Cell
from perfcompare.core.packages import installed
from perfcompare.core.scenario import Case, Exchange
from perfcompare.core.server import Launch
from perfcompare.core.stack import TWIN, VARIANT, original
from perfcompare.core.target import Endpoint, Program
from perfcompare.levers._registry import levers
from perfcompare.plugins import servers
from perfcompare.project.project import DATABASE, SERVED, Project
from perfcompare.project.served import health

AS_IS: Final = "as_is"
"""The project without any change: its answers are right, and every cost is compared with its cost."""
ITS_TWIN: Final = f"{AS_IS}{VARIANT}{TWIN}"
OWN: Final[Mapping[Interface, str]] = {"wsgi": "gunicorn_gthread", "asgi": "uvicorn"}
"""The server of a project as it is, which the settings do not tell."""
_OF_SERVERS: Final = ("GUNICORN_CMD_ARGS", "WEB_CONCURRENCY")
_OF_SERVERS_BEGIN: Final = ("UVICORN_", "GRANIAN_")
"""Variables with which a shell changes a server's command line. Variants would not be measured alike."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to serve the project's requests."""

    name: str
    server: str
    changes: tuple[str, ...] = ()
    """The names of settings and levers."""
    application: str = ""
    """`module:attribute` that the server loads instead of the project: a bound, which answers as the project does."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Of its processes, beside that of the project."""


def application(project: Project, variant: Variant) -> str:
    """The application of the project, or the one with which a lever replaces it."""
    interface = servers[variant.server].interface
    replaced = [levers[name].targets[interface] for name in variant.changes if _replaces(name, interface)]
    return replaced[-1] if replaced else project.applications[interface]


def _replaces(change: str, interface: str) -> bool:
    return change in levers and interface in levers[change].targets


def own_server(interface: Interface) -> str:
    """The server that serves a project as it is, if nobody names one."""
    if all(map(installed, servers[OWN[interface]].packages)):
        return OWN[interface]
    fitting = (
        name for name, one in servers.items() if one.interface == interface and all(map(installed, one.packages))
    )
    found = next(fitting, None)
    if found is None:
        raise UsageError(f"No server for {interface.upper()} is installed. Install one: pip install gunicorn uvicorn")
    return found


def require_installed(server: str) -> None:
    """EnvironmentProblem names the packages that a server needs and that are not installed."""
    missing = [name for name in servers[server].packages if not installed(name)]
    if missing:
        raise EnvironmentProblem(f"{server} needs {', '.join(missing)}: pip install {' '.join(missing)}")


@dataclass(frozen=True, kw_only=True)
class ProjectTarget:
    """A core.target.Target. It never writes to the project's database."""

    name: ClassVar[str] = "project"
    project: Project
    variants: Mapping[str, Variant]
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    """For each request by its name, as it is sent, and the answer that the project gives as it is."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """DATABASE_URL, without a password, where statements can be counted on the way to the database; else nothing."""

    @property
    def data(self) -> Dataset:
        """Unused: the data is the project's own."""
        return Dataset(count=0, seed=0)

    def endpoint(self, scenario: str) -> Endpoint:
        """The request with this name."""
        exchange = self.exchanges[scenario]
        return Endpoint(traffic=_always(exchange), cases=lambda: [_case(scenario, exchange)])

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """As that of every target. Raises EnvironmentProblem when packages are missing."""
        require_installed(server)
        variant, chosen = self.variants[original(stack)], servers[server]
        loaded = variant.application or SERVED[chosen.interface]
        environ = self.project.environment(variant.changes, application(self.project, variant))
        more = dict(told or {})
        if counting := more.pop("DATABASE_URL", ""):
            more[DATABASE] = counting

        def command(port: int) -> Sequence[str]:
            return chosen.command(Launch(target=loaded, port=port, workers=workers, threads=threads))

        return Program(
            label=f"{stack} on {server}",
            command=command,
            environ={**_without_options(environ), **variant.environ, **more},
            keeps_alive=chosen.keeps_alive,
            health=health.PATH.removeprefix("/"),
            folder=self.project.root,
        )

    def statements(self, cell: Cell) -> None:
        """Nobody has declared them."""

    def ailing(self) -> None:
        """Nothing is known about the project's services."""

    def meter(self) -> AbstractContextManager[None]:
        """None, as for `ailing`."""
        return nullcontext()

    def restore(self) -> None:
        """Nothing: what is sent changes nothing, or the database may be written."""


def _always(exchange: Exchange) -> Callable[[Random], Iterator[Exchange]]:
    return lambda _random: repeat(exchange)


def _case(name: str, exchange: Exchange) -> Case:
    return Case(name=name, request=exchange.request, expected=exchange.expected)


def _without_options(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name not in _OF_SERVERS and not name.startswith(_OF_SERVERS_BEGIN)
    }
