"""From samples to the machine-readable result of a run (docs/locust.md says what each field is)."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from locustfiles._recorder import Node, Sample
from perfcompare.core.latency import from_samples, percentile

SCHEMA_VERSION: Final = 1
BUSY: Final = 0.9
"""Share of a processor above which a sending process may be what is measured; Locust's own threshold."""
SILENT_S: Final = 2.0
"""A target that gave no right answer for so long before the end has ended, or hangs."""

Users = Sequence[tuple[float, float]]
"""How many there were, at moments (time.monotonic)."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """What counts: everything that ended in start_s..end_s (time.monotonic)."""

    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return max(0.0, self.end_s - self.start_s)


def summary(samples: Iterable[Sample], window: Window, *, is_open: bool) -> dict[str, Any]:
    """The figures of these samples, which are all in the window."""
    rows = list(samples)
    right = [row for row in rows if row.failure is None]
    latency = from_samples(row.latency_us for row in right)
    late = sorted(row.late_us / 1000 for row in rows)
    return {
        "answers": len(right),
        "errors": len(rows) - len(right),
        "failures": dict(Counter(row.failure for row in rows if row.failure is not None)),
        "goodput": len(right) / window.seconds if window.seconds else 0.0,
        "latency": None if latency is None else asdict(latency),
        "received_bytes": sum(row.received for row in right),
        "late_p99_ms": percentile(late, 0.99) if is_open and late else None,
    }


def by_name(samples: Iterable[Sample], window: Window, *, is_open: bool) -> list[dict[str, Any]]:
    """The figures of each method and name."""
    groups: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.method, sample.name].append(sample)
    return [
        {"method": method, "name": name, **summary(rows, window, is_open=is_open)}
        for (method, name), rows in sorted(groups.items())
    ]


def by_stack(
    stacks: Sequence[str], samples: Sequence[Sample], window: Window, users: Users, *, is_open: bool
) -> list[dict[str, Any]]:
    """The figures and the seconds of each of several stacks; users are shared out evenly among them."""
    return [
        {
            "stack": stack,
            **summary(rows, window, is_open=is_open),
            "series": series(rows, window, [(at_s, count / len(stacks)) for at_s, count in users]),
        }
        for stack in stacks
        for rows in [_of(stack, samples) if len(stacks) > 1 else samples]
    ]


def _of(stack: str, samples: Iterable[Sample]) -> list[Sample]:
    """Those whose name begins with the stack."""
    return [sample for sample in samples if sample.name.partition(" ")[0] == stack]


def series(samples: Iterable[Sample], window: Window, users: Users) -> list[dict[str, Any]]:
    """One row for each whole second of the window: rate, failures, percentiles, users."""
    seconds: defaultdict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        seconds[int(sample.ended_s - window.start_s)].append(sample)
    return [_second(number, seconds[number], window, users) for number in range(int(window.seconds))]


def _second(number: int, rows: list[Sample], window: Window, users: Users) -> dict[str, Any]:
    ordered = sorted(row.latency_us / 1000 for row in rows if row.failure is None)
    return {
        "second": number,
        "answers": len(ordered),
        "failures": len(rows) - len(ordered),
        "p50_ms": percentile(ordered, 0.5) if ordered else None,
        "p99_ms": percentile(ordered, 0.99) if ordered else None,
        "users": next((count for at_s, count in reversed(users) if at_s <= window.start_s + number + 1), 0),
    }


def cpu_share(node: Node, window: Window) -> float | None:
    """The share of a processor that a sending process used in the window; None when it was not seen twice in it."""
    inside = [reading for reading in node.cpu if window.start_s - 1 <= reading[0] <= window.end_s + 1]
    if len(inside) < 2 or inside[-1][0] == inside[0][0]:
        return None
    return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def warnings(nodes: Iterable[Node], samples: Sequence[Sample], window: Window) -> list[str]:
    """What speaks against the figures: senders without processor time, a target that fell silent, lost senders."""
    found = []
    for node in nodes:
        share = cpu_share(node, window)
        if node.warned or (share is not None and share > BUSY):
            used = "more than 90 %" if share is None or share <= BUSY else f"{share:.0%}"
            found.append(f"Locust ({node.label}) used {used} of a processor and may be what was measured.")
        if node.first_heard_s > window.start_s + SILENT_S + 1:
            found.append(f"Locust ({node.label}) joined {node.first_heard_s - window.start_s:.0f} s after the start.")
        if node.last_heard_s < window.end_s - SILENT_S - 1:
            found.append(
                f"Locust ({node.label}) was not heard of in the last {window.end_s - node.last_heard_s:.0f} s."
            )
    last_s = max((row.ended_s for row in samples if row.failure is None), default=window.start_s)
    if window.end_s - last_s > SILENT_S and samples:
        found.append(f"There was no right answer in the last {window.end_s - last_s:.1f} s: the target ended or hangs.")
    return found


def write(path: Path, content: dict[str, Any], samples: Iterable[Sample]) -> None:
    """Write the result, and beside it every sample, also those outside the window."""
    rows = ([f"{row.ended_s:.6f}", f"{row.latency_us:.1f}", f"{row.late_us:.1f}", row.received, row.method, row.name,
             row.failure or ""] for row in samples)  # fmt: skip
    with gzip.open(f"{path}.samples.csv.gz", "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ended_s", "latency_us", "late_us", "received_bytes", "method", "name", "failure"])
        writer.writerows(rows)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    part.replace(path)  # complete or not there at all
