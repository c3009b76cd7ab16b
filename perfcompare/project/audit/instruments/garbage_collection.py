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
        """There is one collection at a time in a process.

        It may have begun inside of ContextVar.set(), and another set() would free what that one is reading (CPython
        3.11 crashes). So the collection does not become the current part.
        """
        nonlocal under_way
        if phase == "start":
            parent = recorder.current.get()
            under_way = parent and recorder.start(Span((CATEGORY, f"generation {info['generation']}"), parent))
        elif under_way is not None:
            recorder.stop(under_way)
            under_way = None

    gc.callbacks.append(called)


INSTRUMENT: Final = Instrument(module="gc", install=_install, always=True)
