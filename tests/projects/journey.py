"""The product's own path in a project: what its user would type, and what must come of it."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.project.requests import FILE, ProjectRequest, read
from perfcompare.project.trying import results
from tests.projects.processes import Processes

TIMES: Final = 10
"""How often the project is compared with itself."""
_NUMBERS: Final = re.compile(r"[\d,]+ (?:bytes|ms when tried)|/[^ ]*")
"""What differs between requests that failed for the same reason."""
_REASONS: Final = 6
_PROGRESS: Final = re.compile(r"\d+/\d+ ")
"""The lines of the single trials."""


class JourneyError(PerfcompareError):
    """Raised when a step does not do what it must. The message says what it did."""


def walk(processes: Processes, user: str, steps: Sequence[str]) -> Iterator[str]:
    """Lines on these steps. Raises JourneyError when one does not do what it must."""
    for step in steps:
        yield from STEPS[step](processes, user)


def _initial(processes: Processes, user: str) -> Iterator[str]:
    said, took = _said(processes, "init", "--force", *(["--user", user] if user else []))
    head, *more = said.strip().splitlines()
    left_out = [line for line in more if line.startswith("  ")]
    yield f"init, {took}: {head}"
    reasons = Counter(_reason(one) for one in left_out)
    yield from (f"  {number} x {reason}" for reason, number in reasons.most_common(_REASONS))
    if not _requests(processes):
        raise JourneyError("init found no request that is answered.")


def _reason(line: str) -> str:
    return _NUMBERS.sub("", line.partition(": ")[2])[:100]


def _audit(processes: Processes, _user: str) -> Iterator[str]:
    yield from _audited(processes, "--no-verify")


def _verified(processes: Processes, _user: str) -> Iterator[str]:
    yield from _audited(processes)


def _audited(processes: Processes, *arguments: str) -> Iterator[str]:
    said, took = _said(processes, "audit", "--json", "audit.json", *arguments)
    (processes.folder / "audit.txt").write_text(said)
    found: dict[str, Any] = json.loads((processes.folder / "audit.json").read_text())
    advice = found["advice"]
    kinds = Counter(one["kind"] for one in advice)
    counted = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    yield f"audit, {took}: {len(found['requests'])} requests; findings: {counted or 'none'}"
    for one in advice[:3]:
        first = one["requests"][0]
        yield f"  {one['kind']}: {first['name']}: {first['what']}"
    if found["failed"] or not found["requests"]:
        raise JourneyError(f"audit measured {len(found['requests'])} requests; failed: {found['failed']}")


def _with_itself(processes: Processes, _user: str) -> Iterator[str]:
    begun = time.monotonic()
    ignored = Counter[str]()
    for number in range(TIMES):
        compared = _compared(processes, "as_is")
        differences = _differences(compared)
        if differences:
            raise JourneyError(f"parity as_is as_is, run {number + 1}: {differences}")
        ignored.update(f"{one['request']} {place}" for one in compared for place in one["differs_from_itself"])
    took = time.monotonic() - begun
    yield f"parity as_is as_is, {TIMES} times, {took:.0f} s: no difference in {len(compared)} requests"
    yield from (f"  differs from itself: {place} ({number} of {TIMES} runs)" for place, number in ignored.items())


def _with_one_field_changed(processes: Processes, _user: str) -> Iterator[str]:
    note = processes.folder / "altered"
    note.unlink(missing_ok=True)
    file = read(processes.folder / FILE)
    for one in file.requests:
        with processes.server(altered=one.path, told=file.environ) as server:
            compared = _compared(processes, f"http://{server.host}:{server.port}")
        if note.exists():
            break
    else:
        raise JourneyError("No answer has a field that could be changed.")
    differences = _differences(compared)
    if [(request, where) for request, where, _ in differences] != [(one.name, note.read_text())]:
        raise JourneyError(f"{note.read_text()} of {one.name} was changed; parity found: {differences}")
    yield f"parity with one field changed: it names {note.read_text()} of {one.name}, and nothing else"


def _attempt(processes: Processes, _user: str, *options: str) -> Iterator[str]:
    said, took = _said(processes, "try", *options)
    yield f"try {' '.join(options)}, {took}:"
    yield from _without_progress(said)


def _gate(processes: Processes, _user: str, *options: str) -> Iterator[str]:
    baseline = processes.results / "try" / results.LATEST / results.FILE
    said, took = _said(processes, "gate", "--baseline", str(baseline), *options)
    yield f"gate {' '.join(options)} on unchanged code, {took}:"
    yield from _without_progress(said)


def _quick(processes: Processes, user: str) -> Iterator[str]:
    yield from _attempt(processes, user, "--quick")
    yield from _gate(processes, user, "--quick", "--any-load", "--tolerance", "100")


def _without_progress(said: str) -> Iterator[str]:
    yield from (f"  {line}" for line in said.strip().splitlines() if not _PROGRESS.match(line))


STEPS: Final[Mapping[str, Callable[[Processes, str], Iterator[str]]]] = {
    "init": _initial,
    "audit": _audit,
    "itself": _with_itself,
    "changed": _with_one_field_changed,
    "verified": _verified,
    "try": _attempt,
    "gate": _gate,
    "quick": _quick,
}
"""`itself` compares the project with itself by `parity`; for `changed`, one field of one answer is another; `verified`
is the audit once more, with all that it can apply; `quick` is `try` and `gate` where figures do not matter."""
USUAL: Final = tuple(name for name in STEPS if name != "quick")


def _requests(processes: Processes) -> Sequence[ProjectRequest]:
    return read(processes.folder / FILE).requests


def _compared(processes: Processes, other: str) -> list[dict[str, Any]]:
    """Each request, compared with the other side."""
    file = processes.folder / "parity.json"
    file.unlink(missing_ok=True)
    done = processes.ended("django", "perfcompare", "parity", "as_is", other, "--json", file.name)
    if not file.exists():
        raise JourneyError(
            f"parity as_is {other} ended with status {done.returncode}: {(done.stdout + done.stderr)[-1500:]}"
        )
    found: list[dict[str, Any]] = json.loads(file.read_text())["requests"]
    return found


def _differences(compared: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["request"], each["where"], each["difference"]) for one in compared for each in one["differences"]]


def _said(processes: Processes, *arguments: str) -> tuple[str, str]:
    """What a subcommand says, and how long it took."""
    begun = time.monotonic()
    said = processes.django("perfcompare", *arguments)
    return said, f"{time.monotonic() - begun:.0f} s"
