"""The real state of a running server, read from its processes and not from its command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from perfcompare.core.http import Request
from perfcompare.runner import procfs
from perfcompare.runner.client import Client

LOOPS: Final = {"/uvloop/loop.": "uvloop", "/rloop/": "rloop", "/_granian.": "granian"}
"""What a process has mapped into its memory, and the event loop that it then runs; asyncio's own is plain Python."""
PARSERS: Final = {"/httptools/parser/": "httptools", "/_granian.": "granian", "/gunicorn_h1c": "gunicorn_h1c"}
HEALTH: Final = Request(path="health")
_DEBUG_MODES: Final = ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONTRACEMALLOC")
ENVIRON: Final = (*_DEBUG_MODES, "DJANGO_SETTINGS_MODULE", "PYTHONMALLOC", "PYTHONOPTIMIZE")
"""Variables that change what a Python process costs."""


def look(host: str, port: int, pid: int, health: Request = HEALTH) -> Mapping[str, Any]:
    """The facts about the server at `host` and `port` with the process tree of `pid`, as JSON.

    `loop` and `parser` (None: those of the standard library), `processes`, `threads`, `open_files_limit`, `environ`,
    and what the process that answers says about itself: `debug`, `loaded`, `traced` (core/process.py).
    """
    members = procfs.tree(procfs.processes(), pid)
    maps = "\n".join(_text(member.pid, "maps") for member in members)
    return {
        "loop": _found(LOOPS, maps),
        "parser": _found(PARSERS, maps),
        "processes": len(members),
        "threads": sum(member.threads for member in members),
        "open_files_limit": _limit(_text(pid, "limits")),
        "environ": _environ(_text(pid, "environ")),
        **_said(host, port, health),
    }


def objections(found: Mapping[str, Any]) -> Sequence[str]:
    """What a timed server must not have, in a few words each."""
    named = {
        "debugging is on": found.get("debug"),
        f"loaded: {', '.join(found.get('loaded') or ())}": found.get("loaded"),
        "every call is traced or profiled": found.get("traced"),
        "Python runs in a debug mode": {*_DEBUG_MODES} & {*found["environ"]},
    }
    return [words for words, true in named.items() if true]


def _found(known: Mapping[str, str], maps: str) -> str | None:
    return next((name for part, name in known.items() if part in maps), None)


def _text(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _limit(limits: str) -> int | None:
    line = next((line for line in limits.splitlines() if line.startswith("Max open files")), "")
    words = line.removeprefix("Max open files").split()
    return int(words[0]) if words and words[0].isdecimal() else None


def _environ(text: str) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in text.split("\0"))
    return {name: pairs[name] for name in ENVIRON if name in pairs}


def _said(host: str, port: int, health: Request) -> Mapping[str, Any]:
    """What its health path reports about its process; empty when it reports nothing."""
    with suppress(OSError, ValueError, AttributeError):
        said = json.loads(Client(host, port).send(health, "/").body).get("process")
        return said if isinstance(said, dict) else {}
    return {}
