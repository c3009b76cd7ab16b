"""What a project may set: `PERFCOMPARE = {"insert_first": {"serializers": ["path.to.UserSerializer"]}}`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from perfcompare.levers._options import read


@dataclass(frozen=True, kw_only=True)
class Options:
    """For which classes."""

    serializers: Collection[str] = ()
    """The dotted paths of ModelSerializers."""


def serializers() -> Collection[str]:
    """As the project has set them."""
    return read("insert_first", Options).serializers
