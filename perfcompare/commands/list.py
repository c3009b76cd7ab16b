"""`manage.py perfcompare list`: what can be measured here, and what cannot."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from perfcompare import plugins, registries
from perfcompare.commands._command import Command, Output
from perfcompare.core.packages import version
from perfcompare.runner.generation import installed


def arguments(parser: ArgumentParser) -> None:
    """The output format."""
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def run(options: Namespace, output: Output) -> None:
    """Write the plug-ins of every kind."""
    found = inventory()
    output.write(json.dumps(found, indent=1, ensure_ascii=False) if options.json else "\n".join(_lines(found)))


def inventory() -> dict[str, Any]:
    """Every plug-in by kind and name, as JSON types."""
    return {
        "scenarios": {name: {"route": one.route, "summary": one.summary} for name, one in registries.scenarios.items()},
        "stacks": {name: _stack(name) for name in registries.stacks},
        "servers": {name: _server(name) for name in plugins.servers},
        "generators": {name: _generator(name) for name in plugins.generators},
        "rooms": {name: _room(name) for name in plugins.rooms},
        "levers": {name: {"label": one.label, "changes": one.changes} for name, one in registries.levers.items()},
        "practices": {name: _practice(name) for name in registries.practices},
    }


def _stack(name: str) -> dict[str, Any]:
    stack = registries.stacks[name]
    return {
        "label": stack.label,
        "summary": stack.summary,
        "packages": _versions(stack.packages),
        "server": stack.server,
        "servers": [key for key, server in plugins.servers.items() if server.interface in stack.targets],
        "not_offered": [
            key for key in registries.scenarios if not all(stack.offers(key, interface) for interface in stack.targets)
        ],
        "by_settings": [one.label for one in stack.by_settings],
        "levers": list(stack.levers),
    }


def _practice(name: str) -> dict[str, Any]:
    practice = registries.practices[name]
    return {
        "label": practice.label,
        "changes": practice.changes,
        "packages": _versions(practice.packages),
        "scenarios": [key for key in registries.scenarios if key in practice.scenarios],
        "stacks": registries.stacks.having(name),
    }


def _server(name: str) -> dict[str, Any]:
    server = plugins.servers[name]
    return {
        "label": server.label,
        "interface": server.interface,
        "packages": _versions(server.packages),
        "limits": list(server.limits),
    }


def _room(name: str) -> dict[str, Any]:
    room = plugins.rooms[name]
    return {"label": room.label, "summary": room.summary, "packages": _versions(room.packages)}


def _generator(name: str) -> dict[str, Any]:
    generator = plugins.generators[name]
    return {"label": generator.label, "installed": installed(generator), "installation": generator.installation}


def _versions(packages: Sequence[str]) -> dict[str, str | None]:
    return {package: version(package) for package in packages}


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield "Scenarios"
    for name, one in found["scenarios"].items():
        yield f"  {name:<16} {one['summary']} ({one['route']})"
    yield "\nStacks (with the default server; other servers)"
    for name, one in found["stacks"].items():
        yield from _stack_lines(name, one)
    yield "\nServers"
    for name, one in found["servers"].items():
        yield f"  {name:<18} {one['interface']:<5} {_packages(one['packages'])}"
        yield from (f"  {'':<24} {limit}" for limit in one["limits"])
    yield "\nGenerators"
    for name, one in found["generators"].items():
        state = "installed" if one["installed"] else f"not installed; {one['installation']}"
        yield f"  {name:<18} {state}"
    yield "\nRooms, for WebSockets"
    for name, one in found["rooms"].items():
        yield f"  {name:<18} {one['summary']}"
        yield f"  {'':<18} {_packages(one['packages'])}"
    yield "\nLevers"
    for name, one in found["levers"].items():
        yield f"  {name:<22} {one['changes']}"
    yield "\nPractices of others (add one to a stack: drf_settings+cachalot)"
    for name, one in found["practices"].items():
        yield f"  {name:<16} {one['changes']}"
        yield f"  {'':<16} in {', '.join(one['scenarios'])}; of {', '.join(one['stacks'])}"
        if one["packages"]:
            yield f"  {'':<16} {_packages(one['packages'])}"


def _stack_lines(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    others = [server for server in one["servers"] if server != one["server"]]
    yield f"  {name:<16} {one['summary']}"
    yield f"  {'':<16} {one['server']}; {', '.join(others) or 'no other'}"
    if one["packages"]:
        yield f"  {'':<16} {_packages(one['packages'])}"
    if one["by_settings"]:
        yield f"  {'':<16} settings: {', '.join(one['by_settings'])}"
    if one["levers"]:
        yield f"  {'':<16} levers: {', '.join(one['levers'])}"
    if one["not_offered"]:
        yield f"  {'':<16} not offered by every server: {', '.join(one['not_offered'])}"


def _packages(versions: Mapping[str, str | None]) -> str:
    return ", ".join(f"{package} {version or 'NOT INSTALLED'}" for package, version in versions.items())


COMMAND = Command(
    help="list what can be measured, and what is not offered or not installed", arguments=arguments, run=run
)
