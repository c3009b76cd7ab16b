"""The lines of a drawing, as numbers."""

from __future__ import annotations

import re


def stretches(drawing: str) -> list[list[tuple[float, float]]]:
    """The points of each stretch that is drawn without a gap; a point alone is none."""
    paths = re.findall(r'd="M([^"]*)" class="line reactive', drawing)
    numbers = [[float(number) for number in re.findall(r"[\d.]+", path)] for path in paths]
    return [list(zip(found[::2], found[1::2], strict=True)) for found in numbers]
