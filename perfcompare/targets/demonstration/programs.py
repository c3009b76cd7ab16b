"""How a server program is started with one of the demonstration's stacks."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.packages import installed
from perfcompare.core.server import Launch
from perfcompare.core.stack import PROXIED, prefix, variant
from perfcompare.core.target import Program
from perfcompare.plugins import rooms, servers
from perfcompare.registries import stacks
from perfcompare.runner.processes import free_port
from perfcompare.servers import _nginx

SETTINGS: Final = "config.settings.bench"
"""The Django settings of a timed server."""
OF_ROOMS: Final = "config.settings.rooms"
"""Those of a room."""


def program(stack: str, server: str, *, environ: Mapping[str, str], workers: int = 1, threads: int = 8) -> Program:
    """`server` with `stack`, a stack, a step of its ladder or a variant; `environ` is what the server is told.

    Raises UsageError when the two do not fit or do not exist, EnvironmentProblem when packages are missing.
    """
    return launched(stack, server, target_of(stack, server), environ=environ, workers=workers, threads=threads)


def launched(
    stack: str,
    server: str,
    target: str,
    *,
    environ: Mapping[str, str],
    settings: str = SETTINGS,
    workers: int = 1,
    threads: int = 8,
    sockets: bool = False,
) -> Program:
    """The same with another application, `module:attribute`, in place of the stack's, and other Django settings."""

    def command(port: int) -> Sequence[str]:
        launch = Launch(target=target, port=port, workers=workers, threads=threads, sockets=sockets)
        return tuple(servers[server].command(launch))

    def behind_nginx(port: int) -> Sequence[str]:
        own = free_port("127.0.0.1")
        return _nginx.command(port, own, command(own))

    return Program(
        label=f"{stack} on {server}",
        command=behind_nginx if variant(stack) == PROXIED else command,
        environ=_environment({**(rooms if sockets else stacks)[stack].environ, **environ}, stack, settings),
        prefix=prefix(stack),
        keeps_alive=servers[server].keeps_alive,
    )


def room(name: str, server: str, *, environ: Mapping[str, str], workers: int = 1) -> Program:
    """`server` with the room called `name`, whose paths lie at the root."""
    target = rooms[name].target
    made = launched(name, server, target, environ=environ, settings=OF_ROOMS, workers=workers, sockets=True)
    return replace(made, prefix="/")


def target_of(stack: str, server: str) -> str:
    """The `module:attribute` that the server loads. Raises as `program`."""
    chosen, served = stacks.choose([stack])[stack], servers.choose([server])[server]
    if served.interface not in chosen.targets:
        fitting = ", ".join(name for name, one in servers.items() if one.interface in chosen.targets)
        raise UsageError(
            f"{server} serves {served.interface.upper()} applications, and {stack} has none. Servers for it: {fitting}."
        )
    missing = [name for name in dict.fromkeys([*served.packages, *chosen.packages]) if not installed(name)]
    if missing:
        raise EnvironmentProblem(
            f"{stack} on {server} needs packages that are not installed: {', '.join(missing)}. "
            f"Install them with `python -m pip install {' '.join(missing)}` (or `make setup`)."
        )
    return chosen.targets[served.interface]


def _environment(environ: Mapping[str, str], stack: str, settings: str) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_hex(32),
        **environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "PERFCOMPARE_STACK": stack,
        "PYTHONPATH": os.pathsep.join([str(env.ROOT), *filter(None, [environ.get("PYTHONPATH")])]),
    }
