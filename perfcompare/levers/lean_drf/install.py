"""Puts the lean parts in the place of DRF's, and takes them away again."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Final

from perfcompare.levers.lean_drf import headers, negotiation, proxies, rendered, responses, users

_PARTS: Final = (negotiation, headers, proxies, responses, rendered, users)


def install() -> None:
    """Put them in place, once per process."""
    for part in _parts():
        part.install()


def uninstall() -> None:
    """Let DRF and adrf work as they do by themselves."""
    for part in _parts():
        part.uninstall()


def _parts() -> tuple[ModuleType, ...]:
    if not importlib.util.find_spec("adrf"):
        return _PARTS
    from perfcompare.levers.lean_drf import asynchronous, hops

    return (*_PARTS, asynchronous, hops)
