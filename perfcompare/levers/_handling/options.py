"""What a project may set for each lean handler: `PERFCOMPARE = {"lean_wsgi": {"body_limit": 1048576}}`."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.levers._handling.settings import Watched
from perfcompare.levers._options import Bytes, read


@dataclass(frozen=True, kw_only=True)
class Options:
    """Of each lean handler."""

    body_limit: Bytes | None = None
    """The bytes of the largest body. None leaves bodies to Django."""
    type_parameters: bool = True
    """Whether the parameters of a content type count. False leaves only the boundary of a form."""


def body_limit(lever: str) -> Watched:
    """The limit of the handler of `lever`."""
    return Watched(lambda _settings: read(lever, Options).body_limit)


def type_parameters(lever: str) -> Watched:
    """Whether the handler of `lever` heeds the parameters of a content type."""
    return Watched(lambda _settings: read(lever, Options).type_parameters)
