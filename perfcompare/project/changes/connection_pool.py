"""psycopg's pool."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from perfcompare.contract.by_settings import POOLED
from perfcompare.core.setting import Settings


def _pooled(settings: Settings) -> None:
    """Only psycopg 3 has a pool: other databases, and psycopg2, are left as they are."""
    if importlib.util.find_spec("psycopg") is None:
        return
    own: Mapping[str, Mapping[str, Any]] = settings["DATABASES"]
    POOLED.settings(settings)
    for name, one in own.items():
        if "postg" not in str(one.get("ENGINE", "")):
            settings["DATABASES"][name] = one


CHANGE: Final = replace(POOLED, settings=_pooled)
