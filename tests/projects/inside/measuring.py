"""`python -m project_inside.measuring`: the audit's worker, which also says what the levers did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfcompare.levers import status
from perfcompare.project.audit.worker import Worker, main


class Measuring(Worker):
    """Answers and measures requests."""

    def levers(self) -> Mapping[str, Any]:
        """For each replaced attribute, how many calls the lever answered and how many it left to stock."""
        return {
            f"{lever.name}.{part.name}: {one.target}": (one.fast, one.stock)
            for lever in status().values()
            for part in lever.parts
            for one in part.replacements
            if one.fast or one.stock
        }

    ACTIONS = {**Worker.ACTIONS, "levers": levers}


if __name__ == "__main__":
    main(Measuring)
