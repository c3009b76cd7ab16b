"""The limit for bodies that a project may set: `PERFCOMPARE = {"lean_wsgi": {"body_limit": 1048576}}`."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.levers._handling.settings import Watched
from perfcompare.levers._options import read


@dataclass(frozen=True, kw_only=True)
class Options:
    """Of each lean handler."""

    body_limit: int | None = None
    """The bytes of the largest body. None leaves bodies to Django."""


def body_limit(lever: str) -> Watched:
    """The limit of the handler of `lever`."""
    return Watched(lambda _settings: read(lever, Options).body_limit)
