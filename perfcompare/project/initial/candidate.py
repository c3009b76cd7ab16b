"""A request that may be measured, before its ids are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

PARAMETER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A method and a path with `{names}` in it."""

    method: str
    template: str
    view: Any = None
    """The function that the URLconf names."""
    weight: float = 1.0
    samples: Sequence[str] = ()
    """Paths that were asked for, the most frequent first."""
    body: str = ""
    content_type: str = ""

    @property
    def name(self) -> str:
        """Unique among the candidates of a file."""
        return f"{self.method} {self.template}".replace(",", "%2C")

    @property
    def shape(self) -> str:
        """The template without the names of its parameters, which differ between an OpenAPI and a URLconf."""
        return PARAMETER.sub("{}", self.template)
