"""A stored run without trials, for commands that measure something beside them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from typing import Any

from perfcompare.core.target import Target
from perfcompare.models import Run
from perfcompare.runner import environment


def stored(
    preset: str, options: Mapping[str, Any], target: Target, *, label: str = "", seed: int = 0, rounds: int = 1
) -> Run:
    """A finished run of this command line with these options, which hold the results."""
    run = Run.objects.begin(
        label=label,
        preset=preset,
        seed=seed,
        rounds=rounds,
        options=options,
        command=shlex.join(sys.argv),
        environment=environment.collect(target.environ),
    )
    run.end(Run.State.FINISHED)
    return run
