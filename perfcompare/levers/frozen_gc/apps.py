"""The app: it has no models, only moments at which it freezes."""

from __future__ import annotations

import functools
import gc
import os
from typing import Final

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


_OF_PYTHON: Final = 1000
"""So many frozen objects are nobody's: Python 3.12 starts with some 400."""


class Freezing:
    """What this process has frozen: for good once it serves, and only while it forks before that."""

    def __init__(self) -> None:
        self._is_serving = False
        self._is_ours = False
        """Whether what is frozen now has been frozen for a fork."""

    def before_fork(self) -> None:
        """Keep the collector of the child from writing into pages that it shares with this process."""
        # What is frozen already, by a server's own hook or by the first request, stays as it is.
        if not self._is_serving and gc.get_freeze_count() < _OF_PYTHON:
            gc.freeze()
            self._is_ours = True

    def after_fork_in_parent(self) -> None:
        """Go on as before: what is garbage here, or will be, must be found."""
        if self._is_ours:
            gc.unfreeze()
            self._is_ours = False

    def at_first_request(self, **_named: object) -> None:
        """Collect what the start-up left behind and freeze the rest, once."""
        if request_started.disconnect(self.at_first_request):
            gc.set_threshold(*THRESHOLDS)
            if self._is_ours:
                gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._is_serving, self._is_ours = True, False


freezing: Final = Freezing()


class FrozenGCConfig(AppConfig):
    """Freezes at the first request of a process, and for the time of a fork before that."""

    name = "perfcompare.levers.frozen_gc"
    label = "frozen_gc"

    def ready(self) -> None:
        """Called when the apps are loaded; URLconf, middleware and views come later."""
        from perfcompare.levers._replacing import works
        from perfcompare.levers.frozen_gc import LEVER

        if works(self.label, LEVER.tested):
            request_started.connect(freezing.at_first_request)
            _watch_forks()


@functools.cache
def _watch_forks() -> None:
    """Once in a process: it cannot be taken back."""
    os.register_at_fork(before=freezing.before_fork, after_in_parent=freezing.after_fork_in_parent)
