from __future__ import annotations

from tests.perfcompare.levers.native_async.conftest import native, no_hops, run

__all__ = ["native", "no_hops", "run"]
