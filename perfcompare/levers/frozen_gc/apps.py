"""The app: it has no models, only a moment at which it freezes."""

from __future__ import annotations

import gc
import os
from typing import Any, ClassVar, Final

from django.apps import AppConfig
from django.core.signals import request_started

THRESHOLDS: Final = (100_000, 2, 2)
"""Allocations before the youngest generation is collected, and how many of those before the older ones are.

The first is beyond what a request makes, so that few objects are visited while they are in use. The others are low: a
page of instances that know each other is a heap of cycles, and one that is under way during a collection grows old.
With 20 as limits what eight such requests at a time leave behind reaches millions of objects, and the collection that
comes at last stops the process for seconds (`tests/perfcompare/levers/frozen_gc` counts them). A full collection is
cheap here, since what is frozen is not visited.
"""


class FrozenGCConfig(AppConfig):
    """Freezes before a fork and at the first request of a process."""

    name = "perfcompare.levers.frozen_gc"
    label = "frozen_gc"
    _before_forks: ClassVar[bool] = False

    def ready(self) -> None:
        """Called when the apps are loaded; URLconf, middleware and views come later."""
        from perfcompare.levers._replacing import works
        from perfcompare.levers.frozen_gc import LEVER

        if not works(self.label, LEVER.tested):
            return
        gc.set_threshold(*THRESHOLDS)
        request_started.connect(freeze_at_first_request)
        if not FrozenGCConfig._before_forks:  # it cannot be taken back
            FrozenGCConfig._before_forks = True
            os.register_at_fork(before=gc.freeze)


def freeze_at_first_request(**_named: Any) -> None:
    """Collect what the start-up left behind and freeze the rest, once."""
    if request_started.disconnect(freeze_at_first_request):
        gc.collect()
        gc.freeze()
