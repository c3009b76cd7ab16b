"""What can be changed in a project without touching its files: every file here is one documented setting.

Levers (perfcompare/levers) are changes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perfcompare.core.registry import Registry
from perfcompare.core.setting import Change, Setting
from perfcompare.levers._registry import levers

settings = Registry("perfcompare.project.changes", attribute="CHANGE", kind=Setting)


def of_names(names: Iterable[str]) -> Mapping[str, Change]:
    """The changes with these names, in their order; UsageError for an unknown one."""
    return {name: settings[name] if name in settings else levers.choose([name])[name] for name in names}
