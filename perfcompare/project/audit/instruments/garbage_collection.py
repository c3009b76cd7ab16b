"""Python's cyclic garbage collector, which stops whatever part of a request made the last object that it waited for."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any, Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder, Span

CATEGORY: Final = "garbage collection"


def _install(recorder: Recorder) -> None:
    under_way: Span | None = None

    def called(phase: str, info: Mapping[str, Any]) -> None:
        """There is one collection at a time in a process."""
        nonlocal under_way
        parent = recorder.current.get()
        if phase == "start":
            under_way = recorder.begin((CATEGORY, f"generation {info['generation']}"), parent) if parent else None
        elif under_way is not None:
            recorder.end(under_way)
            under_way = None

    gc.callbacks.append(called)


INSTRUMENT: Final = Instrument(module="gc", install=_install, always=True)
