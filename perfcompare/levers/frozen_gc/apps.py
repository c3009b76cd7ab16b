"""The app: it has no models, only a moment at which it freezes."""

from __future__ import annotations

import gc
import os
from typing import Any, ClassVar, Final

from django.apps import AppConfig
from django.core.signals import request_started

THRESHOLDS: Final = (10_000, 20, 20)
"""Allocations before the youngest generation is collected, and how many of those before the older ones are."""


class FrozenGCConfig(AppConfig):
    """Freezes before a fork and at the first request of a process."""

    name = "perfcompare.levers.frozen_gc"
    label = "frozen_gc"
    _before_forks: ClassVar[bool] = False

    def ready(self) -> None:
        """Called when the apps are loaded; URLconf, middleware and views come later."""
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
