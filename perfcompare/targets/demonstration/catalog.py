"""What the demonstration offers."""

from __future__ import annotations

from typing import Final

from perfcompare.core.target import Catalog
from perfcompare.registries import levers, scenarios, stacks

CATALOG: Final = Catalog(scenarios=scenarios, stacks=stacks, levers=levers)
