"""What a project may set: `PERFCOMPARE = {"cached_bytes": {"finished_json": True}}`."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.levers._options import read


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a dictionary is that comes from the cache."""

    finished_json: bool = False
    """Whether it carries its JSON, and is decoded at its first use only: a subclass of `dict`."""


def options() -> Options:
    """As the project has set them."""
    return read("cached_bytes", Options)
