"""A stored profile as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfcompare.models import Profile
from perfcompare.report.charts import flame_graph
from perfcompare.report.data import formatting


def context(profile: Profile) -> dict[str, Any]:
    """What the template needs: `costs`, `statements`, `flame` and `heaviest`."""
    frames = flame_graph.frames(profile.frames)
    return {
        "costs": list(_costs(profile)),
        "statements": [{**one, "ms": formatting.number(one.get("ms"))} for one in profile.statements],
        "flame": flame_graph.drawing(frames, f"Where the time of {profile.requests} requests went") if frames else None,
        "heaviest": [
            (frame.name, frame.place, f"{frame.seconds * 1000:,.2f}", f"{frame.share:.1%}")
            for frame in flame_graph.heaviest(frames)
        ],
    }


def _costs(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """What profiling costs: each way, the median time of a request, and how many times a plain one that is."""
    ways = {"plain": profile.plain_ms, "recorded by silk": profile.silk_ms, "sampled by pyinstrument": profile.flame_ms}
    for name, milliseconds in ways.items():
        if milliseconds is not None:
            times = milliseconds / profile.plain_ms if profile.plain_ms else None
            yield name, f"{formatting.number(milliseconds)} ms", f"{formatting.number(times)}x"
