"""The catalogs of the targets: what a stored run measured is looked up by the name of its target."""

from __future__ import annotations

from typing import Final

from perfcompare.core.http import NOTHING
from perfcompare.core.registry import Registry
from perfcompare.core.target import Catalog

catalogs: Final = Registry("perfcompare.targets", attribute="CATALOG", kind=Catalog)
_EMPTY: Final = Catalog(scenarios=NOTHING, stacks=NOTHING, levers=NOTHING)


def catalog_of(target: str) -> Catalog:
    """What the target called so offers; nothing when it is not (or no longer) known, as for runs of other versions."""
    return catalogs.get(target, _EMPTY)
