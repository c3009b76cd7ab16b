"""A worker process, from outside."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.http import Reply, Request
from perfcompare.core.interface import Interface
from perfcompare.levers._registry import levers
from perfcompare.project.audit.rewrites import Rewrites
from perfcompare.project.audit.worker import VARIABLE
from perfcompare.project.project import Project

_WORKER: Final = "perfcompare.project.audit.worker"
_LINES: Final = 6
_PATIENCE_S: Final = 20.0


class WorkerError(PerfcompareError):
    """Raised when the project cannot answer in a process of its own. The message says what it printed."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a worker is started with."""

    interface: Interface
    requests: Sequence[Request]
    instruments: bool = False
    changes: tuple[str, ...] = ()
    rewrites: Rewrites | None = None
    middleware: tuple[str, ...] = ()
    """Those of the settings in another order; empty: as the settings have them."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """A running worker."""

    process: subprocess.Popen[str]
    printed: Path
    overhead: Mapping[str, float]
    middleware: Sequence[Mapping[str, Any]]
    """What it knows of those of its settings."""

    def ask(self, do: str, **question: Any) -> Mapping[str, Any]:
        """The answer to one question. Raises WorkerError when there is none, or an error."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"do": do, **question}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise WorkerError(_ended(self.printed)) from error
        return _read(self.process.stdout, self.printed)

    def measure(self, call: int, number: int) -> Mapping[str, Any]:
        """The cost of one request, over so many."""
        return self.ask("measure", call=call, number=number)

    def reply(self, call: int) -> Reply:
        """The whole answer to a request."""
        got = self.ask("answer", call=call)
        return Reply(status=got["status"], headers=got["headers"], body=base64.b64decode(got["body"]))


@contextmanager
def started(project: Project, orders: Orders, module: str = _WORKER) -> Iterator[Child]:
    """A worker that ends with the block. `module` may be one that knows more than this program's own."""
    with tempfile.TemporaryDirectory() as folder:
        given, printed = Path(folder) / "orders.json", Path(folder) / "printed"
        given.write_text(json.dumps(_written(orders)), encoding="utf-8")
        application = _application(project, orders)
        with printed.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [project.python, "-m", module],
                env={**project.environment(orders.changes, application), VARIABLE: str(given)},
                cwd=project.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        try:
            ready = _read(process.stdout, printed)
            yield Child(process=process, printed=printed, overhead=ready["overhead"], middleware=ready["middleware"])
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                continue
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read(stream: IO[str] | None, printed: Path) -> Mapping[str, Any]:
    line = stream.readline() if stream is not None else ""
    if not line:
        raise WorkerError(_ended(printed))
    answer: Mapping[str, Any] = json.loads(line)
    if "error" in answer:
        raise WorkerError(answer["error"])
    return answer


def _ended(printed: Path) -> str:
    last = printed.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-_LINES:]
    return "The process of the project ended: " + ("\n".join(last) or "it printed nothing.")


def _written(orders: Orders) -> Mapping[str, Any]:
    calls = [
        [one.method, f"/{one.path}", dict(one.headers), base64.b64encode(one.body).decode() if one.body else None]
        for one in orders.requests
    ]
    return {
        "interface": orders.interface,
        "calls": calls,
        "instruments": orders.instruments,
        "rewrites": orders.rewrites or {},
        "middleware": orders.middleware,
    }


def _application(project: Project, orders: Orders) -> str:
    """The project's, or that of a lever that takes its place."""
    chosen = [levers[name] for name in orders.changes if name in levers]
    replaced = [one.targets[orders.interface] for one in chosen if orders.interface in one.targets]
    return replaced[-1] if replaced else project.applications[orders.interface]
